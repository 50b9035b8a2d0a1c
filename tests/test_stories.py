# ruff: noqa: T201  # the table of measures is printed by a test
"""Folding, joining and telling: the labelled set, the laws that hold for any set, and the traps one by one.

`pytest tests/test_stories.py -k table -s` prints the table of measures.
"""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.measures.mentions import Score, wilson
from pipeline.measures.stories import Labelled, Report, evaluate_stories, folded_texts, joined_matters, read_articles
from pipeline.prints.agencies import agencies
from pipeline.prints.folding import fold
from pipeline.prints.reprints import SOME, WINDOW, Print, Signature, Text, compare, compared, near, signature, sweep
from pipeline.records import MistakeError
from pipeline.stories import Title, Told, matters, owners, summary, telling_words

LABELLED = (Path(__file__).parent / "evaluation" / "stories.jsonl").read_text("utf-8").splitlines()
NOON = datetime(2024, 11, 21, 11, tzinfo=UTC)

WORDS = ("un", "deux", "Lille", "2024", "jeudi", "de", "la", "caméra")


@pytest.fixture(scope="module")
def report() -> Report:
    return evaluate_stories(LABELLED)


def baselines() -> dict[str, Score]:
    """The same pairs by one measure of two texts: what MinHash estimates, the share of the shorter in the longer."""
    articles = read_articles(LABELLED)
    texts = {one.id: Text(one.text) for one in articles}
    scores = {"Jaccard of shingles ≥ 0.5": Score(), "containment ≥ 0.5": Score()}
    for one, other in combinations(articles, 2):
        ours, theirs = texts[one.id].shingle_set, texts[other.id].shingle_set
        found = compare(texts[one.id], texts[other.id]).containment, len(ours & theirs) / max(1, len(ours | theirs))
        same = one.same == other.same
        for name, likeness in zip(scores, reversed(found), strict=True):
            scores[name] += Score(same, likeness >= 0.5, same and likeness >= 0.5)
    return scores


def row(name: str, score: Score) -> str:
    (low, high), (least, most) = wilson(score.right, score.found), wilson(score.right, score.marked)
    return (
        f"{name:8} {score.marked:4} pairs, {score.found:4} found: precision {score.precision:.3f}"
        f" [{low:.3f} {high:.3f}], recall {score.recall:.3f} [{least:.3f} {most:.3f}]"
    )


def test_the_table_of_measures(report: Report) -> None:
    print(f"\n{report.articles} articles\n{row('folding', report.folding)}\n{row('joining', report.joining)}")
    for what, (all_, right) in report.classes.items():
        print(f"{right:3} of {all_:2}  {what}")
    for fault in report.faults:
        print(f"{fault.task}: {fault.kind} {fault.one} × {fault.other}")
    for name, score in baselines().items():
        print(row(name, score))
    false = [f"{fault.one} × {fault.other}" for fault in report.faults if fault.kind == "false"]
    assert not false, f"two articles taken for one text or matter, which must never be: {', '.join(false)}"
    assert report.folding.recall >= 0.9 and report.joining.recall >= 0.9


def test_every_class_of_false_friends_stands_apart(report: Report) -> None:
    """What is not called a reprint in the set: each article of it has just the companions that it should."""
    wrong = {what for what, (all_, right) in report.classes.items() if right < all_}
    assert wrong <= {"a press release", "a press release printed as it is"}, (
        f"{wrong}: look with -k table -s; what is missed so far is a short release with a name written otherwise"
    )


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_arrival_changes_nothing(seed: int) -> None:
    articles = read_articles(LABELLED)
    wanted = folded_texts(articles)
    shuffled = random.Random(seed).sample(articles, len(articles))
    assert folded_texts(shuffled) == wanted
    assert joined_matters(shuffled, wanted) == joined_matters(articles, wanted)


@pytest.mark.parametrize("size", [1, 7, 40])
def test_a_few_at_a_time_gives_the_same_pairs_as_all_at_once(size: int) -> None:
    prints = [as_print(one) for one in random.Random(1).sample(read_articles(LABELLED), 97)]
    pairs: set[tuple[str, str]] = set()
    for begin in range(0, len(prints), size):
        pairs |= set(near(prints[begin : begin + size], prints[:begin]))
    assert pairs == set(near(prints))
    assert set(sweep(sorted(prints, key=lambda one: one.at))) == set(near(prints))


def as_print(one: Labelled) -> Print:
    return Print(one.id, one.source, one.at, one.title, signature(one.text))


@given(st.lists(st.sets(st.integers(0, 30), min_size=1, max_size=12), min_size=2, max_size=12), st.integers(0, 11))
def test_no_pair_that_shares_enough_is_lost(sets: list[set[int]], new: int) -> None:
    """The index looks up few of the marks; held against looking at every pair."""
    prints = [
        Print(str(n), "s", NOON, "", Signature(100, f"{n:02}", tuple(sorted(marks)))) for n, marks in enumerate(sets)
    ]
    wanted = {
        (f"{a:02}", f"{b:02}")
        for a in range(len(sets))
        for b in range(a + 1, len(sets))
        if a < new and len(sets[a] & sets[b]) >= max(1, int(SOME * min(len(sets[a]), len(sets[b]))))
    }
    assert set(near(prints[:new], prints[new:])) == wanted


@given(st.lists(st.sampled_from(WORDS), max_size=80), st.data())
def test_a_comparison_has_no_side(words: list[str], data: st.DataObject) -> None:
    other = data.draw(st.permutations(words)) if words else []
    one, two = Text(" ".join(words)), Text(" ".join(other))
    found = compare(one, two)
    assert found == compare(two, one)
    assert 0 <= found.shared <= found.shorter <= found.longer


def test_marks_are_sure_to_meet_where_sixteen_words_are_shared() -> None:
    shared = " ".join(f"commun{n}" for n in range(16))
    for begin in range(20):
        one = " ".join(f"a{n}" for n in range(begin)) + f" {shared} " + " ".join(f"b{n}" for n in range(60))
        two = " ".join(f"c{n}" for n in range(33)) + f" {shared} " + " ".join(f"d{n}" for n in range(begin))
        assert set(signature(one).marks) & set(signature(two).marks)


PROSE = (
    "Le conseil communautaire a voté hier soir l'achat de deux bateaux à fond plat pour l'entretien des canaux. Le "
    "premier sera livré avant l'été, le second quand le fournisseur aura retrouvé une chaîne de montage. Les bateliers "
    "demandent depuis dix ans que les berges soient dégagées, et les pêcheurs que rien ne bouge avant le frai."
)


def folded(*prints: tuple[str, str, datetime, str, str]) -> dict[str, str]:
    """(id, source, at, title, text) each → article id to text id."""
    made = [Print(name, source, at, title, signature(text)) for name, source, at, title, text in prints]
    texts = {signature(text).text_hash: text for *_, text in prints}
    return {one.article_id: one.text_id for one in fold(made, compared(near(made), texts))}


def test_a_tie_in_time_goes_to_the_smaller_id() -> None:
    prints = [(name, f"source-{name}", NOON, f"Titre {name}", PROSE) for name in "cab"]
    assert set(folded(*prints).values()) == {"a"}


def test_the_same_words_are_a_reprint_within_two_weeks_only() -> None:
    later = NOON + WINDOW
    assert folded(("a", "s", NOON, "T", PROSE), ("b", "r", later, "T", PROSE)) == {"a": "a", "b": "a"}
    later += timedelta(seconds=1)
    assert folded(("a", "s", NOON, "T", PROSE), ("b", "r", later, "T", PROSE)) == {"a": "a", "b": "b"}


def test_one_text_under_two_titles_in_one_source_tells_nothing() -> None:
    prints = [
        ("a", "s", NOON, "En images", PROSE),
        ("b", "s", NOON, "La crue", PROSE),
        ("c", "r", NOON, "La crue", PROSE),
    ]
    assert len(set(folded(*prints).values())) == 3


def test_a_hostile_text_is_only_text() -> None:
    for text in ("", " ", "\ud800 \x00 \x1b[2J", "a" * 100_000, "é" * 3, "1 " * 50_000, "\u202e" * 100):
        assert compare(Text(text), Text(PROSE)).reprint is False
        assert near([Print("a", "s", NOON, "", signature(text))]) == []


def test_a_fold_says_of_which_print_it_is_a_copy() -> None:
    cut = " ".join(PROSE.split()[:40])
    made = [
        Print("a", "s", NOON, "T", signature(PROSE)),
        Print("b", "r", NOON + timedelta(hours=1), "U", signature(cut)),
        Print("c", "q", NOON + timedelta(hours=2), "V", signature(PROSE)),
    ]
    first, second, third = fold(made, compared(near(made), {one.signature.text_hash: text for one, text in
                                                            zip(made, (PROSE, cut, PROSE), strict=True)}))  # fmt: skip
    assert (first.text_id, first.copy_of) == ("a", None)
    assert (second.text_id, second.copy_of, second.containment) == ("a", "a", 1.0)
    assert second.similarity == round(signature(cut).words / signature(PROSE).words, 3)
    assert (third.text_id, third.copy_of, third.similarity) == ("a", "a", 1.0)


CREDITS = [
    ("LILLE (AFP) - Le tribunal a tranché mercredi.", (), ("AFP",)),
    ("Paris, 5 déc 2024 (AFP) – Le tribunal a tranché.", (), ("AFP",)),
    ("Le tribunal a tranché.\n(AFP)", (), ("AFP",)),
    ("Le tribunal a tranché. (avec AFP)", (), ("AFP",)),
    ("Le tribunal a tranché.\nAvec l’AFP.", (), ("AFP",)),
    ("Le tribunal a tranché.\nLa rédaction avec AFP et Reuters", (), ("AFP", "Reuters")),
    ("Le tribunal a tranché.\nSource : Agence France-Presse", (), ("AFP",)),
    ("Le tribunal a tranché.\nAvec l’Agence Dépêches Réunies (ADR).", (), ("ADR",)),
    ("Le tribunal a tranché.\n© 2024 AFP. Tous droits de reproduction réservés.", (), ("AFP",)),
    ("Le tribunal a tranché.", ("La rédaction avec AFP",), ("AFP",)),
    ("Le tribunal a tranché.", ("Reuters",), ("Reuters",)),
    ("« Nous irons en appel », a dit le maire à l'AFP.", (), ()),
    ("Dans un entretien avec l'AFP, le maire dit non. La suite au conseil, où une majorité se dessine déjà.", (), ()),
    ("Le tribunal a tranché.\n(Photo : Jean Martin / AFP)", (), ()),
    ("Le tribunal a tranché.\nPhoto d'illustration (AFP)", (), ()),
    ("Le tribunal a tranché.", ("Photo AFP",), ()),
    ("L'AFP supprime des postes, annoncent les syndicats.", (), ()),
    ("Le tribunal a tranché.", ("Camille Reutersward",), ()),
]


@pytest.mark.parametrize(("text", "authors", "wanted"), CREDITS)
def test_agencies_that_are_credited_and_those_that_are_not(text: str, authors: tuple[str, ...], wanted: object) -> None:
    assert agencies(text, authors) == wanted


def title(name: str, text: str, source: str, at: datetime | None, owner: str = "", agency: str = "") -> Title:
    return Title(name, text, source, owner, at, NOON + timedelta(days=1), (agency,) if agency else ())


def test_what_a_story_says_of_itself() -> None:
    six = datetime(2024, 11, 21, 5, tzinfo=UTC)
    story = [title("1", "1", "Médiacités", six)]
    assert summary(story, NOON) == "Un seul titre\u00a0: Médiacités, le 21\u00a0novembre à 6\u00a0h"
    story += [title(str(n), "2", f"Titre {n}", six + timedelta(hours=n), "EBRA") for n in range(2, 6)]
    said = "5\u00a0titres, 2\u00a0textes indépendants, le premier\u00a0: Médiacités, le 21\u00a0novembre à 6\u00a0h"
    assert summary(reversed(story), NOON) == said
    assert summary(story) == said.replace("novembre", "novembre 2024")
    assert list(owners(story)) == [("EBRA", 4)]


def test_a_story_of_one_wire_copy_names_the_agency() -> None:
    day = datetime(2024, 11, 30, 23, tzinfo=UTC)  # midnight in Paris: only the day is known
    story = [title("1", "1", "A", day, agency="AFP"), title("2", "1", "B", day + timedelta(hours=1))]
    assert summary(story, NOON) == "2\u00a0titres, un seul texte (AFP), le premier\u00a0: A, le 1er\u00a0décembre"


def test_what_nobody_dates_was_seen() -> None:
    assert summary([title("1", "1", "A", None)], NOON).endswith("A, vu le 22\u00a0novembre à 12\u00a0h")


def test_telling_words() -> None:
    found = telling_words("Lille : l'AIPD", "Jeudi, M. Richir a dit à La Voix qu'en 2024 les 1 200 caméras mobiles…")
    assert found == {"aipd", "richir", "voix", "1200", "cameras mobiles"}


def told(name: str, days: float, topics: str, places: str, words: str) -> Told:
    sets = (frozenset(one.split()) for one in (topics, places, words))
    return Told(name, name, NOON + timedelta(days=days), *sets)


@pytest.mark.parametrize(
    ("other", "joined"),
    [
        (("b", 3, "vsa", "59350", "wintics gaume rihour"), True),
        (("b", 40, "vsa", "59350", "wintics gaume rihour"), False),
        (("b", 3, "cnil", "59350", "wintics gaume rihour"), False),
        (("b", 3, "vsa", "59512", "wintics gaume rihour"), False),
        (("b", 3, "vsa", "59350", "gaume"), False),
        (("b", 3, "vsa", "", "wintics gaume"), False),
        (("b", 3, "vsa", "", "wintics gaume rihour sapin"), True),
        (("b", 3, "vsa", "59350 59512 06088 69123 13055", "wintics gaume rihour sapin"), False),
    ],
    ids=["same", "weeks", "topic", "place", "words", "no place", "no place, more words", "survey"],
)
def test_what_joins_two_articles(other: tuple[str, int, str, str, str], joined: bool) -> None:
    found = matters([told("a", 0, "vsa", "59350", "wintics gaume rihour sapin"), told(*other)])
    assert found == {"a": "a", "b": "a" if joined else "b"}


def test_all_prints_of_one_text_are_on_one_matter() -> None:
    one = told("a", 0, "vsa", "59350", "wintics")
    copy = Told("b", "a", NOON + timedelta(days=1), frozenset(), frozenset(), frozenset())
    assert matters([copy, one]) == {"a": "a", "b": "a"}


def test_lines_that_cannot_be_read_are_all_told_at_once() -> None:
    good = json.loads(LABELLED[0])
    lines = ["{", json.dumps({"id": "x"}), json.dumps(good | {"swap": {"nowhere to be found": ""}})]
    with pytest.raises(MistakeError, match=r"(?s)line 1: .*line 2: .*line 3: .*swap"):
        read_articles(lines)
