"""Puts each answer into the archive before anything else looks at it: the bytes as they were received."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Headers, Response

from crawler.faults import GONE, REFUSED, RefusedError
from crawler.reservations import HEAD_BYTES
from pipeline.archive import Exchange
from pipeline.encodings import decoded
from pipeline.records import Hint

# A page that is gone is evidence too; a refusal or a server's fault is a row of the failures table.
KEPT = frozenset({200, 203})
KEPT_PAGES = KEPT | GONE | {304}
FAULT = "vigie/fault"  # the statistic that holds why a crawl could not go on


class Keep:
    """The downloader middleware nearest to the network: what it archives is not yet decompressed or redirected."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.spider: Any = crawler.spider

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Keep:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        """Count the request and archive the answer. One with the bytes of the last is archived without them."""
        spider, meta = self.spider, request.meta
        host, size, status = urlsplit(request.url).hostname or "", len(response.body), response.status
        spider.visits.count_request(host, spider.clock(), size, refused=status in REFUSED, error=status >= 500)
        spider.count(meta.get("sources", ()), size, float(meta.get("download_latency", 0.0)))
        page = meta.get("role") == "page"
        if status not in (KEPT_PAGES if page else KEPT):
            return response
        digest = hashlib.sha256(response.body).hexdigest()
        last = spider.visits.payload(request.url)
        if last == (status, digest) or (status == 304 and last):
            if page:
                self._archive(request, response, same_as=last[1])
            return response.replace(flags=[*response.flags, "unchanged"])
        if status != 304:
            self._archive(request, response)
            spider.visits.keep_payload(request.url, status, digest)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        if not isinstance(exception, RefusedError):
            host = urlsplit(request.url).hostname or ""
            self.spider.visits.count_request(host, self.spider.clock(), 0, error=True)

    def _archive(self, request: Request, response: Response, same_as: str = "") -> None:
        meta = request.meta
        reserved = meta.get("role") == "page" and self._reserved(response)
        archive = self.spider.reserved_archive if reserved else self.spider.archive
        exchange = Exchange(
            url=request.url,
            requested_url=(meta.get("redirect_urls") or [request.url])[0],
            fetched_at=self.spider.clock(),
            status=response.status,
            request_headers=_fields(request.headers),
            response_headers=_fields(response.headers),
            body=b"" if same_as else response.body,
            source=next(iter(meta.get("sources", ())), ""),
            door=meta.get("door", ""),
            role=meta.get("role", "page"),
            via=meta.get("via", ""),
            hint=meta.get("hint", Hint()),
            same_as=same_as,
            reserved=reserved,
        )
        try:
            archive.write(exchange)
        except OSError as error:  # nothing more can be kept, so nothing more is asked for
            if self.crawler.stats:
                self.crawler.stats.set_value(FAULT, error)
            self.spider.stop("the archive cannot be written")
            raise RefusedError("cut", str(error)) from error

    def _reserved(self, response: Response) -> bool:
        said = {name: _text(response, name) for name in ("tdm-reservation", "tdm-policy", "Content-Encoding")}
        head = decoded(response.body, "", said["Content-Encoding"], HEAD_BYTES)[:HEAD_BYTES]
        return bool(self.spider.reservations.of(response.url, said["tdm-reservation"], said["tdm-policy"], head))


def _text(response: Response, header: str) -> str:
    return (response.headers.get(header) or b"").decode("latin-1")


def _fields(headers: Headers) -> tuple[tuple[str, str], ...]:
    return tuple((k.decode("latin-1"), v.decode("latin-1")) for k, values in headers.items() for v in values)
