"""French as it is printed: dates, plurals, the spaces before high punctuation, and the words of digests."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
          "décembre")  # fmt: skip
NBSP, THIN = "\u00a0", "\u202f"


def day_line(when: datetime) -> str:
    """« jeudi 21 novembre 2024 », in Paris."""
    local = when.astimezone(PARIS)
    day = "1er" if local.day == 1 else str(local.day)
    return f"{DAYS[local.weekday()]} {day} {MONTHS[local.month - 1]} {local.year}"


def date_line(when: datetime) -> str:
    """The day, and the hour where it is known: midnight in Paris means that only the day is."""
    local = when.astimezone(PARIS)
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return day_line(when)
    return instant_line(when)


def instant_line(when: datetime) -> str:
    """« jeudi 21 novembre 2024 à 6 h 05 », in Paris."""
    local = when.astimezone(PARIS)
    minutes = f"{NBSP}{local.minute:02d}" if local.minute else ""
    return f"{day_line(when)} à {local.hour}{NBSP}h{minutes}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """« 1 article », « 2 articles »; zero is singular in French. Thousands are parted by a narrow space."""
    number = f"{count:,}".replace(",", THIN)
    return f"{number}{NBSP}{one if abs(count) < 2 else many or one + 's'}"


def spaced(text: str) -> str:
    """No-break spaces where French wants them: inside guillemets, before : ; ! ? and %."""
    text = re.sub(r"« ", f"«{NBSP}", text)
    text = re.sub(r" »", f"{NBSP}»", text)
    return re.sub(r" ([:;!?%])(?=\s|$)", rf"{NBSP}\1", text, flags=re.MULTILINE)


def quoted(words: str) -> str:
    """Words between guillemets; those that stand in them already become the second kind."""
    inner = re.sub(r"\s*»", "”", re.sub(r"«\s*", "“", words))
    return f"«{NBSP}{inner}{NBSP}»"


def listed(parts: Sequence[str]) -> str:
    """« a, b et c »."""
    return f"{', '.join(parts[:-1])} et {parts[-1]}" if len(parts) > 1 else "".join(parts)


def counted(key: str, count: int) -> str:
    """A number with the thing counted, which agrees with it: COUNTED["new"], 2 gives « 2 nouveaux articles »."""
    return plural(count, *COUNTED[key])


COUNTED = {
    "new": ("nouvel article", "nouveaux articles"),
    "known": ("article déjà paru", "articles déjà parus"),
    "archive": ("article d'archives", "articles d'archives"),
    "edited": ("article modifié", "articles modifiés"),
    "removed": ("article retiré", "articles retirés"),
    "topics": ("des sujets suivis", "des sujets suivis"),
    "mentions": ("mention", "mentions"),
    "read": ("source lue", "sources lues"),
    "entries": ("entrée vue", "entrées vues"),
    "lost": ("page illisible", "pages illisibles"),
    "left": ("page remise au prochain passage", "pages remises au prochain passage"),
    "others": ("autre article", "autres articles"),
}

WORDS = {
    "title": "Vigie, veille {watch}",
    "subject": "Vigie {watch}{colon} {news}",
    "colon": "\u00a0:",
    "topics": "Sujets suivis{colon} {topics}",
    "first_known": "première lecture{colon} {known}",
    "nothing": "rien de nouveau dans ce qui a été lu",
    "nothing_first": "première lecture{colon} rien sur ces sujets dans ce qui a été lu",
    "since": "Tout ce qui a été vu depuis le {day}",
    "france": "France entière",
    "imported": "archive importée",
    "and_beyond": "{places} et au-delà",
    "no_place": "Sans lieu connu",
    "edits": "Modifiés depuis",
    "removals": "Retirés",
    "archives_first": "Déjà parus avant la première lecture",
    "archives": "Archives",
    "untitled": "(sans titre)",
    "undated": "date inconnue",
    "teaser": "extrait{colon} article réservé aux abonnés",
    "title_only": "titre seul{colon} le texte n'a pas pu être lu",
    "gone_now": "la version actuelle n'en parle plus",
    "seen": "vu le {day}",
    "edited_on": "modifié, vu le {day}",
    "removed_on": "introuvable depuis le {first} ({gone}), revu {looks} fois jusqu'au {last}",
    "sentence_lost": "a disparu{colon}",
    "sentence_gained": "est apparue{colon}",
    "title_was": "le titre était{colon}",
    "now_walled": "désormais réservé aux abonnés",
    "now_open": "désormais en accès libre",
    "copies": "même texte dans {titles}",
    "why": "Important{colon} {reasons}",
    "in_title": "cité dès le titre",
    "nearby": "source du lieu suivi",
    "investigative": "presse d'enquête",
    "official": "source officielle",
    "looked_at": "Ce qui a été regardé",
    "account": "{read} sur {all}, {entries} au dernier passage.",
    "unseen": "Ce qui n'a pas pu être vu",
    "gap": "des articles ont pu passer entre deux lectures",
    "more": "… et {others}{colon} vigie query chronology",
    "empty": "a répondu, mais ne liste aucun article",
    "refused": "refuse l'accès à Vigie",
    "unreachable": "n'a pas répondu",
    "broken": "a répondu, mais n'a pas pu être lue",
    "gone": "n'existe plus à cette adresse",
    "closed": "n'est pas surveillée",
    "cut": "n'a pas été lue jusqu'au bout, la suite au prochain passage",
    "never": "n'a encore jamais été lue",
    "unsupported": "n'est pas encore surveillée",
}

# How an address says that there is no such page any more.
GONE = {"says so": "la page le dit", "leads to the home page": "renvoie à l'accueil"}

# Why a source could not be read, by the failure's reason.
REASONS = {
    "refused": "accès refusé",
    "robots": "robots.txt l'interdit",
    "robots_unreadable": "robots.txt illisible, donc rien n'est demandé",
    "not_found": "introuvable",
    "not_a_feed": "la réponse n'est pas du type attendu",
    "dns": "nom de site introuvable",
    "tls": "certificat invalide",
    "timeout": "pas de réponse à temps",
    "connection": "connexion refusée ou coupée",
    "truncated": "réponse coupée avant la fin",
    "server_error": "erreur du site",
    "too_large": "réponse trop grande",
    "redirects": "redirections sans fin",
    "private_address": "renvoie vers une adresse privée, refusée",
}
