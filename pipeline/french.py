"""French as it is printed: dates, plurals, the spaces before high punctuation."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
          "décembre")  # fmt: skip
NBSP, THIN = "\u00a0", "\u202f"


def day_line(when: datetime) -> str:
    """« jeudi 21 novembre 2024 », in Paris."""
    local = when.astimezone(PARIS)
    day = "1er" if local.day == 1 else str(local.day)
    return f"{DAYS[local.weekday()]} {day} {MONTHS[local.month - 1]} {local.year}"


def date_line(when: datetime) -> str:
    """The day, and the hour where it is known: midnight in Paris means that only the day is."""
    local = when.astimezone(PARIS)
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return day_line(when)
    return instant_line(when)


def instant_line(when: datetime) -> str:
    """« jeudi 21 novembre 2024 à 6 h 05 », in Paris."""
    local = when.astimezone(PARIS)
    minutes = f"{NBSP}{local.minute:02d}" if local.minute else ""
    return f"{day_line(when)} à {local.hour}{NBSP}h{minutes}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """« 1 article », « 2 articles »; zero is singular in French. Thousands are parted by a narrow space."""
    number = f"{count:,}".replace(",", THIN)
    return f"{number}{NBSP}{one if abs(count) < 2 else many or one + 's'}"


def spaced(text: str) -> str:
    """No-break spaces where French wants them: inside guillemets, before : ; ! ? and %."""
    text = re.sub(r"« ", f"«{NBSP}", text)
    text = re.sub(r" »", f"{NBSP}»", text)
    return re.sub(r" ([:;!?%])(?=\s|$)", rf"{NBSP}\1", text, flags=re.MULTILINE)
