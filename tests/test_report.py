"""The page of pictures, and the digest's page: as rows, as HTML, and in a real browser."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from lxml import html

from pipeline.areas import place_name
from pipeline.health import Health, State
from pipeline.telling.render import to_html as digest_page
from pipeline.telling.report import Report, gather_report, to_html
from pipeline.telling.tongue import Said
from tests.browser import measured, needs_browser, printed, screenshot, size_of
from tests.stored import LABELS, Rows, at
from tests.test_digest import EVIL, HOSTILE, MATCH

NOW = datetime(2025, 4, 10, 6, tzinfo=UTC)
HEALTH = (
    Health("echo", "L'Écho", "silent", NOW, Said("last_article", {"last": NOW})),
    Health("guetteur", EVIL, "well", NOW, Said("as_declared", {"words": EVIL})),
)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    rows = Rows()
    for month in range(1, 8):
        day = at(f"2024-{month:02}-15 07:00")
        rows.article(f"a{month}", "BriefCam et la CNIL.", day, published=day, title=EVIL)
        rows.article(f"b{month}", "La VSA. La CNIL.", day, published=day, source="cnil")
    rows.article("loin", "BriefCam.", at("2024-12-15 07:00"), published=at("2024-12-15 07:00"), source="ponant")
    database = tmp_path_factory.mktemp("report") / "vigie.duckdb"
    rows.keep(database)
    return gather_report(database, LABELS, HEALTH, NOW)


@pytest.fixture(scope="module")
def page(report: Report) -> str:
    return to_html(report, place_name)


def test_every_picture_has_its_table_underneath(page: str) -> None:
    parts = html.fromstring(page).xpath("//section")
    assert len(parts) == 4
    for part in parts:
        assert part.xpath(".//figure/*[@role='img' and string-length(@aria-label) > 10]"), part.xpath("string(h2)")
        assert part.xpath(".//figure/following::table[caption]") and part.xpath(".//th[@scope='col']")


def test_the_tables_hold_the_numbers(page: str) -> None:
    root = html.fromstring(page)
    months = {row[0].text: [cell.text for cell in row[1:]] for row in root.xpath("(//table)[1]/tbody/tr")}
    assert months["juillet 2024"] == ["1", "2", "1"] and months["décembre 2024"] == ["1", "0", "0"]
    assert "août 2024" not in months, "a month without articles is in the picture, not in the table"
    assert [row[0].text for row in root.xpath("(//table)[3]/tbody/tr")] == ["Lille", "France entière", "Finistère"]
    assert root.xpath("string((//table)[4]/tbody/tr[1])").startswith("L'Écho")


class Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        assert not any(name.startswith("on") for name, _ in attrs)


def test_it_is_one_file_without_script_and_the_same_each_time(report: Report, page: str) -> None:
    assert not Tags(page).found & {"script", "link", "iframe", "img"}
    assert "</desc>" not in page, "co-ordinates, which only a script would show"
    assert "\x1b" not in page and "<script>" not in page and page == to_html(report, place_name)


def words_of(report: Report, language: str = "fr") -> str:
    return " ".join(html.fromstring(to_html(report, place_name, language)).xpath("string(//main)").split())


def test_it_says_what_is_counted(report: Report) -> None:
    french, english = (words_of(report, language).replace("\u00a0", " ") for language in ("fr", "en"))
    assert "15 articles depuis le lundi 15 janvier 2024, reprises comprises" in french
    assert "15 articles since Monday 15 January 2024, reprints included" in english


def test_a_home_with_nothing_on_its_topics_has_a_page(report: Report) -> None:
    empty = replace(report, months=(), places=(), articles=(), health=HEALTH)
    assert words_of(empty).count("Rien sur ces sujets dans ce qui a été lu.") == 3


def test_nothing_found_is_not_said_where_nothing_was_read(tmp_path: Path) -> None:
    rows, database = Rows(), tmp_path / "vigie.duckdb"
    rows.run("echo", NOW, "unreachable")
    rows.keep(database)
    said = words_of(gather_report(database, LABELS, HEALTH[:1], NOW))
    assert said.count("Aucun article n'a encore été lu.") == 3 and "Rien" not in said
    rows.article("autre", "Rien à voir.", NOW)
    rows.keep(database)
    assert "Rien sur ces sujets" in words_of(gather_report(database, LABELS, HEALTH[:1], NOW))


@pytest.mark.parametrize(
    ("states", "words"),
    [
        (("well", "quiet"), "Aucune source ne va mal, sur 2."),
        (("well", "silent"), "1 source ne va pas bien, sur 2."),
        (("broken", "silent", "new"), "2 sources ne vont pas bien, sur 3."),
        (("new", "closed"), "Aucune source n'a encore été lue."),
        ((), "Aucune source n'a encore été lue."),
    ],
)
def test_how_the_sources_are_is_said_in_words(report: Report, states: tuple[State, ...], words: str) -> None:
    health = [Health(state, state, state, None, Said("never")) for state in states]
    assert words in words_of(replace(report, health=health)).replace("\u00a0", " ")


FRENCH = re.compile(
    r"\b(?:de|des|du|le|la|les|et|sur|par|mois|titre|articles? (?:plus|paru)|veille|dernier|janvier|août)\b"
)


def test_the_report_is_in_english_on_demand(report: Report, page: str) -> None:
    ours = replace(report, articles=(), health=report.health[:1])
    french, english = (html.fromstring(to_html(ours, lambda code: "X", language)) for language in ("fr", "en"))
    words = [" ".join(root.xpath("//text()[not(parent::style)]")) for root in (french, english)]
    assert french.get("lang") == "fr" and english.get("lang") == "en"
    assert FRENCH.search(words[0]) and not FRENCH.search(words[1])
    assert "since" not in page and "July 2024" in words[1]
    assert english.xpath("//nav/@aria-label") == ["Contents"] and english.xpath("//title")[0].text.startswith("Vigie: ")


@needs_browser
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("kind", ["report", "digest"])
def test_a_page_fits_its_window_and_asks_for_nothing(kind: str, width: int, page: str, tmp_path: Path) -> None:
    seen = measured(page if kind == "report" else digest_page(HOSTILE), tmp_path, width)
    assert seen["width"] == width and seen["content"] <= width, f"{kind} is {seen['content']} wide in {width}"
    assert seen["asked"] == 0
    if kind == "report":
        assert len(seen["drawings"]) == 4 and all(w > width * 0.6 and n > 3 for w, _, n, _ in seen["drawings"])


@needs_browser
@pytest.mark.parametrize("kind", ["report", "digest"])
def test_a_page_is_dark_where_the_screen_is(kind: str, page: str, tmp_path: Path) -> None:
    shown = page if kind == "report" else digest_page(HOSTILE)
    light, dark = (measured(shown, tmp_path, 800, dark=dark) for dark in (False, True))
    assert light["ground"] == "rgb(255, 255, 255)" and dark["ground"] == "rgb(20, 23, 29)"
    assert light["ink"] != dark["ink"]


@needs_browser
def test_pictures_are_taken(page: str, tmp_path: Path) -> None:
    digest = digest_page(replace(HOSTILE, matches=(replace(MATCH, title="Un titre"),) * 3))
    for shown, width in ((page, 1280), (digest, 600)):
        picture = screenshot(shown, tmp_path, width, 1200)
        assert size_of(picture) == (width, 1200) and len(picture) > 15_000, "an empty page is a small picture"


@needs_browser
def test_the_report_can_be_printed(page: str, tmp_path: Path) -> None:
    from pypdf import PdfReader

    words = " ".join(" ".join(sheet.extract_text() for sheet in PdfReader(printed(page, tmp_path)).pages).split())
    assert "Ce qui a paru, mois par mois" in words and "Articles par lieu des sources" in words
    assert "Sommaire" not in words
