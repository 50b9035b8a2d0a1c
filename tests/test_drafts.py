"""Drafts of letters: facts are citations with date and hash, gaps are blanks that are seen, in Markdown and .docx."""

from __future__ import annotations

import io
import re
from pathlib import Path

import docx
import pytest
from docx.enum.text import WD_COLOR_INDEX
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.dossiers.dossier import Dossier
from pipeline.dossiers.drafts import BLANK, DRAFTS, LAW, PRIVACY, Block, Draft, telling, to_docx, to_markdown
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


def plainly(text: str) -> str:
    return " ".join(text.split())


def blocks(draft: Draft, style: str) -> list[str]:
    return [plainly(block.text) for block in draft.blocks if block.style == style]


@pytest.mark.parametrize("name", DRAFTS)
def test_what_the_sources_say_is_quoted_with_its_source(lille: Dossier, name: str) -> None:
    draft = DRAFTS[name](lille)
    quotes, items = blocks(draft, "quote"), blocks(draft, "item")
    assert len(quotes) == len(telling(lille)) >= 6
    for saying, quote in zip(telling(lille), quotes, strict=True):
        piece = lille.piece(saying.articles[0])
        assert plainly(spaced(saying.sentence)) in quote or plainly(spaced(saying.quote)) in quote
        assert saying.who in quote and quote.endswith(f"[{piece.number}]")
        (source,) = (item for item in items if item.startswith(f"[{piece.number}]"))
        assert piece.sha256 in source and piece.url in source and piece.capture_id in source
        assert piece.source_name in source and str(piece.at.year) in source


@pytest.mark.parametrize("name", DRAFTS)
def test_each_hash_and_number_is_the_dossiers(lille: Dossier, name: str) -> None:
    text = to_markdown(DRAFTS[name](lille))
    found = HASH.findall(text)
    assert found and set(found) <= {piece.sha256 for piece in lille.pieces}
    cited = {int(number) for number in re.findall(r"\\\[(\d+)\\\]", text)}
    listed = {int(number) for number in re.findall(r"^- \\\[(\d+)\\\]", text, re.MULTILINE)}
    assert cited == listed, "what is cited is listed, and nothing else is"


@pytest.mark.parametrize("name", DRAFTS)
def test_beside_quotations_a_letter_says_no_fact_of_the_story(lille: Dossier, name: str) -> None:
    """Its own words are the same for any dossier: the place, the topics, the pair's label and blanks aside."""
    own = [block for block in DRAFTS[name](lille).blocks if block.style != "quote" and "SHA-256" not in block.text]
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
    (pair,) = (item for item in blocks(draft, "item") if item.startswith("Se contredisent"))
    assert "CNIL [1] et Commune · Lille [3]" in pair and pair.endswith("[à compléter : votre question]")
    assert "[à compléter : ce que vous demandez à la CNIL]" in " ".join(blocks(draft, "text"))
    about = blocks(draft, "heading")[0]
    assert "BriefCam" in about and "plaques" not in about, "what nobody speaks of is no subject of a letter"


@pytest.mark.parametrize("name", DRAFTS)
def test_the_law_is_information_at_the_end(lille: Dossier, name: str) -> None:
    texts = [block.text for block in DRAFTS[name](lille).blocks]
    begins = texts.index("Pour information (à retirer de la lettre)")
    law = [spaced(line) for line in (LAW if name == "document" else PRIVACY)]
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
    assert document.core_properties.title == draft.title and document.core_properties.author == "Vigie"


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
