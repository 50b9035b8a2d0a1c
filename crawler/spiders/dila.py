"""CNIL deliberations, as the DILA gives them away: a page that lists packages (tar.gz), each of some XML texts.

The packages of additions are read, newest first, each once: what one holds never changes. The baseline of all texts
since 1979 (`Freemium_cnil_global_*`) is left alone.
"""

from __future__ import annotations

import re
from datetime import datetime

from crawler.spiders.doors import Answer, Document, Door, Found, NotADoorError, clean_url, site
from crawler.spiders.packed import PACKAGE_BYTES, found, tar_members, xml
from crawler.spiders.wanted import seeker
from pipeline.records import Hint, Source

LATEST = 30
CONTENT_TYPE = "application/xml; profile=cnil"
_PACKAGE = re.compile(r"CNIL_(\d{8}-\d{6})\.tar\.gz$")
_TEXT = re.compile(r"CNILTEXT\d+")


def doors(source: Source, now: datetime) -> list[Door]:
    return [Door("dila", url, (source,)) for url in source.data]


def read(answer: Answer, door: Door, source: Source, now: datetime, first: bool) -> Found:
    """The latest packages that the list names; the texts that a package holds."""
    if not _PACKAGE.search(door.url):
        return _list(answer, door)
    wanted = seeker(source.search)

    def made(name: str, body: bytes) -> Document | None:
        root = xml(body)
        number = _TEXT.search(root.findtext(".//ID") or name)
        if number is None or not wanted(" ".join(root.itertext())):
            return None
        url = f"https://www.legifrance.gouv.fr/cnil/id/{number[0]}"
        return Document(url, body, CONTENT_TYPE, Hint(root.findtext(".//TITREFULL") or root.findtext(".//TITRE")))

    return found(tar_members(answer.body, ".xml"), made)


def _list(answer: Answer, door: Door) -> Found:
    packages = {}
    for link in re.findall(r'href="([^"]+)"', answer.body.decode("latin-1")):
        url = clean_url(link, answer.url)
        if url and site(url) == site(answer.url) and (name := _PACKAGE.search(url)):
            packages[name[1]] = url
    if not packages:
        raise NotADoorError("not the list of packages: no CNIL_….tar.gz")
    latest = [url for _, url in sorted(packages.items(), reverse=True)[:LATEST]]
    children = tuple(Door("dila", url, door.sources, once=True, maxsize=PACKAGE_BYTES) for url in latest)
    return Found(doors=children, seen=len(packages))
