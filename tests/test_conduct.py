"""How the crawler behaves on other people's sites, seen from the sites' side."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.addresses import is_public
from crawler.reservations import in_meta, read_tdmrep
from crawler.visits import Visits
from pipeline.demo.server import Web, serve
from tests.scripted_web import MONDAY, Crawler, captures, rss, source

SITE = "http://titre.example"
FEED, A, B, ROBOTS = f"{SITE}/rss.xml", f"{SITE}/a", f"{SITE}/b", f"{SITE}/robots.txt"
PAGE = "<html><head></head><body><p>Un texte.</p></body></html>"
TITRE = source("titre", feed=FEED)
DAY = timedelta(days=1)


def web(**rows: dict[str, Any]) -> Web:
    """titre.example: `robots`, `feed`, `a`, `b`, or any other address."""
    urls = {"robots": ROBOTS, "feed": FEED, "a": A, "b": B}
    answers = {"feed": rss((A, ""), (B, "")), "a": {"body": PAGE + "A"}, "b": {"body": PAGE + "B"}} | rows
    return Web.from_rows([{"url": urls.get(name, name), **row} for name, row in answers.items()])


def robots(*lines: str, agent: str = "*") -> dict[str, Any]:
    return {"body": "\n".join([f"User-agent: {agent}", *lines]) + "\n", "type": "text/plain"}


class TestRobots:
    def test_what_is_forbidden_is_not_asked_for(self, crawler: Crawler, tmp_path: Path) -> None:
        with serve(web(robots=robots("Disallow: /b"))) as site:
            told = crawler.crawl(site, tmp_path, [TITRE])
        assert told.asked == [FEED, A]
        assert [(f.reason, f.url) for f in told.failures] == [("robots", B)]
        assert (told.runs["titre"].outcome, told.runs["titre"].refusals) == ("ok", 1)

    @pytest.mark.parametrize("agent", ["*", "Vigie", "vigie"])
    def test_all_forbidden_is_a_refused_source(self, crawler: Crawler, tmp_path: Path, agent: str) -> None:
        rules = robots("Disallow: /", agent=agent)
        rules["body"] += "\nUser-agent: GPTBot\nDisallow:\n"
        with serve(web(robots=rules)) as site:
            told = crawler.crawl(site, tmp_path, [TITRE])
        assert [r.url for r in told.requests] == [ROBOTS]
        assert (told.runs["titre"].outcome, told.reasons("titre")) == ("refused", ["robots"])

    def test_rules_for_others_are_not_ours(self, crawler: Crawler, tmp_path: Path) -> None:
        with serve(web(robots=robots("Disallow: /", agent="GPTBot"))) as site:
            assert crawler.crawl(site, tmp_path, [TITRE]).asked == [FEED, A, B]

    @pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
    def test_none_means_that_all_is_allowed(self, crawler: Crawler, tmp_path: Path, status: int) -> None:
        with serve(web(robots={"status": status})) as site:
            assert crawler.crawl(site, tmp_path, [TITRE]).runs["titre"].new_pages == 2

    @pytest.mark.parametrize(
        "answer", [{"status": 500}, {"status": 503}, {"status": 429}, {"fault": "reset"}, {"fault": "hang"}], ids=str
    )
    def test_one_that_cannot_be_read_means_that_nothing_is_asked(
        self, crawler: Crawler, tmp_path: Path, answer: dict[str, Any]
    ) -> None:
        with serve(web(robots=answer)) as site:
            told = crawler.crawl(site, tmp_path, [TITRE], timeout=0.3)
            assert {r.url for r in told.requests} == {ROBOTS}
            assert (told.runs["titre"].outcome, told.reasons("titre")) == ("unreachable", ["robots_unreadable"])
            site.web.change(ROBOTS, {"status": 404})
            told = crawler.crawl(site, tmp_path, [TITRE], MONDAY + DAY)
        assert told.runs["titre"].new_pages == 2

    @pytest.mark.parametrize("hosts", [1, 4])
    def test_a_feed_whose_articles_stand_where_none_can_be_read_is_not_called_unreachable(
        self, crawler: Crawler, tmp_path: Path, hosts: int
    ) -> None:
        there = [f"http://loin{n % hosts}.example" for n in range(4)]
        entries = rss(*((f"{host}/{n}", "2024-11-18T06:00:00Z") for n, host in enumerate(there)))
        robots = {f"{host}/robots.txt": {"status": 500} for host in there}
        with serve(web(feed=entries, **robots)) as site:
            told = crawler.crawl(site, tmp_path, [TITRE])
        run = told.runs["titre"]
        assert (run.outcome, run.entries, run.new_pages) == ("shut", 4, 0)
        assert told.reasons("titre") == ["robots_unreadable"] * hosts, "one row a host"

    def test_a_redirected_one_is_followed(self, crawler: Crawler, tmp_path: Path) -> None:
        there = "http://www.titre.example/robots.txt"
        with serve(
            web(robots={"status": 301, "headers": {"Location": there}}, **{there: robots("Disallow: /b")})
        ) as site:
            assert crawler.crawl(site, tmp_path, [TITRE]).asked == [FEED, A]

    def test_one_that_is_redirected_without_end_means_that_nothing_is_asked(
        self, crawler: Crawler, tmp_path: Path
    ) -> None:
        with serve(web(robots={"status": 302, "headers": {"Location": "/robots.txt"}})) as site:
            told = crawler.crawl(site, tmp_path, [TITRE])
        assert told.asked == [] and told.reasons("titre") == ["robots_unreadable"]

    def test_it_is_read_once_a_crawl_kept_and_asked_for_by_its_validators(
        self, crawler: Crawler, tmp_path: Path
    ) -> None:
        with serve(web(robots=robots("Disallow: /b"))) as site:
            first = crawler.crawl(site, tmp_path, [TITRE])
            assert [r.url for r in first.requests].count(ROBOTS) == 1
            second = crawler.crawl(site, tmp_path, [TITRE], MONDAY + DAY)
            (again,) = (r for r in second.requests if r.url == ROBOTS)
            assert again.status == 304 and again.if_none_match
            assert B not in second.asked, "the kept rules hold"
            site.web.change(ROBOTS, robots("Disallow: /"))
            third = crawler.crawl(site, tmp_path, [TITRE], MONDAY + 2 * DAY)
        assert third.asked == [] and third.runs["titre"].outcome == "refused"
        assert [c.body for c in captures(tmp_path, "robots")] == [
            b"User-agent: *\nDisallow: /b\n", b"User-agent: *\nDisallow: /\n"
        ]  # fmt: skip

    def test_a_longer_delay_is_kept(self, crawler: Crawler, tmp_path: Path) -> None:
        with serve(web(robots=robots("Crawl-delay: 0.4"))) as site:
            told = crawler.crawl(site, tmp_path, [TITRE])
        times = [r.time for r in told.requests][1:]
        assert min(b - a for a, b in pairwise(times)) > 0.35

    def test_a_host_that_cuts_a_kept_connection_is_not_asked_again_before_its_delay(
        self, crawler: Crawler, tmp_path: Path
    ) -> None:
        with serve(web(a={"fault": "reset"})) as site:
            told = crawler.crawl(site, tmp_path, [replace(TITRE, delay=0.3)])
        assert [r.url for r in told.requests if r.url == A] == [A, A], "asked twice, as any that fails"
        times = [request.time for request in told.requests]
        assert min(b - a for a, b in pairwise(times)) > 0.28

    def test_garbage_is_no_error(self, crawler: Crawler, tmp_path: Path) -> None:
        with serve(web(robots={"body": os.urandom(3000) + b"\nDisallow /\nCrawl-delay: soon\n" * 50})) as site:
            told = crawler.crawl(site, tmp_path, [TITRE])
        assert (told.errors, told.runs["titre"].new_pages) == (0, 2)


class TestPublicAddresses:
    @pytest.mark.parametrize(
        "address",
        ["127.0.0.1", "127.255.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0",
         "100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1",
         "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b:1::7f00:1", "2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b::a01:203"],
    )  # fmt: skip
    def test_private_addresses(self, address: str) -> None:
        assert not is_public(address)

    @pytest.mark.parametrize("address", ["8.8.8.8", "193.56.241.1", "2a01:e0a::1", "64:ff9b::808:808"])
    def test_public_addresses(self, address: str) -> None:
        assert is_public(address)

    @pytest.mark.parametrize(
        ("url", "reason"),
        [
            ("http://127.0.0.1/a", "private_address"),
            ("http://10.0.0.7/a", "private_address"),
            ("http://169.254.169.254/latest/meta-data", "private_address"),
            ("http://[::1]/a", "private_address"),
            ("http://[::ffff:127.0.0.1]/a", "private_address"),
            ("http://localhost/a", "private_address"),
            ("http://localhost./a", "private_address"),
            ("http://127.0.0.1./a", "private_address"),
            ("http://2130706433/a", "private_address"),
            ("http://0x7f.1/a", "private_address"),
            ("http://0251.0376.0251.0376/a", "private_address"),
            ("http://\u2460\u2461\u2466.0.0.1/a", "private_address"),
            ("http://[::127.0.0.1]/a", "private_address"),
            ("http://moi:secret@titre.example/a", "credentials"),
        ],
    )
    def test_a_feed_cannot_lead_there(self, crawler: Crawler, tmp_path: Path, url: str, reason: str) -> None:
        with serve(web(feed=rss((url, ""), (B, "")))) as site:
            told = crawler.crawl(site, tmp_path, [TITRE], loopback=False)
        assert told.asked == [FEED, B]
        assert told.reasons("titre") == [reason] and "secret" not in str(told.failures)
        assert (told.errors, told.runs["titre"].new_pages) == (0, 1)
        assert "secret" not in (tmp_path / "crawl.log").read_text()

    @pytest.mark.parametrize(
        ("location", "reason"),
        [
            ("http://127.0.0.1/a", "private_address"),
            ("http://169.254.169.254/latest/meta-data", "private_address"),
            ("http://[::1]/", "private_address"),
            ("http://[::ffff:a00:1]/", "private_address"),
            ("http://0177.1/", "private_address"),
            ("//localhost:22/", "private_address"),
            ("file:///etc/passwd", "redirects"),
            ("ftp://titre.example/a", "redirects"),
            ("http://moi:secret@titre.example/b", "credentials"),
        ],
    )
    def test_nor_can_a_redirect(self, crawler: Crawler, tmp_path: Path, location: str, reason: str) -> None:
        with serve(web(a={"status": 302, "headers": {"Location": location}})) as site:
            told = crawler.crawl(site, tmp_path, [TITRE], loopback=False)
        assert sorted(told.asked) == [A, B, FEED]
        assert told.reasons("titre") == [reason] and "secret" not in str(told.failures)
        assert told.errors == 0, (tmp_path / "crawl.log").read_text()

    @pytest.mark.parametrize("name", ["rebinding.example", "2130706433"])
    def test_a_name_that_resolves_to_this_machine_is_refused_when_connecting(self, tmp_path: Path, name: str) -> None:
        with serve(Web.from_rows([{"url": "http://x/", "body": "secret"}])) as site:
            port = site.proxy.rpartition(":")[2]
            program = f"""
import socket
from pathlib import Path
real = socket.gethostbyname
socket.gethostbyname = lambda name: "127.0.0.1" if name == "rebinding.example" else real(name)
from crawler.crawl import crawl
from crawler.plan import Plan
from tests.scripted_web import source
crawl(Plan((source("titre", feed="http://{name}:{port}/rss.xml"),), Path({str(tmp_path)!r}), run_id="r", seconds=20))
"""
            environment = {k: v for k, v in os.environ.items() if "proxy" not in k.lower()}
            done = subprocess.run([sys.executable, "-c", program], env=environment, check=False, timeout=60)
            assert site.requests == []
        assert done.returncode == 0
        visits = Visits(tmp_path / "crawl.sqlite")
        (run,), failures = visits.runs(), visits.failures()
        visits.close()
        assert (run.outcome, [(f.reason, f.detail) for f in failures]) == (
            "refused",
            [("private_address", f"{name} is 127.0.0.1")],
        )


TDMREP = f"{SITE}/.well-known/tdmrep.json"
RULES = """[{"location": "/a", "tdm-reservation": 1, "tdm-policy": "http://titre.example/tdm"},
{"location": "*", "tdm-reservation": 0}]"""
META = '<html><head><META content="1" name="tdm-reservation"></head>'


class TestReservations:
    @pytest.mark.parametrize(
        ("rows", "said_by"),
        [
            ({"a": {"body": PAGE, "headers": {"TDM-Reservation": "1"}}}, "header"),
            ({"a": {"body": META + PAGE}}, "meta"),
            ({TDMREP: {"body": RULES, "type": "application/json"}}, "tdmrep.json"),
        ],
        ids=["header", "meta", "tdmrep"],
    )
    def test_what_is_reserved_is_recorded_and_kept_apart(
        self, crawler: Crawler, tmp_path: Path, rows: dict[str, Any], said_by: str
    ) -> None:
        with serve(web(**rows)) as site:
            crawler.crawl(site, tmp_path, [TITRE])
        assert {c.url: c.reserved for c in captures(tmp_path)} == {A: True, B: False}
        files = {c.file.partition("-")[0]: c.url for c in captures(tmp_path)}
        assert files == {"reserved": A, "vigie": B}
        visits = Visits(tmp_path / "crawl.sqlite")
        (found,) = visits.reservations()
        visits.close()
        assert (found.origin, found.said_by) == (SITE, said_by)
        assert found.policy == ("http://titre.example/tdm" if said_by == "tdmrep.json" else "")

    def test_tdmrep_is_read_once_a_day(self, crawler: Crawler, tmp_path: Path) -> None:
        asked = []
        with serve(web()) as site:
            for hours in (0, 1, 23, 25, 26):
                told = crawler.crawl(site, tmp_path, [TITRE], MONDAY + timedelta(hours=hours))
                asked.append(sum(r.url == TDMREP for r in told.requests))
            site.web.change(TDMREP, {"status": 500})
            told = crawler.crawl(site, tmp_path, [TITRE], MONDAY + timedelta(days=3))
        assert asked == [1, 0, 0, 1, 0]
        assert told.runs["titre"].outcome == "ok"

    def test_the_more_specific_rule_holds(self) -> None:
        rules = read_tdmrep(RULES.encode())
        assert [rule.reserved for rule in rules if rule.matches("/abc")] == [True, False]
        assert [rule.reserved for rule in rules if rule.matches("/b")] == [False]
        (rule,) = read_tdmrep(b'{"location": "/*.pdf$", "tdm-reservation": "1"}')
        assert rule.reserved and rule.matches("/x/y.pdf") and not rule.matches("/x.pdf?b")

    @pytest.mark.parametrize(
        "meta", ["<meta name=tdm-reservation content=1>", "<meta property='tdm-reservation' content='1'/>"]
    )
    def test_ways_to_write_the_meta(self, meta: str) -> None:
        assert in_meta(meta.encode())
        assert not in_meta(meta.replace("1", "0").encode())
        assert not in_meta(b"<meta name=description content='tdm-reservation 1'><meta name=x content=1>")

    @given(
        st.binary(max_size=200) | st.text(alphabet='[]{}":,10tdm-reservationlocation* ', max_size=120).map(str.encode)
    )
    def test_any_bytes_are_rules_or_none(self, body: bytes) -> None:
        for rule in read_tdmrep(body):
            assert isinstance(rule.matches("/a"), bool)
