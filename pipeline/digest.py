"""What a watch is told: the records, their order, and how they are saved. No clock, no database, no printing.

`Digest` is all that a digest says. What it looks like (see `layout` and `render`) is a function of it alone, so that
the digest of a day is saved as it was and made again byte for byte.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Any, Literal, TypeVar

# What can move a terminal's cursor, change its colours or turn the reading order around.
_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]")

_BLANKS = re.compile(r"[^\S\u00a0\u202f]+")  # a no-break space stays one


@dataclass(frozen=True, slots=True)
class Match:
    """One article that a watch looks for: `labels` are its topics in words; `surfaces` the words that were found.

    `place` is where it belongs, in words; `near` tells how near that is to the watch: 0 its places, 1 around them,
    2 elsewhere, 3 the whole country; `local`: its source is one of the watch's places. `untold`: the topics that were
    not told yet. `archive`: published long before. `story` is the matter that it is on. `copies`: the titles that print
    the same text and are told with it; `copied`: what is told of them, each "article version topic". `said_at`: since
    when the sentence was seen, if not at first; `edited_at`: when the article was last seen to have changed; `removed`:
    its removal, if it is gone.
    """

    article_id: str
    topics: tuple[str, ...]
    labels: tuple[str, ...]
    title: str
    source: str
    source_name: str
    kind: str
    place: str
    near: int
    published_at: datetime | None
    first_seen_at: datetime
    url: str
    access: str
    sentence: str
    surfaces: tuple[str, ...]
    version: str
    untold: tuple[str, ...] = ()
    mentions: int = 1
    in_title: bool = False
    local: bool = False
    still_there: bool = True
    archive: bool = False
    story: str = ""
    text_id: str = ""
    copies: tuple[str, ...] = ()
    copied: tuple[str, ...] = ()
    said_at: datetime | None = None
    edited_at: datetime | None = None
    removed: Change | None = None

    @property
    def weight(self) -> int:
        """How important it is: its reasons are told beside it."""
        investigative, official = self.kind == "investigative", self.kind in {"municipal", "institution"}
        return (
            3 * self.in_title
            + 2 * (len(self.topics) - 1)
            + (self.mentions >= 5)
            + 2 * (self.near == 0)
            + investigative
            + official
        )


@dataclass(frozen=True, slots=True)
class Change:
    """An article that has changed: an edit (`lost` and `gained` are sentences) or a removal (`gone`: how its address
    says so, in order, each way once, with commas between; `looks`: how often that was seen). `known`: told before.
    """

    event: Literal["edit", "removal"]
    article_id: str
    title: str
    source_name: str
    url: str
    version: str
    seen_at: datetime
    surfaces: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    gained: tuple[str, ...] = ()
    title_before: str = ""
    access_before: str = ""
    access: str = ""
    first_missed_at: datetime | None = None
    looks: int = 0
    gone: str = ""
    known: bool = False


@dataclass(frozen=True, slots=True)
class Sight:
    """One source and how it was seen last: `outcome` is the ledger's word, `reason` and `status` what kept it shut."""

    source: str
    name: str
    outcome: str
    detail: str = ""
    reason: str = ""
    status: int | None = None
    read_at: datetime | None = None
    entries: int = 0
    left: int = 0
    gap: bool = False
    lost_pages: int = 0


@dataclass(frozen=True, slots=True)
class Digest:
    """What one watch is told: matches and changes in the order of telling, and what was looked at.

    `first`: nothing was told through this channel before. `since`: all that was seen since then, told or not.
    """

    watch: str
    language: str
    labels: tuple[str, ...]
    made_at: datetime
    since: datetime | None
    first: bool
    matches: tuple[Match, ...]
    changes: tuple[Change, ...]
    sights: tuple[Sight, ...]

    @property
    def unseen(self) -> tuple[Sight, ...]:
        """The sources of which « nothing found » must not be said."""
        return tuple(sight for sight in self.sights if sight.outcome != "ok" or sight.gap or sight.lost_pages)

    @property
    def events(self) -> tuple[tuple[str, str, str, str], ...]:
        """What is told, each exactly once: (event, article, topic, version); a match is told for each of its topics."""
        matches = [
            ("match", match.article_id, topic, match.version) for match in self.matches for topic in match.untold
        ]
        for one in (one for match in self.matches for one in match.copied):
            article, version, topic = one.split(" ")
            matches.append(("match", article, topic, version))
        changes = [*self.changes, *(match.removed for match in self.matches if match.removed)]
        return (*matches, *((one.event, one.article_id, "", one.version) for one in changes if not one.known))


def ranked(matches: Iterable[Match]) -> tuple[Match, ...]:
    """The order of telling: archives last; the places nearest to the watch first, of these the one of which most is
    told; there the story with the weightiest article, and in it the weightiest, the newest."""
    every = list(matches)
    places: Counter[tuple[object, ...]] = Counter()
    stories: dict[tuple[object, ...], int] = {}
    for match in every:
        place, story = (match.archive, match.place), (match.archive, match.place, match.story)
        places[place] += match.weight
        stories[story] = max(stories.get(story, 0), match.weight)

    def rank(match: Match) -> tuple[object, ...]:
        when = (match.published_at or match.first_seen_at).timestamp()
        place = -places[match.archive, match.place], match.place
        story = -stories[match.archive, match.place, match.story], match.story
        return match.archive, match.near, *place, *story, -match.weight, -when, match.article_id

    return tuple(sorted(every, key=rank))


def folded(matches: Iterable[Match]) -> tuple[Match, ...]:
    """The matches with those that print one text told as one: by the first to publish it, the others as its copies."""
    prints: dict[str, list[Match]] = {}
    for match in matches:
        prints.setdefault(match.text_id or match.article_id, []).append(match)
    told = []
    for same in prints.values():
        first, *others = sorted(same, key=lambda m: ((m.published_at or m.first_seen_at).timestamp(), m.article_id))
        events = tuple(f"{m.article_id} {m.version} {topic}" for m in others for topic in m.untold)
        told.append(replace(first, copies=tuple(dict.fromkeys(m.source_name for m in others)), copied=events))
    return tuple(told)


def saved(digest: Digest) -> str:
    """The digest as JSON: every field of the records, times in ISO 8601; `restored` takes it back."""
    return json.dumps(asdict(digest), ensure_ascii=False, default=datetime.isoformat)


def restored(text: str) -> Digest:
    """The digest that was saved; what a later version of these records added has its default."""
    said: dict[str, Any] = json.loads(text)
    lists = {"matches": Match, "changes": Change, "sights": Sight}
    for name, kind in lists.items():
        said[name] = tuple(_record(kind, row) for row in said[name])
    return _record(Digest, said)


Kind = TypeVar("Kind", Match, Change, Sight, Digest)


def _record(kind: type[Kind], row: dict[str, Any]) -> Kind:
    known = {field.name for field in fields(kind)}
    return kind(**{name: _value(name, value) for name, value in row.items() if name in known})


def _value(name: str, value: Any) -> Any:
    if isinstance(value, str) and (name.endswith("_at") or name == "since"):
        return datetime.fromisoformat(value)
    if isinstance(value, dict):
        return _record(Change, value)
    return tuple(value) if isinstance(value, list) else value


def pieces(sentence: str, surfaces: Iterable[str]) -> list[tuple[str, bool]]:
    """The sentence in pieces: those that are true are the words that were found. Joined, they are the sentence."""
    words = sorted({clean(surface) for surface in surfaces if surface.strip()}, key=len, reverse=True)
    if not words:
        return [(sentence, False)] if sentence else []
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in words))
    found, at = [], 0
    for match in pattern.finditer(sentence):
        found += [(sentence[at : match.start()], False), (match[0], True)]
        at = match.end()
    return [(text, mark) for text, mark in [*found, (sentence[at:], False)] if text]


def marked(sentence: str, surfaces: Iterable[str], before: str, after: str) -> str:
    """The sentence with each of the words that were found between `before` and `after`."""
    return "".join(f"{before}{text}{after}" if mark else text for text, mark in pieces(sentence, surfaces))


def clean(words: str) -> str:
    """Words from the web on one line, without what could command a terminal or reorder what is read."""
    return _BLANKS.sub(" ", _UNSAFE.sub(" ", unicodedata.normalize("NFC", words))).strip()


def differences(before: Sequence[str], after: str) -> tuple[str, ...]:
    """The sentences of one version that the text of another does not have, kinds of blanks aside."""
    there = " ".join(after.split())
    return tuple(sentence for sentence in dict.fromkeys(before) if " ".join(sentence.split()) not in there)
