"""From what a survey of a site found to the source to declare, and its table for sources.toml."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

from crawler.area_names import area_code
from crawler.candidates import BELOW, NEWS, same_owner
from crawler.discover import GOOD_FEED, GOOD_LISTING, Survey, Tried
from crawler.listings import FEWEST_LINKS, common_path
from crawler.sources import select
from crawler.spiders.doors import Answer, clean_url, is_pdf, site
from crawler.spiders.readers import html_of
from crawler.visits import Entry
from pipeline.records import Kind, MistakeError, Source

DECLARED = (
    "name",
    "kind",
    "area",
    "home",
    "feed",
    "sitemap",
    "listing",
    "page",
    "archive",
    "links",
    "include",
    "documents",
)
DOORS_SHOWN = ("feed", "sitemap", "listing", "page", "archive")
NO_NAME = re.compile(r"(page d.)?accueil|home( ?page)?|bienvenue|(le )?site (officiel|internet|web)|entrer|index", re.I)
SITEMAP_OF_ARTICLES = re.compile(r"news|actu|post|article|blog|communiqu|presse", re.IGNORECASE)
DATED_NAME = re.compile(r"20[0-3]\d|\d+\.xml|page=\d")
WEAK_LISTING = 0.6  # titles without dates: better than a page to be watched, when there is nothing else
DATED_PATH = "^https?://[^/]+/20[0-9]{2}/[0-9]{2}/"  # a day's or a month's folder
KEY_LENGTH = 60


def as_declared(kind: str, area: Sequence[str]) -> Source:
    """What a person says of a site, as a source without doors. Raises MistakeError for an unknown kind or area."""
    select({}, kind=kind)
    codes = tuple(dict.fromkeys(map(area_code, area)))
    return Source("candidate", "", cast(Kind, kind), codes or ("national",))


def propose(survey: Survey, home: str, wanted: Source) -> tuple[Source, tuple[Entry, ...]]:
    """The doors worth declaring, and what they name: the best feed, a list of what the feed does not hold, else a
    sitemap of articles, else a page to be watched. `wanted` has the kind and area."""
    host = site(survey.home.url)
    told = survey.home.url if host != site(home) else home
    source = replace(wanted, key=key_for(host), name=site_name(survey.home), home=told)
    feed, listing = survey.best("feed", GOOD_FEED), survey.best("listing", GOOD_LISTING)
    entries: list[Entry] = []
    if feed:
        source, entries = replace(source, feed=(feed.url,)), list(feed.entries)
    if listing and _adds(listing, feed, survey):
        source = _with_listing(source, listing, survey)
        entries += [entry for entry in listing.entries if entry.url not in {known.url for known in entries}]
    named = [one for one in survey.tried if one.kind == "sitemap" and one.entries and not one.stale]
    sitemap = max((s for s in named if _of_articles(s, survey, alone=not entries)), key=lambda s: s.score, default=None)
    if sitemap:
        source = _with_sitemap(source, sitemap, survey)
        entries = entries or [one for one in sitemap.entries if re.search(source.include, one.url)]
    if not entries and (feed := survey.best("feed", GOOD_FEED, stale=True)):
        # A feed that works says more of a quiet site than any page.
        source, entries = replace(source, feed=(feed.url,)), list(feed.entries)
    if not entries and (weak := survey.best("listing", WEAK_LISTING)):
        source, entries = _with_listing(source, weak, survey), list(weak.entries)
    if not entries:
        source = replace(source, page=(_to_watch(survey, home),))
    return source, tuple(entry for entry in entries if same_owner(entry.url, survey.home.url))


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


def _of_articles(sitemap: Tried, survey: Survey, *, alone: bool) -> bool:
    """A sitemap of news is a door beside others; one that is named after articles, when there is no other."""
    if all(entry.hint.published_at for entry in sitemap.entries):
        return True
    if alone and _news_folder(sitemap):
        return True
    name = urlsplit(sitemap.url).path.rpartition("/")[2]
    if not alone or not SITEMAP_OF_ARTICLES.search(name):
        return False
    return not DATED_NAME.search(sitemap.url) or (sitemap.url in survey.below and bool(_articles_of(sitemap)))


def _with_sitemap(source: Source, sitemap: Tried, survey: Survey) -> Source:
    """The source with a sitemap. One that is of a year or a number is not the one to read next year: its index is."""
    if sitemap.url not in survey.below or not DATED_NAME.search(sitemap.url):
        folder = "" if source.feed or source.listing or source.archive else _news_folder(sitemap)
        include = f"^https?://[^/]+{_pattern(folder)}." if folder else source.include
        return replace(source, sitemap=(sitemap.url,), include=include)
    include = source.include or _articles_of(sitemap)
    return replace(source, sitemap=(survey.below[sitemap.url],), include=include)


def _news_folder(sitemap: Tried) -> str:
    """The folder of news that a sitemap of a whole site names, of which they are a part; else empty."""
    folders = [urlsplit(entry.url).path.rpartition("/")[0] + "/" for entry in sitemap.entries]
    found = Counter(folder for folder in folders if NEWS.search(folder))
    folder, times = found.most_common(1)[0] if found else ("", 0)
    return folder if FEWEST_LINKS <= times < len(folders) else ""


def _articles_of(sitemap: Tried) -> str:
    """The pattern of all articles of a sitemap: of the folder that they stand in, or the day; empty without either."""
    if folder := common_path(sitemap.entries):
        return f"^https?://[^/]+{_pattern(folder)}"
    dated = all(re.search(DATED_PATH, entry.url) for entry in sitemap.entries)
    return DATED_PATH if dated else ""


def _to_watch(survey: Survey, home: str) -> str:
    """With no door at all: the first page that promised news and could be read, or the home page; no article."""
    seen = [one for one in survey.tried if one.kind == "listing" and not one.article and one.weight > BELOW]
    pages = [one.url for one in seen if one.entries or one.fault.startswith("no list")]
    # Links of one folder on the home page are articles; those of its root may be a menu.
    lists = [one for one in survey.tried if one.url == survey.home.url and common_path(one.entries)]
    shown = {entry.url.rstrip("/") for one in lists for entry in one.entries}
    known = survey.articles() | shown | {survey.home.url.rstrip("/")}
    return next((url for url in pages if url.rstrip("/") not in known), home)


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


def home_of(url: str) -> str:
    """The address of a home page as it was typed, with or without https://. Raises MistakeError when it is none."""
    whole = url.strip() if "//" in url else f"https://{url.strip()}"
    if clean_url(whole, "") is None or not whole.isprintable() or re.search(r"[\s<>\"]", whole):
        plain = "".join(sign for sign in url if sign.isprintable())
        raise MistakeError(f"« {plain} » is no address of a site: write it https://www.ville-x.fr")
    return whole if urlsplit(whole).path else f"{whole}/"


def declared_as(home: str, declared: Mapping[str, Source]) -> list[str]:
    """The keys of the sources whose home page this is, with or without www. and https."""
    wanted = _bare(home)
    return [key for key, source in declared.items() if source.home and _bare(source.home) == wanted]


def _bare(url: str) -> tuple[str, str, str]:
    parts = urlsplit(url)
    return site(url), parts.path.rstrip("/"), parts.query


def refuse_declared(keys: Collection[str]) -> None:
    """Raises MistakeError when there are any: a site is declared once."""
    if keys:
        key = min(keys)
        raise MistakeError(
            f"declared already, as « {' », « '.join(sorted(keys))} »: `vigie sources check {key}` tries it"
        )


def add_to(path: Path, source: Source, declared: Mapping[str, Source]) -> Path:
    """Append a source to a sources.toml. Raises MistakeError, and leaves the file as it was, when its key, home page or
    one of its doors is declared already."""
    doors = {url for name in DOORS_SHOWN for url in getattr(source, name)}
    same = {key for key, one in declared.items() if doors & {url for name in DOORS_SHOWN for url in getattr(one, name)}}
    refuse_declared({source.key} & declared.keys() | same or declared_as(source.home, declared))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(f"\n{to_toml(source)}")
    return path


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
