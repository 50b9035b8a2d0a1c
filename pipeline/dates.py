"""Written dates as instants, and which of them to believe."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from pipeline.plain import line

PARIS = ZoneInfo("Europe/Paris")
FIRST_YEAR = 1990
_ISO = re.compile(
    r"(\d{4}-\d{1,2}-\d{1,2})(?:[T ]+(\d{1,2}:\d{2}(?::\d{2})?)(?:[.,]\d+)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?$",
    re.IGNORECASE,
)
_DAY_FIRST = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?:\D{1,5}(\d{1,2})[h:](\d{2}))?")


def moment(text: str, before: datetime) -> datetime | None:
    """A written date as an instant in UTC, or None. Without a zone it is Paris time; a day alone is its midnight."""
    text = line(text)[:60]
    try:
        if found := _ISO.match(text):
            day = "-".join(piece.zfill(2) for piece in found[1].split("-"))
            zone = (found[3] or "").upper().replace("UTC", "Z").replace("GMT", "Z")
            when = datetime.fromisoformat(f"{day}T{(found[2] or '00:00').zfill(5)}{zone}")
        elif found := _DAY_FIRST.match(text):
            when = datetime(int(found[3]), int(found[2]), int(found[1]), int(found[4] or 0), int(found[5] or 0))  # noqa: DTZ001
        elif text.isdigit() and len(text) in (10, 13):
            when = datetime.fromtimestamp(int(text[:10]), UTC)
        else:
            when = parsedate_to_datetime(text)
        return believed(when, before)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def believed(when: datetime, before: datetime) -> datetime | None:
    """The instant in UTC, unless it lies before the web or after `before`; a time without zone is Paris time."""
    if not FIRST_YEAR <= when.year <= before.year + 1:
        return None
    instant = (when if when.tzinfo else when.replace(tzinfo=PARIS)).astimezone(UTC)
    return instant if instant <= before + timedelta(days=2) else None
