-- Matched articles that were taken away: one row an article and topic. Their address has said so at least three times over at
-- least two days, and nothing else since: that there is no such page (404, 410), the same with a page that says it in words,
-- or by leading to the home page.
-- $topic: a topic's key; all topics when null (default: null)
-- A refusal, a failure or a paywall that closed is no removal: see failures and edited.
WITH address AS (
    SELECT DISTINCT article_id, unnest([url, requested_url]) AS url FROM captures
    WHERE article_id IN (SELECT article_id FROM mentions)
),
wordy AS (  -- pages that answer 200 and say that there is nothing
    SELECT c.id, c.requested_url, c.payload_sha256 FROM captures c
    JOIN failures f ON f.capture_id = c.id WHERE f.reason = 'soft_404'
),
answer AS (
    SELECT a.article_id, c.id, c.fetched_at, c.status,
           CASE WHEN c.status IN (404, 410) THEN 'HTTP ' || c.status
                WHEN c.id IN (SELECT id FROM wordy)
                  OR (c.status = 304 AND (c.requested_url, c.payload_sha256)
                                         IN (SELECT (requested_url, payload_sha256) FROM wordy)) THEN 'says so'
                WHEN c.article_id IS NULL AND regexp_full_match(c.url, 'https?://[^/?#]+/?')
                 AND NOT regexp_full_match(c.requested_url, 'https?://[^/?#]+/?') THEN 'leads to the home page'
           END AS why
    FROM address a JOIN captures c ON c.requested_url = a.url
    WHERE c.role = 'page'
),
standing AS (
    SELECT article_id, max(fetched_at) AS last_seen_at FROM answer WHERE why IS NULL GROUP BY article_id
),
removal AS (
    SELECT article_id, any_value(s.last_seen_at) AS last_seen_at, min(fetched_at) AS first_missed_at,
           max(fetched_at) AS answered_at, count(*) AS times, arg_max(why, (fetched_at, id)) AS why
    FROM answer LEFT JOIN standing s USING (article_id)
    WHERE why IS NOT NULL AND (s.last_seen_at IS NULL OR fetched_at > s.last_seen_at)
    GROUP BY article_id
    HAVING count(*) >= 3 AND max(fetched_at) - min(fetched_at) >= INTERVAL 2 DAY
)
SELECT r.last_seen_at, r.first_missed_at, r.answered_at, r.times, r.why, m.topic, m.title, m.source_name, m.published_at,
       m.sentence, m.url, m.article_id
FROM removal r JOIN matches m USING (article_id)
WHERE $topic IS NULL OR m.topic = $topic
ORDER BY r.answered_at DESC, m.article_id, m.topic
