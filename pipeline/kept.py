"""What was read in a capture whose bytes are withheld: a WARC `conversion` record before its answer.

So the archive still gives the same tables, without any old database.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import uuid
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any, get_args

from pipeline.records import Access, Article

CONTENT_TYPE = "application/vnd.vigie.reading+json"
OPTIONAL = ("source", "published_from", "language")
TEXTS = ("id", "capture_id", "url", "canonical_url", "title", "text")


@dataclass(frozen=True, slots=True)
class Kept:
    """What stands in such a record. `unread`: why no article was read, as reason and detail."""

    article: Article | None = None
    unread: tuple[str, str] | None = None


def conversion(capture_id: str, url: str, kept: Kept, now: datetime) -> bytes:
    """The record of a capture as one gzip member."""
    said = asdict(kept)
    for name, value in said["article"].items() if kept.article else ():
        said["article"][name] = value.isoformat() if isinstance(value, datetime) else value
    block = json.dumps(said, ensure_ascii=True).encode()
    digest = f"sha256:{hashlib.sha256(block).hexdigest()}"
    fields = {
        "WARC-Type": "conversion",
        "WARC-Record-ID": f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'read:{capture_id}')}>",
        "WARC-Refers-To": f"<urn:uuid:{capture_id}>",
        "WARC-Target-URI": "".join(char for char in url if char > " "),
        "WARC-Date": f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "Content-Type": CONTENT_TYPE,
        "WARC-Block-Digest": digest,
        "WARC-Payload-Digest": digest,
        "Content-Length": str(len(block)),
    }
    head = "WARC/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items()) + "\r\n"
    return gzip.compress(head.encode("utf-8", "replace") + block + b"\r\n\r\n", mtime=0)


def parsed(block: bytes, capture_id: str, source: str | None) -> Kept:
    """What such a record says, as read in this capture. Raises ValueError for what is none: anyone may write a file."""
    try:
        said = json.loads(block)
        article = _article(said["article"]) if said["article"] else None
        unread = (_str(said["unread"][0]), _str(said["unread"][1])) if said["unread"] else None
    except (KeyError, TypeError, IndexError, AttributeError, RecursionError, OverflowError) as error:
        raise ValueError(f"says nothing that was read ({type(error).__name__}: {error})") from None
    return Kept(replace(article, capture_id=capture_id, source=source) if article else None, unread)


def _article(said: dict[str, Any]) -> Article:
    access: Access = said["access"]
    if access not in get_args(Access):
        raise ValueError(f"no access: {access!r:.40}")
    values: dict[str, Any] = {name: _str(said[name]) for name in TEXTS}
    values |= {name: None if said[name] is None else _str(said[name]) for name in OPTIONAL}
    return Article(
        **values,
        access=access,
        authors=tuple(map(_str, said["authors"])),
        published_at=None if said["published_at"] is None else _when(said["published_at"]),
        fetched_at=_when(said["fetched_at"]),
    )


def _str(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"no text: {value!r:.40}")
    return value


def _when(value: object) -> datetime:
    when = datetime.fromisoformat(_str(value))
    if when.tzinfo is None:
        raise ValueError(f"no zone: {value}")
    return when.astimezone(UTC)
