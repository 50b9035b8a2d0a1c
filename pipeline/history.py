"""How captures become articles and their versions, in SQL over whole batches.

What is stored follows from the set of captures alone: versions are decided by the order of fetching, whatever the
order of arrival. Captures that come in order only append; one that is older than what is stored moves the first rows.
"""

from __future__ import annotations

from typing import NamedTuple

from pipeline.store import Lines, Store


class Batch:
    """Rows on their way in: a file of lines for each table that a capture can give rows to."""

    def __init__(self, store: Store) -> None:
        self.captures, self.articles, self.mentions, self.failures = (store.lines() for _ in range(4))

    def tables(self) -> dict[str, Lines]:
        return {
            "captures": self.captures,
            "articles": self.articles,
            "mentions": self.mentions,
            "failures": self.failures,
        }


class Kept(NamedTuple):
    """How many rows a batch added."""

    captures: int = 0
    articles: int = 0
    versions: int = 0
    mentions: int = 0
    failures: int = 0


# Captures that are known already are dropped with all that was read in them, so that a second reading changes nothing.
DROP_KNOWN = """
CREATE OR REPLACE TEMP TABLE fresh AS
SELECT * FROM new_captures WHERE id NOT IN (SELECT id FROM captures)
QUALIFY row_number() OVER (PARTITION BY id ORDER BY file, "offset") = 1;
DELETE FROM new_articles WHERE capture_id NOT IN (SELECT id FROM fresh);
DELETE FROM new_failures WHERE capture_id NOT IN (SELECT id FROM fresh);
"""

# Mentions belong to a version: they are new when no capture showed that version before.
KEEP_CAPTURES = """
CREATE OR REPLACE TEMP TABLE unseen AS
SELECT DISTINCT article_id, version FROM fresh WHERE version IS NOT NULL
EXCEPT SELECT article_id, version FROM captures WHERE version IS NOT NULL;
INSERT INTO captures BY NAME FROM fresh ORDER BY fetched_at, id;
INSERT INTO failures BY NAME FROM new_failures ORDER BY failed_at, capture_id;
INSERT INTO mentions BY NAME
SELECT DISTINCT m.* FROM new_mentions m JOIN unseen USING (article_id, version) ORDER BY ALL;
"""

# What the rows of `versions` should be for the articles that the batch touches, from all captures of these.
JUDGE = """
CREATE OR REPLACE TEMP TABLE wanted AS
SELECT article_id, version, fetched_at AS seen_at, id AS capture_id,
       lag(id) OVER (PARTITION BY article_id ORDER BY fetched_at, id) IS NULL AS first
FROM captures
WHERE version IS NOT NULL AND article_id IN (SELECT article_id FROM fresh WHERE version IS NOT NULL)
QUALIFY version IS DISTINCT FROM lag(version) OVER (PARTITION BY article_id ORDER BY fetched_at, id);

CREATE OR REPLACE TEMP TABLE missing AS
SELECT w.* FROM wanted w
WHERE NOT EXISTS (FROM versions v WHERE v.capture_id = w.capture_id AND (v.text IS NULL) = w.first);

CREATE OR REPLACE TEMP TABLE obsolete AS
SELECT v.capture_id FROM versions v
WHERE v.article_id IN (SELECT article_id FROM wanted)
  AND NOT EXISTS (FROM wanted w WHERE v.capture_id = w.capture_id AND (v.text IS NULL) = w.first);

CREATE OR REPLACE TEMP TABLE shown_texts AS
SELECT id AS article_id, version, title, published_at, access, text FROM new_articles
UNION ALL
SELECT a.id, a.version, a.title, a.published_at, a.access, a.text FROM articles a
WHERE (a.id, a.version) IN (SELECT (article_id, version) FROM missing
                            EXCEPT SELECT (id, version) FROM new_articles)
UNION ALL
SELECT v.article_id, v.version, v.title, v.published_at, v.access, v.text FROM versions v
WHERE v.text IS NOT NULL
  AND (v.article_id, v.version) IN (SELECT (article_id, version) FROM missing
                                    EXCEPT SELECT (id, version) FROM new_articles);
"""

KEEP_VERSIONS = """
DELETE FROM versions WHERE capture_id IN (SELECT capture_id FROM obsolete);
INSERT INTO versions BY NAME
SELECT w.article_id, w.version, w.seen_at, w.capture_id, t.title, t.published_at, t.access,
       CASE WHEN NOT w.first THEN t.text END AS text
FROM missing w
JOIN (FROM shown_texts QUALIFY row_number() OVER (PARTITION BY article_id, version) = 1) t USING (article_id, version)
ORDER BY w.seen_at, w.capture_id;

DELETE FROM articles WHERE id IN (SELECT article_id FROM missing WHERE first);
INSERT INTO articles BY NAME
SELECT a.* FROM new_articles a JOIN missing w ON w.capture_id = a.capture_id WHERE w.first
ORDER BY a.first_seen_at, a.capture_id;
"""


def keep(store: Store, batch: Batch) -> Kept:
    """Merge a batch into the tables. Call within a transaction; a batch that is there already changes nothing."""
    for table, lines in batch.tables().items():
        store.stage(f"new_{table}", table, lines)
    before = _counts(store)
    store.run(DROP_KNOWN, KEEP_CAPTURES, JUDGE, KEEP_VERSIONS)
    return Kept(*(after - was for after, was in zip(_counts(store), before, strict=True)))


def _counts(store: Store) -> list[int]:
    return [store.select(f'SELECT count(*) FROM "{table}"').rows[0][0] for table in Kept._fields]  # noqa: S608
