"""Crawls as processes: stopped, killed, two at once, over TLS, and by Scrapy's own commands."""

from __future__ import annotations

import os
import signal
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path

import pytest

from crawler.visits import Visits
from pipeline.demo.server import Site, Web, serve
from pipeline.records import Run
from tests.scripted_web import captures, rss

FEED = "http://titre.example/rss.xml"
ANSWER = 0.05  # seconds
URLS = [f"http://titre.example/{n}" for n in range(30)]
TOML = f'[titre]\nname = "Titre"\nkind = "regional"\narea = "59"\nfeed = "{FEED}"\ndelay = 0.5\n'
PROGRAM = """
import sys
from pathlib import Path
from crawler.crawl import crawl
from crawler.plan import Plan
from tests.scripted_web import source
home, run_id, feed, loopback = sys.argv[1:]
titre = source("titre", feed=feed, delay=0.0)
raise SystemExit(crawl(Plan((titre,), Path(home), run_id=run_id, timeout=5, loopback=bool(loopback))))
"""


@pytest.fixture
def site() -> Iterator[Site]:
    rows = [{"url": FEED, **rss(*((url, "") for url in URLS))}]
    rows += [{"url": url, "body": f"<p>{url}" + "x" * 2000, "delay": ANSWER} for url in URLS]
    with serve(Web.from_rows(rows)) as site:
        yield site


def start(home: Path, site: Site, run_id: str = "r") -> subprocess.Popen[bytes]:
    environment = {k: v for k, v in os.environ.items() if "proxy" not in k.lower()} | {"http_proxy": site.proxy}
    return subprocess.Popen([sys.executable, "-c", PROGRAM, home, run_id, FEED, "yes"], env=environment)


def wait_for(site: Site, pages: int) -> None:
    """Until so many requests for pages have been answered."""
    deadline = time.monotonic() + 30
    while sum(request.url in URLS for request in site.requests) < pages:
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)


def runs(home: Path) -> list[Run]:
    visits = Visits(home / "crawl.sqlite")
    try:
        return visits.runs()
    finally:
        visits.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_crawl_closes_its_account(site: Site, tmp_path: Path, number: signal.Signals) -> None:
    process = start(tmp_path, site)
    wait_for(site, 5)
    process.send_signal(number)
    assert process.wait(10) == 128 + number
    (run,) = runs(tmp_path)
    assert run.ended_at and run.outcome == "ok" and run.new_pages >= 5
    assert run.new_pages + run.left == len(URLS)
    assert len(captures(tmp_path)) == run.new_pages


def test_nothing_is_lost_to_a_kill_and_what_is_left_comes_next(site: Site, tmp_path: Path) -> None:
    process = start(tmp_path, site, "1")
    wait_for(site, 8)
    process.kill()
    process.wait()
    kept = {capture.url for capture in captures(tmp_path)}
    (run,) = runs(tmp_path)
    assert run.outcome == "cut" and run.ended_at is None and len(kept) >= 7
    site.forget()
    assert start(tmp_path, site, "2").wait(30) == 0
    asked = [request.url for request in site.requests if request.url in URLS]
    assert {capture.url for capture in captures(tmp_path)} == set(URLS)
    assert len(set(asked) & kept) <= 1, "the one that was on its way"
    assert [r.status for r in site.requests if r.url == FEED] == [304]


def test_two_crawls_at_once_take_turns_and_spoil_nothing(site: Site, tmp_path: Path) -> None:
    processes = [start(tmp_path, site, run_id) for run_id in "12"]
    assert [process.wait(60) for process in processes] == [0, 0]
    both = runs(tmp_path)
    assert [run.outcome for run in both] == ["ok", "ok"]
    found = captures(tmp_path)
    assert {capture.url for capture in found} == set(URLS)
    assert sum(run.new_pages for run in both) == sum(capture.status == 200 for capture in found)
    visits = Visits(tmp_path / "crawl.sqlite")
    assert visits.failures() == []
    visits.close()
    times = sorted(request.time for request in site.requests if request.url in URLS)
    assert min(b - a for a, b in pairwise(times)) > ANSWER * 0.9, "one request at a time, from both of them"


def test_scrapys_own_commands_know_the_sources(site: Site, tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text(TOML)
    environment = {k: v for k, v in os.environ.items() if "proxy" not in k.lower()}
    environment |= {"http_proxy": site.proxy, "VIGIE_HOME": str(tmp_path)}

    def scrapy(*arguments: str) -> subprocess.CompletedProcess[str]:
        program = [sys.executable, "-m", "scrapy", *arguments]
        root = Path(__file__).parent.parent
        return subprocess.run(
            program, env=environment, cwd=root, capture_output=True, text=True, check=False, timeout=60
        )

    assert "titre" in scrapy("list").stdout.split()
    done = scrapy("crawl", "titre", "-s", "CLOSESPIDER_PAGECOUNT=4")
    assert done.returncode == 0, done.stderr
    (run,) = runs(tmp_path)
    assert (run.outcome, run.source) == ("ok", "titre") and run.new_pages >= 1
    assert {request.user_agent.partition("/")[0] for request in site.requests} == {"Vigie"}


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = rss((f"https://localhost:{self.server.server_address[1]}/a", "")) if self.path == "/rss.xml" else {}
        content = str(body.get("body", "<p>Un texte.")).encode()
        self.send_response(404 if self.path.startswith(("/robots", "/.well")) else 200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments: object) -> None:
        return


@pytest.fixture(scope="module")
def https(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """A site over TLS on loopback, with a certificate that nobody knows: its port, and the certificate's file."""
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "cert.pem"
    openssl = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate]
    subprocess.run([*openssl, *names], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with ThreadingHTTPServer(("127.0.0.1", 0), _Page) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server.server_address[1], certificate
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("trusted", "outcome", "reason"), [(True, "ok", []), (False, "unreachable", ["tls"])])
def test_certificates_are_checked_and_ssl_cert_file_is_honoured(
    https: tuple[int, Path], tmp_path: Path, trusted: bool, outcome: str, reason: list[str]
) -> None:
    port, certificate = https
    environment = {k: v for k, v in os.environ.items() if "proxy" not in k.lower() and k != "SSL_CERT_FILE"}
    environment |= {"SSL_CERT_FILE": str(certificate)} if trusted else {}
    feed = f"https://localhost:{port}/rss.xml"
    done = subprocess.run([sys.executable, "-c", PROGRAM, tmp_path, "r", feed, "yes"], env=environment, check=False)
    assert done.returncode == 0
    visits = Visits(tmp_path / "crawl.sqlite")
    (run,), failures = visits.runs(), visits.failures()
    visits.close()
    assert run.outcome == outcome, failures
    assert all("tls" in f"{failure.reason} {failure.detail}" for failure in failures) and bool(failures) == bool(reason)
