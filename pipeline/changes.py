"""What was added and what was taken away between two versions of a text, word by word. Pure functions over texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Change = Literal["same", "added", "removed"]

# A word with the marks that touch it, or a line's end: a change of blanks alone is none.
WORDS = re.compile(r"[^\s]+|\n")
# difflib's time grows with the square of what differs; beyond this, whole lines are compared and not their words.
MOST_WORDS = 20_000


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words that stand together, as they were written, and what became of them."""

    change: Change
    text: str


def pieces(old: str, new: str) -> list[Piece]:
    """The new text with what was taken from the old one where it stood, in pieces. Blanks are single spaces."""
    before, after = _units(old, new)
    found: list[Piece] = []
    for kind, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Piece("same", _joined(after[k:m])))
            continue
        found += [Piece("removed", _joined(before[i:j]))] if i < j else []
        found += [Piece("added", _joined(after[k:m]))] if k < m else []
    return found


def diff(old: str, new: str, around: int = 12, mark: Callable[[Piece], str] | None = None) -> str:
    """The words that changed, each with `around` words before and after; « … » stands for what is left out.

    `mark` writes a piece: [-taken away-] and {+added+} unless said. Empty when no word changed.
    """
    found = pieces(old, new)
    if all(piece.change == "same" or not piece.text.strip() for piece in found):
        return ""
    written = [
        _shortened(piece.text, around, first=at == 0, last=at == len(found) - 1)
        if piece.change == "same"
        else (mark or marked)(piece)
        for at, piece in enumerate(found)
    ]
    return "\n".join(line.strip() for line in " ".join(written).splitlines() if line.strip())


def marked(piece: Piece) -> str:
    """A changed piece in brackets, each of its lines by itself."""
    begin, end = {"removed": ("[-", "-]"), "added": ("{+", "+}")}.get(piece.change, ("", ""))
    return "\n".join(f"{begin}{line.strip()}{end}" if line.strip() else "" for line in piece.text.split("\n"))


def _units(old: str, new: str) -> tuple[list[str], list[str]]:
    """The words of both texts; their lines, where they have very many words."""
    both = [WORDS.findall(text) for text in (old, new)]
    if sum(map(len, both)) > MOST_WORDS:
        both = [list(_lines(words)) for words in both]
    return both[0], both[1]


def _lines(words: Iterable[str]) -> Iterator[str]:
    line: list[str] = []
    for word in words:
        line.append(word)
        if word == "\n":
            yield " ".join(line)
            line = []
    if line:
        yield " ".join(line)


def _joined(words: Iterable[str]) -> str:
    return " ".join(words).replace(" \n ", "\n").replace(" \n", "\n").replace("\n ", "\n")


def _shortened(text: str, around: int, *, first: bool, last: bool) -> str:
    """What stands between two changes, but for its middle where it is long."""
    words = text.replace("\n", " \n ").split(" ")
    head = [] if first else words[:around]
    tail = [] if last else words[-around:] if around else []
    if len(head) + len(tail) >= len(words):
        return text
    return " ".join([*head, "…", *tail]).replace(" \n ", "\n")
