-- Sources that were crawled and have brought nothing new for some days. One row a source, the longest silence first.
-- $days: days without a new page (default: 14)
-- $as_of: the moment that counts as now; the clock's when null (default: null)
WITH last AS (
    SELECT source, max(started_at) FILTER (new_pages > 0) AS last_new, max(started_at) AS last_run,
           arg_max(outcome, started_at) AS last_outcome, count(*) AS runs
    FROM runs GROUP BY source
)
SELECT s.key, s.name, s.kind, l.last_new, l.last_run, l.last_outcome, l.runs
FROM sources s JOIN last l ON l.source = s.key
WHERE s.closed = ''
  AND (l.last_new IS NULL OR l.last_new < coalesce($as_of::TIMESTAMPTZ, now()) - to_days($days::INTEGER))
ORDER BY l.last_new NULLS FIRST, s.key
