"""Which places a source speaks of: INSEE commune codes, département codes, or the word "national".

Names and codes: @etalab/decoupage-administratif 6.0.0 (INSEE's Code officiel géographique, data of 2026, Licence
Ouverte 2.0). The shape of a code says what it is; the tables of names, communes.csv and epcis.csv, are read when a
name is first asked for.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import NamedTuple

NATIONAL = "national"

# fmt: off
DEPARTEMENTS: dict[str, str] = {
    "01": "Ain", "02": "Aisne", "03": "Allier", "04": "Alpes-de-Haute-Provence", "05": "Hautes-Alpes",
    "06": "Alpes-Maritimes", "07": "Ardèche", "08": "Ardennes", "09": "Ariège", "10": "Aube", "11": "Aude",
    "12": "Aveyron", "13": "Bouches-du-Rhône", "14": "Calvados", "15": "Cantal", "16": "Charente",
    "17": "Charente-Maritime", "18": "Cher", "19": "Corrèze", "21": "Côte-d'Or", "22": "Côtes-d'Armor",
    "23": "Creuse", "24": "Dordogne", "25": "Doubs", "26": "Drôme", "27": "Eure", "28": "Eure-et-Loir",
    "29": "Finistère", "2A": "Corse-du-Sud", "2B": "Haute-Corse", "30": "Gard", "31": "Haute-Garonne", "32": "Gers",
    "33": "Gironde", "34": "Hérault", "35": "Ille-et-Vilaine", "36": "Indre", "37": "Indre-et-Loire", "38": "Isère",
    "39": "Jura", "40": "Landes", "41": "Loir-et-Cher", "42": "Loire", "43": "Haute-Loire", "44": "Loire-Atlantique",
    "45": "Loiret", "46": "Lot", "47": "Lot-et-Garonne", "48": "Lozère", "49": "Maine-et-Loire", "50": "Manche",
    "51": "Marne", "52": "Haute-Marne", "53": "Mayenne", "54": "Meurthe-et-Moselle", "55": "Meuse", "56": "Morbihan",
    "57": "Moselle", "58": "Nièvre", "59": "Nord", "60": "Oise", "61": "Orne", "62": "Pas-de-Calais",
    "63": "Puy-de-Dôme", "64": "Pyrénées-Atlantiques", "65": "Hautes-Pyrénées", "66": "Pyrénées-Orientales",
    "67": "Bas-Rhin", "68": "Haut-Rhin", "69": "Rhône", "70": "Haute-Saône", "71": "Saône-et-Loire", "72": "Sarthe",
    "73": "Savoie", "74": "Haute-Savoie", "75": "Paris", "76": "Seine-Maritime", "77": "Seine-et-Marne",
    "78": "Yvelines", "79": "Deux-Sèvres", "80": "Somme", "81": "Tarn", "82": "Tarn-et-Garonne", "83": "Var",
    "84": "Vaucluse", "85": "Vendée", "86": "Vienne", "87": "Haute-Vienne", "88": "Vosges", "89": "Yonne",
    "90": "Territoire de Belfort", "91": "Essonne", "92": "Hauts-de-Seine", "93": "Seine-Saint-Denis",
    "94": "Val-de-Marne", "95": "Val-d'Oise", "971": "Guadeloupe", "972": "Martinique", "973": "Guyane",
    "974": "La Réunion", "976": "Mayotte",
}

COLLECTIVITES: dict[str, str] = {
    "975": "Saint-Pierre-et-Miquelon", "977": "Saint-Barthélemy", "978": "Saint-Martin",
    "984": "Terres australes et antarctiques françaises", "986": "Wallis et Futuna", "987": "Polynésie française",
    "988": "Nouvelle-Calédonie", "989": "Île de Clipperton",
}
# fmt: on

_WORD = re.compile(r"[a-z0-9]+")
_SIREN = 9  # digits
_COMMUNE = re.compile(r"\d[\dAB]\d{3}")
_ARRONDISSEMENT = re.compile(r"(75)1\d\d|(69)38[1-9]|(13)2(?:0[1-9]|1[0-6])")
_WHOLE_CITY = {"75": "75056", "69": "69123", "13": "13055"}


def departement(code: str) -> str | None:
    """The code of the département or overseas collectivity that `code` is, or lies in; None for any other word."""
    if code in DEPARTEMENTS or code in COLLECTIVITES:
        return code
    if not _COMMUNE.fullmatch(code):
        return None
    prefix = code[:3] if code.startswith(("97", "98")) else code[:2]
    return prefix if prefix in DEPARTEMENTS or prefix in COLLECTIVITES else None


class Commune(NamedTuple):
    """A commune of today. `population` is the legal municipal one, 0 where nobody is counted."""

    code: str
    name: str
    departement: str
    population: int


class Part(NamedTuple):
    """A former commune, associated or delegated, that has a name of its own; `part_of` is its commune's code."""

    code: str
    name: str
    part_of: str


class Epci(NamedTuple):
    """A group of communes with its own taxes, or one of the EPTs of Greater Paris; `code` is its SIREN."""

    code: str
    name: str
    members: tuple[str, ...]


@cache
def communes() -> Mapping[str, Commune]:
    """Code → commune, 34,969 of them."""
    return {
        code: Commune(code, name, departement(code) or "", int(population))
        for code, name, population, part_of in _rows("communes.csv")
        if not part_of
    }


@cache
def parts() -> tuple[Part, ...]:
    """Former communes that are now a part of one: Lomme is a part of Lille."""
    return tuple(Part(code, name, part_of) for code, name, _, part_of in _rows("communes.csv") if part_of)


@cache
def epcis() -> Mapping[str, Epci]:
    """SIREN → EPCI; the EPTs come after the others."""
    return {code: Epci(code, name, tuple(members.split())) for code, name, members in _rows("epcis.csv")}


def _rows(file: str) -> Iterator[list[str]]:
    with resources.files("pipeline.geography").joinpath(file).open(encoding="utf-8") as lines:
        rows = csv.reader(line for line in lines if not line.startswith("#"))
        next(rows)
        yield from rows


def name_key(name: str) -> str:
    """What is equal for two ways of writing one name: « Saint-Denis », `st denis` → `saint denis`."""
    letters = name.lower().replace("œ", "oe").replace("æ", "ae")
    if not letters.isascii():
        letters = "".join(c for c in unicodedata.normalize("NFD", letters) if not unicodedata.combining(c))
    words = _WORD.findall(letters)
    return " ".join(["saint" if w == "st" else "sainte" if w == "ste" else w for w in words])


@cache
def _by_name() -> Mapping[str, tuple[Commune, ...]]:
    found: dict[str, list[Commune]] = {}
    for commune in communes().values():
        found.setdefault(name_key(commune.name), []).append(commune)
    return {key: tuple(sorted(same, key=lambda c: (-c.population, c.code))) for key, same in found.items()}


@cache
def _parts_by_name() -> Mapping[str, tuple[Commune, ...]]:
    found: dict[str, dict[Commune, None]] = {}
    for part in parts():
        found.setdefault(name_key(part.name), {})[communes()[part.part_of]] = None
    return {key: tuple(sorted(whole, key=lambda c: (-c.population, c.code))) for key, whole in found.items()}


def find_communes(name: str) -> list[Commune]:
    """The communes of this name, whatever its case, accents and hyphens, the biggest first; empty when there is none.

    The name of a former commune gives the commune that it is a part of, when no commune bears it today.
    """
    key = name_key(name)
    return list(_by_name().get(key) or _parts_by_name().get(key, ()))


def place_name(code: str) -> str:
    """What a code is called: « Lille », « Saint-Denis (93) » where several communes share the name, « Nord »,
    « Paris 11e », an EPCI's name; any other word is given back as it is.
    """
    if name := DEPARTEMENTS.get(code) or COLLECTIVITES.get(code):
        return name
    if _ARRONDISSEMENT.fullmatch(code):
        rank = int(code[-2:]) - (80 if code.startswith("69") else 0)
        return f"{place_name(_whole_city(code))} {rank}{'er' if rank == 1 else 'e'}"
    if commune := communes().get(code) if _COMMUNE.fullmatch(code) else None:
        shared = len(_by_name()[name_key(commune.name)]) > 1
        return f"{commune.name} ({commune.departement})" if shared else commune.name
    if epci := epcis().get(code) if len(code) == _SIREN and code.isdecimal() else None:
        return epci.name
    return next((part.name for part in parts() if part.code == code), code) if _COMMUNE.fullmatch(code) else code


def is_area(code: str) -> bool:
    """True for a département, a code that can be a commune's, and "national"."""
    return code == NATIONAL or departement(code) is not None


def covers(source_area: str, wanted: str) -> bool:
    """True when news of `source_area` may be news of `wanted`: the same place, or one lies in the other.

    "59" covers "59350" and "59350" covers "59". "national" is its own word: it covers "national" and nothing else.
    An arrondissement of Paris, Lyon or Marseille is its city.
    """
    source_area, wanted = _whole_city(source_area), _whole_city(wanted)
    if source_area == wanted:
        return True
    if NATIONAL in (source_area, wanted):
        return False
    around, inside = sorted((source_area, wanted), key=len)
    return around != inside and departement(inside) == around


def _whole_city(code: str) -> str:
    found = _ARRONDISSEMENT.fullmatch(code)
    return _WHOLE_CITY[code[:2]] if found else code
