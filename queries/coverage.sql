-- What was looked at, and what may have passed unseen. One row a source of the catalogue.
-- $area: an INSEE code or a département; all places when null (default: null)
-- $since: first day of the runs that count; from the beginning when null (default: null)
WITH looked AS (
    SELECT source, count(*) AS runs, max(started_at) AS last_run, sum(entries) AS entries, sum(new_pages) AS new_pages,
           sum("left") AS left_over, count(*) FILTER (gap) AS gaps, sum(refusals) AS refusals, sum(errors) AS errors,
           arg_max(outcome, started_at) AS last_outcome
    FROM runs
    WHERE $since IS NULL OR started_at::DATE >= $since::DATE
    GROUP BY source
),
known AS (
    SELECT source, count(*) AS articles, count(*) FILTER (access <> 'full') AS not_in_full FROM articles GROUP BY source
)
SELECT s.key, s.name, s.kind, s.area, coalesce(l.last_outcome, if(s.closed = '', 'never', 'closed')) AS state, l.last_run,
       coalesce(l.runs, 0) AS runs, coalesce(l.entries, 0) AS entries, coalesce(l.new_pages, 0) AS new_pages,
       coalesce(k.articles, 0) AS articles, coalesce(k.not_in_full, 0) AS not_in_full,
       coalesce(l.left_over, 0) AS left_over, coalesce(l.gaps, 0) AS gaps, coalesce(l.refusals, 0) AS refusals,
       coalesce(l.errors, 0) AS errors
FROM sources s LEFT JOIN looked l ON l.source = s.key LEFT JOIN known k ON k.source = s.key
WHERE $area IS NULL OR len([a FOR a IN s.area IF starts_with(a, $area)]) > 0
ORDER BY s.kind, s.key
