-- What a watch has not been told yet: one row an article, with the topics that the watch looks for.
--
-- $topics VARCHAR[]   any of these topics, in order of interest
-- $every VARCHAR[]    every one of these as well
-- $never VARCHAR[]    and not one of these
-- $sources VARCHAR[]  seen in one of these sources
-- $access VARCHAR[]   with one of these accesses: full, teaser, title
-- $watch VARCHAR      the watch
-- $channel VARCHAR    the channel that it is told through
-- $since TIMESTAMPTZ  when given, all that was first seen since then, told or not
-- $until TIMESTAMPTZ  seen until then
WITH wanted AS (
    SELECT * FROM matches
    WHERE list_contains($topics || $every, topic) AND list_contains($access, access)
      AND first_seen_at <= $until AND ($since IS NULL OR first_seen_at >= $since)
      AND (list_contains($sources, source)
           OR article_id IN (SELECT c.article_id FROM captures c WHERE list_contains($sources, c.source)))
),
told AS (
    SELECT article_id, topic FROM announced
    WHERE watch = $watch AND channel = $channel AND event = 'match' AND announced_at <= $until
),
article AS (
    SELECT article_id, list(topic ORDER BY list_position($topics || $every, topic)) AS topics,
           bool_or($since IS NOT NULL OR (article_id, topic) NOT IN (SELECT (article_id, topic) FROM told)) AS news,
           arg_min(columns(['title', 'source', 'source_name', 'kind', 'area', 'published_at', 'first_seen_at', 'url',
                            'access', 'sentence', 'version']),
                   list_position($topics || $every, topic))
    FROM wanted GROUP BY article_id
)
SELECT article.* EXCLUDE (news),
       (SELECT list(DISTINCT surface ORDER BY surface) FROM mentions m
        WHERE m.article_id = article.article_id AND m.version = article.version AND m.sentence = article.sentence)
           AS surfaces
FROM article
WHERE news
  AND (len($topics) = 0 OR list_has_any(topics, $topics))
  AND list_has_all(topics, $every)
  AND article_id NOT IN (SELECT mm.article_id FROM matches mm WHERE list_contains($never, mm.topic))
ORDER BY article_id;
