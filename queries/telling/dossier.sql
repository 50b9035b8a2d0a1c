-- What a dossier may be made of: one row an article, as the newest version that mentions a topic tells it.
--
-- $topics VARCHAR[]     any of these topics, in order of interest
-- $articles VARCHAR[]   these articles as well, whatever they mention: their newest version
-- $since TIMESTAMPTZ    published since then (first seen, where nobody says when); all when null
WITH mention AS (
    SELECT article_id, version, topic, field, start, sentence, list_position($topics, topic) AS rank
    FROM mentions WHERE list_contains($topics, topic)
),
seen AS (
    SELECT article_id, version, max(seen_at) AS seen_at, max_by(capture_id, (seen_at, capture_id)) AS capture_id,
           any_value(title) AS title, any_value(published_at) AS published_at, any_value(access) AS access,
           any_value(text) AS text
    FROM versions
    WHERE article_id IN (SELECT article_id FROM mention) OR list_contains($articles, article_id)
    GROUP BY article_id, version
),
told AS (
    SELECT s.*, s.version = first_value(s.version) OVER (PARTITION BY s.article_id ORDER BY s.seen_at DESC, s.version) AS still_there
    FROM seen s
    QUALIFY row_number() OVER (
        PARTITION BY s.article_id
        ORDER BY (s.article_id, s.version) IN (SELECT (article_id, version) FROM mention) DESC, s.seen_at DESC, s.version) = 1
),
named AS (
    SELECT article_id, version, list(DISTINCT topic ORDER BY topic) AS topics FROM mention GROUP BY article_id, version
),
said AS (  -- the sentence of the text that has most of the topics, as a digest tells it (new.sql); not the title again
    SELECT m.article_id, m.version, m.sentence
    FROM mention m JOIN told t ON t.article_id = m.article_id AND t.version = m.version
    GROUP BY m.article_id, m.version, m.sentence, t.title
    QUALIFY row_number() OVER (
        PARTITION BY m.article_id
        ORDER BY bool_and(m.field = 'title'), starts_with(m.sentence, t.title), count(DISTINCT m.topic) DESC, min(m.rank),
                 min(m.start), m.sentence) = 1
)
SELECT a.id AS article_id, t.version, t.title, t.published_at, a.published_from, a.first_seen_at, t.access, t.still_there,
       coalesce(t.text, a.text) AS text, a.source, coalesce(s.name, a.source) AS source_name, s.kind, s.area, s.owner,
       a.authors, a.canonical_url AS url, a.url AS fetched_url, coalesce(n.topics, []) AS topics, coalesce(x.sentence, '') AS sentence,
       t.capture_id, c.fetched_at, c.payload_sha256 AS sha256, c.file, c."offset"
FROM told t
JOIN articles a ON a.id = t.article_id
LEFT JOIN named n ON n.article_id = t.article_id AND n.version = t.version
LEFT JOIN said x ON x.article_id = t.article_id AND x.version = t.version
LEFT JOIN captures c ON c.id = t.capture_id
LEFT JOIN sources s ON s.key = a.source
WHERE $since IS NULL OR coalesce(t.published_at, a.first_seen_at) >= $since OR list_contains($articles, a.id)
ORDER BY coalesce(t.published_at, a.first_seen_at), a.id;
