"""Names of places as they are written, folded: of communes, former communes, EPCIs, départements, of who lives there.

Names and codes are those of areas.py; short names, gentilés and what is never a place stand in places.toml.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from pipeline.areas import COLLECTIVITES, DEPARTEMENTS, communes, epcis, find_communes, name_key, parts

CONTRACTIONS = {"Le": ("du ", "au "), "Les": ("des ", "aux ")}
EXPANSIONS = {
    "CC": "communauté de communes",
    "CA": "communauté d'agglomération",
    "CU": "communauté urbaine",
}
GENERIC = {"metropole", "europeenne", "urbaine", "communaute", "agglomeration", "agglo", "communes", "de", "d", "du"}
SMALL = frozenset(
    {"a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "lez", "s", "sous", "sur"}
)
ARTICLE = re.compile(r"L[ea]s? |L['’]")
SAINT = re.compile(r"\bSaint(e?)\b")
CAPITAL = re.compile(r"[^\W\d_a-zß-öø-ÿœ]")
LIGATURES = frozenset("œŒæ")
SHORTENED = 5_000  # inhabitants; « Petit-Quevilly » is Le Petit-Quevilly
RIVERS = frozenset(DEPARTEMENTS.values())
HOMONYM = re.compile(r"(.+) \((\w{2,3})\)")


def _folded(byte: int) -> int:
    base = ord(unicodedata.normalize("NFD", chr(byte))[0].lower())
    return base if chr(base).isascii() and chr(base).isalnum() else ord(" ")


FOLD = bytes(map(_folded, range(256)))


def fold(text: str) -> str:
    """Letters without case and accents, digits, blanks: as many characters as the text has."""
    return text.encode("latin-1", "replace").translate(FOLD).decode("ascii")


@dataclass(frozen=True, slots=True)
class Name:
    """All that a name may mean. `capitals` are offsets in it that hold a capital; `lead` is a preposition's length.

    `communes` bear it today, `former` are the communes that a former commune of this name is a part of. `inhabitants`
    are communes whose people are called so, `weak` when the word alone does not tell. A `trap` is a word, a person or a
    city abroad as well; what is `never` a place is one name in whole. `shape` is "plain", "saint",
    "double" (two words) or "compound" (with a small word between: nobody is called that by chance).
    """

    key: str
    capitals: tuple[int, ...] = ()
    lead: int = 0
    communes: tuple[str, ...] = ()
    former: tuple[str, ...] = ()
    departement: str = ""
    epci: str = ""
    inhabitants: tuple[str, ...] = ()
    weak: bool = False
    shape: str = "plain"
    trap: Literal["", "word", "abroad"] = ""
    never: bool = False
    club: bool = False


def listed(text: str) -> list[str]:
    return [" ".join(item.split()) for item in text.split(",") if item.strip()]


def _capitals(written: str, shape: str) -> tuple[int, ...]:
    """Offsets of capitals. The article that begins a name may be written small, but for « La Creuse », a commune;

    in « Saint-Denis-en-Val » only the first need be.
    """
    article = ARTICLE.match(written)
    start = article.end() if article and written[article.end() :] not in RIVERS else 0
    if shape == "compound" and written.startswith(("Saint", "St")):
        return (0,)
    return tuple(capital.start() for capital in CAPITAL.finditer(written, start))


def _shape(written: str) -> str:
    article = ARTICLE.match(written)
    words = fold(written[article.end() :] if article else written).split()
    if len(words) == 1:
        return "plain"
    if len(words) > 2 and not SMALL.isdisjoint(words[1:]):
        return "compound"
    return "saint" if len(words) == 2 and words[0] in ("saint", "sainte", "st", "ste") else "double"


def _written(name: str) -> list[str]:
    """The ways to write a name: St for Saint, oe for œ, without « (Canton de …) »."""
    name = name.partition(" (")[0]
    forms = [name, *([SAINT.sub(r"St\1", name)] if "Saint" in name else [])]
    if not LIGATURES.isdisjoint(name):
        forms += [f.replace("œ", "oe").replace("Œ", "Oe").replace("æ", "ae") for f in forms]
    return forms


def names_of(written: str, **meaning: Any) -> Iterator[Name]:
    """A name in all its forms, each with what it means."""
    for form in _written(written):
        shape = _shape(form)
        yield Name(fold(form).strip(), _capitals(form, shape), shape=shape, **meaning)
        for lead in CONTRACTIONS.get(form.partition(" ")[0], ()):
            whole = lead + form.partition(" ")[2]
            yield Name(fold(whole), _capitals(whole, shape), lead=len(lead), shape=shape, **meaning)


def joined(one: Name, other: Name) -> Name:
    """What both mean. Written with more capitals and with fewer, the fewer do; what is never a place stays none."""
    never = one.never or other.never
    kept = [name for name in (one, other) if name.never == never]
    return replace(
        kept[0],
        capitals=tuple(at for at in kept[0].capitals if at in kept[-1].capitals),
        communes=tuple(dict.fromkeys(one.communes + other.communes)),
        former=tuple(dict.fromkeys(one.former + other.former)),
        departement=one.departement or other.departement,
        epci=one.epci or other.epci,
        inhabitants=tuple(dict.fromkeys(one.inhabitants + other.inhabitants)),
        weak=one.weak or other.weak,
        club=one.club or other.club,
    )


def all_names(data: Mapping[str, Any]) -> Iterator[Name]:
    for commune in communes().values():
        yield from names_of(commune.name, communes=(commune.code,))
        if (article := ARTICLE.match(commune.name)) and commune.population >= SHORTENED:
            short = commune.name[article.end() :]
            yield from names_of(short, communes=(commune.code,)) if _shape(short) != "plain" else ()
    for part in parts():
        yield from names_of(part.name, former=(part.part_of,))
    for short, towns in data["aliases"].items():
        yield from names_of(short, communes=tuple(_town(town.strip()) for town in towns.split("|")))
    for code, name in (DEPARTEMENTS | COLLECTIVITES).items():
        if code not in ("75", "977", "978"):  # a commune; names of many communes
            yield from names_of(name, departement=code)
    yield from _epci_names(data["epcis"])
    for town, people in data["gentiles"].items():
        word, _, weak = people.partition(" ")
        for form in inflected(word):
            yield Name(fold(form), inhabitants=(_town(town),), weak=bool(weak))
    evidence = (*data["hints"].values(), ", ".join(data["regions"]))
    for phrases in (*data["never"].values(), *evidence):
        for phrase in listed(phrases):
            capitals = tuple(at for at, c in enumerate(phrase) if c.isupper())
            yield Name(fold(phrase), capitals, never=True, club=phrases is data["never"]["clubs"])


def _town(name: str) -> str:
    """A name of places.toml, with « (59) » after it where it is not the biggest town of that name → its code."""
    said = HOMONYM.fullmatch(name)
    found = find_communes(said[1] if said else name)
    return next(c.code for c in found if not said or c.departement == said[2])


def inflected(gentile: str) -> tuple[str, ...]:
    """`lillois` → lillois, lilloise, lilloises; `roubaisien` → with s, ne, nes; `tourangeau` → -x, tourangelle(s)."""
    if gentile.endswith("eau"):
        stem = gentile.removesuffix("au")
        return gentile, gentile + "x", stem + "lle", stem + "lles"
    if gentile.endswith("iste"):
        return gentile, gentile + "s"
    if gentile.endswith("al"):
        return gentile, gentile.removesuffix("l") + "ux", gentile + "e", gentile + "es"
    feminine = "ne" if gentile.endswith(("ien", "éen")) else "e"
    plural = () if gentile.endswith("s") else (gentile + "s",)
    return gentile, *plural, gentile + feminine, gentile + feminine + "s"


def _epci_names(aliases: Mapping[str, list[str]]) -> Iterator[Name]:
    """Official names with their kind spelt out; without it where they have more than one word and say what they are."""
    others: dict[str, list[str]] = defaultdict(list)
    for official, names in aliases.items():
        others[name_key(official)] = names
    seen: set[str] = set()
    for epci in epcis().values():
        kind, _, rest = epci.name.partition(" ")
        forms = [epci.name] if kind not in EXPANSIONS else [f"{EXPANSIONS[kind]} {rest}", epci.name]
        if kind in EXPANSIONS and re.search(r"Métropole|Agglo|Communauté|^Grande? ", rest) and len(rest.split()) > 1:
            forms.append(rest)
        for form in _epci_forms([*forms, *others.pop(name_key(epci.name), [])]):
            if (key := fold(form).strip()) not in seen:
                seen.add(key)
                yield Name(key, tuple(_proper(form)), epci=epci.code)
    assert not others, f"places.toml [epcis]: no EPCI is called {sorted(others)}"


def _epci_forms(forms: Sequence[str]) -> list[str]:
    """With œ, which the list writes oe, and without blanks around a dash."""
    ligatures = [re.sub(r"(?<=[CcVvNn])oe(?=u)", "œ", form) for form in forms]
    return list(dict.fromkeys(f for form in (*forms, *ligatures) for f in (form, re.sub(r"\s+[-–]\s+", "-", form))))


def _proper(form: str) -> Iterator[int]:
    """Capitals that must be there: those of proper names, all of a word in capitals only."""
    for word in re.finditer(r"[^\W_]+", form):
        if fold(word[0]).strip() not in GENERIC:
            yield from (word.start() + at for at, c in enumerate(word[0]) if c.isupper())
