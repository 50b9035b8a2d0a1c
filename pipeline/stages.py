"""The stages in a row: one capture to what can be said of it. Pure; runs in any process, or under any engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pipeline.archive import BrokenArchiveError, read_archive
from pipeline.extract import UnreadableError, extract
from pipeline.records import Article, Capture, Failure, Mention, Source
from pipeline.rules import Rules
from pipeline.tag import find_mentions

Field = Literal["title", "text"]
SENTENCE = 300  # characters of a matching sentence that are kept of a site that reserves text and data mining


Placed = tuple[tuple[Field, Mention], ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """What the stages found in one capture: an article with its mentions, or why not, or neither (a door, a 404)."""

    article: Article | None = None
    mentions: tuple[tuple[Field, Mention], ...] = ()
    failure: Failure | None = None


def look(capture: Capture, sources: Mapping[str, Source], rules: Rules) -> Findings:
    """Extract and tag. Only a page that was answered with 200 can be an article."""
    if capture.role != "page" or capture.status != 200:
        return Findings()
    try:
        article = _storable(capture.reading or _extracted(capture, sources))
    except UnreadableError as fault:
        # Other people's archives hold images, styles and scripts as well: that these are no articles is no failure.
        foreign = capture.source is None and fault.reason == "unsupported"
        return Findings() if foreign else Findings(failure=unread(capture, fault.reason, fault.detail))
    found = tuple(mentions(article.title, article.text, rules))
    if capture.reserved and not capture.withheld:
        article, found = shortened(article, found)
    return Findings(article, found)


def _extracted(capture: Capture, sources: Mapping[str, Source]) -> Article:
    if capture.withheld:
        raise UnreadableError(*(capture.unread or ("withheld", "its bytes are not kept, nor what was read in them")))
    try:
        for address in (capture.url, capture.requested_url):
            urlsplit(address)
    except ValueError as error:
        raise UnreadableError("no_address", str(error)) from None
    return extract(capture, sources.get(capture.source or ""))


def shortened(article: Article, found: Iterable[tuple[Field, Mention]]) -> tuple[Article, Placed]:
    """What may be kept of a site that reserves text and data mining: the title, and the sentences that matched, each of
    SENTENCE characters at most; the mentions stand in these."""
    sentences: list[str] = []
    kept: list[tuple[Field, Mention]] = []
    for where, mention in found:
        sentence = _cut(mention.sentence, mention.surface)
        if where == "title":
            kept.append((where, replace(mention, sentence=sentence)))
            continue
        if sentence not in sentences:
            sentences.append(sentence)
        line = sentences.index(sentence)
        start = sum(len(one) + 1 for one in sentences[:line]) + sentence.index(mention.surface)
        kept.append((where, replace(mention, sentence=sentence, start=start, end=start + len(mention.surface))))
    return replace(article, text="\n".join(sentences)), tuple(dict.fromkeys(kept))


def _cut(sentence: str, surface: str) -> str:
    """No more of a sentence than SENTENCE characters around the words that were found; they alone, where they are not
    in it as they are in the text."""
    if surface not in sentence:
        return surface
    begin = max(0, min(sentence.index(surface) - (SENTENCE - len(surface)) // 2, len(sentence) - SENTENCE))
    return sentence[begin : begin + max(SENTENCE, len(surface))]


def mentions(title: str, text: str, rules: Rules) -> Iterator[tuple[Field, Mention]]:
    """The mentions of an article's title and text, each with the other for context."""
    yield from (("title", mention) for mention in find_mentions(title, rules, context=text))
    yield from (("text", mention) for mention in find_mentions(text, rules, context=title))


def unread(capture: Capture, reason: str, detail: str) -> Failure:
    return Failure(
        at=capture.fetched_at,
        stage="extract",
        reason=reason,
        url=capture.url,
        source=capture.source,
        detail=detail,
        status=capture.status,
        capture_id=capture.id,
    )


def read_file(
    path: Path, start: int, sources: Mapping[str, Source], rules: Rules
) -> Iterator[tuple[Capture, Findings, int]]:
    """One archive file from an offset: captures without their bodies, what was found, where a later read goes on.

    The unit of work for an engine such as Dask; `ingest` spreads the captures of a file over processes instead, which
    can be killed. A damaged record is stepped over.
    """

    def step_over(damage: BrokenArchiveError) -> None:
        return None

    for capture, after in read_archive(path, start, step_over):
        yield replace(capture, body=b""), look(capture, sources, rules), after


def _storable(article: Article) -> Article:
    """The article as the database can hold it: lone surrogates become "?", one for one, so that offsets hold."""
    return replace(
        article,
        title=_encodable(article.title),
        text=_encodable(article.text),
        authors=tuple(map(_encodable, article.authors)),
    )


def _encodable(text: str) -> str:
    return text.encode(errors="replace").decode()
