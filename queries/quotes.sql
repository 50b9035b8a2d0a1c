-- Who says what, in which words: quoted and reported speech in the matched articles. One row a statement, the newest first.
-- $institution: cnil, city, prefecture, court, police, company, association, elected_group or state; everybody when null (default: null)
-- $speaker: a part of the speaker's name; everybody when null (default: null)
-- $topic: a topic's key that the words themselves mention; all that is said when null (default: null)
-- $since: first day of publication; from the beginning when null (default: null)
-- Found by rules, which miss some and may mistake a speaker: read the article before you quote it.
WITH about AS (
    SELECT s.article_id, s.rank, list(DISTINCT m.topic ORDER BY m.topic) AS topics
    FROM statements s
    JOIN mentions m ON m.article_id = s.article_id AND m.version = s.version AND m.field = 'text'
        AND m.start < s."end" AND s.start < m."end"
        AND len(list_filter(s.parts, lambda part: m.start < part."end" AND part.start < m."end")) > 0
    GROUP BY s.article_id, s.rank
)
SELECT coalesce(l.published_at, l.first_seen_at) AS date, s.speaker, s.institution, s.institution_name, s.verb, s.stance,
       s.direct, s.quote, s.fact_date, coalesce(a.topics, []) AS topics, coalesce(o.name, l.source) AS source_name, l.title,
       l.url, l.article_id
FROM statements s
JOIN latest l ON l.article_id = s.article_id
LEFT JOIN about a ON a.article_id = s.article_id AND a.rank = s.rank
LEFT JOIN sources o ON o.key = l.source
WHERE ($institution IS NULL OR s.institution = $institution)
  AND ($speaker IS NULL OR contains(lower(s.speaker), lower($speaker)))
  AND ($topic IS NULL OR list_contains(a.topics, $topic))
  AND ($since IS NULL OR coalesce(l.published_at, l.first_seen_at) >= $since::TIMESTAMPTZ)
ORDER BY date DESC, s.article_id, s.rank
