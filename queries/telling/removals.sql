-- What was told and is gone: one row an article whose address has answered « no such page » (404 or 410) at least three
-- times over at least two days, and nothing else since.
--
-- $articles VARCHAR[] the articles that were told
-- $until TIMESTAMPTZ  as it was known then
WITH address AS (
    SELECT DISTINCT article_id, unnest([url, requested_url]) AS url FROM captures
    WHERE article_id IN (SELECT unnest($articles))
),
missed AS (
    SELECT requested_url FROM captures WHERE status IN (404, 410) AND role = 'page'
),
answer AS (
    SELECT a.article_id, c.fetched_at, c.status IN (404, 410) AS gone, c.status,
           max(c.fetched_at) FILTER (c.status NOT IN (404, 410)) OVER (PARTITION BY a.article_id) AS last_seen_at
    FROM address a JOIN captures c ON c.requested_url = a.url
    WHERE c.role = 'page' AND c.fetched_at <= $until
      AND a.article_id IN (SELECT article_id FROM address WHERE url IN (SELECT requested_url FROM missed))
),
looked AS (
    SELECT article_id, min(fetched_at) AS first_missed_at, max(fetched_at) AS seen_at, count(*) AS looks,
           any_value(last_seen_at) AS last_seen_at, arg_max(status, fetched_at) AS status
    FROM answer
    WHERE gone AND (last_seen_at IS NULL OR fetched_at > last_seen_at)
    GROUP BY article_id
    HAVING count(*) >= 3 AND max(fetched_at) - min(fetched_at) >= INTERVAL 2 DAY
)
SELECT l.*, v.version, v.title, a.source, coalesce(s.name, a.source) AS source_name, a.canonical_url AS url
FROM looked l
JOIN articles a ON a.id = l.article_id
JOIN (SELECT * FROM versions WHERE seen_at <= $until AND article_id IN (SELECT article_id FROM looked)
      QUALIFY row_number() OVER (PARTITION BY article_id ORDER BY seen_at DESC, capture_id DESC) = 1) v
  ON v.article_id = l.article_id
LEFT JOIN sources s ON s.key = a.source
ORDER BY l.seen_at, l.article_id;
