-- Matched articles that were changed after they were first seen. One row a change of an article.
-- $topic: a topic's key, in any version of the article; all topics when null (default: null)
-- $since: first day on which the change was seen; from the beginning when null (default: null)
WITH topics AS (
    SELECT article_id, version, list(DISTINCT topic ORDER BY topic) AS topics FROM mentions GROUP BY article_id, version
),
shown AS (
    SELECT v.article_id, v.seen_at, v.capture_id, v.title, v.published_at, v.access, coalesce(v.text, a.text) AS text,
           coalesce(t.topics, []) AS topics, a.url, a.source
    FROM versions v
    JOIN articles a ON a.id = v.article_id
    LEFT JOIN topics t ON t.article_id = v.article_id AND t.version = v.version
    WHERE v.article_id IN (SELECT article_id FROM mentions WHERE $topic IS NULL OR topic = $topic)
),
changes AS (
    SELECT article_id, seen_at, capture_id, source, url, title, access, text, published_at, topics,
           lag(seen_at) OVER older AS seen_before, lag(title) OVER older AS title_before,
           lag(text) OVER older AS text_before, lag(access) OVER older AS access_before,
           lag(published_at) OVER older AS published_before, lag(topics) OVER older AS topics_before
    FROM shown
    WINDOW older AS (PARTITION BY article_id ORDER BY seen_at, capture_id)
)
SELECT seen_at, seen_before, source, title, nullif(title_before, title) AS title_before,
       text <> text_before AS text_changed, length(text) - length(text_before) AS characters_more,
       nullif(access_before, access) AS access_before,
       CASE WHEN published_at IS DISTINCT FROM published_before THEN published_before END AS published_before,
       list_filter(topics, lambda t: NOT list_contains(topics_before, t)) AS topics_gained,
       list_filter(topics_before, lambda t: NOT list_contains(topics, t)) AS topics_lost,
       url, article_id
FROM changes
WHERE seen_before IS NOT NULL AND ($since IS NULL OR seen_at::DATE >= $since::DATE)
ORDER BY seen_at DESC, article_id
