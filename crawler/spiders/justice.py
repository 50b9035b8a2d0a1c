"""Administrative courts: a zip of XML judgments for each month and level of court, published again as it fills.

Of thousands of judgments a month, those that hold one of the source's words become documents; the zip itself is in
the archive. A judgment has no page: its address is the zip's, then `#/COURT/FILE` (`include = '#/TA59/'` keeps Lille).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import quote

from crawler.dates import PARIS
from crawler.spiders.doors import Answer, Document, Door, Found
from crawler.spiders.packed import PACKAGE_BYTES, found, xml, zip_members
from crawler.spiders.wanted import seeker
from pipeline.records import Hint, Source

CONTENT_TYPE = "application/xml; profile=justice"


def doors(source: Source, now: datetime) -> list[Door]:
    """The zips of this month, which may not be there yet, and of the last; `data` holds strftime codes."""
    this = now.astimezone(PARIS).replace(day=1)
    last = this - timedelta(days=1)
    return [
        Door("justice", month.strftime(url), (source,), awaited=month is this, maxsize=PACKAGE_BYTES)
        for url in source.data
        for month in (this, last)
    ]


def read(answer: Answer, door: Door, source: Source, now: datetime, first: bool) -> Found:
    wanted = seeker(source.search)

    def made(name: str, body: bytes) -> Document | None:
        root = xml(body)
        if not wanted(" ".join(root.itertext())):
            return None
        court = quote((root.findtext(".//Code_Juridiction") or "").strip(), safe="")
        file = quote(name.rpartition("/")[2], safe="")
        return Document(f"{door.url}#/{court}/{file}", body, CONTENT_TYPE, Hint())

    return found(zip_members(answer.body, ".xml"), made)
