"""Sites written for the project, each of the structure of a real kind of French public site, to try `discover` on.

Each says what a careful person would declare: the right doors (any of them will do) and the articles that they name.
Nothing else may be named by any door that is proposed. `today` of all of them is 2025-04-11.
"""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import urljoin
from xml.sax.saxutils import escape

TODAY = datetime(2025, 4, 11, 8, tzinfo=UTC)
MONTHS = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
]
SHORT = ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."]
TITLES = (
    "Le conseil municipal adopte le budget primitif 2025",
    "Vidéoprotection : trente nouvelles caméras place de la Gare",
    "Réouverture de la piscine après deux ans de travaux",
    "Enquête publique : donnez votre avis sur le PLU",
    "Inscriptions scolaires pour la rentrée de septembre",
    "Une nouvelle directrice à la tête de la médiathèque",
    "Rue Jean-Jaurès : circulation alternée jusqu'en juin",
    "Le maire répond aux questions sur la police municipale",
    "Canicule : les gestes qui sauvent, le registre des personnes isolées",
    "Collecte des déchets : ce qui change au 1er mai",
)


@dataclass(frozen=True)
class Post:
    """What a template is filled with, one for each article of a list."""

    n: int
    title: str
    slug: str
    when: datetime

    @property
    def day(self) -> str:
        return f"{self.when.day} {MONTHS[self.when.month - 1]} {self.when.year}"

    @property
    def short(self) -> str:
        return f"{self.when.day} {SHORT[self.when.month - 1]} {self.when.year}"

    @property
    def slashed(self) -> str:
        return f"{self.when:%d/%m/%Y}"

    @property
    def iso(self) -> str:
        return f"{self.when:%Y-%m-%dT%H:%M:%S+02:00}"

    @property
    def ymd(self) -> str:
        return f"{self.when:%Y%m%d}"


def posts(count: int = 8, first: int = 100, back: int = 0, titles: Sequence[str] = TITLES) -> list[Post]:
    """The newest first, some days apart; `back`: how many days before today the newest is (negative: to come)."""
    found = []
    for i in range(count):
        title = titles[i % len(titles)] + ("" if i < len(titles) else f" ({i // len(titles) + 1})")
        slug = "".join(c if c.isalnum() and c.isascii() else "-" for c in title.lower()).strip("-")
        found.append(Post(first - i, title, slug.replace("--", "-"), TODAY - timedelta(days=1 + back + 6 * i)))
    return found


def each(shape: Callable[[Post], str], of: Sequence[Post]) -> str:
    return "\n".join(shape(post) for post in of)


def rss(of: Sequence[Post], link: Callable[[Post], str], title: str = "Actualités", encoding: str = "utf-8") -> bytes:
    items = "".join(
        f"<item><title>{escape(p.title)}</title><link>{escape(link(p))}</link>"
        f"<pubDate>{format_datetime(p.when)}</pubDate></item>"
        for p in of
    )
    text = f'<?xml version="1.0" encoding="{encoding}"?><rss version="2.0"><channel><title>{title}</title>{items}</channel></rss>'
    return text.encode(encoding, "xmlcharrefreplace")


def atom(of: Sequence[Post], link: Callable[[Post], str], title: str = "Actualités") -> bytes:
    items = "".join(
        f'<entry><title>{escape(p.title)}</title><link href="{escape(link(p))}"/><id>{escape(link(p))}</id>'
        f"<updated>{p.iso}</updated></entry>"
        for p in of
    )
    head = f'<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>{title}</title>'
    return (head + items + "</feed>").encode()


def json_feed(of: Sequence[Post], link: Callable[[Post], str]) -> bytes:
    items = [{"id": link(p), "url": link(p), "title": p.title, "date_published": p.iso} for p in of]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Actualités", "items": items}).encode()


def urlset(urls: Sequence[tuple[str, str]], extra: Callable[[str], str] = lambda url: "") -> bytes:
    body = "".join(f"<url><loc>{escape(u)}</loc><lastmod>{day}</lastmod>{extra(u)}</url>" for u, day in urls)
    return (
        '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{body}</urlset>'
    ).encode()


def index(urls: Sequence[str], day: str = "2025-04-10") -> bytes:
    body = "".join(f"<sitemap><loc>{url}</loc><lastmod>{day}</lastmod></sitemap>" for url in urls)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{body}</sitemapindex>'
    ).encode()


def text(value: str) -> str:
    return html.escape(value)


@dataclass
class Site:
    """One site: what its addresses answer, and what is right. `right` are (kind, address) of which one must be declared;
    all `articles` must be named, `also` may be; nothing under `forbidden` may be asked for."""

    name: str
    home: str
    pages: dict[str, Any]
    right: set[tuple[str, str]]
    articles: set[str]
    also: set[str] = field(default_factory=set)
    forbidden: tuple[str, ...] = ()

    def rows(self) -> list[dict[str, Any]]:
        """The site for `pipeline.demo.server.Web.from_rows`; what is not declared answers 404."""
        rows = []
        for path, answer in self.pages.items():
            row = dict(answer) if isinstance(answer, dict) else {"body": answer}
            url = urljoin(self.home, path)
            if "type" not in row and "status" not in row:
                row["type"] = _type(url, row["body"])
            rows.append({"url": url} | row)
        declared = {row["url"] for row in rows}
        rows += [_article(url) for url in sorted(self.articles - declared)]
        hosts = {urljoin(row["url"], "/") for row in rows}
        known = {row["url"] for row in rows}
        for host in hosts:
            for path in ("robots.txt", "rss.xml", "sitemap-news.xml", ""):  # else the demo's server makes them up
                if host + path not in known:
                    rows.append({"url": host + path, "status": 404, "body": "", "type": "text/html"})
        return rows


def moved(to: str, status: int = 301) -> dict[str, Any]:
    return {"status": status, "headers": {"Location": to}, "body": ""}


def _article(url: str) -> dict[str, Any]:
    if url.lower().endswith(".pdf"):
        return {"url": url, "body": b"%PDF-1.4\n%%EOF\n", "type": "application/pdf"}
    said = "La municipalité présente aux habitants la décision prise lors de la dernière réunion publique. " * 6
    return {"url": url, "body": f"<html><title>Article</title><main><h1>Article</h1><p>{said}</p></main></html>"}


def _type(url: str, body: str | bytes) -> str:
    if url.endswith("robots.txt"):
        return "text/plain"
    data = body if isinstance(body, bytes) else body.encode()
    if data.startswith(b"<?xml"):
        return "application/xml"
    if data.startswith(b"{"):
        return "application/feed+json"
    return "text/html; charset=utf-8" if isinstance(body, str) else "text/html"
