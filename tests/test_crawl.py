"""Whole crawls over a small web on loopback: what the ledger, the failures and the archive say of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from crawler.dates import PARIS
from crawler.visits import Visits
from pipeline.demo.server import Web, serve
from tests.scripted_web import MONDAY, Crawler, Told, captures, rss, source

PAGE = "<html><body><article><h1>Titre</h1><p>Un texte.</p></article></body></html>"
A, B = "http://titre.example/a", "http://titre.example/b"
FEED = "http://titre.example/rss.xml"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def host(name: str) -> str:
    return f"http://{name}.example"


# What a source's feed answers, and what the ledger is to say of it: (outcome, the failures' words).
FAULTY: dict[str, tuple[dict[str, Any], str, list[str]]] = {
    "refused": ({"status": 403}, "refused", ["refused"]),
    "too-many": ({"status": 429}, "refused", ["refused"]),
    "absent": ({"status": 404}, "gone", ["not_found"]),
    "removed": ({"status": 410}, "gone", ["not_found"]),
    "down": ({"status": 500}, "unreachable", ["server_error"]),
    "hangs": ({"fault": "hang"}, "unreachable", ["timeout"]),
    "resets": ({"fault": "reset"}, "unreachable", ["connection"]),
    "half": ({**rss((host("half") + "/a", "")), "fault": "truncate"}, "unreachable", ["truncated"]),
    "html": ({"body": PAGE}, "broken", ["not_a_feed"]),
    "garbage": ({"body": b"\x00\xff\xfe" * 500}, "broken", ["not_a_feed"]),
    "nothing": ({"body": ""}, "broken", ["not_a_feed"]),
    "empty": (rss(), "empty", []),
    "large": ({"body": b"x" * 30_000_000}, "broken", ["too_large"]),
    "home": ({"status": 302, "headers": {"Location": "/"}}, "broken", ["redirected_home"]),
    "loop": ({"status": 302, "headers": {"Location": "/rss.xml"}}, "broken", ["redirects"]),
    "nowhere": ({"status": 302}, "broken", ["redirects"]),
    "file": ({"status": 302, "headers": {"Location": "file:///etc/passwd"}}, "broken", ["redirects"]),
    "no-content": ({"status": 204}, "broken", ["no_content"]),
}


@pytest.fixture(scope="module")
def faulty(crawler: Crawler, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Told, Path]]:
    """One crawl of every faulty source, and of one that is well beside them."""
    rows = [{"url": host(key) + "/rss.xml", **row} for key, (row, _, _) in FAULTY.items()]
    rows += [{"url": host(key) + "/robots.txt", "status": 404} for key in FAULTY]
    rows.append({"url": host("well") + "/a", "body": PAGE, "title": "A"})
    home = tmp_path_factory.mktemp("faulty")
    with serve(Web.from_rows(rows)) as site:
        sources = [source(key, feed=host(key) + "/rss.xml") for key in [*FAULTY, "well"]]
        yield crawler.crawl(site, home, sources), home


class TestFaultyDoors:
    @pytest.mark.parametrize("key", FAULTY)
    def test_a_faulty_door_has_its_row(self, faulty: tuple[Told, Path], key: str) -> None:
        told, _ = faulty
        _, outcome, reasons = FAULTY[key]
        run = told.runs[key]
        assert (run.outcome, told.reasons(key)) == (outcome, reasons), told.failures
        assert run.ended_at is not None and run.new_pages == 0
        assert run.refusals + run.errors == len(reasons)

    def test_the_others_are_read_and_the_crawl_ends_well(self, faulty: tuple[Told, Path]) -> None:
        told, home = faulty
        assert told.errors == 0, (home / "crawl.log").read_text()
        assert (told.runs["well"].outcome, told.runs["well"].new_pages) == ("ok", 1)

    def test_nothing_large_was_kept(self, faulty: tuple[Told, Path]) -> None:
        _, home = faulty
        assert sum(file.stat().st_size for file in (home / "archive").iterdir()) < 100_000


# What a page answers, and what the ledger is to say of it: (the failures' words, statuses in the archive).
FAULTY_PAGES: dict[str, tuple[dict[str, Any], list[str], list[int]]] = {
    "refused": ({"status": 403}, ["refused"], []),
    "absent": ({"status": 404}, ["not_found"], [404]),
    "removed": ({"status": 410, "body": "parti"}, ["not_found"], [410]),
    "down": ({"status": 503}, ["server_error"], []),
    "hangs": ({"fault": "hang"}, ["timeout"], []),
    "half": ({"body": PAGE, "fault": "truncate"}, ["truncated"], []),
    "large": ({"body": b"x" * 30_000_000}, ["too_large"], []),
    "loop": ({"status": 301, "headers": {"Location": "loop"}}, ["redirects"], []),
    "lies": ({"body": "<p>vidéosurveillance".encode("cp1252"), "type": "text/html; charset=utf-8"}, [], [200]),
    "nothing": ({"body": ""}, [], [200]),
    "home": ({"status": 302, "headers": {"Location": "/"}}, [], [200]),
    "well": ({"body": PAGE}, [], [200]),
}


@pytest.fixture(scope="module")
def pages(crawler: Crawler, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Told, Path]]:
    rows: list[dict[str, Any]] = [{"url": f"{host(key)}/{key}", **row} for key, (row, _, _) in FAULTY_PAGES.items()]
    rows += [{"url": host(key) + "/rss.xml", **rss((f"{host(key)}/{key}", ""))} for key in FAULTY_PAGES]
    home = tmp_path_factory.mktemp("pages")
    with serve(Web.from_rows(rows)) as site:
        yield crawler.crawl(site, home, [source(key, feed=host(key) + "/rss.xml") for key in FAULTY_PAGES]), home


class TestFaultyPages:
    @pytest.mark.parametrize("key", FAULTY_PAGES)
    def test_a_faulty_page_has_its_row(self, pages: tuple[Told, Path], key: str) -> None:
        told, home = pages
        _, reasons, statuses = FAULTY_PAGES[key]
        assert told.reasons(key) == reasons, told.failures
        assert [c.status for c in captures(home) if c.requested_url.endswith(f"/{key}")] == statuses
        assert (told.runs[key].outcome, told.runs[key].entries) == ("ok", 1)
        assert told.errors == 0, (home / "crawl.log").read_text()

    def test_the_archive_says_where_a_redirect_led(self, pages: tuple[Told, Path]) -> None:
        (capture,) = (c for c in captures(pages[1]) if c.requested_url.endswith("/home"))
        assert (capture.url, capture.status, capture.source) == ("http://home.example/", 200, "home")

    def test_what_is_gone_or_leads_home_is_looked_at_again_within_a_day(
        self, pages: tuple[Told, Path], crawler: Crawler
    ) -> None:
        _, home = pages
        rows = [{"url": host(key) + "/rss.xml", **rss()} for key in FAULTY_PAGES]
        with serve(Web.from_rows(rows)) as site:
            sources = [source(key, feed=host(key) + "/rss.xml") for key in ("absent", "home")]
            told = crawler.crawl(site, home, sources, MONDAY + 13 * HOUR)
        assert {f"{host(key)}/{key}" for key in ("absent", "home")} <= set(told.asked)


def site_of(**rows: Any) -> Web:
    """titre.example with an article at /a and one at /b, unless told otherwise: `feed`, `a`, `b`, `robots`."""
    feed = rss((A, "2024-11-18T06:00:00+00:00"), (B, "2024-11-17T06:00:00+00:00"))
    answers = {"feed": feed, "a": {"body": PAGE + "A"}, "b": {"body": PAGE + "B"}} | rows
    urls = {"feed": FEED, "a": A, "b": B, "robots": "http://titre.example/robots.txt"}
    return Web.from_rows([{"url": urls.get(name, name), **row} for name, row in answers.items()])


TITRE = source("titre", feed=FEED)


class TestRhythm:
    def test_a_crawl_with_nothing_new_costs_the_doors_only(self, crawler: Crawler, tmp_path: Path) -> None:
        with serve(site_of()) as site:
            first = crawler.crawl(site, tmp_path, [TITRE])
            assert sorted(first.asked) == [A, B, FEED]
            again = crawler.crawl(site, tmp_path, [TITRE], MONDAY + timedelta(minutes=10))
            assert again.asked == [FEED]
            assert {r.status for r in again.requests} == {304}
        run = again.runs["titre"]
        assert (run.outcome, run.entries, run.new_pages, run.not_modified, run.bytes) == ("ok", 2, 0, 1, 0)

    def test_articles_are_looked_at_again_at_a_falling_rhythm(self, crawler: Crawler, tmp_path: Path) -> None:
        looks = []
        with serve(site_of()) as site:
            for hour in (0, 0.9, 1.1, 5, 7, 23, 25, 50, 73, 74, 167, 169, 400, 721, 722, 1000):
                told = crawler.crawl(site, tmp_path, [TITRE], MONDAY + hour * HOUR)
                looks += [hour] * (A in told.asked)
        assert looks == [0, 1.1, 7, 25, 73, 169, 721]
        page = [c for c in captures(tmp_path) if c.url == A]
        assert [c.status for c in page] == [200] + [304] * 6
        assert len({c.payload_sha256 for c in page}) == 1 and [bool(c.body) for c in page] == [True] + [False] * 6

    def test_what_was_matched_is_looked_at_for_longer(self, crawler: Crawler, tmp_path: Path) -> None:
        matched = frozenset({"https://titre.example/a"})
        with serve(site_of()) as site:
            crawler.crawl(site, tmp_path, [TITRE])
            crawler.crawl(site, tmp_path, [TITRE], MONDAY + 31 * DAY)
            told = crawler.crawl(site, tmp_path, [TITRE], MONDAY + 32 * DAY, matched=matched)
            assert told.asked == [FEED]
            told = crawler.crawl(site, tmp_path, [TITRE], MONDAY + 91 * DAY, matched=matched)
        assert told.asked == [FEED, A]

    def test_what_is_doubted_is_looked_at_now_but_not_all_the_time(self, crawler: Crawler, tmp_path: Path) -> None:
        doubted = frozenset({"https://titre.example/b"})
        with serve(site_of()) as site:
            for hour, asked in [(0, [A, B]), (30, [A, B]), (36, []), (42, [B]), (46, [])]:
                told = crawler.crawl(site, tmp_path, [TITRE], MONDAY + hour * HOUR, doubted=doubted)
                assert told.asked == [FEED, *asked], f"after {hour} hours"

    def test_a_page_that_comes_back_leaves_its_mark(self, crawler: Crawler, tmp_path: Path) -> None:
        with serve(site_of()) as site:
            crawler.crawl(site, tmp_path, [TITRE])
            site.web.change(A, {"status": 404})
            crawler.crawl(site, tmp_path, [TITRE], MONDAY + DAY)
            site.web.change(A, {"body": PAGE + "A"})
            crawler.crawl(site, tmp_path, [TITRE], MONDAY + 2 * DAY)
        assert [c.status for c in captures(tmp_path) if c.url == A] == [200, 404, 304]

    def test_a_page_is_gone_after_looks_over_two_days_and_then_left_in_peace(
        self, crawler: Crawler, tmp_path: Path
    ) -> None:
        looks = []
        with serve(site_of()) as site:
            crawler.crawl(site, tmp_path, [TITRE])
            site.web.change(A, {"status": 410})
            for hour in [*range(4, 24 * 3, 6), 24 * 8, 24 * 31]:
                told = crawler.crawl(site, tmp_path, [TITRE], MONDAY + hour * HOUR)
                looks += [hour] * (A in told.asked)
        assert len(looks) == 5 and looks[-1] - looks[0] >= 48
        gone = [c for c in captures(tmp_path) if c.url == A and c.status == 410]
        assert len(gone) == 5


class TestBounds:
    def test_newest_first_within_the_budget_and_the_rest_next_time(self, crawler: Crawler, tmp_path: Path) -> None:
        dated = [(f"http://titre.example/{n}", f"2024-11-{n:02}T08:00:00+01:00") for n in range(1, 11)]
        rows = [{"url": url, "body": PAGE + url} for url, _ in dated]
        with serve(Web.from_rows([{"url": FEED, **rss(*dated)}, *rows])) as site:
            first = crawler.crawl(site, tmp_path, [TITRE], pages=4)
            assert first.asked == [FEED, *(f"http://titre.example/{n}" for n in (10, 9, 8, 7))]
            assert (first.runs["titre"].new_pages, first.runs["titre"].left) == (4, 6)
            second = crawler.crawl(site, tmp_path, [TITRE], MONDAY + timedelta(minutes=5), pages=4)
            assert second.asked == [FEED, *(f"http://titre.example/{n}" for n in (6, 5, 4, 3))]
            assert (second.runs["titre"].not_modified, second.runs["titre"].left) == (1, 2)

    def test_a_crawl_ends_in_time_and_says_what_it_left(self, crawler: Crawler, tmp_path: Path) -> None:
        slow = {"body": PAGE, "delay": 0.4}
        urls = [f"http://titre.example/{n}" for n in range(20)]
        rows = [{"url": FEED, **rss(*((url, "") for url in urls))}, *({"url": url, **slow} for url in urls)]
        with serve(Web.from_rows(rows)) as site:
            told = crawler.crawl(site, tmp_path, [TITRE], seconds=1.5)
        run = told.runs["titre"]
        assert run.ended_at and (run.ended_at - run.started_at).total_seconds() < 3
        assert run.outcome == "ok" and 1 <= run.new_pages <= 5
        assert run.new_pages + run.left == 20
        assert told.failures == [] and told.errors == 0

    def test_a_crawl_cut_before_the_doors_were_read_says_so(self, crawler: Crawler, tmp_path: Path) -> None:
        with serve(site_of(feed={**rss(), "delay": 0.9})) as site:
            told = crawler.crawl(site, tmp_path, [source("titre", feed=[FEED, "http://titre.example/2"])], seconds=0.3)
        assert (told.runs["titre"].outcome, told.failures) == ("cut", [])

    def test_one_host_that_cannot_be_read_is_one_row(self, crawler: Crawler, tmp_path: Path) -> None:
        urls = [f"http://loin.example/{n}" for n in range(30)]
        rows = [
            {"url": FEED, **rss(*((url, "") for url in urls), (A, ""))},
            {"url": A, "body": PAGE},
            {"url": "http://loin.example/robots.txt", "status": 503},
        ]
        with serve(Web.from_rows(rows)) as site:
            titre = source("titre", feed=FEED, home="http://loin.example/")
            told = crawler.crawl(site, tmp_path, [titre])
            assert [(f.reason, f.url) for f in told.failures] == [("robots_unreadable", told.failures[0].url)]
            assert (told.runs["titre"].new_pages, told.runs["titre"].left) == (1, 30)
            site.web.change("http://loin.example/robots.txt", {"body": ""})
            again = crawler.crawl(site, tmp_path, [titre], MONDAY + timedelta(minutes=10))
        assert set(urls) <= set(again.asked)

    def test_a_host_that_refuses_again_and_again_is_left_alone(self, crawler: Crawler, tmp_path: Path) -> None:
        urls = [f"http://titre.example/{n}" for n in range(30)]
        rows = [{"url": FEED, **rss(*((url, "") for url in urls))}, *({"url": url, "status": 403} for url in urls)]
        with serve(Web.from_rows(rows)) as site:
            told = crawler.crawl(site, tmp_path, [TITRE])
        assert 5 <= len(told.asked) - 1 <= 7
        run = told.runs["titre"]
        assert (run.outcome, run.left > 20, 5 <= run.refusals <= 8) == ("refused", True, True)

    def test_a_host_that_says_too_much_is_left_alone_at_once(self, crawler: Crawler, tmp_path: Path) -> None:
        with serve(site_of(a={"status": 429}, b={"status": 429})) as site:
            told = crawler.crawl(site, tmp_path, [TITRE])
        assert len(told.asked) == 2 and told.reasons("titre") == ["refused", "refused"]

    def test_no_host_is_asked_twice_at_once_nor_too_soon(self, crawler: Crawler, tmp_path: Path) -> None:
        moved = "http://ailleurs.example"
        rows: list[dict[str, Any]] = [
            {"url": FEED, **rss((A, ""), (B, ""), (moved + "/c", ""), (moved + "/d", ""))},
            {"url": A, "status": 301, "headers": {"Location": moved + "/a"}},
            {"url": B, "status": 301, "headers": {"Location": moved + "/b"}},
            *({"url": f"{moved}/{name}", "body": PAGE + name, "delay": 0.1} for name in "abcd"),
        ]
        with serve(Web.from_rows(rows)) as site:
            told = crawler.crawl(
                site,
                tmp_path,
                [source("titre", feed=FEED, delay=0.2), source("b", home=moved, delay=0.2, page=moved + "/c")],
            )
        times = sorted(
            r.time - (0.1 if r.status == 200 and "/robots" not in r.url else 0) for r in told.requests if moved in r.url
        )
        assert len(times) >= 6
        assert min(b - a for a, b in pairwise(times)) > 0.15

    def test_a_shared_door_is_read_once_and_its_bytes_shared_out(self, crawler: Crawler, tmp_path: Path) -> None:
        sources = [source("un", feed=FEED, include="/a"), source("deux", feed=FEED, include="/b")]
        with serve(site_of()) as site:
            told = crawler.crawl(site, tmp_path, sources)
        assert Counter(told.asked) == {FEED: 1, A: 1, B: 1}
        sent = sum(r.bytes for r in told.requests)
        assert sum(run.bytes for run in told.runs.values()) == sent
        assert abs(told.runs["un"].bytes - told.runs["deux"].bytes) <= 2
        assert {key: (run.entries, run.new_pages) for key, run in told.runs.items()} == {"un": (1, 1), "deux": (1, 1)}

    def test_a_closed_source_is_said_and_not_asked(self, crawler: Crawler, tmp_path: Path) -> None:
        with serve(site_of()) as site:
            told = crawler.crawl(site, tmp_path, [source("titre", feed=FEED, closed="robots.txt l'interdit")])
        assert (told.requests, told.runs["titre"].outcome) == ([], "closed")


def dated(*numbers: int, day: int = 18, hour: int = 6) -> dict[str, Any]:
    return rss(*((f"http://titre.example/{n}", f"2024-11-{day:02}T{hour:02}:00:00+00:00") for n in numbers))


class TestGaps:
    def web(self, **rows: Any) -> Web:
        pages = {f"http://titre.example/{n}": {"body": PAGE + str(n)} for n in range(1, 60)}
        return Web.from_rows([{"url": url, **row} for url, row in (pages | rows).items()])

    def test_a_feed_that_shows_only_news_has_a_gap(self, crawler: Crawler, tmp_path: Path) -> None:
        with serve(self.web(**{FEED: dated(1, 2)})) as site:
            first = crawler.crawl(site, tmp_path, [TITRE])
            site.web.change(FEED, dated(2, 3, day=19))
            second = crawler.crawl(site, tmp_path, [TITRE], MONDAY + DAY)
            site.web.change(FEED, dated(8, 9, day=20, hour=5))
            third = crawler.crawl(site, tmp_path, [TITRE], MONDAY + 2 * DAY)
            fourth = crawler.crawl(site, tmp_path, [TITRE], MONDAY + 2 * DAY + HOUR)
        assert [told.runs["titre"].gap for told in (first, second, third, fourth)] == [False, False, True, False]

    def test_old_entries_that_the_source_leaves_aside_make_no_gap(self, crawler: Crawler, tmp_path: Path) -> None:
        chosen = source("titre", feed=FEED, include=r"/(3|8)$")
        with serve(self.web(**{FEED: dated(1, 3)})) as site:
            crawler.crawl(site, tmp_path, [chosen])
            old = [
                ("http://titre.example/7", "2024-11-18T05:00:00+00:00"),
                ("http://titre.example/8", "2024-11-19T05:00:00+00:00"),
            ]
            site.web.change(FEED, rss(*old))
            told = crawler.crawl(site, tmp_path, [chosen], MONDAY + DAY)
        assert (told.runs["titre"].new_pages, told.runs["titre"].gap) == (1, False)

    def test_a_news_sitemap_that_reaches_back_fills_it(self, crawler: Crawler, tmp_path: Path) -> None:
        news = "http://titre.example/news.xml"
        both = source("titre", feed=FEED, sitemap=news)
        with serve(self.web(**{FEED: dated(1, 2), news: sitemap(1, 2)})) as site:
            crawler.crawl(site, tmp_path, [both])
            site.web.change(FEED, dated(8, 9, day=19))
            site.web.change(news, sitemap(*range(2, 10)))
            filled = crawler.crawl(site, tmp_path, [both], MONDAY + DAY)
            site.web.change(FEED, dated(28, 29, day=22, hour=5))
            site.web.change(news, sitemap(*range(20, 30), day=22))
            short = crawler.crawl(site, tmp_path, [both], MONDAY + 4 * DAY)
        assert (filled.runs["titre"].gap, filled.runs["titre"].new_pages) == (False, 7)
        assert short.runs["titre"].gap

    def test_missed_days_are_read_in_the_day_archive(self, crawler: Crawler, tmp_path: Path) -> None:
        days = {f"http://titre.example/archives/2024/{d:02}-11": d for d in range(1, 31)}
        rows = {url: {"body": f'<ul><li><a href="/{d}">Article {d}</a></ul>'} for url, d in days.items()}
        dailies = source("titre", feed=FEED, archive="http://titre.example/archives/%Y/%d-%m", include=r"/\d+$")

        def asked(told: Told) -> list[int]:
            return sorted(days[url] for url in told.asked if url in days)

        with serve(self.web(**rows, **{FEED: dated(18)})) as site:
            first = crawler.crawl(site, tmp_path, [dailies])
            assert asked(first) == [11, 12, 13, 14, 15, 16, 17, 18], "a new source brings its last seven days"
            assert first.runs["titre"].new_pages == 8
            assert asked(crawler.crawl(site, tmp_path, [dailies], MONDAY + HOUR)) == [17, 18], "before noon"
            assert asked(crawler.crawl(site, tmp_path, [dailies], MONDAY + 8 * HOUR)) == [17, 18]
            assert asked(crawler.crawl(site, tmp_path, [dailies], MONDAY + 9 * HOUR)) == [18]
            site.web.change(FEED, dated(29, day=28, hour=5))
            later = crawler.crawl(site, tmp_path, [dailies], MONDAY + 10 * DAY + 9 * HOUR)
        assert asked(later) == list(range(18, 29))
        assert (later.runs["titre"].gap, later.runs["titre"].new_pages) == (False, 11)

    def test_a_day_without_its_archive_is_a_failure_once(self, crawler: Crawler, tmp_path: Path) -> None:
        dailies = source("titre", feed=FEED, archive="http://titre.example/archives/%d-%m")
        with serve(self.web(**{FEED: dated(18)})) as site:
            first = crawler.crawl(site, tmp_path, [dailies], MONDAY + 12 * HOUR)
            again = crawler.crawl(site, tmp_path, [dailies], MONDAY + 13 * HOUR)
        assert first.reasons("titre") == ["not_found"] * 7, "today's may not be there yet"
        assert again.reasons("titre") == []


def sitemap(*numbers: int, day: int = 18, changed: bool = False) -> dict[str, Any]:
    """A news sitemap; with `changed`, an ordinary one, each page a day older than the one before."""
    news = "<news:news><news:publication_date>{when}</news:publication_date><news:title>T</news:title></news:news>"
    urls = "".join(
        f"<url><loc>http://titre.example/{n}</loc>"
        + (
            f"<lastmod>{(MONDAY - n * DAY + HOUR).isoformat()}</lastmod>"
            if changed
            else news.format(when=f"2024-11-{day:02}T05:00:00+00:00")
        )
        + "</url>"
        for n in numbers
    )
    spaces = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    return {"body": f"<urlset {spaces}>{urls}</urlset>", "type": "application/xml"}


class TestGoingBack:
    def test_a_new_source_brings_seven_days_of_a_plain_sitemap(self, crawler: Crawler, tmp_path: Path) -> None:
        plain = "http://titre.example/sitemap.xml"
        titre = source("titre", sitemap=plain)
        with serve(TestGaps().web(**{plain: sitemap(*range(1, 41), changed=True)})) as site:
            told = crawler.crawl(site, tmp_path, [titre])
            assert (told.runs["titre"].new_pages, told.runs["titre"].left) == (7, 0)
            site.web.change(plain, sitemap(*range(0, 41), changed=True))
            site.web.change("http://titre.example/0", {"body": PAGE})
            told = crawler.crawl(site, tmp_path, [titre], MONDAY + timedelta(minutes=5))
            assert told.runs["titre"].new_pages == 1
            back = crawler.crawl(
                site, tmp_path, [titre], MONDAY + timedelta(minutes=9), backfill=MONDAY - 20 * DAY - HOUR
            )
        assert back.runs["titre"].new_pages == 13

    def test_going_back_is_resumed_and_left_alone_by_other_crawls(self, crawler: Crawler, tmp_path: Path) -> None:
        since = datetime(2024, 10, 1, tzinfo=UTC)
        days = {(since + n * DAY).strftime("http://titre.example/archives/%Y-%m-%d"): n for n in range(60)}
        rows = {url: {"body": f'<a href="/{n}">Article</a>'} for url, n in days.items()}
        dailies = source("titre", archive="http://titre.example/archives/%Y-%m-%d", include=r"/\d+$")
        with serve(TestGaps().web(**rows)) as site:
            crawler.crawl(site, tmp_path, [dailies])
            first = crawler.crawl(site, tmp_path, [dailies], MONDAY + HOUR / 2, backfill=since, pages=10)
            assert (first.runs["titre"].new_pages, first.runs["titre"].left) == (10, 31 + 18 - 8 - 10)
            usual = crawler.crawl(site, tmp_path, [dailies], MONDAY + HOUR / 2 + timedelta(minutes=5))
            assert (usual.runs["titre"].new_pages, usual.runs["titre"].left) == (0, 0)
            second = crawler.crawl(site, tmp_path, [dailies], MONDAY + HOUR / 2 + timedelta(minutes=9), backfill=since)
        assert sum(url in days for url in second.asked) <= 2, "the days that were read are not read again"
        assert (second.runs["titre"].new_pages, second.runs["titre"].left) == (31 + 18 - 8 - 10 - 1, 0), (
            "one was never there"
        )

    def test_whole_sitemaps_and_paged_lists_are_read_only_then(self, crawler: Crawler, tmp_path: Path) -> None:
        index, pages = "http://titre.example/all.xml", "http://titre.example/breves/page/{page}/"
        months = {f"http://titre.example/all-{m}.xml": m for m in range(1, 12)}
        entries = "".join(
            f"<sitemap><loc>{url}</loc><lastmod>2024-{m:02}-28</lastmod></sitemap>" for url, m in months.items()
        )
        rows = {index: {"body": f"<sitemapindex>{entries}</sitemapindex>", "type": "application/xml"}}
        rows |= {url: sitemap(m + 20, day=1) for url, m in months.items()}
        rows |= {
            pages.format(page=n): {
                "body": f'<li><a href="/{n}">Brève</a> <time datetime="2024-{12 - n:02}-01"></time></li>'
            }
            for n in range(1, 9)
        }
        titre = source("titre", feed=FEED, history=(index, pages))
        with serve(TestGaps().web(**rows, **{FEED: dated(50)})) as site:
            usual = crawler.crawl(site, tmp_path, [titre])
            assert sorted(usual.asked) == ["http://titre.example/50", FEED]
            told = crawler.crawl(
                site, tmp_path, [titre], MONDAY + HOUR / 2, backfill=datetime(2024, 9, 1, tzinfo=PARIS)
            )
            again = crawler.crawl(
                site, tmp_path, [titre], MONDAY + HOUR * 0.9, backfill=datetime(2024, 9, 1, tzinfo=PARIS)
            )
        assert [m for url, m in months.items() if url in told.asked] == [9, 10, 11]
        assert [n for n in range(1, 9) if pages.format(page=n) in told.asked] == [1, 2, 3, 4]
        assert told.runs["titre"].new_pages == 3 + 3
        assert [m for url, m in months.items() if url in again.asked] == []


class TestDoors:
    def test_a_page_seen_at_several_doors_is_remembered_for_each(self, crawler: Crawler, tmp_path: Path) -> None:
        other = "http://autre.example/rss.xml"
        rows = [
            {"url": FEED, **rss((A, ""))},
            {"url": other, **rss((A + "?utm_source=rss", ""))},
            {"url": A, "body": PAGE},
        ]
        with serve(Web.from_rows(rows)) as site:
            told = crawler.crawl(site, tmp_path, [TITRE, source("autre", feed=other)])
        assert told.asked.count(A) + told.asked.count(A + "?utm_source=rss") == 1
        visits = Visits(tmp_path / "crawl.sqlite")
        assert sorted((key, name) for key, name, _ in visits.sightings()) == [
            ("https://titre.example/a", "autre"),
            ("https://titre.example/a", "titre"),
        ]
        visits.close()

    def test_a_watched_page_is_read_at_every_crawl(self, crawler: Crawler, tmp_path: Path) -> None:
        watched = source("page", page=A)
        with serve(site_of()) as site:
            runs = [crawler.crawl(site, tmp_path, [watched], MONDAY + n * DAY).runs["page"] for n in range(2)]
            site.web.change(A, {"body": PAGE + "changé"})
            runs.append(crawler.crawl(site, tmp_path, [watched], MONDAY + 2 * DAY).runs["page"])
        assert [(run.outcome, run.entries, run.new_pages) for run in runs] == [("ok", 1, 1), ("ok", 1, 0), ("ok", 1, 1)]
        assert [c.status for c in captures(tmp_path)] == [200, 304, 200]

    def test_documents_are_fetched_with_the_page_that_links_to_them(self, crawler: Crawler, tmp_path: Path) -> None:
        page = {"body": '<main><a href="lettre.pdf">Lettre</a> <a href="/b">b</a></main>'}
        rows = {"a": page, "http://titre.example/lettre.pdf": {"body": b"%PDF-1.4", "type": "application/pdf"}}
        with serve(site_of(**rows)) as site:
            told = crawler.crawl(site, tmp_path, [source("titre", feed=FEED, documents=True, include="/a")])
        assert told.asked == [FEED, A, "http://titre.example/lettre.pdf"]
        assert [(c.door, c.hint.title) for c in captures(tmp_path)] == [("feed", A), ("document", "Lettre")]

    def test_an_emptied_feed_is_said_even_when_it_does_not_change(self, crawler: Crawler, tmp_path: Path) -> None:
        with serve(site_of(feed=rss())) as site:
            runs = [crawler.crawl(site, tmp_path, [TITRE], MONDAY + n * DAY).runs["titre"] for n in range(2)]
        assert [(run.outcome, run.not_modified) for run in runs] == [("empty", 0), ("empty", 1)]

    def test_10_000_entries_are_noted_and_300_asked_for(self, crawler: Crawler, tmp_path: Path) -> None:
        urls = [f"http://titre.example/{n}" for n in range(10_000)]
        with serve(Web.from_rows([{"url": FEED, **rss(*((url, "") for url in urls))}])) as site:
            told = crawler.crawl(site, tmp_path, [TITRE], pages=20)
        run = told.runs["titre"]
        assert (run.outcome, run.entries, run.left) == ("ok", 10_000, 9_980)

    def test_an_index_of_500_sitemaps_is_cut_and_said(self, crawler: Crawler, tmp_path: Path) -> None:
        index = "http://titre.example/index.xml"
        urls = [f"http://titre.example/s/{n}.xml" for n in range(500)]
        body = "<sitemapindex>" + "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in urls) + "</sitemapindex>"
        rows = [{"url": index, "body": body}, *({"url": url, **sitemap(n)} for n, url in enumerate(urls))]
        with serve(Web.from_rows(rows)) as site:
            told = crawler.crawl(site, tmp_path, [source("titre", sitemap=index)], pages=0)
        assert sum(url in urls for url in told.asked) == 60
        assert told.runs["titre"].left == 440 + 60

    def test_a_calendar_trap_stays_within_the_budget(self, crawler: Crawler, tmp_path: Path) -> None:
        listing = "http://titre.example/agenda"

        def month(start: int) -> dict[str, Any]:
            return {"body": "".join(f'<a href="/agenda?day={start + n}">jour</a>' for n in range(400))}

        lefts = []
        with serve(Web.from_rows([{"url": listing, **month(0)}])) as site:
            for day in range(3):
                site.web.change(listing, month(day * 400))
                told = crawler.crawl(site, tmp_path, [source("titre", listing=listing)], MONDAY + day * DAY, pages=30)
                assert len(told.asked) == 31
                lefts.append(told.runs["titre"].left)
        assert lefts == sorted(lefts) and lefts[0] == 370


def test_the_archive_and_the_ledger_agree_with_the_webs_own_log(crawler: Crawler, tmp_path: Path) -> None:
    with serve(site_of()) as site:
        told = crawler.crawl(site, tmp_path, [TITRE])
    visits = Visits(tmp_path / "crawl.sqlite")
    (conduct,) = visits.conduct()
    visits.close()
    assert (conduct.host, conduct.day, conduct.requests) == ("titre.example", "2024-11-18", len(told.requests))
    assert conduct.bytes == sum(request.bytes for request in told.requests)
    assert {request.user_agent for request in told.requests} == {
        "Vigie/0.1.0 (press watch for local democracy; no contact given)"
    }
    assert {c.url for role in ("page", "door", "robots") for c in captures(tmp_path, role)} == {
        A,
        B,
        FEED,
        "http://titre.example/robots.txt",
    }
    assert json.dumps(sorted(c.source or "" for c in captures(tmp_path))) == '["titre", "titre"]'
