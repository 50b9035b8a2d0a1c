"""The honest account of a crawl: what each source was asked, answered and left unsaid."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.records import Run

# What a source's run is called, by the words for what kept it shut. What is not here is `unreachable`.
OUTCOMES = {
    "refused": "refused",
    "robots": "refused",
    "private_address": "refused",
    "credentials": "refused",
    "not_http": "refused",
    "not_found": "gone",
    "not_a_feed": "broken",
    "too_large": "broken",
    "redirects": "broken",
    "redirected_home": "broken",
    "no_content": "broken",
}
# So many pages failed and none read: the doors may be open, but the source is not read.
FEWEST_PAGES = 3


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
    pages_read: int = 0
    doors_read: int = 0
    doors_shut: list[str] = field(default_factory=list)
    pages_shut: list[str] = field(default_factory=list)

    def outcome(self, ended: bool) -> str:
        """What the crawl means for the source. `ok` with a door or a page shut is still said by the failures table."""
        if self.doors_read:
            if len(self.pages_shut) >= FEWEST_PAGES and not self.pages_read:
                # The doors were read: of a source that answers, « unreachable » would be said wrongly.
                why = _most(self.pages_shut)
                return why if why in {"refused", "gone"} else "shut"
            return "ok" if self.entries else "empty" if ended else "cut"
        return _most(self.doors_shut) if ended and self.doors_shut else "cut"

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


def _most(reasons: list[str]) -> str:
    """The outcome that most of the reasons amount to; of as many, the first that was met."""
    return Counter(OUTCOMES.get(reason, "unreachable") for reason in reasons).most_common(1)[0][0]
