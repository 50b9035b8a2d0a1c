"""Questions of senators: a CSV of the last twelve months, with their titles and themes but not their texts.

The questions whose title or theme holds one of the source's words are asked for on senat.fr, and again on the day
after their answer is published.
"""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta

from crawler.dates import french_day, iso_instant
from crawler.spiders.doors import Answer, Door, Found, NotADoorError, clean_url
from crawler.spiders.wanted import seeker
from crawler.visits import Entry
from pipeline.records import Hint, Source

MOST_ROWS = 100_000
# The Journal officiel's date of an answer is the day of its publication; its page on senat.fr may follow it.
ANSWERED = timedelta(days=1)


def doors(source: Source, now: datetime) -> list[Door]:
    return [Door("senat", url, (source,)) for url in source.data]


def read(answer: Answer, door: Door, source: Source, now: datetime, first: bool) -> Found:
    lines = io.StringIO(_decoded(answer.body), newline="")
    rows = csv.reader(lines, delimiter=";")
    wanted = seeker(source.search)
    entries: list[Entry] = []
    seen = 0
    try:
        # Lines that begin with % come before the names of the columns in some of the Sénat's files.
        names = next((row for row in rows if "Titre" in row and "URL Question" in row), None)
        if names is None:
            raise NotADoorError("not the questions of the Sénat: no columns « Titre » and « URL Question »")
        for row in rows:
            said = dict(zip(names, (cell.strip() for cell in row), strict=False))
            seen += 1
            entry = _entry(said, door) if wanted(f"{said.get('Titre', '')} {said.get('Thème(s)', '')}") else None
            if entry:
                entries.append(entry)
            if seen >= MOST_ROWS:
                break
    except csv.Error as error:
        raise NotADoorError(f"not a CSV: {error}") from None
    return Found(tuple(entries), seen=seen, skipped=sum(1 for _ in lines))


def _entry(said: dict[str, str], door: Door) -> Entry | None:
    url = clean_url(said.get("URL Question", ""), door.url)
    if not url:
        return None
    answered = _day(said.get("Date de réponse JO", ""))
    hint = Hint(said.get("Titre") or None, _day(said.get("Date de publication JO", "")))
    return Entry(url, hint, answered + ANSWERED if answered else None)


def _day(text: str) -> datetime | None:
    return iso_instant(text) or french_day(text)


def _decoded(body: bytes) -> str:
    """ISO-8859-1 it says, windows-1252 it is; UTF-8 in case the Sénat changes its mind."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("windows-1252", "replace")
