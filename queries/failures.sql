-- What could not be fetched or read. One row a source, stage and reason, the most frequent first.
-- $source: a source's key; all sources when null (default: null)
-- $days: how many days back (default: 30)
-- $as_of: the moment that counts as now; the clock's when null (default: null)
SELECT source, stage, reason, count(*) AS times, count(DISTINCT url) AS addresses, max(failed_at) AS last,
       arg_max(url, failed_at) AS last_url, arg_max(detail, failed_at) AS last_detail
FROM failures
WHERE ($source IS NULL OR source = $source)
  AND failed_at >= coalesce($as_of::TIMESTAMPTZ, now()) - to_days($days::INTEGER)
GROUP BY source, stage, reason
ORDER BY times DESC, source, stage, reason
