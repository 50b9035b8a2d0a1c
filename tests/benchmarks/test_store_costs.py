"""What the store's means cost: loading by lines against executemany, and a publication against a bare copy.

VIGIE_BENCH_ARTICLES says how many articles the database holds (100,000 unless said; 1,000,000 takes minutes and 6 GB).
"""

# ruff: noqa: T201 (a benchmark says what it measured)
from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from pipeline.history import Batch, keep
from pipeline.store import QUERIES, Store, writing

pytestmark = pytest.mark.benchmark
ARTICLES = int(os.environ.get("VIGIE_BENCH_ARTICLES", "100000"))
AT = datetime(2024, 11, 21, tzinfo=UTC)
WORDS = "la ville utilise un logiciel que la commission nationale n'a pas vu passer et dont le conseil débat "


def seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def article(n: int, text: str) -> dict[str, object]:
    address = f"https://exemple.fr/{n}"
    return {
        "id": f"{n:016x}", "source": "s", "url": address, "canonical_url": address, "title": f"Titre {n}",
        "authors": ["A. B"], "published_at": AT, "published_from": "meta", "access": "full", "language": "fr",
        "text": f"{n} {text}", "first_seen_at": AT, "capture_id": f"c{n}", "version": f"v{n}",
    }  # fmt: skip


def capture(n: int) -> dict[str, object]:
    address = f"https://exemple.fr/{n}"
    return {
        "id": f"c{n}", "article_id": f"{n:016x}", "role": "page", "source": "s", "door": "feed", "url": address,
        "requested_url": address, "fetched_at": AT, "status": 200, "payload_sha256": "0" * 64, "version": f"v{n}",
        "file": "f", "offset": n,
    }  # fmt: skip


def test_rows_by_lines_against_executemany(tmp_path: Path) -> None:
    rows, few = [article(n, WORDS * 38) for n in range(30_000)], 300
    plain = duckdb.connect(str(tmp_path / "plain.duckdb"))
    plain.execute((QUERIES / "schema.sql").read_text("utf-8"))
    insert = f"INSERT INTO articles ({', '.join(rows[0])}) VALUES ({', '.join(f'${name}' for name in rows[0])})"
    slow = few / seconds(lambda: plain.executemany(insert, rows[:few]))
    plain.close()
    with writing(tmp_path / "vigie.duckdb") as store:
        fast = len(rows) / seconds(lambda: store.insert("articles", rows, ("id",)))
    print(f"\n{len(rows):,} articles by lines {fast:,.0f}/s, executemany {slow:,.0f}/s: {fast / slow:.0f} times")


def grow(store: Store) -> None:
    """Articles of 3.8 kB, made in the engine of a vocabulary of 4,000 words."""
    store.run("CREATE TEMP TABLE words AS SELECT list(md5(i::VARCHAR)[:(3 + i % 7)]) AS w FROM range(4000) t(i)")
    for begin in range(0, ARTICLES, 100_000):
        store.run(f"""
            CREATE OR REPLACE TEMP TABLE made AS
            SELECT printf('%016x', i) AS id, 'c' || i AS capture_id, 'v' || i AS version, i AS n,
                   TIMESTAMPTZ '2020-01-01' + to_seconds(i) AS seen, 'https://exemple.fr/' || i AS url,
                   array_to_string([w[1 + (hash(i * 600 + j) % 4000)::INT] FOR j IN range(580)], ' ') AS text
            FROM range({begin}, {min(ARTICLES, begin + 100_000)}) t(i), words;
            INSERT INTO articles SELECT id, 's', url, url, 'Titre ' || n, ['A. B'], seen, 'meta', 'full', 'fr', text,
                   seen, capture_id, version FROM made;
            INSERT INTO captures SELECT capture_id, id, 'page', 's', 'feed', url, url, seen, 200, sha256(url), version,
                   'f', n FROM made;
            INSERT INTO versions SELECT id, version, seen, capture_id, 'Titre ' || n, seen, 'full', NULL FROM made;
            """)


def test_a_publication_against_a_bare_copy(tmp_path: Path) -> None:
    path = tmp_path / "vigie.duckdb"
    with writing(path) as store:
        grow(store)

    def add(first: int) -> None:
        with writing(path) as store:
            batch = Batch(store)
            for n in range(first, first + 1000):
                batch.articles.add(article(n, WORDS * 38))
                batch.captures.add(capture(n))
            with store.transaction():
                keep(store, batch)

    bare = seconds(lambda: shutil.copyfile(path, tmp_path / "copy"))
    nothing = seconds(lambda: add_nothing(path))
    thousand = seconds(lambda: add(ARTICLES))
    print(
        f"\n{ARTICLES:,} articles, {path.stat().st_size / 1e6:,.0f} MB: bare copy {bare:.2f} s,"
        f" publication of nothing {nothing:.2f} s ({nothing / bare:.1f} times),"
        f" of 1,000 new articles {thousand:.2f} s ({thousand / bare:.1f} times)"
    )


def add_nothing(path: Path) -> None:
    with writing(path):
        pass
