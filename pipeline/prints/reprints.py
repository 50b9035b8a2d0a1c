"""Texts that several addresses print: (texts) → which of them are one text, whatever their titles say.

Reprints are cut, re-titled, reordered, given a local lead or a paragraph more: what stays is long stretches of the
same words. MinHash estimates how much two whole texts resemble one another, and so misses the short cut of a long
text; winnowing (S. Schleimer, D. Wilkerson, A. Aiken, « Winnowing », SIGMOD 2003) keeps marks of which any shared
stretch of SHINGLE + EVERY - 1 words is sure to have one. Marks only propose (`near`); the texts decide (`compare`):
what a cut leaves out is whole sentences, while a page filled into a form (a weather report, a decree, a fixture)
replaces a name or a number here and there. `fold` puts together what is one text, from pairs that are each judged by
themselves: what it says follows from the set of articles, whatever the order in which they came.
"""

from __future__ import annotations

import hashlib
import unicodedata
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import NamedTuple

SHINGLE = 5  # words
EVERY = 12  # of so many shingles in a row, one at least is a mark
WINDOW = timedelta(days=15)  # the same page again after that is not a reprint
LEAST = 24  # words; a text or a shared part shorter than that proves nothing
SOME = 0.25  # of the shorter text's marks, to be worth a comparison
MOST = 0.95  # of the shorter text, for two addresses of one source: it does not reprint itself, but goes on writing
KEPT = 0.8  # of the longer one: what is added makes another text
GAP = 12  # words; a longer stretch is written anew, not filled in
FOOT = 120  # words; what two texts with beginnings of their own both end with is a foot, unless it is longer
OWN = 8  # words; so many make a beginning
FORGIVEN = 150  # words; in so many shared ones, one name or number may be written otherwise
DATES = frozenset(
    b"lundi mardi mercredi jeudi vendredi samedi dimanche janvier fevrier mars avril mai juin juillet aout septembre"
    b" octobre novembre decembre".split()
)


def _table(cased: bool) -> bytes:
    """Latin-1 → letters and digits without accents, newlines where a sentence may end, spaces for all else."""
    letters = []
    for byte in range(256):
        char = unicodedata.normalize("NFKD", chr(byte))[:1]
        char = char if char.isascii() and char.isalnum() else "\n" if chr(byte) in '.!?:;\n«"' else " "
        letters.append(ord(char if cased else char.lower()))
    return bytes(letters)


CASED, FOLDED = _table(True), _table(False)


class Signature(NamedTuple):
    """What is stored of a text: how many words, what is equal for equal words, and its marks (32 bits each, sorted)."""

    words: int
    text_hash: str
    marks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Print:
    """An article as one text among others. `at`: when it was published or, if nobody says, first seen."""

    id: str
    source: str
    at: datetime
    title: str
    signature: Signature


class Likeness(NamedTuple):
    """What two different texts share; `one` < `other` are their hashes.

    `shared`: words of the shorter that stand in the longer in runs of SHINGLE at least. `replaced`: short stretches
    with a name or number of their own, on both sides, between what is shared. `apart`: words before what is shared, in
    the one that has fewer of them.
    """

    one: str
    other: str
    shared: int
    shorter: int
    longer: int
    replaced: int
    apart: int

    @property
    def containment(self) -> float:
        """The share of the shorter text that stands in the longer."""
        return self.shared / max(1, self.shorter)

    @property
    def similarity(self) -> float:
        """The share of the longer text that stands in the shorter, or less."""
        return self.shared / max(1, self.longer)

    @property
    def reprint(self) -> bool:
        """Whether they are one text, in two sources."""
        foot = self.apart >= OWN and self.shared < FOOT
        return self.shared >= max(LEAST, self.shorter / 2 + 8) and self.replaced <= self.shared // FORGIVEN and not foot

    @property
    def again(self) -> bool:
        """Whether they are one text, in one source."""
        return self.shared >= max(LEAST, MOST * self.shorter, KEPT * self.longer) and not self.replaced


@dataclass(frozen=True, slots=True)
class Fold:
    """Where an article stands: `text_id` is the id of the first print of its text (by time, then id), its own if alone.

    `copy_of` is the print that it is most like, an earlier one where there is one, None for the first; `containment`
    and `similarity` are to it.
    """

    article_id: str
    text_id: str
    copy_of: str | None = None
    containment: float = 1.0
    similarity: float = 1.0


def _bytes(text: str) -> bytes:
    return text.replace("œ", "oe").replace("Œ", "Oe").encode("latin-1", "replace")


def _shingles(words: Sequence[bytes]) -> list[int]:
    runs = zip(*(words[i:] for i in range(SHINGLE)), strict=False)
    return [zlib.crc32(b" ".join(run)) for run in runs]


def signature(text: str) -> Signature:
    """Words, hash and marks of a text: letters and digits alone count, without case or accents. Title not included."""
    words = _bytes(text).translate(FOLDED).split()
    shingles = _shingles(words)
    marks = set(map(min, *(shingles[i:] for i in range(EVERY)))) or set(sorted(shingles)[:1])
    text_hash = hashlib.blake2b(b" ".join(words), digest_size=8).hexdigest()
    return Signature(len(words), text_hash, tuple(sorted(marks)))


class _Index:
    """The marks of new texts. Two texts that share the part SOME of the smaller's marks are sure to meet here.

    Of n marks of which s are shared, any choice of n - s + 1 holds one that is: so only these, the rarest, are
    looked up on one side, and what a source prints under all its articles costs nothing.
    """

    def __init__(self, new: Iterable[Print]) -> None:
        self.texts: dict[str, frozenset[int]] = {}
        self.times: defaultdict[str, set[datetime]] = defaultdict(set)
        for one in new:
            if one.signature.words >= LEAST:
                self.times[one.signature.text_hash].add(one.at)
                self.texts.setdefault(one.signature.text_hash, frozenset(one.signature.marks))
        self.count = Counter(mark for marks in self.texts.values() for mark in marks)
        self.all: defaultdict[int, list[str]] = defaultdict(list)
        self.rare: defaultdict[int, list[str]] = defaultdict(list)
        for name, marks in self.texts.items():
            for mark in marks:
                self.all[mark].append(name)
            for mark in self.rarest(marks):
                self.rare[mark].append(name)

    def rarest(self, marks: frozenset[int]) -> list[int]:
        needed = len(marks) - max(1, int(SOME * len(marks))) + 1
        count = self.count
        return sorted(marks, key=lambda mark: (count.get(mark, 0), mark))[:needed]

    def meets(self, marks: frozenset[int]) -> set[str]:
        known = marks & self.count.keys()
        if not known:
            return set()
        met = {name for mark in known if mark in self.rare for name in self.rare[mark]}
        return met | {name for mark in self.rarest(marks) if mark in known for name in self.all[mark]}


def near(new: Sequence[Print], known: Iterable[Print] = ()) -> list[tuple[str, str]]:
    """Pairs of texts (hashes, in order) that are worth a comparison: one at least is new, within WINDOW of each other.

    `known` is read once, in any order; what lies further from all new ones than WINDOW need not be in it.
    """
    index = _Index(new)
    pairs: set[tuple[str, str]] = set()
    for one in chain(new, known):
        if one.signature.words < LEAST:
            continue
        name, marks = one.signature.text_hash, frozenset(one.signature.marks)
        for other in index.meets(marks):
            pair = (min(name, other), max(name, other))
            theirs = index.texts[other]
            if name == other or pair in pairs or len(marks & theirs) < max(1, int(SOME * min(len(marks), len(theirs)))):
                continue
            if any(abs(one.at - at) <= WINDOW for at in index.times[other]):
                pairs.add(pair)
    return sorted(pairs)


def sweep(prints: Iterable[Print]) -> Iterator[tuple[str, str]]:
    """The pairs of a whole archive, given in the order of `at`; it is read once, two WINDOWs of it in memory."""
    before: list[Print] = []
    now: list[Print] = []
    for one in prints:
        if now and one.at - now[0].at > WINDOW:
            yield from near(now, before)
            before, now = now, []
        now.append(one)
    yield from near(now, before)


class Text:
    """A text made ready to be compared: made once, it serves many comparisons."""

    def __init__(self, text: str) -> None:
        self.text_hash = signature(text).text_hash
        self.words: list[bytes] = []
        self.fact: list[bool] = []
        for sentence in _bytes(text).translate(CASED).split(b"\n"):
            for place, word in enumerate(sentence.split()):
                name = len(word) > 1 and (word[:1].isupper() if place else word[1:] != word[1:].lower())
                self.words.append(word.lower())
                self.fact.append(name or not word.isalpha() or word.lower() in DATES)
        self.facts = {word for word, fact in zip(self.words, self.fact, strict=True) if fact}
        self.shingles = _shingles(self.words)
        self.shingle_set = frozenset(self.shingles)

    def held_by(self, other: Text) -> bytearray:
        """For each word 1 when it stands in a run of SHINGLE words that the other has as well."""
        held = bytearray(len(self.words))
        for place, shingle in enumerate(self.shingles):
            if shingle in other.shingle_set:
                held[place : place + SHINGLE] = b"\x01" * SHINGLE
        return held

    def filled_in(self, held: bytearray, other: Text) -> int:
        """Short stretches that are not shared and hold a name, a date or a number that the other does not have."""
        count, start = 0, -1
        for place, shared in enumerate(chain(held, (1,))):
            if not shared and start < 0:
                start = place
            elif shared and start >= 0:
                foreign = any(self.fact[i] and self.words[i] not in other.facts for i in range(start, place))
                count += foreign and place - start <= GAP
                start = -1
        return count


def compare(one: Text, other: Text) -> Likeness:
    """What two texts share, whichever comes first."""
    short, long = sorted((one, other), key=lambda text: (len(text.words), text.text_hash))
    held, holding = short.held_by(long), long.held_by(short)
    replaced = min(short.filled_in(held, long), long.filled_in(holding, short))
    first, second = sorted((one.text_hash, other.text_hash))
    apart = max(0, min(held.find(1), holding.find(1)))
    return Likeness(first, second, sum(held), len(short.words), len(long.words), replaced, apart)


def compared(pairs: Iterable[tuple[str, str]], texts: Mapping[str, str]) -> Iterator[Likeness]:
    """The likeness of each pair of text hashes; `texts`: hash → text."""
    ready: dict[str, Text] = {}
    for one, other in pairs:
        for name in (one, other):
            if name not in ready:
                ready[name] = Text(texts[name])
        yield compare(ready[one], ready[other])
