"""What each watch was told, through which channel, exactly once: told.sqlite. Beside the archive it is the only file
of a home that cannot be made again. The database's table `announced` is copied from it.

A digest is claimed before it is sent: the digest as it is and the events in it, in one transaction, so that no other
digest of that watch and channel tells them again. Then it is sent, and noted as sent. What failed, or was cut between
the two, waits, and is sent as it was at the next run: under the same id, from which a mail's Message-ID is made.
So each event stands in exactly one digest of a watch and channel, and each digest is sent at least once; it is sent
twice only when a run was killed, or a connection lost, after the receiver had taken it and before we knew.
"""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.digest import Digest, restored, saved
from pipeline.telling.gather import Told

SCHEMA = """
CREATE TABLE IF NOT EXISTS digests (
    id TEXT PRIMARY KEY, watch TEXT NOT NULL, channel TEXT NOT NULL, made_at TEXT NOT NULL, record BLOB NOT NULL,
    events INTEGER NOT NULL, sent_at TEXT, tries INTEGER NOT NULL DEFAULT 0, fault TEXT);
CREATE INDEX IF NOT EXISTS digests_of ON digests (watch, made_at);
CREATE TABLE IF NOT EXISTS told (
    watch TEXT NOT NULL, channel TEXT NOT NULL, event TEXT NOT NULL, article_id TEXT NOT NULL, topic TEXT NOT NULL,
    version TEXT NOT NULL, digest TEXT NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (watch, channel, event, article_id, topic, version));
CREATE TABLE IF NOT EXISTS alerts (words TEXT PRIMARY KEY, at TEXT NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS told_once ON told (watch, channel, article_id, topic) WHERE event = 'match';
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A digest that was claimed and is not known to have arrived. `tries` counts the attempts until now."""

    id: str
    digest: Digest
    tries: int


class Journal:
    """An open told.sqlite. Times are ISO 8601 in UTC, so that they sort as text."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, timeout=30)
        self._db.executescript(SCHEMA)

    def close(self) -> None:
        self._db.close()

    @property
    def is_new(self) -> bool:
        return not self._db.execute("SELECT 1 FROM told UNION ALL SELECT 1 FROM digests LIMIT 1").fetchone()

    def adopt(self, announced: Iterable[Mapping[str, object]]) -> None:
        """Take over what a database says was announced, where this journal is lost or younger than the database."""
        columns = ("watch", "channel", "event", "article_id", "topic", "version")
        with self._db:
            for row in announced:
                at = row["announced_at"]
                assert isinstance(at, datetime)
                values = [*(row[column] for column in columns), "", _text(at)]
                self._db.execute("INSERT OR IGNORE INTO told VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)

    def told(self, watch: str, channel: str, until: datetime | None = None) -> Told:
        """All that was claimed for a watch and channel: the retry of a failed digest tells it, no other digest does."""
        rows = self._db.execute(
            "SELECT event, article_id, topic, version FROM told WHERE watch = ? AND channel = ? AND at <= ?"
            " ORDER BY at, rowid",
            (watch, channel, _text(until) if until else "9"),
        ).fetchall()
        last = self._db.execute(
            "SELECT max(at) FROM (SELECT at FROM told WHERE watch = :w AND channel = :c AND at <= :u"
            " UNION ALL SELECT made_at FROM digests WHERE watch = :w AND channel = :c AND made_at <= :u)",
            {"w": watch, "c": channel, "u": _text(until) if until else "9"},
        ).fetchone()[0]
        return Told(tuple(rows), datetime.fromisoformat(last) if last else None)

    def claim(self, digest: Digest, channel: str) -> Waiting:
        """Note that this digest is to be told through a channel, before it is."""
        events, record = digest.events, saved(digest)
        name = identity(digest, channel)
        with self._db:
            self._db.execute(
                "INSERT INTO digests (id, watch, channel, made_at, record, events) VALUES (?, ?, ?, ?, ?, ?)",
                (name, digest.watch, channel, _text(digest.made_at), zlib.compress(record.encode()), len(events)),
            )
            self._db.executemany(
                "INSERT INTO told VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [(digest.watch, channel, *event, name, _text(digest.made_at)) for event in events],
            )
        return Waiting(name, digest, 0)

    def waiting(self, watch: str, channel: str) -> list[Waiting]:
        """The digests that are still to be sent, the oldest first."""
        rows = self._db.execute(
            "SELECT id, record, tries FROM digests WHERE watch = ? AND channel = ? AND sent_at IS NULL"
            " ORDER BY made_at, rowid",
            (watch, channel),
        )
        return [Waiting(name, _digest(record), tries) for name, record, tries in rows]

    def sent(self, name: str, at: datetime) -> None:
        with self._db:
            self._db.execute("UPDATE digests SET sent_at = ?, fault = NULL WHERE id = ?", (_text(at), name))

    def failed(self, name: str, fault: str) -> None:
        with self._db:
            self._db.execute("UPDATE digests SET tries = tries + 1, fault = ? WHERE id = ?", (fault, name))

    def is_news(self, words: str, now: datetime, quiet: timedelta = timedelta(days=1)) -> bool:
        """Whether an alert was not given for a day."""
        last = self._db.execute("SELECT at FROM alerts WHERE words = ?", (words,)).fetchone()
        return not last or bool(last[0] <= _text(now - quiet))

    def alerted(self, words: str, at: datetime) -> None:
        """Note that an alert was given."""
        with self._db:
            self._db.execute("INSERT OR REPLACE INTO alerts VALUES (?, ?)", (words, _text(at)))

    def of_day(self, watch: str, start: datetime, end: datetime) -> Digest | None:
        """The last digest of a watch made between two moments that told something; else the last that told nothing."""
        found = self._db.execute(
            "SELECT record FROM digests WHERE watch = ? AND made_at >= ? AND made_at < ?"
            " ORDER BY events > 0 DESC, made_at DESC, rowid LIMIT 1",
            (watch, _text(start), _text(end)),
        ).fetchone()
        return _digest(found[0]) if found else None

    def announced(self) -> list[dict[str, object]]:
        """The rows of the database's table `announced`: what has arrived, and what was taken over from a database."""
        rows = self._db.execute(
            "SELECT t.watch, t.channel, t.event, t.article_id, t.topic, t.version, coalesce(d.sent_at, t.at)"
            " FROM told t LEFT JOIN digests d ON d.id = t.digest WHERE t.digest = '' OR d.sent_at IS NOT NULL"
        )
        columns = ("watch", "channel", "event", "article_id", "topic", "version", "announced_at")
        return [dict(zip(columns, row, strict=True)) for row in rows]


@contextmanager
def journal_at(path: Path) -> Iterator[Journal]:
    """The journal at `path`, closed at the end."""
    with closing(Journal(path)) as journal:
        yield journal


def identity(digest: Digest, channel: str) -> str:
    """The digest's name: a function of the watch, the channel and what is told; of the moment where nothing is."""
    parts: Sequence[object] = [digest.watch, channel, sorted(digest.events) or digest.made_at.isoformat()]
    return hashlib.sha256(repr(parts).encode(errors="replace")).hexdigest()[:32]


def _digest(record: bytes) -> Digest:
    return restored(zlib.decompress(record).decode())


def _text(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="microseconds")
