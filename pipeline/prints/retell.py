"""What is stored → who reprints whom, and what is on one matter: the tables `texts`, `likenesses` and `stories`.

Only articles that came or changed since the last time are signed and compared, with what stands within WINDOW of
them; what they touch is folded anew. What the tables say follows from what is stored, whatever the order it came in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from pipeline.prints.agencies import agencies
from pipeline.prints.folding import fold
from pipeline.prints.reprints import WINDOW, Likeness, Print, Signature, compared, near, signature
from pipeline.store import Store
from pipeline.stories import Told, matters, telling_words

SLICE = 5_000  # articles whose texts are in memory at once

# Other people's WARC files name no source: the host stands for it.
UNSIGNED = """
CREATE OR REPLACE TEMP TABLE unsigned AS
WITH newest AS (
    FROM versions QUALIFY row_number() OVER (PARTITION BY article_id ORDER BY seen_at DESC, capture_id DESC) = 1
),
now AS (
    SELECT v.article_id, v.version, coalesce(v.text, a.text) AS text, v.title, a.authors,
           coalesce(a.source, regexp_extract(a.canonical_url, '^https?://([^/]+)', 1)) AS source,
           coalesce(v.published_at, a.first_seen_at) AS dated_at
    FROM newest v JOIN articles a ON a.id = v.article_id
    WHERE v.article_id IN (SELECT article_id FROM mentions)  -- who reprints what nobody looks for is not asked
)
SELECT *, row_number() OVER (ORDER BY article_id) AS place
FROM now ANTI JOIN texts USING (article_id, version, dated_at)
"""

# What came or changed, and what no rule finds any more.
MOVED = """
CREATE OR REPLACE TEMP TABLE moved AS
SELECT article_id FROM unsigned
UNION ALL
SELECT article_id FROM texts WHERE article_id NOT IN (SELECT article_id FROM mentions)
"""

# Both ways, so that a walk from text to text is a join on one column.
TOUCHED = """
CREATE OR REPLACE TEMP TABLE touched AS
WITH RECURSIVE ways AS (
    SELECT one AS here, other AS there FROM likenesses UNION ALL SELECT other, one FROM likenesses
),
begun AS (
    SELECT text_hash FROM texts WHERE article_id IN (FROM moved)
    UNION
    SELECT t.text_hash FROM stories s JOIN texts t USING (article_id)
    WHERE s.text_id IN (SELECT text_id FROM stories WHERE article_id IN (FROM moved))
),
walked AS (
    SELECT text_hash FROM begun
    UNION
    SELECT there FROM ways JOIN walked ON here = text_hash
)
SELECT DISTINCT text_hash FROM walked
"""

# Texts that no article has any more, with what was said of them; `touched` has what hung together by them.
FORGET = (
    "DELETE FROM texts WHERE article_id NOT IN (SELECT article_id FROM mentions)",
    "DELETE FROM stories WHERE article_id NOT IN (SELECT article_id FROM texts)",
    "DELETE FROM likenesses WHERE one NOT IN (SELECT text_hash FROM texts)"
    " OR other NOT IN (SELECT text_hash FROM texts)",
)

PRINTS = "SELECT article_id, source, dated_at, title, words, text_hash, marks FROM texts "
NEW = PRINTS + "WHERE article_id IN (SELECT article_id FROM unsigned) ORDER BY dated_at"  # noqa: S608
AROUND = PRINTS + "WHERE dated_at BETWEEN $since AND $until"
OF_TOUCHED = PRINTS + "WHERE text_hash IN (FROM touched)"


def retell(store: Store, places: Mapping[str, frozenset[str]]) -> int:
    """Bring the three tables up to date; how many articles were new or changed. Call within a transaction.

    `places`: article id → the codes that it is about; what is missing is about none that is known.
    """
    store.run(UNSIGNED, MOVED)
    fresh = _sign(store)
    if store.select("FROM moved LIMIT 1").rows:
        for now in _slices(store):
            store.insert("likenesses", (one._asdict() for one in _likenesses(store, now)), ("one", "other"))
        store.run(TOUCHED, *FORGET)
        chosen = _prints(store, OF_TOUCHED)
        likenesses = store.select(
            "SELECT one, other, shared, shorter, longer, replaced, apart FROM likenesses"
            " WHERE one IN (FROM touched) OR other IN (FROM touched)"
        ).rows
        folds = fold(chosen, (Likeness(*row) for row in likenesses))
        rows = (asdict(found) | {"story_id": found.text_id} for found in folds)
        store.insert("stories", rows, ("article_id",), replace=True)
    _join(store, places)
    return fresh


def _sign(store: Store) -> int:
    """The rows of `texts` for what is unsigned, some at a time."""
    count = store.select("SELECT count(*) FROM unsigned").rows[0][0]
    for begin in range(0, count, SLICE):
        found = store.select("FROM unsigned WHERE place > ? AND place <= ?", [begin, begin + SLICE]).dicts()
        store.insert("texts", map(_signed, found), ("article_id",), replace=True)
    return int(count)


def _signed(row: Mapping[str, Any]) -> dict[str, object]:
    kept = {name: row[name] for name in ("article_id", "version", "source", "dated_at", "title")}
    said = sorted(telling_words(row["title"], row["text"]))
    credited = agencies(row["text"], row["authors"])
    return kept | signature(row["text"])._asdict() | {"agencies": credited, "words_told": said}


def _slices(store: Store) -> Iterator[list[Print]]:
    """The new prints in the order of time, WINDOW or SLICE of them at once."""
    now: list[Print] = []
    for one in _prints(store, NEW):
        if now and (one.at - now[0].at > WINDOW or len(now) >= SLICE):
            yield now
            now = []
        now.append(one)
    if now:
        yield now


def _likenesses(store: Store, new: Sequence[Print]) -> Iterable[Likeness]:
    """What the texts of new prints share with all those around them, where that makes them one text."""
    between = {"since": new[0].at - WINDOW, "until": new[-1].at + WINDOW}
    known = _prints(store, AROUND, between)
    pairs = near(new, known)
    texts = dict(
        store.select(
            "SELECT text_hash, any_value(coalesce(v.text, a.text)) FROM texts t JOIN articles a ON a.id = t.article_id"
            " LEFT JOIN versions v ON v.article_id = t.article_id AND v.version = t.version AND v.text IS NOT NULL"
            " WHERE text_hash IN (SELECT unnest($hashes)) GROUP BY text_hash",
            {"hashes": sorted({name for pair in pairs for name in pair})},
        ).rows
    )
    return (one for one in compared(pairs, texts) if one.reprint or one.again)


def _prints(store: Store, sql: str, parameters: Mapping[str, datetime] | None = None) -> list[Print]:
    return [
        Print(article_id, source, at, title, Signature(words, text_hash, tuple(marks)))
        for article_id, source, at, title, words, text_hash, marks in store.select(sql, parameters).rows
    ]


def _join(store: Store, places: Mapping[str, frozenset[str]]) -> None:
    """The matters of all that is tagged; what is not tagged is on the matter of its text."""
    tagged = store.select(
        """
        SELECT article_id, s.text_id, t.dated_at, m.topics, t.words_told
        FROM texts t JOIN stories s USING (article_id)
        JOIN (SELECT article_id, list(DISTINCT topic) AS topics FROM mentions GROUP BY article_id) m USING (article_id)
        WHERE t.words_told IS NOT NULL
        """
    ).rows
    story = matters(
        Told(name, text_id, at, frozenset(topics), places.get(name, frozenset()), frozenset(words))
        for name, text_id, at, topics, words in tagged
    )
    store.run("CREATE OR REPLACE TEMP TABLE matter (text_id VARCHAR, story_id VARCHAR)")
    store.insert("matter", ({"text_id": row[1], "story_id": story[row[0]]} for row in tagged), ("text_id",))
    moved = store.select(
        "SELECT s.* REPLACE (coalesce(m.story_id, s.text_id) AS story_id)"
        " FROM stories s LEFT JOIN matter m USING (text_id) WHERE s.story_id <> coalesce(m.story_id, s.text_id)"
    ).dicts()
    store.insert("stories", moved, ("article_id",), replace=True)
