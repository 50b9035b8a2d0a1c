-- What a watch has not been told yet: one row an article, with the topics that the watch looks for, as it was known then.
--
-- $topics VARCHAR[]   any of these topics, in order of interest
-- $every VARCHAR[]    every one of these as well
-- $never VARCHAR[]    and not one of these
-- $sources VARCHAR[]  seen in one of these sources
-- $access VARCHAR[]   with one of these accesses: full, teaser, title
-- $told VARCHAR[]     the articles and topics that were told: their two keys with a blank between
-- $since TIMESTAMPTZ  when given, all that was first seen since then, told or not
-- $until TIMESTAMPTZ  as it was known then
WITH known AS (SELECT unnest($told) AS told),
candidate AS (  -- all else is looked up for these alone, so that a daily digest is quick however much is stored
    SELECT DISTINCT article_id FROM mentions
    WHERE list_contains($topics || $every, topic)
      AND ($since IS NOT NULL OR article_id || ' ' || topic NOT IN (SELECT told FROM known))
),
mention AS (
    SELECT article_id, version, topic, field, start, surface, sentence, list_position($topics || $every, topic) AS rank
    FROM mentions
    WHERE list_contains($topics || $every, topic) AND article_id IN (SELECT article_id FROM candidate)
),
seen AS (
    SELECT article_id, version, max(seen_at) AS seen_at, min(seen_at) AS from_at, any_value(title) AS title,
           any_value(published_at) AS published_at, any_value(access) AS access
    FROM versions
    WHERE seen_at <= $until AND article_id IN (SELECT article_id FROM candidate)
    GROUP BY article_id, version
),
newest AS (
    SELECT article_id, arg_max(version, (seen_at, version)) AS version FROM seen GROUP BY article_id
),
each AS (  -- each topic of an article as the newest version that mentions it tells it
    SELECT m.article_id, m.topic, m.version, any_value(m.rank) AS rank, max(v.seen_at) AS seen_at, count(*) AS mentions,
           bool_or(m.field = 'title') AS in_title
    FROM mention m JOIN seen v ON v.article_id = m.article_id AND v.version = m.version
    GROUP BY m.article_id, m.topic, m.version
    QUALIFY row_number() OVER (PARTITION BY m.article_id, m.topic ORDER BY max(v.seen_at) DESC, m.version) = 1
),
found AS (
    SELECT article_id, list(topic ORDER BY rank, topic) AS topics, arg_max(version, (seen_at, version)) AS version,
           list(topic ORDER BY rank, topic) FILTER (told IS NULL) AS untold,
           sum(mentions)::INTEGER AS mentions, bool_or(in_title) AS in_title
    FROM each LEFT JOIN known ON told = article_id || ' ' || topic
    GROUP BY article_id
    HAVING ($since IS NOT NULL OR count(*) > count(told))
       AND (len($topics) = 0 OR list_has_any(list(topic), $topics))
       AND list_has_all(list(topic), $every)
),
place AS (  -- the sentence of the text that has most of the topics; the title where the text has none
    SELECT m.article_id, m.sentence, list(DISTINCT m.surface ORDER BY m.surface) AS surfaces
    FROM mention m JOIN found f ON f.article_id = m.article_id AND f.version = m.version
    GROUP BY m.article_id, m.sentence
    QUALIFY row_number() OVER (
        PARTITION BY m.article_id
        ORDER BY bool_and(m.field = 'title'), count(DISTINCT m.topic) DESC, min(m.rank), min(m.start), m.sentence) = 1
),
said AS (  -- since when a version with that sentence was seen
    SELECT m.article_id, min(v.from_at) AS said_at
    FROM place p
    JOIN mention m ON m.article_id = p.article_id AND m.sentence = p.sentence
    JOIN seen v ON v.article_id = m.article_id AND v.version = m.version
    GROUP BY m.article_id
),
stepped AS (  -- the versions of those that have several, each with the one before
    SELECT v.article_id, v.seen_at, v.title, v.access, coalesce(v.text, a.text) AS text,
           lag(v.title) OVER one AS title_before, lag(v.access) OVER one AS access_before,
           lag(coalesce(v.text, a.text)) OVER one AS text_before
    FROM versions v JOIN articles a ON a.id = v.article_id
    WHERE v.seen_at <= $until AND v.article_id IN (SELECT article_id FROM found)
      AND v.article_id IN (SELECT article_id FROM seen GROUP BY article_id HAVING count(*) > 1)
    WINDOW one AS (PARTITION BY v.article_id ORDER BY v.seen_at, v.capture_id)
),
edited AS (  -- behind a wall that closed or opened, what cannot be read was not edited
    SELECT article_id, max(seen_at) AS edited_at FROM stepped
    WHERE access = access_before AND (title <> title_before OR text <> text_before)
    GROUP BY article_id
),
whole AS (  -- what a long sentence was cut from
    SELECT p.article_id, any_value(coalesce(v.text, a.text)) AS text
    FROM place p
    JOIN found f ON f.article_id = p.article_id
    JOIN versions v ON v.article_id = f.article_id AND v.version = f.version
    JOIN articles a ON a.id = f.article_id
    WHERE length(p.sentence) > 200
    GROUP BY p.article_id
),
about AS (  -- where it plays, most important first
    SELECT article_id, list(code ORDER BY rank) AS places FROM article_places WHERE code <> '' GROUP BY article_id
),
begun AS (  -- the end of a source's first crawl: what it brought was there before
    SELECT source, min_by(coalesce(ended_at, started_at), started_at) AS at_time FROM runs GROUP BY source
)
SELECT a.id AS article_id, f.topics, f.untold, v.title, a.source, coalesce(s.name, a.source) AS source_name, s.kind, s.area,
       v.published_at, a.first_seen_at, a.canonical_url AS url, v.access, p.sentence, p.surfaces,
       coalesce(whole.text, '') AS text, f.version, f.mentions, f.in_title,
       f.version = n.version AS still_there, a.first_seen_at <= b.at_time AS at_first,
       CASE WHEN said.said_at > a.first_seen_at THEN said.said_at END AS said_at, edited.edited_at,
       coalesce(about.places, []) AS places, st.text_id, st.story_id
FROM found f
JOIN articles a ON a.id = f.article_id
JOIN seen v ON v.article_id = f.article_id AND v.version = f.version
JOIN newest n ON n.article_id = f.article_id
JOIN place p ON p.article_id = f.article_id
JOIN said ON said.article_id = f.article_id
LEFT JOIN whole ON whole.article_id = f.article_id
LEFT JOIN edited ON edited.article_id = f.article_id
LEFT JOIN sources s ON s.key = a.source
LEFT JOIN begun b ON b.source = a.source
LEFT JOIN about ON about.article_id = f.article_id
LEFT JOIN stories st ON st.article_id = f.article_id
WHERE a.first_seen_at <= $until AND ($since IS NULL OR a.first_seen_at >= $since)
  AND list_contains($access, v.access)
  AND (a.source IN (SELECT unnest($sources))
       OR a.source IS NULL  -- someone's own archive, taken in on purpose
       OR EXISTS (FROM captures c WHERE c.article_id = a.id AND c.source IN (SELECT unnest($sources)))
       OR EXISTS (FROM sightings g WHERE g.article_id = a.id AND g.source IN (SELECT unnest($sources))))
  AND NOT EXISTS (FROM mentions x JOIN seen y ON y.article_id = x.article_id AND y.version = x.version
                  WHERE x.article_id = f.article_id AND list_contains($never, x.topic))
ORDER BY a.id;
