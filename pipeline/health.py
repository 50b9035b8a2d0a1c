"""Is a source well? Judged by its last crawls, and against its own usual rhythm. Pure: no clock, no database.

How it listens for silence. What counts is the pauses between the days on which a source published. Were they drawn
from an exponential law, the chance that one is m times as long as the longest of n before it would be about n**-m,
whatever the source's rate; so a pause is `quiet` beyond m = ln(20)/ln(n) times the longest one known, and `silent`
beyond m = ln(10,000)/ln(n) times. A source with a long and regular past is heard within days; one that publishes twice
a month does not cry wolf. Time counts only while the source usually publishes: where it rests at weekends and on
public holidays these are taken out, and in August and around Christmas the clock runs at half speed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Literal

from dateutil.easter import easter

from pipeline.french import PARIS
from pipeline.records import Run
from pipeline.telling.tongue import Count, Said

State = Literal["well", "quiet", "silent", "broken", "refused", "gone", "unreachable", "new", "closed"]
BAD: frozenset[State] = frozenset({"silent", "broken", "refused", "gone", "unreachable"})
QUIET, SILENT = 20, 10_000  # once in so many pauses
FEWEST = 6  # days of publication: with fewer, nothing can be said of a rhythm
SHORTEST = timedelta(days=1)
REST = 0.05  # a source with a smaller share of its publications at weekends rests then
THIN = 1 / 4  # of its usual number of entries
PATIENCE = timedelta(hours=6)  # a site that does not answer for less than this is nobody's worry
UNREADABLE_PAGES = 3
WINDOW = 60  # runs that say what is usual


@dataclass(frozen=True, slots=True)
class Pulse:
    """What is known of a source: its crawls and its publications, oldest first; pages read and not read lately.

    `lost_pages` and `gap` are what the digest says of a last crawl that did not see the source whole (see Sight).
    """

    source: str
    name: str
    closed: str = ""
    runs: tuple[Run, ...] = ()
    published: tuple[datetime, ...] = ()
    read_pages: int = 0
    unread_pages: int = 0
    lost_pages: int = 0
    gap: bool = False


@dataclass(frozen=True, slots=True)
class Health:
    """The judgment: `since` is when the state began, `why` a sentence for a person.

    `whole` is false of a source that is well and yet is among what a digest could not see: `why` says that too.
    """

    source: str
    name: str
    state: State
    since: datetime | None
    why: Said
    whole: bool = True

    @property
    def bad(self) -> bool:
        return self.state in BAD


def judge(pulse: Pulse, now: datetime) -> Health:
    """One source's health at `now`."""

    def said(state: State, since: datetime | None, why: Said, whole: bool = True) -> Health:
        return Health(pulse.source, pulse.name, state, since, why, whole)

    if pulse.closed:
        return said("closed", None, Said("as_declared", {"words": pulse.closed}))
    runs = [run for run in pulse.runs if run.outcome != "cut"]
    if not runs:
        return said("new", None, Said("never"))
    last = runs[-1]
    if last.outcome in {"refused", "broken", "gone", "unreachable", "shut"}:
        return said(*_shut(runs, now))
    if last.outcome == "empty":
        ever = any(run.entries for run in runs)
        return said("broken", _since(runs, "empty"), Said("lists_nothing" if ever else "empty"))
    if thin := _thinned(runs):
        return said("broken", last.started_at, thin)
    if pulse.unread_pages >= UNREADABLE_PAGES and not pulse.read_pages:
        return said("broken", last.started_at, Said("unread", {"pages": Count("pages", pulse.unread_pages)}))
    state, since, why = _rhythm(pulse.published, now)
    unseen = _unseen(pulse)
    for more in unseen:
        why = Said("and_also", {"why": why, "more": more})
    return said(state, since, why, not unseen)


def _unseen(pulse: Pulse) -> list[Said]:
    """What the digest says of the last crawl of a source that is read."""
    said = [Said("cut")] if pulse.runs[-1].outcome == "cut" else []
    if pulse.gap:
        said.append(Said("gap"))
    if pulse.lost_pages:
        said.append(Said("lost_pages", {"pages": Count("lost", pulse.lost_pages)}))
    return said


def _shut(runs: Sequence[Run], now: datetime) -> tuple[State, datetime, Said, bool]:
    outcome = runs[-1].outcome
    since = _since(runs, outcome)
    states: dict[str, State] = {"unreachable": "unreachable", "refused": "refused", "gone": "gone"}
    state = states.get(outcome, "broken")
    read = [at for at, run in enumerate(runs) if run.outcome == "ok"]
    if not read:
        return state, since, Said("never_read", {"why": Said(outcome)}), True
    missed = runs[read[-1] + 1 :]
    if {run.outcome for run in missed} <= {"unreachable", "shut"} and now - missed[0].started_at < PATIENCE:
        return "well", since, Said("missed" if outcome == "unreachable" else "shut_once"), False
    return state, since, Said("shut_since" if outcome == "shut" else f"{state}_since", {"since": since}), True


def _since(runs: Sequence[Run], outcome: str) -> datetime:
    """When the unbroken series of this outcome at the end of the runs began."""
    since = runs[-1].started_at
    for run in reversed(runs):
        if run.outcome != outcome:
            break
        since = run.started_at
    return since


def _thinned(runs: Sequence[Run]) -> Said | None:
    """What to say when the doors list far fewer entries than they ever did; None when they do not."""
    before = [run.entries for run in runs[-WINDOW:-1] if run.outcome == "ok" and run.entries]
    entries = runs[-1].entries
    if len(before) < FEWEST or not entries or median(before) < FEWEST:
        return None
    # The lower quartile: a new source's first short lists, or one odd day, are not what is usual.
    if entries >= THIN * sorted(before)[len(before) // 4]:
        return None
    usual = Count("listed", round(median(before)))
    return Said("lists_less", {"entries": Count("listed", entries), "usual": usual})


def _rhythm(published: Sequence[datetime], now: datetime) -> tuple[State, datetime | None, Said]:
    days = list({when.astimezone(PARIS).date(): when for when in sorted(published)}.values())
    if len(days) < FEWEST:
        return "well", None, Said("no_rhythm")
    rests = _rests(days)
    last = days[-1]
    told = Said("last_article", {"last": last})
    if now - last < SHORTEST:
        return "well", last, told
    pauses = [worked(one, other, rests) for one, other in pairwise(days)]
    longest, known = max(1.0, *pauses), math.log(len(pauses))
    times = worked(last, now, rests) / longest
    beyond = Said("beyond_rhythm", {"last": last, "usual": _usual(len(published) / max(1.0, sum(pauses)))})
    if times > math.log(SILENT) / known:
        return "silent", last, beyond
    if times > max(1.0, math.log(QUIET) / known):
        return "quiet", last, beyond
    return "well", last, told


def _usual(rate: float) -> Count:
    """A rate in articles per day of publication, as it is said."""
    if rate >= 1:
        return Count("a_day", round(rate))
    if rate >= 1 / 7:
        return Count("a_week", round(rate * 7))
    return Count("a_month", max(1, round(rate * 30)))


def _rests(days: Sequence[datetime]) -> bool:
    """Whether a source rests at weekends and on public holidays."""
    local = [day.astimezone(PARIS).date() for day in days]
    return sum(not _open(day) for day in local) < REST * len(local)


def worked(start: datetime, end: datetime, rests: bool) -> float:
    """The days between two instants in which a source usually publishes; slow seasons count half."""
    total, at = 0.0, start.astimezone(PARIS)
    stop = end.astimezone(PARIS)
    while at < stop:
        midnight = (at + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        until = min(midnight, stop)
        if not rests or _open(at.date()):
            total += (until - at) / timedelta(days=1) * (0.5 if _slow(at.date()) else 1.0)
        at = until
    return total


def _open(day: date) -> bool:
    return day.weekday() < 5 and day not in holidays(day.year)


def _slow(day: date) -> bool:
    return day.month == 8 or (day.month, day.day) >= (12, 22) or (day.month, day.day) <= (1, 3)


def holidays(year: int) -> frozenset[date]:
    """The public holidays of metropolitan France (Code du travail, L3133-1)."""
    sunday = easter(year)
    moving = (sunday + timedelta(days=n) for n in (1, 39, 50))
    fixed = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
    return frozenset([*moving, *(date(year, month, day) for month, day in fixed)])
