-- How each source was seen at its last crawl: one row a source of the catalogue.
--
-- $sources VARCHAR[]  only these; all when empty
-- $until TIMESTAMPTZ  crawls begun until then; all when null
WITH run AS (
    SELECT * FROM runs
    WHERE ($until IS NULL OR started_at <= $until)
    QUALIFY row_number() OVER (PARTITION BY source ORDER BY started_at DESC, run_id DESC) = 1
),
lost AS (
    SELECT f.source,
           arg_min(f.reason, f.failed_at) FILTER (f.stage = 'fetch') AS reason,
           arg_min(f.status, f.failed_at) FILTER (f.stage = 'fetch') AS status,
           count(DISTINCT f.url) AS pages
    FROM failures f JOIN run ON run.source = f.source
    WHERE (f.run_id = run.run_id OR (f.stage <> 'fetch' AND f.failed_at >= run.started_at))
      AND ($until IS NULL OR f.failed_at <= $until)
    GROUP BY f.source
)
SELECT s.key AS source, s.name, s.closed,
       run.run_id, run.started_at AS read_at, run.outcome, run.entries, run.new_pages, run.not_modified, run."left", run.gap,
       run.refusals, run.errors, lost.reason, lost.status, coalesce(lost.pages, 0) AS lost_pages
FROM sources s
LEFT JOIN run ON run.source = s.key
LEFT JOIN lost ON lost.source = s.key
WHERE len($sources) = 0 OR list_contains($sources, s.key)
ORDER BY s.name, s.key;
