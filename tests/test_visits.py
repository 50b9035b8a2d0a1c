"""The crawler's memory: what is noted stays, whoever writes beside it and however it ends."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.rhythm import GONE_LOOKS, LONGER, RHYTHM, look_for_gone, next_look, next_try
from crawler.visits import Entry, Named, Visits
from pipeline.records import Failure, Hint, MistakeError, Run

NOW = datetime(2024, 11, 18, 7, tzinfo=UTC)
HOUR = timedelta(hours=1)
FEED = "http://titre.example/rss.xml"
TIMES = st.timedeltas(timedelta(0), timedelta(days=9000)).map(lambda since: since + datetime(2000, 1, 1, tzinfo=UTC))


def named(*paths: str, key: str = "titre", old: frozenset[str] = frozenset()) -> Named:
    entries = [Entry(f"http://titre.example/{path}", Hint(path, NOW - HOUR)) for path in paths]
    return Named(key, "feed", FEED, entries, old, len(entries))


def due(visits: Visits, when: datetime = NOW, key: str = "titre", **more: bool) -> list[str]:
    return [page.url.rpartition("/")[2] for page in visits.due(key, when, 100, **more)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "crawl.sqlite"


@pytest.fixture
def visits(path: Path) -> Visits:
    return Visits(path)


class TestPages:
    def test_a_page_is_due_until_it_was_answered(self, visits: Visits) -> None:
        assert visits.read_door(FEED, "r", [named("a", "b")], NOW, ("e", "m")) == 2
        assert visits.read_door(FEED, "r", [named("b", "c")], NOW) == 1
        assert due(visits) == ["a", "b", "c"]
        visits.answered("https://titre.example/a", 200, ("x", None), NOW)
        assert due(visits) == ["b", "c"]
        (again,) = (page for page in visits.due("titre", NOW + 2 * HOUR, 9) if page.key.endswith("/a"))
        assert (again.etag, again.last_modified, again.fetched_at) == ("x", None, NOW)
        assert visits.count_due("titre", NOW + 2 * HOUR) == 3

    def test_variants_of_an_address_are_one_page(self, visits: Visits) -> None:
        variants = ["http://www.titre.example/a", "https://titre.example/a/", "http://titre.example/a?utm_source=x#top"]
        found = [Named("titre", "feed", FEED, [Entry(url) for url in variants])]
        assert visits.read_door(FEED, "r", found, NOW) == 1
        assert [page.url for page in visits.due("titre", NOW, 9)] == variants[:1]

    def test_what_is_only_remembered_is_asked_for_when_going_back(self, visits: Visits) -> None:
        old = frozenset({"http://titre.example/b"})
        visits.read_door(FEED, "r", [named("a", "b", old=old)], NOW)
        assert due(visits) == ["a"]
        visits.read_door(FEED + " since", "r", [named("b", "c")], NOW, back=True)
        assert due(visits) == ["a"] and visits.count_due("titre", NOW) == 1
        assert due(visits, back=True) == ["a", "b", "c"]
        visits.answered("https://titre.example/b", 200, (None, None), NOW)
        assert due(visits, NOW + 2 * HOUR) == ["a", "b"], "once fetched it is a page like any other"

    def test_an_entry_that_changed_later_is_due_again(self, visits: Visits) -> None:
        visits.read_door(FEED, "r", [named("a")], NOW)
        visits.answered("https://titre.example/a", 200, (None, None), NOW)
        changed = Entry("http://titre.example/a", changed_at=NOW + timedelta(minutes=5))
        at = NOW + timedelta(minutes=10)
        visits.read_door(FEED, "r", [Named("titre", "feed", FEED, [changed])], NOW)
        assert due(visits, at) == []
        visits.read_door(FEED, "r", [Named("titre", "feed", FEED, [changed])], at)
        assert due(visits, at) == ["a"]

    def test_failures_are_tried_again_less_and_less_often_and_then_given_up(self, visits: Visits) -> None:
        visits.read_door(FEED, "r", [named("a")], NOW)
        at, tries = NOW, 0
        while due(visits, at + timedelta(days=8)):
            at += timedelta(days=8)
            visits.failed("https://titre.example/a", 500, at)
            tries += 1
        assert tries == 6

    def test_what_others_read_is_no_news_for_them_only(self, visits: Visits) -> None:
        visits.read_door(FEED, "un", [named("a", key="un"), named("a", "b", key="deux")], NOW, ("e", "m"))
        known = visits.door(FEED, "un")
        assert known and (known.etag, known.last_modified, known.entries) == ("e", "m", {"un": 1, "deux": 2})
        assert visits.door(FEED, "un and trois") is None
        assert visits.door_read_at(FEED) == NOW
        assert due(visits, key="un") == ["a"] and due(visits, key="deux") == ["b"]
        assert {(key.rpartition("/")[2], source) for key, source, _ in visits.sightings()} == {
            ("a", "un"), ("a", "deux"), ("b", "deux"),
        }  # fmt: skip
        assert visits.sightings(NOW + HOUR) == []


class TestProcesses:
    def test_several_crawls_write_at_once(self, path: Path) -> None:
        context = multiprocessing.get_context("spawn")
        processes = [context.Process(target=_write, args=(path, str(n))) for n in range(4)]
        for process in processes:
            process.start()
        for process in processes:
            process.join(60)
        assert [process.exitcode for process in processes] == [0] * 4
        visits = Visits(path)
        assert visits.conduct()[0].requests == 4 * 100
        assert [len(due(visits, key=str(n))) for n in range(4)] == [100] * 4
        assert len(visits.sightings()) == 4 * 100 + 4

    def test_the_entries_of_a_door_survive_a_kill_before_they_were_fetched(self, path: Path) -> None:
        _killed(_read_then_die, path)
        visits = Visits(path)
        known = visits.door(FEED, "r")
        assert known and known.etag == "e", "the next answer may be a 304"
        assert due(visits) == ["a", "b"]

    def test_a_kill_while_a_door_is_noted_leaves_nothing_of_it(self, path: Path) -> None:
        _killed(_die_while_reading, path)
        visits = Visits(path)
        assert visits.door(FEED, "r") is None
        assert due(visits) == []

    def test_another_version_is_the_users_mistake(self, path: Path) -> None:
        Visits(path).close()
        db = sqlite3.connect(path)
        db.execute("PRAGMA user_version = 99")
        db.close()
        with pytest.raises(MistakeError, match=r"crawl\.sqlite was written by another version of Vigie"):
            Visits(path)


def _killed(target: object, path: Path) -> None:
    process = multiprocessing.get_context("spawn").Process(target=target, args=(path,))  # type: ignore[arg-type]
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL


def _write(path: Path, name: str) -> None:
    visits = Visits(path)
    for n in range(100):
        found = [Named(name, "feed", FEED, [Entry(f"http://{name}.example/{n}"), Entry("http://tous.example/a")])]
        visits.read_door(f"{FEED}?{name}", name, found, NOW)
        visits.count_request("titre.example", NOW, 1)
    visits.answered("https://tous.example/a", 200, (None, None), NOW)


def _read_then_die(path: Path) -> None:
    Visits(path).read_door(FEED, "r", [named("a", "b")], NOW, ("e", "m"))
    os.kill(os.getpid(), signal.SIGKILL)


class _Deadly(Sequence[Entry]):
    """Entries of which the second kills."""

    def __len__(self) -> int:
        return 3

    def __getitem__(self, index: int) -> Entry:  # type: ignore[override]
        if index:
            os.kill(os.getpid(), signal.SIGKILL)
        return Entry("http://titre.example/a")


def _die_while_reading(path: Path) -> None:
    Visits(path).read_door(FEED, "r", [Named("titre", "feed", FEED, _Deadly())], NOW)


class TestAccounts:
    def test_runs_and_failures_are_given_back(self, visits: Visits) -> None:
        run = Run("20241118", "titre", NOW, None, outcome="cut")
        visits.keep_run(run)
        ended = Run("20241118", "titre", NOW, NOW + HOUR, 3, 2, 1, 4096, 0, 1, 0, True, 1.5, "ok")
        visits.keep_run(ended)
        failure = Failure(NOW, "fetch", "refused", FEED, "titre", "HTTP 403", 403, "20241118")
        visits.fail(failure)
        visits.fail(failure)
        assert visits.runs() == [ended]
        assert visits.failures() == [failure, failure]

    def test_requests_are_counted_by_host_and_day(self, visits: Visits) -> None:
        for hours, size, refused in [(0, 10, False), (1, 20, True), (24, 5, False)]:
            visits.count_request("titre.example", NOW + hours * HOUR, size, refused=refused)
        days = [(c.day, c.requests, c.bytes, c.refusals, c.errors) for c in visits.conduct()]
        assert days == [("2024-11-18", 2, 30, 1, 0), ("2024-11-19", 1, 5, 0, 0)]

    def test_reservations_keep_their_first_and_last_day(self, visits: Visits) -> None:
        for hours in (0, 5):
            visits.reserve("http://titre.example", "header", "", NOW + hours * HOUR)
        (one,) = visits.reservations()
        assert (one.origin, one.said_by, one.first_at, one.last_at) == (
            "http://titre.example", "header", NOW, NOW + 5 * HOUR,
        )  # fmt: skip


class TestRhythm:
    @given(first=TIMES, age=st.timedeltas(timedelta(0), timedelta(days=900)), matched=st.booleans())
    def test_the_next_look_is_later_and_the_rhythm_falls(self, first: datetime, age: timedelta, matched: bool) -> None:
        now = first + age
        again = next_look(first, None, now, matched=matched)
        steps = RHYTHM + (LONGER if matched else ())
        assert again is None or (again > now and again - first in steps)
        assert (again is None) == (age >= steps[-1])

    def test_an_old_article_is_past_its_early_edits(self) -> None:
        assert next_look(NOW, NOW - timedelta(days=400), NOW) == NOW + RHYTHM[-1]
        assert next_look(NOW, NOW - timedelta(days=1), NOW) == NOW + RHYTHM[0]

    @given(tries=st.integers(0, 50), now=TIMES)
    def test_a_failing_page_waits_longer_each_time(self, tries: int, now: datetime) -> None:
        waits = [next_try(n, now) for n in range(tries)]
        later = [when for when in waits if when]
        assert later == sorted(set(later)) and all(when > now for when in later)

    def test_gone_takes_two_days_of_looks(self) -> None:
        at, looks = NOW, 1
        while (again := look_for_gone(looks, seen_before=True, now=at)) is not None:
            at, looks = again, looks + 1
        assert looks == GONE_LOOKS and at - NOW >= timedelta(days=2)
