"""Ingest: what is stored follows from the captures alone, however and however often they come."""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.archive import ArchiveWriter, Exchange
from pipeline.ask import ask
from pipeline.history import Kept
from pipeline.ingest import Ingest, Ledger, adopt, ingest, rebuild
from pipeline.questions import load_queries
from pipeline.records import Failure, Run, Source
from pipeline.retag import retag
from pipeline.rules import Rules, load_rules
from pipeline.stages import read_file
from pipeline.store import reading, writing
from pipeline.workers import Limits

NOW = datetime(2025, 4, 10, 6, tzinfo=UTC)
FIRST = datetime(2024, 11, 21, 7, tzinfo=UTC)
SOURCES = {
    "gazette": Source("gazette", "La Gazette", "regional", ("59350",), home="https://gazette.exemple/"),
    "mairie": Source("mairie", "La mairie", "municipal", ("59512",), home="https://mairie.exemple/"),
}
FILLER = "Le conseil municipal a ensuite parlé de la voirie, des écoles et du budget de l'année qui vient. " * 3
LEDGER = ("sources", "runs", "failures", "announced", "archive_files", "meta")
RELATED = ("article_places", "statements", "texts", "likenesses", "stories")
TABLES = (*LEDGER, "captures", "articles", "versions", "mentions", *RELATED, "latest", "matches")


@cache
def rules() -> Rules:
    return load_rules(None)


def how(processes: int = 0, **more: Any) -> Ingest:
    return Ingest(SOURCES, rules(), "test", NOW, processes, **more)


def page(title: str, words: str) -> bytes:
    return (
        f"<!DOCTYPE html><html lang=fr><head><meta charset=utf-8><title>{title}</title>"
        '<meta property="article:published_time" content="2024-11-21T08:00:00+01:00"></head>'
        f"<body><article><h1>{title}</h1><p>{words}</p><p>{FILLER}</p></article></body></html>"
    ).encode(errors="surrogatepass")


def seen(minute: int, path: str, body: bytes, **more: Any) -> Exchange:
    """What was answered `minute` minutes after the first fetch."""
    url = f"https://gazette.exemple/{path}"
    fields: dict[str, Any] = {"status": 200, "source": "gazette", "door": "feed", "role": "page", "requested_url": url}
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    return Exchange(
        url=url,
        fetched_at=FIRST + timedelta(minutes=minute),
        request_headers=(),
        body=body,
        **(fields | {"response_headers": headers} | more),
    )


def archive(folder: Path, name: str, exchanges: Iterable[Exchange]) -> Path:
    with ArchiveWriter(folder, name, "vigie test") as writer:
        for exchange in exchanges:
            writer.write(exchange)
    return folder / f"{name}-00000.warc.gz"


A = page("Lille et BriefCam", "La ville utilise le logiciel BriefCam.")
B = page("Lille et BriefCam", "La ville utilise un logiciel.")
C = page("Lille change", "La ville n'utilise plus rien de tel.")


def tables(database: Path, *but: str) -> dict[str, list[tuple[Any, ...]]]:
    """All that is stored, in an order of its own."""
    with reading(database) as store:
        return {name: sorted(store.select(f"FROM {name}").rows, key=repr) for name in TABLES if name not in but}


def rows(database: Path, sql: str) -> list[tuple[Any, ...]]:
    with reading(database) as store:
        return store.select(sql).rows


@pytest.fixture
def home(tmp_path: Path) -> Path:
    archive(tmp_path / "archive", "20241121", story())
    return tmp_path


def story() -> list[Exchange]:
    """A little of everything: articles, an edit, a door, a page that is gone, one that cannot be read."""
    return [
        seen(0, "feed/", b"<rss/>", role="door"),
        seen(1, "lille", A),
        seen(2, "caen", page("Caen efface", "La CNIL n'a pas reçu d'AIPD.")),
        seen(3, "vide", b"   "),
        seen(4, "lille", B),
        seen(5, "perdu", b"<html><title>Introuvable</title></html>", status=404),
        seen(6, "fichier", b"\x00\x01\x02", response_headers=(("Content-Type", "application/zip"),)),
    ]


def test_captures_become_articles_versions_and_mentions(home: Path) -> None:
    database = home / "vigie.duckdb"
    kept = ingest(home / "archive", database, how())
    assert kept == Kept(captures=7, articles=2, versions=3, mentions=kept.mentions, failures=2)
    assert rows(database, "SELECT title, source, first_seen_at FROM articles ORDER BY first_seen_at") == [
        ("Lille et BriefCam", "gazette", FIRST + timedelta(minutes=1)),
        ("Caen efface", "gazette", FIRST + timedelta(minutes=2)),
    ]
    assert rows(database, "SELECT role, status, article_id IS NULL FROM captures ORDER BY fetched_at") == [
        ("door", 200, True),
        ("page", 200, False),
        ("page", 200, False),
        ("page", 200, True),
        ("page", 200, False),
        ("page", 404, True),
        ("page", 200, True),
    ]
    assert rows(database, "SELECT reason, source FROM failures ORDER BY failed_at") == [
        ("empty", "gazette"),
        ("unsupported", "gazette"),
    ]
    assert rows(database, "SELECT topic FROM matches ORDER BY topic") == [("aipd",), ("briefcam",), ("cnil",)]


def test_mentions_stand_where_they_say_in_titles_and_texts(home: Path) -> None:
    database = home / "vigie.duckdb"
    ingest(home / "archive", database, how())
    places = rows(
        database,
        """
        SELECT m.field, m.surface, m.start, m."end", if(m.field = 'title', v.title, coalesce(v.text, a.text)) AS whole
        FROM mentions m JOIN versions v USING (article_id, version) JOIN articles a ON a.id = m.article_id""",
    )
    assert {place[0] for place in places} == {"title", "text"}
    assert [surface for _, surface, start, end, whole in places if whole[start:end] != surface] == []


def test_ingesting_twice_changes_nothing(home: Path) -> None:
    database = home / "vigie.duckdb"
    ingest(home / "archive", database, how())
    before = tables(database)
    assert ingest(home / "archive", database, how()) == Kept()
    assert tables(database) == before
    with writing(database) as store:  # even when what was read is forgotten
        store.run("DELETE FROM archive_files")
    assert ingest(home / "archive", database, how()) == Kept()
    assert tables(database) == before


def test_an_article_that_goes_back_to_what_it_was_has_three_versions(tmp_path: Path) -> None:
    database = tmp_path / "vigie.duckdb"
    archive(tmp_path / "archive", "1", [seen(n, "lille", body) for n, body in enumerate((A, A, B, A, A))])
    ingest(tmp_path / "archive", database, how())
    versions = rows(database, "SELECT version, text IS NULL, seen_at FROM versions ORDER BY seen_at")
    assert [(shown[1], shown[2]) for shown in versions] == [
        (True, FIRST),
        (False, FIRST + timedelta(minutes=2)),
        (False, FIRST + timedelta(minutes=3)),
    ]
    assert versions[0][0] == versions[2][0] != versions[1][0]
    in_title = rows(database, "SELECT DISTINCT version FROM mentions WHERE field = 'title'")
    assert len(in_title) == 2, "mentions are kept by version"
    assert len(rows(database, "FROM mentions WHERE field = 'text' AND surface = 'BriefCam'")) == len(
        rows(database, "SELECT DISTINCT version, start FROM mentions WHERE field = 'text' AND surface = 'BriefCam'")
    ), "and once for a version that came back"


def test_the_same_bytes_again_are_a_capture_and_nothing_new(tmp_path: Path) -> None:
    again = seen(5, "lille", b"", status=304, same_as=hashlib.sha256(A).hexdigest())
    archive(tmp_path / "archive", "1", [seen(0, "lille", A), seen(3, "lille", b"", status=404), again])
    kept = ingest(tmp_path / "archive", tmp_path / "vigie.duckdb", how())
    assert kept == Kept(captures=3, articles=1, versions=1, mentions=kept.mentions)
    removed = load_queries()["removed"]
    assert ask(tmp_path / "vigie.duckdb", removed.sql, removed.values({})).rows == []


def test_a_match_says_whether_it_is_still_there(tmp_path: Path) -> None:
    database = tmp_path / "vigie.duckdb"
    archive(tmp_path / "archive", "1", [seen(0, "lille", A), seen(1, "lille", C), seen(0, "roubaix", A)])
    ingest(tmp_path / "archive", database, how())
    found = rows(database, "SELECT url, title, still_there FROM matches WHERE topic = 'briefcam' ORDER BY url")
    assert found == [
        ("https://gazette.exemple/lille", "Lille et BriefCam", False),
        ("https://gazette.exemple/roubaix", "Lille et BriefCam", True),
    ]
    assert rows(database, "SELECT title FROM latest ORDER BY url") == [("Lille change",), ("Lille et BriefCam",)]


VISITS = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from(["lille", "lyon"]), st.sampled_from([A, B, C])), min_size=1, max_size=8
)


@given(VISITS, st.integers(1, 4), st.randoms(use_true_random=False))
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_order_of_arrival_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory,
    visits: list[tuple[int, str, bytes]],
    files: int,
    chance: random.Random,
) -> None:
    """Captures spread over files that come one at a time, in any order, give what they give all at once."""
    home = tmp_path_factory.mktemp("order")
    written = [
        archive(home / "all", str(n), [seen(minute, path, body) for minute, path, body in visits[n::files]])
        for n in range(files)
        if visits[n::files]
    ]
    ingest(home / "all", home / "all.duckdb", how())
    chance.shuffle(written)
    (home / "some").mkdir()
    for file in written:
        (home / "some" / file.name).write_bytes(file.read_bytes())
        ingest(home / "some", home / "some.duckdb", how())
    assert tables(home / "some.duckdb") == tables(home / "all.duckdb")


def test_the_number_of_processes_does_not_matter(home: Path) -> None:
    for processes in (0, 1, 2):
        ingest(home / "archive", home / f"{processes}.duckdb", how(processes))
    assert tables(home / "1.duckdb") == tables(home / "2.duckdb") == tables(home / "0.duckdb")


def test_a_page_that_takes_too_long_costs_itself_and_not_the_batch(home: Path) -> None:
    database = home / "vigie.duckdb"
    kept = ingest(home / "archive", database, how(1, limits=Limits(seconds=0)))
    assert kept.captures == 7
    # One that is done before anyone looks is in time: it is then what it would have been.
    assert ("extract", "timeout", "not done after 0 s") in rows(database, "SELECT stage, reason, detail FROM failures")
    assert rows(
        database, "FROM captures WHERE role = 'page' AND status = 200 AND article_id IS NULL"
        " AND id NOT IN (SELECT capture_id FROM failures)"
    ) == []  # fmt: skip
    assert ingest(home / "archive", database, how()) == Kept()


def test_an_engine_can_map_the_reading_of_files(home: Path) -> None:
    file = home / "archive" / "20241121-00000.warc.gz"
    read = list(read_file(file, 0, SOURCES, rules()))
    assert [findings.article.title for _, findings, _ in read if findings.article] == [
        "Lille et BriefCam",
        "Caen efface",
        "Lille et BriefCam",
    ]
    assert not any(capture.body for capture, _, _ in read)
    assert len(list(read_file(file, read[3][2], SOURCES, rules()))) == len(read) - 4


def test_what_is_still_being_written_is_read_later(home: Path) -> None:
    database, file = home / "vigie.duckdb", home / "archive" / "20241121-00000.warc.gz"
    whole = file.read_bytes()
    for size in (len(whole) // 3, len(whole) // 2, len(whole) - 10, len(whole)):
        file.write_bytes(whole[:size])
        ingest(home / "archive", database, how())
    parts = tables(database)
    ingest(home / "archive", home / "whole.duckdb", how())
    assert parts == tables(home / "whole.duckdb")


def test_a_damaged_record_is_a_failure_once_and_the_rest_is_read(home: Path) -> None:
    database, file = home / "vigie.duckdb", home / "archive" / "20241121-00000.warc.gz"
    ingest(home / "archive", home / "whole.duckdb", how())
    offset = rows(home / "whole.duckdb", "SELECT \"offset\" FROM captures WHERE requested_url LIKE '%caen'")[0][0]
    data = bytearray(file.read_bytes())
    data[offset + 40 : offset + 60] = bytes(20)
    file.write_bytes(data)
    ingest(home / "archive", database, how())
    assert len(rows(database, "FROM captures")) == 6
    assert [row[0] for row in rows(database, "SELECT reason FROM failures WHERE stage = 'archive'")] == ["damaged"]
    with writing(database) as store:
        store.run("DELETE FROM archive_files")
    ingest(home / "archive", database, how())
    assert len(rows(database, "FROM failures WHERE stage = 'archive'")) == 1


KILLED = """
import os, sys
from pathlib import Path
from tests.test_ingest import how, ingest
home, after = Path(sys.argv[1]), int(sys.argv[2])
calls = 0
def die(done, total):
    global calls
    calls += 1
    if calls == after:
        os.kill(os.getpid(), 9)
ingest(home / "archive", home / "vigie.duckdb", how(progress=die))
"""


def test_killed_and_run_again_gives_the_same(home: Path) -> None:
    ingest(home / "archive", home / "undisturbed.duckdb", how())
    for after in (1, 4, 7):
        done = subprocess.run([sys.executable, "-c", KILLED, str(home), str(after)], check=False)
        assert done.returncode == -9, "the process was to be killed"
    ingest(home / "archive", home / "vigie.duckdb", how())
    assert tables(home / "vigie.duckdb") == tables(home / "undisturbed.duckdb")


def ledger() -> Ledger:
    run = Run("20241121T070000", "gazette", FIRST, FIRST + timedelta(seconds=9), entries=3, new_pages=2, outcome="ok")
    refused = Failure(FIRST, "fetch", "refused", "https://mairie.exemple/", "mairie", "403", 403, "20241121T070000")
    return Ledger((run, replace(run, source="mairie", new_pages=0, outcome="refused")), (refused,))


def test_the_ledger_is_kept_and_a_run_that_was_cut_is_completed(home: Path) -> None:
    database = home / "vigie.duckdb"
    whole = ledger()
    cut = Ledger((replace(whole.runs[0], ended_at=None, outcome="cut"),), whole.failures)
    ingest(home / "archive", database, how(), cut)
    ingest(home / "archive", database, how(), whole)
    ingest(home / "archive", database, how(), whole)
    assert rows(database, "SELECT source, outcome FROM runs ORDER BY source") == [
        ("gazette", "ok"),
        ("mairie", "refused"),
    ]
    assert rows(database, "SELECT source, status FROM failures WHERE stage = 'fetch'") == [("mairie", 403)]
    assert rows(database, "SELECT key, area FROM sources ORDER BY key") == [
        ("gazette", ["59350"]),
        ("mairie", ["59512"]),
    ]


def test_a_rebuild_equals_what_it_replaces(home: Path) -> None:
    database = home / "vigie.duckdb"
    ingest(home / "archive", database, how(), ledger())
    archive(home / "archive", "20241122", [seen(-5, "lille", C), seen(9, "lille", A), seen(9, "nord", A)])
    ingest(home / "archive", database, how(), ledger())
    with writing(database) as store:
        told = {
            "watch": "w",
            "channel": "terminal",
            "event": "match",
            "article_id": "x",
            "topic": "cnil",
            "version": "1",
        }
        store.insert("announced", [told | {"announced_at": NOW}], tuple(told))
        store.run("CREATE TABLE mine (x INTEGER)")
    before = tables(database)
    assert len(before["announced"]) == 1
    rebuild(home / "archive", database, how(2), ledger())
    assert tables(database) == before


def test_other_peoples_archives_are_taken_in_once(home: Path, tmp_path: Path) -> None:
    theirs = archive(tmp_path / "theirs", "wget", [seen(0, "ailleurs", A)])
    taken = adopt(theirs, home / "archive")
    assert adopt(theirs, home / "archive") == taken
    assert taken.read_bytes() == theirs.read_bytes()
    ingest(home / "archive", home / "vigie.duckdb", how())
    assert rows(home / "vigie.duckdb", "SELECT file FROM captures WHERE url LIKE '%ailleurs'") == [(taken.name,)]


HOSTILE = [
    "\x1b]0;pwned\x07", "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "\u202egnp.exe", "../../etc/passwd",
    "'; DROP TABLE articles; --", "\ud800 seul", "\U0001f4f7" * 50,
]  # fmt: skip


def test_hostile_words_are_stored_as_words(tmp_path: Path) -> None:
    exchanges = [seen(n, f"h{n}", page(f"BriefCam {words}", words)) for n, words in enumerate(HOSTILE)]
    archive(tmp_path / "archive", "1", exchanges)
    ingest(tmp_path / "archive", tmp_path / "vigie.duckdb", how())
    assert len(rows(tmp_path / "vigie.duckdb", "FROM articles")) == len(HOSTILE)
    assert len(rows(tmp_path / "vigie.duckdb", "FROM matches WHERE topic = 'briefcam'")) == len(HOSTILE)


def fewer(topic: str) -> Rules:
    return Rules(tuple(rule for rule in rules().rules if rule.topic != topic))


@pytest.mark.parametrize("processes", [0, 2])
def test_retagging_equals_tagging_afresh(home: Path, processes: int) -> None:
    database = home / "vigie.duckdb"
    ingest(home / "archive", database, replace(how(), rules=fewer("cnil")))
    afresh = home / "afresh.duckdb"
    ingest(home / "archive", afresh, how())
    before = tables(database)
    dry = retag(database, rules(), SOURCES, dry_run=True, processes=processes)
    assert tables(database) == before
    assert [(change.change, change.topic, change.title) for change in dry] == [("gained", "cnil", "Caen efface")]
    assert retag(database, rules(), SOURCES, processes=processes) == dry
    assert tables(database) == tables(afresh)
    lost = retag(database, fewer("cnil"), SOURCES, processes=processes)
    assert [(change.change, change.topic) for change in lost] == [("lost", "cnil")]
    assert "CNIL" in lost[0].sentence
    assert tables(database) == before


def test_what_only_a_new_rule_finds_is_placed_and_told_with_the_others(home: Path) -> None:
    """And what no rule finds any more takes its text and its story with it."""
    alone = [
        seen(30, f"radars-{n}", page("La CNIL à Lille", f"La CNIL contrôle les radars de Lille, {n} fois."))
        for n in (2, 2, 9)
    ]
    archive(home / "archive", "20241125", alone)
    database, afresh = home / "vigie.duckdb", home / "afresh.duckdb"
    ingest(home / "archive", database, replace(how(), rules=fewer("cnil")))
    ingest(home / "archive", afresh, how())
    before = tables(database)
    retag(database, rules(), SOURCES, processes=0)
    assert tables(database) == tables(afresh)
    assert {"59350"} <= {code for (code,) in rows(database, "SELECT code FROM article_places")}
    retag(database, fewer("cnil"), SOURCES, processes=0)
    assert tables(database) == before


def test_it_is_known_that_rules_have_changed_until_all_is_tagged_anew(home: Path) -> None:
    database, by = home / "vigie.duckdb", "SELECT value FROM meta WHERE key = 'rules'"
    ingest(home / "archive", database, replace(how(), rules=fewer("cnil")))
    ingest(home / "archive", database, how())
    assert rows(database, by) == [(fewer("cnil").version,)]
    retag(database, rules(), SOURCES, processes=0)
    assert rows(database, by) == [(rules().version,)]


def test_the_schema_has_a_home_for_every_topic(home: Path) -> None:
    """Every stored mention is of a topic that the rules know, by their version."""
    database = home / "vigie.duckdb"
    ingest(home / "archive", database, how())
    stored = rows(database, "SELECT DISTINCT topic, rules_version FROM mentions")
    assert {topic for topic, _ in stored} <= set(rules().topics)
    assert {version for _, version in stored} == {rules().version}
    assert rows(database, "SELECT value FROM meta WHERE key = 'rules'") == [(rules().version,)]


def test_no_key_is_there_twice(home: Path) -> None:
    """The large tables have no index to refuse a second row: what inserts keeps their keys."""
    archive(home / "archive", "20241122", [seen(m, "lille", b) for m, b in ((9, C), (9, A), (-9, B), (9, C))])
    database = home / "vigie.duckdb"
    ingest(home / "archive", database, how())
    keys: Sequence[tuple[str, str]] = (
        ("captures", "id"), ("articles", "id"), ("versions", "capture_id"), ("latest", "article_id"),
        ("matches", "article_id, topic"), ("mentions", 'article_id, version, field, rule, start, "end"'),
    )  # fmt: skip
    for table, key in keys:
        assert rows(database, f"SELECT {key} FROM {table} GROUP BY {key} HAVING count(*) > 1") == [], table
