"""The whole chain as a user runs it: `vigie demo` in an empty folder, then the commands on the home that it made."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.canonical import canonical_url
from pipeline.store import reading

EXPECTED = Path(__file__).parent / "demo_expected.jsonl"
SIX_TOPICS = {"briefcam", "vsa", "cnil", "aipd", "reconnaissance_faciale", "lapi"}


@dataclass(frozen=True)
class Demo:
    home: Path
    output: str

    def vigie(self, *words: str, code: int = 0) -> str:
        return vigie("--home", str(self.home), *words, code=code)


def vigie(*words: str, code: int = 0, folder: Path | None = None) -> str:
    """Run a command as a user does; its standard output. The exit code must be `code`."""
    done = subprocess.run(
        [sys.executable, "-m", "pipeline.cli", *words], capture_output=True, text=True, cwd=folder, check=False
    )
    assert done.returncode == code, (
        f"vigie {' '.join(words)} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
    )
    assert "Traceback" not in done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    home = tmp_path_factory.mktemp("demo") / "home"
    return Demo(home, vigie("--home", str(home), "demo"))


@pytest.fixture(scope="module")
def articles(demo: Demo) -> dict[str, dict[str, Any]]:
    with reading(demo.home / "vigie.duckdb") as store:
        rows = store.select("SELECT * FROM latest").dicts()
        topics = store.select("SELECT article_id, list(DISTINCT topic) AS topics FROM mentions GROUP BY ALL").dicts()
    of = {row["article_id"]: set(row["topics"]) for row in topics}
    return {row["canonical_url"]: row | {"topics": of.get(row["article_id"], set())} for row in rows}


def expected() -> list[dict[str, Any]]:
    return [json.loads(line) for line in EXPECTED.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("row", expected(), ids=lambda row: row["url"].split("//")[1])
def test_each_article_of_the_demo_is_read_right(row: dict[str, Any], articles: dict[str, dict[str, Any]]) -> None:
    article = articles.get(canonical_url(row["url"]))
    assert article, f"{row['url']} never reached the articles: look for it in failures and captures"
    assert article["title"].endswith(row["title"]) if row.get("hostile") else article["title"] == row["title"]
    published = datetime.fromisoformat(row["published"]) if row["published"] else None
    assert article["published_at"] == published
    assert article["access"] == row["access"]
    assert article["topics"] & SIX_TOPICS == set(row["topics"])


def test_nothing_else_becomes_an_article(articles: dict[str, dict[str, Any]]) -> None:
    assert set(articles) - {canonical_url(row["url"]) for row in expected()} == set()


def test_every_mention_stands_where_it_says(demo: Demo) -> None:
    with reading(demo.home / "vigie.duckdb") as store:
        rows = store.select(
            "SELECT m.*, l.title, l.text FROM mentions m JOIN latest l USING (article_id, version)"
        ).dicts()
    assert len(rows) > 100
    for row in rows:
        assert row[row["field"]][row["start"] : row["end"]] == row["surface"]


def test_the_digest_tells_the_story_and_what_was_not_seen(demo: Demo) -> None:
    assert "le logiciel que la Ville n’avait pas annoncé" in demo.output
    assert "refuse l'accès à Vigie" in demo.output.replace("’", "'")
    assert "\x1b" not in demo.output and "\x07" not in demo.output


def test_the_digest_folds_a_reprint_and_places_articles_by_what_they_say(demo: Demo) -> None:
    told = demo.output.replace("\u00a0", " ")
    assert "même texte dans La Tribune du Beffroi" in told
    assert told.count("Six communes mises en demeure par la CNIL pour leurs caméras") == 1
    places = [line.split(" · ")[-1] for line in told.splitlines() if line.startswith("DÉJÀ PARUS")]
    assert places[0] == "LILLE" and {"ROUBAIX", "TOURCOING", "CAEN", "MOIRANS"} <= set(places)


def test_a_second_digest_says_nothing_twice(demo: Demo) -> None:
    again = json.loads(demo.vigie("digest", "--format", "json"))
    assert again["matches"] == []
    assert json.loads(demo.vigie("digest", "--since", "2020-01-01", "--format", "json"))["matches"]


def test_ingest_twice_changes_nothing(demo: Demo) -> None:
    assert demo.vigie("ingest").startswith("0 captures, 0 new articles, 0 versions, 0 mentions, 0 failures")


def test_paid_text_in_the_page_data_does_not_leak(articles: dict[str, dict[str, Any]]) -> None:
    teasers = [article for article in articles.values() if article["access"] == "teaser"]
    assert teasers
    web = (Path(__file__).parents[1] / "pipeline" / "demo" / "pages").glob("*.html")
    paid = [json_text for page in web for json_text in _paid_bodies(page.read_text("utf-8", "replace"))]
    assert paid, "no page of the demo carries paid text any more: this test checks nothing"
    for article in teasers:
        assert not any(body[-80:] in article["text"] for body in paid)


def _paid_bodies(page: str) -> list[str]:
    found = []
    for piece in page.split('<script type="application/ld+json">')[1:]:
        try:
            said = json.loads(piece.split("</script>")[0])
        except ValueError:
            continue
        if (
            isinstance(said, dict)
            and str(said.get("isAccessibleForFree")).lower() == "false"
            and said.get("articleBody")
        ):
            found.append(str(said["articleBody"]))
    return found


def test_show_and_sources_answer(demo: Demo) -> None:
    told = json.loads(demo.vigie("digest", "--since", "2020-01-01", "--format", "json"))["matches"][0]
    shown = demo.vigie("show", told["article_id"])
    assert told["url"] in shown and "sha256" in shown
    assert "leguetteur-lille" in demo.vigie("sources", "list")


def test_a_mistake_is_one_sentence_and_exit_2(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text(
        '[ma-ville]\nname = "Ma ville"\nkind = "municipal"\narea = ["59350"]\nfeeed = "x"\n'
    )
    done = subprocess.run(
        [sys.executable, "-m", "pipeline.cli", "--home", str(tmp_path), "sources", "list"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "feeed" in done.stderr and "feed" in done.stderr and "Traceback" not in done.stderr


def test_the_demo_leaves_somebodys_home_alone(tmp_path: Path) -> None:
    (tmp_path / "vigie.toml").write_text('contact = "veille@exemple.fr"\n', "utf-8")
    assert vigie("demo", "--into", str(tmp_path), code=2) == ""
    assert [file.name for file in tmp_path.iterdir()] == ["vigie.toml"]
    assert "veille@exemple.fr" in (tmp_path / "vigie.toml").read_text("utf-8")
