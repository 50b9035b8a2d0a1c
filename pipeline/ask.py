"""Questions of users to the published database: read-only, no way to files or network, bound in time and memory."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

import duckdb

from pipeline.records import MistakeError
from pipeline.store import Answer, open_to_read

OURS = 2_000_000_000  # bytes that the interpreter, the libraries and the stacks of threads may set aside
ZONE = "Europe/Paris"  # in which users read and write times


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one question may take: seconds, bytes of memory, and rows of answer."""

    seconds: float = 60.0
    memory: int = 2_000_000_000
    rows: int = 1_000_000


def ask(path: Path, sql: str, parameters: Mapping[str, object] | None = None, bounds: Bounds = Bounds()) -> Answer:
    """The answer of the database at `path` to one SQL query; its times are in Europe/Paris.

    Raises MistakeError when the query is none, asks for what is forbidden, or goes beyond its bounds.
    """
    given = _fitting(sql, parameters or {})
    with _asked(path, bounds, None) as connection:
        done = connection.execute(sql, given)
        columns = [column[0] for column in done.description or ()]
        rows = done.fetchmany(bounds.rows + 1)
    if len(rows) > bounds.rows:
        raise MistakeError(f"the query gives more than {bounds.rows} rows; end it with LIMIT {bounds.rows}")
    return Answer(columns, rows)


def export(
    path: Path, sql: str, target: Path, parameters: Mapping[str, object] | None = None, bounds: Bounds = Bounds()
) -> None:
    """Write the answer to the Parquet file `target`, in the place of the one that was there.

    The new file beside it is the only one that the query can reach; it takes the place when it is whole.
    """
    given = _fitting(sql, parameters or {})
    if not target.absolute().parent.is_dir():
        raise MistakeError(f"{target}: its folder is not there")
    part = target.absolute().with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with _asked(path, bounds, part) as connection:
            connection.execute(f"CREATE TEMP TABLE answer AS {sql}", given)
            connection.table("temp.answer").write_parquet(str(part))
        part.replace(target)
    except OSError as fault:
        raise MistakeError(f"{target}: {fault.strerror}") from None
    finally:
        part.unlink(missing_ok=True)


def parameters_of(sql: str) -> set[str]:
    """The names of a query's `$parameters`, as the engine reads them. Raises MistakeError unless it is one query."""
    try:
        statements = duckdb.extract_statements(sql)
    except duckdb.Error as fault:
        raise MistakeError(_said(fault)) from None
    if len(statements) != 1:
        raise MistakeError(f"{len(statements)} statements: give one query at a time")
    return set(statements[0].named_parameters)


def _fitting(sql: str, given: Mapping[str, object]) -> dict[str, object] | None:
    names = parameters_of(sql)
    if missing := sorted(names - given.keys()):
        raise MistakeError(f"the query needs a value for {', '.join(f'${name}' for name in missing)}")
    return {name: given[name] for name in names} or None


@contextmanager
def _memory_of(bounds: Bounds) -> Iterator[None]:
    """Bind this process to the memory of one question and OURS: the value of one function is outside the engine's."""
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = [bounds.memory + OURS, *(limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY)]
    resource.setrlimit(resource.RLIMIT_DATA, (min(most), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


@contextmanager
def _asked(path: Path, bounds: Bounds, target: Path | None) -> Iterator[duckdb.DuckDBPyConnection]:
    with closing(open_to_read(path)) as connection, _memory_of(bounds):
        connection.execute(f"SET TimeZone = '{ZONE}'")
        connection.execute("SET temp_directory = ''")
        connection.execute("SET memory_limit = ?", [f"{bounds.memory}B"])
        connection.execute("SET allowed_paths = ?", [[str(target)] if target else []])
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        clock = Timer(bounds.seconds, connection.interrupt)
        clock.start()
        try:
            yield connection
        except duckdb.InterruptException:
            raise MistakeError(f"the query takes more than {bounds.seconds:g} s; ask for less at once") from None
        except (duckdb.OutOfMemoryException, MemoryError):
            raise MistakeError(
                f"the query needs more than {bounds.memory / 1e9:g} GB of memory; ask for less at once"
            ) from None
        except (duckdb.Error, OverflowError) as fault:
            raise MistakeError(_said(fault)) from None
        finally:
            clock.cancel()


def _said(fault: Exception) -> str:
    """The engine's message, on one line."""
    return " ".join(str(fault).split())
