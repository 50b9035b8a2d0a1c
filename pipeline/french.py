"""French as it is printed: dates, plurals, the spaces before high punctuation, and all that is told to readers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
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


def short_day(when: datetime) -> str:
    """« 21/11/2024 », for a column of a table."""
    return f"{when.astimezone(PARIS):%d/%m/%Y}"


def month_line(when: date) -> str:
    """« novembre 2024 »."""
    return f"{MONTHS[when.month - 1]} {when.year}"


def number(count: int) -> str:
    """Thousands are parted by a narrow space."""
    return f"{count:,}".replace(",", THIN)


def plural(count: int, one: str, many: str | None = None) -> str:
    """« 1 article », « 2 articles »; zero is singular in French."""
    return f"{number(count)}{NBSP}{one if abs(count) < 2 else many or one + 's'}"


def spaced(text: str) -> str:
    """No-break spaces where French wants them: narrow ones inside guillemets and before ; ! ?, wide before : and %."""
    text = re.sub(r"«[ \u00a0]", f"«{THIN}", text)
    text = re.sub(r"[ \u00a0](»|[;!?](?=\s|$))", rf"{THIN}\1", text, flags=re.MULTILINE)
    return re.sub(r" ([:%])(?=\s|$)", rf"{NBSP}\1", text, flags=re.MULTILINE)


def quoted(words: str) -> str:
    """Words between guillemets; those that stand in them already become the second kind."""
    inner = re.sub(r"\s*»", "”", re.sub(r"«\s*", "“", words))
    return f"«{THIN}{inner}{THIN}»"


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
    "pages": ("page nouvelle", "pages nouvelles"),
    "listed": ("entrée", "entrées"),
    "a_day": ("article par jour", "articles par jour"),
    "a_week": ("article par semaine", "articles par semaine"),
    "a_month": ("article par mois", "articles par mois"),
    "articles": ("article", "articles"),
    "older": ("article plus ancien", "articles plus anciens"),
    "fine": ("source va bien", "sources vont bien"),
    "unwell": ("source ne va pas bien", "sources ne vont pas bien"),
    "faults": ("erreur interne", "erreurs internes"),
    "seconds": ("seconde", "secondes"),
    "sources": ("source", "sources"),
}

WORDS = {
    # The digest.
    "title": "Vigie, veille {watch}",
    "subject": "Vigie {watch} : {news}",
    "told": "{lead} : {told}",
    "topics": "Sujets suivis : {topics}",
    "first_known": "première lecture : {known}",
    "nothing": "rien de nouveau dans ce qui a été lu",
    "nothing_first": "première lecture : rien sur ces sujets dans ce qui a été lu",
    "none_yet": "aucune source n'a encore été lue",
    "none_read": "rien de nouveau, mais aucune source n'a pu être lue au dernier passage",
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
    "teaser": "extrait : article réservé aux abonnés",
    "title_only": "titre seul : le texte n'a pas pu être lu",
    "gone_now": "la version actuelle n'en parle plus",
    "seen": "vu le {day}",
    "edited_on": "modifié, vu le {day}",
    "removed_on": "introuvable depuis le {first} ({gone}), constaté {looks} fois jusqu'au {last}",
    "version_seen": "(version vue le {day})",
    "and_then": "{one}, puis {other}",
    "sentence_lost": "a disparu :",
    "sentence_gained": "est apparue :",
    "title_was": "le titre était :",
    "now_walled": "désormais réservé aux abonnés",
    "now_open": "désormais en accès libre",
    "copies": "même texte dans {titles}",
    "why": "Important : {reasons}",
    "in_title": "cité dès le titre",
    "nearby": "source du lieu suivi",
    "about_here": "parle du lieu suivi",
    "investigative": "presse d'enquête",
    "official": "source officielle",
    "looked_at": "Ce qui a été regardé",
    "account": "{read} sur {all}, {entries} au dernier passage.",
    "unseen": "Ce qui n'a pas pu être vu",
    "semicolon": " ; ",
    "of_source": "{name} : {why}",
    "of_sources": "{sources} {why} : {names}",
    "gap": "des articles ont pu passer entre deux lectures",
    "more": "… et {others} : vigie query chronology",
    "empty": "a répondu, mais ne liste aucun article",
    "refused": "refuse l'accès à Vigie",
    "unreachable": "n'a pas répondu",
    "shut": "liste ses articles, mais aucun n'a pu être lu",
    "broken": "a répondu, mais n'a pas pu être lue",
    "gone": "n'existe plus à cette adresse",
    "closed": "n'est pas surveillée",
    "cut": "n'a pas été lue jusqu'au bout, la suite au prochain passage",
    "never": "n'a encore jamais été lue",
    "unsupported": "n'est pas encore surveillée",
    # The health of the sources: a name and a colon stand before it.
    "as_declared": "{words}",
    "lists_nothing": "répond, mais ne liste plus aucun article",
    "lists_less": "ne liste plus que {entries}, contre {usual} d'habitude",
    "unread": "{pages}, dont aucune n'a pu être lue",
    "never_read": "jamais lue : {why}",
    "and_also": "{why} ; {more}",
    "lost_pages": "{pages}",
    "missed": "n'a pas répondu cette fois",
    "shut_once": "liste ses articles, mais aucun n'a pu être lu cette fois",
    "shut_since": "liste ses articles, mais aucun n'a pu être lu depuis le {since}",
    "unreachable_since": "ne répond plus depuis le {since}",
    "refused_since": "refuse l'accès à Vigie depuis le {since}",
    "gone_since": "n'existe plus à son adresse depuis le {since}",
    "broken_since": "répond, mais ne peut plus être lue depuis le {since}",
    "no_rhythm": "lue ; encore trop peu d'articles pour connaître son rythme",
    "last_article": "dernier article le {last}",
    "beyond_rhythm": "dernier article le {last} ; d'habitude {usual}",
    "column_source": "source",
    "column_state": "état",
    "column_why": "pourquoi",
    "well_of": "{well}, sur {all}",
    "none_well": "aucune source ne va bien, sur {all}",
    # The alert to whoever runs this home.
    "alert": "Vigie : {first}",
    "well_again": "de nouveau lue",
    "rules_changed": "les règles ont changé depuis que les articles gardés ont été lus : vigie retag --dry-run",
    "internal": "{faults}, voir {log}",
    "undelivered": "veille {watch}, {channel} : {why} ; {then}",
    "again": "nouvel essai au prochain passage",
    "mend": "à corriger ; nouvel essai à chaque passage",
    "the_home": "Dossier : {folder}",
    "the_code": "Code de sortie : 1.",
    # Why a digest did not arrive.
    "no_secret": "le secret {name} n'est défini ni dans l'environnement ni dans secrets.toml",
    "unencrypted": "le courrier pour {host} partirait sans chiffrement : choisir tls dans [mail]",
    "answered": "{where} : {answer}",
    "no_mail_server": "{where} : {answer} ; aucun serveur de courrier ici, en nommer un dans [mail] de vigie.toml",
    "not_of_the_web": "l'adresse du webhook n'est pas de la forme http(s)://…",
    "no_feed": "{path} : ce n'est pas un flux ({fault}) ; le déplacer",
    "too_slow": "{command} : toujours pas fini après {limit}",
    "exit_code": "{command} : code de sortie {code}",
    "exit_code_said": "{command} : code de sortie {code}, {answer}",
    "needs_apprise": "« {kind}:// » demande apprise : pip install 'vigie[apprise]'",
    "unknown_to_apprise": "{channel} : apprise ne connaît pas cette adresse",
    "not_by_apprise": "{channel} : apprise n'a pas pu l'envoyer",
    # The report.
    "report": "Vigie : le point",
    "report_of": "Vigie : le point du {made}",
    "contents": "Sommaire",
    "articles_since": "depuis le {since}, reprises comprises",
    "nothing_found": "Rien sur ces sujets dans ce qui a été lu.",
    "nothing_read": "Aucun article n'a encore été lu.",
    "months_title": "Ce qui a paru, mois par mois",
    "months_words": "Le plus fourni : {month}. Un article qui traite de deux sujets compte deux fois.",
    "months_drawn": "Barres empilées : articles par mois et par sujet",
    "months_table": "Articles par mois et par sujet",
    "month": "Mois",
    "timeline_title": "La chronologie",
    "timeline_words": "Un point par article, à sa date de parution, sur la ligne de chacun de ses sujets.",
    "timeline_drawn": "Points : un article, à sa date, par sujet",
    "timeline_table": "Les articles, les plus récents d'abord",
    "timeline_more": "… et {older} : vigie query chronology",
    "date": "Date",
    "source": "Source",
    "article_title": "Titre",
    "article_topics": "Sujets",
    "places_title": "Où on en parle",
    "places_words": "Le lieu est celui que couvre la source. Un article qui traite de deux sujets compte deux fois.",
    "places_drawn": "Barres : articles par lieu et par sujet",
    "places_table": "Articles par lieu des sources et par sujet",
    "place": "Lieu",
    "sources_title": "Les sources",
    "sources_words": "{unwell}, sur {all}.",
    "sources_well": "Aucune source ne va mal, sur {all}.",
    "sources_unread": "Aucune source n'a encore été lue.",
    "sources_drawn": "Barres : nombre de sources par état",
    "sources_table": "Les sources et leur état",
    "sources": "Sources",
    "state": "État",
    "why_so": "Pourquoi",
}

# What a crawl came to, of several sources.
MANY = {
    "empty": "ont répondu, mais ne listent aucun article",
    "refused": "refusent l'accès à Vigie",
    "unreachable": "n'ont pas répondu",
    "shut": "listent leurs articles, mais aucun n'a pu être lu",
    "broken": "ont répondu, mais n'ont pas pu être lues",
    "gone": "n'existent plus à leur adresse",
    "closed": "ne sont pas surveillées",
    "cut": "n'ont pas été lues jusqu'au bout, la suite au prochain passage",
    "never": "n'ont encore jamais été lues",
    "unsupported": "ne sont pas encore surveillées",
}

# A source's health.
STATES = {
    "well": "va bien",
    "quiet": "calme",
    "silent": "muette",
    "broken": "illisible",
    "refused": "refuse l'accès",
    "gone": "disparue",
    "unreachable": "injoignable",
    "new": "nouvelle",
    "closed": "non surveillée",
}

# How an address says that there is no such page any more.
GONE = {
    "says so": "la page le dit",
    "leads to the home page": "renvoie à l'accueil",
    "leads to a section": "renvoie à sa rubrique",
}

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
