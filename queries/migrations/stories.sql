-- For queries/schema.sql: the tables of pipeline/retell.py. No number, so no migration: the schema makes what is missing.

-- One row an article: its newest text as one among others, to find reprints by. Made by `retell`. Key: article_id.
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

-- One row an article: which text it prints, and which matter it is about. Key: article_id.
CREATE TABLE IF NOT EXISTS stories (
    article_id VARCHAR NOT NULL,
    text_id VARCHAR NOT NULL,           -- the first article that printed this text, by time and then by id; itself when alone
    copy_of VARCHAR,                    -- the print that it is most like, an earlier one where there is one
    containment DOUBLE NOT NULL,        -- the share of the shorter of the two that stands in the longer
    similarity DOUBLE NOT NULL,         -- the share of the longer
    story_id VARCHAR NOT NULL           -- the first article on this matter; that of its text when it is not tagged
);
