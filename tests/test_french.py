"""Right French, and the same things said in English."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from fnmatch import fnmatch
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import english, french
from pipeline.digest import Change, Digest, Match, Sight
from pipeline.french import (
    NBSP,
    PARIS,
    REASONS,
    THIN,
    counted,
    date_line,
    day_line,
    instant_line,
    listed,
    plural,
    quoted,
    spaced,
)
from pipeline.telling.layout import laid_out
from pipeline.telling.render import to_html, to_markdown, to_text
from pipeline.telling.tongue import Count, Said, Tongue


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


@pytest.mark.parametrize(
    ("plain", "set_"),
    [
        ("« oui »", "«\u202foui\u202f»"),
        ("«\u00a0oui\u00a0»", "«\u202foui\u202f»"),
        ("quoi ? non !", "quoi\u202f? non\u202f!"),
        ("a : b ; c", "a\u00a0: b\u202f; c"),
        ("10 %", "10\u00a0%"),
        ("https://a.fr/x?y=1;z : b", "https://a.fr/x?y=1;z\u00a0: b"),
    ],
)
def test_spaces_before_high_signs_do_not_break(plain: str, set_: str) -> None:
    assert spaced(plain) == set_ and spaced(set_) == set_


def test_lists_and_quotations() -> None:
    assert listed(["a"]) == "a" and listed(["a", "b", "c"]) == "a, b et c" and listed([]) == ""
    assert quoted("a") == "«\u202fa\u202f»" and quoted("« a\u00a0», dit-il") == "«\u202f“a”, dit-il\u202f»"


# --- every phrase that can be printed ----------------------------------------------------------------------------

TABLES = ("WORDS", "MANY", "COUNTED", "STATES", "REASONS", "GONE")
NOON = datetime(2024, 8, 1, 12, tzinfo=UTC)
VOWELS = "aeiouyàâæéèêëîïôœùûü"
WRONG = {
    "a space that can break before a high sign, or none": rf"(?<![{THIN}\W])[;!?](?=\s|$)|[ {NBSP}][;!?](?=\s|$)",
    "no no-break space before a colon": rf"(?<!{NBSP}):(?=\s|$)",
    "guillemets without narrow spaces": rf"«(?!{THIN})|(?<!{THIN})»",
    "straight quotation marks": '"',
    "two spaces": r"[ \u00a0\u202f]{2}",
    "a space before a comma, a full stop or a closing bracket": r"[ \u00a0\u202f][,.)](?!\w)",
    "three full stops": r"\.\.\.",
    "no elision": rf"(?i)\b(?:le|la|de|que|ne|je|se|me|te|jusque|lorsque|puisque) (?=[{VOWELS}])",
    "an elision before a consonant": rf"(?i)\b(?:l|d|qu|n|s|j)['’](?=[^{VOWELS}h])",
    "« de le », « à le », « de les », « à les »": r"(?i)\b(?:de|à) les? ",
    "a capital without its accent": r"\b(?:A (?=la |l')|E(?:tat|crit|cho|tait|dit)|Ecole)",
    "a number that can be parted from its noun": r"\d (?=(?:article|source|page|mention|entrée|h)s?\b)",
    "a first of the month without « er »": r"\b1 (?:janvier|février|mars|avril|mai|juin|juillet|août|septembre)",
}


def faults(said: str) -> list[str]:
    """What a sub-editor would underline; addresses and commands are as they are."""
    ours = re.sub(r"\S*\w+://[^\s»]*|[a-z_]+\.toml|pip install '[^']*'", "x", said)
    return [
        f"{what}: « {found[0]} » in « {said} »" for what, wrong in WRONG.items() for found in re.finditer(wrong, ours)
    ]


def fields_of(words: str) -> list[str]:
    return [name for _, name, _, _ in string.Formatter().parse(words) if name]


def phrases() -> Iterator[tuple[str, str]]:
    """Every phrase in French, filled with a name, with a day, and with none, one and many of each thing counted."""
    tongue = Tongue("fr")
    for key, words in french.WORDS.items():
        for value in ("Nord", NOON, *(Count("articles", number) for number in (0, 1, 2, 1234))):
            yield key, tongue.say(key, **dict.fromkeys(fields_of(words), value))
    for key in french.COUNTED:
        yield from ((key, tongue.counted(key, number)) for number in (0, 1, 2, 21, 12_345))
    for name in ("MANY", "STATES", "REASONS", "GONE"):
        yield from getattr(french, name).items()


def test_every_phrase_is_set_as_french_is() -> None:
    found = [f"{key}: {fault}" for key, said in phrases() for fault in faults(said)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "wrong",
    ["quoi ?", "quoi?", "un : deux", "« oui »", 'dit "oui"', "un  mot", "rien .", "etc...", "le article", "l'mot",
     "de les sources", "A la une", "État, Etat", "2 articles", "le 1 août"],
)  # fmt: skip
def test_the_sub_editor_sees(wrong: str) -> None:
    assert faults(wrong)


# Words of which the plural is none of the usual.
IRREGULAR = {("nouvel", "nouveaux"), ("va", "vont")}


@pytest.mark.parametrize(("one", "many"), french.COUNTED.values())
def test_every_word_of_a_thing_counted_is_in_the_plural(one: str, many: str) -> None:
    pairs = list(zip(one.split(), many.split(), strict=True))
    plural_words = [(a, b) for a, b in pairs if b == f"{a}s" or (a, b) in IRREGULAR]
    still = [a for a, b in pairs if a == b]
    assert len(plural_words) + len(still) == len(pairs), f"« {many} » is not the plural of « {one} »"
    unchanged = {"des", "sujets", "suivis", "déjà", "d'archives", "au", "prochain", "passage", "par", "plus", "jour",
                 "semaine", "mois", "ne", "pas", "bien"}  # fmt: skip
    assert set(still) <= unchanged, f"« {many} »: is {set(still) - unchanged} in the plural?"


def test_both_languages_say_the_same_things_of_the_same_values() -> None:
    for names in TABLES:
        assert getattr(french, names).keys() == getattr(english, names).keys(), names
    for key, words in french.WORDS.items():
        assert sorted(fields_of(words)) == sorted(fields_of(english.WORDS[key])), key


def said_in(tree: ast.AST) -> Iterator[str]:
    """Every text of a module that can be a key; of those that are put together, as in f"{state}_since", all endings."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            fixed = [part.value if isinstance(part, ast.Constant) else "*" for part in node.values]
            yield "".join(map(str, fixed))


def test_every_phrase_is_said_somewhere_and_none_is_missing() -> None:
    """A key that nothing names is a phrase that nobody reads; one that is named and missing is a traceback at night."""
    rooms = [file for file in Path(french.__file__).parent.rglob("*.py") if file.stem not in {"french", "english"}]
    trees = [ast.parse(file.read_text("utf-8")) for file in rooms]
    texts: set[str] = {text for tree in trees for text in said_in(tree)} | OUTCOMES
    patterns = [text for text in texts if re.fullmatch(r"\*_[a-z_]+|[a-z_]+_\*", text)]
    assert french.MANY.keys() <= OUTCOMES
    for key in (*french.WORDS, *french.COUNTED):
        assert key in texts or any(fnmatch(key, one) for one in patterns), f"nothing says « {key} »"
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    named: dict[str, Mapping[str, object]] = {"say": french.WORDS, "Said": french.WORDS, "UndeliveredError": french.WORDS, "Count": french.COUNTED,
             "counted": french.COUNTED}  # fmt: skip
    keys = [
        (table, str(node.args[0].value))
        for node in calls
        if (table := named.get(getattr(node.func, "attr", getattr(node.func, "id", "")))) is not None
        and isinstance(node.args[0], ast.Constant)
    ]
    assert len(keys) > 50 and all(key in table for table, key in keys), [k for t, k in keys if k not in t]


# The words of the ledger for what a crawl came to, which a digest says of a source that was not read.
OUTCOMES = {"ok", "shut", "empty", "refused", "unreachable", "broken", "gone", "closed", "cut", "never", "unsupported"}


def sentences() -> Iterator[str]:
    """Whole digests, line by line, in the formats that are read: the first and a later one; nothing, one, many."""
    sights = tuple(Sight(str(at), "Le Phare", outcome, reason=reason, status=403, gap=True, lost_pages=at)
                   for at, (outcome, reason) in enumerate(zip(sorted(OUTCOMES), REASONS, strict=False)))  # fmt: skip
    one = Match(
        "0" * 16, ("vsa", "cnil"), ("VSA", "CNIL"), "Un titre", "phare", "Le Phare", "municipal", "Lille", 0, NOON, NOON,
        "https://exemple.fr/", "teaser", "Une phrase.", (), "v", ("vsa",), mentions=7, in_title=True, still_there=False,
        copies=("A", "B"),
    )  # fmt: skip
    edit = Change(
        "edit", "1" * 16, "", "Le Phare", "https://exemple.fr/", "v", NOON, (), ("Perdue.",), ("Venue.",), "Avant"
    )
    gone = Change("removal", "2" * 16, "Un titre", "Le Phare", "https://exemple.fr/", "v", NOON, first_missed_at=NOON,
                  looks=3, gone="says so")  # fmt: skip
    old = [replace(one, article_id=f"{at:016}", archive=True, published_at=None, access="title") for at in range(150)]
    for first, since, matches, changes in product(
        (True, False), (None, NOON), ((), (one,), (one, one), (one, *old)), ((), (edit,), (edit, edit, gone, gone))
    ):
        digest = Digest("lille", "fr", ("VSA", "CNIL"), NOON, since, first, matches, changes, sights)
        yield laid_out(digest).subject
        yield from to_text(digest, width=10_000).splitlines()
        yield from to_markdown(digest).splitlines()
        yield re.sub(r"<style>.*?</style>|<[^>]*>", "", to_html(digest), flags=re.DOTALL)


def test_whole_digests_are_set_as_french_is() -> None:
    lines = {line.strip() for said in sentences() for line in said.splitlines() if line.strip()}
    assert len(lines) > 60
    found = [fault for line in sorted(lines) for fault in faults(re.sub(r"^[-#>•] ", "", line).replace("\\", ""))]
    assert not found, "\n".join(found)


def test_health_is_said_in_both_languages() -> None:
    for language, said in (("fr", "La Source\u00a0: lue\u202f; encore trop peu"), ("en", "La Source: read; too few")):
        assert Tongue(language).say("of_source", name="La Source", why=Said("no_rhythm")).startswith(said)


@given(st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1)).map(lambda when: when.replace(tzinfo=UTC)))  # noqa: DTZ001
def test_a_day_is_begun_by_its_name_in_both_languages(when: datetime) -> None:
    local = when.astimezone(PARIS)
    assert day_line(when).startswith(french.DAYS[local.weekday()]) and instant_line(when).startswith(day_line(when))
    assert english.day_line(when) == f"{local:%A} {local.day} {local:%B} {local.year}"
