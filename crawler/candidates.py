"""What a saved home page says of the ways into its site: feeds, sitemaps, pages of press releases, lists of links.

Pure: pages in, candidates out. A list of links is found by its shape, not by its words: the links that stand at the
same place of the page's tree, outside menus and footers, with long texts, dates beside them or documents behind them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import fmean
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import html

from crawler.spiders.doors import Answer, Door, clean_url, is_pdf, site
from crawler.spiders.readers import read_listing
from crawler.visits import Entry
from pipeline.records import Source

FEED_TYPES = re.compile(r"application/(rss|atom|rdf|feed)\+(xml|json)|application/feed\+json")
COMMENTS = re.compile(r"comment", re.IGNORECASE)
# The more it speaks of press releases, the better; a weight for each word, in the link's text or address.
PRESS = (
    (re.compile(r"communiqu", re.IGNORECASE), 3.0),
    (re.compile(r"espace.?presse|salle.de.presse|relations?.presse|\bpresse\b", re.IGNORECASE), 2.0),
    (re.compile(r"actualit|\bactus?\b|\bnews\b|d[ée]lib[ée]ration|publication|lettres?\b", re.IGNORECASE), 1.0),
)
# Where a system keeps its feed, when the page does not say: (what the page shows, the address from the root).
SYSTEMS = (
    (re.compile(r"wp-content|wp-includes|WordPress", re.IGNORECASE), "feed/"),
    (re.compile(r"spip", re.IGNORECASE), "spip.php?page=backend"),
    (re.compile(r"drupal|/sites/default/files", re.IGNORECASE), "rss.xml"),
)
COMMON = ("feed/", "rss.xml", "rss", "feed.xml")
FURNITURE = re.compile(
    r"\b(nav|menu|footer|header|breadcrumb|ariane|pagination|pager|sidebar|social|share|partage|cookie|lang|skip)", re.I
)
MOST_PRESS_PAGES = 6
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)  # a listing's reader does not look at the clock
FEWEST_LINKS = 3


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of links: the selector that gives them, the entries, and how much they look like a list of articles."""

    selector: str
    entries: tuple[Entry, ...]
    score: float


def feeds(page: Answer) -> list[str]:
    """The feeds that a page declares; without any, where its system or custom would keep one. Comments are left out."""
    tree = _tree(page)
    declared = [
        url
        for link in tree.xpath("//link[@href]")
        if "alternate" in (link.get("rel") or "").lower().split()
        and FEED_TYPES.search(link.get("type") or "")
        and not COMMENTS.search(f"{link.get('title')} {link.get('href')}")
        and (url := clean_url(link.get("href"), page.url))
    ]
    linked = [
        url
        for link in tree.xpath("//a[@href]")
        if re.search(r"(/rss|/feed|\.rss|rss\.xml|atom\.xml|page=backend)", link.get("href"), re.IGNORECASE)
        and not COMMENTS.search(link.get("href"))
        and (url := clean_url(link.get("href"), page.url))
    ]
    if declared or linked:
        return list(dict.fromkeys(declared + linked))[:8]
    text = page.body.decode("utf-8", "replace")
    paths = [path for sign, path in SYSTEMS if sign.search(text)] or list(COMMON)
    return [urljoin(page.url, "/" + path) for path in paths]


def sitemaps(robots: str, home: str) -> list[str]:
    """The sitemaps that a robots.txt names, news sitemaps first; without any, where custom keeps one."""
    named = [clean_url(found, home) for found in re.findall(r"(?im)^\s*sitemap\s*:\s*(\S+)", robots)]
    urls = list(dict.fromkeys(url for url in named if url))
    return sorted(urls, key=lambda url: "news" not in url)[:4] or [urljoin(home, "/sitemap.xml")]


def press_pages(page: Answer) -> list[tuple[str, float]]:
    """The pages of the same site that seem to list press releases or news, with their weights, best first."""
    weights: dict[str, float] = {}
    for link in _tree(page).xpath("//a[@href]"):
        url = clean_url(link.get("href"), page.url)
        if not url or not _same_owner(url, page.url) or is_pdf(url) or url.rstrip("/") == page.url.rstrip("/"):
            continue
        words = f"{' '.join(link.text_content().split())} {urlsplit(url).path}"
        weight = max((w for sign, w in PRESS if sign.search(words)), default=0.0)
        depth = urlsplit(url).path.rstrip("/").count("/")
        if weight:
            weights[url] = max(weights.get(url, 0.0), weight - 0.1 * depth - (len(words) > 120))
    return sorted(weights.items(), key=lambda item: -item[1])[:MOST_PRESS_PAGES]


def best_listing(page: Answer) -> Listing | None:
    """The list of links on a page that looks most like a list of articles or documents; None when there is none."""
    tree = _tree(page)
    groups: dict[tuple[str, ...], list[Any]] = defaultdict(list)
    for link in tree.xpath("//body//a[@href]"):
        url = clean_url(link.get("href"), page.url)
        if url and site(url) == site(page.url) and url != page.url and not _in_furniture(link):
            groups[_path(link)].append(link)
    found = [listing for path, links in groups.items() if (listing := _listing(page, path, len(links)))]
    return max(found, key=lambda listing: listing.score, default=None)


def site_name(page: Answer) -> str:
    """What the site calls itself."""
    tree = _tree(page)
    named = tree.xpath("string(//meta[@property='og:site_name']/@content)") or tree.xpath("string(//title)")
    name = re.split(r"\s+[|–-]\s+", " ".join(str(named).split()))[-1]
    return site(page.url) if not name or "://" in name else name


def common_path(entries: tuple[Entry, ...]) -> str:
    """The beginning of the paths of all entries, down to a folder; empty when they share none."""
    paths = [urlsplit(entry.url).path for entry in entries]
    folders = [path.split("/")[:-1] for path in paths]
    shared = [parts[0] for parts in zip(*folders, strict=False) if len(set(parts)) == 1]
    return "/".join(shared) + "/" if len(shared) > 1 and len(paths) >= FEWEST_LINKS else ""


def _listing(page: Answer, path: tuple[str, ...], links: int) -> Listing | None:
    if links < FEWEST_LINKS:
        return None
    for depth in range(min(2, len(path)), len(path) + 1):
        selector = " > ".join(path[-depth:])
        source = Source("candidate", "", "municipal", (), links=selector)
        entries = _once(read_listing_of(page, source))
        if len(entries) <= links * 1.2 + 1:
            break
    if len(entries) < FEWEST_LINKS:
        return None
    dated = fmean(entry.hint.published_at is not None for entry in entries)
    documents = fmean(is_pdf(entry.url) for entry in entries)
    words = fmean(min(len(entry.hint.title or ""), 60) for entry in entries)
    score = min(len(entries), 20) * (0.15 + dated + 0.5 * documents) * words / 60
    return Listing(selector, entries, score)


def _once(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Each address once, by its link with the longest words: pictures have none."""
    best: dict[str, Entry] = {}
    for entry in entries:
        known = best.get(entry.url)
        if known is None or len(entry.hint.title or "") > len(known.hint.title or ""):
            best[entry.url] = entry
    return tuple(best.values())


def read_listing_of(page: Answer, source: Source) -> tuple[Entry, ...]:
    """What a listing's reader makes of a page with the source's selector."""
    return read_listing(page, Door("listing", page.url, (source,)), source, EPOCH, False).entries


def _path(link: Any) -> tuple[str, ...]:
    """The place of a link in the tree: its ancestors' tags with their first lasting class, from the outside in."""
    path = []
    node = link
    while node is not None and node.tag not in {"body", "html"}:
        path.append(_step(node))
        node = node.getparent()
    return tuple(reversed(path))


def _step(node: Any) -> str:
    classes = [c for c in (node.get("class") or "").split() if re.fullmatch(r"[A-Za-z][A-Za-z_-]*", c)]
    if node.tag == "a":
        return 'a[href$=".pdf"]' if is_pdf(node.get("href", "")) else "a"
    return f"{node.tag}.{classes[0]}" if classes else str(node.tag)


def _in_furniture(link: Any) -> bool:
    node = link
    while node is not None and node.tag != "body":
        if node.tag in {"nav", "footer", "aside"} or FURNITURE.search(f"{node.get('class')} {node.get('id')}"):
            return True
        node = node.getparent()
    return False


def _same_owner(url: str, home: str) -> bool:
    """The same site, or another host below the same domain (presse.ville-x.fr beside www.ville-x.fr)."""
    return site(url).split(".")[-2:] == site(home).split(".")[-2:]


def _tree(page: Answer) -> Any:
    return html.document_fromstring(page.body.decode("utf-8", "replace") or "<html></html>")
