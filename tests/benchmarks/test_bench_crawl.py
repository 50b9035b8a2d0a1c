"""What crawl and ingest cost, as a ratio to bare Scrapy and plain trafilatura on the same pages in the same run.

    pytest -m benchmark -s tests/benchmarks/test_bench_crawl.py

1,000 pages of the size and structure of a regional title's, on loopback, without delay. Each side runs in processes of
its own, whose processor time is counted; the server is in this one. Bare Scrapy fetches each page and drops it; plain
trafilatura reads text and metadata of each in one process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from pipeline.demo.server import Site, Web, serve
from tests.scripted_web import rss

pytestmark = pytest.mark.benchmark
PAGES = 1000
HOST = "http://titre.example"
PROSE = (Path(__file__).parents[1] / "evaluation" / "other_prose.txt").read_text(encoding="utf-8")
SENTENCES = [part.strip() + "." for part in PROSE.split(".") if part.strip()]

BARE = """
import sys
import scrapy
from scrapy.crawler import AsyncCrawlerProcess
class Bare(scrapy.Spider):
    name = "bare"
    async def start(self):
        for n in range(int(sys.argv[1])):
            yield scrapy.Request(f"http://titre.example/{n}")
    def parse(self, response):
        assert response.body
settings = {"LOG_LEVEL": "WARNING", "CONCURRENT_REQUESTS_PER_DOMAIN": 1, "TELNETCONSOLE_ENABLED": False}
process = AsyncCrawlerProcess(settings)
process.crawl(Bare)
process.start()
"""
PLAIN = """
import sys
from pathlib import Path
import trafilatura
for file in Path(sys.argv[1]).iterdir():
    assert trafilatura.bare_extraction(file.read_bytes(), with_metadata=True, url="http://titre.example/" + file.name)
"""
CRAWL = """
import sys
from pathlib import Path
from crawler.crawl import crawl
from crawler.plan import Plan
from tests.scripted_web import source
titre = source("titre", feed="http://titre.example/rss.xml")
raise SystemExit(crawl(Plan((titre,), Path(sys.argv[1]), run_id="r", loopback=True, pages=10_000)))
"""
INGEST = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from pipeline.ingest import Ingest, ingest
from pipeline.rules import load_rules
from tests.scripted_web import source
if __name__ == "__main__":
    home, sources = Path(sys.argv[1]), {"titre": source("titre", feed="http://titre.example/rss.xml")}
    how = Ingest(sources, load_rules(None), "bench", datetime.now(UTC))
    kept = ingest(home / "archive", home / "vigie.duckdb", how)
    assert kept.articles == int(sys.argv[2]), kept
"""


# Runs a program and says how much processor it and all of its processes took: those too that nobody waited for, which
# come to this one as it is their reaper (prctl 36, Linux).
COUNTED = """
import ctypes, os, resource, subprocess, sys
ctypes.CDLL(None).prctl(36, 1)
subprocess.run(sys.argv[1:], check=True)
try:
    while os.wait():
        pass
except ChildProcessError:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(used.ru_utime + used.ru_stime)
"""


def page(n: int) -> str:
    """A page of about 40 kB with 4 kB of text: menus, JSON-LD, boxes, a footer."""
    random = Random(n)
    text = ["".join(random.choices(SENTENCES, k=2)) for _ in range(14)]
    title = f"Le titre de l'article {n}"
    linked = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": title,
        "datePublished": "2024-11-21T08:30:00+01:00",
        "author": [{"@type": "Person", "name": "Anne Durand"}],
        "isAccessibleForFree": True,
    }
    menu = "".join(f'<li class="menu-item menu-{k}"><a href="/rubrique-{k}">Rubrique {k}</a></li>' for k in range(120))
    cards = [(k, random.choice(SENTENCES)[:80]) for k in range(30)]
    box = "".join(f'<div><a href="/autre-{k}"><img src="/{k}.jpg"><h3>{named}</h3></a></div>' for k, named in cards)
    data = json.dumps([random.random() for _ in range(700)])
    head = (
        f'<meta charset="utf-8"><title>{title} - Le Titre</title><link rel="canonical" href="{HOST}/{n}">'
        f'<script type="application/ld+json">{json.dumps(linked)}</script><script>window.data = {data};</script>'
    )
    article = f"<h1>{title}</h1>" + "".join(f"<p>{part}</p>" for part in text)
    body = f"<nav><ul>{menu}</ul></nav><main><article>{article}</article><aside>{box}</aside></main>"
    return (
        f'<!doctype html><html lang="fr"><head>{head}</head><body>{body}<footer><ul>{menu}</ul></footer></body></html>'
    )


@dataclass(frozen=True)
class Cost:
    """Seconds of processor and of the clock."""

    cpu: float
    wall: float


def cost(program: str, *arguments: object, proxy: str = "") -> Cost:
    """What a program costs, with all of its processes."""
    environment = {k: v for k, v in os.environ.items() if "proxy" not in k.lower()} | {"http_proxy": proxy}
    begun = time.perf_counter()
    command = [sys.executable, "-c", COUNTED, sys.executable, "-c", program, *map(str, arguments)]
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE)
    return Cost(float(done.stdout), time.perf_counter() - begun)


def idle(program: str) -> str:
    """The program's imports alone: what starting it costs, which is no cost of a page."""
    return "\n".join(line for line in program.splitlines() if line.startswith(("import", "from")))


def web() -> Web:
    rows: list[dict[str, object]] = [{"url": f"{HOST}/rss.xml", **rss(*((f"{HOST}/{n}", "") for n in range(PAGES)))}]
    return Web.from_rows([*rows, *({"url": f"{HOST}/{n}", "body": page(n)} for n in range(PAGES))])


def test_crawl_and_ingest(tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    for n in range(PAGES):
        (files / str(n)).write_text(page(n), encoding="utf-8")
    with serve(web()) as site:
        costs = measure(site, tmp_path, files)
    ours = costs["crawl"].cpu + costs["ingest"].cpu
    theirs = costs["bare Scrapy"].cpu + costs["plain trafilatura"].cpu
    for name, one in costs.items():
        sys.stdout.write(
            f"\n{name:18} {1000 * one.cpu / PAGES:6.2f} ms of processor a page, {PAGES / one.wall:6.0f} pages/s"
        )
    sys.stdout.write(f"\ncrawl + ingest: {ours / theirs:.2f} times bare Scrapy + plain trafilatura\n")


def measure(site: Site, home: Path, files: Path) -> dict[str, Cost]:
    """Each program's cost less that of its imports."""
    runs = {
        "bare Scrapy": (BARE, (PAGES,)),
        "plain trafilatura": (PLAIN, (files,)),
        "crawl": (CRAWL, (home,)),
        "ingest": (INGEST, (home, PAGES)),
    }
    found = {}
    for name, (program, arguments) in runs.items():
        start, whole = cost(idle(program)), cost(program, *arguments, proxy=site.proxy)
        found[name] = Cost(whole.cpu - start.cpu, whole.wall - start.wall)
    return found
