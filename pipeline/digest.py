"""What is new, told to a person: rows in, text out. No clock, no database, no printing.

`Digest` is all that a digest says, and can be saved. The renderers are functions of it alone, so that the digest of
a day can be made again byte for byte. French is the language of the house; `language="en"` is the other.
"""

from __future__ import annotations

import json
import re
import textwrap
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from pipeline.french import date_line, instant_line, plural, spaced

# What can move a terminal's cursor, change its colours or turn the reading order around.
_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
WIDTH = 100


@dataclass(frozen=True, slots=True)
class Match:
    """One article that a watch looks for: `labels` are its topics in words; `surfaces` the words that were found."""

    article_id: str
    topics: tuple[str, ...]
    labels: tuple[str, ...]
    title: str
    source: str
    source_name: str
    place: str
    published_at: datetime | None
    first_seen_at: datetime
    url: str
    access: str
    sentence: str
    surfaces: tuple[str, ...]
    version: str
    archive: bool = False


@dataclass(frozen=True, slots=True)
class Sight:
    """One source and how it was seen last: `outcome` is the ledger's word, `detail` what the site said."""

    source: str
    name: str
    outcome: str
    detail: str = ""
    read_at: datetime | None = None
    entries: int = 0
    left: int = 0
    gap: bool = False
    lost_pages: int = 0


@dataclass(frozen=True, slots=True)
class Digest:
    """What one watch is told: the matches in the order of telling, and what was looked at."""

    watch: str
    labels: tuple[str, ...]
    made_at: datetime
    since: datetime | None
    matches: tuple[Match, ...]
    sights: tuple[Sight, ...]

    @property
    def unseen(self) -> tuple[Sight, ...]:
        """The sources of which « nothing found » must not be said."""
        return tuple(sight for sight in self.sights if sight.outcome != "ok" or sight.gap or sight.lost_pages)


OUTCOMES = {
    "empty": "a répondu, mais ne liste aucun article",
    "refused": "refuse l'accès à Vigie",
    "unreachable": "n'a pas répondu",
    "broken": "a répondu, mais n'a pas pu être lue",
    "gone": "n'existe plus à cette adresse",
    "closed": "n'est pas surveillée",
    "cut": "n'a pas été lue jusqu'au bout, la suite au prochain passage",
    "never": "n'a encore jamais été lue",
    "unsupported": "n'est pas encore surveillée",
}
ACCESS = {
    "full": "",
    "teaser": "extrait : article réservé aux abonnés",
    "title": "titre seul : le texte n'a pas pu être lu",
}


def text(digest: Digest, *, mark: tuple[str, str] = ("*", "*"), width: int = WIDTH) -> str:
    """The digest for a terminal or a plain mail; `mark` surrounds the words that were found."""
    lines = [_headline(digest), ""]
    fresh = [match for match in digest.matches if not match.archive]
    old = [match for match in digest.matches if match.archive]
    for place, matches in groupby(fresh, key=lambda match: match.place):
        lines += [clean(place).upper(), ""]
        for match in matches:
            lines += _match_lines(match, mark, width)
    if old:
        lines += [f"ARCHIVES ({plural(len(old), 'article')} d'avant la mise en place de la veille)", ""]
        for match in old:
            lines += _match_lines(match, mark, width)
    lines += _account(digest, width)
    return spaced("\n".join(lines)) + "\n"


def _headline(digest: Digest) -> str:
    fresh = sum(not match.archive for match in digest.matches)
    found = plural(fresh, "nouvel article", "nouveaux articles") if fresh else "rien de nouveau dans ce qui a été lu"
    topics = ", ".join(digest.labels)
    return f"Vigie, veille « {clean(digest.watch)} » ({clean(topics)})\n{instant_line(digest.made_at)} : {found}"


def _match_lines(match: Match, mark: tuple[str, str], width: int) -> list[str]:
    published = date_line(match.published_at) if match.published_at else "date inconnue"
    facts = [clean(match.source_name), published, ", ".join(match.labels)]
    if ACCESS[match.access]:
        facts.append(ACCESS[match.access])
    sentence = marked(clean(match.sentence), match.surfaces, *mark)
    return [
        *_wrap(clean(match.title) or "(sans titre)", width, "• ", "  "),
        *_wrap(" · ".join(facts), width, "  ", "  "),
        *_wrap(f"« {sentence} »", width, "  ", "  "),
        f"  {clean(match.url)}",
        f"  vigie show {match.article_id}",
        "",
    ]


def _account(digest: Digest, width: int) -> list[str]:
    """What was looked at, and what could not be: « nothing found » is never said of a source that was not read."""
    read = [sight for sight in digest.sights if sight.outcome == "ok"]
    entries = sum(sight.entries for sight in read)
    lines = [
        "CE QUI A ÉTÉ REGARDÉ",
        "",
        f"  {plural(len(read), 'source lue', 'sources lues')} sur {len(digest.sights)},"
        f" {plural(entries, 'entrée vue', 'entrées vues')} au dernier passage.",
    ]
    if digest.unseen:
        lines += ["", "CE QUI N'A PAS PU ÊTRE VU", ""]
        for sight in digest.unseen:
            lines += _wrap(f"{clean(sight.name)} : {_sight(sight)}", width, "  - ", "    ")
    return lines


def _sight(sight: Sight) -> str:
    said = []
    if sight.outcome != "ok":
        detail = f" ({clean(sight.detail)})" if sight.detail else ""
        said.append(OUTCOMES.get(sight.outcome, sight.outcome) + detail)
    if sight.gap:
        said.append("des articles ont pu passer entre deux lectures")
    if sight.lost_pages:
        said.append(f"{plural(sight.lost_pages, 'page illisible', 'pages illisibles')} au dernier passage")
    return "\u00a0; ".join(said)


def to_json(digest: Digest) -> str:
    """The digest as JSON: every field of the records, times in UTC, plus `unseen`."""
    said: dict[str, Any] = asdict(digest) | {"unseen": [asdict(sight) for sight in digest.unseen]}
    return json.dumps(said, ensure_ascii=False, indent=2, default=_iso) + "\n"


def marked(sentence: str, surfaces: Iterable[str], before: str, after: str) -> str:
    """The sentence with each of the words that were found between `before` and `after`."""
    words = sorted({clean(surface) for surface in surfaces if surface.strip()}, key=len, reverse=True)
    if not words:
        return sentence
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in words))
    return pattern.sub(lambda found: f"{before}{found[0]}{after}", sentence)


def clean(words: str) -> str:
    """Words from the web on one line, without what could command a terminal or reorder what is read."""
    return " ".join(_UNSAFE.sub(" ", unicodedata.normalize("NFC", words)).split())


def ranked(matches: Sequence[Match]) -> tuple[Match, ...]:
    """The order of telling: by place, then the articles with most topics, then the newest. Archives last."""
    return tuple(
        sorted(
            matches,
            key=lambda m: (m.archive, m.place, -len(m.topics), -(m.published_at or m.first_seen_at).timestamp()),
        )
    )


def _wrap(words: str, width: int, first: str, rest: str) -> list[str]:
    return textwrap.wrap(
        words, width, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )


def _iso(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} in a digest")
