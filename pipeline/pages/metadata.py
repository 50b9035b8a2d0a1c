"""What a page says of itself outside its text: its declarations, authors, language, canonical address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import urljoin, urlsplit

from lxml.etree import XPath
from lxml.html import HtmlElement

from pipeline.canonical import canonical_url
from pipeline.pages import jsonld
from pipeline.pages.plain import key, line

_MOST_VALUES = 20  # of one meta
_AUTHOR_METAS = ("author", "article:author", "og:article:author", "dc.creator", "dcterms.creator", "parsely-author")
_BYLINES = XPath(
    "//body//*[@rel='author' or contains(concat(' ', @itemprop, ' '), ' author ') or contains(@class, 'author') or "
    "contains(@class, 'byline') or contains(@class, 'auteur') or contains(@class, 'signature')]"
    "[not(ancestor::aside or ancestor::footer or ancestor::li or ancestor::blockquote or "
    "ancestor-or-self::*[contains(@class, 'comment')])]"
)
_DUBLIN_CORE = re.compile(r"^(dc|dcterms)[:_]")  # as sites write it beside "dc."
_NAME = re.compile(r"(?=.*[A-ZÀ-Þ])[^\d:/]{3,40}$")
_BY = re.compile(
    r"^((propos |textes? |entretien )?(recueillis?|réalisée?|mise? en forme|traduit)s? par|par|by|de notre "
    r"(correspondante?|envoyée? spéciale?)[^,:]*[,:]?|auteur\s*:|rédigé par|publié par|écrit par)\s+",
    re.IGNORECASE,
)
_FULL_STOP = re.compile(r"(?<=[^\W\d_]{3})\.$")  # not that of an initial
_TWICE = re.compile(r"(.{5,40}?)\s*\1")  # once for screen readers
_AND = re.compile(r"\s*(?:,|;|\s&\s|\set\s|\sand\s|\savec\s|\|)\s*")
_NO_AUTHOR = re.compile(
    r"https?:|www\.|@|\d{2}|^\W*$|publié|mis à jour|^(admin|rédaction|auteur|null|none|undefined)$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Page:
    """An HTML page as it was parsed, and its declarations: metas by name in lower case, JSON-LD objects."""

    url: str
    tree: HtmlElement
    metas: dict[str, tuple[str, ...]]
    nodes: tuple[jsonld.Node, ...]
    article: jsonld.Node

    def meta(self, *names: str) -> str:
        """The first value that one of these metas has; empty when none has."""
        return next(self.all_metas(*names), "")

    def all_metas(self, *names: str) -> Iterator[str]:
        """The values of these metas, in the order of the names."""
        for name in names:
            yield from self.metas.get(name, ())


def read(tree: HtmlElement, url: str) -> Page:
    """Read the declarations of a page once. `url` is where it came from."""
    metas: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
        content = element.get("content") or element.get("value")  # what some tools save it as
        if name and content and content.strip():
            values = metas.setdefault(_DUBLIN_CORE.sub(r"\1.", name.strip().lower()), [])
            if len(values) < _MOST_VALUES:
                values.append(unescape(content.strip()))
    nodes = tuple(jsonld.nodes(tree))
    return Page(url, tree, {name: tuple(values) for name, values in metas.items()}, nodes, _article(nodes, url))


def _article(nodes: tuple[jsonld.Node, ...], url: str) -> jsonld.Node:
    """The JSON-LD object that is the page's article: the one with the page's address, else the first one.

    A page without any may be an episode of a broadcast, a dossier: then the object with its address and a headline.
    """
    here = canonical_url(url)

    def is_here(node: jsonld.Node) -> bool:
        return any(canonical_url(urljoin(url, one)) == here for one in jsonld.addresses(node)[:4] if _joinable(one))

    articles = [node for node in nodes if jsonld.is_article(node)]
    if not articles:
        return next((node for node in nodes if node.get("headline") and is_here(node)), {})
    return next(filter(is_here, articles), articles[0])


def _joinable(address: str) -> bool:
    try:
        return bool(urlsplit(address))
    except ValueError:
        return False


def declared_addresses(page: Page) -> list[str]:
    """What the page says its address is: `rel=canonical`, then `og:url`."""
    links = [
        element.get("href") or ""
        for element in page.tree.iter("link")
        if "canonical" in (element.get("rel") or "").lower().split()
    ]
    return [one for one in (*links[:1], page.meta("og:url")) if one.strip()]


def language(page: Page) -> str | None:
    """The page's language as two letters, as declared."""
    declared = (
        page.tree.get("lang"),
        page.tree.get("{http://www.w3.org/XML/1998/namespace}lang"),
        jsonld.text(page.article.get("inLanguage")),
        page.meta("content-language", "language", "og:locale", "dc.language"),
    )
    for one in declared:
        if one and (found := re.match(r"\s*([A-Za-z]{2})(?![A-Za-z])", one)):
            return found[1].lower()
    return None


def site_names(page: Page) -> Iterator[str]:
    """What the page, its publisher and its host call the site."""
    yield page.meta("og:site_name")
    yield page.meta("application-name")
    yield page.meta("apple-mobile-web-app-title")
    for node in page.nodes:
        if {"WebSite", "Organization", "NewsMediaOrganization"} & set(jsonld.types(node)):
            yield from jsonld.texts(node.get("name"))
            yield from jsonld.texts(node.get("alternateName"))
        yield from jsonld.texts(node.get("publisher"))
    host = (urlsplit(page.url).hostname or "").removeprefix("www.")
    yield host
    yield host.rsplit(".", 1)[0]


def elements(found: object) -> list[HtmlElement]:
    """The elements among what an XPath found."""
    return [one for one in found if isinstance(one, HtmlElement)] if isinstance(found, list) else []


def authors(page: Page) -> tuple[str, ...]:
    """Who signed: people and agencies, without « Par » and the like; the site itself is no author of its own."""
    sites = {key(name) for name in site_names(page)}
    for names in (_declared_authors(page), page.all_metas(*_AUTHOR_METAS), _bylines(page)):
        found: dict[str, str] = {}
        for name in names:
            for one in people(name):
                if key(one) not in sites:
                    found.setdefault(key(one), one)
        if found:
            return tuple(found.values())[:12]
    return ()


def _declared_authors(page: Page) -> Iterator[str]:
    by_id = {node["@id"]: node for node in page.nodes if isinstance(node.get("@id"), str)}
    holders = [page.article, *(node for node in page.nodes if "WebPage" in jsonld.types(node))]
    for holder in holders:
        declared = holder.get("author") or holder.get("creator") or []
        for author in declared if isinstance(declared, list) else [declared]:
            identity = author.get("@id") if isinstance(author, dict) and not author.get("name") else None
            yield from jsonld.texts(by_id.get(identity, author) if isinstance(identity, str) else author)


def _bylines(page: Page) -> Iterator[str]:
    """The first short text that is marked as a byline and holds names."""
    for element in elements(_BYLINES(page.tree))[:8]:
        text = element.get("content") or line(str(element.text_content()))
        if len(text) <= 80 and any(_NAME.match(one) and one.count(" ") <= 4 for one in people(text)):
            yield text
            return


def people(text: str) -> list[str]:
    """The names in a byline."""
    text = line(unescape(text[:500]))
    while (shorter := _BY.sub("", text)) != text:
        text = shorter
    names = [_FULL_STOP.sub("", one.strip(" ,-–—")) for one in _AND.split(re.sub(r"\(.*?\)", " ", text))]
    names = [twice[1] if (twice := _TWICE.fullmatch(one)) else one for one in names]
    return [_BY.sub("", one) for one in names if one and len(one) <= 80 and not _NO_AUTHOR.search(one)]
