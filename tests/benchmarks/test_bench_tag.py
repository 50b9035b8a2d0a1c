"""What tagging costs: ratios within one run, against the naive way, its own fold and scan, and input made to hurt.

    pytest -m benchmark -s tests/benchmarks/test_bench_tag.py

The naive way is `rapidfuzz.fuzz.partial_ratio(phrase, text) >= 90` for each phrase: every alternative of every rule,
without plurals, which partial_ratio bears. The articles are made of other prose than the cuts are chosen by. Times are
of the processor, the best of several, in one process.
"""

from __future__ import annotations

import json
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from random import Random

import pytest
from rapidfuzz import fuzz

from pipeline import tag
from pipeline.letters import squash
from pipeline.measures.mentions import MARK
from pipeline.rules import Rule, Rules, forms, load_rules

pytestmark = pytest.mark.benchmark
EVALUATION = Path(__file__).parents[1] / "evaluation"
SIZE = 3000  # characters of an article


def articles(count: int, *, mentions: int, seed: int = 0) -> Iterator[str]:
    """Articles of SIZE characters: sentences of plain prose, in another order each time, and so many passages."""
    random = Random(seed)
    prose = (EVALUATION / "other_prose.txt").read_text(encoding="utf-8")
    sentences = [part.strip() + "." for part in prose.split(".") if part.strip()]
    rows = [
        json.loads(line)["marked"] for line in (EVALUATION / "passages.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    marked = [MARK.sub(r"\2", row) for row in rows if "{" in row]
    for _ in range(count):
        chosen = random.sample(marked, mentions)
        while sum(map(len, chosen)) < SIZE:
            chosen.append(random.choice(sentences))
        random.shuffle(chosen)
        yield " ".join(chosen)


def say(line: str) -> None:
    sys.stdout.write(f"\n{line}")


def best(task: Callable[[], object], times: int = 5) -> float:
    """The least of several runs, in seconds."""
    took = []
    for _ in range(times):
        begun = time.process_time()
        task()
        took.append(time.process_time() - begun)
    return min(took)


def phrases_of(rules: Rules) -> list[str]:
    return sorted({f for r in rules.rules for p in r.phrases for f in forms(p.replace("…", "").replace("(s)", ""))})


def naively(phrases: list[str], texts: list[str]) -> float:
    """The seconds that the naive way would take for so many texts, by ten of them."""
    few = texts[:10]
    took = best(lambda: [fuzz.partial_ratio(phrase, text) >= 90 for phrase in phrases for text in few], 2)
    return took * len(texts) / len(few)


@pytest.fixture(scope="module")
def rules() -> Rules:
    rules = load_rules()
    tag.find_mentions("BriefCam", rules)
    return rules


@pytest.mark.parametrize(("name", "mentions"), [("clean", 0), ("one passage with mentions in each", 1), ("four", 4)])
def test_against_the_naive_way_and_its_own_scan(name: str, mentions: int, rules: Rules) -> None:
    texts = list(articles(200, mentions=mentions))
    phrases = phrases_of(rules)
    scanner = tag._automaton(rules)
    whole = best(lambda: [tag.find_mentions(text, rules) for text in texts])
    fold = best(lambda: [squash(text) for text in texts])
    scan = best(lambda: [deque(scanner.iter(squash(text)), maxlen=0) for text in texts])
    naive = naively(phrases, texts)
    found = sum(len(tag.find_mentions(text, rules)) for text in texts) / len(texts)
    say(f"{name}: {found:.1f} mentions and {whole / len(texts) * 1e6:.0f} µs an article")
    say(f"  naive: {naive / whole:.0f} times for {len(phrases)} phrases")
    say(f"  {whole / scan:.2f} times its own fold and scan, {whole / fold:.1f} times its own fold")


@pytest.mark.parametrize("seed", range(3))
def test_against_the_naive_way_with_few_phrases(seed: int, rules: Rules) -> None:
    """The trial's measure: 66 phrases, of ours by chance, each with its plural."""
    texts = list(articles(200, mentions=0))
    phrases = Random(seed).sample(phrases_of(rules), 66)
    few = Rules((Rule("few", "few", phrases=tuple(phrase + "(s)" for phrase in phrases)),))
    tag.find_mentions("BriefCam", few)
    whole = best(lambda: [tag.find_mentions(text, few) for text in texts])
    say(
        f"{whole / len(texts) * 1e6:.0f} µs an article, naive: {naively(phrases, texts) / whole:.0f} times for 66 phrases"
    )


HOSTILE = {
    "near-match, glued": "vidéosurveillanc",
    "near-match, in words": "vidéosurveillanc algorithmiqu ",
    "match": "vidéosurveillance algorithmique ",
    "match without context": "VSA ",
    "acronym": "CNIL ",
    "dotted acronym": "C.N.I.L.",
    "combining marks": "CNIL\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301",
    "blanks": "CNIL          ",
    "seeds": "evitec genete wintic tribuna ",
    "head without tail": "caméras ",
    "inserted words": "caméras a b c augmentées ",
    "exceptions": "caméras augmentent ",
    "ligatures": "œ CNIL ",
    "sentences": ". A CNIL",
    "dots": "........",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_time_grows_with_length_alone(name: str, rules: Rules) -> None:
    piece = HOSTILE[name]
    short, long = (piece * (size // len(piece)) for size in (25_000, 100_000))
    a, b = best(lambda: tag.find_mentions(short, rules), 2), best(lambda: tag.find_mentions(long, rules), 2)
    say(f"{name}: 100,000 characters take {b:.2f} s, {b / a:.1f} times what 25,000 take")


def tagged(seed: int) -> float:
    """The seconds that a thousand articles take, one in five with mentions; to make them is not counted."""
    rules = load_rules()
    tag.find_mentions("BriefCam", rules)
    texts = [*articles(800, mentions=0, seed=seed), *articles(200, mentions=1, seed=seed)]
    begun = time.perf_counter()
    for text in texts:
        tag.find_mentions(text, rules)
    return time.perf_counter() - begun


def test_a_million_articles() -> None:
    """Extrapolated from 100,000, tagged by two processes at once as `vigie retag` does it."""
    with ProcessPoolExecutor(2) as pool:
        took = sum(pool.map(tagged, range(100), chunksize=10))
    say(f"1,000,000 articles, one in five with mentions, on two cores: {took * 10 / 2 / 60:.1f} minutes")
