"""The names of French places in one automaton: communes, former communes, EPCIs, départements, who lives there, traps.

The names and codes are those of areas.py; what else is known, and the words that tell names from words, stand in
places.toml. A text is folded character by character, so that a place in it is a place in the text: letters without
case and accents, digits, and a blank for all else; a name stands where its folded words stand, its capitals are looked
at afterwards. As in the tagger, bytes of Latin-1 are what makes that cheap.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import resources
from typing import Any, Literal

import ahocorasick

from pipeline.areas import (
    COLLECTIVITES,
    DEPARTEMENTS,
    communes,
    epcis,
    find_communes,
    name_key,
    parts,
)

CONTRACTIONS = {"Le ": ("du ", "au "), "Les ": ("des ", "aux ")}
EXPANSIONS = {
    "CC": "communauté de communes",
    "CA": "communauté d'agglomération",
    "CU": "communauté urbaine",
}
GENERIC = {"metropole", "europeenne", "urbaine", "communaute", "agglomeration", "agglo", "communes", "de", "d", "du"}
SMALL = {"a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "lez", "s", "sous", "sur"}
ARTICLE = re.compile(r"L[ea]s? |L['’]")
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


@dataclass(frozen=True, slots=True)
class Words:
    """The vocabularies of places.toml, folded."""

    sets: Mapping[str, frozenset[str]]
    first_names: frozenset[str]
    elsewhere: Mapping[str, tuple[str, ...]]
    quarters: Mapping[str, frozenset[str]]  # name → the towns that have a quarter of that name
    hints: Mapping[str, str]
    regions: Mapping[str, tuple[str, ...]]


class Gazetteer:
    """Names and words; made anew from the package's files when it is unpickled."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data
        self.words = _words(data)

    def __reduce__(self) -> tuple[Any, tuple[()]]:
        return load_gazetteer, ()

    @cached_property
    def names(self) -> Mapping[str, Name]:
        """Folded pattern → name."""
        found: dict[str, Name] = {}
        for name in _all_names(self._data):
            found[name.key] = _joined(found[name.key], name) if name.key in found else name
        traps: dict[str, Literal["", "word", "abroad"]] = {
            key: kind
            for kind in ("word", "abroad")
            for written in _listed(self._data["traps"][kind])
            for key in _keys(written)
        }
        return {key: replace(name, trap=traps[key]) if key in traps else name for key, name in found.items()}

    @cached_property
    def epci_of(self) -> Mapping[str, str]:
        """Commune → its EPCI with its own taxes, or in Greater Paris the metropolis."""
        return {code: epci.code for epci in reversed(list(epcis().values())) for code in epci.members}

    @cached_property
    def automaton(self) -> ahocorasick.Automaton:
        automaton = ahocorasick.Automaton()
        for key, name in self.names.items():
            automaton.add_word(f" {key} ", (len(key), name))
        automaton.make_automaton()
        return automaton

    def scan(self, text: str) -> list[tuple[int, int, Name]]:
        """Where names stand in a text, from the left, the longest first: start, end, name."""
        found = []
        for last, (size, name) in self.automaton.iter(f" {fold(text)} "):
            start = last - 1 - size
            if all(text[start + at].isupper() for at in name.capitals):
                found.append((-size, start, name))
        found.sort(key=lambda f: f[:2])
        kept: list[tuple[int, int, Name]] = []
        for minus_size, start, name in found:
            end = start - minus_size
            after = bisect_left(kept, start, key=lambda k: k[0])
            if (not after or kept[after - 1][1] <= start) and (after == len(kept) or end <= kept[after][0]):
                kept.insert(after, (start, end, name))
        return [(start + name.lead, end, name) for start, end, name in kept]


def load_gazetteer() -> Gazetteer:
    """The names of places.toml, communes.csv and epcis.csv: a tenth of a second, some 20 MB; once a process."""
    return Gazetteer(tomllib.loads(resources.files("pipeline").joinpath("places.toml").read_text(encoding="utf-8")))


def _listed(text: str) -> list[str]:
    return [" ".join(item.split()) for item in text.split(",") if item.strip()]


def _keys(written: str) -> list[str]:
    return [name.key for name in _names(written)]


def _words(data: Mapping[str, Any]) -> Words:
    sets = {
        key: frozenset(
            " ".join(fold(item).split()) for item in (text.split("|") if "|" in text else text.split()) if item.strip()
        )
        for key, text in data["words"].items()
    }
    sets |= {key: frozenset(fold(data["departements"][key]).split()) for key in ("river", "word", "office")}
    return Words(
        sets=sets,
        first_names=frozenset(fold(data["persons"]["names"]).split()),
        elsewhere={fold(k): tuple(fold(stem) for stem in v) for k, v in data["traps"]["elsewhere"].items()},
        quarters=_quarters(data["quarters"]),
        hints={fold(phrase): code for code, phrases in data["hints"].items() for phrase in _listed(phrases)},
        regions={fold(region): tuple(codes.split()) for region, codes in data["regions"].items()},
    )


def _quarters(said: Mapping[str, str]) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for town, quarters in said.items():
        for quarter in _listed(quarters):
            found[fold(quarter)].add(find_communes(town)[0].code)
    return {quarter: frozenset(towns) for quarter, towns in found.items()}


def _capitals(written: str, shape: str) -> tuple[int, ...]:
    """Offsets of capitals. The article that begins a name may be written small, but for « La Creuse », a commune;

    in « Saint-Denis-en-Val » only the first need be."""
    capitals = tuple(at for at, c in enumerate(written) if c.isupper())
    article = ARTICLE.match(written)
    if article and written[article.end() :] not in DEPARTEMENTS.values():
        capitals = tuple(at for at in capitals if at >= article.end())
    return capitals[:1] if shape == "compound" and written.startswith(("Saint", "St")) else capitals


def _shape(written: str) -> str:
    words = fold(ARTICLE.sub("", written)).split()
    if len(words) > 2 and any(word in SMALL for word in words[1:]):
        return "compound"
    if words[0] in ("saint", "sainte", "st", "ste") and len(words) == 2:
        return "saint"
    return "double" if len(words) > 1 else "plain"


def _written(name: str) -> Iterator[str]:
    """The ways to write a name: St for Saint, oe for œ, du and au for Le, without « (Canton de …) »."""
    name = re.sub(r" \([^)]*\)$", "", name)
    forms = {name, re.sub(r"\bSaint(e?)\b", r"St\1", name)}
    yield from sorted(forms | {f.replace("œ", "oe").replace("Œ", "Oe").replace("æ", "ae") for f in forms})


def _names(written: str, **meaning: Any) -> Iterator[Name]:
    for form in _written(written):
        shape = _shape(form)
        yield Name(fold(form).strip(), _capitals(form, shape), shape=shape, **meaning)
        for article, contracted in CONTRACTIONS.items():
            if form.startswith(article):
                for lead in contracted:
                    whole = lead + form.removeprefix(article)
                    yield Name(fold(whole), _capitals(whole, shape), lead=len(lead), shape=shape, **meaning)


def _joined(one: Name, other: Name) -> Name:
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


def _all_names(data: Mapping[str, Any]) -> Iterator[Name]:
    for commune in communes().values():
        yield from _names(commune.name, communes=(commune.code,))
    for part in parts():
        yield from _names(part.name, former=(part.part_of,))
    for short, towns in data["aliases"].items():
        yield from _names(short, communes=tuple(_town(town.strip()) for town in towns.split("|")))
    for code, name in (DEPARTEMENTS | COLLECTIVITES).items():
        if code not in ("75", "977", "978"):  # a commune; names of many communes
            yield from _names(name, departement=code)
    yield from _epci_names(data["epcis"])
    for town, people in data["gentiles"].items():
        word, _, weak = people.partition(" ")
        for form in inflected(word):
            yield Name(fold(form), inhabitants=(_town(town),), weak=bool(weak))
    evidence = (*data["hints"].values(), ", ".join(data["regions"]))
    for phrases in (*data["never"].values(), *evidence):
        for phrase in _listed(phrases):
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
    feminine = "ne" if gentile.endswith(("ien", "éen")) else "te" if gentile.endswith(("riot", "arrot")) else "e"
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
        forms = [epci.name] if kind not in EXPANSIONS else [f"{EXPANSIONS[kind]} {rest}"]
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
