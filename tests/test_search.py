"""Search: words as a reader types them, whatever the text's accents, hyphens and blanks."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.records import MistakeError
from pipeline.search import Found, bring_up_to_date, expression, find, fold
from pipeline.store import reading
from tests.stored import Rows, at

SEEN = at("2024-11-21 07:00")
TEXTS = {
    "augmentées": "Des caméras\u00a0augmentées à Lille. Une autre phrase.",
    "à part": "Des caméras ordinaires, et des impôts augmentés.",
    "trait": "La vidéo\u2010surveillance de la ville.",
    "soudé": "La vidéosurveillance de la ville.",
    "sigle": "L'A.I.P.D. est déposée. L’œuvre aussi.",
    "deux": "BriefCam à Roubaix. La CNIL se tait.",
    "trois": "BriefCam à Lille.",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, rows = tmp_path_factory.mktemp("search"), Rows()
    for day, (name, text) in enumerate(TEXTS.items(), 1):
        rows.article(name, text, SEEN, published=at(f"2024-11-{day:02} 05:00"), source="echo" if day % 2 else "cnil")
    rows.keep(folder / "vigie.duckdb")
    with reading(folder / "vigie.duckdb") as store:
        assert bring_up_to_date(store, folder / "search.sqlite") == len(TEXTS)
    return folder


def search(home: Path, *words: str, **more: object) -> list[Found]:
    with reading(home / "vigie.duckdb") as store:
        total, found = find(store, home / "search.sqlite", words, **more)  # type: ignore[arg-type]
    assert total >= len(found)
    return found


def titles(home: Path, *words: str, **more: object) -> set[str]:
    return {one.title for one in search(home, *words, **more)}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("CAMERAS AUGMENTEES",), {"augmentées"}),
        (("caméras", "lille"), {"augmentées"}),
        (("vidéo-surveillance",), {"trait", "soudé"}),
        (("videosurveillance",), {"trait", "soudé"}),
        (("surveillance",), {"trait"}),
        (("AIPD",), {"sigle"}),
        (("oeuvre",), {"sigle"}),
        (("briefcam AND lille",), {"trois"}),
        (("briefcam", "NOT", "lille"), {"deux"}),
        (("briefcam SAUF lille",), {"deux"}),
        (("roubaix OR (caméras ET lille)",), {"deux", "augmentées"}),
        (('"caméras augmentées" OU cnil',), {"augmentées", "deux"}),
        (("« se tait »",), {"deux"}),
        (("caméra*",), {"augmentées", "à part"}),
        (("nulle part",), set()),
    ],
)
def test_words_find_their_articles(home: Path, words: tuple[str, ...], expected: set[str]) -> None:
    assert titles(home, *words) == expected, expression(words)


def test_the_sentence_and_its_words_are_shown(home: Path) -> None:
    (one,) = search(home, "cameras augmentees")
    assert one.sentence.startswith("Des caméras\u00a0augmentées") and one.surfaces == ("caméras", "augmentées")
    (trait, *_) = [one for one in search(home, "videosurveillance") if one.title == "trait"]
    assert trait.surfaces == ("vidéo\u2010surveillance",)


def test_area_and_date_and_number(home: Path) -> None:
    assert titles(home, "briefcam", sources=["cnil"]) == {"deux"} and titles(home, "briefcam", sources=[]) == set()
    assert titles(home, "briefcam", since=at("2024-11-07 00:00")) == {"trois"}
    assert len(search(home, "ville", limit=1)) == 1


@pytest.mark.parametrize("words", [("OR",), ("(a",), ("",), ("NOT lille",), ("a AND",), ("...",), ('"',)])
def test_what_makes_no_question_is_a_mistake(home: Path, words: tuple[str, ...]) -> None:
    with pytest.raises(MistakeError):
        search(home, *words)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.text(st.sampled_from("ab \"()*:^-+{}\\'ANDORT«»é\0")), min_size=1, max_size=3))
def test_no_words_command_the_index(home: Path, words: list[str]) -> None:
    with suppress(MistakeError):
        search(home, *words)


def test_versions_of_one_article_may_come_in_different_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.search.CHUNK", 1)
    rows = Rows()
    for day, word in ((21, "un"), (22, "deux"), (23, "trois")):
        rows.article("a", f"Mot {word}.", at(f"2024-11-{day} 07:00"))
    rows.keep(tmp_path / "vigie.duckdb")
    with reading(tmp_path / "vigie.duckdb") as store:
        assert bring_up_to_date(store, tmp_path / "search.sqlite") == 3


def test_an_edit_is_found_in_both_its_versions_and_told_apart(tmp_path: Path) -> None:
    rows = Rows()
    rows.article("un", "La Ville emploie un mouchard.", SEEN)
    rows.keep(tmp_path / "vigie.duckdb")
    with reading(tmp_path / "vigie.duckdb") as store:
        bring_up_to_date(store, tmp_path / "search.sqlite")
    rows.article("un", "La Ville emploie un logiciel.", at("2024-11-22 07:00"))
    rows.keep(tmp_path / "vigie.duckdb")
    with reading(tmp_path / "vigie.duckdb") as store:
        assert bring_up_to_date(store, tmp_path / "search.sqlite") == 1
        assert bring_up_to_date(store, tmp_path / "search.sqlite") == 0
    (gone,), (there,) = search(tmp_path, "mouchard"), search(tmp_path, "logiciel")
    assert gone.article_id == there.article_id and not gone.still_there and there.still_there


def test_an_index_that_was_made_otherwise_is_made_anew(tmp_path: Path) -> None:
    rows = Rows()
    rows.article("un", "Un mouchard.", SEEN)
    rows.keep(tmp_path / "vigie.duckdb")
    with closing(sqlite3.connect(tmp_path / "search.sqlite")) as index:
        index.executescript("CREATE TABLE docs (id INTEGER); PRAGMA user_version = 1;")
    with reading(tmp_path / "vigie.duckdb") as store:
        assert bring_up_to_date(store, tmp_path / "search.sqlite") == 1
    assert titles(tmp_path, "mouchard") == {"un"}


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
