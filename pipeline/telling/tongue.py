"""What is said, apart from the language in which it is: a key of the languages' WORDS, and what it speaks of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import reduce
from types import ModuleType

from pipeline import english, french

LANGUAGES: Mapping[str, ModuleType] = {"fr": french, "en": english}


@dataclass(frozen=True, slots=True)
class Count:
    """A number of things, by their key in COUNTED: it is said in agreement."""

    key: str
    number: int


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence that is put into a language when it is read: `values` are days, Counts, other sentences, names."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)


class Tongue:
    """One language: its words filled in, in agreement, spaced as it wants them. `language` is a key of LANGUAGES."""

    def __init__(self, language: str) -> None:
        self.language, self._module = language, LANGUAGES[language]

    def say(self, key: str, **values: object) -> str:
        """The words of a key. A moment is said as its day, a Count in agreement, a sentence in this language."""
        said = {name: self._worded(value) for name, value in values.items()}
        return self.spaced(self._module.WORDS[key].format(**said))

    def of(self, said: Said) -> str:
        """A sentence in this language."""
        return self.say(said.key, **said.values)

    def counted(self, key: str, number: int) -> str:
        return str(self._module.counted(key, number))

    def number(self, number: int) -> str:
        return str(self._module.number(number))

    def quoted(self, words: str) -> str:
        return str(self._module.quoted(words))

    def listed(self, parts: Sequence[str]) -> str:
        return str(self._module.listed(parts))

    def spaced(self, words: str) -> str:
        return str(self._module.spaced(words))

    def day(self, when: datetime) -> str:
        return str(self._module.day_line(when))

    def moment(self, when: datetime) -> str:
        """The day, and the hour where it is known."""
        return str(self._module.date_line(when))

    def instant(self, when: datetime) -> str:
        return str(self._module.instant_line(when))

    def month(self, when: date) -> str:
        return str(self._module.month_line(when))

    def short_day(self, when: datetime) -> str:
        """A day for a column of a table."""
        return str(self._module.short_day(when))

    def state(self, state: str) -> str:
        """The word for a source's health."""
        return str(self._module.STATES[state])

    def reason(self, reason: str) -> str:
        """Why a source could not be read; the reason's own word where it has no other."""
        return str(self._module.REASONS.get(reason, reason))

    def gone(self, how: str) -> str:
        """How an address says that there is no such page any more: `how` it said so, in order, with commas between."""
        said = [str(self._module.GONE.get(one, one)) for one in how.split(", ")]
        return reduce(lambda one, other: self.say("and_then", one=one, other=_shorter(one, other)), said)

    def outcome(self, outcome: str, *, many: bool = False) -> str:
        """What a crawl came to, of one source or of many; the ledger's own word where it has no other."""
        words = self._module.MANY if many else self._module.WORDS
        return str(words.get(outcome, outcome))

    def _worded(self, value: object) -> object:
        if isinstance(value, Said):
            return self.of(value)
        if isinstance(value, Count):
            return self.counted(value.key, value.number)
        return self.day(value) if isinstance(value, datetime) else value


def _shorter(one: str, other: str) -> str:
    """« HTTP 404, puis 410 »."""
    return other.removeprefix("HTTP ") if one.startswith("HTTP ") else other
