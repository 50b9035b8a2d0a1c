-- What may be a document that is cited: one row an article, with the beginning of its text.
--
-- $urls VARCHAR[]    at one of these canonical addresses
-- $numbers VARCHAR[] or with one of these numbers in its title or address
-- $days DATE[]       or of a town hall, an institution or an association, dated within three days of one of these
SELECT a.id AS article_id, a.title, a.canonical_url AS url, left(a.text, 600) AS head
FROM articles a LEFT JOIN sources s ON s.key = a.source
WHERE list_contains($urls, a.canonical_url)
   OR list_bool_or(list_transform($numbers, lambda n: contains(lower(a.title), n) OR contains(lower(a.url), n)))
   OR (s.kind IN ('municipal', 'institution', 'association')
       AND list_bool_or(list_transform($days, lambda d:
           abs(date_diff('day', d, CAST(coalesce(a.published_at, a.first_seen_at) AS DATE))) <= 3)))
ORDER BY a.id;
