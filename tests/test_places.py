"""Places: their names and codes, and where they stand in a text."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import areas
from pipeline.areas import DEPARTEMENTS, Commune, communes, departement, epcis, find_communes, parts, place_name


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("59350", "Lille"),
        ("93066", "Saint-Denis (93)"),
        ("59355", "Lomme"),
        ("75111", "Paris 11e"),
        ("69381", "Lyon 1er"),
        ("59", "Nord"),
        ("974", "La Réunion"),
        ("200093201", "Métropole Européenne de Lille"),
        ("national", "national"),
        ("59999", "59999"),
    ],
)
def test_a_code_gives_its_name(code: str, name: str) -> None:
    assert place_name(code) == name


@pytest.mark.parametrize("written", ["saint-denis", "Saint Denis", "ST-DENIS", "  st. denis "])
def test_a_name_is_found_however_it_is_written_the_biggest_first(written: str) -> None:
    found = find_communes(written)
    assert [c.code for c in found] == ["97411", "93066", "11339", "30247"]
    assert found[1] == Commune("93066", "Saint-Denis", "93", 149077)


def test_a_former_commune_gives_what_it_is_a_part_of() -> None:
    assert [c.name for c in find_communes("lomme")] == ["Lille"]
    assert find_communes("Trifouillis-les-Oies") == []


def test_every_commune_lies_in_a_departement_and_every_member_and_part_in_a_commune() -> None:
    assert len(communes()) > 34_900
    assert {departement(code) for code in communes()} >= set(DEPARTEMENTS)
    assert all(part.part_of in communes() for part in parts()), "run pipeline/make_communes.py again"
    assert all(code in communes() for epci in epcis().values() for code in epci.members)


def test_the_files_say_where_they_come_from_and_under_which_licence() -> None:
    for name in ("communes.csv", "epcis.csv"):
        head = (Path(areas.__file__).parent / name).read_text(encoding="utf-8")[:400]
        assert "@etalab/decoupage-administratif" in head and "Licence Ouverte 2.0" in head, name
