"""What a home's archive needs once a day: seals, a time stamp, and the dropping of pages past their time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pipeline.home import Home
from pipeline.proof.chain import CHAIN, read_chain, seal
from pipeline.proof.retention import retain
from pipeline.publish import BusyError

DAY = timedelta(days=1)
MARK = "kept-at"  # beside the archive: when pages past their time were last looked for


def upkeep(home: Home, now: datetime) -> list[str]:
    """Seal complete archive files and drop what is reserved; once a day, have the chain stamped and drop what is past
    its time.

    Gives a line for each thing that could not be done; it is tried again at the next run.
    """
    seal(home.archive, now)
    faults = _stamped(home, now)
    if not home.database.exists():
        return faults
    mark = home.archive / MARK
    daily = not mark.exists() or now - _moment(mark.stat().st_mtime) >= DAY
    try:
        retain(home.archive, home.database, home.retention_days if daily else None, now)
    except BusyError as busy:
        return [*faults, f"nothing past its time was dropped: {busy}"]
    if daily:
        home.archive.mkdir(parents=True, exist_ok=True)  # a first run that reached nobody has none
        mark.touch()
    return faults


def _stamped(home: Home, now: datetime) -> list[str]:
    if home.timestamps is None:
        return []
    from pipeline.proof.timestamps import MissingError, StampError, last_stamped, stamp  # noqa: PLC0415 (an extra)

    last = last_stamped(home.archive)
    if last and now - last < DAY:
        return []
    try:
        stamp(home.archive, home.timestamps.url, home.timestamps.certificate)
    except (StampError, MissingError) as error:
        return [f"no time stamp: {error}; it is tried again at the next run"]
    return []


def chain_line(home: Home) -> str:
    """The last link of the chain, for whoever keeps it elsewhere."""
    path = home.archive / CHAIN
    links = read_chain(path.read_bytes())[0] if path.exists() else []
    return f"link {links[-1].number} of the chain: {links[-1].digest}" if links else "nothing is sealed yet"


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
