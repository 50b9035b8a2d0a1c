"""English as it is printed: the same names as in `french`. Times are Paris's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pipeline.french import NBSP, PARIS

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def day_line(when: datetime) -> str:
    """“Thursday 21 November 2024”, in Paris."""
    local = when.astimezone(PARIS)
    return f"{DAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]} {local.year}"


def date_line(when: datetime) -> str:
    """The day, and the hour where it is known: midnight in Paris means that only the day is."""
    local = when.astimezone(PARIS)
    return day_line(when) if (local.hour, local.minute, local.second) == (0, 0, 0) else instant_line(when)


def instant_line(when: datetime) -> str:
    """“Thursday 21 November 2024 at 06:05”, in Paris."""
    return f"{day_line(when)} at {when.astimezone(PARIS):%H:%M}"


def spaced(text: str) -> str:
    """English wants no other spaces than those written."""
    return text


def quoted(words: str) -> str:
    """Words between quotation marks."""
    return f"“{words}”"


def listed(parts: Sequence[str]) -> str:
    """“a, b and c”."""
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else "".join(parts)


def counted(key: str, count: int) -> str:
    """A number with the thing counted: COUNTED["new"], 2 gives “2 new articles”."""
    one, many = COUNTED[key]
    return f"{count:,}{NBSP}{one if count == 1 else many}"


COUNTED = {
    "new": ("new article", "new articles"),
    "known": ("article already published", "articles already published"),
    "archive": ("article from the archives", "articles from the archives"),
    "edited": ("article edited", "articles edited"),
    "removed": ("article removed", "articles removed"),
    "topics": ("of the topics followed", "of the topics followed"),
    "mentions": ("mention", "mentions"),
    "read": ("source read", "sources read"),
    "entries": ("entry seen", "entries seen"),
    "lost": ("page could not be read", "pages could not be read"),
    "left": ("page left for the next run", "pages left for the next run"),
    "others": ("other article", "other articles"),
}

WORDS = {
    "title": "Vigie, watch {watch}",
    "subject": "Vigie {watch}{colon} {news}",
    "colon": ":",
    "topics": "Topics{colon} {topics}",
    "first_known": "first reading{colon} {known}",
    "nothing": "nothing new in what was read",
    "nothing_first": "first reading{colon} nothing on these topics in what was read",
    "since": "All that was seen since {day}",
    "france": "All of France",
    "imported": "imported archive",
    "and_beyond": "{places} and beyond",
    "no_place": "No known place",
    "edits": "Edited since",
    "removals": "Removed",
    "archives_first": "Published before the first reading",
    "archives": "Archives",
    "untitled": "(untitled)",
    "undated": "unknown date",
    "teaser": "excerpt{colon} for subscribers only",
    "title_only": "title only{colon} the text could not be read",
    "gone_now": "the current version no longer mentions it",
    "seen": "seen on {day}",
    "edited_on": "edited, seen on {day}",
    "removed_on": "not found since {first} ({gone}), looked at {looks} times until {last}",
    "sentence_lost": "is gone{colon}",
    "sentence_gained": "is new{colon}",
    "title_was": "the title was{colon}",
    "now_walled": "now for subscribers only",
    "now_open": "now free to read",
    "copies": "same text in {titles}",
    "why": "Important{colon} {reasons}",
    "in_title": "named in the title",
    "nearby": "source of the place followed",
    "investigative": "investigative press",
    "official": "official source",
    "looked_at": "What was looked at",
    "account": "{read} of {all}, {entries} at the last crawl.",
    "unseen": "What could not be seen",
    "gap": "articles may have passed unseen between two readings",
    "more": "… and {others}{colon} vigie query chronology",
    "empty": "answered, but lists no article",
    "refused": "refuses Vigie",
    "unreachable": "did not answer",
    "broken": "answered, but could not be read",
    "gone": "no longer exists at this address",
    "closed": "is not watched",
    "cut": "was not read to its end, the rest at the next run",
    "never": "was never read yet",
    "unsupported": "is not watched yet",
}

# How an address says that there is no such page any more.
GONE = {"says so": "the page says so", "leads to the home page": "leads to the home page"}

# Why a source could not be read, by the failure's reason.
REASONS = {
    "refused": "access refused",
    "robots": "robots.txt forbids it",
    "robots_unreadable": "robots.txt cannot be read, so nothing is asked for",
    "not_found": "not found",
    "not_a_feed": "the answer is not of the type expected",
    "dns": "unknown host",
    "tls": "invalid certificate",
    "timeout": "no answer in time",
    "connection": "connection refused or cut",
    "truncated": "answer cut before its end",
    "server_error": "the site's own error",
    "too_large": "answer too large",
    "redirects": "endless redirects",
    "private_address": "points to a private address, refused",
}
