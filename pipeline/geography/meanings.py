"""(A name, the evidence of its article) → the département, the town of a gentilé or the EPCI that is meant, or none."""

from __future__ import annotations

from pipeline.areas import communes, epcis
from pipeline.geography.evidence import NOTHING, Evidence, Hit, Meaning, is_sport
from pipeline.geography.gazetteer import Gazetteer, Words
from pipeline.geography.homonyms import PARIS
from pipeline.geography.surroundings import ARTICLES


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
    located = located or (last in (*ARTICLES, "du", "des") and _in_a_part(tokens, words))
    if located and not wet:
        return code, "departement", "located"
    if _is_plain(hit, words) and hit.around.blocked != "street":
        return code, "departement", "name"
    beside = [other for other in hit.beside if other.name.departement]
    joined = any(other.code or _is_plain(other, words) for other in beside) or (beside and code in evidence.own)
    if article and not wet and hit.around.blocked != "street" and joined:
        return code, "departement", "enumerated"
    return NOTHING


def _is_plain(hit: Hit, words: Words) -> bool:
    return hit.name.key not in words.sets["river"] | words.sets["word"]


def _in_a_part(tokens: tuple[str, ...], words: Words) -> bool:
    """« dans le sud de l' », « dans la partie rhodanienne de l' »."""
    near = tokens[-6:]
    after = near[near.index("dans") + 1 :] if "dans" in near else ()
    return any(token in words.sets["part"] for token in after[:2])


def inhabitants_meant(hit: Hit, evidence: Evidence, gazetteer: Gazetteer) -> Meaning:
    """The town of a gentilé, or its EPCI: « la métropole lilloise »; NOTHING for a team, a dish, a region, a paper."""
    words, name, tokens = gazetteer.words, hit.name, hit.around.words
    codes = [c for c in name.inhabitants if not name.weak or _known(c, evidence)]
    if len(codes) != 1 or hit.around.blocked == "person":
        return NOTHING
    last, previous = (*("", ""), *tokens)[-1], (*("", ""), *tokens)[-2]
    capital = hit.text[hit.start].isupper()
    if last in words.sets["not_inhabitants"] or is_sport(hit, evidence, words):
        return NOTHING
    paper = last in ("le", "la", "au", "du") and hit.key in words.sets["papers"]
    region = last == "du" or (last == "le" and previous in ("dans", "tout"))
    if capital and (paper or region):
        return NOTHING
    if last in words.sets["metropolis"]:
        epci = gazetteer.epci_of.get(codes[0], "") if codes[0] != PARIS or last == "metropole" else ""
        return (epci, "epci", "metropolis") if epci else NOTHING
    return codes[0], "commune", "gentilé"


def _known(code: str, evidence: Evidence) -> bool:
    return code in evidence.areas or code in evidence.neighbours


def epci_meant(hit: Hit, evidence: Evidence) -> Meaning:
    """The EPCI of a name; an acronym's only where a member, its source or its département is known."""
    code = hit.name.epci
    if hit.around.blocked in ("named after", "street"):
        return NOTHING
    if " " in hit.key or not hit.text[hit.start : hit.end].isupper():
        return code, "epci", "name"
    members = epcis()[code].members
    known = evidence.neighbours.intersection((*members, code)) or evidence.areas.intersection(members)
    own = {communes()[member].departement for member in members}
    return (code, "epci", "acronym") if known or (evidence.own & own and len(evidence.own) <= 2) else NOTHING
