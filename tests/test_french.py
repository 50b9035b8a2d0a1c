"""Right French, and the same things said in English."""

from __future__ import annotations

import re
import string
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import english, french
from pipeline.french import PARIS, counted, date_line, day_line, instant_line, listed, plural, quoted, spaced


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0\u00a0article"),
        (1, "1\u00a0article"),
        (2, "2\u00a0articles"),
        (1234, "1\u202f234\u00a0articles"),
        (1234567, "1\u202f234\u202f567\u00a0articles"),
    ],
)
def test_zero_is_singular_and_thousands_are_parted(count: int, said: str) -> None:
    assert plural(count, "article") == said


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("2024-11-21T05:05", "jeudi 21 novembre 2024 à 6\u00a0h\u00a005"),
        ("2024-11-21T05:00", "jeudi 21 novembre 2024 à 6\u00a0h"),
        ("2024-11-20T23:00", "jeudi 21 novembre 2024"),
        ("2024-08-01T10:30", "jeudi 1er août 2024 à 12\u00a0h\u00a030"),
        ("2024-12-31T23:30", "mercredi 1er janvier 2025 à 0\u00a0h\u00a030"),
    ],
)
def test_dates_are_those_of_paris(when: str, said: str) -> None:
    assert date_line(datetime.fromisoformat(when).replace(tzinfo=UTC)) == said


def test_every_thing_counted_agrees() -> None:
    assert counted("new", 1) == "1\u00a0nouvel article" and counted("new", 2) == "2\u00a0nouveaux articles"
    assert counted("removed", 0) == "0\u00a0article retiré" and counted("read", 3) == "3\u00a0sources lues"
    for key, (one, many) in french.COUNTED.items():
        assert one == many or many.split()[0][-1] in "sx", f"{key}: « {many} » does not look like a plural"


@pytest.mark.parametrize(
    ("plain", "set_"),
    [
        ("« oui »", "«\u00a0oui\u00a0»"),
        ("quoi ? non !", "quoi\u00a0? non\u00a0!"),
        ("a : b ; c", "a\u00a0: b\u00a0; c"),
        ("10 %", "10\u00a0%"),
        ("https://a.fr : b", "https://a.fr\u00a0: b"),
    ],
)
def test_spaces_before_high_signs_do_not_break(plain: str, set_: str) -> None:
    assert spaced(plain) == set_ and spaced(set_) == set_


def test_lists_and_quotations() -> None:
    assert listed(["a"]) == "a" and listed(["a", "b", "c"]) == "a, b et c" and listed([]) == ""
    assert quoted("a") == "«\u00a0a\u00a0»" and quoted("« a\u00a0», dit-il") == "«\u00a0“a”, dit-il\u00a0»"


def test_both_languages_say_the_same_things_of_the_same_values() -> None:
    for names in ("WORDS", "COUNTED", "REASONS", "GONE"):
        assert getattr(french, names).keys() == getattr(english, names).keys(), names
    for key, words in french.WORDS.items():
        fields = [
            {field for _, field, _, _ in string.Formatter().parse(said) if field}
            for said in (words, english.WORDS[key])
        ]
        assert fields[0] == fields[1], key


def test_our_own_french_is_set_right() -> None:
    for key, words in french.WORDS.items():
        said = spaced(words.format_map({field: "x" for _, field, _, _ in string.Formatter().parse(words) if field}))
        assert not re.search(r"(?<=\w) [:;!?%»]|« ", said), f"{key}: a space that can break in « {said} »"
        assert not re.search(r"\w[;!?](?=\s|$)", said.replace("x", "")), f"{key}: no space before a high sign"


@given(st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1)).map(lambda when: when.replace(tzinfo=UTC)))  # noqa: DTZ001
def test_a_day_is_begun_by_its_name_in_both_languages(when: datetime) -> None:
    local = when.astimezone(PARIS)
    assert day_line(when).startswith(french.DAYS[local.weekday()]) and instant_line(when).startswith(day_line(when))
    assert english.day_line(when) == f"{local:%A} {local.day} {local:%B} {local.year}"
