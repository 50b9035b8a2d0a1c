-- The addresses of matched articles, which the crawler looks at for longer: one row an address. `doubted`: its newest
-- answer was a page that says in words that there is nothing, so that it is to be looked at again soon.
WITH address AS (
    SELECT DISTINCT unnest([c.url, c.requested_url]) AS url
    FROM captures c WHERE c.article_id IN (SELECT article_id FROM mentions)
),
wordy AS (
    SELECT c.requested_url, c.payload_sha256 FROM captures c JOIN failures f ON f.capture_id = c.id
    WHERE f.reason = 'soft_404'
),
newest AS (  -- the same bytes again are a 304 with the digest of the first
    SELECT c.requested_url, arg_max(c.payload_sha256, (c.fetched_at, c.id)) AS payload_sha256
    FROM captures c JOIN address a ON a.url = c.requested_url
    WHERE c.role = 'page'
    GROUP BY c.requested_url
)
SELECT url, (url, n.payload_sha256) IN (SELECT (requested_url, payload_sha256) FROM wordy) AS doubted
FROM address LEFT JOIN newest n ON n.requested_url = url
ORDER BY url;
