"""Puts each answer into the archive before anything else looks at it: the bytes as they were received."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Headers, Response

from crawler.ledger import REFUSALS
from pipeline.archive import ArchiveWriter, Exchange
from pipeline.records import Hint

# A page that is gone is evidence too; a refusal or a server's fault is a row of the failures table.
KEPT = {200, 203}
KEPT_PAGES = KEPT | {404, 410}


class Keep:
    """The downloader middleware nearest to the network: what it archives is not yet decompressed or redirected."""

    def __init__(self, crawler: Crawler) -> None:
        spider: Any = crawler.spider
        self.spider = spider
        self.archive: ArchiveWriter = spider.archive

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Keep:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        """Count the request, archive the answer. An answer with the bytes of the last one is not archived again."""
        spider, meta = self.spider, request.meta
        host = urlsplit(request.url).hostname or ""
        spider.visits.count_request(
            host, spider.clock(), len(response.body), refused=response.status in REFUSALS, error=response.status >= 500
        )
        tally = spider.tallies.get(meta.get("source"))
        if tally:
            tally.bytes += len(response.body)
            tally.slowest_seconds = max(tally.slowest_seconds, float(meta.get("download_latency", 0.0)))
        if response.status not in (KEPT_PAGES if meta.get("role") == "page" else KEPT):
            return response
        digest = hashlib.sha256(response.body).hexdigest()
        if spider.visits.same_payload(request.url, digest):
            return response.replace(flags=[*response.flags, "unchanged"])
        self.archive.write(self._exchange(request, response))
        spider.visits.keep_payload(request.url, digest)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        host = urlsplit(request.url).hostname or ""
        self.spider.visits.count_request(host, self.spider.clock(), 0, error=True)

    def _exchange(self, request: Request, response: Response) -> Exchange:
        meta = request.meta
        return Exchange(
            url=request.url,
            requested_url=(meta.get("redirect_urls") or [request.url])[0],
            fetched_at=self.spider.clock(),
            status=response.status,
            request_headers=_fields(request.headers),
            response_headers=_fields(response.headers),
            body=response.body,
            source=meta.get("source", ""),
            door=meta.get("door", ""),
            role=meta.get("role", "page"),
            via=meta.get("via", ""),
            hint=meta.get("hint", Hint()),
        )


def _fields(headers: Headers) -> tuple[tuple[str, str], ...]:
    return tuple((k.decode("latin-1"), v.decode("latin-1")) for k, values in headers.items() for v in values)
