"""How the crawler behaves on other people's sites: robots.txt, delays, public addresses only. All of it without a key
to turn it off.

robots.txt follows RFC 9309: read for each origin and crawl (304s welcome); 4xx means that there is none; 5xx, 429 or
no answer means that nothing is asked of that origin this time. A Crawl-delay that is longer than ours is kept.
"""

from __future__ import annotations

import asyncio
import ipaddress
import os
from typing import Any
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred

LONGEST_DELAY = 120.0
ROBOTS_BYTES = 512 * 1024  # RFC 9309, 2.5: a crawler must read this much, and may stop there


class RefusedError(IgnoreRequest):
    """A request that is not made. `reason` is a word of the failures table; `detail` is for a person."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason, self.detail = reason, detail


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open Internet: not loopback, private, link-local, multicast, reserved."""
    ip = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    mapped = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    return ip.is_global and not ip.is_multicast and (mapped is None or is_public(str(mapped)))


def proxy_hosts() -> set[str]:
    """The names of the proxies that the environment sets: the operator's choice, so they may be private."""
    values = (os.environ.get(name, "") for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"))
    return {host for value in values if (host := urlsplit(value if "//" in value else f"//{value}").hostname)}


class PublicResolver(CachingThreadedResolver):
    """Refuses a name that resolves to a private address at the moment of connecting: DNS rebinding finds no gap."""

    allowed: frozenset[str] = frozenset()

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> PublicResolver:
        resolver = super().from_crawler(crawler, reactor)
        names = {"localhost"} if crawler.settings.getbool("VIGIE_LOOPBACK") else set()
        resolver.allowed = frozenset(proxy_hosts() | names)
        return resolver

    def getHostByName(self, name: str, timeout: Any = ()) -> Deferred[str]:  # noqa: N802 (Twisted's name)
        def check(address: str) -> str:
            if name not in self.allowed and not is_public(address):
                raise RefusedError("private_address", f"{name} is {address}")
            return address

        return super().getHostByName(name, timeout).addCallback(check)


class PublicAddresses:
    """Refuses what is not http(s), carries a password, or names a private address outright."""

    def __init__(self, crawler: Crawler) -> None:
        self.loopback = crawler.settings.getbool("VIGIE_LOOPBACK")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> PublicAddresses:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        host = parts.hostname or ""
        if parts.scheme not in {"http", "https"} or not host:
            raise RefusedError("not_http", request.url[:200])
        if parts.username or parts.password:
            raise RefusedError("credentials", f"a link to {host} carries a user name")
        if self.loopback:
            return
        try:
            public = is_public(host)
        except ValueError:
            public = host != "localhost" and not host.endswith(".localhost")
        if not public:
            raise RefusedError("private_address", host)


class Robots:
    """Asks each origin's robots.txt once a crawl, keeps it, obeys it, and keeps its Crawl-delay."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.agent: str = crawler.settings["USER_AGENT"]
        self._rules: dict[str, asyncio.Future[Protego | str]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Robots:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if request.meta.get("role") == "robots":
            return
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._rules:
            self._rules[origin] = asyncio.get_running_loop().create_future()
            self._rules[origin].set_result(await self._read(origin, request.meta.get("source", "")))
        rules = await self._rules[origin]
        if isinstance(rules, str):
            raise RefusedError("robots_unreadable", f"{origin}/robots.txt: {rules}")
        if not rules.can_fetch(request.url, self.agent):
            raise RefusedError("robots", f"{origin}/robots.txt forbids it")
        self._keep_delay(parts.hostname or "", rules)

    async def _read(self, origin: str, source: str) -> Protego | str:
        """The rules of an origin; a reason when they cannot be known now."""
        spider: Any = self.crawler.spider
        kept = spider.visits.robots(origin)
        headers = {"If-None-Match": kept[1].etag, "If-Modified-Since": kept[1].last_modified} if kept else {}
        request = Request(
            f"{origin}/robots.txt",
            callback=NO_CALLBACK,
            headers={k: v for k, v in headers.items() if v},
            meta={"role": "robots", "door": "robots", "source": source, "handle_httpstatus_all": True},
            dont_filter=True,
        )
        engine = self.crawler.engine
        if engine is None:
            return "the crawl has ended"
        try:
            response: Response = await engine.download_async(request)
        except IgnoreRequest as error:
            return str(error)
        except Exception as error:  # noqa: BLE001 (whatever kept us from it, it was not read: told to the user)
            return str(spider.explain(error)[1])
        if response.status == 304 and kept:
            return Protego.parse(kept[0].decode("utf-8", "replace"))
        if response.status >= 500 or response.status == 429:
            return f"HTTP {response.status}"
        body = response.body[:ROBOTS_BYTES] if response.status == 200 else b""
        spider.visits.keep_robots(origin, body, spider.validators(response), spider.clock())
        return Protego.parse(body.decode("utf-8", "replace"))

    def _keep_delay(self, host: str, rules: Protego) -> None:
        wanted = rules.crawl_delay(self.agent)
        engine = self.crawler.engine
        slot = engine.downloader.slots.get(host) if engine else None
        if wanted and slot:
            slot.delay = max(slot.delay, min(float(wanted), LONGEST_DELAY))
