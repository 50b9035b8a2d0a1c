"""Captures to WARC files and back: the evidence, append-only. The only door to warcio.

One capture is three records, each its own gzip member and flushed: `metadata` (JSON: source, door, role, what the
door said), `request`, then `response`. The response comes last, so that a capture is whole once its response is. An
answer with the bytes of the last one from that address is a `revisit` in place of the response: headers, no body.
Payload and block digests are SHA-256. A file is written by one run only and never opened for writing again: a torn
record can stand at its end and nowhere else. Format: WARC 1.1, ISO 28500:2017.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from io import BytesIO, FileIO
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self, get_args
from urllib.parse import urlsplit

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipeline.encodings import decoded
from pipeline.kept import CONTENT_TYPE, parsed
from pipeline.members import GZIP, MEMBER_BYTES, members
from pipeline.records import Capture, Hint, Role

FILE_BYTES = 512 * 1024 * 1024
SYNC_SECONDS = 1.0  # what a power cut can cost, beside the record being written
WITHHELD = "Vigie-Withheld-Payload-Digest"
PROFILE = "http://netpreserve.org/warc/1.1/revisit/"
# Header fields that describe the way and not the bytes: the body was received whole, so they would mislead a reader.
HOP = {"transfer-encoding", "connection", "keep-alive"}


class BrokenArchiveError(Exception):
    """A record that cannot be read, or whose digest does not agree: names the file, the offset and why."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What the crawler saw of one request and its answer, as bytes: `body` is as received, still content-encoded.

    `same_as` is the SHA-256 of the bytes last archived from this address, when this answer brought nothing else (a
    304, or the same again): then there is no body. `reserved`: the site reserves text and data mining.
    """

    url: str
    requested_url: str
    fetched_at: datetime
    status: int
    request_headers: tuple[tuple[str, str], ...]
    response_headers: tuple[tuple[str, str], ...]
    body: bytes
    source: str
    door: str
    role: str
    via: str = ""
    hint: Hint = field(default_factory=Hint)
    same_as: str = ""
    reserved: bool = False


class _HeaderBlock(StatusAndHeaders):  # type: ignore[misc]
    """HTTP headers written as the bytes they came in; warcio's own way takes only ASCII names."""

    def compute_headers_buffer(self, header_filter: object = None) -> None:
        lines = [f"{self.protocol} {self.statusline}", *(f"{name}: {value}" for name, value in self.headers), "", ""]
        self.headers_buff = "\r\n".join(lines).encode("latin-1", "replace")


class ArchiveWriter:
    """Writes exchanges to `folder/PREFIX-NNNNN.warc.gz`, beginning a new file when one has grown to `file_bytes`.

    `software` goes into each file's warcinfo record. A file is made at its first exchange, so an idle run leaves none.
    """

    def __init__(self, folder: Path, prefix: str, software: str, file_bytes: int = FILE_BYTES) -> None:
        self.folder, self.prefix, self.software, self.file_bytes = folder, prefix, software, file_bytes
        self._number = 0
        self._file: FileIO | None = None
        self._records = BytesIO()
        self._warc: Any = None
        self._synced = 0.0

    def write(self, seen: Exchange) -> str:
        """Archive one exchange and give its response record's id: all of it is with the system, or none of it."""
        file, warc = self._open(), self._warc
        payload = "sha256:" + (seen.same_as or hashlib.sha256(seen.body).hexdigest())
        common = {"WARC-Date": _warc_date(seen.fetched_at)}
        response = self._http(
            warc, seen, "revisit" if seen.same_as else "response", common | {"WARC-Payload-Digest": payload}
        )
        record_id = response.rec_headers.get_header("WARC-Record-ID")
        common["WARC-Concurrent-To"] = record_id
        warc.write_record(self._metadata(warc, seen, common))
        warc.write_record(self._http(warc, seen, "request", common))
        warc.write_record(response)
        self._append(file)
        if time.monotonic() - self._synced > SYNC_SECONDS:
            os.fdatasync(file.fileno())
            self._synced = time.monotonic()
        return _bare_id(record_id)

    def _metadata(self, warc: Any, seen: Exchange, common: dict[str, str]) -> Any:
        when = seen.hint.published_at
        said = {
            "source": seen.source,
            "door": seen.door,
            "role": seen.role,
            "requested_url": seen.requested_url,
            "via": seen.via,
            "title": seen.hint.title,
            "published_at": when.isoformat() if when else None,
        } | ({"reserved": True} if seen.reserved else {})
        data = json.dumps(said, ensure_ascii=True).encode()
        digest = "sha256:" + hashlib.sha256(data).hexdigest()
        return warc.create_warc_record(
            seen.url,
            "metadata",
            payload=BytesIO(data),
            length=len(data),
            warc_content_type="application/json",
            warc_headers_dict=common | {"WARC-Block-Digest": digest, "WARC-Payload-Digest": digest},
        )

    def _http(self, warc: Any, seen: Exchange, kind: str, headers: dict[str, str]) -> Any:
        if kind == "request":
            target = urlsplit(seen.url)
            path = (target.path or "/") + (f"?{target.query}" if target.query else "")
            first, protocol, body = f"{path} HTTP/1.1", "GET", b""
            fields: tuple[tuple[str, str], ...] = (("Host", target.netloc), *seen.request_headers)
            headers = headers | {"WARC-Payload-Digest": "sha256:" + hashlib.sha256(b"").hexdigest()}
        else:
            first, protocol, body, fields = f"{seen.status} ", "HTTP/1.1", seen.body, seen.response_headers
        if kind == "revisit":
            body = b""
            profile = "server-not-modified" if seen.status == 304 else "identical-payload-digest"
            headers = headers | {"WARC-Profile": PROFILE + profile, "WARC-Refers-To-Target-URI": seen.url}
        clean = [(_line(f"X-Archive-Orig-{k}" if k.lower() in HOP else k), _line(v)) for k, v in fields]
        http = _HeaderBlock(first, clean, protocol=protocol)
        http.compute_headers_buffer()
        block = hashlib.sha256(http.headers_buff + body).hexdigest()
        return warc.create_warc_record(
            seen.url,
            kind,
            payload=BytesIO(body),
            length=len(body),
            http_headers=http,
            warc_headers_dict=headers | {"WARC-Block-Digest": f"sha256:{block}"},
        )

    def _append(self, file: FileIO) -> None:
        """What could not be written whole is taken back, so that nothing torn stands before what comes later."""
        size, rest = file.tell(), self._records.getbuffer()
        try:
            while rest:
                rest = rest[file.write(rest) :]
        except OSError:
            file.truncate(size)
            file.seek(size)
            raise
        finally:
            rest.release()
            self._records.seek(0)
            self._records.truncate()

    def _open(self) -> FileIO:
        if self._file and self._file.tell() >= self.file_bytes:
            self.close()
        if not self._file:
            self.folder.mkdir(parents=True, exist_ok=True)
            path = self.folder / f"{self.prefix}-{self._number:05d}.warc.gz"
            self._number += 1
            self._file = path.open("xb", buffering=0)
            fcntl.flock(self._file, fcntl.LOCK_EX)  # held until it is closed: nobody seals a file that still grows
            self._warc = WARCWriter(self._records, gzip=True, warc_version="1.1")
            info = {"software": self.software, "format": "WARC File Format 1.1", "isPartOf": "vigie"}
            self._warc.write_record(self._warc.create_warcinfo_record(path.name, info))
        return self._file

    def close(self) -> None:
        """Bring the current file to the disk and let go of it."""
        if self._file:
            os.fsync(self._file.fileno())
            self._file.close()
            self._file = self._warc = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def read_archive(
    path: Path, start: int = 0, on_damage: Callable[[BrokenArchiveError], None] | None = None
) -> Iterator[tuple[Capture, int]]:
    """The captures of a WARC file from the offset `start`, each with the offset from which a later read goes on.

    A torn record at the end is left alone: it is still being written, or was cut with the power. A damaged record
    elsewhere is reported to `on_damage` and stepped over, or raises BrokenArchiveError when there is none.
    Other people's files (wget, browsertrix; gzip or not) give captures without source, door or hint.
    """
    said: dict[str, dict[str, Any]] = {}
    read: dict[str, bytes] = {}

    def damaged(offset: int, why: str) -> None:
        error = BrokenArchiveError(f"{path.name} at byte {offset}: {why}")
        if on_damage is None:
            raise error
        on_damage(error)

    for offset, end, record, raw in _records(path, start, damaged):
        about = record.rec_headers
        if record.rec_type == "metadata" and about.get_header("Content-Type") == "application/json":
            said[about.get_header("WARC-Concurrent-To") or ""] = _loads(raw)
        elif record.rec_type == "conversion" and about.get_header("Content-Type") == CONTENT_TYPE:
            read[about.get_header("WARC-Refers-To") or ""] = raw
        elif record.rec_type in {"response", "revisit"} and record.http_headers:
            name = about.get_header("WARC-Record-ID") or ""
            try:
                capture = _capture(record, raw, said.pop(name, {}), path.name, offset)
                if capture.withheld and name in read:
                    kept = parsed(read.pop(name), capture.id, capture.source)
                    capture = replace(capture, reading=kept.article, unread=kept.unread)
            except ValueError as error:
                damaged(offset, str(error))
                continue
            yield capture, end


def withhold(path: Path, target: Path, ids: Collection[str], before: Callable[[str], bytes] = lambda _: b"") -> int:
    """Copy an archive file of ours to `target`, without the bodies of these captures; how many there were.

    `before` gives a record to put before such a capture (see `kept`), as one gzip member.

    What is left of such a capture are its headers and the digest of what it was: WARC-Truncated says so, and reading
    gives it as `withheld`. All other bytes are copied as they are. Raises BrokenArchiveError for a damaged file.
    """

    def damaged(offset: int, why: str) -> None:
        raise BrokenArchiveError(f"{path.name} at byte {offset}: {why}")

    count = 0
    with path.open("rb") as source, target.open("xb") as out:
        writer = WARCWriter(out, gzip=True, warc_version="1.1")
        for offset, end, record, _ in _records(path, 0, damaged):
            said = record.rec_headers.get_header
            if record.rec_type == "response" and not said(WITHHELD) and _bare_id(said("WARC-Record-ID") or "") in ids:
                out.write(before(_bare_id(said("WARC-Record-ID"))))
                writer.write_record(_without_body(record))
                count += 1
            else:
                source.seek(offset)
                out.write(source.read(end - offset))
        out.flush()
        os.fsync(out.fileno())
    return count


def _without_body(record: Any) -> Any:
    headers, http = record.rec_headers, record.http_headers
    block = _HeaderBlock(http.statusline, http.headers, protocol=http.protocol)
    block.compute_headers_buffer()
    headers.replace_header("WARC-Truncated", "unspecified")
    headers.replace_header("WARC-Block-Digest", "sha256:" + hashlib.sha256(block.headers_buff).hexdigest())
    headers.replace_header("Content-Length", str(len(block.headers_buff)))
    # The payload's digest would be that of no bytes: it is told under a name that no tool checks.
    headers.replace_header(WITHHELD, headers.get_header("WARC-Payload-Digest"))
    headers.remove_header("WARC-Payload-Digest")
    record.http_headers, record.raw_stream, record.length = block, BytesIO(), len(block.headers_buff)
    record.payload_length = 0
    return record


@dataclass(frozen=True, slots=True)
class RecordPlace:
    """Where a record stands in a file, of what type it is, its id and the id of the record that it belongs to."""

    offset: int
    end: int
    type: str
    id: str
    concurrent_to: str


def record_places(path: Path, on_damage: Callable[[BrokenArchiveError], None] | None = None) -> Iterator[RecordPlace]:
    """Every record of a WARC file. A damaged one is told to `on_damage`, or raises BrokenArchiveError."""

    def damaged(offset: int, why: str) -> None:
        error = BrokenArchiveError(f"{path.name} at byte {offset}: {why}")
        if on_damage is None:
            raise error
        on_damage(error)

    for offset, end, record, _ in _records(path, 0, damaged):
        said = record.rec_headers.get_header
        ids = (_bare_id(said(name) or "") for name in ("WARC-Record-ID", "WARC-Concurrent-To"))
        yield RecordPlace(offset, end, record.rec_type, *ids)


def _records(path: Path, start: int, damaged: Callable[[int, str], None]) -> Iterator[tuple[int, int, Any, bytes]]:
    """The parsed records of a file: the first byte, the byte after, the record, its content without HTTP headers."""
    with path.open("rb") as file:
        if file.read(len(GZIP)) != GZIP:
            file.seek(start)
            yield from _plain_records(file, damaged)
            return
        for offset, end, member in members(file, start, damaged):
            # Most tools write a record a member; a whole file packed at once is read as well.
            plain = BytesIO(member)
            read = _plain_records(plain, lambda _, why, at=offset: damaged(at, why), whole=True)  # type: ignore[misc]
            for _, _, record, raw in read:
                yield offset, end, record, raw


class _Reader(ArchiveIterator):  # type: ignore[misc]
    INC_RECORD = ""  # warcio writes what follows a false length to the terminal, however long; here it is damage


def _plain_records(
    file: BinaryIO, damaged: Callable[[int, str], None], *, whole: bool = False
) -> Iterator[tuple[int, int, Any, bytes]]:
    """The records of an open file. With `whole`, nothing more can come: a record that is cut is damage."""
    reader = _Reader(file)
    offset, false = reader.offset, 0
    try:
        for record in reader:
            offset = reader.offset
            raw = record.raw_stream.read(MEMBER_BYTES + 1)
            if len(raw) > MEMBER_BYTES:
                damaged(offset, f"a record of more than {MEMBER_BYTES} bytes")
                continue
            if getattr(record.raw_stream, "limit", 0) > 0:  # the file ends before the record does
                if whole:
                    damaged(offset, "it is shorter than the length that it says")
                return
            reader.get_record_length()
            if reader.err_count > false:
                false = reader.err_count
                damaged(offset, "it is longer than the length that it says")
                continue
            yield offset, reader.offset, record, raw
    except (ArchiveLoadFailed, ValueError, EOFError, AttributeError) as error:
        # AttributeError is warcio's answer to a record without an address.
        damaged(offset, f"not a WARC record ({error})")


def _capture(record: Any, raw: bytes, said: dict[str, Any], file: str, offset: int) -> Capture:
    """Raises ValueError for a record whose digest does not agree, or whose headers make no sense."""
    headers, http = record.rec_headers, record.http_headers
    url = (headers.get_header("WARC-Target-URI") or "").strip("<>")
    status = int(http.get_statuscode()) if re.fullmatch(r"[0-9]{3}", http.get_statuscode()) else 0
    withheld = headers.get_header(WITHHELD) or ""
    declared = (withheld or headers.get_header("WARC-Payload-Digest") or "").lower().removeprefix("sha256:")
    is_sha256 = re.fullmatch(r"[0-9a-f]{64}", declared)
    if record.rec_type == "revisit" or withheld:
        digest, body = declared if is_sha256 else "", b""
        status = 304 if status == 200 and not withheld else status
    else:
        digest = hashlib.sha256(raw).hexdigest()
        if is_sha256 and declared != digest:
            raise ValueError("the payload does not agree with its SHA-256 digest")
        body = decoded(raw, http.get_header("transfer-encoding") or "", http.get_header("content-encoding") or "")
    return Capture(
        id=_bare_id(headers.get_header("WARC-Record-ID") or ""),
        url=url,
        fetched_at=_when(headers.get_header("WARC-Date") or ""),
        status=status,
        headers=tuple(http.headers),
        body=body,
        role=said.get("role", "page"),
        source=said.get("source"),
        door=said.get("door"),
        requested_url=said.get("requested_url") or url,
        hint=Hint(said.get("title"), _when(said["published_at"]) if "published_at" in said else None),
        payload_sha256=digest,
        file=file,
        offset=offset,
        reserved=bool(said.get("reserved")),
        withheld=bool(withheld),
    )


def _loads(data: bytes) -> dict[str, Any]:
    """What a metadata record says, as far as it is of the kind that ours say: the file may be anyone's."""
    try:
        said = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(said, dict) or said.get("role") not in get_args(Role):
        return {}
    texts = {name: value for name, value in said.items() if isinstance(value, str)}
    return texts | {"reserved": said.get("reserved") is True}


def _warc_date(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _when(text: str) -> datetime:
    """A WARC date as an aware datetime in UTC. Raises ValueError for a record that has none."""
    when = datetime.fromisoformat(text)
    try:
        return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError(f"no date: {text}") from None


def _bare_id(text: str) -> str:
    return text.strip("<>").removeprefix("urn:uuid:")


def _line(text: str) -> str:
    """A header name or value that cannot begin a new line."""
    return re.sub(r"[\x00\r\n]+", " ", text)
