"""A pack that proves a match: the captures of one article as they were received, and what was read in them.

The pack is a WACZ file, which replays in any web-archive viewer, with a folder `evidence/` beside the records:
`evidence.json` (what was read, by which versions and rules), `statement.html` (one page in French for a person),
`chain.jsonl` and the lists of the archive files, which tie each record to the chain of seals, and its time stamps.

All but the records, `evidence.json` and the seals follows from these, so that `verify` makes the pack again.
"""

from __future__ import annotations

import gzip
import json
import platform
import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeline.archive import RecordPlace, read_archive, record_places
from pipeline.french import date_line, instant_line
from pipeline.proof.chain import CHAIN, list_path, read_chain
from pipeline.proof.timestamps import stamp_files
from pipeline.proof.wacz import Placed, wacz
from pipeline.records import MistakeError, Source
from pipeline.rules import Rule, Rules
from pipeline.store import Store

READERS = ("vigie", "trafilatura", "htmldate", "pypdf", "lxml", "rapidfuzz", "pyahocorasick")
ROWS = ("versions", "mentions", "captures")
FOLDER = "evidence/"
SAID, STATEMENT, SEALS = f"{FOLDER}evidence.json", f"{FOLDER}statement.html", f"{FOLDER}chain.jsonl"
Row = Mapping[str, Any]

# The captures that show the article, and the other answers of its addresses: unchanged, gone, unreadable.
CAPTURES = """
WITH addresses AS (SELECT DISTINCT unnest([url, requested_url]) AS url FROM captures WHERE article_id = $id)
SELECT * FROM captures
WHERE article_id = $id
   OR (article_id IS NULL AND role = 'page' AND requested_url IN (SELECT url FROM addresses))
ORDER BY fetched_at, id
"""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a pack says: rows of the database as JSON holds them (times in ISO 8601), and what they were made by."""

    made_at: datetime
    software: Mapping[str, str]
    article: Row
    versions: tuple[Row, ...]
    mentions: tuple[Row, ...]
    captures: tuple[Row, ...]
    sources: tuple[Source, ...]
    rules: Rules


def software() -> dict[str, str]:
    """The versions of all that reads a capture."""
    return {name: version(name) for name in READERS} | {"python": platform.python_version()}


def collect(store: Store, article: str, sources: Mapping[str, Source], rules: Rules, now: datetime) -> Evidence:
    """The evidence of one article, by its id or the beginning of it. Raises MistakeError when there is none."""
    found = _rows(store, "SELECT * FROM articles WHERE starts_with(id, $id) LIMIT 2", article)
    if len(found) != 1:
        raise MistakeError(f"no article « {article} »; `vigie digest` and `vigie search` show their ids")
    name = found[0]["id"]
    captures = _rows(store, CAPTURES, name)
    return Evidence(
        made_at=now,
        software=software(),
        article=found[0],
        versions=_rows(store, "SELECT * FROM versions WHERE article_id = $id ORDER BY seen_at, capture_id", name),
        mentions=_rows(store, "SELECT * FROM mentions WHERE article_id = $id ORDER BY ALL", name),
        captures=captures,
        sources=tuple(sources[key] for key in sorted({c["source"] or "" for c in captures}) if key in sources),
        rules=rules,
    )


def pack(evidence: Evidence, archive: Path) -> bytes:
    """The WACZ file. Raises MistakeError when a capture is no longer in the archive (retention, or a loss)."""
    if any(capture["withheld"] and capture["article_id"] for capture in evidence.captures):
        raise MistakeError(
            "the bytes of this article are no longer kept (retention, or its site reserves text and data mining),"
            " so it cannot be proved"
        )
    seals = {SEALS: _bytes(archive / CHAIN)}
    files = sorted({capture["file"] for capture in evidence.captures})
    for name in files:
        seals[seal_of(name)] = _bytes(list_path(archive / name))
    links = {link.file: link.number for link in read_chain(seals[SEALS])[0]}
    stamped = stamp_files(archive)
    for number in {links[name] for name in files if name in links}:
        if later := [name for name in stamped if name >= f"{number:06d}"]:
            seals |= {f"{FOLDER}{name}": stamped[name] for name in later if name[:6] == later[0][:6]}
    return assembled(evidence, _records(evidence, archive), seals)


def assembled(evidence: Evidence, warc: bytes, seals: Mapping[str, bytes]) -> bytes:
    """The WACZ file of these records and seals: a function of its arguments alone."""
    page = statement(evidence, seals.get(SEALS, b""))
    about = {
        "title": evidence.article["title"],
        "description": f"Vigie : {evidence.article['url']}",
        "software": f"Vigie/{evidence.software['vigie']}",
    }
    extra = {SAID: to_json(evidence), STATEMENT: page.encode()} | dict(seals)
    return wacz(warc, _placed(evidence, warc), extra, about, evidence.made_at)


def seal_of(file: str) -> str:
    """Where the list of an archive file's records stands in a pack."""
    return f"{FOLDER}{file}.seal"


def to_json(evidence: Evidence) -> bytes:
    said = {
        "made_at": evidence.made_at.isoformat(),
        "software": dict(evidence.software),
        "rules_version": evidence.rules.version,
        "rules": [asdict(rule) for rule in evidence.rules.rules],
        "sources": [asdict(source) for source in evidence.sources],
        "article": evidence.article,
    } | {name: list(getattr(evidence, name)) for name in ROWS}
    return (json.dumps(said, ensure_ascii=True, indent=1) + "\n").encode()


def from_json(data: bytes) -> Evidence:
    """The evidence that a pack says. Raises ValueError for what no Vigie writes; the rows are not looked into."""
    try:
        said = json.loads(data)
        evidence = Evidence(
            made_at=datetime.fromisoformat(said["made_at"]),
            software={name: str(said["software"][name]) for name in (*READERS, "python")},
            article=dict(said["article"]),
            versions=tuple(map(dict, said["versions"])),
            mentions=tuple(map(dict, said["mentions"])),
            captures=tuple(map(dict, said["captures"])),
            sources=tuple(_record(Source, row) for row in said["sources"]),
            rules=Rules(tuple(_record(Rule, row) for row in said["rules"])),
        )
        again = to_json(evidence)
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"does not say what a pack says ({type(error).__name__}: {error})") from None
    if again != data:
        raise ValueError("is not written as Vigie writes it")
    return evidence


def statement(evidence: Evidence, chain: bytes) -> str:
    """The readable page: what, where, when fetched, by which version, the hashes, the mentions, the captures."""
    links, _ = read_chain(chain)
    environment = Environment(
        loader=PackageLoader("pipeline"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "date": lambda text: date_line(datetime.fromisoformat(text)),
        "instant": lambda text: instant_line(datetime.fromisoformat(text)),
    }
    return environment.get_template("evidence.html").render(
        evidence=evidence,
        made_at=evidence.made_at.isoformat(),
        source=next((one for one in evidence.sources if one.key == evidence.article["source"]), None),
        sealed={link.file: link for link in links},
        head=links[-1] if links else None,
        topics=evidence.rules.topics,
    )


def _rows(store: Store, sql: str, article: str) -> tuple[Row, ...]:
    rows = store.select(sql, {"id": article}).dicts()
    return tuple(
        {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}
        for row in rows
    )


def _records(evidence: Evidence, archive: Path) -> bytes:
    """The captures' records, byte for byte as they stand in the archive, one after the other.

    Those of a file that has not a gzip member for each are packed anew, each in its own.
    """
    wanted = {capture["id"] for capture in evidence.captures}
    found: set[str] = set()
    made = bytearray()
    with tempfile.TemporaryDirectory(prefix="vigie-evidence-") as folder:
        for name in sorted({capture["file"] for capture in evidence.captures}):
            path = archive / name
            places = _places(path) if path.exists() else []
            if name.endswith(".gz") and any(n > 1 for n in Counter(place.offset for place in places).values()):
                path = _unpacked(path, Path(folder) / "plain.warc")
                places = _places(path)
            for place in places:
                if wanted & {place.id, place.concurrent_to}:
                    made += _record_bytes(path, place)
                    found.add(place.id)
    if gone := wanted - found:
        raise MistakeError(
            f"{len(gone)} of {len(wanted)} captures are no longer whole in the archive (retention, or damage:"
            " see `vigie verify --archive`), so this article cannot be proved"
        )
    return bytes(made)


def _places(path: Path) -> list[RecordPlace]:
    return list(record_places(path, on_damage=lambda damage: None))


def _record_bytes(path: Path, place: RecordPlace) -> bytes:
    with path.open("rb") as file:
        file.seek(place.offset)
        record = file.read(place.end - place.offset)
    return record if path.name.endswith(".gz") else gzip.compress(record, mtime=0)


def _unpacked(path: Path, target: Path) -> Path:
    with gzip.open(path) as packed, target.open("wb") as plain:
        shutil.copyfileobj(packed, plain)
    return target


def _placed(evidence: Evidence, warc: bytes) -> list[Placed]:
    """The answers among the records, and where each stands. Raises BrokenArchiveError for damaged records."""
    titles = {row["capture_id"]: row["title"] for row in evidence.versions}
    with tempfile.TemporaryDirectory(prefix="vigie-evidence-") as folder:
        path = Path(folder) / "data.warc.gz"
        path.write_bytes(warc)
        captures = {capture.id: capture for capture, _ in read_archive(path)}
        places = list(record_places(path))
    return [
        Placed(captures[one.id], one.offset, one.end - one.offset, titles.get(one.id, ""), one.type == "revisit")
        for one in places
        if one.id in captures
    ]


Kind = TypeVar("Kind", Source, Rule)


def _record(kind: type[Kind], row: Mapping[str, Any]) -> Kind:
    """A declaration out of JSON. Raises TypeError for a field that it has not, or a value that is not of its type."""
    hints = get_type_hints(kind)
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
    for field in fields(kind):
        value, hint = values.get(field.name, field.default), hints[field.name]
        if get_origin(hint) is Literal:
            fits = value in get_args(hint)
        elif get_origin(hint) is tuple:
            fits = isinstance(value, tuple) and all(isinstance(item, str) for item in value)
        else:
            fits = type(value) is hint or (hint is float and type(value) is int)
        if not fits:
            raise TypeError(f"{kind.__name__}.{field.name}")
    return kind(**values)


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""
