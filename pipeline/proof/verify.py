"""Checks an evidence pack, offline, with nothing but the file: every hash, the chain, and that what it says was read
in the bytes is what this Vigie reads in them.

The records are read again into a database of their own, as a home's are; the pack is then made again from that. What
differs from the file is a fault, or, where the file names other versions of what reads, is not decided here.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from pipeline.archive import BrokenArchiveError, record_places
from pipeline.ingest import Ingest, ingest
from pipeline.proof.chain import Fault, listed_records, read_chain
from pipeline.proof.pack import FOLDER, ROWS, SAID, SEALS, Evidence, assembled, collect, from_json, seal_of, software
from pipeline.proof.timestamps import MissingError, stamps
from pipeline.proof.wacz import DATA, differences, unpacked
from pipeline.records import MistakeError
from pipeline.rules import load_rules
from pipeline.store import reading

Verdict = Literal["holds", "fails", "undecided", "note"]
# What a capture's row says of its reading; all else in it is as received, whatever the version of the readers.
READ = ("article_id", "version")
PLACE = ("file", "offset")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `undecided`: other versions of the readers read otherwise; `note`: good to know."""

    verdict: Verdict
    what: str


def verify(data: bytes, processes: int = 1) -> list[Finding]:
    """Everything that was looked at in a pack; it holds when all findings hold or are notes.

    The pages are read in `processes` processes that can be killed (0: in this one, without limits).
    """
    if faults := differences(data):
        return [Finding("fails", f"{where} {why}") for where, why in faults]
    parts = unpacked(data)
    try:
        evidence = from_json(parts[SAID])
    except KeyError:
        return [Finding("fails", f"{SAID} is not there: this is no evidence pack of Vigie")]
    except ValueError as error:
        return [Finding("fails", f"{SAID} {error}")]
    findings = [Finding("holds", f"{len(parts)} parts agree with their SHA-256, and the file with its parts")]
    with tempfile.TemporaryDirectory(prefix="vigie-verify-") as folder:
        warc = Path(folder) / "archive" / "data.warc.gz"
        warc.parent.mkdir()
        warc.write_bytes(parts[DATA])
        try:
            findings += _compared(evidence, _read_again(evidence, Path(folder), processes), data, parts)
            findings += _sealed(evidence, parts, warc)
            findings += _stamped(parts)
        except BrokenArchiveError as error:
            findings.append(Finding("fails", f"{DATA}: {error}"))
        except MissingError as error:
            findings.append(Finding("note", f"the time stamps were not checked: {error}"))
    return findings + list(_rules(evidence))


def holds(findings: Sequence[Finding]) -> bool:
    return all(finding.verdict in {"holds", "note"} for finding in findings)


def _read_again(evidence: Evidence, folder: Path, processes: int) -> Evidence | None:
    """What this Vigie reads in the pack's records by the pack's rules; None where it finds no such article."""
    database = folder / "again.duckdb"
    sources = {source.key: source for source in evidence.sources}
    how = Ingest(sources, evidence.rules, "", evidence.made_at, processes)
    ingest(folder / "archive", database, how)
    try:
        with reading(database) as store:
            return collect(store, str(evidence.article.get("id")), sources, evidence.rules, evidence.made_at)
    except MistakeError:
        return None


def _compared(evidence: Evidence, again: Evidence | None, data: bytes, parts: Mapping[str, bytes]) -> Iterator[Finding]:
    """What the pack says against what was read again; where all agrees, the rest of the file against what follows."""
    others = {name: here for name, here in software().items() if evidence.software.get(name) != here}
    for name, here in others.items():
        yield Finding("note", f"made with {name} {evidence.software.get(name)}, checked with {here}")
    otherwise: Verdict = "undecided" if others else "fails"
    if again is None:
        yield Finding(otherwise, f"no article {evidence.article.get('id')} is read in the records")
        return
    found = [*_captures(evidence, again, otherwise), *_readings(evidence, again, otherwise)]
    yield from found
    if not holds(found):
        return  # the other parts follow from rows that do not hold
    made = assembled(evidence, parts[DATA], {path: part for path, part in parts.items() if _is_seal(path)})
    if made == data:
        yield Finding("holds", "the statement, the index and the page list follow from the records")
        return
    again_parts = unpacked(made)
    for path in sorted(parts.keys() | again_parts.keys()):
        if parts.get(path) != again_parts.get(path):
            yield Finding(otherwise, f"{path} does not follow from the records and {SAID}")


def _captures(evidence: Evidence, again: Evidence, otherwise: Verdict) -> Iterator[Finding]:
    said, found = ({row.get("id"): row for row in one.captures} for one in (evidence, again))
    if len(said) != len(evidence.captures) or said.keys() != found.keys():
        yield Finding("fails", f"{SAID} names {len(evidence.captures)} captures, {DATA} holds others of the article")
        return
    for key, row in said.items():
        wrong = _wrong(row, found[key], PLACE)
        verdict: Verdict = "holds" if not wrong else "fails" if set(wrong) - set(READ) else otherwise
        yield Finding(verdict, f"capture {key}, {row.get('fetched_at')}: {_as(wrong, 'as received')}")


def _readings(evidence: Evidence, again: Evidence, otherwise: Verdict) -> Iterator[Finding]:
    """Article, versions and mentions: what follows from the bytes by the readers and rules."""
    wrong = _wrong(evidence.article, again.article, ())
    yield Finding(
        otherwise if wrong else "holds", f"article {again.article['id']}: {_as(wrong, 'follows from the bytes')}"
    )
    for name in ROWS[:2]:
        said, found = getattr(evidence, name), getattr(again, name)
        odd = [row for row in said if row not in found] + [row for row in found if row not in said]
        fields = sorted({field for row in odd for field in _wrong(row, _nearest(row, said, found), ())})
        same = said == found
        yield Finding(
            "holds" if same else otherwise, f"{len(said)} {name}: {_as(fields, 'follow from the bytes', same)}"
        )


def _nearest(row: Mapping[str, Any], *sides: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The row of the other side that has most in common with one that stands on one side only."""
    others = [other for side in sides if row not in side for other in side]
    return max(others, key=lambda other: sum(other.get(name) == value for name, value in row.items()), default={})


def _wrong(row: Mapping[str, Any], other: Mapping[str, Any], but: Sequence[str]) -> list[str]:
    return sorted(n for n in (row.keys() | other.keys()) - set(but) if row.get(n, ...) != other.get(n, ...))


def _as(wrong: Sequence[str], well: str, same: bool | None = None) -> str:
    """`well`, or what is not."""
    if same or (same is None and not wrong):
        return well
    return f"not {well}: {', '.join(map(repr, wrong)) or 'their order'} differ"


def _sealed(evidence: Evidence, parts: Mapping[str, bytes], warc: Path) -> Iterator[Finding]:
    """Each record stands in its file's list, the answer where its row says, and the list in the chain."""
    links, faults = read_chain(parts.get(SEALS, b""))
    for fault in faults:
        yield Finding("fails", f"evidence/{fault.where} {fault.why}")
    listed = {link.file: link.list_sha256 for link in links}
    data = parts[DATA]
    records: dict[str, set[str]] = {}
    answers: dict[str, str] = {}
    for place in record_places(warc):
        of = place.concurrent_to or place.id
        digest = hashlib.sha256(data[place.offset : place.end]).hexdigest()
        records.setdefault(of, set()).add(digest)
        answers[place.id] = digest
    for row in evidence.captures:
        key, name = str(row.get("id")), str(row.get("file"))
        lines = parts.get(seal_of(name), b"")
        if name not in listed:
            yield Finding("note", f"capture {key}: {name} was not sealed yet when the pack was made")
        elif hashlib.sha256(lines).hexdigest() != listed[name]:
            yield Finding("fails", f"{seal_of(name)} does not agree with the chain")
        else:
            try:
                sealed = [(offset, digest) for offset, _, digest in listed_records(lines)]
            except ValueError:
                yield Finding("fails", f"{seal_of(name)} is no list of records")
                continue
            there = (row.get("offset"), answers.get(key)) in sealed
            if there and records[key] <= {digest for _, digest in sealed}:
                yield Finding("holds", f"capture {key}: its records are in the list of {name}, in the chain")
            elif _is_ours(name):
                yield Finding("fails", f"capture {key}: not all its records are in the list of {name}, where it says")
            else:
                yield Finding("note", f"capture {key}: {name} was sealed as a whole, not record by record")
    if links:
        yield Finding(
            "note", f"link {links[-1].number} of the chain is {links[-1].digest}: compare it with one you kept"
        )


def _is_ours(name: str) -> bool:
    """Whether an archive file was written by a crawl, a gzip member for each record; anyone's are packed anew."""
    return not name.startswith("import-") and name.endswith(".gz")


def _is_seal(path: str) -> bool:
    return path == SEALS or path.endswith((".seal", ".tsr", ".pem"))


def _stamped(parts: Mapping[str, bytes]) -> Iterator[Finding]:
    """What the time stamps say: whose word it is stands there, for whoever reads it to trust or not."""
    files = {path.removeprefix(FOLDER): part for path, part in parts.items() if path.endswith((".tsr", ".pem"))}
    for found in stamps(files, read_chain(parts.get(SEALS, b""))[0]) if files else ():
        if isinstance(found, Fault):
            yield Finding("fails", f"{FOLDER}{found.where}: {found.why}")
        else:
            what = f"link {found.number} of the chain and all before it existed on {found.at.isoformat()}"
            yield Finding("holds", f"{what}, by the word of {found.root}")


def _rules(evidence: Evidence) -> Iterator[Finding]:
    """Which of the pack's rules are not those that this Vigie comes with: a group's own, or another version's."""
    ours = {rule.key: asdict(rule) for rule in load_rules(None).rules}
    theirs = [rule.key for rule in evidence.rules.rules if ours.get(rule.key) != asdict(rule)]
    if theirs:
        yield Finding("note", f"rules that do not come with this Vigie, read them in {SAID}: {', '.join(theirs)}")
