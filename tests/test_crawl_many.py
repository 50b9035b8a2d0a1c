"""150 sources at once on one loopback server: politeness by the server's own log, and what a second crawl costs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from urllib.parse import urlsplit

import pytest

from pipeline.demo.server import Web, serve
from tests.scripted_web import MONDAY, Crawler, Told, rss, source

SOURCES, ENTRIES, DELAY = 150, 6, 0.5
# The delay counts from the end of an answer, which the server enters before it is sent.
JITTER = 0.02
FILL = "<p>" + "Un paragraphe qui emplit la page. " * 1200


@dataclass(frozen=True)
class Crawls:
    """A first crawl, and a second one ten minutes later with news on every third site."""

    first: Told
    second: Told
    seconds: float


def host(n: int) -> str:
    return f"http://site{n}.example"


def entries(n: int, count: int) -> list[tuple[str, str]]:
    return [(f"{host(n)}/{day}", f"2024-11-{10 + day:02}T06:00:00+00:00") for day in range(count)]


@pytest.fixture(scope="module")
def crawls(crawler: Crawler, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawls]:
    home = tmp_path_factory.mktemp("many")
    sources = [source(f"site{n}", feed=f"{host(n)}/rss.xml", delay=DELAY) for n in range(SOURCES)]
    rows = [{"url": f"{host(n)}/rss.xml", **rss(*entries(n, ENTRIES))} for n in range(SOURCES)]
    rows += [{"url": url, "body": url + FILL} for n in range(SOURCES) for url, _ in entries(n, ENTRIES + 1)]
    with serve(Web.from_rows(rows)) as site:
        first = crawler.crawl(site, home, sources, timeout=20)
        for n in range(0, SOURCES, 3):
            site.web.change(f"{host(n)}/rss.xml", rss(*entries(n, ENTRIES + 1)))
        yield Crawls(first, crawler.crawl(site, home, sources, MONDAY + timedelta(minutes=10), timeout=20), DELAY)


def by_host(told: Told) -> dict[str, list[float]]:
    times = defaultdict(list)
    for request in told.requests:
        times[urlsplit(request.url).hostname or ""].append(request.time)
    return times


def test_all_are_read(crawls: Crawls) -> None:
    assert crawls.first.errors == 0 and crawls.first.failures == []
    assert {(run.outcome, run.entries, run.new_pages, run.left) for run in crawls.first.runs.values()} == {
        ("ok", ENTRIES, ENTRIES, 0)
    }
    assert len(crawls.first.runs) == SOURCES


def test_all_run_at_once(crawls: Crawls) -> None:
    times = [request.time for request in crawls.first.requests]
    assert max(times) - min(times) < SOURCES * ENTRIES * DELAY / 10
    starts = [min(seen) for seen in by_host(crawls.first).values()]
    ends = [max(seen) for seen in by_host(crawls.first).values()]
    assert max(starts) < min(ends), "each was begun before any was done"


@pytest.mark.parametrize("crawl", ["first", "second"])
def test_no_host_is_asked_faster_than_its_delay(crawls: Crawls, crawl: str) -> None:
    told: Told = getattr(crawls, crawl)
    gaps = {name: min(b - a for a, b in pairwise(sorted(times))) for name, times in by_host(told).items()}
    assert len(gaps) == SOURCES
    soonest = min(gaps, key=lambda name: gaps[name])
    assert gaps[soonest] > DELAY - JITTER, f"{soonest}: {gaps[soonest]:.3f} s"


def test_a_second_crawl_costs_the_doors_and_what_is_new(crawls: Crawls) -> None:
    told = crawls.second
    new = {entries(n, ENTRIES + 1)[-1][0] for n in range(0, SOURCES, 3)}
    doors = {f"{host(n)}{path}" for n in range(SOURCES) for path in ("/rss.xml", "/robots.txt")}
    asked = [request.url for request in told.requests]
    assert sorted(asked) == sorted(doors | new), "each door and robots.txt once, no article that was known"
    unchanged = [request.status for request in told.requests if request.url not in new]
    assert unchanged.count(304) == len(unchanged) - len(new)
    spent = sum(request.bytes for request in told.requests if request.url not in new)
    assert spent < 0.02 * sum(request.bytes for request in crawls.first.requests)
    assert sum(run.new_pages for run in told.runs.values()) == len(new)
