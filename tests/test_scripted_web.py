"""The harness of simulations: a script of days, and what the ledger says of each."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.demo.server import Web, serve
from tests.scripted_web import Crawler, Told, captures, play, rss, source

KEYS = ("steady", "emptied", "refused", "late", "forbidden", "moved", "edited", "removed")


def feed(key: str, *numbers: int) -> dict[str, Any]:
    return rss(*((f"http://{key}.example/{n}", f"2024-11-{17 + n}T06:00:00+00:00") for n in numbers))


def test_a_week_of_events_stands_in_the_ledger_and_the_archive(crawler: Crawler, tmp_path: Path) -> None:
    rows = [{"url": f"http://{key}.example/rss", **feed(key, 0, 1)} for key in KEYS]
    rows += [{"url": f"http://{key}.example/{n}", "body": f"<p>Article {n}"} for key in KEYS for n in range(9)]
    script: dict[int, dict[str, Any]] = {
        1: {"http://edited.example/0": {"body": "<p>Article 0, corrigé"}, "http://removed.example/0": {"status": 404}},
        2: {
            "http://emptied.example/rss": rss(),
            "http://refused.example/rss": {"status": 403},
            "http://late.example/rss": [{"fault": "hang"}, {"fault": "hang"}, feed("late", 1, 2)],
            "http://forbidden.example/robots.txt": {"body": "User-agent: *\nDisallow: /"},
            "http://moved.example/rss": {"status": 410},
            "http://steady.example/rss": feed("steady", 1, 2),
        },
    }
    seen: list[datetime] = []
    sources = [source(key, feed=f"http://{key}.example/rss") for key in KEYS]

    def after(day: int, at: datetime, told: Told) -> None:
        assert told.errors == 0, (tmp_path / "crawl.log").read_text()
        seen.append(at)

    with serve(Web.from_rows(rows)) as site:
        told = play(crawler, site, tmp_path, sources, script, days=5, after=after)
    outcomes = {key: [day.runs[key].outcome for day in told] for key in KEYS}
    assert outcomes == {
        "steady": ["ok"] * 5,
        "emptied": ["ok", "ok", "empty", "empty", "empty"],
        "refused": ["ok", "ok", "refused", "refused", "refused"],
        "late": ["ok", "ok", "unreachable", "ok", "ok"],
        "forbidden": ["ok", "ok", "refused", "refused", "refused"],
        "moved": ["ok", "ok", "gone", "gone", "gone"],
        "edited": ["ok"] * 5,
        "removed": ["ok"] * 5,
    }
    assert [day.runs["steady"].new_pages for day in told] == [2, 0, 1, 0, 0]
    looks = {c.url: [] for c in captures(tmp_path)}
    for capture in captures(tmp_path):
        looks[capture.url].append((capture.status, bool(capture.body)))
    assert looks["http://edited.example/0"][:2] == [(200, True), (200, True)], "the correction is a version"
    assert [status for status, _ in looks["http://removed.example/0"]] == [200, 404, 404, 404, 404]
    assert seen == sorted(seen) and len(seen) == 5
