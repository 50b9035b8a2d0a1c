"""A text as French typography divides it: quotations, sentences, words. Offsets are those of the text as given.

Quotations are found first and masked, each by one sign and as many blanks as it is long: what is quoted then neither
ends the sentence around it nor is read as the journalist's own words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

LONGEST_QUOTE = 4000  # characters; what is longer is an unclosed mark, not a quotation
LONGEST_SENTENCE = 200  # words; a longer one is read in pieces, so that every rule looks at a bounded stretch
QUOTE, INSIDE = "\ue000", "\ue001"  # private signs that stand for a quotation in the masked text

MARK = re.compile(r'[«»“”„"]|<<|>>|\n')
CLOSERS = {"«": "»", "“": "”", "„": "“”", '"': '"', "<<": ">>"}
CAPITAL = "A-ZÀ-ÖØ-ÞŒ"
STOP = re.compile(rf"[.!?…]+[)\]]*(?=\s+[(\[]?[{CAPITAL}\d{QUOTE}—–]|\s*\n)|\n")
ABBREVIATED = re.compile(rf"(?:^|[^\w])(?:MM?|Me|Dr|Pr|Mgr|St|art|n|cf|[{CAPITAL}])$")
NO_BREAK = re.compile(r"(?:[,:]|[^.!?…\n] (?:de|du|des|la|le|les|à|au|aux|et|en|que|par|pour|sur|dans))\s*$")
NEXT_LINE = re.compile(rf"\s*(?:\n|[-–—•▪*]\s|[{QUOTE}]|\[|[{CAPITAL}][^{CAPITAL}]|[{CAPITAL}]+ [{CAPITAL}]{{2}})")
SPOKEN_END = re.compile(r"[.!?…]\s*$")
WORD = re.compile(
    rf"{QUOTE}{INSIDE}*|-t-(?:ils?|elles?|on)\b|-(?:ils?|elles?|on|nous|je|vous)\b"
    r"|[^\W\d_](?:[^\W\d_]|[-](?!t-(?:ils?|elles?|on)\b|(?:ils?|elles?|on|nous|je|vous)\b)(?=[^\W\d_]))*(?:'(?=\w)|\.(?=\w\.))?"
    r"|\d+(?:[.,]\d+)*|\.\.\.|[^\w\s]"
)
SAME = str.maketrans({"’": "'", "ʼ": "'", "‐": "-", "‑": "-", "\u00a0": " ", "\u202f": " ", QUOTE: " ", INSIDE: " "})


class Quote(NamedTuple):
    """A quotation: its words are `text[start:end]`, with its marks it is `text[opens:closes]`."""

    start: int
    end: int
    opens: int
    closes: int


class Token(NamedTuple):
    """A word or a sign: where it stands, and itself in lower case with plain hyphens and apostrophes."""

    start: int
    end: int
    text: str
    low: str
    quote: int = -1

    @property
    def capital(self) -> bool:
        return self.text[0].isupper()


class Sentence(NamedTuple):
    """A sentence's words; `first` is true when it opens a paragraph."""

    tokens: tuple[Token, ...]
    first: bool


class Page:
    """A text with its quotations, outermost ones only, and its sentences in which each of them is one word."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.quotes = find_quotes(text)
        self.plain = text.translate(SAME)
        self.masked = _masked(self.plain, self.quotes)
        self.at = {quote.opens: number for number, quote in enumerate(self.quotes)}
        self.sentences = list(self._sentences())

    def _sentences(self) -> Iterator[Sentence]:
        stops = [0, *_stops(self.masked, self.text, self.quotes), len(self.masked)]
        for lower, upper in pairwise(stops):
            first = lower == 0 or "\n" in self.masked[lower - 1 : upper][: 2 + _leading(self.masked, lower, upper)]
            tokens = self._tokens(self.masked, lower, upper)
            for at in range(0, len(tokens), LONGEST_SENTENCE):
                yield Sentence(tuple(tokens[at : at + LONGEST_SENTENCE]), first and not at)

    def _tokens(self, text: str, lower: int, upper: int) -> list[Token]:
        return [
            Token(
                found.start(),
                found.end(),
                found[0],
                found[0].lower(),
                self.at[found.start()] if found[0][0] == QUOTE else -1,
            )
            for found in WORD.finditer(text, lower, upper)
        ]

    def inside(self, quote: Quote) -> tuple[Token, ...]:
        """The first words of a quotation."""
        return tuple(self._tokens(self.plain, quote.start, min(quote.end, quote.start + LONGEST_SENTENCE * 6)))


def _leading(text: str, lower: int, upper: int) -> int:
    """How many blanks a stretch begins with, of the first few."""
    head = text[lower : min(upper, lower + 10)]
    return len(head) - len(head.lstrip())


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Where each sentence of a text starts and ends, in pieces of LONGEST_SENTENCE words; one for an empty text."""
    spans = [(sentence.tokens[0].start, sentence.tokens[-1].end) for sentence in Page(text).sentences]
    return spans or [(0, len(text))]


def find_quotes(text: str) -> list[Quote]:
    """The outermost quotations, in order. An unclosed mark makes none.

    A quotation may run over paragraphs, each begun by its mark again. A straight mark opens after a blank and closes
    before one, so that inches and apostrophes are left alone.
    """
    marks = list(MARK.finditer(text))
    found: list[Quote] = []
    open_: list[re.Match[str]] = []
    for at, mark in enumerate(marks):
        sign = mark[0]
        if sign == "\n":
            if open_ and not _goes_on(text, marks, at, open_[0][0]):
                open_.clear()
        elif open_ and sign in CLOSERS[open_[-1][0]] and (sign != '"' or _closes(text, mark.start())):
            opened = open_.pop()
            quote = _trimmed(text, opened, mark)
            if quote.start < quote.end and quote.end - quote.start <= LONGEST_QUOTE:
                while found and found[-1].opens > quote.opens:
                    found.pop()
                found.append(quote)
        elif sign in CLOSERS and (sign != '"' or _opens(text, mark.start())):
            again = open_ and sign == open_[0][0] and _begins_line(text, mark.start())
            open_ += [] if again else [mark]
    return found


def _goes_on(text: str, marks: list[re.Match[str]], at: int, sign: str) -> bool:
    """Whether a quotation goes on past the end of this line: the next mark repeats its own there, or closes it."""
    after = next((mark for mark in marks[at + 1 : at + 4] if mark[0] != "\n"), None)
    if after is None or after.start() - marks[at].start() > LONGEST_QUOTE:
        return False
    return after[0] in CLOSERS[sign] if sign == '"' or after[0] != sign else _begins_line(text, after.start())


def _begins_line(text: str, at: int) -> bool:
    return not text[max(0, at - 8) : at].rpartition("\n")[2].strip() and "\n" in text[max(0, at - 8) : at]


def _opens(text: str, at: int) -> bool:
    return (at == 0 or text[at - 1] in " \n\t\u00a0\u202f([«'’:—–-") and not text[at + 1 : at + 2].isspace()


def _closes(text: str, at: int) -> bool:
    return not text[at - 1].isspace() and not text[at + 1 : at + 2].isalnum()


def _trimmed(text: str, opened: re.Match[str], closed: re.Match[str]) -> Quote:
    start, end = opened.end(), closed.start()
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return Quote(start, end, opened.start(), closed.end())


def _masked(text: str, quotes: list[Quote]) -> str:
    pieces, last = [], 0
    for quote in quotes:
        pieces += [text[last : quote.opens], QUOTE, INSIDE * (quote.closes - quote.opens - 1)]
        last = quote.closes
    return "".join([*pieces, text[last:]])


def _stops(masked: str, text: str, quotes: list[Quote]) -> list[int]:
    """Where sentences end in the masked text: at signs, at quotations that end one themselves, at paragraphs."""
    found = set()
    for stop in STOP.finditer(masked):
        before = masked[max(0, stop.start() - 12) : stop.start()]
        if stop[0] == "\n":
            if not NO_BREAK.search(masked[max(0, stop.start() - 12) : stop.start() + 1]) and NEXT_LINE.match(
                masked, stop.end(), stop.end() + 12
            ):
                found.add(stop.end())
        elif stop[0] != "." or not ABBREVIATED.search(before):
            found.add(stop.end())
    for quote in quotes:
        after = masked[quote.closes : quote.closes + 4].lstrip()
        if (after[:1].isupper() or after[:1] == QUOTE) and SPOKEN_END.search(text[quote.end - 1 : quote.end]):
            found.add(quote.closes)
    return sorted(found)
