-- Who wrote first on a topic. One row a topic and source, in the order of their first article.
-- $topic: a topic's key; all topics when null (default: null)
SELECT topic, source_name, kind, coalesce(published_at, first_seen_at) AS date, published_from AS date_from, title, sentence,
       url, article_id
FROM matches
WHERE $topic IS NULL OR topic = $topic
QUALIFY row_number() OVER (
    PARTITION BY topic, source ORDER BY coalesce(published_at, first_seen_at), first_seen_at, article_id
) = 1
ORDER BY topic, date, source_name
