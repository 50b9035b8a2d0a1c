"""The one spider: reads the doors of its sources, then asks for the pages that are due, and keeps the account."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from scrapy.http import Response
from twisted.python.failure import Failure as TwistedFailure

from crawler.conduct import RefusedError
from crawler.ledger import REFUSALS, Tally
from crawler.plan import Plan
from crawler.spiders.doors import Answer, Door, Found, NotADoorError, doors_of
from crawler.spiders.readers import linked_documents, read
from crawler.visits import Page, Visits
from pipeline.archive import ArchiveWriter
from pipeline.records import Failure, Source

# Every answer comes to the callbacks, redirects excepted: those are followed.
EVERY_STATUS = [304, *range(400, 600)]
DOOR_PRIORITY = 1000
LARGE_TIMEOUT = 600.0  # seconds: 60 MB at a tenth of a MB per second
WHY = (
    (CannotResolveHostError, "dns"),
    (DownloadConnectionRefusedError, "connection"),
    (DownloadTimeoutError, "timeout"),
    (DownloadCancelledError, "too_large"),
    (ResponseDataLossError, "truncated"),
    (UnsupportedURLSchemeError, "not_http"),
    (DownloadFailedError, "connection"),
    (IgnoreRequest, "redirects"),
)


class Lookout(Spider):
    """Crawls every source of one plan at once; no host sees more than one request at a time.

    A source's pages are asked for when all its doors have been read: newest first, within its budget.
    """

    name = "vigie"

    def __init__(self, plan: Plan, on_progress: Callable[[Tally], None] | None = None) -> None:
        super().__init__(self.name)
        self.plan = plan
        self.clock = plan.clock
        self.on_progress = on_progress or (lambda tally: None)
        self.sources = {source.key: source for source in plan.sources if not source.closed}
        self.tallies = {key: Tally(key) for key in self.sources}
        self.visits = Visits(plan.visits)
        self.archive = ArchiveWriter(plan.archive, f"vigie-{plan.run_id}", plan.software)
        self.started = plan.clock()
        self._doors_open: dict[str, int] = dict.fromkeys(self.sources, 0)
        self._asked: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Lookout:
        spider = cls(*args, **kwargs)
        spider._set_crawler(crawler)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        doors = doors_of(tuple(self.sources.values()), self.clock())
        for tally in self.tallies.values():
            self.visits.keep_run(tally.run(self.plan.run_id, self.started, None, "cut"))
        for request in self._open_doors(doors):
            yield request
        for key, count in self._doors_open.items():
            if not count:
                for request in self._ask(self.sources[key]):
                    yield request

    def _open_doors(self, doors: list[Door]) -> Iterator[Request]:
        for door in doors:
            if door.once and self.visits.door(door.url, door.readers):
                continue
            for source in door.sources:
                self._doors_open[source.key] += 1
            yield self._door_request(door)

    def _door_request(self, door: Door) -> Request:
        known = self.visits.door(door.url, door.readers)
        return Request(
            door.url,
            callback=self.on_door,
            errback=self.on_door_error,
            cb_kwargs={"door": door},
            headers=_conditional(known.etag, known.last_modified) if known else {},
            # A page that is watched for change is no way in: its answer is itself what is to be read.
            meta=self._meta(door.sources[0].key, door.kind, "page" if door.kind == "page" else "door") | _large(door),
            priority=DOOR_PRIORITY,
            dont_filter=True,
        )

    def _meta(self, source: str, door: str, role: str) -> dict[str, Any]:
        return {"source": source, "door": door, "role": role, "handle_httpstatus_list": EVERY_STATUS}

    async def on_door(self, response: Response, door: Door) -> AsyncIterator[Request]:
        """Note what the door names, for each source that reads it; then ask for the pages of those now complete."""
        more: list[Door] = []
        if response.status == 304:
            self.visits.touch_door(door.url, self.clock())
            for source in door.sources:
                self.tallies[source.key].not_modified += 1
                self.tallies[source.key].doors_read += 1
        elif response.status == 200:
            more = await self._read_door(response, door)
        elif response.status == 404 and door.awaited:
            for source in door.sources:
                self.tallies[source.key].doors_read += 1
        else:
            reason, detail = _status(response.status)
            self._shut(door, reason, detail, response.status)
        for request in self._open_doors(more):
            yield request
        for request in self._leave(door):
            yield request

    async def _read_door(self, response: Response, door: Door) -> list[Door]:
        now = self.clock()
        first = self.visits.door(door.url, door.readers) is None
        answer = Answer(response.url, response.body, _text(response, "Content-Type"))
        found: list[tuple[Source, Found]] = []
        for source in door.sources:
            try:
                # In a thread: a feed of 10,000 entries takes seconds, and the other hosts should not wait for it.
                found.append((source, await asyncio.to_thread(read, door, source, answer, now, first=first)))
            except NotADoorError as error:
                self._shut(door, "not_a_feed", str(error), response.status)
                return []
        # First, so that a crawl that is killed in between reads the door again.
        for source, said in found:
            self._keep_documents(source, door, said)
        noted = [(source, door.kind, said.entries) for source, said in found]
        old = frozenset[str]().union(*(said.old for _, said in found))
        self.visits.read_door(door.url, door.readers, noted, now, self.validators(response), old)
        for source, said in found:
            tally = self.tallies[source.key]
            tally.doors_read += 1
            tally.entries += max(said.seen, len(said.entries) + len(said.documents))
            if door.kind == "page":
                tally.entries += 1
                tally.new_pages += "unchanged" not in response.flags
            tally.left += said.skipped
        return list(dict.fromkeys(more for _, said in found for more in said.doors))

    def _keep_documents(self, source: Source, door: Door, said: Found) -> None:
        """Archive the documents that came inside a door's answer, once each."""
        fresh = [d for d in said.documents if not self.visits.same_payload(d.url, d.digest)]
        for document in fresh:
            self.archive.write(document.exchange(source.key, door, self.clock()))
            self.visits.keep_payload(document.url, document.digest)
            self.tallies[source.key].new_pages += 1

    def _leave(self, door: Door) -> Iterator[Request]:
        for source in door.sources:
            self._doors_open[source.key] -= 1
            if not self._doors_open[source.key]:
                yield from self._ask(source)
            self.on_progress(self.tallies[source.key])

    def _ask(self, source: Source) -> Iterator[Request]:
        """Requests for the pages of a source that are due, within what is left of its budget."""
        tally = self.tallies[source.key]
        room = self.plan.pages - tally.asked
        for rank, page in enumerate(self.visits.due(source.key, self.clock(), max(0, room))):
            yield from self._ask_once(page, -rank)

    def _ask_once(self, page: Page, priority: int) -> Iterator[Request]:
        if page.key not in self._asked:
            self._asked.add(page.key)
            self.tallies[page.source].asked += 1
            self.tallies[page.source].waiting += 1
            yield self._page_request(page, priority)

    def _page_request(self, page: Page, priority: int) -> Request:
        meta = self._meta(page.source, page.door, "page") | {"hint": page.hint, "via": page.via}
        return Request(
            page.url,
            callback=self.on_page,
            errback=self.on_page_error,
            cb_kwargs={"page": page},
            headers=_conditional(page.etag, page.last_modified) if page.fetched_at else {},
            meta=meta,
            priority=priority,
            dont_filter=True,
        )

    def on_page(self, response: Response, page: Page) -> Iterator[Request]:
        """Enter a page's answer, when to look again, and the documents that it links to."""
        tally, source = self.tallies[page.source], self.sources[page.source]
        tally.waiting -= 1
        status = response.status
        if status in {200, 203, 304, 404, 410}:
            self.visits.answered(page.key, 200 if status == 203 else status, self.validators(response), self.clock())
        if status == 304 or "unchanged" in response.flags:
            tally.not_modified += 1
        elif status in {200, 203}:
            tally.new_pages += 1
            if source.documents:
                answer = Answer(response.url, response.body, _text(response, "Content-Type"))
                linked = linked_documents(answer, source.body)
                self.visits.note(source.key, "document", page.url, linked, self.clock())
                yield from self._ask_documents(source, {entry.url for entry in linked})
        else:
            reason, detail = _status(status)
            if status not in {404, 410}:
                self.visits.failed(page.key, status, self.clock())
            self._fail(page.source, page.url, reason, detail, status)
        self.on_progress(tally)

    def _ask_documents(self, source: Source, urls: set[str]) -> Iterator[Request]:
        tally = self.tallies[source.key]
        for page in self.visits.due(source.key, self.clock(), self.plan.pages, first_only=True):
            if page.url in urls and page.door == "document" and tally.asked < self.plan.pages:
                yield from self._ask_once(page, 0)

    def on_page_error(self, failure: TwistedFailure) -> None:
        page: Page = failure.request.cb_kwargs["page"]  # type: ignore[attr-defined]
        reason, detail = self.explain(failure.value)
        self.tallies[page.source].waiting -= 1
        self.visits.failed(page.key, None, self.clock())
        self._fail(page.source, page.url, reason, detail, None)
        self.on_progress(self.tallies[page.source])

    def on_door_error(self, failure: TwistedFailure) -> Iterator[Request]:
        door: Door = failure.request.cb_kwargs["door"]  # type: ignore[attr-defined]
        reason, detail = self.explain(failure.value)
        self._shut(door, reason, detail, None)
        yield from self._leave(door)

    def _shut(self, door: Door, reason: str, detail: str, status: int | None) -> None:
        for source in door.sources:
            self.tallies[source.key].doors_shut.append(reason)
            self._fail(source.key, door.url, reason, detail, status)

    def _fail(self, source: str, url: str, reason: str, detail: str, status: int | None) -> None:
        tally = self.tallies[source]
        refused = reason in {"refused", "robots"}
        tally.refusals += refused
        tally.errors += not refused
        self.visits.fail(Failure(self.clock(), "fetch", reason, url, source, detail, status, run_id=self.plan.run_id))

    @staticmethod
    def explain(error: BaseException | None) -> tuple[str, str]:
        """The failures table's word for why there was no answer, and a detail for a person. Ours is raised again."""
        if isinstance(error, RefusedError):
            return error.reason, error.detail
        cause = error.__cause__ if error is not None else None
        if isinstance(cause, RefusedError):
            return cause.reason, cause.detail
        detail = str(error or "")[:300] or type(error).__name__
        if "SSL" in detail or "certificate" in detail or "VerificationError" in detail:
            return "tls", detail
        for kind, reason in WHY:
            if isinstance(error, kind):
                return reason, detail
        if isinstance(error, OSError):
            return "connection", detail
        raise error or RuntimeError("a failure without an exception")

    @staticmethod
    def validators(response: Response) -> tuple[str | None, str | None]:
        """What the server said of freshness: ETag and Last-Modified."""
        return _text(response, "ETag") or None, _text(response, "Last-Modified") or None

    def closed(self, reason: str) -> None:
        """Close the account: Scrapy calls it however the crawl ends, short of a kill."""
        ended = self.clock()
        for key, tally in self.tallies.items():
            tally.left += self.visits.count_due(key, ended)
            run = tally.run(self.plan.run_id, self.started, ended, tally.outcome(not self._doors_open[key]))
            self.visits.keep_run(run)
        self.archive.close()
        self.visits.close()


def _status(status: int) -> tuple[str, str]:
    detail = f"HTTP {status}"
    if status in REFUSALS:
        return "refused", detail
    if status in {404, 410}:
        return "not_found", detail
    return ("server_error" if status >= 500 else "refused"), detail


def _large(door: Door) -> dict[str, Any]:
    """Room and time for an answer that is declared to be larger than others."""
    return {"download_maxsize": door.maxsize, "download_timeout": LARGE_TIMEOUT} if door.maxsize else {}


def _conditional(etag: str | None, modified: str | None) -> dict[str, str]:
    headers = {"If-None-Match": etag, "If-Modified-Since": modified}
    return {name: value for name, value in headers.items() if value}


def _text(response: Response, header: str) -> str:
    return (response.headers.get(header) or b"").decode("latin-1")
