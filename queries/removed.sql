-- Matched articles that were taken away: one row an article and topic. Their address has said so at least three times over at
-- least two days, and nothing else since: that there is no such page (404, 410), the same with a page that says it in words,
-- or by leading to the home page.
-- $topic: a topic's key; all topics when null (default: null)
-- A refusal, a failure or a paywall that closed is no removal: see failures and edited.
WITH standing AS (
    SELECT article_id, max(fetched_at) AS last_seen_at FROM answers WHERE gone IS NULL GROUP BY article_id
),
removal AS (
    SELECT article_id, any_value(s.last_seen_at) AS last_seen_at, min(fetched_at) AS first_missed_at,
           max(fetched_at) AS answered_at, count(*) AS times, arg_max(gone, (fetched_at, capture_id)) AS why
    FROM answers LEFT JOIN standing s USING (article_id)
    WHERE gone IS NOT NULL AND (s.last_seen_at IS NULL OR fetched_at > s.last_seen_at)
    GROUP BY article_id
    HAVING count(*) >= 3 AND max(fetched_at) - min(fetched_at) >= INTERVAL 2 DAY
)
SELECT r.last_seen_at, r.first_missed_at, r.answered_at, r.times, r.why, m.topic, m.title, m.source_name, m.published_at,
       m.sentence, m.url, m.article_id
FROM removal r JOIN matches m USING (article_id)
WHERE $topic IS NULL OR m.topic = $topic
ORDER BY r.answered_at DESC, m.article_id, m.topic
