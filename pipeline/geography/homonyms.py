"""(A name that communes bear, the evidence of its article) → the commune that is meant, and why, or none.

Points speak for a name: `NEEDED` of them, none for a big town, make it a place. Among homonyms the one with most
`likelihood` is meant, and none where two are alike.
"""

from __future__ import annotations

from pipeline.areas import communes
from pipeline.geography.evidence import NOTHING, Evidence, Hit, Meaning, is_team
from pipeline.geography.gazetteer import Gazetteer, Words
from pipeline.geography.toponyms import Name

BIG, MIDDLE, TINY = 20_000, 5_000, 2_000  # inhabitants
NEEDED = {"big": 0.0, "middle": 2.0, "small": 3.0, "word": 4.0, "abroad": 3.5}
PARIS = "75056"


def commune_meant(hit: Hit, evidence: Evidence, gazetteer: Gazetteer) -> Meaning:
    """The commune that a name means here, and why; NOTHING when it means none or nobody can tell."""
    if hit.around.blocked not in ("", "called"):
        return NOTHING
    found = _homonym(hit, evidence, gazetteer)
    if not found:
        return NOTHING
    why = "département said"
    if communes()[found].departement not in hit.around.said:
        if hit.around.blocked and not _at_home(found, evidence):
            return NOTHING
        if hit.name.trap == "word" and hit.around.opens and not (hit.prep or hit.heads or found in evidence.peopled):
            return NOTHING
        points, why = _points(hit, found, evidence, gazetteer)
        if points < _needed(hit.name, found):
            return NOTHING
    return NOTHING if is_elsewhere(hit, found, evidence, gazetteer.words) else (found, "commune", why)


def trusted(name: Name, code: str) -> str:
    """How much a bare name speaks for this commune: a key of NEEDED."""
    population = communes()[code].population if code in name.communes else 0
    if name.trap:
        return name.trap
    if name.shape == "compound" or population >= BIG:
        return "big"
    return "middle" if name.shape == "double" or population >= MIDDLE else "small"


def _needed(name: Name, code: str) -> float:
    trust = trusted(name, code)
    big_word = trust == "word" and communes()[code].population >= BIG
    return NEEDED["middle" if big_word else trust]


def _at_home(code: str, evidence: Evidence) -> bool:
    return code in evidence.areas | evidence.neighbours or communes()[code].departement in evidence.own


def _homonym(hit: Hit, evidence: Evidence, gazetteer: Gazetteer) -> str:
    """The commune that a name means if it means one. The département said of it once is said of it everywhere."""
    candidates = hit.candidates
    if said := hit.around.said or evidence.said.get(hit.key, ()):
        there = tuple(code for code in candidates if communes()[code].departement in said)
        bracketed = hit.text[hit.end : hit.end + 2].lstrip().startswith("(")
        candidates = there if there or bracketed or not hit.around.said else candidates
    if len(candidates) < 2:
        return candidates[0] if candidates else ""
    sizes = {code: communes()[code].population if code in hit.name.communes else 0 for code in candidates}
    biggest = sorted(sizes.values(), reverse=True)[:2]
    likely = {
        code: _likelihood(code, size, biggest[size == biggest[0]], evidence, gazetteer) for code, size in sizes.items()
    }
    first, second = sorted(likely, key=lambda code: -likely[code])[:2]
    return first if likely[first] > max(likely[second], 0) else ""


def _likelihood(code: str, size: int, rival: int, evidence: Evidence, gazetteer: Gazetteer) -> float:
    """How much speaks for one of several homonyms. `size`: its inhabitants, `rival`: the biggest other's."""
    there = communes()[code].departement
    outgrown = size < TINY and rival >= BIG
    found = 0.0
    if code in evidence.areas:
        found += 20
    elif there in evidence.own:
        found += 10 if len(evidence.own) <= 2 else 2 if outgrown else 6
    if evidence.hints & {code, there}:
        found += 12
    if there in evidence.departements:
        found += 12
    if evidence.near(code, gazetteer.epci_of.get(code, "")):
        found += 8
    elif evidence.near(code, there):
        found += 2 if outgrown else 6
    if there in evidence.regional:
        found += 4
    if (size >= BIG and size >= 10 * rival) or (size >= MIDDLE and size >= 20 * rival):
        found += 3
    return found


def is_elsewhere(hit: Hit, code: str, evidence: Evidence, words: Words) -> bool:
    """Whether the sentence tells that something else is meant: a team, a government, a foreign city, a quarter."""
    if hit.around.said or code in evidence.areas:
        return is_team(hit, evidence, words)
    stems = words.elsewhere.get(hit.key, ())
    if any(evidence.article.tells(s) if hit.name.trap == "abroad" else f" {s}" in hit.sentence for s in stems):
        return True
    towns = words.quarters.get(hit.key, frozenset()) - {code}
    if towns & (evidence.areas | evidence.neighbours) and not hit.civic:
        return True
    if hit.prep == "of" and hit.noun in words.sets["quarter"] and communes()[code].population < BIG:
        return True
    return _government(hit, code, evidence, words) or is_team(hit, evidence, words)


def _government(hit: Hit, code: str, evidence: Evidence, words: Words) -> bool:
    """« Paris et Berlin veulent », « un avion dépêché par Paris »."""
    if code != PARIS or hit.prep or hit.heads:
        return False
    return hit.around.words[-1:] == ("par",) or not evidence.article.words.isdisjoint(
        words.sets["capitals"] | words.sets["country"]
    )


def _points(hit: Hit, code: str, evidence: Evidence, gazetteer: Gazetteer) -> tuple[float, str]:
    """What its own words and what article and source say for a name; why is the strongest of them."""
    own, own_why = _own_words(hit, code, gazetteer.words)
    given = list(_given(code, evidence, gazetteer))
    best, best_why = max(given, default=(0.0, ""), key=lambda reason: reason[0])
    total = own + (sum(points for points, _ in given) if own >= 1.5 or best >= 3 else best)
    return total, own_why if own >= 2 or own_why == "seat" or not best_why else best_why


def _own_words(hit: Hit, code: str, words: Words) -> tuple[float, str]:
    around = hit.around
    if hit.civic:
        return 4.0, "town hall"
    if not around.prep and any(_same_departement(other, code) for other in hit.beside):
        return 2.0, "enumerated"
    if hit.prep == "at":
        return (3.0 if around.opens else 2.0), ("at" if around.prep else "enumerated")
    if hit.prep == "of" and not words.sets["seat"].isdisjoint(around.words[-4:-1]):
        return 1.5, "seat"
    if hit.prep == "of":
        return (1.5 if around.prep and hit.noun in words.sets["located"] else 0.5), "name"
    return (2.0, "heads") if hit.heads else (0.0, "name")


def _given(code: str, evidence: Evidence, gazetteer: Gazetteer) -> list[tuple[float, str]]:
    there = communes()[code].departement
    epci = gazetteer.epci_of.get(code, "")
    near = 2.0 if evidence.near(code, epci) else 1.5 if evidence.near(code, there) else 0.0
    reasons = [
        (3.0 if code in evidence.areas else 2.0 if there in evidence.own else 0.0, "source area"),
        (3.0 if code in evidence.peopled else 0.0, "gentilé"),
        (2.0 if there in evidence.departements else 0.0, "département said"),
        (3.0 if epci in evidence.neighbours else near, "neighbour"),
    ]
    return [reason for reason in reasons if reason[0]]


def _same_departement(other: Hit, code: str) -> bool:
    there = communes().get(other.code) if other.kind == "commune" else None
    return there is not None and there.departement == communes()[code].departement
