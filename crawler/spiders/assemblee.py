"""Written questions of deputies: a zip of JSON files, one a question with its text and its answer, made every night.

Those that hold one of the source's words become documents, at the address of their page.
"""

from __future__ import annotations

import json
from datetime import datetime

from crawler.spiders.doors import Answer, Document, Door, Found
from crawler.spiders.packed import PACKAGE_BYTES, found, zip_members
from crawler.spiders.wanted import seeker, strings
from pipeline.records import Hint, Source

CONTENT_TYPE = "application/json; profile=question"


def doors(source: Source, now: datetime) -> list[Door]:
    return [Door("assemblee", url, (source,), maxsize=PACKAGE_BYTES) for url in source.data]


def read(answer: Answer, door: Door, source: Source, now: datetime, first: bool) -> Found:
    wanted = seeker(source.search)

    def made(name: str, body: bytes) -> Document | None:
        said = json.loads(body)
        question = said.get("question") if isinstance(said, dict) else None
        named = question.get("identifiant") if isinstance(question, dict) else None
        if not isinstance(question, dict) or not isinstance(named, dict) or not wanted("\n".join(strings(question))):
            return None
        term, number = str(named.get("legislature")), str(named.get("numero"))
        kind = str(question.get("type") or "QE")
        if not (term.isdigit() and number.isdigit() and kind.isalpha()):
            raise ValueError(name)
        url = f"https://questions.assemblee-nationale.fr/q{term}/{term}-{number}{kind}.htm"
        return Document(url, body, CONTENT_TYPE, Hint())

    return found(zip_members(answer.body, ".json"), made)
