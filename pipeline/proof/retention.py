"""Raw pages are not kept for ever: those that matched nothing are dropped after some days, those of sites that reserve
text and data mining at once; by writing whole archive files anew, which the chain of seals says.

What had been read in a dropped page stays in its place (see `kept`), so that a rebuild gives the same tables. Dropped
are only captures that are in the database; never what matched, nor any answer of an address that matched, nor
anything of other people's archives. Killed at any moment, it is finished or undone by the next one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline.archive import read_archive, withhold
from pipeline.kept import Kept, conversion
from pipeline.proof.chain import CHAIN, Link, is_in_use, note_change, read_chain, seal, write_list
from pipeline.records import Access, Article
from pipeline.store import Store, reading, writing

SUFFIX = ".rewritten"
NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # nothing was fetched before it

# Captures whose bytes may go: pages and doors that matched nothing, and reserved ones, whatever they say.
DROPPABLE = """
WITH matched AS (SELECT DISTINCT article_id FROM mentions),
addresses AS (SELECT DISTINCT unnest([url, requested_url]) AS url FROM captures
              WHERE article_id IN (SELECT article_id FROM matched))
SELECT c.id, c.file FROM captures c
WHERE NOT c.withheld AND c.status <> 304 AND NOT starts_with(c.file, 'import-') AND ends_with(c.file, '.warc.gz')
  AND (starts_with(c.file, 'reserved-')
       OR (c.fetched_at < $before
           AND (c.article_id IS NULL OR c.article_id NOT IN (SELECT article_id FROM matched))
           AND c.requested_url NOT IN (SELECT url FROM addresses) AND c.url NOT IN (SELECT url FROM addresses)))
"""

# What was read in the captures of one file: article and version, or why nothing was.
READINGS = """
SELECT c.id AS capture, c.fetched_at, a.id, c.source, a.url, a.canonical_url, a.authors, a.published_from, a.language,
       v.title, v.published_at, v.access, coalesce(v.text, a.text) AS text, f.reason, f.detail
FROM captures c
LEFT JOIN articles a ON a.id = c.article_id
LEFT JOIN (FROM versions
           QUALIFY row_number() OVER (PARTITION BY article_id, version ORDER BY seen_at, capture_id) = 1) v
  ON v.article_id = c.article_id AND v.version = c.version
LEFT JOIN (SELECT capture_id, any_value(reason) AS reason, any_value(detail) AS detail FROM failures
           WHERE stage = 'extract' GROUP BY capture_id) f ON f.capture_id = c.id
WHERE c.file = $file
"""


@dataclass(frozen=True, slots=True)
class Retained:
    """What a pass dropped: how many files were written anew, captures dropped, bytes won."""

    files: int = 0
    captures: int = 0
    bytes: int = 0


def retain(archive: Path, database: Path, days: int | None, now: datetime, *, dry_run: bool = False) -> Retained:
    """Drop what is past its time; with no `days`, only what is reserved. Raises BusyError when another Vigie is writing
    in the database, and there is something to drop."""
    before = NEVER if days is None else now - timedelta(days=days)
    if not dry_run:
        seal(archive, now)
    with reading(database) as store:
        chosen = _chosen(store, archive, before)
        if dry_run:
            return Retained(len(chosen), sum(map(len, chosen.values())))
        if not chosen and not behind(store, archive) and not any(archive.glob(f"*{SUFFIX}")):
            return Retained()
    with writing(database) as store, store.transaction():
        recover(archive)
        follow(store, archive)
        files = captures = won = 0
        for name, ids in _chosen(store, archive, before).items():
            path = archive / name
            size, read = path.stat().st_size, _readings(store, name)
            why = "reserved" if days is None else f"matched nothing for {days} days, or reserved"
            note = f"{len(ids)} captures without their bytes: {why}"
            captures += _rewrite(archive, name, {one: read[one] for one in ids}, note, now)
            files, won = files + 1, won + size - path.stat().st_size
        follow(store, archive)
        return Retained(files, captures, won)


def recover(archive: Path) -> None:
    """Finish the rewriting of a file that its link says, and undo one that no link says."""
    links = _newest(archive)
    for part in sorted(archive.glob(f"*{SUFFIX}")):
        path = part.with_name(part.name.removesuffix(SUFFIX))
        link = links.get(path.name)
        if link and link.sha256 == _sha256(part):
            part.replace(path)
        else:
            part.unlink()
        write_list(path, path)


def _chosen(store: Store, archive: Path, before: datetime) -> dict[str, set[str]]:
    """The captures that may go, by their file: complete files only, that are there."""
    chosen: dict[str, set[str]] = {}
    for capture, name in store.select(DROPPABLE, {"before": before}).rows:
        chosen.setdefault(name, set()).add(capture)
    return {
        name: ids for name, ids in sorted(chosen.items()) if (archive / name).exists() and not is_in_use(archive / name)
    }


def _readings(store: Store, name: str) -> dict[str, Kept]:
    return {row["capture"]: _reading(row) for row in store.select(READINGS, {"file": name}).dicts()}


def _reading(row: Mapping[str, Any]) -> Kept:
    if row["id"] is None:
        return Kept(unread=(row["reason"], row["detail"]) if row["reason"] else None)
    names = ("id", "source", "url", "canonical_url", "title", "published_at", "published_from", "language", "text")
    access: Access = row["access"]
    fields = {name: row[name] for name in names}
    return Kept(
        Article(
            **fields,
            access=access,
            authors=tuple(row["authors"]),
            capture_id=row["capture"],
            fetched_at=row["fetched_at"],
        )
    )


def _rewrite(archive: Path, name: str, dropped: Mapping[str, Kept], note: str, now: datetime) -> int:
    """Write a file anew without the bytes of some answers; how many. Its link is in the chain before it is in place."""
    path, part = archive / name, archive / (name + SUFFIX)
    addresses = {capture.id: capture.url for capture, _ in read_archive(path)}
    count = withhold(path, part, dropped, lambda one: conversion(one, addresses[one], dropped[one], now))
    note_change(archive, path, "rewritten", note, now, content=part)
    part.replace(path)
    return count


def behind(store: Store, archive: Path) -> list[Path]:
    """The files that were written anew since they were read: what is known of where their records stand is old."""
    known = dict(store.select("SELECT file, read_to FROM archive_files").rows)
    files = [archive / name for name, link in _newest(archive).items() if link.kind == "rewritten"]
    return [path for path in files if path.exists() and known.get(path.name) not in (None, path.stat().st_size)]


def follow(store: Store, archive: Path) -> None:
    """Bring the rows of captures up to date with the files that are written anew. Call within a transaction."""
    for path in behind(store, archive):
        lines = store.lines()
        for capture, _ in read_archive(path, 0, lambda damage: None):
            lines.add({"id": capture.id, "offset": capture.offset, "withheld": capture.withheld})
        store.stage("places", "captures", lines)
        store.run(
            'UPDATE captures SET "offset" = p."offset", withheld = p.withheld FROM places p WHERE captures.id = p.id',
            "DROP TABLE places",
        )
        size = {"file": path.name, "read_to": path.stat().st_size}
        store.insert("archive_files", [size], ("file",), replace=True)


def _newest(archive: Path) -> dict[str, Link]:
    chain = archive / CHAIN
    return {link.file: link for link in read_chain(chain.read_bytes())[0]} if chain.exists() else {}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
