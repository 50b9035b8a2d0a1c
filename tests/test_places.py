"""Places: their names and codes, and where they stand in a text."""

from __future__ import annotations

import pickle
import tomllib
import unicodedata
from itertools import pairwise
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import areas
from pipeline.areas import DEPARTEMENTS, Commune, communes, departement, epcis, find_communes, parts, place_name
from pipeline.geography.toponyms import fold, inflected, listed
from pipeline.measures.places import measure, render
from pipeline.places import Gazetteer, about, find_places, load_gazetteer
from pipeline.records import MistakeError


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
    assert all(part.part_of in communes() for part in parts()), "run pipeline/geography/make_communes.py again"
    assert all(code in communes() for epci in epcis().values() for code in epci.members)


def test_the_files_say_where_they_come_from_and_under_which_licence() -> None:
    for name in ("communes.csv", "epcis.csv"):
        head = (Path(areas.__file__).parent / "geography" / name).read_text(encoding="utf-8")[:400]
        assert "@etalab/decoupage-administratif" in head and "Licence Ouverte 2.0" in head, name


EVALUATION = Path(__file__).parent / "evaluation" / "places.jsonl"
Codes = list[str]
GAZETTEER = load_gazetteer()


@pytest.fixture
def gazetteer() -> Gazetteer:
    return GAZETTEER


def codes(gazetteer: Gazetteer, text: str, *areas: str, title: str = "") -> Codes:
    return [place.code for place in find_places(title, text, gazetteer, areas)]


@pytest.mark.parametrize(
    ("text", "areas", "expected"),
    [
        ("Le maire de Saint-Denis a parlé.", "93", ["93066"]),
        ("Le maire de Saint-Denis a parlé.", "974", ["97411"]),
        ("Le maire de Saint-Denis a parlé.", "national", []),
        ("À Aubervilliers, Pantin et Saint-Denis, on vote.", "national", ["93001", "93055", "93066"]),
        ("Vernon (Eure) vote. À Vernon, les urnes ouvrent.", "07", ["27681", "27", "27681"]),
        ("À Vernon, les urnes ouvrent.", "07", ["07336"]),
        ("À Vernon, les urnes ouvrent.", "national", ["27681"]),
        ("À Saint-Priest, la police patrouille.", "69", ["69290"]),
    ],
)
def test_homonyms_are_told_apart(gazetteer: Gazetteer, text: str, areas: str, expected: Codes) -> None:
    assert codes(gazetteer, text, areas) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Vienne la nuit, sonne l'heure.",
        "Tours de magie et bonne humeur ; la mer est belle.",
        "Y a-t-il un lens dans l'appareil ?",
        "Rue de Lille, M. Lille et Mme Saint-Denis ont croisé Philippe Lille.",
        "L'Olympique de Marseille et le RC Lens font match nul (1-1).",
        "Lens bat Rennes en Ligue 1, l'entraîneur de Nice regarde.",
        "Paris et Berlin négocient, Le Parisien le raconte.",
        "Il s'est noyé dans la Loire, loin de la mer du Nord.",
    ],
)
def test_words_persons_streets_clubs_and_rivers_are_no_places(gazetteer: Gazetteer, text: str) -> None:
    assert codes(gazetteer, text, "national") == []


def test_town_halls_gentiles_and_metropoles_say_why(gazetteer: Gazetteer) -> None:
    text = (
        "La Ville de Lille, le maire de Nice, les Roubaisiens : la métropole lilloise (MEL) paie. À Mer (Loir-et-Cher)."
    )
    found = [(p.code, p.kind, p.surface, p.why) for p in find_places("", text, gazetteer, ["59"])]
    assert found == [
        ("59350", "commune", "Lille", "town hall"),
        ("06088", "commune", "Nice", "town hall"),
        ("59512", "commune", "Roubaisiens", "gentilé"),
        ("200093201", "epci", "métropole lilloise", "metropolis"),
        ("200093201", "epci", "MEL", "acronym"),
        ("41136", "commune", "Mer", "département said"),
        ("41", "departement", "Loir-et-Cher", "says where"),
    ]


def test_an_article_is_about_what_it_dwells_on(gazetteer: Gazetteer) -> None:
    title, text = (
        "Lille : la Cnil saisie",
        (
            "La Ville de Lille a répondu. Le tribunal administratif de Caen, Marseille, Nice et Toulouse sont cités.\n"
            + "Un paragraphe sans aucun lieu. " * 20
            + "À Lille, l'affaire continue. Une expérience a eu lieu à Brest."
        ),
    )
    weights = about(find_places(title, text, gazetteer, ["59350"]))
    assert [(w.code, w.reason) for w in weights] == [
        ("59350", "in the title, at the beginning, as a town hall, 3 times")
    ]
    assert about([]) == []
    said = find_places("Hem (Nord) filme", "À Hem, dans le Nord, on filme.", gazetteer, ["national"])
    assert [w.code for w in about(said)] == ["59299"], "the Nord only says where"


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("word", ["Sète", "Villeneuve-d'Ascq", "Saint-Étienne", "Vandœuvre-lès-Nancy"])
def test_what_is_not_seen_moves_no_offset(gazetteer: Gazetteer, word: str, form: Literal["NFC", "NFD"]) -> None:
    spoilt = unicodedata.normalize(form, word).replace("e", "e\u00ad", 1).replace("'", "\u2019").replace("-", "\u2010")
    text = unicodedata.normalize(form, "À Orléans\u200b et à ") + spoilt + " \U0001f600 aussi, à Lille."
    places = find_places("", text, gazetteer)
    assert [text[p.start : p.end] for p in places] == [p.surface for p in places]
    assert len(places) == 3 and places[1].surface.rstrip("\u00ad") == spoilt.rstrip("\u00ad")


PIECES = (
    *("Lille", "à ", "la mairie de ", "Saint-Denis", "(Nord)", ", ", ". ", "\n", "Vienne", "M. ", "les Lillois", "St-"),
    *("Croix", " - ", "rue de ", "dans la ", "Loire", "MEL ", "métropole de ", "œ", "\U0001f600", "e\u0301", "\u00ad"),
)


@given(
    st.lists(st.sampled_from(PIECES), max_size=30),
    st.sampled_from([(), ("59",), ("59350",), ("national",), ("93", "974")]),
)
def test_offsets_are_exact_and_places_do_not_overlap(pieces: list[str], areas: tuple[str, ...]) -> None:
    text = "".join(pieces)
    places = find_places(text, text, GAZETTEER, areas)
    assert all(text[p.start : p.end] == p.surface and p.surface for p in places)
    for one, other in pairwise(places):
        assert one.field != other.field or one.end <= other.start


def test_thousands_of_names_are_read_in_time_that_grows_with_the_text(gazetteer: Gazetteer) -> None:
    """No recursion, no pairs: an enumeration of 20,000 towns ends."""
    text = "À " + ", ".join(["Lille", "Saint-Martin", "Vienne", "Paris"] * 5000)
    assert len(find_places("", text, gazetteer, ["59"])) >= 10_000


def test_a_gazetteer_travels_to_a_worker(gazetteer: Gazetteer) -> None:
    again = pickle.loads(pickle.dumps(gazetteer))
    assert codes(again, "À Lille.") == ["59350"]


def test_every_trap_quarter_and_short_name_is_a_name_of_a_place(gazetteer: Gazetteer) -> None:
    """A misspelt line of places.toml would do nothing, and nobody would see it."""
    known = {key for key, name in gazetteer.names.items() if name.communes or name.former or name.departement}
    data = tomllib.loads((Path(areas.__file__).parent / "geography" / "places.toml").read_text(encoding="utf-8"))
    said = [*data["traps"]["elsewhere"], *listed(data["traps"]["word"]), *listed(data["traps"]["abroad"])]
    said += [quarter for quarters in data["quarters"].values() for quarter in listed(quarters)]
    unknown = [name for name in said if fold(name) not in known]
    assert not unknown, f"places.toml: no commune is called {unknown}: mend the spelling or take them out"


def test_a_word_that_is_looked_up_alone_has_no_blank(gazetteer: Gazetteer) -> None:
    phrases = {"sport", "country"}
    for key, words in gazetteer.words.sets.items():
        wrong = [word for word in words if " " in word and key not in phrases]
        assert not wrong, f"places.toml [words] {key}: {wrong} would never match; write one word"


@pytest.mark.parametrize(
    ("gentile", "forms"),
    [
        ("lillois", {"lillois", "lilloise", "lilloises"}),
        ("roubaisien", {"roubaisien", "roubaisiens", "roubaisienne", "roubaisiennes"}),
        ("tourangeau", {"tourangeau", "tourangeaux", "tourangelle", "tourangelles"}),
        ("messin", {"messin", "messins", "messine", "messines"}),
        ("briviste", {"briviste", "brivistes"}),
        ("vitriot", {"vitriot", "vitriots", "vitriote", "vitriotes"}),
        ("biarrot", {"biarrot", "biarrots", "biarrote", "biarrotes"}),
    ],
)
def test_gentiles_are_inflected(gentile: str, forms: set[str]) -> None:
    assert set(inflected(gentile)) == forms


def test_places_are_right_on_the_evaluation_set(gazetteer: Gazetteer) -> None:
    report = measure(EVALUATION.read_text(encoding="utf-8").splitlines(), gazetteer)
    assert report.passages >= 300 and report.negatives >= 100
    wrong = "; ".join(f"{place.code} {place.surface!r} in {text!r}" for place, text in report.false[:5])
    assert report.total.precision >= 0.98, f"false: {wrong}"
    assert report.total.recall >= 0.9, f"missed: {report.missed[:5]}"
    for kind, score in report.scores.items():
        assert score.precision >= 0.95 and score.recall >= 0.85, f"{kind}: {score}"
    assert "1,000" in render(report) and "| all |" in render(report, language="en")


def test_a_passage_that_cannot_be_read_is_a_mistake_with_its_line() -> None:
    with pytest.raises(MistakeError, match="line 2"):
        measure(['{"marked": "À {59350:Lille}."}', '{"text": "x"}'], GAZETTEER)


def test_what_is_falsely_found_and_missed_counts() -> None:
    report = measure(['{"marked": "À {59512:Lille}, {59512:x}."}'], GAZETTEER)
    assert (report.total.marked, report.total.found, report.total.right) == (2, 1, 0)
