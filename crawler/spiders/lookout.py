"""The one spider: reads the doors of its sources, then asks for the pages that are due, and keeps the account."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure as TwistedFailure

from crawler.asking import answer_of, ask_door, ask_page, freshness, sent_home
from crawler.conduct import give_up
from crawler.faults import GONE, RefusedError, explain, explain_status
from crawler.ledger import OUTCOMES, Tally
from crawler.plan import Plan
from crawler.reservations import Reservations
from crawler.spiders.doors import Door, Found, NotADoorError, doors_back, doors_of
from crawler.spiders.readers import linked_documents, read
from crawler.visits import Named, Page, Visits
from crawler.work import Work
from pipeline.archive import ArchiveWriter
from pipeline.canonical import leads_up
from pipeline.disk import is_full
from pipeline.records import Failure, Source


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
        self.started = plan.clock()
        self.visits = Visits(plan.visits)
        self.reservations = Reservations(self.visits, self.clock)
        self.archive = ArchiveWriter(plan.archive, f"vigie-{plan.run_id}", plan.software)
        self.reserved_archive = ArchiveWriter(plan.archive, f"reserved-{plan.run_id}", plan.software)
        self.works = {s.key: Work(s, Tally(s.key), plan.pages) for s in plan.sources if not s.closed}
        self.stopping = asyncio.Event()
        self._deadline: asyncio.TimerHandle | None = None
        self._asked: set[str] = set()
        self._left_hosts: set[tuple[str, str]] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Lookout:
        spider = cls(*args, **kwargs)
        spider._set_crawler(crawler)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        now = self.clock()
        self._deadline = asyncio.get_running_loop().call_later(self.plan.seconds, self.stop, "out of time")
        self.visits.look_longer(self.plan.matched, now)
        self.visits.look_again(self.plan.doubted, now)
        for source in self.plan.sources:
            closed = now if source.closed else None
            tally = self.works[source.key].tally if not closed else Tally(source.key)
            self.visits.keep_run(tally.run(self.plan.run_id, self.started, closed, "closed" if closed else "cut"))
        # All at once: of what is yielded, Scrapy takes one at each turn of its loop.
        requests = list(self._open_doors(self._doors()))
        for work in self.works.values():
            if not work.doors_open:
                self._take_due(work)
                requests += self._ask(work)
        for request in requests[:-1]:
            self.crawler.engine.crawl(request)
        for request in requests[-1:]:
            yield request

    def stop(self, reason: str) -> None:
        """End the crawl: what is on its way is waited for, what waits for its turn is left to the next crawl."""
        if self.stopping.is_set() or self.crawler.engine is None or self.crawler.engine.spider is None:
            return
        self.stopping.set()
        for slot in self.crawler.engine.downloader.slots.values():
            give_up(slot, RefusedError("cut", reason))
        self._closing = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason=reason))

    def _doors(self) -> list[Door]:
        now, sources = self.clock(), tuple(work.source for work in self.works.values())
        doors = doors_of(sources, now, self.visits.door_read_at)
        if self.plan.backfill:
            known = {door.key for door in doors}
            back = (doors_back(s, self.plan.backfill, now, self.visits.door_read_at) for s in sources)
            doors += [door for found in back for door in found if door.key not in known]
        return doors

    def _open_doors(self, doors: list[Door]) -> Iterator[Request]:
        for door in doors:
            known = self.visits.door(door.key, door.readers)
            if door.once and known:
                for work in self._works(door):
                    work.tally.doors_read += 1
                    work.tally.entries += known.entries.get(work.source.key, 0)
                continue
            for work in self._works(door):
                work.open(door)
            yield ask_door(door, known, self.on_door, self.on_door_error)

    def _works(self, door: Door) -> list[Work]:
        return [self.works[source.key] for source in door.sources]

    def count(self, sources: tuple[str, ...], size: int, seconds: float) -> None:
        """Enter an answer's bytes, shared out among the sources that it is for, and how long it took."""
        for rank, key in enumerate(sources):
            tally = self.works[key].tally
            tally.bytes += size // len(sources) + (rank < size % len(sources))
            tally.slowest_seconds = max(tally.slowest_seconds, seconds)

    async def on_door(self, response: Response, door: Door) -> AsyncIterator[Request]:
        """Note what the door names, for each source that reads it; then ask for the pages of those now complete."""
        more: list[Door] = []
        if response.status == 304:
            self._not_modified(door)
        elif response.status in GONE and door.awaited:
            for work in self._works(door):
                work.tally.doors_read += 1
        elif response.status not in {200, 203}:
            self._shut(door, *explain_status(response.status), response.status)
            if door.kind == "archive" and response.status in GONE:
                self.visits.read_door(door.key, door.readers, [], self.started)
        elif sent_home(response, door.url):
            self._shut(door, "redirected_home", f"leads to {response.url}", response.status)
        else:
            more = await self._read_door(response, door)
        for request in self._open_doors(more):
            yield request
        for request in self._leave(door):
            yield request

    def _not_modified(self, door: Door) -> None:
        known = self.visits.door(door.key, door.readers)
        self.visits.touch_door(door.key, self.started)
        for work in self._works(door):
            work.tally.not_modified += 1
            work.tally.doors_read += 1
            work.tally.entries += known.entries.get(work.source.key, 0) if known else 0
            work.reach.days_read += door.kind == "archive"

    async def _read_door(self, response: Response, door: Door) -> list[Door]:
        now, last = self.clock(), self.visits.door(door.key, door.readers)
        answer = answer_of(response)
        found: list[tuple[Source, Found]] = []
        for source in door.sources:
            try:
                # In a thread: a feed of 10,000 entries takes seconds, and the other hosts should not wait for it.
                found.append((source, await asyncio.to_thread(read, door, source, answer, now, first=last is None)))
            except NotADoorError as error:
                self._shut(door, "not_a_feed", str(error), response.status)
                return []
        # First, so that a crawl that is killed in between reads the door again.
        for source, said in found:
            self._keep_documents(source, door, said)
        watched = door.kind == "page"
        named = [
            Named(s.key, door.kind, door.url, said.entries, said.old, 1 if watched else _count(said))
            for s, said in found
        ]
        for (source, said), one in zip(found, named, strict=True):
            work = self.works[source.key]
            known = last is not None and self.visits.known_before((e.url for e in said.entries), self.started)
            work.reach.read(door, source, said, last.read_at if last else None, known)
            work.tally.doors_read += 1
            work.tally.entries += one.count
            work.tally.new_pages += watched and "unchanged" not in response.flags
            work.tally.left += said.skipped
            for host in said.refused:
                self._fail(work, door.url, "credentials", f"a link to {host} carries a user name", None)
        self.visits.read_door(door.key, door.readers, named, self.started, freshness(response), back=bool(door.since))
        return list(dict.fromkeys(more for _, said in found for more in said.doors))

    def _keep_documents(self, source: Source, door: Door, said: Found) -> None:
        """Archive the documents that came inside a door's answer, once each."""
        for document in said.documents:
            if self.visits.payload(document.url) != (200, document.digest):
                self.archive.write(document.exchange(source.key, door, self.clock()))
                self.visits.keep_payload(document.url, 200, document.digest)
                self.works[source.key].tally.new_pages += 1

    def _leave(self, door: Door) -> Iterator[Request]:
        for work in self._works(door):
            work.doors_open -= 1
            if not work.doors_open:
                work.tally.gap = work.reach.gap
                self._take_due(work)
                yield from self._ask(work)
            self.on_progress(work.tally)

    def _take_due(self, work: Work) -> None:
        """Line up the pages of a source that are due, within what is left of its budget."""
        for page in self.visits.due(work.source.key, self.clock(), work.room, back=bool(self.plan.backfill)):
            self._take(work, page)

    def _take(self, work: Work, page: Page, *, first: bool = False) -> None:
        if page.key not in self._asked and work.room:
            self._asked.add(page.key)
            work.add(page, first=first)

    def _ask(self, work: Work) -> Iterator[Request]:
        page = None if self.stopping.is_set() else work.next_page()
        if page:
            yield ask_page(page, self.on_page, self.on_page_error)

    def on_page(self, response: Response, page: Page) -> Iterator[Request]:
        """Enter a page's answer, when to look again, and the documents that it links to."""
        work, status = self.works[page.source], response.status
        matched = page.key in self.plan.matched
        work.done()
        if status in {200, 203}:  # first, so that a crawl that ends in between reads the page's links again
            self._take_documents(response, page, work)
        if status in {200, 203, 304} or status in GONE:
            # An article that leads home or to its section is as gone as one that says so: it is looked at as often.
            seen = 404 if leads_up(page.url, response.url) else 200 if status == 203 else status
            self.visits.answered(page.key, seen, freshness(response), self.clock(), matched=matched)
            work.tally.pages_read += 1
        else:
            self.visits.failed(page.key, status, self.clock(), matched=matched)
        if status == 304 or (status in {200, 203} and "unchanged" in response.flags):
            work.tally.not_modified += 1
        elif status in {200, 203}:
            work.tally.new_pages += 1
        else:
            self._fail_page(page, *explain_status(status), status)
        self.on_progress(work.tally)
        yield from self._ask(work)

    def _take_documents(self, response: Response, page: Page, work: Work) -> None:
        """Line up the documents that a page links to, where the source wants them."""
        if not work.source.documents:
            return
        answer, now = answer_of(response), self.clock()
        linked = linked_documents(answer, work.source.body)
        self.visits.note(work.source.key, "document", page.url, linked, now)
        for document in self.visits.due_of((entry.url for entry in linked), now):
            if document.source == work.source.key:
                self._take(work, document, first=True)

    def on_page_error(self, failure: TwistedFailure) -> Iterator[Request]:
        page: Page = failure.request.cb_kwargs["page"]  # type: ignore[attr-defined]
        work, error = self.works[page.source], failure.value
        work.done()
        reason, detail = explain(error)
        if error and is_full(error):  # our own disk's fault: the page stays due
            pass
        elif isinstance(error, RefusedError) and (error.host or reason == "cut"):
            # All of the host is left alone: its pages stay due, and one row says it.
            if error.host and not self.stopping.is_set():
                if (page.source, error.host) in self._left_hosts:
                    work.tally.pages_shut.append(reason)
                else:
                    self._left_hosts.add((page.source, error.host))
                    self._fail_page(page, reason, detail, None)
        else:
            self.visits.failed(page.key, None, self.clock(), matched=page.key in self.plan.matched)
            self._fail_page(page, reason, detail, None)
        self.on_progress(work.tally)
        yield from self._ask(work)

    def on_door_error(self, failure: TwistedFailure) -> Iterator[Request]:
        door: Door = failure.request.cb_kwargs["door"]  # type: ignore[attr-defined]
        reason, detail = explain(failure.value)
        if self.stopping.is_set() and isinstance(failure.value, RefusedError):
            return
        self._shut(door, reason, detail, None)
        yield from self._leave(door)

    def _shut(self, door: Door, reason: str, detail: str, status: int | None) -> None:
        for work in self._works(door):
            work.tally.doors_shut.append(reason)
            self._fail(work, door.url, reason, detail, status)

    def _fail_page(self, page: Page, reason: str, detail: str, status: int | None) -> None:
        work = self.works[page.source]
        if status not in GONE:
            work.tally.pages_shut.append(reason)
        self._fail(work, page.url, reason, detail, status)

    def _fail(self, work: Work, url: str, reason: str, detail: str, status: int | None) -> None:
        refused = OUTCOMES.get(reason) == "refused"
        work.tally.refusals += refused
        work.tally.errors += not refused
        key, run = work.source.key, self.plan.run_id
        self.visits.fail(Failure(self.clock(), "fetch", reason, url, key, detail, status, run_id=run))

    def closed(self, reason: str) -> None:
        """Close the account: Scrapy calls it however the crawl ends, short of a kill."""
        if self._deadline:
            self._deadline.cancel()
        ended, back = self.clock(), bool(self.plan.backfill)
        for key, work in self.works.items():
            work.tally.left += self.visits.count_due(key, ended, back=back)
            self.visits.keep_run(
                work.tally.run(self.plan.run_id, self.started, ended, work.tally.outcome(not work.doors_open))
            )
        self.archive.close()
        self.reserved_archive.close()
        self.visits.close()


def _count(found: Found) -> int:
    return max(found.seen, len(found.entries) + len(found.documents))
