"""How the crawler behaves on other people's sites: robots.txt, reservations, delays, and knowing when to leave. All of
it without a key to turn it off.

robots.txt follows RFC 9309: read for each origin and crawl (304s welcome); 4xx means that there is none; 5xx, 429 or
no answer means that nothing is asked of that origin this time. A Crawl-delay that is longer than ours is kept.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request, signals
from scrapy.core.downloader import Slot
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawler.asking import freshness
from crawler.faults import REFUSED, WORLD, RefusedError, explain, explain_status
from crawler.reservations import TDMREP, TDMREP_BYTES

LONGEST_DELAY = 120.0
ROBOTS_BYTES = 512 * 1024  # RFC 9309, 2.5: a crawler must read this much, and may stop there
# A host that refuses or fails so often in a row is left alone for this crawl; at once when it says that it is too much.
ENOUGH = 5
# TDMRep asks for no more than this.
TDMREP_LIFE = timedelta(days=1)


def give_up(slot: Slot, error: RefusedError) -> None:
    """Answer the requests of a host that wait for their turn with an error."""
    while slot.queue:
        _, waiting = slot.queue.popleft()
        waiting.errback(error)


class OnceOnly(HTTP11DownloadHandler):
    """Sends each request once: Twisted would send it again, at once and uncounted, when a kept connection is cut."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool.retryAutomatically = False


class Restraint:
    """Leaves a host alone, for this crawl, that refuses or fails time after time, or says that it is too much.

    Also has a host's delay count from the end of its last answer: from its begin, as Scrapy does, a request that was
    slow on its way would be followed too soon by the next one.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._in_a_row: Counter[str] = Counter()
        self._left: dict[str, RefusedError] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Restraint:
        restraint = cls(crawler)
        crawler.signals.connect(restraint.downloaded, signal=signals.response_downloaded)
        return restraint

    def downloaded(self, request: Request) -> None:
        engine = self.crawler.engine
        slot = engine.downloader.slots.get(request.meta.get("download_slot", "")) if engine else None
        if slot:
            slot.lastseen = time.monotonic()

    def process_request(self, request: Request) -> None:
        host = urlsplit(request.url).hostname or ""
        if host in self._left:
            raise self._left[host]

    def process_response(self, request: Request, response: Response) -> Response:
        if response.status == 429 or (response.status == 503 and "Retry-After" in response.headers):
            self._count(request, explain_status(response.status)[0], ENOUGH)
        elif response.status in REFUSED or response.status >= 500:
            self._count(request, explain_status(response.status)[0], 1)
        else:
            self._in_a_row.pop(urlsplit(request.url).hostname or "", None)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        if isinstance(exception, WORLD) and not isinstance(exception, RefusedError):
            self._count(request, explain(exception)[0], 1)

    def _count(self, request: Request, reason: str, weight: int) -> None:
        if request.meta.get("role") == "robots":
            return
        host = urlsplit(request.url).hostname or ""
        self._in_a_row[host] += weight
        engine = self.crawler.engine
        if self._in_a_row[host] >= ENOUGH and engine:
            self._left[host] = RefusedError(reason, f"{host} is left alone until the next crawl", host)
            if slot := engine.downloader.slots.get(host):
                give_up(slot, self._left[host])


class Robots:
    """Asks each origin's robots.txt once a crawl, keeps it, obeys it, and keeps its Crawl-delay."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.agent: str = crawler.settings["USER_AGENT"]
        self._rules: dict[str, asyncio.Task[Protego | str]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Robots:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if request.meta.get("role") == "robots":
            return
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._rules:
            self._rules[origin] = asyncio.ensure_future(self._learn(origin, request.meta.get("sources", ())))
        rules = await self._rules[origin]
        if isinstance(rules, str):
            raise RefusedError("robots_unreadable", f"{origin}/robots.txt: {rules}", parts.hostname or "")
        if not rules.can_fetch(request.url, self.agent):
            raise RefusedError("robots", f"{origin}/robots.txt forbids it")

    async def _learn(self, origin: str, sources: tuple[str, ...]) -> Protego | str:
        """The rules of an origin; a reason when they cannot be known now. Its reservations are read beside them."""
        rules = await self._read(origin, sources)
        if not isinstance(rules, str):
            self._keep_delay(urlsplit(origin).hostname or "", rules)
            await self._read_reservations(origin, sources, rules)
        return rules

    async def _read(self, origin: str, sources: tuple[str, ...]) -> Protego | str:
        spider: Any = self.crawler.spider
        kept = spider.visits.robots(origin)
        headers = {"If-None-Match": kept[1].etag, "If-Modified-Since": kept[1].last_modified} if kept else {}
        response = await self._get(f"{origin}/robots.txt", sources, {k: v for k, v in headers.items() if v})
        if isinstance(response, str):
            return response
        if response.status == 304 and kept:
            return Protego.parse(kept[0].decode("utf-8", "replace"))
        if response.status >= 500 or response.status == 429:
            return f"HTTP {response.status}"
        body = response.body[:ROBOTS_BYTES] if response.status == 200 else b""
        spider.visits.keep_robots(origin, body, freshness(response), spider.clock())
        return Protego.parse(body.decode("utf-8", "replace"))

    async def _read_reservations(self, origin: str, sources: tuple[str, ...], rules: Protego) -> None:
        """tdmrep.json, once a day; one that cannot be read now stands as it was."""
        spider: Any = self.crawler.spider
        body, read_at = spider.visits.tdmrep(origin) or (b"", None)
        fresh = read_at and spider.clock() - read_at < TDMREP_LIFE
        if not fresh and rules.can_fetch(origin + TDMREP, self.agent):
            response = await self._get(origin + TDMREP, sources, {})
            if not isinstance(response, str) and response.status < 500 and response.status != 429:
                body = response.body[:TDMREP_BYTES] if response.status == 200 else b""
                spider.visits.keep_tdmrep(origin, body, spider.clock())
        spider.reservations.learn(origin, body)

    async def _get(self, url: str, sources: tuple[str, ...], headers: dict[str, str]) -> Response | str:
        """An answer, or why there is none."""
        request = Request(
            url,
            callback=NO_CALLBACK,
            headers=headers,
            meta={"role": "robots", "door": "robots", "sources": sources, "handle_httpstatus_list": [304]},
            dont_filter=True,
        )
        engine = self.crawler.engine
        if engine is None or engine.spider is None:
            return "the crawl has ended"
        try:
            return await engine.download_async(request)
        except RefusedError:
            raise
        except IgnoreRequest:
            return "redirected without end"
        except WORLD as error:
            return ": ".join(explain(error))

    def _keep_delay(self, host: str, rules: Protego) -> None:
        """A slot that Scrapy forgets and makes anew takes its delay from the settings, so it is written there too."""
        wanted = rules.crawl_delay(self.agent)
        engine = self.crawler.engine
        if not wanted or engine is None:
            return
        downloader = engine.downloader
        settings = downloader.per_slot_settings.setdefault(host, {"concurrency": 1, "jitter": 0.0})
        delay = min(float(wanted), LONGEST_DELAY)
        settings["delay"] = max(settings.get("delay", self.crawler.settings.getfloat("DOWNLOAD_DELAY")), delay)
        if slot := downloader.slots.get(host):
            slot.delay = max(slot.delay, delay)
