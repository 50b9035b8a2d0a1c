-- Who writes on a topic, and how large a part of what they publish it is. One row a source and topic.
-- $topic: a topic's key; all topics when null (default: null)
-- Shares are in per cent of the source's articles in the database.
WITH published AS (SELECT source, count(*) AS articles FROM articles GROUP BY source)
SELECT m.source_name, m.kind, m.topic, count(*) AS matches, any_value(p.articles) AS articles,
       round(100.0 * count(*) / any_value(p.articles), 2) AS share,
       max(coalesce(m.published_at, m.first_seen_at)) AS last
FROM matches m JOIN published p ON p.source IS NOT DISTINCT FROM m.source
WHERE $topic IS NULL OR m.topic = $topic
GROUP BY m.source, m.source_name, m.kind, m.topic
ORDER BY matches DESC, m.source_name, m.topic
