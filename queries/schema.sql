-- The database that users open. Derived: all but `announced` can be made again from the archive and crawl.sqlite.
-- Times are UTC (timestamptz). Rows are only ever inserted; text is never updated in place (a capture that arrives late,
-- older than what is stored, is the one exception: the article's first rows are then written anew).
-- The large tables have no PRIMARY KEY: its index doubles the time of a load, adds a third to the file and costs seconds
-- at each checkpoint. Their keys are kept by anti-joins on insertion, and named in their comments.

-- What the database is made by. One row a key: schema (a whole number), vigie (the version that wrote last), rules (the hash of the
-- rules by which all was last tagged: what came since may have been tagged by newer ones).
CREATE TABLE IF NOT EXISTS meta (
    key VARCHAR PRIMARY KEY,
    value VARCHAR NOT NULL
);

-- The catalogue as it was at the last run. One row a source.
CREATE TABLE IF NOT EXISTS sources (
    key VARCHAR PRIMARY KEY,            -- as in sources.toml
    name VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,              -- investigative | regional | municipal | institution | association
    area VARCHAR[] NOT NULL,            -- INSEE codes of communes, départements, or 'national'
    home VARCHAR NOT NULL,
    owner VARCHAR NOT NULL,             -- the group that publishes it, where known
    closed VARCHAR NOT NULL,            -- why it is not crawled; empty when it is
    note VARCHAR NOT NULL
);

-- The ledger: one row a source and crawl.
CREATE TABLE IF NOT EXISTS runs (
    run_id VARCHAR NOT NULL,            -- sorts by time
    source VARCHAR NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ,               -- null when the crawl was cut
    entries BIGINT NOT NULL,            -- seen at the doors
    new_pages BIGINT NOT NULL,          -- fetched and archived
    not_modified BIGINT NOT NULL,       -- 304 answers
    bytes BIGINT NOT NULL,              -- received
    refusals BIGINT NOT NULL,           -- 401, 403, 429, 451, robots.txt
    errors BIGINT NOT NULL,
    "left" BIGINT NOT NULL,             -- entries left for the next run by the budgets
    gap BOOLEAN NOT NULL,               -- entries may have passed unseen between two runs
    slowest_seconds DOUBLE NOT NULL,    -- the slowest answer
    outcome VARCHAR NOT NULL,           -- ok | empty | shut | refused | unreachable | broken | gone | closed | cut
    PRIMARY KEY (run_id, source)
);

-- One row a response that was fetched and archived: the evidence. Key: id.
CREATE TABLE IF NOT EXISTS captures (
    id VARCHAR NOT NULL,                -- WARC record id
    article_id VARCHAR,                 -- null when it is no article: a door, a 404, a page that could not be read (see failures)
    role VARCHAR NOT NULL,              -- page | door | robots
    source VARCHAR,                     -- null for other people's WARC files
    door VARCHAR,                       -- feed | sitemap | listing | page | archive | document | again | a spider's name
    url VARCHAR NOT NULL,
    requested_url VARCHAR NOT NULL,     -- differs from url after a redirect
    fetched_at TIMESTAMPTZ NOT NULL,
    status INTEGER NOT NULL,            -- 304 as well when the same bytes came again: they are kept once
    payload_sha256 VARCHAR NOT NULL,    -- of the body as it was received
    version VARCHAR,                    -- the version of the article that this capture shows
    file VARCHAR NOT NULL,              -- in home/archive
    "offset" BIGINT NOT NULL,
    withheld BOOLEAN DEFAULT false      -- its bytes are no longer kept (retention, a reservation): what was read in them is
);

-- One row an article, as it was when first seen. Key: id.
CREATE TABLE IF NOT EXISTS articles (
    id VARCHAR NOT NULL,                -- from the canonical URL
    source VARCHAR,                     -- the source that brought it first
    url VARCHAR NOT NULL,               -- where it was read first: the one to link to
    canonical_url VARCHAR NOT NULL,     -- what names it: always https, without www; need not open
    title VARCHAR NOT NULL,
    authors VARCHAR[] NOT NULL,
    published_at TIMESTAMPTZ,           -- midnight in Europe/Paris: only the day is known
    published_from VARCHAR,             -- json-ld | meta | feed | sitemap | listing | text | pdf
    access VARCHAR NOT NULL,            -- full | teaser | title
    language VARCHAR,
    text VARCHAR NOT NULL,
    first_seen_at TIMESTAMPTZ NOT NULL, -- fetched_at of its first capture
    capture_id VARCHAR NOT NULL,
    version VARCHAR NOT NULL            -- its first version
);

-- One row each time an article was seen to have changed; the first version as well: A, then B, then A again is three
-- rows. Decided by the order in which the captures were fetched, whatever the order in which they arrive. Key: capture_id.
CREATE TABLE IF NOT EXISTS versions (
    article_id VARCHAR NOT NULL,
    version VARCHAR NOT NULL,           -- hash of title, text, date and access
    seen_at TIMESTAMPTZ NOT NULL,       -- fetched_at of the capture that showed it
    capture_id VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    published_at TIMESTAMPTZ,
    access VARCHAR NOT NULL,
    text VARCHAR                        -- null for the first version: it stands in articles
);

-- One row a place in a title or text where a rule holds. Kept by version, once for each text however often it came back.
CREATE TABLE IF NOT EXISTS mentions (
    article_id VARCHAR NOT NULL,
    version VARCHAR NOT NULL,
    field VARCHAR NOT NULL,             -- title | text
    topic VARCHAR NOT NULL,
    rule VARCHAR NOT NULL,
    rules_version VARCHAR NOT NULL,
    surface VARCHAR NOT NULL,           -- as written: field[start:end]
    start INTEGER NOT NULL,             -- in characters, from 0
    "end" INTEGER NOT NULL,
    edits INTEGER NOT NULL,             -- letters that differ from the rule's phrase
    sentence VARCHAR NOT NULL
);

-- What could not be fetched or read. One row an attempt.
CREATE TABLE IF NOT EXISTS failures (
    failed_at TIMESTAMPTZ NOT NULL,
    stage VARCHAR NOT NULL,             -- fetch | archive | extract | tag
    reason VARCHAR NOT NULL,            -- refused | not_found | timeout | robots | server_error | not_a_feed | unreadable …
    url VARCHAR NOT NULL,
    source VARCHAR,
    detail VARCHAR NOT NULL,
    status INTEGER,
    run_id VARCHAR,
    capture_id VARCHAR
);

-- What each watch was told, through which channel: exactly once. Not derived; a rebuild carries it over.
CREATE TABLE IF NOT EXISTS announced (
    watch VARCHAR NOT NULL,
    channel VARCHAR NOT NULL,           -- terminal, mailto:…, https://…
    event VARCHAR NOT NULL,             -- match | edit | removal
    article_id VARCHAR NOT NULL,
    topic VARCHAR NOT NULL,
    version VARCHAR NOT NULL,
    announced_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (watch, channel, event, article_id, topic, version)
);

-- Where a matched article plays, most important first: one row a place; one with an empty code when it names none.
-- Made by `relate`, for the newest version. Key: article_id, rank.
CREATE TABLE IF NOT EXISTS article_places (
    article_id VARCHAR NOT NULL,
    version VARCHAR NOT NULL,           -- the version that was read
    code VARCHAR NOT NULL,              -- INSEE code of a commune or département, SIREN of an EPCI
    kind VARCHAR NOT NULL,              -- commune | epci | departement
    weight DOUBLE NOT NULL,
    reason VARCHAR NOT NULL,            -- in which words the article says so
    rank INTEGER NOT NULL
);

-- Who says what in a matched article, quoted or reported: one row a statement. Made by `relate`, for the newest version.
-- Key: article_id, rank.
CREATE TABLE IF NOT EXISTS statements (
    article_id VARCHAR NOT NULL,
    version VARCHAR NOT NULL,           -- the version that was read
    rank INTEGER NOT NULL,              -- the order in the text, from 1
    speaker VARCHAR NOT NULL,           -- who that is, once a pronoun is resolved
    role VARCHAR NOT NULL,              -- the title beside the name
    institution VARCHAR NOT NULL,       -- city | cnil | prefecture | court | police | company | association | elected_group |
                                        -- state | journalist | none
    institution_name VARCHAR NOT NULL,  -- what the text calls it
    verb VARCHAR NOT NULL,              -- as written; empty after « selon »
    stance VARCHAR NOT NULL,            -- say | affirm | deny | announce | ask
    direct BOOLEAN NOT NULL,            -- quoted; else reported
    quote VARCHAR NOT NULL,             -- the words; […] where an attribution cuts them
    start INTEGER NOT NULL,             -- in the text, in characters
    "end" INTEGER NOT NULL,
    parts STRUCT("start" INTEGER, "end" INTEGER)[] NOT NULL,  -- the stretches of the text that the words are
    sentence VARCHAR NOT NULL,
    fact_date VARCHAR NOT NULL,         -- the date said in the words, as ISO 8601 to the precision said; else empty
    why VARCHAR NOT NULL                -- the way in which the text joins words and speaker
);

-- One row a matched article: its newest text as one among others, to find reprints by. Made by `retell`. Key: article_id.
CREATE TABLE IF NOT EXISTS texts (
    article_id VARCHAR NOT NULL,
    version VARCHAR NOT NULL,           -- the version that was signed
    source VARCHAR NOT NULL,            -- the host, for other people's WARC files
    dated_at TIMESTAMPTZ NOT NULL,            -- published_at or, where nobody says, first_seen_at
    title VARCHAR NOT NULL,
    words INTEGER NOT NULL,
    text_hash VARCHAR NOT NULL,         -- equal when the words are, whatever case, accents and punctuation
    marks UINTEGER[] NOT NULL,          -- winnowed shingles of five words: texts that share a stretch share some
    agencies VARCHAR[] NOT NULL,        -- credited with the text: AFP, Reuters …
    words_told VARCHAR[]                -- names and pairs of words by which matters are told apart; null when not tagged
);

-- One row a pair of texts that are one text but for cuts and additions. Key: one, other (text_hash, one < other).
CREATE TABLE IF NOT EXISTS likenesses (
    one VARCHAR NOT NULL,
    other VARCHAR NOT NULL,
    shared INTEGER NOT NULL,            -- words of the shorter that stand in the longer
    shorter INTEGER NOT NULL,           -- words
    longer INTEGER NOT NULL,
    replaced INTEGER NOT NULL,          -- names and numbers that were put in the place of others
    apart INTEGER NOT NULL              -- words of their own that both begin with
);

-- One row a matched article: which text it prints, and which matter it is about. Key: article_id.
CREATE TABLE IF NOT EXISTS stories (
    article_id VARCHAR NOT NULL,
    text_id VARCHAR NOT NULL,           -- the first article that printed this text, by time and then by id; itself when alone
    copy_of VARCHAR,                    -- the print that it is most like, an earlier one where there is one
    containment DOUBLE NOT NULL,        -- the share of the shorter of the two that stands in the longer
    similarity DOUBLE NOT NULL,         -- the share of the longer
    story_id VARCHAR NOT NULL           -- the first article on this matter; that of its text when it is not tagged
);

-- What was asked of each host: the account that an editor can be shown. Key: host, day.
CREATE TABLE IF NOT EXISTS conduct (
    host VARCHAR NOT NULL,
    day DATE NOT NULL,                  -- in UTC
    requests BIGINT NOT NULL,
    bytes BIGINT NOT NULL,              -- received
    refusals BIGINT NOT NULL,           -- the host said no
    errors BIGINT NOT NULL              -- no answer, or one that says that the host is at fault
);

-- At which sources' doors an article was seen: it is every such source's, whichever fetched it. Key: article_id, source.
CREATE TABLE IF NOT EXISTS sightings (
    article_id VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL
);

-- How far each archive file has been read. One row a file.
CREATE TABLE IF NOT EXISTS archive_files (
    file VARCHAR PRIMARY KEY,           -- in home/archive
    read_to BIGINT NOT NULL             -- bytes
);

-- The newest version of each article, text included. One row an article.
CREATE OR REPLACE VIEW latest AS
SELECT a.id AS article_id, a.source, a.url, a.canonical_url, a.authors, a.language, a.first_seen_at, a.published_from,
       v.version, v.title, v.published_at, v.access, coalesce(v.text, a.text) AS text, v.seen_at, v.capture_id
FROM (
    SELECT * FROM versions
    QUALIFY row_number() OVER (PARTITION BY article_id ORDER BY seen_at DESC, capture_id DESC) = 1
) v
JOIN articles a ON a.id = v.article_id;

-- What users query: one row an article and topic, as the newest version that mentions the topic tells it.
CREATE OR REPLACE VIEW matches AS
WITH newest AS (
    SELECT article_id, arg_max(version, (seen_at, capture_id)) AS version
    FROM versions WHERE article_id IN (SELECT article_id FROM mentions) GROUP BY article_id
),
shown AS (
    SELECT article_id, version, max(seen_at) AS seen_at, any_value(title) AS title, any_value(published_at) AS published_at,
           any_value(access) AS access
    FROM versions WHERE article_id IN (SELECT article_id FROM mentions) GROUP BY article_id, version
),
told AS (
    SELECT article_id, topic, version, count(*) AS mentions,
           arg_min(sentence, (field = 'title', start, "end", rule)) AS sentence,
           arg_min(surface, (field = 'title', start, "end", rule)) AS surface,
           arg_min(rule, (field = 'title', start, "end", rule)) AS rule
    FROM mentions GROUP BY article_id, topic, version
)
SELECT a.id AS article_id, t.topic, v.title, a.source, coalesce(s.name, a.source) AS source_name, s.kind, s.area, s.owner,
       v.published_at, a.published_from, a.first_seen_at, a.url, a.canonical_url, v.access, t.sentence, t.surface, t.rule,
       t.mentions, t.version,
       t.version = n.version AS still_there  -- false when the article was edited and no longer mentions the topic
FROM told t
JOIN shown v ON v.article_id = t.article_id AND v.version = t.version
JOIN newest n ON n.article_id = t.article_id
JOIN articles a ON a.id = t.article_id
LEFT JOIN sources s ON s.key = a.source
QUALIFY row_number() OVER (PARTITION BY a.id, t.topic ORDER BY v.seen_at DESC, t.version) = 1;

-- What the addresses of matched articles answered: one row an article and look. `gone` says in which way the answer means
-- that there is no such page; null when the article stands, and when nothing can be told (a refusal is no row here).
CREATE OR REPLACE VIEW answers AS
WITH address AS (
    SELECT DISTINCT article_id, unnest([url, requested_url]) AS url FROM captures
    WHERE article_id IN (SELECT article_id FROM mentions)
),
wordy AS (  -- pages that answer 200 and say that there is nothing; the same bytes again are a 304 with their digest
    SELECT c.id, c.requested_url, c.payload_sha256 FROM captures c
    JOIN failures f ON f.capture_id = c.id WHERE f.reason = 'soft_404'
)
SELECT a.article_id, c.id AS capture_id, c.fetched_at, c.status,
       CASE WHEN c.status IN (404, 410) THEN 'HTTP ' || c.status
            WHEN c.id IN (SELECT id FROM wordy)
              OR (c.status = 304 AND (c.requested_url, c.payload_sha256)
                                     IN (SELECT (requested_url, payload_sha256) FROM wordy)) THEN 'says so'
            WHEN c.article_id IS NOT NULL OR c.url = c.requested_url THEN NULL
            -- pipeline.canonical.leads_up said so when it was read
            WHEN regexp_full_match(c.url, 'https?://[^/?#]+(/[a-z]{2})?(/(accueil|home|index|default)(\.[a-z]+)?)?/?', 'i')
             AND NOT regexp_full_match(c.requested_url, 'https?://[^/?#]+/?') THEN 'leads to the home page'
            WHEN starts_with(regexp_replace(c.requested_url, '^https?://(www\.)?', ''),
                             regexp_replace(rtrim(c.url, '/'), '^https?://(www\.)?', '') || '/') THEN 'leads to a section'
       END AS gone
FROM address a JOIN captures c ON c.requested_url = a.url
WHERE c.role = 'page';
