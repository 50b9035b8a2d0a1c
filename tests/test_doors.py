"""The ways in: which doors there are on a day, and what each kind of answer names."""

from __future__ import annotations

import gzip
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.dates import PARIS, french_day, iso_instant
from crawler.spiders.doors import Answer, Door, Found, NotADoorError, clean_url, doors_back, doors_of
from crawler.spiders.readers import MOST_LINKS, linked_documents, read
from pipeline.records import Hint
from tests.scripted_web import source

NOW = datetime(2024, 11, 21, 12, 0, tzinfo=UTC)
AT = datetime(2024, 11, 21, 7, 30, tzinfo=UTC)
BASE = "https://www.titre.example/"


def names(
    kind: str, body: str | bytes, type_: str = "", first: bool = True, url: str = BASE + "x", **declared: Any
) -> Found:
    one = source("titre", **declared)
    answer = Answer(url, body if isinstance(body, bytes) else body.encode(), type_)
    return read(Door(kind, url, (one,)), one, answer, NOW, first=first)


def said(found: Found) -> list[tuple[str, Hint]]:
    return [(entry.url.removeprefix(BASE), entry.hint) for entry in found.entries]


RSS = """<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>T</title>
<item><title>Vidéo &amp; &lt;b&gt;cnil&lt;/b&gt;</title><link>https://www.titre.example/a?utm_source=rss</link>
<pubDate>Thu, 21 Nov 2024 08:30:00 +0100</pubDate></item>
<item><guid isPermaLink="true">https://www.titre.example/b</guid></item>
<item><title>relative</title><link>/c#top</link></item>
<item><title>sans lien</title></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><title type="html">Vid&amp;eacute;o</title>
<link rel="alternate" href="https://www.titre.example/a"/><link rel="enclosure" href="https://www.titre.example/i.jpg"/>
<updated>2024-11-21T09:00:00+01:00</updated><published>2024-11-21T08:30:00+01:00</published></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>T</title></channel>
<item rdf:about="https://www.titre.example/a"><title>Vidéo</title><link>https://www.titre.example/a</link>
<dc:date>2024-11-21T07:30:00Z</dc:date></item></rdf:RDF>"""
JSON = """{"version": "https://jsonfeed.org/version/1.1", "items": [
{"id": "1", "url": "https://www.titre.example/a", "title": "Vidéo", "date_published": "2024-11-21T08:30:00+01:00"},
{"id": "2", "external_url": "/b"}, {"id": "3"}, 4, {"url": ["x"]}]}"""


class TestFeeds:
    def test_rss(self) -> None:
        assert said(names("feed", RSS)) == [
            ("a?utm_source=rss", Hint("Vidéo & cnil", AT)),
            ("b", Hint(None, None)),
            ("c", Hint("relative", None)),
        ]

    @pytest.mark.parametrize("body", [ATOM, RDF], ids=["atom", "rdf"])
    def test_atom_and_rdf(self, body: str) -> None:
        assert said(names("feed", body)) == [("a", Hint("Vidéo", AT))]

    def test_json_feed(self) -> None:
        assert said(names("feed", "\ufeff" + JSON))[:2] == [("a", Hint("Vidéo", AT)), ("b", Hint(None, None))]

    def test_a_feed_in_another_encoding(self) -> None:
        body = RSS.replace("UTF-8", "ISO-8859-1").encode("iso-8859-1")
        assert said(names("feed", body, "application/rss+xml"))[0][1].title == "Vidéo & cnil"

    @pytest.mark.parametrize(
        "body",
        ["", "<html><body>Erreur</body></html>", '{"error": 1}', "{", '{"items": 3}', b"%PDF-1.4", b"\x00" * 99],
    )
    def test_what_is_no_feed_is_said(self, body: str | bytes) -> None:
        with pytest.raises(NotADoorError, match="not a feed"):
            names("feed", body)

    def test_an_empty_feed_is_a_feed(self) -> None:
        assert names("feed", '<rss version="2.0"><channel><title>T</title></channel></rss>') == Found()

    @pytest.mark.parametrize(
        "link",
        ["javascript:alert(1)", "file:///etc/passwd", "https://moi:secret@titre.example/", "http://[::1/", "http://x:99999/",
         "data:text/html,x", "https://titre.example/" + "a" * 3000, "mailto:x@y.example"],
    )  # fmt: skip
    def test_hostile_links_are_left_aside(self, link: str) -> None:
        body = RSS.replace("https://www.titre.example/a?utm_source=rss", link.replace("&", "&amp;"))
        assert next(entry.url for entry in names("feed", body).entries) == BASE + "b"

    @pytest.mark.parametrize(
        "date", ["Fri, 31 Dec 9999 23:59:59 -1200", "jeudi", "Thu, 21 Nov 2030 08:30:00 +0100", ""]
    )
    def test_a_date_that_cannot_be_is_none(self, date: str) -> None:
        assert said(names("feed", RSS.replace("Thu, 21 Nov 2024 08:30:00 +0100", date)))[0][1].published_at is None

    def test_entities_that_grow_are_not_expanded(self) -> None:
        laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
        body = f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]>' + RSS.partition("?>")[2].replace("relative", "&l11;")
        found = names("feed", body)
        assert all(len(entry.hint.title or "") < 1000 for entry in found.entries)

    def test_the_source_chooses(self) -> None:
        assert [url for url, _ in said(names("feed", RSS, include="/[ac]", exclude="utm_"))] == ["c"]
        found = names("feed", RSS, include="/b$")
        assert (len(found.entries), found.oldest) == (1, AT), "the oldest of all, whatever is chosen"

    @given(st.binary(max_size=400))
    def test_any_bytes_are_a_feed_or_none(self, body: bytes) -> None:
        with suppress(NotADoorError):
            names("feed", RSS.encode()[: len(body) * 2] + body)


SITEMAP = """<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc> https://www.titre.example/new </loc><lastmod>2024-11-20</lastmod>
<image:image><image:loc>https://www.titre.example/photo.jpg</image:loc><image:title>Photo</image:title></image:image></url>
<url><loc>https://www.titre.example/old</loc><lastmod>2024-10-01T08:00:00+02:00</lastmod></url>
<url><loc>https://www.titre.example/undated</loc></url><url><loc>file:///etc/passwd</loc></url></urlset>"""
NEWS = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://www.titre.example/a</loc><n:news><n:publication><n:name>T</n:name><n:language>fr</n:language>
</n:publication><n:publication_date>2024-11-21T08:30:00+01:00</n:publication_date><n:title>Vidéo</n:title></n:news></url>
<url><loc>https://www.titre.example/b</loc><lastmod>2024-01-01</lastmod><n:news>
<n:publication_date>2024-01-01</n:publication_date><n:title>B</n:title></n:news></url></urlset>"""


def index(*sitemaps: tuple[str, str]) -> str:
    rows = "".join(f"<sitemap><loc>{BASE}{name}</loc><lastmod>{when}</lastmod></sitemap>" for name, when in sitemaps)
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</sitemapindex>'


class TestSitemaps:
    def test_a_new_source_brings_its_last_days(self) -> None:
        found = names("sitemap", SITEMAP)
        assert said(found) == [("new", Hint()), ("old", Hint()), ("undated", Hint())]
        assert found.old == {BASE + "old"}
        assert names("sitemap", SITEMAP, first=False).old == frozenset()

    def test_a_whole_site_without_dates_is_only_remembered(self) -> None:
        urls = "".join(f"<url><loc>{BASE}{n}</loc></url>" for n in range(500))
        found = names("sitemap", f"<urlset>{urls}</urlset>")
        assert len(found.entries) == len(found.old) == 500
        assert names("sitemap", f"<urlset>{urls}</urlset>", first=False).old == frozenset()

    def test_a_news_sitemap_is_taken_whole(self) -> None:
        found = names("sitemap", NEWS)
        assert said(found)[0] == ("a", Hint("Vidéo", AT))
        assert (said(found)[1][1].title, found.old) == ("B", frozenset())
        assert found.oldest == datetime(2024, 1, 1, tzinfo=PARIS)

    def test_gzip(self) -> None:
        assert len(names("sitemap", gzip.compress(NEWS.encode())).entries) == 2

    def test_an_index_leads_to_what_may_be_new(self) -> None:
        found = names(
            "sitemap", index(("old.xml", "2024-01-01"), ("new.xml.gz", "2024-11-20T01:00:00Z"), ("u.xml", ""))
        )
        assert [door.url.removeprefix(BASE) for door in found.doors] == ["new.xml.gz", "u.xml"]
        assert all(door.kind == "sitemap" and door.sources[0].key == "titre" for door in found.doors)

    def test_a_long_index_is_cut_and_said(self) -> None:
        found = names("sitemap", index(*((f"{n}.xml", "2024-11-20") for n in range(500))))
        assert (len(found.doors), found.skipped) == (60, 440)

    @pytest.mark.parametrize("body", ["", "<html><p>Erreur", b"\x1f\x8b\x08garbage", "{}", RSS])
    def test_what_is_no_sitemap_is_said(self, body: str | bytes) -> None:
        with pytest.raises(NotADoorError, match="not a sitemap"):
            names("sitemap", body)

    def test_a_torn_sitemap_gives_what_is_there(self) -> None:
        assert (
            len(names("sitemap", SITEMAP[: SITEMAP.index("<url><loc>https://www.titre.example/undated")]).entries) == 2
        )

    def test_going_back_takes_nothing_older(self) -> None:
        one = source("titre")
        since = datetime(2024, 9, 1, tzinfo=UTC)
        door = Door("sitemap", BASE, (one,), since=since)
        found = read(door, one, Answer(BASE, SITEMAP.encode()), NOW, first=True)
        assert len(found.entries) == 3 and not found.old
        listed = index(("8.xml", "2024-08-30"), ("9.xml", "2024-09-30"), ("11.xml", "2024-11-21"))
        children = read(door, one, Answer(BASE, listed.encode()), NOW, first=True).doors
        assert [(d.url.removeprefix(BASE), d.once, d.since) for d in children] == [
            ("11.xml", False, since), ("9.xml", True, since),
        ]  # fmt: skip

    @given(st.binary(max_size=300), st.integers(0, len(SITEMAP)))
    def test_any_bytes_are_a_sitemap_or_none(self, body: bytes, cut: int) -> None:
        with suppress(NotADoorError):
            names("sitemap", SITEMAP.encode()[:cut] + body)


LISTING = """<html><head><base href="https://titre.example/presse/"></head>
<body><nav><a href="/">Accueil</a></nav><main><ul>
<li><time datetime="2024-11-21T08:30:00+01:00">hier</time> <a href="a">Vidéo
   protection</a></li>
<li>Publié le 21 novembre 2024 <h3><a href="/b">B</a></h3></li>
<li><a href="/c.pdf" title="Lettre"></a> (21/11/2024)</li>
<li><a href="https://ailleurs.example/d">D</a> 3 mars 2024</li></ul>
<p>Le 1er mars 2020 <a href="/e">E</a> et <a href="/f">F</a></p></main></body></html>"""
DAY = datetime(2024, 11, 21, tzinfo=PARIS).astimezone(UTC)


class TestListings:
    def test_links_titles_and_dates(self) -> None:
        found = names("listing", LISTING, links="main a", url=BASE + "presse")
        assert [(entry.url.partition("titre.example/")[2], entry.hint) for entry in found.entries] == [
            ("presse/a", Hint("Vidéo protection", AT)),
            ("b", Hint("B", DAY)),
            ("c.pdf", Hint("Lettre", DAY)),
            ("e", Hint("E", None)),
            ("f", Hint("F", None)),
        ]

    def test_a_selector_may_name_what_holds_the_link(self) -> None:
        assert len(names("listing", LISTING, links="li").entries) == 3

    def test_documents_pass_the_sources_filter_where_it_wants_them(self) -> None:
        assert len(names("listing", LISTING, include="/b$").entries) == 1
        assert len(names("listing", LISTING, include="/b$", documents=True).entries) == 2

    @pytest.mark.parametrize("type_", ["text/html; charset=utf-8", "text/html", "text/html; charset=iso-8859-1"])
    def test_a_charset_that_lies_does_not_spoil_the_titles(self, type_: str) -> None:
        for encoding in ("cp1252", "utf-8"):
            found = names("listing", LISTING.encode(encoding), type_, links="main a")
            assert found.entries[0].hint.title == "Vidéo protection", encoding

    def test_a_page_of_endless_links_is_cut_and_said(self) -> None:
        found = names("listing", "".join(f'<a href="/{n}">jour</a>' for n in range(MOST_LINKS + 5)))
        assert (len(found.entries), found.skipped) == (MOST_LINKS, 5)

    def test_deep_pages_are_read(self) -> None:
        deep = "<div>" * 2000 + '<a href="/a">A</a>' + "</div>" * 2000
        assert len(names("listing", deep).entries) <= 1

    def test_linked_documents(self) -> None:
        page = '<nav><a href="/menu.pdf">M</a></nav><article><a href="l.pdf">Lettre</a><a href="/x">x</a></article>'
        answer = Answer(BASE + "page/", page.encode(), "text/html")
        assert [(e.url, e.hint.title) for e in linked_documents(answer, "")] == [(BASE + "page/l.pdf", "Lettre")]
        assert linked_documents(Answer(BASE, page.encode(), "application/pdf"), "") == []

    @given(st.text(alphabet="<>/ahref=\"' bdivtim0129é&#x;!-", max_size=300))
    def test_any_text_is_a_listing(self, text: str) -> None:
        names("listing", text)


class TestDays:
    DAILIES = source("titre", archive="https://titre.example/%Y/%d-%m")

    def test_today_and_yesterday_when_nothing_is_remembered_of_them(self) -> None:
        urls = [door.url for door in doors_of((self.DAILIES,), NOW)]
        assert urls == ["https://titre.example/2024/21-11", "https://titre.example/2024/20-11"]

    def test_sources_share_a_door_and_its_answer(self) -> None:
        sources = [source(key, feed=BASE + "rss", archive="https://titre.example/%d") for key in ("un", "deux")]
        doors = doors_of(tuple(sources), NOW, lambda url: None)
        assert len(doors) == 1 + 8
        assert all([s.key for s in door.sources] == ["un", "deux"] for door in doors)
        assert doors[0].readers != doors_of((sources[0],), NOW)[0].readers

    @given(st.lists(st.integers(0, 24 * 60), max_size=12), st.integers(0, 23))
    def test_every_day_since_the_first_is_read_once_it_is_over(self, hours: list[int], hour: int) -> None:
        """Whatever the hours of the crawls, no day of the last month is left out, and none is read for ever."""
        start = datetime(2024, 11, 1, hour, tzinfo=UTC)
        read_at: dict[str, datetime] = {}
        crawls = sorted({0, *hours})
        for at in (start + timedelta(hours=h) for h in crawls):
            for door in doors_of((self.DAILIES,), at, read_at.get):
                read_at[door.url] = at
        last = start + timedelta(hours=crawls[-1])
        first = max(start - timedelta(days=7), last - timedelta(days=29))
        if max((b - a for a, b in pairwise(crawls)), default=0) < 24 * 28:
            day = last
            while day > first:
                assert day.astimezone(PARIS).strftime("https://titre.example/%Y/%d-%m") in read_at
                day -= timedelta(days=1)
        again = doors_of((self.DAILIES,), last + timedelta(minutes=1), read_at.get)
        assert len(again) <= 2

    def test_a_yearly_page_is_one_door(self) -> None:
        yearly = source("titre", archive="https://titre.example/presse-%Y")
        assert [door.url for door in doors_of((yearly,), NOW, lambda url: None)] == [
            "https://titre.example/presse-2024"
        ]

    def test_the_ways_back(self) -> None:
        since = datetime(2024, 11, 19, tzinfo=PARIS)
        one = source(
            "titre",
            archive="https://titre.example/%d-%m",
            history=(BASE + "all.xml", BASE + "breves/{page}/"),
            sitemap=BASE + "s",
        )
        read = {"https://titre.example/19-11": NOW, "https://titre.example/20-11": NOW - timedelta(days=1)}
        doors = doors_back(one, since, NOW, read.get)
        assert [(door.kind, door.url.rpartition("example/")[2]) for door in doors] == [
            ("archive", "21-11"), ("archive", "20-11"),
            ("sitemap", "all.xml"), ("paged", "breves/1/"), ("sitemap", "s"),
        ]  # fmt: skip
        assert all(door.since == since for door in doors)
        assert doors[0].key == doors[0].url and doors[2].key != doors[2].url


class TestWords:
    @given(st.text(max_size=80), st.sampled_from([BASE, BASE + "a/b?c"]))
    def test_a_link_is_an_http_address_or_nothing(self, link: str, base: str) -> None:
        url = clean_url(link, base)
        if url is not None:
            parts = urlsplit(url)
            assert parts.scheme in {"http", "https"} and parts.hostname and not parts.username and "#" not in url

    @pytest.mark.parametrize(
        ("text", "day"),
        [("Mis en ligne le 1er mars 2024", (2024, 3, 1)), ("21/11/2024 à 8h", (2024, 11, 21)),
         ("12 déc. 2024", (2024, 12, 12)),
         ("31 février 2024", None), ("le 3 mai", None), ("n° 12/34/2024", None)],
    )  # fmt: skip
    def test_french_days(self, text: str, day: tuple[int, int, int] | None) -> None:
        assert french_day(text) == (datetime(*day, tzinfo=PARIS) if day else None)

    @given(st.text(alphabet="0123456789-T:+Z. ", max_size=40) | st.integers() | st.none())
    def test_any_text_is_an_instant_or_none(self, text: object) -> None:
        when = iso_instant(text)
        assert when is None or when.tzinfo == UTC
