-- What came in lately. One row an article and topic, the newest first.
-- $topic: a topic's key; all topics when null (default: null)
-- $area: an INSEE code or a département; all places when null (default: null)
-- $since: first day or moment of arrival; a week before as_of when null (default: null)
-- $as_of: the moment that counts as now; the clock's when null (default: null)
SELECT first_seen_at, topic, title, source_name, published_at, access, sentence, url, article_id
FROM matches
WHERE ($topic IS NULL OR topic = $topic)
  AND ($area IS NULL OR len([a FOR a IN area IF starts_with(a, $area)]) > 0)
  AND first_seen_at >= coalesce($since::TIMESTAMPTZ, coalesce($as_of::TIMESTAMPTZ, now()) - INTERVAL 7 DAY)
  AND first_seen_at <= coalesce($as_of::TIMESTAMPTZ, now())
ORDER BY first_seen_at DESC, article_id, topic
