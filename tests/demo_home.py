"""A home made of the demo's web without a crawl: every page that is there, archived as it is answered, and ingested."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawler.sources import load_sources
from pipeline.archive import ArchiveWriter, Exchange
from pipeline.demo import FOLDER
from pipeline.demo.server import Web
from pipeline.dossiers.anchors import archive_links
from pipeline.dossiers.assemble import Wanted, assemble
from pipeline.dossiers.dossier import Dossier
from pipeline.dossiers.subject import find_subject
from pipeline.home import load_home
from pipeline.ingest import Ingest, Ledger, ingest
from pipeline.places import load_gazetteer
from pipeline.records import Failure, Run
from pipeline.rules import load_rules
from pipeline.speech.grammar import load_grammar
from pipeline.store import reading

READ_AT = datetime(2025, 4, 11, 6, tzinfo=UTC)
NOW = datetime(2025, 4, 12, 6, tzinfo=UTC)
RULES = load_rules(None)
GAZETTEER, GRAMMAR = load_gazetteer(), load_grammar()
DOORS = ("feed", "sitemap", "listing", "archive")

Change = Callable[[str, bytes], bytes | None]
"""(Address, body) → the body that is answered in its place; None for a page that is not there."""


def as_it_is(url: str, body: bytes) -> bytes | None:
    return body


def demo_home(folder: Path, change: Change = as_it_is) -> Path:
    """A home in `folder` of the demo's web, read once; the sources as they were in that crawl."""
    for name in ("sources.toml", "vigie.toml"):
        shutil.copyfile(FOLDER / name, folder / name)
    declared = tomllib.loads((FOLDER / "sources.toml").read_text("utf-8"))
    hosts = {_host(table["home"]): key for key, table in declared.items() if "home" in table}
    doors = {url for table in declared.values() for door in DOORS for url in _listed(table.get(door))}
    web = Web.from_folder(FOLDER)
    with ArchiveWriter(folder / "archive", "demo", "vigie test") as writer:
        for minute, url in enumerate(web.urls):
            answer = web.answer(url)
            body = change(url, answer.body) if answer.status == 200 else None
            if body is None or url in doors or url.endswith("robots.txt") or _host(url) == "quartiersdelille.example":
                continue
            exchange = Exchange(
                url=url, fetched_at=READ_AT + timedelta(seconds=minute), request_headers=(), body=body, status=200,
                response_headers=(("Content-Type", answer.type),), source=hosts[_host(url)], door="feed", role="page",
                requested_url=url,
            )  # fmt: skip
            writer.write(exchange)
    sources = load_sources(folder / "sources.toml")
    how = Ingest(sources, RULES, "test", READ_AT, processes=0)
    ingest(folder / "archive", folder / "vigie.duckdb", how, _ledger(list(hosts.values())))
    return folder


def dossier_of(home: Path, place: str = "lille", **more: Any) -> Dossier:
    """The dossier of a place, on the topics of the home's watch."""
    at = load_home(home, RULES.topics, load_sources(home / "sources.toml"))
    topics = more.pop("topics", None) or at.watches[0].topics
    wanted = Wanted(find_subject(place), tuple(topics), RULES.topics, GAZETTEER, GRAMMAR, **more)
    with reading(at.database) as store:
        return assemble(store, wanted, NOW, archive_links(at.archive))


def _ledger(sources: list[str]) -> Ledger:
    outcomes = {
        "courrierduponant": "refused",
        "quartiersdelille": "refused",
        "lysinfo": "gone",
        "brouckenelle": "empty",
    }
    runs = [
        Run("20250411T060000", key, READ_AT, READ_AT + timedelta(minutes=5), entries=5, outcome=outcomes.get(key, "ok"))
        for key in sources
    ]
    refused = Failure(
        READ_AT, "fetch", "refused", "http://www.courrierduponant.example/rss.xml", "courrierduponant", "HTTP 403", 403,
        "20250411T060000",
    )  # fmt: skip
    return Ledger(tuple(runs), (refused,))


def _host(url: str) -> str:
    return urlsplit(url).netloc.removeprefix("www.")


def _listed(value: str | list[str] | None) -> list[str]:
    return [] if value is None else [value] if isinstance(value, str) else value
