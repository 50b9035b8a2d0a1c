"""From what a survey of a site found to the source to declare, and its table for sources.toml."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from crawler.discover import GOOD_FEED, GOOD_LISTING, Survey, Tried
from crawler.listings import common_path
from crawler.spiders.doors import Answer, is_pdf, site
from crawler.spiders.readers import html_of
from crawler.visits import Entry
from pipeline.records import Kind, MistakeError, Source

DECLARED = ("name", "kind", "area", "home", "feed", "sitemap", "listing", "page", "archive", "links", "include", "documents")
NO_NAME = re.compile(r"(page d.)?accueil|home( ?page)?|bienvenue|(le )?site (officiel|internet|web)|entrer|index", re.IGNORECASE)
SITEMAP_OF_ARTICLES = re.compile(r"news|actu|post|article|blog|communiqu|presse", re.IGNORECASE)
DATED_NAME = re.compile(r"20[0-3]\d|\d+\.xml|page=\d")
KEY_LENGTH = 60


def propose(survey: Survey, home: str, area: Sequence[str], kind: Kind) -> tuple[Source, tuple[Entry, ...]]:
    """The doors worth declaring, and what they name: the best feed, a list of what the feed does not hold, else a
    sitemap of articles, else a page to be watched."""
    host = site(survey.home.url)
    moved = host != site(home)
    source = Source(
        key_for(host), site_name(survey.home), kind, tuple(area) or ("national",), home=survey.home.url if moved else home
    )
    feed, listing = survey.best("feed", GOOD_FEED), survey.best("listing", GOOD_LISTING)
    entries: list[Entry] = []
    if feed:
        source, entries = replace(source, feed=(feed.url,)), list(feed.entries)
    if listing and _adds(listing, feed, survey):
        source = _with_listing(source, listing, survey)
        entries += [entry for entry in listing.entries if entry.url not in {known.url for known in entries}]
    sitemap = survey.best("sitemap", GOOD_FEED)
    if sitemap and _of_articles(sitemap, alone=not entries):
        source = replace(source, sitemap=(sitemap.url,))
        entries = entries or list(sitemap.entries)
    if not entries:
        source = replace(source, page=(_to_watch(survey, home),))
    return source, tuple(entries)


def _adds(listing: Tried, feed: Tried | None, survey: Survey) -> bool:
    """Whether a list names other articles than the feed does: less than half of them are known by it."""
    if feed is None:
        return True
    known = {entry.url for entry in feed.entries}
    shared = sum(entry.url in known for entry in listing.entries)
    return shared * 2 < len(listing.entries) and listing.url != survey.home.url


def _with_listing(source: Source, tried: Tried, survey: Survey) -> Source:
    """The source with a list; as an archive by years where this year's page has the year in its address."""
    assert tried.listing is not None
    shared = common_path(tried.entries)
    include = f"^https?://[^/]+{_pattern(shared)}" if shared else ""
    documents = any(is_pdf(entry.url) for entry in tried.entries)
    year, path = str(survey.now.year), urlsplit(tried.url).path.rstrip("/").rpartition("/")
    if not source.feed and path[2].count(year) == 1 and "%" not in tried.url and not urlsplit(tried.url).query:
        below = f"^https?://[^/]+{_pattern(path[0])}/{_pattern(path[2]).replace(year, '20[0-9]{2}')}/"
        if all(re.search(below, entry.url) for entry in tried.entries):
            start, _, end = tried.url.rpartition(year)
            return replace(source, archive=(f"{start}%Y{end}",), include=below + ".")
    # A selector that gives nothing else needs no help, and one day the addresses may change.
    exact = tried.listing.exact or bool(source.feed)
    return replace(
        source,
        listing=(tried.url,),
        links=tried.listing.selector,
        include="" if exact else include,
        documents=documents,
    )


def _of_articles(sitemap: Tried, *, alone: bool) -> bool:
    """A sitemap of news is a door beside others; one that is named after articles, when there is no other."""
    if all(entry.hint.published_at for entry in sitemap.entries):
        return True
    name = urlsplit(sitemap.url).path.rpartition("/")[2]
    return alone and bool(SITEMAP_OF_ARTICLES.search(name)) and not DATED_NAME.search(sitemap.url)


def _to_watch(survey: Survey, home: str) -> str:
    """With no door at all: the first page of press or news that could be read, or the home page."""
    pages = [t.url for t in survey.tried if t.kind == "listing" and (t.entries or t.fault.startswith("no list"))]
    return next((url for url in pages if url != survey.home.url), home)


def _pattern(text: str) -> str:
    return re.escape(text).replace(r"\-", "-")


def key_for(host: str) -> str:
    """A key that sources.toml takes, made from a host."""
    return re.sub(r"[^a-z0-9]+", "-", host.lower()).strip("-")[:KEY_LENGTH].strip("-") or "source"


def site_name(page: Answer) -> str:
    """What the site calls itself."""
    tree = html_of(page).root
    named = tree.xpath("string(//meta[@property='og:site_name']/@content)") or tree.xpath("string(//title)")
    plain = "".join(sign if sign.isprintable() else " " for sign in str(named))
    parts = [part.strip() for part in re.split(r"\s[|–—·:»-]\s", " ".join(plain.split()))]
    told = [part for part in parts if part and not NO_NAME.fullmatch(part)]
    return told[-1][:100] if told and "://" not in told[-1] else site(page.url)


def host_of(url: str) -> str:
    """The host of an address; raises MistakeError when it is no http(s) address."""
    try:
        parts = urlsplit(url if "//" in url else f"https://{url}")
        host, secret, _ = parts.hostname, parts.username or parts.password, parts.port
    except ValueError:
        host, secret, parts = None, None, urlsplit("")
    if parts.scheme not in {"http", "https"} or not host or secret or not url.isprintable() or " " in url:
        raise MistakeError(f"« {''.join(c for c in url if c.isprintable())} » is no address of a site: "
                           "write it https://www.ville-x.fr")  # fmt: skip
    return host


def to_toml(source: Source) -> str:
    """The source as the table of a sources.toml."""
    lines = [f"[{source.key}]"]
    for name in DECLARED:
        value = getattr(source, name)
        if value:
            if isinstance(value, tuple):
                value = value[0] if len(value) == 1 and name != "area" else list(value)
            lines.append(f"{name} = {_toml(value)}")
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    text = "".join(sign if sign.isprintable() else " " for sign in str(value))
    if "\\" in text and "'" not in text:
        return f"'{text}'"
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
