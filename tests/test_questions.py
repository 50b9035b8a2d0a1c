"""The named queries: each declares what it takes, says what a row is, and runs on any database."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipeline.ask import ask
from pipeline.ingest import ingest
from pipeline.questions import Query, load_queries
from pipeline.records import MistakeError, article_id
from pipeline.store import QUERIES, writing
from tests.stored import Rows, at
from tests.test_ingest import FILLER, A, C, archive, how, ledger, page, seen

QUESTIONS = load_queries()
# A value for each parameter that has no default.
GIVEN = {
    "VARCHAR": article_id("https://gazette.exemple/lille"),
    "VARCHAR[]": "briefcam,gazette,full",
    "TIMESTAMPTZ": "2030-01-01",
}


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "vigie.duckdb"
    with writing(path):
        pass
    return path


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("filled")
    both = page("Caen efface", "La CNIL a vu BriefCam. " + FILLER)
    exchanges = [seen(0, "lille", A), seen(1, "caen", both), seen(2, "lille", C), seen(4, "vide", b"  ")]
    gone = [seen(3 + minutes, "caen", b"", status=410) for minutes in (0, 1440, 2880)]
    archive(home / "archive", "1", [*exchanges, *gone])
    ingest(home / "archive", home / "vigie.duckdb", how(), ledger())
    return home / "vigie.duckdb"


def values(query: Query, **given: str) -> dict[str, Any]:
    return query.values({p.name: GIVEN[p.type] for p in query.parameters if p.required} | given)


def rows(database: Path, name: str, **given: str) -> list[dict[str, Any]]:
    query = QUESTIONS[name]
    return ask(database, query.sql, values(query, **given)).dicts()


@pytest.mark.parametrize("name", QUESTIONS)
def test_each_query_runs_on_an_empty_and_on_a_filled_database(name: str, empty: Path, filled: Path) -> None:
    query = QUESTIONS[name]
    for database in (empty, filled):
        answer = ask(database, query.sql, values(query))
        assert answer.columns, f"{name}.sql gives no columns: end it with a SELECT"
        assert len(set(answer.columns)) == len(answer.columns), f"{name}.sql gives two columns one name: use AS"


@pytest.mark.parametrize("name", QUESTIONS)
def test_each_query_says_what_a_row_is(name: str) -> None:
    help_ = QUESTIONS[name].help.lower()
    assert "one row" in help_, f"{name}.sql: say in its first comment what one row is"
    assert all(parameter.help for parameter in QUESTIONS[name].parameters)


def test_all_first_queries_are_there() -> None:
    first = {
        "article-history", "by-place", "chronology", "co-mentions", "coverage", "edited", "failures", "first-mention",
        "matches-by-month", "new-matches", "removed", "silent-sources", "sources-health", "who-writes",
    }  # fmt: skip
    assert first <= QUESTIONS.keys()


AS_OF = "2024-11-22"


def test_what_is_new(filled: Path) -> None:
    new = rows(filled, "new-matches", as_of=AS_OF, area="59")
    assert [(row["topic"], row["title"]) for row in new] == [
        ("briefcam", "Caen efface"), ("cnil", "Caen efface"), ("briefcam", "Lille et BriefCam")
    ]  # fmt: skip
    assert len(rows(filled, "new-matches", as_of=AS_OF, topic="cnil")) == 1
    assert rows(filled, "new-matches", as_of=AS_OF, area="14") == []
    assert rows(filled, "new-matches") == []  # nothing came in this week


def test_how_much_where_and_by_whom(filled: Path) -> None:
    (month,) = rows(filled, "matches-by-month", topic="briefcam")
    assert (month["month"].isoformat(), month["articles"], month["sources"]) == ("2024-11-01", 2, 1)
    assert [(row["place"], row["topic"], row["articles"]) for row in rows(filled, "by-place")] == [
        ("59350", "briefcam", 2), ("59350", "cnil", 1)
    ]  # fmt: skip
    (row,) = rows(filled, "who-writes", topic="cnil")
    assert (row["source_name"], row["matches"], row["articles"], row["share"]) == ("La Gazette", 1, 2, 50.0)
    pairs = [tuple(row.values()) for row in rows(filled, "co-mentions")]
    assert pairs == [
        ("briefcam", "cnil", 1, 50.0), ("cnil", "briefcam", 1, 100.0)
    ]  # fmt: skip


def test_who_said_what_when(filled: Path) -> None:
    told = rows(filled, "chronology")
    assert [(row["topics"]) for row in told] in (
        [["briefcam"], ["briefcam", "cnil"]],
        [["briefcam", "cnil"], ["briefcam"]],
    )
    assert told[0]["date"] == datetime(2024, 11, 21, 8, tzinfo=ZoneInfo("Europe/Paris"))
    assert rows(filled, "chronology", until="2024-11-20") == []
    assert [row["topic"] for row in rows(filled, "first-mention")] == ["briefcam", "cnil"]


def test_what_was_edited_or_removed(filled: Path) -> None:
    (edit,) = rows(filled, "edited")
    assert (edit["title_before"], edit["title"], edit["text_changed"]) == ("Lille et BriefCam", "Lille change", True)
    assert (edit["topics_gained"], edit["topics_lost"]) == ([], ["briefcam"])
    gone = rows(filled, "removed")
    assert {(row["title"], row["why"], row["topic"]) for row in gone} == {
        ("Caen efface", "HTTP 410", "briefcam"), ("Caen efface", "HTTP 410", "cnil")
    }  # fmt: skip
    assert gone[0]["last_seen_at"] < gone[0]["first_missed_at"]
    history = rows(filled, "article-history", article=article_id("https://gazette.exemple/caen"))
    assert [(row["status"], row["changed"]) for row in history] == [(200, True)] + 3 * [(410, False)]


def test_how_the_sources_do(filled: Path) -> None:
    assert [row["key"] for row in rows(filled, "silent-sources", as_of=AS_OF)] == ["mairie"]
    assert {row["key"] for row in rows(filled, "silent-sources")} == {"gazette", "mairie"}
    assert [(row["key"], row["state"], row["articles"]) for row in rows(filled, "coverage")] == [
        ("mairie", "refused", 0), ("gazette", "ok", 2)
    ]  # fmt: skip
    assert {(row["source"], row["stage"], row["reason"]) for row in rows(filled, "failures", as_of=AS_OF)} == {
        ("mairie", "fetch", "refused"), ("gazette", "extract", "empty")
    }  # fmt: skip
    assert [(row["source"], row["last_outcome"], row["not_ok"]) for row in rows(filled, "sources-health")] == [
        ("mairie", "refused", 1), ("gazette", "ok", 0)
    ]  # fmt: skip


def test_a_source_of_the_catalogue_that_was_never_crawled_is_not_silent(tmp_path: Path) -> None:
    stored, database = Rows(), tmp_path / "vigie.duckdb"
    stored.run("echo", at("2024-11-20 07:00"), "unreachable", new_pages=0)
    stored.run("cnil", at("2024-11-20 07:00"))
    stored.keep(database)
    (row,) = rows(database, "silent-sources", as_of=AS_OF)
    assert (row["key"], row["runs"], row["last_new"], row["last_outcome"]) == ("echo", 1, None, "unreachable")


def test_a_users_own_queries_join_and_replace(tmp_path: Path, empty: Path) -> None:
    (tmp_path / "mine.sql").write_text("-- Mine. One row.\n-- $n: a number (default: 2)\nSELECT $n::INTEGER + 1 AS n\n")
    (tmp_path / "removed.sql").write_text("-- Another. One row.\nSELECT 1 AS one\n")
    queries = load_queries([tmp_path, tmp_path / "nowhere"])
    assert queries["removed"].help == "Another. One row."
    mine = queries["mine"]
    assert ask(empty, mine.sql, mine.values({})).rows == [(3,)]
    assert ask(empty, mine.sql, mine.values({"n": "4"})).rows == [(5,)]
    with pytest.raises(MistakeError, match="no parameter 'm'; it has n"):
        mine.values({"m": "1"})
    with pytest.raises(MistakeError, match="give article"):
        queries["article-history"].values({})


def test_all_faults_of_a_users_queries_are_said_at_once(tmp_path: Path) -> None:
    wrong = {
        "bare": ("SELECT 1", "begin with a comment"),
        "misspelt": ("-- One row.\n-- $n a number\nSELECT $m", r"$m is used but not declared"),
        "unused": ("-- One row.\n-- $n: a number\nSELECT 1", r"$n is declared but not used"),
        "broken": ("-- One row.\nSELEC 1", "Parser Error"),
        "two": ("-- One row.\nSELECT 1; SELECT 2", "one query at a time"),
        "typed": ("-- One row.\n-- $n FLOAT: a number\nSELECT $n", "should be"),
    }
    for name, (sql, _) in wrong.items():
        (tmp_path / f"{name}.sql").write_text(sql)
    with pytest.raises(MistakeError) as fault:
        load_queries([tmp_path])
    said = str(fault.value).splitlines()
    assert len(said) == len(wrong)
    for name, (_, words) in wrong.items():
        assert any(f"{name}.sql" in line and words in line for line in said), (name, said)


def test_typed_parameters_are_read(tmp_path: Path, empty: Path) -> None:
    head = "-- One row.\n-- $keys VARCHAR[]: keys (default: a, b)\n-- $at TIMESTAMPTZ: when\n"
    (tmp_path / "typed.sql").write_text(head + "SELECT len($keys) AS n, $at < TIMESTAMPTZ '2024-06-01' AS before\n")
    query = load_queries([tmp_path])["typed"]
    assert ask(empty, query.sql, query.values({"at": "2024-05-31"})).rows == [(2, True)]
    with pytest.raises(MistakeError, match="no day or moment"):
        query.values({"at": "hier"})


def test_the_schema_is_no_question() -> None:
    assert "schema" not in QUESTIONS
    assert (QUERIES / "schema.sql").exists()
