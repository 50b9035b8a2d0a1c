"""Dates as doors write them: ISO 8601, French words, feedparser's tuples. Pure functions."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from time import struct_time
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
MONTHS = {
    m: n
    for n, names in enumerate(
        ("janvier janv", "février fevrier févr", "mars", "avril avr", "mai", "juin", "juillet juil juill", "août aout",
         "septembre sept", "octobre oct", "novembre nov", "décembre decembre déc"), 1,
    )
    for m in names.split()
}  # fmt: skip
FRENCH_DATE = re.compile(
    rf"\b(\d{{1,2}})(?:er)?\s+({'|'.join(MONTHS)})\.?\s+(20\d\d)\b"
    r"|\b(\d\d?)([/.-]|\s(?=\d\d\s))(\d\d?)\5(20\d\d)\b",
    re.I,
)


def french_day(text: str) -> datetime | None:
    """The first day that a text names, in words or as 21/11/2024: its midnight in Paris."""
    match = FRENCH_DATE.search(" ".join(text.split()))
    if not match:
        return None
    day, month, year = (match[1], MONTHS[match[2].lower()], match[3]) if match[1] else (match[4], match[6], match[7])
    try:
        return datetime(int(year), int(month), int(day), tzinfo=PARIS).astimezone(UTC)
    except ValueError:
        return None


def feed_instant(parsed: struct_time | None, now: datetime) -> datetime | None:
    """feedparser's UTC time; None for one that cannot be or that lies in the future."""
    try:
        when = datetime(*parsed[:6], tzinfo=UTC) if parsed else None
    except (ValueError, OverflowError):
        return None
    return when if when and when < now + timedelta(days=2) else None


def iso_instant(text: object) -> datetime | None:
    """An ISO 8601 date or instant; without a zone it is Paris's, without a time it is that day's midnight."""
    if not isinstance(text, str) or len(text) < len("2024-11-21"):
        return None
    try:
        when = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if isinstance(when, date) and when.tzinfo is None:
        when = when.replace(tzinfo=PARIS)
    try:
        return when.astimezone(UTC)
    except OverflowError:
        return None
