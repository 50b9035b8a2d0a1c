"""The chain of seals: a later change to an old archive file is found.

When an archive file is complete, its records are listed (`FILE.seal`: offset, bytes, SHA-256 of each, a line a record)
and a link is added to `archive/chain.jsonl`: the file's SHA-256, its list's, and the SHA-256 of the link before. Who
keeps the last link's hash (a digest by mail, a time stamp, a friend) can prove all that came before it; and one record
can be shown to be in the chain by its file's list, without the file.

Dropping old pages (retention) rewrites a file and adds a link that says so: the chain grows, and is never rewritten.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from pipeline.members import GZIP, members

CHAIN = "chain.jsonl"
FIRST = "0" * 64
NUMBERS = ("number", "bytes")


@dataclass(frozen=True, slots=True)
class Link:
    """One line of the chain. `kind`: sealed, rewritten (the file has changed, as `note` says), dropped.

    `previous` is the digest of the link before; of the first, zeros. A link's digest is the SHA-256 of its fields as
    compact JSON, and stands at the end of its line.
    """

    number: int
    kind: str
    file: str
    bytes: int
    sha256: str
    list_sha256: str
    at: str
    note: str
    previous: str

    @property
    def content(self) -> str:
        """What its digest is the SHA-256 of."""
        return _compact(asdict(self))

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content.encode()).hexdigest()

    @property
    def line(self) -> str:
        return _compact(asdict(self) | {"digest": self.digest})


@dataclass(frozen=True, slots=True)
class Fault:
    """What does not agree: where, and why, for a person."""

    where: str
    why: str


def seal(archive: Path, now: datetime) -> list[Link]:
    """Seal every complete archive file that is not in the chain yet; the new links. A file that a crawl still writes
    is left for the next time. Safe to be killed: a line that was cut is cut off, and its file sealed again."""
    if not archive.is_dir():
        return []
    with (archive / CHAIN).open("a+b") as chain:
        fcntl.flock(chain, fcntl.LOCK_EX)
        links = _repaired(chain)
        known = {link.file for link in links}
        added: list[Link] = []
        for path in sorted((*archive.glob("*.warc"), *archive.glob("*.warc.gz"))):
            if path.name not in known and not is_in_use(path):
                link = _link((links + added)[-1:], "sealed", path, now, "")
                _append(chain, link)
                added.append(link)
        return added


def note_change(archive: Path, path: Path, kind: str, note: str, now: datetime, content: Path | None = None) -> Link:
    """Add the link that says that a sealed file was rewritten or dropped; `content` is what will stand at `path`."""
    with (archive / CHAIN).open("a+b") as chain:
        fcntl.flock(chain, fcntl.LOCK_EX)
        link = _link(_repaired(chain)[-1:], kind, path, now, note, content)
        _append(chain, link)
        return link


def read_chain(lines: bytes) -> tuple[list[Link], list[Fault]]:
    """The links of a chain and what does not agree between them; a last line without its end is no link yet."""
    links: list[Link] = []
    faults: list[Fault] = []
    previous = FIRST
    for number, raw in enumerate(lines.split(b"\n")[:-1], 1):
        try:
            said = json.loads(raw)
            said.pop("digest")
            link = Link(**said)
            if any(type(value) is not (int if name in NUMBERS else str) for name, value in said.items()):
                raise TypeError("a field is not of its type")
        except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
            faults.append(Fault(f"{CHAIN} line {number}", f"is no link ({error})"))
            continue
        if link.line.encode() != raw:
            faults.append(Fault(f"{CHAIN} line {number}", "has changed since it was written"))
        if link.previous != previous or link.number != number:
            faults.append(Fault(f"{CHAIN} line {number}", "does not follow from the line before it"))
        links.append(link)
        previous = link.digest
    return links, faults


def verify_archive(archive: Path, progress: Callable[[int, int], None] = lambda done, total: None) -> list[Fault]:
    """Every fault of an archive folder: links that do not follow, files that changed since their seal, that are gone,
    or that are complete and in no link."""
    path = archive / CHAIN
    links, faults = read_chain(path.read_bytes() if path.exists() else b"")
    newest = {link.file: link for link in links}
    for number, link in enumerate(newest.values(), 1):
        progress(number, len(newest))
        file = archive / link.file
        if link.kind == "dropped":
            continue
        if not file.exists():
            faults.append(Fault(link.file, "is gone"))
        elif _sha256(file) != link.sha256:
            faults.append(Fault(link.file, _where_changed(file, archive, link)))
        listed = list_path(file)
        if not listed.exists() or hashlib.sha256(listed.read_bytes()).hexdigest() != link.list_sha256:
            faults.append(Fault(listed.name, "is gone or has changed since it was sealed"))
    for file in sorted((*archive.glob("*.warc"), *archive.glob("*.warc.gz"))):
        if file.name not in newest and not is_in_use(file):
            faults.append(Fault(file.name, f"is in no link of {CHAIN}"))
    return faults


def list_path(file: Path) -> Path:
    """Where the list of a file's records stands."""
    return file.with_name(f"{file.name}.seal")


def listed_records(lines: bytes) -> Iterator[tuple[int, int, str]]:
    """The records of a list: offset, bytes, SHA-256. Raises ValueError for a line that is none."""
    for line in lines.decode("ascii").splitlines():
        offset, size, digest = line.split(" ")
        yield int(offset), int(size), digest


def write_list(path: Path, content: Path) -> bytes:
    """List the records of `content` as those of the file at `path`; the list."""
    lines = _list(content)
    target = list_path(path)
    part = target.with_suffix(".part")
    part.write_bytes(lines)
    part.replace(target)
    return lines


def _link(before: list[Link], kind: str, path: Path, now: datetime, note: str, content: Path | None = None) -> Link:
    content = content or path
    there = content.exists()
    lines = write_list(path, content) if there else b""
    return Link(
        number=before[-1].number + 1 if before else 1,
        kind=kind,
        file=path.name,
        bytes=content.stat().st_size if there else 0,
        sha256=_sha256(content) if there else FIRST,
        list_sha256=hashlib.sha256(lines).hexdigest(),
        at=now.astimezone(UTC).isoformat(),
        note=note,
        previous=before[-1].digest if before else FIRST,
    )


def _list(path: Path) -> bytes:
    """A line a record; a file that is not gzipped is one record of this list. Damaged stretches are in no line."""
    lines = []
    with path.open("rb") as file:
        if file.read(len(GZIP)) != GZIP:
            return f"0 {path.stat().st_size} {_sha256(path)}\n".encode()
        for offset, end, _ in members(file, 0, lambda offset, why: None):
            file.seek(offset)
            lines.append(f"{offset} {end - offset} {hashlib.sha256(file.read(end - offset)).hexdigest()}\n")
    return "".join(lines).encode()


def _where_changed(file: Path, archive: Path, link: Link) -> str:
    """Which record of a changed file no longer agrees with the list that was sealed with it."""
    listed = list_path(file)
    if listed.exists() and hashlib.sha256(listed.read_bytes()).hexdigest() == link.list_sha256:
        data = file.read_bytes()
        for offset, size, digest in listed_records(listed.read_bytes()):
            if hashlib.sha256(data[offset : offset + size]).hexdigest() != digest:
                return f"has changed since it was sealed, in the record at byte {offset}"
    return "has changed since it was sealed"


def _repaired(chain: BinaryIO) -> list[Link]:
    """The links of an open chain, a line cut by a crash taken off its end."""
    chain.seek(0)
    data = chain.read()
    whole = data.rfind(b"\n") + 1
    if whole < len(data):
        chain.truncate(whole)
    return read_chain(data[:whole])[0]


def _append(chain: BinaryIO, link: Link) -> None:
    chain.write(link.line.encode() + b"\n")
    chain.flush()
    os.fsync(chain.fileno())


def _compact(fields: dict[str, object]) -> str:
    return json.dumps(fields, ensure_ascii=True, separators=(",", ":"))


def is_in_use(path: Path) -> bool:
    """Whether a crawl still writes the file: it holds a lock on it."""
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
