"""What a saved page says of the ways into its site: feeds, sitemaps, pages of press releases or of news.

Pure: pages in, candidates out. What only lists other things (an agenda, jobs, tenders) is no candidate.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import unquote, urljoin, urlsplit

from crawler.listings import furniture_of, in_furniture
from crawler.spiders.doors import Answer, clean_url, is_pdf, site
from crawler.spiders.readers import base_of, html_of

FEED_TYPES = re.compile(r"application/(rss|atom|rdf|feed)\+(xml|json)|application/feed\+json", re.IGNORECASE)
FEED_WORDS = re.compile(r"(?<![a-z])(rss|atom|feeds?|flux|backend|syndication|syndiquer)(?![a-z])", re.IGNORECASE)
ADVICE = re.compile(r"lecteur|agr[ée]gateur|feedly|netvibes|qu.est.ce|comment|\bapi\b", re.IGNORECASE)
# What a link promises: (words, weight); the first that fits. What promises nothing of news has none.
PROMISES = (
    (re.compile(r"revue.?de.?presse|on parle de nous|dans les m[ée]dias", re.I), 0.3),
    (re.compile(r"communiqu[ée]s?\b|press.?releases?", re.I), 3.0),
    (re.compile(r"presse\b|\bpress\b|journalistes?|news.?rooms?", re.I), 2.0),
    (re.compile(r"actualit|\bactus?\b|\bnews\b|[àa].la.une\b|nouvelles|\bbr[èe]ves\b", re.I), 1.5),
    (re.compile(r"\bblog\b|articles?\b|d[ée]lib[ée]ration|comptes?.rendus|proc[èe]s.verba|arr[êe]t[ée]s\b|"
                r"bulletins?\b", re.I), 1.0),
    (re.compile(r"publications?\b|rapports?\b|conseils?.(municip|communautaire|d[ée]partement|r[ée]gion)|lettres?\b|\binfos\b|"
                r"[ée]ditions?|journal\b", re.I), 0.7),
)  # fmt: skip
# Lists of other things. They are often longer and better dated than any news.
OTHER = re.compile(
    r"agenda|[ée]v[èeé]nement|\bevents?\b|calendrier|sorties\b|offres?.d.?emplois?|emplois?\b|recrut|\bjobs?\b|"
    r"\bstages?\b|carri[èe]res?\b|march[ée]s?.?publics?|\bmarch[ée]s\b|\btenders?\b|appels?.d.offres|podcast|"
    r"\bvid[ée]os?\b|\bphotos?\b|galerie|m[ée]diath[èe]que|annuaire|m[ée]t[ée]o|contacts?\b|newsletter|lettre.d.info|inscription|connexion|log.?in|"
    r"panier|cookies?\b|mentions.l|accessibilit|plan.du.site|\bforum|comment|infos?.pratiques?|d[ée]marches\b|produits?\b|"
    r"^avis$|\bavis.(de.d[ée]c|d.obs|clients)|petites.annonces|t[ée]moignages?|partenaires?",
    re.IGNORECASE,
)
NEWS = re.compile(r"communiqu[ée]|presse\b|actualit|\bactus?\b|\bnews\b", re.IGNORECASE)
# A newspaper's sections: a feed of one is not that of the paper.
SECTION = re.compile(
    r"\b(sports?|culture|loisirs|[ée]conomie|politique|faits?.divers|soci[ée]t[ée]|monde|international|people|justice)\b",
    re.IGNORECASE,
)
SOCIAL = re.compile(
    r"facebook|twitter|(^|\.)x\.com|linkedin|instagram|youtube|tiktok|whatsapp|mastodon|bsky|pinterest", re.I
)
# Domains below which each host is another's.
SHARED = frozenset({
    "gouv.fr", "asso.fr", "com.fr", "notaires.fr", "free.fr", "wordpress.com", "blogspot.com", "blogspot.fr",
    "over-blog.com", "canalblog.com", "e-monsite.com", "wixsite.com", "jimdofree.com", "jimdo.com", "webnode.fr",
    "hautetfort.com", "github.io", "gitlab.io", "netlify.app", "medium.com", "substack.com", "ghost.io", "weebly.com",
    "tumblr.com", "typepad.com",
})  # fmt: skip
# Where a system keeps its feed when the page does not say: (what shows the system, the address from the root).
SYSTEMS = (
    (re.compile(rb"/wp-(content|includes|json)|content=.WordPress", re.I), "/feed/"),
    (re.compile(rb"spip\.php|content=.SPIP|squelettes-dist", re.I), "/spip.php?page=backend"),
    (re.compile(rb"content=.Drupal|/sites/default/files", re.I), "/rss.xml"),
    (re.compile(rb"content=.Wix\.com", re.I), "/blog-feed.xml"),
    (re.compile(rb"content=.(Gatsby|Next\.js|Astro|Eleventy)|__next_f|/_next/", re.I), "/rss.xml"),
    (re.compile(rb"content=.(Jekyll|Pelican)", re.I), "/feed.xml"),
    (re.compile(rb"content=.Hugo", re.I), "/index.xml"),
    (re.compile(rb"content=.Ghost", re.I), "/rss/"),
    (re.compile(rb"content=.blogger", re.I), "/feeds/posts/default"),
)
# And where custom has it, on a page of Joomla, Squarespace or Typo3 too.
COMMON = ("/rss.xml", "/feed/", "/feed.xml")
OF_PAGE = (
    (re.compile(rb"content=.Joomla", re.I), "format=feed&type=rss"),
    (re.compile(rb"squarespace", re.I), "format=rss"),
)
SITEMAP_NEWS = re.compile(r"news|actu|post|article|blog|communiqu|presse", re.IGNORECASE)
SITEMAP_OTHER = re.compile(r"categor|tag|author|auteur|image|video|page|product|rubrique|taxonom", re.IGNORECASE)
# Other languages of the same site, by the folder that they stand in.
FOREIGN = re.compile(r"^/(en|es|de|it|nl|pt|ar|zh|ja|ru|pl|uk)(?=/|$)|[?&]lang=(?!fr)[a-z]{2}\b", re.IGNORECASE)
YEAR = re.compile(r"(?<!\d)(20[0-3]\d)(?!\d)")
BELOW = 0.35  # what a page promises by standing below one that promises, when its own words do not
UNKNOWN, MOST_UNKNOWN = 0.28, 15  # and what any page that the home page leads to does, at last
LONG = 90  # signs of a link's text, from which on it is an article's title
DOOR_WEIGHT = 4.0
FEW = 3  # links of a page that is nothing but a way in

CandidateKind = Literal["feed", "sitemap", "page", "entrance"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address worth asking for: what it may be, how much it promises (0 to 4), and the words that led to it."""

    kind: CandidateKind
    url: str
    weight: float
    words: str = ""


def promise(words: str, url: str, now: datetime) -> float:
    """What a link promises by its words and the last part of its address; 0 for nothing, or for other things.

    A year that is over promises less than none at all, this one more.
    """
    segments = [part for part in unquote(urlsplit(url).path).split("/") if part]
    said = f"{words} {re.sub(r'[-_.]+', ' ', segments[-1]) if segments else ''}"
    if off_topic(words or said):
        return 0.0
    weight = next((weight for sign, weight in PROMISES if sign.search(said)), 0.0)
    years = {int(year) for year in YEAR.findall(said)}
    if years:
        weight += 0.5 if now.year in years else -1.5
    return weight - 0.1 * len(segments) - 0.01 * min(len(words), LONG)


def off_topic(words: str) -> bool:
    """Whether a list's or a feed's own words say that it is of events, jobs, tenders…, and not of news."""
    return bool(OTHER.search(words)) and not NEWS.search(words)


def found_on(page: Answer, now: datetime, *, home: bool) -> list[Candidate]:
    """Every way that a page leads to, each address once, as what promises most. `home`: also through its menus."""
    best: dict[str, Candidate] = {}
    feeds, pages = list(_feeds(page)), _pages(page, now, menus=home)
    for one in [*feeds, *pages, *([] if feeds else _systems(page))]:
        key = one.url.rstrip("/")
        if key not in best or best[key].weight < one.weight:
            best[key] = one
    return [one for key, one in best.items() if key != page.url.rstrip("/")]


def customary(page: Answer) -> list[Candidate]:
    """Where feeds are by custom, on a site that shows none."""
    return [Candidate("feed", urljoin(page.url, path), 0.5 - n / 10) for n, path in enumerate(COMMON)]


def unpromising(page: Answer) -> list[Candidate]:
    """Where else the home page leads, its other hosts and first links first: for a site whose words promise nothing."""
    found: dict[str, Candidate] = {}
    for url, words, _ in _links(page):
        own_host = site(url) != site(page.url)
        if same_owner(url, page.url) and not (is_pdf(url) or off_topic(f"{words} {url}") or _foreign(url, page)):
            found.setdefault(url, Candidate("page", url, UNKNOWN - len(found) / 1000 + own_host / 100, words))
    return sorted(found.values(), key=lambda one: -one.weight)[:MOST_UNKNOWN]


def feeds_listed(page: Answer) -> list[Candidate]:
    """The feeds of a page about feeds: what its links say tells news from agenda."""
    return [
        Candidate("feed", url, DOOR_WEIGHT - off_topic(f"{words} {url}") * 5, words)
        for url, words, _ in _links(page)
        if site(url) == site(page.url) and FEED_WORDS.search(urlsplit(url).path + "?" + urlsplit(url).query)
    ]


def sitemaps(robots: str, home: str) -> list[Candidate]:
    """The sitemaps that a robots.txt names, news sitemaps first; without any, where custom keeps one."""
    named = [clean_url(found, home) for found in re.findall(r"(?im)^\s*sitemap\s*:\s*(\S+)", robots)]
    urls = list(dict.fromkeys(url for url in named if url))
    ranked = [Candidate("sitemap", url, 2.5 if "news" in url else 0.9) for url in urls]
    return sorted(ranked, key=lambda one: -one.weight)[:3] or [
        Candidate("sitemap", urljoin(home, "/sitemap.xml"), 0.45)
    ]


def sitemaps_below(urls: Sequence[str], now: datetime) -> list[Candidate]:
    """The sitemaps of an index that may name articles, best first; not of pages, categories, events, old years."""
    found = []
    for url in urls:
        name = urlsplit(url).path.rstrip("/").rpartition("/")[2]
        other = SITEMAP_OTHER.search(name) and not name.startswith("post")
        years_ago = now.year - max(map(int, YEAR.findall(name)), default=now.year)
        if not other and years_ago < 2 and not off_topic(name):
            weight = 2.6 if "news" in name else 2.0 if SITEMAP_NEWS.search(name) else 0.8
            found.append(Candidate("sitemap", url, weight - years_ago / 4))
    return sorted(found, key=lambda one: -one.weight)[:3]


def entrances(page: Answer) -> list[Candidate]:
    """Where a page leads that is nothing but a way in: by itself (a refresh, a frame), or by its only links."""
    tree = html_of(page).root
    refresh = [re.search(r"url\s*=\s*['\"]?([^'\";]+)", meta.get("content") or "", re.I)
               for meta in tree.xpath("//meta[translate(@http-equiv, 'REFSH', 'refsh')='refresh']")]  # fmt: skip
    links = [match[1] for match in refresh if match] + [
        f.get("src") for f in tree.xpath("//frame[@src]|//iframe[@src]")
    ]
    base = base_of(html_of(page), page)
    urls = [url for link in links if link and (url := clean_url(link, base)) and same_owner(url, page.url)]
    if not urls:
        inner = list(dict.fromkeys(url for url, *_ in _links(page) if site(url) == site(page.url)))
        urls = inner if len(inner) <= FEW else []
    return [Candidate("entrance", url, DOOR_WEIGHT) for url in urls[:2] if url.rstrip("/") != page.url.rstrip("/")]


def _feeds(page: Answer) -> Iterator[Candidate]:
    selector = html_of(page)
    base = base_of(selector, page)
    for link in selector.root.xpath("//link[@href]"):
        words = f"{link.get('title') or ''}"
        if "alternate" in (link.get("rel") or "").lower().split() and FEED_TYPES.search(link.get("type") or ""):
            url = clean_url(link.get("href"), base)
            if url and not _foreign(url, page) and not off_topic(f"{words} {urlsplit(url).path}"):
                yield Candidate("feed", url, DOOR_WEIGHT, words)
    for url, words, link in _links(page):
        shown = f"{words} {link.get('class') or ''} {' '.join(i.get('alt') or '' for i in link.iter('img'))}"
        address = urlsplit(url).path + "?" + urlsplit(url).query
        if not same_owner(url, page.url) or _foreign(url, page) or not FEED_WORDS.search(f"{address} {shown}"):
            continue
        if not ADVICE.search(f"{shown} {address}") and not off_topic(f"{words} {address}"):
            yield Candidate("feed", url, DOOR_WEIGHT - 1.0, words)


def _systems(page: Answer) -> Iterator[Candidate]:
    head = page.body[: 256 * 1024]
    for sign, path in SYSTEMS:
        if sign.search(head):
            yield Candidate("feed", urljoin(page.url, path), 2.5)
    for sign, query in OF_PAGE:
        if sign.search(head) and not urlsplit(page.url).query:
            yield Candidate("feed", f"{page.url}?{query}", 2.0)


def _pages(page: Answer, now: datetime, *, menus: bool) -> Iterator[Candidate]:
    links = list(_links(page))
    furniture = furniture_of(links[0][2].getroottree()) if links and not menus else set()
    for url, words, link in links:
        if is_pdf(url) or re.search(r"\.(jpe?g|png|gif|zip|docx?|xlsx?|ics|mp[34]|xml)$", urlsplit(url).path, re.I):
            continue
        weight = promise(words, url, now)
        elsewhere = not same_owner(url, page.url)
        host = urlsplit(url).hostname or ""
        if elsewhere and (SOCIAL.search(host) or promise(f"{words} {host}", "", now) < 1.5 or len(words) > LONG / 2):
            continue
        if elsewhere or site(url) != site(page.url):
            weight = max(weight, promise(f"{words} {host.replace('.', ' ')}", "", now))
        if _foreign(url, page):
            continue
        if weight <= BELOW and _below(url, page.url) and not off_topic(words):
            years = set(map(int, YEAR.findall(f"{words} {url}")))
            if not years or now.year in years:
                yield Candidate("page", url, BELOW + len(years) / 2, words)
        elif weight > 0.3 and not in_furniture(link, furniture):
            yield Candidate("page", url, weight, words)


def _links(page: Answer) -> Iterator[tuple[str, str, Any]]:
    """Each link: its address, its words, its element."""
    selector = html_of(page)
    base = base_of(selector, page)
    for link in selector.root.iter("a"):
        if url := clean_url(link.get("href") or "", base):
            words = " ".join(" ".join(link.itertext()).split()) or link.get("title") or ""
            yield url, words, link


def _foreign(url: str, page: Answer) -> bool:
    """Whether a link leads from a page to the same site in another language."""
    there, here = (re.sub(r"^https?://[^/]+", "", one) for one in (url, page.url))
    return bool(FOREIGN.search(there)) and not FOREIGN.search(here)


def _below(url: str, page: str) -> bool:
    """Whether an address stands in the folder that a page's address names."""
    folder = urlsplit(page).path.rstrip("/") + "/"
    return folder != "/" and site(url) == site(page) and urlsplit(url).path.startswith(folder)


def same_owner(url: str, home: str) -> bool:
    """The same site, or another host below the same domain (presse.ville-x.fr beside www.ville-x.fr)."""
    return owner(url) == owner(home)


def owner(url: str) -> str:
    """The domain that somebody has taken: two labels, or three where the last two are shared by many."""
    labels = site(url).split(".")
    return ".".join(labels[-3 if ".".join(labels[-2:]) in SHARED else -2 :])
