"""What is known of a place and some topics: the records of a dossier. No clock, no database, no printing.

Nothing in a Dossier is written by us: it holds words of sources, with where they stand, and what can be counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pipeline.digest import Sight
from pipeline.dossiers.subject import Subject
from pipeline.speech.voices import Saying, Voices

Sort = Literal["article", "document", "decision"]
Why = Literal["place", "cited", "beside"]


@dataclass(frozen=True, slots=True)
class Citation:
    """A document that an article cites, in its words; `articles` are the numbers of those that are held."""

    surface: str
    kind: str
    articles: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """One article, document or decision, as the capture `capture_id` shows it; `sha256` is that of the bytes received.

    `why`: it is about the place, it is cited by one that is, or it names the place beside something else. `link` is
    empty where the address is none that a browser should open. `first_print` is the number of the piece that printed
    its text first: its own, unless it is a reprint. `said_at`: since when the sentence was seen, if not at first.
    """

    number: int
    article_id: str
    sort: Sort
    why: Why
    title: str
    source: str
    source_name: str
    kind: str
    owner: str
    url: str
    link: str
    published_at: datetime | None
    first_seen_at: datetime
    access: str
    still_there: bool
    topics: tuple[str, ...]
    sentence: str
    version: str
    capture_id: str
    fetched_at: datetime | None
    sha256: str
    first_print: int
    agencies: tuple[str, ...] = ()
    cites: tuple[Citation, ...] = ()
    said_at: datetime | None = None

    @property
    def at(self) -> datetime:
        """When it was published; when it was first seen, where nobody says."""
        return self.published_at or self.first_seen_at


@dataclass(frozen=True, slots=True)
class Change:
    """What became of an article: sentences on the topics that were lost or gained, a new title or access; or `gone`,
    how its address says so, seen `looks` times until `last_at`.
    """

    lost: tuple[str, ...] = ()
    gained: tuple[str, ...] = ()
    title_before: str = ""
    access_before: str = ""
    access: str = ""
    gone: str = ""
    looks: int = 0
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the timeline. An edit or removal has its `change`; `sha256` is that of the capture that shows it."""

    at: datetime
    kind: Literal["article", "document", "decision", "edit", "removal"]
    article: int
    change: Change | None = None
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Dated:
    """A date that somebody gives of a fact: `when` is partial ISO 8601 (see Statement.fact_date)."""

    when: str
    saying: Saying
    articles: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Writer:
    """A source and how many texts it has in the dossier; `read` is how many of its texts are in the database at all."""

    source: str
    name: str
    kind: str
    texts: int
    read: int
    first_at: datetime | None = None
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Unread:
    """An address that could not be read."""

    source_name: str
    url: str
    reason: str
    detail: str
    status: int | None
    failed_at: datetime


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that is told. `pieces` are in order of number; `beside` only name the place.

    `silent` were read and have nothing here; `unseen` could not be read, or not all; `unread` are single addresses.
    `said_at`: number of a saying → since when it is seen to be told, of those that its article had not at first.
    `followed`: how many sources of the place the catalogue has; `read`: how many of these were ever read.
    """

    subject: Subject
    topics: tuple[str, ...]
    labels: Mapping[str, str]
    since: datetime | None
    made_at: datetime
    pieces: tuple[Piece, ...]
    beside: tuple[Piece, ...]
    events: tuple[Event, ...]
    voices: Voices
    writers: tuple[Writer, ...]
    silent: tuple[Writer, ...]
    unseen: tuple[Sight, ...]
    unread: tuple[Unread, ...]
    said_at: Mapping[int, datetime]
    followed: int
    read: int

    def piece(self, number: int) -> Piece:
        """The piece with this number, which is at least 1."""
        return (*self.pieces, *self.beside)[number - 1]

    @property
    def dated(self) -> tuple[Dated, ...]:
        """The dates of facts, of sayings that claim something: each date of a speaker once, in order."""
        found: dict[tuple[str, str], list[Saying]] = {}
        for saying in self.voices.sayings:
            if saying.fact_date and saying.claims:
                found.setdefault((saying.fact_date, saying.who), []).append(saying)
        return tuple(
            Dated(when, said[0], tuple(dict.fromkeys(number for one in said for number in one.articles)))
            for (when, _), said in sorted(found.items(), key=lambda item: (item[0][0], item[1][0].at))
        )
