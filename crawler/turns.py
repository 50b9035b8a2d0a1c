"""One request at a time to a host, whoever asks: crawls that run side by side take turns.

Scrapy's slots keep one crawl from asking a host twice at once, and too soon. They do not see another process (an hourly
run beside a crawl that goes back): what all of a home's crawls see is the table `turns` of crawl.sqlite.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.faults import RefusedError

POLL = 0.2  # seconds between two looks at a host that another crawl is asking


class Turns:
    """Holds back a request until its host is free, and says so when it has answered."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._queues: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._next: dict[Request, str] = {}  # the host for which a request is the next one of this crawl
        self._asking: set[Request] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Turns:
        return cls(crawler)

    @property
    def _spider(self) -> Any:
        return self.crawler.spider

    async def process_request(self, request: Request) -> None:
        spider, host = self._spider, urlsplit(request.url).hostname or ""
        await self._queues[host].acquire()
        self._next[request] = host
        lease = float(request.meta.get("download_timeout", self.crawler.settings.getfloat("DOWNLOAD_TIMEOUT")))
        while not spider.stopping.is_set():
            wait, busy = spider.visits.take_turn(host, time.time(), lease)
            if not wait:
                self._asking.add(request)
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(spider.stopping.wait(), min(wait, POLL) if busy else wait)
        raise RefusedError("cut", "the crawl is ending")

    def process_response(self, request: Request, response: Response) -> Response:
        self._leave(request)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        self._leave(request, asked=not isinstance(exception, RefusedError))

    def _leave(self, request: Request, *, asked: bool = True) -> None:
        host = self._next.pop(request, None)
        engine, spider = self.crawler.engine, self._spider
        if host is None or engine is None:
            return
        try:
            if request in self._asking:
                self._asking.remove(request)
                slot = engine.downloader.slots.get(host)
                spider.visits.give_turn(host, time.time() + (slot.delay if slot and asked else 0.0))
        finally:  # on a full disk as well: those who wait for the host would wait for ever, and the crawl with them
            self._queues[host].release()
