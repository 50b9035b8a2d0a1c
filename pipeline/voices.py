"""Texts → who says what in them: sayings side by side by what they are about, and pairs to be checked.

Two kinds of words have a speaker here: statements, and what a town hall, an institution or an association writes in
its own pages. Nothing is decided about who is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.claims import Claim, claims, contradictions
from pipeline.digest import clean
from pipeline.grammar import Grammar
from pipeline.grammar import Subject as About
from pipeline.quotes import sentence_spans
from pipeline.records import Mention
from pipeline.speakers import Speaker
from pipeline.statements import Statement, fact_date, find_statements, topics_in

BODIES = {
    "city": "Commune", "cnil": "CNIL", "prefecture": "Préfecture", "court": "Tribunal", "police": "Police",
    "company": "Entreprise", "association": "Association", "elected_group": "Élus", "state": "État",
    "journalist": "Presse", "none": "Autres voix",
}  # fmt: skip
WE = frozenset(("nous", "je", "notre", "on"))
AUTHORITIES = frozenset(("cnil", "prefecture", "court", "state"))
RECEIVED = re.compile(r"\b(?:nous|lui|leur|m['’]|reçu\w*|destinataires?|informée?s?)\b")
WHOLE = re.compile(r"[.!?…»”\"]$")  # how a sentence ends, and a title or a line of an address does not


@dataclass(frozen=True, slots=True)
class Text:
    """One text to be heard. `number` is its article's in the dossier; `town` is that of a municipal source.

    `topics` are those of the article; `mentions` are those in the text.
    """

    number: int
    at: datetime
    title: str
    text: str
    topics: tuple[str, ...]
    mentions: tuple[Mention, ...]
    kind: str = ""
    source_name: str = ""
    town: str = ""


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a saying claims, where it is sure: `label` is affirmed or denied, by `words`."""

    about: str
    label: str
    affirmed: bool
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Saying:
    """Words with their speaker. `who` is the body that speaks, `speaker` whom the text names for it, pronouns resolved.

    `own`: it stands in the speaker's own page. `articles` are all those that have these very words of
    this speaker, the earliest first.
    """

    number: int
    at: datetime
    who: str
    institution: str
    institution_name: str
    speaker: str
    verb: str
    own: bool
    direct: bool
    quote: str
    sentence: str
    fact_date: str
    topics: tuple[str, ...]
    claims: tuple[Claimed, ...]
    articles: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sayings of which one affirms and another denies the same: « se contredisent ? à vérifier »."""

    label: str
    affirms: Saying
    affirming: tuple[str, ...]
    denies: Saying
    denying: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Thing:
    """What several speak of: a topic, the sayings about it by body, each in order of date, and the pairs among them."""

    topic: str
    label: str
    columns: tuple[tuple[str, tuple[Saying, ...]], ...]
    pairs: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True)
class Voices:
    """All that is said; `others` are the sayings about none of the things, by body."""

    sayings: tuple[Saying, ...]
    things: tuple[Thing, ...]
    others: tuple[tuple[str, tuple[Saying, ...]], ...]


@dataclass(frozen=True, slots=True)
class _Heard:
    """A statement in its text, with what it claims."""

    text: Text
    statement: Statement
    own: bool
    claims: tuple[Claim, ...]


def hear(texts: Iterable[Text], topics: Sequence[str], labels: Mapping[str, str], grammar: Grammar) -> Voices:
    """Who says what in these texts. Spoken of are the `topics`, and what claims are compared about; `labels`: all
    topics to words, in the order of telling.
    """
    ordered = sorted(texts, key=lambda text: (text.at, text.number))
    stated = [(text, find_statements(text.text, grammar=grammar)) for text in ordered]
    named = {s.speaker.institution_name: s.speaker for _, found in stated for s in found if s.speaker.institution_name}
    compared = {
        topic for topic, label in labels.items() if any(_names(subject, label) for subject in grammar.claims.values())
    }
    told = {topic: label for topic, label in labels.items() if topic in compared.union(topics)}
    heard = [
        one
        for text, found in stated
        for one in _heard(text, found, _owner(text, named, grammar), frozenset(told), grammar)
    ]
    spoken_of = {topic: label for topic, label in told.items() if not _is_a_body(label, grammar)}
    sayings, place = _folded(heard, spoken_of, grammar)
    pairs = list(_pairs(heard, sayings, place, grammar))
    things = [thing for topic, label in spoken_of.items() if (thing := _thing(topic, label, sayings, pairs))]
    others = [saying for saying in sayings if not saying.topics]
    return Voices(tuple(sayings), tuple(sorted(things, key=_interest)), _columns(others))


def _owner(text: Text, named: Mapping[str, Speaker], grammar: Grammar) -> Speaker | None:
    """Who speaks in a source's own pages; None for the press, which reports.

    `named` are speakers of all texts: « le groupe Lille Verte » is the one whose own pages these are.
    """
    name = text.source_name
    if text.kind == "municipal":
        return Speaker(name, 0, 0, name, institution="city", institution_name=text.town or name)
    if text.kind not in ("institution", "association"):
        return None
    for known, (institution, called) in grammar.names.items():
        if institution != "journalist" and re.search(rf"\b{re.escape(known)}\b", name.lower()):
            return Speaker(name, 0, 0, name, institution=institution, institution_name=called)
    for called, other in named.items():
        if other.institution in ("association", "elected_group") and re.search(rf"\b{re.escape(called)}\b", name):
            return Speaker(name, 0, 0, name, institution=other.institution, institution_name=called)
    body = "association" if text.kind == "association" else "state"
    return Speaker(name, 0, 0, name, institution=body, institution_name=name)


def _heard(
    text: Text, statements: Sequence[Statement], owner: Speaker | None, topics: frozenset[str], grammar: Grammar
) -> Iterator[_Heard]:
    """The statements of a text, and the sentences of an own page that mention one of the topics or claim something."""
    for statement in statements:
        said = replace(statement, speaker=owner) if owner and statement.speaker.name.lower() in WE else statement
        own = owner is not None and _who(said.speaker) == _who(owner)
        yield _Heard(text, said, own, tuple(claims(said, grammar=grammar)))
    for start, end in sentence_spans(text.text) if owner else ():
        inside = any(start < statement.end and statement.start < end for statement in statements)
        if owner and not inside and WHOLE.search(text.text[start:end]):
            said = _written(text, start, end, owner)
            of_it = tuple(claims(said, grammar=grammar))
            if of_it or topics.intersection(topics_in(said, text.mentions)):
                yield _Heard(text, said, True, of_it)


def _written(text: Text, start: int, end: int, author: Speaker) -> Statement:
    """A sentence of an own page as its owner's statement."""
    quote = text.text[start:end]
    return Statement(
        quote=quote, start=start, end=end, parts=((start, end),), direct=True, speaker=author, verb="", lemma="",
        stance="say", sentence=quote, fact_date=fact_date(quote), why="own",
    )  # fmt: skip


def _folded(
    heard: Sequence[_Heard], labels: Mapping[str, str], grammar: Grammar
) -> tuple[list[Saying], dict[int, int]]:
    """The sayings, the same words of one speaker once; and where each statement, by id(), went."""
    sayings: list[Saying] = []
    keys: dict[tuple[str, str], int] = {}
    place: dict[int, int] = {}
    for one in heard:
        saying = _saying(one, len(sayings), labels, grammar)
        key = (saying.who, " ".join(saying.quote.lower().split()))
        at = place[id(one.statement)] = keys.setdefault(key, len(sayings))
        if at == len(sayings):
            sayings.append(saying)
        elif one.text.number not in sayings[at].articles:
            sayings[at] = replace(sayings[at], articles=(*sayings[at].articles, one.text.number))
    return sayings, place


def _saying(one: _Heard, number: int, labels: Mapping[str, str], grammar: Grammar) -> Saying:
    said, speaker = one.statement, one.statement.speaker
    named = [topic for topic in topics_in(said, one.text.mentions) if topic in labels]
    meant = [topic for claim in one.claims if (topic := _meant(claim, one.text, labels, grammar))]
    return Saying(
        number=number,
        at=one.text.at,
        who=_who(speaker),
        institution=speaker.institution,
        institution_name=clean(speaker.institution_name),
        speaker=clean(speaker.name),
        verb=clean(said.verb),
        own=one.own,
        direct=said.direct,
        quote=clean(said.quote),
        sentence=clean(said.sentence),
        fact_date=said.fact_date,
        topics=tuple(topic for topic in labels if topic in named or topic in meant),
        claims=tuple(
            Claimed(claim.about, grammar.claims[claim.about].label, claim.affirmed, claim.words) for claim in one.claims
        ),
        articles=(one.text.number,),
    )


def _meant(claim: Claim, text: Text, labels: Mapping[str, str], grammar: Grammar) -> str:
    """The topic of « une telle analyse » or « cet usage »: the one of the article's that such an object may be."""
    subject = grammar.claims[claim.about]
    possible = [topic for topic in text.topics if topic in labels and _names(subject, labels[topic])]
    return possible[0] if len(possible) == 1 else ""


def _names(subject: About, label: str) -> bool:
    """Whether what is compared is compared about the thing that a topic's label names."""
    return subject.objects.search(label.lower().replace("’", "'")) is not None


def _is_a_body(label: str, grammar: Grammar) -> bool:
    """A topic that is one who speaks (the CNIL) is not what is spoken of; a company's software is."""
    return grammar.names.get(label.lower(), ("company", ""))[0] != "company"


def _who(speaker: Speaker) -> str:
    body, name = BODIES[speaker.institution], clean(speaker.institution_name)
    return body if not name or name == body else f"{body} · {name}"


def _pairs(
    heard: Sequence[_Heard], sayings: Sequence[Saying], place: Mapping[int, int], grammar: Grammar
) -> Iterator[Pair]:
    """The contradictions as they stood on each day: what a speaker says later does not undo them."""
    claiming = [one for one in heard if one.claims]
    known: set[tuple[str, str, str]] = set()
    for day in sorted({one.text.at for one in claiming}):
        until = [one.statement for one in claiming if one.text.at <= day]
        for found in contradictions(until, grammar=grammar):
            yes, no = (sayings[place[id(claim.statement)]] for claim in (found.affirms, found.denies))
            if (found.about, yes.who, no.who) not in known and _to_the_same(yes, no, grammar):
                known.add((found.about, yes.who, no.who))
                yield Pair(found.label, yes, found.affirms.words, no, found.denies.words)


def _to_the_same(yes: Saying, no: Saying, grammar: Grammar) -> bool:
    """« déposée auprès de la CNIL » and « ne nous est pas parvenue »: what one gave, it is the other who did not get.

    False where the denial is of having received something, by another than the affirmation names; where it names
    nobody, by another than an authority.
    """
    if not RECEIVED.search(no.quote):
        return True
    given = _bodies_in(yes.quote, grammar) - {yes.who}
    received = _bodies_in(no.quote, grammar) or {no.who}
    return bool(given & received) if given else no.institution in AUTHORITIES


def _bodies_in(words: str, grammar: Grammar) -> set[str]:
    """The bodies that are known by their name in these words, as `who` would call them."""
    low = words.lower()
    return {
        _who(Speaker("", 0, 0, "", institution=body, institution_name=called))
        for known, (body, called) in grammar.names.items()
        if body in AUTHORITIES and re.search(rf"\b{re.escape(known)}\b", low)
    }


def _thing(topic: str, label: str, sayings: Sequence[Saying], pairs: Sequence[Pair]) -> Thing | None:
    about = [saying for saying in sayings if topic in saying.topics]
    of_it = tuple(pair for pair in pairs if topic in pair.affirms.topics and topic in pair.denies.topics)
    return Thing(topic, label, _columns(about), of_it) if about else None


def _columns(sayings: Sequence[Saying]) -> tuple[tuple[str, tuple[Saying, ...]], ...]:
    """The sayings by body: public bodies first, those who have none last."""
    bodies = list(BODIES)
    order = sorted({(bodies.index(saying.institution), saying.who) for saying in sayings})
    return tuple((who, tuple(saying for saying in sayings if saying.who == who)) for _, who in order)


def _interest(thing: Thing) -> tuple[bool, int, int]:
    """What has a pair first, then what most bodies speak of."""
    return not thing.pairs, -len(thing.columns), -sum(len(said) for _, said in thing.columns)
