"""Finds the ways into a site that nobody has declared yet, by trying them, and writes the entry for sources.toml.

The network is an argument: `Look` crawls some sources politely, into a home of its own, and gives their captures.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from crawler.candidates import Listing, best_listing, common_path, feeds, press_pages, site_name, sitemaps
from crawler.spiders.doors import Answer, Door, NotADoorError, doors_of, is_pdf, site
from crawler.spiders.readers import read
from crawler.visits import Entry
from pipeline.records import Capture, Failure, MistakeError, Source

Look = Callable[[Sequence[Source]], tuple[list[Capture], list[Failure]]]
# A list is worth declaring from here on: three dated links of some length, or a few documents.
GOOD_LISTING = 1.0
OLD = timedelta(days=400)
CANDIDATE = Source("candidate", "", "municipal", ("national",))


@dataclass(frozen=True, slots=True)
class Tried:
    """One door that was tried: what it names, or why it does not."""

    kind: str
    url: str
    entries: tuple[Entry, ...] = ()
    fault: str = ""
    links: str = ""
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Proposal:
    """The source that would be declared, all that was tried, and the pages that a first crawl brought."""

    source: Source
    tried: tuple[Tried, ...]
    pages: tuple[Capture, ...]


def discover(home: str, area: Sequence[str], kind: str, look: Look, now: datetime) -> Proposal:
    """Look at a home page, try what it leads to, and propose the doors that work. Raises MistakeError when the home
    page cannot be read."""
    first = Source("home", "home", "municipal", ("national",), page=(home,))
    captures, failures = look([first])
    page = next((_answer(c) for c in captures if c.role == "page" and c.status == 200), None)
    if page is None:
        why = failures[0].detail if failures else "no answer"
        raise MistakeError(f"{home} cannot be read: {why}")
    robots = next((c.body.decode("utf-8", "replace") for c in captures if c.role == "robots"), "")
    tried = _try(page, robots, look, now)
    source = _source(home, page, area, kind, tried)
    pages, _ = (
        look([replace(source, key="sample", page=())]) if source.feed or source.sitemap or source.listing else ([], [])
    )
    return Proposal(source, tuple(tried), tuple(c for c in pages if c.role == "page" and c.status == 200))


def try_declared(source: Source, look: Look, now: datetime) -> tuple[list[Tried], list[Capture], list[Failure]]:
    """Crawl a declared source once: what each of its doors names, a few of its pages, and what could not be had."""
    captures, failures = look([source])
    faults = {failure.url: failure.detail or failure.reason for failure in failures}
    doors = {c.requested_url: c for c in captures if c.role == "door" and c.status == 200}
    tried = []
    for door in doors_of((source,), now):
        if door.kind in {"feed", "sitemap", "listing", "archive"}:
            tried.append(_door(door.kind, door.url, doors.get(door.url), faults.get(door.url, ""), now, source))
    pages = [c for c in captures if c.role == "page" and c.status == 200]
    unsaid = [failure for failure in failures if failure.url not in {one.url for one in tried}]
    return tried, pages, unsaid


def to_toml(source: Source) -> str:
    """The source as the table of a sources.toml."""
    lines = [f"[{source.key}]"]
    for name in ("name", "kind", "area", "home", "feed", "sitemap", "listing", "page", "links", "include", "documents"):
        value = getattr(source, name)
        if not value:
            continue
        if isinstance(value, tuple):
            value = value[0] if len(value) == 1 and name != "area" else list(value)
        lines.append(f"{name} = {_toml(value)}")
    return "\n".join(lines) + "\n"


def _try(page: Answer, robots: str, look: Look, now: datetime) -> list[Tried]:
    """Every candidate, asked for once: feeds and sitemaps as doors, press pages as pages in which lists are sought."""
    weights = {page.url: 0.8, **dict(press_pages(page))}
    doors = [("feed", url) for url in feeds(page)] + [("sitemap", url) for url in sitemaps(robots, page.url)]
    asked = [
        Source(f"{kind}-{n}", url, "municipal", ("national",), **{kind: (url,)})  # type: ignore[arg-type]
        for n, (kind, url) in enumerate(doors + [("page", url) for url in weights if url != page.url])
    ]
    # No page of these is wanted yet: the filter lets none through.
    captures, failures = look([replace(source, include="" if source.page else "$^") for source in asked])
    answers = {c.requested_url: c for c in captures if c.status == 200 and c.role != "robots"}
    faults = {failure.url: failure.detail or failure.reason for failure in failures}
    tried = []
    for kind, url in doors:
        tried.append(_door(kind, url, answers.get(url), faults.get(url, ""), now))
    for url, weight in weights.items():
        answer = page if url == page.url else _answer(answers[url]) if url in answers else None
        found = best_listing(answer) if answer else None
        tried.append(_listed(url, found, weight, faults.get(url, "")))
    return tried


def _door(kind: str, url: str, capture: Capture | None, fault: str, now: datetime, source: Source = CANDIDATE) -> Tried:
    if capture is None:
        return Tried(kind, url, fault=fault or "no answer")
    try:
        found = read(Door(kind, url, (source,)), source, _answer(capture), now, first=True)
    except NotADoorError as error:
        return Tried(kind, url, fault=str(error))
    entries = tuple(e for e in found.entries if e.url not in found.old)
    if not entries:
        return Tried(kind, url, fault="lists nothing recent" if found.entries or found.doors else "lists nothing")
    dated = [e.hint.published_at for e in entries if e.hint.published_at]
    stale = bool(dated) and max(dated) < now - OLD
    score = min(len(entries), 20) / 20 + len(dated) / len(entries) - 0.7 * stale
    return Tried(kind, url, entries, score=score)


def _listed(url: str, found: Listing | None, weight: float, fault: str) -> Tried:
    if found is None:
        return Tried("listing", url, fault=fault or "no list of articles on it")
    return Tried("listing", url, found.entries, links=found.selector, score=found.score * weight)


def _source(home: str, page: Answer, area: Sequence[str], kind: str, tried: Sequence[Tried]) -> Source:
    """The doors worth declaring: the best feed, a list that the feed does not hold, else a sitemap, else the page."""
    host = site(page.url)
    key = re.sub(r"[^a-z0-9]+", "-", host.lower()).strip("-")
    source = Source(key, site_name(page), kind, tuple(area) or ("national",), home=home)  # type: ignore[arg-type]
    feed = _best(tried, "feed", 0.05)
    listing = _best(tried, "listing", GOOD_LISTING)
    known = {entry.url for entry in feed.entries} if feed else set()
    if feed:
        source = replace(source, feed=(feed.url,))
    if listing and not {entry.url for entry in listing.entries} <= known and (not feed or listing.url != page.url):
        shared = common_path(listing.entries)
        source = replace(
            source,
            listing=(listing.url,),
            links=listing.links,
            include=re.escape(shared).replace(r"\-", "-") if shared and not feed else "",
            documents=any(is_pdf(entry.url) for entry in listing.entries),
        )
    sitemap = _best(tried, "sitemap", 0.05)
    news = sitemap is not None and all(entry.hint.published_at for entry in sitemap.entries)
    if sitemap and (news or not (source.feed or source.listing)):
        source = replace(source, sitemap=(sitemap.url,))
    if not (source.feed or source.listing or source.sitemap):
        press = [t.url for t in tried if t.kind == "listing" and t.url != page.url and not t.fault.startswith("HTTP")]
        source = replace(source, page=(press[0] if press else home,))
    return source


def _best(tried: Sequence[Tried], kind: str, least: float) -> Tried | None:
    good = [one for one in tried if one.kind == kind and one.entries and one.score >= least]
    return max(good, key=lambda one: one.score, default=None)


def _answer(capture: Capture) -> Answer:
    return Answer(capture.url, capture.body, capture.header("Content-Type"))


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    text = str(value)
    if "\\" in text and "'" not in text:
        return f"'{text}'"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c >= " " and c != "\x7f" else " " for c in escaped) + '"'


def host_of(url: str) -> str:
    """The host of an address; raises MistakeError when it is no http(s) address."""
    parts = urlsplit(url if "//" in url else f"https://{url}")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise MistakeError(f"« {url} » is no address of a site: write it https://www.ville-x.fr")
    return parts.hostname
