"""A crawl into a home of its own that is thrown away: to try doors without touching what a group has."""

from __future__ import annotations

import multiprocessing
import tempfile
from collections.abc import Sequence
from pathlib import Path

from crawler.plan import Plan, new_run_id, utc_now
from crawler.visits import Visits
from pipeline.archive import read_archive
from pipeline.records import Capture, Failure, Source

TRIAL_SECONDS = 180.0


def look(
    sources: Sequence[Source], contact: str = "", pages: int = 3, loopback: bool = False
) -> tuple[list[Capture], list[Failure]]:
    """Crawl the sources, `pages` of each; their captures, doors and robots.txt included, and what could not be had."""
    with tempfile.TemporaryDirectory(prefix="vigie-trial-") as folder:
        plan = Plan(tuple(sources), Path(folder), contact, new_run_id(utc_now()), TRIAL_SECONDS, pages, loopback)
        # In a process of its own: Scrapy's reactor runs once, and a trial crawls several times.
        process = multiprocessing.get_context("spawn").Process(target=_crawl, args=(plan,))
        process.start()
        process.join()
        captures = [capture for file in sorted(plan.archive.glob("*.warc.gz")) for capture, _ in read_archive(file)]
        visits = Visits(plan.visits)
        try:
            return captures, visits.failures()
        finally:
            visits.close()


def _crawl(plan: Plan) -> None:
    from crawler.crawl import crawl  # noqa: PLC0415 (Scrapy is wanted only here)

    crawl(plan)
