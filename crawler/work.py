"""One source's work in a crawl: which of its doors are open, which pages wait to be asked for, what came of it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from crawler.gaps import Reach
from crawler.ledger import Tally
from crawler.spiders.doors import Door
from crawler.visits import Page
from pipeline.records import Source


@dataclass
class Work:
    """`pages` wait in the order in which they are asked for; `budget` bounds how many are asked for in all."""

    source: Source
    tally: Tally
    budget: int
    reach: Reach = field(default_factory=Reach)
    doors_open: int = 0
    asking: bool = False
    pages: deque[Page] = field(default_factory=deque)

    @property
    def room(self) -> int:
        return max(0, self.budget - self.tally.asked)

    def open(self, door: Door) -> None:
        self.doors_open += 1
        self.reach.open(door)

    def add(self, page: Page, *, first: bool = False) -> None:
        """Have a page asked for after the others, or before them."""
        self.tally.asked += 1
        self.tally.waiting += 1
        (self.pages.appendleft if first else self.pages.append)(page)

    def next_page(self) -> Page | None:
        """The page to be asked for now, if none is on its way."""
        if self.asking or not self.pages:
            return None
        self.asking = True
        return self.pages.popleft()

    def done(self) -> None:
        """A page has been answered, or will not be."""
        self.asking = False
        self.tally.waiting -= 1
