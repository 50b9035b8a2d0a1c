"""Reprints and matters in the database: the same whether articles come at once or by drops, and after an edit."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline.measures.stories import Labelled, folded_texts, joined_matters, read_articles
from pipeline.prints.retell import retell
from pipeline.store import Store, reading, writing

LABELLED = [
    one
    for one in read_articles((Path(__file__).parent / "evaluation" / "stories.jsonl").read_text("utf-8").splitlines())
    if one.topics
]
PLACES = {one.id: one.places for one in LABELLED}


def add(store: Store, articles: Sequence[Labelled], version: str = "v1") -> None:
    """The rows that ingest would write for these."""
    for one in articles:
        capture, at = f"{one.id}-{version}", one.at.isoformat()
        address = f"https://{one.source}.example/{one.id}"
        seen = {"version": version, "capture_id": capture, "title": one.title, "published_at": at, "access": "full"}
        store.insert("versions", [seen | {"article_id": one.id, "seen_at": at}], ("capture_id",))
        article = seen | {
            "id": one.id, "source": one.source, "url": address, "canonical_url": address, "authors": [],
            "published_from": "meta", "language": "fr", "text": one.text, "first_seen_at": at,
        }  # fmt: skip
        store.insert("articles", [article], ("id",))
        mention = {"article_id": one.id, "version": version, "field": "text", "rule": "r", "rules_version": "1",
                   "surface": "", "start": 0, "end": 0, "edits": 0, "sentence": ""}  # fmt: skip
        store.insert("mentions", [mention | {"topic": topic} for topic in sorted(one.topics)], ("article_id", "topic"))


def stories(path: Path) -> list[tuple[object, ...]]:
    with reading(path) as store:
        return store.select("FROM stories ORDER BY article_id").rows


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[object, ...]]:
    path = tmp_path_factory.mktemp("once") / "vigie.duckdb"
    with writing(path) as store:
        add(store, LABELLED)
        assert retell(store, PLACES) == len(LABELLED)
        assert retell(store, PLACES) == 0
    return stories(path)


def test_the_tables_say_what_the_functions_do(at_once: list[tuple[object, ...]]) -> None:
    texts = folded_texts(LABELLED)
    matter = joined_matters(LABELLED, texts)
    assert {row[0]: row[1] for row in at_once} == texts
    assert {row[0]: row[5] for row in at_once if row[0] in matter} == matter


def test_drops_give_what_a_flood_gives(tmp_path: Path, at_once: list[tuple[object, ...]]) -> None:
    path = tmp_path / "vigie.duckdb"
    shuffled = random.Random(3).sample(LABELLED, len(LABELLED))
    with writing(path) as store:
        for begin in range(0, len(shuffled), 20):
            add(store, shuffled[begin : begin + 20])
            assert retell(store, PLACES) == len(shuffled[begin : begin + 20])
    assert stories(path) == at_once


def test_an_article_that_was_rewritten_leaves_its_text(tmp_path: Path) -> None:
    path = tmp_path / "vigie.duckdb"
    wire = [one for one in LABELLED if one.same == "mises"]
    with writing(path) as store:
        add(store, wire)
        retell(store, PLACES)
        store.run(
            "INSERT INTO versions SELECT article_id, 'v2', seen_at + INTERVAL 1 HOUR, 'again', title, published_at,"
            " access, 'Ce texte a été retiré à la demande de la rédaction.' FROM versions"
            " WHERE article_id = 'mises-afp'"
        )
        assert retell(store, PLACES) == 1
    assert {row[0]: row[1] for row in stories(path)} == {
        one.id: "mises-afp" if one.id == "mises-afp" else "mises-echo" for one in wire
    }
