-- What could not be read, of some sources: one row an address that was never read as an article.
--
-- $sources VARCHAR[] of these sources
-- $since TIMESTAMPTZ failed since then; all when null
SELECT f.source, coalesce(s.name, f.source) AS source_name, f.url, f.stage, max(f.failed_at) AS failed_at,
       max_by(f.reason, f.failed_at) AS reason, max_by(f.detail, f.failed_at) AS detail, max_by(f.status, f.failed_at) AS status
FROM failures f LEFT JOIN sources s ON s.key = f.source
WHERE list_contains($sources, f.source) AND ($since IS NULL OR f.failed_at >= $since)
  AND NOT EXISTS (FROM captures c WHERE c.article_id IS NOT NULL AND (c.url = f.url OR c.requested_url = f.url))
GROUP BY ALL
ORDER BY source_name, f.url;
