-- All that was fetched of one article, and whether it had changed. One row a capture, the oldest first.
-- $article: the article's id, as in the other queries
WITH addresses AS (
    SELECT DISTINCT unnest([url, requested_url]) AS url FROM captures WHERE article_id = $article
)
SELECT c.fetched_at, c.status, c.version, v.capture_id IS NOT NULL AS changed, v.title, v.access, c.door, c.url,
       c.payload_sha256, c.file, c."offset", c.id AS capture_id
FROM captures c LEFT JOIN versions v ON v.capture_id = c.id
WHERE c.role = 'page'
  AND (c.article_id = $article OR (c.article_id IS NULL AND c.requested_url IN (SELECT url FROM addresses)))
ORDER BY c.fetched_at, c.id
