-- What was told and is gone: one row an article whose address has said so at least three times over at least two days, and
-- nothing else since (see the view `answers`).
--
-- $articles VARCHAR[] the articles that were told
-- $after TIMESTAMPTZ  and said so once more since then
-- $until TIMESTAMPTZ  as it was known then
WITH answer AS (
    SELECT *, max(fetched_at) FILTER (gone IS NULL) OVER (PARTITION BY article_id) AS last_seen_at
    FROM answers
    WHERE article_id IN (SELECT unnest($articles)) AND fetched_at <= $until
),
looked AS (
    SELECT article_id, min(fetched_at) AS first_missed_at, max(fetched_at) AS seen_at, count(*) AS looks,
           any_value(last_seen_at) AS last_seen_at, list(gone ORDER BY fetched_at, capture_id) AS gone
    FROM answer
    WHERE gone IS NOT NULL AND (last_seen_at IS NULL OR fetched_at > last_seen_at)
    GROUP BY article_id
    HAVING count(*) >= 3 AND max(fetched_at) > $after AND max(fetched_at) - min(fetched_at) >= INTERVAL 2 DAY
)
SELECT l.*, v.version, v.title, a.source, coalesce(s.name, a.source) AS source_name, a.canonical_url AS url
FROM looked l
JOIN articles a ON a.id = l.article_id
JOIN (SELECT * FROM versions WHERE seen_at <= $until AND article_id IN (SELECT article_id FROM looked)
      QUALIFY row_number() OVER (PARTITION BY article_id ORDER BY seen_at DESC, capture_id DESC) = 1) v
  ON v.article_id = l.article_id
LEFT JOIN sources s ON s.key = a.source
ORDER BY l.seen_at, l.article_id;
