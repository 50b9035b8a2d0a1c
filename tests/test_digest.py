"""What a digest says: new, edited, removed, archives, unseen; in an order and in words; and the same again later."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.digest import Change, Digest, Match, Sight, clean, marked, pieces, restored, saved
from pipeline.home import Watch
from pipeline.store import reading
from pipeline.telling.excerpt import excerpt
from pipeline.telling.gather import Told, gather
from pipeline.telling.layout import laid_out
from pipeline.telling.render import FORMATS, to_atom, to_csv_text, to_html, to_json, to_markdown, to_text
from tests.stored import LABELS, SOURCES, Rows, at

WATCH = Watch("lille", topics=("briefcam", "cnil"), areas=("59350",))
NOTHING = Told()
MORNING = at("2024-11-22 06:00")
EVIL = '\x1b[2J=HYPERLINK("http://x") <script>alert(1)</script> [a](javascript:b) \u202eX'


def told_by(digest: Digest) -> Told:
    return Told(digest.events, digest.made_at)


def plainly(text: str) -> str:
    """On one line, without the difference between kinds of blanks."""
    return " ".join(text.split())


class House:
    """A database and its digests."""

    def __init__(self, folder: Path) -> None:
        self.database, self.rows, self.watch = folder / "vigie.duckdb", Rows(), WATCH

    def digest(self, now: datetime, told: Told = NOTHING, since: datetime | None = None) -> Digest:
        self.rows.keep(self.database)
        with reading(self.database) as store:
            return gather(store, self.watch, list(SOURCES), LABELS, now, told, since)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_what_is_new_is_told_once(house: House) -> None:
    house.rows.article("un", "La Ville emploie BriefCam.", at("2024-11-21 07:00"), published=at("2024-11-21 05:00"))
    first = house.digest(MORNING)
    assert [match.topics for match in first.matches] == [("briefcam",)]
    assert laid_out(first).news == "1\u00a0nouvel article"
    again = house.digest(MORNING + timedelta(hours=1), told_by(first))
    assert again.matches == () and "rien de nouveau" in to_text(again).lower()
    house.rows.article("deux", "BriefCam encore.", at("2024-11-22 07:00"), published=at("2024-11-22 05:00"))
    second = house.digest(at("2024-11-22 08:00"), told_by(first))
    assert [match.title for match in second.matches] == ["deux"]


def test_a_new_topic_of_a_told_article_is_told_and_the_old_one_is_not_again(house: House) -> None:
    house.rows.article("un", "La Ville emploie BriefCam.", at("2024-11-21 07:00"))
    first = house.digest(MORNING)
    house.rows.article("un", "La Ville emploie BriefCam. La CNIL le sait.", at("2024-11-22 07:00"))
    second = house.digest(at("2024-11-22 08:00"), told_by(first))
    assert [(event, topic) for event, _, topic, _ in second.events] == [("match", "cnil")]
    assert second.matches[0].topics == ("briefcam", "cnil") and second.changes == ()


def test_all_any_and_none(house: House) -> None:
    house.rows.article("une", "BriefCam.", at("2024-11-21 07:00"))
    house.rows.article("deux", "BriefCam et la CNIL.", at("2024-11-21 07:01"))
    house.rows.article("trois", "BriefCam, la CNIL et la VSA.", at("2024-11-21 07:02"))
    house.watch = Watch("w", all=("briefcam", "cnil"), none=("vsa",))
    assert [match.title for match in house.digest(MORNING).matches] == ["deux"]


def test_the_least_access_and_the_sources_are_kept_to(house: House) -> None:
    house.rows.article("extrait", "BriefCam.", at("2024-11-21 07:00"), access="teaser")
    house.rows.article("ailleurs", "BriefCam.", at("2024-11-21 07:00"), source="inconnue")
    house.watch = replace(WATCH, access="full")
    assert house.digest(MORNING).matches == ()


def test_an_article_that_a_followed_source_showed_too_is_told(house: House) -> None:
    key = house.rows.article("ailleurs", "BriefCam.", at("2024-11-21 07:00"), source="inconnue")
    house.rows.capture("ailleurs", at("2024-11-21 08:00"), article_id=key, source="echo")
    assert [match.article_id for match in house.digest(MORNING).matches] == [key]


def test_the_first_reading_tells_the_old_apart_from_the_recent(house: House) -> None:
    for source in SOURCES:
        house.rows.run(source, at("2024-11-21 07:30"))
    house.rows.article("vieux", "BriefCam.", at("2024-11-21 07:00"), published=at("2023-01-01 10:00"))
    assert laid_out(house.digest(MORNING)).news == "Première lecture\u00a0: 1\u00a0article déjà paru"
    house.rows.article("sans date", "BriefCam.", at("2024-11-21 07:00"))
    house.rows.article("frais", "BriefCam.", at("2024-11-21 07:00"), published=at("2024-11-20 10:00"))
    digest = house.digest(MORNING)
    assert {match.title: match.archive for match in digest.matches} == {
        "vieux": True,
        "sans date": True,
        "frais": False,
    }
    assert laid_out(digest).news == "1\u00a0nouvel article et 2\u00a0articles déjà parus"
    assert "date inconnue" in to_text(digest)


def test_what_a_new_rule_finds_in_old_articles_is_archives(house: House) -> None:
    house.rows.article("un", "BriefCam.", at("2024-01-21 07:00"), published=at("2024-01-20 05:00"))
    digest = house.digest(MORNING, Told((), at("2024-11-21 06:00")))
    assert digest.matches[0].archive and laid_out(digest).news == "1\u00a0article d'archives"


def test_what_appeared_while_nobody_asked_is_new(house: House) -> None:
    house.rows.article("un", "BriefCam.", at("2024-09-01 07:00"), published=at("2024-09-01 05:00"))
    assert not house.digest(MORNING, Told((), at("2024-08-31 06:00"))).matches[0].archive


def test_since_tells_all_again_and_announces_no_change(house: House) -> None:
    house.rows.article("un", "BriefCam.", at("2024-11-20 07:00"), published=at("2024-11-20 05:00"))
    house.rows.article("deux", "BriefCam.", at("2024-11-21 07:00"), published=at("2024-11-21 05:00"))
    told = told_by(house.digest(MORNING))
    digest = house.digest(MORNING, told, since=at("2024-11-21 00:00"))
    assert [match.title for match in digest.matches] == ["deux"] and "depuis le jeudi 21" in to_text(digest)


def test_nearest_first_then_weightiest_and_it_says_why(house: House) -> None:
    seen, day = at("2024-11-21 07:00"), at("2024-11-21 05:00")
    house.rows.article("pays", "BriefCam et CNIL.", seen, title="BriefCam et CNIL", published=day, source="cnil")
    house.rows.article("loin", "BriefCam et CNIL.", seen, title="BriefCam", published=day, source="ponant")
    house.rows.article("autour", "BriefCam.", seen, published=day, source="echo")
    house.rows.article("ici un", "BriefCam.", seen, published=day)
    house.rows.article("ici deux", "BriefCam et CNIL.", seen, title="BriefCam ici", published=day)
    digest = house.digest(MORNING)
    assert [match.source for match in digest.matches] == ["guetteur", "guetteur", "echo", "ponant", "cnil"]
    assert digest.matches[0].title == "BriefCam ici"
    said = plainly(to_text(digest))
    assert "Important : cité dès le titre, source du lieu suivi, 2 des sujets suivis, presse d'enquête" in said
    titles = [section.title for section in laid_out(digest).sections]
    assert titles == ["Lille", "Nord", "Finistère", "France entière"]


def test_the_sentence_with_most_topics_is_shown_with_its_words_marked(house: House) -> None:
    text = "BriefCam est là. La CNIL ignore tout de BriefCam. Fin."
    house.rows.article("un", text, at("2024-11-21 07:00"))
    assert "«\u202fLa *CNIL* ignore tout de *BriefCam*.\u202f»" in to_text(house.digest(MORNING))


def test_an_edit_is_told_with_the_sentence_that_is_gone(house: House) -> None:
    house.rows.article("un", "Début. La Ville emploie BriefCam. La CNIL attend.", at("2024-11-21 07:00"))
    first = house.digest(MORNING)
    house.rows.article("un", "Début. La Ville emploie un logiciel. La CNIL attend.", at("2024-11-22 07:05"))
    second = house.digest(at("2024-11-22 08:00"), told_by(first))
    assert [change.lost for change in second.changes] == [("La Ville emploie BriefCam.",)]
    said = plainly(to_text(second))
    assert "1 article modifié" in said and "modifié, vu le vendredi 22 novembre 2024 à 8 h 05" in said
    assert "a disparu : « La Ville emploie *BriefCam*. »" in said
    both = Told((*first.events, *second.events), second.made_at)
    assert house.digest(at("2024-11-22 09:00"), both).changes == ()


@pytest.mark.parametrize(
    ("text", "access", "title"),
    [
        ("La Ville emploie BriefCam. Une autre phrase.", "full", "un"),
        ("La  Ville emploie\nBriefCam.", "full", "un"),
    ],
)
def test_an_edit_that_touches_no_topic_is_not_told(house: House, text: str, access: str, title: str) -> None:
    house.rows.article("un", "La Ville emploie BriefCam.", at("2024-11-21 07:00"))
    first = house.digest(MORNING)
    house.rows.article("un", text, at("2024-11-22 07:00"), access=access, title=title)
    assert house.digest(at("2024-11-22 08:00"), told_by(first)).changes == ()


def test_a_wall_that_closes_is_no_lost_sentence(house: House) -> None:
    house.rows.article("un", "BriefCam ici. La CNIL le sait.", at("2024-11-21 07:00"))
    first = house.digest(MORNING)
    house.rows.article("un", "BriefCam ici.", at("2024-11-22 07:00"), access="teaser")
    second = house.digest(at("2024-11-22 08:00"), told_by(first))
    assert second.changes[0].lost == () and "désormais réservé aux abonnés" in plainly(to_text(second))


def test_a_new_title_is_told_with_the_old(house: House) -> None:
    house.rows.article("un", "BriefCam.", at("2024-11-21 07:00"), title="Lille espionne")
    first = house.digest(MORNING)
    house.rows.article("un", "BriefCam.", at("2024-11-22 07:00"), title="Lille regarde")
    assert "le titre était : « Lille espionne »" in plainly(
        to_text(house.digest(at("2024-11-22 08:00"), told_by(first)))
    )


def test_a_removal_is_told_after_three_looks_over_two_days(house: House) -> None:
    house.rows.article("un", "BriefCam.", at("2024-11-21 07:00"))
    first = house.digest(MORNING)
    for day, told in ((22, 0), (23, 0), (24, 1)):
        house.rows.capture("un", at(f"2024-11-{day} 09:00"), status=404)
        digest = house.digest(at(f"2024-11-{day} 10:00"), told_by(first))
        assert len(digest.changes) == told, f"on the {day}th"
    said = plainly(to_text(digest))
    assert "1 article retiré" in said
    assert "depuis le vendredi 22 novembre 2024 (HTTP 404), constaté 3 fois jusqu'au dimanche 24 novembre 2024" in said


def test_a_page_that_came_back_was_not_removed(house: House) -> None:
    house.rows.article("un", "BriefCam.", at("2024-11-21 07:00"))
    first = house.digest(MORNING)
    for day, status in ((22, 404), (23, 404), (24, 404), (25, 200)):
        house.rows.capture("un", at(f"2024-11-{day} 09:00"), status=status)
    assert house.digest(at("2024-11-25 10:00"), told_by(first)).changes == ()


def test_a_removal_says_each_answer_in_its_order_and_how_often_it_was_seen(house: House) -> None:
    house.rows.article("un", "BriefCam.", at("2026-03-02 07:00"))
    first = house.digest(at("2026-03-02 08:00"))
    for day, status in ((5, 404), (6, 404), (8, 410)):
        house.rows.capture("un", at(f"2026-03-0{day} 09:00"), status=status)
    digest = house.digest(at("2026-03-10 10:00"), told_by(first))
    assert (
        "introuvable depuis le jeudi 5 mars 2026 (HTTP 404, puis 410), constaté 3 fois jusqu'au dimanche 8 mars 2026"
        in plainly(to_text(digest))
    )
    assert "(HTTP 404, then 410), missed 3 times" in plainly(to_text(replace(digest, language="en")))


def test_a_sentence_of_a_later_version_is_dated_by_that_version(house: House) -> None:
    day = at("2026-03-02 06:00")
    house.rows.article("un", "BriefCam depuis 2021. La CNIL attend.", at("2026-03-02 07:00"), published=day)
    now = at("2026-03-02 08:00")
    assert "version vue" not in to_text(house.digest(now)) and "modifié" not in to_text(house.digest(now))
    house.rows.article("un", "BriefCam depuis 2019. La CNIL attend.", at("2026-03-03 07:00"), published=day)
    digest = house.digest(at("2026-03-10 08:00"))
    said = plainly(to_text(digest))
    assert "lundi 2 mars 2026 à 7 h" in said
    assert "« *BriefCam* depuis 2019. » (version vue le mardi 3 mars 2026)" in said
    assert "modifié, vu le mardi 3 mars 2026 à 8 h" in said
    for shape in ("markdown", "html", "atom"):
        assert "version vue le mardi 3 mars 2026" in plainly(FORMATS[shape](digest)).replace("\\", ""), shape
    (row,) = csv.DictReader(io.StringIO(to_csv_text(digest).removeprefix("\ufeff")))
    assert row["sentence_seen_at"].startswith("2026-03-03") and row["edited_at"].startswith("2026-03-03")
    assert restored(saved(digest)) == digest


def test_a_sentence_that_stood_in_the_first_version_is_of_its_day(house: House) -> None:
    house.rows.article("un", "BriefCam depuis 2021. Rien de neuf.", at("2026-03-02 07:00"))
    house.rows.article("un", "BriefCam depuis 2021. Autre chose.", at("2026-03-03 07:00"))
    said = plainly(to_text(house.digest(at("2026-03-10 08:00"))))
    assert "version vue" not in said and "modifié, vu le mardi 3 mars" in said


def test_a_wall_that_opened_before_the_telling_is_no_edit_of_what_was_said(house: House) -> None:
    house.rows.article("un", "BriefCam ici.", at("2026-03-02 07:00"), access="teaser")
    house.rows.article("un", "BriefCam ici. Et la suite.", at("2026-03-03 07:00"))
    assert "modifié" not in to_text(house.digest(at("2026-03-10 08:00")))


def test_what_was_gone_before_it_was_told_is_told_so_once(house: House) -> None:
    house.rows.article("un", "BriefCam.", at("2026-03-02 07:00"))
    for day, status in ((5, 404), (6, 404), (8, 410)):
        house.rows.capture("un", at(f"2026-03-0{day} 09:00"), status=status)
    assert "introuvable" not in to_text(house.digest(at("2026-03-07 08:00")))
    first = house.digest(at("2026-03-10 08:00"))
    assert "introuvable depuis le jeudi 5 mars 2026 (HTTP 404, puis 410)" in plainly(to_text(first))
    assert restored(saved(first)) == first
    (row,) = csv.DictReader(io.StringIO(to_csv_text(first).removeprefix("\ufeff")))
    assert row["missing_since"].startswith("2026-03-05")
    assert house.digest(at("2026-03-10 09:00"), told_by(first)).changes == ()
    house.rows.article("un", "BriefCam.", at("2026-03-02 07:00"), title="un")
    key = first.matches[0].article_id
    house.rows.add(
        "mentions", article_id=key, version=first.matches[0].version, field="text", topic="cnil", rule="cnil",
        rules_version="2", surface="BriefCam", start=0, end=8, edits=0, sentence="BriefCam.",
    )  # fmt: skip
    again = house.digest(at("2026-03-10 09:00"), told_by(first))
    assert [(event, topic) for event, _, topic, _ in again.events] == [("match", "cnil")]
    assert "introuvable depuis" in to_text(again)


def test_a_sentence_that_was_cut_shows_where(house: House) -> None:
    text = "Ici " + "rien ne change encore " * 30 + "et BriefCam tourne " + "toujours aussi souvent " * 30 + "là."
    house.rows.article("un", text, at("2024-11-21 07:00"))
    start = text.index("BriefCam") - 246
    (mention,) = house.rows.tables["mentions"]
    house.rows.tables["mentions"] = [{**mention, "sentence": text[start : start + 500]}]
    (match,) = house.digest(MORNING).matches
    assert match.sentence.startswith("[…] ") and match.sentence.endswith(" […]")
    assert set(match.sentence.split()) <= {*text.split(), "[…]"}, "a word was cut"
    first = house.digest(MORNING)
    house.rows.article("un", "Plus rien.", at("2024-11-22 07:00"))
    (change,) = house.digest(at("2024-11-22 08:00"), told_by(first)).changes
    assert change.lost == (match.sentence,)


LONG = "Un " + "mot " * 100 + "BriefCam" + " mot" * 100 + "."


@pytest.mark.parametrize(
    ("sentence", "text", "shown"),
    [
        (LONG, f"Avant. {LONG} Après.", LONG),
        (LONG[3:], f"Avant. {LONG} Après.", f"[…] {LONG[3:]}"),
        (LONG[4:], f"Avant. {LONG} Après.", f"[…] {LONG[7:]}"),
        (LONG[:-3], f"Avant. {LONG} Après.", f"{LONG[:-5]} […]"),
        (LONG[:-5], f"Avant. {LONG} Après.", f"{LONG[:-5]} […]"),
        ("BriefCam ici", "La BriefCam ici et là.", "BriefCam ici"),
        (LONG[4:], "Tout autre texte.", LONG[4:]),
    ],
    ids=["whole", "at a word", "within a word", "before the end", "at a word's end", "short", "a title"],
)
def test_a_cut_is_marked_at_a_words_end(sentence: str, text: str, shown: str) -> None:
    assert excerpt(sentence, text) == shown


def test_the_place_followed_is_a_reason_and_a_source_of_it_is_another(house: House) -> None:
    """An archive that was taken in has no source, whatever place it speaks of."""
    key = house.rows.article("un", "BriefCam.", at("2024-11-21 07:00"), source="ponant")
    house.rows.add(
        "article_places", article_id=key, version="", code="59350", kind="commune", weight=1.0, reason="", rank=1
    )
    said = plainly(to_text(house.digest(MORNING)))
    assert "Important : parle du lieu suivi" in said and "source du lieu suivi" not in said


def test_what_could_not_be_seen_is_said(house: House) -> None:
    house.rows.run("guetteur", at("2024-11-21 07:00"))
    house.rows.run("echo", at("2024-11-21 07:00"), "refused")
    house.rows.run("ponant", at("2024-11-21 07:00"), "empty")
    text = plainly(to_text(house.digest(MORNING)))
    assert "1 source lue sur 4, 10 entrées vues" in text
    assert "- CNIL : n'a encore jamais été lue" in text and "- L'Écho : refuse l'accès à Vigie" in text
    assert "- Le Ponant : a répondu, mais ne liste aucun article" in text and "- Le Guetteur" not in text


def test_many_sources_in_one_case_are_said_in_one_line_and_all_named() -> None:
    shut = [Sight(f"s{n}", f"Source {n}", "unreachable", reason="dns") for n in range(5)]
    others = [
        Sight("s5", "Source 5", "unreachable", reason="timeout"),
        Sight("s6", "Source 6", "unreachable", gap=True),
    ]
    page = laid_out(replace(HOSTILE, sights=(*shut, *others)))
    first, *rest = map(plainly, page.unseen)
    names = "Source 0, Source 1, Source 2, Source 3, Source 4"
    assert first == f"5 sources n'ont pas répondu (nom de site introuvable) : {names}"
    assert [line.split(" : ")[0] for line in rest] == ["Source 5", "Source 6"]


def test_a_digest_is_of_its_moment_whatever_came_later(house: House) -> None:
    house.rows.article("un", "La Ville emploie BriefCam.", at("2024-11-21 07:00"))
    house.rows.run("guetteur", at("2024-11-21 07:00"))
    before = house.digest(MORNING)
    house.rows.article("un", "La Ville n'emploie rien.", at("2024-11-23 07:00"), title="Autre titre")
    house.rows.article("deux", "BriefCam et CNIL.", at("2024-11-23 07:00"))
    house.rows.run("guetteur", at("2024-11-23 07:00"), "refused")
    assert house.digest(MORNING) == before


def test_an_article_that_dropped_the_topic_before_it_was_told_is_told_so(house: House) -> None:
    house.rows.article("un", "La Ville emploie BriefCam.", at("2024-11-21 07:00"))
    house.rows.article("un", "La Ville n'emploie rien.", at("2024-11-21 09:00"))
    digest = house.digest(MORNING)
    assert (
        "la version actuelle n'en parle plus" in plainly(to_text(digest)) and "BriefCam" in digest.matches[0].sentence
    )


# --- formats -----------------------------------------------------------------------------------------------------

MATCH = Match(
    "0123456789abcdef", ("briefcam",), ("BriefCam",), EVIL, "echo", "=Écho", "regional", "Lille", 0, None, MORNING,
    "javascript:alert(1)", "full", f"La Ville {EVIL} emploie BriefCam.", ("BriefCam",), "v1", ("briefcam",),
)  # fmt: skip
LINKED = replace(MATCH, article_id="fedcba9876543210", url="https://a.example/x?a=1&b=<2>", title="Un | deux")
EDIT = Change(
    "edit", "aaaa", EVIL, "Écho", "https://a.example/", "v2", MORNING, ("BriefCam",), ("BriefCam a disparu.",)
)
HOSTILE = Digest(
    "lille", "fr", ("BriefCam",), MORNING, None, True, (MATCH, LINKED), (EDIT,), (Sight("a", EVIL, "empty"),)
)
COMMANDS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.mark.parametrize("shape", ["text", "markdown", "html", "csv", "atom"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_nothing_of_the_web_commands_a_reader(shape: str, language: str) -> None:
    said = FORMATS[shape](replace(HOSTILE, language=language))
    text = said.replace("\r\n", "\n") if shape == "csv" else said
    if shape == "csv":  # a value is as it was found, but for what a spreadsheet would do with it
        rows = list(csv.reader(io.StringIO(said.removeprefix("\ufeff"))))
        assert all(not cell.lstrip().startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    else:
        assert not COMMANDS.search(text), f"{shape} lets a control character through"
    assert "javascript:alert" not in said.replace('"javascript', "") or shape in {"text", "csv"}


class Page(HTMLParser):
    """The tags of a page, and what its links point to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]
        assert not any(name.startswith("on") for name, _ in attrs)


def test_html_is_one_file_without_script_and_its_links_are_of_the_web() -> None:
    page = Page(to_html(HOSTILE))
    assert not page.tags & {"script", "img", "link", "iframe", "object"} and "mark" in page.tags
    assert page.links == ["https://a.example/x?a=1&b=<2>", "https://a.example/"]


def test_markdown_takes_nothing_for_markup() -> None:
    said = to_markdown(HOSTILE)
    assert r"\[a\](javascript" in said and r"\<script\>" in said and "(<https://a.example/x?a=1&b=%3C2%3E>)" in said


def test_json_has_every_field_and_comes_back() -> None:
    said = json.loads(to_json(HOSTILE))
    assert said["matches"][0]["title"] == EVIL and said["unseen"][0]["outcome"] == "empty"
    assert restored(saved(HOSTILE)) == HOSTILE


def test_csv_has_a_row_for_each_match_and_change() -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv_text(HOSTILE).removeprefix("\ufeff"))))
    assert [row["event"] for row in rows] == ["match", "match", "edit"]


def test_atom_keeps_what_it_had_and_telling_twice_changes_nothing() -> None:
    feed = to_atom(HOSTILE)
    assert to_atom(HOSTILE, feed) == feed
    later = replace(
        HOSTILE, made_at=MORNING + timedelta(days=1), matches=(replace(MATCH, article_id="n" * 16),), changes=()
    )
    both = ElementTree.fromstring(to_atom(later, feed))
    name = "{http://www.w3.org/2005/Atom}"
    ids = [entry.findtext(f"{name}id") or "" for entry in both.findall(f"{name}entry")]
    assert len(ids) == len(set(ids)) == 4 and "nnnn" in ids[0]
    assert both.findtext(f"{name}updated") == later.made_at.isoformat()


@pytest.mark.parametrize(
    ("outcomes", "first", "news"),
    [
        (("ok", "broken"), True, "Première lecture\u00a0: rien sur ces sujets dans ce qui a été lu"),
        (("ok", "broken"), False, "Rien de nouveau dans ce qui a été lu"),
        (("refused", "never"), False, "Rien de nouveau, mais aucune source n'a pu être lue au dernier passage"),
        (("never", "closed"), True, "Aucune source n'a encore été lue"),
        ((), True, "Aucune source n'a encore été lue"),
    ],
)
def test_nothing_found_is_said_of_what_was_read_only(outcomes: tuple[str, ...], first: bool, news: str) -> None:
    sights = tuple(Sight(str(at), "Le Phare", outcome) for at, outcome in enumerate(outcomes))
    assert laid_out(replace(HOSTILE, matches=(), changes=(), sights=sights, first=first)).news == news


def test_english_on_demand() -> None:
    said = to_text(replace(HOSTILE, language="en"))
    assert "unknown date" in said and "WHAT COULD NOT BE SEEN" in said and "is gone: “*BriefCam* a disparu.”" in said


def test_lines_fit_the_width_but_for_addresses() -> None:
    lines = to_text(HOSTILE, width=60).splitlines()
    assert [line for line in lines if len(line) > 60 and "://" not in line] == []


@given(st.text(), st.lists(st.text(max_size=5), max_size=4))
def test_pieces_joined_are_the_sentence(sentence: str, surfaces: list[str]) -> None:
    assert "".join(text for text, _ in pieces(sentence, surfaces)) == sentence
    assert marked(sentence, surfaces, "", "") == sentence


@given(st.text())
def test_clean_words_are_on_one_line_and_stay_clean(words: str) -> None:
    said = clean(words)
    assert clean(said) == said and len(said.splitlines()) <= 1 and not COMMANDS.search(said)


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)).map(lambda when: when.replace(tzinfo=UTC)),  # noqa: DTZ001
    st.text(st.characters(exclude_categories=["Cs"])),
)
def test_what_is_saved_comes_back(when: datetime, words: str) -> None:
    digest = replace(HOSTILE, made_at=when, watch=words, matches=(replace(MATCH, published_at=when, title=words),))
    assert restored(saved(digest)) == digest
