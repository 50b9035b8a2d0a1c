"""(Text, grammar) → statements: who says what, in which words, quoted or reported; by rules that can be read.

A statement has a speaker and words. The rules (reported.py) are the ways in which French news joins the two; `why`
names the one. Words without a speaker are no statement: « caméras « augmentées » », a title, a slogan. What stands
inside a quotation is its speaker's, and is not read again. A verb that is negated or conditional states nothing.
Where words could be the journalist's, they are left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.french import MONTHS
from pipeline.records import Mention
from pipeline.speech.clauses import Said
from pipeline.speech.grammar import Grammar, Stance
from pipeline.speech.quotes import Page
from pipeline.speech.reported import Reader
from pipeline.speech.speakers import Speaker

SENTENCE = 600  # characters kept of the sentence
YEAR = r"((?:19|20)\d\d)\b"
DATE = re.compile(
    rf"\b(?:(?:(\d{{1,2}})(?:er)? )?({'|'.join(MONTHS)}) {YEAR}"
    rf"|(?:en|depuis|fin|début|dès|avant|après|de|année) {YEAR})",
    re.IGNORECASE,
)

WHY = {
    "inverted": ("« … », dit X", "“…”, says X"),
    "inside": ("« …, dit X, … »", "“…, says X, …”"),
    "introduced": ("X dit : « … »", "X says: “…”"),
    "reported": ("X dit que …", "X says that …"),
    "infinitive": ("X dit avoir …", "X says to have …"),
    "object": ("X dément …", "X denies …"),
    "request": ("X demande de …", "X asks to …"),
    "fragment": ("X dénonce un « … »", "X speaks of a “…”"),
    "according": ("selon X, …", "according to X, …"),
    "as": ("comme le dit X, …", "as X says, …"),
    "colon": ("X : « … »", "X: “…”"),
    "following": ("X n’en revient pas. « … »", "X cannot believe it. “…”"),
    "continued": ("« … », dit X. « … »", "“…”, says X. “…”"),
}


@dataclass(frozen=True, slots=True)
class Statement:
    """Words and who says them.

    `text[start:end] == quote`, unless an attribution cuts the words: then each of `parts` is a stretch of them, `quote`
    joins these with […], and `start` and `end` are the outer ones. `verb` is as written, empty after « selon »;
    `stance` is what its verb does. `fact_date` is the first date in the words, as ISO 8601 to the precision said: 2021,
    2022-11, 2025-03-24, or a period 2022-11/2025-01; empty when there is none. `why` is a key of WHY.
    """

    quote: str
    start: int
    end: int
    parts: tuple[tuple[int, int], ...]
    direct: bool
    speaker: Speaker
    verb: str
    lemma: str
    stance: Stance
    sentence: str
    fact_date: str
    why: str


def find_statements(text: str, *, grammar: Grammar) -> list[Statement]:
    """All statements of a text, by their start."""
    page = Page(text)
    reader = Reader(page, grammar)
    found = [_statement(text, said) for sentence in page.sentences for said in reader.read(sentence)]
    return sorted(found, key=lambda statement: (statement.start, statement.end))


def topics_in(statement: Statement, mentions: Sequence[Mention]) -> tuple[str, ...]:
    """The topics mentioned in the statement's words, by offset in the same text, each once, in order."""
    inside = [m for m in mentions if any(m.start < end and start < m.end for start, end in statement.parts)]
    return tuple(dict.fromkeys(m.topic for m in sorted(inside, key=lambda m: m.start)))


def _statement(text: str, said: Said) -> Statement:
    quote = " […] ".join(text[start:end] for start, end in said.parts)
    lower, upper = said.sentence
    start, end = said.parts[0][0], said.parts[-1][1]
    if upper - lower > SENTENCE:
        lower, upper = max(lower, min(start, said.phrase.speaker.start)), min(upper, max(end, said.phrase.speaker.end))
    return Statement(
        quote=quote,
        start=start,
        end=end,
        parts=said.parts,
        direct=said.direct,
        speaker=said.phrase.speaker,
        verb=said.written,
        lemma=said.verb.lemma if said.verb else "",
        stance=said.verb.stance if said.verb else "say",
        sentence=text[lower : min(upper, lower + SENTENCE)].strip(),
        fact_date=fact_date(quote),
        why=said.why,
    )


def fact_date(words: str) -> str:
    """The first date said in these words, or the period « de … à … », as a partial ISO 8601 date; else empty."""
    found = list(DATE.finditer(words))
    if not found:
        return ""
    first = _iso(found[0])
    if len(found) > 1 and re.fullmatch(
        r"\s*(?:à|et|jusqu'(?:en|à|au))\s*(?:le )?", words[found[0].end() : found[1].start()]
    ):
        return f"{first}/{_iso(found[1])}"
    return first


def _iso(found: re.Match[str]) -> str:
    day, month, year, alone = found.groups()
    if alone:
        return alone
    whole = f"{year}-{MONTHS.index(month.lower()) + 1:02}"
    return f"{whole}-{int(day):02}" if day and 1 <= int(day) <= 31 else whole
