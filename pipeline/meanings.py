"""(A name found, the evidence of its article) → the commune, EPCI or département that is meant, and why, or none.

Points speak for a name: `NEEDED` of them, less for a big town, make it a place. Among homonyms the one with most
`likelihood` is meant, and none where two are alike.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from pipeline.areas import communes, departement, epcis
from pipeline.gazetteer import Gazetteer, Name, Words, fold
from pipeline.surroundings import ARTICLES, Around, sentence_around

Field = Literal["title", "text"]
Kind = Literal["commune", "epci", "departement"]

BIG, MIDDLE, TINY = 20_000, 5_000, 2_000  # inhabitants
SCORE = re.compile(r"\(\d{1,3}\s?[-–]\s?\d{1,3}\)")
Meaning = tuple[str, Kind, str]  # code, kind, why
NOTHING: Meaning = ("", "commune", "")
NEEDED = {"big": 0.0, "middle": 2.0, "small": 3.0, "word": 4.0, "abroad": 3.5}


@dataclass(eq=False)
class Hit:
    """A name in a field and what stands around it; `joined` and `joins` are what it is enumerated with."""

    field: Field
    text: str
    start: int
    end: int
    name: Name
    around: Around
    joined: Hit | None = None
    joins: Hit | None = None
    code: str = ""
    kind: Kind = "commune"
    why: str = ""
    elsewhere: bool = False
    consumed: bool = False

    @cached_property
    def sentence(self) -> str:
        """The words of its sentence, folded, a blank before and after each."""
        lower, upper = self.bounds
        return f" {' '.join(fold(self.text[lower:upper]).split())} "

    @cached_property
    def bounds(self) -> tuple[int, int]:
        """Where its sentence begins and ends."""
        return sentence_around(self.text, self.start, self.end)

    @property
    def key(self) -> str:
        return self.name.key[self.name.lead :]

    @property
    def prep(self) -> str:
        return self.around.prep or (self.joined.prep if self.joined else "")

    @property
    def civic(self) -> bool:
        return self.around.civic or bool(not self.around.prep and self.joined and self.joined.civic)

    @property
    def candidates(self) -> tuple[str, ...]:
        """The communes that the name can mean: those that bear it, and those that a former one of it is a part of."""
        return tuple(dict.fromkeys(self.name.communes + self.name.former))

    @property
    def noun(self) -> str:
        """« l'usine de X » → usine."""
        return next((w for w in reversed(self.around.words[:-1]) if w not in ARTICLES), "")

    def means(self, code: str, kind: Kind, why: str) -> None:
        self.code, self.kind, self.why = code, kind, why


@dataclass(frozen=True)
class Evidence:
    """Where an article plays: its source's areas; what it names; `said` are the names whose département it says.

    `written` is its title and its text, `clubs` are where teams stand.
    """

    areas: frozenset[str]
    departements: frozenset[str] = frozenset()
    regional: frozenset[str] = frozenset()
    hints: frozenset[str] = frozenset()
    neighbours: frozenset[str] = frozenset()
    said: tuple[tuple[str, tuple[str, ...]], ...] = ()
    written: str = ""
    clubs: tuple[tuple[Field, int], ...] = ()

    @cached_property
    def article(self) -> str:
        """All words of the title and the text, folded."""
        return f" {' '.join(fold(self.written).split())} "

    @cached_property
    def own(self) -> frozenset[str]:
        """The départements of the source."""
        return frozenset(found for area in self.areas if (found := departement(area)))

    @cached_property
    def around(self) -> frozenset[str]:
        """The départements of the communes that are named."""
        return frozenset(communes()[code].departement for code in self.neighbours if code in communes())


def commune_meant(hit: Hit, evidence: Evidence, gazetteer: Gazetteer) -> Meaning:
    """The commune that a name means here, and why; NOTHING when it means none or nobody can tell."""
    if hit.around.blocked:
        return NOTHING
    said = hit.around.said or dict(evidence.said).get(hit.key, ())
    found = _homonym(hit, said, evidence, gazetteer)
    hit.elsewhere = bool(found) and _elsewhere(hit, found, evidence, gazetteer.words)
    if not found or hit.elsewhere:
        return NOTHING
    if communes()[found].departement in hit.around.said:
        return found, "commune", "département said"
    points, why = _points(hit, found, evidence, gazetteer)
    trust = trusted(hit.name, found)
    needed = NEEDED[trust]
    if trust == "word" and communes()[found].population >= BIG:
        needed = NEEDED["middle"]
    if hit.name.trap == "word" and hit.around.opens and not (hit.prep or hit.around.heads):
        return NOTHING
    return (found, "commune", why) if points >= needed else NOTHING


def trusted(name: Name, code: str) -> str:
    """How much a bare name speaks for this commune: a key of NEEDED."""
    population = communes()[code].population
    if name.trap:
        return name.trap
    if name.shape == "compound" or (population >= BIG and code in name.communes):
        return "big"
    if name.shape == "double" or (population >= MIDDLE and code in name.communes):
        return "middle"
    return "small"


def _homonym(hit: Hit, said: tuple[str, ...], evidence: Evidence, gazetteer: Gazetteer) -> str:
    """The commune that a name means if it means one."""
    name = hit.name
    candidates = hit.candidates
    if said:
        there = tuple(code for code in candidates if communes()[code].departement in said)
        bracketed = hit.text[hit.end : hit.end + 2].lstrip().startswith("(")
        candidates = there if there or bracketed or not hit.around.said else candidates
    if len(candidates) < 2:
        return candidates[0] if candidates else ""
    sizes = {c: communes()[c].population if c in name.communes else 0 for c in candidates}
    ranked = sorted(((_likelihood(c, sizes, evidence, gazetteer), c) for c in candidates), reverse=True)
    (best, code), (second, _) = ranked[:2]
    return code if best > second and best > 0 else ""


def _likelihood(code: str, sizes: dict[str, int], evidence: Evidence, gazetteer: Gazetteer) -> float:
    commune, size = communes()[code], sizes[code]
    rivals = max(other for c, other in sizes.items() if c != code)
    outgrown = size < TINY and rivals >= BIG
    found = 0.0
    if code in evidence.areas:
        found += 20
    elif commune.departement in evidence.own:
        found += 10 if len(evidence.own) <= 2 else 2 if outgrown else 6
    if code in evidence.hints or commune.departement in evidence.hints:
        found += 12
    if commune.departement in evidence.departements:
        found += 12
    if gazetteer.epci_of.get(code, "-") in {gazetteer.epci_of.get(n) for n in evidence.neighbours}:
        found += 8
    elif commune.departement in evidence.around:
        found += 2 if outgrown else 6
    if commune.departement in evidence.regional:
        found += 4
    if (size >= BIG and size >= 10 * rivals) or (size >= MIDDLE and size >= 20 * rivals):
        found += 3
    return found


def _elsewhere(hit: Hit, code: str, evidence: Evidence, words: Words) -> bool:
    """Whether the sentence tells that something else is meant: a team, a government, a foreign city, a quarter."""
    around, stems = hit.around, words.elsewhere.get(hit.key, ())
    if around.said or code in evidence.areas:
        return _team(hit, evidence, words)
    told = evidence.article if hit.name.trap == "abroad" else hit.sentence
    if any(f" {stem}" in told for stem in stems):
        return True
    if not hit.civic and any(
        town in evidence.areas or town in evidence.neighbours
        for town, quarters in words.quarters.items()
        if hit.key in quarters and town != code
    ):
        return True
    if hit.prep == "of" and hit.noun in words.sets["quarter"] and communes()[code].population < BIG:
        return True
    if hit.key == "paris" and not hit.prep and any(f" {c} " in hit.sentence for c in words.sets["capitals"]):
        return True
    return _team(hit, evidence, words)


def _team(hit: Hit, evidence: Evidence, words: Words) -> bool:
    """« Lens a battu Rennes 2-1 », « l'entraîneur de Nice »."""
    if hit.civic or hit.prep == "at" or hit.around.heads:
        return False
    if hit.prep == "of" and hit.noun in words.sets["club"]:
        return True
    lower, upper = hit.bounds
    if SCORE.search(hit.text, lower, upper) or any(f == hit.field and lower <= at < upper for f, at in evidence.clubs):
        return True
    return any(f" {stem} " in hit.sentence for stem in words.sets["sport"] if stem)


def _points(hit: Hit, code: str, evidence: Evidence, gazetteer: Gazetteer) -> tuple[float, str]:
    """What speaks for a name in its own words, and what its article and source add; the strongest is why."""
    words, around = gazetteer.words, hit.around
    noun = hit.noun if around.prep == "of" else ""
    own = [(0.0, "name")]
    if hit.civic:
        own.append((4.0, "town hall"))
    elif not hit.prep and _with(hit, code):
        own.append((2.0, "enumerated"))
    elif hit.prep == "at":
        own.append((3.0 if around.opens else 2.0, "at" if around.prep else "enumerated"))
    elif hit.prep == "of" and noun in words.sets["seat"]:
        own.append((1.5, "seat"))
    elif hit.prep == "of":
        own.append((1.5 if noun in words.sets["located"] else 0.5, "name"))
    elif around.heads:
        own.append((2.0, "heads"))
    given = [(0.0, "")]
    if code in evidence.areas:
        given.append((3.0, "source town"))
    elif communes()[code].departement in evidence.own:
        given.append((2.0, "source area"))
    near = [n for n in evidence.neighbours if n != code]
    if communes()[code].departement in evidence.departements:
        given.append((2.0, "département said"))
    if gazetteer.epci_of.get(code, "-") in {gazetteer.epci_of.get(n) for n in near}:
        given.append((2.0, "neighbour"))
    elif communes()[code].departement in {communes()[n].departement for n in near if n in communes()}:
        given.append((1.5, "neighbour"))
    said, context = max(own, key=lambda p: p[0]), max(given, key=lambda p: p[0])
    total = sum(points for points, _ in own) + sum(points for points, _ in given)
    if said[0] < 1.5 and context[0] < 3:
        total = said[0] + context[0]
    return total, said[1] if said[0] >= 2 or said[1] == "seat" or not context[1] else context[1]


def _with(hit: Hit, code: str) -> bool:
    """Whether it is enumerated with another commune of its département."""
    beside = [other for other in (hit.joined, hit.joins) if other and other.code and other.kind == "commune"]
    return any(communes()[other.code].departement == communes()[code].departement for other in beside)


def departement_meant(hit: Hit, evidence: Evidence, words: Words) -> Meaning:
    """The département that a name means here, and why. Most are rivers, some a direction, before they are one."""
    name, code, tokens = hit.name, hit.name.departement, hit.around.words
    if hit.around.blocked not in ("", "article", "street"):
        return NOTHING
    after = hit.text[hit.end : hit.end + 4]
    last, previous = (*("", ""), *tokens)[-1], (*("", ""), *tokens)[-2]
    article = last in ARTICLES or last in ("du", "des") or name.key.startswith("la ")
    wet = name.key in words.sets["river"] and any(f" {w} " in hit.sentence for w in words.sets["water"])
    if article or last == "de":
        noun = next((w for w in reversed(tokens) if w not in ARTICLES and w not in ("de", "du", "d", "des")), "")
        if noun in words.sets["office"] and last not in ("", "dans"):
            return code, "departement", "office"
    if name.key == "nord" and after.startswith((" de ", " du ", " des", " d’", " d'")):
        return NOTHING
    located = last == "en" or (article and previous == "dans") or last in ("a", "au", "aux", "dans")
    if located and not wet:
        return code, "departement", "located"
    plain = name.key not in words.sets["river"] and name.key not in words.sets["word"]
    if plain and hit.around.blocked != "street":
        return code, "departement", "name"
    known = code in evidence.own or code in evidence.around or code in evidence.departements
    joined = hit.joined is not None and hit.joined.kind == "departement" and bool(hit.joined.code)
    if article and not wet and hit.around.blocked != "street" and (joined or (known and name.key != "nord")):
        return code, "departement", "enumerated" if joined else "neighbour"
    return NOTHING


def inhabitants_meant(hit: Hit, evidence: Evidence, gazetteer: Gazetteer) -> Meaning:
    """The town of a gentilé, or its EPCI: « la métropole lilloise »; NOTHING for a team, a dish, a region, a paper."""
    words, name, tokens = gazetteer.words, hit.name, hit.around.words
    codes = [c for c in name.inhabitants if not name.weak or _known(c, evidence)]
    if len(codes) != 1 or hit.around.blocked == "person":
        return NOTHING
    last, previous = (*("", ""), *tokens)[-1], (*("", ""), *tokens)[-2]
    capital = hit.text[hit.start].isupper()
    if last in words.sets["not_inhabitants"] or any(f" {stem} " in hit.sentence for stem in words.sets["sport"]):
        return NOTHING
    paper = last in ("le", "la", "au", "du") and hit.key in words.sets["papers"]
    if capital and (paper or (last == "le" and previous == "dans")):
        return NOTHING
    if last in words.sets["metropolis"] or (last == "agglomeration" and codes[0] != "75056"):
        epci = gazetteer.epci_of.get(codes[0], "")
        return (epci, "epci", "metropolis") if epci else NOTHING
    return codes[0], "commune", "gentilé"


def _known(code: str, evidence: Evidence) -> bool:
    return code in evidence.areas or code in evidence.neighbours


def epci_meant(hit: Hit, evidence: Evidence) -> Meaning:
    """The EPCI of a name; an acronym's only where a member, its source or its département is known."""
    code = hit.name.epci
    if " " in hit.key or not hit.text[hit.start : hit.end].isupper():
        return code, "epci", "name"
    members = epcis()[code].members
    known = evidence.neighbours.intersection((*members, code)) or evidence.areas.intersection(members)
    own = {communes()[member].departement for member in members}
    return (code, "epci", "acronym") if known or (evidence.own & own and len(evidence.own) <= 2) else NOTHING
