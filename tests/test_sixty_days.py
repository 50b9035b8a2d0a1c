"""Sixty days of a web on which everything happens that happens to sources: each event is named on its day, in the
digest or in the health of its source, and none is invented. The clock is an argument of every part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crawler.visits import Visits
from pipeline.checkup import checkup, looks
from pipeline.demo.server import Site, Web, serve
from pipeline.digest import Digest
from pipeline.health import Health
from pipeline.home import Watch
from pipeline.ingest import Ingest, Ledger, ingest
from pipeline.records import Source
from pipeline.rules import load_rules
from pipeline.store import reading
from pipeline.telling.journal import journal_at
from pipeline.telling.tell import tell
from tests.scripted_web import MONDAY, Crawler, change, rss, source

DAYS, EVENT = 60, 30
SLOW, LATE = 3, 1.2  # the day on which one answer is as late as on a busy machine, in seconds
PATIENT = 600.0  # seconds for an answer: nothing here hangs, so a machine that is slow is no source that is shut
ARTICLE_EVENTS = ("edit", "gone404", "gone410", "softgone", "home", "error500", "paywall", "refusedpage")
SOURCE_EVENTS = ("refused", "timeout", "emptied", "thinned", "moved", "robots", "silent", "small")
KEYS = ("steady", *ARTICLE_EVENTS, *SOURCE_EVENTS)
RULES = load_rules()
WATCH = Watch("lille", topics=("briefcam", "cnil"))


def host(key: str) -> str:
    return f"http://{key}.example"


def page(title: str, text: str, head: str = "") -> dict[str, Any]:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in text.split("\n"))
    html = f"<html lang=fr><head><title>{title}</title>{head}</head><body><main><article><h1>{title}</h1>{body}</article></main>"
    return {"body": html, "type": "text/html; charset=utf-8"}


TEXT = (
    "La Ville se sert du logiciel BriefCam depuis deux ans, et la CNIL n'en a pas été informée avant cet automne.\n"
    "Le maire a répondu en conseil que le logiciel serait débranché si la loi le demandait, et que rien ne pressait.\n"
    "Les élus de l'opposition ont demandé à lire le contrat, qui court encore pendant une année entière."
)


def everyday(key: str, day: int) -> dict[str, Any]:
    return page(
        f"Sujet {day} de {key}",
        f"Le conseil a délibéré sur le sujet numéro {day}, sans rien décider.\nLa séance de {key} a duré {day} heures.",
    )


def feed(key: str, day: int, size: int = 8) -> dict[str, Any]:
    """The newest entries of a source that publishes one article a day, the matched one among its first."""
    days = list(range(max(0, day - size + 1), day + 1)) or [0]
    entries = [(f"{host(key)}/a/{n}", (MONDAY + timedelta(days=n, hours=-1)).isoformat()) for n in reversed(days)]
    return rss(*entries)


def changes_of(key: str, day: int) -> dict[str, Any]:
    """What is different on a source's site this day."""
    site, changed = host(key), {}
    article = f"{site}/a/0"
    publishes = not (key == "silent" and day >= EVENT) and not (key == "small" and day % 14)
    if publishes:
        changed[f"{site}/a/{day}"] = page("BriefCam", TEXT) if day == 0 else everyday(key, day)
        shut = key in {"refused", "timeout", "emptied", "thinned", "moved"} and day >= EVENT
        if not shut:
            late = {"delay": LATE} if (key, day) == ("steady", SLOW) else {}
            changed[f"{site}/feed"] = (small_feed(day) if key == "small" else feed(key, day)) | late
    if day == EVENT:
        changed |= {
            "edit": {
                article: page("BriefCam", TEXT.replace(", et la CNIL n'en a pas été informée avant cet automne", ""))
            },
            "gone404": {article: {"status": 404}},
            "gone410": {article: {"status": 410}},
            "softgone": {article: page("Page introuvable", "La page que vous cherchez n'existe plus.")},
            "home": {article: {"status": 302, "headers": {"Location": f"{site}/"}}, f"{site}/": everyday(key, 999)},
            "error500": {article: {"status": 500}},
            "paywall": {article: page("BriefCam", TEXT.split("\n", maxsplit=1)[0] + " …", PAID)},
            "refusedpage": {article: {"status": 403}},
            "refused": {f"{site}/feed": {"status": 403}},
            "timeout": {f"{site}/feed": {"fault": "reset"}},
            "emptied": {f"{site}/feed": rss()},
            "thinned": {f"{site}/feed": feed(key, EVENT, 1)},
            "moved": {
                f"{site}/feed": {"status": 302, "headers": {"Location": f"{site}/"}},
                f"{site}/": everyday(key, 999),
            },
            "robots": {f"{site}/robots.txt": {"body": "User-agent: *\nDisallow: /\n", "type": "text/plain"}},
        }.get(key, {})
    return changed


PAID = (
    '<script type="application/ld+json">{"@context": "https://schema.org", "@type": "NewsArticle",'
    ' "headline": "BriefCam", "isAccessibleForFree": false}</script>'
)


def small_feed(day: int) -> dict[str, Any]:
    days = list(range(0, day + 1, 14))
    when = [(MONDAY + timedelta(days=n, hours=-1)).isoformat() for n in days]
    return rss(*((f"{host('small')}/a/{n}", w) for n, w in zip(reversed(days), reversed(when), strict=True)))


@dataclass
class Told:
    """What was said each day."""

    digests: list[Digest] = field(default_factory=list)
    health: list[dict[str, Health]] = field(default_factory=list)

    def events(self, event: str) -> dict[str, int]:
        """The day on which each source's article was first said to be edited or removed, by source."""
        found: dict[str, int] = {}
        for day, digest in enumerate(self.digests):
            for one in digest.changes:
                if one.event == event:
                    assert one.source_name not in found, f"{event} of {one.source_name} told twice"
                    found[one.source_name] = day
        return found

    def bad(self, key: str) -> dict[int, str]:
        return {day: said[key].state for day, said in enumerate(self.health) if said[key].bad}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    home, said = tmp_path_factory.mktemp("sixty"), Told()
    sources = {key: source(key, feed=f"{host(key)}/feed", home=f"{host(key)}/") for key in KEYS}
    rows = [{"url": f"{host(key)}/robots.txt", "body": "", "type": "text/plain"} for key in KEYS]
    with serve(Web.from_rows(rows)) as site, Crawler() as crawler:
        for day in range(DAYS):
            live_a_day(site, crawler, home, sources, day, said)
    yield said


def live_a_day(site: Site, crawler: Crawler, home: Path, sources: dict[str, Source], day: int, said: Told) -> None:
    for key in KEYS:
        change(site, changes_of(key, day))
    at = MONDAY + timedelta(days=day)
    database, rules = home / "vigie.duckdb", RULES
    looked: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
    if database.exists():
        with reading(database) as store:
            looked = looks(store)
    told = crawler.crawl(site, home, sources.values(), at, matched=looked[0], doubted=looked[1], timeout=PATIENT)
    assert not told.errors, f"day {day}: see crawl.log"
    visits = Visits(home / "crawl.sqlite")
    ledger = Ledger(tuple(visits.runs()), tuple(visits.failures()))
    visits.close()
    now = at + timedelta(hours=1)
    ingest(home / "archive", database, Ingest(sources, rules, "Vigie/test", now, processes=0), ledger)
    with reading(database) as store, journal_at(home / "told.sqlite") as journal:
        said.health.append({one.source: one for one in checkup(store, now)})
        tell(store, journal, WATCH, KEYS, rules.topics, now, lambda _, waiting: said.digests.append(waiting.digest))


def test_every_matched_article_is_told_once(told: Told) -> None:
    matches = [
        (day, article, topic)
        for day, digest in enumerate(told.digests)
        for event, article, topic, _ in digest.events
        if event == "match"
    ]
    assert len(matches) == len(set(matches)) == len(KEYS) * len(WATCH.topics)
    assert {day for day, *_ in matches} == {0}
    # They are one text, word for word: told once, by the first to print it, with who prints it too.
    (one,) = told.digests[0].matches
    assert sorted([one.source_name, *one.copies]) == sorted(KEYS)


def test_the_edits_and_no_others_are_told_when_they_are_seen(told: Told) -> None:
    edits = told.events("edit")
    assert set(edits) == {"edit", "paywall"}
    assert all(EVENT <= day <= EVENT + 31 for day in edits.values())


def test_removals_are_told_after_three_looks_over_two_days_and_no_others(told: Told) -> None:
    removals = told.events("removal")
    assert set(removals) == {"gone404", "gone410", "softgone", "home"}
    for digest in told.digests:
        for one in digest.changes:
            if one.event == "removal":
                assert one.looks >= 3 and one.first_missed_at
                assert digest.made_at - one.first_missed_at >= timedelta(days=2)


@pytest.mark.parametrize(
    ("key", "state"),
    [("refused", "refused"), ("robots", "refused"), ("emptied", "broken"), ("thinned", "broken"), ("moved", "broken")],
)
def test_a_source_that_turns_bad_is_named_on_its_day(told: Told, key: str, state: str) -> None:
    bad = told.bad(key)
    assert bad[EVENT] == state and set(bad) == set(range(EVENT, DAYS))
    # A feed that shows one old entry for a month is silent as well.
    assert set(bad.values()) <= {state, "silent"} and (key == "thinned" or set(bad.values()) == {state})


def test_a_source_that_does_not_answer_is_named_and_bad_from_the_next_day(told: Told) -> None:
    unseen = {sight.source for sight in told.digests[EVENT].unseen}
    assert "timeout" in unseen
    assert told.bad("timeout") == dict.fromkeys(range(EVENT + 1, DAYS), "unreachable")


def test_a_source_that_went_silent_is_named_within_days(told: Told) -> None:
    bad = told.bad("silent")
    assert set(bad.values()) == {"silent"} and EVENT + 1 <= min(bad) <= EVENT + 5


@pytest.mark.parametrize("key", ["steady", "small", *ARTICLE_EVENTS])
def test_no_wolf_is_cried(told: Told, key: str) -> None:
    assert told.bad(key) == {}


def test_nothing_found_is_never_said_of_a_source_that_was_not_read(told: Told) -> None:
    for key in ("refused", "robots", "emptied", "moved", "timeout"):
        for day in range(EVENT, DAYS):
            assert key in {sight.source for sight in told.digests[day].unseen}, (key, day)
    for day in range(EVENT):
        assert not told.digests[day].unseen, [sight.source for sight in told.digests[day].unseen]
