"""A text and its letters: what is left of it when case, accents, signs and blanks are gone, and the way back.

Latin-1 has one byte a character, so a text's letters keep their order and are found again by counting. What Latin-1
lacks (curly quotes, combining accents, zero-width signs) is no letter here; ligatures are spelt out first, and the bold
of social networks, which is made of mathematical letters, is made plain. Whether letters stand as a phrase is written
(split, dotted, in its capitals) is asked here too.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from itertools import accumulate, compress

BLOCK = 256  # characters whose letters are counted at once
WORD = 30  # letters that an inserted word has at most
SENTENCE = 500  # characters kept of the sentence around a mention, and looked at for its context
LIGATURES = {"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl"}
MATHEMATICAL = {sign: unicodedata.normalize("NFKC", chr(sign)) for sign in range(0x1D400, 0x1D800)}  # « 𝗖𝗡𝗜𝗟 »
INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
HYPHENS = "-\u2010\u2011\u00ad"
CAPITAL, CLOSING = "A-ZÀ-ÖØ-ÞŒ", "»”\"')\\]"
PARAGRAPH = rf"(?<=\n)(?:\s*\n|(?=\s*[-–—•▪*]\s)|(?<![{HYPHENS}]\n)(?=\s*[{CAPITAL}][^{CAPITAL}]))"
SENTENCE_END = rf"(?<!\b[{CAPITAL}].)(?<!\bMM.)(?<!\n)[{CLOSING}]{{0,3}}(?=\s+[«“\"(\[]*\s?[{CAPITAL}\d])"
END = re.compile(rf"[.!?…\n](?:{SENTENCE_END}|{PARAGRAPH})")
BREAK = re.compile(rf"[.!?…\n](?:(?<!\n)(?=[\s{CAPITAL}{CLOSING}])|{PARAGRAPH})")
BLANK = re.compile(rf"(?<![{HYPHENS}\s])\s+")
SMALL_AFTER = re.compile(BLANK.pattern + r"(?![A-ZÀ-ÖØ-Þ])")
JOINT = re.compile(r"[ -]|(?<=[a-z])(?=[A-Z])")  # « Brief|Cam »
DOTTED = re.compile(r"[^\W\d_](\.[^\W\d_])+")


def _folded(byte: int) -> int:
    base = ord(unicodedata.normalize("NFD", chr(byte))[0].lower())
    return base if ord("a") <= base <= ord("z") else 0


FOLD = bytes(map(_folded, range(256)))
KEPT = bytes(map(bool, FOLD))
DELETED = bytes(byte for byte in range(256) if not FOLD[byte])


def squash(text: str) -> str:
    """The letters of a text, lower case, without accents: `« Vidéo-surveillance »` → `videosurveillance`."""
    return text.encode("latin-1", "replace").translate(FOLD, DELETED).decode("ascii")


_stem = cache(squash)


def _parts(sign: str) -> bool:
    """Whether a sign between two letters makes them two words."""
    return not (sign.isalpha() or sign in INVISIBLE or unicodedata.combining(sign))


class Page:
    """A text and its letters. A place counts letters, an offset characters; they are reconciled block by block."""

    def __init__(self, text: str) -> None:
        self.original = text
        for ligature, letters in LIGATURES.items():
            if ligature in text:
                text = text.replace(ligature, letters)
        if len(text.encode("utf-16-le", "surrogatepass")) > 2 * len(text):  # quick to ask, and seldom so
            text = text.translate(MATHEMATICAL)
        self.text = text
        self.raw = text.encode("latin-1", "replace")
        self.letters = self.raw.translate(FOLD, DELETED).decode("ascii")
        self.known: dict[int | str, bool] = {}
        self.near: dict[tuple[str, int, int], list[tuple[int, int, int]]] = {}
        self.steps: dict[tuple[int, int], int] = {}
        self.read: dict[int, list[int]] = {}

    @cached_property
    def firsts(self) -> list[int]:
        """The place at which each block begins, and the number of all letters."""
        blocks = (self.raw[i : i + BLOCK].translate(None, DELETED) for i in range(0, len(self.raw), BLOCK))
        return list(accumulate(map(len, blocks), initial=0))

    def at(self, place: int) -> int:
        """Where in the text the letter at this place stands."""
        block = bisect_right(self.firsts, place) - 1
        if block not in self.read:
            kept = self.raw[block * BLOCK : (block + 1) * BLOCK].translate(KEPT)
            self.read[block] = list(compress(range(BLOCK), kept))
        return block * BLOCK + self.read[block][place - self.firsts[block]]

    def place(self, offset: int) -> int:
        """How many letters stand before this offset of the text."""
        block = offset // BLOCK
        return self.firsts[block] + len(self.raw[block * BLOCK : offset].translate(None, DELETED))

    @cached_property
    def stops(self) -> list[int]:
        """Where sentences end, paragraphs and the text too."""
        return [*(stop.end() for stop in END.finditer(self.text)), len(self.text)]

    def sentence(self, start: int, end: int) -> tuple[int, int]:
        """Where the sentence around a stretch of text begins and ends, in SENTENCE characters at most."""
        first = bisect_right(self.stops, start)
        spare = max(0, SENTENCE - (end - start)) // 2
        lower = max(self.stops[first - 1] if first else 0, start - spare)
        upper = min(self.stops[bisect_left(self.stops, end)], end + spare)
        return start - len(self.text[lower:start].lstrip()), end + len(self.text[end:upper].rstrip())

    @cached_property
    def origin(self) -> Sequence[int]:
        """Where each character of the text stood before its ligatures were spelt out."""
        if self.text is self.original:
            return range(len(self.text))
        return [i for i, c in enumerate(self.original) for _ in LIGATURES.get(c, c)]

    def given(self, start: int, end: int) -> str:
        """A stretch of the text as it was given."""
        return self.original[self.origin[start] : self.origin[end - 1] + 1]

    def between(self, start: int, end: int) -> str:
        """The text from one place to another."""
        return self.text[self.at(start) : self.at(end - 1) + 1]

    def edge(self, place: int) -> bool:
        """Whether a word begins or ends at this place: at a sign that is seen, or as in « stopVSA »."""
        if place not in self.known:
            inside = 0 < place < len(self.letters)
            before, after = (self.at(place - 1), self.at(place)) if inside else (0, 0)
            if after == before + 1:
                self.known[place] = self.text[before].islower() and self.text[after].isupper()
            else:
                signs = self.text[before + 1 : after]
                self.known[place] = not inside or signs == " " or any(map(_parts, signs))
        return self.known[place]

    def next_edge(self, place: int, step: int) -> int:
        """The other end of the word that begins (step 1) or ends (step -1) here; 0 beyond WORD letters."""
        if (place, step) not in self.steps:
            places = range(place + step, place + (WORD + 1) * step, step)
            self.steps[place, step] = next((p for p in places if 0 < p < len(self.letters) and self.edge(p)), 0)
        return self.steps[place, step]

    def words(self, letters: str, start: int, end: int, *, whole: bool) -> Iterator[int]:
        """The places, between two, where a word begins with these letters, and ends with them if they are `whole`."""
        found = self.letters.find(letters, start, end)
        while found >= 0:
            if self.edge(found) and (not whole or self.edge(found + len(letters))):
                yield found
            found = self.letters.find(letters, found + 1, end)

    def tells(self, term: str, start: int = 0, end: int | None = None) -> bool:
        """Whether a word between two places begins with the term; of the whole text it is remembered."""
        if end is not None:
            return any(True for _ in self.words(_stem(term), start, end, whole=False))
        if term not in self.known:
            self.known[term] = self.tells(term, 0, len(self.letters))
        return self.known[term]


def is_split(surface: str, written: str) -> bool:
    """Whether it has more blanks than the phrase, not counting one before a capital where the phrase has its own."""
    blanks = len(BLANK.findall(surface))
    return blanks > len(JOINT.findall(written)) or len(SMALL_AFTER.findall(surface)) > written.count(" ")


def is_acronym(surface: str, written: str) -> bool:
    """Whether the letters stand together, or with a dot after each, or with the hyphen of the phrase."""
    seen = "".join(c for c in surface if c not in INVISIBLE and not unicodedata.combining(c))
    hyphenated = "-" in written and "".join(c for c in seen if c not in HYPHENS).isalpha()
    return seen.isalpha() or hyphenated or DOTTED.fullmatch(seen) is not None


def as_written(surface: str, written: str) -> bool:
    """Whether a surface has the phrase's capitals, and its accents when it is not misspelt."""
    pairs = list(zip(filter(str.isalpha, surface), filter(str.isalpha, written), strict=False))
    if squash(surface) != squash(written):
        return pairs[0][0].isupper() or pairs[0][1].islower()
    return all(a == b or (b.islower() and a.lower() == b) for a, b in pairs)
