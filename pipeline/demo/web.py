"""What a small web answers: addresses and their answers, declared in a `web.jsonl` or in code.

One JSON object per answer:

    {"url": "http://www.example.example/a", "file": "pages/a.html", "type": "text/html; charset=utf-8"}

Optional keys: `status` (200), `headers` (object), `body` (text in place of `file`), `title` and `published` (an ISO
date: with a title, the page is listed in its host's made-up feed, home page and sitemap), `delay` (seconds before
the answer), `fault` ("reset": the connection is cut; "truncate": half the body, then cut; "hang": no answer).
Several objects with one url: the first is the answer to the first request, and so on; the last one stays.

Where nothing is declared, every known host has /robots.txt (all allowed), /rss.xml, / and /sitemap-news.xml, made up
from its listed pages; anything else is 404.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

KEYS = frozenset({"url", "file", "body", "type", "status", "headers", "title", "published", "delay", "fault"})
FAULTS = frozenset({"", "reset", "truncate", "hang"})
HTML = "text/html; charset=utf-8"

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, ready to be sent. `modified` is for Last-Modified and moves when the address's answer changes."""

    body: bytes
    type: str
    modified: datetime
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    fault: str = ""


class Web:
    """Answers by address. Safe to change with `change` while it is served from several threads."""

    def __init__(self, rows: Iterable[Row], folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._started = datetime.now(UTC).replace(microsecond=0)
        self._rows: dict[str, list[Row]] = {}
        self._hosts: dict[str, dict[str, None]] = {}  # the inner one is a set that keeps its order
        self._served: Counter[str] = Counter()
        self._changes = 0
        for row in rows:
            self._add(row)

    @classmethod
    def from_folder(cls, folder: Path) -> Web:
        """The web that `folder/web.jsonl` declares."""
        lines = (folder / "web.jsonl").read_text("utf-8").splitlines()
        return cls((json.loads(line) for line in lines if line.strip()), folder)

    @classmethod
    def from_rows(cls, rows: Iterable[Row], folder: Path = Path()) -> Web:
        """A web in code: the same objects as in a `web.jsonl`, where `body` may be bytes too."""
        return cls(rows, folder)

    @property
    def urls(self) -> list[str]:
        """The declared addresses, in order of declaration."""
        with self._lock:
            return list(self._rows)

    def change(self, url: str, *rows: Row) -> None:
        """From now on `url` answers with `rows` (their own `url` may be left out), from the first one."""
        if not rows:
            raise ValueError(f"{url}: change needs at least one answer")
        with self._lock:
            self._rows.pop(url, None)
            self._served.pop(url, None)
            self._changes += 1
            for row in rows:
                self._add({**row, "url": url})

    def answer(self, url: str) -> Answer:
        """The next answer of an address; asking counts as a request."""
        with self._lock:
            rows = self._rows.get(url)
            if rows is None:
                return self._made_up(url)
            turn = min(self._served[url], len(rows) - 1)
            self._served[url] += 1
            row, modified = rows[turn], self._started + timedelta(seconds=self._changes + turn)
        return Answer(
            body=self._body(row),
            type=row.get("type", HTML),
            modified=modified,
            status=row.get("status", 200),
            headers=row.get("headers", {}),
            delay=row.get("delay", 0.0),
            fault=row.get("fault", ""),
        )

    def _add(self, row: Row) -> None:
        if "url" not in row or not row.keys() <= KEYS or row.get("fault", "") not in FAULTS:
            raise ValueError(f"not an answer: {dict(row)!r}; the keys are {', '.join(sorted(KEYS))}, with a url")
        url = row["url"]
        self._hosts.setdefault(urlsplit(url).netloc, {})[url] = None
        self._rows.setdefault(url, []).append(row)

    def _body(self, row: Row) -> bytes:
        if "file" in row:
            return Path(self.folder, row["file"]).read_bytes()
        body: str | bytes = row.get("body", "")
        return body if isinstance(body, bytes) else body.encode()

    def _made_up(self, url: str) -> Answer:
        parts = urlsplit(url)
        modified = self._started + timedelta(seconds=self._changes)
        makers = {"/robots.txt": robots, "/rss.xml": feed, "/": home, "/sitemap-news.xml": sitemap}
        if parts.netloc not in self._hosts or parts.path not in makers or parts.query:
            return Answer(b"not found", "text/plain", modified, status=404)
        pages = [self._rows[known][-1] for known in self._hosts[parts.netloc]]
        listed = sorted((p for p in pages if "title" in p), key=lambda p: str(p.get("published", "")), reverse=True)
        kind, text = makers[parts.path](f"{parts.scheme}://{parts.netloc}", listed)
        return Answer(text.encode(), kind, modified)


def robots(site: str, pages: Sequence[Row]) -> tuple[str, str]:
    """A robots.txt that allows everything: its type and text."""
    return "text/plain; charset=utf-8", f"User-agent: *\nAllow: /\nSitemap: {site}/sitemap-news.xml\n"


def feed(site: str, pages: Sequence[Row]) -> tuple[str, str]:
    """An RSS 2.0 feed of the listed pages, newest first: its type and text."""
    head = f"<title>{escape(site)}</title><link>{escape(site)}/</link><description>{escape(site)}</description>"
    items = "".join(
        f"<item><title>{escape(page['title'])}</title><link>{escape(page['url'])}</link>"
        f"<guid>{escape(page['url'])}</guid>{_pub_date(page)}</item>"
        for page in pages
    )
    text = f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>{head}{items}</channel></rss>'
    return "application/rss+xml; charset=utf-8", text


def home(site: str, pages: Sequence[Row]) -> tuple[str, str]:
    """A home page with a link to each listed page: its type and text."""
    quotes = {'"': "&quot;"}
    links = "".join(f'<li><a href="{escape(p["url"], quotes)}">{escape(p["title"])}</a></li>' for p in pages)
    alternate = '<link rel="alternate" type="application/rss+xml" href="/rss.xml">'
    head = f'<meta charset="utf-8"><title>{escape(site)}</title>{alternate}'
    return HTML, f'<!doctype html><html lang="fr"><head>{head}</head><body><ul>{links}</ul></body></html>'


def sitemap(site: str, pages: Sequence[Row]) -> tuple[str, str]:
    """A Google News sitemap of the listed pages: its type and text."""
    publication = f"<news:publication><news:name>{escape(site)}</news:name><news:language>fr</news:language>"
    urls = "".join(
        f"<url><loc>{escape(page['url'])}</loc><news:news>{publication}</news:publication>"
        f"{_publication_date(page)}<news:title>{escape(page['title'])}</news:title></news:news></url>"
        for page in pages
    )
    spaces = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    return "application/xml", f'<?xml version="1.0" encoding="UTF-8"?><urlset {spaces}>{urls}</urlset>'


def _pub_date(page: Row) -> str:
    if "published" not in page:
        return ""
    when = datetime.fromisoformat(page["published"])
    return f"<pubDate>{format_datetime(when if when.tzinfo else when.replace(tzinfo=UTC))}</pubDate>"


def _publication_date(page: Row) -> str:
    when = page.get("published")
    return f"<news:publication_date>{when}</news:publication_date>" if when else ""
