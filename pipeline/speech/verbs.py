"""Verbs of saying in a sentence, with what surrounds them: auxiliary, clitics, pronoun, negation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.speech.grammar import Form, Grammar, Kind, Verb
from pipeline.speech.quotes import Token

REACH = 5  # words between an auxiliary and its participle
REFLEXIVE = frozenset(("se", "s'"))
ATTACHED = ("-t-", "-il", "-elle", "-ils", "-elles", "-on", "-nous", "-je")


@dataclass(frozen=True, slots=True)
class VerbPhrase:
    """A verb of saying: words `start` to `end` of its sentence. `pronoun` is the place of an inverted one, or -1."""

    start: int
    end: int
    verb: Verb
    kind: Kind
    plural: bool
    pronoun: int = -1
    negated: bool = False
    conditional: bool = False


def verb_phrases(tokens: Sequence[Token], grammar: Grammar) -> Iterator[VerbPhrase]:
    """The verbs of saying of a sentence, in order."""
    for at, token in enumerate(tokens):
        forms = grammar.forms.get(token.low) if token.quote < 0 and not (token.capital and at) else None
        if forms and (found := _phrase(tokens, at, forms, grammar)):
            yield found


def _phrase(tokens: Sequence[Token], at: int, forms: tuple[Form, ...], grammar: Grammar) -> VerbPhrase | None:
    for kind in ("past", "finite", "we", "present", "infinitive"):
        if any(form.kind == kind for form in forms):
            read = {"past": _compound, "infinitive": _handed_on}.get(kind, _simple)
            if found := read(tokens, at, [form for form in forms if form.kind == kind], grammar):
                return found
    return None


def _simple(tokens: Sequence[Token], at: int, forms: list[Form], grammar: Grammar) -> VerbPhrase | None:
    words = grammar.words
    before = tokens[at - 1].low if at else ""
    if tokens[at].low in words["homographs"] and (
        before in words["determiners"] or before in ("de", "d'", "en", "par", "du", "au")
    ):
        return None
    start, reflexive, negated = _clitics(tokens, at, words["clitics"])
    pronoun = at + 1 if at + 1 < len(tokens) and tokens[at + 1].low.startswith(ATTACHED) else -1
    form = _fit(forms, reflexive)
    return form and VerbPhrase(start, max(at, pronoun) + 1, form.verb, form.kind, form.plural, pronoun, negated)


def _compound(tokens: Sequence[Token], at: int, forms: list[Form], grammar: Grammar) -> VerbPhrase | None:
    """A participle after its auxiliary: « a-t-elle ainsi précisé », « s'est étonnée »; none for a passive."""
    words = grammar.words
    pronoun, negated = -1, False
    for k in range(at - 1, max(-1, at - 1 - REACH), -1):
        low = tokens[k].low
        if low in words["auxiliaries"] or low in words["conditionals"]:
            start, reflexive, denied = _clitics(tokens, k, words["clitics"])
            form = _fit(forms, reflexive)
            being = low in ("est", "sont", "était", "étaient", "fut", "serait", "seraient")
            if form is None or (being and not reflexive):
                return None
            plural = low in ("ont", "avaient", "sont", "étaient", "eurent", "auraient", "seraient")
            conditional = low in words["conditionals"]
            return VerbPhrase(start, at + 1, form.verb, "finite", plural, pronoun, negated or denied, conditional)
        if low.startswith(ATTACHED):
            pronoun = k
        elif low in words["negations"]:
            negated = True
        elif low not in words["adverbs"] and low not in ("tous", "toutes") and not low.endswith("ment"):
            return None
    return None


def _handed_on(tokens: Sequence[Token], at: int, forms: list[Form], grammar: Grammar) -> VerbPhrase | None:
    """An infinitive that another verb hands its sense to: « a tenu à préciser », « fait savoir », « Et d'ajouter »."""
    words = grammar.words
    pronoun = at + 1 if at + 1 < len(tokens) and tokens[at + 1].low.startswith(ATTACHED) else -1
    for k in range(at - 1, max(-1, at - 1 - REACH), -1):
        low = tokens[k].low
        if low in words["semi"] or (low in words["modals"] and forms[0].verb.lemma == "lire"):
            start, _, negated = _clitics(tokens, k, words["clitics"])
            plural = low.endswith("ent")
            if start and tokens[start - 1].low in words["auxiliaries"]:
                plural = tokens[start - 1].low.startswith(("ont", "av"))
                start, _, denied = _clitics(tokens, start - 1, words["clitics"])
                negated = negated or denied
            form = _fit(forms, any(t.low in REFLEXIVE for t in tokens[k + 1 : at]))
            return form and VerbPhrase(start, max(at, pronoun) + 1, form.verb, "finite", plural, pronoun, negated)
        if low.startswith(ATTACHED):
            pronoun = k
        elif low not in ("à", "de", "d'", "par") and low not in words["clitics"] and low not in words["adverbs"]:
            return None
        elif low in ("de", "d'") and k and tokens[0].low == "et":
            form = _fit(forms, any(t.low in REFLEXIVE for t in tokens[k + 1 : at]))
            return form and VerbPhrase(k, at + 1, form.verb, "infinitive", False)
    return None


def _clitics(tokens: Sequence[Token], at: int, clitics: frozenset[str]) -> tuple[int, bool, bool]:
    """Where the clitics before a verb begin, whether it is reflexive, whether it is negated."""
    start = at
    while start and tokens[start - 1].low in clitics and at - start < 4:
        if tokens[start - 1].low == "nous" and not _has_subject(tokens, start - 1):
            break
        start -= 1
    said = {token.low for token in tokens[start:at]}
    after = tokens[at + 1].low if at + 1 < len(tokens) else ""
    return start, bool(said & REFLEXIVE), bool(said & {"ne", "n'"}) or after == "pas"


def _has_subject(tokens: Sequence[Token], at: int) -> bool:
    """Whether « nous » has a subject before it, and so is told, not telling: « la Cnil nous a indiqué »."""
    before = tokens[at - 1].low if at else "et"
    return before == "," or (before[0].isalnum() and before not in ("que", "qu'", "et", "mais", "si", "où", "dont"))


def _fit(forms: list[Form], reflexive: bool) -> Form | None:
    """The form of the verb as it is used, reflexive or not."""
    own = [form for form in forms if form.verb.reflexive == reflexive]
    return own[0] if own else forms[0] if reflexive else None
