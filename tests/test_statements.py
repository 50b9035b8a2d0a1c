"""Statements: the measured set, the rules one by one, offsets, hostile input; contradictions."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.demo import FOLDER
from pipeline.extract import UnreadableError, extract
from pipeline.measures.statements import evaluate_statements, read_passages, render
from pipeline.records import Capture, Mention, MistakeError
from pipeline.speech.claims import Contradiction, contradictions
from pipeline.speech.grammar import Grammar, load_grammar
from pipeline.speech.quotes import LONGEST_SENTENCE, Page, find_quotes
from pipeline.statements import WHY, Statement, fact_date, find_statements, topics_in

PASSAGES = Path(__file__).parent / "evaluation" / "statements.jsonl"
PIECES = (
    "« Non », dit-il. ", "La Ville de Lille affirme que ", "selon la CNIL, ", "« ", " »", "\"", "“", "”", "\n",
    "Elle ", "a dit ", "Et de conclure : ", ", assure le maire, ", "qu'", "n'",
    "Martine Aubry, maire de Lille, ", "le préfet", ".", "?", ": ", "en 2021 ", "-t-elle", "la ", "de ", "des ",
    "l'", "M. ", "Ce dernier ", "« a, dit Jean. b »", "œ", "\ue000", "dément avoir ", "comme l'affirme ",
)  # fmt: skip


@pytest.fixture(scope="module")
def grammar() -> Grammar:
    return load_grammar()


def one(text: str, grammar: Grammar) -> Statement:
    found = find_statements(text, grammar=grammar)
    assert len(found) == 1, f"{text!r} gave {len(found)} statements: {[s.quote for s in found]}"
    return found[0]


class TestMeasure:
    def test_the_set_is_honest_and_the_rules_reach_their_marks_on_it(self, grammar: Grammar) -> None:
        report = evaluate_statements(PASSAGES.read_text("utf-8").splitlines(), grammar)
        assert report.passages >= 150
        assert report.negatives >= 0.3 * report.passages, "a third of the passages must state nothing"
        shown = "\n".join(
            f"{fault.what}: {fault.words!r} {fault.found!r} != {fault.expected!r}" for fault in report.faults
        )
        assert report.right / report.found >= 0.95, f"precision\n{shown}"
        assert report.right / report.marked >= 0.8, f"recall\n{shown}"
        assert report.fields["speaker"] / report.right >= 0.9, f"speakers\n{shown}"

    def test_no_passage_stands_twice(self) -> None:
        texts = [passage.text for passage in read_passages(PASSAGES.read_text("utf-8").splitlines())]
        assert len(texts) == len(set(texts))

    def test_a_missed_a_false_and_a_wrong_one_are_counted(self, grammar: Grammar) -> None:
        right = {"speaker": "le maire", "institution": "city", "stance": "say", "direct": True}
        rows = [
            {"text": "« Oui », dit le maire.", "said": [{**right, "words": ["Oui"]}]},
            {"text": "« Oui », dit la CNIL.", "said": [{**right, "words": ["Oui"]}]},
            {"text": "Le mot « oui » est dit.", "said": [{**right, "words": ["oui"]}]},
            {"text": "« Oui », dit le maire.", "said": []},
        ]
        report = evaluate_statements([json.dumps(row) for row in rows], grammar)
        assert (report.marked, report.found, report.right) == (3, 3, 2)
        assert report.fields["speaker"] == 1
        assert {fault.what for fault in report.faults} == {"missed", "false", "speaker", "institution", "name"}
        assert "| rappel | 2 | 3 | 0,667" in render(report)
        assert "| recall | 2 | 3 | 0.667" in render(report, language="en")

    def test_every_bad_line_is_told_at_once(self) -> None:
        bad = ['{"text": "a"}', "no", '{"text": "a", "said": [{"words": ["b"], "stance": "say", "direct": true}]}']
        with pytest.raises(MistakeError) as told:
            read_passages(bad)
        assert [line.split(":")[0] for line in str(told.value).splitlines()] == ["line 1", "line 2", "line 3"]


class TestStatement:
    def test_offsets_lead_to_the_words_and_to_the_speaker(self, grammar: Grammar) -> None:
        text = "Titre\n\nMartine Lambert, maire de Valbourg, affirme que rien n’a été acheté en 2021. Fin."
        found = one(text, grammar)
        assert text[found.start : found.end] == found.quote == "rien n’a été acheté en 2021"
        speaker = found.speaker
        assert text[speaker.start : speaker.end] == speaker.surface == "Martine Lambert"
        assert (speaker.role, speaker.institution, speaker.institution_name) == (
            "maire de Valbourg",
            "city",
            "Valbourg",
        )
        assert (found.verb, found.lemma, found.stance, found.why) == ("affirme", "affirmer", "affirm", "reported")
        assert found.sentence == text.split("\n\n")[1].removesuffix(" Fin.")
        assert found.fact_date == "2021"

    def test_cut_words_have_parts(self, grammar: Grammar) -> None:
        text = "« Le système existe », assure le maire, « mais il ne reconnaît personne »."
        found = one(text, grammar)
        assert [text[a:b] for a, b in found.parts] == ["Le système existe", "mais il ne reconnaît personne"]
        assert found.quote == "Le système existe […] mais il ne reconnaît personne"
        assert (found.start, found.end) == (found.parts[0][0], found.parts[1][1])

    def test_a_pronoun_keeps_its_surface_and_takes_the_name(self, grammar: Grammar) -> None:
        text = "La CNIL a réagi. « Nous n'avons rien reçu », précise-t-elle."
        speaker = one(text, grammar).speaker
        assert (speaker.surface, speaker.name, speaker.institution) == ("elle", "La CNIL", "cnil")
        assert text[speaker.start : speaker.end] == "elle"

    def test_ce_dernier_is_written_whole(self, grammar: Grammar) -> None:
        found = one("Le maire de Brionne est passé. Ce dernier assure que tout est réglé.", grammar)
        assert (found.speaker.surface, found.speaker.name) == ("Ce dernier", "Le maire de Brionne")

    def test_the_town_comes_from_what_was_said_before(self, grammar: Grammar) -> None:
        found = one("La Ville de Lille a répondu vendredi. La mairie dément tout usage du logiciel.", grammar)
        assert found.speaker.institution_name == "Lille"
        assert found.stance == "deny"

    def test_every_rule_is_shown_by_the_set_and_named_for_a_reader(self, grammar: Grammar) -> None:
        passages = read_passages(PASSAGES.read_text("utf-8").splitlines())
        used = {s.why for passage in passages for s in find_statements(passage.text, grammar=grammar)}
        assert used == set(WHY), "write a passage for each rule, and name each rule in WHY"

    @pytest.mark.parametrize(
        ("words", "date"),
        [
            ("déposée en 2021", "2021"),
            ("le 24 mars 2025, puis en 2026", "2025-03-24"),
            ("le 1er janvier 2023", "2023-01-01"),
            ("de novembre 2022 à janvier 2025", "2022-11/2025-01"),
            ("le 24 mars", ""),
            ("les 2021 dossiers", ""),
            ("le 99 mars 2025", "2025-03"),
        ],
    )
    def test_the_date_of_the_fact(self, words: str, date: str) -> None:
        assert fact_date(words) == date

    def test_topics_by_overlap_of_offsets(self, grammar: Grammar) -> None:
        text = "Selon la Ville, l'AIPD porte sur BriefCam depuis 2021."
        found = one(text, grammar)

        def mention(topic: str, words: str) -> Mention:
            start = text.index(words)
            return Mention(topic, topic, words, start, start + len(words), 0, text, "")

        mentions = [
            mention("briefcam", "BriefCam"),
            mention("aipd", "AIPD"),
            mention("ville", "Ville"),
            mention("aipd", "AIPD"),
        ]
        assert topics_in(found, mentions) == ("aipd", "briefcam")

    @pytest.mark.parametrize(
        "text",
        [
            "La préfecture n'a pas dit que les caméras seraient retirées.",
            "Si la Ville affirme que tout va bien, tant mieux.",
            "La Ville aurait affirmé que tout va bien.",
            "La Ville a-t-elle affirmé que le document existait ?",
            "Personne ne dit que les images ont été gardées.",
            "L'analyse que la Ville dit avoir transmise existe bel et bien.",
            "On dit que la place sera repavée.",
        ],
    )
    def test_what_is_denied_supposed_or_asked_is_no_statement(self, text: str, grammar: Grammar) -> None:
        assert find_statements(text, grammar=grammar) == []


class TestQuotations:
    def test_nested_marks_make_one(self) -> None:
        text = "« Il a dit « non » hier », et “oui” demain."
        assert [text[q.start : q.end] for q in find_quotes(text)] == ["Il a dit « non » hier", "oui"]

    def test_paragraphs_that_repeat_the_mark_make_one(self) -> None:
        text = "« Un.\n« Deux.\n« Trois. »\n« Autre. »"
        assert [text[q.start : q.end] for q in find_quotes(text)] == ["Un.\n« Deux.\n« Trois.", "Autre."]

    def test_an_unclosed_mark_takes_nothing_with_it(self) -> None:
        text = "« Reste à savoir qui, quand …\n\nLe reste suit. « Oui », dit X."
        assert [text[q.start : q.end] for q in find_quotes(text)] == ["Oui"]

    def test_inches_and_apostrophes_are_no_marks(self) -> None:
        assert find_quotes('Un écran de 27" et l\'autre de 32" sont posés.') == []

    def test_a_quotation_does_not_end_the_sentence_around_it(self) -> None:
        page = Page("« Un. Deux ! » dit M. Faucher. « Trois. » Quatre.")
        assert [page.text[s.tokens[0].start : s.tokens[-1].end] for s in page.sentences] == [
            "« Un. Deux ! » dit M. Faucher.",
            "« Trois. »",
            "Quatre.",
        ]


class TestLaws:
    @settings(max_examples=300, deadline=None)
    @given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
    def test_words_stand_where_they_say_and_belong_to_one_statement(self, text: str) -> None:
        found = find_statements(text, grammar=load_grammar())
        for statement in found:
            speaker = statement.speaker
            assert text[speaker.start : speaker.end] == speaker.surface
            assert speaker.surface
            assert statement.quote == " […] ".join(text[a:b] for a, b in statement.parts)
            assert all(a < b for a, b in statement.parts)
            assert (statement.start, statement.end) == (statement.parts[0][0], statement.parts[-1][1])
            assert statement.why in WHY
        spans = sorted(span for statement in found for span in statement.parts)
        assert all(before[1] <= after[0] for before, after in pairwise(spans))

    @settings(max_examples=100, deadline=None)
    @given(st.text(max_size=80))
    def test_any_text_is_read(self, text: str) -> None:
        find_statements(text, grammar=load_grammar())

    def test_a_paragraph_before_moves_offsets_and_changes_nothing_else(self, grammar: Grammar) -> None:
        before = "Il pleut sur la côte depuis trois jours.\n\n"
        for passage in read_passages(PASSAGES.read_text("utf-8").splitlines()):
            alone = find_statements(passage.text, grammar=grammar)
            after = find_statements(before + passage.text, grammar=grammar)
            assert [(s.quote, s.speaker.name) for s in after] == [(s.quote, s.speaker.name) for s in alone]
            assert [s.start - len(before) for s in after] == [s.start for s in alone]

    def test_a_sentence_without_end_is_read_in_pieces(self) -> None:
        page = Page("la Ville dit que " * 500)
        assert max(len(sentence.tokens) for sentence in page.sentences) <= LONGEST_SENTENCE


class TestGrammar:
    def test_each_word_of_the_lists_is_one_that_texts_can_hold(self, grammar: Grammar) -> None:
        for key, words in grammar.words.items():
            odd = [word for word in words if not re.fullmatch(r"[\w' -]+", word) or word != word.lower()]
            assert not odd, f"statements.toml, {key}: {odd}: lower case, an underscore for a blank"

    def test_no_verb_is_declared_without_being_a_verb(self) -> None:
        data = tomllib.loads(resources.files("pipeline.speech").joinpath("statements.toml").read_text("utf-8"))
        spare = set(data["forms"]) - {re.sub(r"^(se |s')", "", verb) for verb in data["verbs"]}
        assert not spare, f"statements.toml [forms]: no verb has these: {spare}"

    @pytest.mark.parametrize(
        ("form", "lemma"),
        [("rappelle", "rappeler"), ("répètent", "répéter"), ("annonçait", "annoncer"), ("jugeaient", "juger")],
    )
    def test_conjugation(self, form: str, lemma: str, grammar: Grammar) -> None:
        assert lemma in {found.verb.lemma for found in grammar.forms[form]}


CITY = "La Ville de Lille affirme que l'analyse d'impact a bien été déposée auprès de la CNIL en 2021."
CNIL = "La Cnil répond n'avoir reçu aucune analyse d'impact."


def pairs(texts: Iterable[str], grammar: Grammar) -> list[Contradiction]:
    return contradictions((s for text in texts for s in find_statements(text, grammar=grammar)), grammar=grammar)


class TestContradictions:
    def test_one_affirms_another_denies_with_the_words_that_say_so(self, grammar: Grammar) -> None:
        (pair,) = pairs([CITY, CNIL], grammar)
        assert pair.about == "impact_assessment_handed_over"
        assert (pair.affirms.statement.speaker.institution, pair.denies.statement.speaker.institution) == (
            "city",
            "cnil",
        )
        assert pair.affirms.words == ("analyse d'impact", "déposée")
        assert pair.denies.words == ("n'", "aucune", "analyse d'impact", "reçu")

    @pytest.mark.parametrize(
        "denial",
        [
            "« Ni information, ni analyse d'impact ne nous sont parvenues », précise la CNIL.",
            "La CNIL déclarait n'avoir été ni informée, ni destinataire d'une telle analyse.",
            "La CNIL dément que l'analyse d'impact lui ait été transmise.",
            "« L'AIPD n’a jamais été transmise à nos services », indique la Cnil.",
        ],
    )
    def test_denials(self, denial: str, grammar: Grammar) -> None:
        assert len(pairs([CITY, denial], grammar)) == 1

    @pytest.mark.parametrize(
        "other",
        [
            "La CNIL confirme que l'analyse d'impact a été déposée en 2021.",
            "La CNIL demande que l'analyse d'impact lui soit transmise.",
            "La CNIL dément n'avoir reçu aucune analyse d'impact.",
            "La CNIL dit ne pas savoir si l'analyse d'impact a été transmise.",
            "La CNIL indique que l'analyse d'impact n'a pas été conduite avant la mise en service.",
            "La CNIL indique que le logiciel n'a pas été déclaré.",
            "La CNIL indique que l'analyse d'impact ne sera pas transmise aux élus.",
            "La CNIL indique que l'analyse d'impact de la Ville de Roubaix n'a jamais été reçue.",
            "La CNIL indique que l'analyse d'impact n'avait pas été reçue en 2019.",
            "Un habitant dit que l'analyse d'impact n'a jamais été transmise.",
            "Selon Le Guetteur, l'analyse d'impact n'a jamais été transmise.",
            "La Ville de Roubaix affirme que l'analyse d'impact n'a pas été transmise.",
            "La Ville affirme que l'analyse d'impact n'a pas été transmise.",
            "La CNIL n'a pas dit que l'analyse d'impact n'avait pas été reçue.",
            "« Nous n'avons jamais dit que l'analyse d'impact avait été transmise », précise la CNIL.",
            "La CNIL a-t-elle dit que l'analyse d'impact n'avait pas été reçue ?",
        ],
    )
    def test_nothing_is_claimed_where_it_is_not_sure(self, other: str, grammar: Grammar) -> None:
        assert pairs([CITY, other], grammar) == []

    def test_who_said_both_contradicts_nobody(self, grammar: Grammar) -> None:
        assert pairs([CITY, CNIL, "La CNIL précise que l'analyse d'impact lui a été transmise."], grammar) == []

    def test_repeated_statements_make_one_pair(self, grammar: Grammar) -> None:
        assert len(pairs([CITY, CNIL, CITY, CNIL], grammar)) == 1

    def test_the_demo_tells_of_the_city_and_the_cnil_and_of_nothing_else(self, grammar: Grammar) -> None:
        texts = demo_texts()
        (pair,) = pairs(texts, grammar)
        assert pair.about == "impact_assessment_handed_over"
        assert (pair.affirms.statement.speaker.institution, pair.denies.statement.speaker.institution) == (
            "city",
            "cnil",
        )

    def test_without_its_statements_the_demo_tells_of_none(self, grammar: Grammar) -> None:
        silent = []
        for text in demo_texts():
            for statement in reversed(find_statements(text, grammar=grammar)):
                for start, end in reversed(statement.parts):
                    text = text[:start] + text[end:]  # noqa: PLW2901  # the next cut stands before this one
            silent.append(text)
        assert pairs(silent, grammar) == []


@cache
def demo_texts() -> tuple[str, ...]:
    """The texts of the demo's pages as they are stored; one of its documents is a scan."""
    now = datetime(2025, 5, 1, tzinfo=UTC)
    texts = []
    for file in sorted((FOLDER / "pages").iterdir()):
        kind = "application/pdf" if file.suffix == ".pdf" else "text/html"
        url = f"http://demo.example/{file.stem}"
        capture = Capture("x", url, now, 200, (("Content-Type", kind),), file.read_bytes())
        with suppress(UnreadableError):
            texts.append(extract(capture).text)
    assert len(texts) > 40
    return tuple(texts)
