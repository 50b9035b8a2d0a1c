"""Only public addresses are asked: a feed or a redirect cannot lead the crawler into the network that it runs in."""

from __future__ import annotations

import ipaddress
import os
import socket
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.resolver import CachingThreadedResolver
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError
from twisted.internet.error import TimeoutError as TwistedTimeoutError

from crawler.faults import RefusedError

# IPv6 addresses that end with an IPv4 address which they are translated to, or that they stand for.
TRANSLATED = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "::/96")))


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open Internet: not loopback, private, link-local, multicast, reserved."""
    ip = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    within: ipaddress.IPv4Address | None = None
    if isinstance(ip, ipaddress.IPv6Address):
        within = ip.ipv4_mapped or ip.sixtofour
        if any(ip in network for network in TRANSLATED):
            within = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.is_global and not ip.is_multicast and (within is None or is_public(str(within)))


def in_figures(host: str) -> str:
    """The IP address that a host is, however it is written (2130706433, 0x7f.1, 127.0.0.1.); empty for a name."""
    plain = host.rstrip(".")
    try:
        return str(ipaddress.ip_address(plain.split("%", maxsplit=1)[0]))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(plain)) if plain.isascii() and plain[-1:].isalnum() else ""
    except OSError:
        return ""


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
        # Scrapy would queue a redirected request with the host that it came from.
        request.meta.pop("download_slot", None)
        parts = urlsplit(request.url)
        host = parts.hostname or ""
        if parts.scheme not in {"http", "https"} or not host:
            raise RefusedError("not_http", request.url[:200])
        if parts.username or parts.password:
            raise RefusedError("credentials", f"a link to {host} carries a user name")
        if self.loopback:
            return
        address = in_figures(host)
        local = f".{host.rstrip('.')}".endswith(".localhost")
        if local or (address and not is_public(address)):
            raise RefusedError("private_address", f"{host} is {address}" if address not in {"", host} else host)


class PublicNames:
    """Resolves a name before it is connected to, so that a refusal can be told from a name that does not exist.

    Behind a proxy it is the proxy that resolves names; then the operator's proxy is what keeps private addresses.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.loopback = crawler.settings.getbool("VIGIE_LOOPBACK")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> PublicNames:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        from twisted.internet import reactor  # noqa: PLC0415 (an import installs it)

        if self.loopback or request.meta.get("proxy"):
            return
        resolver: Any = reactor
        with suppress(DNSLookupError, TwistedTimeoutError):  # which the connection will meet again, and tell
            await maybe_deferred_to_future(resolver.resolve(urlsplit(request.url).hostname or ""))
