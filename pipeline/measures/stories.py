"""How often articles are folded and joined as a person would: precision and recall over pairs, with their intervals.

An article is a line of JSON; those of the same `same` are one text, those of the same `matter` one matter:

    {"id": "echo", "source": "echo-du-nord", "at": "2024-12-05T11:40", "title": "…", "text": ["paragraph", …],
     "topics": ["vsa"], "places": ["59350"], "same": "wire", "matter": "notices", "what": "re-titled"}

`text` may be paragraphs of an article above, `@wire:1-3`, alone or in the list; `swap` are words put in the place of
others. `what` is the class of the article. Times are those of Paris. Folding is judged on all pairs of articles;
joining on the pairs of tagged articles whose texts differ. Intervals are Wilson's at 95 %.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from typing import Any, Literal

from pipeline.french import PARIS
from pipeline.measures.mentions import Score, wilson
from pipeline.prints.folding import fold
from pipeline.prints.reprints import Print, compared, near, signature
from pipeline.records import MistakeError
from pipeline.stories import Told, matters, telling_words

REFERENCE = re.compile(r"@([\w-]+):(\d+)-(\d+)|@([\w-]+):(\d+)")


@dataclass(frozen=True)
class Labelled:
    """An article and what a person says of it."""

    id: str
    source: str
    at: datetime
    title: str
    text: str
    topics: frozenset[str]
    places: frozenset[str]
    same: str
    matter: str
    what: str


@dataclass(frozen=True)
class Fault:
    """A pair that was judged otherwise than by a person: missed or false, in folding or joining."""

    task: str
    kind: str
    one: str
    other: str


@dataclass(frozen=True)
class Report:
    """Scores over pairs; `classes`: what → of so many articles, how many have just the companions they should."""

    articles: int
    folding: Score
    joining: Score
    classes: Mapping[str, tuple[int, int]]
    faults: tuple[Fault, ...]


def evaluate_stories(lines: Iterable[str]) -> Report:
    """Measure folding and joining on articles, one JSON line each; raises MistakeError with what cannot be read."""
    articles = read_articles(lines)
    folded = folded_texts(articles)
    joined = joined_matters(articles, folded)
    tagged = [one for one in articles if one.topics]
    faults: list[Fault] = []
    folding = _score("folding", articles, lambda one: one.same, folded, lambda one, other: True, faults)
    joining = _score("joining", tagged, lambda one: one.matter, joined, lambda one, o: one.same != o.same, faults)
    return Report(len(articles), folding, joining, _classes(articles, folded), tuple(faults))


def folded_texts(articles: Iterable[Labelled]) -> dict[str, str]:
    """Article id → text id, by the whole chain of marks, comparison and folding."""
    prints, texts = [], {}
    for one in articles:
        prints.append(Print(one.id, one.source, one.at, one.title, signature(one.text)))
        texts[prints[-1].signature.text_hash] = one.text
    return {found.article_id: found.text_id for found in fold(prints, compared(near(prints), texts))}


def joined_matters(articles: Iterable[Labelled], folded: Mapping[str, str]) -> dict[str, str]:
    """Article id → story id, of those that are tagged."""
    told = [
        Told(one.id, folded[one.id], one.at, one.topics, one.places, telling_words(one.title, one.text))
        for one in articles
        if one.topics
    ]
    return matters(told)


def _score(
    task: str,
    articles: Iterable[Labelled],
    label: Callable[[Labelled], str],
    given: Mapping[str, str],
    counts: Callable[[Labelled, Labelled], bool],
    faults: list[Fault],
) -> Score:
    marked = found = right = 0
    for one, other in combinations(articles, 2):
        if not counts(one, other):
            continue
        are, said = label(one) == label(other), given[one.id] == given[other.id]
        marked, found, right = marked + are, found + said, right + (are and said)
        if are != said:
            faults.append(Fault(task, "missed" if are else "false", one.id, other.id))
    return Score(marked, found, right)


def _classes(articles: Iterable[Labelled], folded: Mapping[str, str]) -> dict[str, tuple[int, int]]:
    every = list(articles)
    wanted, given = _companions(every, {one.id: one.same for one in every}), _companions(every, folded)
    counts: defaultdict[str, list[bool]] = defaultdict(list)
    for one in every:
        counts[one.what].append(wanted[one.id] == given[one.id])
    return {what: (len(right), sum(right)) for what, right in counts.items()}


def _companions(articles: Iterable[Labelled], group: Mapping[str, str]) -> dict[str, frozenset[str]]:
    members: defaultdict[str, set[str]] = defaultdict(set)
    for one in articles:
        members[group[one.id]].add(one.id)
    return {name: frozenset(found) for found in members.values() for name in found}


def read_articles(lines: Iterable[str]) -> list[Labelled]:
    """Lines of JSON → articles, references resolved; raises MistakeError with every fault."""
    written: dict[str, list[str]] = {}
    articles, faults = [], []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            written[row["id"]] = _paragraphs(row, written)
            articles.append(_article(row, "\n".join(written[row["id"]])))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            faults.append(f"line {number}: {error!r}; an article needs id, source, at, title, text, same and matter")
    if faults:
        raise MistakeError("\n".join(faults))
    return articles


def _paragraphs(row: Mapping[str, Any], written: Mapping[str, list[str]]) -> list[str]:
    text = [row["text"]] if isinstance(row["text"], str) else row["text"]
    found = [paragraph for one in text for paragraph in _resolved(one, written)]
    for old, new in row.get("swap", {}).items():
        if not any(old in paragraph for paragraph in found):
            raise ValueError(f"swap: {old!r} does not stand in the text of {row['id']}")
        found = [paragraph.replace(old, new) for paragraph in found]
    return found


def _resolved(paragraph: str, written: Mapping[str, list[str]]) -> Iterator[str]:
    if not (found := REFERENCE.fullmatch(paragraph)):
        yield paragraph
        return
    name, first, last = (found[1], found[2], found[3]) if found[1] else (found[4], found[5], found[5])
    yield from written[name][int(first) - 1 : int(last)]


def _article(row: Mapping[str, Any], text: str) -> Labelled:
    at = datetime.fromisoformat(row["at"]).replace(tzinfo=PARIS).astimezone(UTC)
    topics, places = (frozenset(row.get(name, ())) for name in ("topics", "places"))
    labels = (row["same"], row["matter"], row.get("what", ""))
    return Labelled(row["id"], row["source"], at, row["title"], text, topics, places, *labels)


def render(report: Report, *, language: Literal["fr", "en"] = "fr") -> str:
    """The report as a Markdown table of pairs of articles."""
    names = {
        "fr": ("textes repliés", "sujets joints", "paires", "trouvées", "précision", "rappel"),
        "en": ("one text", "one matter", "pairs", "found", "precision", "recall"),
    }[language]
    rows = [f"| {report.articles} articles | {' | '.join(names[2:])} |", "|---|---:|---:|---:|---:|"]
    for name, score in ((names[0], report.folding), (names[1], report.joining)):
        shares = (
            (score.precision, wilson(score.right, score.found)),
            (score.recall, wilson(score.right, score.marked)),
        )
        cells = [f"{share:.3f} [{low:.3f}–{high:.3f}]" for share, (low, high) in shares]
        if language == "fr":
            cells = [cell.replace(".", ",") for cell in cells]
        rows.append("| " + " | ".join((name, str(score.marked), str(score.found), *cells)) + " |")
    return "\n".join(rows) + "\n"
