"""What finding places costs: ratios within one run, against its own fold and scan, the tagger, and a longer text.

    pytest -m benchmark -s tests/benchmarks/test_bench_places.py

Articles are plain prose, or prose with passages of the evaluation set among it. Times are the best of several.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from pipeline.geography.toponyms import fold
from pipeline.measures.mentions import MARK
from pipeline.places import Gazetteer, find_places, load_gazetteer
from pipeline.rules import load_rules
from pipeline.tag import find_mentions

pytestmark = pytest.mark.benchmark
EVALUATION = Path(__file__).parents[1] / "evaluation"
SIZE = 3200  # characters of an article


def articles(count: int, passages: int) -> list[str]:
    """Articles of SIZE characters: sentences of plain prose in another order each time, with so many passages."""
    random = Random(0)
    prose = (EVALUATION / "other_prose.txt").read_text(encoding="utf-8")
    sentences = [part.strip() + "." for part in prose.split(".") if part.strip()]
    rows = (EVALUATION / "places.jsonl").read_text(encoding="utf-8").splitlines()
    marked = [MARK.sub(r"\2", json.loads(row)["marked"]) for row in rows]
    made = []
    for _ in range(count):
        chosen = random.sample(marked, passages)
        while sum(map(len, chosen)) < SIZE:
            chosen.append(random.choice(sentences))
        random.shuffle(chosen)
        made.append(" ".join(chosen))
    return made


def best(task: Callable[[], object], times: int = 5) -> float:
    """The least of several runs, in seconds."""
    took = []
    for _ in range(times):
        begun = time.perf_counter()
        task()
        took.append(time.perf_counter() - begun)
    return min(took)


def say(line: str) -> None:
    sys.stdout.write(f"\n{line}")


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.perf_counter()
    made = load_gazetteer()
    say(f"{len(made.names)} names; automaton ready after {1000 * (time.perf_counter() - begun):.0f} ms")
    find_places("", "À Lille.", made)
    say(f"memory: {(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024:.0f} MB more at most")
    return made


@pytest.mark.parametrize("passages", [0, 1, 4, 12])
def test_against_its_own_scan_and_the_tagger(passages: int, gazetteer: Gazetteer) -> None:
    texts = articles(200, passages)
    rules = load_rules()
    find_mentions(texts[0], rules)
    whole = best(lambda: [find_places("", text, gazetteer, ("59",)) for text in texts])
    folded = best(lambda: [fold(text) for text in texts])
    scan = best(lambda: [deque(gazetteer.automaton.iter(f" {fold(text)} "), maxlen=0) for text in texts])
    tagged = best(lambda: [find_mentions(text, rules) for text in texts])
    found = sum(len(find_places("", text, gazetteer, ("59",))) for text in texts)
    say(
        f"{passages:2} passages, {found / len(texts):4.1f} places an article: {whole / scan:.1f} × fold and scan, "
        f"{whole / folded:.0f} × fold, {whole / tagged:.2f} × the tagger"
    )
    assert (found > 0) == (passages > 0)


def test_against_a_text_ten_times_as_long(gazetteer: Gazetteer) -> None:
    names = "À " + ", ".join(["Lille", "Saint-Martin", "Vienne", "Paris", "rue de Lens", "les Lillois"] * 200)
    once = best(lambda: find_places("", names, gazetteer, ("59",)))
    ten = best(lambda: find_places("", names * 10, gazetteer, ("59",)), times=2)
    say(f"names only: ten times the text takes {ten / once:.1f} times as long")
    assert find_places("", names, gazetteer, ("59",))
