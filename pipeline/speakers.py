"""Who speaks: noun phrases around a verb, the institution behind them, and whom a pronoun stands for.

A phrase is read by its edges: it begins at a determiner or a name that no preposition governs, and ends where French
must begin something else. Its head noun says the institution. What the text has said before says the rest: « la Ville »
is the one last named, « elle » the last speaker who may be a she, « sa porte-parole » speaks for the last institution.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.grammar import Grammar
from pipeline.quotes import Page, Token

WINDOW = 40  # words looked at on one side of a verb
LONGEST = 16  # words of a phrase
REMEMBERED = 12  # speakers that a pronoun may stand for
FAR = 3000  # characters after which a pronoun stands for nobody

OF = frozenset(("de", "du", "des", "d'"))
PRONOUNS = {"il": "m", "elle": "f", "ils": "m", "elles": "f", "lui": "m", "eux": "m"}
THESE = {"celui-ci": "m", "celle-ci": "f", "ceux-ci": "m", "celles-ci": "f", "dernier": "m", "dernière": "f"}
FIRST_PERSON = frozenset(("je", "j'", "nous"))
TITLES = {"m": "m", "mm": "m", "mme": "f", "mmes": "f", "madame": "f", "monsieur": "m", "me": "", "dr": "", "maître": ""}
PLACED = frozenset(("city", "cnil", "prefecture", "court", "police", "company", "association", "elected_group", "state"))
NAMED_BESIDE = frozenset(("company", "association", "elected_group", "journalist"))  # « le groupe Lille Verte »
DEFINITE = {"la": "f", "une": "f", "cette": "f", "sa": "f", "le": "m", "un": "m", "ce": "m", "cet": "m"}
PLURALS = frozenset("les des plusieurs ces leurs nos ses deux trois quatre cinq six certains certaines quelques".split())
UNNAMED = frozenset((*PRONOUNS, *FIRST_PERSON, "on"))
PLACES = frozenset(("ville", "commune", "métropole", "agglomération"))  # « la ville » speaks, « cette ville » does not
POSSESSIVE = frozenset(("son", "sa", "ses", "leur", "leurs"))


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
    """A speaker as a noun phrase. `known` is false when nothing tells that such a one speaks; `kind` is its noun's class."""

    speaker: Speaker
    kind: str
    gender: str
    plural: bool
    person: bool

    @property
    def known(self) -> bool:
        return self.kind not in ("", "things")

    @property
    def named(self) -> bool:
        """Whether it is more than a pronoun."""
        return self.speaker.name.lower() not in UNNAMED


class Speakers:
    """Reads the phrases of one page, in order, and remembers who was named."""

    def __init__(self, page: Page, grammar: Grammar) -> None:
        self.page, self.grammar = page, grammar
        self.seen: list[Phrase] = []
        self.people: dict[str, tuple[str, str]] = {}
        self.names: dict[str, tuple[str, str]] = {}
        self.cities: list[tuple[int, str]] = []
        self.inside = {
            token.low for sentence in page.sentences for token in sentence.tokens[1:] if token.capital and token.quote < 0
        }
        for sentence in page.sentences:
            self._learn(sentence.tokens)

    def remember(self, phrase: Phrase) -> None:
        """Make a phrase what later pronouns may stand for."""
        self.seen = [*self.seen[-REMEMBERED:], phrase]

    def subject(self, tokens: Sequence[Token], at: int, *, plural: bool = False) -> Phrase | None:
        """The phrase that ends before the verb at `at`, past insertions between commas."""
        aside: list[tuple[int, int]] = []
        end = at
        for _ in range(4):
            if end and tokens[end - 1].low == "qui" and not aside:
                end -= 1
                end -= end > 0 and tokens[end - 1].low == ","
            start = self._clause(tokens, end, plural)
            if start < end:
                break
            if not end or tokens[end - 1].low != ",":
                return None
            before = next((k for k in range(end - 2, max(-1, end - WINDOW), -1) if tokens[k].low == ","), -1)
            if before < 0:
                return None
            aside.append((before + 1, end - 1))
            end = before
        else:
            return None
        if found := self._pronoun(tokens, end - 1):
            return found
        chunks = list(self._chunks(tokens, start, end, plural))
        if not chunks:
            return None
        return self._described(tokens, chunks[-1], aside[-1] if aside and chunks[-1][1] == end else None)

    def after(self, tokens: Sequence[Token], at: int, *, plural: bool = False, near: bool = False) -> tuple[Phrase, int] | None:
        """The phrase that follows a verb at `at`, past adjuncts, with the place after it and its apposition.

        `near`: nothing may stand between.
        """
        limit = min(len(tokens), at + WINDOW)
        limit = next((k for k in range(at, limit) if tokens[k].quote >= 0 or tokens[k].low in ":;()"), limit)
        for start, end in self._chunks(tokens, at, limit, plural):
            if (near and start != at) or not self._is_adjunct(tokens, at, start):
                break
            aside, stop = None, end
            if end + 1 < limit and tokens[end].low == ",":
                stop = next((k for k in range(end + 1, limit) if tokens[k].low in (",", ".", "?", "!")), limit)
                named = self._is_person(tokens, start, end)
                aside = (end + 1, stop) if self._is_apposition(tokens, end + 1, stop, named=named) else None
            return self._described(tokens, (start, end), aside), stop if aside else end
        return None

    def _is_adjunct(self, tokens: Sequence[Token], at: int, end: int) -> bool:
        """Whether the words between a verb and what follows may stand there: no object, no noun of its own."""
        words = self.grammar.words
        if at == end or tokens[at].low == "," or any(tokens[at].low in words[key] for key in ADJUNCTS) or tokens[at].low in OF:
            return True
        return tokens[at].low in words["clitics"] or tokens[at].low.endswith("ment") or tokens[at].low.isdigit()

    def opening(self, tokens: Sequence[Token]) -> Phrase | None:
        """The phrase that a sentence begins with, past its first adjuncts."""
        at = 0
        for _ in range(4):
            while at < len(tokens) and tokens[at].low in ("mais", "et", "or", "car", "pourtant", "puis", ","):
                at += 1
            limit = next((k for k in range(at, min(len(tokens), at + WINDOW)) if tokens[k].low in ",:;."), len(tokens))
            if limit == len(tokens):
                limit = min(limit, at + WINDOW)
            if found := self._pronoun(tokens, at):
                return found
            start, end = next(self._chunks(tokens, at, limit, False, strict=True), (-1, -1))
            if start == at:
                stop = next((k for k in range(end + 1, min(len(tokens), end + WINDOW)) if tokens[k].low in ",:"), end)
                aside = end < len(tokens) and tokens[end].low == "," and self._is_apposition(tokens, end + 1, stop)
                return self._described(tokens, (start, end), (end + 1, stop) if aside else None)
            if limit >= len(tokens) or tokens[limit].low != ",":
                return None
            at = limit + 1
        return None

    def pronoun(self, token: Token) -> Phrase | None:
        """The phrase of a pronoun: of whom it stands for, where the text has named one; else as it is written."""
        low = token.low.removeprefix("-t").removeprefix("-")
        start = token.end - len(low)
        if low in ("dernier", "dernière"):
            start = self.page.text.lower().rindex("ce", 0, start)
        word = self.page.text[start : token.end]
        own = Speaker(word, start, token.end, word)
        if low in FIRST_PERSON or low == "on":
            return Phrase(own, "none", "", low == "nous", True)
        gender = PRONOUNS.get(low) or THESE.get(low, "")
        plural = low in ("ils", "elles", "eux", "ceux-ci", "celles-ci")
        for phrase in reversed(self.seen):
            if token.start - phrase.speaker.start > FAR:
                break
            named = phrase.gender == gender or (phrase.person and not phrase.gender)
            if named and phrase.plural == plural and phrase.named:
                said = phrase.speaker
                found = replace(own, name=said.name, role=said.role, institution=said.institution)
                return replace(phrase, speaker=replace(found, institution_name=said.institution_name))
        return Phrase(own, "none", gender, plural, True)

    def _pronoun(self, tokens: Sequence[Token], at: int) -> Phrase | None:
        if not 0 <= at < len(tokens):
            return None
        low = tokens[at].low
        if low in ("dernier", "dernière") and (not at or tokens[at - 1].low not in ("ce", "cette")):
            return None
        return self.pronoun(tokens[at]) if low in PRONOUNS or low in THESE or low in FIRST_PERSON or low == "on" else None

    def _clause(self, tokens: Sequence[Token], end: int, plural: bool) -> int:
        """Where the clause begins whose words end at `end`."""
        words = self.grammar.words
        for k in range(end - 1, max(-1, end - WINDOW), -1):
            low = tokens[k].low
            joined = low == "et" and plural
            subordinate = low in words["breaks"] and low in BOUNDARIES
            if tokens[k].quote >= 0 and tokens[k - 1].low not in words["bodies"]:
                return k + 1
            if (subordinate and not joined) or (not low[0].isalnum() and tokens[k].quote < 0 and low not in "'&/"):
                if low == "." and k and tokens[k - 1].low in TITLES:
                    continue
                return k + 1
        return max(0, end - WINDOW)

    def _chunks(self, tokens: Sequence[Token], at: int, limit: int, plural: bool, *, strict: bool = False) -> Iterator[tuple[int, int]]:
        """Phrases of a stretch that no preposition governs and that tell no time, each as its first and last place."""
        words = self.grammar.words
        k = at
        while k < limit:
            low = tokens[k].low
            if k + 2 < limit and tokens[k + 1].low in POSSESSIVE and tokens[k + 2].low in ("part", "côté", "tour"):
                k += 3
            elif low in words["prepositions"] or (low in OF and not (low == "des" and k == at)):
                k = self.phrase_end(tokens, k + 1, limit, plural) if k + 1 < limit and low not in ("selon",) else k + 1
            elif self._begins(tokens, k):
                end = self.phrase_end(tokens, k, limit, plural, strict=strict)
                if not self._is_time(tokens, k, end):
                    yield k, end
                k = max(end, k + 1)
            else:
                k += 1

    def _begins(self, tokens: Sequence[Token], k: int) -> bool:
        low = tokens[k].low
        words = self.grammar.words
        if low in words["determiners"] or (low == "des" and k + 1 < len(tokens)):
            return k + 1 < len(tokens) and (tokens[k + 1].low[0].isalnum() or tokens[k + 1].low == "'")
        return self._is_name(tokens, k)

    def _is_name(self, tokens: Sequence[Token], k: int) -> bool:
        token, words = tokens[k], self.grammar.words
        if not token.capital or token.quote >= 0 or token.low in words["times"] or token.low in words["breaks"]:
            return token.low in TITLES and token.capital
        if any(token.low in words[key] for key in ("prepositions", "adverbs", "determiners")) or token.low in self.grammar.forms:
            return False
        if k and tokens[k - 1].low not in (".", ":", "?", "!") and tokens[k - 1].quote < 0:
            return True
        after = tokens[k + 1] if k + 1 < len(tokens) else None
        known = token.low in self.grammar.first_names or token.low in self.grammar.names or token.low in TITLES
        numbered = k + 2 < len(tokens) and tokens[k + 1].low == "," and tokens[k + 2].low.isdigit()
        return known or numbered or token.low in self.inside or (after is not None and after.capital and after.quote < 0)

    def _is_time(self, tokens: Sequence[Token], start: int, end: int) -> bool:
        words = self.grammar.words
        return any(t.low in words["times"] or t.low.isdigit() for t in tokens[start : min(end, start + 3)]) or (
            end - start == 1 and tokens[start].low in words["determiners"]
        )

    def phrase_end(self, tokens: Sequence[Token], start: int, limit: int, plural: bool = False, *, strict: bool = False) -> int:
        """Where the phrase ends that begins at `start`."""
        words, nouns = self.grammar.words, self.grammar.nouns
        limit = min(limit, start + LONGEST)
        k = start
        heads = ""
        if start < limit and tokens[start].low in PRONOUNS:
            return start + 1
        while k < limit:
            token, low = tokens[k], tokens[k].low
            before = tokens[k - 1].low if k > start else ""
            if k == start or before in OF or before in ("à", "au", "aux", "'", "et") or before in words["determiners"]:
                stops = low in words["prepositions"] or low in words["times"] or not low[0].isalnum()
                stops = stops and not (k == start) and low not in ("'",)
            elif token.quote >= 0:
                stops = before not in words["bodies"]
            elif tokens[start].capital and low not in OF and not token.capital and low != "et" and self._is_name(tokens, start):
                stops = low != "." or before not in TITLES
            elif low in words["determiners"] and token.capital and k + 1 < limit and tokens[k + 1].capital:
                stops = False
            elif strict and low[0].isalpha() and not token.capital and low not in OF and low not in nouns and k > start + 1:
                stops = tokens[k - 1].capital and k > start + 2 or not low.endswith(ADJECTIVES)
            elif low in OF or low in ("&",) or (low == "." and before in TITLES):
                stops = False
            elif low in ("à", "au", "aux", "contre", "pour"):
                named = heads in words["bodies"] and (tokens[k - 1].capital or before == heads)
                stops = not (named or (low not in ("contre", "pour") and any(t.low in words["takes_a"] for t in tokens[start:k]) and not any(t.low in words["not_a"] for t in tokens[k + 1 : k + 3])))
            elif low == "et":
                stops = not plural or k + 1 >= limit or not self._begins(tokens, k + 1)
            else:
                stops = not low[0].isalpha() or any(low in words[key] for key in ("prepositions", "breaks", "times", "determiners"))
                stops = stops or (low.endswith("ment") and not token.capital and low not in nouns)
            if stops:
                break
            if not heads and low in nouns:
                heads = low
            k += 1
        while k > start + 1 and (tokens[k - 1].low in OF or tokens[k - 1].low in words["prepositions"] or tokens[k - 1].low in ("et", "l'", "la", "le", "les")):
            k -= 1
        return k

    def _is_apposition(self, tokens: Sequence[Token], start: int, stop: int, *, named: bool = False) -> bool:
        """Whether the words after a comma tell who somebody is: a title, an age, « de Roubaix », a name.

        Beside a name the title may have its article.
        """
        if not start < stop:
            return False
        low = tokens[start].low
        if low.isdigit() or self._is_person(tokens, start, self.phrase_end(tokens, start, stop)):
            return True
        kind, at, _ = self._class(tokens, start, min(stop, start + 5))
        if low in OF:
            return tokens[start + 1 : start + 2] != () and (kind != "" or self._is_name(tokens, start + 1))
        return kind not in ("", "things", "document") and (at == start or (named and at <= start + 2))

    def _described(self, tokens: Sequence[Token], chunk: tuple[int, int], aside: tuple[int, int] | None) -> Phrase:
        """The phrase of a chunk, and of the words between commas beside it."""
        text = self.page.text
        start, end = chunk
        name = text[tokens[start].start : tokens[end - 1].end]
        kind, institution, called = self._institution(tokens, start, end)
        role, person = "", self._is_person(tokens, start, end)
        if aside and self._is_apposition(tokens, *aside, named=person):
            beside = self.phrase_end(tokens, aside[0], aside[1], False)
            if tokens[aside[0]].low.isdigit():
                beside = aside[1]
            words = text[tokens[aside[0]].start : tokens[max(beside, aside[0] + 1) - 1].end]
            if kind and not person and self._is_person(tokens, aside[0], beside):
                role, name, person = name, words, True
                start, end = aside[0], beside
            else:
                role = words
                if institution == "none":
                    other, institution, called = self._institution(tokens, *aside)
                    kind = kind or other or "none"
        if person and institution != "none":
            self.people[tokens[end - 1].low] = (institution, called)
        elif person:
            institution, called = self.people.get(tokens[end - 1].low, ("none", ""))
        kind = kind or ("none" if person else "")
        span = tokens[start].start, tokens[end - 1].end
        speaker = Speaker(text[span[0] : span[1]], *span, name, role, institution, called)
        return Phrase(speaker, kind, self._gender(tokens, *chunk), tokens[chunk[0]].low in PLURALS, person)

    def _is_person(self, tokens: Sequence[Token], start: int, end: int) -> bool:
        """Whether these words are a person's name: a title, a known first name, alone or with what follows it."""
        low = tokens[start].low
        if low in self.grammar.first_names or low in TITLES:
            return tokens[start].capital
        known = low in self.grammar.names or low in self.names or low in self.grammar.nouns
        return tokens[start].capital and low not in self.grammar.words["determiners"] and not known and end - start == 2 and tokens[start + 1].capital

    def _gender(self, tokens: Sequence[Token], start: int, end: int) -> str:
        low = tokens[start].low
        if gender := DEFINITE.get(low) or TITLES.get(low) or self.grammar.first_names.get(low):
            return gender
        for token in tokens[start:end]:
            if token.low in self.grammar.nouns:
                nouns = self.grammar.nouns
                if token.low.endswith(("trice", "ère", "esse", "euse", "été", "tion", "té", "ture")) or token.low[:-1] in nouns:
                    return "f"
                return "m" if token.low + "e" in nouns else ""
        return ""

    def _institution(self, tokens: Sequence[Token], start: int, end: int) -> tuple[str, str, str]:
        """The class of a phrase's head, the institution it speaks for, and the name of that one."""
        kind, at, after = self._class(tokens, start, end)
        if kind in ("spokes", "document"):
            other, inner, beyond = self._class(tokens, after, end)
            if other and other not in ("spokes", "document", "none", "things"):
                return kind, other, self._called(tokens, other, inner, beyond, end)
            if kind == "spokes" and tokens[start].low in POSSESSIVE or kind == "document" and not other and after == end:
                said = next((p.speaker for p in reversed(self.seen) if p.speaker.institution in PLACED), None)
                if said and tokens[start].start - said.start < FAR:
                    return kind, said.institution, said.institution_name
            return kind, "none", ""
        if kind in ("", "none", "things"):
            return kind, "none", ""
        if tokens[at].low in PLACES and tokens[start].low not in ("la", "notre", "sa", "ville", "nos"):
            return "things", "none", ""
        return kind, kind, self._called(tokens, kind, at, after, end)

    def _class(self, tokens: Sequence[Token], start: int, end: int) -> tuple[str, int, int]:
        """The class of the first noun or name known in a stretch, with its first and last place."""
        nouns, names = self.grammar.nouns, self.grammar.names
        for k in range(start, end):
            for size in range(min(7, end - k), 0, -1):
                words = " ".join(token.low for token in tokens[k : k + size])
                if tokens[k].capital or size > 1:
                    if found := names.get(words) or self.names.get(words):
                        return found[0], k, k + size
                if words in nouns:
                    return nouns[words], k, k + size
                if size == 1 and words in self.grammar.words["things"]:
                    return "things", k, k + 1
            if tokens[k].low in ("commission", "autorité", "institution") and "cnil" in self.inside and (k + 1 == end):
                return "cnil", k, k + 1
        return "", start, start

    def _called(self, tokens: Sequence[Token], kind: str, at: int, after: int, end: int) -> str:
        """The proper name of an institution: as the grammar knows it, as it follows the noun, or as the text said before."""
        if kind == "cnil":
            return "CNIL"
        words = " ".join(token.low for token in tokens[at:after])
        if found := self.grammar.names.get(words) or self.names.get(words):
            if tokens[at].capital:
                return found[1] or self.page.text[tokens[at].start : tokens[after - 1].end]
        run = self._proper(tokens, after, end)
        while run and kind == "state" and run[1] < end and tokens[run[1]].low.endswith(ADJECTIVES):
            run = run[0], run[1] + 1
        if run and (kind in NAMED_BESIDE or tokens[run[0] - 1].low in OF or tokens[run[0] - 2].low in OF):
            return self.page.text[tokens[run[0]].start : tokens[run[1] - 1].end]
        if kind == "city":
            before = [name for place, name in self.cities if place < tokens[at].start]
            alone = {name for _, name in self.cities}
            return before[-1] if before else alone.pop() if len(alone) == 1 else ""
        return ""

    def _proper(self, tokens: Sequence[Token], start: int, end: int) -> tuple[int, int] | None:
        """The first run of capitals in a stretch, up to a person's first name."""
        first = next((k for k in range(start, end) if tokens[k].capital and tokens[k].quote < 0), end)
        k = first
        while k < end and (tokens[k].capital or (tokens[k].low in OF and k + 1 < end and tokens[k + 1].capital)):
            if tokens[k].low in self.grammar.first_names and (k > first or tokens[k - 1].low not in OF):
                break
            k += 1
        if k < end and self.grammar.nouns.get(tokens[start - 1].low) in ("association",) and k > first and tokens[k].low in ("à", "aux", "contre", "pour"):
            k = end
        return (first, k) if k > first else None

    def _learn(self, tokens: Sequence[Token]) -> None:
        """Remember what names belong to which institution: « l'association Nord Libertés », « la Ville de Lille »."""
        for k, token in enumerate(tokens[:-1]):
            kind = self.grammar.nouns.get(token.low, "")
            if kind in ("association", "company", "elected_group") and tokens[k + 1].capital:
                run = self._proper(tokens, k + 1, min(len(tokens), k + 5))
                if run and run[0] == k + 1:
                    name = self.page.text[tokens[run[0]].start : tokens[run[1] - 1].end]
                    self.names.setdefault(" ".join(t.low for t in tokens[run[0] : run[1]]), (kind, name))
            elif token.low in ("ville", "mairie", "maire", "commune", "municipalité") and tokens[k + 1].low in ("de", "d'"):
                run = self._proper(tokens, k + 2, min(len(tokens), k + 6))
                if run and run[0] == k + 2:
                    self.cities.append((token.start, self.page.text[tokens[run[0]].start : tokens[run[1] - 1].end]))


ADJECTIVES = tuple(
    "al ale aux ales if ive ifs ives ien ienne iens iennes aire aires ique iques é ée és ées ain aine ais aise ois oise iste istes "
    "ble bles eur eure el els elles able ouse oux civil civile".split()
)
ADJUNCTS = ("prepositions", "adverbs", "times", "determiners", "breaks")
BOUNDARIES = frozenset(
    "que qu' dont où si s' quand lorsque lorsqu' comme mais car puis donc or tandis alors puisque et ou qui c' j'".split()
)
