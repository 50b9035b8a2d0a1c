"""The dossier: what it holds of the demo's story, that all of it is a source's or counted, and how it is shown."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pypdf
import pytest
from typer.testing import CliRunner

from crawler.sources import load_sources
from pipeline.cli import app
from pipeline.digest import clean
from pipeline.dossiers.assemble import Wanted, assemble
from pipeline.dossiers.dossier import Dossier
from pipeline.dossiers.page import (
    days,
    emphasised,
    in_sentence,
    numbers,
    pairs,
    period,
    press,
    timeline,
    to_html,
    to_json,
    to_markdown,
)
from pipeline.dossiers.subject import Subject, concerns, find_subject
from pipeline.home import load_home
from pipeline.places import Weight
from pipeline.records import MistakeError, Source
from pipeline.speech.hearing import Text, listen
from pipeline.speech.hearing import who as say_who
from pipeline.speech.voices import Saying
from pipeline.store import reading
from pipeline.telling.gather import gather
from tests.demo_home import GAZETTEER, GRAMMAR, NOW, RULES, demo_home, dossier_of
from tests.stored import SOURCES, Rows, at

LILLE = Subject("59350", "commune", "Lille")
EVIL = '\x1b[2J=HYPERLINK("http://x") <script>alert(1)</script> [a](javascript:b) \u202eX'
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo_home(tmp_path_factory.mktemp("dossier"))


@pytest.fixture(scope="module")
def lille(home: Path) -> Dossier:
    return dossier_of(home)


def said(dossier: Dossier, topic: str) -> dict[str, list[str]]:
    """Who says what of a topic, in the order shown."""
    thing = next(thing for thing in dossier.voices.things if thing.topic == topic)
    return {who: [saying.quote for saying in sayings] for who, sayings in thing.columns}


# --- the place -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "code", "kind"),
    [
        ("lille", "59350", "commune"),
        ("Lille", "59350", "commune"),
        ("59350", "59350", "commune"),
        ("saint-denis (93)", "93066", "commune"),
        ("2a004", "2A004", "commune"),
        ("59", "59", "departement"),
        ("nord", "59", "departement"),
        ("métropole européenne de lille", "200093201", "epci"),
        ("mel", "200093201", "epci"),
        ("Grand Lyon", "200046977", "epci"),
        ("hellemmes", "59350", "commune"),
        ("200093201", "200093201", "epci"),
    ],
)
def test_a_place_is_found_by_name_or_code(words: str, code: str, kind: str) -> None:
    found = find_subject(words)
    assert (found.code, found.kind) == (code, kind)


def test_homonyms_are_listed_with_their_departements_and_codes() -> None:
    with pytest.raises(MistakeError) as mistake:
        find_subject("Saint-Denis")
    assert "Saint-Denis (93) 93066" in str(mistake.value) and "Saint-Denis (974) 97411" in str(mistake.value)
    assert len(str(mistake.value).splitlines()) == 1


def test_an_unknown_place_is_a_mistake_with_a_hint() -> None:
    with pytest.raises(MistakeError, match=r"did you mean.*Roubaix"):
        find_subject("Roubax")
    with pytest.raises(MistakeError, match="INSEE code"):
        find_subject("xqzw")


def test_what_an_article_must_be_about() -> None:
    about_lille, about_caen = Weight("59350", "commune", 4, ""), Weight("14118", "commune", 4, "")
    assert concerns(LILLE, [about_lille, about_caen], [])
    assert not concerns(LILLE, [about_caen], ["59350"])
    assert concerns(LILLE, [], ["59350"]) and not concerns(LILLE, [], ["59"]) and not concerns(LILLE, [], [])
    assert concerns(find_subject("59"), [about_lille], []) and concerns(find_subject("200093201"), [about_lille], [])
    assert not concerns(find_subject("59512"), [about_lille], ["59512"])


# --- the demo's story ------------------------------------------------------------------------------------------------


def test_the_chain_is_there_in_its_order(lille: Dossier) -> None:
    chain = [
        ("2021", "l'analyse d'impact", "Ville de Lille"),
        ("2022-11/2025-01", "BriefCam a été utilisé", "CNIL"),
        ("2024-11-21", "le logiciel que la Ville n’avait pas annoncé", "Le Guetteur Lille"),
        ("2024-11-22", "Vidéoprotection : la Ville rétablit les faits", "Ville de Lille"),
        ("2024-12-05", "Lettre à la CNIL du 5 décembre 2024", "Lille Verte"),
        ("2024-12-13", "Seconde lettre à la CNIL, 13 décembre 2024", "Lille Verte"),
        ("2024-12-20", "l’AIPD existe, mais elle ne parle pas", "Le Guetteur Lille"),
        ("2025-03-24", "Lettre de la CNIL aux élus de Lille", "CNIL"),
        ("2025-04-10", "la Cnil constate l’absence d’analyse préalable", "Le Guetteur Lille"),
    ]
    lines = [
        (line.machine, line.dated.saying.quote if line.dated else line.piece.title, line.piece.source_name)
        for line in timeline(lille)
    ]
    places = [
        next(
            (
                n
                for n, (when, words, source) in enumerate(lines)
                if when.startswith(day) and part in words and who in source
            ),
            None,
        )
        for day, part, who in chain
    ]
    assert None not in places, f"missing: {[link for link, place in zip(chain, places, strict=True) if place is None]}"
    assert all(one <= other for one, other in pairwise(filter(None, places))), "the chain is not in its order"


def test_only_articles_about_the_town_are_in_it_and_others_beside(lille: Dossier) -> None:
    assert len(lille.pieces) == 16
    assert not [
        piece.title for piece in lille.pieces if re.search("Caen|Roubaix|Tourcoing|Moirans|Basket", piece.title)
    ]
    beside = " ".join(piece.title for piece in lille.beside)
    assert "Roubaix : le tribunal rejette" in beside and "Moirans" in beside and "Caen" not in beside
    assert [piece.number for piece in (*lille.pieces, *lille.beside)] == list(range(1, 21))


def test_the_city_and_the_cnil_stand_side_by_side(lille: Dossier) -> None:
    about = said(lille, "aipd")
    assert lille.voices.things[0].topic == "aipd" and list(about)[:2] == ["Commune · Lille", "CNIL"]
    city, cnil = " | ".join(about["Commune · Lille"]), " | ".join(about["CNIL"])
    assert "a été déposée auprès de la CNIL en 2021" in city
    assert "n’avoir reçu aucune analyse d’impact" in cnil and "qui nous a été transmise porte sur" in cnil
    assert about["CNIL"].index("Ni information, ni analyse d’impact ne nous sont parvenues") < len(about["CNIL"]) - 1
    times = [saying.at for who, sayings in lille.voices.things[0].columns for saying in sayings if who == "CNIL"]
    assert times == sorted(times)


def test_there_is_one_pair_to_verify_with_the_words_that_led_to_it(lille: Dossier) -> None:
    (pair,) = pairs(lille)
    assert (pair.affirms.who, pair.denies.who) == ("Commune · Lille", "CNIL")
    assert pair.affirming == ("analyse d'impact", "déposée") and {"aucune", "reçu"} <= set(pair.denying)
    assert lille.piece(pair.affirms.articles[0]).source == "ville-lille"
    assert lille.piece(pair.denies.articles[0]).source == "leguetteur-lille"


def test_who_writes_in_ones_own_pages_is_no_other(lille: Dossier) -> None:
    """« Lille » is in the name of the group Lille Verte; what it did not get, the town had not said to give it."""
    for saying in lille.voices.sayings:
        source = lille.piece(saying.articles[0]).source
        assert saying.own <= ((source, saying.who) in {
            ("ville-lille", "Commune · Lille"), ("cnil", "CNIL"), ("lilleverte", "Élus · Lille Verte")})  # fmt: skip
    assert (
        "L'analyse d'impact évoquée dans notre lettre du 5 décembre ne nous a pas été remise."
        in said(lille, "aipd")["Élus · Lille Verte"]
    )


def test_what_is_cited_is_joined_and_boxes_of_further_reading_are_not(lille: Dossier) -> None:
    name = {piece.number: f"{piece.source} {piece.at:%m-%d}" for piece in lille.pieces}
    cites = {(name[p.number], name[n]) for p in lille.pieces for citation in p.cites for n in citation.articles}
    assert cites == {
        ("lilleverte 12-05", "ville-lille 11-22"),
        ("lilleverte 12-05", "lilleverte 12-05"),
        ("lilleverte 12-05", "leguetteur-lille 11-21"),
        ("lilleverte 12-16", "lilleverte 12-13"),
        ("leguetteur-lille 12-20", "leguetteur-lille 11-21"),
        ("cnil 03-24", "cnil 03-24"),
        ("lilleverte 03-28", "cnil 03-24"),
        ("leguetteur-lille 04-10", "cnil 03-24"),
    }


def test_who_has_written_and_what_could_not_be_read(lille: Dossier) -> None:
    assert {writer.source: writer.texts for writer in lille.writers} == {
        "lilleverte": 5, "leguetteur-lille": 3, "cnil": 2, "echodesflandres": 2, "radioescaut": 2,
        "tribunedubeffroi": 1, "ville-lille": 1,
    }  # fmt: skip
    assert [writer.source for writer in lille.silent] == ["canalinfo"]
    unseen = {sight.source: sight.outcome for sight in lille.unseen if sight.outcome != "never"}
    assert unseen == {
        "brouckenelle": "empty",
        "courrierduponant": "refused",
        "lysinfo": "gone",
        "quartiersdelille": "refused",
    }
    assert [address.url.rpartition("/")[2] for address in lille.unread] == ["2024-12-02-arrete-circulation.pdf"]
    assert {piece.source for piece in lille.pieces if piece.access == "teaser"} == {
        "leguetteur-lille", "tribunedubeffroi", "echodesflandres",
    }  # fmt: skip


def test_every_word_of_a_source_stands_in_what_was_stored_of_it(home: Path, lille: Dossier) -> None:
    with reading(home / "vigie.duckdb") as store:
        stored = {
            row["article_id"]: clean(f"{row['title']} {row['text']}")
            for row in store.select("SELECT article_id, title, text FROM latest").dicts()
        }
        hashes = dict(store.select("SELECT id, payload_sha256 FROM captures").rows)
    for piece in (*lille.pieces, *lille.beside):
        assert piece.title in stored[piece.article_id] and piece.sentence in stored[piece.article_id]
        assert piece.sha256 == hashes[piece.capture_id]
    for saying in lille.voices.sayings:
        for number in saying.articles:
            text = stored[lille.piece(number).article_id].lower()
            assert all(part.lower() in text for part in saying.quote.split(" […] "))
        assert saying.sentence in stored[lille.piece(saying.articles[0]).article_id]


def test_of_each_text_the_sentence_is_told_that_a_digest_tells(home: Path, lille: Dossier) -> None:
    at_home = load_home(home, RULES.topics, load_sources(home / "sources.toml"))
    sources = [*{piece.source for piece in lille.pieces}]
    with reading(home / "vigie.duckdb") as store:
        told = gather(store, at_home.watches[0], sources, RULES.topics, NOW, since=at("1970-01-01"))
    digest = {match.article_id: clean(match.sentence) for match in told.matches}
    by_title = {piece.title: piece.sentence for piece in lille.pieces}
    assert {piece.article_id: piece.sentence for piece in lille.pieces} == {
        piece.article_id: digest[piece.article_id] for piece in lille.pieces
    }
    assert by_title["Lettre à la CNIL du 5 décembre 2024"].startswith("Nous vous demandons"), "no form of address"


def test_every_number_can_be_counted_again(lille: Dossier) -> None:
    counted = {name: count for name, count, _ in numbers(lille)}
    page = to_html(lille)
    assert counted["articles"] + counted["documents"] == len(lille.pieces) == 16
    assert counted["déclarations"] == len(lille.voices.sayings) and counted["contradictions possibles, à vérifier"] == 1
    for name, count in counted.items():
        assert f"{name}</a></dt><dd>{count}</dd>" in page


# --- the same web without what is said -------------------------------------------------------------------------------

AFFIRMED = re.compile(r"dépos|transmis")
DENIED = re.compile(r"reçu|informée|destinataire|parvenu")
EITHER = re.compile(r"impact|AIPD|informée|reçu")


def without(words: re.Pattern[str], *documents: str) -> Any:
    """The web without the paragraphs that have these words, and without these documents."""

    paragraph = re.compile(r"<(p|li|div class=\"text\")\b[^>]*>(?:(?!</?p\b).)*?</\1>", re.DOTALL)

    def change(url: str, body: bytes) -> bytes | None:
        if any(name in url for name in documents):
            return None
        if body.startswith(b"%PDF"):
            return body
        page = body.decode("utf-8", "surrogateescape")
        kept = paragraph.sub(lambda found: "" if words.search(html.unescape(found[0])) else found[0], page)
        return kept.encode("utf-8", "surrogateescape")

    return change


@pytest.mark.parametrize(
    ("words", "documents"),
    [
        (EITHER, ("videoprotection.pdf", "lettre-cnil", "lettre-elus")),
        (AFFIRMED, ("videoprotection.pdf", "lettre-cnil", "lettre-elus")),
        (DENIED, ("lettre-cnil-2024-12-05", "lettre-elus")),
    ],
    ids=["neither", "not the city's", "not the CNIL's"],
)
def test_without_the_statements_no_contradiction_is_claimed(
    tmp_path: Path, words: re.Pattern[str], documents: tuple[str, ...]
) -> None:
    dossier = dossier_of(demo_home(tmp_path, without(words, *documents)))
    assert len(dossier.pieces) >= 8, "the web without statements has no story left: this test checks nothing"
    left = [
        saying.quote
        for saying in dossier.voices.sayings
        for claim in saying.claims
        if claim.about == "impact_assessment_handed_over"
    ]
    assert bool(left) == (words is not EITHER), left
    assert pairs(dossier) == []
    assert "contredisent" not in to_html(dossier) and "contredisent" not in to_markdown(dossier)


# --- what may be set against what ----------------------------------------------------------------------------------

TOWN = Source("mairie", "Ville de Lille", "municipal", ("59350",))
GROUP = Source("groupe", "Lille en avant (groupe élus)", "association", ("59350",))
PAGES = Source("groupes", "Lille : expressions des groupes politiques", "municipal", ("59350",))
METROPOLIS = Source("mel", "Métropole européenne de Lille", "municipal", ("59",))


def told(folder: Path, *said: tuple[str, str]) -> Dossier:
    """A dossier of texts of (source, text), a day each."""
    rows = Rows()
    for day, (source, text) in enumerate(said, 10):
        rows.article(f"n{day}", text, at(f"2024-11-{day} 07:00"), published=at(f"2024-11-{day} 05:00"), source=source)
    rows.keep(folder / "vigie.duckdb", (*SOURCES.values(), TOWN, GROUP, PAGES, METROPOLIS))
    return rows_dossier(Rows(), folder, keep=False)


USES, NEVER = "La Ville de Lille utilise BriefCam chaque jour.", "La Ville de Lille n'a jamais utilisé BriefCam."


@pytest.mark.parametrize(
    ("one", "other", "paired"),
    [
        (("mairie", NEVER), ("groupe", USES), True),
        (("mairie", NEVER), ("guetteur", "À Lille, un syndicat affirme que la mairie utilise BriefCam."), True),
        (("mairie", NEVER), ("guetteur", f"Nous l'avons vu. {USES}"), False),
        (("mairie", "À Lille, BriefCam sera utilisé."), ("groupe", NEVER), False),
        (("mairie", "À Lille, faut-il que la Ville utilise BriefCam ?"), ("groupe", NEVER), False),
        (("groupes", USES), ("mairie", NEVER), False),
        (
            ("mairie", "La Ville de Lille a transmis l'analyse d'impact de BriefCam à la CNIL."),
            ("groupe", "À Lille, l'analyse d'impact de BriefCam ne nous a pas été transmise."),
            False,
        ),
        (
            ("mairie", "La Ville de Lille a transmis l'analyse d'impact de BriefCam à la CNIL."),
            ("groupe", "À Lille, l'analyse d'impact de BriefCam n'a pas été transmise aux élus."),
            False,
        ),
        (
            ("mairie", "La Ville de Lille a transmis l'analyse d'impact de BriefCam."),
            ("guetteur", "À Lille, la CNIL assure n'avoir reçu aucune analyse d'impact de BriefCam."),
            True,
        ),
    ],
)
def test_only_the_same_affirmed_and_denied_is_a_pair(
    tmp_path: Path, one: tuple[str, str], other: tuple[str, str], paired: bool
) -> None:
    dossier = told(tmp_path, one, other)
    assert len(dossier.pieces) == 2, "an article is missing: this test checks nothing"
    assert bool(pairs(dossier)) == paired, [(s.who, s.quote, s.claims) for s in dossier.voices.sayings]


def test_the_town_that_is_not_named_is_the_articles_and_a_grouping_is_no_town(tmp_path: Path) -> None:
    dossier = told(
        tmp_path,
        ("guetteur", "À Lille, BriefCam fait débat. « Tout est légal », assure la mairie."),
        ("echo", "À Lille, BriefCam fait débat. « Ce n'est pas nous », assure la métropole."),
        ("mairie", "La Ville de Lille suit la CNIL."),
    )
    who = {saying.quote: saying.who for saying in dossier.voices.sayings}
    assert who["Tout est légal"] == who["La Ville de Lille suit la CNIL."] == "Commune · Lille"
    assert who["Ce n'est pas nous"] == "Intercommunalité"


@pytest.mark.parametrize(
    ("kind", "name", "authors", "title", "who"),
    [
        ("municipal", "Ville de Lille", (), "Vidéo", "Commune · Lille"),
        ("municipal", "Ville de Lille", (), "Tribune de l'opposition", ""),
        ("municipal", "Lille : expressions des groupes politiques", (), "Vidéo", ""),
        ("institution", "CNIL", (), "Vidéo", "CNIL"),
        ("institution", "CNIL délibérations (DILA open data)", ("CNIL",), "Vidéo", "CNIL"),
        (
            "institution",
            "Tribunaux administratifs (open data)",
            ("Tribunal administratif de Lille",),
            "",
            "Tribunal · Lille",
        ),
        ("institution", "Sénat : questions", ("Mme Une Sénatrice",), "Vidéo", ""),
        ("institution", "Préfecture du Nord", (), "Vidéo", "Préfecture · Nord"),
        ("association", "Les Amis des Lillois", (), "Vidéo", "Association · Les Amis des Lillois"),
        ("association", "Les Amis des Lillois", (), "Revue de presse", ""),
        ("regional", "L'Écho", (), "Vidéo", ""),
    ],
)
def test_who_speaks_in_own_pages(kind: str, name: str, authors: tuple[str, ...], title: str, who: str) -> None:
    page = Text(1, NOW, title, USES, ("briefcam",), (), kind, name, authors, town="Lille")
    heard = listen([page], frozenset(), GRAMMAR)
    assert [say_who(one.statement.speaker) for one in heard if one.own] == ([who] if who else [])


def test_what_is_denied_and_later_admitted_stays_in_the_order_of_days(tmp_path: Path) -> None:
    dossier = told(
        tmp_path,
        ("mairie", NEVER),
        ("groupe", USES),
        ("mairie", "La Ville de Lille a utilisé BriefCam en 2022, la CNIL le sait."),
    )
    (pair,) = pairs(dossier)
    assert pair.denies.quote == NEVER
    town = next(sayings for who, sayings in dossier.voices.things[0].columns if who == "Commune · Lille")
    assert [saying.claims[0].affirmed for saying in town] == [False, True]


# --- edits, removals, reprints, bounds -------------------------------------------------------------------------------


def rows_dossier(rows: Rows, folder: Path, *, keep: bool = True, **more: Any) -> Dossier:
    if keep:
        rows.keep(folder / "vigie.duckdb")
    topics = more.pop("topics", ("briefcam", "cnil", "vsa"))
    wanted = Wanted(LILLE, topics, RULES.topics, GAZETTEER, GRAMMAR, **more)
    with reading(folder / "vigie.duckdb") as store:
        return assemble(store, wanted, at("2025-01-01 00:00"))


def test_edits_and_removals_stand_in_the_timeline(tmp_path: Path) -> None:
    rows = Rows()
    key = rows.article(
        "un",
        "La Ville de Lille emploie BriefCam. Tout va bien.",
        at("2024-11-21 07:00"),
        published=at("2024-11-21 05:00"),
    )
    rows.article(
        "un",
        "La Ville de Lille change. Tout va bien. La CNIL le sait.",
        at("2024-11-22 07:00"),
        published=at("2024-11-21 05:00"),
    )
    rows.article(
        "un",
        "La Ville de Lille change. Tout va mieux. La CNIL le sait.",
        at("2024-11-23 07:00"),
        published=at("2024-11-21 05:00"),
    )
    for day in ("2024-11-24 07:00", "2024-11-25 07:00", "2024-11-27 07:00"):
        rows.capture("un", at(day), status=410, article_id=None)
    dossier = rows_dossier(rows, tmp_path)
    assert [(event.kind, f"{event.at:%d}") for event in dossier.events] == [
        ("article", "21"),
        ("edit", "22"),
        ("removal", "24"),
    ]
    edit, removal = dossier.events[1].change, dossier.events[2].change
    assert edit and edit.lost == ("La Ville de Lille emploie BriefCam.",) and edit.gained == ("La CNIL le sait.",)
    assert removal and removal.gone == "HTTP 410" and removal.looks == 3
    page, text = to_html(dossier), to_markdown(dossier)
    assert "<del>La Ville de Lille emploie BriefCam.</del>" in page and "<ins>La CNIL le sait.</ins>" in page
    assert "Introuvable depuis le dimanche 24 novembre 2024 (HTTP 410), constaté 3 fois" in page
    assert "A disparu" in text and "Introuvable depuis" in text
    assert dossier.pieces[0].article_id == key


def test_what_a_later_version_says_is_dated_by_that_version(tmp_path: Path) -> None:
    """The town's page said 2021 on 2 March, 2019 from the 3rd: nothing of 2019 is told of 2 March without saying so."""
    rows, day = Rows(), at("2026-03-02 07:00")
    for when, year in ((at("2026-03-02 09:00"), 2021), (at("2026-03-03 09:00"), 2019)):
        text = f"À Lille, le maire l'a dit. « La Ville de Lille utilise BriefCam depuis {year} », a affirmé la mairie."
        rows.article("un", f"{text} « La CNIL le sait », a affirmé la mairie de Lille.", when, published=day)
    dossier = rows_dossier(rows, tmp_path)
    piece = dossier.pieces[0]
    assert "2019" in piece.sentence and piece.said_at == at("2026-03-03 09:00")
    told = {saying.quote: dossier.said_at.get(saying.number) for saying in dossier.voices.sayings}
    assert told == {
        "La Ville de Lille utilise BriefCam depuis 2019": at("2026-03-03 09:00"),
        "La CNIL le sait": None,
    }
    for page in (to_html(dossier), to_markdown(dossier)):
        plain = " ".join(re.sub(r"<[^>]*>|\\", "", page).split())
        assert re.search(r"depuis 2019 ?», a affirmé la mairie\. \(version vue le mardi 3 mars 2026\)", plain)
        assert re.search(r"lundi 2 mars 2026 à 8 h \(version vue le mardi 3 mars 2026\)", plain)
        assert re.search(r"lundi 2 mars 2026 à 8 h (?!\(version)", plain), "what it said at first is of its day"
    assert json.loads(to_json(dossier))["pieces"][0]["said_at"].startswith("2026-03-03")


def test_a_place_of_which_nothing_was_read_says_so_at_its_top(home: Path, lille: Dossier) -> None:
    nothing = dossier_of(home, "lyon")
    for page in (to_html(nothing), to_markdown(nothing)):
        top = page.partition("En chiffres</h2>")[0] if "<html" in page else page.partition("## En chiffres")[0]
        assert f"Aucune des sources de ce lieu n’a été lue ({nothing.followed} au catalogue)" in top
    assert nothing.followed and not nothing.read
    assert "n’a été lue" not in to_html(lille) and lille.read
    nowhere = replace(nothing, followed=0)
    assert "Aucune source de ce lieu n’est au catalogue" in to_markdown(nowhere)


def test_a_sentence_that_was_cut_shows_where(tmp_path: Path) -> None:
    rows = Rows()
    text = "À Lille " + "rien ne change encore " * 30 + "et BriefCam tourne " + "toujours aussi souvent " * 30 + "ici."
    key = rows.article("un", text, at("2024-11-21 07:00"))
    start = text.index("BriefCam") - 246
    (mention,) = rows.tables["mentions"]
    rows.tables["mentions"] = [{**mention, "sentence": text[start : start + 500]}]
    piece = rows_dossier(rows, tmp_path).pieces[0]
    assert piece.article_id == key and len(piece.sentence) < 512
    assert piece.sentence.startswith("[…] ") and piece.sentence.endswith(" […]")
    assert set(piece.sentence.split()) <= {*text.split(), "[…]"}, "a word was cut"


def test_what_an_address_answered_is_said_in_its_order(tmp_path: Path) -> None:
    rows = Rows()
    rows.article("un", "La Ville de Lille emploie BriefCam.", at("2024-11-21 07:00"))
    for day, status in ((23, 404), (24, 404), (26, 410)):
        rows.capture("un", at(f"2024-11-{day} 07:00"), status=status)
    dossier = rows_dossier(rows, tmp_path)
    said = "Introuvable depuis le samedi 23 novembre 2024 (HTTP 404, puis 410), constaté 3 fois jusqu’au mardi 26"
    assert said in to_html(dossier) and said in to_markdown(dossier)


def test_a_text_on_the_topic_that_names_the_place_in_passing_is_not_said_to_be_on_another(tmp_path: Path) -> None:
    rows = Rows()
    text = "À Caen, la Ville de Caen emploie BriefCam. Le maire de Caen cite Lille."
    rows.article("un", text, at("2024-11-21 07:00"), title="Caen et BriefCam", source="ponant")
    dossier = rows_dossier(rows, tmp_path)
    assert [piece.why for piece in dossier.beside] == ["beside"]
    for page in (to_html(dossier), to_markdown(dossier)):
        assert "Textes qui nomment Lille sans que ce soit leur lieu principal" in page
        assert "établi par Vigie le mercredi 1er janvier 2025" in page


def test_reprints_of_one_text_are_told(tmp_path: Path) -> None:
    text = (
        "La Ville de Lille emploie le logiciel BriefCam depuis plusieurs mois, selon des documents consultés jeudi. "
        "Les enregistrements de la police municipale y sont relus par une machine qui trie les passants et leurs sacs. "
        "Le conseil municipal en débattra à la prochaine séance, et les associations demandent la liste des caméras."
    )
    rows = Rows()
    rows.article("un", text, at("2024-11-21 07:00"), published=at("2024-11-21 05:00"))
    rows.article("deux", text, at("2024-11-21 08:00"), published=at("2024-11-21 06:00"), source="echo")
    dossier = rows_dossier(rows, tmp_path)
    assert [piece.first_print for piece in dossier.pieces] == [1, 1]
    assert "même texte que" in to_html(dossier)
    assert ("reprises d’un même texte", 1, "sources") in numbers(dossier)
    assert press(dossier).startswith("2\u00a0titres, un seul texte, le premier\u00a0: ")
    assert press(replace(dossier, pieces=tuple(replace(piece, owner="Est") for piece in dossier.pieces))).endswith(
        " ; 2\u00a0titres du groupe Est"
    )


def test_topics_and_days_bound_a_dossier(home: Path) -> None:
    vsa = dossier_of(home, topics=("vsa",))
    assert 0 < len(vsa.pieces) < 16 and all("vsa" in piece.topics for piece in vsa.pieces if piece.why == "place")
    late = dossier_of(home, since=at("2025-01-01 00:00"))
    assert {piece.at.year for piece in late.pieces} == {2025}


def test_an_empty_dossier_says_so(home: Path) -> None:
    dossier = dossier_of(home, "Guéret")
    assert dossier.pieces == () and dossier.events == ()
    assert "Aucune déclaration relevée" in to_html(dossier) and "Aucune déclaration relevée" in to_markdown(dossier)
    assert "Aucun texte" in to_html(dossier) and "Aucun texte" in to_markdown(dossier)
    assert "<table>" not in to_html(dossier)
    assert numbers(dossier)[0][:2] == ("articles", 0)


def test_the_county_holds_what_its_towns_do(home: Path, lille: Dossier) -> None:
    nord = dossier_of(home, "59")
    assert {p.article_id for p in lille.pieces} <= {p.article_id for p in nord.pieces}
    assert any("Tourcoing" in piece.title for piece in nord.pieces)


# --- how it is shown -------------------------------------------------------------------------------------------------


def test_periods_in_words() -> None:
    assert days(at("2024-11-21 07:30"), at("2024-11-21 18:00")) == "le jeudi 21 novembre 2024"
    assert days(at("2024-11-21"), at("2025-04-10")) == "du jeudi 21 novembre 2024 au jeudi 10 avril 2025"
    assert period("2021") == "2021" and period("2024-11") == "novembre 2024" and period("2025-03-01") == "1er mars 2025"
    assert period("2022-11/2025-01") == "novembre 2022 à janvier 2025"


def test_pieces_of_a_sentence_are_the_sentence(lille: Dossier) -> None:
    for saying in lille.voices.sayings:
        assert "".join(text for text, _ in in_sentence(saying)) in (saying.sentence, saying.quote)
        words = [word for claim in saying.claims for word in claim.words]
        shown = emphasised(saying.sentence, words)
        assert "".join(text for text, _ in shown) == saying.sentence
        assert any(mark for _, mark in shown) or not words


def test_json_has_all(lille: Dossier) -> None:
    told = json.loads(to_json(lille))
    assert len(told["pieces"]) == 16 and told["numbers"]["sources"] == 7
    assert told["voices"]["things"][0]["pairs"][0]["affirms"]["claims"][0]["affirmed"] is True
    assert told["dated"][0]["when"] == "2021" and told["made_at"] == NOW.isoformat()


class Page(HTMLParser):
    """The elements of a page, and what is open around each."""

    VOID = frozenset(("meta", "br", "link", "img", "input", "hr"))

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.words: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-1:]}"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.words.append((self.open[-1] if self.open else "", data))

    def all(self, *tags: str) -> Iterator[tuple[str, dict[str, str]]]:
        return ((tag, attrs) for tag, attrs in self.elements if tag in tags)


def test_the_page_can_be_heard_as_well_as_seen(lille: Dossier) -> None:
    page = Page(to_html(lille))
    assert page.open == []
    tags = [tag for tag, _ in page.elements]
    assert [tags.count(tag) for tag in ("main", "header", "footer", "nav", "h1", "title")] == [1] * 6
    assert next(attrs for tag, attrs in page.elements if tag == "html")["lang"] == "fr"
    levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
    assert all(later <= level + 1 for level, later in pairwise(levels)), "a level of headings is skipped"
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    named = {attrs["aria-labelledby"] for _, attrs in page.elements if "aria-labelledby" in attrs}
    assert named <= set(ids)
    assert all(attrs.get("scope") in ("col", "row") for _, attrs in page.all("th"))
    assert tags.count("table") == tags.count("caption") > 0
    anchors = {attrs["href"][1:] for _, attrs in page.all("a") if attrs["href"].startswith("#")}
    assert anchors <= set(ids)


def test_the_page_is_alone_and_safe(lille: Dossier) -> None:
    text = to_html(lille)
    page = Page(text)
    assert not list(page.all("script", "link", "img", "iframe", "object", "form")) and "url(" not in text
    assert not [name for _, attrs in page.elements for name in attrs if name.startswith("on") or name == "src"]
    assert all(attrs["href"].startswith(("#", "http://", "https://")) for _, attrs in page.all("a"))


def test_hostile_words_are_words(tmp_path: Path) -> None:
    rows = Rows()
    rows.article(
        "un",
        f"{EVIL} La Ville de Lille affirme que BriefCam {EVIL} est employé.",
        at("2024-11-21 07:00"),
        title=f"Lille {EVIL} BriefCam",
    )
    rows.tables["articles"][0] = dict(rows.tables["articles"][0], canonical_url="javascript:alert(1)")
    dossier = rows_dossier(rows, tmp_path)
    text, page = to_markdown(dossier), Page(to_html(dossier))
    assert not list(page.all("script")) and all(attrs["href"].startswith("#") for _, attrs in page.all("a"))
    assert "\x1b" not in text and "\u202e" not in text and "<javascript:" not in text
    assert not re.search(r"(?<!\\)<(?!https?:)|(?<!\\)\]\((?!<http)", text), "markup that the web wrote"


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_words_stand_out_by_day_and_by_night(lille: Dossier) -> None:
    schemes = re.findall(r":root \{ (--ink: #[^}]{20,}) \}", to_html(lille))[:2]
    assert len(schemes) == 2
    for scheme in schemes:
        colours = dict(re.findall(r"--(\w+): (#\w{6})", scheme))
        for ink in ("ink", "soft", "link", "accent"):
            for ground in ("paper", "tint", *(("mark",) if ink == "ink" else ())):
                light, dark = sorted((luminance(colours[ink]), luminance(colours[ground])), reverse=True)
                assert (light + 0.05) / (dark + 0.05) >= 4.5, f"{ink} on {ground}: too little contrast"


# --- in a browser ---------------------------------------------------------------------------------------------------

LOOK = """<!doctype html>
<iframe id=page src="dossier.html" style="width:{width}px;height:900px;border:0"></iframe><pre id=said></pre>
<script>page.onload = () => {{
  const inside = page.contentDocument, wide = inside.documentElement.clientWidth;
  const all = (words) => [...inside.querySelectorAll(words)], seen = (one) => one.getClientRects().length > 0;
  const apart = (one) => one.closest(".scroll, .skip");
  const out = all("body *").filter((one) => seen(one) && !apart(one) && one.getBoundingClientRect().right > wide + 1);
  const rows = (one) => new Set([...one.children].map((part) => Math.round(part.getBoundingClientRect().top))).size;
  said.textContent = JSON.stringify({{
    wide, scroll: inside.documentElement.scrollWidth, out: out.map((one) => one.outerHTML.slice(0, 80)),
    columns: all(".columns").map(rows),
    hidden: all("h1, h2, h3, h4, h5, blockquote").filter((one) => !seen(one)).length,
    small: all("p, li, dd").filter((one) => parseFloat(getComputedStyle(one).fontSize) < 12).length,
  }});
}}</script>"""
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


def browse(folder: Path, *arguments: str) -> str:
    command = [str(CHROMIUM), *QUIET, f"--user-data-dir={folder / 'profile'}", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=90, check=True).stdout


needs_browser = pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium here: the page is not looked at")


@needs_browser
@pytest.mark.parametrize("width", [390, 1280])
def test_a_browser_shows_it_whole(lille: Dossier, tmp_path: Path, width: int) -> None:
    (tmp_path / "dossier.html").write_text(to_html(lille), "utf-8")
    (tmp_path / "look.html").write_text(LOOK.format(width=width), "utf-8")
    shown = browse(
        tmp_path,
        "--allow-file-access-from-files",
        "--window-size=1400,1000",
        "--virtual-time-budget=3000",
        "--dump-dom",
        f"file://{tmp_path}/look.html",
    )
    found = json.loads(html.unescape(re.findall(r"<pre id=\"said\">(.*?)</pre>", shown, re.DOTALL)[0]))
    assert found["wide"] in (width, width - 15), "the page was not looked at in this width"
    assert found["scroll"] <= found["wide"] and found["out"] == [], "something is wider than the screen"
    assert found["hidden"] == found["small"] == 0
    assert found["columns"][0] == (1 if width == 1280 else 3), (
        "the three columns are not side by side, or not one below another"
    )


@needs_browser
def test_it_can_be_printed(lille: Dossier, tmp_path: Path) -> None:
    (tmp_path / "dossier.html").write_text(to_html(lille), "utf-8")
    browse(
        tmp_path, f"--print-to-pdf={tmp_path / 'out.pdf'}", "--no-pdf-header-footer", f"file://{tmp_path}/dossier.html"
    )
    pages = [page.extract_text() for page in pypdf.PdfReader(tmp_path / "out.pdf").pages]
    printed = " ".join(" ".join(pages).split())
    assert (
        "Se contredisent" in printed and "Textes et preuves" in printed and "a été déposée auprès de la CNIL" in printed
    )
    assert all(text.strip() for text in pages) and len(pages) < 40
    assert lille.pieces[0].sha256[:20] in printed.replace(" ", "")


# --- the command -----------------------------------------------------------------------------------------------------


def call(home: Path, *words: str) -> str:
    done = CliRunner().invoke(app, ["--home", str(home), "dossier", *words])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.output


def test_the_command_writes_each_format(home: Path, tmp_path: Path) -> None:
    for name, begins in (("html", "<!DOCTYPE html>"), ("json", "{")):
        out = tmp_path / f"dossier.{name}"
        assert "16 texts" in call(home, "lille", "--format", name, "-o", str(out))
        assert out.read_text("utf-8").lstrip().startswith(begins)
    call(home, "lille", "-o", str(tmp_path / "dossier.md"))
    assert (tmp_path / "dossier.md").read_text("utf-8").startswith("# Dossier")
    call(home, "59350", "--topic", "vsa", "--since", "2024-12-01", "-o", str(tmp_path / "vsa.html"))
    assert "Textes publiés depuis le" in (tmp_path / "vsa.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "cure"),
    [
        (("lille", "--topic", "chats"), "they are briefcam"),
        (("lille", "--format", "pdf"), "html, markdown, json"),
        (("lille", "--since", "hier"), "2024-11-21"),
        (("Saint-Denis",), "93066"),
        (("lille", "--draft", "maire"), "document, cnil"),
        (("lille", "--draft", "cnil"), ".docx"),
    ],
)
def test_mistakes_name_their_cure(home: Path, tmp_path: Path, words: tuple[str, ...], cure: str) -> None:
    with pytest.raises(MistakeError, match=re.escape(cure)):
        call(home, *words, "-o", str(tmp_path / "out.html"))


def test_the_same_words_in_two_articles_are_one_saying(tmp_path: Path) -> None:
    rows = Rows()
    for name, source in (("un", "guetteur"), ("deux", "echo")):
        rows.article(
            name,
            f"BriefCam à Lille, {name}. « Le logiciel est arrêté », assure la Ville de Lille.",
            at("2024-11-21 07:00"),
            source=source,
        )
    dossier = rows_dossier(rows, tmp_path)
    (one,) = (saying for saying in dossier.voices.sayings if saying.quote == "Le logiciel est arrêté")
    assert isinstance(one, Saying) and len(one.articles) == 2
    assert replace(one, articles=()) in [replace(saying, articles=()) for saying in dossier.voices.sayings]
