"""One sentence as stretches: where reported words begin after a verb, where they end, what is quoted in them."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.speech.grammar import Grammar, Verb
from pipeline.speech.phrases import OF, Phrases, Span
from pipeline.speech.quotes import Page, Token
from pipeline.speech.speakers import Phrase
from pipeline.speech.verbs import VerbPhrase, verb_phrases

LONG = 8  # words of a quotation that is no title and no word held at arm's length
REACH = 25  # words between a verb and what it announces
THAT = ("que", "qu'")
ENDS = frozenset((".", "?", "!", "…", "...", ",", ";", ":", ")", "(", "–", "—", "-"))
TIMED = ("la", "le", "l'", "ce", "cette")  # « la veille », « ce jeudi »
COMPLETED = ("avoir", "être")  # an infinitive that tells what has been


@dataclass(frozen=True, slots=True)
class Said:
    """A statement as a rule finds it: stretches of the text, the speaker's phrase, the sentence, the verb."""

    parts: tuple[Span, ...]
    direct: bool
    phrase: Phrase
    why: str
    sentence: Span
    verb: Verb | None = None
    written: str = ""


class Clause:
    """The words of a sentence; `size` counts them without the signs that end it."""

    def __init__(self, page: Page, grammar: Grammar, phrases: Phrases, tokens: tuple[Token, ...]) -> None:
        self.page, self.grammar, self.words, self.phrases = page, grammar, grammar.words, phrases
        self.tokens = tokens
        self.verbs = list(verb_phrases(tokens, grammar))
        self.size = len(tokens)
        while self.size and tokens[self.size - 1].low in ENDS:
            self.size -= 1
        self.asks = any(token.low == "?" for token in tokens[self.size :])

    def low(self, at: int) -> str:
        """The word at a place, in lower case; empty beyond the sentence."""
        return self.tokens[at].low if 0 <= at < len(self.tokens) else ""

    def quoted(self, at: int) -> bool:
        """Whether a quotation stands at a place."""
        return 0 <= at < len(self.tokens) and self.tokens[at].quote >= 0

    def reported(self, verb: VerbPhrase) -> tuple[int, str]:
        """Where the words reported by a verb begin, and by which rule; (-1, "") when it reports none."""
        takes = verb.verb.takes
        at = self._past_adjuncts(verb.end)
        if "inf" in takes and self.infinitive(at):
            return at, "infinitive"
        if "de" in takes:
            for k in range(verb.end, min(self.size - 1, verb.end + REACH // 2)):
                if self.low(k) in ("de", "d'") and self._is_infinitive(k + 1):
                    return k + 1, "request"
        first = self.low(verb.end) if verb.end < self.size else ""
        if "object" in takes and (first in ("tout", "toute") or first in self.words["determiners"]):
            return verb.end, "object"
        if at < self.size:
            if self.low(at) in THAT and "que" in takes and self.low(at - 1) not in self.words["not_that"]:
                return self._past_insertion(verb.end, at) + 1, "reported"
            if self.low(at) in self.words["asked"] and "si" in takes:
                return at + (self.low(at) in ("si", "s'")), "reported"
        return -1, ""

    def _past_insertion(self, start: int, at: int) -> int:
        """« indique, dans un courrier que nous avons lu, que … »: the « que » after what a comma inserts."""
        if self.low(start) != "," or at == start + 1:
            return at
        return next((k for k in range(at + 2, self.size) if self.low(k) in THAT and self.low(k - 1) == ","), at)

    def _past_adjuncts(self, at: int) -> int:
        """The place past adverbs, adjuncts and insertions that may stand between a verb and its « que »."""
        words, end = self.words, min(self.size, at + REACH)
        while at < end:
            low = self.low(at)
            timed = self.low(at + 1) in words["times"] or self.low(at + 1).isdigit()
            if low in words["prepositions"] or low in OF:
                at = self.phrases.end(self.tokens, at + 1, end)
            elif low in TIMED and timed and at + 1 < end:
                at += 2
            elif low == "," or low.isdigit() or low.endswith("ment") or any(low in words[key] for key in PASSED):
                at += 1
            else:
                break
        return at

    def infinitive(self, at: int) -> int:
        """The place of an infinitive that begins here, after its negation and pronouns; 0 for none."""
        while at < self.size and self.low(at) in self.words["before_infinitives"]:
            at += 1
        return at if self._is_infinitive(at) else 0

    def is_completed(self, at: int) -> bool:
        """Whether the infinitive there tells what has been, not what is meant to be done."""
        return self.low(self.infinitive(at)) in COMPLETED

    def _is_infinitive(self, at: int) -> bool:
        if at >= self.size or self.tokens[at].capital or self.quoted(at):
            return False
        low = self.low(at)
        if low in self.words["infinitives"]:
            return True
        noun = low in self.grammar.nouns or low in self.words["not_infinitives"]
        return low.endswith(("er", "ir", "oir")) and len(low) > 3 and not noun

    def end(self, start: int) -> int:
        """Where the reported words end that begin at a place: before what may be the journalist's again."""
        for k in range(start + 1, self.size):
            low, after, beyond = self.low(k), self.low(k + 1), self.low(k + 2)
            if low in (";", ":") or (low in ("tandis", "alors") and after in THAT):
                return k - (self.low(k - 1) == ",")
            if low == "," and (
                after == "selon"
                or (after in ("mais", "or") and beyond not in THAT)
                or (after == "ce" and beyond in ("que", "qu'", "qui"))
                or any(verb.start == k + 1 and verb.pronoun >= 0 for verb in self.verbs)
            ):
                return k
        return self.size

    def stretches(self, start: int, end: int) -> tuple[tuple[Span, ...], bool]:
        """Some words as stretches of the text, and whether all of them are quoted."""
        while start < end and self.low(end - 1) in ENDS:
            end -= 1
        while start < end and self.low(start) in ENDS:
            start += 1
        first = start
        while first < end and (self.low(first) in ENDS or self.low(first) in self.words["openers"]):
            first += 1
        inside = [k for k in range(first, end) if self.quoted(k)]
        if inside and all(self.quoted(k) or self.low(k) in ENDS or self.low(k) == "et" for k in range(first, end)):
            return tuple(self.inner(k) for k in inside), True
        return (self.span(start, max(end, start + 1)),), False

    def inner(self, at: int) -> Span:
        """Where the words of the quotation at a place stand."""
        return self.page.quotes[self.tokens[at].quote][:2]

    def is_long(self, at: int) -> bool:
        """Whether a quotation stands there that is long enough to be surely said by somebody."""
        return self.quoted(at) and len(self.page.text[slice(*self.inner(at))].split()) >= LONG

    def span(self, start: int, end: int) -> Span:
        """Where the words from one place to another stand."""
        return self.tokens[start].start, self.tokens[end - 1].end

    def before(self, place: int) -> str:
        """The word before what stands at a place of the text."""
        return self.low(next((k for k, token in enumerate(self.tokens) if token.end > place), 0) - 1)


PASSED = ("adverbs", "times", "dated")
