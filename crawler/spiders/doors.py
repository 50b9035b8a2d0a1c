"""The ways in: what a door is, which ones the sources have today, and what an answer can name.

How an answer is read stands in `readers`. A source that needs code has a module beside this one, with two functions:
`doors(source, now)`, and `read` with a reader's arguments.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from importlib import import_module
from urllib.parse import urljoin, urlsplit

from crawler.dates import PARIS
from crawler.visits import Entry
from pipeline.archive import Exchange
from pipeline.records import Hint, Source

URL_LENGTH = 2000
# A day's archive page grows until the evening, and some titles are added after midnight: it is read until it was read
# this long after its day. A new source brings its last week; a crawl that was missed is made up for, up to a month.
FINAL = timedelta(hours=12)
NEW_DAYS, MOST_DAYS = 7, 30

ReadAt = Callable[[str], datetime | None]


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
    a 404 is no fault. `maxsize` in bytes, where it is more than what the crawler takes of any answer. `since`: the
    crawl goes back on purpose, to then. `pages`: the pattern of a list's pages, with {page}.
    """

    kind: str
    url: str
    sources: tuple[Source, ...]
    once: bool = False
    awaited: bool = False
    maxsize: int = 0
    since: datetime | None = None
    pages: str = ""

    @property
    def key(self) -> str:
        """What the door is remembered by. A sitemap read to go back is another door than the one read for news."""
        return f"{self.url} since {self.since:%Y-%m-%d}" if self.since and self.kind != "archive" else self.url

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

    `seen` counts all that the answer holds, where only what has a word of the source's `search` is named. `oldest` is
    the first date of all entries, before the source's own choice; `refused` the hosts of links that carry a password.
    """

    entries: tuple[Entry, ...] = ()
    doors: tuple[Door, ...] = ()
    documents: tuple[Document, ...] = ()
    old: frozenset[str] = field(default_factory=frozenset)
    skipped: int = 0
    seen: int = 0
    oldest: datetime | None = None
    refused: tuple[str, ...] = ()


def doors_of(sources: tuple[Source, ...], now: datetime, read_at: ReadAt | None = None) -> list[Door]:
    """Every door of the sources, once: those that declare one address share its answer.

    `read_at` says when an address was last read: then the day archives that were missed are doors as well.
    """
    shared: dict[tuple[str, str], list[Source]] = {}
    own: dict[tuple[str, str], Door] = {}
    for source in sources:
        for kind in ("feed", "sitemap", "listing", "page"):
            for url in getattr(source, kind):
                shared.setdefault((kind, url), []).append(source)
        for pattern in source.archive:
            for url in _unread_days(pattern, now, read_at):
                shared.setdefault(("archive", url), []).append(source)
        if source.spider:
            for door in import_module(f"crawler.spiders.{source.spider}").doors(source, now):
                known = own.setdefault((door.kind, door.url), door)
                if known is not door:
                    own[door.kind, door.url] = replace(known, sources=known.sources + door.sources)
    todays = {now.astimezone(PARIS).strftime(pattern) for source in sources for pattern in source.archive}
    doors = [Door(kind, url, tuple(s), awaited=url in todays) for (kind, url), s in shared.items()]
    return doors + list(own.values())


def doors_back(source: Source, since: datetime, now: datetime, read_at: ReadAt) -> list[Door]:
    """The ways from now back to `since`: day archives, whole sitemaps, and lists page by page; newest first."""
    days = (now.astimezone(PARIS).date() - since.astimezone(PARIS).date()).days
    doors = [
        Door("archive", url, (source,), since=since)
        for pattern in source.archive
        for url, day in _days(pattern, now, days).items()
        if not _final(read_at(url), day)
    ]
    for url in (*source.history, *source.sitemap):
        if "{page}" in url:
            doors.append(Door("paged", url.replace("{page}", "1"), (source,), since=since, pages=url))
        else:
            doors.append(Door("sitemap", url, (source,), since=since))
    return doors


def _days(pattern: str, now: datetime, days: int) -> dict[str, date]:
    """The addresses of a day archive from today back, each with the last day that it holds."""
    today = now.astimezone(PARIS).date()
    found: dict[str, date] = {}
    for back in range(days + 1):
        day = today - timedelta(days=back)
        found.setdefault(day.strftime(pattern), day)
    return found


def _unread_days(pattern: str, now: datetime, read_at: ReadAt | None) -> list[str]:
    """The day archives that are to be read: today's, and those that were not read since their day was over."""
    if read_at is None:
        return list(_days(pattern, now, 1))
    known = [url for url in _days(pattern, now, MOST_DAYS) if read_at(url)]
    wanted = _days(pattern, now, MOST_DAYS if known else NEW_DAYS)
    urls = list(wanted)
    if known:
        urls = urls[: urls.index(known[-1]) + 1]
    return [url for url in urls if not _final(read_at(url), wanted[url])]


def _final(read: datetime | None, day: date) -> bool:
    over = datetime.combine(day + timedelta(days=1), time(), PARIS) + FINAL
    return read is not None and read >= over


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
