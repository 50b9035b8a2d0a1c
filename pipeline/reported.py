"""The rules of statements: the ways in which French news joins words to who says them, a method each.

A sentence is read from left to right; each verb of saying, each « selon », then a colon, are tried against the rules,
and words that are taken are not taken again. A sentence is of bounded length, so time grows with the text's alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.grammar import Grammar, Verb
from pipeline.quotes import Page, Sentence, Token
from pipeline.speakers import DEFINITE, OF, Phrase, Speakers
from pipeline.verbs import VerbPhrase, verb_phrases

SHORTEST = 4  # words of a clause that may be reported without a quotation
LONG = 8  # words of a quotation that is surely said by somebody
SUBJECT = 5  # words at most of a subject that an attribution cuts from its verb
REACH = 25  # words between a verb and the colon that it announces
THAT = ("que", "qu'")
NOT_THAT = frozenset(
    "plus moins alors tandis afin ainsi parce lors dès pour avant sans bien tel telle autre même mieux aussi depuis ce".split()
)
SUBORDINATE = frozenset(("que", "qu'", "dont", "quand", "lorsque", "lorsqu'", "puisque", "comme"))
ENDS = frozenset((".", "?", "!", "…", "...", ",", ";", ":", ")", "(", "–", "—", "-"))
OPENERS = frozenset("mais et or car donc puis ensuite enfin alors oui non toujours car".split())
ASKED = frozenset(("si", "s'", "comment", "pourquoi", "combien", "quand", "où"))


@dataclass(frozen=True, slots=True)
class Said:
    """A statement as a rule finds it: stretches of the text, the speaker's phrase, the verb, the sentence."""

    parts: tuple[tuple[int, int], ...]
    direct: bool
    phrase: Phrase
    why: str
    sentence: tuple[int, int]
    verb: Verb | None = None
    written: str = ""


class Reader:
    """Reads the sentences of a page in order, and remembers who spoke last."""

    def __init__(self, page: Page, grammar: Grammar) -> None:
        self.page, self.grammar = page, grammar
        self.speakers = Speakers(page, grammar)
        self.last: Said | None = None
        self.person: Phrase | None = None

    def read(self, sentence: Sentence) -> list[Said]:
        """The statements of the next sentence."""
        if not sentence.tokens:
            return []
        if sentence.first:
            self.last = self.person = None
        reading = Reading(self, sentence.tokens, self.last, self.person)
        found = reading.statements()
        self.last = found[-1] if found else None
        self.person = reading.opening if reading.opening and reading.opening.person and reading.opening.named else None
        return found


class Reading:
    """One sentence, its verbs, and what was found in it so far."""

    def __init__(self, reader: Reader, tokens: tuple[Token, ...], before: Said | None, person: Phrase | None) -> None:
        self.page, self.grammar, self.speakers = reader.page, reader.grammar, reader.speakers
        self.tokens, self.before, self.person = tokens, before, person
        self.size = len(tokens)
        self.verbs = list(verb_phrases(tokens, self.grammar))
        self.found: list[Said] = []
        self.opening = self.speakers.opening(tokens)
        while self.size and tokens[self.size - 1].low in ENDS:
            self.size -= 1
        self.asks = any(token.low == "?" for token in tokens[self.size :])

    def statements(self) -> list[Said]:
        """What all rules find, each word once."""
        if self.opening and (self.opening.person or self.opening.known):
            self.speakers.remember(self.opening)
        events = [(phrase.start, phrase) for phrase in self.verbs] + [(at, size) for at, size in self._accordings()]
        for at, event in sorted(events, key=lambda event: event[0]):
            if self._taken(self.tokens[at].start):
                continue
            rules = self._by_verb(event) if isinstance(event, VerbPhrase) else self._according(at, event)
            self._keep(next(rules, None))
        for token in self.tokens:
            if token.quote >= 0 and not self._taken(*self.page.quotes[token.quote][:2]):
                self._keep(next(self._inside(token), None))
        if not self.found:
            self._keep(next(self._colon(), None) or next(self._continued(), None))
        return self.found

    def _keep(self, said: Said | None) -> None:
        if said and not any(self._taken(start, end) for start, end in said.parts):
            self.found.append(said)
            self.speakers.remember(said.phrase)

    def _taken(self, start: int, end: int = 0) -> bool:
        return any(a < max(end, start + 1) and start < b for said in self.found for a, b in said.parts)

    def _accordings(self) -> Iterator[tuple[int, int]]:
        """Where « selon » and its like stand, with how many words they are."""
        lows = [token.low for token in self.tokens]
        for at, low in enumerate(lows):
            for words in self.grammar.according:
                if low == words[0] and tuple(lows[at : at + len(words)]) == words:
                    yield at, len(words)
            if low == "pour" and (at == 0 or lows[at - 1] == ","):
                yield at, 1

    # Verbs

    def _by_verb(self, verb: VerbPhrase) -> Iterator[Said]:
        before = self.tokens[verb.start - 1].low if verb.start else ""
        if verb.negated:
            return
        if verb.kind == "infinitive":
            yield from self._and_to_add(verb)
        elif before == "comme" or (before in THAT and verb.start > 1 and self.tokens[verb.start - 2].low == "ainsi"):
            yield from self._as(verb)
        elif before not in THAT:
            yield from self._reporting(verb)
            yield from self._inverted(verb)
            yield from self._introduced(verb)

    def _reporting(self, verb: VerbPhrase) -> Iterator[Said]:
        """« X dit que … », « dit avoir … », « demande si … », « demande à Y de … », « dément tout … »."""
        at, why = self._content(verb)
        if at < 0 or self.asks or verb.conditional or self.tokens[0].low in ("si", "s'"):
            return
        phrase = self._subject(verb)
        if phrase is None or not self._may_say(phrase, verb, strict=why == "object" or (why == "infinitive" and not self._is_compound(at))):
            return
        before = self._before(phrase)
        if phrase.speaker.name.lower() == "on" or self._is_nobody(phrase) or before in ("si", "s'"):
            return
        if why == "infinitive" and before in THAT:  # « l'analyse que la Ville dit avoir transmise existe »: where does it end?
            return
        end = self._clause_end(at)
        if before in SUBORDINATE or (verb.start and self.tokens[verb.start - 1].low == "qui"):
            end = next((k for k in range(at + 2, end) if self.tokens[k].low == ","), end)
        if end - at > 1 or (end > at and self.tokens[at].quote >= 0):
            yield self._said(verb, phrase, why, *self._words(at, end))

    def _content(self, verb: VerbPhrase) -> tuple[int, str]:
        """Where the words reported by a verb begin, and by which rule; (-1, "") when it reports none."""
        takes, tokens = verb.verb.takes, self.tokens
        after = self._past_adjuncts(verb.end)
        if "inf" in takes and self._infinitive(after):
            return after, "infinitive"
        if "de" in takes:
            for k in range(verb.end, min(self.size - 1, verb.end + 12)):
                if tokens[k].low in ("de", "d'") and self._is_infinitive(k + 1):
                    return k + 1, "request"
        if "object" in takes and verb.end < self.size:
            low = tokens[verb.end].low
            if low in ("tout", "toute") or low in self.grammar.words["determiners"]:
                return verb.end, "object"
        if after < self.size:
            low, before = tokens[after].low, tokens[after - 1].low
            if low in THAT and "que" in takes and before not in NOT_THAT:
                return after + 1, "reported"
            if low in ASKED and "si" in takes:
                return after + (low in ("si", "s'")), "reported"
        return -1, ""

    def _past_adjuncts(self, at: int) -> int:
        """The place past adverbs, adjuncts and insertions that may stand between a verb and its « que »."""
        words, tokens = self.grammar.words, self.tokens
        end = min(self.size, at + REACH)
        while at < end:
            low = tokens[at].low
            if low in words["prepositions"] or low in OF:
                at = self.speakers.phrase_end(tokens, at + 1, end) if at + 1 < end else end
            elif low == "," or low in words["adverbs"] or low in words["times"] or low.isdigit() or low.endswith("ment"):
                at += 1
            elif low in DEFINITE and at + 1 < end and (tokens[at + 1].low in words["times"] or tokens[at + 1].low.isdigit()):
                at += 2
            elif low in ("datée", "daté", "publié", "publiée", "diffusé", "diffusée", "paru", "dernier", "dernière"):
                at += 1
            else:
                break
        return at

    def _infinitive(self, at: int) -> int:
        """The place of an infinitive that begins here, after its negation; 0 for none."""
        while at < self.size and self.tokens[at].low in ("n'", "ne", "pas", "plus", "jamais", "bien", "déjà", "y", "en", "l'", "lui", "leur", "s'", "se"):
            at += 1
        return at if self._is_infinitive(at) else 0

    def _is_compound(self, at: int) -> bool:
        """Whether an infinitive there is « avoir » or « être »: what is said to have been, not what is meant to be done."""
        return self.tokens[self._infinitive(at)].low in ("avoir", "être")

    def _is_infinitive(self, at: int) -> bool:
        if at >= self.size or self.tokens[at].capital or self.tokens[at].quote >= 0:
            return False
        low = self.tokens[at].low
        known = low in self.grammar.words["infinitives"]
        ending = low.endswith(("er", "ir", "oir")) and len(low) > 3 and low not in self.grammar.nouns
        return known or (ending and low not in ("hier", "premier", "dernier", "février", "janvier", "quartier", "dossier", "métier", "courrier", "papier", "soir", "avenir", "pouvoir", "espoir"))

    def _subject(self, verb: VerbPhrase) -> Phrase | None:
        """Who stands before a verb; the sentence's first phrase where the verb has a subject in common with another."""
        if verb.pronoun >= 0:
            return self.speakers.pronoun(self.tokens[verb.pronoun])
        before = self.tokens[verb.start - 1].low if verb.start else ""
        if verb.kind == "present" and self.found:
            return self.found[-1].phrase
        if verb.kind == "present" or before in ("et", "puis"):
            return self.opening if self.opening and self.opening.speaker.start < self.tokens[verb.start].start else None
        return self.speakers.subject(self.tokens, verb.start, plural=verb.plural) if verb.start else None

    def _may_say(self, phrase: Phrase, verb: VerbPhrase, *, strict: bool = False) -> bool:
        if phrase.kind == "things":
            return False
        return phrase.known or phrase.person or not (strict or "weak" in verb.verb.takes)

    def _before(self, phrase: Phrase) -> str:
        """The word before a speaker in this sentence."""
        at = next((k for k, token in enumerate(self.tokens) if token.end > phrase.speaker.start), 0)
        return self.tokens[at - 1].low if at else ""

    def _is_nobody(self, phrase: Phrase) -> bool:
        return phrase.speaker.surface.split(" ")[0].lower() in self.grammar.words["nobody"]

    def _inverted(self, verb: VerbPhrase) -> Iterator[Said]:
        """« … », dit X; « … », dit X, « … »; … , dit X."""
        tokens, at = self.tokens, verb.start - 1
        if at < 0 or not (tokens[at].quote >= 0 or tokens[at].low == ","):
            return
        left = at if tokens[at].low == "," else at + 1
        quoted = left > 0 and tokens[left - 1].quote >= 0
        if (found := self._speaker_after(verb)) is None:
            return
        phrase, end = found
        start = self._clause_start(left)
        resumed = self._resumed(end)
        parts, direct = self._words(start, left)
        if quoted and not direct and (left - start < SHORTEST or tokens[left - 2].low == ","):
            parts, direct = self._words(left - 1, left)
        if quoted:
            yield self._said(verb, phrase, "inverted", (*parts, *resumed) if direct else parts, direct)
        elif resumed and (left - start < SHORTEST or tokens[start].low in self.grammar.words["prepositions"]):
            yield self._said(verb, phrase, "inverted", resumed, True)
        elif "que" in verb.verb.takes and (phrase.known or phrase.person) and phrase.kind != "things" and not verb.conditional:
            yield from self._cut(verb, phrase, (start, left), end, "inverted")

    def _cut(self, verb: VerbPhrase | None, phrase: Phrase, left: tuple[int, int], end: int, why: str) -> Iterator[Said]:
        """Words without quotation marks before an attribution, and after it where it cuts a subject from its verb."""
        tokens = self.tokens
        length = left[1] - left[0]
        after = tokens[end + 1].low if end + 1 < self.size and tokens[end].low == "," else ""
        if 0 < length <= SUBJECT and after in self.grammar.words["predicates"]:
            yield self._said(verb, phrase, why, (self._span(*left), self._span(end + 1, self._clause_end(end + 1))), False)
        elif length >= SHORTEST and (end >= self.size or tokens[end].low in ENDS or tokens[end].low in self.grammar.words["prepositions"]):
            yield self._said(verb, phrase, why, *self._words(*left))

    def _speaker_after(self, verb: VerbPhrase) -> tuple[Phrase, int] | None:
        """The speaker of an inverted verb; of « souligne-t-on à la préfecture » the place."""
        tokens = self.tokens
        if verb.pronoun >= 0:
            phrase = self.speakers.pronoun(tokens[verb.pronoun])
            if phrase.speaker.name.lower() == "on":
                for k in range(verb.end, min(self.size, verb.end + 4)):
                    if tokens[k].low in ("à", "au", "aux", "chez", "dans", "sur", "côté", "du"):
                        if found := self.speakers.after(tokens, k + 1, near=True):
                            return found
            return phrase, verb.end
        found = self.speakers.after(tokens, verb.end, plural=verb.plural)
        if found is None or any(token.low in THAT for token in tokens[verb.end : verb.end + 2]):
            return None
        return found

    def _resumed(self, at: int) -> tuple[tuple[int, int], ...]:
        """The quotation that goes on after an attribution: « … », dit X, « … »."""
        tokens = self.tokens
        at += at < len(tokens) and tokens[at].low in (",", ":")
        if at < len(tokens) and tokens[at].quote >= 0 and tokens[at - 1].low in (",", ":"):
            return (self._inner(at),)
        return ()

    def _introduced(self, verb: VerbPhrase) -> Iterator[Said]:
        """X dit : « … »; X dit « … »; X dénonce un « … »."""
        tokens = self.tokens
        at = next((k for k in range(verb.end, min(len(tokens), verb.end + REACH)) if tokens[k].quote >= 0 or tokens[k].low in ";:"), -1)
        if at < 0 or any(verb.end <= other.start < at and other.kind == "finite" for other in self.verbs):
            return
        if tokens[at].low == ":" and at + 1 < len(tokens) and tokens[at + 1].quote >= 0:
            phrase = self._subject(verb)
            if phrase is None and (found := self._speaker_after(verb)):
                phrase = found[0]
            if phrase and phrase.kind != "things" and not self._is_nobody(phrase) and (phrase.known or phrase.person or at == verb.end or not self._doubtful(verb)):
                yield self._said(verb, phrase, "introduced", *self._words(at + 1, at + 2))
        elif tokens[at].quote >= 0:
            between = [token.low for token in tokens[verb.end : at]]
            words = self.grammar.words
            small = len(between) <= 3 and all(low in words["determiners"] or low in OF or low in ("comme", "'") for low in between)
            if not between or ("fragment" in verb.verb.takes and small):
                phrase = self._subject(verb)
                if phrase and (phrase.known or phrase.person) and phrase.speaker.name.lower() != "on":
                    yield self._said(verb, phrase, "fragment" if between else "introduced", *self._words(at, at + 1))

    def _doubtful(self, verb: VerbPhrase) -> bool:
        """Whether the verb's form may be a noun or an adjective here: « un œil critique »."""
        return verb.end - verb.start == 1 and self.tokens[verb.start].low in self.grammar.words["homographs"]

    def _and_to_add(self, verb: VerbPhrase) -> Iterator[Said]:
        """Et d'ajouter : « … »; the speaker is the one before."""
        at = verb.end
        if self.before and at + 1 < len(self.tokens) and self.tokens[at].low == ":" and self.tokens[at + 1].quote >= 0:
            yield self._said(verb, self.before.phrase, "introduced", *self._words(at + 1, at + 2))

    def _as(self, verb: VerbPhrase) -> Iterator[Said]:
        """Comme l'affirme X, …; …, comme le rappelle X."""
        if not any(token.low in ("le", "l'") for token in self.tokens[verb.start : verb.end]):
            return
        found = self._speaker_after(verb)
        if found is None or not (found[0].known or found[0].person) or self.asks:
            return
        phrase, end = found
        head = verb.start - 1
        head -= self.tokens[head].low in THAT
        if head == 0 and end < self.size and self.tokens[end].low == ",":
            yield self._said(verb, phrase, "as", *self._words(end + 1, self._clause_end(end + 1)))
        elif head > SHORTEST and self.tokens[head - 1].low == ",":
            yield self._said(verb, phrase, "as", *self._words(self._clause_start(head - 1), head - 1))

    def _inside(self, quoted: Token) -> Iterator[Said]:
        """« …, dit X, … »: the attribution stands within the quotation marks."""
        quote = self.page.quotes[quoted.quote]
        tokens = self.page.inside(quote)
        for verb in verb_phrases(tokens, self.grammar):
            if not verb.start or tokens[verb.start - 1].low not in (",", "?", "!", "…") or verb.kind != "finite":
                continue
            if verb.pronoun >= 0:
                phrase, end = self.speakers.pronoun(tokens[verb.pronoun]), verb.end
                end = next((k for k in range(end, min(len(tokens), end + SHORTEST * 4)) if tokens[k].low in (",", ".")), len(tokens))
            elif found := self.speakers.after(tokens, verb.end, near=True):
                phrase, end = found
                while end + 1 < len(tokens) and tokens[end].low == "," and self._is_aside(tokens[end + 1]):
                    end = next((k for k in range(end + 1, len(tokens)) if tokens[k].low in (",", ".")), len(tokens))
            else:
                continue
            named = phrase.known or phrase.person or verb.pronoun >= 0
            if named and phrase.speaker.name.lower() not in ("on", "nous", "je") and (end >= len(tokens) or tokens[end].low in (",", ".")):
                parts = [(quote.start, tokens[verb.start - 1].start + (tokens[verb.start - 1].low != ","))]
                if end + 1 < len(tokens):
                    parts.append((tokens[end + 1].start, quote.end))
                written = self.page.text[tokens[verb.start].start : tokens[verb.end - 1].end]
                yield Said(tuple(parts), True, phrase, "inside", self._span(0, len(self.tokens)), verb.verb, written)

    def _is_aside(self, token: Token) -> bool:
        """Whether a bare noun after a speaker goes on about the speaker: « explique Antony Fastier, toxicologue »."""
        words = self.grammar.words
        stops = ("determiners", "prepositions", "breaks", "clitics", "adverbs", "auxiliaries")
        return token.low[0].isalpha() and not token.capital and not any(token.low in words[key] for key in stops)

    # Without a verb

    def _according(self, at: int, size: int) -> Iterator[Said]:
        """Selon X, …; …, selon X; pour X, « … »."""
        tokens = self.tokens
        start = at + size
        if start >= len(tokens):
            return
        found: tuple[Phrase, int] | None
        if tokens[start].low in ("lui", "elle", "eux", "elles"):
            found = self.speakers.pronoun(tokens[start]), start + 1
        else:
            found = self.speakers.after(tokens, start, near=True)
        if found is None or found[0].kind == "things":
            return
        phrase, end = found
        if end < self.size and self._is_long(end + (tokens[end].low == ",")) and not self._is_nobody(phrase):
            yield self._said(None, phrase, "according", *self._words(end, self._clause_end(end)))
        if not (phrase.known or phrase.person or tokens[start].capital):
            return
        head = all(token.low in OPENERS or token.low == "," for token in tokens[:at])
        if head and end < self.size and tokens[end].low == ",":
            parts, direct = self._words(end + 1, self._clause_end(end + 1))
            if direct or tokens[at].low != "pour":
                yield self._said(None, phrase, "according", parts, direct)
        elif not head and tokens[at].low != "pour" and (end >= self.size or tokens[end].low in (",", ";")):
            left = at - (tokens[at - 1].low == ",")
            begin = self._clause_start(left)
            if left > begin and tokens[left - 1].quote >= 0 and self._words(begin, left)[1]:
                yield self._said(None, phrase, "according", *self._words(begin, left))
            else:
                yield from self._cut(None, phrase, (begin, left), end, "according")

    def _colon(self) -> Iterator[Said]:
        """X hausse les épaules : « … »; a name at the head of a title."""
        tokens, phrase = self.tokens, self.opening
        at = next((k for k, token in enumerate(tokens[: self.size]) if token.low == ":"), -1)
        if phrase is None or at < 0 or at + 2 != self.size or tokens[at + 1].quote < 0:
            return
        if any(token.low in self.grammar.words["titles"] or token.quote >= 0 for token in tokens[:at]):
            return
        if phrase.person or (phrase.known and phrase.kind not in ("document", "company", "journalist", "association")):
            yield self._said(None, phrase, "colon", *self._words(at + 1, at + 2))

    def _continued(self) -> Iterator[Said]:
        """A sentence that is a quotation, after one that has a speaker or is about a person, in the same paragraph."""
        if not self._words(0, self.size)[1] or self.tokens[0].quote < 0:
            return
        if self.before and (self.before.direct or self._is_long(0)):
            yield self._said(None, self.before.phrase, "continued", *self._words(0, self.size))
        elif self.person and self._is_long(0):
            yield self._said(None, self.person, "following", *self._words(0, self.size))

    def _is_long(self, at: int) -> bool:
        """Whether a quotation stands there that is too long to be a title or a word held at arm's length."""
        quote = self.tokens[at].quote if at < len(self.tokens) else -1
        return quote >= 0 and len(self.page.text[slice(*self._inner(at))].split()) >= LONG

    # Stretches

    def _clause_start(self, end: int) -> int:
        """Where the clause begins that ends before a place: past a colon, a semicolon, what was taken."""
        for k in range(end - 1, -1, -1):
            if self.tokens[k].low in (":", ";") or self._taken(self.tokens[k].start, self.tokens[k].end):
                return k + 1
        return 0

    def _clause_end(self, start: int) -> int:
        """Where the reported clause ends that begins at a place: before what may be the journalist's again."""
        tokens = self.tokens
        for k in range(start + 1, self.size):
            low, after = tokens[k].low, tokens[k + 1].low if k + 1 < len(tokens) else ""
            beyond = tokens[k + 2].low if k + 2 < len(tokens) else ""
            if low in (";", ":") or (low in ("tandis", "alors") and after in THAT):
                return k - (tokens[k - 1].low == ",")
            if low == "," and (
                (after in ("mais", "or") and beyond not in THAT)
                or (after == "ce" and beyond in ("que", "qu'", "qui"))
                or any(verb.start == k + 1 and verb.pronoun >= 0 for verb in self.verbs)
                or after == "selon"
            ):
                return k
        return self.size

    def _words(self, start: int, end: int) -> tuple[tuple[tuple[int, int], ...], bool]:
        """The stretches of text of some words, and whether all of them are quoted."""
        tokens = self.tokens
        while start < end and tokens[end - 1].low in ENDS:
            end -= 1
        first = start
        while first < end and (tokens[first].low in ENDS or tokens[first].low in OPENERS):
            first += 1
        inside = [k for k in range(first, end) if tokens[k].quote >= 0]
        if inside and all(k in inside or tokens[k].low in ENDS or tokens[k].low == "et" for k in range(first, end)):
            return tuple(self._inner(k) for k in inside), True
        while start < end and tokens[start].low in ENDS:
            start += 1
        return (self._span(start, max(end, start + 1)),), False

    def _inner(self, at: int) -> tuple[int, int]:
        quote = self.page.quotes[self.tokens[at].quote]
        return quote.start, quote.end

    def _span(self, start: int, end: int) -> tuple[int, int]:
        return self.tokens[start].start, self.tokens[end - 1].end

    def _said(self, verb: VerbPhrase | None, phrase: Phrase, why: str, parts: Sequence[tuple[int, int]], direct: bool) -> Said:
        written = self.page.text[slice(*self._span(verb.start, verb.end))] if verb else ""
        sentence = self._span(0, len(self.tokens))
        return Said(tuple(parts), direct, phrase, why, sentence, verb.verb if verb else None, written)
