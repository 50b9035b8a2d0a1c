"""Finding the doors of sites that nobody has declared, and saying what is wrong with those that somebody has.

The sites stand in tests/sites. They are read here from a shelf, so that all of them take seconds; a few are crawled.
"""

from __future__ import annotations

import re
import tempfile
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st
from protego import Protego
from scrapy.exceptions import DownloadFailedError
from typer.testing import CliRunner

from crawler.candidates import same_owner
from crawler.checking import Checked, check
from crawler.discover import Look, discover, sample, say
from crawler.faults import explain, explain_status
from crawler.proposal import add_to, as_declared, home_of, key_for, propose, to_toml
from crawler.sources import load_sources
from crawler.spiders.doors import Answer, doors_of
from crawler.spiders.readers import read
from crawler.trial import Trial
from pipeline.archive import read_archive
from pipeline.cli import app
from pipeline.demo.server import Site as Served
from pipeline.demo.server import Web, serve
from pipeline.records import Capture, Failure, MistakeError, Source
from tests.scripted_web import Crawler, rss, source
from tests.sites import (
    TODAY,
    Site,
    after,
    blind,
    cms,
    fresh,
    further,
    index,
    last,
    later,
    others,
    simple,
    unseen,
    urlset,
)

MAKERS = {
    make().name: make
    for room in (simple, cms, others, fresh, last, unseen, later, further, blind, after)
    for make in room.SITES
}
MOST_REQUESTS = 32
# Numbers of a periodical that say their month only score as a menu does: the page is proposed to be watched.
NOT_FOUND = pytest.mark.xfail(strict=True, reason="the titles of the list are short and without a day")
ALL = [pytest.param(name, marks=NOT_FOUND) if name == "letters" else name for name in MAKERS]
DOORS = ("feed", "sitemap", "listing", "page", "archive")
WANTED = as_declared("municipal", ["59350"])


@dataclass
class Shelf:
    """A web on a shelf: `look` answers as a crawl of watched pages would, following redirects and robots.txt."""

    web: Web
    asked: list[str] = field(default_factory=list)

    def look(self, sources: Sequence[Source]) -> tuple[list[Capture], list[Failure]]:
        captures, failures = [], []
        rules: dict[str, Protego] = {}
        for url in dict.fromkeys(url for one in sources for url in one.page):
            root = urljoin(url, "/robots.txt")
            if root not in rules:
                self.asked.append(root)
                answer = self.web.answer(root)
                body = answer.body if answer.status == 200 else b""
                rules[root] = Protego.parse(body.decode())
                captures += [_capture(root, root, answer.status, body, answer.type, "robots")]
            if not rules[root].can_fetch(url, "Vigie"):
                failures.append(Failure(TODAY, "fetch", "robots", url, detail="forbids"))
                continue
            self._get(url, captures, failures)
        return captures, failures

    def _get(self, url: str, captures: list[Capture], failures: list[Failure]) -> None:
        here = url
        for _ in range(5):
            self.asked.append(here)
            answer = self.web.answer(here)
            if "Location" not in answer.headers:
                break
            here = urljoin(here, answer.headers["Location"])
        if answer.status == 200:
            captures.append(_capture(here, url, 200, answer.body, answer.type, "page"))
        else:
            reason, detail = explain_status(answer.status)
            failures.append(Failure(TODAY, "fetch", reason, url, detail=detail))


def _capture(url: str, asked: str, status: int, body: bytes, kind: str, role: str) -> Capture:
    headers = (("Content-Type", kind),)
    return Capture("id", url, TODAY, status, headers, body, role=role, source="s", requested_url=asked)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Found:
    """One site, what was proposed for it, what its doors name, and all that was asked."""

    site: Site
    source: Source
    named: dict[str, str | None]
    asked: list[str]


@pytest.fixture(scope="module")
def find() -> Callable[[str], Found]:
    known: dict[str, Found] = {}

    def one(name: str) -> Found:
        if name not in known:
            site = MAKERS[name]()
            web = Web.from_rows(site.rows())
            shelf = Shelf(web)
            known[name] = _found(site, shelf.look, shelf.asked, web)
        return known[name]

    return one


def _found(site: Site, look: Look, asked: list[str], web: Web) -> Found:
    survey, answers = discover(site.home, look, TODAY)
    proposed, entries = propose(survey, site.home, WANTED)
    sample(proposed, entries, look, answers)
    named: dict[str, str | None] = {}
    requests = list(asked)
    doors = doors_of((proposed,), TODAY)
    for door in doors:
        answer = web.answer(door.url)
        said = read(door, proposed, Answer(door.url, answer.body, answer.type), TODAY, first=True)
        named |= {entry.url: entry.hint.title for entry in said.entries}
        doors += said.doors  # of an index of sitemaps
    return Found(site, proposed, named, requests)


@pytest.mark.parametrize("name", ALL)
def test_the_right_door_is_found(find: Callable[[str], Found], name: str) -> None:
    found = find(name)
    doors = {(kind, url) for kind in DOORS for url in getattr(found.source, kind)}
    assert doors & found.site.right, to_toml(found.source)


@pytest.mark.parametrize("name", ALL)
def test_its_doors_name_the_articles_and_nothing_else(find: Callable[[str], Found], name: str) -> None:
    found = find(name)
    assert found.site.articles <= set(found.named), to_toml(found.source)
    assert set(found.named) <= found.site.articles | found.site.also, to_toml(found.source)
    assert found.named or "page" in {kind for kind, _ in found.site.right}


@pytest.mark.parametrize("name", MAKERS)
def test_titles_say_what_an_article_is_of(find: Callable[[str], Found], name: str) -> None:
    titles = [title.lower() for title in find(name).named.values() if title]
    assert not [t for t in titles if t.startswith(("lire la suite", "télécharger", "en savoir plus", "lire l'article"))]


@pytest.mark.parametrize("name", MAKERS)
def test_little_is_asked_and_nothing_that_is_forbidden(find: Callable[[str], Found], name: str) -> None:
    found = find(name)
    assert len(found.asked) <= MOST_REQUESTS - 1, found.asked  # tdmrep.json is asked for as well
    assert not [url for url in found.asked if found.site.forbidden and url.startswith(found.site.forbidden)]


def test_the_entries_load_as_they_are_printed(find: Callable[[str], Found], tmp_path: Path) -> None:
    proposed = [replace(find(name).source, key=f"site-{n}") for n, name in enumerate(MAKERS)]
    file = tmp_path / "sources.toml"
    file.write_text("\n".join(map(to_toml, proposed)), "utf-8")
    loaded = load_sources(file)
    assert [replace(loaded[one.key], declared_in="", provenance="") for one in proposed] == proposed


@dataclass
class Crawl:
    """A look that crawls a served web without delay, in one home as a Trial does, and what the server was asked."""

    crawler: Crawler
    served: Served
    home: Path
    given: list[Source] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    read: set[Path] = field(default_factory=set)

    def look(self, sources: Sequence[Source]) -> tuple[list[Capture], list[Failure]]:
        self.given.extend(sources)
        at = TODAY + timedelta(minutes=len(self.given))
        told = self.crawler.crawl(self.served, self.home, [replace(one, delay=0.0) for one in sources], at, pages=3)
        assert not told.errors, (self.home / "crawl.log").read_text()
        self.asked.extend(request.url for request in told.requests)
        files = set((self.home / "archive").glob("*.warc.gz")) - self.read
        self.read |= files
        return [capture for file in sorted(files) for capture, _ in read_archive(file)], told.failures


@pytest.mark.parametrize("name", ["prefecture", "splash", "robots", "gz-sitemap"])
def test_a_real_crawl_finds_the_same_within_its_bounds(
    crawler: Crawler, find: Callable[[str], Found], tmp_path: Path, name: str
) -> None:
    site = MAKERS[name]()
    web = Web.from_rows(site.rows())
    with serve(web) as served:
        crawl = Crawl(crawler, served, tmp_path)
        found = _found(site, crawl.look, crawl.asked, web)
    assert found.source == find(name).source
    assert len(crawl.asked) <= MOST_REQUESTS, crawl.asked
    assert not [url for url in crawl.asked if site.forbidden and url.startswith(site.forbidden)]
    assert all(one.delay >= 1.0 for one in crawl.given), "one request a second"


def test_a_host_that_forbids_all_is_asked_for_nothing_but_its_robots(crawler: Crawler, tmp_path: Path) -> None:
    home = "http://ferme.example/"
    rows = [{"url": home + "robots.txt", "body": "User-agent: *\nDisallow: /\n", "type": "text/plain"}]
    with serve(Web.from_rows(rows)) as served:
        crawl = Crawl(crawler, served, tmp_path)
        with pytest.raises(MistakeError, match=r"ferme\.example/ cannot be read: robots\.txt forbids it"):
            discover(home, crawl.look, TODAY)
    assert crawl.asked == [home + "robots.txt"]


def test_a_trial_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with serve(Web.from_rows([{"url": "http://essai.example/", "body": "<p>Bonjour</p>"}])) as served:
        monkeypatch.setenv("http_proxy", served.proxy)
        with Trial(loopback=True, delay=0.0) as trial:
            captures, failures = trial.look([source("essai", page="http://essai.example/")])
            assert list(tmp_path.iterdir())
    assert [c.url for c in captures if c.role == "page"] == ["http://essai.example/"] and not failures
    assert not list(tmp_path.iterdir())


def test_a_home_page_that_cannot_be_read_is_one_sentence() -> None:
    with pytest.raises(MistakeError, match="cannot be read: there is no such page"):
        discover("http://absent.example/", Shelf(Web.from_rows([])).look, TODAY)


PAGE = {"body": "<html><h1>Article</h1><main><p>Le conseil a voté le budget de la commune.</p></main></html>"}
OLD_FEED = rss(("http://titre.example/a", "2019-04-10T08:00:00+02:00"))
FEED = rss(("http://titre.example/a", "2025-04-10T08:00:00+02:00"))
SITEMAPS = {"body": index(["http://titre.example/map-1"]), "type": "text/xml"}
SITEMAP = {"body": urlset([("http://titre.example/a", "2025-04-10")]), "type": "text/xml"}
WRONG: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "a wrong address": ({"feed": "/rss"}, {}, "there is no such page (HTTP 404)"),
    "a page where a feed should be": ({"feed": "/rss"}, {"/rss": PAGE}, "an HTML page, not a feed"),
    "a page where a sitemap should be": ({"sitemap": "/map"}, {"/map": PAGE}, "an HTML page, not a sitemap"),
    "a feed without entries": ({"feed": "/rss"}, {"/rss": rss()}, "it has no entries"),
    "a refusal": ({"feed": "/rss"}, {"/rss": {"status": 403}}, "the site refuses us (HTTP 403)"),
    "robots.txt": (
        {"feed": "/rss"},
        {"/robots.txt": {"body": "User-agent: *\nDisallow: /rss"}},
        "robots.txt forbids it",
    ),
    "robots.txt that fails": ({"feed": "/rss"}, {"/robots.txt": {"status": 500}}, "robots.txt cannot be read"),
    "a feed that leads home": (
        {"feed": "/rss"},
        {"/rss": {"status": 301, "headers": {"Location": "/"}}, "/": PAGE},
        "leads to http://titre.example/",
    ),
    "include lets nothing through": (
        {"feed": "/rss", "include": "/lille/"},
        {"/rss": FEED},
        "let none of its 1 entries",
    ),
    "include lets nothing of an index of sitemaps through": (
        {"sitemap": "/map", "include": "/lille/"},
        {"/map": SITEMAPS, "/map-1": SITEMAP},
        "let none of its 1 entries",
    ),
    "an index of sitemaps whose sitemap is a page": (
        {"sitemap": "/map"},
        {"/map": SITEMAPS, "/map-1": PAGE},
        "http://titre.example/map-1: an HTML page, not a sitemap",
    ),
    "a selector that finds nothing": (
        {"listing": "/actus", "links": "h2 > a"},
        {"/actus": PAGE},
        "finds no link on it",
    ),
}


def checked(crawler: Crawler, home: Path, declared: dict[str, Any], answers: dict[str, Any]) -> Checked:
    """A source of titre.example, checked by a real crawl. Its doors and answers are given by their paths."""
    site = "http://titre.example"
    urls = {name: site + value if name in DOORS else value for name, value in declared.items()}
    robots = {"/robots.txt": {"body": "User-agent: *\nAllow: /", "type": "text/plain"}}
    rows = [{"url": site + path, "type": "text/html"} | row for path, row in (robots | answers).items()]
    with serve(Web.from_rows(rows)) as web:
        return check(source("titre", **urls), Crawl(crawler, web, home).look, TODAY)


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_with_a_declared_source_is_one_clear_line(crawler: Crawler, tmp_path: Path, name: str) -> None:
    declared, answers, said = WRONG[name]
    found = checked(crawler, tmp_path, declared, answers)
    assert not found.well
    (one,) = found.tried
    assert said in one.fault and "\n" not in one.fault


def test_a_declared_source_that_is_well_shows_its_articles(crawler: Crawler, tmp_path: Path) -> None:
    feed = rss(("http://titre.example/a", "2025-04-10T08:00:00+02:00"), ("http://titre.example/b", ""))
    found = checked(crawler, tmp_path, {"feed": "/rss"}, {"/rss": feed, "/a": PAGE, "/b": PAGE})
    assert found.well and [one.fault for one in found.tried] == [""]
    assert [page.url for page in found.pages] == ["http://titre.example/a", "http://titre.example/b"]
    assert found.pages[0].source == "titre" and found.pages[0].hint.published_at


def test_a_source_that_has_long_been_silent_can_be_read_and_is_quiet(crawler: Crawler, tmp_path: Path) -> None:
    found = checked(crawler, tmp_path, {"feed": "/rss"}, {"/rss": OLD_FEED, "/a": PAGE})
    assert found.well and not found.unreached and found.quiet_since and f"{found.quiet_since:%Y-%m-%d}" == "2019-04-10"
    assert [one.said for one in found.tried] == ["1 entries, the newest of 2019-04-10"]
    assert [page.url for page in found.pages] == ["http://titre.example/a"]


@pytest.mark.parametrize("reason", ["dns", "timeout", "connection"])
def test_a_source_that_cannot_be_reached_is_not_said_to_be_wrongly_declared(reason: str) -> None:
    feed = "http://titre.example/rss"
    robots = f"http://titre.example/robots.txt: {reason}: it fails: twice"
    for word, detail in ((reason, "it fails"), ("robots_unreadable", robots)):
        failure = Failure(TODAY, "fetch", word, feed, detail=detail)
        found = check(source("titre", feed=feed), partial(_unanswered, failure), TODAY)
        assert found.unreached and not found.well and "robots" not in found.tried[0].said
    failure = Failure(TODAY, "fetch", "robots_unreadable", feed, detail="http://titre.example/robots.txt: HTTP 500")
    assert not check(source("titre", feed=feed), partial(_unanswered, failure), TODAY).unreached


def _unanswered(failure: Failure, _: Sequence[Source]) -> tuple[list[Capture], list[Failure]]:
    return [], [failure]


def test_articles_that_cannot_be_had_are_said(crawler: Crawler, tmp_path: Path) -> None:
    found = checked(crawler, tmp_path, {"feed": "/rss"}, {"/rss": FEED, "/a": {"status": 403}})
    assert not found.well and [failure.reason for failure in found.failures] == ["refused"]


def test_a_source_that_watches_a_page_is_checked_by_it(crawler: Crawler, tmp_path: Path) -> None:
    found = checked(crawler, tmp_path, {"page": "/presse"}, {"/presse": PAGE})
    assert found.well and [page.url for page in found.pages] == ["http://titre.example/presse"]


def test_an_unknown_host_is_said_plainly() -> None:
    failure = Failure(TODAY, "fetch", "dns", "http://nulle-part.example/", detail="DNS lookup failed: no results")
    assert say(failure) == "there is no such host, or its name cannot be resolved now"


MISMATCH = (
    "[<twisted.python.failure.Failure service_identity.exceptions.VerificationError: VerificationError(errors=["
    "DNSMismatch(mismatched_id=DNS_ID(hostname=b'www.cnil.fr'))])>]"
)
LOST = "[<twisted.python.failure.Failure twisted.internet.error.ConnectionLost: Connection lost.>]"


@pytest.mark.parametrize(
    ("told", "word", "detail"),
    [
        (MISMATCH, "tls", "it is not for this host"),
        ("[('SSL routines', '', 'certificate verify failed')]", "tls", "nobody known signed it"),
        ("[('SSL routines', '', 'certificate has expired')]", "tls", "it has expired"),
        ("[('SSL routines', '', 'wrong version number')]", "tls", "the handshake fails"),
        (LOST, "connection", "Connection lost."),
        (f"{LOST[:-1]}, {LOST[1:]}", "connection", "Connection lost., Connection lost."),
    ],
)
def test_what_a_library_tells_is_said_in_words(told: str, word: str, detail: str) -> None:
    assert explain(DownloadFailedError(told)) == (word, detail)


def test_a_certificate_of_another_host_is_one_plain_sentence() -> None:
    word, detail = explain(DownloadFailedError(MISMATCH))
    robots = f"https://www.cnil.fr/robots.txt: {word}: {detail}"
    for failure in (
        Failure(TODAY, "fetch", word, "https://www.cnil.fr/", detail=detail),
        Failure(TODAY, "fetch", "robots_unreadable", "https://www.cnil.fr/", detail=robots),
    ):
        assert say(failure) == "its certificate is not valid: it is not for this host"


def test_the_command_says_it_and_exits_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    feed = "http://titre.example/rss"
    (tmp_path / "sources.toml").write_text(
        f'[titre]\nname = "Titre"\nkind = "regional"\narea = "59"\ndelay = 0.5\nfeed = "{feed}"\n', "utf-8"
    )
    with serve(Web.from_rows([{"url": feed} | PAGE])) as served:
        monkeypatch.setenv("http_proxy", served.proxy)
        done = CliRunner().invoke(app, ["--home", str(tmp_path), "sources", "check", "titre"], catch_exceptions=False)
    assert done.stdout == f"- feed {feed}: an HTML page, not a feed\n" and done.exit_code == 1
    assert "« titre » cannot be read as it is declared" in done.stderr


def test_what_is_added_twice_is_refused_and_the_file_stays(tmp_path: Path) -> None:
    file = tmp_path / "home" / "sources.toml"
    one = replace(WANTED, key="ville-x", name="Ville X", home="http://x.example/", feed=("http://x.example/rss",))
    add_to(file, one, {})
    before = file.read_bytes()
    assert load_sources(file)["ville-x"].feed == one.feed
    elsewhere = replace(one, key="autre-cle", feed=("http://x.example/autre",))
    for again in (one, replace(one, key="autre-cle"), replace(elsewhere, home="https://www.x.example")):
        with pytest.raises(MistakeError, match=r"declared already, as « ville-x »: `vigie sources check ville-x`"):
            add_to(file, again, load_sources(file))
    assert file.read_bytes() == before
    add_to(
        file, replace(one, key="ville-y", home="http://y.example/", feed=("http://y.example/rss",)), load_sources(file)
    )
    assert {"ville-x", "ville-y"} <= load_sources(file).keys()


def test_a_site_that_is_declared_is_not_even_asked_before_it_is_refused(tmp_path: Path) -> None:
    asked = ["--home", str(tmp_path), "sources", "discover", "http://bondyblog.fr", "--add"]
    done = CliRunner().invoke(app, asked)
    assert isinstance(done.exception, MistakeError)
    assert str(done.exception) == "declared already, as « bondyblog »: `vigie sources check bondyblog` tries it"
    assert not (tmp_path / "sources.toml").exists()


QUIET = "http://quiet.example"
QUIET_ARTICLE = "".join(
    f'<h3><a href="/societe/{n}">Les élèves du lycée gagnent une bataille, n° {n}</a></h3>' for n in range(9)
)
QUIET_SITE = {
    "/": '<ul><li><a href="/societe/a">Actualité : un peu de tension</a></li>'
    '<li><a href="http://tiers.example/presse">Presse</a></li></ul>'
    '<link rel="alternate" type="application/rss+xml" href="/rss">',
    "/societe/a": f"<main><h1>Un peu de tension</h1>{QUIET_ARTICLE}</main>",
    "/rss": rss((QUIET + "/societe/a", "2020-02-17T08:00:00+01:00"))["body"],
}


def test_a_quiet_site_is_declared_by_its_feed_and_no_third_party_is_asked() -> None:
    shelf = Shelf(Web.from_rows([{"url": QUIET + path, "body": body} for path, body in QUIET_SITE.items()]))
    survey, _ = discover(QUIET + "/", shelf.look, TODAY)
    found, entries = propose(survey, QUIET + "/", WANTED)
    assert (found.feed, found.listing, found.page) == ((QUIET + "/rss",), (), ())
    assert [entry.url for entry in entries] == [QUIET + "/societe/a"]
    assert next(one.said for one in survey.tried if one.kind == "feed") == "1 entries, the newest of 2020-02-17"
    assert not [url for url in shelf.asked if not url.startswith(QUIET)]
    assert [*survey.elsewhere] == ["http://tiers.example/presse"]


def test_an_article_is_no_page_to_be_watched() -> None:
    pages = QUIET_SITE | {"/rss": rss()["body"], "/societe/a": "<main><h1>Un peu de tension</h1><p>Texte</p></main>"}
    pages["/societe/a"] = (
        '<meta property="article:published_time" content="2020-02-17T08:00:00Z">' + pages["/societe/a"]
    )
    shelf = Shelf(Web.from_rows([{"url": QUIET + path, "body": body} for path, body in pages.items()]))
    survey, _ = discover(QUIET + "/", shelf.look, TODAY)
    assert propose(survey, QUIET + "/", WANTED)[0].page == (QUIET + "/",)


def test_an_article_that_the_home_page_lists_is_no_page_to_be_watched_either() -> None:
    home = "".join(f'<h2><a href="/actu/{n}">Actualité {n}</a></h2><a href="/mot/{n}">Mot {n}</a>' for n in range(3))
    pages = {"/": f"<main>{home}</main>"} | {f"/actu/{n}": f"<main><h1>Actualité {n}</h1></main>" for n in range(3)}
    shelf = Shelf(Web.from_rows([{"url": QUIET + path, "body": body} for path, body in pages.items()]))
    survey, _ = discover(QUIET + "/", shelf.look, TODAY)
    assert propose(survey, QUIET + "/", WANTED)[0].page == (QUIET + "/",)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://presse.ville-x.fr/a", "https://www.ville-x.fr/", True),
        ("https://www.nord.gouv.fr/", "https://www.isere.gouv.fr/", False),
        ("https://actus.nord.gouv.fr/", "https://www.nord.gouv.fr/", True),
        ("https://a.over-blog.com/", "https://b.over-blog.com/", False),
        ("https://www.mediapart.fr/", "https://www.regards.fr/", False),
    ],
)
def test_whose_host_it_is(one: str, other: str, same: bool) -> None:
    assert same_owner(one, other) is same


@given(st.text(max_size=80), st.text(max_size=40))
def test_whatever_a_site_calls_itself_the_entry_is_sound(name: str, selector: str) -> None:
    said = to_toml(replace(WANTED, key="k", name=name or "x", listing=("http://x.example/",), links=selector or "a"))
    assert set(tomllib.loads(said)["k"]) <= {"name", "kind", "area", "listing", "links"}
    assert said.replace("\n", "").isprintable()


HOSTILE = (
    'Ville "X"\n[autre]\nkind = "regional"',
    "C:\\dossier\\\x1b[31m",
    "'''",
    '"""',
    "\u202egnol",
    "\x9b2J",
    "\\u0000",
)


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_title_is_a_name_and_nothing_more(title: str) -> None:
    said = to_toml(replace(WANTED, key="k", name=title, page=("http://x.example/",)))
    assert set(tomllib.loads(said)) == {"k"} and said.replace("\n", "").isprintable()


@given(st.from_regex(r"[a-zA-Z0-9.\-é]{1,120}", fullmatch=True))
def test_a_key_is_one_that_the_catalogue_takes(host: str) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key_for(host)) and len(key_for(host)) <= 60


NO_ADDRESS = (
    "ftp://x.example/",
    "http://",
    "http://a:b@x.example/",
    "http://x.example:http/",
    "http://x y/",
    "http://[",
    "",
)


@pytest.mark.parametrize("typed", NO_ADDRESS)
def test_what_is_no_address_is_the_users_mistake(typed: str) -> None:
    with pytest.raises(MistakeError, match="is no address of a site"):
        home_of(typed)


def test_an_address_may_be_typed_short() -> None:
    assert home_of("www.ville-x.fr") == "https://www.ville-x.fr/"
    assert home_of("http://ville-x.fr/accueil?a=1") == "http://ville-x.fr/accueil?a=1"


def test_an_unknown_kind_or_area_is_said_before_anything_is_asked() -> None:
    assert as_declared("municipal", ["roubaix", "59512"]).area == ("59512",)
    for kind, area in (("municipale", []), ("municipal", ["Lile"])):
        with pytest.raises(MistakeError, match=r"^unknown "):
            as_declared(kind, area)


def test_a_page_of_thousands_of_links_and_deep_nesting_is_read() -> None:
    days = (
        f'<div class="c{chr(97 + n % 26)}"><a href="/cal/{n}">Le {n % 28 + 1} mars 2025</a></div>' for n in range(5_000)
    )
    deep = f"{'<span>' * 5000}<a href='/actualites'>{'<b>' * 5000}Actualités</a>"
    body = f"<html><title>Calendrier</title><body>{''.join(days)}{deep}</body></html>"
    survey, _ = discover(
        "http://grand.example/", Shelf(Web.from_rows([{"url": "http://grand.example/", "body": body}])).look, TODAY
    )
    assert survey.tried
