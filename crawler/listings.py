"""Finds the list of articles on a page that nobody has described.

Pure. A list is found by its shape, not by its words: the links that stand at the same place of the page's tree,
outside menus and footers, with long texts, dates beside them or documents behind them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean
from typing import Any
from urllib.parse import unquote, urlsplit

from lxml import etree
from parsel import Selector

from crawler.dates import MONTHS
from crawler.items import HEADINGS, is_dull, text_of
from crawler.spiders.doors import Answer, Door, clean_url, is_pdf, site
from crawler.spiders.readers import base_of, html_of, read_listing
from crawler.visits import Entry
from pipeline.records import Source

FURNITURE = re.compile(
    r"(?<![a-z])(nav|menu|footer|header|pied|breadcrumb|ariane|pagination|pager|sidebar|social|share|partage|cookie|lang|"
    r"skip|facet|filter|filtre|sommaire|sidemenu)",
    re.IGNORECASE,
)
FEWEST_LINKS = 3
PDF = 'a[href$=".pdf"]'
MOST_LINKS, MOST_GROUPS = 3000, 30  # of a page, that are looked at
MENU_LINKS = 4  # from here on, an element that is named like a menu is one
SERIES_TITLE = 40  # signs that the title of a document of a series counts as: it is short by nature
JOBS = re.compile(r"\b[HFM]\s?/\s?[HFX]\b")
# Entries of other lists, by the folders of their addresses.
OTHER_FOLDERS = re.compile(
    r"agenda|[ée]v[èeé]?nements?|\bevents?\b|calendrier|emploi|recrutement|\bjobs?\b|march[ée]s?.publics?|\bmarches\b|tender|"
    r"annuaire|categor|\btags?\b|author|auteur|produit",
    re.IGNORECASE,
)
# A query that names an article, and not a page of the list or a filter.
NUMBERED = re.compile(
    r"(^|[&_\[]|%5B)(id|p|art|article|news|actu|actualite|num|ref)(_?\w*)(\]|%5D)?=?\d", re.IGNORECASE
)
# Classes that differ from item to item of one list.
VOLATILE = re.compile(
    r"(.*[-_])?(odd|even|pair|impair|alt|alternate|first|last)|active|current|row|col.*|clearfix|has-.*|is-.*|wow",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of links: the selector that gives them, the entries, how much they look like a list of articles, and
    whether the selector gives nothing else on its page."""

    selector: str
    entries: tuple[Entry, ...]
    score: float
    exact: bool


def best_listing(page: Answer, now: datetime) -> Listing | None:
    """The list of links on a page that looks most like a list of articles or documents; None when there is none."""
    selector = html_of(page)
    base, furniture = base_of(selector, page), furniture_of(selector.root)
    groups: dict[tuple[str, ...], list[tuple[str, Any]]] = defaultdict(list)
    for link in selector.root.xpath("//body//a[@href]")[:MOST_LINKS]:
        url = clean_url(link.get("href"), base)
        if url and site(url) == site(page.url) and _elsewhere(url, page.url) and not in_furniture(link, furniture):
            groups[_path(link)].append((url, link))
    _join_documents(groups)
    parted = [part for path, links in groups.items() for part in _parted(path, links)]
    largest = sorted(parted, key=lambda item: -len(item[1]))[:MOST_GROUPS]
    found = [listing for path, links in largest if (listing := _listing(page, selector, path, links, now))]
    return max(found, key=lambda listing: listing.score, default=None)


def common_path(entries: tuple[Entry, ...]) -> str:
    """The beginning of the paths of all entries, down to a folder, without what changes with the year; empty when they
    share none."""
    folders = [urlsplit(entry.url).path.split("/")[:-1] for entry in entries]
    shared = []
    for parts in zip(*folders, strict=False):
        if len(set(parts)) > 1 or re.search(r"20[0-3]\d", parts[0]):
            break
        shared.append(parts[0])
    return "/".join(shared) + "/" if len(shared) > 1 and len(entries) >= FEWEST_LINKS else ""


def furniture_of(root: Any) -> set[Any]:
    """The elements of a page that every page of its site has: menus, footers, sidebars."""
    return {node for node in root.iter(etree.Element) if _is_furniture(node)}


def in_furniture(link: Any, furniture: set[Any]) -> bool:
    """Whether a link stands in one of these."""
    return link in furniture or any(node in furniture for node in link.iterancestors())


def _is_furniture(node: Any) -> bool:
    if node.tag in {"nav", "footer", "aside"}:
        return True
    if node.tag in {"html", "body"} or not FURNITURE.search(f"{node.get('class') or ''} {node.get('id') or ''}"):
        return False
    # An article's own header has few links, and what wraps a whole page has other text than links.
    if node.xpath("boolean(.//article | .//main)") or len({a.get("href") for a in node.iter("a")}) < MENU_LINKS:
        return False
    linked = sum(len(text_of(a)) for a in node.iter("a"))
    return linked > len(text_of(node)) / 2


def _elsewhere(url: str, page: str) -> bool:
    """Whether a link leads to another page than this one, in another order, filtered, or its next part."""
    here, there = urlsplit(page), urlsplit(url)
    if (there.path.rstrip("/"), there.query) == (here.path.rstrip("/"), here.query):
        return False
    if there.path.rstrip("/") != here.path.rstrip("/"):
        return not re.search(r"/page[-/]?\d+/?$", there.path)
    return bool(NUMBERED.search(there.query))


def _join_documents(groups: dict[tuple[str, ...], list[tuple[str, Any]]]) -> None:
    """One list names documents and pages: an item has either, at the same place."""
    for path in [path for path in groups if path[-1] == PDF]:
        pages = groups.get((*path[:-1], "a"), [])
        if pages and not {link.getparent() for _, link in pages} & {link.getparent() for _, link in groups[path]}:
            pages.extend(groups.pop(path))


def _parted(path: tuple[str, ...], links: list[tuple[str, Any]]) -> list[tuple[tuple[str, ...], list[tuple[str, Any]]]]:
    """The links of one place, by their own classes where an item has several: to the article, to its PDF."""
    by_class: dict[str, list[tuple[str, Any]]] = defaultdict(list)
    for url, link in links:
        by_class[_lasting_class(link)].append((url, link))
    items = {link.getparent() for _, link in links}
    addresses = {url for url, _ in links}
    if "" in by_class or len(by_class) < 2 or len(addresses) < len(items) * 1.5:
        return [(path, links)]
    return [((*path[:-1], f"{path[-1]}.{name}"), some) for name, some in by_class.items()]


def _listing(
    page: Answer, parsed: Selector, path: tuple[str, ...], links: list[tuple[str, Any]], now: datetime
) -> Listing | None:
    """The list of links at one place of the tree: the shortest selector that gives hardly any other."""
    urls, base = {url for url, _ in links}, base_of(parsed, page)
    if len(urls) < FEWEST_LINKS:
        return None
    selector = ""
    for depth in range(min(2, len(path)), len(path) + 1):
        selector = " > ".join(path[-depth:])
        if len({clean_url(node.attrib.get("href", ""), base) for node in parsed.css(selector)}) <= len(urls) * 1.2:
            break
    read = read_with(page, selector, now)
    entries = tuple(entry for entry in read if entry.url in urls)
    score = _score(entries, links, now)
    return Listing(selector, entries, score, len(read) == len(entries)) if score else None


def _score(entries: tuple[Entry, ...], links: list[tuple[str, Any]], now: datetime) -> float:
    """Grows with the number of entries, their dates, their documents and the length of their titles; 0 for a list of
    something else: events to come, jobs, categories."""
    if len(entries) < FEWEST_LINKS:
        return 0.0
    titles = [entry.hint.title or "" for entry in entries]
    dates = [entry.hint.published_at for entry in entries if entry.hint.published_at]
    to_come = sum(when > now + timedelta(days=1) for when in dates)
    folders = [unquote(urlsplit(entry.url).path.rpartition("/")[0]) for entry in entries]
    if (
        to_come * 2 > len(dates) > 0
        or _most(JOBS.search(t) for t in titles)
        or _most(map(OTHER_FOLDERS.search, folders))
    ):
        return 0.0
    documents = fmean(is_pdf(entry.url) for entry in entries)
    least = SERIES_TITLE if documents > 0.5 and _is_series(titles) else 0
    words = fmean(0 if is_dull(title) else max(least, min(len(title), 60)) for title in titles)
    score = min(len(entries), 20) * (0.15 + len(dates) / len(entries) + 0.5 * documents) * words / 60
    return (
        score * (0.6 + 0.4 * fmean(_in_title(link) for _, link in links)) * (0.5 + len(set(titles)) / len(titles) / 2)
    )


def _is_series(titles: list[str]) -> bool:
    """Whether titles differ by their numbers or months: « Bulletin n° 48 », « Procès-verbal du 3 mars »."""
    numbered = [re.sub(rf"\d+|\b({'|'.join(MONTHS)})\b", "", title, flags=re.IGNORECASE) for title in titles if title]
    return (
        len(set(titles)) > 1 and bool(numbered) and numbered.count(max(numbered, key=numbered.count)) * 2 > len(titles)
    )


def _most(signs: Any) -> bool:
    return fmean(bool(sign) for sign in signs) > 0.5


def _in_title(link: Any) -> bool:
    """Whether a link is, or holds, the heading or the only words of its item: not its picture, nor « Lire la suite »"""
    own = text_of(link)
    return next(link.iter(*HEADINGS), None) is not None or (bool(own) and not is_dull(own))


def read_with(page: Answer, selector: str, now: datetime) -> tuple[Entry, ...]:
    """What a listing's reader makes of a page with a selector: each address once, as its reader takes it."""
    source = Source("candidate", "", "municipal", (), links=selector)
    found = read_listing(page, Door("listing", page.url, (source,)), source, now, False).entries
    once: dict[str, Entry] = {}
    for entry in found:
        once.setdefault(entry.url, entry)
    return tuple(once.values())


def _path(link: Any) -> tuple[str, ...]:
    """The place of a link in the tree: its ancestors' tags with their first lasting class, from the outside in."""
    path = []
    node = link
    while node is not None and node.tag not in {"body", "html"}:
        path.append(_step(node))
        node = node.getparent()
    return tuple(reversed(path))


def _step(node: Any) -> str:
    if node.tag == "a":
        return PDF if is_pdf(node.get("href", "")) else "a"
    if node.tag == "tr":  # a row's class is about its colour
        return "tr"
    name = node.get("id") or ""
    if node.tag in {"table", "ul", "ol", "main", "section"} and re.fullmatch(r"[A-Za-z][\w-]*", name):
        return f"{node.tag}#{name}"
    chosen = _lasting_class(node)
    return f"{node.tag}.{chosen}" if chosen else str(node.tag)


def _lasting_class(node: Any) -> str:
    """The first class of an element that is of its list and not of the one item; empty when there is none."""
    lasting = (c for c in (node.get("class") or "").split() if re.fullmatch(r"[A-Za-z][A-Za-z_-]*", c))
    return next((c for c in lasting if not VOLATILE.fullmatch(c)), "")
