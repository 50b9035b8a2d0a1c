"""English as it is printed: the same names as in `french`. Times are Paris's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

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


def short_day(when: datetime) -> str:
    """“21 Nov 2024”, for a column of a table: no order of figures is everybody's."""
    local = when.astimezone(PARIS)
    return f"{local.day} {MONTHS[local.month - 1][:3]} {local.year}"


def month_line(when: date) -> str:
    """“November 2024”."""
    return f"{MONTHS[when.month - 1]} {when.year}"


def number(count: int) -> str:
    """Thousands are parted by a comma."""
    return f"{count:,}"


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
    return f"{number(count)}{NBSP}{one if count == 1 else many}"


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
    "pages": ("new page", "new pages"),
    "listed": ("entry", "entries"),
    "a_day": ("article a day", "articles a day"),
    "a_week": ("article a week", "articles a week"),
    "a_month": ("article a month", "articles a month"),
    "articles": ("article", "articles"),
    "older": ("older article", "older articles"),
    "fine": ("source is well", "sources are well"),
    "unwell": ("source is not well", "sources are not well"),
    "faults": ("internal error", "internal errors"),
    "seconds": ("second", "seconds"),
    "sources": ("source", "sources"),
}

WORDS = {
    # The digest.
    "title": "Vigie, watch {watch}",
    "subject": "Vigie {watch}: {news}",
    "told": "{lead}: {told}",
    "topics": "Topics: {topics}",
    "first_known": "first reading: {known}",
    "nothing": "nothing new in what was read",
    "nothing_first": "first reading: nothing on these topics in what was read",
    "none_yet": "no source was read yet",
    "none_read": "nothing new, but no source could be read at the last crawl",
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
    "teaser": "excerpt: for subscribers only",
    "title_only": "title only: the text could not be read",
    "gone_now": "the current version no longer mentions it",
    "seen": "seen on {day}",
    "edited_on": "edited, seen on {day}",
    "removed_on": "not found since {first} ({gone}), missed {looks} times until {last}",
    "version_seen": "(version seen on {day})",
    "and_then": "{one}, then {other}",
    "sentence_lost": "is gone:",
    "sentence_gained": "is new:",
    "title_was": "the title was:",
    "now_walled": "now for subscribers only",
    "now_open": "now free to read",
    "copies": "same text in {titles}",
    "why": "Important: {reasons}",
    "in_title": "named in the title",
    "nearby": "source of the place followed",
    "about_here": "about the place followed",
    "investigative": "investigative press",
    "official": "official source",
    "looked_at": "What was looked at",
    "account": "{read} of {all}, {entries} at the last crawl.",
    "unseen": "What could not be seen",
    "semicolon": "; ",
    "of_source": "{name}: {why}",
    "of_sources": "{sources} {why}: {names}",
    "gap": "articles may have passed unseen between two readings",
    "more": "… and {others}: vigie query chronology",
    "empty": "answered, but lists no article",
    "refused": "refuses Vigie",
    "unreachable": "did not answer",
    "shut": "lists its articles, but none could be read",
    "broken": "answered, but could not be read",
    "gone": "no longer exists at this address",
    "closed": "is not watched",
    "cut": "was not read to its end, the rest at the next run",
    "never": "was never read yet",
    "unsupported": "is not watched yet",
    # The health of the sources: a name and a colon stand before it.
    "as_declared": "{words}",
    "lists_nothing": "answers, but lists no article any more",
    "lists_less": "lists only {entries}, usually {usual}",
    "unread": "{pages}, none of which could be read",
    "never_read": "never read: {why}",
    "and_also": "{why}; {more}",
    "lost_pages": "{pages}",
    "missed": "did not answer this time",
    "shut_once": "lists its articles, but none could be read this time",
    "shut_since": "lists its articles, but none could be read since {since}",
    "unreachable_since": "has not answered since {since}",
    "refused_since": "has refused Vigie since {since}",
    "gone_since": "has not been at its address since {since}",
    "broken_since": "answers, but has not been readable since {since}",
    "no_rhythm": "read; too few articles yet to know its rhythm",
    "last_article": "last article on {last}",
    "beyond_rhythm": "last article on {last}; usually {usual}",
    "column_source": "source",
    "column_state": "state",
    "column_why": "why",
    "well_of": "{well}, of {all}",
    "none_well": "no source is well, of {all}",
    # The alert to whoever runs this home.
    "alert": "Vigie: {first}",
    "well_again": "is read again",
    "rules_changed": "the rules have changed since the articles that are kept were read: vigie retag --dry-run",
    "internal": "{faults}, see {log}",
    "undelivered": "watch {watch}, {channel}: {why}; {then}",
    "again": "it is tried again at the next run",
    "mend": "mend this; it is tried again at each run",
    "the_home": "Home: {folder}",
    "the_code": "Exit code 1.",
    # Why a digest did not arrive.
    "no_secret": "no secret {name}: set it in the environment or in secrets.toml",
    "unencrypted": "mail to {host} would go unencrypted: set tls in [mail]",
    "answered": "{where}: {answer}",
    "no_mail_server": "{where}: {answer}; no mail server is here, name one in [mail] of vigie.toml",
    "not_of_the_web": "the webhook's address is none of http(s)",
    "no_feed": "{path}: no feed ({fault}); move it away",
    "too_slow": "{command}: takes more than {limit}",
    "exit_code": "{command}: exit code {code}",
    "exit_code_said": "{command}: exit code {code} {answer}",
    "needs_apprise": "« {kind}:// » needs apprise: pip install 'vigie[apprise]'",
    "unknown_to_apprise": "{channel}: apprise does not know this address",
    "not_by_apprise": "{channel}: apprise could not deliver",
    # The report.
    "report": "Vigie: how things stand",
    "report_of": "Vigie: how things stood on {made}",
    "contents": "Contents",
    "articles_since": "since {since}, reprints included",
    "nothing_found": "Nothing on these topics in what was read.",
    "nothing_read": "No article was read yet.",
    "months_title": "What was published, month by month",
    "months_words": "Most in {month}. An article on two topics counts twice.",
    "months_drawn": "Stacked bars: articles by month and topic",
    "months_table": "Articles by month and topic",
    "month": "Month",
    "timeline_title": "The timeline",
    "timeline_words": "A dot for each article, at its date of publication, on the line of each of its topics.",
    "timeline_drawn": "Dots: an article at its date, by topic",
    "timeline_table": "The articles, the newest first",
    "timeline_more": "… and {older}: vigie query chronology",
    "date": "Date",
    "source": "Source",
    "article_title": "Title",
    "article_topics": "Topics",
    "places_title": "Where it is written about",
    "places_words": "The place is the one that the source covers. An article on two topics counts twice.",
    "places_drawn": "Bars: articles by place and topic",
    "places_table": "Articles by the sources' place and topic",
    "place": "Place",
    "sources_title": "The sources",
    "sources_words": "{unwell}, of {all}.",
    "sources_well": "All is well with the sources, {all} of them.",
    "sources_unread": "No source was read yet.",
    "sources_drawn": "Bars: number of sources by state",
    "sources_table": "The sources and how they are",
    "sources": "Sources",
    "state": "State",
    "why_so": "Why",
}

# What a crawl came to, of several sources.
MANY = {
    "empty": "answered, but list no article",
    "refused": "refuse Vigie",
    "unreachable": "did not answer",
    "shut": "list their articles, but none could be read",
    "broken": "answered, but could not be read",
    "gone": "no longer exist at their addresses",
    "closed": "are not watched",
    "cut": "were not read to their end, the rest at the next run",
    "never": "were never read yet",
    "unsupported": "are not watched yet",
}

# A source's health.
STATES = {
    "well": "well",
    "quiet": "quiet",
    "silent": "silent",
    "broken": "cannot be read",
    "refused": "refuses us",
    "gone": "gone",
    "unreachable": "does not answer",
    "new": "new",
    "closed": "not watched",
}

# How an address says that there is no such page any more.
GONE = {
    "says so": "the page says so",
    "leads to the home page": "leads to the home page",
    "leads to a section": "leads to its section",
}

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
