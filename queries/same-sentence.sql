-- Two topics in one sentence, such as BriefCam and the CNIL. One row a sentence and pair of topics, the newest first.
-- $topic: a topic's key; every topic when null (default: null)
-- $with_topic: the other topic's key; every other when null (default: null)
WITH spoken AS (SELECT DISTINCT article_id, version, topic, sentence FROM mentions)
SELECT coalesce(l.published_at, l.first_seen_at) AS date, one.topic, two.topic AS with_topic, one.sentence,
       coalesce(o.name, l.source) AS source_name, l.title, l.url, l.article_id
FROM spoken one
JOIN spoken two ON two.article_id = one.article_id AND two.version = one.version AND two.sentence = one.sentence
JOIN latest l ON l.article_id = one.article_id AND l.version = one.version
LEFT JOIN sources o ON o.key = l.source
WHERE one.topic <> two.topic
  AND ($topic IS NULL OR one.topic = $topic) AND ($with_topic IS NULL OR two.topic = $with_topic)
  AND ($topic IS NOT NULL OR $with_topic IS NOT NULL OR one.topic < two.topic)
ORDER BY date DESC, l.article_id, one.topic, with_topic, one.sentence
