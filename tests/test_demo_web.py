"""The demo's web and the server that answers for it."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pipeline.demo.server import Site, Web, serve

URL = "http://titre.example/a"

Connect = Callable[[Site], http.client.HTTPConnection]


@pytest.fixture
def client_of() -> Iterator[Connect]:
    """Makes keep-alive connections to a site's proxy, closed at the end of the test."""
    opened: list[http.client.HTTPConnection] = []

    def connect(site: Site) -> http.client.HTTPConnection:
        parts = urlsplit(site.proxy)
        opened.append(http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10))
        return opened[-1]

    yield connect
    for connection in opened:
        connection.close()


def get(
    client: http.client.HTTPConnection, url: str, method: str = "GET", **headers: str
) -> tuple[int, bytes, http.client.HTTPMessage]:
    client.request(method, url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    response = client.getresponse()
    return response.status, response.read(), response.headers


class TestServer:
    def test_answers_over_one_kept_connection_and_notes_each_request(self, client_of: Connect) -> None:
        web = Web.from_rows([{"url": URL, "body": "<p>é", "headers": {"X-Robots-Tag": "noindex"}}])
        with serve(web) as site:
            client = client_of(site)
            status, body, headers = get(client, URL, User_Agent="essai")
            assert (status, body.decode()) == (200, "<p>é")
            assert headers["Content-Type"] == "text/html; charset=utf-8" and headers["X-Robots-Tag"] == "noindex"
            assert get(client, URL, "HEAD")[:2] == (200, b"")
            assert get(client, "http://titre.example/absent")[0] == 404
            assert get(client, "http://autre.example/rss.xml")[0] == 404
            seen = [(r.method, r.url, r.status, r.bytes, r.user_agent) for r in site.requests]
            assert seen[0] == ("GET", URL, 200, len(body), "essai")
            assert [entry[:4] for entry in seen[1:3]] == [
                ("HEAD", URL, 200, 0),
                ("GET", "http://titre.example/absent", 404, 9),
            ]
            site.forget()
            assert site.requests == []

    @pytest.mark.parametrize(("sent", "received"), [("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")])
    def test_not_modified_until_the_answer_changes(self, client_of: Connect, sent: str, received: str) -> None:
        with serve(Web.from_rows([{"url": URL, "body": "un"}])) as site:
            client = client_of(site)
            validator = get(client, URL)[2][received]
            assert get(client, URL, **{sent: validator})[:2] == (304, b"")
            site.web.change(URL, {"body": "deux"})
            assert get(client, URL, **{sent: validator})[:2] == (200, b"deux")

    def test_successive_answers_and_the_last_stays(self, client_of: Connect) -> None:
        rows = [{"url": URL, "status": 500}, {"url": URL, "body": "un"}, {"url": URL, "body": "deux"}]
        with serve(Web.from_rows(rows)) as site:
            client = client_of(site)
            assert [get(client, URL)[:2] for _ in range(4)] == [
                (500, b""),
                (200, b"un"),
                (200, b"deux"),
                (200, b"deux"),
            ]

    def test_listed_pages_make_up_the_doors(self, client_of: Connect) -> None:
        day = "2024-11-21T06:00:00+01:00"
        rows = [{"url": URL, "title": "Un & deux", "published": day}, {"url": "http://titre.example/b"}]
        with serve(Web.from_rows(rows)) as site:
            client = client_of(site)
            answers = {path: get(client, f"http://titre.example{path}")[1].decode() for path in ("/", "/robots.txt")}
            feed = get(client, "http://titre.example/rss.xml")[1].decode()
            sitemap = get(client, "http://titre.example/sitemap-news.xml")[1].decode()
        assert f'<a href="{URL}">Un &amp; deux</a>' in answers["/"]
        assert "Allow: /" in answers["/robots.txt"]
        assert "<pubDate>Thu, 21 Nov 2024 06:00:00 +0100</pubDate>" in feed and "titre.example/b" not in feed
        assert f"<news:publication_date>{day}</news:publication_date>" in sitemap

    def test_a_declared_door_replaces_the_made_up_one(self, client_of: Connect) -> None:
        robots = "http://titre.example/robots.txt"
        with serve(Web.from_rows([{"url": robots, "body": "User-agent: *\nDisallow: /"}])) as site:
            assert get(client_of(site), robots)[1] == b"User-agent: *\nDisallow: /"

    def test_faults_of_the_world(self, client_of: Connect) -> None:
        rows = [{"url": URL, "fault": "reset"}, {"url": URL, "body": "0123456789", "fault": "truncate"}, {"url": URL}]
        with serve(Web.from_rows(rows)) as site:
            with pytest.raises(ConnectionResetError):
                get(client_of(site), URL)
            with pytest.raises(http.client.IncompleteRead) as cut:
                get(client_of(site), URL)
            assert cut.value.partial == b"01234"
            assert get(client_of(site), URL)[0] == 200
            assert [r.status for r in site.requests] == [0, 200, 200]

    def test_a_hanging_answer_ends_with_the_server(self, client_of: Connect) -> None:
        before = threading.active_count()
        with serve(Web.from_rows([{"url": URL, "fault": "hang"}])) as site:
            client = client_of(site)
            client.request("GET", URL)
            other = client_of(site)
            assert get(other, "http://titre.example/robots.txt")[0] == 200
        with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
            client.getresponse()
        assert threading.active_count() == before

    def test_tls_is_refused_plainly(self, client_of: Connect) -> None:
        with serve(Web.from_rows([{"url": URL}])) as site:
            assert get(client_of(site), "titre.example:443", "CONNECT")[0] == 501

    @pytest.mark.parametrize("row", [{"url": URL, "fautl": "hang"}, {"body": ""}, {"url": URL, "fault": "explode"}])
    def test_a_row_that_is_not_an_answer_is_an_error(self, row: dict[str, str]) -> None:
        with pytest.raises(ValueError, match="not an answer"):
            Web.from_rows([row])

    def test_many_hosts_at_once(self, client_of: Connect) -> None:
        hosts = [f"http://h{number}.example/a" for number in range(150)]
        statuses: list[int] = []
        with serve(Web.from_rows({"url": url, "body": "x" * 4000} for url in hosts)) as site:
            clients = [client_of(site) for _ in hosts]

            def work(client: http.client.HTTPConnection, url: str) -> None:
                statuses.extend(get(client, url)[0] for _ in range(10))

            threads = [threading.Thread(target=work, args=pair) for pair in zip(clients, hosts, strict=True)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert statuses == [200] * 1500 and len(site.requests) == 1500

    def test_a_folder_is_served_too(self, client_of: Connect, tmp_path: Path) -> None:
        (tmp_path / "a.pdf").write_bytes(b"%PDF-")
        (tmp_path / "web.jsonl").write_text(json.dumps({"url": URL, "file": "a.pdf", "type": "application/pdf"}) + "\n")
        with serve(tmp_path) as site:
            status, body, headers = get(client_of(site), URL)
        assert (status, body, headers["Content-Type"]) == (200, b"%PDF-", "application/pdf")
