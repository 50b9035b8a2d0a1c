"""(Title, text, source's areas) → the communes, EPCIs and départements that are named, each with where and why.

A wrong commune is a false alarm in somebody's mailbox: what is not clear is left out. A name stands for its town when
enough speaks for it. A big town, or a name that nobody else bears (Villeneuve-d'Ascq), needs nothing more; a middle
one « à », a town hall or a source of there; a village two of these, or its département said. A name that is also a
word, a person or a foreign city needs as much, and nothing in its sentence that tells of the other meaning. Among
homonyms the département said wins, then the source's own area, the départements and neighbours that the article
names, and the size where one outgrows all others. What is said of a name once holds for the whole article.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.areas import communes, epcis
from pipeline.geography.evidence import Article, Evidence, Field, Hit, Kind, is_match, is_sport
from pipeline.geography.gazetteer import Gazetteer, load_gazetteer
from pipeline.geography.homonyms import BIG, PARIS, commune_meant, is_elsewhere, trusted
from pipeline.geography.meanings import departement_meant, epci_meant, inhabitants_meant
from pipeline.geography.surroundings import ARTICLES, NOWHERE, look_around
from pipeline.geography.toponyms import fold

__all__ = ["Gazetteer", "Place", "Weight", "about", "find_places", "load_gazetteer"]

INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
ACCENTS = "\u0300\u0301\u0302\u0303\u0308\u0327"
UNSEEN = re.compile(f"[{INVISIBLE}]|(?<=[-\u2010])\n|[{ACCENTS}]+")
SIGNS = (*INVISIBLE, *ACCENTS, "-\n", "\u2010\n")  # looked for one by one: ten times as fast as a pattern
BESIDE = r"(?: \([^)]*\))?(?:\s*,\s*(?:et\s+)?|\s+(?:et|ou|puis)\s+)"
AND = re.compile(rf"{BESIDE}(?:(?:à|de|l[ea]s?)\s+|[dl]['’])?")
AND_OF = re.compile(rf"{BESIDE}(?:\w+\s+)?(?:du |des |de la |de l['’])")  # « de l'Eure et trois de l'Orne »
DE = re.compile(r"\s+d(?:e|es|u)?\b")
METROPOLIS = re.compile(
    r"\b(?:m[ée]tropole|agglom[ée]ration|agglo|communaut[ée] (?:urbaine|d['’]agglomération)) (?:de |d['’])?$", re.I
)
FIRST = 400  # characters of a text that are its beginning
LEAST, SHARE, MOST = 2.0, 0.3, 4.0
PASSING = {"says where": 0.2, "seat": 0.4, "enumerated": 0.5, "gentilé": 0.7}


@dataclass(frozen=True, slots=True)
class Place:
    """One place named: `field_text[start:end] == surface`. `code` is INSEE's, or an EPCI's SIREN.

    `why` is what spoke for it: name, at, enumerated, heads (« Hem : … »), town hall, seat, département said, source
    town, source area, neighbour, repeated, gentilé, metropolis, acronym, office, located, says where (« Hem (Nord) »).
    """

    code: str
    kind: Kind
    field: Field
    surface: str
    start: int
    end: int
    why: str


@dataclass(frozen=True, slots=True)
class Weight:
    """A code that an article is about, how much, and in which words it says so."""

    code: str
    kind: Kind
    weight: float
    reason: str


class Seen:
    """A text without what is not seen (soft hyphens, accents apart from their letters), and where each letter stood."""

    def __init__(self, text: str) -> None:
        self.original, self.text = text, text
        self._joints, self._moved = [0], [0]  # from this letter on, so far from where it stands in the original
        if any(sign in text for sign in SIGNS):
            self._compose()

    def _compose(self) -> None:
        pieces, done, size = [], 0, 0
        for unseen in UNSEEN.finditer(self.original):
            start, end = unseen.span()
            letter = ""
            if unseen[0][0] in ACCENTS and start > done:
                start -= 1
                letter = unicodedata.normalize("NFC", self.original[start:end])
            if len(letter) < 2:
                pieces += [self.original[done:start], letter]
                size += start - done + len(letter)
                done = end
                self._joints.append(size)
                self._moved.append(done - size)
        self.text = "".join([*pieces, self.original[done:]])

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of the text stands in the original, with the accents of its last letter."""
        last = end + self._moved[bisect_left(self._joints, end) - 1] if end else 0
        while last < len(self.original) and self.original[last] in ACCENTS:
            last += 1
        return start + self._moved[bisect_right(self._joints, start) - 1], last


def find_places(title: str, text: str, gazetteer: Gazetteer, areas: Sequence[str] = ()) -> list[Place]:
    """All places named in a title and a text, in their order. `areas` are the source's, to tell homonyms apart."""
    fields: dict[Field, Seen] = {"title": Seen(title), "text": Seen(text)}
    hits = [hit for name, seen in fields.items() for hit in _hits(name, seen.text, gazetteer)]
    if not hits:
        return []
    evidence = _evidence(hits, Evidence(frozenset(areas), Article(title, text)), gazetteer)
    _name_epcis(hits, evidence)
    evidence = evidence.with_neighbours(hits, gazetteer)
    for some, sure in ((hits, True), (hits, False), (hits[::-1], False)):
        _name_communes(some, evidence, gazetteer, sure)
        evidence = evidence.with_neighbours(hits, gazetteer)
    _repeat(hits, evidence, gazetteer)
    _name_communes(hits, evidence, gazetteer, sure=False)  # what is enumerated with a name that is clear elsewhere
    _name_others(hits, evidence.with_neighbours(hits, gazetteer), gazetteer)
    return [_place(hit, fields[hit.field]) for hit in hits if hit.code]


def about(places: Iterable[Place]) -> list[Weight]:
    """What an article is about, the heaviest first: named in the title, at the beginning, often, as a town hall.

    What is named once in passing, in a list, as the seat of a court or to say where a town lies is not among it.
    """
    named: dict[str, list[Place]] = {}
    for place in places:
        named.setdefault(place.code, []).append(place)
    weights = [_weight(found) for found in named.values()]
    best = max((w.weight for w in weights), default=0.0)
    least = min(LEAST, best) if len(weights) == 1 else LEAST
    kept = [w for w in weights if w.weight >= max(1.0, least, SHARE * best)]
    return sorted(kept, key=lambda w: (-w.weight, w.code))


def _weight(found: list[Place]) -> Weight:
    text = [p for p in found if p.field == "text"]
    title = [p for p in found if p.field == "title"]
    early = [p for p in text if p.start < FIRST]
    civic = any(p.why == "town hall" for p in found)
    weight = sum(PASSING.get(p.why, 1.0) * (1.5 if p.start < FIRST else 1.0) for p in text)
    weight = min(weight, MOST) + 4.0 * max((PASSING.get(p.why, 1.0) for p in title), default=0.0) + civic
    said = {
        "in the title": bool(title),
        "at the beginning": bool(early),
        "as a town hall": civic,
        f"{len(found)} times": len(found) > 1,
    }
    return Weight(found[0].code, found[0].kind, round(weight, 1), ", ".join(k for k, v in said.items() if v) or "once")


def _hits(field: Field, text: str, gazetteer: Gazetteer) -> list[Hit]:
    """The names in a field with their surroundings; names that mean no place are left in, as evidence."""
    hits: list[Hit] = []
    for start, end, name in gazetteer.scan(text):
        around = NOWHERE if name.never else look_around(text, start, end, gazetteer.words)
        hit = Hit(field, text, start, end, name, around)
        if hits and hits[-1].around.blocked in ("", "article") and _enumerated(hits[-1], hit):
            hit.join(hits[-1])
        hits.append(hit)
    return hits


def _enumerated(one: Hit, other: Hit) -> bool:
    between = other.text, one.end, other.start
    departements = one.name.departement and other.name.departement
    return bool(AND.fullmatch(*between) or (departements and AND_OF.fullmatch(*between)))


def _evidence(hits: list[Hit], source: Evidence, gazetteer: Gazetteer) -> Evidence:
    """What is known before any commune is: the source, départements, regions, and what tells of one town only."""
    words = gazetteer.words
    for one, other in pairwise(hits):
        if one.field == other.field and other.start < one.around.after:
            places = {communes()[code].departement for code in one.candidates}
            other.consumed = other.name.departement in places.intersection(one.around.said)
    said = {h.key: h.around.said for h in reversed(hits) if h.around.said and h.candidates}
    named = {departement_meant(h, source, words)[0] for h in hits if h.name.departement and not h.consumed}
    return replace(
        source,
        departements=frozenset(named.union(*said.values()) - {""}),
        regional=frozenset(code for h in hits for code in words.regions.get(h.key, ())),
        hints=frozenset(words.hints[h.key] for h in hits if h.key in words.hints),
        peopled=frozenset(c for h in hits if not h.name.weak for c in h.name.inhabitants),
        clubs=sorted((h.field, h.start) for h in hits if h.name.club),
        said=said,
    )


def _name_epcis(hits: list[Hit], evidence: Evidence) -> None:
    """Those that no acronym stands for: their members are then near."""
    for hit in hits:
        if hit.name.epci and " " in hit.key and not (hit.candidates or hit.consumed or hit.name.never):
            hit.means(*epci_meant(hit, evidence))


def _name_communes(hits: list[Hit], evidence: Evidence, gazetteer: Gazetteer, sure: bool) -> None:
    """Settle what can be; the `sure` are what needs no neighbours."""
    for hit in hits:
        if hit.code or hit.consumed or hit.name.never or not hit.candidates or _is_departement(hit):
            continue
        if not sure or _is_sure(hit, evidence, gazetteer):
            hit.means(*commune_meant(hit, evidence, gazetteer))


def _is_sure(hit: Hit, evidence: Evidence, gazetteer: Gazetteer) -> bool:
    if hit.around.said or evidence.areas.intersection(hit.candidates):
        return True
    if len(hit.candidates) > 1 or hit.key in gazetteer.words.quarters:
        return False
    return hit.around.civic or trusted(hit.name, hit.candidates[0]) == "big"


def _is_departement(hit: Hit) -> bool:
    """« la Vienne », « en Vienne »: a name that is a commune's too."""
    last = hit.around.words[-1] if hit.around.words else ""
    article = last in ARTICLES or last in ("en", "du", "des", "au", "aux") or hit.name.key.startswith("la ")
    return bool(hit.name.departement) and article


def _repeat(hits: list[Hit], evidence: Evidence, gazetteer: Gazetteer) -> None:
    """A name that was clear once means the same elsewhere; a person's name, once said, is the person's."""
    persons = {h.key for h in hits if h.around.blocked == "person"}
    for hit in hits:
        bare = not (hit.prep == "at" or hit.civic or hit.around.said)
        if hit.key in persons and hit.code and bare:
            hit.code = ""
    clear = {h.key: h.code for h in hits if h.code and h.kind == "commune" and h.candidates}
    shorter = {(key[:at], code) for key, code in clear.items() for at, c in enumerate(key) if c == " "}
    for hit in hits:
        if hit.code or hit.around.blocked or hit.consumed or hit.key in persons or _is_departement(hit):
            continue
        code = clear.get(hit.key) or next((c for c in hit.candidates if (hit.key, c) in shorter), "")
        if code and not _is_word(hit, code) and not is_elsewhere(hit, code, evidence, gazetteer.words):
            hit.means(code, "commune", "repeated")


def _is_word(hit: Hit, code: str) -> bool:
    """« Bonne nouvelle », « Tours de magie », and not « Tours va voter »: a name that may be the word it looks like."""
    opens = hit.name.trap == "word" and hit.around.opens and not hit.prep
    return opens and (communes()[code].population < BIG or bool(DE.match(hit.text, hit.end)))


def _name_others(hits: list[Hit], evidence: Evidence, gazetteer: Gazetteer) -> None:
    """Départements, EPCIs and inhabitants, when the communes are known."""
    _tell_players(hits, evidence, gazetteer)
    for hit in hits:
        if hit.name.never:
            continue
        if hit.consumed:
            hit.means(hit.name.departement, "departement", "says where")
        elif hit.code:
            _as_metropolis(hit, gazetteer)
        elif hit.name.departement and (_is_departement(hit) or not hit.name.communes):
            hit.means(*departement_meant(hit, evidence, gazetteer.words))
        elif hit.name.epci:
            hit.means(*epci_meant(hit, evidence))
        elif hit.name.inhabitants:
            hit.means(*inhabitants_meant(hit, evidence, gazetteer))
            if hit.kind == "epci" and (noun := METROPOLIS.search(hit.text, max(0, hit.start - 40), hit.start)):
                hit.start = noun.start()


def _tell_players(hits: list[Hit], evidence: Evidence, gazetteer: Gazetteer) -> None:
    """« Nice et Lille sont à égalité (1-1). Les Lillois … »: a team, and so under a title that tells of a match."""
    words = gazetteer.words
    title = evidence.article.title
    titled = is_match(title, f" {' '.join(fold(title).split())} ", words)
    before = hits[0]
    for hit in hits:
        if hit.name.inhabitants:
            same = before.field == hit.field and "\n" not in hit.text[before.end : hit.start]
            hit.sport = titled or is_sport(hit, evidence, words) or (same and is_sport(before, evidence, words))
        before = hit


def _as_metropolis(hit: Hit, gazetteer: Gazetteer) -> None:
    """« la métropole de Lille » is the EPCI of which Lille is the biggest town."""
    noun = METROPOLIS.search(hit.text, max(0, hit.start - 40), hit.start)
    epci = epcis().get(gazetteer.epci_of.get(hit.code, ""))
    if not noun or not epci or max(epci.members, key=lambda code: communes()[code].population) != hit.code:
        return
    if hit.code != PARIS:  # « l'agglomération parisienne » is far wider
        hit.start = noun.start()
        hit.means(epci.code, "epci", "metropolis")


def _place(hit: Hit, seen: Seen) -> Place:
    start, end = seen.original_span(hit.start, hit.end)
    return Place(hit.code, hit.kind, hit.field, seen.original[start:end], start, end, hit.why)
