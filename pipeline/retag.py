"""Changed rules applied to all that is stored, without touching a text: what that gains and what it loses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple

from pipeline.records import Source
from pipeline.relate import relate
from pipeline.rules import Rules
from pipeline.stages import mentions
from pipeline.store import Store, reading, writing
from pipeline.workers import Limits, Lost, cores, each

CHUNK = 200  # versions that a process tags at once


class Version(NamedTuple):
    """A text that is stored."""

    article_id: str
    version: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """An article that a topic is gained for, or lost; `sentence` is where it is now, or was."""

    change: Literal["gained", "lost"]
    article_id: str
    topic: str
    title: str
    source: str | None
    url: str
    sentence: str


class TaggerError(Exception):
    """The tagger did not get through what is stored: nothing was changed."""


STORED = """
SELECT id, version, title, text FROM articles
UNION ALL
SELECT v.article_id, v.version, any_value(v.title), any_value(v.text) FROM versions v
WHERE v.text IS NOT NULL AND NOT EXISTS (FROM articles a WHERE a.id = v.article_id AND a.version = v.version)
GROUP BY v.article_id, v.version
"""

CHANGES = """
WITH old AS (SELECT article_id, topic, arg_min(sentence, (version, field, start)) AS sentence FROM mentions
             GROUP BY ALL),
     new AS (SELECT article_id, topic, arg_min(sentence, (version, field, start)) AS sentence FROM new_mentions
             GROUP BY ALL),
     changed AS (
         SELECT 'gained' AS change, * FROM new ANTI JOIN old USING (article_id, topic)
         UNION ALL
         SELECT 'lost', * FROM old ANTI JOIN new USING (article_id, topic)
     )
SELECT c.change, c.article_id, c.topic, a.title, a.source, a.url, c.sentence
FROM changed c JOIN articles a ON a.id = c.article_id
ORDER BY a.first_seen_at, c.article_id, c.topic, c.change
"""


def retag(
    database: Path,
    rules: Rules,
    sources: Mapping[str, Source],
    *,
    dry_run: bool = False,
    processes: int | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Change]:
    """Tag all stored versions anew; what was gained and lost by article and topic. With `dry_run`, nothing is changed.

    Places and stories follow, since they are known of what has a mention; `sources` are the catalogue by key.
    `progress` is told how many versions are done, of how many. Raises BusyError when another Vigie is writing.
    """
    processes = cores() if processes is None else processes
    if dry_run:
        with reading(database) as store:
            return _tag_all(store, rules, processes, progress)
    with writing(database) as store:
        changes = _tag_all(store, rules, processes, progress)
        with store.transaction():
            store.run("TRUNCATE mentions", "INSERT INTO mentions BY NAME FROM new_mentions ORDER BY ALL")
            relate(store, sources)
            store.note("rules", rules.version)
    return changes


def _tag_all(store: Store, rules: Rules, processes: int, progress: Callable[[int, int], None]) -> list[Change]:
    total = store.select(f"SELECT count(*) FROM ({STORED})").rows[0][0]  # noqa: S608
    lines = store.lines()
    done = 0
    for chunk, rows in each(partial(tag_chunk, rules=rules), _chunks(store), processes, Limits(seconds=600)):
        if isinstance(rows, Lost):
            raise TaggerError(f"{rows.reason}: {rows.detail}; nothing was changed")
        for row in rows:
            lines.add(row)
        done += len(chunk)
        progress(done, total)
    store.stage("new_mentions", "mentions", lines)
    return [Change(*row) for row in store.select(CHANGES).rows]


def _chunks(store: Store) -> Iterator[list[Version]]:
    for rows in store.stream(STORED, CHUNK):
        yield [Version(*row) for row in rows]


def tag_chunk(chunk: list[Version], rules: Rules) -> list[dict[str, object]]:
    """The rows of `mentions` for some versions."""
    return [
        asdict(mention) | {"article_id": of.article_id, "version": of.version, "field": field}
        for of in chunk
        for field, mention in mentions(of.title, of.text, rules)
    ]
