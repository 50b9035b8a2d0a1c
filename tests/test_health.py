"""The judgment of sources: each state named when it is so, and no wolf cried for a source that is only small."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.checkup import turned
from pipeline.health import Health, Pulse, holidays, judge, worked
from pipeline.records import Run
from pipeline.telling.tongue import Tongue

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


def state(*outcomes: str, published: tuple[datetime, ...] = (), now: datetime = NOW, **more: int) -> Health:
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
        (("empty",), "well"),
        (("ok", "unreachable", "unreachable"), "unreachable"),
        (("ok", "unreachable"), "well"),
        (("ok", "shut", "shut"), "broken"),
        (("ok", "shut"), "well"),
        (("refused", "ok"), "well"),
        (("refused", "cut"), "refused"),
        ((), "new"),
    ],
)
def test_the_last_crawls_name_the_state(outcomes: tuple[str, ...], expected: str) -> None:
    assert state(*outcomes).state == expected


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
