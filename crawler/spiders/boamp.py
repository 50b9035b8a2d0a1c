"""BOAMP, the public tenders: Opendatasoft's Explore API v2.1, asked for the source's words in its départements.

A page of results names its notices in full; each is a document, at the address of its page on boamp.fr. The API's
search is fuzzy (it takes « analyse d'images » for two words), so its results are looked through again.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from crawler.dates import iso_instant
from crawler.spiders.doors import Answer, Document, Door, Found, NotADoorError, clean_url, site
from crawler.spiders.wanted import seeker, strings
from pipeline.areas import NATIONAL, departement
from pipeline.records import Hint, Source

PAGE = 100
MOST_PAGES = 10
# Further pages are asked for while the last notice of a page is younger than this: crawls may be days apart.
RECENT = timedelta(days=14)
CONTENT_TYPE = "application/json; profile=boamp"


def doors(source: Source, now: datetime) -> list[Door]:
    return [Door("boamp", _address(url, _where(source), 0), (source,)) for url in source.data]


def read(answer: Answer, door: Door, source: Source, now: datetime, first: bool) -> Found:
    """The notices of a page of results, and the next page when there may be new ones on it."""
    try:
        said = json.loads(answer.body)
        notices, total = [n for n in said["results"] if isinstance(n, dict)], int(said["total_count"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise NotADoorError(f"not a page of results: {type(error).__name__} {error}") from None
    wanted = seeker(source.search)
    found = [_document(notice, answer, door) for notice in notices if wanted(_text(notice))]
    documents = tuple(document for document in found if document)
    seen = offset_of(door.url) + PAGE
    oldest = min((when for n in notices if (when := iso_instant(n.get("dateparution")))), default=None)
    if len(notices) < PAGE or seen >= total or not oldest or now - oldest > RECENT:
        return Found(documents=documents, seen=len(notices))
    if seen >= PAGE * MOST_PAGES:
        return Found(documents=documents, seen=len(notices), skipped=total - seen)
    return Found(doors=(_next(door, seen),), documents=documents, seen=len(notices))


def offset_of(url: str) -> int:
    """At which result a page begins."""
    said = parse_qs(urlsplit(url).query).get("offset", ["0"])[0]
    return int(said) if said.isdigit() else 0


def _next(door: Door, offset: int) -> Door:
    where = parse_qs(urlsplit(door.url).query).get("where", [""])[0]
    return Door(door.kind, _address(door.url.partition("?")[0], where, offset), door.sources)


def _address(url: str, where: str, offset: int) -> str:
    asked = {"where": where, "order_by": "dateparution desc", "limit": PAGE, "offset": offset}
    return f"{url}?{urlencode({name: value for name, value in asked.items() if value})}"


def _where(source: Source) -> str:
    """The source's words, one of them at least, within its départements; in Opendatasoft's query language."""
    words = [word.replace("\\", " ").replace('"', " ") for word in source.search]
    codes = [] if NATIONAL in source.area else sorted({code for place in source.area if (code := departement(place))})
    clauses = (
        " or ".join(f'search("{word}")' for word in words),
        " or ".join(f'code_departement="{code}"' for code in codes),
    )
    return " and ".join(f"({clause})" for clause in clauses if clause)


def _document(notice: dict[str, Any], answer: Answer, door: Door) -> Document | None:
    number = notice.get("idweb")
    if not isinstance(number, str) or not number:
        return None
    page = clean_url(str(notice.get("url_avis") or ""), answer.url)
    if not page or site(page) != "boamp.fr":
        page = f"{door.url.partition('?')[0]}?{urlencode({'where': f'idweb={json.dumps(number)}'})}"
    title = notice.get("objet") if isinstance(notice.get("objet"), str) else None
    body = json.dumps(notice, ensure_ascii=False, sort_keys=True).encode(errors="replace")
    return Document(page, body, CONTENT_TYPE, Hint(title, iso_instant(notice.get("dateparution"))))


def _text(notice: dict[str, Any]) -> str:
    """All the words of a notice; `donnees` holds JSON within JSON."""
    inner: Any = None
    if isinstance(notice.get("donnees"), str):
        try:
            inner = json.loads(notice["donnees"])
        except (ValueError, RecursionError):
            inner = None
    return "\n".join(strings([notice, inner]))
