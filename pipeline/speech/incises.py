"""« …, regrette X. … »: an attribution that stands within the quotation marks, as the regional press writes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.speech.clauses import REACH, Clause, Said
from pipeline.speech.quotes import Quote, Token
from pipeline.speech.speakers import FIRST_PERSON, Phrase, Speakers
from pipeline.speech.verbs import VerbPhrase, verb_phrases

SIGNS = (",", "?", "!", "…")
ASIDES = 3  # commas after a speaker that are looked beyond
SILENT = FIRST_PERSON | {"on"}


def said_inside(clause: Clause, quote: Quote, speakers: Speakers) -> Iterator[Said]:
    """The statement of a quotation of this sentence, by an attribution within its marks."""
    text, tokens = clause.page.text, clause.page.inside(quote)
    for verb in verb_phrases(tokens, clause.grammar):
        before = tokens[verb.start - 1] if verb.start else None
        if before is None or before.start == quote.start or before.low not in SIGNS:
            continue
        if verb.kind != "finite" or verb.negated:
            continue
        found = _speaker(tokens, verb, clause, speakers)
        if found is None or found[0].speaker.name.lower() in SILENT:
            continue
        phrase, end = found
        parts = [(quote.start, before.start if before.low == "," else before.end)]
        if end + 1 < len(tokens):
            parts.append((tokens[end + 1].start, quote.end))
        written = text[tokens[verb.start].start : tokens[verb.end - 1].end]
        yield Said(tuple(parts), True, phrase, "inside", clause.span(0, len(clause.tokens)), verb.verb, written)


def _speaker(
    tokens: Sequence[Token], verb: VerbPhrase, clause: Clause, speakers: Speakers
) -> tuple[Phrase, int] | None:
    """The speaker after a verb, and the place of the sign that ends the attribution."""
    if verb.pronoun >= 0:
        return speakers.pronoun(tokens[verb.pronoun]), _sign(tokens, verb.end, verb.end + REACH // 2)
    found = speakers.after(tokens, verb.end, near=True)
    if found is None or not (found[0].known or found[0].person or found[0].speaker.surface[0].isupper()):
        return None
    phrase, end = found
    for _ in range(ASIDES):
        if end + 1 < len(tokens) and tokens[end].low == "," and _is_aside(tokens[end + 1], clause):
            end = _sign(tokens, end + 1, len(tokens))
    return (phrase, end) if end >= len(tokens) or tokens[end].low in (",", ".") else None


def _is_aside(token: Token, clause: Clause) -> bool:
    """Whether a bare noun after a speaker goes on about the speaker: « explique Antony Fastier, toxicologue »."""
    stops = ("determiners", "prepositions", "breaks", "clitics", "adverbs", "auxiliaries")
    return token.low[0].isalpha() and not token.capital and not any(token.low in clause.words[key] for key in stops)


def _sign(tokens: Sequence[Token], at: int, limit: int) -> int:
    """The place of the next comma or full stop."""
    return next((k for k in range(at, min(len(tokens), limit)) if tokens[k].low in (",", ".")), len(tokens))
