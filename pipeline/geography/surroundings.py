"""(text, where a name stands) → what stands around it: the preposition, the noun it belongs to, a département said,
and whether it is a part of something else: a street, a person, a longer name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.areas import COLLECTIVITES, DEPARTEMENTS, departement
from pipeline.geography.gazetteer import Words
from pipeline.geography.toponyms import fold

SENTENCE = 300  # characters of a sentence that are looked at before a name, and after
ENDS = re.compile(r"[.!?…\n](?:(?<=\n)|(?=\s|$)(?<!\bM\.)(?<!\bMM\.)(?<!\b[A-Z]\.))")
REACH = 90  # characters before a name that are looked at
CUT = re.compile(r"[.,;:!?()\[\]«»“”\"…|/\n•]|\s[-–—]+\s")
ASIDE = re.compile(r"\s*\([^()]{1,25}\)")
WORD = re.compile(r"[^\W_]+")
TITLE = re.compile(r"\b(?:(?:M|MM|Mme|Mmes|Mlle|Mgr|Dr|Pr|Me)\.?|[A-Z]\.|Ph\.|Ch\.)\s$")
SENTENCE_ENDS = re.compile(r"(?:^|[.!?…:»”\"«“•]|\n)[\s\-–—]*$")
POSTCODE = re.compile(r"\b(\d{5})\s+$")
LINE_STARTS = re.compile(r"(?:^|\n)[\s«“\"]*$")
HEADS = re.compile(r"\s*(?:\([^()\n]{2,40}\)\s*)?(?::|[.–—|-]\s|,\s+le\s+\d|(?:,\s+[^,:.\n]{2,40}){1,4}\s*:)")
BRACKET = re.compile(r"\s*\(([^()\n]{2,60})\)")
NEXT_NAME = re.compile(r"[ \u00a0]([A-ZÀ-ÖØ-ÞŒ][\w'’-]*)")
NEXT_JOINED = re.compile(r"[-‐–](\w+)|\.(?:fr|com|org|net)\b|['’]s\b| \d{1,2}(?=[ ,.;]|$)")
NOT_PREVIOUS = re.compile(r"[\w@][-‐–]$|[@_]$|www\.$|://\S*$")
BY_NAME = {fold(name): code for code, name in (DEPARTEMENTS | COLLECTIVITES).items()}
LAST_IN_BRACKET = re.compile(r",\s+(\d{2,3}|2[AB]|[^,()\n\d]{3,25})\)")
OF_A_COUNTRY = re.compile(r"\s+(?:belge|suisse|allemand|italien|espagnol|anglais|canadien|américain)")
ABROAD = re.compile(r"\s*,?\s+(?:en|au|aux|du)\s+([A-ZÀ-ÖØ-ÞŒ][\w-]+)")
IN_DEPARTEMENT = re.compile(
    r"\s*,?\s+(?:dans|en|à|de)\s+(?:l[ea]s?\s+|l['’])?("
    + "|".join(sorted(map(re.escape, (DEPARTEMENTS | COLLECTIVITES).values()), key=len, reverse=True)).replace(
        "'", "['’]"
    )
    + r")(?![\w-])"
)
LOCATIVE = {"vers", "depuis", "entre", "hors", "via"}
AWAY = {"pres", "loin", "proche", "km", "kilometres", "metres", "minutes"}  # « à dix minutes de »
PASSING = {"passe", "passent", "passant", "passer", "detour"}  # « passer par »
OF = {"de", "d", "du", "des"}
NOUNS = ("civic", "seat", "located", "office", "opening", "metropolis")  # what « Ville de Lille » begins with
ARTICLES = {"la", "le", "les", "l"}


@dataclass(frozen=True, slots=True)
class Around:
    """`words` stand before the name in its clause, folded. `prep` is "at" (à, près de), "of" (de) or "".

    `blocked` says why the name is none by itself: street, person, named after, longer name, abroad. `said` are the
    départements said of it, up to `after` in the text. `opens` a sentence, `heads` a line (« Hem : … »).
    """

    words: tuple[str, ...]
    prep: str
    civic: bool
    blocked: str
    said: tuple[str, ...]
    after: int
    opens: bool
    heads: bool


NOWHERE = Around((), "", False, "", (), 0, False, False)


def look_around(text: str, start: int, end: int, words: Words) -> Around:
    """Read what stands around `text[start:end]`: some 90 characters before it and after."""
    before, after = text[max(0, start - REACH) : start], text[end : end + REACH]
    plain = ASIDE.sub("", before) if ")" in before else before
    clause = CUT.split(plain)[-1].replace("œ", "oe")
    raw, tokens = WORD.findall(clause), tuple(fold(clause).split())
    if len(raw) != len(tokens):  # letters that French does not have
        tokens = tuple("".join(fold(token).split()) for token in raw)
    prep = _preposition(raw, tokens, words)
    civic = prep == "of" and _civic(tokens, words)
    said, reach, abroad = _said(before, after, words)
    heads = not clause.strip() and bool(LINE_STARTS.search(before[-6:])) and bool(HEADS.match(after))
    opens = (not clause.strip() and bool(SENTENCE_ENDS.search(before[-12:]))) or (len(tokens) == 1 and raw[0] in "ÀA")
    article = text[start : start + 3].lower().startswith(("la ", "le ", "les", "l'", "l’"))
    blocked = "abroad" if abroad else _blocked(before, after, raw, tokens, prep, words)
    if (
        prep == "of"
        and article
        and text[start].islower()
        and tokens[-2:-1]
        and tokens[-2] in words.sets["named_after"] | words.sets["quarter"]
    ):
        blocked = "named after"
    if joined_to_number(after):
        blocked = "named after"
    if tokens and not article and tokens[-1] in ARTICLES | {"un", "une", "ce", "cette", "cet"} and clause[-1:] != "-":
        blocked = blocked or "article"
    if blocked == "longer name" and (civic or prep == "at"):
        blocked = ""
    return Around(tokens, prep, civic, blocked, said, end + reach, opens, heads)


def joined_to_number(after: str) -> bool:
    """« Paris-8 » is a university."""
    return bool(re.match(r"[-‐–]\d", after))


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the sentence around a stretch of text begins and ends."""
    lower, upper = max(0, start - SENTENCE), min(len(text), end + SENTENCE)
    lower = max((stop.end() for stop in ENDS.finditer(text, lower, start)), default=lower)
    stop = ENDS.search(text, end, upper)
    return lower, stop.end() if stop else upper


def _preposition(raw: list[str], tokens: tuple[str, ...], words: Words) -> str:
    if not tokens:
        return ""
    last, previous = tokens[-1], tokens[-2] if len(tokens) > 1 else ""
    if raw[-1] in ("à", "À", "A") or last in ("au", "aux"):
        return "" if previous in words.sets["not_where"] else "at"
    if last in LOCATIVE or (last in OF and previous in AWAY) or (last == "par" and previous in PASSING):
        return "at"
    return "of" if last in OF else ""


def _civic(tokens: tuple[str, ...], words: Words) -> bool:
    """« la mairie de », « le conseil municipal de la ville de », « le maire écologiste de »."""
    near = tokens[-4:-1]
    return any(token in words.sets["civic"] for token in near) and not any(
        token in words.sets["street"] for token in near[-1:]
    )


def _said(before: str, after: str, words: Words) -> tuple[tuple[str, ...], int, bool]:
    """The départements said right after the name, or by a postcode before it; how far; whether a country is said."""
    if postcode := POSTCODE.search(before[-8:]):
        code = departement(postcode[1]) or ("2A" if postcode[1] < "20200" else "2B")
        return ((code,) if departement(code) else ()), 0, False
    if bracket := BRACKET.match(after):
        pieces = [piece.strip() for piece in re.split(r"[,;/]|\s[-–]\s", bracket[1])]
        codes = [code for piece in pieces if (code := _departement_said(piece))]
        if codes:
            return tuple(codes), bracket.end(), False
        return (), 0, any(" ".join(fold(p).split()) in words.sets["country"] for p in pieces)
    if (last := LAST_IN_BRACKET.match(after)) and (code := _departement_said(last[1])):
        return (code,), last.end() - 1, False
    if named := IN_DEPARTEMENT.match(after):
        return (BY_NAME[fold(named[1])],), named.end(), False
    abroad = ABROAD.match(after)
    return (
        (),
        0,
        bool(OF_A_COUNTRY.match(after)) or bool(abroad and " ".join(fold(abroad[1]).split()) in words.sets["country"]),
    )


def _departement_said(piece: str) -> str:
    if re.fullmatch(r"\d{2,3}|2[AB]|\d{5}", piece):
        return departement(piece) or ""
    return BY_NAME.get(fold(re.sub(r"^(?:la |le |les |l['’])(?!Réunion)", "", piece)), "")


def _blocked(before: str, after: str, raw: list[str], tokens: tuple[str, ...], prep: str, words: Words) -> str:
    if TITLE.search(before[-8:]) or (tokens and tokens[-1] in words.sets["title"]):
        return "person"
    joined = NEXT_JOINED.match(after)
    if NOT_PREVIOUS.search(before[-20:]) or (joined and fold(joined[1] or ".") not in words.sets["suffix"]):
        return "longer name"
    if tokens and (tokens[-1] in words.sets["street"] or tokens[-1] in words.sets["named_after"]):
        return "named after"
    if prep != "at" and raw and _name_before(raw, tokens, words):
        return "person" if tokens[-1] in words.first_names else "longer name"
    if prep == "of" and (reason := _blocked_of(raw, tokens, words)):
        return reason
    following = NEXT_NAME.match(after)
    owner = tokens[:-1] if tokens[-1:] and tokens[-1] in ARTICLES else tokens
    if (
        owner[-1:]
        and owner[-1] in OF
        and any(not words.sets[kind].isdisjoint(owner[-3:-1]) for kind in ("civic", "office", "named_after"))
    ):
        return ""  # « la députée de X Élisa Martin », « le préfet de l'X Jean Dupont »
    if following and fold(following[1]) not in words.sets["suffix"] | words.sets["opening"]:
        return "longer name"
    return ""


def _called(tokens: tuple[str, ...], noun: int, words: Words) -> str:
    """« le lycée Faidherbe de Lille » is in Lille; « Alain de Lille », « Cap d'Agde » are not; else nobody can tell."""
    building = words.sets["named_after"] | words.sets["located"] | words.sets["seat"]
    if not building.isdisjoint(tokens[max(0, noun - 3) : noun]):
        return ""
    if tokens[noun] in words.first_names:
        return "person"
    return "longer name" if tokens[noun] in words.sets["toponym"] else "called"


def _name_before(raw: list[str], tokens: tuple[str, ...], words: Words) -> bool:
    return raw[-1][0].isupper() and tokens[-1] not in words.sets["opening"]


def _blocked_of(raw: list[str], tokens: tuple[str, ...], words: Words) -> str:
    """« rue de X », not « une rue de X »; « Alain de X »."""
    nouns = [at for at in range(max(0, len(tokens) - 3), len(tokens) - 1) if tokens[at] not in ARTICLES]
    if not nouns:
        return ""
    noun = nouns[-1]
    if tokens[noun] in words.sets["street"]:
        indefinite = any(token in words.sets["indefinite"] for token in tokens[max(0, noun - 2) : noun])
        return "" if indefinite else "street"
    known = any(tokens[noun] in words.sets[kind] for kind in NOUNS)
    if tokens[noun] in words.sets["goods"]:
        return "goods"
    if raw[noun][0].isupper() and not raw[noun].isupper() and noun and not known:
        return _called(tokens, noun, words)
    return "person" if tokens[noun] in words.first_names and raw[noun][0].isupper() else ""
