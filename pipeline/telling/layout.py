"""A Digest laid out in a language: headings, items, facts, in words. The formats of `render` only set them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from pipeline.digest import Change, Digest, Match, Sight, clean, pieces
from pipeline.telling.tongue import Count, Tongue

ALIKE = 3  # so many sources in one case have a line each, more share one
ARCHIVES_SHOWN = 100  # of each place, in the formats made for reading; JSON and CSV have them all

Pieces = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence in pieces, those that are true being the words that were found, and what is said around it."""

    lead: str
    pieces: Pieces
    after: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One article: `link` is empty where its address is none that a browser should open."""

    article_id: str
    title: str
    facts: tuple[str, ...]
    quotes: tuple[Quote, ...]
    why: str
    url: str
    link: str


@dataclass(frozen=True, slots=True)
class Section:
    """The articles of one place, or those that changed. `more` says what was left out."""

    title: str
    items: tuple[Item, ...]
    more: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """All that is read, in the order of reading."""

    language: str
    title: str
    subject: str
    news: str
    made: str
    topics: str
    sections: tuple[Section, ...]
    looked_at: str
    account: str
    unseen_title: str
    unseen: tuple[str, ...]


def laid_out(digest: Digest) -> Layout:
    """The digest in its language, without anything that could command a terminal."""
    tongue = Tongue(digest.language)
    fresh = [match for match in digest.matches if not match.archive]
    old = [match for match in digest.matches if match.archive]
    archives = tongue.say("archives_first" if digest.first else "archives")
    edits = [_edited(tongue, change) for change in digest.changes if change.event == "edit"]
    removals = [_removed(tongue, change) for change in digest.changes if change.event == "removal"]
    news = _news(tongue, digest, len(fresh), len(old), len(edits), len(removals))
    read = [sight for sight in digest.sights if sight.outcome == "ok"]
    return Layout(
        language=digest.language,
        title=tongue.say("title", watch=tongue.quoted(clean(digest.watch))),
        subject=tongue.say("subject", watch=clean(digest.watch), news=news),
        news=news[:1].upper() + news[1:],
        made=tongue.instant(digest.made_at),
        topics=tongue.say("topics", topics=", ".join(map(clean, digest.labels))),
        sections=(
            *_places(tongue, fresh),
            *(section for section in (Section(tongue.say("edits"), tuple(edits)),) if edits),
            *(section for section in (Section(tongue.say("removals"), tuple(removals)),) if removals),
            *_places(tongue, old, f"{archives} · ", ARCHIVES_SHOWN),
        ),
        looked_at=tongue.say("looked_at"),
        account=tongue.say(
            "account",
            read=Count("read", len(read)),
            all=len(digest.sights),
            entries=Count("entries", sum(sight.entries for sight in read)),
        ),
        unseen_title=tongue.say("unseen"),
        unseen=tuple(_unseen(tongue, digest.unseen)),
    )


def _news(tongue: Tongue, digest: Digest, fresh: int, old: int, edits: int, removals: int) -> str:
    """The one line that says what there is."""
    if digest.first and old and not (fresh or edits or removals):
        return tongue.say("first_known", known=Count("known", old))
    counts = ("new", fresh), ("edited", edits), ("removed", removals), ("known" if digest.first else "archive", old)
    parts = [tongue.counted(key, count) for key, count in counts if count]
    told = tongue.listed(parts) if parts else tongue.say(_nothing(digest))
    if digest.since:
        return tongue.say("told", lead=tongue.say("since", day=tongue.moment(digest.since)), told=told)
    return told


def _nothing(digest: Digest) -> str:
    """The key of what to say where there is nothing to tell: that nothing was found only of what was read."""
    outcomes = {sight.outcome for sight in digest.sights}
    crawled = outcomes - {"never", "closed"}
    if digest.first and not digest.since and not crawled:
        return "none_yet"
    if crawled and "ok" not in crawled and not digest.since:
        return "none_read"
    return "nothing_first" if digest.first else "nothing"


def _places(tongue: Tongue, matches: Sequence[Match], lead: str = "", most: int | None = None) -> Iterable[Section]:
    for place, group in groupby(matches, key=lambda match: match.place):
        here = list(group)
        left = len(here) - most if most is not None and len(here) > most else 0
        shown = here[: len(here) - left]
        more = tongue.say("more", others=Count("others", left)) if left else ""
        yield Section(lead + clean(place), tuple(_matched(tongue, match) for match in shown), more)


def _matched(tongue: Tongue, match: Match) -> Item:
    published = tongue.moment(match.published_at) if match.published_at else tongue.say("undated")
    facts = [clean(match.source_name), published, ", ".join(map(clean, match.labels))]
    if not match.published_at:
        facts.insert(2, tongue.say("seen", day=match.first_seen_at))
    if match.access != "full":
        facts.append(tongue.say("teaser" if match.access == "teaser" else "title_only"))
    if not match.still_there:
        facts.append(tongue.say("gone_now"))
    if match.edited_at:
        facts.append(tongue.say("edited_on", day=tongue.instant(match.edited_at)))
    if match.removed:
        facts.append(gone(tongue.language, match.removed))
    if match.copies:
        facts.append(tongue.say("copies", titles=tongue.listed([clean(name) for name in match.copies])))
    here = "nearby" if match.local else "about_here"
    holding = ("in_title", match.in_title), (here, match.near == 0)
    reasons = [tongue.say(key) for key, holds in holding if holds]
    reasons += [tongue.counted("topics", len(match.topics))] if len(match.topics) > 1 else []
    reasons += [tongue.counted("mentions", match.mentions)] if match.mentions >= 5 else []
    kinds = {"investigative": "investigative", "municipal": "official", "institution": "official"}
    reasons += [tongue.say(kinds[match.kind])] if match.kind in kinds else []
    why = tongue.say("why", reasons=", ".join(reasons)) if reasons else ""
    after = tongue.say("version_seen", day=match.said_at) if match.said_at else ""
    quotes = (_quote("", match.sentence, match.surfaces, after),) if clean(match.sentence) else ()
    return _item(tongue, match.article_id, match.title, facts, quotes, match.url, why)


def _edited(tongue: Tongue, change: Change) -> Item:
    facts = [clean(change.source_name), tongue.say("edited_on", day=tongue.instant(change.seen_at))]
    if change.access_before:
        facts.append(tongue.say("now_open" if change.access == "full" else "now_walled"))
    quotes = [_quote(tongue.say("title_was"), change.title_before, ())] if change.title_before else []
    quotes += [_quote(tongue.say("sentence_lost"), sentence, change.surfaces) for sentence in change.lost]
    quotes += [_quote(tongue.say("sentence_gained"), sentence, change.surfaces) for sentence in change.gained]
    return _item(tongue, change.article_id, change.title, facts, quotes, change.url)


def _removed(tongue: Tongue, change: Change) -> Item:
    facts = [clean(change.source_name), gone(tongue.language, change)]
    return _item(tongue, change.article_id, change.title, facts, (), change.url)


def gone(language: str, change: Change) -> str:
    """Since when an article is gone, how its address says so, and how often that was seen."""
    tongue = Tongue(language)
    return tongue.say(
        "removed_on",
        first=change.first_missed_at or change.seen_at,
        last=change.seen_at,
        looks=change.looks,
        gone=tongue.gone(change.gone),
    )


def _item(
    tongue: Tongue, key: str, title: str, facts: Iterable[str], quotes: Iterable[Quote], url: str, why: str = ""
) -> Item:
    address = clean(url).replace(" ", "%20")
    link = address if address.startswith(("https://", "http://")) else ""
    told = tuple(tongue.spaced(fact) for fact in facts if fact)
    return Item(key, clean(title) or tongue.say("untitled"), told, tuple(quotes), why, address, link)


def _quote(lead: str, sentence: str, surfaces: Iterable[str], after: str = "") -> Quote:
    return Quote(lead, tuple(pieces(clean(sentence), surfaces)), after)


def _unseen(tongue: Tongue, sights: Iterable[Sight]) -> Iterator[str]:
    """A line for each source that was not seen whole; one for all that have more than ALIKE others in their case."""
    cases: dict[tuple[object, ...], list[Sight]] = {}
    for sight in sights:
        shut = sight.outcome != "ok" and not (sight.gap or sight.lost_pages)
        case = (sight.outcome, sight.detail, sight.reason, sight.status) if shut else (sight.source,)
        cases.setdefault(case, []).append(sight)
    for alike in cases.values():
        if len(alike) > ALIKE:
            why = _shut(tongue, alike[0], many=True)
            names = ", ".join(clean(sight.name) for sight in alike)
            yield tongue.say("of_sources", sources=Count("sources", len(alike)), why=why, names=names)
        else:
            yield from (_unseen_one(tongue, sight) for sight in alike)


def _unseen_one(tongue: Tongue, sight: Sight) -> str:
    said = [_shut(tongue, sight)] if sight.outcome != "ok" else []
    if sight.gap:
        said.append(tongue.say("gap"))
    if sight.lost_pages:
        said.append(tongue.counted("lost", sight.lost_pages))
    return tongue.say("of_source", name=clean(sight.name), why=tongue.say("semicolon").join(said))


def _shut(tongue: Tongue, sight: Sight, *, many: bool = False) -> str:
    reason = tongue.reason(sight.reason)
    status = f"HTTP {sight.status}" if sight.status and sight.status >= 400 else ""
    detail = ", ".join(clean(part) for part in (sight.detail, reason, status) if part)
    words = tongue.outcome(sight.outcome, many=many)
    return f"{words} ({detail})" if detail else words
