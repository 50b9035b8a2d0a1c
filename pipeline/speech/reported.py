"""The rules of statements: the ways in which French news joins words to who says them, a method each.

A sentence is read from left to right: each verb of saying and each « selon » is tried against the rules, then a colon,
then the sentence before; words that are taken are not taken again. Sentences and quotations are read in pieces of
bounded length, so that time grows with the length of the text and with nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.speech.clauses import ENDS, REACH, THAT, Clause, Said
from pipeline.speech.grammar import Grammar
from pipeline.speech.incises import said_inside
from pipeline.speech.phrases import OF, Span
from pipeline.speech.quotes import Page, Sentence
from pipeline.speech.speakers import Phrase, Speakers
from pipeline.speech.verbs import VerbPhrase

SHORTEST = 4  # words of a clause that may be reported without a quotation
SUBJECT = 5  # words at most of a subject that an attribution cuts from its verb
AT = frozenset(("à", "au", "aux", "chez", "dans", "sur", "côté", "du"))
UNHEADED = ("document", "company", "journalist", "association")  # « Nord Libertés : « … » » is a title more often


class Reader:
    """Reads the sentences of a page in order, and remembers who spoke last."""

    def __init__(self, page: Page, grammar: Grammar) -> None:
        self.page, self.grammar = page, grammar
        self.speakers = Speakers(page, grammar)
        self.last: Said | None = None
        self.person: Phrase | None = None

    def read(self, sentence: Sentence) -> list[Said]:
        """The statements of the next sentence."""
        if sentence.first:
            self.last = self.person = None
        reading = Reading(self, Clause(self.page, self.grammar, self.speakers.phrases, sentence.tokens))
        found = reading.statements()
        opening = reading.opening
        self.last = found[-1] if found else None
        self.person = opening if opening and opening.person and opening.named else None
        return found


class Reading:
    """One sentence and what was found in it so far."""

    def __init__(self, reader: Reader, clause: Clause) -> None:
        self.clause, self.speakers = clause, reader.speakers
        self.tokens, self.size, self.words = clause.tokens, clause.size, clause.words
        self.before, self.person = reader.last, reader.person
        self.found: list[Said] = []
        self.opening = self.speakers.opening(clause.tokens)

    def statements(self) -> list[Said]:
        """What all rules find, each word once."""
        if self.opening and (self.opening.person or self.opening.known):
            self.speakers.remember(self.opening)
        tries: list[tuple[int, Iterator[Said]]] = [(verb.start, self._by_verb(verb)) for verb in self.clause.verbs]
        tries += [(at, self._according(at, size)) for at, size in self._accordings()]
        for at, rules in sorted(tries, key=lambda one: one[0]):
            if not self._taken(self.tokens[at].start):
                self._keep(rules)
        for k in range(len(self.tokens)):
            if self.clause.quoted(k) and not self._taken(*self.clause.inner(k)):
                self._keep(self._inside(k))
        if not self.found:
            self._keep(self._colon())
        if not self.found:
            self._keep(self._continued())
        return self.found

    def _keep(self, rules: Iterator[Said]) -> None:
        """Keep what the first rule finds, unless its words are taken."""
        said = next(rules, None)
        if said and not any(self._taken(start, end) for start, end in said.parts):
            self.found.append(said)
            self.speakers.remember(said.phrase)

    def _taken(self, start: int, end: int = 0) -> bool:
        return any(a < max(end, start + 1) and start < b for said in self.found for a, b in said.parts)

    def _accordings(self) -> Iterator[tuple[int, int]]:
        """Where « selon » and its like stand, with how many words they are."""
        lows = [token.low for token in self.tokens]
        for at, low in enumerate(lows):
            for words in self.clause.grammar.according:
                if low == words[0] and tuple(lows[at : at + len(words)]) == words:
                    yield at, len(words)
            if low == "pour" and (at == 0 or lows[at - 1] == ","):
                yield at, 1

    # By a verb

    def _by_verb(self, verb: VerbPhrase) -> Iterator[Said]:
        before = self.clause.low(verb.start - 1)
        if verb.negated:
            return
        if verb.kind == "infinitive":
            yield from self._and_to_add(verb)
        elif before == "comme" or (before in THAT and self.clause.low(verb.start - 2) == "ainsi"):
            yield from self._as(verb)
        elif before not in THAT:
            yield from self._reporting(verb)
            yield from self._inverted(verb)
            yield from self._introduced(verb)

    def _reporting(self, verb: VerbPhrase) -> Iterator[Said]:
        """« X dit que … », « dit avoir … », « demande si … », « demande à Y de … », « dément tout … »."""
        at, why = self.clause.reported(verb)
        if at < 0 or self.clause.asks or verb.conditional or self.clause.low(0) in ("si", "s'"):
            return
        phrase = self._subject(verb)
        strict = why == "object" or (why == "infinitive" and not self.clause.is_completed(at))
        if phrase is None or not self._may_say(phrase, verb, strict=strict):
            return
        before = self.clause.before(phrase.speaker.start)
        if before in ("si", "s'") or (why == "infinitive" and before in THAT):
            return  # « l'analyse que la Ville dit avoir transmise existe »: nothing tells where the words end
        end = self.clause.end(at)
        if before in self.words["subordinate"] or self.clause.low(verb.start - 1) == "qui":
            end = next((k for k in range(at + 2, end) if self.clause.low(k) == ","), end)
        if end - at > 1 or (end > at and self.clause.quoted(at)):
            yield self._said(verb, phrase, why, *self.clause.stretches(at, end))

    def _subject(self, verb: VerbPhrase) -> Phrase | None:
        """Who stands before a verb; the sentence's first phrase where the verb shares its subject with another."""
        if verb.pronoun >= 0:
            return self.speakers.pronoun(self.tokens[verb.pronoun])
        if verb.kind == "present" and self.found:
            return self.found[-1].phrase
        if verb.kind == "present" or self.clause.low(verb.start - 1) in ("et", "puis"):
            opens = self.opening and self.opening.speaker.start < self.tokens[verb.start].start
            return self.opening if opens else None
        return self.speakers.subject(self.tokens, verb.start, plural=verb.plural) if verb.start else None

    def _may_say(self, phrase: Phrase, verb: VerbPhrase, *, strict: bool) -> bool:
        if phrase.kind == "things" or phrase.speaker.name.lower() == "on" or self._is_nobody(phrase):
            return False
        return phrase.known or phrase.person or not (strict or "weak" in verb.verb.takes)

    def _is_nobody(self, phrase: Phrase) -> bool:
        return phrase.speaker.surface.split(" ")[0].lower() in self.words["nobody"]

    def _inverted(self, verb: VerbPhrase) -> Iterator[Said]:
        """« … », dit X; « … », dit X, « … »; … , dit X."""
        at = verb.start - 1
        if at < 0 or not (self.clause.quoted(at) or self.clause.low(at) == ","):
            return
        found = self._speaker_after(verb)
        if found is None:
            return
        phrase, end = found
        left = at if self.clause.low(at) == "," else at + 1
        start = self._clause_start(left)
        parts, direct = self.clause.stretches(start, left)
        quoted = self.clause.quoted(left - 1)
        if quoted and not direct and (left - start < SHORTEST or self.clause.low(left - 2) == ","):
            parts, direct = self.clause.stretches(left - 1, left)
        resumed = self._resumed(end)
        if quoted:
            yield self._said(verb, phrase, "inverted", (*parts, *resumed) if direct else parts, direct)
        elif resumed and (left - start < SHORTEST or self.clause.low(start) in self.words["prepositions"]):
            yield self._said(verb, phrase, "inverted", resumed, True)
        elif "que" in verb.verb.takes and self._may_say(phrase, verb, strict=True) and not verb.conditional:
            yield from self._cut(verb, phrase, (start, left), end, "inverted")

    def _cut(self, verb: VerbPhrase | None, phrase: Phrase, left: Span, end: int, why: str) -> Iterator[Said]:
        """Unquoted words before an attribution, and after it where it cuts a subject from its verb."""
        length = left[1] - left[0]
        after = self.clause.low(end + 1) if end + 1 < self.size and self.clause.low(end) == "," else ""
        if 0 < length <= SUBJECT and after in self.words["predicates"]:
            rest = self.clause.span(end + 1, self.clause.end(end + 1))
            yield self._said(verb, phrase, why, (self.clause.span(*left), rest), False)
        elif length >= SHORTEST and (end >= self.size or self.clause.low(end) in ENDS | self.words["prepositions"]):
            yield self._said(verb, phrase, why, *self.clause.stretches(*left))

    def _speaker_after(self, verb: VerbPhrase) -> tuple[Phrase, int] | None:
        """The speaker of an inverted verb, and the place after; of « souligne-t-on à la préfecture » the place."""
        if verb.pronoun < 0:
            if any(self.clause.low(k) in THAT for k in (verb.end, verb.end + 1)):
                return None
            return self.speakers.after(self.tokens, verb.end, plural=verb.plural)
        phrase = self.speakers.pronoun(self.tokens[verb.pronoun])
        return (self._place(verb.end) if phrase.speaker.name.lower() == "on" else None) or (phrase, verb.end)

    def _placed(self, phrase: Phrase) -> Phrase:
        """For « à la mairie de Gap, on … » the place."""
        place = self._place(0) if phrase.speaker.name.lower() == "on" and self.clause.low(0) in AT else None
        return place[0] if place else phrase

    def _place(self, at: int) -> tuple[Phrase, int] | None:
        """The phrase of « à la préfecture », « du côté de la mairie » about a place, where « on » speaks."""
        for k in range(at, min(self.size, at + SHORTEST)):
            if self.clause.low(k) in AT:
                beside = self.clause.low(k) == "côté" and self.clause.low(k + 1) in OF
                if found := self.speakers.after(self.tokens, k + 1 + beside, near=True):
                    return found
        return None

    def _resumed(self, at: int) -> tuple[Span, ...]:
        """The quotation that goes on after an attribution: « … », dit X, « … »."""
        joined = self.clause.low(at) in (",", ":") and self.clause.quoted(at + 1)
        return (self.clause.inner(at + 1),) if joined else ()

    def _introduced(self, verb: VerbPhrase) -> Iterator[Said]:
        """X dit : « … »; X dit « … »; X dénonce un « … »."""
        clause, last = self.clause, min(len(self.tokens), verb.end + REACH)
        at = next((k for k in range(verb.end, last) if clause.quoted(k) or clause.low(k) in ";:"), -1)
        if at < 0 or any(verb.end <= other.start < at and other.kind == "finite" for other in clause.verbs):
            return
        if clause.low(at) == ":" and clause.quoted(at + 1):
            found = None if (phrase := self._subject(verb)) else self._speaker_after(verb)
            phrase = found[0] if found else phrase and self._placed(phrase)
            sure = phrase and (phrase.known or phrase.person or at == verb.end or not self._is_doubtful(verb))
            if phrase and sure and phrase.kind != "things" and not self._is_nobody(phrase):
                yield self._said(verb, phrase, "introduced", *clause.stretches(at + 1, at + 2))
        elif clause.quoted(at) and (at == verb.end or self._is_fragment(verb, at)):
            phrase = self._subject(verb)
            work = verb.verb.lemma in self.words["works"] and not clause.is_long(at)
            if phrase and not work and self._may_say(phrase, verb, strict=True):
                why = "introduced" if at == verb.end else "fragment"
                yield self._said(verb, phrase, why, *clause.stretches(at, at + 1))

    def _is_doubtful(self, verb: VerbPhrase) -> bool:
        """Whether the verb's form may be a noun or an adjective here: « un œil critique »."""
        return verb.end - verb.start == 1 and self.clause.low(verb.start) in self.words["homographs"]

    def _is_fragment(self, verb: VerbPhrase, at: int) -> bool:
        """Whether only an article or « de » stands between a verb and the words quoted: « dénonce une « dérive » »."""
        small = self.words["determiners"] | OF | {"comme", "'"}
        return (
            "fragment" in verb.verb.takes
            and at - verb.end < SHORTEST
            and all(self.clause.low(k) in small for k in range(verb.end, at))
        )

    def _and_to_add(self, verb: VerbPhrase) -> Iterator[Said]:
        """Et d'ajouter : « … », where the speaker is the one before; et X de conclure : « … »."""
        named = self.speakers.subject(self.tokens, verb.start) if verb.start > 1 else None
        phrase = named or (self.before.phrase if self.before else None)
        if phrase and self.clause.low(verb.end) == ":" and self.clause.quoted(verb.end + 1):
            yield self._said(verb, phrase, "introduced", *self.clause.stretches(verb.end + 1, verb.end + 2))

    def _as(self, verb: VerbPhrase) -> Iterator[Said]:
        """Comme l'affirme X, …; …, comme le rappelle X."""
        found = self._speaker_after(verb)
        objects = any(self.clause.low(k) in ("le", "l'") for k in range(verb.start, verb.end))
        if found is None or not objects or not self._may_say(found[0], verb, strict=True) or self.clause.asks:
            return
        phrase, end = found
        head = verb.start - (2 if self.clause.low(verb.start - 1) in THAT else 1)
        if head == 0 and end < self.size and self.clause.low(end) == ",":
            yield self._said(verb, phrase, "as", *self.clause.stretches(end + 1, self.clause.end(end + 1)))
        elif head > SHORTEST and self.clause.low(head - 1) == ",":
            yield self._said(verb, phrase, "as", *self.clause.stretches(self._clause_start(head - 1), head - 1))

    def _inside(self, at: int) -> Iterator[Said]:
        quote = self.clause.page.quotes[self.tokens[at].quote]
        return said_inside(self.clause, quote, self.speakers)

    # Without a verb

    def _according(self, at: int, size: int) -> Iterator[Said]:
        """Selon X, …; …, selon X; pour X, « … »."""
        clause, start = self.clause, at + size
        if start >= len(self.tokens):
            return
        stressed = clause.low(start) in ("lui", "elle", "eux", "elles")
        own = (self.speakers.pronoun(self.tokens[start]), start + 1) if stressed else None
        found = own or self.speakers.after(self.tokens, start, near=True)
        if found is None or found[0].kind == "things" or self._is_nobody(found[0]):
            return
        phrase, end = found
        if end < self.size and clause.is_long(end + (clause.low(end) == ",")):
            yield self._said(None, phrase, "according", *clause.stretches(end, clause.end(end)))
        if not (phrase.known or phrase.person or self.tokens[start].capital):
            return
        opens = all(token.low in self.words["openers"] or token.low == "," for token in self.tokens[:at])
        if opens and end < self.size and clause.low(end) == ",":
            parts, direct = clause.stretches(end + 1, clause.end(end + 1))
            if direct or clause.low(at) != "pour":
                yield self._said(None, phrase, "according", parts, direct)
        elif not opens and clause.low(at) != "pour" and (end >= self.size or clause.low(end) in (",", ";")):
            left = at - (clause.low(at - 1) == ",")
            begin = self._clause_start(left)
            parts, direct = clause.stretches(begin, left)
            if left > begin and direct:
                yield self._said(None, phrase, "according", parts, direct)
            else:
                yield from self._cut(None, phrase, (begin, left), end, "according")

    def _colon(self) -> Iterator[Said]:
        """X hausse les épaules : « … »; a name at the head of a title."""
        phrase = self.opening
        at = next((k for k in range(self.size) if self.clause.low(k) == ":"), -1)
        if phrase is None or at < 0 or at + 2 != self.size or not self.clause.quoted(at + 1):
            return
        if any(self.clause.low(k) in self.words["titles"] or self.clause.quoted(k) for k in range(at)):
            return
        phrase = self._placed(phrase)
        if phrase.person or (phrase.known and phrase.kind not in UNHEADED):
            yield self._said(None, phrase, "colon", *self.clause.stretches(at + 1, at + 2))

    def _continued(self) -> Iterator[Said]:
        """A sentence that is a quotation, after one that has a speaker or is about a person, in the same paragraph."""
        if not self.clause.quoted(0):
            return
        parts, direct = self.clause.stretches(0, self.size)
        if direct and self.before and (self.before.direct or self.clause.is_long(0)):
            yield self._said(None, self.before.phrase, "continued", parts, direct)
        elif direct and self.person and self.clause.is_long(0):
            yield self._said(None, self.person, "following", parts, direct)

    def _clause_start(self, end: int) -> int:
        """Where the clause begins that ends before a place: past a colon, a semicolon, what was taken."""
        for k in range(end - 1, -1, -1):
            if self.clause.low(k) in (":", ";") or self._taken(self.tokens[k].start, self.tokens[k].end):
                return k + 1
        return 0

    def _said(self, verb: VerbPhrase | None, phrase: Phrase, why: str, parts: Sequence[Span], direct: bool) -> Said:
        written = self.clause.page.text[slice(*self.clause.span(verb.start, verb.end))] if verb else ""
        sentence = self.clause.span(0, len(self.tokens))
        return Said(tuple(parts), direct, phrase, why, sentence, verb.verb if verb else None, written)
