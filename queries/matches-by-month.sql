-- How much was written on each topic, month by month. One row a month and topic.
-- $topic: a topic's key; all topics when null (default: null)
-- The month is that of publication in Paris; where no date is known, that of the first fetch.
SELECT date_trunc('month', coalesce(published_at, first_seen_at))::DATE AS month, topic, count(*) AS articles,
       count(DISTINCT source) AS sources
FROM matches
WHERE $topic IS NULL OR topic = $topic
GROUP BY month, topic
ORDER BY month, topic
