"""The names of French places in one automaton, with the words that tell names from words.

A text is folded character by character, so that a place in it is a place in the text: letters without case and
accents, digits, and a blank for all else. A name stands where its folded words stand; its capitals are looked at
afterwards. As in the tagger, the bytes of Latin-1 are what makes that cheap.
"""

from __future__ import annotations

import tomllib
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import resources
from typing import Any, Literal

import ahocorasick

from pipeline.areas import epcis, find_communes
from pipeline.geography.toponyms import Name, all_names, fold, joined, listed, names_of


@dataclass(frozen=True, slots=True)
class Words:
    """The vocabularies of places.toml, folded."""

    sets: Mapping[str, frozenset[str]]
    sports: tuple[str, ...]  # « s'impose » and other phrases, a blank before and after
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
        for name in all_names(self._data):
            found[name.key] = joined(found[name.key], name) if name.key in found else name
        traps: dict[str, Literal["", "word", "abroad"]] = {
            key: kind
            for kind in ("word", "abroad")
            for written in listed(self._data["traps"][kind])
            for key in (name.key for name in names_of(written))
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
    """The names of places.toml, communes.csv and epcis.csv. They take half a second and 60 MB, once a process."""
    return Gazetteer(
        tomllib.loads(resources.files("pipeline.geography").joinpath("places.toml").read_text(encoding="utf-8"))
    )


def _words(data: Mapping[str, Any]) -> Words:
    sets = {
        key: frozenset(
            " ".join(fold(item).split()) for item in (text.split("|") if "|" in text else text.split()) if item.strip()
        )
        for key, text in data["words"].items()
    }
    sets |= {key: frozenset(fold(data["departements"][key]).split()) for key in ("river", "word", "office", "part")}
    return Words(
        sets=sets,
        sports=tuple(f" {phrase} " for phrase in sorted(sets["sport"]) if " " in phrase),
        first_names=frozenset(fold(data["persons"]["names"]).split()),
        elsewhere={fold(k): tuple(fold(stem) for stem in v) for k, v in data["traps"]["elsewhere"].items()},
        quarters=_quarters(data["quarters"]),
        hints={fold(phrase): code for code, phrases in data["hints"].items() for phrase in listed(phrases)},
        regions={fold(region): tuple(codes.split()) for region, codes in data["regions"].items()},
    )


def _quarters(said: Mapping[str, str]) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for town, quarters in said.items():
        for quarter in listed(quarters):
            found[fold(quarter)].add(find_communes(town)[0].code)
    return {quarter: frozenset(towns) for quarter, towns in found.items()}
