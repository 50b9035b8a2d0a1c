"""Ici Rennes, the town's magazine: its site gives the latest articles as JSON (title, address, seconds since 1970)."""

from __future__ import annotations

import html
import json
from datetime import UTC, datetime
from typing import Any

from crawler.spiders.doors import Answer, Door, Found, NotADoorError, clean_url
from crawler.visits import Entry
from pipeline.records import Hint, Source


def doors(source: Source, now: datetime) -> list[Door]:
    return [Door("rennes", url, (source,)) for url in source.data]


def read(answer: Answer, door: Door, source: Source, now: datetime, first: bool) -> Found:
    try:
        articles = json.loads(answer.body)["articles"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise NotADoorError(f"not the articles of Ici Rennes: {type(error).__name__} {error}") from None
    if not isinstance(articles, list):
        raise NotADoorError("not the articles of Ici Rennes: no list")
    entries = []
    for said in articles:
        url = clean_url(str(said.get("url") or ""), answer.url) if isinstance(said, dict) else None
        if url:
            entries.append(Entry(url, Hint(html.unescape(str(said.get("title") or "")) or None, _when(said, now))))
    return Found(tuple(entries))


def _when(said: dict[str, Any], now: datetime) -> datetime | None:
    try:
        when = datetime.fromtimestamp(int(said["date"]), UTC)
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return None
    return when if when <= now else None
