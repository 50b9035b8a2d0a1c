"""Finds the ways into a site that nobody has declared yet, by trying them, and proposes the source to declare.

The network is an argument: `Look` crawls some sources politely, into a home of its own, and gives their captures.
Every address is asked for as a page, so that one candidate is one request, whatever it turns out to be.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from crawler.candidates import (
    DOOR_WEIGHT,
    SECTION,
    Candidate,
    customary,
    entrances,
    feeds_listed,
    found_on,
    off_topic,
    promise,
    same_owner,
    sitemaps,
    sitemaps_below,
    unpromising,
)
from crawler.dates import PARIS
from crawler.listings import Listing, best_listing
from crawler.spiders.doors import Answer, Door, Found, NotADoorError
from crawler.spiders.readers import html_of, read
from crawler.visits import Entry
from pipeline.records import Capture, Failure, MistakeError, Source

Look = Callable[[Sequence[Source]], tuple[list[Capture], list[Failure]]]
# What a site is asked for at most: candidates, in rounds, each from what the last one found; then a few articles.
# With robots.txt in each round that is some 25 requests; more only where no words promise anything.
ROUNDS, LAST_RESORT = (6, 4, 3, 2), 9
SAMPLES = 3
# A list is worth declaring from here on: three dated links of some length, or a few documents.
GOOD_LISTING = 1.0
GOOD_FEED = 0.3
ENOUGH = 10  # entries; beyond them, a longer feed is no better
PRESS_ROOM, MOST_LEADS = 1.7, 3  # what a link promises from which on another's host is named
OLD = timedelta(days=400)
HOME_WEIGHT = 0.8
CANDIDATE = Source("candidate", "", "municipal", ("national",))
READ = frozenset({200, 203})
ROBOTS = "robots.txt"
EMPTY = "it has no entries"
# The failures table's words, for a person.
WORDS = {
    "not_found": "there is no such page ({detail}): the address is wrong, or it has moved",
    "refused": "the site refuses us ({detail})",
    "robots": "robots.txt forbids it",
    "robots_unreadable": "robots.txt cannot be read, so nothing is asked of the site ({detail})",
    "dns": "there is no such host, or its name cannot be resolved now",
    "timeout": "no answer in time",
    "connection": "the server cannot be reached ({detail})",
    "tls": "its certificate is not valid: {detail}",
    "server_error": "the server fails ({detail})",
    "redirected_home": "it {detail}: the page is gone",
    "private_address": "it is no public address",
}
# Those that are no word of a site, and how a robots.txt tells them that could not be had.
UNREACHED = frozenset({"dns", "timeout", "connection"})
OF_ROBOTS = re.compile(r"https?://\S+: (dns|timeout|connection|tls): (.*)", re.DOTALL)
# What a feed of all pages of a site names beside its news.
FIXED = re.compile(
    r"mentions l[ée]gales|plan du site|(nous )?contact|qui sommes|[àa] propos|nos statuts|adh[ée]rer|accueil$|"
    r"(politique de )?confidentialit|donn[ée]es personnelles|accessibilit",
    re.IGNORECASE,
)
# A link from a short list to the whole of it.
WHOLE = re.compile(r"\W*((voir|consulter|lire) )?(tou(s|tes) (les|nos)|toute l.actu|la liste compl)", re.IGNORECASE)
# What a page says of itself that was published on a day.
ARTICLE = "//meta[@property='article:published_time']"
TITLE = re.compile(rb"<title[^>]*>(.{0,300}?)</title", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Tried:
    """One door that was tried: what it names, or why it does not."""

    kind: str
    url: str
    entries: tuple[Entry, ...] = ()
    fault: str = ""
    score: float = 0.0
    listing: Listing | None = None
    newest: datetime | None = None
    stale: bool = False
    unreached: bool = False
    article: bool = False
    weight: float = 0.0

    @property
    def said(self) -> str:
        """What is said of it: why it names nothing, or how much it names, and since when nothing new."""
        quiet = f", the newest of {self.newest.astimezone(PARIS):%Y-%m-%d}" if self.newest and self.stale else ""
        return self.fault or (f"{len(self.entries)} entries{quiet}" if self.entries else "answers")


@dataclass(slots=True)
class Survey:
    """What is known of a site so far: the home page, what was tried, what is still worth asking for, and the index
    that each sitemap `below` one stands in. What stands `elsewhere`, on another's host, is not asked for."""

    home: Answer
    now: datetime
    tried: list[Tried] = field(default_factory=list)
    waiting: dict[str, Candidate] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    below: dict[str, str] = field(default_factory=dict)
    elsewhere: dict[str, Candidate] = field(default_factory=dict)

    def add(self, candidates: Iterable[Candidate]) -> None:
        for one in candidates:
            key = one.url.rstrip("/")
            known = self.waiting.get(key)
            # A feed that a page declares in its head is the site's own, wherever it is served.
            declared = one.kind == "feed" and one.weight >= DOOR_WEIGHT
            if not (declared or same_owner(one.url, self.home.url)):
                self.elsewhere.setdefault(key, one)
            elif one.weight > 0 and key not in self.asked and (known is None or known.weight < one.weight):
                self.waiting[key] = one

    def take(self, most: int) -> list[Candidate]:
        """The most promising of what waits; once there is a good feed, a guess is worth nothing."""
        least = 1.0 if self.best("feed", GOOD_FEED) else 0.0
        for url in self.articles():
            self.waiting.pop(url, None)
        best = sorted((one for one in self.waiting.values() if one.weight >= least), key=lambda one: -one.weight)[:most]
        for one in best:
            self.waiting.pop(one.url.rstrip("/"))
            self.asked.add(one.url.rstrip("/"))
        return best

    def best(self, kind: str, least: float, *, stale: bool = False) -> Tried | None:
        """The best that was tried of what has news, or, when `stale`, had some once."""
        named = [one for one in self.tried if one.kind == kind and one.entries and one.stale == stale]
        if kind == "listing":
            articles = self.articles()
            named = [one for one in named if one.url.rstrip("/") not in articles]
        return max((one for one in named if one.score >= least), key=lambda one: one.score, default=None)

    @property
    def has_news(self) -> bool:
        return bool(self.best("feed", GOOD_FEED) or self.best("listing", GOOD_LISTING))

    def leads(self) -> list[str]:
        """The press rooms and feeds on another's host, the most promising first: a person may ask for them."""
        named = sorted(self.elsewhere.values(), key=lambda one: -one.weight)
        return [one.url for one in named if one.weight >= PRESS_ROOM][:MOST_LEADS]

    def articles(self) -> set[str]:
        """What a feed names is an article: it is no list of others, nor a page to be watched."""
        return {entry.url.rstrip("/") for one in self.tried if one.kind == "feed" for entry in one.entries}


def discover(home: str, look: Look, now: datetime) -> tuple[Survey, dict[str, Capture]]:
    """Ask for a home page, then for the best of what it leads to, and so on: what was tried, and all answers by the
    address asked for. Raises MistakeError when the home page cannot be read."""
    captures, failures = ask([home], look)
    if home not in captures:
        failure = failures.get(home) or next(iter(failures.values()), None)
        raise MistakeError(f"{home} cannot be read: {say(failure)}")
    page = answer_of(captures[home])
    survey = Survey(page, now, asked={home.rstrip("/"), page.url.rstrip("/")})
    robots = captures.get(ROBOTS)
    survey.add(sitemaps(robots.body.decode("utf-8", "replace") if robots else "", page.url))
    _read_page(survey, Candidate("entrance", page.url, HOME_WEIGHT), page)
    if not any(one.weight >= 1 for one in survey.waiting.values()):
        survey.add(entrances(page))
    for number, most in enumerate(ROUNDS):
        if number and not survey.best("feed", GOOD_FEED):
            survey.add(customary(page))
            if not survey.best("listing", GOOD_LISTING):
                survey.add(unpromising(page))
        lost = number == len(ROUNDS) - 1 and not survey.has_news
        if not (candidates := survey.take(LAST_RESORT if lost else most)):
            break
        found, failures = ask([one.url for one in candidates], look)
        captures |= found
        for one in candidates:
            _read(survey, one, found.get(one.url), failures.get(one.url))
    return survey, captures


def sample(source: Source, entries: Sequence[Entry], look: Look, known: Mapping[str, Capture]) -> list[Capture]:
    """A few of the newest articles, as a first crawl would bring them; those that were read already are not asked."""
    chosen = entries[:SAMPLES]
    missing = [entry.url for entry in chosen if entry.url not in known]
    found = dict(known) | (ask(missing, look, source)[0] if missing else {})
    return [replace(found[e.url], source=source.key, hint=e.hint) for e in chosen if e.url in found]


def ask(urls: Sequence[str], look: Look, source: Source = CANDIDATE) -> tuple[dict[str, Capture], dict[str, Failure]]:
    """What each address answers, as if the source watched it as a page, and why it does not. The robots.txt of the
    first one is there by that name."""
    watching = replace(
        source, page=tuple(urls), feed=(), sitemap=(), listing=(), archive=(), data=(), history=(), spider=""
    )
    captures, failures = look([watching])
    found = {c.requested_url: c for c in captures if c.role == "page" and c.status in READ}
    robots = next(
        (c for c in captures if c.role == "robots" and c.url.endswith("/robots.txt") and c.status in READ), None
    )
    if robots:
        found[ROBOTS] = robots
    return found, {failure.url: failure for failure in failures}


def _read(survey: Survey, one: Candidate, capture: Capture | None, failure: Failure | None) -> None:
    """Try an answer as what it was asked for as; a page where a feed was hoped for may lead to feeds."""
    kind = "listing" if one.kind in {"page", "entrance"} else one.kind
    if capture is None:
        survey.tried.append(unopened(kind, one.url, failure))
        return
    answer = answer_of(capture)
    if answer.url != one.url and answer.url.rstrip("/") in survey.asked:
        survey.tried.append(Tried(kind, one.url, fault=f"leads to {answer.url}"))
        return
    survey.asked.add(answer.url.rstrip("/"))
    if kind == "listing":
        _read_page(survey, one, answer)
    elif one.kind == "sitemap":
        tried, below = try_sitemap(one.url, answer, survey.now)
        survey.tried.append(tried)
        survey.below |= dict.fromkeys(below, one.url)
        survey.add(sitemaps_below(below, survey.now))
    else:
        tried = try_door("feed", one.url, answer, survey.now)
        if not tried.entries and _is_html(answer):
            survey.add(feeds_listed(answer))
        title = TITLE.search(answer.body)
        said = f"{one.words} {title[1].decode('utf-8', 'replace') if title else ''} {urlsplit(one.url).path}"
        if tried.entries and off_topic(said):
            tried = replace(tried, entries=(), fault="of other things than news")
        general = max(0.0, promise(one.words, "", survey.now)) / 5 - bool(SECTION.search(said)) / 10
        survey.tried.append(replace(tried, score=tried.score + general + one.weight / 20))


def _read_page(survey: Survey, one: Candidate, answer: Answer) -> None:
    """Seek a list on a page, and where it leads: its feeds always, pages below it only when it has no list itself."""
    home, found = one.kind == "entrance", best_listing(answer, survey.now)
    article = not home and bool(html_of(answer).root.xpath(ARTICLE))
    if article and found and not any(entry.hint.published_at for entry in found.entries):
        found = None  # what is to be read as well
    score = found.score * (HOME_WEIGHT if home else one.weight) if found else 0.0
    fault = "" if found else "no list of articles on it"
    survey.tried.append(
        Tried(
            "listing",
            answer.url,
            found.entries if found else (),
            fault,
            score,
            found,
            article=article,
            weight=one.weight * (one.kind == "page"),
        )
    )
    # An article's title may speak of a press release: what a good list names is no way to another.
    good = found is not None and score >= GOOD_LISTING
    listed = {entry.url.rstrip("/") for entry in found.entries} if found and good else set()
    for lead in found_on(answer, survey.now, home=home):
        whole = lead.kind == "feed" or WHOLE.match(lead.words)
        if lead.url.rstrip("/") not in listed and (home or not good or whole):
            survey.add([lead])


def try_door(kind: str, url: str, answer: Answer, now: datetime, source: Source = CANDIDATE) -> Tried:
    """What a feed, a listing, an archive or a sitemap names, for a source."""
    try:
        found = read(Door(kind, url, (source,)), source, answer, now, first=True)
    except NotADoorError as error:
        return Tried(kind, url, fault=f"an HTML page, not a {kind}" if _is_html(answer) else str(error))
    return _judge(kind, url, found, now)


def try_sitemap(url: str, answer: Answer, now: datetime) -> tuple[Tried, list[str]]:
    """What a sitemap names, and the sitemaps that it is an index of."""
    tried = try_door("sitemap", url, answer, now)
    if tried.entries or tried.fault != EMPTY:
        return tried, []
    below = read(Door("sitemap", url, (CANDIDATE,)), CANDIDATE, answer, now, first=True).doors
    return (replace(tried, fault="an index of sitemaps") if below else tried), [door.url for door in below]


def _judge(kind: str, url: str, found: Found, now: datetime) -> Tried:
    if not found.entries:
        return Tried(kind, url, fault=EMPTY)
    dated = [e.hint.published_at for e in found.entries if e.hint.published_at]
    stale = bool(dated) and max(dated) < now - OLD
    fixed = sum(bool(FIXED.match(entry.hint.title or "")) for entry in found.entries)
    score = min(len(found.entries), ENOUGH) / ENOUGH + (len(dated) - fixed) / len(found.entries)
    return Tried(kind, url, found.entries, score=score, stale=stale, newest=max(dated, default=None))


def unopened(kind: str, url: str, failure: Failure | None) -> Tried:
    """A door that did not answer, and whether that says nothing of the site: the network may be ours."""
    reason = _of_robots(failure).reason if failure else ""
    return Tried(kind, url, fault=say(failure), unreached=reason in UNREACHED)


def say(failure: Failure | None) -> str:
    """A failure as the end of a sentence."""
    if failure is None:
        return "no answer"
    failure = _of_robots(failure)
    told = WORDS.get(failure.reason, "{reason} ({detail})" if failure.detail else "{reason}")
    return told.format(reason=failure.reason.replace("_", " "), detail=failure.detail)


def _of_robots(failure: Failure) -> Failure:
    """What kept us from a robots.txt, where that is no answer of the site; else the failure as it is."""
    found = OF_ROBOTS.fullmatch(failure.detail or "") if failure.reason == "robots_unreadable" else None
    return replace(failure, reason=found[1], detail=found[2]) if found else failure


def _is_html(answer: Answer) -> bool:
    return "html" in answer.content_type or bool(re.match(rb"\s*<(!doctype html|html)", answer.body, re.IGNORECASE))


def answer_of(capture: Capture) -> Answer:
    return Answer(capture.url, capture.body, capture.header("Content-Type"))
