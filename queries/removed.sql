-- Matched articles whose address last answered that there is no such page (404 or 410). One row an article.
-- $topic: a topic's key; all topics when null (default: null)
-- A refusal, a failure or a paywall that closed is no removal: see failures and edited.
WITH addresses AS (
    SELECT DISTINCT article_id, unnest([url, requested_url]) AS url FROM captures
    WHERE article_id IN (SELECT article_id FROM mentions)
),
answers AS (
    SELECT a.article_id, arg_max(c.status, (c.fetched_at, c.id)) AS status, max(c.fetched_at) AS answered_at,
           max(c.fetched_at) FILTER (c.status IN (200, 304)) AS last_seen_at,
           min(c.fetched_at) FILTER (c.status IN (404, 410)) AS first_missed_at
    FROM addresses a JOIN captures c ON c.requested_url = a.url
    WHERE c.role = 'page'
    GROUP BY a.article_id
)
SELECT r.last_seen_at, r.first_missed_at, r.answered_at, r.status, m.topic, m.title, m.source_name, m.published_at,
       m.sentence, m.url, m.article_id
FROM answers r JOIN matches m USING (article_id)
WHERE r.status IN (404, 410) AND ($topic IS NULL OR m.topic = $topic)
ORDER BY r.answered_at DESC, m.article_id, m.topic
