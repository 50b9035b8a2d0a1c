"""Find words in all that is stored: an index of folded words beside the database, made from it and made again at will.

The index is SQLite's own full-text index (FTS5): phrases, AND, OR, NOT and ranking in milliseconds over a million
articles, where reading every text takes seconds, and no second copy of the texts. Folded as the tagger folds: case,
accents, hyphens, apostrophes and kinds of blanks do not count, and « vidéo‐surveillance » is « vidéosurveillance ».
Every version of an article is indexed: what was edited away is still found. Insert-only.
"""

from __future__ import annotations

import os
import re
import sqlite3
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pipeline.records import MistakeError
from pipeline.store import Store

CHUNK = 5_000  # versions read at once
MANY = 50_000  # versions that are found sooner by reading all
MADE = 2  # the way in which the index is made: another number, another index
RANKED = 50_000  # hits: what half a second is enough for, however much is stored
SHOWN = 400  # characters of a sentence that are shown
HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")
APOSTROPHES = dict.fromkeys(map(ord, "'’ʼ`"), " ")
INVISIBLE = dict.fromkeys((0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))
LIGATURES = {ord("œ"): "oe", ord("æ"): "ae"}
SIGNS = HYPHENS | APOSTROPHES | INVISIBLE | LIGATURES
ACCENT = re.compile("[\u0300-\u036f]+")
WORD = re.compile(r"[^\W_]+")
UNIT = re.compile(r"[^\W_]+(?:[-\u2010-\u2014.’'][^\W_]+)*")
SENTENCE = re.compile(r"(?<=[.!?…])[»”\")]*\s+|\n+")
TOKEN = re.compile(r'"([^"]*)"|«([^»]*)»|([()])|([^\s()"«»]+)')
OPERATORS = {"AND": "AND", "ET": "AND", "OR": "OR", "OU": "OR", "NOT": "NOT", "SAUF": "NOT"}

SCHEMA = """
CREATE TABLE IF NOT EXISTS docs (
    id INTEGER PRIMARY KEY, key INTEGER NOT NULL UNIQUE, article_id TEXT NOT NULL, version TEXT NOT NULL, source TEXT,
    day TEXT NOT NULL);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (title, body, joined, content='', tokenize='unicode61');
INSERT INTO words (words, rank) VALUES ('hashsize', 67108864);
PRAGMA user_version = 2;
"""

STORED = """
SELECT a.id AS article_id, a.version, a.source, coalesce(a.published_at, a.first_seen_at) AS at, a.title, a.text
FROM articles a
UNION ALL
SELECT v.article_id, v.version, any_value(a.source), any_value(coalesce(v.published_at, a.first_seen_at)),
       any_value(v.title), any_value(v.text)
FROM versions v JOIN articles a ON a.id = v.article_id
WHERE v.text IS NOT NULL AND v.version <> a.version
GROUP BY v.article_id, v.version
"""

SHOWN_ROWS = """
WITH wanted AS (SELECT unnest($ids) AS article_id, unnest($versions) AS version),
version AS (
    SELECT * FROM versions WHERE article_id IN (SELECT article_id FROM wanted)
)
SELECT w.article_id, w.version, any_value(v.title) AS title, coalesce(any_value(v.text), any_value(a.text)) AS text,
       any_value(a.first_seen_at) AS first_seen_at, any_value(v.published_at) AS published_at,
       any_value(a.canonical_url) AS canonical_url, coalesce(any_value(s.name), any_value(a.source), '') AS name,
       w.version = any_value(n.version) AS still_there
FROM wanted w
JOIN articles a ON a.id = w.article_id
JOIN version v ON v.article_id = w.article_id AND v.version = w.version
JOIN (SELECT article_id, arg_max(version, (seen_at, capture_id)) AS version FROM version GROUP BY article_id) n
  ON n.article_id = w.article_id
LEFT JOIN sources s ON s.key = a.source
GROUP BY w.article_id, w.version
"""


@dataclass(frozen=True, slots=True)
class Found:
    """An article in which the words stand; `surfaces` are the words as its `sentence` writes them."""

    article_id: str
    title: str
    source: str
    published_at: datetime | None
    first_seen_at: datetime
    url: str
    sentence: str
    surfaces: tuple[str, ...]
    still_there: bool


def fold(text: str) -> str:
    """Lower case, no accents, one kind of hyphen and blank; offsets are lost."""
    letters = unicodedata.normalize("NFKD", text).casefold().translate(SIGNS)
    return ACCENT.sub("", unicodedata.normalize("NFKD", letters))


def expression(words: Sequence[str]) -> str:
    """What FTS5 is asked. An argument of several words without operators is a phrase; arguments must all be there.

    Raises MistakeError for words that make no question.
    """
    parts: list[str] = []
    for argument in words:
        asked = _argument(argument)
        parts += [f"({asked})" if len(words) > 1 and " " in asked else asked]
    told = " ".join(parts) if any(part in {"AND", "OR", "NOT"} for part in parts) else " AND ".join(parts)
    told = told.replace("AND NOT ", "NOT ")
    if not told or told.startswith("NOT "):
        raise MistakeError('say what to look for, such as: vigie search "caméras augmentées" AND lille')
    return told


def _argument(argument: str) -> str:
    if argument in OPERATORS:
        return OPERATORS[argument]
    pieces = list(TOKEN.finditer(argument))
    plain = [piece[4] for piece in pieces]
    if all(plain) and not OPERATORS.keys() & set(plain):
        return _unit(argument)
    said: list[str] = []
    for piece in pieces:
        quoted = piece[1] if piece[1] is not None else piece[2]
        this = _unit(quoted) if quoted is not None else piece[3] or OPERATORS.get(piece[4]) or _unit(piece[4])
        if this and said and said[-1] not in {"AND", "OR", "NOT", "("} and this not in {"AND", "OR", "NOT", ")"}:
            said.append("AND")
        said += [this] if this else []
    return " ".join(said)


def _unit(words: str) -> str:
    """A word, a compound or a phrase, folded and quoted: nothing of it can command the index."""
    folded = fold(words)
    terms = WORD.findall(folded)
    if not terms:
        return ""
    more = "*" if words.rstrip().endswith("*") else ""
    if len(terms) == 1:
        return f'"{terms[0]}"{more}'
    phrase = f'{{title body}} : "{" ".join(terms)}"{more}'
    return phrase if re.search(r"\s", folded.strip()) else f'({phrase} OR "{"".join(terms)}"{more})'


@contextmanager
def index_at(
    store: Store, path: Path, progress: Callable[[int, int], None] = lambda done, total: None
) -> Iterator[Path]:
    """The index, up to date: that at `path`, or a copy of it for as long as the block runs, where it may not be
    written: a home that another user keeps can be searched."""
    if os.access(path if path.exists() else path.parent, os.W_OK) and os.access(path.parent, os.W_OK):
        bring_up_to_date(store, path, progress)
        yield path
        return
    with TemporaryDirectory(prefix="vigie-search-") as folder:
        copy = Path(folder) / path.name
        if path.exists():
            _copy(path, copy)
        bring_up_to_date(store, copy, progress)
        yield copy


def _copy(path: Path, to: Path) -> None:
    """As it is for whoever reads it now; without what is not yet in the file itself, where that is all that may be."""
    for how in ("mode=ro", "immutable=1"):
        try:
            with (
                closing(sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True)) as old,
                closing(sqlite3.connect(to)) as new,
            ):
                old.backup(new)
                return
        except sqlite3.OperationalError:
            to.unlink(missing_ok=True)


def bring_up_to_date(store: Store, path: Path, progress: Callable[[int, int], None] = lambda done, total: None) -> int:
    """Index the versions that the index at `path` lacks; how many. `progress` is told versions done, of all."""
    with closing(_open(path)) as index:
        if _size(store) == index.execute("SELECT count(*) FROM docs").fetchone()[0]:
            return 0
        known = {row[0] for row in index.execute("SELECT key FROM docs")}
        keys = store.select(f"SELECT article_id, version FROM ({STORED})").rows  # noqa: S608
        stored = {number(article, version): article for article, version in keys}
        if known - stored.keys():  # the index is of another database
            known = set()
            index.executescript(f"DROP TABLE docs; DROP TABLE words; {SCHEMA}")
        missing = {name: article for name, article in stored.items() if name not in known}
        done = 0
        for rows in _texts(store, list(dict.fromkeys(missing.values()))):
            with index:
                done += _add(index, [row for row in rows if number(row[0], row[1]) in missing])
            progress(done, len(missing))
    return done


def forget(path: Path) -> None:
    """Take the index away: the next one who asks makes it."""
    for file in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        file.unlink(missing_ok=True)


def _texts(store: Store, articles: Sequence[str]) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of STORED for some articles: looked up where they are few, all of them read where they are many."""
    if len(articles) > MANY:
        yield from store.stream(STORED, CHUNK)
        return
    for start in range(0, len(articles), CHUNK):
        some = {"some": articles[start : start + CHUNK]}
        yield store.select(f"FROM ({STORED}) WHERE article_id IN (SELECT unnest($some))", some).rows


def _add(index: sqlite3.Connection, rows: Sequence[tuple[Any, ...]]) -> int:
    docs, words = [], []
    last = index.execute("SELECT coalesce(max(id), 0) FROM docs").fetchone()[0]
    for name, (article, version, source, at, title, text) in enumerate(rows, last + 1):
        head, body = fold(title), fold(text)
        joined = _joined(f"{head}\n{body}")
        docs.append((name, number(article, version), article, version, source, f"{at.astimezone(UTC):%Y-%m-%d}"))
        words.append((name, head, body, joined))
    index.executemany("INSERT INTO docs VALUES (?, ?, ?, ?, ?, ?)", docs)
    index.executemany("INSERT INTO words (rowid, title, body, joined) VALUES (?, ?, ?, ?)", words)
    return len(docs)


def _joined(folded: str) -> str:
    """The compounds and dotted acronyms of a folded text, each in one word: `video-surveillance`, `a.i.p.d.`."""
    words = folded.replace("-\n", "-").split()
    return " ".join(word.replace("-", "").replace(".", "") for word in words if "-" in word or word.count(".") > 1)


def number(article_id: str, version: str) -> int:
    """The key of a version in the index: both are hexadecimal hashes, and 60 of their bits tell them apart."""
    return (int(article_id, 16) * 31 + int(version, 16)) & ((1 << 60) - 1)


def find(
    store: Store,
    path: Path,
    words: Sequence[str],
    *,
    sources: Collection[str] | None = None,
    since: datetime | None = None,
    limit: int = 20,
) -> tuple[int, list[Found]]:
    """How many articles have the words, and the first `limit` of them, the best first. `since`: published since then.

    Words that stand nearly everywhere are counted and ranked among the RANKED versions that came in last.
    Raises MistakeError for words that make no question.
    """
    asked = expression(words)
    clauses = ["words MATCH ?", "day >= ?"]
    values: list[str] = [asked, f"{since:%Y-%m-%d}" if since else ""]
    if sources is not None:
        clauses.append(f"source IN ({', '.join('?' * len(sources))})")
        values += sources
    hits = (  # bm25 cannot be asked for within an aggregate: the hits are written down first
        "WITH hits AS MATERIALIZED (SELECT article_id, version, bm25(words, 8, 1, 1) AS rank, day"  # noqa: S608
        f" FROM words JOIN docs ON docs.id = words.rowid WHERE {' AND '.join(clauses)}"
        f" ORDER BY words.rowid DESC LIMIT {RANKED})"
    )
    best = "SELECT article_id, version, min(rank), count(*) OVER () FROM hits GROUP BY article_id"
    with closing(_open(path)) as index:
        try:
            found = index.execute(
                f"{hits} {best} ORDER BY 3, day DESC, article_id LIMIT ?", [*values, limit]
            ).fetchall()
        except sqlite3.OperationalError as fault:
            if "syntax error" not in str(fault):
                raise
            raise MistakeError(f"« {' '.join(words)} » makes no question: write a AND (b OR c) NOT d") from None
    terms = tuple(re.findall(r'"([^"]*)"(\*?)', re.sub(r"\bNOT (\([^()]*\)|\S*\".*?\")", "", asked)))
    return (found[0][3] if found else 0), list(_shown(store, found, terms))


def _shown(
    store: Store, best: Sequence[tuple[str, str, float, int]], terms: Sequence[tuple[str, str]]
) -> Iterator[Found]:
    wanted = {article: version for article, version, *_ in best}
    rows = store.select(SHOWN_ROWS, {"ids": list(wanted), "versions": list(wanted.values())}).dicts()
    by_id = {row["article_id"]: row for row in rows}
    for article in wanted:
        if row := by_id.get(article):
            sentence, surfaces = _sentence(row["title"], row["text"], terms)
            yield Found(
                article,
                row["title"],
                row["name"],
                row["published_at"],
                row["first_seen_at"],
                row["canonical_url"],
                sentence,
                surfaces,
                row["still_there"],
            )


def _sentence(title: str, text: str, terms: Sequence[tuple[str, str]]) -> tuple[str, tuple[str, ...]]:
    """The sentence that has most of the words, the first of such; and the words as it writes them."""
    phrases = dict(terms)
    singles = {word for term in phrases for word in term.split() if len(word) > 1}

    def weight(sentence: str) -> tuple[int, int]:
        folded = " ".join(WORD.findall(fold(sentence)))
        solid = folded + " " + folded.replace(" ", "")
        return sum(term in solid for term in phrases), sum(word in solid for word in singles)

    best = max((part for part in [*SENTENCE.split(text), title] if part and part.strip()), key=weight, default=title)
    starts = tuple(term for term, more in terms if more)
    surfaces = []
    for unit in UNIT.finditer(best):
        parts = WORD.findall(fold(unit[0]))
        if "".join(parts) in singles or "".join(parts).startswith(starts or ("\0",)):
            surfaces.append(unit[0])
        else:
            surfaces += [word for word in WORD.findall(unit[0]) if fold(word) in singles]
    return _around(best.strip(), surfaces), tuple(dict.fromkeys(surfaces))


def _around(sentence: str, surfaces: Sequence[str]) -> str:
    """A sentence that is too long, cut around its first found word."""
    if len(sentence) <= SHOWN:
        return sentence
    at = sentence.find(surfaces[0]) if surfaces else 0
    start = max(0, at - SHOWN // 2)
    cut = sentence[start : start + SHOWN]
    return ("… " if start else "") + cut[cut.find(" ") + 1 if start else 0 : cut.rfind(" ")] + " …"


def _size(store: Store) -> int:
    found: int = store.select(f"SELECT count(*) FROM ({STORED})").rows[0][0]  # noqa: S608
    return found


def _open(path: Path) -> sqlite3.Connection:
    """The index; one that another Vigie made otherwise is made anew."""
    index = sqlite3.connect(path, timeout=30)
    if index.execute("PRAGMA user_version").fetchone()[0] not in {0, MADE}:
        index.close()
        forget(path)
        index = sqlite3.connect(path, timeout=30)
    index.execute("PRAGMA journal_mode = WAL")
    index.execute("PRAGMA synchronous = NORMAL")
    index.executescript(SCHEMA)
    return index
