"""What a dossier is about: a place, by its name or code; and which articles are about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from pipeline.areas import (
    COLLECTIVITES,
    DEPARTEMENTS,
    communes,
    departement,
    epcis,
    find_communes,
    name_key,
    place_name,
)
from pipeline.geography.toponyms import fold
from pipeline.places import Weight, load_gazetteer
from pipeline.records import MistakeError

QUALIFIED = re.compile(r"(.+?)\s*\((\w{2,3})\)\s*")


@dataclass(frozen=True, slots=True)
class Subject:
    """A place: `code` is INSEE's of a commune or département, or an EPCI's SIREN."""

    code: str
    kind: Literal["commune", "epci", "departement"]
    name: str

    def holds(self, code: str) -> bool:
        """Whether the place with this code is this one, or lies in it."""
        if code == self.code:
            return True
        if self.kind == "epci":
            return code in epcis()[self.code].members
        return self.kind == "departement" and code not in DEPARTEMENTS and departement(code) == self.code


def find_subject(words: str) -> Subject:
    """The place of this name or code. Raises MistakeError for none, and for several, which it lists."""
    code = words.strip().upper()
    if code in DEPARTEMENTS or code in COLLECTIVITES:
        return Subject(code, "departement", place_name(code))
    if code in communes():
        return Subject(code, "commune", place_name(code))
    if code in epcis():
        return Subject(code, "epci", place_name(code))
    said = QUALIFIED.fullmatch(words)
    found = find_communes(said[1] if said else words)
    if said:
        found = [commune for commune in found if commune.departement == said[2].upper()]
    if len(found) == 1:
        return Subject(found[0].code, "commune", place_name(found[0].code))
    if found:
        every = ", ".join(f"{one.name} ({one.departement}) {one.code}" for one in found)
        raise MistakeError(f"« {words} » is the name of {len(found)} communes; say which by its code: {every}")
    return _wider(words)


def _wider(words: str) -> Subject:
    """A département or EPCI by its name, or what a place is called besides: « MEL », « Grand Lyon », « Hellemmes »."""
    key = name_key(words)
    for code, name in (DEPARTEMENTS | COLLECTIVITES).items():
        if name_key(name) == key:
            return Subject(code, "departement", name)
    for epci in epcis().values():
        if name_key(epci.name) == key:
            return Subject(epci.code, "epci", epci.name)
    called = load_gazetteer().names.get(fold(words).strip())
    if called and called.epci:
        return Subject(called.epci, "epci", epcis()[called.epci].name)
    if called and len(towns := {*called.communes, *called.former}) == 1:
        return Subject(town := towns.pop(), "commune", place_name(town))
    size = {commune.name: commune.population for commune in communes().values()}
    near = sorted(get_close_matches(words.title(), size, 3, 0.75), key=lambda name: -size[name])
    hint = f"; did you mean {', '.join(near)}?" if near else "; give its name, or its INSEE code"
    raise MistakeError(f"« {words} » is no place that is known{hint}")


def concerns(subject: Subject, weights: Iterable[Weight], areas: Sequence[str]) -> bool:
    """Whether an article is about the place: its text is, or it is about no commune and its source is of there."""
    found = list(weights)
    if any(subject.holds(weight.code) for weight in found):
        return True
    elsewhere = any(weight.kind == "commune" for weight in found)
    return not elsewhere and bool(areas) and all(subject.holds(area) for area in areas)
