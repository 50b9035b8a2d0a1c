-- How each source does. One row a source that was crawled.
-- $runs: how many of its last runs count (default: 30)
WITH recent AS (
    SELECT * FROM runs
    QUALIFY row_number() OVER (PARTITION BY source ORDER BY started_at DESC) <= $runs::INTEGER
)
SELECT r.source, any_value(s.name) AS name, count(*) AS runs, max(started_at) AS last_run,
       arg_max(outcome, started_at) AS last_outcome, max(started_at) FILTER (outcome = 'ok') AS last_ok,
       count(*) FILTER (outcome <> 'ok') AS not_ok, median(new_pages) AS median_new_pages, sum(refusals) AS refusals,
       sum(errors) AS errors, count(*) FILTER (gap) AS gaps, max(slowest_seconds) AS slowest_seconds
FROM recent r LEFT JOIN sources s ON s.key = r.source
GROUP BY r.source
ORDER BY not_ok DESC, r.source
