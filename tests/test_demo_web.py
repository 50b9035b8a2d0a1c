"""The demo's web and the server that answers for it."""

from __future__ import annotations

import http.client
import io
import json
import re
import threading
import tomllib
from collections.abc import Callable, Iterator
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser
import lxml.html
import pypdf
import pytest

from crawler.sources import DOORS, load_sources
from pipeline.demo import FOLDER
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
        rows: list[dict[str, Any]] = [
            {"url": URL, "status": 500},
            {"url": URL, "body": "un"},
            {"url": URL, "body": "deux"},
        ]
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
        rows: list[dict[str, Any]] = [
            {"url": URL, "title": "Un & deux", "published": day},
            {"url": "http://titre.example/b"},
        ]
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


ROWS: list[dict[str, Any]] = [json.loads(line) for line in (FOLDER / "web.jsonl").read_text("utf-8").splitlines()]
EXPECTED: list[dict[str, Any]] = [
    json.loads(line) for line in Path(__file__).with_name("demo_expected.jsonl").read_text("utf-8").splitlines()
]
FILE_OF = {row["url"]: row["file"] for row in ROWS if "file" in row}
HTML_FILES = sorted({name for name in FILE_OF.values() if name.startswith("pages/") and name.endswith(".html")})

# What is fetched and is no article: lists of links, another edition, a scanned page, the second address of an article.
NOT_ARTICLES = {
    "http://www.echodesflandres.example/archives/2024/03-12",
    "http://www.leguetteur.example/enquete/lyon/2024/11/28/a-lyon-les-comptes-d-un-theatre/",
    "http://www.lille.example/Presse/Communiques",
    "http://www.lille.example/Media/communiques/2024-12-02-arrete-circulation.pdf",
    "http://www.roubaix.example/actualites/",
}

# The Lille story: where each of its steps is told, and the words that tell it.
STORY = [
    ("2024-11-21", "www.leguetteur.example", "elle n’a pas été informée"),
    ("2024-11-21", "www.leguetteur.example", "aucune analyse d’impact relative à la protection des données"),
    ("2024-11-22", "www.lille.example", "déposée auprès de la CNIL en 2021"),
    ("2024-11-22", "www.lille.example", "L'option de reconnaissance faciale n'a pas été achetée"),
    ("2024-12-05", "lilleverte.example", "Nous demandons à consulter cette AIPD"),
    ("2024-12-05", "www.cnil.example", "en demeure six communes"),
    ("2024-12-13", "lilleverte.example", "Nous avons interrogé ce soir la maire en conseil municipal"),
    ("2024-12-20", "www.leguetteur.example", "la vidéosurveillance algorithmique n’y est mentionnée nulle part"),
    ("2025-03-24", "www.cnil.example", "utilisé de novembre 2022 à janvier 2025"),
    ("2025-04-10", "www.leguetteur.example", "de novembre 2022 à janvier 2025 sans avoir mené"),
    ("2023-11-30", "www.tribunedubeffroi.example", "ordonnance n° 2310103, il rejette la demande"),
    ("2023-11-24", "www.nordlibertes.example", "n° 2303004"),
    ("2025-01-28", "www.nordlibertes.example", "n° 2105328"),
]

TOPIC_WORDS = {
    "briefcam": r"BriefCam",
    "vsa": r"\bVSA\b|vidéosur(veil-\n)?(veil)?lance algorithmique|dispositif augmenté"
    r"|caméras (dites )?augmentées|traitement algorithmique",
    "cnil": r"\b(CNIL|Cnil)\b",
    "aipd": r"\bAIPD\b|[Aa]nalyse\s+d['’]impact",
    "reconnaissance_faciale": r"reconnaissance faciale",
    "lapi": r"\bLAPI\b",
}


def reading_of(name: str) -> str:
    """What a body says to a reader's eye, furniture and all: one line a paragraph, plain blanks."""
    data = (FOLDER / name).read_bytes()
    if name.endswith(".pdf"):
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)
    try:
        html = data.decode()
    except UnicodeDecodeError:
        html = data.decode("cp1252")
    return re.sub("[\u00a0\u202f]", " ", unescape(re.sub(r"<[^>]*>", "", html)))


class TestDemoWeb:
    def test_every_address_is_served(self, client_of: Connect) -> None:
        with serve(FOLDER) as site:
            client = client_of(site)
            for row in ROWS:
                status, body, headers = get(client, row["url"])
                assert status == row.get("status", 200), row["url"]
                assert (
                    body == (FOLDER / row["file"]).read_bytes()
                    if "file" in row
                    else body == row.get("body", "").encode()
                )
                assert headers["Content-Type"] == row.get("type", "text/html; charset=utf-8")

    def test_every_file_is_used_and_every_host_is_reserved(self) -> None:
        kept = {str(path.relative_to(FOLDER)) for path in FOLDER.glob("*/*") if path.parent.name in ("pages", "feeds")}
        assert kept == set(FILE_OF.values()), "a file without an address in web.jsonl, or the reverse"
        hosts = {urlsplit(row["url"]).hostname or "" for row in ROWS}
        assert len(hosts) == 15 and all(host.endswith(".example") for host in hosts)

    @pytest.mark.parametrize("name", HTML_FILES)
    def test_structured_data_parses_and_the_page_says_what_it_is(self, name: str) -> None:
        text = (FOLDER / name).read_bytes().decode("cp1252" if "ce-que-demandent" in name else "utf-8")
        for block in re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL):
            assert json.loads(block)["@context"]
        assert "archives" in name or "Page de démonstration de Vigie" in text

    def test_links_inside_resolve(self, client_of: Connect) -> None:
        dead = {row["url"] for row in ROWS if row.get("status") == 410}
        with serve(FOLDER) as site:
            client = client_of(site)
            links = set()
            for url, name in FILE_OF.items():
                if name in HTML_FILES:
                    tree = lxml.html.fromstring((FOLDER / name).read_bytes())
                    links |= {(urljoin(url, href), name) for href in tree.xpath("//@href") if not href.startswith("#")}
                elif name.startswith("feeds/") and name.endswith(".xml"):
                    entries = feedparser.parse((FOLDER / name).read_bytes()).entries
                    links |= {(entry.link, name) for entry in entries}
            assert len(links) > 150
            for link, name in sorted(links):
                status = get(client, link)[0]
                assert status in (200, 301) or link in dead, f"{name}: {link} answers {status}; add it to web.jsonl"

    def test_the_story_is_told_on_its_dates(self) -> None:
        for day, host, words in STORY:
            places = [
                row for row in EXPECTED if row["published"].startswith(day) and urlsplit(row["url"]).netloc == host
            ]
            told = [reading_of(FILE_OF[row["url"]]).replace("\n", " ") for row in places]
            assert any(words in text for text in told), f"{day}, {host}: « {words} » is told nowhere"

    def test_paid_words_are_in_the_data_and_nowhere_else(self) -> None:
        page = (FOLDER / "pages/tribunedubeffroi-logiciel-briefcam-a-lille-ce-que-l-on-sait.html").read_text("utf-8")
        data = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
        assert data is not None and "reconnaissance faciale en option" in json.loads(data[1])["articleBody"]
        assert "reconnaissance faciale" not in page.replace(data[0], "")

    def test_documents_have_selectable_text_and_one_has_none(self) -> None:
        release = reading_of("pages/lille-2024-11-22-videoprotection.pdf")
        assert "vidéo-\nsurveillance" in release
        assert "vidéosurveil-\nlance algorithmique" in reading_of("pages/lilleverte-2024-12-05-lettre-cnil.pdf")
        assert reading_of("pages/lille-2024-12-02-arrete-circulation.pdf") == ""
        for name in {name for name in FILE_OF.values() if name.endswith(".pdf") and "arrete" not in name}:
            metadata = pypdf.PdfReader(FOLDER / name).metadata
            assert metadata is not None and metadata.title and metadata.creation_date and metadata.creation_date.tzinfo
            assert (FOLDER / name).stat().st_size < 8_000

    def test_the_hostile_page_is_hostile(self) -> None:
        page = (FOLDER / "pages/radioescaut-briefcam-a-lille-l-antenne-est-a-vous.html").read_bytes()
        assert b"\x1b[2J" in page and b"\x07" in page and b"<script>" not in page
        latin = (FOLDER / "pages/radioescaut-briefcam-a-lille-ce-que-demandent-les-elus.html").read_bytes()
        assert b"charset=utf-8" in latin and "L\x92\x9cuvre".encode("latin-1") in latin


class TestDemoDeclarations:
    def test_sources_load_strictly_and_every_door_has_an_answer(self, client_of: Connect) -> None:
        sources = [
            s for s in load_sources(FOLDER / "sources.toml").values() if s.declared_in.startswith("sources.toml")
        ]
        assert len(sources) == 14
        with serve(FOLDER) as site:
            client = client_of(site)
            answers = {url: get(client, url)[0] for s in sources for door in DOORS[:4] for url in getattr(s, door)}
        bad = {urlsplit(url).netloc: status for url, status in answers.items() if status != 200}
        assert bad == {"www.courrierduponant.example": 403, "www.lysinfo.example": 404}

    def test_the_watch_names_every_source(self) -> None:
        sources = tomllib.loads((FOLDER / "sources.toml").read_text("utf-8"))
        home = tomllib.loads((FOLDER / "vigie.toml").read_text("utf-8"))
        assert home["watch"]["lille"]["sources"] == [key for key in sources if key != "default"]
        assert set(home["watch"]["lille"]["topics"]) == set(TOPIC_WORDS)


class TestExpected:
    def test_it_speaks_of_every_article(self) -> None:
        articles = {url for url, name in FILE_OF.items() if name.startswith("pages/") and "?utm_" not in url}
        assert {row["url"] for row in EXPECTED} == articles - NOT_ARTICLES
        assert len({row["url"] for row in EXPECTED}) == len(EXPECTED)

    @pytest.mark.parametrize("row", EXPECTED, ids=lambda row: str(row["url"]).removeprefix("http://"))
    def test_it_agrees_with_the_page(self, row: dict[str, Any]) -> None:
        text = reading_of(FILE_OF[row["url"]])
        assert row["title"] in text or row["url"].endswith(".pdf")
        assert row["access"] in ("full", "teaser")
        assert datetime.fromisoformat(row["published"]).tzinfo is not None
        for topic in row["topics"]:
            assert re.search(TOPIC_WORDS[topic], text), f"{topic} is expected and its words are not there"
