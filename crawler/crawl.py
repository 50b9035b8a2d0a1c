"""Runs one plan in this process. Scrapy's reactor runs once, so a process crawls once."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings

from crawler.keeping import FAULT
from crawler.ledger import Tally
from crawler.plan import Plan
from pipeline.disk import is_full

# Without any delay, Scrapy's slots let two requests pass at once.
NO_DELAY = 0.001
ADDRESSES = ("home", "feed", "sitemap", "listing", "page", "archive", "data", "history")


def crawl(plan: Plan, on_progress: Callable[[Tally], None] | None = None) -> int:
    """Crawl the plan's sources into its home. The account is in crawl.sqlite afterwards, the pages in archive/.

    Gives the number of errors of our own, 0 when all is well; their tracebacks stand in the home's crawl.log.
    Raises what kept it from beginning, or from keeping what it fetched (a full disk).
    On SIGTERM or SIGINT the account is closed and SystemExit raised; a second one ends at once.
    """
    from crawler.spiders.lookout import Lookout  # noqa: PLC0415 (the loader of spiders takes its settings from here)

    plan.home.mkdir(parents=True, exist_ok=True)
    process = AsyncCrawlerProcess(settings_for(plan))
    crawler = process.create_crawler(Lookout)
    stopped: list[int] = []

    def stop(number: int) -> None:
        stopped.append(number)
        for one in before:
            loop.remove_signal_handler(one)
        if isinstance(crawler.spider, Lookout):
            crawler.spider.stop(signal.Signals(number).name)

    loop = asyncio.get_event_loop()
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    for number in before:
        loop.add_signal_handler(number, stop, number)
    logging.raiseExceptions = False  # a full disk is said once, not at each line that crawl.log cannot take
    watch = _DiskWatch(crawler)
    logging.getLogger().addHandler(watch)
    crawling = process.crawl(crawler, plan, on_progress)
    process.start(install_signal_handlers=False)
    logging.getLogger().removeHandler(watch)
    for number, handler in before.items():  # the loop's would swallow a signal during what comes after the crawl
        signal.signal(number, handler)
    if crawling.done() and (fault := crawling.exception()):  # it could not even begin
        raise fault
    if fault := watch.fault or (crawler.stats.get_value(FAULT) if crawler.stats else None):
        raise fault
    if stopped:
        raise SystemExit(128 + stopped[0])
    return int(crawler.stats.get_value("log_count/ERROR", 0)) if crawler.stats else 0


class _DiskWatch(logging.Handler):
    """Ends a crawl at the first error that says that the disk is full: each answer would only bring another."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(logging.ERROR)
        self.crawler = crawler
        self.fault: BaseException | None = None

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if self.fault is None and error and is_full(error):
            self.fault = error
            stop = getattr(self.crawler.spider, "stop", None)
            if stop:
                stop("the disk is full")


def settings_for(plan: Plan) -> Settings:
    """Scrapy's settings for a crawl of this plan."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.setdict(settings_of(plan), priority="cmdline")
    return settings


def settings_of(plan: Plan) -> dict[str, Any]:
    """What a plan adds to Scrapy's settings: the user agent, each host's delay, the patience with an answer."""
    slots: dict[str, dict[str, float]] = {}
    for source in plan.sources:
        for url in (source.home, *(url for kind in ADDRESSES[1:] for url in getattr(source, kind))):
            host = urlsplit(url).hostname
            for name in (host, f"www.{host}", host.removeprefix("www.")) if host else ():
                slot = slots.setdefault(name, {"concurrency": 1, "delay": NO_DELAY, "jitter": 0.0})
                slot["delay"] = max(slot["delay"], source.delay)
    return {
        "USER_AGENT": plan.user_agent,
        "DOWNLOAD_SLOTS": slots,
        "DOWNLOAD_TIMEOUT": plan.timeout,
        "VIGIE_LOOPBACK": plan.loopback,
        "LOG_FILE": str(plan.home / "crawl.log"),
        "LOG_FILE_APPEND": False,
    }
