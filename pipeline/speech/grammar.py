"""What is known of the French of statements: statements.toml, read once, its verbs conjugated."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal, NamedTuple

from pipeline.records import MistakeError

Stance = Literal["say", "affirm", "deny", "ask", "announce"]
Kind = Literal["finite", "we", "past", "present", "infinitive"]
STANCES = ("say", "affirm", "deny", "ask", "announce")
TAKES = frozenset(("que", "inf", "si", "de", "object", "fragment", "weak"))
REFLEXIVE = re.compile(r"^(?:se |s')")


class Verb(NamedTuple):
    """A verb of saying: its lemma, what saying so does, and what it takes beside a quotation."""

    lemma: str
    stance: Stance
    takes: frozenset[str]

    @property
    def reflexive(self) -> bool:
        return REFLEXIVE.match(self.lemma) is not None


class Form(NamedTuple):
    """One form of a verb; `plural` is of the third person."""

    verb: Verb
    kind: Kind
    plural: bool


class Subject(NamedTuple):
    """What statements are compared about: an act on an object, as patterns on text in lower case."""

    label: str
    objects: re.Pattern[str]
    acts: re.Pattern[str]


@dataclass(frozen=True, eq=False)
class Grammar:
    """statements.toml, ready to be looked up. Nouns of several words are spelt with one blank after each word.

    `nouns` is noun → class; `names` is name in lower case → (institution, its name); `words` is list → its words.
    `claims` is key → what statements are compared about.
    """

    forms: Mapping[str, tuple[Form, ...]]
    nouns: Mapping[str, str]
    names: Mapping[str, tuple[str, str]]
    words: Mapping[str, frozenset[str]]
    according: tuple[tuple[str, ...], ...]
    first_names: Mapping[str, str]
    claims: Mapping[str, Subject]


@cache
def load_grammar() -> Grammar:
    """The built-in grammar; raises MistakeError with every fault of the file."""
    data = tomllib.loads(resources.files("pipeline.speech").joinpath("statements.toml").read_text(encoding="utf-8"))
    if faults := list(_faults(data)):
        raise MistakeError("\n".join(faults))
    forms: dict[str, list[Form]] = {}
    for lemma, said in data["verbs"].items():
        stance, *takes = said.split()
        for text, kind, plural in _conjugated(REFLEXIVE.sub("", lemma), data["forms"]):
            forms.setdefault(text, []).append(Form(Verb(lemma, stance, frozenset(takes)), kind, plural))
    apart = ("things", "titles", "bodies", "takes_a", "not_a")
    nouns = {noun: kind for kind, said in data["nouns"].items() if kind not in apart for noun in _listed(said)}
    names = {
        name.lower(): (kind, name.replace("' ", "'"))
        for table in ("names", "long_names")
        for kind, said in data[table].items()
        for name in _listed(said)
    }
    words = {key: frozenset(_listed(said)) for key, said in data["words"].items() if key != "according_phrases"}
    words |= {key: frozenset(_listed(data["nouns"][key])) for key in apart}
    phrases = [*data["words"]["according"].split(), *data["words"]["according_phrases"].split("|")]
    return Grammar(
        forms={text: tuple(found) for text, found in forms.items()},
        nouns=nouns,
        names=names,
        words=words,
        according=tuple(tuple(phrase.replace("'", "' ").split()) for phrase in phrases),
        first_names={name.lower(): gender for gender, said in data["first_names"].items() for name in said.split()},
        claims={
            key: Subject(said["label"], _pattern(said["objects"]), _pattern(said["acts"]))
            for key, said in data["claims"].items()
        },
    )


def _faults(data: dict[str, Any]) -> Iterator[str]:
    for lemma, said in data["verbs"].items():
        stance, *takes = said.split() or [""]
        bare = REFLEXIVE.sub("", lemma)
        if stance not in STANCES or not set(takes) <= TAKES:
            yield f"statements.toml [verbs] {lemma}: {said!r}; a stance ({', '.join(STANCES)}), then {sorted(TAKES)}"
        if not bare.endswith("er") and bare not in data["forms"]:
            yield f"statements.toml [forms] {bare}: missing; give its forms, or mend the verb"
    for key, table in data["claims"].items():
        if set(table) != {"label", "objects", "acts"}:
            yield f"statements.toml [claims.{key}]: needs label, objects and acts"
    for lemma, said in data["forms"].items():
        if said.count("|") != 3:
            yield f"statements.toml [forms] {lemma}: has not four parts, finite | past | present | infinitive"


def _listed(said: str) -> list[str]:
    return [_spelt(word.replace("_", " ")) for word in said.split()]


def _spelt(words: str) -> str:
    """Words with a blank after each apostrophe, as tokens are joined."""
    return re.sub(r"'(?=\w)", "' ", words) if " " in words else words


def _pattern(stems: list[str]) -> re.Pattern[str]:
    """Stems → a pattern on text in lower case; `=` at a side closes the word there."""
    return re.compile(
        "|".join(r"\b" + re.escape(stem.strip("=")) + (r"\b" if stem.endswith("=") else "") for stem in stems)
    )


def _conjugated(lemma: str, irregular: Mapping[str, str]) -> Iterator[tuple[str, Kind, bool]]:
    """The forms of a verb in which news reports speech, each with its kind and number."""
    if lemma in irregular:
        finite, past, present, infinitive = (part.split() for part in irregular[lemma].split("|"))
    else:
        finite, past, present, infinitive = _regular(lemma)
    for text in finite:
        plural = text.endswith(("aient", "ont")) or (text.endswith("ent") and not text.endswith(("ient", "dément")))
        yield text, "we" if text.endswith("ons") else "finite", plural
    yield from ((text + ending, "past", False) for text in past for ending in ("", "e", "s", "es"))
    yield from ((text, "present", False) for text in present)
    yield from ((text, "infinitive", False) for text in infinitive)


def _regular(lemma: str) -> tuple[list[str], list[str], list[str], list[str]]:
    """A verb in -er: « rappeler » doubles its consonant, « répéter » opens its vowel, « annoncer » softens its c."""
    stem = lemma[:-2]
    strong, soft = stem, stem
    if lemma.endswith("peler"):
        strong = stem + "l"
    elif found := re.search(r"[ée]([bcdfghjlmnpqrstvz]|gu|qu)$", stem):
        strong = stem[: found.start()] + "è" + found[1]
    elif stem.endswith("ay"):
        strong = stem[:-1] + "i"
    if stem[-1] in "gc":
        soft = stem + "e" if stem[-1] == "g" else stem[:-1] + "ç"
    future = (strong if strong != stem else stem) + "era"
    finite = [
        future,
        future[:-1] + "ont",
        strong + "e",
        strong + "ent",
        soft + "ait",
        soft + "aient",
        soft + "a",
        stem + "èrent",
        soft + "ons",
    ]
    return finite, [stem + "é"], [soft + "ant"], [lemma]
