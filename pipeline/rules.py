"""What is looked for: rules.toml, read strictly, with the user's own rules beside it.

One table is one rule; its key is the rule's name.

| key | means |
|---|---|
| `topic` | what the mention is filed under; the rule's own key unless said |
| `label` | the topic's name for a French reader; one rule of each topic has it |
| `phrases` | what to find: `{a, b}` is either, `(s)` with or without, `…` is where words may be inserted |
| `edits` | at most so many, where the length allows them: 0 under 7 letters, 1 under 12, 2 from 12 |
| `insert`, `unless` | at most so many words at a `…`, none of them one of these |
| `case` | capitals must be as in the phrase, and accents where it is not misspelt |
| `near`, `within` | stems, one of which must begin a word of the same sentence, or stand within so many characters |
| `defined` | or a term that stands anywhere in the article: either is enough |
| `far` | stems of the same sentence that tell of something else |
| `not` | exceptions: no mention is part of one, and none that is misspelt overlaps one |
| `yields` | topics to which a mention gives way where they overlap |
| `found`, `not_found` | sentences in which the topic is, and is not, found: the rule's tests |
"""

from __future__ import annotations

import hashlib
import itertools
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any

from pipeline.letters import squash
from pipeline.records import MistakeError

MEANING = 3  # counts the changes of tag.py after which the same rules find other mentions
MOST_EDITS, MOST_INSERTED, MOST_LETTERS = 2, 6, 100
BRACES = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, eq=False)
class Rule:
    """One table of rules.toml, as the head of this file describes it."""

    key: str
    topic: str
    label: str = ""
    phrases: tuple[str, ...] = ()
    edits: int = MOST_EDITS
    insert: int = 0
    unless: tuple[str, ...] = ()
    case: bool = False
    near: tuple[str, ...] = ()
    within: int = 0
    defined: tuple[str, ...] = ()
    far: tuple[str, ...] = ()
    yields: tuple[str, ...] = ()
    not_: tuple[str, ...] = ()
    found: tuple[str, ...] = ()
    not_found: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Rules:
    """All rules together; pickled as its rules alone."""

    rules: tuple[Rule, ...]

    @cached_property
    def version(self) -> str:
        """A hash of what the rules mean: labels, examples, comments and the order of tables do not change it."""
        said = {f.name for f in fields(Rule)} - {"label", "found", "not_found"}
        meaning = sorted(json.dumps({name: getattr(rule, name) for name in sorted(said)}) for rule in self.rules)
        return hashlib.sha256(json.dumps([MEANING, meaning]).encode()).hexdigest()[:12]

    @cached_property
    def topics(self) -> Mapping[str, str]:
        """Topic key → label, in the order of the file."""
        labels = {rule.topic: rule.label for rule in self.rules if rule.label}
        return {rule.topic: labels[rule.topic] for rule in self.rules}

    def __reduce__(self) -> tuple[type[Rules], tuple[tuple[Rule, ...]]]:
        return Rules, (self.rules,)


def load_rules(extra: Path | None = None) -> Rules:
    """The built-in rules, joined and by key replaced by those of `extra` where that file exists.

    Raises MistakeError with every fault of the files, each with its file, table and key.
    """
    builtin = resources.files("pipeline").joinpath("rules.toml").read_text(encoding="utf-8")
    faults: list[str] = []
    rules = _read("rules.toml", builtin, faults)
    if extra is not None and extra.is_file():
        try:
            rules |= _read(str(extra), extra.read_text(encoding="utf-8"), faults)
        except UnicodeDecodeError:
            faults.append(f"{extra}: the file is not UTF-8; save it as UTF-8")
    labels = {rule.topic for rule in rules.values() if rule.label}
    for rule in rules.values():
        if unknown := [topic for topic in rule.yields if topic not in labels]:
            faults.append(
                f"[{rule.key}] yields: no topic is called {unknown[0]!r}; the topics are {', '.join(sorted(labels))}"
            )
        if rule.topic not in labels:
            faults.append(f"[{rule.key}] label: topic {rule.topic!r} has none; give one of its rules a label")
    if faults:
        raise MistakeError("\n".join(faults))
    return Rules(tuple(rules.values()))


def _read(file: str, text: str, faults: list[str]) -> dict[str, Rule]:
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        faults.append(f"{file}: not valid TOML: {error}")
        return {}
    rules = {}
    for key, table in tables.items():
        said = list(_faults(table))
        faults += [f"{file} [{key}] {fault}" for fault in said]
        if not said:
            values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in table.items()}
            rules[key] = Rule(key=key, topic=values.pop("topic", key), not_=values.pop("not", ()), **values)
    return rules


KINDS: dict[str, type] = {
    **dict.fromkeys(("topic", "label"), str),
    **dict.fromkeys(("edits", "insert", "within"), int),
    "case": bool,
    **dict.fromkeys(("phrases", "unless", "near", "defined", "far", "yields", "not", "found", "not_found"), list),
}
KIND_NAMES = {str: "a text", int: "a whole number", bool: "true or false", list: "a list of texts"}


def _faults(table: Any) -> Iterator[str]:
    """What is wrong with one table, each fault beginning with the key."""
    if not isinstance(table, dict):
        yield "is not a table; begin it with [name]"
        return
    for key, value in table.items():
        kind = KINDS.get(key)
        if kind is None:
            yield f"{key}: unknown key; the keys are {', '.join(KINDS)}"
        elif not _is(value, kind):
            yield f"{key}: must be {KIND_NAMES[kind]}"
        elif key in ("near", "defined", "far") and (short := [v for v in value if len(squash(v)) < 3]):
            yield f"{key}: {short[0]!r} is too short; a stem has at least 3 letters"
    for key, most in (("edits", MOST_EDITS), ("insert", MOST_INSERTED), ("within", 1000)):
        if type(value := table.get(key)) is int and not 0 <= value <= most:
            yield f"{key}: must be from 0 to {most}"
    yield from _phrase_faults(table)


def _is(value: Any, kind: type) -> bool:
    if kind is list:
        return isinstance(value, list) and all(isinstance(one, str) and one.strip() for one in value)
    return type(value) is kind  # true is no whole number here


def _phrase_faults(table: dict[str, Any]) -> Iterator[str]:
    if not table.get("phrases"):
        yield "phrases: missing; say what is looked for"
    for key in ("phrases", "not"):
        said = table.get(key)
        for phrase in [v for v in said if isinstance(v, str)] if isinstance(said, list) else []:
            sides, bare = phrase.split("…"), BRACES.sub("", phrase)
            if "{" in bare or "}" in bare:
                yield f"{key}: {phrase!r}: a brace has no partner; write {{a, b}}"
            elif any(not 3 <= len(squash(form)) <= MOST_LETTERS for side in sides for form in forms(side)):
                yield f"{key}: {phrase!r}: each side of a … needs 3 to {MOST_LETTERS} letters"
            elif len(sides) > 2 or (len(sides) > 1 and (key == "not" or not table.get("insert"))):
                yield f"{key}: {phrase!r}: a … stands once, in phrases, in a rule that says insert = how many words"


def forms(phrase: str) -> list[str]:
    """Every way to write a phrase: `{a, b} c(s)` → `a c`, `a cs`, `b c`, `b cs`; `(s)` all or none."""
    pieces = BRACES.split(phrase)
    choices = [piece.split(",") if at % 2 else [piece] for at, piece in enumerate(pieces)]
    written = (" ".join("".join(choice).split()) for choice in itertools.product(*choices))
    return list(dict.fromkeys(one.replace("(s)", ending) for one in written for ending in ("", "s")))
