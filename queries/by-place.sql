-- Where a topic is written about, by the area of the sources. One row a place and topic.
-- $topic: a topic's key; all topics when null (default: null)
-- $area: an INSEE code or a département; all places when null (default: null)
SELECT place, topic, count(*) AS articles, count(DISTINCT source) AS sources,
       min(coalesce(published_at, first_seen_at)) AS first, max(coalesce(published_at, first_seen_at)) AS last
FROM (SELECT *, unnest(area) AS place FROM matches)
WHERE ($topic IS NULL OR topic = $topic) AND ($area IS NULL OR starts_with(place, $area))
GROUP BY place, topic
ORDER BY articles DESC, place, topic
