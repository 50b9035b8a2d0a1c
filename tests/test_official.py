"""Documents of open data: each is an article with the title, the date, the author and the words that it has."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.dates import PARIS
from crawler.spiders import assemblee, boamp, dila, justice
from pipeline.extract import UnreadableError, extract
from pipeline.pages import official
from pipeline.records import Article, Capture

OFFICIAL = Path(__file__).parent / "pages" / "official"
NOW = datetime(2026, 1, 20, 9, tzinfo=UTC)
ZIP = "https://opendata.justice-administrative.fr/DTA/2023/11/TA_202311.zip"
TYPES = (justice.CONTENT_TYPE, dila.CONTENT_TYPE, boamp.CONTENT_TYPE, assemblee.CONTENT_TYPE)


def notices() -> list[dict[str, Any]]:
    said = json.loads((OFFICIAL / "notices.json").read_bytes())
    return list(said["results"])


def read(body: bytes | str, content_type: str, url: str = "https://a.fr/x") -> Article:
    body = (OFFICIAL / body).read_bytes() if isinstance(body, str) else body
    return extract(Capture("1", url, NOW, 200, (("Content-Type", content_type),), body, source="a", door="a"))


def day(year: int, month: int, number: int) -> datetime:
    return datetime(year, month, number, tzinfo=PARIS).astimezone(UTC)


@pytest.mark.parametrize("content_type", TYPES)
def test_what_a_spider_archives_has_a_reader(content_type: str) -> None:
    assert official.profile(content_type), f"{content_type}: add its profile to pipeline/official.py"


def test_a_judgment() -> None:
    article = read("judgment-lille.xml", justice.CONTENT_TYPE, f"{ZIP}#/TA59/DTA_2310103_20231129.xml")
    assert article.title == "TA Lille, 29 novembre 2023, n° 2310103"
    assert article.authors == ("Tribunal Administratif de Lille",)
    assert (article.published_at, article.published_from) == (day(2023, 11, 29), "document")
    assert (article.access, article.language) == ("full", "fr")
    assert article.canonical_url == f"{ZIP}#/TA59/DTA_2310103_20231129.xml"
    assert article.text.split("\n") == [
        "Tribunal Administratif de Lille : Ordonnance ; Excès de pouvoir ; Rejet.",
        "Vu la procédure suivante :",
        "Une association demande au juge de suspendre l'usage du logiciel BriefCam par la commune de Roubaix.",
        "Considérant ce qui suit :",
        "1. Il ne résulte pas de l'instruction que la fonction de reconnaissance faciale soit utilisée.",
        "ORDONNE :",
        "Article 1er : La requête est rejetée.",
    ]


@pytest.mark.parametrize(
    ("court", "code", "title"),
    [
        ("Tribunal Administratif de Cergy-Pontoise", "TA95", "TA Cergy-Pontoise"),
        ("Tribunal administratif de la Guadeloupe", "TA971", "TA Guadeloupe"),
        ("Cour administrative d'appel de DOUAI", "CAA59", "CAA Douai"),
        ("Tribunal Administratif d\u2019Amiens", "TA80", "TA Amiens"),
        ("Contentieux", "CE", "Conseil d'État"),
        ("Une autre juridiction", "XX", "Une autre juridiction"),
    ],
)
def test_a_court_has_a_short_name(court: str, code: str, title: str) -> None:
    body = (OFFICIAL / "judgment-lille.xml").read_text("utf-8")
    body = body.replace("Tribunal Administratif de Lille", court).replace("TA59", code)
    assert read(body.encode(), justice.CONTENT_TYPE).title == f"{title}, 29 novembre 2023, n° 2310103"


def test_a_judgment_marked_up_with_paragraphs() -> None:
    article = read("judgment-douai.xml", justice.CONTENT_TYPE)
    assert article.text.endswith("\nVu la procédure suivante :\nUne société demande le prix de ses travaux de voirie.")


def test_two_judgments_of_one_zip_are_two_articles() -> None:
    one, other = (read("judgment-lille.xml", justice.CONTENT_TYPE, f"{ZIP}#/TA59/DTA_{n}.xml") for n in (1, 2))
    assert one.id != other.id


def test_a_deliberation_is_dated_by_its_publication() -> None:
    article = read("deliberation.xml", dila.CONTENT_TYPE, "https://www.legifrance.gouv.fr/cnil/id/CNILTEXT000000000042")
    assert article.title.startswith("Délibération n° 2024-900 du 14 novembre 2024 mettant en demeure")
    assert (article.published_at, article.published_from) == (day(2024, 12, 5), "document")
    assert article.canonical_url == "https://legifrance.gouv.fr/cnil/id/CNILTEXT000000000042"
    assert article.authors == ("CNIL",)
    assert article.text.split("\n")[2:] == [
        "Considérant que la commune de X utilise un logiciel d'analyse des images de ses caméras ;",
        "Met la commune en demeure.",
    ]


def test_a_deliberation_without_a_day_of_publication_has_its_own() -> None:
    assert read("deliberation-other.xml", dila.CONTENT_TYPE).published_at == day(2024, 11, 14)


def test_a_tender_has_its_buyer_and_the_words_of_its_notice() -> None:
    url = "https://www.boamp.fr/pages/avis/?q=idweb:24-135001"
    article = read(json.dumps(notices()[0]).encode(), boamp.CONTENT_TYPE, url)
    assert article.title == "Acquisition d'un logiciel d'analyse d'images pour le centre de supervision urbain"
    assert article.authors == ("Ville d'Exemple-lès-Lille",)
    assert (article.published_at, article.published_from) == (day(2024, 11, 21), "document")
    assert article.canonical_url == "https://boamp.fr/pages/avis?q=idweb:24-135001"
    assert "Le logiciel reprend les fonctions de BriefCam" in article.text
    assert "Descripteurs : Vidéosurveillance" in article.text and "Réponses jusqu'au : 20 décembre 2024" in article.text
    assert not any(noise in article.text for noise in ("0b7d1c52", "FRA", "notice-id", "urn:oasis"))


def test_an_award_names_who_won() -> None:
    article = read(json.dumps(notices()[1]).encode(), boamp.CONTENT_TYPE)
    assert "Avis : Résultat de marché\n" in article.text and "\nTitulaire : Exemple Sécurité\n" in article.text


def test_a_question_and_then_its_answer() -> None:
    asked, answered = (read(name, assemblee.CONTENT_TYPE) for name in ("question.json", "question-answered.json"))
    assert asked.title == answered.title == "Usage de logiciels d'analyse vidéo par les communes (question n° 4958)"
    assert asked.authors == ("Mme Camille Exemple",)
    assert (asked.published_at, asked.published_from) == (day(2025, 3, 11), "document")
    assert (
        "Ministère interrogé : Ministère de l'intérieur." in asked.text
        and "sur le logiciel BriefCam.\nElle" in asked.text
    )
    assert answered.text == asked.text + (
        "\nRéponse publiée le 3 juin 2025.\nLe ministre rappelle que la vidéoprotection est soumise à autorisation."
    )
    assert asked.id == answered.id and asked.version != answered.version


def test_a_date_to_come_is_not_believed() -> None:
    assert (
        read(json.dumps(notices()[0] | {"dateparution": "9999-12-31"}).encode(), boamp.CONTENT_TYPE).published_at
        is None
    )


@pytest.mark.parametrize("content_type", TYPES)
@pytest.mark.parametrize(
    "body", [b"x", b"{}", b"[]", b"<a/>", b"\xff\xfe", b"[" * 5000, b'{"question": {"identifiant": []}}']
)
def test_what_is_no_such_document_is_said(content_type: str, body: bytes) -> None:
    with pytest.raises(UnreadableError, match="broken_document"):
        read(body, content_type)


def test_billions_of_laughs_are_not_heard() -> None:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    doctype = f'<!DOCTYPE d [<!ENTITY l0 "ha"><!ENTITY f SYSTEM "file:///etc/passwd">{entities}]>'
    body = (OFFICIAL / "judgment-lille.xml").read_text("utf-8").replace("<Document>", doctype + "<Document>")
    article = read(body.replace("BriefCam", "&l11;&f;").encode(), justice.CONTENT_TYPE)
    assert len(article.text) < 1000 and "root:" not in article.text


@given(st.data())
def test_no_mutation_of_a_document_is_more_than_unreadable(data: st.DataObject) -> None:
    name, content_type = data.draw(
        st.sampled_from(
            [
                ("judgment-lille.xml", justice.CONTENT_TYPE),
                ("deliberation.xml", dila.CONTENT_TYPE),
                ("question-answered.json", assemblee.CONTENT_TYPE),
                ("notices.json", boamp.CONTENT_TYPE),
            ]
        )
    )
    body = bytearray((OFFICIAL / name).read_bytes() if name != "notices.json" else json.dumps(notices()[0]).encode())
    for place in data.draw(st.lists(st.integers(0, len(body) - 1), max_size=6)):
        body[place] = data.draw(st.integers(0, 255))
    with suppress(UnreadableError):
        read(bytes(body), content_type)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*notices()[0], "titulaire"]), values, max_size=6))
def test_a_notice_may_hold_anything(changed: dict[str, Any]) -> None:
    with suppress(UnreadableError):
        read(json.dumps(notices()[0] | changed).encode(), boamp.CONTENT_TYPE)
