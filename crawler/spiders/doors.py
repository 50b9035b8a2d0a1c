"""The ways in: what a door is, which ones the sources have today, and what an answer can name.

How an answer is read stands in `readers`. A source that needs code has a module beside this one, with two functions:
`doors(source, now)`, and `read` with a reader's arguments.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from importlib import import_module
from urllib.parse import urljoin, urlsplit

from crawler.dates import PARIS
from crawler.visits import Entry
from pipeline.archive import Exchange
from pipeline.records import Hint, Source

URL_LENGTH = 2000
# A day's archive page still grows in the evening, and a run may have been missed: today's and yesterday's are read.
ARCHIVE_DAYS = 2


class NotADoorError(Exception):
    """The answer is not what the door is declared to be (HTML where a feed should be): the source is broken."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A door's answer as it came: the body is decoded from its content encoding."""

    url: str
    body: bytes
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Door:
    """One address to be read, on behalf of the sources that declare it.

    `once`: what it answers never changes, so it is not asked for again. `awaited`: it may not be there yet, and then
    a 404 is no fault. `maxsize` in bytes, where it is more than what the crawler takes of any answer.
    """

    kind: str
    url: str
    sources: tuple[Source, ...]
    once: bool = False
    awaited: bool = False
    maxsize: int = 0

    @property
    def readers(self) -> str:
        """Changes when other sources read the door, or read it otherwise: then a 304 would hide entries from them."""
        said = "|".join(f"{s.key} {s.include} {s.exclude} {s.links} {s.search}" for s in self.sources)
        return hashlib.sha256(said.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Document:
    """A document that comes inside another answer (a judgment in a zip) and has no address that could be asked for."""

    url: str
    body: bytes
    content_type: str
    hint: Hint

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.body).hexdigest()

    def exchange(self, source: str, door: Door, now: datetime) -> Exchange:
        """The document as a record of its own in the archive; `via` names the answer that held it."""
        return Exchange(
            url=self.url,
            requested_url=self.url,
            fetched_at=now,
            status=200,
            request_headers=(),
            response_headers=(("Content-Type", self.content_type),),
            body=self.body,
            source=source,
            door=door.kind,
            role="page",
            via=door.url,
            hint=self.hint,
        )


@dataclass(frozen=True, slots=True)
class Found:
    """What an answer names. `old` are addresses to remember but not to ask for; `skipped` counts what was too much.

    `seen` counts all that the answer holds, where only what has a word of the source's `search` is named.
    """

    entries: tuple[Entry, ...] = ()
    doors: tuple[Door, ...] = ()
    documents: tuple[Document, ...] = ()
    old: frozenset[str] = field(default_factory=frozenset)
    skipped: int = 0
    seen: int = 0


def doors_of(sources: tuple[Source, ...], now: datetime) -> list[Door]:
    """Every door of the sources, once: those that declare one address share its answer."""
    shared: dict[tuple[str, str], list[Source]] = {}
    own: dict[tuple[str, str], Door] = {}
    for source in sources:
        for kind in ("feed", "sitemap", "listing", "page"):
            for url in getattr(source, kind):
                shared.setdefault((kind, url), []).append(source)
        for pattern in source.archive:
            for back in range(ARCHIVE_DAYS):
                url = (now - timedelta(days=back)).astimezone(PARIS).strftime(pattern)
                readers = shared.setdefault(("archive", url), [])
                if source not in readers:
                    readers.append(source)
        if source.spider:
            for door in import_module(f"crawler.spiders.{source.spider}").doors(source, now):
                known = own.setdefault((door.kind, door.url), door)
                if known is not door:
                    own[door.kind, door.url] = replace(known, sources=known.sources + door.sources)
    return [Door(kind, url, tuple(readers)) for (kind, url), readers in shared.items()] + list(own.values())


def clean_url(link: str, base: str) -> str | None:
    """The absolute http(s) address of a link, without fragment; None for any other kind, or one with a password."""
    try:
        url = urljoin(base, link.strip())
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or len(url) > URL_LENGTH:
            return None
        _ = parts.port
    except ValueError:
        return None
    return url.split("#", 1)[0]


def is_pdf(url: str) -> bool:
    return urlsplit(url).path.lower().endswith(".pdf")


def site(url: str) -> str:
    """The host without `www.`: what counts as one site."""
    return (urlsplit(url).hostname or "").removeprefix("www.")
