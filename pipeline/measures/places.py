"""How often places are right: precision and recall, by kind of place, with their intervals.

A passage is a line of JSON: `marked` is its text, in which a place is marked as `{code:words}`; `title` is marked too;
`areas` are the codes of its source. A passage without marks must stay without. A place found is right when it overlaps
one of its code; each counts once.

What is marked is what is named, be it the seat of a court, a gentilé (« le périphérique rennais ») or a département
that only says where a commune lies (« Hem (Nord) »); not a team, a dish or a treaty.

    python -m pipeline.measures.places tests/evaluation/places.jsonl
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from pipeline.geography.evidence import Field, Kind
from pipeline.measures.mentions import MARK, Score, wilson
from pipeline.places import Gazetteer, Place, find_places, load_gazetteer
from pipeline.records import MistakeError

Mark = tuple[Field, str, int, int]
SIREN = 9  # digits
NAMES = {
    "fr": (
        "Communes",
        "EPCI",
        "Départements",
        "ensemble",
        "marqués",
        "trouvés",
        "précision",
        "rappel",
        "sans lieu",
    ),
    "en": ("Communes", "EPCIs", "Départements", "all", "marked", "found", "precision", "recall", "without a place"),
}


@dataclass(frozen=True)
class Passage:
    """A title, a text, its source's areas and the places that are in it."""

    title: str
    text: str
    areas: tuple[str, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Report:
    """Scores by kind; what was missed and what was falsely found, each with its passage's text."""

    passages: int
    negatives: int
    scores: Mapping[Kind, Score]
    missed: tuple[tuple[str, str, str], ...]
    false: tuple[tuple[Place, str], ...]

    @property
    def total(self) -> Score:
        return sum(self.scores.values(), Score())


def read_passages(lines: Iterable[str]) -> list[Passage]:
    """Lines of JSON → passages; raises MistakeError with every line that cannot be read."""
    passages, faults = [], []
    for number, line in enumerate(lines, 1):
        try:
            passages += [_passage(json.loads(line))] if line.strip() else []
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            faults.append(f'line {number}: {error}; write {{"marked": "… {{59350:Lille}} …", "areas": ["59"]}}')
    if faults:
        raise MistakeError("\n".join(faults))
    return passages


def _passage(row: dict[str, Any]) -> Passage:
    title, in_title = _unmarked("title", str(row.get("title", "")))
    text, in_text = _unmarked("text", row["marked"])
    return Passage(title, text, tuple(row.get("areas", ())), (*in_title, *in_text))


def _unmarked(field: Field, marked: str) -> tuple[str, list[Mark]]:
    marks: list[Mark] = []
    text = ""
    pieces = iter(MARK.split(marked))
    for before in pieces:
        text += before
        if code := next(pieces, ""):
            surface = next(pieces)
            marks.append((field, code, len(text), len(text) + len(surface)))
            text += surface
    return text, marks


def kind_of(code: str) -> Kind:
    """What a code is, by its length."""
    return "epci" if len(code) == SIREN else "commune" if len(code) > 3 else "departement"


def measure(lines: Iterable[str], gazetteer: Gazetteer) -> Report:
    """Find the places of marked passages, one JSON line each, and compare."""
    passages = read_passages(lines)
    scores: dict[Kind, Score] = {kind: Score() for kind in get_args(Kind)}
    missed, false = [], []
    for passage in passages:
        left = find_places(passage.title, passage.text, gazetteer, passage.areas)
        for place in left:
            scores[place.kind] += Score(found=1)
        for field, code, start, end in passage.marks:
            right = next(
                (p for p in left if (p.field, p.code) == (field, code) and p.start < end and start < p.end), None
            )
            scores[kind_of(code)] += Score(marked=1, right=int(right is not None))
            if right:
                left.remove(right)
            else:
                source = passage.title if field == "title" else passage.text
                missed.append((code, source[start:end], passage.text))
        false += [(place, passage.text) for place in left]
    negatives = sum(not passage.marks for passage in passages)
    return Report(len(passages), negatives, scores, tuple(missed), tuple(false))


def render(report: Report, *, language: Literal["fr", "en"] = "fr") -> str:
    """The report as a Markdown table."""
    communes, epcis, departements, everything, *columns, without = NAMES[language]
    named = zip((communes, epcis, departements), ("commune", "epci", "departement"), strict=True)
    rows = [*((name, report.scores[kind]) for name, kind in named), (everything, report.total)]  # type: ignore[index]
    head = f"| {report.passages} passages, {report.negatives} {without} | " + " | ".join(columns) + " |"
    return "\n".join([head, "|---|" + "---:|" * len(columns), *_cells(rows, language)]) + "\n"


def _cells(rows: Iterable[tuple[str, Score]], language: str) -> Iterator[str]:
    for name, score in rows:
        shares = [f"{share:.3f} [{low:.3f}–{high:.3f}]" for share, (low, high) in _shares(score)]
        if language == "fr":
            shares = [share.replace(".", ",") for share in shares]
        yield "| " + " | ".join((name, str(score.marked), str(score.found), *shares)) + " |"


def _shares(score: Score) -> list[tuple[float, tuple[float, float]]]:
    return [
        (score.precision, wilson(score.right, score.found)),
        (score.recall, wilson(score.right, score.marked)),
    ]


if __name__ == "__main__":
    measured = measure(Path(sys.argv[1]).read_text(encoding="utf-8").splitlines(), load_gazetteer())
    sys.stdout.write(render(measured))
