"""The honest account of a crawl: what each source was asked, answered and left unsaid."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from pipeline.records import Run

REFUSALS = {401, 402, 403, 429, 451}
# The words for a door that did not open, by what kept it shut; the first that applies names the run's outcome.
OUTCOMES = {
    "refused": ("refused", "robots", "private_address", "credentials", "not_http"),
    "broken": ("not_a_feed", "not_found", "too_large"),
    "unreachable": (
        "timeout",
        "dns",
        "tls",
        "connection",
        "truncated",
        "server_error",
        "robots_unreadable",
        "redirects",
    ),
}


@dataclass
class Tally:
    """One source's counts while the crawl runs."""

    source: str
    entries: int = 0
    new_pages: int = 0
    not_modified: int = 0
    bytes: int = 0
    refusals: int = 0
    errors: int = 0
    left: int = 0
    gap: bool = False
    slowest_seconds: float = 0.0
    asked: int = 0
    waiting: int = 0
    doors_read: int = 0
    doors_shut: list[str] = field(default_factory=list)

    def outcome(self, ended: bool) -> str:
        """What the crawl means for the source. `ok` with a door shut is still said by the failures table."""
        if self.doors_read:
            return "ok" if self.entries or self.not_modified else "empty"
        if not ended or not self.doors_shut:
            return "cut"
        return next((word for word, why in OUTCOMES.items() if set(why) & set(self.doors_shut)), "unreachable")

    def run(self, run_id: str, started: datetime, ended: datetime | None, outcome: str) -> Run:
        """The ledger's row."""
        return Run(
            run_id=run_id,
            source=self.source,
            started_at=started,
            ended_at=ended,
            entries=self.entries,
            new_pages=self.new_pages,
            not_modified=self.not_modified,
            bytes=self.bytes,
            refusals=self.refusals,
            errors=self.errors,
            left=self.left,
            gap=self.gap,
            slowest_seconds=round(self.slowest_seconds, 3),
            outcome=outcome,
        )
