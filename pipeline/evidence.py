"""A pack that proves a match: the captures of one article as they were received, and what was read in them.

The pack is a WACZ file, which replays in any web-archive viewer, with a folder `evidence/` beside the records:
`evidence.json` (what was read, by which versions and rules), `statement.html` (one page in French for a person),
`chain.jsonl` and the lists of the archive files, which tie each record to the chain of seals.
"""

from __future__ import annotations

import gzip
import json
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeline.archive import read_archive, record_places
from pipeline.chain import CHAIN, list_path, read_chain
from pipeline.french import date_line, instant_line
from pipeline.records import MistakeError, Source
from pipeline.rules import Rules
from pipeline.store import Store
from pipeline.wacz import Placed, wacz

READERS = ("vigie", "trafilatura", "htmldate", "pypdf", "lxml", "rapidfuzz", "pyahocorasick")
PARTS = ("article", "versions", "mentions", "captures")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a pack says: rows of the database as they were when it was made, and what they were made by."""

    made_at: datetime
    software: Mapping[str, str]
    article: Mapping[str, Any]
    versions: tuple[Mapping[str, Any], ...]
    mentions: tuple[Mapping[str, Any], ...]
    captures: tuple[Mapping[str, Any], ...]
    source: Source | None
    rules: Rules


def software() -> dict[str, str]:
    """The versions of all that reads a capture."""
    return {name: version(name) for name in READERS} | {"python": platform.python_version()}


def collect(store: Store, article: str, sources: Mapping[str, Source], rules: Rules, now: datetime) -> Evidence:
    """The evidence of one article, by its id or the beginning of it. Raises MistakeError when there is none."""
    found = store.select("SELECT * FROM articles WHERE starts_with(id, $id) LIMIT 2", {"id": article}).dicts()
    if len(found) != 1:
        raise MistakeError(f"no article « {article} »; `vigie digest` and `vigie search` show their ids")
    row = found[0]
    of = {"id": row["id"]}
    return Evidence(
        made_at=now,
        software=software(),
        article=row,
        versions=tuple(store.select("SELECT * FROM versions WHERE article_id = $id ORDER BY seen_at", of).dicts()),
        mentions=tuple(
            store.select(
                "SELECT * FROM mentions WHERE article_id = $id ORDER BY version, field, start, rule", of
            ).dicts()
        ),
        captures=tuple(store.select("SELECT * FROM captures WHERE article_id = $id ORDER BY fetched_at", of).dicts()),
        source=sources.get(row["source"] or ""),
        rules=rules,
    )


def pack(evidence: Evidence, archive: Path) -> bytes:
    """The WACZ file. Raises MistakeError when a capture's archive file is gone (retention, or a loss)."""
    missing = {c["file"] for c in evidence.captures if not (archive / c["file"]).exists()}
    if missing:
        raise MistakeError(f"{', '.join(sorted(missing))}: no longer in the archive, so this article cannot be proved")
    warc, placed = _records(evidence, archive)
    extra = {
        "evidence/evidence.json": _json(said(evidence)),
        "evidence/statement.html": statement(evidence, archive).encode(),
        "evidence/chain.jsonl": _bytes(archive / CHAIN),
    }
    for name in sorted({capture["file"] for capture in evidence.captures}):
        extra[f"evidence/{name}.seal"] = _bytes(list_path(archive / name))
    about = {
        "title": evidence.article["title"],
        "description": f"Vigie : {evidence.article['canonical_url']}",
        "software": f"Vigie/{evidence.software['vigie']}",
    }
    return wacz(warc, placed, extra, about, evidence.made_at)


def said(evidence: Evidence) -> dict[str, Any]:
    """The evidence as JSON can hold it."""
    return {
        "made_at": evidence.made_at.isoformat(),
        "software": dict(evidence.software),
        "rules_version": evidence.rules.version,
        "rules": [asdict(rule) for rule in evidence.rules.rules],
        "source": asdict(evidence.source) if evidence.source else None,
    } | {
        name: value if isinstance(value, dict) else list(value) for name in PARTS for value in [getattr(evidence, name)]
    }


def statement(evidence: Evidence, archive: Path) -> str:
    """The readable page: what, where, when fetched, by which version, the hashes, the mentions, the captures."""
    chain = archive / CHAIN
    links, _ = read_chain(chain.read_bytes()) if chain.exists() else ([], [])
    sealed = {link.file: link for link in links}
    environment = Environment(
        loader=PackageLoader("pipeline"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"date": date_line, "instant": instant_line}
    return environment.get_template("evidence.html").render(
        evidence=evidence, sealed=sealed, head=links[-1] if links else None, topics=evidence.rules.topics
    )


def _records(evidence: Evidence, archive: Path) -> tuple[bytes, list[Placed]]:
    """The captures' records, byte for byte as they stand in the archive, one after the other; and where they stand."""
    wanted = {capture["id"]: capture for capture in evidence.captures}
    titles = {row["capture_id"]: row["title"] for row in evidence.versions}
    made = bytearray()
    placed: list[Placed] = []
    for name in sorted({capture["file"] for capture in evidence.captures}):
        path = archive / name
        captures = {c.id: c for c, _ in read_archive(path) if c.id in wanted}
        with path.open("rb") as file:
            for place in record_places(path):
                if place.id not in wanted and place.concurrent_to not in wanted:
                    continue
                file.seek(place.offset)
                record = file.read(place.end - place.offset)
                data = record if name.endswith(".gz") else gzip.compress(record, mtime=0)
                if place.id in captures:
                    capture = captures[place.id]
                    placed.append(Placed(capture, len(made), len(data), titles.get(place.id, "")))
                made += data
    return bytes(made), placed


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def _json(value: object) -> bytes:
    def plain(other: object) -> object:
        if isinstance(other, datetime):
            return other.isoformat()
        raise TypeError(f"{type(other).__name__} in the evidence")

    return (json.dumps(value, ensure_ascii=True, indent=1, default=plain) + "\n").encode()
