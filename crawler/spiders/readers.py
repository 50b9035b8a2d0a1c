"""The readers: an answer of a feed, a sitemap, a listing or a watched page goes in, what it names comes out.

Each is a function of one saved answer, so that it can be tested on a file.
"""

from __future__ import annotations

import html
import json
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from importlib import import_module
from io import BytesIO
from typing import Any
from urllib.parse import urljoin

import feedparser
from lxml import etree
from parsel import Selector
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding
from w3lib.html import remove_tags

from crawler.dates import feed_instant, iso_instant
from crawler.items import date_near, title_of
from crawler.spiders.doors import Answer, Door, Found, NotADoorError, clean_url, is_pdf, site
from crawler.visits import Entry
from pipeline.records import Hint, Source

# One answer never names more than this; what is beyond is counted as skipped and said.
MOST_ENTRIES = 50_000
MOST_LINKS = 10_000  # of a listing
MOST_SITEMAPS, MOST_SITEMAPS_BACK = 60, 1000
MOST_LISTED_PAGES = 500
# A new source brings its last days; of a sitemap without dates all is new, unless it is as long as a whole site.
NEW = timedelta(days=7)
FEW_UNDATED = 100
INFLATED = 100 * 1024 * 1024

# A link that carries a user name, and the host that it leads to.
CREDENTIALS = re.compile(r"(?:https?:)?//[^/?#]*@([^/?#@]+)", re.I)
CHARACTER = re.compile(rb"&#(x[0-9a-f]+|[0-9]+);?", re.IGNORECASE)


def read(door: Door, source: Source, answer: Answer, now: datetime, *, first: bool) -> Found:
    """What the door's answer names for one of its sources. `first`: this source has not read this door before.

    Raises NotADoorError when the answer is not of the declared kind.
    """
    reader = READERS.get(door.kind) or import_module(f"crawler.spiders.{source.spider}").read
    found = reader(answer, door, source, now, first)
    dates = [entry.hint.published_at for entry in found.entries if entry.hint.published_at]
    return replace(_chosen(found, source), oldest=min(dates, default=None))


def _chosen(found: Found, source: Source) -> Found:
    """What the source's include and exclude let through: entries, each address once, cut at a bound; documents."""
    include, exclude = (re.compile(p) if p else None for p in (source.include, source.exclude))

    def chosen(url: str) -> bool:
        let_in = not include or include.search(url) or (source.documents and is_pdf(url))
        return bool(let_in) and not (exclude and exclude.search(url))

    entries: dict[str, Entry] = {}
    for entry in found.entries:
        if chosen(entry.url) and len(entries) < MOST_ENTRIES:
            entries.setdefault(entry.url, entry)
    documents = tuple(document for document in found.documents if chosen(document.url))
    return replace(found, entries=tuple(entries.values()), documents=documents)


class _Links:
    """The links of one answer: made absolute and clean; the hosts of those with a password are kept to be told."""

    def __init__(self, base: str) -> None:
        self.base = base
        self._refused: dict[str, None] = {}

    def clean(self, link: object) -> str | None:
        url = clean_url(link, self.base) if isinstance(link, str) and link else None
        if url is None and isinstance(link, str) and (found := CREDENTIALS.match(link.strip())):
            self._refused[found[1][:100]] = None
        return url

    @property
    def refused(self) -> tuple[str, ...]:
        return tuple(self._refused)


def read_feed(answer: Answer, door: Door, source: Source, now: datetime, first: bool) -> Found:
    """RSS, RDF, Atom by feedparser; JSON Feed (version 1.1) by hand, as feedparser does not read it."""
    head = answer.body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"{"):
        links = _Links(answer.url)
        return Found(tuple(_json_feed(answer, links)), refused=links.refused)
    # feedparser looks up the charset as a codec, which a NUL in its name ends with an exception.
    kind = "".join(char for char in answer.content_type if char.isprintable()) or "application/xml"
    headers = {"content-location": answer.url, "content-type": kind}
    try:
        feed = feedparser.parse(BytesIO(CHARACTER.sub(_character, answer.body)), response_headers=headers)
    except ValueError as error:
        raise NotADoorError(f"not a feed that can be read: {error}") from None
    if not feed.get("version") and not feed.entries:
        raise NotADoorError(f"not a feed: {feed.get('bozo_exception') or 'no channel'}")
    entries, links = [], _Links(answer.url)
    for item in feed.entries[:MOST_ENTRIES]:
        url = links.clean(item.get("link") or (item.get("id") if str(item.get("id", "")).startswith("http") else None))
        if url:
            title = html.unescape(remove_tags(item.get("title", ""))).strip() or None
            # Not item.get: feedparser takes the one for the other, with a warning.
            when = dict.get(item, "published_parsed") or dict.get(item, "updated_parsed")
            entries.append(Entry(url, Hint(title, feed_instant(when, now))))
    return Found(tuple(entries), skipped=max(0, len(feed.entries) - MOST_ENTRIES), refused=links.refused)


def _character(reference: re.Match[bytes]) -> bytes:
    """A reference to a character that there is; feedparser ends at one that there is not."""
    digits = reference[1].lower()
    if len(digits) > 9:
        return b"&#65533;"
    code = int(digits[1:], 16) if digits.startswith(b"x") else int(digits)
    return reference[0] if code < 0xD800 or 0xDFFF < code < 0x110000 else b"&#65533;"


def _json_feed(answer: Answer, links: _Links) -> Iterator[Entry]:
    try:
        feed = json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise NotADoorError(f"not a feed: {error}") from None
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise NotADoorError("not a feed: JSON without items")
    for item in feed["items"][:MOST_ENTRIES]:
        url = links.clean(item.get("url") or item.get("external_url")) if isinstance(item, dict) else None
        if url:
            yield Entry(
                url, Hint(str(item.get("title") or "").strip() or None, iso_instant(item.get("date_published")))
            )


def read_sitemap(answer: Answer, door: Door, source: Source, now: datetime, first: bool) -> Found:
    """A sitemap, an index of them, or a Google News sitemap; gzipped or not.

    A new source brings its last seven days: what an ordinary sitemap dates before is remembered only. A news sitemap
    holds two days by definition, so all of it is taken. Going back, nothing dated before `door.since` is.
    """
    entries: list[Entry] = []
    children: list[tuple[str, str]] = []
    old: set[str] = set()
    undated: set[str] = set()
    skipped, links = 0, _Links(answer.url)
    for tag, said in _sitemap_nodes(answer):
        url = links.clean(said.get("loc"))
        if not url:
            continue
        changed = iso_instant(said.get("lastmod"))
        published = iso_instant(said.get("publication_date"))
        when = published or changed
        if tag == "sitemap":
            children.append((changed.isoformat() if changed else "", url))
        elif door.since and when and when < door.since:
            continue
        elif len(entries) >= MOST_ENTRIES:
            skipped += 1
        else:
            entries.append(Entry(url, Hint(said.get("title"), published)))
            if when is None:
                undated.add(url)
            elif not published and when < now - NEW:
                old.add(url)
    if len(undated) > FEW_UNDATED:
        old |= undated
    doors, beyond = _children(children, door, now)
    known_only = frozenset(old) if first and not door.since else frozenset[str]()
    return Found(tuple(entries), doors, old=known_only, skipped=skipped + beyond, refused=links.refused)


def _children(children: list[tuple[str, str]], door: Door, now: datetime) -> tuple[tuple[Door, ...], int]:
    """The sitemaps of an index that may hold what is wanted, newest first, and how many of them are too many.

    Going back, one that had not changed for two days when it was read is not read again: that is how it is resumed.
    """
    floor = door.since or now - NEW - timedelta(days=1)
    settled = (now - timedelta(days=2)).isoformat()
    fresh = [
        (changed, url) for changed, url in sorted(children, reverse=True) if not changed or changed > floor.isoformat()
    ]
    most = MOST_SITEMAPS_BACK if door.since else MOST_SITEMAPS
    doors = (replace(door, url=url, once=bool(door.since and "" < changed < settled)) for changed, url in fresh[:most])
    return tuple(doors), max(0, len(fresh) - most)


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
            tag = _name(element)
            known = known or tag in {"urlset", "sitemapindex", "url", "sitemap"}
            if tag in {"url", "sitemap"}:
                yield tag, _said(element)
                element.clear()
                parent = element.getparent()
                while parent is not None and element.getprevious() is not None:
                    del parent[0]
    except etree.XMLSyntaxError as error:
        if not known:
            raise NotADoorError(f"not a sitemap: {error}") from None
    if not known:
        raise NotADoorError("not a sitemap: no urlset or sitemapindex")


def _name(element: Any) -> str:
    """The local name; lxml's own QName refuses some names that a recovering parser lets through."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _said(element: Any) -> dict[str, str]:
    """The texts of a sitemap's element and of its news, by local name; images and videos have titles of their own."""
    said: dict[str, str] = {}
    for child in element.iterchildren(etree.Element):
        name = _name(child)
        if name == "news":
            said |= _said(child)
        elif child.text and child.text.strip():
            said.setdefault(name, child.text.strip())
    return said


def read_listing(answer: Answer, door: Door, source: Source, now: datetime, first: bool) -> Found:
    """A page with links to articles and documents: those below the source's `links` selector, of the same site."""
    selector = html_of(answer)
    entries, links = [], _Links(base_of(selector, answer))
    nodes = selector.css(source.links or "a[href]")
    for node in nodes[:MOST_LINKS]:
        anchor = node if node.root.tag == "a" else next(iter(node.css("a[href]")), None)
        url = links.clean(anchor.attrib.get("href")) if anchor is not None else None
        if anchor is None or not url or url == answer.url or site(url) != site(answer.url):
            continue
        entries.append(Entry(url, Hint(title_of(anchor.root), date_near(anchor.root))))
    return Found(tuple(entries), skipped=max(0, len(nodes) - MOST_LINKS), refused=links.refused)


def read_paged(answer: Answer, door: Door, source: Source, now: datetime, first: bool) -> Found:
    """One page of a list that goes back in time (`history` with {page}), and the way to the next one.

    The way ends with a page that names nothing, or whose every date is before `door.since`.
    """
    found = read_listing(answer, door, source, now, first)
    floor = door.since or now - NEW
    fresh = tuple(e for e in found.entries if not e.hint.published_at or e.hint.published_at >= floor)
    before, _, after = door.pages.partition("{page}")
    number = int(door.url.removeprefix(before).removesuffix(after))
    if not fresh or number >= MOST_LISTED_PAGES:
        return replace(found, entries=fresh)
    following = replace(door, url=door.pages.replace("{page}", str(number + 1)))
    return replace(found, entries=fresh, doors=(following,))


def read_page(answer: Answer, door: Door, source: Source, now: datetime, first: bool) -> Found:
    """A page with no door, watched for change: it is archived as the article that it is, and names no other."""
    return Found()


def linked_documents(answer: Answer, body: str) -> list[Entry]:
    """The PDF documents that an article links to, within the selector `body` or the page's main part."""
    if "html" not in answer.content_type:
        return []
    selector = html_of(answer)
    main = (selector.css(body) if body else None) or selector.css("main, article") or selector.css("body")
    found: dict[str, Entry] = {}
    for anchor in main.css("a[href]"):
        url = clean_url(anchor.attrib["href"], base_of(selector, answer))
        if url and is_pdf(url):
            found.setdefault(url, Entry(url, Hint(" ".join(anchor.xpath("string()").get("").split()) or None)))
    return list(found.values())


def html_of(answer: Answer) -> Selector:
    """Declared encodings lie: what is UTF-8 is read as such; what says so and is not, as windows-1252."""
    try:
        text = answer.body.decode("utf-8-sig")
    except UnicodeDecodeError:
        declared = http_content_type_encoding(answer.content_type) or html_body_declared_encoding(answer.body)
        text = answer.body.decode("cp1252" if declared in {None, "utf-8"} else declared, "replace")
    return Selector(text=text.replace("\0", "") or "<html></html>", type="html")


def base_of(selector: Selector, answer: Answer) -> str:
    return urljoin(answer.url, selector.css("base::attr(href)").get("") or answer.url)


READERS: dict[str, Callable[[Answer, Door, Source, datetime, bool], Found]] = {
    "feed": read_feed,
    "sitemap": read_sitemap,
    "listing": read_listing,
    "page": read_page,
    "archive": read_listing,
    "paged": read_paged,
}
