-- Who said what, when: the matched articles in the order of publication. One row an article.
-- $topic: a topic's key; all topics when null (default: null)
-- $area: an INSEE code or a département; all places when null (default: null)
-- $since: first day of publication; from the beginning when null (default: null)
-- $until: last day of publication; to the end when null (default: null)
WITH chosen AS (
    SELECT *, coalesce(published_at, first_seen_at) AS at_time FROM matches
    WHERE ($topic IS NULL OR topic = $topic)
      AND ($area IS NULL OR len([a FOR a IN area IF starts_with(a, $area)]) > 0)
)
SELECT min(at_time) AS date, any_value(published_from) AS date_from, any_value(source_name) AS source_name,
       any_value(title) AS title, list(topic ORDER BY topic) AS topics, arg_min(sentence, topic) AS sentence,
       any_value(url) AS url, article_id
FROM chosen
WHERE ($since IS NULL OR at_time::DATE >= $since::DATE) AND ($until IS NULL OR at_time::DATE <= $until::DATE)
GROUP BY article_id
ORDER BY date, article_id
