"""The records that the stages hand to one another: frozen, plain, and saved as they are.

Times are aware datetimes in UTC. A published time at midnight in Europe/Paris means that only the day is known.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Kind = Literal["investigative", "regional", "municipal", "institution", "association"]
Access = Literal["full", "teaser", "title"]
Role = Literal["page", "door", "robots"]
Stage = Literal["fetch", "archive", "extract", "tag"]


class MistakeError(Exception):
    """The user's mistake: one sentence with the place and the cure. The command line prints it and exits with 2."""


@dataclass(frozen=True, slots=True)
class Source:
    """One place that publishes, as declared in a sources.toml; `declared_in` is that file's name and table.

    `feed`, `sitemap`, `listing`, `page` and `archive` are doors: addresses at which new entries are found. `archive`
    holds strftime codes (a page for each day). `spider` names a module of crawler/spiders for a site that needs code;
    `data` are the addresses that it reads. `history` is for going back only: whole sitemaps, too long for a run, and
    lists of which {page} is the number. `links`, `paid_marker` and `body` are CSS selectors; `include` and `exclude`
    are regular expressions searched in an entry's address. `delay` is in seconds. `closed` says why a declared source
    is not crawled.
    """

    key: str
    name: str
    kind: Kind
    area: tuple[str, ...]
    home: str = ""
    feed: tuple[str, ...] = ()
    sitemap: tuple[str, ...] = ()
    listing: tuple[str, ...] = ()
    page: tuple[str, ...] = ()
    archive: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    spider: str = ""
    data: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    links: str = ""
    include: str = ""
    exclude: str = ""
    documents: bool = False
    delay: float = 1.0
    paid_marker: str = ""
    body: str = ""
    owner: str = ""
    closed: str = ""
    note: str = ""
    provenance: str = ""
    declared_in: str = ""


@dataclass(frozen=True, slots=True)
class Hint:
    """What the door said of an entry: believed after the page's own words, and better than nothing."""

    title: str | None = None
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Capture:
    """One HTTP response as it was archived.

    `id` is the WARC record's id without `urn:uuid:`. `url` is where the bytes came from, `requested_url` where the
    door pointed (they differ after a redirect). `body` is decoded from its transfer and content encoding.
    `source` and `door` are None for other people's WARC files. `file` and `offset` say where the record stands.
    `status` is 304 as well when the server sent the very bytes that an earlier record holds: then `body` is empty and
    `payload_sha256` names them. `reserved`: the site reserves text and data mining, so its text may not be kept.
    `withheld`: the archive keeps no more than the headers and the digest of what was sent; `reading` is what had been
    read in it, or `unread` why nothing was (reason and detail).
    """

    id: str
    url: str
    fetched_at: datetime
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    role: Role = "page"
    source: str | None = None
    door: str | None = None
    requested_url: str = ""
    hint: Hint = field(default_factory=Hint)
    payload_sha256: str = ""
    file: str = ""
    offset: int = 0
    reserved: bool = False
    withheld: bool = False
    reading: Article | None = None
    unread: tuple[str, str] | None = None

    def header(self, name: str) -> str:
        """The first value of a header, whatever the case of its name; empty when absent."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


@dataclass(frozen=True, slots=True)
class Article:
    """What a capture says to a reader. `id` is a function of the canonical URL alone; `version` of what can be read."""

    id: str
    capture_id: str
    source: str | None
    url: str
    canonical_url: str
    title: str
    authors: tuple[str, ...]
    published_at: datetime | None
    published_from: str | None
    access: Access
    language: str | None
    text: str
    fetched_at: datetime

    @property
    def version(self) -> str:
        """A hash of title, text, date and access: equal when a reader would see the same article."""
        when = self.published_at.isoformat() if self.published_at else ""
        return hashlib.sha256(
            "\x1f".join((self.title, self.text, when, self.access)).encode(errors="replace")
        ).hexdigest()[:16]


def article_id(canonical_url: str) -> str:
    """The article's id: 16 hexadecimal digits of the canonical URL's SHA-256."""
    return hashlib.sha256(canonical_url.encode(errors="replace")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Mention:
    """One place in a text where a rule holds: `text[start:end] == surface`. `sentence` is the sentence around it."""

    topic: str
    rule: str
    surface: str
    start: int
    end: int
    edits: int
    sentence: str
    rules_version: str


@dataclass(frozen=True, slots=True)
class Run:
    """One source in one crawl: the ledger's row. `gap` is true when entries may have passed unseen."""

    run_id: str
    source: str
    started_at: datetime
    ended_at: datetime | None
    entries: int = 0
    new_pages: int = 0
    not_modified: int = 0
    bytes: int = 0
    refusals: int = 0
    errors: int = 0
    left: int = 0
    gap: bool = False
    slowest_seconds: float = 0.0
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """Something of the world's that went wrong: kept as a row, so that it can be counted and shown.

    `reason` is one of a few words (refused, not_found, timeout, robots, server_error, not_a_feed, unreadable…);
    `detail` is for a person.
    """

    at: datetime
    stage: Stage
    reason: str
    url: str
    source: str | None = None
    detail: str = ""
    status: int | None = None
    run_id: str | None = None
    capture_id: str | None = None
