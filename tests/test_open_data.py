"""The open data of institutions from a served web to the database: crawled twice, changed, and crawled again."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crawler.crawl import crawl
from crawler.dates import PARIS
from crawler.plan import Plan
from crawler.spiders.doors import doors_of
from crawler.visits import Visits
from pipeline.archive import read_archive
from pipeline.demo.server import Site, Web, serve
from pipeline.ingest import Ingest, ingest
from pipeline.records import Run, Source
from pipeline.rules import load_rules
from pipeline.store import reading
from tests.test_spiders import judgments, official, package, questions, zipped

FIRST = datetime(2026, 1, 20, 9, tzinfo=UTC)
WORDS = ("vidéoprotection", "vidéosurveillance", "BriefCam", "reconnaissance faciale")
QUESTION = "http://senat.example/questions/base"


def source(key: str, data: str, **more: Any) -> Source:
    fields: dict[str, Any] = {
        "kind": "institution",
        "area": ("national",),
        "search": WORDS,
        "spider": key,
        "delay": 0.0,
    } | more
    return Source(key=key, name=key, data=(data,), **fields)


SOURCES = {
    one.key: one
    for one in (
        source("boamp", "http://boamp.example/records", area=("59",)),
        source("dila", "http://dila.example/OPENDATA/CNIL/"),
        source("justice", "http://justice.example/DTA/%Y/%m/TA_%Y%m.zip"),
        source("senat", "http://senat.example/questions-depuis-un-an.csv", include="/questions/base/"),
        source("assemblee", "http://an.example/Questions_ecrites.json.zip"),
        source("rennes", "http://rennes.example/articles?maxResultsByPage=20", search=()),
    )
}
ZIP = "http://justice.example/DTA/2025/12/TA_202512.zip"
LATER = timedelta(days=5)


def csv(answered: bool) -> bytes:
    rows = official("questions.csv").replace(b"https://www.senat.fr", b"http://www.senat.fr")
    rows = rows.replace(b"http://www.senat.fr", b"http://senat.example")
    return rows if answered else rows.replace(b"2026-01-22", b"")


def html(title: str, text: str) -> str:
    head = f'<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>{title}</title></head>'
    return f"{head}<body><main><article><h1>{title}</h1><p>{text}</p></article></main></body></html>"


def web() -> Web:
    (tenders,) = doors_of((SOURCES["boamp"],), FIRST)
    dila = "http://dila.example/OPENDATA/CNIL"
    return Web.from_rows(
        [
            {"url": tenders.url, "body": official("notices.json"), "type": "application/json"},
            {"url": f"{dila}/", "body": official("packages.html")},
            {"url": f"{dila}/CNIL_20241206-203012.tar.gz", "body": package(), "type": "application/gzip"},
            {"url": f"{dila}/CNIL_20241129-204501.tar.gz", "body": package(), "type": "application/gzip"},
            {"url": ZIP, "body": judgments(), "type": "application/zip"},
            {"url": SOURCES["senat"].data[0], "body": csv(answered=False), "type": "text/csv"},
            {"url": f"{QUESTION}/2026/qSEQ260100101.html", "body": html("Encadrement", "Question de BriefCam. " * 20)},
            {"url": f"{QUESTION}/2025/qSEQ250900102.html", "body": html("Reconnaissance", "La question posée. " * 20)},
            {"url": SOURCES["assemblee"].data[0], "body": questions(), "type": "application/zip"},
            {"url": SOURCES["rennes"].data[0], "body": official("articles.json").replace(
                b"https://metropole.rennes.fr", b"http://rennes.example"), "type": "application/json"},
            {"url": "http://rennes.example/la-ville-consulte-sur-la-videoprotection",
             "body": html("La ville consulte", "La vidéoprotection. " * 20)},
            {"url": "http://rennes.example/marches-d-hiver", "body": html("Marchés d'hiver", "Des sapins. " * 30)},
        ]
    )  # fmt: skip


def _crawl(home: Path, when: datetime) -> None:
    """In a process of its own: the reactor runs once."""
    plan = Plan(tuple(SOURCES.values()), home, run_id=f"{when:%Y%m%d}", loopback=True, clock=lambda: when)
    raise SystemExit(crawl(plan))


@dataclass
class Tour:
    """What three crawls did: requests and ledger rows of each, and the database after the last."""

    home: Path
    requests: list[list[str]] = field(default_factory=list)
    runs: list[dict[str, Run]] = field(default_factory=list)
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tour]:
    tour = Tour(tmp_path_factory.mktemp("open-data"))
    with pytest.MonkeyPatch.context() as patch, serve(web()) as site:
        patch.setenv("http_proxy", site.proxy)
        look(tour, site, FIRST)
        look(tour, site, FIRST + timedelta(minutes=10))
        changed = official("judgment-lille.xml").replace(b"rejet\xc3\xa9e", b"admise")
        site.web.change(ZIP, {"body": zipped({"DTA_2310103_20231129.xml": changed}), "type": "application/zip"})
        site.web.change(SOURCES["senat"].data[0], {"body": csv(answered=True), "type": "text/csv"})
        page = f"{QUESTION}/2025/qSEQ250900102.html"
        site.web.change(page, {"body": html("Reconnaissance", "La question posée. " * 20 + "La réponse : BriefCam.")})
        site.web.change(SOURCES["assemblee"].data[0], {"body": questions("question-answered.json")})
        look(tour, site, FIRST + LATER)
        ingest(
            tour.home / "archive",
            tour.home / "vigie.duckdb",
            Ingest(SOURCES, load_rules(None), "test", FIRST + LATER, 0),
        )
    with reading(tour.home / "vigie.duckdb") as store:
        tour.rows = {row["canonical_url"]: row for row in store.select("SELECT * FROM latest").dicts()}
        assert store.select("SELECT * FROM failures").dicts() == []
    yield tour


def look(tour: Tour, site: Site, when: datetime) -> None:
    site.forget()
    process = multiprocessing.get_context("spawn").Process(target=_crawl, args=(tour.home, when))
    process.start()
    process.join(60)
    assert process.exitcode == 0, (tour.home / "crawl.log").read_text()
    tour.requests.append([request.url for request in site.requests if not request.url.endswith("/robots.txt")])
    visits = Visits(tour.home / "crawl.sqlite")
    assert visits.failures() == []
    tour.runs.append({run.source: run for run in visits.runs() if run.run_id == f"{when:%Y%m%d}"})
    visits.close()


def test_every_source_is_well(tour: Tour) -> None:
    assert {run.outcome for runs in tour.runs for run in runs.values()} == {"ok"}
    assert {key: (run.entries, run.new_pages) for key, run in tour.runs[0].items()} == {
        "boamp": (3, 2),
        "dila": (2 + 4, 1),
        "justice": (2, 1),
        "senat": (3, 2),
        "assemblee": (2, 1),
        "rennes": (2, 2),
    }


@pytest.mark.parametrize(
    ("url", "title", "day", "author"),
    [
        (
            "https://boamp.fr/pages/avis?q=idweb:24-135001",
            "Acquisition d'un logiciel d'analyse d'images pour le centre de supervision urbain",
            (2024, 11, 21),
            "Ville d'Exemple-lès-Lille",
        ),
        (
            "https://legifrance.gouv.fr/cnil/id/CNILTEXT000000000042",
            "Délibération n° 2024-900 du 14 novembre 2024 mettant en demeure une commune (vidéoprotection)",
            (2024, 12, 5),
            "CNIL",
        ),
        (
            "https://justice.example/DTA/2025/12/TA_202512.zip#/TA59/DTA_2310103_20231129.xml",
            "TA Lille, 29 novembre 2023, n° 2310103",
            (2023, 11, 29),
            "Tribunal Administratif de Lille",
        ),
        (
            "https://questions.assemblee-nationale.fr/q17/17-4958QE.htm",
            "Usage de logiciels d'analyse vidéo par les communes (question n° 4958)",
            (2025, 3, 11),
            "Mme Camille Exemple",
        ),
    ],
)
def test_a_document_becomes_an_article(
    tour: Tour, url: str, title: str, day: tuple[int, int, int], author: str
) -> None:
    row = tour.rows[url]
    assert (row["title"], row["access"], row["authors"]) == (title, "full", [author])
    assert (row["published_at"], row["published_from"]) == (datetime(*day, tzinfo=PARIS), "document")


def test_what_has_no_watched_word_is_no_article(tour: Tour) -> None:
    assert len(tour.rows) == 2 + 1 + 1 + 2 + 1 + 2


def test_a_page_that_a_door_names_has_the_doors_date(tour: Tour) -> None:
    row = tour.rows["https://senat.example/questions/base/2026/qSEQ260100101.html"]
    assert (row["published_at"], row["published_from"]) == (datetime(2026, 1, 15, tzinfo=PARIS), "senat")
    assert "BriefCam" in row["text"]


def test_a_crawl_with_nothing_new_asks_for_the_doors_alone_and_never_for_a_package(tour: Tour) -> None:
    doors = [door.url for door in doors_of(tuple(SOURCES.values()), FIRST)]
    assert sorted(tour.requests[1]) == sorted(doors)
    assert all(run.new_pages == 0 and run.bytes < 1000 for run in tour.runs[1].values())
    assert sum("CNIL_" in url for requests in tour.requests for url in requests) == 2


def test_a_package_published_again_brings_only_what_changed(tour: Tour) -> None:
    run = tour.runs[2]["justice"]
    assert (run.entries, run.new_pages) == (1, 1)
    assert "est admise" in tour.rows[f"https{ZIP[4:]}#/TA59/DTA_2310103_20231129.xml"]["text"]
    assert tour.runs[2]["boamp"].new_pages == tour.runs[2]["dila"].new_pages == 0


def test_an_answer_is_a_new_version_of_its_question(tour: Tour) -> None:
    assert (
        "Réponse publiée le 3 juin 2025."
        in tour.rows["https://questions.assemblee-nationale.fr/q17/17-4958QE.htm"]["text"]
    )
    assert "La réponse : BriefCam." in tour.rows["https://senat.example/questions/base/2025/qSEQ250900102.html"]["text"]


def test_the_package_that_held_a_document_is_in_the_archive_beside_it(tour: Tour) -> None:
    captures = [capture for file in sorted((tour.home / "archive").iterdir()) for capture, _ in read_archive(file)]
    held = [capture.url for capture in captures if capture.source == "justice" and capture.role != "robots"]
    assert held == [ZIP, f"{ZIP}#/TA59/DTA_2310103_20231129.xml"] * 2
    assert {capture.role for capture in captures if capture.url == ZIP} == {"door"}
