"""A large database, generated: so many articles of 3.8 kB, and a few mentions, from a seed."""

from __future__ import annotations

from pathlib import Path

from pipeline.store import writing

# A text is three passages of a pool; the product of two even draws makes some words frequent and most of them rare.
POOL = """
CREATE TEMP TABLE pool AS
SELECT s AS id,
       string_agg('mot' || (hash(s, w) % 1000 * (hash(w, s) % 100)) || if(w % 20 = 19, '.', ''), ' ') AS passage
FROM range(5000) t(s), range({words}) r(w) GROUP BY s;
"""
ARTICLES = """
CREATE TEMP TABLE made AS
SELECT i, printf('%016x', hash(i)) AS id, 'source-' || (i % 180) AS source,
       TIMESTAMPTZ '2020-01-01 00:00:00+00' + to_minutes((i * {minutes})::BIGINT) AS seen
FROM range({articles}) t(i);
INSERT INTO articles BY NAME
SELECT made.id, source, 'https://example.org/' || i AS url, 'https://example.org/' || i AS canonical_url,
       'Titre ' || i AS title, []::VARCHAR[] AS authors, seen - INTERVAL 1 HOUR AS published_at,
       'json-ld' AS published_from, 'full' AS access,
       'fr' AS language,
       head.passage || ' ' || middle.passage || ' ' || tail.passage AS text,
       seen AS first_seen_at, 'c' || i AS capture_id, made.id AS version
FROM made
JOIN pool head ON head.id = hash(i) % 5000 JOIN pool middle ON middle.id = hash(i + 1) % 5000
JOIN pool tail ON tail.id = hash(i + 2) % 5000;
"""
REST = """
INSERT INTO versions BY NAME
SELECT id AS article_id, id AS version, seen AS seen_at, 'c' || i AS capture_id, 'Titre ' || i AS title,
       seen - INTERVAL 1 HOUR AS published_at, 'full' AS access, NULL AS text FROM made;
INSERT INTO versions BY NAME  -- one article of a hundred was edited
SELECT id AS article_id, printf('%016x', hash(i + 1000000000)) AS version, seen + INTERVAL 1 DAY AS seen_at,
       'd' || i AS capture_id, 'Titre ' || i AS title, seen - INTERVAL 1 HOUR AS published_at, 'full' AS access,
       'Un autre texte.' AS text FROM made WHERE i % 97 = 0;
INSERT INTO captures BY NAME
SELECT 'c' || i AS id, id AS article_id, 'page' AS role, source, 'feed' AS door, 'https://example.org/' || i AS url,
       'https://example.org/' || i AS requested_url, seen AS fetched_at, 200 AS status, '' AS payload_sha256,
       id AS version, 'a.warc.gz' AS file, i AS "offset" FROM made;
INSERT INTO mentions BY NAME
SELECT id AS article_id, id AS version, 'text' AS field,
       ['briefcam', 'vsa', 'cnil', 'aipd'][(1 + hash(i, k) % 4)::INTEGER] AS topic, 'rule' AS rule,
       '1' AS rules_version, 'BriefCam' AS surface, (k * 100)::INTEGER AS start,
       (k * 100 + 8)::INTEGER AS "end", 0 AS edits, 'La Ville emploie BriefCam, dit la phrase ' || k AS sentence
FROM made, range(3) r(k) WHERE i % ({articles} // ({mentions} // 3)) = 0;
INSERT INTO statements BY NAME
SELECT article_id, version, row_number() OVER (PARTITION BY article_id ORDER BY start)::INTEGER AS rank, 'La Ville' AS speaker,
       '' AS role, CASE WHEN start % 2 = 0 THEN 'city' ELSE 'cnil' END AS institution, 'Ville' AS institution_name,
       'dit' AS verb, 'say' AS stance, true AS direct, sentence AS quote, start, "end" + 40 AS "end",
       [{{'start': start, 'end': "end" + 40}}] AS parts, sentence, '' AS fact_date, 'inverted' AS why
FROM mentions;
INSERT INTO sources BY NAME
SELECT 'source-' || i AS key, 'Source ' || i AS name, 'regional' AS kind, ['59'] AS area, '' AS home, '' AS owner,
       '' AS closed, '' AS note FROM range(180) t(i);
INSERT INTO runs BY NAME
SELECT printf('%08d', d) AS run_id, 'source-' || s AS source,
       TIMESTAMPTZ '2024-01-01 00:00:00+00' + to_days(d::INTEGER) AS started_at, started_at AS ended_at,
       20 AS entries, 3 AS new_pages, 0 AS not_modified, 1 AS bytes, 0 AS refusals, 0 AS errors,
       0 AS "left", false AS gap, 0.1 AS slowest_seconds, 'ok' AS outcome
FROM range(700) a(d), range(180) b(s);
"""


def generate(database: Path, articles: int, mentions: int, words: int = 440) -> None:
    """Write the database; `words` of about 8 characters an article."""
    with writing(database, fresh=True) as store:
        values = {"articles": articles, "mentions": mentions, "words": words // 3, "minutes": 3_000_000 // articles}
        store.run(*(sql.format(**values) for sql in (POOL, ARTICLES, REST)))
