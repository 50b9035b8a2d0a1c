-- crawl.sqlite: the memory of a home's crawls. Times are ISO 8601 in UTC, so that they sort as text.

-- One row an address at which new entries are found; with what it said of freshness at its last 200 or 304.
CREATE TABLE doors (
    url TEXT PRIMARY KEY,
    readers TEXT NOT NULL,              -- a digest of the sources that read it, and how: others have not seen it yet
    etag TEXT,
    last_modified TEXT,
    read_at TEXT NOT NULL,
    entries TEXT NOT NULL               -- JSON: how many entries it named for each source
);

-- One row a page that a door has named.
CREATE TABLE pages (
    key TEXT PRIMARY KEY,               -- canonical URL
    url TEXT NOT NULL,                  -- as the door wrote it
    source TEXT NOT NULL,               -- whose door named it first
    door TEXT NOT NULL,
    via TEXT NOT NULL,                  -- the address of that door
    title TEXT,
    published_at TEXT,
    found_at TEXT NOT NULL,
    next_at TEXT,                       -- when it is to be asked for; null: left in peace
    back INTEGER NOT NULL DEFAULT 0,    -- found by going back on purpose: only such a crawl asks for it the first time
    first_at TEXT,                      -- its first answer
    fetched_at TEXT,                    -- its last answer that was no 404 or 410
    status INTEGER,                     -- of the last answer
    tries INTEGER NOT NULL DEFAULT 0,   -- failures in a row
    gone INTEGER NOT NULL DEFAULT 0,    -- answers 404 or 410 in a row
    etag TEXT,
    last_modified TEXT
);
CREATE INDEX pages_due ON pages (source, next_at) WHERE next_at IS NOT NULL;

-- One row a page and source at whose doors it stood.
CREATE TABLE sightings (
    key TEXT NOT NULL, source TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (key, source)
) WITHOUT ROWID;

-- One row an origin: its robots.txt as it was last read; empty when it has none.
CREATE TABLE robots (
    origin TEXT PRIMARY KEY, body BLOB NOT NULL, etag TEXT, last_modified TEXT, read_at TEXT NOT NULL
);

-- One row an origin: its /.well-known/tdmrep.json as it was last read; empty when it has none.
CREATE TABLE tdmrep (origin TEXT PRIMARY KEY, body BLOB NOT NULL, read_at TEXT NOT NULL);

-- One row an origin and way in which it reserves text and data mining.
CREATE TABLE reservations (
    origin TEXT NOT NULL,
    said_by TEXT NOT NULL,              -- header | meta | tdmrep.json
    policy TEXT NOT NULL,
    first_at TEXT NOT NULL,
    last_at TEXT NOT NULL,
    PRIMARY KEY (origin, said_by, policy)
) WITHOUT ROWID;

-- One row an address: the bytes of its last answer in the archive.
CREATE TABLE payloads (
    url TEXT PRIMARY KEY, status INTEGER NOT NULL, sha256 TEXT NOT NULL
) WITHOUT ROWID;

-- Which hosts are being asked, by whichever crawl of this home: epoch seconds after which one is free again.
CREATE TABLE turns (host TEXT PRIMARY KEY, free_at REAL NOT NULL, busy INTEGER NOT NULL) WITHOUT ROWID;

-- What an editor who complains can be shown. One row a host and day.
CREATE TABLE conduct (
    host TEXT NOT NULL, day TEXT NOT NULL, requests INTEGER NOT NULL, bytes INTEGER NOT NULL,
    refusals INTEGER NOT NULL, errors INTEGER NOT NULL, PRIMARY KEY (host, day)
) WITHOUT ROWID;
