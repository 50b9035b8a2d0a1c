# ruff: noqa: T201  # a benchmark tells what it measured
"""What folding and joining cost: against reading a page's words once, against every pair, and as the archive grows.

    pytest -m benchmark -s tests/benchmarks/test_bench_stories.py

Articles are made: sentences of plain prose and words of a vocabulary, one in ten a reprint, one in three with the foot
of its source. VIGIE_BENCH_ARTICLES says how many (100,000 unless told; a million takes some ten minutes).
Seconds are of processor time, in one process.
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib import resources
from itertools import combinations
from random import Random

import pytest

from pipeline.prints.folding import fold
from pipeline.prints.reprints import SOME, Print, Signature, Text, compare, compared, near, signature, sweep
from pipeline.stories import Told, matters, telling_words

pytestmark = pytest.mark.benchmark
ARTICLES = int(os.environ.get("VIGIE_BENCH_ARTICLES", "100000"))
A_DAY = 1000  # articles
BEGIN = datetime(2022, 1, 1, tzinfo=UTC)


def seconds(task: Callable[[], object]) -> float:
    begun = time.process_time()
    task()
    return time.process_time() - begun


def texts(count: int, words: int = 400) -> Iterator[str]:
    random = Random(0)
    prose = resources.files("pipeline").joinpath("prose.txt").read_text(encoding="utf-8").split()
    recent: list[str] = []
    for n in range(count):
        if n % 10 == 9:
            old = random.choice(recent).split()
            body = old[: random.randrange(len(old) // 2, len(old))] + random.choices(prose, k=40)
        else:
            body = random.choices(prose, k=words)
        recent = [*recent[-500:], " ".join(body)]
        yield recent[-1]


def marked(count: int) -> Iterator[Print]:
    """Prints with marks drawn by chance, 48 each: the archive of years without its texts."""
    random = Random(0)
    recent: list[list[int]] = []
    for n in range(count):
        marks = [random.getrandbits(32) for _ in range(48)]
        if n % 10 == 9:
            marks[:24] = random.choice(recent)[:24]
        foot = [7 * (n % 5) + one for one in range(4)] if n % 3 == 0 else []
        recent = [*recent[-500:], marks]
        at = BEGIN + timedelta(days=n / A_DAY)
        yield Print(f"{n:07}", f"s{n % 180}", at, "T", Signature(400, f"{n:016x}", tuple(sorted({*marks, *foot}))))


def test_a_signature_against_splitting_the_words() -> None:
    some = list(texts(2000))
    split = seconds(lambda: [text.lower().split() for text in some])
    signed = seconds(lambda: [signature(text) for text in some])
    named = seconds(lambda: [telling_words("", text) for text in some[:500]]) * 4
    marks = sum(len(signature(text).marks) for text in some[:200]) / 200
    print(
        f"\n400 words: signature {1e6 * signed / len(some):,.0f} µs, {signed / split:.0f} times lower().split();"
        f" {4 * marks:.0f} bytes; telling words {1e6 * named / len(some):,.0f} µs"
    )


def test_pairs_against_every_pair() -> None:
    some = list(marked(3000))
    sets = [frozenset(one.signature.marks) for one in some]
    every = seconds(lambda: sum(len(a & b) >= SOME * min(len(a), len(b)) for a, b in combinations(sets, 2)))
    found: list[tuple[str, str]] = []
    indexed = seconds(lambda: found.extend(near(some)))
    print(
        f"\n3,000 texts: index {indexed:.2f} s, every pair {every:.2f} s: {every / indexed:.0f} times;"
        f" {len(found)} pairs"
    )


def test_pairs_as_the_archive_grows() -> None:
    print()
    for count in (ARTICLES // 10, ARTICLES):
        made = seconds(lambda count=count: sum(1 for _ in marked(count)))  # type: ignore[misc]
        pairs: list[tuple[str, str]] = []
        took = seconds(lambda count=count, pairs=pairs: pairs.extend(sweep(marked(count)))) - made  # type: ignore[misc]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{count:>9,} articles: {took:.1f} s, {1e6 * took / count:.0f} µs each;"
            f" {len(pairs):,} pairs; {peak:,.0f} MB"
        )


def test_a_day_of_new_articles_against_a_month_of_known_ones() -> None:
    prints = list(marked(31 * A_DAY))
    new, known = prints[-A_DAY:], prints[:-A_DAY]
    took = seconds(lambda: near(new, known))
    print(
        f"\n{len(new):,} new against {len(known):,} known: {took:.2f} s, {1e6 * took / len(known):.0f} µs a known one"
    )


def test_the_whole_chain_of_folding() -> None:
    bodies = list(texts(5000))
    prints = [
        Print(f"{n:05}", f"s{n % 50}", BEGIN + timedelta(minutes=n), f"T{n}", signature(text))
        for n, text in enumerate(bodies)
    ]
    by_hash = {one.signature.text_hash: text for one, text in zip(prints, bodies, strict=True)}
    pairs = near(prints)
    likenesses = list(compared(pairs, by_hash))
    folding = seconds(lambda: fold(prints, likenesses))
    one, other = Text(bodies[0]), Text(bodies[1])
    reading, comparing = seconds(lambda: Text(bodies[0])), seconds(lambda: compare(one, other))
    copies = sum(found.copy_of is not None for found in fold(prints, likenesses))
    print(
        f"\n{len(prints):,} articles, {len(pairs):,} pairs: {copies} copies of 500 made"
        f"; fold {1e6 * folding / len(prints):.0f}"
        f" µs an article; a pair {1e6 * comparing:.0f} µs, and {1e6 * reading:.0f} µs a text"
    )


def test_matters_of_all_that_is_tagged() -> None:
    random = Random(0)
    print()
    for count in (2_000, 20_000):
        articles = [
            Told(
                f"{n:06}", f"{n:06}", BEGIN + timedelta(hours=n),
                frozenset(random.choices(("vsa", "cnil", "briefcam"), k=2)), frozenset((f"{n % 97:05}",)),
                frozenset(f"w{int(random.paretovariate(0.4)) % 100_000}" for _ in range(40)),
            )
            for n in range(count)
        ]  # fmt: skip
        took = seconds(lambda articles=articles: matters(articles))  # type: ignore[misc]
        print(f"{count:>7,} tagged articles: {took:.1f} s, {1e6 * took / count:.0f} µs each")
