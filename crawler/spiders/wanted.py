"""Which of many documents are worth keeping: those that hold one of a source's search words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

_NOT_LETTERS = bytes(code for code in range(128) if not chr(code).isalnum())


def seeker(search: tuple[str, ...]) -> Callable[[str], bool]:
    """A test of texts: whether one of the words or phrases stands in them.

    Case, accents, blanks, hyphens and plurals do not count, nor where a word begins: it lets through more than the
    tagger's rules will keep, since what it holds back is never read. Without words, every text is wanted.
    """
    patterns = [re.compile(b"".join(map(_stem, phrase.split()))) for phrase in search]

    def wanted(text: str) -> bool:
        letters = _letters(text)
        return not patterns or any(pattern.search(letters) for pattern in patterns)

    return wanted


def strings(value: Any) -> Iterator[str]:
    """Every text within a JSON value, in its order, keys left aside."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            waiting += reversed(value.values())
        elif isinstance(value, list):
            waiting += reversed(value)


def _stem(word: str) -> bytes:
    return _letters(word).removesuffix(b"s") + b"s?"


def _letters(text: str) -> bytes:
    folded = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "oe"))
    return folded.encode("ascii", "ignore").lower().translate(None, _NOT_LETTERS)
