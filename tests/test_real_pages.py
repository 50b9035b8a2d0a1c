"""Extraction on real saved pages, against the references that come with them.

VIGIE_REAL_WEB names a folder with `reference.jsonl` (a page's `url`, `file`, and `reference`: title, date, text, or
phrases that must be `with` it) and `web.jsonl` (a page's `url` and what a feed would announce).
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from trafilatura import bare_extraction

from pipeline.canonical import canonical_url
from pipeline.extract import extract
from pipeline.pages.dates import PARIS
from pipeline.pages.plain import decode, key, paragraphs
from pipeline.records import Article, Capture, Hint

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not os.environ.get("VIGIE_REAL_WEB"), reason="VIGIE_REAL_WEB names no folder of real saved pages"
    ),
]

# How often titles and days must agree; the announced ones are what a feed would say.
AGREE = 0.9
WATCHED = re.compile(r"\bcnil\b|vid[ée]o\W?(surveillance|protection)", re.IGNORECASE)


@dataclass(frozen=True)
class Case:
    url: str
    reference: dict[str, Any]
    capture: Capture
    article: Article


@cache
def cases(*, announced: bool) -> tuple[Case, ...]:
    """Each reference with what we read of its page; `announced` gives us the feed's title and date as well."""
    folder = Path(os.environ["VIGIE_REAL_WEB"])
    web = {one["url"]: one for one in _lines(folder / "web.jsonl")}
    found = []
    for one in _lines(folder / "reference.jsonl"):
        said = web.get(one["url"], {}) if announced else {}
        published = datetime.fromisoformat(said["published"]) if said.get("published") else None
        capture = Capture(
            id=one["file"],
            url=one["url"],
            fetched_at=datetime(2025, 11, 1, tzinfo=PARIS),
            status=200,
            headers=(("content-type", "text/html; charset=utf-8"),),
            body=(folder / one["file"]).read_bytes(),
            door="feed" if announced else None,
            hint=Hint(said.get("title"), published),
        )
        found.append(Case(one["url"], one["reference"], capture, extract(capture)))
    return tuple(found)


def _lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def _plain(case: Case) -> str:
    found = bare_extraction(decode(case.capture.body), url=case.url)
    return getattr(found, "text", "") or ""


@pytest.mark.parametrize("announced", [False, True])
def test_titles_agree(announced: bool) -> None:
    known = [case for case in cases(announced=announced) if case.reference.get("title")]
    wrong = [
        (case.url, case.article.title, case.reference["title"])
        for case in known
        if " ".join(case.article.title.split()) != " ".join(case.reference["title"].split())
    ]
    assert len(wrong) <= (1 - AGREE) * len(known), wrong


@pytest.mark.parametrize("announced", [False, True])
def test_days_agree(announced: bool) -> None:
    known = [case for case in cases(announced=announced) if case.reference.get("date")]
    days = [
        (case, case.article.published_at.astimezone(PARIS) if case.article.published_at else None) for case in known
    ]
    wrong = [
        (case.url, str(when), case.reference["date"])
        for case, when in days
        if not when or when.date().isoformat() != case.reference["date"][:10]
    ]
    assert len(wrong) <= (1 - AGREE) * len(known), wrong


def test_phrases_that_plain_trafilatura_finds_are_found() -> None:
    missing = [
        (case.url, phrase)
        for case in cases(announced=False)
        for phrase in case.reference.get("with", ())
        if key(phrase) not in key(case.article.text) and key(phrase) in key(_plain(case))
    ]
    assert not missing


def test_no_watched_word_of_a_text_is_missed() -> None:
    for case in cases(announced=False):
        ours = len(WATCHED.findall(case.article.text))
        assert ours >= len(WATCHED.findall(case.reference.get("text") or "")), case.url
        assert ours >= len(WATCHED.findall(_plain(case))), case.url


def test_less_is_wrongly_read_than_by_plain_trafilatura() -> None:
    """Phrases of menus, comments and other articles: no more of them than plain trafilatura lets through."""
    ours = [(case.url, one) for case in cases(announced=False) for one in _wrong(case, case.article.text)]
    theirs = [(case.url, one) for case in cases(announced=False) for one in _wrong(case, _plain(case))]
    assert len(ours) <= len(theirs), ours


def _wrong(case: Case, text: str) -> list[str]:
    return [phrase for phrase in case.reference.get("without", ()) if phrase in text]


def test_every_page_is_an_article_of_its_own_and_reads_the_same_twice() -> None:
    found = cases(announced=False)
    assert len({case.article.id for case in found}) == len(found)
    for case in found:
        assert case.article.text, case.url
        assert paragraphs(case.article.text) == case.article.text, case.url
        assert canonical_url(case.article.canonical_url) == case.article.canonical_url, case.url
        assert extract(case.capture) == case.article, case.url
