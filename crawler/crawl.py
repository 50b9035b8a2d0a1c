"""Runs one plan in this process. Scrapy's reactor runs once, so a process crawls once."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from crawler.ledger import Tally
from crawler.plan import Plan
from crawler.spiders.lookout import Lookout


def crawl(plan: Plan, on_progress: Callable[[Tally], None] | None = None) -> None:
    """Crawl the plan's sources into its home. The account is in crawl.sqlite afterwards, the pages in archive/."""
    process = AsyncCrawlerProcess(settings_for(plan))
    process.crawl(Lookout, plan, on_progress)
    process.start()


def settings_for(plan: Plan) -> Settings:
    """Scrapy's settings for a plan: the user agent, each host's delay, the time that the crawl may take."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    slots: dict[str, dict[str, float]] = {}
    for source in plan.sources:
        for url in (source.home, *source.feed, *source.sitemap, *source.listing, *source.page):
            host = urlsplit(url).hostname
            if host:
                slot = slots.setdefault(host, {"concurrency": 1, "delay": 0.0, "jitter": 0.0})
                slot["delay"] = max(slot["delay"], source.delay)
    settings.setdict(
        {
            "USER_AGENT": plan.user_agent,
            "DOWNLOAD_SLOTS": slots,
            "CLOSESPIDER_TIMEOUT": plan.seconds,
            "VIGIE_LOOPBACK": plan.loopback,
        },
        priority="cmdline",
    )
    return settings
