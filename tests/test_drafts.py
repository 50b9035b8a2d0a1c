"""Drafts of letters: facts are citations with date and hash, gaps are blanks that are seen, in Markdown and .docx."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from docx.enum.text import WD_COLOR_INDEX
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.dossiers.citations import excerpt, fact, facts, telling
from pipeline.dossiers.dossier import Dossier
from pipeline.dossiers.drafts import BLANK, DRAFTS, LAW, PRIVACY, Block, Draft, to_docx, to_markdown, typeset
from pipeline.french import spaced
from pipeline.records import MistakeError
from tests.demo_home import demo_home, dossier_of

HASH = re.compile(r"\b[0-9a-f]{64}\b")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo_home(tmp_path_factory.mktemp("drafts"))


@pytest.fixture(scope="module")
def lille(home: Path) -> Dossier:
    return dossier_of(home)


@pytest.fixture(scope="module")
def roubaix(home: Path) -> Dossier:
    return dossier_of(home, "roubaix")


def plainly(text: str) -> str:
    return " ".join(text.split())


def blocks(draft: Draft, style: str) -> list[str]:
    return [plainly(block.text) for block in draft.blocks if block.style == style]


def annexed(draft: Draft) -> list[str]:
    """The citations after the letter itself."""
    begins = next(at for at, block in enumerate(draft.blocks) if block.text.startswith("Annexe"))
    return blocks(replace(draft, blocks=draft.blocks[begins:]), "quote")


@pytest.mark.parametrize("name", DRAFTS)
def test_what_the_sources_say_is_quoted_with_its_source(lille: Dossier, name: str) -> None:
    draft = DRAFTS[name](lille)
    quotes, items = annexed(draft), blocks(draft, "item")
    assert len(quotes) == len(telling(lille)) >= 6
    for saying, quote in zip(telling(lille), quotes, strict=True):
        piece = lille.piece(saying.articles[0])
        assert plainly(spaced(saying.sentence)) in quote or plainly(spaced(saying.quote)) in quote
        assert saying.institution_name in quote and quote.endswith(f"[{piece.number}]")
        (source,) = (item for item in items if item.startswith(f"[{piece.number}]"))
        assert piece.sha256 in source and piece.url in source and piece.capture_id in source
        assert piece.source_name in source and str(piece.at.year) in source


@pytest.mark.parametrize("town", ["lille", "roubaix"])
@pytest.mark.parametrize("name", DRAFTS)
def test_each_hash_and_number_is_the_dossiers(home: Path, name: str, town: str) -> None:
    made = dossier_of(home, town)
    text = to_markdown(DRAFTS[name](made))
    found = HASH.findall(text)
    assert found and set(found) <= {piece.sha256 for piece in made.pieces}
    cited = {int(number) for number in re.findall(r"\S \\\[(\d+)\\\]$", text, re.MULTILINE)}
    listed = {int(number) for number in re.findall(r"^- \\\[(\d+)\\\]", text, re.MULTILINE)}
    assert cited and cited == listed, "what is cited is listed, and nothing else is"


@pytest.mark.parametrize("name", DRAFTS)
def test_where_nobody_claims_anything_own_pages_are_quoted(roubaix: Dossier, name: str) -> None:
    assert not telling(roubaix)
    quotes = annexed(DRAFTS[name](roubaix))
    assert quotes[0].startswith("« Un dispositif augmenté aide les opérateurs à retrouver plus vite une séquence")
    assert quotes[0].endswith("— Roubaix (commune), dans ses propres publications, le jeudi 16 mars 2023 [1]")
    assert "[à compléter : faits" not in plainly(to_markdown(DRAFTS[name](roubaix)).replace("\\", ""))


def test_a_document_in_which_nobody_is_heard_is_quoted_as_such(roubaix: Dossier) -> None:
    silent = replace(roubaix, voices=replace(roubaix.voices, sayings=(), things=()))
    (only,) = facts(silent)
    assert plainly(only.line) == (
        "« Un dispositif augmenté aide les opérateurs à retrouver plus vite une séquence, lorsqu’une enquête le demande. »"
        " — Ville de Roubaix (démonstration), le jeudi 16 mars 2023 [1]"
    )
    undated = replace(silent, pieces=(replace(silent.pieces[0], published_at=None), *silent.pieces[1:]))
    assert ", vu le " in facts(undated)[0].told, "a day of reading is none of publication"


@pytest.mark.parametrize("name", DRAFTS)
def test_beside_quotations_a_letter_says_no_fact_of_the_story(lille: Dossier, name: str) -> None:
    """Its own words are the same for any dossier: the place, the topics, the pair's label and blanks aside."""
    law = [typeset(line) for line in (*LAW, *PRIVACY)]
    told = [block for block in DRAFTS[name](lille).blocks if block.text not in law]
    own = [block for block in told if block.style != "quote" and "SHA-256" not in block.text]
    words = plainly(" ".join(block.text for block in own))
    for known in ("Lille", *lille.labels.values(), *(saying.who for saying in lille.voices.sayings)):
        words = words.replace(plainly(spaced(known)), "")
    assert not re.search(r"BriefCam|\b20(?!26|25\b)\d\d\b|menti|illégal|violation|faux|a tort|raison", words)


def test_the_request_asks_for_the_assessment_and_the_contract(lille: Dossier) -> None:
    asked = " ".join(blocks(DRAFTS["document"](lille), "item"))
    assert "analyse d’impact relative à la protection des données (AIPD) de [à compléter" in asked
    assert "le contrat, le marché ou la convention portant sur [à compléter" in asked
    text = plainly(to_markdown(DRAFTS["document"](lille)))
    assert "articles L. 311-1 et suivants" in text and "R. 343-1" in text and "CADA" in text
    assert "Lille (commune, code INSEE 59350)" in text and "une information, et non un conseil" in text


def test_the_letter_to_the_cnil_sets_the_pair_before_it_and_asks_nothing_itself(lille: Dossier) -> None:
    draft = DRAFTS["cnil"](lille)
    texts = [plainly(block.text) for block in draft.blocks]
    begins = texts.index(
        "Sur le point de savoir si l’analyse d’impact a été transmise, deux déclarations publiques seraient à"
        " rapprocher :"
    )
    one, other, question = texts[begins + 1 : begins + 4]
    assert one.endswith("— CNIL, d’après Le Guetteur Lille, le jeudi 21 novembre 2024 à 6 h [1]")
    assert other.endswith(
        "— Lille (commune), dans ses propres publications, le vendredi 22 novembre 2024 à 16 h 30 [3]"
    )
    assert one.startswith("« Elle ajoute n’avoir reçu") and "a été déposée auprès de la CNIL en 2021. »" in other
    assert question == "[à compléter : votre question]" and not any("contredi" in text.lower() for text in texts)
    assert "[à compléter : ce que vous demandez à la CNIL]" in " ".join(blocks(draft, "text"))
    about = blocks(draft, "heading")[0]
    assert about == (
        "Objet : analyse d’impact (AIPD), BriefCam, vidéosurveillance algorithmique et reconnaissance faciale"
        " – Lille (commune, code INSEE 59350)"
    )


def test_the_subject_of_a_letter_is_what_texts_of_the_place_speak_of(roubaix: Dossier) -> None:
    def about(made: Dossier) -> str:
        return blocks(DRAFTS["cnil"](made), "heading")[0]

    assert about(roubaix) == "Objet : vidéosurveillance algorithmique – Roubaix (commune, code INSEE 59512)"
    silent = replace(roubaix, voices=replace(roubaix.voices, sayings=(), things=()))
    every = (replace(silent.pieces[0], topics=silent.topics), *silent.pieces[1:])
    told = about(replace(silent, pieces=every))
    assert "lecture automatisée de plaques" in told and "CNIL" not in told, "to whom one writes is no subject"
    named = {**silent.labels, "cnil": "Commission nationale de l'informatique et des libertés (CNIL)"}
    assert "Commission" not in about(replace(silent, pieces=every, labels=named))
    elsewhere = tuple(replace(piece, why="cited") for piece in roubaix.pieces)
    assert about(replace(roubaix, pieces=elsewhere)).startswith("Objet : [à compléter : objet]")


@pytest.mark.parametrize(
    ("place", "member", "articles"),
    [
        ("Lille", "conseiller municipal", "de l’article L. 2121-13 du code général"),
        ("Nord", "conseiller départemental", "de l’article L. 3121-18 du code général"),
        ("Métropole européenne de Lille", "conseiller ou conseillère", "des articles L. 2121-13 et L. 5211-1 du code"),
    ],
)
def test_who_sits_in_the_council_may_keep_a_line(home: Path, place: str, member: str, articles: str) -> None:
    texts = blocks(DRAFTS["document"](dossier_of(home, place)), "text")
    (line,) = (text for text in texts if text.startswith(f"[à garder si vous êtes {member}"))
    assert BLANK.match(line) and articles in line


def test_who_speaks_is_told_as_in_a_letter(lille: Dossier) -> None:
    said = next(saying for saying in lille.voices.sayings if saying.who == "Élus")
    assert fact(said, lille).told.startswith("L'opposition, d’après La Tribune du Beffroi, le jeudi 21 novembre 2024")
    told = {fact(saying, lille).told.partition(", ")[0] for saying in lille.voices.sayings if saying.institution_name}
    assert told == {"CNIL", "Lille (commune)", "Lille Verte (élus)"}


def test_what_a_later_version_added_is_dated_by_it(lille: Dossier, roubaix: Dossier) -> None:
    (said, *_), later = telling(lille), lille.made_at
    assert fact(said, replace(lille, said_at={said.number: later})).told == (
        f"{fact(said, lille).told}, dans une version vue le samedi 12 avril 2025"
    )
    pieces = (replace(roubaix.pieces[0], said_at=later), *roubaix.pieces[1:])
    (only,) = facts(replace(roubaix, pieces=pieces, voices=replace(roubaix.voices, sayings=())))
    assert only.told.endswith("le jeudi 16 mars 2023, dans une version vue le samedi 12 avril 2025")


def test_a_salutation_begins_no_quotation(lille: Dossier) -> None:
    begins = {
        "Madame la Présidente, La Ville affirme tout.": "La Ville affirme tout.",
        "Mesdames et Messieurs les élus, Vous avez saisi la CNIL.": "Vous avez saisi la CNIL.",
        "Madame, Monsieur, L’analyse est là.": "L’analyse est là.",
        "Madame la Présidente, dans ses mots, a tort.": "Madame la Présidente, dans ses mots, a tort.",
        "Madame la maire, Martine Aubry, le dit.": "Madame la maire, Martine Aubry, le dit.",
        "Monsieur Durand, La Voix au poing, le dit.": "Monsieur Durand, La Voix au poing, le dit.",
    }
    (said, *_) = (saying for saying in lille.voices.sayings if saying.sentence.startswith("Madame la Présidente, "))
    assert fact(said, lille).words.startswith("La Ville de Lille affirme, dans un communiqué")
    assert {words: excerpt(replace(said, sentence=words, quote=words)) for words in begins} == begins


def test_what_is_cut_shows_it(lille: Dossier) -> None:
    said = lille.voices.sayings[0]
    long = "La Ville affirme que " + "rien n’a changé, " * 20
    cut = replace(said, sentence=f"{long}depuis la déci", quote="rien n’a changé")
    assert excerpt(cut) == f"{long}depuis la […]"
    assert excerpt(replace(said, sentence=f"{long}selon elle", quote="selon elle")) == f"{long}selon elle […]"
    assert excerpt(replace(said, sentence="autre chose", quote="elle n’a rien")) == "[…] elle n’a rien"
    assert excerpt(replace(said, sentence="La Ville dit non", quote="non")) == "La Ville dit non"


@pytest.mark.parametrize("name", DRAFTS)
def test_the_law_is_information_at_the_end(lille: Dossier, name: str) -> None:
    texts = [block.text for block in DRAFTS[name](lille).blocks]
    begins = texts.index("Pour information (à retirer de la lettre)")
    law = [typeset(line) for line in (LAW if name == "document" else PRIVACY)]
    assert [text for text in texts[begins:] if text in law] == law
    assert all(re.search(r"article", line) for line in law)


@pytest.mark.parametrize("name", DRAFTS)
def test_a_word_processor_opens_it_with_its_blanks_highlighted(lille: Dossier, name: str) -> None:
    draft = DRAFTS[name](lille)
    document = docx.Document(io.BytesIO(to_docx(draft, lille)))
    assert [p.text for p in document.paragraphs] == [block.text for block in draft.blocks]
    marked = [
        run.text for p in document.paragraphs for run in p.runs if run.font.highlight_color == WD_COLOR_INDEX.YELLOW
    ]
    assert marked == [blank for block in draft.blocks for blank in BLANK.findall(block.text)] and len(marked) >= 8
    assert document.styles.element.xpath("//w:lang/@w:val") == ["fr-FR"]
    assert document.core_properties.title == draft.title and document.core_properties.author == "Vigie"


@pytest.mark.parametrize("name", DRAFTS)
def test_what_belongs_together_stands_on_one_line(lille: Dossier, name: str) -> None:
    for text in (block.text for block in DRAFTS[name](lille).blocks):
        assert not re.search(r"« | »| [:;?!%](?=\s|$)|(?:n°|articles?|\b[LR]\.) (?=\d|[LR]\.)", text), text


@pytest.mark.parametrize("name", DRAFTS)
def test_an_empty_dossier_gives_blanks_and_no_facts(home: Path, name: str) -> None:
    text = to_markdown(DRAFTS[name](dossier_of(home, "Guéret")))
    assert "**\\[à compléter : faits, avec leurs sources\\]**" in text.replace("\u00a0", " ")
    assert not HASH.search(text) and "\n> " not in text


def test_hostile_words_stay_words(lille: Dossier) -> None:
    draft = Draft("x", (Block("quote", "\x00\x1b[2J\ud800 <script> [a](javascript:b) # *x*"),))
    (paragraph,) = docx.Document(io.BytesIO(to_docx(draft, lille))).paragraphs
    assert paragraph.text.endswith("[2J  <script> [a](javascript:b) # *x*")
    assert "\\<script\\> \\[a\\](javascript:b) \\# \\*x\\*" in to_markdown(draft)


def test_the_command_writes_letters(home: Path, tmp_path: Path) -> None:
    for name, suffix, begins in (("document", ".md", b"# "), ("cnil", ".docx", b"PK")):
        out = tmp_path / f"{name}{suffix}"
        done = CliRunner().invoke(app, ["--home", str(home), "dossier", "lille", "--draft", name, "-o", str(out)])
        assert done.exit_code == 0 and out.read_bytes()[:2] == begins
    done = CliRunner().invoke(
        app, ["--home", str(home), "dossier", "lille", "--draft", "cnil", "-o", str(tmp_path / "x.odt")]
    )
    assert isinstance(done.exception, MistakeError) and ".docx" in str(done.exception)
