"""Retention: what is past its time is dropped and said so; what matched stays; a rebuild gives the same tables."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.archive import read_archive
from pipeline.home import Home
from pipeline.ingest import ingest, rebuild
from pipeline.kept import Kept, conversion, parsed
from pipeline.proof.chain import CHAIN, read_chain, seal, verify_archive
from pipeline.proof.retention import SUFFIX, Retained, retain
from pipeline.proof.upkeep import upkeep
from pipeline.proof.verify import holds, verify
from pipeline.publish import only_writer
from pipeline.records import MistakeError
from pipeline.stages import SENTENCE
from tests.test_chain_of_seals import NOW as SEALED_AT
from tests.test_evidence import home_of
from tests.test_ingest import FIRST, SOURCES, A, B, C, archive, how, ledger, page, rows, seen, tables

LATER = FIRST + timedelta(days=100)
FURNITURE = b"<!-- " + random.Random(1).randbytes(9_000).hex().encode() + b" -->"
DULL = page("La fête des lilas", "On a dansé jusqu'au soir sur la place.") + FURNITURE
DULL_AGAIN = page("La fête des lilas", "On a dansé jusqu'à minuit sur la place.")
SECRET = "Rien de ce paragraphe ne doit rester, car le site réserve la fouille de ses textes. " * 4
RESERVED = page("Un titre réservé", f"{SECRET}</p><p>La mairie a acheté BriefCam l'an dernier.</p><p>{SECRET}")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a little of everything, read."""
    archive(tmp_path / "archive", "vigie-1", [
        seen(0, "feed/", b"<rss/>" * 50, role="door"), seen(1, "lille", A), seen(2, "fete", DULL),
        seen(3, "fete", DULL_AGAIN), seen(4, "vide", b"   "), seen(5, "lille", B),
        seen(6, "fete", b"", status=304, same_as="a"), seen(7, "lille", b"<title>Introuvable</title>", status=404),
        seen(8, "perdu", b"<title>404</title>", status=404),
        seen(9, "image", b"\x00\x01", response_headers=(("Content-Type", "image/png"),)),
    ])  # fmt: skip
    archive(tmp_path / "archive", "vigie-2", [seen(98 * 1440, "neuf", replace_title("Neuf"))])
    archive(tmp_path / "archive", "import-a", [seen(0, "ailleurs", DULL)])
    archive(tmp_path / "archive", "reserved-1", [seen(10, "reserve", RESERVED, reserved=True)])
    ingest(tmp_path / "archive", tmp_path / "vigie.duckdb", how(), ledger())
    return tmp_path


def replace_title(title: str) -> bytes:
    return DULL.replace("La fête des lilas".encode(), title.encode())


def withheld(home: Path) -> set[str]:
    return {row[0].rpartition("/")[2] for row in rows(home / "vigie.duckdb", "SELECT url FROM captures WHERE withheld")}


def bodies(home: Path) -> bytes:
    files = sorted((home / "archive").glob("*.warc.gz"))
    return b"".join(capture.body for file in files for capture, _ in read_archive(file))


def run(home: Path, days: int = 90) -> Retained:
    return retain(home / "archive", home / "vigie.duckdb", days, LATER)


def test_what_matched_nothing_is_dropped_after_its_time_and_all_else_stays(home: Path) -> None:
    before = tables(home / "vigie.duckdb", "captures", "archive_files")
    assert retain(home / "archive", home / "vigie.duckdb", 90, LATER, dry_run=True).captures == 7
    assert not withheld(home)
    done = run(home)
    assert (done.files, done.captures) == (2, 7) and done.bytes > 0
    assert withheld(home) == {"", "fete", "vide", "perdu", "image", "reserve"}
    left = bodies(home)
    assert "dansé jusqu'à minuit".encode() not in left and b"BriefCam" in left and b"Introuvable" in left
    assert b"Neuf" in left, "not old enough"
    assert tables(home / "vigie.duckdb", "captures", "archive_files") == before
    assert run(home) == Retained()


def test_a_rebuild_and_an_ingest_after_it_give_the_same_tables(home: Path) -> None:
    run(home)
    before = tables(home / "vigie.duckdb")
    ingest(home / "archive", home / "vigie.duckdb", how(), ledger())
    assert tables(home / "vigie.duckdb") == before
    rebuild(home / "archive", home / "vigie.duckdb", how(), ledger())
    assert tables(home / "vigie.duckdb") == before


def test_the_chain_says_it_and_the_archive_holds(home: Path) -> None:
    run(home)
    links = read_chain((home / "archive" / CHAIN).read_bytes())[0]
    assert [(link.kind, link.file) for link in links if link.kind == "rewritten"] == [
        ("rewritten", "reserved-1-00000.warc.gz"), ("rewritten", "vigie-1-00000.warc.gz")
    ]  # fmt: skip
    assert "6 captures without their bytes" in links[-1].note
    assert verify_archive(home / "archive") == []
    for file in (home / "archive").glob("*.warc.gz"):
        program = "import sys; from warcio.cli import main; main(['check', '-v', sys.argv[1]])"
        done = subprocess.run([sys.executable, "-c", program, str(file)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def test_of_a_reserved_site_only_title_match_and_hash_are_kept(home: Path) -> None:
    database = home / "vigie.duckdb"
    ((title, text),) = rows(database, "SELECT title, text FROM articles WHERE url LIKE '%reserve'")
    assert (title, text) == ("Un titre réservé", "La mairie a acheté BriefCam l'an dernier.")
    placed = rows(
        database,
        'SELECT m.surface, m.start, m."end", a.text, m.sentence FROM mentions m JOIN articles a ON a.id = m.article_id'
        " WHERE a.url LIKE '%reserve' AND m.field = 'text'",
    )
    assert placed and all(text[start:end] == surface for surface, start, end, text, _ in placed)
    assert all(len(sentence) <= SENTENCE for *_, sentence in placed)
    run(home)
    for file in home.rglob("*"):
        if file.is_file() and file.suffix == ".duckdb":
            assert SECRET[:40].encode() not in file.read_bytes()
    assert SECRET[:40].encode() not in bodies(home)


def test_a_long_sentence_is_cut_around_its_words(tmp_path: Path) -> None:
    long = f"Et {'toujours et encore ' * 40} BriefCam {'ainsi de suite ' * 40} fin."
    archive(tmp_path / "archive", "reserved-1", [seen(0, "r", page("Titre", long), reserved=True)])
    ingest(tmp_path / "archive", tmp_path / "vigie.duckdb", how())
    ((text,),) = rows(tmp_path / "vigie.duckdb", "SELECT text FROM articles")
    assert len(text) == SENTENCE and "BriefCam" in text


KILLED = """
import os, sys
from datetime import datetime
from pathlib import Path
from pipeline import archive, kept, store
from pipeline.proof import chain
from pipeline.proof import retention
LATER = datetime.fromisoformat(sys.argv[3])
home, after, step = Path(sys.argv[1]), int(sys.argv[2]), 0
ROOMS = {"pipeline.proof.retention", "pipeline.proof.chain", "pipeline.kept"}
def watch(frame, event, arg):
    global step
    if event in ("call", "c_call") and frame.f_globals.get("__name__") in ROOMS:
        step += 1
        if step == after:
            os.kill(os.getpid(), 9)
sys.setprofile(watch)
retention.retain(home / "archive", home / "vigie.duckdb", 90, LATER)
sys.setprofile(None)
print("steps", step)
"""


def test_killed_at_any_step_it_is_finished_or_undone_by_the_next(home: Path) -> None:
    original = {file: file.read_bytes() for file in home.rglob("*") if file.is_file()}
    retain(home / "archive", home / "vigie.duckdb", 90, LATER)
    undisturbed = tables(home / "vigie.duckdb")
    steps = kills = 0
    for after in (0, *random.Random(5).sample(range(1, 10_000), 9_999)):
        if after > steps > 0 or kills == 9:
            continue
        for file in [file for file in home.rglob("*") if file.is_file()]:
            file.unlink()
        for file, content in original.items():
            file.write_bytes(content)
        done = subprocess.run(
            [sys.executable, "-c", KILLED, str(home), str(after), LATER.isoformat()], capture_output=True, check=False
        )
        if not after:
            steps = int(done.stdout.split()[-1])
            continue
        assert done.returncode == -9, done.stderr
        kills += 1
        run(home)
        assert verify_archive(home / "archive") == [], f"killed at step {after}"
        assert tables(home / "vigie.duckdb") == undisturbed, f"killed at step {after}"
        assert not list((home / "archive").glob(f"*{SUFFIX}"))
    assert kills == 9


def test_killed_before_the_database_says_it_an_ingest_follows(tmp_path: Path) -> None:
    """The file is written anew, and longer than it was: what was read of it is not where the next reading goes on."""
    doors = [seen(minute, f"feed/{minute}", b"<rss/>", role="door") for minute in range(30)]
    file = archive(tmp_path / "archive", "vigie-1", [*doors, seen(40, "fete", DULL_AGAIN)])
    database = tmp_path / "vigie.duckdb"
    ingest(tmp_path / "archive", database, how(), ledger())
    unpublished, size = database.read_bytes(), file.stat().st_size
    assert run(tmp_path).captures == 31
    after = tables(database)
    assert file.stat().st_size > size
    database.write_bytes(unpublished)
    ingest(tmp_path / "archive", database, how(), ledger())
    assert tables(database) == after


def test_the_upkeep_of_a_busy_database_is_left_for_the_next_run(home: Path) -> None:
    with only_writer(home / "vigie.duckdb"):
        (said,) = upkeep(Home(home), LATER)
    assert "another Vigie" in said and not withheld(home)
    assert upkeep(Home(home), LATER) == [] and "fete" in withheld(home)


def test_a_reserved_page_is_dropped_by_each_run_and_all_else_once_a_day(home: Path) -> None:
    now = datetime.now(UTC)
    upkeep(Home(home), now)
    archive(home / "archive", "reserved-2", [seen(11, "reserve2", RESERVED, reserved=True)])
    archive(home / "archive", "vigie-3", [seen(12, "bal", replace_title("Le bal"))])
    ingest(home / "archive", home / "vigie.duckdb", how(), ledger())
    assert upkeep(Home(home), now + timedelta(hours=1)) == []
    assert "reserve2" in withheld(home) and b"fouille" not in bodies(home)
    assert "bal" not in withheld(home)
    upkeep(Home(home), now + timedelta(hours=25))
    assert "bal" in withheld(home)


def test_what_is_no_longer_kept_cannot_be_proved_and_what_matched_can(home: Path) -> None:
    seal(home / "archive", SEALED_AT)
    run(home)
    made = home_of(home, dict(SOURCES))
    assert holds(verify(made.pack("/lille"), processes=0))
    with pytest.raises(MistakeError, match="no longer kept"):
        made.pack("/fete")


def test_an_address_that_matches_later_keeps_what_comes_later(home: Path) -> None:
    run(home)
    archive(home / "archive", "vigie-3", [seen(101 * 1440, "fete", C), seen(102 * 1440, "fete", A)])
    ingest(home / "archive", home / "vigie.duckdb", how(), ledger())
    before = tables(home / "vigie.duckdb")
    retain(home / "archive", home / "vigie.duckdb", 90, LATER + timedelta(days=200))
    assert b"BriefCam" in bodies(home)
    rebuild(home / "archive", home / "vigie.duckdb", how(), ledger())
    after = tables(home / "vigie.duckdb")
    for name in ("articles", "versions", "mentions", "failures"):
        assert after[name] == before[name]


GARBLED = [
    b"", b"{}", b"[]", b"3", b"[" * 100_000, b'{"article": {"access": "full"}, "unread": null}',
    b'{"article": {"access": []}, "unread": null}', b'{"article": 3, "unread": null}',
    b'{"article": null, "unread": [1]}',
]  # fmt: skip


@pytest.mark.parametrize("block", GARBLED)
def test_a_garbled_reading_is_a_fault_and_no_traceback(block: bytes) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        parsed(block, "id", None)


def test_a_reading_comes_back_as_it_was() -> None:
    record = conversion("a" * 32, "https://a.exemple/", Kept(None, ("empty", "rien")), LATER)
    assert record.startswith(b"\x1f\x8b")
    assert parsed(json.dumps({"article": None, "unread": ["empty", "rien"]}).encode(), "x", None) == Kept(
        None, ("empty", "rien")
    )


def test_the_command_says_what_it_would_drop_and_drops_it(home: Path) -> None:
    def vigie(*words: str) -> str:
        command = [sys.executable, "-m", "pipeline.cli", "--home", str(home), *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    (home / "vigie.toml").write_text("retention_days = 30\n")
    assert "8 captures in 3 files would lose their bytes" in vigie("retention", "--dry-run")
    assert "8 captures in 3 files have lost their bytes" in vigie("retention")
    assert vigie("verify", "--archive").endswith("the archive holds\n")
