"""How often the tagger is right: precision, recall and F1 per topic and per class of noise, with their intervals.

A passage is a line of JSON. Its mentions are marked in the text itself, or given by offsets as `vigie tag` prints them:

    {"marked": "La ville utilise {briefcam:BriefCam}."}
    {"text": "La ville utilise BriefCam.", "mentions": [{"topic": "briefcam", "start": 17, "end": 25}]}

`title` is other text of the same article; `topics` names the topics that were marked, when not all were; `noise` is the
class of a passage that is noisy already. A passage without mentions must stay without: it is a hard negative.

A mention found is right when it overlaps a marked one of its topic; each counts once. Then noise (noise.py) is done to
every marked mention that is a phrase of its topic's rules, as much as so many letters bear, between two paragraphs of
plain prose; what is found of that mention counts, and what is found where nothing is marked.
Intervals are Wilson's at 95 % (E. B. Wilson, « Probable inference », J. Am. Stat. Assoc. 22, 1927).
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import resources
from math import sqrt
from typing import Any, Literal

from pipeline.letters import squash
from pipeline.measures.noise import NOISES
from pipeline.records import MistakeError
from pipeline.rules import Rules
from pipeline.tag import find_mentions, sized_forms

MARK = re.compile(r"\{(\w+):([^{}]*)\}")
PLAIN = "aucun"
Span = tuple[str, int, int]


@dataclass(frozen=True)
class Passage:
    """A text and its mentions, (topic, start, end) each. `topics` are those that were looked for, none means all;

    `beside` are mentions that count neither way."""

    text: str
    mentions: tuple[Span, ...] = ()
    title: str = ""
    topics: tuple[str, ...] = ()
    noise: str = PLAIN
    beside: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Score:
    """Counts of one row: mentions marked, found, and found where marked."""

    marked: int = 0
    found: int = 0
    right: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(self.marked + other.marked, self.found + other.found, self.right + other.right)

    @property
    def precision(self) -> float:
        """The share of those found that are right; 1 when none is found."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """The share of those marked that are found; 1 when none is marked."""
        return self.right / self.marked if self.marked else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.right / (self.found + self.marked) if self.found + self.marked else 1.0


@dataclass(frozen=True)
class Miss:
    """A mention that was marked and not found, or found and not marked."""

    kind: Literal["missed", "false"]
    topic: str
    surface: str
    noise: str
    text: str


@dataclass(frozen=True)
class Report:
    """What was measured: rows by topic (passages as written) and by class of noise, and every miss."""

    passages: int
    negatives: int
    rules_version: str
    total: Score
    topics: Mapping[str, Score]
    noises: Mapping[str, Score]
    misses: tuple[Miss, ...]


def evaluate(lines: Iterable[str], rules: Rules, *, noise: bool = True, seed: int = 0) -> Report:
    """Measure the rules on passages, one JSON line each; raises MistakeError with every line that cannot be read."""
    passages = read_passages(lines, rules)
    noisy = list(_noisy(passages, rules, random.Random(seed))) if noise else []  # noqa: S311  # not a secret
    by_topic = {topic: Score() for topic in rules.topics}
    by_noise = {name: Score() for name in (PLAIN, *NOISES)} if noise else {}
    misses: list[Miss] = []
    for passage in [*passages, *noisy]:
        for topic, score in _judge(passage, rules, misses).items():
            if passage.noise == PLAIN:
                by_topic[topic] += score
            by_noise[passage.noise] = by_noise.get(passage.noise, Score()) + score
    total = sum((score for score in by_topic.values()), Score())
    negatives = sum(not passage.mentions for passage in passages)
    return Report(len(passages), negatives, rules.version, total, by_topic, by_noise, tuple(misses))


def failing_examples(rules: Rules) -> list[str]:
    """The rules' own examples that do not hold, a sentence each."""
    return [
        f"[{rule.key}] {key}: {text!r} {'lacks' if key == 'found' else 'has'} {rule.topic}; mend the rule, or it"
        for rule in rules.rules
        for key, texts in (("found", rule.found), ("not_found", rule.not_found))
        for text in texts
        if (key == "found") != any(m.topic == rule.topic for m in find_mentions(text, rules))
    ]


def read_passages(lines: Iterable[str], rules: Rules) -> list[Passage]:
    """Lines of JSON → passages; raises MistakeError with every fault."""
    passages, faults = [], []
    for number, line in enumerate(lines, 1):
        try:
            passages += [_passage(json.loads(line), rules)] if line.strip() else []
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            faults.append(f'line {number}: {error}; write {{"marked": "… {{topic:words}} …"}} or text and mentions')
    if faults:
        raise MistakeError("\n".join(faults))
    return passages


def _passage(row: dict[str, Any], rules: Rules) -> Passage:
    spans: list[Span] = []
    if "marked" in row:
        text = ""
        pieces = MARK.split(row["marked"])
        for before, topic, surface in zip(pieces[::3], [*pieces[1::3], ""], [*pieces[2::3], ""], strict=True):
            text += before
            spans += [(topic, len(text), len(text) + len(surface))] if topic else []
            text += surface
    else:
        text = row["text"]
        spans = [(m["topic"], int(m["start"]), int(m["end"])) for m in row.get("mentions", [])]
    topics = tuple(row.get("topics", ()))
    if unknown := ({topic for topic, _, _ in spans} | set(topics)) - set(rules.topics):
        raise ValueError(f"no topic is called {min(unknown)!r}")
    if wrong := [span for span in spans if not 0 <= span[1] < span[2] <= len(text)]:
        raise ValueError(f"mention {wrong[0]} lies outside the text")
    return Passage(str(text), tuple(spans), str(row.get("title", "")), topics, str(row.get("noise", PLAIN)))


def _judge(passage: Passage, rules: Rules, misses: list[Miss]) -> dict[str, Score]:
    """The score of each topic in one passage; what went wrong is appended to `misses`."""
    looked_for = passage.topics or tuple(rules.topics)
    found = find_mentions(passage.text, rules, context=passage.title)
    left = [
        (m.topic, m.start, m.end)
        for m in found
        if m.topic in looked_for and not any(m.topic == t and m.start < e and s < m.end for t, s, e in passage.beside)
    ]
    scores = {topic: Score(found=sum(topic == t for t, _, _ in left)) for topic in looked_for}
    for topic, start, end in passage.mentions:
        hit = next((m for m in left if m[0] == topic and m[1] < end and start < m[2]), None)
        scores[topic] += Score(marked=1, right=int(hit is not None))
        if hit:
            left.remove(hit)
        else:
            misses.append(Miss("missed", topic, passage.text[start:end], passage.noise, passage.text))
    misses += [Miss("false", t, passage.text[start:end], passage.noise, passage.text) for t, start, end in left]
    return scores


def wilson(right: int, all_: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share; (0, 1) when nothing was counted."""
    if not all_:
        return 0.0, 1.0
    z, share = 1.96, right / all_
    middle = share + z * z / (2 * all_)
    half = z * sqrt(share * (1 - share) / all_ + z * z / (4 * all_ * all_))
    return (middle - half) / (1 + z * z / all_), (middle + half) / (1 + z * z / all_)


def _bearable(rules: Rules) -> dict[tuple[str, str], tuple[int, int]]:
    """(Topic, the letters of a phrase) → the edits it bears and the blanks it has; not where case matters."""
    sized = ((r, form) for r in rules.rules for phrase in r.phrases for form in sized_forms(r, phrase.replace("…", "")))
    return {(r.topic, letters): (k, written.count(" ")) for r, (written, letters, k) in sized if not r.case}


def _noisy(passages: Iterable[Passage], rules: Rules, rng: random.Random) -> Iterator[Passage]:
    """Every bearable mention of every passage with every noise that can be done to it, between paragraphs of prose."""
    paragraphs = resources.files("pipeline").joinpath("prose.txt").read_text(encoding="utf-8").splitlines()
    phrases = _bearable(rules)
    for passage in (p for p in passages if p.noise == PLAIN):
        for topic, start, end in passage.mentions:
            surface = passage.text[start:end]
            if (topic, squash(surface)) not in phrases:
                continue
            allowed, blanks = phrases[topic, squash(surface)]
            edits = 0 if allowed == 1 and surface.count(" ") > blanks else allowed
            for name, make in NOISES.items():
                if (noisy := make(surface, edits, rng)) != surface:
                    around = rng.choice(paragraphs) + "\n\n", "\n\n" + rng.choice(paragraphs)
                    yield _with(passage, (topic, start, end), noisy, name, around)


def _with(passage: Passage, mention: Span, noisy: str, name: str, around: tuple[str, str]) -> Passage:
    """The passage between two texts, with one mention noisy; the others count neither way."""
    (topic, start, end), shift = mention, len(around[0])
    text = around[0] + passage.text[:start] + noisy + passage.text[end:] + around[1]
    longer = len(noisy) - (end - start)
    moved = [(t, s + shift + longer * (s > start), e + shift + longer * (s > start)) for t, s, e in passage.mentions]
    beside = tuple(m for m, was in zip(moved, passage.mentions, strict=True) if was != mention)
    own = (topic, start + shift, start + shift + len(noisy))
    return replace(passage, text=text, mentions=(own,), beside=beside, noise=name)


HEADS = {
    "fr": (
        "Sujet",
        "Bruit",
        "marquées",
        "trouvées",
        "précision",
        "rappel",
        "F1",
        "ensemble",
        "{} passages, dont {} sans mention",
    ),
    "en": (
        "Topic",
        "Noise",
        "marked",
        "found",
        "precision",
        "recall",
        "F1",
        "all",
        "{} passages, {} of them without a mention",
    ),
}


def render(report: Report, *, language: Literal["fr", "en"] = "fr") -> str:
    """The report as two Markdown tables."""
    topic, noise, *columns, everything, counted = HEADS[language]

    def table(head: str, rows: Iterable[tuple[str, Score]]) -> Iterator[str]:
        yield "| " + " | ".join((head, *columns)) + " |"
        yield "|---|" + "---:|" * len(columns)
        for name, score in rows:
            shares = (_share(score.right, score.found, language), _share(score.right, score.marked, language))
            cells = (name, str(score.marked), str(score.found), *shares, _number(score.f1, language))
            yield "| " + " | ".join(cells) + " |"

    lines = [counted.format(report.passages, report.negatives) + f" · {report.rules_version}", ""]
    lines += [*table(topic, [*report.topics.items(), (everything, report.total)]), ""]
    return "\n".join([*lines, *table(noise, report.noises.items())]) + "\n"


def _share(right: int, all_: int, language: str) -> str:
    low, high = wilson(right, all_)
    return f"{_number(right / all_, language)} [{_number(low, language)}–{_number(high, language)}]" if all_ else "–"


def _number(value: float, language: str) -> str:
    return f"{value:.3f}".replace(".", "," if language == "fr" else ".")
