"""Since when an article is seen to say what it says: what a later version added is not of the day of publication."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pipeline.digest import clean
from pipeline.speech.voices import Voices
from pipeline.store import Store

SEVERAL = """
SELECT v.article_id, v.version, v.seen_at, v.title || chr(10) || coalesce(v.text, a.text) AS words
FROM versions v JOIN articles a ON a.id = v.article_id
WHERE list_contains($articles, v.article_id)
QUALIFY count(*) OVER (PARTITION BY v.article_id) > 1
ORDER BY v.seen_at, v.capture_id
"""

Dating = Callable[[str, str], datetime | None]
"""(Article, a sentence of it that is told) → when a version with it was first seen; None where the first has it."""


def dating(store: Store, rows: Iterable[Mapping[str, Any]]) -> Dating:
    """How the sentences are dated of articles that are told in a version: rows of dossier.sql."""
    told = {row["article_id"]: row["version"] for row in rows}
    versions: dict[str, list[tuple[datetime, str, str]]] = {}
    for row in store.select(SEVERAL, {"articles": list(told)}).dicts():
        versions.setdefault(row["article_id"], []).append((row["seen_at"], row["version"], _plain(row["words"])))

    def since(article: str, sentence: str) -> datetime | None:
        known = versions.get(article, ())
        parts = [_plain(part) for part in sentence.split("[…]")]
        having = [seen for seen, _, words in known if all(part in words for part in parts)]
        having += [seen for seen, version, _ in known if version == told[article]]
        return having[0] if known and having[0] > known[0][0] else None

    return since


def dated_sayings(voices: Voices, rows: Sequence[Mapping[str, Any]], since: Dating) -> dict[int, datetime]:
    """The sayings that their article had not at first: number → since when they are seen to be told.

    `rows` are those of the articles, in order of number.
    """
    found = {}
    for saying in voices.sayings:
        words = saying.sentence if saying.quote in saying.sentence else saying.quote
        if when := since(rows[saying.articles[0] - 1]["article_id"], words):
            found[saying.number] = when
    return found


def _plain(words: str) -> str:
    return " ".join(clean(words).split())
