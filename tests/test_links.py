"""References to documents: numbers, days, addresses; and the stored articles that they are."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.links import Document, Reference, find_references, join_references

PIECES = (
    "ordonnance n° 2310103 ", "le tribunal administratif de Lille ", "communiqué du 31 ", "novembre ", "2024",
    "lettre ",
    "la CNIL ", "délibération ", "SAN-2024-013 ", "BOAMP n° 24-123456", "dans un communiqué", ". ", "\n", "(",
    "la Ville de Lille ",
)  # fmt: skip


def only(text: str, *, published: date | None = None) -> Reference:
    found = find_references(text, published=published)
    assert len(found) == 1, f"{text!r}: {found}"
    return found[0]


@pytest.mark.parametrize(
    ("text", "surface", "key", "of"),
    [
        (
            "Le juge des référés du tribunal administratif de Caen, par l’ordonnance n° 2303004, ordonne.",
            "ordonnance n° 2303004",
            "decision:2303004",
            "caen",
        ),
        (
            "Le tribunal administratif de Lille (n° 2310103) a rejeté la demande.",
            "n° 2310103",
            "decision:2310103",
            "lille",
        ),
        ("Dans son ordonnance n° 2310103, il rejette la demande.", "ordonnance n° 2310103", "decision:2310103", ""),
        (
            "La CAA de Nancy, arrêt n° 22NC01234.",
            "arrêt n° 22NC01234",
            "decision:22nc01234",
            "nancy",
        ),
        ("Le Conseil d'État (n° 470123) a tranché.", "n° 470123", "decision:470123", "conseil-d-etat"),
        (
            "La CNIL a rendu la délibération n° SAN‐2024‐013 du 5 septembre.",
            "délibération n° SAN‐2024‐013",
            "cnil:san-2024-013",
            "",
        ),
        ("La délibération n° 2021-134 de la CNIL porte avis.", "délibération n° 2021-134", "cnil:2021-134", ""),
        ("L'avis BOAMP n° 24-123456 a paru.", "avis BOAMP n° 24-123456", "boamp:24-123456", ""),
        (
            "La Ville de Lille l'affirme dans un communiqué du 22 novembre 2024.",
            "communiqué du 22 novembre 2024",
            "release:lille:2024-11-22",
            "",
        ),
        (
            "Dans une lettre datée du 24 mars 2025, la Cnil écrit que non.",
            "lettre datée du 24 mars 2025",
            "letter:cnil:2025-03-24",
            "",
        ),
        ("La Ville a répondu dans un communiqué.", "dans un communiqué", "", ""),
        ("Le communiqué du 31 février 2024 de la Ville de Lille.", "communiqué du 31 février 2024", "", ""),
        ("Une lettre adressée à la CNIL le 5 décembre 2024.", "lettre adressée à la CNIL le 5 décembre 2024", "", ""),
    ],
)
def test_what_is_cited(text: str, surface: str, key: str, of: str) -> None:
    found = only(text)
    assert (found.surface, found.key, found.of) == (surface, key, of)
    assert text[found.start : found.end] == surface


@pytest.mark.parametrize(
    "text",
    [
        "Appelez le n° 2310103 pour vous inscrire.",
        "La délibération n° 2021-134 du conseil municipal est votée.",
        "Le marché n° 24-123456 des halles ouvre à 8 heures.",
        "Une lettre ouverte circule.",
        "Il habite au n° 12.",
    ],
)
def test_what_is_no_citation(text: str) -> None:
    assert find_references(text) == []


def test_a_day_without_a_year_is_the_last_one_before_the_article() -> None:
    text = "La Ville de Lille, dans un communiqué du 22 novembre, dément."
    assert only(text).key == ""
    assert only(text, published=date(2024, 12, 20)).key == "release:lille:2024-11-22"
    assert only(text, published=date(2025, 1, 3)).key == "release:lille:2024-11-22"
    assert only(text, published=date(2024, 11, 22)).key == "release:lille:2024-11-22"


def test_links_stand_at_their_words() -> None:
    text = "Lire la lettre (PDF) et le dossier."
    links = [
        ("http://www.cnil.example/l.pdf?utm_source=x", "la lettre"),
        ("https://boamp.fr/pages/avis/?q=idweb:24-123456", "le dossier"),
        ("https://a.example/b", "absent"),
        ("mailto:a@b.example", "écrire"),
        ("javascript:alert(1)", "cliquer"),
    ]
    found = find_references(text, links)
    assert {(r.kind, r.key) for r in found} == {
        ("pdf", "url:https://cnil.example/l.pdf"),
        ("page", "url:https://boamp.fr/pages/avis?q=idweb:24-123456"),
        ("boamp", "boamp:24-123456"),
        ("page", "url:https://a.example/b"),
    }
    assert all(text[r.start : r.end] == r.surface for r in found if r.start >= 0)
    assert [r.surface for r in found if r.start < 0] == ["absent"]


HEAD = "Communiqué de presse\nLille, le 22 novembre 2024\nUn article paru jeudi met en cause la Ville."
HELD = [
    Document("release", "Vidéoprotection : la Ville rétablit les faits", "https://lille.example/v.pdf", HEAD),
    Document("letter", "Lettre de la CNIL aux élus", "https://cnil.example/l.pdf", "Paris, le 24 mars 2025\nMesdames,"),
    Document("to-cnil", "Lettre à la CNIL", "https://v.example/x.pdf", "Lille, le 24 mars 2025\nMadame la Présidente,"),
    Document("lille", "TA Lille n° 2310103", "https://o.example/#/TA/DTA_2310103_20231129.xml", "Jugement"),
    Document("caen", "Décision", "https://o.example/#/TA/DTA_2310103_20230105.xml", "TA Caen"),
    Document("press", "Roubaix : rejet", "https://p.example/r", "Dans l'ordonnance n° 2310103, le tribunal rejette."),
    Document("tender", "Vidéoprotection", "https://www.boamp.fr/pages/avis/?q=idweb:%2224-123456%22", "Avis de marché"),
]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("La Ville de Lille, dans un communiqué du 22 novembre 2024, dément.", ["release"]),
        ("Dans une lettre datée du 24 mars 2025, la Cnil écrit que non.", ["letter"]),
        ("Le tribunal administratif de Lille (n° 2310103) a rejeté la demande.", ["lille"]),
        ("Dans son ordonnance n° 2310103, il rejette la demande.", ["lille", "caen"]),
        ("L'avis BOAMP n° 24-123456 a paru.", ["tender"]),
        ("La Ville a répondu dans un communiqué.", []),
    ],
)
def test_a_citation_is_joined_to_the_document_and_not_to_who_cites_it_too(text: str, ids: list[str]) -> None:
    assert [article_id for _, article_id in join_references(find_references(text), HELD)] == ids


def test_a_link_is_joined_by_the_address_of_the_page() -> None:
    found = find_references("La lettre.", [("http://www.cnil.example/l.pdf#page=2", "La lettre")])
    assert [article_id for _, article_id in join_references(found, HELD)] == ["letter"]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join))
def test_surfaces_stand_where_they_say(text: str) -> None:
    for reference in find_references(text, published=date(2025, 1, 1)):
        assert text[reference.start : reference.end] == reference.surface
