"""Text-and-data-mining reservations (article 4 of Directive 2019/790; TDM Reservation Protocol of the W3C's group).

A site may say in three places that it reserves these rights: a header, a meta element, /.well-known/tdmrep.json.
What is reserved is recorded by origin, and marked in the archive: its text is not kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from crawler.visits import Visits

TDMREP = "/.well-known/tdmrep.json"
TDMREP_BYTES = 256 * 1024
MOST_RULES = 500
HEAD_BYTES = 64 * 1024  # of a page, in which its meta elements stand
_META = re.compile(rb"<meta\b[^>]{0,500}>", re.I)
_NAME = re.compile(rb"""\b(?:name|property)\s*=\s*["']?tdm-reservation\b""", re.I)
_ONE = re.compile(rb"""\bcontent\s*=\s*["']?\s*1\b""", re.I)


@dataclass(frozen=True, slots=True)
class Rule:
    """What tdmrep.json says of the paths that match `location` (`*` and a final `$` as in robots.txt)."""

    location: str
    reserved: bool
    policy: str

    def matches(self, path: str) -> bool:
        pattern = re.escape(self.location.removesuffix("$")).replace(r"\*", ".*")
        return bool(re.match(pattern + ("$" if self.location.endswith("$") else ""), path))


def read_tdmrep(body: bytes) -> list[Rule]:
    """The rules of a tdmrep.json, the most specific first; none when it is no such file."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return []
    rules = []
    for one in (said if isinstance(said, list) else [said])[:MOST_RULES]:
        if isinstance(one, dict) and "tdm-reservation" in one:
            location = str(one.get("location") or "*")[:300]
            if location.count("*") <= 5:
                rules.append(Rule(location, str(one["tdm-reservation"]) == "1", str(one.get("tdm-policy") or "")[:500]))
    return sorted(rules, key=lambda rule: (-len(rule.location), not rule.reserved))


def in_meta(head: bytes) -> bool:
    """Whether the beginning of an HTML page reserves by a meta element."""
    return any(_NAME.search(meta) and _ONE.search(meta) for meta in _META.findall(head))


class Reservations:
    """What is reserved, as far as this crawl has seen; each origin's is recorded once a crawl."""

    def __init__(self, visits: Visits, clock: Callable[[], datetime]) -> None:
        self._visits, self._clock = visits, clock
        self._rules: dict[str, list[Rule]] = {}
        self._recorded: set[tuple[str, str, str]] = set()

    def learn(self, origin: str, body: bytes) -> None:
        """The origin's tdmrep.json; empty when it has none."""
        self._rules[origin] = read_tdmrep(body)

    def of(self, url: str, header: str, policy: str, head: bytes) -> bool:
        """Whether an answer is reserved: by its header `tdm-reservation`, the head of its body, its origin's file."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        rule = next((rule for rule in self._rules.get(origin, ()) if rule.matches(path)), None)
        ways = [
            (header.strip() == "1", "header", policy[:500]),
            (header.strip() != "0" and in_meta(head), "meta", ""),
            (header.strip() != "0" and rule is not None and rule.reserved, "tdmrep.json", rule.policy if rule else ""),
        ]
        found = [(said_by, where) for reserved, said_by, where in ways if reserved]
        for said_by, where in found:
            if (origin, said_by, where) not in self._recorded:
                self._recorded.add((origin, said_by, where))
                self._visits.reserve(origin, said_by, where, self._clock())
        return bool(found)
