"""Everything from the web is data: mutated pages, doors, documents and archives never crash, hang or swell us.

A few hundred mutations are in the suite. At least 5,000: `pytest -m fuzz -s tests/test_hostile.py`;
VIGIE_FUZZ_CASES and VIGIE_FUZZ_SEED choose others.
"""

# ruff: noqa: T201 (the long test says where it is)
from __future__ import annotations

import gzip
import os
import random
import resource
import signal
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest

from crawler.sources import load_sources
from crawler.spiders.doors import Answer, Door, NotADoorError
from crawler.spiders.readers import read as read_door
from pipeline.archive import BrokenArchiveError, read_archive
from pipeline.demo import FOLDER
from pipeline.ingest import ingest
from pipeline.records import Capture, Source
from pipeline.stages import Findings, look
from pipeline.store import reading
from pipeline.workers import Limits
from tests.test_ingest import FIRST, SOURCES, A, archive, how, page, rules, seen

SECONDS = 10
MEMORY = 1 << 30  # bytes that reading one hostile thing may add
DEMO: dict[str, Source] = load_sources(FOLDER / "sources.toml")
GAZETTE = Source("gazette", "La Gazette", "regional", ("59350",), home="https://gazette.exemple/", links="a")

# What hostile or careless people write; put in anywhere.
EVIL = [
    b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\xe2\x80\xae", b"\x1b]0;x\x07", b"&#0;", b"&#xd800;", b"&#x110000;",
    b"<" * 300,
    b"<div>" * 3000, b"]]>", b"<!--", b"-->", b"<![CDATA[", b"<script>", b"</article>", b"<base href='javascript:x'>",
    b'<meta charset="utf-7">', b'<meta charset="utf-16">', b"9999-12-31T23:59:59+14:00", b"0001-01-01T00:00:00-23:59",
    b"31 f\xc3\xa9vrier 99999", b'"articleBody":', b'{"@type":' * 500, b"[" * 5000, b"\\u0000", b"1e999", b"-" * 5000,
    b"http://[::1", b"http://" + b"a." * 2000, b"//\xc3\xa9.\xf0\x9f\x98\x80/", b"=cmd|' /C calc'!A0", b"../" * 200,
    b"x" * 100_000, b"BriefCam " * 3000, b"v i d e o " * 2000, b"\xc2\xad" * 5000, b"\xcc\x81" * 5000, b"<p>" * 5000,
    b"%PDF-1.7", b"endobj", b"/Kids [3 0 R]", b"stream\n", b"&amp;" * 5000, b"\n" * 20_000, b"\xe2\x80\xa8" * 2000,
]  # fmt: skip
TYPES = [
    "text/html; charset=utf-8", "text/html; charset=utf-16", "text/html; charset=latin-1",
    "text/html; charset=\x00", "",
    "application/pdf", "text/plain", "application/octet-stream", "application/xml", "text/html;" * 3000, "image/png",
]  # fmt: skip


def mutated(chance: random.Random, data: bytes) -> bytes:
    """Some bytes flipped, cut out, doubled, exchanged for evil ones."""
    made = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        at = chance.randrange(len(made) + 1)
        size = chance.choice((0, 1, 2, 20, 400))
        match chance.randrange(5):
            case 0:
                made[at : at + size] = chance.randbytes(size)
            case 1:
                made[at:at] = chance.choice(EVIL)
            case 2:
                del made[at : at + chance.choice((1, 50, 5000))]
            case 3:
                made[at:at] = made[at : at + size] * chance.choice((1, 3, 50))
            case _:
                if made:
                    made[at % len(made)] ^= 1 << chance.randrange(8)
    return bytes(made)


@contextmanager
def bounded(what: str) -> Iterator[None]:
    """Fails when it takes more than SECONDS of CPU: so a machine that is busy with other things changes nothing."""

    def late(number: int, frame: FrameType | None) -> None:
        raise AssertionError(f"{what}: more than {SECONDS} s")

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def as_page(body: bytes, kind: str = TYPES[0], url: str = "https://gazette.exemple/a") -> Findings:
    """What the stages make of an answer."""
    capture = Capture("id", url, FIRST, 200, (("Content-Type", kind),), body, source="gazette")
    return look(capture, SOURCES, rules())


def check(findings: Findings) -> None:
    """An article or a failure, which the database can hold; mentions that stand where they say."""
    assert findings.article or findings.failure
    if article := findings.article:
        for words in (article.title, article.text, *article.authors, article.url, article.canonical_url):
            words.encode()
            assert "\x00" not in words and "\x1b" not in words and "\u202e" not in words
        assert article.published_at is None or 1900 <= article.published_at.year <= FIRST.year + 1
        for where, mention in findings.mentions:
            assert getattr(article, where)[mention.start : mention.end] == mention.surface


def pages() -> list[Path]:
    return sorted((FOLDER / "pages").iterdir())


def read_page(chance: random.Random) -> None:
    file = chance.choice(pages())
    kind = chance.choice(TYPES) if chance.random() < 0.3 else "application/pdf" if file.suffix == ".pdf" else TYPES[0]
    findings = as_page(mutated(chance, file.read_bytes()), kind)
    if "image" not in kind:
        check(findings)


SITEMAP = (
    b'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    b'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'
    + b"".join(
        b"<url><loc>https://gazette.exemple/%d</loc><lastmod>2024-11-21</lastmod><news:news><news:publication_date>"
        b"2024-11-21T08:00:00+01:00</news:publication_date><news:title>Titre %d</news:title></news:news></url>" % (n, n)
        for n in range(20)
    )
    + b"</urlset>"
)
KINDS = ("feed", "sitemap", "listing")


def doors_bodies() -> list[bytes]:
    return [file.read_bytes() for file in sorted((FOLDER / "feeds").iterdir())] + [SITEMAP, gzip.compress(SITEMAP)]


def open_door(kind: str, body: bytes, content_type: str = "application/xml") -> None:
    door = Door(kind, "https://gazette.exemple/porte", (GAZETTE,))
    try:
        found = read_door(door, GAZETTE, Answer(door.url, body, content_type), FIRST, first=True)
    except NotADoorError:
        return
    for entry in found.entries:
        entry.url.encode()
        assert entry.hint.published_at is None or entry.hint.published_at.tzinfo


def read_listing(chance: random.Random) -> None:
    open_door(chance.choice(KINDS), mutated(chance, chance.choice(doors_bodies())), chance.choice(TYPES))


def read_warc(chance: random.Random, path: Path) -> None:
    plain = archive_bytes(path.parent)
    data = mutated(chance, plain)
    path.write_bytes(data if chance.random() < 0.5 else gzip.compress(data))
    damages: list[BrokenArchiveError] = []
    for capture, _ in read_archive(path, 0, damages.append):
        assert capture.fetched_at.tzinfo
        look(capture, SOURCES, rules())


def archive_bytes(folder: Path) -> bytes:
    whole = folder / "whole"
    if not whole.exists():
        same = seen(1, "lille", b"", status=304, same_as="a" * 64)
        packed = archive(folder / "made", "a", [seen(0, "lille", A), same, seen(2, "caen", b"", status=404)])
        whole.write_bytes(gzip.decompress(packed.read_bytes()))
    return whole.read_bytes()


def fuzz(cases: int, seed: int, folder: Path, say: Callable[[int], object] = lambda done: None) -> None:
    readers: list[Callable[[random.Random], None]] = [
        read_page, read_page, read_listing, lambda chance: read_warc(chance, folder / "x.warc"),
    ]  # fmt: skip
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
    for case in range(cases):
        chance = random.Random(f"{seed}-{case}")
        with bounded(f"case {seed}-{case}"):
            try:
                readers[case % len(readers)](chance)
            except Exception as error:
                raise AssertionError(f"case {seed}-{case}: {error!r}") from error
        if case % 500 == 499:
            say(case + 1)
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10) - before < MEMORY


def test_mutations_of_all_that_we_read(tmp_path: Path) -> None:
    fuzz(200, 7, tmp_path)


@pytest.mark.fuzz
def test_five_thousand_mutations_of_all_that_we_read(tmp_path: Path) -> None:
    cases, seed = (int(os.environ.get(f"VIGIE_FUZZ_{name}", said)) for name, said in (("CASES", 5000), ("SEED", 1)))
    fuzz(cases, seed, tmp_path, lambda done: print(f"{done} mutations", flush=True))


LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(12)
) + b"]>"  # fmt: skip
QUADRATIC = b'<!DOCTYPE x [<!ENTITY a "' + b"ha" * 50_000 + b'">]>'
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY % b SYSTEM "http://127.0.0.1:9/x"> %b;]>'
FEEDS = {
    "billion laughs": LAUGHS + b"<rss><channel><item><title>&m;</title><link>https://a.exemple/</link></item></channel></rss>",
    "quadratic": QUADRATIC + b"<rss><channel><item><title>" + b"&a;" * 20_000 + b"</title></item></channel></rss>",
    "outside": OUTSIDE + b"<rss><channel><item><title>&a;</title><link>https://a.exemple/</link></item></channel></rss>",
    "deep": b"<rss>" + b"<channel>" * 50_000,
    "one long line": b"<rss><channel><item><title>" + b"a" * 5_000_000 + b"</title></item></channel></rss>",
    "gzip bomb": gzip.compress(bytes(200_000_000), compresslevel=1),
    "many items": b"<rss><channel>" + b"<item><link>https://a.exemple/x</link></item>" * 20_000 + b"</channel></rss>",
    "json": b'{"items": ' + b"[" * 200_000,
    "nul": bytes(1_000_000),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", FEEDS)
def test_hostile_doors(kind: str, name: str) -> None:
    with bounded(name):
        open_door(kind, FEEDS[name])


def test_nothing_outside_is_read_by_a_feed() -> None:
    door = Door("feed", "https://gazette.exemple/porte", (GAZETTE,))
    try:
        found = read_door(door, GAZETTE, Answer(door.url, FEEDS["outside"], "application/xml"), FIRST, first=True)
    except NotADoorError:
        return
    assert "root:" not in repr(found)


@pytest.mark.parametrize(
    "reference", ["&#x110000;", "&#xd800;", "&#1114112;", "&#" + "9" * 5000 + ";", "&#xDFFF;", "&#0;"]
)
def test_a_feed_survives_a_character_that_there_is_not(reference: str) -> None:
    item = f"<item><title>Un {reference} titre &amp; fin</title><link>https://a.exemple/1</link></item>"
    answer = Answer("https://gazette.exemple/porte", f"<rss><channel>{item}</channel></rss>".encode(), "text/xml")
    found = read_door(Door("feed", answer.url, (GAZETTE,)), GAZETTE, answer, FIRST, first=True)
    assert [entry.url for entry in found.entries] == ["https://a.exemple/1"]


@pytest.mark.parametrize("year", ["9999", "0001", "99999", "-1", "2024-02-30", "²⁰²⁴"])
def test_impossible_dates(year: str) -> None:
    html = page("BriefCam", "La CNIL.").replace(b"2024-11-21", f"{year}-12-31".encode())
    check(as_page(html))
    item = (
        f"<item><title>a</title><link>https://a.exemple/1</link><pubDate>{year}-12-31T23:59:59+14:00</pubDate></item>"
    )
    open_door("feed", f"<rss><channel>{item}</channel></rss>".encode())


def test_bombs_and_huge_headers_are_rows_and_the_batch_goes_on(tmp_path: Path) -> None:
    bomb, huge = zlib.compress(b"<p>BriefCam " * 40_000_000, 1), tuple((f"X-{n}", "a" * 100_000) for n in range(10))
    packed = (("Content-Type", "text/html"), ("Content-Encoding", "deflate"))
    html = (("Content-Type", "text/html; charset=utf-8"),)
    archive(tmp_path / "archive", "a", [
        seen(0, "bombe", bomb, response_headers=packed), seen(1, "entetes", A, response_headers=(*html, *huge)),
        seen(2, "profond", b"<html>" + b"<div>" * 300_000 + b"BriefCam"), seen(3, "lille", A),
        seen(4, "long", b"<html><title>" + b"BriefCam " * 400_000), seen(5, "pdf", pdf_loop()),
        seen(6, "../../etc/passwd%00\u202e", A), seen(7, "table", b"<table><tr>" * 100_000 + b"<td>BriefCam"),
    ])  # fmt: skip
    begun = time.monotonic()
    kept = ingest(tmp_path / "archive", tmp_path / "vigie.duckdb", how(1, limits=Limits(seconds=SECONDS)))
    assert kept.captures == 8 and time.monotonic() - begun < 8 * SECONDS
    with reading(tmp_path / "vigie.duckdb") as store:
        read = {row[0].rpartition("/")[2] for row in store.select("SELECT url FROM articles").rows}
        failed = {row[0] for row in store.select("SELECT url FROM failures").rows}
    assert {"lille", "entetes"} <= read
    assert len(failed) + len(read) >= 7, "each is an article or a failure"


def pdf_loop() -> bytes:
    """A PDF whose pages are their own children."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 9999999>>"
        b"endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    )


PDFS = {
    "loop": pdf_loop(),
    "bomb": b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/Contents 4 0 R>>endobj\n4 0 obj<</Length 9/Filter[/FlateDecode/FlateDecode]>>"
    b"stream\n"
    + zlib.compress(zlib.compress(bytes(150_000_000)))
    + b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF",
    "nothing": b"%PDF-1.4",
    "nul": b"%PDF-1.4" + bytes(100_000),
    "brackets": b"%PDF-1.4\n1 0 obj" + b"[" * 100_000 + b"endobj trailer<</Root 1 0 R>>",
}


@pytest.mark.parametrize("name", PDFS)
def test_hostile_pdfs_are_failures(name: str) -> None:
    with bounded(name):
        check(as_page(PDFS[name], "application/pdf"))


WORDS = {
    "right to left": "\u202egnp.exe", "isolates": "\u2066x\u2069", "escape": "\x1b[2J\x1b]0;x\x07",
    "surrogate": "\ud800",
    "script": "<script>alert(1)</script>", "formula": "=cmd|' /C calc'!A0", "path": "../../etc/passwd",
    "combining": "a" + "\u0301" * 5000, "zero width": "B\u200br\u200bi\u200be\u200bf\u200bCam",
    "private": "\ue000\ufffe",
}  # fmt: skip


@pytest.mark.parametrize("name", WORDS)
def test_hostile_words_in_titles_and_texts(name: str) -> None:
    check(as_page(page(f"BriefCam {WORDS[name]}", f"La CNIL dit {WORDS[name]} et rien de plus.")))


def test_a_charset_that_lies_is_no_failure() -> None:
    body = page("Été à Lille", "La CNIL a été saisie à Lille, où l'été fut beau.")
    for declared in (
        "utf-16",
        "utf-7",
        "ascii",
        "cp1252",
        "x" * 5000,
        "utf-8\x00",
        "idna",
        "unicode_escape",
        "rot13",
        "hex",
    ):
        findings = as_page(body, f"text/html; charset={declared}")
        assert findings.article and findings.article.title, declared


def test_addresses_that_are_none() -> None:
    for url in (
        "http://[::1",
        "http://a:99999/",
        "javascript:x",
        "",
        "http://" + "a" * 5000,
        "http://\ud800/",
        "http://a/\x00",
    ):
        check(as_page(A, url=url))
