"""Records to DuckDB and back: the only door to the database. `ask` opens it for the questions of users.

`writing` works on a copy and puts it in the place of the published file when all is well: whoever has the published
file open goes on undisturbed with what he opened, and holds up nobody. A killed run leaves the published file as it
was; the next one clears away the leftovers. One writer at a time: the second is told so by BusyError.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from pipeline.publish import BusyError, copy_still, only_writer, publish
from pipeline.records import MistakeError

FORMAT = "v1.5.0"  # of the file: DuckDB 1.5 and later open it; 2.0's own default is refused by 1.5
QUERIES = Path(str(files("queries")))
Row = Mapping[str, object]
DAMAGE = re.compile(r"Corrupt database file|Could not read enough bytes")  # DuckDB says it in words only


class Answer(NamedTuple):
    """What a query gave: the columns' names, and the rows. Times are aware datetimes."""

    columns: list[str]
    rows: list[tuple[Any, ...]]

    def dicts(self) -> list[dict[str, Any]]:
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


class Lines:
    """Rows on their way into the database: a file of one JSON object a line. Ten times faster than executemany."""

    def __init__(self, path: Path) -> None:
        self.path, self.longest, self.count = path, 0, 0
        self._file = path.open("wb")

    def add(self, row: Row) -> None:
        line = json.dumps(row, ensure_ascii=False, default=_plain).encode(errors="replace")  # lone surrogates: "?"
        self.longest, self.count = max(self.longest, len(line)), self.count + 1
        self._file.write(line + b"\n")

    def close(self) -> None:
        self._file.close()


class Store:
    """An open database. Tables and columns named in calls are ours, never the web's; values always go as parameters."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path | None = None) -> None:
        self._connection, self._folder = connection, folder

    def select(self, sql: str, parameters: Mapping[str, object] | Sequence[object] | None = None) -> Answer:
        done = self._connection.execute(sql, parameters)
        return Answer([column[0] for column in done.description or ()], done.fetchall())

    def stream(self, sql: str, size: int) -> Iterator[list[tuple[Any, ...]]]:
        """The rows by `size` at a time, never all in memory. Sees what is committed, and no temporary table."""
        with closing(self._connection.cursor()) as cursor:
            cursor.execute(sql)
            while rows := cursor.fetchmany(size):
                yield rows

    def run(self, *statements: str) -> None:
        for sql in statements:
            self._connection.execute(sql)

    def note(self, key: str, value: str, once: bool = False) -> None:
        """Say in `meta` what the database is made by; with `once`, only where it does not say so yet."""
        way = "IGNORE" if once else "REPLACE"
        self._connection.execute(f"INSERT OR {way} INTO meta VALUES (?, ?)", [key, value])  # noqa: S608

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._connection.begin()
        try:
            yield
        except BaseException:
            self._connection.rollback()
            raise
        self._connection.commit()

    def lines(self) -> Lines:
        """A file for rows beside the work copy; gone when the writing ends."""
        handle, name = tempfile.mkstemp(dir=self._folder, suffix=".ndjson")
        os.close(handle)
        return Lines(Path(name))

    def stage(self, name: str, like: str, lines: Lines) -> None:
        """Load lines into a temporary table `name` with the columns and types of the table `like`."""
        lines.close()
        described = self.select(f'DESCRIBE "{like}"').rows
        types = {column: kind for column, kind, *_ in described}
        columns = ", ".join(f'"{column}"' for column in types)
        self._connection.execute(
            f'CREATE OR REPLACE TEMP TABLE "{name}" AS SELECT {columns} FROM read_json($file, columns = $types,'  # noqa: S608
            " format = 'newline_delimited', compression = 'uncompressed', maximum_object_size = $longest)",
            {"file": str(lines.path), "types": types, "longest": max(16 << 20, lines.longest + 16)},
        )
        lines.path.unlink()

    def insert(self, table: str, rows: Iterable[Row], key: Sequence[str], replace: bool = False) -> int:
        """Insert the rows whose key is not there yet (with `replace`: in the place of those that are); how many.

        Of rows with the same key in one call, the first stays. Nulls are equal to one another.
        """
        lines = self.lines()
        for row in rows:
            lines.add(row)
        self.stage("incoming", table, lines)
        same = " AND ".join(f'old."{column}" IS NOT DISTINCT FROM new."{column}"' for column in key)
        if replace:
            self.run(f'DELETE FROM "{table}" old WHERE EXISTS (FROM incoming new WHERE {same})')  # noqa: S608
        keys = ", ".join(f'"{column}"' for column in key)
        done = self._connection.execute(
            f'INSERT INTO "{table}" BY NAME SELECT * FROM incoming new'  # noqa: S608
            f' WHERE NOT EXISTS (FROM "{table}" old WHERE {same})'
            f" AND rowid IN (SELECT min(rowid) FROM incoming GROUP BY {keys})"
        ).fetchall()
        self.run("DROP TABLE incoming")
        return int(done[0][0])


@contextmanager
def writing(path: Path, fresh: bool = False, migrations: Path = QUERIES / "migrations") -> Iterator[Store]:
    """A store to write in, published at `path` by one rename when the block ends well, and dropped when it does not.

    `fresh` begins with an empty database in the place of the published one. Raises BusyError when another Vigie is
    writing, MistakeError when the file at `path` is not a database of ours, or is a newer Vigie's.
    """
    if "?" in str(path):
        raise MistakeError(f"{path}: DuckDB cannot open a file in a folder whose name has a ?; choose another home")
    path.parent.mkdir(parents=True, exist_ok=True)
    folder = path.with_name(f"{path.name}.work")
    with only_writer(path):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        try:
            copy = folder / path.name
            if path.exists() and not fresh:
                copy_still(path, copy)
            with _told_if_damaged(path), closing(_open(copy, path)) as connection:
                store = Store(connection, folder)
                _bring_up_to_date(store, path, migrations)
                yield store
                connection.execute("CHECKPOINT")
            # A log that a user's programme left belongs to the file that goes now; beside the new it would be refused.
            _log(path).unlink(missing_ok=True)
            publish(copy, path)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def reading(path: Path) -> Iterator[Store]:
    """The published database, to read. Raises MistakeError when there is none, or it is a newer Vigie's."""
    with _told_if_damaged(path), closing(open_to_read(path)) as connection:
        store = Store(connection)
        refuse_newer(store, path, newest(QUERIES / "migrations"))
        yield store


def open_to_read(path: Path) -> duckdb.DuckDBPyConnection:
    """The published file as it is, or a copy of it while someone else has it open to write or left a log beside it."""
    if not path.exists():
        raise MistakeError(f"{path}: there is no database yet; `vigie run` or `vigie ingest` makes it")
    if not _log(path).exists():
        with suppress(BusyError):
            return _open(path, path, read_only=True)
    with tempfile.TemporaryDirectory(prefix=f"{path.name}.read-", dir=path.parent) as folder:
        copy = Path(folder) / path.name
        copy_still(path, copy)
        return _open(copy, path, read_only=True)  # open, it outlives its name


def newest(migrations: Path) -> int:
    """The number of the schema that this Vigie writes: 1, or that of the last migration."""
    return max((int(file.name[:3]) for file in migrations.glob("[0-9][0-9][0-9]_*.sql")), default=1)


def refuse_newer(store: Store, path: Path, ours: int) -> int:
    """The number of the database's schema."""
    try:
        theirs = int(store.select("SELECT value FROM meta WHERE key = 'schema'").rows[0][0])
    except (duckdb.CatalogException, IndexError):
        raise MistakeError(f"{path}: not a database of Vigie; move it away and `vigie rebuild` makes it anew") from None
    if theirs > ours:
        raise MistakeError(
            f"{path}: written by a newer Vigie (schema {theirs}, this one knows {ours}); update this Vigie to open it"
        )
    return theirs


def _open(file: Path, known_as: Path, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    config: dict[str, str | bool | int | float | list[str]] = {
        "storage_compatibility_version": FORMAT,
        "autoinstall_known_extensions": False,
    }
    try:
        connection = duckdb.connect(str(file), read_only=read_only, config=config)
    except duckdb.IOException as fault:
        if "lock" in str(fault):
            raise BusyError(f"{known_as}: another programme has it open to write") from None
        why = str(fault).splitlines()[0]
        raise MistakeError(f"{known_as}: {why}; move it away and `vigie rebuild` makes it anew") from None
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET python_enable_replacements = false")
    return connection


def _bring_up_to_date(store: Store, path: Path, migrations: Path) -> None:
    ours = newest(migrations)
    schema = (QUERIES / "schema.sql").read_text("utf-8")
    if not store.select("SHOW TABLES").rows:
        with store.transaction():
            store.run(schema)
            store.note("schema", str(ours))
        return
    theirs = refuse_newer(store, path, ours)
    if theirs < ours:
        copy_still(path, path.with_name(f"{path.name}.schema-{theirs}"))
    steps = sorted(file for file in migrations.glob("[0-9][0-9][0-9]_*.sql") if int(file.name[:3]) > theirs)
    with store.transaction():
        store.run(*(file.read_text("utf-8") for file in steps))
        store.run(schema)
        store.note("schema", str(ours))


@contextmanager
def _told_if_damaged(path: Path) -> Iterator[None]:
    """A disk that gives back other bytes than it was given is neither our fault nor the end: say what helps."""
    try:
        yield
    except duckdb.Error as fault:
        if not DAMAGE.search(str(fault)):
            raise
        raise MistakeError(f"{path}: damaged; move it away and `vigie rebuild` makes it anew") from None


def _log(path: Path) -> Path:
    return path.with_name(f"{path.name}.wal")


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"no column holds a {type(value).__name__}")
