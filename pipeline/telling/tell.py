"""Each watch told through each of its channels what it was not told: gather, claim, send, note."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pipeline.digest import Digest
from pipeline.french import PARIS
from pipeline.home import Watch
from pipeline.store import Store, reading, writing
from pipeline.telling.gather import gather
from pipeline.telling.journal import Journal, Waiting
from pipeline.telling.post import UndeliveredError, shown
from pipeline.telling.tongue import Said, Tongue

TERMINAL = "terminal"
ANNOUNCED_KEY = ("watch", "channel", "event", "article_id", "topic", "version")
MORNING = timedelta(hours=6)  # a day's and a week's digest is that of the first run after six in the morning, in Paris
LATE = timedelta(days=1)  # a delivery that fails for longer needs a person, whatever the reason
SMALL = 64 << 20  # bytes of database that are copied in no time

Send = Callable[[str, Waiting], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """A digest that did not arrive. `passing`: it is tried again, and nobody need do anything yet."""

    watch: str
    channel: str
    why: Said
    passing: bool

    def said(self) -> Said:
        """The whole sentence, which says what happens next."""
        then = Said("again" if self.passing else "mend")
        where = {"watch": self.watch, "channel": shown(self.channel)}
        return Said("undelivered", {**where, "why": self.why, "then": then})

    def __str__(self) -> str:
        return Tongue("en").of(self.said())


def tell(
    store: Store,
    journal: Journal,
    watch: Watch,
    sources: Sequence[str],
    labels: Mapping[str, str],
    now: datetime,
    send: Send,
) -> list[Fault]:
    """Tell a watch through its channels; what did not arrive. Send raises UndeliveredError for what it cannot.

    What waits from before goes first, as it was. A digest that tells nothing is for the terminal only.
    """
    faults = []
    for channel in watch.to or (TERMINAL,):
        told = journal.told(watch.key, channel)
        waiting = journal.waiting(watch.key, channel)
        if is_due(watch.rhythm, told.last_at, now):
            digest = gather(store, watch, sources, labels, now, told)
            if digest.events or channel == TERMINAL:
                waiting.append(journal.claim(digest, channel))
        for one in waiting:
            try:
                send(channel, one)
            except UndeliveredError as fault:
                journal.failed(one.id, str(fault))
                late = now - one.digest.made_at > LATE
                faults.append(Fault(watch.key, channel, fault.why, fault.passing and not late))
                break  # the next would fail in the same way, and the order stays
            journal.sent(one.id, now)
    return faults


def is_due(rhythm: str, last: datetime | None, now: datetime) -> bool:
    """Whether a watch is to be told now: each run; or once a day, or a week, counted from six in the morning."""
    if rhythm == "run" or last is None:
        return True
    before, today = ((when.astimezone(PARIS) - MORNING).date() for when in (last, now))
    return today > before if rhythm == "daily" else today.isocalendar()[:2] > before.isocalendar()[:2]


def as_of(
    store: Store,
    journal: Journal,
    watch: Watch,
    sources: Sequence[str],
    labels: Mapping[str, str],
    start: datetime,
    end: datetime,
) -> Digest:
    """The digest of the day from `start` to `end`: the one that was told then; else what would have been told at `end`.

    What was told is saved, so it comes out as it was, whatever came later.
    """
    if digest := journal.of_day(watch.key, start, end):
        return digest
    told = journal.told(watch.key, (watch.to or (TERMINAL,))[0], start)
    return gather(store, watch, sources, labels, end - timedelta(microseconds=1), told)


def mirror(journal: Journal, database: Path, *, whatever_size: bool = False) -> None:
    """Bring the database's table `announced` up to date with the journal, where it is not.

    The database is written by copying it: where somebody waits for a digest, a large one is left to the next run.
    """
    rows = journal.announced()
    with reading(database) as store:
        known = store.select("SELECT count(*) FROM announced").rows[0][0]
    if known < len(rows) and (whatever_size or database.stat().st_size < SMALL):
        with writing(database) as store:
            store.insert("announced", rows, ANNOUNCED_KEY)
