"""The store: rows in and out unharmed, and a published file that is always whole, whoever else has it open."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.records import MistakeError
from pipeline.store import QUERIES, Store, newest, reading, writing

KEY = ("watch", "channel", "event", "article_id", "topic", "version")


def told(article: str, text: str = "cnil") -> dict[str, object]:
    """A row of `announced`: the table with the simplest columns."""
    at = datetime(2024, 11, 21, 7, 30, tzinfo=UTC)
    return dict(zip(KEY, ("w", "terminal", "match", article, text, "1"), strict=True)) | {"announced_at": at}


def articles(path: Path) -> list[str]:
    with reading(path) as store:
        return [row[0] for row in store.select("SELECT article_id FROM announced ORDER BY ALL").rows]


def write(path: Path, *names: str) -> None:
    with writing(path) as store:
        store.insert("announced", map(told, names), KEY)


def python(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run some code in a process of its own."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, check=False, capture_output=True, text=True)


OTHER = """
import sys, json, duckdb
connection = duckdb.connect(sys.argv[1], read_only=sys.argv[2] == "read")
print(json.dumps("open"), flush=True)
for line in sys.stdin:
    print(json.dumps(connection.execute(line).fetchall(), default=str), flush=True)
connection.close()
print(json.dumps("closed"), flush=True)
"""


class Colleague:
    """Another process, in which someone has the database open with DuckDB itself."""

    def __init__(self, path: Path, way: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", OTHER, str(path), way], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.hear() == "open"

    def hear(self) -> Any:
        assert self.process.stdout
        return json.loads(self.process.stdout.readline())

    def ask(self, sql: str) -> Any:
        assert self.process.stdin
        self.process.stdin.write(sql + "\n")
        self.process.stdin.flush()
        return self.hear()

    def leave(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        assert self.hear() == "closed"
        assert self.process.wait() == 0


@contextmanager
def colleague(path: Path, way: str) -> Iterator[Colleague]:
    one = Colleague(path, way)
    try:
        yield one
    finally:
        one.process.kill()
        one.process.wait()
        for pipe in (one.process.stdin, one.process.stdout):
            assert pipe
            pipe.close()


def test_a_new_database_has_the_tables_and_a_format_that_older_duckdbs_read(tmp_path: Path) -> None:
    path = tmp_path / "new" / "vigie.duckdb"
    write(path, "a")
    write(path, "b")
    with reading(path) as store:
        tables = {row[0] for row in store.select("SELECT table_name FROM information_schema.tables").rows}
        assert {
            "meta",
            "sources",
            "runs",
            "captures",
            "articles",
            "versions",
            "mentions",
            "matches",
            "latest",
        } <= tables
        assert store.select("SELECT tags['storage_version'] FROM duckdb_databases() WHERE path IS NOT NULL").rows == [
            ("v1.5.0+",)
        ]
    assert sorted(file.name for file in path.parent.iterdir()) == ["vigie.duckdb", "vigie.duckdb.lock"]


def test_a_block_that_fails_publishes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "vigie.duckdb"
    write(path, "a")
    before = path.read_bytes()
    with pytest.raises(ZeroDivisionError), writing(path) as store:
        store.insert("announced", [told("b")], KEY)
        _ = 1 / 0
    assert path.read_bytes() == before
    assert not (tmp_path / "vigie.duckdb.work").exists()


@pytest.mark.parametrize("way", ["read", "write"])
def test_someone_with_the_database_open_neither_stops_a_run_nor_is_disturbed(tmp_path: Path, way: str) -> None:
    path = tmp_path / "vigie.duckdb"
    write(path, "a")
    with colleague(path, way) as other:
        assert other.ask("SELECT article_id FROM announced") == [["a"]]
        write(path, "b")
        assert articles(path) == ["a", "b"]
        assert other.ask("SELECT article_id FROM announced") == [["a"]]
        with colleague(path, "read") as newcomer:
            assert newcomer.ask("SELECT count(*) FROM announced") == [[2]]
        other.leave()
    assert articles(path) == ["a", "b"]


def test_someone_who_writes_in_the_database_is_not_disturbed_and_his_log_harms_nobody(tmp_path: Path) -> None:
    path = tmp_path / "vigie.duckdb"
    write(path, "a")
    with colleague(path, "write") as other:
        other.ask("CREATE TABLE mine AS SELECT 1 AS x")
        assert (tmp_path / "vigie.duckdb.wal").exists(), "the test needs a log beside the file"
        assert articles(path) == ["a"]  # though it is locked and has a log
        write(path, "b")
        assert not (tmp_path / "vigie.duckdb.wal").exists()
        assert articles(path) == ["a", "b"]
        other.ask("INSERT INTO mine VALUES (2)")
        assert other.ask("SELECT x FROM mine ORDER BY x") == [[1], [2]]
        write(path, "c")
        other.leave()
    assert articles(path) == ["a", "b", "c"]


def test_the_log_of_a_killed_programme_harms_nobody(tmp_path: Path) -> None:
    path = tmp_path / "vigie.duckdb"
    write(path, "a")
    with colleague(path, "write") as other:
        write(path, "b")  # from here on the colleague has a file open that has no name any more
        other.ask("CREATE TABLE mine AS SELECT 1 AS x")
        other.process.kill()
        other.process.wait()
    assert (tmp_path / "vigie.duckdb.wal").exists(), "the test needs a log that belongs to another file"
    assert articles(path) == ["a", "b"]
    write(path, "c")
    assert articles(path) == ["a", "b", "c"]
    with duckdb.connect(str(path)) as plain:
        assert plain.execute("SELECT count(*) FROM announced").fetchall() == [(3,)]


def test_a_log_of_rubbish_harms_nobody(tmp_path: Path) -> None:
    path = tmp_path / "vigie.duckdb"
    write(path, "a")
    (tmp_path / "vigie.duckdb.wal").write_bytes(os.urandom(4096))
    assert articles(path) == ["a"]
    write(path, "b")
    assert articles(path) == ["a", "b"]


def test_the_second_writer_is_told_to_try_later(tmp_path: Path) -> None:
    path = tmp_path / "vigie.duckdb"
    code = (
        "import sys; from pathlib import Path\n"
        "from pipeline.publish import BusyError; from pipeline.store import writing\n"
        "try:\n    with writing(Path(sys.argv[1])): print('wrote')\n"
        "except BusyError as busy: print(busy)"
    )
    with writing(path):
        assert python(code, path).stdout == f"{path}: another Vigie is writing in it; try again when it has ended\n"
    assert python(code, path).stdout == "wrote\n"


WRITER = """
import os, sys
from pathlib import Path
from pipeline import publish, store
KEY = ("watch", "channel", "event", "article_id", "topic", "version")
def told(name):
    return dict(zip(KEY, ("w", "terminal", "match", name, "cnil", "1"))) | {"announced_at": "2024-11-21T07:30:00+00:00"}
ROOMS = {"pipeline.store", "pipeline.publish", "shutil"}
path, after, step = Path(sys.argv[1]), int(sys.argv[2]), 0
def watch(frame, event, arg):
    global step
    if event in ("call", "c_call") and frame.f_globals.get("__name__") in ROOMS:
        step += 1
        if step == after:
            os.kill(os.getpid(), 9)
sys.setprofile(watch)
with store.writing(path) as db:
    with db.transaction():
        db.insert("announced", [told("b"), told("c")], KEY)
sys.setprofile(None)
print("steps", step)
"""


def test_kill_9_at_any_step_leaves_the_published_file_whole(tmp_path: Path) -> None:
    """The process kills itself at the nth call within the store; some n, the first and the last ones among them."""
    path = tmp_path / "vigie.duckdb"
    write(path, "a")
    original = path.read_bytes()
    steps = int(python(WRITER, path, 0).stdout.split()[-1])
    assert steps > 100, "the test needs steps to be killed at"
    for after in (1, *sorted(random.Random(5).sample(range(2, steps - 1), 9)), steps - 1):
        path.write_bytes(original)
        done = python(WRITER, path, after)
        assert done.returncode == -signal.SIGKILL, done.stderr
        assert articles(path) in (["a"], ["a", "b", "c"])
        with duckdb.connect(str(path)) as plain:  # as a user would, who knows nothing of the leftovers
            plain.execute("FROM announced").fetchall()
    write(path, "d")
    assert articles(path) == ["a", "b", "c", "d"]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["vigie.duckdb", "vigie.duckdb.lock"]


def test_a_full_disk_leaves_the_published_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "vigie.duckdb"
    write(path, "a")
    before = path.read_bytes()
    code = (
        "import resource, signal, sys; from pathlib import Path; from pipeline.store import writing\n"
        "from tests.test_store import KEY, told\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)\n"
        "with writing(Path(sys.argv[1])) as store:\n"
        "    store.insert('announced', (told(str(n), 'x' * 10_000) for n in range(1000)), KEY)\n"
    )
    for room in (len(before) // 2, len(before) + 100_000):
        done = python(code, path, room)
        assert done.returncode == 1, f"the disk was not full: {done}"
        assert path.read_bytes() == before
        assert not (tmp_path / "vigie.duckdb.work").exists()
    write(path, "b")
    assert articles(path) == ["a", "b"]


def test_no_database_and_no_database_of_ours_are_said_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "vigie.duckdb"
    with pytest.raises(MistakeError, match="no database yet"), reading(path):
        pass
    path.write_text("a text\n" * 1000)
    with pytest.raises(MistakeError, match="vigie rebuild") as fault, reading(path):
        pass
    assert "\n" not in str(fault.value)
    with pytest.raises(MistakeError, match="vigie rebuild"), writing(path):
        pass
    path.unlink()
    with duckdb.connect(str(path)) as plain:
        plain.execute("CREATE TABLE theirs (x INTEGER)")
    with pytest.raises(MistakeError, match="not a database of Vigie"), writing(path):
        pass


@pytest.mark.parametrize("damage", ["cut", "flipped"])
def test_a_damaged_database_is_said_in_one_sentence_with_its_cure(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "vigie.duckdb"
    with writing(path) as store:
        store.insert("announced", (told(str(n), random.Random(n).randbytes(2_000).hex()) for n in range(1000)), KEY)
    data = bytearray(path.read_bytes())
    if damage == "cut":
        del data[len(data) // 3 :]
    else:
        for at in range(4 * 4096, len(data), 4096):
            data[at] ^= 1
    path.write_bytes(data)
    for way in (reading, writing):
        with pytest.raises(MistakeError, match="damaged") as fault, way(path) as store:
            store.select("FROM announced")
        assert "vigie rebuild" in str(fault.value) and "\n" not in str(fault.value)
    assert path.read_bytes() == data


def test_any_folder_will_do_but_one_that_duckdb_cannot_open(tmp_path: Path) -> None:
    path = tmp_path / "g[ab]*x/é 'q\" %41\n{a}" / "vigie.duckdb"
    write(path, "a")
    write(path, "b")
    assert articles(path) == ["a", "b"]
    with pytest.raises(MistakeError, match="another home"), writing(tmp_path / "why?" / "vigie.duckdb"):
        pass


def test_a_newer_database_is_refused_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "vigie.duckdb"
    with writing(path) as store:
        store.note("schema", "99")
    before = path.read_bytes()
    for way in (reading, writing):
        with pytest.raises(MistakeError, match="newer Vigie") as fault, way(path):
            pass
        assert "\n" not in str(fault.value)
    assert path.read_bytes() == before


def test_a_migration_is_applied_once_with_a_copy_kept(tmp_path: Path) -> None:
    path, steps = tmp_path / "vigie.duckdb", tmp_path / "migrations"
    write(path, "a")
    before = path.read_bytes()
    steps.mkdir()
    ours = newest(QUERIES / "migrations")
    (steps / f"{ours + 1:03d}_notes.sql").write_text(
        "ALTER TABLE announced ADD COLUMN note VARCHAR; UPDATE announced SET note = 'old';"
    )
    (steps / f"{ours + 2:03d}_more.sql").write_text("CREATE TABLE more (x INTEGER);")
    assert newest(steps) == ours + 2
    for _ in range(2):
        with writing(path, migrations=steps) as store:
            assert store.select("SELECT note FROM announced").rows == [("old",)]
            assert store.select("SELECT value FROM meta WHERE key = 'schema'").rows == [(str(ours + 2),)]
            assert store.select("FROM more").rows == []
    assert (tmp_path / f"vigie.duckdb.schema-{ours}").read_bytes() == before
    with pytest.raises(MistakeError, match="newer Vigie"), reading(path):
        pass


def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    path, steps = tmp_path / "vigie.duckdb", tmp_path / "migrations"
    write(path, "a")
    before = path.read_bytes()
    steps.mkdir()
    (steps / "099_wrong.sql").write_text("CREATE TABLE more (x INTEGER); SELECT no_such_column FROM meta;")
    with pytest.raises(duckdb.BinderException), writing(path, migrations=steps):
        pass
    assert path.read_bytes() == before


def test_inserting_twice_changes_nothing_and_replacing_replaces(tmp_path: Path) -> None:
    path = tmp_path / "vigie.duckdb"
    failure: dict[str, object] = {"stage": "fetch", "reason": "refused", "url": "https://exemple.fr/", "detail": ""}
    failure |= {"failed_at": datetime(2024, 1, 1, tzinfo=UTC), "source": None, "status": 403}
    key = ("failed_at", "url", "source", "run_id")
    with writing(path) as store:
        assert store.insert("failures", [failure, failure], key) == 1  # nulls are equal to one another
        assert store.insert("failures", [failure], key) == 0
        assert store.insert("archive_files", [{"file": "a", "read_to": 1}], ("file",)) == 1
        assert store.insert("archive_files", [{"file": "a", "read_to": 2}], ("file",), replace=True) == 1
        assert store.insert("archive_files", [], ("file",)) == 0
        assert store.select("FROM archive_files").dicts() == [{"file": "a", "read_to": 2}]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with writing(tmp_path_factory.mktemp("store") / "vigie.duckdb") as opened:
        yield opened


ANY = st.text(st.characters(codec=None, categories=None), max_size=200)
HARD = [
    "\ud800",
    "a\udfff\U0001f600",
    "nul\0nul",
    "\u2028\u0085\r\n",
    '"\\',
    "\x1b[31m",
    "﷽",
    "\ud83d\ude00",
    "'; DROP--",
]


@given(st.lists(ANY | st.sampled_from(HARD), min_size=1, max_size=20))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_comes_back_as_it_was_but_for_lone_surrogates(store: Store, texts: list[str]) -> None:
    store.run("DELETE FROM announced")
    rows = [told(str(n), text) for n, text in enumerate(texts)]
    assert store.insert("announced", rows, KEY) == len(rows)
    assert store.insert("announced", rows, KEY) == 0
    back = store.select("SELECT topic FROM announced ORDER BY article_id::INTEGER").rows
    assert [row[0] for row in back] == [text.encode(errors="replace").decode() for text in texts]


def test_huge_texts_and_far_dates_come_back(store: Store) -> None:
    store.run("DELETE FROM announced")
    huge = "BriefCam é " * 1_700_000  # longer than the longest object that read_json takes by default
    far = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    store.insert("announced", [told("x", huge) | {"announced_at": far}, told("y")], KEY)
    rows = store.select("SELECT topic, announced_at FROM announced ORDER BY article_id").rows
    assert rows[0] == (huge, far)
    assert rows[1][1] == datetime(2024, 11, 21, 7, 30, tzinfo=UTC)
