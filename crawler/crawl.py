"""Runs one plan in this process. Scrapy's reactor runs once, so a process crawls once."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from crawler.ledger import Tally
from crawler.plan import Plan
from crawler.spiders.lookout import Lookout

ADDRESSES = ("feed", "sitemap", "listing", "page", "archive", "data", "history")


def crawl(plan: Plan, on_progress: Callable[[Tally], None] | None = None) -> int:
    """Crawl the plan's sources into its home. The account is in crawl.sqlite afterwards, the pages in archive/.

    Gives the number of errors of our own, 0 when all is well; their tracebacks stand in the home's crawl.log.
    """
    plan.home.mkdir(parents=True, exist_ok=True)
    process = AsyncCrawlerProcess(settings_for(plan))
    crawler = process.create_crawler(Lookout)
    process.crawl(crawler, plan, on_progress)
    process.start()
    return int(crawler.stats.get_value("log_count/ERROR", 0)) if crawler.stats else 0


def settings_for(plan: Plan) -> Settings:
    """Scrapy's settings for a plan: the user agent, each host's delay, the time that the crawl may take."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    slots: dict[str, dict[str, float]] = {}
    for source in plan.sources:
        for url in (source.home, *(url for kind in ADDRESSES for url in getattr(source, kind))):
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
            "LOG_FILE": str(plan.home / "crawl.log"),
            "LOG_FILE_APPEND": False,
        },
        priority="cmdline",
    )
    return settings
