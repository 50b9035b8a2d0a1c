"""What is found in an article and what it tells of where it plays: a Hit a name, one Evidence for all of them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from pipeline.areas import communes, departement
from pipeline.geography.gazetteer import Gazetteer, Words
from pipeline.geography.surroundings import ARTICLES, Around, sentence_around
from pipeline.geography.toponyms import Name, fold

Field = Literal["title", "text"]
Kind = Literal["commune", "epci", "departement"]
Meaning = tuple[str, Kind, str]  # code, kind, why
NOTHING: Meaning = ("", "commune", "")
SCORE = re.compile(r"\(\d{1,3}\s?[-–]\s?\d{1,3}\)|\w\s[-–]\s\w[^:;()\n]{0,30}:\s\d{1,3}\s?[-–]\s?\d{1,3}\b")


class Hit:
    """A name in a field and what stands around it; what it is enumerated with lends it a preposition and a town hall.

    `candidates` are the communes that bear it, and those that a former commune of this name is a part of.
    `consumed` is a département that says where the names before it lie.
    """

    def __init__(self, field: Field, text: str, start: int, end: int, name: Name, around: Around) -> None:
        self.field, self.text, self.start, self.end = field, text, start, end
        self.name, self.around = name, around
        self.prep, self.civic, self.heads = around.prep, around.civic, around.heads
        self.candidates = tuple(dict.fromkeys(name.communes + name.former)) if name.former else name.communes
        self.beside: list[Hit] = []
        self.code, self.why = "", ""
        self.kind: Kind = "commune"
        self.consumed = False
        self.sport: bool | None = None

    def join(self, previous: Hit) -> None:
        """« à Hem, Croix et Leers »."""
        self.beside.append(previous)
        previous.beside.append(self)
        if not self.around.prep:
            self.prep, self.civic, self.heads = previous.prep, previous.civic, previous.heads
        one: Hit | None = previous if self.around.said else None
        while one and not one.around.said:  # « Ham et Roye, dans la Somme »
            one.around = replace(one.around, said=self.around.said)
            one = one.beside[0] if one.beside[0].start < one.start else None

    def means(self, code: str, kind: Kind, why: str) -> None:
        self.code, self.kind, self.why = code, kind, why

    @cached_property
    def bounds(self) -> tuple[int, int]:
        """Where its sentence begins and ends."""
        return sentence_around(self.text, self.start, self.end)

    @cached_property
    def sentence(self) -> str:
        """The words of its sentence, folded, a blank before and after each."""
        lower, upper = self.bounds
        return f" {' '.join(fold(self.text[lower:upper]).split())} "

    @property
    def key(self) -> str:
        return self.name.key[self.name.lead :]

    @property
    def noun(self) -> str:
        """« l'usine de X » → usine."""
        return next((w for w in reversed(self.around.words[:-1]) if w not in ARTICLES), "")


class Article:
    """The words of a title and a text, looked up as often as there are names."""

    def __init__(self, title: str, text: str) -> None:
        self.title, self._text = title, f"{title}\n{text}"
        self._told: dict[str, bool] = {}

    @cached_property
    def folded(self) -> str:
        return f" {' '.join(fold(self._text).split())} "

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(self.folded.split())

    def tells(self, stem: str) -> bool:
        """Whether a word begins with the stem."""
        if stem not in self._told:
            self._told[stem] = f" {stem}" in self.folded
        return self._told[stem]


@dataclass(frozen=True)
class Evidence:
    """Where an article plays: its source's areas; the départements and regions named; `hints` are codes that something
    in it stands for, `peopled` the towns of its gentilés, `clubs` where teams stand; `said` are the départements that
    it says of a name. `neighbours` are the communes and EPCIs found so far, counted by département and EPCI.
    """

    areas: frozenset[str]
    article: Article
    departements: frozenset[str] = frozenset()
    regional: frozenset[str] = frozenset()
    hints: frozenset[str] = frozenset()
    peopled: frozenset[str] = frozenset()
    clubs: Sequence[tuple[Field, int]] = ()
    said: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    neighbours: frozenset[str] = frozenset()
    around: Counter[str] = field(default_factory=Counter)

    @cached_property
    def own(self) -> frozenset[str]:
        """The départements of the source."""
        return frozenset(found for area in self.areas if (found := departement(area)))

    def with_neighbours(self, hits: Iterable[Hit], gazetteer: Gazetteer) -> Evidence:
        """Beside what is known, the places found so far."""
        found = frozenset(hit.code for hit in hits if hit.code and hit.kind != "departement")
        around: Counter[str] = Counter()
        for code in found:
            if code in communes():
                around.update((communes()[code].departement, gazetteer.epci_of.get(code, "")))
            else:
                around[code] += 1
        return replace(self, neighbours=found, around=around)

    def near(self, code: str, around: str) -> bool:
        """Whether a place other than this commune is found in the same département or EPCI."""
        return bool(around) and self.around[around] > (code in self.neighbours)


def is_team(hit: Hit, evidence: Evidence, words: Words) -> bool:
    """« Lens a battu Rennes (2-1) », « l'entraîneur de Nice »."""
    if hit.civic or (hit.prep == "at" and not _is_between(hit)) or hit.around.said:
        return False
    if hit.prep == "of" and hit.noun in words.sets["club"]:
        return True
    return is_sport(hit, evidence, words)


def _is_between(hit: Hit) -> bool:
    """« le derby entre Lens et Lille »."""
    return any(one.around.words[-1:] == ("entre",) for one in (hit, *hit.beside[:1]))


def is_sport(hit: Hit, evidence: Evidence, words: Words) -> bool:
    """Whether the sentence tells of a match."""
    if hit.sport is None:
        hit.sport = _tells_of_a_match(hit, evidence, words)
    return hit.sport


def _tells_of_a_match(hit: Hit, evidence: Evidence, words: Words) -> bool:
    lower, upper = hit.bounds
    club = bisect_left(evidence.clubs, (hit.field, lower))
    if club < len(evidence.clubs) and evidence.clubs[club] < (hit.field, upper):
        return True
    return is_match(hit.text[lower:upper], hit.sentence, words)


def is_match(text: str, folded: str, words: Words) -> bool:
    """Whether these words tell of a match; `folded`: with a blank before and after each."""
    if not words.sets["sport"].isdisjoint(folded.split()) or SCORE.search(text):
        return True
    return any(phrase in folded for phrase in words.sports)
