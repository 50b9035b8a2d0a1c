-- What was told and now reads otherwise: one row an article whose newest version is not the one that was told.
--
-- $articles VARCHAR[] the articles that were told
-- $versions VARCHAR[] the version of each that was told last
-- $topics VARCHAR[]   the topics that the watch looks for
-- $after TIMESTAMPTZ  changes that were seen since then
-- $until TIMESTAMPTZ  as it was known then
WITH told AS (SELECT unnest($articles) AS article_id, unnest($versions) AS version),
edited AS (
    SELECT DISTINCT article_id FROM versions
    WHERE text IS NOT NULL AND seen_at > $after AND seen_at <= $until AND article_id IN (SELECT article_id FROM told)
),
shown AS MATERIALIZED (
    SELECT * FROM versions WHERE seen_at <= $until AND article_id IN (SELECT article_id FROM edited)
),
now AS (
    SELECT * FROM shown
    QUALIFY row_number() OVER (PARTITION BY article_id ORDER BY seen_at DESC, capture_id DESC) = 1
),
before AS (
    SELECT v.* FROM shown v JOIN told t ON t.article_id = v.article_id AND t.version = v.version
    QUALIFY row_number() OVER (PARTITION BY v.article_id ORDER BY v.seen_at DESC, v.capture_id DESC) = 1
),
said AS (
    SELECT article_id, version, list(sentence ORDER BY field = 'text', start) AS sentences,
           list(DISTINCT surface ORDER BY surface) AS surfaces
    FROM mentions
    WHERE article_id IN (SELECT article_id FROM edited) AND list_contains($topics, topic)
    GROUP BY article_id, version
)
SELECT n.article_id, n.version, n.seen_at, n.title, b.title AS title_before, n.access, b.access AS access_before,
       coalesce(n.text, a.text) AS text, coalesce(b.text, a.text) AS text_before,
       coalesce(x.sentences, []) AS sentences, coalesce(y.sentences, []) AS sentences_before,
       coalesce(x.surfaces, []) || coalesce(y.surfaces, []) AS surfaces, a.source,
       coalesce(s.name, a.source) AS source_name, a.canonical_url AS url
FROM now n
JOIN before b ON b.article_id = n.article_id AND b.version <> n.version
JOIN articles a ON a.id = n.article_id
LEFT JOIN sources s ON s.key = a.source
LEFT JOIN said x ON x.article_id = n.article_id AND x.version = n.version
LEFT JOIN said y ON y.article_id = b.article_id AND y.version = b.version
ORDER BY n.seen_at, n.article_id;
