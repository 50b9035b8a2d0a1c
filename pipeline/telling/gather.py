"""From the database to a Digest: what a watch has not been told, and how its sources were seen last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any

from pipeline.areas import covers, place_name
from pipeline.digest import Change, Digest, Match, Sight, differences, folded, ranked
from pipeline.home import ACCESS_ORDER, Watch
from pipeline.store import Store
from pipeline.telling.excerpt import excerpt
from pipeline.telling.tongue import Tongue

# What was published longer ago than this when it is told is told apart, as archives.
RECENT = timedelta(days=30)
# Changes are looked for since the last telling and a little before it: what was fetched then may have come in later.
OVERLAP = timedelta(days=3)
EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Told:
    """What a watch was told through a channel until now: (event, article, topic, version), in the order of telling.

    `last_at` is when it was last told anything; None before the first time.
    """

    events: tuple[tuple[str, str, str, str], ...] = ()
    last_at: datetime | None = None

    def versions(self) -> dict[str, str]:
        """The version of each article that was told last."""
        return {article: version for _, article, _, version in self.events}


def gather(
    store: Store,
    watch: Watch,
    sources: Sequence[str],
    labels: Mapping[str, str],
    now: datetime,
    told: Told = Told(),
    since: datetime | None = None,
) -> Digest:
    """The digest of a watch over `sources` (keys) as of `now`, without what was `told`.

    `labels`: topic to words. With `since`, all that was first seen since then, told or not, and no changes.
    """
    old = (since or min(now, told.last_at or now)) - RECENT
    found = store.select(
        _query("new"),
        {
            "topics": list(watch.topics),
            "every": list(watch.all),
            "never": list(watch.none),
            "sources": list(sources),
            "access": list(ACCESS_ORDER[ACCESS_ORDER.index(watch.access) :]),
            "told": sorted({f"{article} {topic}" for event, article, topic, _ in told.events if event == "match"}),
            "since": since,
            "until": now,
        },
    ).dicts()
    gone = {one.article_id: one for one in removals(store, [row["article_id"] for row in found], now)}
    removed = {key: replace(one, known=_event(one) in told.events) for key, one in gone.items()}
    matches = ranked(folded(_match(row, watch, labels, old, removed.get(row["article_id"])) for row in found))
    changes = () if since else _changes(store, watch, told, now, {match.article_id for match in matches})
    return Digest(
        watch=watch.key,
        language=watch.language,
        labels=tuple(labels.get(topic, topic) for topic in (*watch.topics, *watch.all)),
        made_at=now,
        since=since,
        first=told.last_at is None,
        matches=matches,
        changes=changes,
        sights=sights(store, sources, now),
    )


def sights(store: Store, sources: Sequence[str], until: datetime | None = None) -> tuple[Sight, ...]:
    """How each of the sources was seen at its last crawl, by name."""
    rows = store.select(_query("sights"), {"sources": list(sources), "until": until}).dicts()
    return tuple(_sight(row) for row in rows)


def _match(
    row: dict[str, Any], watch: Watch, labels: Mapping[str, str], old: datetime, removed: Change | None
) -> Match:
    area = _nearest(row["places"], watch.areas) or row["area"] or []
    return Match(
        article_id=row["article_id"],
        topics=tuple(row["topics"]),
        labels=tuple(labels.get(topic, topic) for topic in row["topics"]),
        title=row["title"],
        source=row["source"] or "",
        source_name=row["source_name"] or Tongue(watch.language).say("imported"),
        kind=row["kind"] or "",
        place=_place(area, watch.language),
        near=_nearness(area, watch.areas),
        local=bool(set(row["area"] or ()) & set(watch.areas)),
        published_at=row["published_at"],
        first_seen_at=row["first_seen_at"],
        url=row["url"],
        access=row["access"],
        sentence=excerpt(row["sentence"], row["text"]),
        surfaces=tuple(row["surfaces"] or ()),
        version=row["version"],
        untold=tuple(row["untold"] or ()),
        mentions=row["mentions"],
        in_title=row["in_title"],
        still_there=row["still_there"],
        archive=row["published_at"] < old if row["published_at"] else bool(row["at_first"]),
        story=row["story_id"] or row["article_id"],
        text_id=row["text_id"] or row["article_id"],
        said_at=row["said_at"],
        edited_at=row["edited_at"],
        removed=removed,
    )


def _place(area: Sequence[str], language: str) -> str:
    """The words for where an article plays; for its source's area, when it names no place."""
    tongue = Tongue(language)
    if not area:
        return tongue.say("no_place")
    names = ", ".join(tongue.say("france") if code == "national" else place_name(code) for code in area[:3])
    return tongue.say("and_beyond", places=names) if len(area) > 3 else names


def _nearest(places: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """The one place that an article is told under: the watch's, or one near it, else the most important."""
    near = [code for code in places if any(covers(code, ours) for ours in wanted)]
    return [*(code for code in places if code in wanted), *near, *places][:1]


def _nearness(area: Sequence[str], wanted: Sequence[str]) -> int:
    """0 for the places of the watch, 1 for what lies around or in them, 2 for elsewhere, 3 for the whole country."""
    if set(area) & set(wanted):
        return 0
    if any(covers(theirs, ours) for theirs in area for ours in wanted):
        return 1
    return 3 if "national" in area or not area else 2


def _changes(store: Store, watch: Watch, told: Told, now: datetime, fresh: set[str]) -> tuple[Change, ...]:
    """Edits and removals of what was told; what is told as new in the same digest is told once."""
    known, versions = set(told.events), told.versions()
    if not versions:
        return ()
    after = (told.last_at or now) - OVERLAP
    asked = {"articles": list(versions), "after": after, "until": now}
    more = {"versions": list(versions.values()), "topics": [*watch.topics, *watch.all]}
    edits = [_edit(row) for row in store.select(_query("edits"), asked | more).dicts()]
    changes = [*filter(None, edits), *removals(store, list(versions), now, after)]
    return tuple(change for change in changes if change.article_id not in fresh and _event(change) not in known)


def _event(change: Change) -> tuple[str, str, str, str]:
    return change.event, change.article_id, "", change.version


def _edit(row: dict[str, Any]) -> Change | None:
    """What a reader of the first version should know of the second; None for what does not touch the topics.

    Behind a wall that has closed since, or that has opened, what cannot be read was not edited.
    """
    walled = row["access"] != row["access_before"]
    lost = () if walled else differences(row["sentences_before"], row["text"] + "\n" + row["title"])
    gained = () if walled else differences(row["sentences"], row["text_before"] + "\n" + row["title_before"])
    renamed = row["title"] != row["title_before"]
    if not (lost or gained or walled or renamed):
        return None
    return Change(
        event="edit",
        article_id=row["article_id"],
        title=row["title"],
        source_name=row["source_name"] or "",
        url=row["url"],
        version=row["version"],
        seen_at=row["seen_at"],
        surfaces=tuple(dict.fromkeys(row["surfaces"])),
        lost=tuple(excerpt(sentence, row["text_before"]) for sentence in lost),
        gained=tuple(excerpt(sentence, row["text"]) for sentence in gained),
        title_before=row["title_before"] if renamed else "",
        access_before=row["access_before"] if walled else "",
        access=row["access"],
    )


def removals(store: Store, articles: Sequence[str], until: datetime, after: datetime = EVER) -> list[Change]:
    """Which of these articles are gone as of `until`, and were missed once more since `after`."""
    asked = {"articles": list(articles), "after": after, "until": until}
    return [_removal(row) for row in store.select(_query("removals"), asked).dicts()]


def _removal(row: dict[str, Any]) -> Change:
    return Change(
        event="removal",
        article_id=row["article_id"],
        title=row["title"],
        source_name=row["source_name"] or "",
        url=row["url"],
        version=row["version"],
        seen_at=row["seen_at"],
        first_missed_at=row["first_missed_at"],
        looks=row["looks"],
        gone=", ".join(dict.fromkeys(row["gone"])),
    )


def _sight(row: dict[str, Any]) -> Sight:
    if row["closed"]:
        return Sight(row["source"], row["name"], "closed", row["closed"])
    if row["outcome"] is None:
        return Sight(row["source"], row["name"], "never")
    shut = row["outcome"] != "ok"
    return Sight(
        source=row["source"],
        name=row["name"],
        outcome=row["outcome"],
        reason=(row["reason"] or "") if shut else "",
        status=row["status"] if shut else None,
        read_at=row["read_at"],
        entries=row["entries"],
        left=row["left"],
        gap=row["gap"],
        lost_pages=0 if shut else row["lost_pages"],
    )


def _query(name: str) -> str:
    return (files("queries") / "telling" / f"{name}.sql").read_text("utf-8")
