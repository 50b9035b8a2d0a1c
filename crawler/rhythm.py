"""When a page is looked at again. Pure functions over times."""

from __future__ import annotations

from datetime import datetime, timedelta

# Counted from the first fetch: edits come early, disappearances late.
RHYTHM = tuple(timedelta(hours=h) for h in (1, 6, 24, 72, 168, 720))
# What was matched is looked at for longer: its removal is news.
LONGER = tuple(timedelta(days=d) for d in (90, 180, 365, 730))
# An article older than this at its first fetch is past its early edits: only the later looks are left.
SETTLED = timedelta(days=30)
# After a failure, how long to wait before the next try; after the last one there is none before the next look.
PATIENCE = tuple(timedelta(hours=h) for h in (1, 6, 24, 72, 168))
# A page that answers 404 or 410 is looked at this often before it is believed to be gone: that takes two days.
GONE_LOOKS, GONE_WAIT = 5, timedelta(hours=12)
# One whose last look showed something doubtful (a wall, an error page that says 200) is looked at again after this.
DOUBT_WAIT = timedelta(hours=11, minutes=30)
# One that was never there: a feed may name an article some minutes before it can be read.
NEVER_THERE_LOOKS = 2


def next_look(first: datetime, published: datetime | None, now: datetime, *, matched: bool = False) -> datetime | None:
    """When a page fetched first at `first` is looked at again after `now`; None when it is left in peace."""
    rhythm = RHYTHM[-1:] if published and first - published > SETTLED else RHYTHM
    steps = rhythm + (LONGER if matched else ())
    return next((first + step for step in steps if first + step > now), None)


def next_try(tries: int, now: datetime) -> datetime | None:
    """When a page that failed `tries` times before this one is asked for again; None when it is given up."""
    return now + PATIENCE[tries] if tries < len(PATIENCE) else None


def look_for_gone(gone: int, *, seen_before: bool, now: datetime) -> datetime | None:
    """When a page is looked at again that has now answered `gone` times that it is not there."""
    return now + GONE_WAIT if gone < (GONE_LOOKS if seen_before else NEVER_THERE_LOOKS) else None
