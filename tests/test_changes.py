"""Changes between versions: what is said to be gone stood there, what is said to be new stands there now."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.archive import Exchange
from pipeline.ask import ask
from pipeline.changes import Piece, diff, pieces
from pipeline.ingest import ingest
from pipeline.questions import load_queries
from pipeline.store import reading
from tests.test_ingest import A, C, archive, how, page, seen

DAY = 24 * 60
OLD = "La Ville utilise BriefCam.\nElle n’a pas informé la CNIL.\nLe conseil en débattra."
NEW = "La Ville utilise un logiciel.\nLe conseil en débattra jeudi."


def test_the_words_that_changed_are_marked() -> None:
    said = diff(OLD, NEW)
    assert "[-BriefCam.-]" in said and "[-Elle n’a pas informé la CNIL.-]" in said
    assert "{+un logiciel.+}" in said and "{+débattra jeudi.+}" in said.replace("[-débattra.-] ", "")
    assert "La Ville utilise" in said


def test_only_blanks_changed_is_nothing() -> None:
    assert diff("un  deux\u00a0trois", "un deux trois") == ""


def test_what_lies_between_is_shortened() -> None:
    middle = " ".join(f"mot{n}" for n in range(200))
    said = diff(f"avant {middle} après", f"devant {middle} derrière", around=3)
    assert said == "[-avant-] {+devant+} mot0 mot1 mot2 … mot197 mot198 mot199 [-après-] {+derrière+}"


TEXT = st.text(st.sampled_from("ab \n\t\u00a0é"), max_size=60)


@given(TEXT, TEXT)
def test_both_texts_can_be_told_from_the_pieces(old: str, new: str) -> None:
    found = pieces(old, new)

    def words(*but: str) -> list[str]:
        return " ".join(piece.text for piece in found if piece.change not in but).split()

    assert words("added") == old.split()
    assert words("removed") == new.split()
    assert (diff(old, new) == "") == (old.split() == new.split())


def test_two_long_texts_that_have_nothing_in_common_take_no_time() -> None:
    old, new = (" ".join(f"{letter}{n}" for n in range(200_000)) for letter in "ab")
    begun = time.process_time()
    assert pieces(old, new) == [Piece("removed", old), Piece("added", new)]
    same_words = [("la ville de " * 40 + "\n") * 400, ("de la ville " * 40 + "\n") * 400]
    pieces(*same_words)
    assert time.process_time() - begun < 10


GONE = b"<html><title>404</title>"
SOFT = page("Page introuvable", "Rien.").replace(b"Le conseil municipal", b"")[:400] + b"</p></article></body></html>"
HOME = "https://gazette.exemple/"


def asked(folder: Path, name: str, *later: Exchange) -> list[dict[str, Any]]:
    """What a named query says of an article that was read at first, and of what came later."""
    archive(folder / "archive", "1", [seen(0, "lille", A), *later])
    ingest(folder / "archive", folder / "vigie.duckdb", how())
    query = load_queries()[name]
    return ask(folder / "vigie.duckdb", query.sql, query.values({"topic": "briefcam"})).dicts()


ABOVE = "https://gazette.exemple/actualites/"


def test_an_article_that_leads_to_its_section_is_gone(tmp_path: Path) -> None:
    later = looks(page("Actualités", "Les titres."), ABOVE)
    moved = [replace(one, requested_url=f"{ABOVE}lille") for one in later]
    first = replace(seen(0, "lille", A), url=f"{ABOVE}lille", requested_url=f"{ABOVE}lille")
    (row,) = asked(tmp_path, "removed", first, *moved)
    assert (row["why"], row["times"]) == ("leads to a section", 3)


def looks(body: bytes = b"", url: str = "", **more: Any) -> list[Exchange]:
    """Three looks over two days that all gave the same; `url` is where they led."""
    found = [seen(n * DAY, "lille", body, **more) for n in (1, 2, 3)]
    return [replace(one, url=url) if url else one for one in found]


@pytest.mark.parametrize(
    ("later", "why"),
    [
        (looks(GONE, status=404), "HTTP 404"),
        (looks(GONE, status=410), "HTTP 410"),
        (looks(SOFT), "says so"),
        ([*looks(SOFT)[:1], *looks(b"", status=304, same_as="x")[1:]], None),
        (looks(page("Accueil", "Les titres."), HOME), "leads to the home page"),
        (looks(page("Accueil", "Les titres."), HOME + "accueil.html"), "leads to the home page"),
        (looks(page("Accueil", "Les titres."), HOME + "fr/"), "leads to the home page"),
        (looks(page("Lille", "Les titres."), HOME + "lille/"), None),
        (looks(GONE, status=404)[:2], None),
        ([seen(DAY + n, "lille", GONE, status=404) for n in range(5)], None),
        ([*looks(GONE, status=404), seen(4 * DAY, "lille", A)], None),
        ([*looks(GONE, status=404), seen(4 * DAY, "lille", b"", status=304, same_as="x")], None),
        (looks(C), None),
        (looks(b"   "), None),
    ],
    ids=[
        "404",
        "410",
        "soft 404",
        "unchanged",
        "home",
        "home by its name",
        "home in its language",
        "a page beside",
        "twice",
        "one day",
        "back",
        "back unchanged",
        "edited",
        "empty",
    ],
)
def test_a_removal_is_said_when_it_was_seen_three_times_over_two_days(
    tmp_path: Path, later: list[Exchange], why: str | None
) -> None:
    found = asked(tmp_path, "removed", *later)
    assert [(row["why"], row["times"]) for row in found] == ([(why, 3)] if why else [])
    if found:
        assert found[0]["url"] == "https://gazette.exemple/lille"
        assert found[0]["answered_at"] - found[0]["first_missed_at"] == timedelta(days=2)


def test_the_same_soft_404_again_is_no_sign_of_life(tmp_path: Path) -> None:
    same: dict[str, Any] = {"status": 304, "same_as": hashlib.sha256(SOFT).hexdigest()}
    found = asked(tmp_path, "removed", *looks(SOFT)[:1], *looks(b"", **same)[1:])
    assert [(row["why"], row["times"]) for row in found] == [("says so", 3)]


def test_an_edit_is_a_row_with_what_it_lost_and_a_closed_paywall_is_told_apart(tmp_path: Path) -> None:
    (row,) = asked(tmp_path, "edited", seen(DAY, "lille", C))
    assert "briefcam" in row["topics_lost"] and row["access_before"] is None
    assert row["url"] == "https://gazette.exemple/lille"


def test_show_diff_prints_what_each_version_changed(tmp_path: Path) -> None:
    asked(tmp_path, "edited", seen(DAY, "lille", C))
    with reading(tmp_path / "vigie.duckdb") as store:
        (name,) = store.select("SELECT id FROM articles").rows[0]
    command = [sys.executable, "-m", "pipeline.cli", "--home", str(tmp_path), "show", name[:8], "--diff"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "BriefCam" in done.stdout and "{+" in done.stdout and "[-" in done.stdout
    assert done.stdout.endswith("2 versions\n") and "\x1b" not in done.stdout


YEARS = {2: 2021, 3: 2019}
GONE_ON = {5: 404, 6: 404, 8: 410}


@pytest.fixture(scope="module")
def withdrawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with somebody's archive: one article that says 2021 on 2 March, 2019 on the 3rd, and is gone from the 5th."""
    home = tmp_path_factory.mktemp("withdrawn")
    (home / "vigie.toml").write_text('[watch.w]\ntopics = ["briefcam"]\nareas = ["59512"]\n')
    (home / "sources.toml").write_text("")

    def on(day: int, body: bytes, status: int = 200) -> Exchange:
        one = seen(0, "roubaix", body, status=status, source=None, door=None)
        return replace(one, fetched_at=datetime(2026, 3, day, 9, tzinfo=UTC))

    said = "À Roubaix, la Ville de Roubaix utilise BriefCam depuis {}, affirme la mairie de Roubaix."
    shown = [
        on(day, page("BriefCam à Roubaix", said.format(year)).replace(b"2024-11-21T08", b"2026-03-02T08"))
        for day, year in YEARS.items()
    ]
    archive(home / "archive", "1", [*shown, *(on(day, GONE, status) for day, status in GONE_ON.items())])
    ingest(home / "archive", home / "vigie.duckdb", how())
    return home


def told(home: Path, *words: str) -> str:
    command = [sys.executable, "-m", "pipeline.cli", "--home", str(home), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return " ".join(done.stdout.split())


@pytest.mark.parametrize("words", [("--peek",), ("--as-of", "2026-03-10"), ("--since", "2026-03-01")])
def test_a_digest_of_a_withdrawn_article_says_so(withdrawn: Path, words: Sequence[str]) -> None:
    said = told(withdrawn, "digest", *words)
    assert "depuis 2019" in said and "(version vue le mardi 3 mars 2026)" in said
    assert "modifié, vu le mardi 3 mars 2026" in said and "source du lieu suivi" not in said
    assert (
        "introuvable depuis le jeudi 5 mars 2026 (HTTP 404, puis 410), constaté 3 fois jusqu'au dimanche 8 mars 2026"
        in said
    )


def test_a_dossier_of_a_withdrawn_article_says_what_was_seen_when(withdrawn: Path, tmp_path: Path) -> None:
    told(withdrawn, "dossier", "roubaix", "-o", str(tmp_path / "d.md"))
    said = " ".join((tmp_path / "d.md").read_text().replace("\\", "").split())
    assert said.count("(version vue le mardi 3 mars 2026)") >= 2
    assert "Introuvable depuis le jeudi 5 mars 2026 (HTTP 404, puis 410), constaté 3 fois" in said


def test_show_tells_a_removal_and_every_answer(withdrawn: Path) -> None:
    with reading(withdrawn / "vigie.duckdb") as store:
        (name,) = store.select("SELECT id FROM articles").rows[0]
    said = told(withdrawn, "show", name)
    assert "removed: not found since Thursday 5 March 2026 (HTTP 404, then 410), missed 3 times" in said
    assert "5 captures:" in said and said.count("HTTP 404 1-") == 2 and "HTTP 410 1-" in said
