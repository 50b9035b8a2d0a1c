"""The main job on real saved pages, where a machine has some: VIGIE_REAL_WEB names a folder with web.jsonl, pages/ and
reference.jsonl. They are other people's, and so never in this repository.

The pages are served on loopback by the demo's server, under http instead of https: TLS is no business of the reading.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import trafilatura

from pipeline.canonical import canonical_url
from pipeline.demo.server import Web, serve
from pipeline.french import PARIS
from pipeline.store import reading

FOLDER = os.environ.get("VIGIE_REAL_WEB")
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not FOLDER, reason="VIGIE_REAL_WEB names no folder of real saved pages"),
]
DOORS = ('feed = "{}rss.xml"', 'sitemap = "{}sitemap-news.xml"', 'listing = "{}"')


@dataclass(frozen=True)
class Run:
    rows: list[dict[str, Any]]
    articles: dict[str, dict[str, Any]]
    output: str


def plain_http(url: str) -> str:
    return "http://" + url.split("://", 1)[1]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """`vigie crawl` on one source a host, the doors in turn, then `vigie ingest` and a digest."""
    folder, home = Path(FOLDER or ""), tmp_path_factory.mktemp("real")
    rows = [json.loads(line) for line in (folder / "web.jsonl").read_text("utf-8").splitlines() if line.strip()]
    rows = [row | {"url": plain_http(row["url"])} for row in rows if "title" in row]
    hosts = list(dict.fromkeys(urlsplit(row["url"]).netloc for row in rows))
    tables = [
        f'[host-{n}]\nname = "{host}"\nkind = "regional"\narea = ["national"]\n{DOORS[n % 3].format(f"http://{host}/")}\n'
        for n, host in enumerate(hosts)
    ]
    (home / "sources.toml").write_text("\n".join(tables), "utf-8")
    (home / "vigie.toml").write_text(
        f'[watch.all]\ntopics = ["cnil", "videosurveillance"]\nsources = {json.dumps([f"host-{n}" for n in range(len(hosts))])}\n'
    )
    with serve(Web.from_rows(rows, folder)) as site:
        done = subprocess.run(
            [sys.executable, "-m", "pipeline.cli", "--home", str(home), "run"],
            env=os.environ | {"http_proxy": site.proxy},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    with reading(home / "vigie.duckdb") as store:
        articles = {row["canonical_url"]: row for row in store.select("FROM latest").dicts()}
        assert store.select("SELECT count(*) FROM articles").rows[0][0] == len(articles)
    yield Run(rows, articles, done.stdout)


def references() -> list[dict[str, Any]]:
    path = Path(FOLDER or ".") / "reference.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def of(run: Run, url: str) -> dict[str, Any] | None:
    """The article of an address; a page may declare another canonical URL of its site, so its own url counts too."""
    wanted = {canonical_url(url), plain_http(url)}
    return next((a for a in run.articles.values() if {a["canonical_url"], a["url"]} & wanted), None)


def test_every_page_becomes_one_article(run: Run) -> None:
    missing = [row["url"] for row in run.rows if of(run, row["url"]) is None]
    assert not missing
    assert len(run.articles) == len(run.rows)


def test_titles_and_dates_agree_with_the_references(run: Run) -> None:
    titles, dates = [], []
    for row in references():
        article, said = of(run, row["url"]), row["reference"]
        assert article, row["url"]
        if said.get("title"):
            titles.append((same_words(said["title"]) == same_words(article["title"]), said["title"], article["title"]))
        if said.get("date"):
            day = f"{article['published_at'].astimezone(PARIS):%Y-%m-%d}" if article["published_at"] else None
            dates.append((said["date"][:10] == day, row["url"], day))
    for found in (titles, dates):
        wrong = [rest for right, *rest in found if not right]
        assert len(wrong) <= 0.1 * len(found), wrong


def test_every_phrase_that_plain_trafilatura_finds_is_found(run: Run) -> None:
    for row in references():
        article, said = of(run, row["url"]), row["reference"]
        assert article, row["url"]
        page = (Path(FOLDER or "") / row["file"]).read_bytes()
        plain = trafilatura.extract(page, url=row["url"]) or ""
        for phrase in said.get("with", ()):
            if same_words(phrase) in same_words(plain):
                assert same_words(phrase) in same_words(f"{article['title']} {article['text']}"), (row["url"], phrase)


def test_no_word_of_the_watch_that_stands_in_a_text_is_missed(run: Run) -> None:
    told = run.output.replace("\u00a0", " ")
    for article in run.articles.values():
        if re.search(r"\bCNIL\b|vid[ée]o-?\s?surveillance", f"{article['title']} {article['text']}", re.IGNORECASE):
            assert f"vigie show {article['article_id']}" in told, article["canonical_url"]


def same_words(text: str) -> str:
    """A text as words alone: what a typographer may change is no difference."""
    return " ".join(re.findall(r"\w+", text.lower()))
