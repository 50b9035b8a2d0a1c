"""Noun phrases by their edges: where one begins, where French must begin something else, what its head noun is.

There is no list of all nouns. A phrase begins at a determiner or a name that no preposition governs; it ends before a
word that no phrase goes on with: a preposition other than « de », a conjunction, an auxiliary, a sign.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.speech.grammar import Grammar
from pipeline.speech.quotes import Page, Token

LONGEST = 16  # words of a phrase
NOUN = 7  # words at most of a noun or name that is looked up
OF = frozenset(("de", "du", "des", "d'"))
TITLES = {
    "m": "m",
    "mm": "m",
    "mme": "f",
    "mmes": "f",
    "madame": "f",
    "monsieur": "m",
    "me": "",
    "dr": "",
    "maître": "",
}
PRONOUNS = {"il": "m", "elle": "f", "ils": "m", "elles": "f", "lui": "m", "eux": "m"}
SILENT = ("", "things", "document")

Span = tuple[int, int]


class Phrases:
    """Reads the phrases of one page. `names` are the institutions' names that the page itself tells."""

    def __init__(self, page: Page, grammar: Grammar) -> None:
        self.grammar, self.words = grammar, grammar.words
        self.names: dict[str, tuple[str, str]] = {}
        self.capitals = {
            token.low
            for sentence in page.sentences
            for token in sentence.tokens[1:]
            if token.capital and token.quote < 0
        }

    def chunks(
        self, tokens: Sequence[Token], at: int, limit: int, plural: bool = False, *, strict: bool = False
    ) -> Iterator[Span]:
        """Phrases of a stretch that no preposition governs and that tell no time, each as its first and last place."""
        k = at
        while k < limit:
            low = tokens[k].low
            if self._is_own_side(tokens, k + 1, limit):
                k += 3
            elif low in self.words["prepositions"] or (low in OF and not (low == "des" and k == at)):
                k = self.end(tokens, k + 1, limit, plural)
            elif self._begins(tokens, k):
                end = self.end(tokens, k, limit, plural, strict=strict)
                if not self._is_time(tokens, k, end):
                    yield k, end
                k = max(end, k + 1)
            else:
                k += 1

    def end(
        self, tokens: Sequence[Token], start: int, limit: int, plural: bool = False, *, strict: bool = False
    ) -> int:
        """Where the phrase ends that begins at a place. `plural`: it may be two, joined by « et ».

        `strict`: a verb that is not known may follow, so that after the noun only what looks like an adjective goes on.
        """
        limit = min(limit, start + LONGEST)
        if start >= limit or tokens[start].low in PRONOUNS:
            return min(start + 1, max(limit, start))
        head = tokens[start].low if tokens[start].low in self.grammar.nouns else ""
        k = start + 1
        while k < limit and self._goes_on(tokens, start, k, head, plural=plural, strict=strict):
            if not head and tokens[k].low in self.grammar.nouns:
                head = tokens[k].low
            k += 1
        loose = self.words["loose_ends"] | self.words["prepositions"] | OF
        while k > start + 1 and tokens[k - 1].low in loose:
            k -= 1
        return k

    def is_name(self, tokens: Sequence[Token], k: int) -> bool:
        """Whether a proper name stands at a place; at the head of a sentence a capital alone does not make one."""
        token = tokens[k]
        if not token.capital or token.quote >= 0:
            return False
        if token.low in TITLES:
            return True
        if token.low in self.grammar.forms or any(token.low in self.words[key] for key in NO_NAMES):
            return False
        if k and tokens[k - 1].low not in (".", ":", "?", "!") and tokens[k - 1].quote < 0:
            return True
        if token.low in self.grammar.first_names or token.low in self.grammar.names or token.low in self.capitals:
            return True
        after = [token for token in tokens[k + 1 : k + 3] if token.quote < 0]
        aged = len(after) == 2 and after[0].low == "," and after[1].low.isdigit()
        return aged or (bool(after) and after[0].capital)

    def is_person(self, tokens: Sequence[Token], start: int, end: int) -> bool:
        """Whether these words are a person's name: a title or a known first name, or two or three capitals."""
        low = tokens[start].low
        if not tokens[start].capital or low in self.grammar.first_names or low in TITLES:
            return tokens[start].capital
        known = low in self.grammar.names or low in self.names or low in self.grammar.nouns
        rest = [token for token in tokens[start + 1 : end] if token.low not in self.words["particles"]]
        named = not known and low not in self.words["determiners"]
        return named and 1 <= len(rest) <= 2 and all(token.capital for token in rest)

    def is_apposition(self, tokens: Sequence[Token], start: int, stop: int, *, named: bool = False) -> bool:
        """Whether the words after a comma tell who somebody is: a title, an age, « de Roubaix », a name.

        Beside a name the title may have its article.
        """
        if start >= stop:
            return False
        if tokens[start].low.isdigit() or self.is_person(tokens, start, self.end(tokens, start, stop)):
            return True
        kind, at, _ = self.kind(tokens, start, min(stop, start + 5))
        if tokens[start].low in OF:
            return start + 1 < len(tokens) and (kind != "" or self.is_name(tokens, start + 1))
        return kind not in SILENT and (at == start or (named and at <= start + 2))

    def kind(self, tokens: Sequence[Token], start: int, end: int) -> tuple[str, int, int]:
        """The class of the first noun or name known in a stretch, with its first and last place; else ""."""
        for k in range(start, end):
            if tokens[k].low in self.words["authority"] and "cnil" in self.capitals and k + 1 == end:
                return "cnil", k, k + 1
            for size in range(min(NOUN, end - k), 0, -1):
                words = " ".join(token.low for token in tokens[k : k + size])
                found = self.grammar.names.get(words) or self.names.get(words)
                if found and (tokens[k].capital or size > 1):
                    return found[0], k, k + size
                if words in self.grammar.nouns:
                    return self.grammar.nouns[words], k, k + size
            if tokens[k].low in self.words["things"]:
                return "things", k, k + 1
        return "", start, start

    def proper(self, tokens: Sequence[Token], start: int, end: int) -> Span | None:
        """The first run of capitals in a stretch, up to a person's first name."""
        first = next((k for k in range(start, end) if tokens[k].capital and tokens[k].quote < 0), end)
        k = first
        while k < end and (tokens[k].capital or (tokens[k].low in OF and k + 1 < end and tokens[k + 1].capital)):
            if tokens[k].low in self.grammar.first_names and (k > first or tokens[k - 1].low not in OF):
                break
            k += 1
        body = self.grammar.nouns.get(tokens[start - 1].low) == "association"
        if body and first < k < end and tokens[k].low in self.words["in_names"]:
            k = end
        return (first, k) if k > first else None

    def _is_own_side(self, tokens: Sequence[Token], k: int, limit: int) -> bool:
        """« pour sa part », « de son côté »: nobody's phrase."""
        return k + 1 < limit and tokens[k].low in self.words["possessives"] and tokens[k + 1].low in self.words["sides"]

    def _begins(self, tokens: Sequence[Token], k: int) -> bool:
        if tokens[k].low in self.words["determiners"] or tokens[k].low == "des":
            return k + 1 < len(tokens) and (tokens[k + 1].low[0].isalnum() or tokens[k + 1].low == "'")
        return self.is_name(tokens, k)

    def _is_time(self, tokens: Sequence[Token], start: int, end: int) -> bool:
        if end - start == 1 and tokens[start].low in self.words["determiners"]:
            return True
        return any(t.low in self.words["times"] or t.low.isdigit() for t in tokens[start : min(end, start + 3)])

    def _goes_on(self, tokens: Sequence[Token], start: int, k: int, head: str, *, plural: bool, strict: bool) -> bool:
        """Whether the phrase that begins at `start` goes on with the word at `k`."""
        words, token, low, before = self.words, tokens[k], tokens[k].low, tokens[k - 1].low
        if before in OF or before in ("à", "au", "aux", "'", "et") or before in words["determiners"]:
            stops = low in words["prepositions"] or low in words["times"] or not low[0].isalnum()
            return not stops or low == "'"
        if token.quote >= 0 or low in OF or low in (".", "&"):
            return before in words["bodies"] if token.quote >= 0 else low != "." or before in TITLES
        if tokens[start].capital and not token.capital and low != "et" and self.is_name(tokens, start):
            return False
        if low in words["determiners"] and token.capital:
            return k + 1 < len(tokens) and tokens[k + 1].capital
        if strict and low[0].isalpha() and not token.capital and low not in self.grammar.nouns and k > start + 1:
            return low.endswith(tuple(words["adjectives"])) and not (tokens[k - 1].capital and k > start + 2)
        if low in words["in_names"]:
            return self._has_complement(tokens, start, k, head)
        if low == "et":
            return plural and k + 1 < len(tokens) and self._begins(tokens, k + 1)
        adverb = low.endswith("ment") and not token.capital and low not in self.grammar.nouns
        return low[0].isalpha() and not adverb and not any(low in words[key] for key in STOPS)

    def _has_complement(self, tokens: Sequence[Token], start: int, k: int, head: str) -> bool:
        """« le collectif Halte aux caméras », « adjoint à la sécurité »; not « leur avocate à la sortie »."""
        if head in self.words["bodies"] and (tokens[k - 1].capital or tokens[k - 1].low == head):
            return True
        if tokens[k].low in ("contre", "pour"):
            return False
        taken = any(token.low in self.words["takes_a"] for token in tokens[start:k])
        return taken and not any(token.low in self.words["not_a"] for token in tokens[k + 1 : k + 3])


STOPS = ("prepositions", "breaks", "times", "determiners")
NO_NAMES = ("times", "breaks", "prepositions", "adverbs", "determiners")
