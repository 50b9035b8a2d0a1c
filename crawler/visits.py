"""What was seen, when to look again, and what the server said of freshness: crawl.sqlite. Knows no Scrapy.

A page is noted in the same transaction as the validators of the door that named it: a crawl that is killed, or that
runs out of its budget, finds the rest at its next run although the door then answers 304. Several crawls may write
at once (WAL). The tables are in visits.sql; the account of what was done is kept by `Accounts`, in the same file.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib.resources import files
from pathlib import Path

from crawler.accounts import Accounts, as_text, as_time, writing
from crawler.rhythm import DOUBT_WAIT, look_for_gone, next_look, next_try
from pipeline.canonical import canonical_url
from pipeline.records import Hint, MistakeError

VERSION = 3  # of the tables
Freshness = tuple[str | None, str | None]  # ETag, Last-Modified


@dataclass(frozen=True, slots=True)
class Entry:
    """What a door says of one page: its address, and a hint of title and date where the door gives them.

    `changed_at`: when the page changed, or will; if it was fetched before that, it is asked for again.
    """

    url: str
    hint: Hint = field(default_factory=Hint)
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """What a door named for one source. `via` is its address; `old` are addresses to remember and not to ask for;
    `count` is what the ledger calls entries (documents too).
    """

    source: str
    door: str
    via: str
    entries: Sequence[Entry]
    old: frozenset[str] = frozenset()
    count: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """A page that is to be asked for: `key` is its canonical URL; validators of the last answer, if there was one."""

    key: str
    url: str
    source: str
    door: str
    via: str
    hint: Hint
    fetched_at: datetime | None
    etag: str | None
    last_modified: str | None


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server said of freshness, and when it was last read; `entries` that a door named, by source."""

    etag: str | None
    last_modified: str | None
    read_at: datetime
    entries: dict[str, int] = field(default_factory=dict)


class Visits(Accounts):
    """The memory of the crawls of one home. Raises MistakeError for a crawl.sqlite of another version of Vigie."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA synchronous = NORMAL")
        with writing(self._db) as db:
            version = db.execute("PRAGMA user_version").fetchone()[0]
            if not version and not db.execute("SELECT 1 FROM sqlite_master").fetchone():
                self._make(db)
                version = VERSION
        if version != VERSION:
            self._db.close()
            raise MistakeError(f"{path} was written by another version of Vigie: move it away, or use that version")
        self._db.execute("PRAGMA journal_mode = WAL")

    @staticmethod
    def _make(db: sqlite3.Connection) -> None:
        for statement in (files("crawler") / "visits.sql").read_text("utf-8").split(";\n"):
            db.execute(statement)
        Accounts.make(db)
        db.execute(f"PRAGMA user_version = {VERSION}")

    def close(self) -> None:
        self._db.close()

    def door(self, key: str, readers: str) -> Validators | None:
        """What the door said when it was last read for these readers; None when others or nobody read it."""
        row = self._db.execute("SELECT * FROM doors WHERE url = ? AND readers = ?", (key, readers)).fetchone()
        if row is None:
            return None
        return Validators(row["etag"], row["last_modified"], as_time(row["read_at"]), json.loads(row["entries"]))

    def door_read_at(self, key: str) -> datetime | None:
        """When the door was last read, for whomever."""
        row = self._db.execute("SELECT read_at FROM doors WHERE url = ?", (key,)).fetchone()
        return as_time(row["read_at"]) if row else None

    def read_door(
        self,
        key: str,
        readers: str,
        found: Sequence[Named],
        now: datetime,
        validators: Freshness = (None, None),
        *,
        back: bool = False,
    ) -> int:
        """Note at once what a door named, for each source that reads it, and the door's validators.

        `back`: the crawl goes back on purpose, and what was only remembered is wanted now. Gives how many pages were
        not known before.
        """
        new = 0
        with writing(self._db) as db:
            for named in found:
                for entry in named.entries:
                    due = None if entry.url in named.old else now
                    new += _note(db, named.source, named.door, named.via, entry, now, due, back=back)
            counts = json.dumps({named.source: named.count for named in found})
            db.execute(
                "INSERT OR REPLACE INTO doors VALUES (?, ?, ?, ?, ?, ?)",
                (key, readers, *validators, as_text(now), counts),
            )
        return new

    def touch_door(self, key: str, now: datetime) -> None:
        """The door answered that nothing has changed."""
        self._db.execute("UPDATE doors SET read_at = ? WHERE url = ?", (as_text(now), key))

    def note(self, source: str, door: str, via: str, entries: Sequence[Entry], now: datetime) -> int:
        """Note pages that another page links to (documents). Gives how many were not known before."""
        with writing(self._db) as db:
            return sum(_note(db, source, door, via, entry, now, now) for entry in entries)

    def known_before(self, urls: Iterable[str], when: datetime) -> bool:
        """Whether one of the pages was noted before `when`."""
        query = "SELECT 1 FROM pages WHERE key = ? AND found_at < ?"
        before = as_text(when)
        return any(self._db.execute(query, (canonical_url(url), before)).fetchone() for url in urls)

    def due(self, source: str, now: datetime, limit: int, *, back: bool = False) -> list[Page]:
        """The pages of a source to be asked for now: never fetched ones first, newest first, `limit` at most.

        `back`: also those that were found by going back.
        """
        rows = self._db.execute(
            "SELECT * FROM pages WHERE source = ? AND next_at <= ? AND back <= ?"
            " ORDER BY fetched_at IS NOT NULL, coalesce(published_at, found_at) DESC, rowid LIMIT ?",
            (source, as_text(now), back, limit),
        )
        return [_page(row) for row in rows]

    def due_of(self, urls: Iterable[str], now: datetime) -> list[Page]:
        """Those of the pages that are to be asked for now and never were."""
        query = "SELECT * FROM pages WHERE key = ? AND next_at <= ? AND fetched_at IS NULL"
        rows = (self._db.execute(query, (canonical_url(url), as_text(now))).fetchone() for url in urls)
        return [_page(row) for row in rows if row]

    def count_due(self, source: str, now: datetime, *, back: bool = False) -> int:
        """How many pages of a source wait to be asked for."""
        query = "SELECT count(*) FROM pages WHERE source = ? AND next_at <= ? AND back <= ?"
        return int(self._db.execute(query, (source, as_text(now), back)).fetchone()[0])

    def look_again(self, keys: Iterable[str], now: datetime) -> None:
        """Pages that someone doubts are asked for now, if that was not done for half a day."""
        query = "UPDATE pages SET next_at = ? WHERE key = ? AND fetched_at < ? AND tries = 0 AND gone = 0"
        with writing(self._db) as db:
            db.executemany(query, ((as_text(now), key, as_text(now - DOUBT_WAIT)) for key in keys))

    def look_longer(self, keys: Iterable[str], now: datetime) -> None:
        """Pages that were matched, and whose last look is over, are looked at again after all."""
        query = "SELECT * FROM pages WHERE key = ? AND next_at IS NULL AND fetched_at IS NOT NULL"
        with writing(self._db) as db:
            for key in keys:
                row = db.execute(query, (key,)).fetchone()
                again = row and next_look(as_time(row["first_at"]), None, now, matched=True)
                if again:
                    db.execute("UPDATE pages SET next_at = ? WHERE key = ?", (as_text(again), key))

    def answered(self, key: str, status: int, validators: Freshness, now: datetime, *, matched: bool = False) -> None:
        """A page answered 200, 304, 404 or 410: when to look again."""
        with writing(self._db) as db:
            row = db.execute("SELECT * FROM pages WHERE key = ?", (key,)).fetchone()
            if row is None:
                return
            first = as_time(row["first_at"]) if row["first_at"] else now
            fetched, gone = row["fetched_at"], 0
            published = as_time(row["published_at"]) if row["published_at"] else None
            again = next_look(first, published, now, matched=matched)
            if status in {404, 410}:
                gone = row["gone"] + 1
                again = look_for_gone(gone, seen_before=bool(fetched), now=now) or (again if matched else None)
            else:
                fetched = as_text(now)
            etag, modified = validators if status == 200 else (row["etag"], row["last_modified"])
            db.execute(
                "UPDATE pages SET status = ?, gone = ?, tries = 0, back = 0, first_at = ?, fetched_at = ?,"
                " next_at = ?, etag = ?, last_modified = ? WHERE key = ?",
                (status, gone, as_text(first), fetched, again and as_text(again), etag, modified, key),
            )

    def failed(self, key: str, status: int | None, now: datetime, *, matched: bool = False) -> None:
        """A page could not be had: try again later, less and less often; then at its next look, if it has one."""
        with writing(self._db) as db:
            row = db.execute("SELECT tries, first_at FROM pages WHERE key = ?", (key,)).fetchone()
            if row is None:
                return
            again = next_try(row["tries"], now)
            if again is None and row["first_at"]:
                again = next_look(as_time(row["first_at"]), None, now, matched=matched)
            db.execute(
                "UPDATE pages SET tries = tries + 1, status = ?, next_at = ? WHERE key = ?",
                (status, again and as_text(again), key),
            )

    def take_turn(self, host: str, now: float, lease: float) -> tuple[float, bool]:
        """Take a host for one request, `lease` seconds at most; else how long it is taken, and whether by a request.

        `now` in epoch seconds: the processes' common clock, whatever time a crawl is told to take it for.
        """
        with writing(self._db) as db:
            row = db.execute("SELECT free_at, busy FROM turns WHERE host = ?", (host,)).fetchone()
            if row and row["free_at"] > now:
                return row["free_at"] - now, bool(row["busy"])
            db.execute("INSERT OR REPLACE INTO turns VALUES (?, ?, 1)", (host, now + lease))
        return 0.0, False

    def give_turn(self, host: str, free_at: float) -> None:
        """The host has answered, and may be asked again at `free_at` (epoch seconds)."""
        self._db.execute("UPDATE turns SET free_at = ?, busy = 0 WHERE host = ?", (free_at, host))

    def robots(self, origin: str) -> tuple[bytes, Validators] | None:
        """The robots.txt of an origin as it was last read."""
        row = self._db.execute("SELECT * FROM robots WHERE origin = ?", (origin,)).fetchone()
        if row is None:
            return None
        return row["body"], Validators(row["etag"], row["last_modified"], as_time(row["read_at"]))

    def keep_robots(self, origin: str, body: bytes, validators: Freshness, now: datetime) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO robots VALUES (?, ?, ?, ?, ?)", (origin, body, *validators, as_text(now))
        )

    def tdmrep(self, origin: str) -> tuple[bytes, datetime] | None:
        """The tdmrep.json of an origin, empty when it had none, and when that was read."""
        row = self._db.execute("SELECT * FROM tdmrep WHERE origin = ?", (origin,)).fetchone()
        return (row["body"], as_time(row["read_at"])) if row else None

    def keep_tdmrep(self, origin: str, body: bytes, now: datetime) -> None:
        self._db.execute("INSERT OR REPLACE INTO tdmrep VALUES (?, ?, ?)", (origin, body, as_text(now)))

    def payload(self, url: str) -> tuple[int, str] | None:
        """Status and SHA-256 of the last answer that was archived from this address."""
        row = self._db.execute("SELECT status, sha256 FROM payloads WHERE url = ?", (url,)).fetchone()
        return (row["status"], row["sha256"]) if row else None

    def keep_payload(self, url: str, status: int, digest: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO payloads VALUES (?, ?, ?)", (url, status, digest))


def _note(
    db: sqlite3.Connection,
    source: str,
    door: str,
    via: str,
    entry: Entry,
    now: datetime,
    due: datetime | None,
    *,
    back: bool = False,
) -> int:
    """Note one entry; 1 when its page was not known."""
    key, at = canonical_url(entry.url), as_text(now)
    published = entry.hint.published_at and as_text(entry.hint.published_at)
    cursor = db.execute(
        "INSERT OR IGNORE INTO pages (key, url, source, door, via, title, published_at, found_at, next_at, back)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (key, entry.url, source, door, via, entry.hint.title, published, at, due and as_text(due), back),
    )
    if not cursor.rowcount and entry.changed_at and entry.changed_at <= now:
        db.execute(
            "UPDATE pages SET next_at = ? WHERE key = ? AND fetched_at < ? AND tries = 0",
            (at, key, as_text(entry.changed_at)),
        )
    if not cursor.rowcount and back and due:
        db.execute(
            "UPDATE pages SET next_at = ?, back = 1 WHERE key = ? AND next_at IS NULL AND first_at IS NULL", (at, key)
        )
    db.execute("INSERT OR IGNORE INTO sightings VALUES (?, ?, ?)", (key, source, at))
    return cursor.rowcount


def _page(row: sqlite3.Row) -> Page:
    hint = Hint(row["title"], as_time(row["published_at"]) if row["published_at"] else None)
    fetched = as_time(row["fetched_at"]) if row["fetched_at"] else None
    return Page(
        row["key"], row["url"], row["source"], row["door"], row["via"], hint, fetched, row["etag"], row["last_modified"]
    )
