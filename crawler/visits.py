"""What was seen, when to look again, and what the server said of freshness: crawl.sqlite. Knows no Scrapy.

A page is noted in the same transaction as the validators of the door that named it: a crawl that is killed, or that
runs out of its budget, finds the rest at its next run although the door then answers 304. Several crawls may write
at once (WAL). Times are ISO 8601 in UTC, so that they sort as text.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.canonical import canonical_url
from pipeline.records import Failure, Hint, Run, Source

# When a page is looked at again, counted from its first fetch: edits come early, disappearances late.
RHYTHM = tuple(timedelta(hours=h) for h in (1, 6, 24, 72, 168, 720))
# After a failure, how long to wait before the next try; after the last one the page is given up, and says so.
PATIENCE = tuple(timedelta(hours=h) for h in (1, 6, 24, 72, 168))
# A page that answers 404 or 410 is looked at this often again before it is believed to be gone.
GONE_LOOKS, GONE_WAIT = 5, timedelta(hours=12)
# An article older than this at its first fetch is past its early edits: only the last look is left.
SETTLED = timedelta(days=30)

SCHEMA = """
CREATE TABLE IF NOT EXISTS doors (
    url TEXT PRIMARY KEY, readers TEXT NOT NULL, etag TEXT, last_modified TEXT, read_at TEXT NOT NULL, entries INTEGER);
CREATE TABLE IF NOT EXISTS pages (
    key TEXT PRIMARY KEY, url TEXT NOT NULL, source TEXT NOT NULL, door TEXT NOT NULL, via TEXT NOT NULL, title TEXT,
    published_at TEXT, found_at TEXT NOT NULL, next_at TEXT, first_at TEXT, fetched_at TEXT, status INTEGER,
    tries INTEGER NOT NULL DEFAULT 0, gone INTEGER NOT NULL DEFAULT 0, etag TEXT, last_modified TEXT);
CREATE INDEX IF NOT EXISTS pages_due ON pages (source, next_at) WHERE next_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS sightings (
    key TEXT NOT NULL, source TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (key, source)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS robots (
    origin TEXT PRIMARY KEY, body BLOB NOT NULL, etag TEXT, last_modified TEXT, read_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS payloads (url TEXT PRIMARY KEY, sha256 TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS conduct (
    host TEXT NOT NULL, day TEXT NOT NULL, requests INTEGER NOT NULL, bytes INTEGER NOT NULL,
    refusals INTEGER NOT NULL, errors INTEGER NOT NULL, PRIMARY KEY (host, day)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS runs ({runs}, PRIMARY KEY (run_id, source));
CREATE TABLE IF NOT EXISTS failures ({failures});
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a door says of one page: its address, and a hint of title and date where the door gives them.

    `changed_at`: when the page changed, or will; if it was fetched before that, it is asked for again.
    """

    url: str
    hint: Hint = field(default_factory=Hint)
    changed_at: datetime | None = None


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
    """What a server said of freshness, and when it was last read."""

    etag: str | None
    last_modified: str | None
    read_at: datetime


class Visits:
    """The memory of the crawls of one home."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        columns = {
            name: ", ".join(f'"{f.name}"' for f in fields(record))
            for name, record in {"runs": Run, "failures": Failure}.items()
        }
        self._db.executescript(SCHEMA.format(**columns))

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield self._db
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def door(self, url: str, readers: str) -> Validators | None:
        """When the door was last read for these readers, and its validators; None when others or nobody read it."""
        row = self._db.execute("SELECT * FROM doors WHERE url = ? AND readers = ?", (url, readers)).fetchone()
        return Validators(row["etag"], row["last_modified"], _time(row["read_at"])) if row else None

    def read_door(
        self,
        url: str,
        readers: str,
        found: Sequence[tuple[Source, str, Sequence[Entry]]],
        now: datetime,
        validators: tuple[str | None, str | None],
        known_only: frozenset[str] = frozenset(),
    ) -> int:
        """Note at once what a door named, for each source that reads it, and the door's validators.

        Entries whose address is in `known_only` are remembered and not asked for (old entries of a new sitemap).
        Gives how many pages were not known before.
        """
        new = 0
        with self._writing() as db:
            for source, door, entries in found:
                new += _note(db, source.key, door, url, entries, now, known_only)
            count = sum(len(entries) for _, _, entries in found)
            db.execute(
                "INSERT OR REPLACE INTO doors VALUES (?, ?, ?, ?, ?, ?)",
                (url, readers, *validators, _text(now), count),
            )
        return new

    def touch_door(self, url: str, now: datetime) -> None:
        """The door answered that nothing has changed."""
        self._db.execute("UPDATE doors SET read_at = ? WHERE url = ?", (_text(now), url))

    def note(self, source: str, door: str, via: str, entries: Sequence[Entry], now: datetime) -> int:
        """Note pages that another page links to (documents). Gives how many were not known before."""
        with self._writing() as db:
            return _note(db, source, door, via, entries, now, frozenset())

    def due(self, source: str, now: datetime, limit: int, first_only: bool = False) -> list[Page]:
        """The pages of a source to be asked for now: never fetched ones first, newest first, `limit` at most."""
        rows = self._db.execute(
            "SELECT * FROM pages WHERE source = ? AND next_at <= ? AND (fetched_at IS NULL OR NOT ?)"
            " ORDER BY fetched_at IS NOT NULL, coalesce(published_at, found_at) DESC, rowid LIMIT ?",
            (source, _text(now), first_only, limit),
        )
        return [_page(row) for row in rows]

    def count_due(self, source: str, now: datetime) -> int:
        """How many pages of a source wait to be asked for."""
        found = self._db.execute("SELECT count(*) FROM pages WHERE source = ? AND next_at <= ?", (source, _text(now)))
        return int(found.fetchone()[0])

    def knows(self, keys: Iterable[str]) -> set[str]:
        """Those of the canonical URLs that were noted before."""
        return {k for k in keys if self._db.execute("SELECT 1 FROM pages WHERE key = ?", (k,)).fetchone()}

    def answered(self, key: str, status: int, validators: tuple[str | None, str | None], now: datetime) -> None:
        """A page answered 200, 304, 404 or 410: when to look again."""
        with self._writing() as db:
            row = db.execute("SELECT * FROM pages WHERE key = ?", (key,)).fetchone()
            if row is None:
                return
            gone = row["gone"] + 1 if status in {404, 410} else 0
            first = _time(row["first_at"]) if row["first_at"] else now
            if gone:
                again = now + GONE_WAIT if gone < GONE_LOOKS and row["fetched_at"] else None
            else:
                again = next_look(first, _time(row["published_at"]) if row["published_at"] else None, now)
            etag, modified = validators if status == 200 else (row["etag"], row["last_modified"])
            fetched = row["fetched_at"] if gone else _text(now)
            db.execute(
                "UPDATE pages SET status = ?, gone = ?, tries = 0, first_at = ?, fetched_at = ?, next_at = ?,"
                " etag = ?, last_modified = ? WHERE key = ?",
                (status, gone, _text(first), fetched, _text(again) if again else None, etag, modified, key),
            )

    def failed(self, key: str, status: int | None, now: datetime) -> None:
        """A page could not be had: try again later, less and less often."""
        with self._writing() as db:
            row = db.execute("SELECT tries FROM pages WHERE key = ?", (key,)).fetchone()
            if row is None:
                return
            tries = row["tries"]
            again = _text(now + PATIENCE[tries]) if tries < len(PATIENCE) else None
            db.execute(
                "UPDATE pages SET tries = ?, status = ?, next_at = ? WHERE key = ?", (tries + 1, status, again, key)
            )

    def robots(self, origin: str) -> tuple[bytes, Validators] | None:
        """The robots.txt of an origin as it was last read."""
        row = self._db.execute("SELECT * FROM robots WHERE origin = ?", (origin,)).fetchone()
        if row is None:
            return None
        return row["body"], Validators(row["etag"], row["last_modified"], _time(row["read_at"]))

    def keep_robots(self, origin: str, body: bytes, validators: tuple[str | None, str | None], now: datetime) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO robots VALUES (?, ?, ?, ?, ?)", (origin, body, *validators, _text(now))
        )

    def same_payload(self, url: str, digest: str) -> bool:
        """Whether the last answer that was archived from this address had these very bytes."""
        found = self._db.execute("SELECT sha256 FROM payloads WHERE url = ?", (url,)).fetchone()
        return found is not None and found["sha256"] == digest

    def keep_payload(self, url: str, digest: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO payloads VALUES (?, ?)", (url, digest))

    def count_request(self, host: str, now: datetime, size: int, *, refused: bool = False, error: bool = False) -> None:
        """Enter one request into the ledger that an editor who complains can be shown."""
        self._db.execute(
            "INSERT INTO conduct VALUES (?, ?, 1, ?, ?, ?) ON CONFLICT (host, day) DO UPDATE SET"
            " requests = requests + 1, bytes = bytes + excluded.bytes,"
            " refusals = refusals + excluded.refusals, errors = errors + excluded.errors",
            (host, _text(now)[:10], size, int(refused), int(error)),
        )

    def keep_run(self, run: Run) -> None:
        """Write a source's row of the ledger, at the begin and again at the end of a crawl."""
        values = [_text(v) if isinstance(v, datetime) else v for v in asdict(run).values()]
        self._db.execute(f"INSERT OR REPLACE INTO runs VALUES ({', '.join('?' * len(values))})", values)  # noqa: S608

    def fail(self, failure: Failure) -> None:
        values = [_text(v) if isinstance(v, datetime) else v for v in asdict(failure).values()]
        self._db.execute(f"INSERT INTO failures VALUES ({', '.join('?' * len(values))})", values)  # noqa: S608

    def runs(self) -> list[Run]:
        """Every row of the ledger, oldest first."""
        rows = [dict(row) for row in self._db.execute("SELECT * FROM runs ORDER BY run_id, source")]
        return [Run(**(row | _times(row, "started_at", "ended_at") | {"gap": bool(row["gap"])})) for row in rows]

    def failures(self) -> list[Failure]:
        """Every failure to fetch, oldest first."""
        rows = [dict(row) for row in self._db.execute("SELECT * FROM failures ORDER BY rowid")]
        return [Failure(**(row | _times(row, "at"))) for row in rows]


def next_look(first: datetime, published: datetime | None, now: datetime) -> datetime | None:
    """When a page fetched first at `first` is looked at again after `now`; None when it is left in peace."""
    rhythm = RHYTHM[-1:] if published and first - published > SETTLED else RHYTHM
    return next((first + step for step in rhythm if first + step > now), None)


def _note(
    db: sqlite3.Connection,
    source: str,
    door: str,
    via: str,
    entries: Sequence[Entry],
    now: datetime,
    known_only: frozenset[str],
) -> int:
    new = 0
    for entry in entries:
        key = canonical_url(entry.url)
        published = _text(entry.hint.published_at) if entry.hint.published_at else None
        due = None if entry.url in known_only else _text(now)
        cursor = db.execute(
            "INSERT OR IGNORE INTO pages (key, url, source, door, via, title, published_at, found_at, next_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (key, entry.url, source, door, via, entry.hint.title, published, _text(now), due),
        )
        new += cursor.rowcount
        if not cursor.rowcount and entry.changed_at and entry.changed_at <= now:
            db.execute(
                "UPDATE pages SET next_at = ? WHERE key = ? AND fetched_at < ? AND tries = 0",
                (_text(now), key, _text(entry.changed_at)),
            )
        db.execute("INSERT OR IGNORE INTO sightings VALUES (?, ?, ?)", (key, source, _text(now)))
    return new


def _page(row: sqlite3.Row) -> Page:
    hint = Hint(row["title"], _time(row["published_at"]) if row["published_at"] else None)
    fetched = _time(row["fetched_at"]) if row["fetched_at"] else None
    return Page(
        row["key"], row["url"], row["source"], row["door"], row["via"], hint, fetched, row["etag"], row["last_modified"]
    )


def _times(row: dict[str, str | None], *names: str) -> dict[str, datetime | None]:
    return {name: _time(value) if (value := row[name]) else None for name in names}


def _text(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="microseconds")


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
