-- Which topics are written about together. One row a pair of topics.
-- $topic: a topic's key; all pairs when null (default: null)
-- Shares are in per cent of the articles on the first topic of the pair.
WITH each AS (SELECT topic, count(*) AS articles FROM matches GROUP BY topic)
SELECT a.topic, b.topic AS with_topic, count(*) AS articles, round(100.0 * count(*) / any_value(e.articles), 1) AS share
FROM matches a
JOIN matches b ON b.article_id = a.article_id AND b.topic <> a.topic
JOIN each e ON e.topic = a.topic
WHERE $topic IS NULL OR a.topic = $topic
GROUP BY a.topic, b.topic
ORDER BY articles DESC, a.topic, with_topic
