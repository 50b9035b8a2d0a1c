"""What is said in several texts, side by side by what it is about, and the pairs to be checked.

Nothing is decided about who is right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from pipeline.digest import clean
from pipeline.speech.claims import Claim, contradictions
from pipeline.speech.grammar import Grammar
from pipeline.speech.grammar import Subject as About
from pipeline.speech.hearing import BODIES, Heard, Text, listen, who
from pipeline.statements import Statement, topics_in


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


def hear(texts: Iterable[Text], topics: Sequence[str], labels: Mapping[str, str], grammar: Grammar) -> Voices:
    """Who says what in these texts. Spoken of are the `topics`, and what claims are compared about; `labels`: all
    topics to words, in the order of telling.
    """
    compared = {
        topic for topic, label in labels.items() if any(_names(subject, label) for subject in grammar.claims.values())
    }
    told = {topic: label for topic, label in labels.items() if topic in compared.union(topics)}
    heard = listen(texts, frozenset(told), grammar)
    spoken_of = {topic: label for topic, label in told.items() if not _is_a_body(label, grammar)}
    sayings, place = _folded(heard, spoken_of, grammar)
    pairs = list(_pairs(heard, sayings, place, grammar))
    things = [thing for topic, label in spoken_of.items() if (thing := _thing(topic, label, sayings, pairs))]
    others = [saying for saying in sayings if not saying.topics]
    return Voices(tuple(sayings), tuple(sorted(things, key=_interest)), _columns(others))


def _folded(heard: Sequence[Heard], labels: Mapping[str, str], grammar: Grammar) -> tuple[list[Saying], dict[int, int]]:
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


def _saying(one: Heard, number: int, labels: Mapping[str, str], grammar: Grammar) -> Saying:
    said, speaker = one.statement, one.statement.speaker
    named = [topic for topic in topics_in(said, one.text.mentions) if topic in labels]
    meant = [topic for claim in one.claims if (topic := _meant(claim, one.text, labels, grammar))]
    return Saying(
        number=number,
        at=one.text.at,
        who=who(speaker),
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


def _pairs(
    heard: Sequence[Heard], sayings: Sequence[Saying], place: Mapping[int, int], grammar: Grammar
) -> Iterator[Pair]:
    """The contradictions as they stood each time that somebody claimed what he had not: what he says later does not
    undo them.
    """
    first: list[Statement] = []
    claimed: set[tuple[str, str, bool]] = set()
    known: set[tuple[str, str, str]] = set()
    for _, together in groupby((one for one in heard if one.claims), key=lambda one: one.text.at):
        said = [
            (one.statement, {(c.about, who(one.statement.speaker), c.affirmed) for c in one.claims}) for one in together
        ]
        fresh = [(statement, keys) for statement, keys in said if keys - claimed]
        if not fresh:
            continue
        first += [statement for statement, _ in fresh]
        claimed = claimed.union(*(keys for _, keys in fresh))
        for found in contradictions(first, grammar=grammar):
            yes, no = (sayings[place[id(claim.statement)]] for claim in (found.affirms, found.denies))
            if (found.about, yes.who, no.who) not in known:
                known.add((found.about, yes.who, no.who))
                yield Pair(found.label, yes, found.affirms.words, no, found.denies.words)


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
