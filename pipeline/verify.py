"""Checks an evidence pack, offline, with nothing but the file: every hash, the chain, and that what it says was read
in the bytes is what this Vigie reads in them."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.archive import BrokenArchiveError, read_archive, record_places
from pipeline.chain import listed_records, read_chain
from pipeline.evidence import software
from pipeline.records import Capture, Source
from pipeline.rules import Rule, Rules
from pipeline.stages import look
from pipeline.wacz import DATA, differences, unpacked

READ = ("title", "published_at", "published_from", "access", "language", "text")
MENTION = ("field", "topic", "rule", "surface", "start", "end", "edits", "sentence")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked: `ok` False is a fault; None is what could not be decided, and why."""

    ok: bool | None
    what: str


def verify(data: bytes) -> list[Finding]:
    """Everything that was checked in a pack, faults included; a pack holds when no finding is False."""
    faults = differences(data)
    if faults:
        return [Finding(False, f"{where} {why}") for where, why in faults]
    parts = unpacked(data)
    try:
        said = json.loads(parts["evidence/evidence.json"])
        findings = [Finding(True, f"{len(parts)} parts agree with their SHA-256, and the file with its parts")]
        with tempfile.TemporaryDirectory(prefix="vigie-verify-") as folder:
            warc = Path(folder) / "data.warc.gz"
            warc.write_bytes(parts[DATA])
            captures = [capture for capture, _ in read_archive(warc)]
            findings += _records(said, captures)
            findings += _sealed(said, parts, warc)
        return findings + list(_read_again(said, captures))
    except BrokenArchiveError as error:
        return [Finding(False, f"{DATA}: {error}")]
    except (KeyError, TypeError, ValueError) as error:
        return [Finding(False, f"evidence/evidence.json does not say what a pack says ({error!r})")]


def _records(said: Mapping[str, Any], captures: list[Capture]) -> Iterator[Finding]:
    """The records are those that the evidence names, with the hashes, times and addresses that it names."""
    named = {row["id"]: row for row in said["captures"]}
    found = {capture.id: capture for capture in captures}
    if set(named) != set(found):
        yield Finding(False, f"{DATA} does not hold the captures that evidence.json names")
        return
    for key, row in named.items():
        capture = found[key]
        same = (
            row["payload_sha256"] == capture.payload_sha256
            and row["url"] == capture.url
            and row["status"] == capture.status
            and datetime.fromisoformat(row["fetched_at"]) == capture.fetched_at
        )
        yield Finding(same, f"capture {key}, {row['fetched_at']}: {'' if same else 'not '}as received")


def _sealed(said: Mapping[str, Any], parts: Mapping[str, bytes], warc: Path) -> Iterator[Finding]:
    """Each record stands in its file's list, and the list in the chain."""
    links, faults = read_chain(parts["evidence/chain.jsonl"])
    for fault in faults:
        yield Finding(False, f"evidence/{fault.where} {fault.why}")
    listed = {link.file: link.list_sha256 for link in links}
    data = warc.read_bytes()
    records: dict[str, set[str]] = {}
    for place in record_places(warc):
        of = place.concurrent_to or place.id
        records.setdefault(of, set()).add(hashlib.sha256(data[place.offset : place.end]).hexdigest())
    for row in said["captures"]:
        name = row["file"]
        lines = parts.get(f"evidence/{name}.seal", b"")
        if name not in listed:
            yield Finding(None, f"capture {row['id']}: {name} was not sealed yet when the pack was made")
        elif hashlib.sha256(lines).hexdigest() != listed[name]:
            yield Finding(False, f"evidence/{name}.seal does not agree with the chain")
        elif not name.endswith(".gz"):
            yield Finding(None, f"capture {row['id']}: {name} is not in gzip members, so its records are sealed as one")
        else:
            sealed = {digest for _, _, digest in listed_records(lines)}
            whole = records.get(row["id"], set()) <= sealed and row["id"] in records
            yield Finding(whole, f"capture {row['id']}: {'' if whole else 'not '}in the list of {name}, in the chain")


def _read_again(said: Mapping[str, Any], captures: list[Capture]) -> Iterator[Finding]:
    """Read the bytes again with the rules of the pack, and compare with what it says was read."""
    rules = Rules(tuple(_rule(row) for row in said["rules"]))
    source = _source(said["source"])
    others = {n: v for n, v in software().items() if said["software"].get(n) != v}
    if rules.version != said["rules_version"]:
        yield Finding(None, "this Vigie gives the pack's rules another version: mentions are compared all the same")
    for name, here in others.items():
        yield Finding(None, f"made with {name} {said['software'].get(name)}, checked with {here}")
    by_version = {row["version"]: row for row in said["versions"]}
    for row in said["captures"]:
        if not row["version"] or row["status"] != 200:
            continue
        capture = next(one for one in captures if one.id == row["id"])
        found = look(capture, {source.key: source} if source else {}, rules)
        text_ok = found.article is not None and found.article.version == row["version"]
        version = by_version.get(row["version"])
        if version and found.article:
            text = version["text"] if version["text"] is not None else said["article"]["text"]
            text_ok = text_ok and (found.article.text, found.article.title) == (text, version["title"])
        # Another version of a reader may read otherwise without anything being wrong: that is not decided here.
        yield Finding(text_ok or (None if others else False), _reading("title and text", row["id"], text_ok))
        ours = [{"field": where} | asdict(mention) for where, mention in found.mentions]
        theirs = [m for m in said["mentions"] if m["version"] == row["version"]]
        mentions_ok = _keys(ours) == _keys(theirs)
        yield Finding(
            mentions_ok or (None if others else False), _reading(f"{len(theirs)} mentions", row["id"], mentions_ok)
        )


def _reading(what: str, capture: str, ok: bool) -> str:
    return f"{what} of capture {capture} {'follow' if ok else 'do not follow'} from its bytes"


def _keys(mentions: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return sorted(tuple(mention[name] for name in MENTION) for mention in mentions)


def _rule(row: Mapping[str, Any]) -> Rule:
    return Rule(**_tuples(row))


def _source(row: Mapping[str, Any] | None) -> Source | None:
    return Source(**_tuples(row)) if row is not None else None


def _tuples(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
