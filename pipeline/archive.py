"""Captures to WARC files and back: the evidence, append-only. The only door to warcio.

One capture is three records, each its own gzip member and flushed: `metadata` (JSON: source, door, role, what the
door said), `request`, then `response`. The response comes last, so that a capture is whole once its response is.
Payload and block digests are SHA-256. A file is written by one run only and never opened for writing again: a torn
record can stand at its end and nowhere else. Format: WARC 1.1, ISO 28500:2017.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipeline.records import Capture, Hint

FILE_BYTES = 512 * 1024 * 1024
RECORD_BYTES = 256 * 1024 * 1024
BODY_BYTES = 64 * 1024 * 1024
READ = 1 << 20
GZIP = b"\x1f\x8b\x08"
# Header fields that describe the way and not the bytes: the body was received whole, so they would mislead a reader.
HOP = {"transfer-encoding", "connection", "keep-alive"}


class BrokenArchiveError(Exception):
    """A record that cannot be read, or whose digest does not agree: names the file, the offset and why."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What the crawler saw of one request and its answer, as bytes: `body` is as received, still content-encoded."""

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
        self._file: Any = None
        self._warc: Any = None

    def write(self, seen: Exchange) -> str:
        """Archive one exchange and give its response record's id. Flushed to the system before it returns."""
        warc = self._open()
        payload = "sha256:" + hashlib.sha256(seen.body).hexdigest()
        common = {"WARC-Date": _warc_date(seen.fetched_at)}
        response = self._http(warc, seen, "response", common | {"WARC-Payload-Digest": payload})
        record_id = response.rec_headers.get_header("WARC-Record-ID")
        common["WARC-Concurrent-To"] = record_id
        warc.write_record(self._metadata(warc, seen, common))
        warc.write_record(self._http(warc, seen, "request", common))
        warc.write_record(response)
        self._file.flush()
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
        }
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
        if kind == "response":
            first, fields, protocol, body = f"{seen.status} ", seen.response_headers, "HTTP/1.1", seen.body
        else:
            target = urlsplit(seen.url)
            path = (target.path or "/") + (f"?{target.query}" if target.query else "")
            first, fields, protocol, body = (
                f"{path} HTTP/1.1",
                (("Host", target.netloc), *seen.request_headers),
                "GET",
                b"",
            )
        clean = [(_line(f"X-Archive-Orig-{k}" if k.lower() in HOP else k), _line(v)) for k, v in fields]
        http = _HeaderBlock(first, clean, protocol=protocol)
        http.compute_headers_buffer()
        block = hashlib.sha256(http.headers_buff + body).hexdigest()
        digests = {"WARC-Block-Digest": f"sha256:{block}"}
        if kind == "request":
            digests["WARC-Payload-Digest"] = "sha256:" + hashlib.sha256(b"").hexdigest()
        return warc.create_warc_record(
            seen.url,
            kind,
            payload=BytesIO(body),
            length=len(body),
            http_headers=http,
            warc_headers_dict=headers | digests,
        )

    def _open(self) -> Any:
        if self._file and self._file.tell() >= self.file_bytes:
            self.close()
        if not self._file:
            self.folder.mkdir(parents=True, exist_ok=True)
            path = self.folder / f"{self.prefix}-{self._number:05d}.warc.gz"
            self._number += 1
            self._file = path.open("xb")
            self._warc = WARCWriter(self._file, gzip=True, warc_version="1.1")
            info = {"software": self.software, "format": "WARC File Format 1.1", "isPartOf": "vigie"}
            self._warc.write_record(self._warc.create_warcinfo_record(path.name, info))
        return self._warc

    def close(self) -> None:
        """Flush the current file to the disk and let go of it."""
        if self._file:
            self._file.flush()
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

    def damaged(offset: int, why: str) -> None:
        error = BrokenArchiveError(f"{path.name} at byte {offset}: {why}")
        if on_damage is None:
            raise error
        on_damage(error)

    for offset, end, record in _records(path, start, damaged):
        raw = record.raw_stream.read()
        about = record.rec_headers
        if record.rec_type == "metadata" and about.get_header("Content-Type") == "application/json":
            said[about.get_header("WARC-Concurrent-To") or ""] = _loads(raw)
        elif record.rec_type == "response" and record.http_headers:
            digest = hashlib.sha256(raw).hexdigest()
            declared = about.get_header("WARC-Payload-Digest") or ""
            if declared.startswith("sha256:") and len(declared) == len("sha256:") + 64 and declared[7:] != digest:
                damaged(offset, "the payload does not agree with its SHA-256 digest")
                continue
            yield (
                _capture(record, raw, digest, said.pop(about.get_header("WARC-Record-ID") or "", {}), path, offset),
                end,
            )


def _records(path: Path, start: int, damaged: Callable[[int, str], None]) -> Iterator[tuple[int, int, Any]]:
    """The parsed records of a file with their first byte and the byte after them."""
    with path.open("rb") as file:
        packed = file.read(len(GZIP)) == GZIP
        if not packed:
            file.seek(start)
            yield from _plain_records(file, damaged)
            return
        for offset, end, member in _members(file, start, damaged):
            try:
                for record in ArchiveIterator(BytesIO(member)):
                    yield offset, end, record
            except (ArchiveLoadFailed, ValueError, EOFError) as error:
                damaged(offset, f"not a WARC record ({error})")


def _plain_records(file: Any, damaged: Callable[[int, str], None]) -> Iterator[tuple[int, int, Any]]:
    reader = ArchiveIterator(file)
    try:
        for record in reader:
            offset = reader.offset
            length = int(record.rec_headers.get_header("Content-Length") or 0)
            # The payload is read by the caller; where the next record starts is known only after that.
            block = record.raw_stream.read()
            headers = len(record.http_headers.to_bytes()) if record.http_headers else 0
            if len(block) + headers + 4 < length:
                return
            record.raw_stream = BytesIO(block)
            yield offset, offset + reader.get_record_length(), record
    except (ArchiveLoadFailed, ValueError, EOFError) as error:
        damaged(reader.offset, f"not a WARC record ({error})")


def _members(file: Any, start: int, damaged: Callable[[int, str], None]) -> Iterator[tuple[int, int, bytes]]:
    """The gzip members of a file: first byte, byte after, content. Steps over a damaged one to the next that opens."""
    offset = start
    while True:
        file.seek(offset)
        content, used, why = _member(file)
        if why == "torn":
            return
        if why:
            damaged(offset, why)
            offset = _next_member(file, offset + 1)
            if offset < 0:
                return
            continue
        yield offset, offset + used, content
        offset += used


def _member(file: Any) -> tuple[bytes, int, str]:
    """One gzip member from the file's position: content, bytes used, and what is wrong ("torn" at the file's end)."""
    unpack = zlib.decompressobj(wbits=31)
    parts, used, size = [], 0, 0
    while not unpack.eof:
        chunk = file.read(READ)
        if not chunk:
            return b"", 0, "torn"
        try:
            part = unpack.decompress(chunk, RECORD_BYTES - size + 1)
        except zlib.error as error:
            return b"", 0, f"gzip: {error}"
        size += len(part)
        if size > RECORD_BYTES:
            return b"", 0, f"a record of more than {RECORD_BYTES} bytes"
        parts.append(part)
        used += len(chunk) - len(unpack.unused_data)
    return b"".join(parts), used, ""


def _next_member(file: Any, offset: int) -> int:
    file.seek(offset)
    before = b""
    while chunk := file.read(READ):
        window: bytes = before + chunk
        found = window.find(GZIP)
        if found >= 0:
            return int(file.tell()) - len(window) + found
        before = window[-2:]
    return -1


def _capture(record: Any, raw: bytes, digest: str, said: dict[str, Any], path: Path, offset: int) -> Capture:
    headers, http = record.rec_headers, record.http_headers
    url = (headers.get_header("WARC-Target-URI") or "").strip("<>")
    when = said.get("published_at")
    return Capture(
        id=_bare_id(headers.get_header("WARC-Record-ID") or ""),
        url=url,
        fetched_at=_when(headers.get_header("WARC-Date") or ""),
        status=int(http.get_statuscode()) if str(http.get_statuscode()).isdigit() else 0,
        headers=tuple(http.headers),
        body=_decode(raw, http),
        role=said.get("role", "page"),
        source=said.get("source"),
        door=said.get("door"),
        requested_url=said.get("requested_url") or url,
        hint=Hint(said.get("title"), datetime.fromisoformat(when) if when else None),
        payload_sha256=digest,
        file=path.name,
        offset=offset,
    )


def _decode(raw: bytes, http: StatusAndHeaders) -> bytes:
    """The body without transfer and content encoding, cut at BODY_BYTES: a small page can inflate without end."""
    if (http.get_header("transfer-encoding") or "").lower() == "chunked":
        raw = _dechunk(raw)
    encoding = (http.get_header("content-encoding") or "").lower()
    if encoding not in {"gzip", "x-gzip", "deflate"}:
        return raw
    for wbits in (47, -15):
        unpack = zlib.decompressobj(wbits=wbits)
        try:
            return unpack.decompress(raw, BODY_BYTES)
        except zlib.error:
            continue
    return raw


def _dechunk(raw: bytes) -> bytes:
    """The body of a chunked answer, as wget archives it; `raw` itself when it is not chunked after all."""
    parts: list[bytes] = []
    position = 0
    while match := re.compile(rb"([0-9a-fA-F]+)[^\r\n]*\r\n").match(raw, position):
        size = int(match[1], 16)
        if size == 0:
            return b"".join(parts)
        parts.append(raw[match.end() : match.end() + size])
        position = match.end() + size + 2
    return b"".join(parts) or raw


def _loads(data: bytes) -> dict[str, Any]:
    try:
        said = json.loads(data)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _warc_date(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _when(text: str) -> datetime:
    """A WARC or HTTP date as an aware datetime in UTC. Raises ValueError for a record that has none."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        when = parsedate_to_datetime(text)
    return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)


def _bare_id(text: str) -> str:
    return text.strip("<>").removeprefix("urn:uuid:")


def _line(text: str) -> str:
    """A header name or value that cannot begin a new line."""
    return re.sub(r"[\x00\r\n]+", " ", text)
