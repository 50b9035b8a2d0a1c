"""The map of what is watched: it shows its holes."""

from __future__ import annotations

import json
import re

from crawler.coverage import KINDS, coverage_map, rows
from crawler.sources import load_sources
from pipeline.areas import DEPARTEMENTS
from pipeline.records import Source

LILLE = Source(key="a", name="A", kind="municipal", area=("59350",), page=("https://a.fr/",))
NORTH = Source(
    key="b", name="B", kind="regional", area=("59", "62"), feed=("https://b.fr/f",), listing=("https://b.fr/",)
)
ALL = Source(key="c", name="C", kind="institution", area=("national",), spider="boamp")
SHUT = Source(key="d", name="D", kind="municipal", area=("59599",), closed="aucune adresse connue")


def test_a_row_can_be_written_as_json_and_names_its_doors() -> None:
    said = json.loads(json.dumps(rows([NORTH, ALL, SHUT])))
    assert [row["doors"] for row in said] == [["feed", "listing"], ["spider"], []]
    assert said[0]["area"] == ["59", "62"] and said[2]["closed"] == "aucune adresse connue"


def test_a_departement_counts_its_communes_and_itself_once() -> None:
    twice = Source(key="e", name="E", kind="regional", area=("59350", "59512"), feed=("https://e.fr/f",))
    text = coverage_map([LILLE, NORTH, twice, ALL])
    assert re.search(r"59  Nord +· +2 +1 +· +·", text) and re.search(r"62  Pas-de-Calais +· +1 +· +· +·", text)
    assert "59: 3" in text and "62: 1" in text and "75:··" in text
    assert "2 départements sur 101" in text and "Tout le pays : institutions 1" in text


def test_holes_and_closed_sources_are_named() -> None:
    text = coverage_map([LILLE, SHUT])
    assert "Sans source locale (100)" in text and "Lozère (48)" in text and "Nord (59)" not in text
    assert "d, D : aucune adresse connue" in text and "Sources lues : 1 ; déclarées et non lues : 1." in text


def test_a_closed_source_covers_nothing() -> None:
    assert "Nord (59)" in coverage_map([SHUT])


def test_every_departement_has_its_place_on_the_map() -> None:
    shown = re.findall(r"\b(\d[\dAB]\d?):", coverage_map([]))
    assert sorted(shown) == sorted(DEPARTEMENTS)


def test_the_map_of_the_catalogue_fits_a_terminal_and_tells_the_kinds() -> None:
    text = coverage_map(load_sources().values())
    table = text.split("Tout le pays")[0]
    assert [line for line in table.splitlines() if len(line) > 90] == []
    assert all(name in text for _, name in KINDS.values())
    assert "maville" in text
