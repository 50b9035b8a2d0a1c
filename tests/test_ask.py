"""Questions of users: answered in full, and with no way to anything but the answer."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from pipeline.ask import Bounds, ask, export, parameters_of
from pipeline.records import MistakeError
from pipeline.store import writing

AT = datetime(2024, 11, 21, 23, 30, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "vigie.duckdb"
    with writing(path) as store:
        row = {"failed_at": AT, "stage": "fetch", "reason": "refused", "url": "https://exemple.fr/", "detail": ""}
        store.insert("failures", [row], ("url",))
    return path


def test_an_answer_has_its_columns_rows_and_paris_time(database: Path) -> None:
    answer = ask(
        database,
        "SELECT reason, failed_at, failed_at::DATE AS day FROM failures WHERE stage = $stage",
        {"stage": "fetch"},
    )
    assert answer.columns == ["reason", "failed_at", "day"]
    (row,) = answer.rows
    assert row[0] == "refused"
    assert row[1] == AT
    assert row[1].isoformat() == "2024-11-22T00:30:00+01:00"
    assert row[2].isoformat() == "2024-11-22"


# Each is one way out, or in: files, other databases, extensions, settings, writing, the caller's own variables.
FORBIDDEN = [
    "SELECT * FROM read_text('{file}')",
    "SELECT * FROM read_blob('{file}')",
    "SELECT * FROM read_csv('{file}')",
    "SELECT * FROM read_json('{file}')",
    "SELECT * FROM read_parquet('{file}')",
    "SELECT * FROM '{file}'",
    "SELECT * FROM glob('/*')",
    "SELECT * FROM sniff_csv('{file}')",
    "SELECT * FROM query_table('{file}')",
    "SELECT * FROM read_csv('https://exemple.fr/x.csv')",
    "COPY failures TO '{target}'",
    "COPY (SELECT 1) TO '{target}' (FORMAT parquet)",
    "COPY failures FROM '{file}'",
    "EXPORT DATABASE '{target}'",
    "IMPORT DATABASE '{folder}'",
    "ATTACH '{target}' AS other",
    "ATTACH '{database}' AS again (READ_WRITE)",
    "ATTACH ':memory:' AS scratch",
    "INSTALL httpfs",
    "LOAD httpfs",
    "LOAD '{file}'",
    "SET enable_external_access = true",
    "SET allowed_paths = ['{target}']",
    "SET lock_configuration = false",
    "RESET lock_configuration",
    "SET memory_limit = '100GB'",
    "SET temp_directory = '{folder}'",
    "SET log_query_path = '{target}'",
    "PRAGMA profiling_output = '{target}'",
    "CREATE PERSISTENT SECRET s (TYPE s3)",
    "INSERT INTO meta VALUES ('a', 'b')",
    "UPDATE failures SET reason = 'none'",
    "DELETE FROM failures",
    "TRUNCATE failures",
    "DROP TABLE failures",
    "CREATE TABLE mine AS SELECT 1",
    "CREATE OR REPLACE VIEW matches AS SELECT 1",
    "ALTER TABLE failures ADD COLUMN x INTEGER",
    "SELECT * FROM secret_variable",
    "SELECT 1; DROP TABLE failures",
    "SELECT getenv('HOME')",
]

FORBIDDEN += [
    "FROM read_blob('{file}')",
    "FROM glob('{folder}/*')",
    "FROM sniff_csv('{file}')",
    "FROM read_json('~/file.csv')",
    "FROM query('FROM read_text(''{file}'')')",
    "FROM read_parquet('https://example.org/x.parquet')",
    "EXPORT DATABASE '{target}'",
    "IMPORT DATABASE '{folder}'",
    "EXPLAIN ANALYZE COPY (SELECT 1) TO '{target}'",
    "COPY (SELECT 1) TO '/dev/stdout'",
    "CALL enable_logging(storage='file', storage_config={{'path': '{target}'}})",
    "CREATE TEMP MACRO f() AS TABLE FROM read_text('{file}')",
    "PREPARE theirs AS FROM read_text('{file}')",
    "FROM duckdb_secrets()",
    "SET threads = 500",
    "WITH RECURSIVE t(n) AS (SELECT 'x' UNION ALL SELECT n || n FROM t) SELECT max(length(n)) FROM t",
]

secret_variable = [{"a": "secret"}]


@pytest.mark.parametrize("sql", FORBIDDEN)
def test_there_is_no_way_out(database: Path, tmp_path: Path, sql: str) -> None:
    file, target = tmp_path / "file.csv", tmp_path / "target"
    file.write_text("a\nsecret\n")
    names = {"file": file, "target": target, "folder": tmp_path, "database": database}
    before = database.read_bytes(), sorted(tmp_path.iterdir())
    with pytest.raises(MistakeError) as fault:
        ask(database, sql.format(**names), bounds=Bounds(seconds=20, memory=200_000_000))
    assert "secret\n" not in str(fault.value)
    assert (database.read_bytes(), sorted(tmp_path.iterdir())) == before


@pytest.mark.parametrize(
    "sql", ["CREATE TEMP TABLE t AS SELECT 1 AS a", "EXPLAIN SELECT 1", "DESCRIBE failures", "FROM failures"]
)
def test_what_does_no_harm_is_answered(database: Path, sql: str) -> None:
    ask(database, sql)


def test_a_query_is_bound_in_time_memory_and_rows(database: Path) -> None:
    endless = "SELECT count(*) FROM range(100000000) a, range(100000000) b WHERE a.range * b.range = 7"
    with pytest.raises(MistakeError, match=r"more than 0\.2 s"):
        ask(database, endless, bounds=Bounds(seconds=0.2))
    with pytest.raises(MistakeError, match=r"more than 0\.05 GB of memory"):
        ask(
            database,
            "SELECT list(hash(range)::VARCHAR ORDER BY hash(range)) FROM range(5000000)",
            bounds=Bounds(memory=50_000_000),
        )
    for value in ("length(repeat('a', 3000000000))", "len(range(1000000000))"):  # outside the engine's own limit
        with pytest.raises(MistakeError, match=r"more than 0\.2 GB of memory"):
            ask(database, f"SELECT {value}", bounds=Bounds(memory=200_000_000))
    with pytest.raises(MistakeError, match="LIMIT 10"):
        ask(database, "FROM range(11)", bounds=Bounds(rows=10))
    assert len(ask(database, "FROM range(10)", bounds=Bounds(rows=10)).rows) == 10


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELEC 1", "Parser Error"),
        ("", "one query"),
        ("SELECT 1; SELECT 2", "2 statements"),
        ("SELECT $name, $other", r"\$name, \$other"),
        ("SELECT * FROM nowhere", "nowhere"),
        ("SELECT TIMESTAMPTZ '9999-12-31 23:59:59+00'", "out of range"),
    ],
)
def test_a_mistake_is_said_in_one_line(database: Path, sql: str, message: str) -> None:
    with pytest.raises(MistakeError, match=message) as fault:
        ask(database, sql)
    assert "\n" not in str(fault.value)


def test_a_value_is_never_sql(database: Path) -> None:
    word = "'; DROP TABLE failures; --"
    assert ask(database, "SELECT $word", {"word": word, "unused": "x"}).rows == [(word,)]


def test_parameters_are_read_by_the_engine() -> None:
    assert parameters_of("-- $no\nSELECT $a, '$b', $c::DATE, $a") == {"a", "c"}


def test_an_answer_can_be_written_as_parquet_and_nothing_else_can(database: Path, tmp_path: Path) -> None:
    target = tmp_path / "it's.parquet"
    export(database, "SELECT reason, failed_at FROM failures WHERE stage = $stage; -- all", target, {"stage": "fetch"})
    with duckdb.connect() as plain:
        assert plain.execute("SELECT reason FROM read_parquet($f)", {"f": str(target)}).fetchall() == [("refused",)]
    export(database, "SELECT 7 AS a", target)
    with duckdb.connect() as plain:
        assert plain.execute("SELECT a FROM read_parquet($f)", {"f": str(target)}).fetchall() == [(7,)], "in its place"
    assert list(tmp_path.glob(".*")) == []
    with pytest.raises(MistakeError, match="its folder is not there"):
        export(database, "SELECT 1", tmp_path / "nowhere" / "x.parquet")
    (tmp_path / "file.csv").write_text("a\nsecret\n")
    for sql in (f"FROM read_text('{tmp_path / 'file.csv'}')", f"SELECT 1) TO '{tmp_path / 'x'}'; COPY (SELECT 1"):
        with pytest.raises(MistakeError):
            export(database, sql, tmp_path / "other.parquet")
    assert not (tmp_path / "x").exists()
