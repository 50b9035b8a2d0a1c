"""New captures through the stages into the database, in batches; safe to run again, and to kill.

A capture is read in a process of its own kind (see workers), so that a page that hangs, swells or crashes the reader
becomes a row in `failures` and the batch goes on.
"""

from __future__ import annotations

import gzip
import hashlib
import shutil
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

from pipeline.archive import BrokenArchiveError, read_archive
from pipeline.history import Batch, Kept, keep
from pipeline.proof.chain import CHAIN, read_chain
from pipeline.proof.retention import behind, follow
from pipeline.records import Capture, Failure, MistakeError, Run, Source, article_id
from pipeline.relate import relate
from pipeline.rules import Rules
from pipeline.stages import Findings, look, unread
from pipeline.store import Store, reading, writing
from pipeline.workers import Limits, Lost, cores, each

BATCH_BYTES = 256 << 20  # of archive between two publications: what a kill costs, and about two minutes of two cores
FAILURE_KEY = ("failed_at", "stage", "reason", "url", "source", "detail", "status", "run_id", "capture_id")
ANNOUNCED_KEY = ("watch", "channel", "event", "article_id", "topic", "version")
CAPTURE_COLUMNS = ("id", "role", "source", "door", "url", "requested_url", "fetched_at", "status", "payload_sha256")
PLACE_COLUMNS = ("file", "offset", "withheld")
ARTICLE_COLUMNS = ("id", "source", "url", "canonical_url", "title", "authors", "published_at", "published_from")
TEXT_COLUMNS = ("access", "language", "text", "capture_id", "version")
SOURCE_COLUMNS = ("key", "name", "kind", "area", "home", "owner", "closed", "note")

Progress = Callable[[int, int], None]  # bytes of archive read, of how many


def silent(done: int, total: int) -> None:
    """The progress that tells nobody."""


class Part(NamedTuple):
    """What is still to be read of an archive file."""

    path: Path
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the crawler wrote down: its runs, what it could not fetch, what it asked of whom, what it saw where."""

    runs: tuple[Run, ...] = ()
    failures: tuple[Failure, ...] = ()
    conduct: tuple[Mapping[str, object], ...] = ()  # rows of the table
    sightings: tuple[tuple[str, str, datetime], ...] = ()  # canonical URL, source, when


@dataclass(frozen=True, slots=True)
class Ingest:
    """How captures are read: by which catalogue and rules, on how many processes (0: this one), within which limits."""

    sources: Mapping[str, Source]
    rules: Rules
    made_by: str
    now: datetime
    processes: int = field(default_factory=cores)
    limits: Limits = field(default_factory=Limits)
    progress: Progress = silent


def ingest(archive: Path, database: Path, how: Ingest, ledger: Ledger = Ledger()) -> Kept:
    """Read what is new in the folder `archive` into the database; how many rows that added.

    Raises BusyError when another Vigie is writing.
    """
    parts = _unread(archive, _read_to(archive, database))
    meter = _Meter(how.progress, parts)
    total = Kept()
    for batch in list(_batches(parts, how.processes)) or [[]]:
        with writing(database) as store, store.transaction():
            _keep_ledger(store, how, ledger)
            total = _sum(total, _keep_parts(store, batch, how, meter))
            relate(store, how.sources)
    return total


def rebuild(archive: Path, database: Path, how: Ingest, ledger: Ledger = Ledger(), *, anyway: bool = False) -> Kept:
    """The database anew from all of the archive and the ledger; what was announced is carried over from the old one.

    Published in one step when all is read; until then the old one stands. Raises MistakeError when files are gone that
    were sealed, or that the old database was read from, unless `anyway`: a disk may just not be there.
    """
    announced: list[dict[str, object]] = []
    if not anyway and (gone := _gone(archive, database)):
        names = ", ".join(gone[:3]) + (f" and {len(gone) - 3} more" if len(gone) > 3 else "")
        raise MistakeError(
            f"{archive}: files of the archive are not there: {names}; nothing was changed. Is the disk there? Put them"
            " back, or say --anyway to do without what was read in them"
        )
    if database.exists():
        with reading(database) as store:
            announced = store.select("FROM announced").dicts()
    parts = _unread(archive, {})
    meter = _Meter(how.progress, parts)
    total = Kept()
    with writing(database, fresh=True) as store:
        for batch in _batches(parts, how.processes):
            with store.transaction():
                total = _sum(total, _keep_parts(store, batch, how, meter))
        with store.transaction():
            _keep_ledger(store, how, ledger)
            store.insert("announced", announced, ANNOUNCED_KEY)
            relate(store, how.sources)
    return total


def adopt(warc: Path, archive: Path) -> Path:
    """Take someone's WARC file into the archive, from which all is derived, under a name made of its content.

    Raises MistakeError for a file that is no WARC: it has no capture, and what it has cannot be read or is nothing.
    """
    damages: list[BrokenArchiveError] = []
    if next(read_archive(warc, 0, damages.append), None) is None and (damages or not _begins_as_warc(warc)):
        raise MistakeError(f"{warc}: is no WARC file: no capture is in it")
    with warc.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        packed = file.read(2) == b"\x1f\x8b"
    target = archive / f"import-{digest[:16]}.warc{'.gz' if packed else ''}"
    if not target.exists():
        archive.mkdir(parents=True, exist_ok=True)
        part = target.with_suffix(".part")
        shutil.copyfile(warc, part)
        part.replace(target)
    return target


def _begins_as_warc(file: Path) -> bool:
    with file.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
    try:
        with gzip.open(file) if packed else file.open("rb") as inside:
            return inside.read(5) == b"WARC/"
    except (OSError, EOFError, zlib.error):
        return False


def _read_to(archive: Path, database: Path) -> dict[str, int]:
    """How far each archive file was read. One written anew by a retention that was killed is followed first."""
    if not database.exists():
        return {}
    with reading(database) as store:
        if not behind(store, archive):
            return dict(store.select("SELECT file, read_to FROM archive_files").rows)
    with writing(database) as store, store.transaction():
        follow(store, archive)
    return _read_to(archive, database)


def _gone(archive: Path, database: Path) -> list[str]:
    """The archive files that the chain of seals or the database knows, and that are not there."""
    known: set[str] = set()
    if database.exists():
        with reading(database) as store:
            known |= {name for (name,) in store.select("SELECT file FROM archive_files WHERE read_to > 0").rows}
    chain = archive / CHAIN
    links = read_chain(chain.read_bytes())[0] if chain.exists() else []
    known |= {link.file for link in links}
    dropped = {file for file, kind in {link.file: link.kind for link in links}.items() if kind == "dropped"}
    return sorted(name for name in known - dropped if not (archive / name).exists())


def _unread(archive: Path, read_to: Mapping[str, int]) -> list[Part]:
    files = sorted((*archive.glob("*.warc"), *archive.glob("*.warc.gz")))
    parts = [Part(file, read_to.get(file.name, 0), file.stat().st_size) for file in files]
    return [part for part in parts if part.start < part.end]


def _batches(parts: Iterable[Part], processes: int) -> Iterator[list[Part]]:
    batch: list[Part] = []
    for part in parts:
        batch.append(part)
        if sum(part.end - part.start for part in batch) >= BATCH_BYTES:
            yield batch
            batch = []
    if batch:
        yield batch


def _keep_parts(store: Store, parts: Iterable[Part], how: Ingest, meter: _Meter) -> Kept:
    batch, read_to = Batch(store), {}
    damages: list[Failure] = []

    def damaged(damage: BrokenArchiveError) -> None:
        damages.append(Failure(at=how.now, stage="archive", reason="damaged", url="", detail=str(damage)))

    def captures() -> Iterator[Capture]:
        for part in parts:
            for capture, after in read_archive(part.path, part.start, damaged):
                yield capture
                read_to[part.path.name] = after
                meter.at(part, after)

    task = partial(look, sources=how.sources, rules=how.rules)
    for capture, findings in each(task, captures(), how.processes, how.limits, lambda capture: len(capture.body)):
        _add(batch, capture, findings)
    kept = keep(store, batch)
    store.insert("failures", map(_failure, damages), ("stage", "detail"))
    store.insert(
        "archive_files", ({"file": name, "read_to": end} for name, end in read_to.items()), ("file",), replace=True
    )
    return kept


def _add(batch: Batch, capture: Capture, findings: Findings | Lost) -> None:
    if isinstance(findings, Lost):
        findings = Findings(failure=unread(capture, findings.reason, findings.detail))
    article = findings.article
    row = {name: getattr(capture, name) for name in CAPTURE_COLUMNS + PLACE_COLUMNS}
    batch.captures.add(row | {"article_id": article and article.id, "version": article and article.version})
    if findings.failure:
        batch.failures.add(_failure(findings.failure))
    if article:
        row = {name: getattr(article, name) for name in ARTICLE_COLUMNS + TEXT_COLUMNS}
        batch.articles.add(row | {"first_seen_at": article.fetched_at})
        for where, mention in findings.mentions:
            of = {"article_id": article.id, "version": article.version, "field": where}
            batch.mentions.add(asdict(mention) | of)


def _failure(failure: Failure) -> dict[str, object]:
    return asdict(failure) | {"failed_at": failure.at}


def _keep_ledger(store: Store, how: Ingest, ledger: Ledger) -> None:
    store.run("DELETE FROM sources")
    store.insert(
        "sources", ({name: getattr(s, name) for name in SOURCE_COLUMNS} for s in how.sources.values()), ("key",)
    )
    store.insert("runs", map(asdict, ledger.runs), ("run_id", "source"), replace=True)
    store.insert("failures", map(_failure, ledger.failures), FAILURE_KEY)
    store.insert("conduct", ledger.conduct, ("host", "day"), replace=True)
    seen = ({"article_id": article_id(url), "source": key, "seen_at": at} for url, key, at in ledger.sightings)
    store.insert("sightings", seen, ("article_id", "source"))
    store.note(
        "rules", how.rules.version, once=True
    )  # as long as it differs from the rules', `vigie retag` has work to do
    store.note("vigie", how.made_by)


def _sum(one: Kept, other: Kept) -> Kept:
    return Kept(*map(sum, zip(one, other, strict=True)))


class _Meter:
    """How far the reading is, over all parts."""

    def __init__(self, progress: Progress, parts: Iterable[Part]) -> None:
        self._progress = progress
        self._done: dict[Path, int] = {}
        self._total = sum(part.end - part.start for part in parts)

    def at(self, part: Part, offset: int) -> None:
        self._done[part.path] = offset - part.start
        self._progress(sum(self._done.values()), self._total)
