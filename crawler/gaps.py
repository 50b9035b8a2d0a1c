"""Whether entries may have passed unseen between two crawls of a source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crawler.spiders.doors import Door, Found
from pipeline.records import Source

# Of these kinds a door shows its newest entries only. A day archive is whole once every day of it was read.
WINDOWS = ("feed", "listing", "sitemap")


@dataclass
class Reach:
    """How far back the doors of one source reached in this crawl.

    `short`: a door showed nothing but new entries, all later than the last time it was read, so that some may have
    come and gone. `whole`: a sitemap, which stands for all of the source, reached back to what was known.
    """

    short: bool = False
    whole: bool = False
    days: int = 0
    days_read: int = 0

    def open(self, door: Door) -> None:
        self.days += door.kind == "archive"

    def read(self, door: Door, source: Source, found: Found, last_read: datetime | None, known: bool) -> None:
        """`known`: one of the entries had been noted before this crawl; `last_read`: None the first time."""
        self.days_read += door.kind == "archive"
        if door.kind not in WINDOWS or last_read is None or not found.entries:
            return
        if found.oldest is None and not known and (source.include or source.exclude):
            return  # what the source leaves aside may well be known: nothing can be said
        reaches = known or (found.oldest is not None and found.oldest <= last_read)
        self.short |= not reaches
        self.whole |= reaches and door.kind == "sitemap"

    @property
    def gap(self) -> bool:
        filled = self.whole or (self.days > 0 and self.days_read == self.days)
        return self.short and not filled
