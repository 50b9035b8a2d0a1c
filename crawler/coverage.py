"""What the catalogue sees and does not see: the sources as rows, and a map of the départements in text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from crawler.sources import DOORS
from pipeline.areas import COLLECTIVITES, DEPARTEMENTS, NATIONAL, departement, place_name
from pipeline.records import Source

KINDS: dict[str, tuple[str, str]] = {
    "investigative": ("E", "enquête"),
    "regional": ("R", "presse régionale"),
    "municipal": ("C", "collectivités"),
    "institution": ("I", "institutions"),
    "association": ("A", "associations"),
}
"""For each kind its letter and its name in the map."""

PROVENANCE: dict[str, str] = {
    "F1": "a list of public French feeds, probed 2026-09",
    "F2": "a list of local feeds by département, checked 2026-09-24",
    "F3": "a feed-health table, 2026-03",
    "F6": "a list of Médiacités category feeds, 2026",
    "P": "an outlet catalogue with probe results, 2026-03",
    "C": "a French press-scraping project, 2026-07",
    "T": "fivefilters/ftr-site-config",
    "B": "lists of paywall markers",
    "H": "saved pages in adbar/htmldate",
    "K": "kovidgoyal/calibre recipes",
    "M": "medialab/corpora",
    "S": "saved pages of the site",
    "CF": "a list of hosts that answer 403",
    "J": "institutional open-data notes, 2026",
    "R1": "a saved robots.txt, old",
    "I1": "issue threads",
    "I2": "issue threads",
    "W": "addresses in public code repositories, searched in 2026 while Vigie was built",
}
"""What the codes in a source's `provenance` mean: where its addresses were read. Nothing was asked of the sites."""

# Neighbours stand side by side as far as a grid allows; the inner suburbs of Paris are drawn apart.
_GRID = """
..  ..  ..  ..  ..  62  59  ..  ..  ..  ..
..  ..  ..  ..  76  80  02  08  ..  ..  ..
..  ..  50  14  27  60  95  51  55  57  ..
29  22  35  61  28  78  77  10  52  54  67
..  56  53  72  45  91  89  21  70  88  68
..  44  49  37  41  18  58  71  39  25  90
..  ..  85  79  86  36  03  69  01  74  ..
..  ..  17  16  87  23  63  42  38  73  ..
..  ..  33  24  19  15  43  07  26  05  ..
..  ..  40  47  46  12  48  30  84  04  06
..  ..  64  32  82  81  34  13  83  ..  ..
..  ..  ..  65  31  11  ..  ..  ..  ..  2B
..  ..  ..  ..  09  66  ..  ..  ..  ..  2A
"""
_APART = {"Paris et petite couronne": ("75", "92", "93", "94"), "Outre-mer": ("971", "972", "973", "974", "976")}
_NAME_WIDTH = 20


def rows(sources: Iterable[Source]) -> list[dict[str, Any]]:
    """A plain dictionary for each source, as JSON can hold it: its fields, and `doors`, the names of those it has."""
    return [asdict(source) | {"doors": [door for door in DOORS if getattr(source, door)]} for source in sources]


def coverage_map(sources: Iterable[Source]) -> str:
    """The départements with their number of open sources, by kind, in French: a grid, a table, and what is not seen.

    A source of a commune counts for its département. Closed sources are named at the end, and count nowhere.
    """
    sources = list(sources)
    counts = {code: Counter[str]() for code in (*DEPARTEMENTS, *COLLECTIVITES, NATIONAL)}
    for source in sources:
        if not source.closed:
            for code in {NATIONAL if area == NATIONAL else departement(area) for area in source.area}:
                if code is not None:
                    counts[code][source.kind] += 1
    holes = [code for code in DEPARTEMENTS if not counts[code]]
    seen = [code for code in (*DEPARTEMENTS, *COLLECTIVITES) if counts[code]]
    closed = [source for source in sources if source.closed]
    parts = [
        f"Sources lues : {len(sources) - len(closed)} ; déclarées et non lues : {len(closed)}.\n"
        f"{len(DEPARTEMENTS) - len(holes)} départements sur {len(DEPARTEMENTS)} avec au moins une source locale.",
        _grid(counts),
        _table(seen, counts),
        "Tout le pays : " + _by_name(counts[NATIONAL]),
    ]
    if holes:
        parts.append(f"Sans source locale ({len(holes)}) : " + ", ".join(f"{place_name(c)} ({c})" for c in holes))
    if closed:
        parts.append(
            "Non lues :\n" + "\n".join(f"  {source.key}, {source.name} : {source.closed}" for source in closed)
        )
    return "\n\n".join(parts)


def _grid(counts: dict[str, Counter[str]]) -> str:
    def cell(code: str) -> str:
        return f"{code}:{counts[code].total() or '··':>2}" if code in counts else ""

    lines = ["".join(f"{cell(code):<7}" for code in line.split()).rstrip() for line in _GRID.split("\n") if line]
    lines += [f"{place} : " + "  ".join(map(cell, codes)) for place, codes in _APART.items()]
    return "\n".join(lines)


def _table(codes: list[str], counts: dict[str, Counter[str]]) -> str:
    letters = "".join(f"{letter:>3}" for letter, _ in KINDS.values())
    legend = ", ".join(f"{letter} {name}" for letter, name in KINDS.values())
    cells = [f"{'':{_NAME_WIDTH + 4}}{letters}"] + [_cell(code, counts[code]) for code in codes]
    half = (len(cells) + 1) // 2
    left, right = cells[:half], [cells[0], *cells[half:]]
    pairs = zip(left, right + [""] * (len(left) - len(right)), strict=False)
    return f"{legend}\n" + "\n".join(f"{a}   {b}".rstrip() for a, b in pairs)


def _cell(code: str, count: Counter[str]) -> str:
    name = place_name(code)
    name = name if len(name) <= _NAME_WIDTH else name[: _NAME_WIDTH - 1] + "…"
    return f"{code:<3} {name:<{_NAME_WIDTH}}" + "".join(f"{count[kind] or '·':>3}" for kind in KINDS)


def _by_name(count: Counter[str]) -> str:
    return ", ".join(f"{name} {count[kind]}" for kind, (_, name) in KINDS.items() if count[kind]) or "aucune"
