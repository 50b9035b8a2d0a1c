"""Crawls into a home of their own that is thrown away: to try doors without touching what a group has."""

from __future__ import annotations

import multiprocessing
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from crawler.plan import Plan, new_run_id, utc_now
from crawler.visits import Visits
from pipeline.archive import read_archive
from pipeline.records import Capture, Failure, Source

TRIAL_SECONDS = 180.0


class Trial:
    """A folder for some crawls, gone at the end; what one of them learnt of a site (its tdmrep.json, its robots.txt's
    validators) the next one knows.

    `pages` of each source are read; `delay`, in seconds, takes the place of the sources' own, and `loopback` lets a
    test ask this machine.
    """

    def __init__(
        self, contact: str = "", pages: int = 3, *, loopback: bool = False, delay: float | None = None
    ) -> None:
        self._contact, self._pages, self._loopback, self._delay = contact, pages, loopback, delay

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="vigie-trial-")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._folder.cleanup()

    def look(self, sources: Sequence[Source]) -> tuple[list[Capture], list[Failure]]:
        """Crawl the sources: their captures, doors and robots.txt included, and what could not be had."""
        if self._delay is not None:
            sources = [replace(source, delay=self._delay) for source in sources]
        run = new_run_id(utc_now())
        home = Path(self._folder.name)
        plan = Plan(tuple(sources), home, self._contact, run, TRIAL_SECONDS, self._pages, self._loopback)
        # In a process of its own: Scrapy's reactor runs once, and a trial crawls several times.
        process = multiprocessing.get_context("spawn").Process(target=_crawl, args=(plan,))
        process.start()
        process.join()
        if process.exitcode:
            raise RuntimeError(f"the trial crawl ended with {process.exitcode}: {_end_of(home / 'crawl.log')}")
        captures = [capture for file in sorted(plan.archive.glob(f"*{run}*")) for capture, _ in read_archive(file)]
        visits = Visits(plan.visits)
        try:
            return captures, [failure for failure in visits.failures() if failure.run_id == run]
        finally:
            visits.close()


def _crawl(plan: Plan) -> None:
    from crawler.crawl import crawl  # noqa: PLC0415 (Scrapy is wanted only here)

    raise SystemExit(1 if crawl(plan) else 0)


def _end_of(log: Path) -> str:
    return log.read_text("utf-8", "replace")[-2000:] if log.exists() else "no log"
