"""What is said in the matched articles is stored, and can be asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline.ask import ask
from pipeline.questions import load_queries
from pipeline.store import reading
from tests.demo_home import demo_home


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo_home(tmp_path_factory.mktemp("related")) / "vigie.duckdb"


def rows(database: Path, name: str, **given: str) -> list[dict[str, Any]]:
    query = load_queries()[name]
    return ask(database, query.sql, query.values(given)).dicts()


def test_what_the_cnil_says_is_found_with_who_tells_it(database: Path) -> None:
    said = rows(database, "quotes", institution="cnil")
    assert said and {row["institution"] for row in said} == {"cnil"}
    (denied,) = [row for row in said if "n’avoir reçu aucune analyse d’impact" in row["quote"]]
    assert (denied["source_name"], denied["stance"], denied["direct"]) == ("Le Guetteur Lille", "say", False)
    assert denied["topics"] == ["aipd"]
    assert [row["date"] for row in said] == sorted((row["date"] for row in said), reverse=True)


def test_quotes_are_chosen_by_topic_speaker_and_day(database: Path) -> None:
    everything = rows(database, "quotes")
    about = rows(database, "quotes", topic="briefcam")
    assert 0 < len(about) < len(everything) and all("briefcam" in row["topics"] for row in about)
    assert {row["speaker"].lower() for row in rows(database, "quotes", speaker="ville")} >= {"la ville"}
    late = rows(database, "quotes", since="2025-01-01")
    assert 0 < len(late) < len(everything)


def test_every_stored_statement_stands_where_it_says(database: Path) -> None:
    with reading(database) as store:
        found = store.select("SELECT s.*, l.text FROM statements s JOIN latest l USING (article_id, version)").dicts()
    assert len(found) > 20
    for row in found:
        assert row["quote"] == " […] ".join(row["text"][part["start"] : part["end"]] for part in row["parts"])
        assert (row["start"], row["end"]) == (row["parts"][0]["start"], row["parts"][-1]["end"])


def test_two_topics_in_one_sentence(database: Path) -> None:
    both = rows(database, "same-sentence", topic="briefcam", with_topic="cnil")
    assert both
    for row in both:
        assert "briefcam" in row["sentence"].lower() and "cnil" in row["sentence"].lower(), row
    either = rows(database, "same-sentence")
    assert len({(row["article_id"], row["sentence"], row["topic"], row["with_topic"]) for row in either}) == len(either)
    assert all(row["topic"] < row["with_topic"] for row in either)
