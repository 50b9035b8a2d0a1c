"""Statements → contradictions: pairs in which one affirms and another denies the same act on the same object.

What is compared is declared in statements.toml, [claims]. Nothing is decided about who is right, and nothing is
claimed where it is not sure: a question, a wish, a plan, a rumour, a negation that may belong to another verb, a
speaker without an institution, another town than the one that speaks, facts of different dates give no pair.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.speech.grammar import Grammar
from pipeline.statements import Statement

CLAUSE = re.compile(
    r"[;:.?!]\s|,? (?:mais|or|alors|tandis|puis) |,? et (?=(?:qu'|que |la |le |les |l'|ils? |elles? |a |ont |est ))"
)
DENIED = re.compile(r"\b(?:ne |n'|aucune? |nulle? |ni |sans (?:qu'|que |avoir |aucune? )?|jamais |pas d')")
WITHIN = re.compile(r"\b(?:qui|dont|que|qu'|parce|car)\b|, (?!ni )")  # what a negation does not reach beyond
UNSURE = re.compile(
    r"\b(?:si |s'ils? |peut-être|\w+r(?:ait|aient)\b|sera |seront |va |vont |devra|doi(?:t|vent) |faudra"
    r"|prochain|bientôt|faux|fausse|rumeur|soi-disant|prétend|croi[rt]|refus|oubli|omis|omet|manqu|défaut|absence"
    r"|sauf |hormis|exception|dément|nie |contest)|\?"
    r"|\b(?:ne |n')(?:\S+ ){1,4}(?:que |qu')"
)
PLACE = re.compile(
    r"\b(?:[Vv]ille|[Mm]airie|[Mm]unicipalité|[Cc]ommune|[Mm]aire) (?:de |d['’])((?:L[ae]s? )?[A-ZÉÈ][\w-]+)"
)
AUTHORITIES = frozenset(("cnil", "prefecture", "court", "state"))
RECEIVED = re.compile(r"\b(?:nous|lui|leur|m'|reçu\w*|destinataires?|informée?s?)\b")
OTHERS = re.compile(
    r"\b(?:à|au|aux|auprès d[eu]s?) (?:la |l'|le |les )?"
    r"(élus|élues|conseil|opposition|groupe|habitant\w*|citoyen\w*|public|presse|préfecture|préfète?|tribunal|ministère)\b"
)
NEAR = 120  # characters between the object and the act
MOST = 20  # speakers of one side that are compared


@dataclass(frozen=True, slots=True)
class Claim:
    """What a statement says of a subject of [claims]: that it is so, or is not; `words` are the ones that say it."""

    statement: Statement
    about: str
    affirmed: bool
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two claims about one subject: « se contredisent ? à vérifier ». `label` names it; the words of each led to it."""

    about: str
    label: str
    affirms: Claim
    denies: Claim


def contradictions(statements: Iterable[Statement], *, grammar: Grammar) -> list[Contradiction]:
    """One pair for each two speakers and subject, of the first statement of each, in the order given.

    The statements are those of one dossier, of any number of articles. Who claims both contradicts nobody here: what he
    says has changed, or was misread.
    """
    first: dict[tuple[str, str], dict[bool, Claim]] = {}
    for statement in statements:
        if speaker := _who(statement):
            for claim in claims(statement, grammar=grammar):
                first.setdefault((claim.about, speaker), {}).setdefault(claim.affirmed, claim)
    found = []
    for about, subject in grammar.claims.items():
        sure = [next(iter(said.values())) for (key, _), said in first.items() if key == about and len(said) == 1]
        affirming = [claim for claim in sure if claim.affirmed][:MOST]
        denying = [claim for claim in sure if not claim.affirmed][:MOST]
        found += [
            Contradiction(about, subject.label, yes, no)
            for yes in affirming
            for no in denying
            if _may_concern_the_same(yes.statement, no.statement) and _to_the_same(yes.statement, no.statement, grammar)
        ]
    return found


def claims(statement: Statement, *, grammar: Grammar) -> Iterator[Claim]:
    """What a statement claims of each subject of [claims], where it is sure."""
    if statement.stance == "ask" or statement.quote.rstrip().endswith("?"):
        return
    clauses = [clause for clause in CLAUSE.split(_plain(statement.quote)) if not UNSURE.search(clause)]
    for about, subject in grammar.claims.items():
        said = [
            found
            for clause in clauses
            for thing in subject.objects.finditer(clause)
            for done in subject.acts.finditer(clause)
            if abs(done.start() - thing.start()) <= NEAR and (found := _claimed(clause, thing, done))
        ]
        if len({denied for denied, _ in said}) == 1:
            denied, words = said[0]
            denies = statement.stance == "deny"
            yield Claim(statement, about, denied == denies, (*((statement.verb,) if denies else ()), *words))


def _plain(text: str) -> str:
    return " ".join(text.replace("’", "'").replace("‐", "-").replace("\u2011", "-").split()).lower()


def _claimed(clause: str, thing: re.Match[str], done: re.Match[str]) -> tuple[bool, tuple[str, ...]] | None:
    """Whether the act on the object is denied in a clause, with the words; None when a negation may be another's."""
    denials = list(DENIED.finditer(clause, 0, max(thing.start(), done.start())))
    reaching = [d for d in denials if any(_reaches(clause, d, place) for place in (thing.start(), done.start()))]
    if len(reaching) < len(denials):
        return None
    end = next((k for k in range(done.end(), len(clause)) if not clause[k].isalnum()), len(clause))
    words = [denial[0].strip() for denial in denials] + [thing[0], clause[done.start() : end]]
    return bool(denials), tuple(dict.fromkeys(words))


def _reaches(clause: str, denial: re.Match[str], place: int) -> bool:
    """Whether a negation holds for what stands at a place: nothing between them begins another clause."""
    return denial.start() <= place and not WITHIN.search(clause, denial.end(), place)


def _who(statement: Statement) -> str:
    """Two statements have one speaker when this is equal: the institution and its name; empty for whoever has none."""
    speaker = statement.speaker
    return (
        ""
        if speaker.institution in ("none", "journalist")
        else f"{speaker.institution} {speaker.institution_name}".lower()
    )


def _may_concern_the_same(one: Statement, other: Statement) -> bool:
    """False for two of one kind without both names, for two towns or another town than speaks, for different dates."""
    speakers = one.speaker, other.speaker
    if speakers[0].institution == speakers[1].institution and not all(speaker.institution_name for speaker in speakers):
        return False
    towns = {speaker.institution_name for speaker in speakers if speaker.institution == "city"} - {""}
    named = {found[1] for statement in (one, other) for found in PLACE.finditer(statement.sentence)}
    dates = {statement.fact_date for statement in (one, other)} - {""}
    return len(towns) < 2 and (not towns or named <= towns) and len(dates) < 2


def _to_the_same(yes: Statement, no: Statement, grammar: Grammar) -> bool:
    """« déposée auprès de la CNIL » and « ne nous est pas parvenue »: what one gave, it is the other who did not get.

    False where another is named on the one side than on the other; where nobody is named as having received, by one who
    says « nous » and is no authority.
    """
    given, received = _receivers(yes, grammar), _receivers(no, grammar)
    if given and received:
        return bool(given & received)
    return bool(given) or not RECEIVED.search(_plain(no.quote)) or no.speaker.institution in AUTHORITIES


def _receivers(statement: Statement, grammar: Grammar) -> set[str]:
    """To whom something was given or not, as far as these words tell: the authorities named, and « aux élus »."""
    words, own = _plain(statement.quote), statement.speaker.institution_name
    named = {
        called
        for known, (body, called) in grammar.names.items()
        if body in AUTHORITIES and called != own and re.search(rf"\b{re.escape(known)}\b", words)
    }
    named |= {found[1] for found in OTHERS.finditer(words)}
    return named or ({own or _who(statement)} if RECEIVED.search(words) else set())
