-- The rhythm of each source: one row a source, with the instants at which it is known to have published, and how many
-- of the pages that its last crawl brought could be read.
--
-- $until TIMESTAMPTZ  as it was known then
-- An article without a date counts when it was first seen, but for the first crawl: that brought the past at once.
WITH first_run AS (
    SELECT source, min(coalesce(ended_at, started_at)) AS ended FROM runs GROUP BY source
),
seen AS (
    SELECT c.source, c.article_id, min(c.fetched_at) AS seen_at
    FROM captures c WHERE c.article_id IS NOT NULL AND c.source IS NOT NULL AND c.fetched_at <= $until
    GROUP BY c.source, c.article_id
),
rhythm AS (
    SELECT s.source,
           list(coalesce(a.published_at, s.seen_at) ORDER BY coalesce(a.published_at, s.seen_at)) AS published
    FROM seen s
    JOIN articles a ON a.id = s.article_id
    LEFT JOIN first_run f ON f.source = s.source
    WHERE (a.published_at IS NOT NULL OR s.seen_at > f.ended)
      AND coalesce(a.published_at, s.seen_at) BETWEEN $until - INTERVAL 200 DAY AND $until
    GROUP BY s.source
),
brought AS (
    SELECT c.source, count(c.article_id) AS read_pages, count(*) FILTER (c.article_id IS NULL) AS unread_pages
    FROM captures c
    JOIN (SELECT source, max(started_at) AS began FROM runs WHERE started_at <= $until GROUP BY source) last
      ON last.source = c.source AND c.fetched_at BETWEEN last.began AND $until
    WHERE c.status = 200 AND c.role = 'page'
    GROUP BY c.source
)
SELECT k.key AS source, k.name, k.closed, r.published, coalesce(b.read_pages, 0) AS read_pages,
       coalesce(b.unread_pages, 0) AS unread_pages
FROM sources k
LEFT JOIN rhythm r ON r.source = k.key
LEFT JOIN brought b ON b.source = k.key
ORDER BY k.name, k.key;
