"""What one crawl is to do: its sources, its home, its bounds. Made by the command line, or by `scrapy crawl KEY`."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from crawler.sources import load_sources, select
from pipeline.records import Source

# An hourly cron line leaves time for ingest and digest; what is not reached is taken up by the next crawl.
CRAWL_SECONDS = 40 * 60
PAGES_PER_SOURCE = 300
ANSWER_SECONDS = 30.0
# Going back is no matter of an hour; what is left after this is taken up by the same command.
BACKFILL_SECONDS = 7 * 24 * 3600
BACKFILL_PAGES = 50_000


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Plan:
    """`seconds` and `pages` (per source) bound the crawl, `timeout` (seconds) each answer; `loopback` lets a demo or a
    test ask this machine.

    `backfill`: go back on purpose, to then. `matched` are the canonical URLs of matched articles, which are looked at
    for longer; `doubted` those that are to be looked at in this crawl, half a day after the last look or later.
    """

    sources: tuple[Source, ...]
    home: Path
    contact: str = ""
    run_id: str = ""
    seconds: float = CRAWL_SECONDS
    pages: int = PAGES_PER_SOURCE
    loopback: bool = False
    clock: Callable[[], datetime] = utc_now
    timeout: float = ANSWER_SECONDS
    backfill: datetime | None = None
    matched: frozenset[str] = frozenset()
    doubted: frozenset[str] = frozenset()

    @property
    def archive(self) -> Path:
        return self.home / "archive"

    @property
    def visits(self) -> Path:
        return self.home / "crawl.sqlite"

    @property
    def software(self) -> str:
        return f"Vigie/{version('vigie')}"

    @property
    def user_agent(self) -> str:
        """Who we are, in every request: no disguise."""
        contact = "".join(c for c in self.contact if c.isprintable() and c.isascii()) or "no contact given"
        return f"{self.software} (press watch for local democracy; {contact})"


def new_run_id(now: datetime) -> str:
    """A run's name: sorts by time, and two runs of one second do not share it."""
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def going_back(plan: Plan, since: datetime) -> Plan:
    """The plan that goes back to `since`: as long as that takes, as slowly as ever; what is stopped is resumed."""
    return replace(plan, backfill=since, seconds=BACKFILL_SECONDS, pages=BACKFILL_PAGES)


def plan_for(key: str, home: Path | None = None) -> Plan:
    """The plan of `scrapy crawl KEY`: one source, into the home that VIGIE_HOME names."""
    home = home or Path(os.environ.get("VIGIE_HOME", "vigie-home"))
    chosen = select(load_sources(home / "sources.toml"), [key])
    return Plan(tuple(chosen), home, run_id=new_run_id(utc_now()))
