"""After articles were kept or tagged anew: where the matched play, who says what in them, whose text they print, which
matter they are on.

Only articles with a mention are looked at, and only those that came or changed since the last time. What the tables
`article_places`, `statements`, `texts`, `likenesses` and `stories` say follows from what is stored, whatever the order
it came in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from pipeline.prints.retell import retell
from pipeline.records import Source
from pipeline.store import Store

# The newest version of each matched article that was not placed yet.
UNPLACED = """
SELECT v.article_id, v.version, v.title, coalesce(v.text, a.text) AS text, a.source
FROM (FROM versions WHERE article_id IN (SELECT article_id FROM mentions)
      QUALIFY row_number() OVER (PARTITION BY article_id ORDER BY seen_at DESC, capture_id DESC) = 1) v
JOIN articles a ON a.id = v.article_id
WHERE NOT EXISTS (FROM article_places p WHERE p.article_id = v.article_id AND p.version = v.version)
ORDER BY v.article_id
"""
READ = ("article_places", "statements")
STALE = """
DELETE FROM {table} old
WHERE version <> (SELECT arg_max(version, (seen_at, capture_id)) FROM versions v WHERE v.article_id = old.article_id)
"""
UNMATCHED = "DELETE FROM {table} WHERE article_id NOT IN (SELECT article_id FROM mentions)"
STATED = ("verb", "stance", "direct", "quote", "start", "end", "sentence", "fact_date", "why")
NOWHERE = {"code": "", "kind": "", "weight": 0.0, "reason": "", "rank": 0}


def relate(store: Store, sources: Mapping[str, Source]) -> None:
    """Bring places and stories up to date. Call within a transaction."""
    unplaced = store.select(UNPLACED).dicts()
    if unplaced:
        store.insert("article_places", list(_placed(unplaced, sources)), ("article_id", "rank"), replace=True)
        store.insert("statements", list(_stated(unplaced)), ("article_id", "rank"), replace=True)
        store.run(*(STALE.format(table=table) for table in READ))
    store.run(*(UNMATCHED.format(table=table) for table in READ))
    codes: dict[str, set[str]] = defaultdict(set)
    for article, code in store.select("SELECT article_id, code FROM article_places WHERE code <> ''").rows:
        codes[article].add(code)
    retell(store, {article: frozenset(found) for article, found in codes.items()})


def _placed(rows: list[dict[str, str]], sources: Mapping[str, Source]) -> Iterator[dict[str, object]]:
    """The places of each article, most important first; one empty row for an article that names none."""
    from pipeline.places import about, find_places, load_gazetteer  # noqa: PLC0415 (a second, wanted only here)

    gazetteer = load_gazetteer()
    for row in rows:
        source = sources.get(row["source"] or "")
        area = tuple(code for code in source.area if code != "national") if source else ()
        weights = about(find_places(row["title"], row["text"], gazetteer, area))
        of = {"article_id": row["article_id"], "version": row["version"]}
        for rank, found in enumerate(weights, 1):
            said = {"code": found.code, "kind": found.kind, "weight": round(found.weight, 3), "reason": found.reason}
            yield of | said | {"rank": rank}
        if not weights:
            yield of | NOWHERE


def _stated(rows: list[dict[str, str]]) -> Iterator[dict[str, object]]:
    """The statements in each article, in the order of its text."""
    from pipeline.speech.grammar import load_grammar  # noqa: PLC0415 (as in _placed)
    from pipeline.statements import find_statements  # noqa: PLC0415

    grammar = load_grammar()
    for row in rows:
        for rank, found in enumerate(find_statements(row["text"], grammar=grammar), 1):
            yield {
                "article_id": row["article_id"],
                "version": row["version"],
                "rank": rank,
                "speaker": found.speaker.name,
                "role": found.speaker.role,
                "institution": found.speaker.institution,
                "institution_name": found.speaker.institution_name,
                "parts": [{"start": start, "end": end} for start, end in found.parts],
                **{name: getattr(found, name) for name in STATED},
            }
