"""A WACZ file: web-archive records with their index, page list and hashes in one zip. Format: WACZ 1.1.1.

Written deterministically (entries in order, stored, at one fixed date), so that a file can be made again from its own
parts: `differences` finds a changed byte anywhere in it, in the zip's own fields as well.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import struct
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from pipeline.records import Capture

VERSION = "1.1.1"
PACKAGE, DIGEST, DATA = "datapackage.json", "datapackage-digest.json", "archive/data.warc.gz"
ZIP_DATE = (1980, 1, 1, 0, 0, 0)
MOST_BYTES = 1 << 31


@dataclass(frozen=True, slots=True)
class Placed:
    """A capture and where its response stands in the WACZ's own WARC file; `revisit`: it has the bytes of another."""

    capture: Capture
    offset: int
    length: int
    title: str = ""
    revisit: bool = False


def wacz(
    warc: bytes, placed: Iterable[Placed], extra: Mapping[str, bytes], about: Mapping[str, str], made_at: datetime
) -> bytes:
    """The file's bytes. `extra`: path to content, at most one folder deep; `about`: title, description, software."""
    captures = list(placed)
    parts = {DATA: warc, "indexes/index.cdx.gz": _index(captures), "pages/pages.jsonl": _pages(captures)} | dict(extra)
    resources = [
        {"name": path.rsplit("/", 1)[-1].lower(), "path": path, "hash": sha256(data), "bytes": len(data)}
        for path, data in parts.items()
    ]
    made = f"{made_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    package = {"profile": "data-package", "wacz_version": VERSION, "created": made} | dict(about)
    described = _json(package | {"resources": resources})
    return zipped(parts | {PACKAGE: described, DIGEST: _json({"path": PACKAGE, "hash": sha256(described)})})


def unpacked(data: bytes) -> dict[str, bytes]:
    """The parts of a file by path. Raises ValueError when it is no zip, or one that swells."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(info.file_size for info in archive.infolist()) > MOST_BYTES:
                raise ValueError("its contents are too large")
            if packed := [i.filename for i in archive.infolist() if i.compress_type != zipfile.ZIP_STORED]:
                raise ValueError(f"{packed[0]} is compressed, which a pack never is")
            return {info.filename: archive.read(info) for info in archive.infolist()}
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError, struct.error) as error:
        raise ValueError(f"it cannot be opened ({error})") from None


def differences(data: bytes) -> list[tuple[str, str]]:
    """Where a file is not as it was written: (path or place, why). Needs nothing but the file."""
    faults = []
    try:
        parts = unpacked(data)
        said = json.loads(parts[PACKAGE])
        resources = {resource["path"]: resource for resource in said["resources"]}
        digest = json.loads(parts[DIGEST])["hash"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        return [("the file", f"is not a readable WACZ: {error}")]
    if sha256(parts[PACKAGE]) != digest:
        faults.append((PACKAGE, f"does not agree with the hash in {DIGEST}"))
    for path, resource in resources.items():
        if path not in parts:
            faults.append((path, "is listed and not there"))
        elif sha256(parts[path]) != resource.get("hash") or len(parts[path]) != resource.get("bytes"):
            faults.append((path, f"does not agree with its hash in {PACKAGE}"))
    faults += [(path, f"is not listed in {PACKAGE}") for path in parts if path not in {*resources, PACKAGE, DIGEST}]
    again = zipped(parts)
    if not faults and again != data:
        at = next((n for n, (one, other) in enumerate(zip(data, again, strict=False)) if one != other), len(again))
        faults.append((f"byte {at} of the file", "is not as Vigie wrote it, outside of every part's content"))
    return faults


def sha256(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def _index(placed: Iterable[Placed]) -> bytes:
    """The CDXJ index of the responses."""
    lines = []
    for one in placed:
        capture = one.capture
        said = {
            "url": capture.url,
            "mime": "warc/revisit" if one.revisit else capture.header("Content-Type").split(";")[0] or "unk",
            "status": str(capture.status),
            "digest": f"sha256:{capture.payload_sha256}",
            "length": str(one.length),
            "offset": str(one.offset),
            "filename": "data.warc.gz",
        }
        lines.append(f"{surt(capture.url)} {_stamp(capture.fetched_at)} {json.dumps(said)}\n")
    return gzip.compress("".join(sorted(lines)).encode(), mtime=0)


def _pages(placed: Iterable[Placed]) -> bytes:
    lines: list[dict[str, Any]] = [{"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}]
    for one in placed:
        capture = one.capture
        if capture.status != 200:
            continue
        ts = f"{capture.fetched_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        lines.append({"id": capture.id, "url": capture.url, "ts": ts, "title": one.title})
    return "".join(json.dumps(line, ensure_ascii=True) + "\n" for line in lines).encode()


def surt(url: str) -> str:
    """The address as an index sorts it: host turned round, lower case (« fr,lille)/actualites »)."""
    parts = urlsplit(url)
    host = ",".join(reversed((parts.hostname or "").removeprefix("www.").split(".")))
    query = f"?{parts.query}" if parts.query else ""
    return f"{host}){parts.path or '/'}{query}".lower().replace(" ", "%20")


def _stamp(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y%m%d%H%M%S}"


def _json(said: Mapping[str, Any]) -> bytes:
    return (json.dumps(said, ensure_ascii=True, indent=2) + "\n").encode()


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """The parts in one zip file, which is a function of them alone."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for path, data in parts.items():
            info = zipfile.ZipInfo(path, ZIP_DATE)
            info.external_attr = 0o644 << 16
            info.create_system = 3
            archive.writestr(info, data)
    return made.getvalue()
