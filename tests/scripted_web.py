"""A web that changes from crawl to crawl, and crawls whose clock is an argument: the harness of simulations.

    with serve(Web.from_rows([...])) as site, Crawler() as crawler:
        told = crawler.crawl(site, home, sources, at=monday)          # a crawl like any other, but for its clock
        site.web.change("http://titre.example/a", {"status": 404})
        told = crawler.crawl(site, home, sources, at=monday + timedelta(days=1))
        told.runs["titre"].outcome

A crawl takes about a tenth of a second: all of them run in one process beside this one, since Scrapy's reactor starts
once in a process. `play` runs a script of days. Sources are declared with `source`, which asks without delay.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from crawler.plan import Plan
from crawler.visits import Visits
from pipeline.demo.server import Request, Site
from pipeline.records import Capture, Failure, Run, Source

PROXIES = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "no_proxy", "NO_PROXY")
MONDAY = datetime(2024, 11, 18, 7, 0, tzinfo=UTC)

Changes = Mapping[str, Any]
"""Addresses, and what each answers from then on: a row as in web.jsonl without its url, or several in turn."""


def source(key: str, **declared: Any) -> Source:
    """A source of one kind and place that is asked without delay; single addresses may be given as texts."""
    lists = ("area", "feed", "sitemap", "listing", "page", "archive", "history", "data", "search")
    values = {name: (v,) if name in lists and isinstance(v, str) else v for name, v in declared.items()}
    return Source(**({"key": key, "name": key, "kind": "regional", "area": ("59350",), "delay": 0.0} | values))


@dataclass(frozen=True)
class Told:
    """What one crawl did: the errors of our own, its rows of the ledger by source, its failures, the web's requests."""

    errors: int
    runs: dict[str, Run]
    failures: list[Failure]
    requests: list[Request]

    @property
    def asked(self) -> list[str]:
        """The addresses that were asked for, robots.txt and tdmrep.json aside, in their order."""
        return [r.url for r in self.requests if not r.url.endswith(("/robots.txt", "/tdmrep.json"))]

    def reasons(self, key: str) -> list[str]:
        """The words for what one source could not give."""
        return [failure.reason for failure in self.failures if failure.source == key]


class Crawler:
    """A process that crawls one plan after the other."""

    def __enter__(self) -> Self:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_crawl_all, args=(theirs,))
        self._process.start()
        theirs.close()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pipe.close()
        self._process.join()

    def crawl(self, site: Site, home: Path, sources: Iterable[Source], at: datetime = MONDAY, **plan: Any) -> Told:
        """Crawl the sources at the time `at`, which then passes as quickly as ours. `plan`: other fields of a Plan."""
        site.forget()
        run_id = f"{at:%Y%m%dT%H%M%SZ}"
        fields = {"timeout": 1.0, "loopback": True} | plan | {"sources": tuple(sources), "home": home, "run_id": run_id}
        self._pipe.send((fields, at, site.proxy))
        errors = self._pipe.recv()
        if isinstance(errors, BaseException):
            raise errors
        visits = Visits(home / "crawl.sqlite")
        try:
            runs = {run.source: run for run in visits.runs() if run.run_id == run_id}
            failures = [failure for failure in visits.failures() if failure.run_id == run_id]
        finally:
            visits.close()
        return Told(errors, runs, failures, site.requests)


def play(
    crawler: Crawler,
    site: Site,
    home: Path,
    sources: Iterable[Source],
    script: Mapping[int, Changes],
    days: int,
    start: datetime = MONDAY,
    after: Callable[[int, datetime, Told], None] | None = None,
) -> list[Told]:
    """Crawl once a day, the web changing as the script says before that day's crawl; `after` is called after each."""
    told, sources = [], tuple(sources)
    for day in range(days):
        change(site, script.get(day, {}))
        at = start + timedelta(days=day)
        told.append(crawler.crawl(site, home, sources, at))
        if after:
            after(day, at, told[-1])
    return told


def change(site: Site, changes: Changes) -> None:
    """Have addresses answer otherwise from now on."""
    for url, rows in changes.items():
        site.web.change(url, *([rows] if isinstance(rows, Mapping) else rows))


def captures(home: Path, role: str = "page") -> list[Capture]:
    """What the home's archive holds, in the order in which it was fetched."""
    from pipeline.archive import read_archive

    found = [capture for file in (home / "archive").glob("*.warc.gz") for capture, _ in read_archive(file)]
    return sorted((c for c in found if c.role == role), key=lambda capture: capture.fetched_at)


def rss(*entries: tuple[str, str], site: str = "Titre") -> dict[str, Any]:
    """An answer: a feed with these addresses and ISO dates (an empty one for none)."""
    from email.utils import format_datetime
    from xml.sax.saxutils import escape

    items = "".join(
        f"<item><title>{escape(url)}</title><link>{escape(url)}</link>"
        + (f"<pubDate>{format_datetime(datetime.fromisoformat(when))}</pubDate>" if when else "")
        + "</item>"
        for url, when in entries
    )
    text = f'<?xml version="1.0"?><rss version="2.0"><channel><title>{site}</title>{items}</channel></rss>'
    return {"body": text, "type": "application/rss+xml"}


def _crawl_all(pipe: Connection) -> None:
    """The other process: each plan that comes through the pipe is crawled, and its errors go back."""
    import asyncio

    from scrapy.utils.reactor import install_reactor

    install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
    from twisted.internet import reactor as installed

    reactor: Any = installed

    async def main() -> None:
        while True:
            try:
                fields, at, proxy = await asyncio.to_thread(pipe.recv)
            except EOFError:
                break
            for name in PROXIES:
                os.environ.pop(name, None)
            os.environ["http_proxy"] = proxy
            pipe.send(await _crawl_one(fields, at))
        reactor.stop()

    task = asyncio.get_event_loop().create_task(main())
    task.add_done_callback(lambda done: done.exception() and reactor.stop())
    reactor.run(installSignalHandlers=False)


async def _crawl_one(fields: dict[str, Any], at: datetime) -> int | BaseException:
    from scrapy.crawler import AsyncCrawlerRunner
    from scrapy.utils.log import configure_logging

    from crawler.crawl import settings_for
    from crawler.spiders.lookout import Lookout

    begun = time.monotonic()
    plan = Plan(**fields, clock=lambda: at + timedelta(seconds=time.monotonic() - begun))
    plan.home.mkdir(parents=True, exist_ok=True)
    settings = settings_for(plan)
    configure_logging(settings)
    runner = AsyncCrawlerRunner(settings)
    crawler = runner.create_crawler(Lookout)
    try:
        await runner.crawl(crawler, plan)
    except Exception as error:  # noqa: BLE001 (whatever it is, the test is told)
        return error
    return int(crawler.stats.get_value("log_count/ERROR", 0)) if crawler.stats else 0
