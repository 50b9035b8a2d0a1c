"""What a reader waits for, on a large home: the digest, each query, a search, the command from start to end.

    pytest -m benchmark -s tests/benchmarks/test_bench_digest.py

VIGIE_BENCH_ARTICLES says how many articles are generated (100,000 unless said; the aims are for 1,000,000, with three
mentions for a hundred articles). The baseline is one reading of all texts by the engine itself in the same run.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.ask import ask
from pipeline.home import Watch
from pipeline.questions import load_queries
from pipeline.search import bring_up_to_date, find
from pipeline.store import reading
from pipeline.telling.gather import Told, gather
from pipeline.telling.journal import journal_at
from tests.benchmarks.large import generate

ARTICLES = int(os.environ.get("VIGIE_BENCH_ARTICLES", "100000"))
NOW = datetime(2025, 9, 14, tzinfo=UTC)
SCAN = "SELECT count(*) FROM articles WHERE text LIKE '%mot7242 mot26%'"
WATCH = Watch("w", topics=("briefcam", "vsa", "cnil"))
SOURCES = [f"source-{n}" for n in range(180)]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("large")
    generate(folder / "vigie.duckdb", ARTICLES, ARTICLES * 3 // 100)
    (folder / "vigie.toml").write_text('[watch.w]\ntopics = ["briefcam", "vsa", "cnil"]\nsources = ["source-0"]\n')
    (folder / "sources.toml").write_text(
        '[source-0]\nname = "S"\nkind = "regional"\narea = ["59"]\nfeed = "https://s.example.org/f"\n'
    )
    return folder


def best(work: Callable[[], object], times: int = 3) -> float:
    """Seconds on the clock, the best of a few times: the machine may have others to serve."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def say(what: str, seconds: float, scan: float) -> None:
    print(f"{what:40} {seconds:7.3f} s {seconds / scan:7.2f} × one reading of all texts")  # noqa: T201


@pytest.fixture(scope="module")
def scan(home: Path) -> float:
    with reading(home / "vigie.duckdb") as store:
        seconds = best(lambda: store.select(SCAN))
    say(f"{ARTICLES:,} articles: one reading", seconds, seconds)
    return seconds


@pytest.mark.benchmark
def test_the_digest(home: Path, scan: float) -> None:
    with reading(home / "vigie.duckdb") as store:
        yesterday = NOW - timedelta(days=30)
        first = gather(store, WATCH, SOURCES, {}, yesterday)
        told = Told(first.events, yesterday)
        say("first digest", best(lambda: gather(store, WATCH, SOURCES, {}, yesterday), 1), scan)
        say("digest of what is new", best(lambda: gather(store, WATCH, SOURCES, {}, NOW, told)), scan)
        daily = gather(store, WATCH, SOURCES, {}, NOW, told)
        old, new = ({match.article_id for match in digest.matches} for digest in (first, daily))
        assert new and not new & old


@pytest.mark.benchmark
def test_each_query(home: Path, scan: float) -> None:
    for name, query in load_queries().items():
        given = {"article": "0", "TIMESTAMPTZ": "2030-01-01"}
        values = query.values(
            {p.name: given.get(p.name) or given.get(p.type) or "cnil" for p in query.parameters if p.required}
        )
        say(f"query {name}", best(lambda: ask(home / "vigie.duckdb", query.sql, values), 2), scan)  # noqa: B023


@pytest.mark.benchmark
def test_search(home: Path, scan: float) -> None:
    with reading(home / "vigie.duckdb") as store:
        index = home / "search.sqlite"
        say("index of all", best(lambda: bring_up_to_date(store, index), 1), scan)
        for words in (["mot7242"], ["mot26004", "OR", "mot34216"], ["mot7242 mot26004"], ["mot0", "NOT", "mot7242"]):
            say(f"search {' '.join(words)}", best(lambda: find(store, index, words)), scan)  # noqa: B023


@pytest.mark.benchmark
def test_the_command_from_start_to_end(home: Path, scan: float) -> None:
    def run(*words: str) -> None:
        subprocess.run([sys.executable, *words], check=True, capture_output=True, timeout=300)

    command = ("-m", "pipeline.cli", "--home", str(home), "digest")
    with reading(home / "vigie.duckdb") as store, journal_at(home / "told.sqlite") as journal:
        digest = gather(store, replace(WATCH, sources=("source-0",)), ["source-0"], {}, NOW - timedelta(days=1))
        journal.sent(journal.claim(digest, "terminal").id, NOW)
    say("python -c 'import duckdb, typer'", best(lambda: run("-c", "import duckdb, typer")), scan)
    say("vigie digest", best(lambda: run(*command)), scan)
    say("vigie digest --peek", best(lambda: run(*command, "--peek")), scan)
