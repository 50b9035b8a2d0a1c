"""Who speaks: the phrases around a verb, the institution behind them, and whom a pronoun stands for.

The head noun says the institution. What the text has said before says the rest: « la Ville » is the one last named,
« elle » the last speaker who may be a she, « sa porte-parole » speaks for the institution last named.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.speech.grammar import Grammar
from pipeline.speech.phrases import OF, PRONOUNS, TITLES, Phrases, Span
from pipeline.speech.quotes import Page, Token

WINDOW = 40  # words looked at on one side of a verb
INSERTIONS = 4  # between commas, between a subject and its verb
REMEMBERED = 12  # speakers that a pronoun may stand for
FAR = 3000  # characters after which a pronoun stands for nobody

THESE = {"celui-ci": "m", "celle-ci": "f", "ceux-ci": "m", "celles-ci": "f", "dernier": "m", "dernière": "f"}
FIRST_PERSON = frozenset(("je", "j'", "nous"))
UNNAMED = frozenset((*PRONOUNS, *FIRST_PERSON, "on"))
NAMED_BESIDE = ("company", "association", "elected_group", "journalist")  # « le groupe Lille Verte »
GENDERS = {"la": "f", "une": "f", "cette": "f", "sa": "f", "le": "m", "un": "m", "ce": "m", "cet": "m"}


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who says it. As written it is `text[start:end] == surface`; `name` is who that is, once a pronoun is resolved.

    `role` is the title beside a name. `institution` is city (communes and their groupings), cnil, prefecture, court,
    police, company, association, elected_group, state, journalist or none; `institution_name` what the text calls it.
    """

    surface: str
    start: int
    end: int
    name: str
    role: str = ""
    institution: str = "none"
    institution_name: str = ""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A speaker as a noun phrase. `kind` is its noun's class; `person` is true of a person's name and of pronouns."""

    speaker: Speaker
    kind: str
    gender: str
    plural: bool
    person: bool

    @property
    def known(self) -> bool:
        """Whether its noun is one of those who speak."""
        return self.kind not in ("", "things")

    @property
    def named(self) -> bool:
        """Whether it is more than a pronoun."""
        return self.speaker.name.lower() not in UNNAMED


class Speakers:
    """Reads the speakers of one page, in order, and remembers them."""

    def __init__(self, page: Page, grammar: Grammar) -> None:
        self.page, self.grammar, self.words = page, grammar, grammar.words
        self.phrases = Phrases(page, grammar)
        self.seen: list[Phrase] = []
        self.people: dict[str, tuple[str, str]] = {}
        self.cities: list[tuple[int, str]] = []
        for sentence in page.sentences:
            self._learn(sentence.tokens)

    def remember(self, phrase: Phrase) -> None:
        """Make a phrase what later pronouns may stand for."""
        self.seen = [*self.seen[-REMEMBERED:], phrase]

    def subject(self, tokens: Sequence[Token], at: int, *, plural: bool = False) -> Phrase | None:
        """The phrase that ends before the verb at `at`, past insertions between commas."""
        aside: Span | None = None
        end = at
        for _ in range(INSERTIONS):
            if end and tokens[end - 1].low == "qui" and not aside:
                end -= 2 if end > 1 and tokens[end - 2].low == "," else 1
            start = self._clause(tokens, end, plural)
            if start < end:
                break
            comma = next((k for k in range(end - 2, max(-1, end - WINDOW), -1) if tokens[k].low == ","), -1)
            if comma < 0 or tokens[end - 1].low != ",":
                return None
            aside, end = (comma + 1, end - 1), comma
        else:
            return None
        if found := self._pronoun_at(tokens, end - 1):
            return found
        chunks = list(self.phrases.chunks(tokens, start, end, plural))
        if not chunks:
            return None
        return self._described(tokens, chunks[-1], aside if chunks[-1][1] == end else None)

    def after(
        self, tokens: Sequence[Token], at: int, *, plural: bool = False, near: bool = False
    ) -> tuple[Phrase, int] | None:
        """The phrase that follows a verb at `at`, past adjuncts, and the place after it and its apposition.

        `near`: nothing may stand between.
        """
        limit = min(len(tokens), at + WINDOW)
        limit = next((k for k in range(at, limit) if tokens[k].quote >= 0 or tokens[k].low in ":;()"), limit)
        start, end = next(self.phrases.chunks(tokens, at, limit, plural), (-1, -1))
        if start < 0 or (start != at and (near or not self._is_adjunct(tokens[at]))):
            return None
        aside, stop = None, end
        if end + 1 < limit and tokens[end].low == ",":
            close = next((k for k in range(end + 1, limit) if tokens[k].low in (",", ".", "?", "!")), limit)
            named = self.phrases.is_person(tokens, start, end)
            if self.phrases.is_apposition(tokens, end + 1, close, named=named):
                aside, stop = (end + 1, close), close
        return self._described(tokens, (start, end), aside), stop

    def opening(self, tokens: Sequence[Token]) -> Phrase | None:
        """The phrase that a sentence begins with, past its first adjuncts."""
        at = 0
        for _ in range(INSERTIONS):
            while at < len(tokens) and (tokens[at].low in self.words["openers"] or tokens[at].low == ","):
                at += 1
            far = min(len(tokens), at + WINDOW)
            limit = next((k for k in range(at, far) if tokens[k].low in ",:;."), far)
            if found := self._pronoun_at(tokens, at):
                return found
            start, end = next(self.phrases.chunks(tokens, at, limit, strict=True), (-1, -1))
            if start == at:
                close = next((k for k in range(end + 1, min(len(tokens), end + WINDOW)) if tokens[k].low in ",:"), end)
                beside = end < len(tokens) and tokens[end].low == ","
                beside = beside and self.phrases.is_apposition(tokens, end + 1, close)
                return self._described(tokens, (start, end), (end + 1, close) if beside else None)
            if limit >= len(tokens) or tokens[limit].low != ",":
                return None
            at = limit + 1
        return None

    def pronoun(self, token: Token) -> Phrase:
        """The phrase of a pronoun: of whom it stands for, where the text has named one; else as it is written."""
        low = token.low.removeprefix("-t").removeprefix("-")
        start = token.end - len(low)
        if low in ("dernier", "dernière"):
            start -= len("cette ") if self.page.plain.endswith("ette ", 0, start) else len("ce ")
        word = self.page.text[start : token.end]
        own = Speaker(word, start, token.end, word)
        gender = PRONOUNS.get(low) or THESE.get(low, "")
        plural = low in ("ils", "elles", "eux", "ceux-ci", "celles-ci", "nous")
        for phrase in reversed(self.seen if gender else ()):
            if token.start - phrase.speaker.start > FAR:
                break
            fits = phrase.gender == gender or (not phrase.gender and (phrase.person or low == "ils"))
            if fits and phrase.plural == plural and phrase.named:
                return replace(phrase, speaker=replace(phrase.speaker, surface=word, start=start, end=token.end))
        return Phrase(own, "none", gender, plural, person=True)

    def _pronoun_at(self, tokens: Sequence[Token], at: int) -> Phrase | None:
        low = tokens[at].low if 0 <= at < len(tokens) else ""
        if low in ("dernier", "dernière") and (not at or tokens[at - 1].low not in ("ce", "cette")):
            return None
        return self.pronoun(tokens[at]) if low in UNNAMED or low in THESE else None

    def _clause(self, tokens: Sequence[Token], end: int, plural: bool) -> int:
        """Where the clause begins whose words end at `end`."""
        for k in range(end - 1, max(-1, end - WINDOW), -1):
            low, before = tokens[k].low, tokens[k - 1].low if k else ""
            if tokens[k].quote >= 0:
                stops = before not in self.words["bodies"]
            elif low[0].isalnum():
                stops = low in self.words["boundaries"] and not (low == "et" and plural)
            else:
                stops = low not in "'&/" and not (low == "." and before in TITLES)
            if stops:
                return k + 1
        return max(0, end - WINDOW)

    def _is_adjunct(self, token: Token) -> bool:
        """Whether what follows a verb before its subject may: no object, no noun of its own."""
        low = token.low
        said = low == "," or low in OF or low.endswith("ment") or low.isdigit()
        return said or any(low in self.words[key] for key in ADJUNCTS)

    def _described(self, tokens: Sequence[Token], chunk: Span, aside: Span | None) -> Phrase:
        """The phrase of a chunk, and of the words between commas beside it."""
        (start, end), role = chunk, ""
        kind, institution, called = self._institution(tokens, start, end)
        name, person = self._text(tokens, start, end), self.phrases.is_person(tokens, start, end)
        if aside and self.phrases.is_apposition(tokens, *aside, named=person):
            beside = self.phrases.end(tokens, *aside)
            words = self._text(tokens, aside[0], aside[1] if tokens[aside[0]].low.isdigit() else beside)
            if kind and not person and self.phrases.is_person(tokens, aside[0], beside):
                role, name, person, (start, end) = name, words, True, (aside[0], beside)
            else:
                role = words
                if institution == "none":
                    other, institution, called = self._institution(tokens, *aside)
                    kind = kind or other or "none"
        if person and institution != "none":
            self.people[tokens[end - 1].low] = (institution, called)
        elif person:
            institution, called = self.people.get(tokens[end - 1].low, ("none", ""))
        first, last = tokens[start].start, tokens[end - 1].end
        speaker = Speaker(self.page.text[first:last], first, last, name, role, institution, called)
        plural = tokens[chunk[0]].low in self.words["plurals"]
        return Phrase(speaker, kind or ("none" if person else ""), self._gender(tokens, *chunk), plural, person)

    def _text(self, tokens: Sequence[Token], start: int, end: int) -> str:
        """These words on one line."""
        return " ".join(self.page.text[tokens[start].start : tokens[end - 1].end].split())

    def _gender(self, tokens: Sequence[Token], start: int, end: int) -> str:
        low, nouns = tokens[start].low, self.grammar.nouns
        if gender := GENDERS.get(low) or TITLES.get(low) or self.grammar.first_names.get(low):
            return gender
        noun = next((token.low.removesuffix("s") for token in tokens[start:end] if token.low in nouns), "")
        own = noun.endswith("e") and noun[:-1] in nouns
        if own or noun.endswith(("trice", "ère", "esse", "euse", "tion", "té", "ture")):
            return "f"
        return "m" if noun and noun + "e" in nouns else ""

    def _institution(self, tokens: Sequence[Token], start: int, end: int) -> tuple[str, str, str]:
        """The class of a phrase's head, the institution it speaks for, and the name of that one."""
        kind, at, after = self.phrases.kind(tokens, start, end)
        if kind in ("spokes", "document"):
            other, inner, beyond = self.phrases.kind(tokens, after, end)
            while other == "spokes":  # « le directeur du service propreté de la ville »
                other, inner, beyond = self.phrases.kind(tokens, beyond, end)
            if other not in ("", "spokes", "document", "none", "things"):
                return kind, other, self._called(tokens, other, inner, beyond, end)
            spoken_for = tokens[start].low in self.words["possessives"] if kind == "spokes" else after == end
            said = next((p.speaker for p in reversed(self.seen) if p.speaker.institution not in UNPLACED), None)
            if spoken_for and said and not other and tokens[start].start - said.start < FAR:
                return kind, said.institution, said.institution_name
            return kind, "none", ""
        if tokens[at].low in self.words["places"] and tokens[start].low not in self.words["own_places"]:
            return "things", "none", ""
        if kind == "none" and after < end:  # « délégué CFDT »
            other, inner, beyond = self.phrases.kind(tokens, after, after + 1)
            if inner == after and other not in ("", "spokes", "document", "none", "things") and tokens[after].capital:
                return kind, other, self._called(tokens, other, inner, beyond, end)
        if kind in ("", "none", "things"):
            return kind, "none", ""
        return kind, kind, self._called(tokens, kind, at, after, end)

    def _called(self, tokens: Sequence[Token], kind: str, at: int, after: int, end: int) -> str:
        """The name of an institution: as the grammar knows it, as it follows the noun, as the text said before."""
        if kind == "cnil":
            return "CNIL"
        words = " ".join(token.low for token in tokens[at:after])
        found = self.grammar.names.get(words) or self.phrases.names.get(words)
        if found and tokens[at].capital:
            return found[1]
        run = self.phrases.proper(tokens, after, end)
        while run and kind == "state" and run[1] < end and tokens[run[1]].low.endswith(tuple(self.words["adjectives"])):
            run = run[0], run[1] + 1
        if run and (kind in NAMED_BESIDE or tokens[run[0] - 1].low in OF or tokens[run[0] - 2].low in OF):
            return self._text(tokens, *run)
        if kind == "city" and self.cities:
            before = bisect_left(self.cities, (tokens[at].start, ""))
            alone = len({name for _, name in self.cities[:REMEMBERED]}) == 1
            return self.cities[before - 1][1] if before else self.cities[0][1] if alone else ""
        return ""

    def _learn(self, tokens: Sequence[Token]) -> None:
        """Remember what names belong to which institution: « l'association Nord Libertés », « la Ville de Lille »."""
        for k, token in enumerate(tokens[:-1]):
            kind = self.grammar.nouns.get(token.low, "")
            civic = kind == "city" and tokens[k + 1].low in ("de", "d'")
            if civic or (kind in ("association", "company", "elected_group") and tokens[k + 1].capital):
                first = k + 2 if civic else k + 1
                run = self.phrases.proper(tokens, first, min(len(tokens), k + 6))
                if run and run[0] == first:
                    name = self._text(tokens, *run)
                    if civic:
                        self.cities.append((token.start, name))
                    else:
                        key = " ".join(token.low for token in tokens[run[0] : run[1]])
                        self.phrases.names.setdefault(key, (kind, name))


UNPLACED = ("none", "journalist")
ADJUNCTS = ("prepositions", "adverbs", "times", "determiners", "breaks", "clitics")
