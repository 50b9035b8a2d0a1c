"""The judgment of sources: each state named when it is so, and no wolf cried for a source that is only small."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pipeline.checkup import checkup, turned
from pipeline.cli import app
from pipeline.health import WINDOW, Health, Pulse, holidays, judge, worked
from pipeline.records import MistakeError, Run, Source
from pipeline.store import reading
from pipeline.telling.gather import sights
from pipeline.telling.tongue import Tongue
from tests.stored import SOURCES, Rows

NOW = datetime(2025, 3, 20, 8, tzinfo=UTC)  # a Thursday
DAY = timedelta(days=1)
FRENCH = Tongue("fr")


def runs(*outcomes: str, entries: int = 20, every: timedelta = DAY, until: datetime = NOW) -> tuple[Run, ...]:
    """A run for each outcome, the last one at `until`; an outcome may carry its entries, as in "ok:3"."""
    made = []
    for back, said in enumerate(reversed(outcomes)):
        outcome, _, count = said.partition(":")
        at = until - back * every
        seen = int(count) if count else entries if outcome == "ok" else 0
        made.append(Run(f"run-{at:%Y%m%dT%H%M}", "source", at, at, entries=seen, outcome=outcome))
    return tuple(reversed(made))


def state(*outcomes: str, published: tuple[datetime, ...] = (), now: datetime = NOW, **more: Any) -> Health:
    return judge(Pulse("source", "La Source", runs=runs(*outcomes, until=now), published=published, **more), now)


def daily(count: int, until: datetime, step: timedelta = DAY) -> tuple[datetime, ...]:
    return tuple(until - n * step for n in range(count, 0, -1))


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        (("ok", "ok"), "well"),
        (("ok", "refused"), "refused"),
        (("ok", "broken"), "broken"),
        (("ok", "gone"), "gone"),
        (("ok", "empty"), "broken"),
        (("empty",), "broken"),
        (("empty", "empty"), "broken"),
        (("ok", *["empty"] * 3), "broken"),
        (("unreachable",), "unreachable"),
        (("unreachable", "unreachable"), "unreachable"),
        (("empty", "unreachable"), "unreachable"),
        (("shut",), "broken"),
        (("ok", "unreachable", "unreachable"), "unreachable"),
        (("ok", "unreachable"), "well"),
        (("ok", "shut", "shut"), "broken"),
        (("ok", "shut"), "well"),
        (("ok", "refused", "unreachable"), "unreachable"),
        (("ok", "empty", "unreachable"), "unreachable"),
        (("ok", "shut", "unreachable"), "unreachable"),
        (("refused", "ok"), "well"),
        (("refused", "cut"), "refused"),
        ((), "new"),
    ],
)
def test_the_last_crawls_name_the_state(outcomes: tuple[str, ...], expected: str) -> None:
    assert state(*outcomes).state == expected


def test_a_source_that_was_never_read_is_not_well_even_once() -> None:
    twice = runs("unreachable", "unreachable", every=timedelta(minutes=5))
    found = judge(Pulse("source", "La Source", runs=twice), NOW)
    assert found.bad and FRENCH.of(found.why) == "jamais lue\u00a0: n'a pas répondu"
    assert FRENCH.of(state("refused").why) == "jamais lue\u00a0: refuse l'accès à Vigie"
    assert FRENCH.of(state("shut").why) == "jamais lue\u00a0: liste ses articles, mais aucun n'a pu être lu"
    assert Tongue("en").of(found.why) == "never read: did not answer"
    once = state("ok", "unreachable")
    assert not once.bad and not once.whole and FRENCH.of(once.why) == "n'a pas répondu cette fois"


def test_a_source_that_never_listed_an_article_is_said_to_in_the_digests_words() -> None:
    assert FRENCH.of(state("empty").why) == "a répondu, mais ne liste aucun article"
    assert FRENCH.of(state("ok", "empty").why) == "répond, mais ne liste plus aucun article"


def test_what_is_well_but_was_not_seen_whole_says_so() -> None:
    told = "lue\u202f; encore trop peu d'articles pour connaître son rythme"
    assert FRENCH.of(state("ok").why) == told and state("ok").whole
    lost = state("ok", lost_pages=2)
    assert (lost.state, lost.whole, FRENCH.of(lost.why)) == ("well", False, f"{told}\u202f; 2\u00a0pages illisibles")
    gap = state("ok", gap=True)
    assert not gap.whole and FRENCH.of(gap.why).endswith("\u202f; des articles ont pu passer entre deux lectures")
    cut = state("ok", "cut", published=daily(60, NOW))
    assert (cut.state, cut.whole) == ("well", False)
    assert FRENCH.of(cut.why).endswith("\u202f; n'a pas été lue jusqu'au bout, la suite au prochain passage")


MEANT = {
    "never": [],
    "offline": ["unreachable", "unreachable"],
    "vide": ["empty"],
    "autrefois": ["ok:9", *["unreachable"] * (WINDOW + 5)],
    "cut": ["ok", "cut"],
    "lost": ["ok"],
    "gap": ["ok"],
    "fine": ["ok", "ok"],
    "missed": ["ok", "unreachable"],
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose sources have done what sources do, as the ledger has it, up to NOW."""
    folder, rows = tmp_path_factory.mktemp("health"), Rows()
    for key, outcomes in MEANT.items():
        for run in runs(*outcomes):
            rows.run(key, run.started_at, run.outcome, entries=run.entries, gap=key == "gap")
    rows.add(
        "failures", failed_at=NOW, stage="extract", reason="empty", url="https://lost.example/a", source="lost",
        detail="", status=200, run_id="",
    )  # fmt: skip
    declared = [Source(key, key, "regional", ("59350",)) for key in MEANT]
    rows.keep(folder / "vigie.duckdb", [*declared, *SOURCES.values()])
    tables = [f'[{one.key}]\nname = "{one.key}"\nkind = "regional"\narea = ["59350"]\n'
              f'home = "https://{one.key}.example/"\nfeed = ["https://{one.key}.example/feed"]\n' for one in declared]  # fmt: skip
    tables.append(tables[0].replace("never", "declared-later"))
    (folder / "sources.toml").write_text("\n".join(tables), "utf-8")
    watched = ", ".join(f'"{key}"' for key in (*MEANT, "declared-later"))
    (folder / "vigie.toml").write_text(f'[watch.lille]\ntopics = ["briefcam"]\nsources = [{watched}]\n', "utf-8")
    return folder


def test_what_the_digest_names_as_unseen_is_not_well_without_a_word(home: Path) -> None:
    with reading(home / "vigie.duckdb") as store:
        found = {one.source: one for one in checkup(store, NOW + timedelta(hours=1), MEANT)}
        seen = sights(store, sorted(MEANT))
    unseen = {one.source for one in seen if one.outcome != "ok" or one.gap or one.lost_pages}  # as Digest.unseen
    assert unseen == set(MEANT) - {"fine"}
    assert {one.source for one in found.values() if one.bad or one.state == "new" or not one.whole} == unseen
    assert {key for key, one in found.items() if one.bad} == {"offline", "vide", "autrefois"}
    assert "ne répond plus depuis" in FRENCH.of(found["autrefois"].why), "it was read once, however long ago"


def health(home: Path, *words: str, code: int) -> str:
    done = CliRunner().invoke(app, ["--home", str(home), "health", *words], catch_exceptions=False)
    assert done.exit_code == code, done.output
    return done.stdout


def test_the_command_counts_those_that_are_well_and_shows_those_that_were_not_seen_whole(home: Path) -> None:
    said = health(home, "--as-of", f"{NOW + timedelta(hours=1):%Y-%m-%dT%H:%MZ}", code=1)
    shown = {line.split()[0] for line in said.splitlines()[1:-1]}
    assert shown == {*MEANT, "declared-later"} - {"fine"}
    assert said.splitlines()[-1] == "5\u00a0sources vont bien, sur 10"
    assert "declared-later  nouvelle" in said


def test_a_key_that_is_not_declared_is_a_mistake(home: Path) -> None:
    with pytest.raises(MistakeError, match="no source « nope »; `vigie sources list`"):
        health(home, "nope", code=2)


def test_before_anything_was_read_nothing_is_said_to_be_well(home: Path) -> None:
    for words in ((), ("fine",)):
        said = health(home, *words, "--as-of", "2001-01-01", code=0)
        assert said.splitlines()[-1] == "aucune source n'a encore été lue"
    assert health(home, "offline", code=1).splitlines()[-1] == "aucune source ne va bien, sur 1"
    assert health(home, "never", code=0).splitlines()[-1] == "aucune source n'a encore été lue"


def test_a_feed_that_lists_far_less_than_ever_is_named() -> None:
    found = state(*["ok:20"] * 10, "ok:2")
    assert found.state == "broken" and "2\u00a0entrées, contre 20\u00a0entrées d'habitude" in FRENCH.of(found.why)
    assert state(*["ok:20"] * 10, "ok:12").state == "well"
    assert state(*["ok:3"] * 10, "ok:1").state == "well", "a small list goes up and down"


def test_pages_of_which_none_can_be_read_are_named() -> None:
    assert state("ok", unread_pages=4).state == "broken"
    assert state("ok", unread_pages=4, read_pages=1).state == "well"


def test_a_daily_source_is_silent_within_days() -> None:
    past = daily(60, NOW - 4 * DAY)
    assert state("ok", published=past).state == "silent"
    assert state("ok", published=daily(60, NOW)).state == "well"


def test_a_source_that_rests_at_weekends_is_not_silent_on_monday() -> None:
    monday = datetime(2025, 3, 17, 7, tzinfo=UTC)
    weekdays = tuple(day for day in daily(90, monday - 2 * DAY) if day.weekday() < 5)
    assert state("ok", published=weekdays, now=monday).state == "well"


def test_the_long_weekend_of_easter_is_no_silence() -> None:
    tuesday = datetime(2025, 4, 22, 7, tzinfo=UTC)
    weekdays = tuple(d for d in daily(90, tuesday - 4 * DAY) if d.weekday() < 5 and d.date() not in holidays(2025))
    assert weekdays[-1].date().isoformat() == "2025-04-17"
    assert state("ok", published=weekdays, now=tuesday).state in {"well", "quiet"}


@pytest.mark.parametrize("seed", range(40))
def test_a_source_that_publishes_twice_a_month_never_cries_wolf(seed: int) -> None:
    chance = random.Random(seed)
    when, published = NOW - timedelta(days=400), []
    while when < NOW:
        when += timedelta(days=chance.expovariate(1 / 15))
        published.append(when)
    judged = []
    for back in range(200):
        now = NOW - back * DAY
        known = tuple(p for p in published if now - timedelta(days=200) < p < now)
        judged.append(state("ok", published=known, now=now).state)
    assert "silent" not in judged


@pytest.mark.parametrize("seed", range(4))
def test_nor_in_a_year_with_its_closed_weeks_of_august_and_christmas(seed: int) -> None:
    chance = random.Random(seed)
    when, published = datetime(2023, 9, 1, 9, tzinfo=UTC), []
    while when < datetime(2025, 9, 15, tzinfo=UTC):
        when += timedelta(days=chance.uniform(5, 25))
        if when.month == 8:
            when = when.replace(month=9, day=1)
        elif (when.month, when.day) >= (12, 20):
            when = datetime(when.year + 1, 1, 6, 9, tzinfo=UTC)
        published.append(when)
    judged = set()
    for day in range(365):
        now = datetime(2024, 9, 1, 8, tzinfo=UTC) + day * DAY
        known = tuple(p for p in published if now - timedelta(days=200) < p < now)
        judged.add(state("ok", published=known, now=now).state)
    assert judged <= {"well", "quiet"}


def test_time_counts_only_while_a_source_publishes() -> None:
    friday, monday = datetime(2025, 3, 14, 23, tzinfo=UTC), datetime(2025, 3, 16, 23, tzinfo=UTC)
    assert worked(friday, monday, rests=True) == 0
    assert worked(friday, monday, rests=False) == pytest.approx(2)
    assert worked(datetime(2025, 8, 4, tzinfo=UTC), datetime(2025, 8, 6, tzinfo=UTC), rests=False) == pytest.approx(1)


def test_the_sentence_is_french_for_a_person() -> None:
    found = state("ok", "refused", "refused")
    assert FRENCH.of(found.why) == "refuse l'accès à Vigie depuis le mercredi 19 mars 2025" and found.bad
    assert Tongue("en").of(found.why) == "has refused Vigie since Wednesday 19 March 2025"


def test_the_operator_is_told_once_when_a_source_turns_bad_and_once_when_it_is_well_again() -> None:
    well, bad = state("ok"), state("ok", "refused")
    lines, known = turned({}, [bad])
    assert not lines, "never judged before: that is no turn, and the digest tells of it"
    lines, known = turned({}, [well])
    lines, known = turned(known, [bad])
    assert list(map(FRENCH.of, lines)) == ["La Source\u00a0: refuse l'accès à Vigie depuis le jeudi 20 mars 2025"]
    lines, known = turned(known, [bad])
    assert not lines
    lines, known = turned(known, [well])
    assert list(map(FRENCH.of, lines)) == ["La Source\u00a0: de nouveau lue"]
