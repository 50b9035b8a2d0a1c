-- How articles changed: one row each time one of these was seen to have changed, with what it was before.
--
-- $articles VARCHAR[] these articles
-- $topics VARCHAR[]   the topics whose sentences count
WITH said AS (
    SELECT article_id, version, list(sentence ORDER BY field = 'text', start) AS sentences
    FROM mentions WHERE list_contains($articles, article_id) AND list_contains($topics, topic)
    GROUP BY article_id, version
),
shown AS (
    SELECT v.article_id, v.version, v.seen_at, v.capture_id, v.title, v.access, coalesce(v.text, a.text) AS text,
           coalesce(x.sentences, []) AS sentences
    FROM versions v
    JOIN articles a ON a.id = v.article_id
    LEFT JOIN said x ON x.article_id = v.article_id AND x.version = v.version
    WHERE list_contains($articles, v.article_id)
),
stepped AS (
    SELECT *, lag(title) OVER one AS title_before, lag(access) OVER one AS access_before, lag(text) OVER one AS text_before,
           lag(sentences) OVER one AS sentences_before
    FROM shown
    WINDOW one AS (PARTITION BY article_id ORDER BY seen_at, capture_id)
)
SELECT p.*, c.payload_sha256 AS sha256
FROM stepped p LEFT JOIN captures c ON c.id = p.capture_id
WHERE p.title_before IS NOT NULL
ORDER BY p.seen_at, p.article_id;
