"""How often statements are right: precision, recall, the speaker, the institution, with their intervals.

A passage is a line of JSON; `said` lists its statements, and one without any must stay without:

    {"text": "La Ville affirme que tout est en règle.",
     "said": [{"words": ["tout est en règle"], "speaker": "La Ville", "institution": "city", "stance": "affirm",
               "direct": false}]}

`words` are the stretches of the text that are said, in order; `speaker` is the name, pronouns resolved; `name` is what
the institution is called, `date` the date of the fact, both empty unless given. A statement found is right when it is
quoted as the marked one is, and shares with it four fifths of the characters of both; each counts once. Of those that
are right, the speaker is when the name is the same but for its article, and so on. Intervals are Wilson's at 95 %.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from pipeline.measures.mentions import wilson
from pipeline.records import MistakeError
from pipeline.speech.grammar import STANCES, Grammar
from pipeline.statements import Statement, find_statements

SHARED = 0.8
ARTICLES = ("le ", "la ", "les ", "l'", "l’", "un ", "une ", "des ")
Span = tuple[int, int]


@dataclass(frozen=True)
class Marked:
    """A statement as a person marked it."""

    parts: tuple[Span, ...]
    direct: bool
    speaker: str
    institution: str
    stance: str
    name: str = ""
    date: str = ""


@dataclass(frozen=True)
class Passage:
    """A text and its statements."""

    text: str
    said: tuple[Marked, ...]
    what: str = ""


@dataclass(frozen=True)
class Fault:
    """Something that was found wrong: what (missed, false, or the field), the statement's words, found and expected."""

    what: str
    words: str
    found: str
    expected: str
    passage: str


@dataclass(frozen=True)
class Report:
    """Counts over all passages; `fields` is field → how many of the right statements have it right."""

    passages: int
    negatives: int
    marked: int
    found: int
    right: int
    fields: dict[str, int]
    faults: tuple[Fault, ...]


FIELDS = ("speaker", "institution", "name", "stance", "date")


def evaluate_statements(lines: Iterable[str], grammar: Grammar) -> Report:
    """Measure the rules on passages, one JSON line each; raises MistakeError with every line that cannot be read."""
    passages = read_passages(lines)
    faults: list[Fault] = []
    fields = dict.fromkeys(FIELDS, 0)
    found = right = 0
    for passage in passages:
        left = find_statements(passage.text, grammar=grammar)
        found += len(left)
        for marked in passage.said:
            words = " […] ".join(passage.text[a:b] for a, b in marked.parts)
            hit = next(
                (s for s in left if s.direct == marked.direct and _shared(s.parts, marked.parts) >= SHARED), None
            )
            if hit is None:
                faults.append(Fault("missed", words, "", marked.speaker, passage.what))
                continue
            left.remove(hit)
            right += 1
            for field, is_, expected in _fields(hit, marked):
                fields[field] += is_ == expected
                faults += [Fault(field, words, is_, expected, passage.what)] if is_ != expected else []
        faults += [Fault("false", s.quote, s.speaker.name, "", passage.what) for s in left]
    negatives = sum(not passage.said for passage in passages)
    marked_all = sum(len(passage.said) for passage in passages)
    return Report(len(passages), negatives, marked_all, found, right, fields, tuple(faults))


def _fields(hit: Statement, marked: Marked) -> Iterator[tuple[str, str, str]]:
    speaker = hit.speaker
    yield "speaker", _bare(speaker.name), _bare(marked.speaker)
    yield "institution", speaker.institution, marked.institution
    yield "name", speaker.institution_name, marked.name
    yield "stance", hit.stance, marked.stance
    yield "date", hit.fact_date, marked.date


def _bare(name: str) -> str:
    low = " ".join(name.lower().split())
    return next((low.removeprefix(article) for article in ARTICLES if low.startswith(article)), low)


def _shared(one: tuple[Span, ...], other: tuple[Span, ...]) -> float:
    first, second = ({at for start, end in parts for at in range(start, end)} for parts in (one, other))
    return len(first & second) / len(first | second)


def read_passages(lines: Iterable[str]) -> list[Passage]:
    """Lines of JSON → passages; raises MistakeError with every fault."""
    passages, faults = [], []
    for number, line in enumerate(lines, 1):
        try:
            passages += [_passage(json.loads(line))] if line.strip() else []
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            faults.append(
                f'line {number}: {error}; write {{"text": "…", "said": [{{"words": ["…"], "speaker": "…"}}]}}'
            )
    if faults:
        raise MistakeError("\n".join(faults))
    return passages


def _passage(row: dict[str, Any]) -> Passage:
    text, said = str(row["text"]), []
    for one in row["said"]:
        parts, at = [], 0
        for words in one["words"]:
            if (at := text.find(words, at)) < 0 or not words:
                raise ValueError(f"{words!r} does not stand in the text")
            parts.append((at, at + len(words)))
            at += len(words)
        if one["stance"] not in STANCES or not parts:
            raise ValueError(f"stance {one['stance']!r} is none of {', '.join(STANCES)}")
        rest = (str(one.get(key, "")) for key in ("speaker", "institution", "stance", "name", "date"))
        said.append(Marked(tuple(parts), bool(one["direct"]), *rest))
    return Passage(text, tuple(said), str(row.get("what", "")))


HEADS = {
    "fr": {
        "head": ("", "justes", "sur", "part"),
        "count": "{} passages, dont {} sans déclaration",
        "precision": "précision",
        "recall": "rappel",
        "speaker": "auteur",
        "institution": "institution",
        "name": "nom de l’institution",
        "stance": "sens du verbe",
        "date": "date du fait",
    },
    "en": {
        "head": ("", "right", "of", "share"),
        "count": "{} passages, {} of them without a statement",
        "precision": "precision",
        "recall": "recall",
        "speaker": "speaker",
        "institution": "institution",
        "name": "its name",
        "stance": "stance",
        "date": "date of the fact",
    },
}


def render(report: Report, *, language: Literal["fr", "en"] = "fr") -> str:
    """The report as a Markdown table."""
    said = HEADS[language]
    rows = [("precision", report.right, report.found), ("recall", report.right, report.marked)]
    rows += [(field, report.fields[field], report.right) for field in FIELDS]
    lines = [
        str(said["count"]).format(report.passages, report.negatives),
        "",
        f"| {' | '.join(said['head'])} |",
        "|---|---:|---:|---:|",
    ]
    for key, right, all_ in rows:
        low, high = wilson(right, all_)
        share = f"{right / all_:.3f} [{low:.3f}–{high:.3f}]" if all_ else "–"
        share = share.replace(".", ",") if language == "fr" else share
        lines.append(f"| {said[key]} | {right} | {all_} | {share} |")
    return "\n".join(lines) + "\n"
