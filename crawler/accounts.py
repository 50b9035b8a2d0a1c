"""The honest account that crawl.sqlite keeps: runs, failures, requests by host and day, reservations, sightings."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any

from pipeline.records import Failure, Run


@dataclass(frozen=True, slots=True)
class Conduct:
    """What one host was asked on one day (UTC): the answer to an editor who complains. `bytes` as received."""

    host: str
    day: str
    requests: int
    bytes: int
    refusals: int
    errors: int


@dataclass(frozen=True, slots=True)
class Reservation:
    """How an origin reserves text and data mining. `said_by`: header, meta or tdmrep.json."""

    origin: str
    said_by: str
    policy: str
    first_at: datetime
    last_at: datetime


class Accounts:
    """The tables that are only added to, over the connection that `Visits` opens."""

    _db: sqlite3.Connection

    @staticmethod
    def make(db: sqlite3.Connection) -> None:
        """The tables of runs and failures: a column for each field of the records."""
        for name, record, key in (("runs", Run, ", PRIMARY KEY (run_id, source)"), ("failures", Failure, "")):
            columns = ", ".join(f'"{field.name}"' for field in fields(record))
            db.execute(f"CREATE TABLE {name} ({columns}{key})")

    def keep_run(self, run: Run) -> None:
        """Write a source's row of the ledger, at the begin and again at the end of a crawl."""
        self._insert("runs", asdict(run))

    def fail(self, failure: Failure) -> None:
        self._insert("failures", asdict(failure))

    def _insert(self, table: str, row: dict[str, Any]) -> None:
        values = [as_text(value) if isinstance(value, datetime) else value for value in row.values()]
        self._db.execute(f"INSERT OR REPLACE INTO {table} VALUES ({', '.join('?' * len(values))})", values)  # noqa: S608

    def runs(self) -> list[Run]:
        """Every row of the ledger, oldest first."""
        rows = [dict(row) for row in self._db.execute("SELECT * FROM runs ORDER BY run_id, source")]
        return [Run(**(row | _times(row, "started_at", "ended_at") | {"gap": bool(row["gap"])})) for row in rows]

    def failures(self) -> list[Failure]:
        """Every failure to fetch, oldest first."""
        rows = [dict(row) for row in self._db.execute("SELECT * FROM failures ORDER BY rowid")]
        return [Failure(**(row | _times(row, "at"))) for row in rows]

    def count_request(self, host: str, now: datetime, size: int, *, refused: bool = False, error: bool = False) -> None:
        """Enter one request into the account of its host and day."""
        self._db.execute(
            "INSERT INTO conduct VALUES (?, ?, 1, ?, ?, ?) ON CONFLICT (host, day) DO UPDATE SET"
            " requests = requests + 1, bytes = bytes + excluded.bytes,"
            " refusals = refusals + excluded.refusals, errors = errors + excluded.errors",
            (host, as_text(now)[:10], size, int(refused), int(error)),
        )

    def conduct(self) -> list[Conduct]:
        """Every host and day, in their order."""
        return [Conduct(**dict(row)) for row in self._db.execute("SELECT * FROM conduct ORDER BY day, host")]

    def reserve(self, origin: str, said_by: str, policy: str, now: datetime) -> None:
        """Note that an origin reserves text and data mining."""
        self._db.execute(
            "INSERT INTO reservations VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (origin, said_by, policy) DO UPDATE SET last_at = excluded.last_at",
            (origin, said_by, policy, as_text(now), as_text(now)),
        )

    def reservations(self) -> list[Reservation]:
        """Every reservation that was seen, by origin."""
        rows = [dict(row) for row in self._db.execute("SELECT * FROM reservations ORDER BY origin, said_by, policy")]
        return [Reservation(**(row | _times(row, "first_at", "last_at"))) for row in rows]

    def sightings(self, since: datetime | None = None) -> list[tuple[str, str, datetime]]:
        """At which sources' doors a page was seen, and when first: (canonical URL, source key, time), oldest first."""
        after = as_text(since) if since else ""
        rows = self._db.execute(
            "SELECT key, source, at FROM sightings WHERE at >= ? ORDER BY at, key, source", (after,)
        )
        return [(key, source, as_time(at)) for key, source, at in rows]


@contextmanager
def writing(db: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """A transaction that waits for its turn to write, and is whole or not at all."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield db
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def as_text(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="microseconds")


def as_time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _times(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: as_time(value) if (value := row[name]) else None for name in names}
