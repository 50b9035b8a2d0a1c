"""The ways in: a feed, a sitemap, a listing, a page watched for change. An answer goes in, what it names comes out.

Each reader is a function of one saved answer, so that it can be tested on a file. A source that needs code has a
module beside this one, with the same two functions: `doors(source, now)`, and `read` with a reader's arguments.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from io import BytesIO
from time import struct_time
from typing import Any
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

import feedparser
from lxml import etree
from parsel import Selector
from w3lib.html import remove_tags

from crawler.visits import Entry
from pipeline.archive import Exchange
from pipeline.records import Hint, Source

PARIS = ZoneInfo("Europe/Paris")
# One answer never names more than this; what is beyond is counted as skipped and said.
MOST_ENTRIES = 50_000
MOST_SITEMAPS = 60
INFLATED = 100 * 1024 * 1024
URL_LENGTH = 2000
# A day's archive page still grows in the evening, and a run may have been missed: today's and yesterday's are read.
ARCHIVE_DAYS = 2
MONTHS = {
    m: n
    for n, names in enumerate(
        ("janvier janv", "février fevrier févr", "mars", "avril", "mai", "juin", "juillet juil", "août aout",
         "septembre sept", "octobre oct", "novembre nov", "décembre decembre déc"), 1,
    )
    for m in names.split()
}  # fmt: skip
FRENCH_DATE = re.compile(
    rf"\b(\d{{1,2}})(?:er)?\s+({'|'.join(MONTHS)})\.?\s+(20\d\d)\b|\b(\d\d?)/(\d\d?)/(20\d\d)\b", re.I
)


class NotADoorError(Exception):
    """The answer is not what the door is declared to be (HTML where a feed should be): the source is broken."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A door's answer as it came: the body is decoded from its content encoding."""

    url: str
    body: bytes
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Door:
    """One address to be read, on behalf of the sources that declare it.

    `once`: what it answers never changes, so it is not asked for again. `awaited`: it may not be there yet, and then
    a 404 is no fault. `maxsize` in bytes, where it is more than what the crawler takes of any answer.
    """

    kind: str
    url: str
    sources: tuple[Source, ...]
    once: bool = False
    awaited: bool = False
    maxsize: int = 0

    @property
    def readers(self) -> str:
        """Changes when other sources read the door, or read it otherwise: then a 304 would hide entries from them."""
        said = "|".join(f"{s.key} {s.include} {s.exclude} {s.links} {s.search}" for s in self.sources)
        return hashlib.sha256(said.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Document:
    """A document that comes inside another answer (a judgment in a zip) and has no address that could be asked for."""

    url: str
    body: bytes
    content_type: str
    hint: Hint

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.body).hexdigest()

    def exchange(self, source: str, door: Door, now: datetime) -> Exchange:
        """The document as a record of its own in the archive; `via` names the answer that held it."""
        return Exchange(
            url=self.url,
            requested_url=self.url,
            fetched_at=now,
            status=200,
            request_headers=(),
            response_headers=(("Content-Type", self.content_type),),
            body=self.body,
            source=source,
            door=door.kind,
            role="page",
            via=door.url,
            hint=self.hint,
        )


@dataclass(frozen=True, slots=True)
class Found:
    """What an answer names. `old` are addresses to remember but not to ask for; `skipped` counts what was too much.

    `seen` counts all that the answer holds, where only what has a word of the source's `search` is named.
    """

    entries: tuple[Entry, ...] = ()
    doors: tuple[Door, ...] = ()
    documents: tuple[Document, ...] = ()
    old: frozenset[str] = field(default_factory=frozenset)
    skipped: int = 0
    seen: int = 0


def doors_of(sources: tuple[Source, ...], now: datetime) -> list[Door]:
    """Every door of the sources, once: those that declare one address share its answer."""
    shared: dict[tuple[str, str], list[Source]] = {}
    own: dict[tuple[str, str], Door] = {}
    for source in sources:
        for kind in ("feed", "sitemap", "listing", "page"):
            for url in getattr(source, kind):
                shared.setdefault((kind, url), []).append(source)
        for pattern in source.archive:
            for back in range(ARCHIVE_DAYS):
                url = (now - timedelta(days=back)).astimezone(PARIS).strftime(pattern)
                readers = shared.setdefault(("archive", url), [])
                if source not in readers:
                    readers.append(source)
        if source.spider:
            for door in import_module(f"crawler.spiders.{source.spider}").doors(source, now):
                known = own.setdefault((door.kind, door.url), door)
                if known is not door:
                    own[door.kind, door.url] = replace(known, sources=known.sources + door.sources)
    return [Door(kind, url, tuple(readers)) for (kind, url), readers in shared.items()] + list(own.values())


def read(door: Door, source: Source, answer: Answer, now: datetime, *, first: bool) -> Found:
    """What the door's answer names for one of its sources. `first`: this source has not read this door before.

    Raises NotADoorError when the answer is not of the declared kind.
    """
    reader = READERS.get(door.kind) or import_module(f"crawler.spiders.{source.spider}").read
    return _chosen(reader(answer, door, source, now, first), source)


def _chosen(found: Found, source: Source) -> Found:
    """What the source's include and exclude let through: entries, each address once, cut at a bound; documents."""
    include, exclude = (re.compile(p) if p else None for p in (source.include, source.exclude))

    def chosen(url: str) -> bool:
        let_in = not include or include.search(url) or (source.documents and _is_pdf(url))
        return bool(let_in) and not (exclude and exclude.search(url))

    entries: dict[str, Entry] = {}
    for entry in found.entries:
        if chosen(entry.url) and len(entries) < MOST_ENTRIES:
            entries.setdefault(entry.url, entry)
    documents = tuple(document for document in found.documents if chosen(document.url))
    return replace(found, entries=tuple(entries.values()), documents=documents)


def clean_url(link: str, base: str) -> str | None:
    """The absolute http(s) address of a link, without fragment; None for any other kind, or one with a password."""
    try:
        url = urljoin(base, link.strip())
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or len(url) > URL_LENGTH:
            return None
        _ = parts.port
    except ValueError:
        return None
    return url.split("#", 1)[0]


def read_feed(answer: Answer, door: Door, source: Source, now: datetime, first: bool) -> Found:
    """RSS, RDF, Atom by feedparser; JSON Feed (version 1.1) by hand, as feedparser does not read it."""
    head = answer.body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"{"):
        return Found(tuple(_json_feed(answer)))
    headers = {"content-location": answer.url, "content-type": answer.content_type or "application/xml"}
    feed = feedparser.parse(BytesIO(answer.body), response_headers=headers)
    if not feed.version and not feed.entries:
        raise NotADoorError(f"not a feed: {feed.get('bozo_exception') or 'no channel'}")
    entries = []
    for item in feed.entries[:MOST_ENTRIES]:
        link = item.get("link") or (item.get("id") if str(item.get("id", "")).startswith("http") else None)
        url = clean_url(link, answer.url) if link else None
        if url:
            title = html.unescape(remove_tags(item.get("title", ""))).strip() or None
            when = item.get("published_parsed") or item.get("updated_parsed")
            entries.append(Entry(url, Hint(title, _instant(when, now))))
    return Found(tuple(entries), skipped=max(0, len(feed.entries) - MOST_ENTRIES))


def _json_feed(answer: Answer) -> Iterator[Entry]:
    try:
        feed = json.loads(answer.body)
    except ValueError as error:
        raise NotADoorError(f"not a feed: {error}") from None
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise NotADoorError("not a feed: JSON without items")
    for item in feed["items"][:MOST_ENTRIES]:
        link = item.get("url") or item.get("external_url") if isinstance(item, dict) else None
        url = clean_url(str(link), answer.url) if link else None
        if url:
            yield Entry(
                url, Hint(str(item.get("title") or "").strip() or None, iso_instant(item.get("date_published")))
            )


def read_sitemap(answer: Answer, door: Door, source: Source, now: datetime, first: bool) -> Found:
    """A sitemap, an index of them, or a Google News sitemap; gzipped or not.

    A new source brings its last seven days: what an ordinary sitemap dates before is remembered only. A news sitemap
    holds two days by definition, so all of it is taken.
    """
    entries: list[Entry] = []
    children: list[tuple[str, str]] = []
    old: set[str] = set()
    skipped = 0
    for tag, said in _sitemap_nodes(answer):
        url = clean_url(said.get("loc", ""), answer.url)
        if not url:
            continue
        if tag == "sitemap":
            children.append((said.get("lastmod", ""), url))
        elif len(entries) >= MOST_ENTRIES:
            skipped += 1
        else:
            entries.append(Entry(url, Hint(said.get("title"), iso_instant(said.get("publication_date")))))
            changed = iso_instant(said.get("lastmod"))
            if first and "publication_date" not in said and changed and changed < now - timedelta(days=7):
                old.add(url)
    children.sort(reverse=True)
    fresh = [url for lastmod, url in children if not (when := iso_instant(lastmod)) or when > now - timedelta(days=8)]
    doors = tuple(Door("sitemap", url, door.sources) for url in fresh[:MOST_SITEMAPS])
    return Found(tuple(entries), doors, old=frozenset(old), skipped=skipped + max(0, len(fresh) - MOST_SITEMAPS))


def _sitemap_nodes(answer: Answer) -> Iterator[tuple[str, dict[str, str]]]:
    """Each `url` or `sitemap` element with the texts below it, by local name. Memory stays flat."""
    body = answer.body
    if body.startswith(b"\x1f\x8b"):
        try:
            body = zlib.decompressobj(wbits=31).decompress(body, INFLATED)
        except zlib.error as error:
            raise NotADoorError(f"not a sitemap: gzip {error}") from None
    known = False
    parser = etree.iterparse(BytesIO(body), events=("end",), resolve_entities=False, no_network=True, recover=True)
    try:
        for _, element in parser:
            tag = etree.QName(element).localname if isinstance(element.tag, str) else ""
            known = known or tag in {"urlset", "sitemapindex", "url", "sitemap"}
            if tag in {"url", "sitemap"}:
                yield (
                    tag,
                    {
                        etree.QName(e).localname: (e.text or "").strip()
                        for e in element.iter(etree.Element)
                        if e is not element and (e.text or "").strip()
                    },
                )
                element.clear()
                parent = element.getparent()
                while parent is not None and element.getprevious() is not None:
                    del parent[0]
    except etree.XMLSyntaxError as error:
        if not known:
            raise NotADoorError(f"not a sitemap: {error}") from None
    if not known:
        raise NotADoorError("not a sitemap: no urlset or sitemapindex")


def read_listing(answer: Answer, door: Door, source: Source, now: datetime, first: bool) -> Found:
    """A page with links to articles and documents: those below the source's `links` selector, of the same site."""
    selector = _html(answer)
    entries = []
    for node in selector.css(source.links or "a[href]"):
        anchor = node if node.root.tag == "a" else next(iter(node.css("a[href]")), None)
        url = clean_url(anchor.attrib.get("href", ""), _base(selector, answer)) if anchor is not None else None
        if anchor is None or not url or url == answer.url or site(url) != site(answer.url):
            continue
        title = " ".join(anchor.xpath("string()").get("").split()) or anchor.attrib.get("title") or None
        entries.append(Entry(url, Hint(title, _date_near(anchor.root))))
    return Found(tuple(entries[:MOST_ENTRIES]), skipped=max(0, len(entries) - MOST_ENTRIES))


def read_page(answer: Answer, door: Door, source: Source, now: datetime, first: bool) -> Found:
    """A page with no door, watched for change: it is archived as the article that it is, and names no other."""
    return Found()


def linked_documents(answer: Answer, body: str) -> list[Entry]:
    """The PDF documents that an article links to, within the selector `body` or the page's main part."""
    if "html" not in answer.content_type:
        return []
    selector = _html(answer)
    main = (selector.css(body) if body else None) or selector.css("main, article") or selector.css("body")
    found: dict[str, Entry] = {}
    for anchor in main.css("a[href]"):
        url = clean_url(anchor.attrib["href"], _base(selector, answer))
        if url and _is_pdf(url):
            found.setdefault(url, Entry(url, Hint(" ".join(anchor.xpath("string()").get("").split()) or None)))
    return list(found.values())


def _is_pdf(url: str) -> bool:
    return urlsplit(url).path.lower().endswith(".pdf")


def site(url: str) -> str:
    """The host without `www.`: what counts as one site."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _html(answer: Answer) -> Selector:
    encoding = re.search(r"charset=[\"']?([\w-]+)", answer.content_type)
    text = answer.body.decode("utf-8", "replace") if not encoding else _decoded(answer.body, encoding[1])
    return Selector(text=text or "<html></html>", type="html")


def _decoded(body: bytes, encoding: str) -> str:
    try:
        return body.decode(encoding, "replace")
    except LookupError:
        return body.decode("utf-8", "replace")


def _base(selector: Selector, answer: Answer) -> str:
    return urljoin(answer.url, selector.css("base::attr(href)").get("") or answer.url)


def _date_near(anchor: Any) -> datetime | None:
    """The date that a listing shows beside a link: in the item that holds this link and no other."""
    node = anchor
    while node is not None and len(node.findall(".//a")) <= 1 and node.tag not in {"body", "main", "ul", "table"}:
        for mark in node.iter("time"):
            if when := iso_instant(mark.get("datetime")):
                return when
        if when := french_day(" ".join(node.itertext())):
            return when
        node = node.getparent()
    return None


def french_day(text: str) -> datetime | None:
    """The first day that a text names, in words or as 21/11/2024: its midnight in Paris."""
    match = FRENCH_DATE.search(text)
    if not match:
        return None
    day, month, year = (match[1], MONTHS[match[2].lower()], match[3]) if match[1] else (match[4], match[5], match[6])
    try:
        return datetime(int(year), int(month), int(day), tzinfo=PARIS).astimezone(UTC)
    except ValueError:
        return None


def _instant(parsed: struct_time | None, now: datetime) -> datetime | None:
    """feedparser's UTC time; None for one that cannot be or that lies in the future."""
    try:
        when = datetime(*parsed[:6], tzinfo=UTC) if parsed else None
    except (ValueError, OverflowError):
        return None
    return when if when and when < now + timedelta(days=2) else None


def iso_instant(text: object) -> datetime | None:
    """An ISO 8601 date or instant; without a zone it is Paris's, without a time it is that day's midnight."""
    if not isinstance(text, str) or len(text) < len("2024-11-21"):
        return None
    try:
        when = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if isinstance(when, date) and when.tzinfo is None:
        when = when.replace(tzinfo=PARIS)
    try:
        return when.astimezone(UTC)
    except OverflowError:
        return None


READERS: dict[str, Callable[[Answer, Door, Source, datetime, bool], Found]] = {
    "feed": read_feed,
    "sitemap": read_sitemap,
    "listing": read_listing,
    "page": read_page,
    "archive": read_listing,
}
