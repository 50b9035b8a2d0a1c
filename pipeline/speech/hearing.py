"""Texts → the words in them that have a speaker, with who that is: statements, and what is written in own pages.

A town hall, an institution and an association speak for themselves where they publish; the press reports.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.digest import clean
from pipeline.records import Mention
from pipeline.speech.claims import Claim, claims
from pipeline.speech.grammar import Grammar
from pipeline.speech.quotes import sentence_spans
from pipeline.speech.speakers import Speaker
from pipeline.statements import Statement, fact_date, find_statements, topics_in

BODIES = {
    "city": "Commune", "cnil": "CNIL", "prefecture": "Préfecture", "court": "Tribunal", "police": "Police",
    "company": "Entreprise", "association": "Association", "elected_group": "Élus", "state": "État",
    "journalist": "Presse", "none": "Autres voix",
}  # fmt: skip
WE = frozenset(("nous", "je", "notre", "on"))
WHOLE = re.compile(r"[.!?…»”\"]$")  # how a sentence ends, and a title or a line of an address does not
OWNERS = ("municipal", "institution", "association")
OPINION = re.compile(  # what stands in somebody's pages and is another's
    r"\b(?:expressions?|groupes politiques|tribunes?|opposition|revue de presse|dans la presse)\b", re.IGNORECASE
)
COURT = re.compile(r"(?:(?:Tribunal|Cour)\b.* (?:de la |de |d['’]|du |des )(\S.*)|Conseil d['’][ÉE]tat)$")
PREFECTURE = re.compile(r"Préfecture (?:de la |de l['’]|du |des |de |d['’])(.+)")
GROUPING = re.compile(r"métropole|agglo|communauté|intercommunal|\bepci\b", re.IGNORECASE)  # of communes: none of them


@dataclass(frozen=True, slots=True)
class Text:
    """One text to be heard. `number` is its article's in the dossier; `town` is that of a municipal source,
    `about` the only commune that the text is about: « la Ville », where the text does not say which.

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
    authors: tuple[str, ...] = ()
    town: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """A statement in its text, with what it claims."""

    text: Text
    statement: Statement
    own: bool
    claims: tuple[Claim, ...]


def listen(texts: Iterable[Text], topics: frozenset[str], grammar: Grammar) -> list[Heard]:
    """All that is said in these texts, in order of time and place; in own pages, what mentions one of the topics."""
    ordered = sorted(texts, key=lambda text: (text.at, text.number))
    stated = [(text, find_statements(text.text, grammar=grammar)) for text in ordered]
    named = {s.speaker.institution_name: s.speaker for _, found in stated for s in found if s.speaker.institution_name}
    return [one for text, found in stated for one in _heard(text, found, _owner(text, named, grammar), topics, grammar)]


def who(speaker: Speaker) -> str:
    """The body that speaks, in words: « Commune · Lille », « CNIL », « Élus »."""
    body, name = BODIES[speaker.institution], clean(speaker.institution_name)
    if speaker.institution == "city" and GROUPING.search(f"{speaker.surface} {speaker.name} {name}"):
        body = "Intercommunalité"
    return body if not name or name == body else f"{body} · {name}"


def _owner(text: Text, named: Mapping[str, Speaker], grammar: Grammar) -> Speaker | None:
    """Who speaks in a source's own pages; None for the press, which reports.

    `named` are speakers of all texts: « le groupe Lille Verte » is the one whose own pages these are.
    """
    name = text.source_name
    if text.kind not in OWNERS or OPINION.search(f"{name}\n{text.title}"):
        return None
    if text.kind == "municipal":
        return Speaker(name, 0, 0, name, institution="city", institution_name=text.town or name)
    for known, (institution, called) in grammar.names.items():
        if institution != "journalist" and re.search(rf"\b{re.escape(known)}\b", name.lower()):
            return Speaker(name, 0, 0, name, institution=institution, institution_name=called)
    if text.kind == "institution":
        return _institution(name, text.authors)
    for called, other in named.items():
        if other.institution in ("association", "elected_group") and re.search(rf"\b{re.escape(called)}\b", name):
            return Speaker(name, 0, 0, name, institution=other.institution, institution_name=called)
    return Speaker(name, 0, 0, name, institution="association", institution_name=name)


def _institution(name: str, authors: Sequence[str]) -> Speaker | None:
    """A court signs its decisions; a question to a minister or a tender is signed by others than who publishes it."""
    if authors:
        court = clean(authors[0])
        signed = COURT.match(court)
        return Speaker(court, 0, 0, court, institution="court", institution_name=signed[1] or court) if signed else None
    if prefecture := PREFECTURE.match(name):
        return Speaker(name, 0, 0, name, institution="prefecture", institution_name=prefecture[1])
    return Speaker(name, 0, 0, name, institution="state", institution_name=name)


def _heard(
    text: Text, statements: Sequence[Statement], owner: Speaker | None, topics: frozenset[str], grammar: Grammar
) -> Iterator[Heard]:
    """The statements of a text, and the sentences of an own page that mention one of the topics or claim something."""
    for statement in statements:
        said = replace(statement, speaker=_resolved(statement.speaker, owner, text))
        own = owner is not None and who(said.speaker) == who(owner)
        yield Heard(text, said, own, tuple(claims(said, grammar=grammar)))
    for start, end in sentence_spans(text.text) if owner else ():
        inside = any(start < statement.end and statement.start < end for statement in statements)
        if owner and not inside and WHOLE.search(text.text[start:end]):
            said = _written(text, start, end, owner)
            of_it = tuple(claims(said, grammar=grammar))
            if of_it or topics.intersection(topics_in(said, text.mentions)):
                yield Heard(text, said, True, of_it)


def _resolved(speaker: Speaker, owner: Speaker | None, text: Text) -> Speaker:
    """« Nous » in one's own pages is their owner; « la Ville » in a text about one commune is that one."""
    if owner and speaker.name.lower() in WE:
        return owner
    grouping = GROUPING.search(f"{speaker.surface} {speaker.name}")
    if speaker.institution == "city" and not speaker.institution_name and text.about and not grouping:
        return replace(speaker, institution_name=text.about)
    return speaker


def _written(text: Text, start: int, end: int, author: Speaker) -> Statement:
    """A sentence of an own page as its owner's statement."""
    quote = text.text[start:end]
    return Statement(
        quote=quote, start=start, end=end, parts=((start, end),), direct=True, speaker=author, verb="", lemma="",
        stance="say", sentence=quote, fact_date=fact_date(quote), why="own",
    )  # fmt: skip
