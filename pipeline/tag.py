"""(Text, rules) → mentions: every place where a phrase stands, whatever was done to its spelling, and nothing else.

**What a match is.** A text is squashed to its letters a-z: case, accents, hyphens, apostrophes, blanks and dots are
gone, so that most disguises of a phrase are equal to it. A phrase matches a stretch of letters that begins where a word
begins, ends where one ends, and is at an optimal string alignment distance (letters put in, left out, changed, or
neighbours swapped; no letter twice) of at most k: 0 under 7 letters, 1 under 12, 2 from there. It holds no end of a
sentence, no comma, no line that begins a paragraph. Up to four letters are an acronym: whole, or with a dot after each.
Under twelve letters a phrase is misspelt or split in two, never both. Where a phrase has a `…` words may stand between.

**How it is found.** A phrase cut into k + 1 pieces keeps one of them whole when k edits fall on it (pigeonhole
filtering: G. Navarro, « A guided tour to approximate string matching », ACM Computing Surveys 33, 2001), but for a
swap across a cut, which gets seeds of its own. One Aho-Corasick pass finds all seeds of all phrases; the cuts are made
where the letters are rare. What stands around a seed must hold all letters of the phrase but k, in their order: one
call that ends nearly all. Only what is left is looked at with its words, signs and context. Each step looks at a
bounded stretch, so that time grows with the length of the text and nothing else.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import compress, pairwise
from math import exp, log
from typing import NamedTuple

import ahocorasick
from rapidfuzz.distance import OSA, LCSseq

from pipeline.records import Mention
from pipeline.rules import FOLD, LIGATURES, Rule, Rules, alternatives, inflections, squash

ACRONYM, SPLIT_OR_MISSPELT = 4, 12
SENTENCE = 500  # characters of the text around a mention, at most
KEPT = bytes(map(bool, FOLD))
INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
HYPHENS = "-\u2010\u2011\u00ad"
CAPITAL = "A-ZÀ-ÖØ-ÞŒ"
ENDS = (
    rf"(?<!\b[{CAPITAL}])(?<!\bM[Mm]e)(?<!\bMM)[.!?…]+[»”\"')\]]*(?=\s+[«“\"(\[]*\s?[{CAPITAL}\d])"
    rf"|\n\s*\n|\n(?=\s*[-–—•▪*]\s)|(?<![{HYPHENS}])\n(?=\s*[{CAPITAL}][^{CAPITAL}])"
)
END = re.compile(ENDS)
BREAK = re.compile(
    rf"[.!?…](?=[\s{CAPITAL}»”\")])|\n\s*\n|\n(?=\s*[-–—•▪*]\s)|(?<![{HYPHENS}])\n(?=\s*[{CAPITAL}][^{CAPITAL}])"
)
PAUSE = re.compile(r"[,;:|]|\s[-–—]\s")
DOTTED = re.compile(r"[^\W\d_](\.[^\W\d_])+")
BLANK = re.compile(rf"(?<![{HYPHENS}\s])\s+")
LOOKALIKES = (("m", "rn"), ("d", "cl"), ("w", "vv"))
COMMON = dict(
    zip(
        "esaitnrulodcpmvqfbghjxyzkw",
        (15, 8, 8, 8, 7, 7, 7, 6, 6, 5, 4, 3, 3, 3, 2, 1, 1, 1, 1, 1, 0.6, 0.4, 0.3, 0.3, 0.1, 0.1),
        strict=True,
    )
)


@dataclass(frozen=True, eq=False, slots=True)
class Pattern:
    """One form of one phrase. `heads` are what must stand before it, with words between, when the phrase has a `…`."""

    rule: Rule
    written: str
    letters: str
    allowed: int
    confused: int = 0
    heads: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Rejection:
    """A near candidate that is no mention, and why: `reason` is a key of REASONS, `detail` what it is about."""

    topic: str
    rule: str
    surface: str
    start: int
    end: int
    edits: int
    reason: str
    detail: str = ""


REASONS = {
    "edits": ("trop d'écarts", "too many edits"),
    "break": ("passe une fin de phrase ou une virgule", "crosses the end of a sentence or a comma"),
    "split": ("coupé par un blanc", "split by a blank"),
    "case": ("capitales attendues", "capitals expected"),
    "inserted": ("mot inséré refusé", "inserted word refused"),
    "exception": ("fait partie d'une exception", "part of an exception"),
    "elsewhere": ("la phrase parle d'autre chose", "the sentence tells of something else"),
    "context": ("rien alentour ne l'éclaire", "nothing around it supports it"),
}


class Page:
    """A text and its letters. A place is a number of letters; `at[place]` is where that letter stands in the text."""

    def __init__(self, text: str) -> None:
        self.original = text
        for ligature, letters in LIGATURES.items():
            if ligature in text:
                text = text.replace(ligature, letters)
        self.text = text
        self.letters = squash(text)

    @cached_property
    def at(self) -> list[int]:
        return list(compress(range(len(self.text)), self.text.encode("latin-1", "replace").translate(KEPT)))

    @cached_property
    def origin(self) -> list[int]:
        """Where each character of the text stood before its ligatures were spelt out."""
        return [i for i, c in enumerate(self.original) for _ in LIGATURES.get(c, c)]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Places → characters of the text."""
        return self.at[start], self.at[end - 1] + 1

    def edge(self, place: int) -> bool:
        """Whether a word begins or ends at this place: at a sign that is seen, or as in « stopVSA »."""
        if not 0 < place < len(self.letters):
            return place in (0, len(self.letters))
        before, after = self.at[place - 1], self.at[place]
        if after == before + 1:
            return self.text[before].islower() and self.text[after].isupper()
        return any(
            not (c in INVISIBLE or c.isalpha() or unicodedata.combining(c)) for c in self.text[before + 1 : after]
        )

    def between(self, start: int, end: int) -> str:
        """The text from one place to another."""
        first, last = self.span(start, end)
        return self.text[first:last]

    def places(self, start: int, end: int) -> tuple[int, int]:
        """Characters of the text → places."""
        return bisect_left(self.at, start), bisect_left(self.at, end)

    def words(self, start: int, end: int) -> list[str]:
        """The words from one edge to another, squashed."""
        edges = [place for place in range(start, end + 1) if self.edge(place)]
        return [self.letters[a:b] for a, b in pairwise(edges)]

    def has(self, stem: str, start: int = 0, end: int | None = None) -> bool:
        """Whether a word between two places begins with the stem."""
        letters = squash(stem)
        found = self.letters.find(letters, start, end)
        while found >= 0 and not self.edge(found):
            found = self.letters.find(letters, found + 1, end)
        return found >= 0


class Candidate(NamedTuple):
    """A stretch of letters that a pattern may match; `middle` is where its inserted words begin and end."""

    pattern: Pattern
    start: int
    end: int
    edits: int
    allowed: int
    middle: tuple[int, int] = (0, 0)

    @property
    def weight(self) -> int:
        """Among overlapping candidates of a topic the heaviest is kept: the longest phrase with the fewest edits."""
        head = self.middle[0] - self.start if self.middle[0] else 0
        return len(self.pattern.letters) + head - 3 * self.edits


def find_mentions(text: str, rules: Rules, *, context: str = "") -> list[Mention]:
    """All mentions in a text, by their start. `context` is other text of the article, for what is `defined` in it."""
    page, other = Page(text), Page(context)
    suspects = _suspects(page.letters, _automaton(rules))
    if not suspects:
        return []
    candidates = {c for pattern, about in suspects for c in _candidates(page, pattern, about)}
    return _best(page, [c for c in candidates if not _objection(page, other, c)], rules.version)


def explain(text: str, rules: Rules) -> tuple[list[Mention], list[Rejection]]:
    """The mentions, and what comes within one edit of being one, each with the reason why it is not."""
    page, other = Page(text), Page("")
    starts = [place for place in range(len(page.letters)) if page.edge(place)]
    near = {c for p in _patterns(rules) for start in starts for c in _candidates(page, p, start, slack=1)}
    judged = [(c, _objection(page, other, c)) for c in near]
    mentions = _best(page, [c for c, objection in judged if not objection], rules.version)
    rejected: dict[tuple[str, int, int], Rejection] = {}
    for c, objection in sorted(judged, key=lambda j: (j[0].start, -j[0].weight)):
        start, end, surface = _surface(page, c)
        taken = any(m.topic == c.pattern.rule.topic and m.start < end and start < m.end for m in mentions)
        if objection and not taken:
            reason, _, detail = objection.partition(" ")
            rule = c.pattern.rule
            rejection = Rejection(rule.topic, rule.key, surface, start, end, c.edits, reason, detail)
            rejected.setdefault((rule.key, start, end), rejection)
    return mentions, list(rejected.values())


@lru_cache(maxsize=8)
def _patterns(rules: Rules) -> tuple[Pattern, ...]:
    forms = (pattern for rule in rules.rules for phrase in rule.phrases for pattern in _forms(rule, phrase))
    return tuple({(p.rule, p.letters, p.heads): p for p in forms}.values())


def _allowed(letters: str, rule: Rule) -> int:
    return min(rule.edits, 0 if len(letters) < 7 else 1 if len(letters) < SPLIT_OR_MISSPELT else 2)


def _forms(rule: Rule, phrase: str) -> Iterator[Pattern]:
    """The patterns of a phrase: inflected, as a scanner misreads it, and with words inserted at its `…`."""
    head, _, tail = phrase.rpartition("…")
    for form in _spelt(phrase.replace("…", " ")):
        letters = squash(form)
        k = _allowed(letters, rule)
        yield Pattern(rule, form, letters, k)
        if k == 1:
            for true, misread in LOOKALIKES:
                for at in (m.start() for m in re.finditer(true, letters)):
                    yield Pattern(rule, form, letters[:at] + misread + letters[at + 1 :], k, confused=1)
    if head:
        heads = tuple(sorted({(letters, _allowed(letters, rule)) for letters in map(squash, _spelt(head))}))
        for form in _spelt(tail):
            letters = squash(form)
            yield Pattern(rule, form, letters, _allowed(letters, rule), heads=heads)


def _spelt(phrase: str) -> list[str]:
    words = (" ".join(form.split()) for form in alternatives(phrase))
    return list(dict.fromkeys(form for phrase in words for form in inflections(phrase)))


def _seeds(letters: str, k: int) -> Iterator[tuple[str, int]]:
    """Strings one of which stands whole in all that is k edits from these letters, each with where it ends in them."""
    size = len(letters)
    ends = min(_cuts(size, k), key=lambda cuts: sum(_rate(letters[a:b]) for a, b in pairwise((0, *cuts, size))))
    for a, b in pairwise((0, *ends, size)):
        yield letters[a:b], b
    if ends:
        first, last = ends[0], ends[-1]
        yield letters[: first - 1] + letters[first], first
        if k > 1:
            yield letters[last - 1] + letters[last + 1 :], size


def _cuts(size: int, k: int) -> Iterable[tuple[int, ...]]:
    if k == 0:
        return [()]
    if k == 1:
        return [(cut,) for cut in range(3, size - 2)]
    return [(a, b) for a in range(3, size - 5) for b in range(a + 3, size - 2)]


def _rate(piece: str) -> float:
    """How often a stretch of letters may be expected in French, from the frequency of its letters."""
    return exp(sum(log(COMMON[c] / 100) for c in piece))


@lru_cache(maxsize=8)
def _automaton(rules: Rules) -> ahocorasick.Automaton:
    targets: dict[str, dict[tuple[Pattern, int], None]] = {}
    for pattern in _patterns(rules):
        for seed, end in _seeds(pattern.letters, pattern.allowed):
            targets.setdefault(seed, {})[pattern, end] = None
    automaton = ahocorasick.Automaton()
    for seed, found in targets.items():
        automaton.add_word(seed, tuple((p, end, p.letters, p.allowed, len(p.letters) - p.allowed) for p, end in found))
    automaton.make_automaton()
    return automaton


def _suspects(letters: str, automaton: ahocorasick.Automaton) -> set[tuple[Pattern, int]]:
    """Patterns with about where they would begin, when all their letters but the allowed stand there in order."""
    suspects = set()
    for last, targets in automaton.iter(letters):
        for pattern, end, wanted, allowed, enough in targets:
            about = last + 1 - end
            window = letters[max(0, about - allowed) : about + len(wanted) + allowed]
            if LCSseq.similarity(wanted, window, score_cutoff=enough):
                suspects.add((pattern, about))
    return suspects


def _candidates(page: Page, pattern: Pattern, about: int, slack: int = 0) -> Iterator[Candidate]:
    """Every stretch from edge to edge about there that is within the allowed edits of the pattern."""
    most = pattern.allowed + slack
    last = about + len(pattern.letters)
    starts = [i for i in range(max(0, about - most), about + most + 1) if page.edge(i)]
    ends = [j for j in range(last - most, min(last + most, len(page.letters)) + 1) if starts and page.edge(j)]
    for i in starts:
        for j in ends:
            edits = OSA.distance(page.letters[i:j], pattern.letters, score_cutoff=most) if i < j else most + 1
            if edits <= most and pattern.heads:
                yield from _headed(page, pattern, i, j, edits)
            elif edits <= most:
                yield Candidate(pattern, i, j, edits + pattern.confused, pattern.allowed)


def _headed(page: Page, pattern: Pattern, tail: int, end: int, edits: int) -> Iterator[Candidate]:
    """The candidates whose head stands before this tail, with one to `insert` words between."""
    middle = tail
    for _ in range(pattern.rule.insert):
        middle = _word_before(page, middle)
        if middle <= 0:
            return
        for head, allowed in pattern.heads:
            for start in range(max(0, middle - len(head) - allowed), middle - len(head) + allowed + 1):
                more = OSA.distance(page.letters[start:middle], head, score_cutoff=allowed)
                if more <= allowed and page.edge(start):
                    yield Candidate(
                        pattern, start, end, edits + more, min(2, pattern.allowed + allowed), (middle, tail)
                    )


def _word_before(page: Page, place: int) -> int:
    """Where the word before this place begins; 0 when it is longer than 30 letters."""
    return next((p for p in range(place - 1, max(0, place - 30), -1) if page.edge(p)), 0)


def _objection(page: Page, other: Page, c: Candidate) -> str:
    """Why a candidate is no mention, as a key of REASONS and what it is about; empty when it is one."""
    rule = c.pattern.rule
    if c.edits - c.pattern.confused > c.allowed:
        return f"edits {c.edits} > {c.allowed}"
    if shape := _misshapen(page, c):
        return shape
    if exception := next((n for n in _exceptions(rule) if _overlaps(page, n, c)), ""):
        return f"exception {exception}"
    if not (rule.near or rule.far or rule.defined):
        return ""
    return _unsupported(page, other, c)


def _misshapen(page: Page, c: Candidate) -> str:
    """The objections to how a candidate is written."""
    rule, size = c.pattern.rule, len(c.pattern.letters)
    middle, tail = c.middle
    whole, last = page.between(c.start, c.end), page.between(tail or c.start, c.end)
    if size <= ACRONYM and not middle:
        return "" if _is_acronym(whole, c.pattern.written) else "split"
    if BREAK.search(whole) or PAUSE.search(last) or (middle and PAUSE.search(page.between(c.start, middle))):
        return "break"
    if size < SPLIT_OR_MISSPELT and c.edits and len(BLANK.findall(last)) > c.pattern.written.count(" "):
        return "split"
    if rule.case and not all(
        a.isupper() for a, b in zip(_letters(last), _letters(c.pattern.written), strict=False) if b.isupper()
    ):
        return "case"
    if middle and (refused := set(page.words(middle, tail)) & set(map(squash, rule.unless))):
        return f"inserted {min(refused)}"
    return ""


def _letters(text: str) -> list[str]:
    return [c for c in text if c.isalpha()]


def _is_acronym(surface: str, written: str) -> bool:
    """Whether the letters stand together, or with a dot after each, or with the hyphen of the phrase."""
    seen = "".join(c for c in surface if c not in INVISIBLE and not unicodedata.combining(c))
    hyphenated = "-" in written and seen.translate(dict.fromkeys(map(ord, HYPHENS))).isalpha()
    return seen.isalpha() or hyphenated or DOTTED.fullmatch(seen) is not None


@lru_cache(maxsize=512)
def _exceptions(rule: Rule) -> tuple[str, ...]:
    return tuple(dict.fromkeys(squash(form) for phrase in rule.not_ for form in _spelt(phrase)))


def _overlaps(page: Page, exception: str, c: Candidate) -> bool:
    """Whether the exception's words stand, spelt right, on part of the candidate."""
    upper = c.end + len(exception) - 1
    found = page.letters.find(exception, max(0, c.start - len(exception) + 1), upper)
    while found >= 0 and not (page.edge(found) and page.edge(found + len(exception))):
        found = page.letters.find(exception, found + 1, upper)
    return found >= 0


def _unsupported(page: Page, other: Page, c: Candidate) -> str:
    """The objections of the context: the sentence tells of something else, or nothing tells of this."""
    rule, (start, end) = c.pattern.rule, page.span(c.start, c.end)
    lower, upper = sentence_span(page.text, start, end)
    sentence = page.places(lower, upper)
    if stem := next((s for s in rule.far if page.has(s, *sentence)), ""):
        return f"elsewhere {stem}"
    around = page.places(min(lower, start - rule.within), max(upper, end + rule.within))
    supported = (
        not (rule.near or rule.defined)
        or any(page.has(stem, *around) for stem in rule.near)
        or any(p.has(term) for term in rule.defined for p in (page, other))
    )
    return "" if supported else "context"


def sentence_span(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the sentence around a stretch of text begins and ends: SENTENCE characters at most."""
    lower, upper = max(0, start - SENTENCE), min(len(text), end + SENTENCE)
    for before in END.finditer(text, lower, min(len(text), start + 2)):
        if before.end() <= start:
            lower = before.end()
    if stop := END.search(text, end):
        upper = min(upper, stop.end())
    if upper - lower > SENTENCE:
        spare = max(0, SENTENCE - (end - start)) // 2
        lower, upper = max(lower, start - spare), min(upper, end + spare)
    while lower < start and text[lower].isspace():
        lower += 1
    while upper > end and text[upper - 1].isspace():
        upper -= 1
    return lower, upper


def _surface(page: Page, c: Candidate) -> tuple[int, int, str]:
    """Where the candidate stands in the text as it was given: the last dot of an acronym is its own."""
    start, end = page.span(c.start, c.end)
    start, end = page.origin[start], page.origin[end - 1] + 1
    surface = page.original[start:end]
    if len(c.pattern.letters) <= ACRONYM and "." in surface and page.original[end : end + 1] == ".":
        end += 1
    return start, end, page.original[start:end]


def _best(page: Page, candidates: list[Candidate], version: str) -> list[Mention]:
    """For each topic the heaviest candidates of which no two overlap, as mentions, by their start."""
    mentions = []
    taken: dict[str, list[tuple[int, int]]] = {}
    for c in sorted(candidates, key=lambda c: (-c.weight, c.start, c.end, c.edits, c.pattern.rule.key)):
        rule = c.pattern.rule
        rows = taken.setdefault(rule.topic, [])
        after = bisect_left(rows, (c.start, c.end))
        if (after and rows[after - 1][1] > c.start) or (after < len(rows) and rows[after][0] < c.end):
            continue
        insort(rows, (c.start, c.end))
        start, end, surface = _surface(page, c)
        lower, upper = sentence_span(page.original, start, end)
        sentence = page.original[lower:upper]
        mentions.append(Mention(rule.topic, rule.key, surface, start, end, c.edits, sentence, version))
    return sorted(mentions, key=lambda m: (m.start, m.end, m.topic))


def failing_examples(rules: Rules) -> list[str]:
    """The examples that do not hold, each as one sentence with its rule and the cure."""
    return [
        f"[{rule.key}] {name}: {text!r} {'should' if expected else 'must not'} be {rule.topic}; mend the rule or the example"
        for rule in rules.rules
        for name, expected in (("found", True), ("not_found", False))
        for text in getattr(rule, name)
        if any(m.topic == rule.topic for m in find_mentions(text, rules)) is not expected
    ]
