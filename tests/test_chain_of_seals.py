"""The chain of seals: what was sealed and then changed is found and named, wherever the change is."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.archive import ArchiveWriter, Exchange
from pipeline.proof.chain import CHAIN, list_path, note_change, read_chain, seal, verify_archive

NOW = datetime(2025, 4, 11, 8, tzinfo=UTC)


def write(folder: Path, prefix: str, pages: int = 3, keep_open: bool = False) -> ArchiveWriter:
    writer = ArchiveWriter(folder, prefix, "Vigie/test")
    for n in range(pages):
        body = f"<p>{prefix} {n}".encode()
        url = f"https://a.example/{prefix}/{n}"
        writer.write(Exchange(url, url, NOW, 200, (), (("Content-Type", "text/html"),), body, "source", "feed", "page"))
    if not keep_open:
        writer.close()
    return writer


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    for prefix in ("a", "b"):
        write(tmp_path, prefix)
        seal(tmp_path, NOW)
    return tmp_path


def test_a_sealed_archive_verifies(archive: Path) -> None:
    links, faults = read_chain((archive / CHAIN).read_bytes())
    assert [link.file for link in links] == ["a-00000.warc.gz", "b-00000.warc.gz"]
    assert not faults and not verify_archive(archive)
    assert seal(archive, NOW) == []


@pytest.mark.parametrize("seed", range(60))
def test_one_flipped_bit_anywhere_is_found_and_its_file_named(archive: Path, seed: int) -> None:
    chance = random.Random(seed)
    path = chance.choice(sorted(archive.iterdir()))
    data = bytearray(path.read_bytes())
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)
    faults = verify_archive(archive)
    # The end of the last line: it is then no line, and the file that it sealed is in none.
    unlinked = path.name == CHAIN and [fault.why for fault in faults] == [f"is in no link of {CHAIN}"]
    assert unlinked or any(fault.where.startswith(path.name) for fault in faults), path.name


def test_the_record_that_changed_is_named(archive: Path) -> None:
    path = archive / "a-00000.warc.gz"
    data = bytearray(path.read_bytes())
    data[-3] ^= 1
    path.write_bytes(data)
    last = list_path(path).read_text().splitlines()[-1].split(" ")[0]
    assert [fault.why for fault in verify_archive(archive)] == [
        f"has changed since it was sealed, in the record at byte {last}"
    ]


def test_a_file_that_is_gone_is_named(archive: Path) -> None:
    (archive / "b-00000.warc.gz").unlink()
    assert [(f.where, f.why) for f in verify_archive(archive)] == [("b-00000.warc.gz", "is gone")]


def test_links_cannot_be_taken_out_or_exchanged(archive: Path) -> None:
    first, second = (archive / CHAIN).read_bytes().splitlines(keepends=True)
    for forged in (second, second + first, first.replace(b"2025", b"2024") + second):
        assert read_chain(forged)[1]


def test_a_file_that_is_still_written_is_not_sealed(tmp_path: Path) -> None:
    writer = write(tmp_path, "a", keep_open=True)
    assert seal(tmp_path, NOW) == []
    writer.close()
    assert len(seal(tmp_path, NOW)) == 1


def test_a_crash_in_the_middle_of_a_line_costs_nothing(archive: Path) -> None:
    chain = archive / CHAIN
    whole = chain.read_bytes()
    for cut in range(whole.index(b"\n") + 1, len(whole), 37):
        chain.write_bytes(whole[:cut])
        seal(archive, NOW)
        assert chain.read_bytes() == whole and not verify_archive(archive)


def test_a_rewritten_file_is_said_in_a_new_link(archive: Path) -> None:
    path = archive / "a-00000.warc.gz"
    path.write_bytes(path.read_bytes()[: -int(list_path(path).read_text().splitlines()[-1].split(" ")[1])])
    assert verify_archive(archive)
    link = note_change(archive, path, "rewritten", "1 page dropped after 90 days", NOW)
    assert not verify_archive(archive)
    assert json.loads((archive / CHAIN).read_text().splitlines()[-1])["note"] == link.note


@pytest.mark.parametrize("line", ["{}", "[]", "3", '{"digest":1}', "[" * 100_000, '{"a":1,"digest":""}'])
def test_a_line_that_is_no_link_is_a_fault(archive: Path, line: str) -> None:
    assert read_chain(line.encode() + b"\n")[1]
    first = json.loads((archive / CHAIN).read_text().splitlines()[0])
    for name in first:
        for odd in ([], {}, None, 1.5, True):
            links, faults = read_chain((json.dumps(first | {name: odd}) + "\n").encode())
            assert faults and all(isinstance(link.file, str) for link in links)
