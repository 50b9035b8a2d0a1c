"""Which places a source speaks of: INSEE commune codes, département codes, or the word "national".

Names and codes: @etalab/decoupage-administratif 6.0.0 (INSEE's Code officiel géographique, data of 2026, Licence
Ouverte 2.0). Communes are known by the shape of their code only; what they are called is no business of this room.
"""

from __future__ import annotations

import re

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


def place_name(code: str) -> str:
    """The name of a département or collectivity; the code itself for a commune or any other word."""
    return DEPARTEMENTS.get(code) or COLLECTIVITES.get(code) or code


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
