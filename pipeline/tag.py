"""(Text, rules) → mentions: every place where a phrase stands, whatever was done to its spelling, and nothing else.

**What a match is.** A text is squashed to its letters a-z: case, accents, hyphens, apostrophes, blanks and dots are
gone, so that most disguises of a phrase are equal to it. A phrase matches a stretch of letters that begins where a word
begins, ends where one ends, and is at an optimal string alignment (OSA) distance of at most k: letters put in, left out
or changed, neighbours swapped, none of them twice; k is 0 under 7 letters, 1 under 12, 2 from there. The stretch holds
no end of a sentence or paragraph, no comma. Up to four letters are an acronym: whole, or with a dot after each. Under
twelve letters a phrase is misspelt or split by blanks, never both, but for a blank before its inner capital (« Brief
Carn »). At a `…` of the phrase, words may stand.

**How it is found.** A phrase cut into k + 1 pieces keeps one of them whole when k edits fall on it (pigeonhole
filtering: G. Navarro, « A guided tour to approximate string matching », ACM Computing Surveys 33, 2001), but for a
swap across a cut, which gets a seed of its own. One Aho-Corasick pass finds all seeds of all phrases; cuts are made
where French is rare. What stands around a seed must hold the letters that its phrases share but k, in their order: one
call that ends nearly all. Only what is left is looked at with its words, signs and context. Every step looks at a
bounded stretch, so time grows with the length of the text and with nothing else.
"""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections.abc import Container, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from itertools import combinations, pairwise, product
from math import prod
from typing import NamedTuple

import ahocorasick
from rapidfuzz.distance import OSA, LCSseq

from pipeline.letters import BREAK, WORD, Page, as_written, is_acronym, is_split, squash
from pipeline.records import Mention
from pipeline.rules import MOST_EDITS, MOST_LETTERS, Rule, Rules, forms

ACRONYM, LONG = 4, 12  # letters: up to the one nothing may stand inside; from the other on two edits are allowed
LOOKALIKES = (("m", "rn"), ("d", "cl"), ("w", "vv"))  # what scanners take for one another, beyond a single edit
MARGIN = " " * 3 * MOST_LETTERS  # before the letters, so that none is looked for before their beginning

HALT, PAUSE = re.compile(r"[;:|]"), re.compile(r",|\s[-–—]\s")


class Mate(NamedTuple):
    """What may stand on the other side of a `…`, with the edits allowed to it and the seeds one of which it keeps."""

    letters: str
    allowed: int
    seeds: tuple[str, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Pattern:
    """One form of a phrase, or of the rarer side of its `…`: then one of `mates` must stand on its other side."""

    rule: Rule
    written: str
    letters: str
    allowed: int
    confused: int = 0
    mates: tuple[Mate, ...] = ()
    ahead: bool = False


class Look(NamedTuple):
    """A seed's neighbourhood, from and to its last letter, must hold `least` of the letters that the patterns share."""

    before: int
    after: int
    shared: str
    least: int
    sown: tuple[tuple[Pattern, int], ...]


class Candidate(NamedTuple):
    """A stretch of letters that a pattern may match, in one part or two; `over` counts the edits beyond the allowed."""

    pattern: Pattern
    parts: tuple[tuple[int, int], ...]
    edits: int
    over: int

    @property
    def weight(self) -> int:
        """Of overlapping candidates of a topic the heaviest stays: the longest, an edit costing three letters.

        What is inserted costs a letter for four, so that « caméras intelligentes, caméras augmentées » are two.
        """
        inserted = self.parts[-1][0] - self.parts[0][1] if len(self.parts) > 1 else 0
        return sum(end - start for start, end in self.parts) - 3 * self.edits - len(self.parts) - inserted // 4


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
    detail: str


REASONS = {
    "edits": ("trop d'écarts", "too many edits"),
    "break": ("passe une fin de phrase ou une virgule", "crosses the end of a sentence or a comma"),
    "split": ("coupé par un blanc", "split by a blank"),
    "case": ("autres capitales", "other capitals"),
    "inserted": ("mot inséré refusé", "inserted word refused"),
    "exception": ("exception", "exception"),
    "elsewhere": ("la phrase parle d'autre chose", "the sentence tells of something else"),
    "context": ("rien alentour ne l'appuie", "nothing around supports it"),
}


def find_mentions(text: str, rules: Rules, *, context: str = "") -> list[Mention]:
    """All mentions in a text, by their start. `context` is the article's other text, for what is `defined` in it."""
    page = Page(text)
    suspects = _suspects(page.letters, _automaton(rules))
    candidates = {c for pattern, about in suspects for c in _candidates(page, pattern, about)}
    return _best(page, Page(context), candidates, rules) if candidates else []


def explain(text: str, rules: Rules) -> tuple[list[Mention], list[Rejection]]:
    """The mentions, and what comes within one edit of being one, each with the reason why it is not."""
    page, other = Page(text), Page("")
    starts = [place for place in range(len(page.letters)) if page.edge(place)]
    near = {c for p in _patterns(rules) for start in starts for c in _candidates(page, p, start, slack=1)}
    mentions = _best(page, other, near, rules)
    rejected: dict[tuple[str, int], Rejection] = {}
    for c in sorted(near, key=lambda c: (c.over, -c.weight, c.parts)):
        rule, span, objection = c.pattern.rule, _span(page, c), next(_objections(page, other, c), None)
        start, end = page.origin[span[0]], page.origin[span[1] - 1] + 1
        if objection and not any(m.topic == rule.topic and m.start < end and start < m.end for m in mentions):
            rejection = Rejection(rule.topic, rule.key, page.given(*span), start, end, c.edits, *objection)
            rejected.setdefault((rule.key, start), rejection)
    return mentions, sorted(rejected.values(), key=lambda r: (r.start, r.end, r.rule))


@lru_cache(maxsize=8)
def _patterns(rules: Rules) -> tuple[Pattern, ...]:
    found = (pattern for rule in rules.rules for phrase in rule.phrases for pattern in _spelt(rule, phrase))
    return tuple({(p.rule, p.letters, p.mates): p for p in found}.values())


def _spelt(rule: Rule, phrase: str) -> Iterator[Pattern]:
    """The patterns of a phrase: in all forms, as scanners misread them, and with words inserted at the `…`."""
    for written, letters, k in sized_forms(rule, phrase.replace("…", "")):
        yield Pattern(rule, written, letters, k)
        for true, misread in LOOKALIKES if k == 1 else ():
            for found in re.finditer(true, letters):
                yield Pattern(rule, written, letters[: found.start()] + misread + letters[found.end() :], k, confused=1)
    if "…" in phrase:
        sides = [sized_forms(rule, side) for side in phrase.split("…")]
        before, after = (sum(_rate(seed) for _, s, k in side for seed, _ in _seeds(s, k)) for side in sides)
        ahead = before < after
        anchors, others = sides if ahead else reversed(sides)
        mates = tuple(Mate(letters, k, tuple(seed for seed, _ in _seeds(letters, k))) for _, letters, k in others)
        for written, letters, k in anchors:
            yield Pattern(rule, written, letters, k, mates=mates, ahead=ahead)


def sized_forms(rule: Rule, phrase: str) -> list[tuple[str, str, int]]:
    """The forms of a phrase, each with its letters and the edits allowed to so many."""
    sizes = [(form, squash(form)) for form in forms(phrase)]
    return [(form, s, min(rule.edits, 0 if len(s) < 7 else 1 if len(s) < LONG else 2)) for form, s in sizes]


def _seeds(letters: str, k: int, known: Container[str] = ()) -> list[tuple[str, int]]:
    """Strings one of which stands whole in whatever is k edits from these letters, each with where it ends in them.

    They are cut where French is rare; a seed that is `known`, since others have it, costs little.
    """
    size = len(letters)
    cuts = {size * part // (k + 1) + by for part in range(1, k + 1) for by in (-3, -2, -1, 0, 1, 2, 3)}
    splits = [(0, *chosen, size) for chosen in combinations(sorted(cuts), k)]
    fit = [_cut(letters, split) for split in splits if all(b - a > 2 for a, b in pairwise(split))]
    return min(fit, key=lambda seeds: sum(_rate(seed) * (0.2 if seed in known else 1) for seed, _ in seeds))


def _cut(letters: str, split: tuple[int, ...]) -> list[tuple[str, int]]:
    """The pieces, and for a swap across the first or the last cut the outer piece as it is then."""
    seeds = [(letters[a:b], b) for a, b in pairwise(split)]
    if len(split) > 2:
        seeds.append((letters[: split[1] - 1] + letters[split[1]], split[1]))
    if len(split) > 3:
        seeds.append((letters[split[-2] - 1] + letters[split[-2] + 1 :], len(letters)))
    return seeds


@cache
def _rate(piece: str) -> float:
    """How often a stretch of letters is to be expected in French: as in a little prose, or by its letters alone."""
    prose = _prose()
    return prod(map(_letter_rate, piece)) + prose.count(piece) / len(prose)


@cache
def _letter_rate(letter: str) -> float:
    prose = _prose()
    return (prose.count(letter) + 1) / len(prose)


@cache
def _prose() -> str:
    return squash(resources.files("pipeline").joinpath("prose.txt").read_text(encoding="utf-8"))


@lru_cache(maxsize=8)
def _automaton(rules: Rules) -> ahocorasick.Automaton:
    """Finds every seed of every pattern, and says how to look about it."""
    found: dict[str, list[tuple[Pattern, int]]] = {}
    for pattern in _patterns(rules):
        for seed, end in _seeds(pattern.letters, pattern.allowed, found):
            found.setdefault(seed, []).append((pattern, end))
    automaton = ahocorasick.Automaton()
    for seed, sown in found.items():
        automaton.add_word(seed, tuple(_looks(sown)))
    automaton.make_automaton()
    return automaton


def _looks(sown: list[tuple[Pattern, int]]) -> Iterator[Look]:
    """Patterns that share a seed, those that share most of their letters looked at together."""
    groups: list[tuple[str, list[tuple[Pattern, int]]]] = []
    for pattern, end in sorted(sown, key=lambda one: len(one[0].letters)):
        for at, (core, members) in enumerate(groups):
            alike = LCSseq.editops(core, pattern.letters).as_matching_blocks()
            shared = "".join(core[block.a : block.a + block.size] for block in alike)
            if 5 * len(shared) >= 4 * len(pattern.letters):
                groups[at] = shared, [*members, (pattern, end)]
                break
        else:
            groups.append((pattern.letters, [(pattern, end)]))
    for core, members in groups:
        before = max(end + p.allowed for p, end in members) - 1
        after = max(len(p.letters) - end + p.allowed for p, end in members) + 1
        yield Look(-before, after, core, len(core) - max(p.allowed for p, _ in members), tuple(members))


def _suspects(letters: str, automaton: ahocorasick.Automaton) -> set[tuple[Pattern, int]]:
    """Patterns with the place about which they would begin, where the letters they share but the allowed stand."""
    padded, common = MARGIN + letters, LCSseq.similarity
    return {
        (pattern, last + 1 - end - len(MARGIN))
        for last, looks in automaton.iter(padded, len(MARGIN))
        for before, after, core, least, sown in looks
        if common(core, padded[last + before : last + after], score_cutoff=least)
        for pattern, end in sown
    }


def _candidates(page: Page, pattern: Pattern, about: int, slack: int = 0) -> Iterator[Candidate]:
    """Every stretch about there, from edge to edge, within the allowed edits of the pattern and the slack."""
    for start, end, edits in _stretches(page, pattern.letters, about, pattern.allowed + slack):
        if not pattern.mates:
            yield Candidate(pattern, ((start, end),), edits + pattern.confused, edits - pattern.allowed)
            continue
        reach = WORD * pattern.rule.insert + MOST_LETTERS + MOST_EDITS
        near = page.letters[end : end + reach] if pattern.ahead else page.letters[max(0, start - reach) : start]
        for mate in pattern.mates:
            if any(map(near.__contains__, mate.seeds)):
                yield from _with_mate(page, pattern, (start, end), edits, mate)


def _with_mate(page: Page, pattern: Pattern, own: tuple[int, int], edits: int, mate: Mate) -> Iterator[Candidate]:
    """The candidates that have one to `insert` words between a stretch and its mate."""
    place = own[pattern.ahead]
    for _ in range(pattern.rule.insert):
        place = page.next_edge(place, 1 if pattern.ahead else -1)
        if not place:
            return
        about = place if pattern.ahead else place - len(mate.letters)
        for start, end, more in _stretches(page, mate.letters, about, mate.allowed):
            if place == (start if pattern.ahead else end):
                parts = (own, (start, end)) if pattern.ahead else ((start, end), own)
                over = max(edits - pattern.allowed, edits + more - min(2, pattern.allowed + mate.allowed))
                yield Candidate(pattern, parts, edits + more, over)


def _stretches(page: Page, letters: str, about: int, most: int) -> list[tuple[int, int, int]]:
    """Stretches from edge to edge that begin about a place and are at most so many edits from these letters."""
    key = letters, about, most
    if key not in page.near:
        page.near[key] = list(_compared(page, *key))
    return page.near[key]


def _compared(page: Page, letters: str, about: int, most: int) -> Iterator[tuple[int, int, int]]:
    last, size = about + len(letters), len(page.letters)
    first, furthest = max(0, about - most), min(size, last + most)
    if not LCSseq.similarity(letters, page.letters[first:furthest], score_cutoff=len(letters) - most):
        return
    starts = [place for place in range(first, min(size, about + most + 1)) if page.edge(place)]
    ends = [place for place in range(max(0, last - most), furthest + 1) if starts and page.edge(place)]
    for start, end in product(starts, ends):
        edits = OSA.distance(page.letters[start:end], letters, score_cutoff=most)
        if start < end and edits <= most:
            yield start, end, edits


def _objections(page: Page, other: Page, c: Candidate) -> Iterator[tuple[str, str]]:
    """Why a candidate is no mention: keys of REASONS, each with what it is about; the cheap ones first."""
    rule, written = c.pattern.rule, c.pattern.written
    start, end = c.parts[0][0], c.parts[-1][1]
    whole, texts = page.between(start, end), [page.between(*part) for part in c.parts]
    if c.over > 0:
        yield "edits", f"+{c.over}"
    if len(c.pattern.letters) <= ACRONYM:
        if not is_acronym(whole, written):
            yield "split", ""
    elif BREAK.search(whole) or HALT.search(whole) or any(map(PAUSE.search, texts)):
        yield "break", ""
    elif len(c.pattern.letters) < LONG and c.edits and is_split(texts[0], written):
        yield "split", ""
    if rule.case and not as_written(whole, written):
        yield "case", ""
    for word in rule.unless if len(c.parts) > 1 else ():
        if any(page.words(squash(word), c.parts[0][1], c.parts[1][0], whole=True)):
            yield "inserted", word
    for exception in _exceptions(rule):
        size = len(exception)
        for place in page.words(exception, max(0, start - size + 1), end + size - 1, whole=True):
            if c.edits or place < start or place + size > end:
                yield "exception", exception
    if rule.near or rule.far or rule.defined:
        yield from _unsupported(page, other, rule, page.at(start), page.at(end - 1) + 1)


def _unsupported(page: Page, other: Page, rule: Rule, start: int, end: int) -> Iterator[tuple[str, str]]:
    """The objections of the context of a stretch of the text."""
    lower, upper = page.sentence(start, end)
    sentence = page.place(lower), page.place(upper)
    for stem in rule.far:
        if page.tells(stem, *sentence):
            yield "elsewhere", stem
    around = (
        page.place(max(0, min(lower, start - rule.within))),
        page.place(min(len(page.text), max(upper, end + rule.within))),
    )
    if (
        (rule.near or rule.defined)
        and not any(page.tells(stem, *around) for stem in rule.near)
        and not any(page.tells(term) or other.tells(term) for term in rule.defined)
    ):
        yield "context", ""


@cache
def _exceptions(rule: Rule) -> tuple[str, ...]:
    return tuple(squash(form) for phrase in rule.not_ for form in forms(phrase))


def _best(page: Page, other: Page, candidates: set[Candidate], rules: Rules) -> list[Mention]:
    """For each topic the heaviest candidates without objection, of which no two overlap, as mentions by their start."""
    mentions = []
    taken: dict[str, list[tuple[int, int]]] = {}
    for c in sorted(candidates, key=lambda c: (bool(c.pattern.rule.yields), -c.weight, c.parts, c.pattern.rule.key)):
        rule, (start, end) = c.pattern.rule, _span(page, c)
        free = all(_is_free(taken.get(topic, []), start, end) for topic in (rule.topic, *rule.yields))
        if free and next(_objections(page, other, c), None) is None:
            insort(taken.setdefault(rule.topic, []), (start, end))
            sentence = page.given(*page.sentence(start, end))
            surface, first, last = page.given(start, end), page.origin[start], page.origin[end - 1] + 1
            mentions.append(Mention(rule.topic, rule.key, surface, first, last, c.edits, sentence, rules.version))
    return sorted(mentions, key=lambda m: (m.start, m.end, m.topic))


def _span(page: Page, c: Candidate) -> tuple[int, int]:
    """From which to which offset of the text a candidate stands; the last dot of a dotted acronym belongs to it."""
    start, end = page.at(c.parts[0][0]), page.at(c.parts[-1][1] - 1) + 1
    dotted = len(c.pattern.letters) <= ACRONYM and "." in page.text[start:end] and page.text[end : end + 1] == "."
    return start, end + dotted


def _is_free(taken: list[tuple[int, int]], start: int, end: int) -> bool:
    after = bisect_left(taken, (start, end))
    return (not after or taken[after - 1][1] <= start) and (after == len(taken) or taken[after][0] >= end)
