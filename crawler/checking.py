"""Tries a declared source as it is declared: what each of its doors names, and what is wrong, a sentence each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from crawler.candidates import sitemaps_below
from crawler.discover import EMPTY, Look, Tried, answer_of, ask, sample, say, try_door, try_sitemap, unopened
from crawler.spiders.doors import Answer, Door, doors_of
from crawler.visits import Entry
from pipeline.records import Capture, Failure, Source

MOST_DOORS = 12  # a source with a hundred doors is tried at a few of them


@dataclass(frozen=True, slots=True)
class Checked:
    """What each door gave, a few articles, and what kept us from others."""

    tried: tuple[Tried, ...]
    pages: tuple[Capture, ...]
    failures: tuple[Failure, ...] = ()

    @property
    def well(self) -> bool:
        """Whether every door opens, and at least one of the articles that were tried."""
        return bool(self.tried) and not any(one.fault for one in self.tried) and bool(self.pages or not self.failures)

    @property
    def unreached(self) -> bool:
        """Whether nothing was heard of the site at all: that says nothing of what is declared."""
        return bool(self.tried) and all(one.unreached for one in self.tried)

    @property
    def quiet_since(self) -> datetime | None:
        """The day of the newest entry, in UTC, of a source whose doors open and have long named nothing new."""
        named = [one for one in self.tried if one.entries]
        return max(filter(None, (one.newest for one in named)), default=None) if all(o.stale for o in named) else None


def check(source: Source, look: Look, now: datetime) -> Checked:
    """Ask for each door of a source, as politely as a crawl, and for a few of the articles that they name."""
    if source.spider:
        return _check_code(source, look, now)
    doors = doors_of((source,), now)[:MOST_DOORS]
    captures, failures = ask([door.url for door in doors], look, source)
    tried: list[Tried] = []
    for door in doors:
        if door.url in captures:
            one, url = _tried(source, door, captures[door.url], look, now), captures[door.url].url
            moved = one.fault and url != door.url
            tried.append(replace(one, fault=f"it leads to {url}: {one.fault}") if moved else one)
        elif not (door.awaited and door.url in failures and failures[door.url].reason == "not_found"):
            tried.append(unopened(door.kind, door.url, failures.get(door.url)))
    entries = _newest(tried)
    known = {url: capture for url, capture in captures.items() if url in source.page}
    pages, missed = sample_of(source, entries, look, known)
    return Checked(tuple(tried), tuple(pages), tuple(missed))


def sample_of(
    source: Source, entries: Sequence[Entry], look: Look, known: dict[str, Capture]
) -> tuple[list[Capture], list[Failure]]:
    """A few articles, and why some could not be had; of a source that watches pages, those."""
    failures: list[Failure] = []

    def heard(sources: Sequence[Source]) -> tuple[list[Capture], list[Failure]]:
        captures, missed = look(sources)
        failures.extend(missed)
        return captures, missed

    pages = sample(source, entries, heard, known)
    return [*(replace(c, source=source.key) for c in known.values()), *pages], failures


def _tried(source: Source, door: Door, capture: Capture, look: Look, now: datetime) -> Tried:
    answer = answer_of(capture)
    if door.kind == "page":
        return Tried("page", door.url)
    tried = try_door(door.kind, door.url, answer, now, source)
    if door.kind == "sitemap" and tried.fault == EMPTY:
        _, below = try_sitemap(door.url, answer, now)
        if below:
            return _tried_below(source, door, below, look, now)
    return _explained(source, door, answer, tried, now)


def _explained(source: Source, door: Door, answer: Answer, tried: Tried, now: datetime) -> Tried:
    """A door that names nothing, with what keeps it from that: the source's own patterns, or its selector."""
    if tried.fault != EMPTY:
        return tried
    plain = try_door(door.kind, door.url, answer, now, replace(source, include="", exclude=""))
    if plain.entries:
        return replace(tried, fault=f"include and exclude let none of its {len(plain.entries)} entries through")
    return replace(tried, fault=f"links = « {source.links} » finds no link on it") if source.links else tried


def _tried_below(source: Source, door: Door, below: Sequence[str], look: Look, now: datetime) -> Tried:
    """An index of sitemaps is tried at the one that promises most."""
    url = next((one.url for one in sitemaps_below(below, now)), below[0])
    captures, failures = ask([url], look, source)
    if url not in captures:
        return Tried("sitemap", door.url, fault=f"{url}: {say(failures.get(url))}")
    answer = answer_of(captures[url])
    tried = _explained(source, replace(door, url=url), answer, try_door("sitemap", url, answer, now, source), now)
    return replace(tried, url=door.url, fault=tried.fault and f"{url}: {tried.fault}")


def _check_code(source: Source, look: Look, now: datetime) -> Checked:
    """A source with code reads answers that only it understands: it is crawled once, a few pages of it."""
    captures, failures = look([source])
    shut = {failure.url: failure for failure in failures}
    tried = [
        unopened(door.kind, door.url, shut[door.url]) if door.url in shut else Tried(door.kind, door.url)
        for door in doors_of((source,), now)
    ]
    pages = [c for c in captures if c.role == "page" and c.status in {200, 203}]
    at_doors = {one.url for one in tried}
    return Checked(tuple(tried), tuple(pages), tuple(f for f in failures if f.url not in at_doors))


def _newest(tried: Sequence[Tried]) -> list[Entry]:
    entries = {entry.url: entry for one in tried for entry in one.entries}
    return sorted(
        entries.values(), key=lambda e: e.hint.published_at.timestamp() if e.hint.published_at else 0.0, reverse=True
    )
