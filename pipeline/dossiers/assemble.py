"""From the database to a Dossier: the articles about a place, what they cite, who says what, who has not written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files
from typing import Any

from pipeline.areas import communes, covers, epcis
from pipeline.digest import Sight, clean, differences
from pipeline.dossiers.dating import Dating, dated_sayings, dating
from pipeline.dossiers.dossier import Change, Citation, Dossier, Event, Piece, Sort, Unread, Writer
from pipeline.dossiers.subject import Subject, concerns
from pipeline.french import PARIS
from pipeline.links import Document, Reference, document_keys, find_references, join_references
from pipeline.places import Gazetteer, about, find_places
from pipeline.prints.agencies import agencies
from pipeline.prints.folding import fold
from pipeline.prints.reprints import Print, compared, near, signature
from pipeline.records import Mention
from pipeline.speech.grammar import Grammar
from pipeline.speech.hearing import Text
from pipeline.speech.voices import hear
from pipeline.store import Store
from pipeline.telling.excerpt import excerpt
from pipeline.telling.gather import removals, sights

OFFICIAL = ("municipal", "institution")
DAY = 10  # characters of a day in ISO 8601

Row = Mapping[str, Any]
Links = Callable[[Row], Sequence[tuple[str, str]]]
"""(A row of dossier.sql) → the links of the capture that it shows: (address, words) each."""
Cited = Mapping[str, Sequence[tuple[Reference, str]]]
"""Article → what it cites, each with the id of the document that is held, empty for none."""


def no_links(row: Row) -> Sequence[tuple[str, str]]:
    """Where there is no archive to read them from."""
    return ()


@dataclass(frozen=True)
class Wanted:
    """What is asked for: `labels` are all topics of the rules to words, `topics` those that articles must mention."""

    subject: Subject
    topics: tuple[str, ...]
    labels: Mapping[str, str]
    gazetteer: Gazetteer
    grammar: Grammar
    since: datetime | None = None


def assemble(store: Store, wanted: Wanted, now: datetime, links: Links = no_links) -> Dossier:
    """The dossier of a place as of `now`."""
    main, passing = _chosen(_select(store, wanted.topics, [], wanted.since), wanted)
    cited = _cited(store, main, links)
    known = {row["article_id"] for row in main}
    ids = sorted({target for found in cited.values() for _, target in found} - known - {""})
    more = [row | {"why": "cited"} for row in _select(store, [], ids, wanted.since)] if ids else []
    rows = sorted(main + more, key=lambda row: (_at(row), row["article_id"]))
    number = {row["article_id"]: at for at, row in enumerate(rows, 1)}
    beside = [row for row in passing if row["article_id"] not in number]
    number |= {row["article_id"]: len(rows) + at for at, row in enumerate(beside, 1)}
    first, since = _first_prints(rows), dating(store, [*rows, *beside])
    pieces = tuple(_piece(row, number, cited, first, since) for row in rows)
    voices = hear(_texts(store, rows, number, wanted.labels), wanted.topics, wanted.labels, wanted.grammar)
    writers, silent, unseen, followed = _sources(store, wanted.subject, pieces, now)
    read = {writer.source for writer in (*writers, *silent)} - {sight.source for sight in unseen}
    return Dossier(
        subject=wanted.subject,
        topics=wanted.topics,
        labels=dict(wanted.labels),
        since=wanted.since,
        made_at=now,
        pieces=pieces,
        beside=tuple(_piece(row, number, {}, {}, since) for row in beside),
        events=_events(store, pieces, wanted.topics, now),
        voices=voices,
        said_at=dated_sayings(voices, rows, since),
        writers=writers,
        silent=silent,
        unseen=unseen,
        unread=_unread(store, read, wanted.since),
        followed=len(followed),
        read=sum(followed.values()),
    )


def _query(name: str) -> str:
    return (files("queries") / "telling" / f"{name}.sql").read_text("utf-8")


def _select(
    store: Store, topics: Sequence[str], articles: Sequence[str], since: datetime | None
) -> list[dict[str, Any]]:
    asked = {"topics": list(topics), "articles": list(articles), "since": since}
    return store.select(_query("dossier"), asked).dicts()


def _at(row: Row) -> datetime:
    when: datetime = row["published_at"] or row["first_seen_at"]
    return when


def _chosen(rows: Iterable[dict[str, Any]], wanted: Wanted) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The articles about the place, and those that only name it."""
    main, passing = [], []
    for row in rows:
        areas = row["area"] or ()
        places = find_places(row["title"], row["text"], wanted.gazetteer, areas)
        weights = about(places)
        if concerns(wanted.subject, weights, areas):
            towns = [communes()[weight.code].name for weight in weights if weight.kind == "commune"]
            main.append(row | {"why": "place", "town": towns[0] if len(towns) == 1 else ""})
        elif any(wanted.subject.holds(place.code) for place in places):
            passing.append(row | {"why": "beside"})
    return main, passing


def _cited(store: Store, rows: Sequence[Row], links: Links) -> Cited:
    """The documents that are named or linked to; of links, only those to documents that are held."""
    found = {
        row["article_id"]: find_references(row["text"], links(row), published=_at(row).astimezone(PARIS).date())
        for row in rows
    }
    keys = [reference.key.split(":", 1) for references in found.values() for reference in references if reference.key]
    asked = {
        "urls": sorted({rest for kind, rest in keys if kind == "url"}),
        "numbers": sorted({rest for kind, rest in keys if kind in ("decision", "cnil", "boamp")}),
        "days": sorted({date.fromisoformat(rest[-DAY:]) for kind, rest in keys if kind in ("release", "letter")}),
    }
    held = [Document(**row) for row in store.select(_query("documents"), asked).dicts()]
    joined: dict[str, list[tuple[Reference, str]]] = {}
    for article, references in found.items():
        pairs = [(ref, target) for ref, target in join_references(references, held) if target != article]
        named = [ref for ref in references if ref.key and not ref.key.startswith("url:")]
        alone = [(ref, "") for ref in named if ref not in {one for one, _ in pairs}]
        joined[article] = sorted(pairs + alone, key=lambda pair: (pair[0].start, pair[0].end, pair[1]))
    return joined


def _first_prints(rows: Sequence[Row]) -> dict[str, str]:
    """Article → the article that printed its text first."""
    prints = [
        Print(row["article_id"], row["source"] or "", _at(row), row["title"], signature(row["text"])) for row in rows
    ]
    texts = {one.signature.text_hash: row["text"] for one, row in zip(prints, rows, strict=True)}
    return {one.article_id: one.text_id for one in fold(prints, compared(near(prints), texts))}


def _piece(row: Row, number: Mapping[str, int], cited: Cited, first: Mapping[str, str], since: Dating) -> Piece:
    article = row["article_id"]
    url = clean(row["url"]).replace(" ", "%20")
    targets: dict[tuple[str, str], list[int]] = {}
    for reference, target in cited.get(article, ()):
        held = targets.setdefault((clean(reference.surface), reference.kind), [])
        held += [number[target]] if target in number and number[target] not in held else []
    return Piece(
        number=number[article],
        article_id=article,
        sort=_sort(row),
        why=row["why"],
        title=clean(row["title"]),
        source=row["source"] or "",
        source_name=clean(row["source_name"] or ""),
        kind=row["kind"] or "",
        owner=clean(row["owner"] or ""),
        url=url,
        link=url if url.startswith(("https://", "http://")) else "",
        published_at=row["published_at"],
        first_seen_at=row["first_seen_at"],
        access=row["access"],
        still_there=row["still_there"],
        topics=tuple(row["topics"]),
        sentence=clean(excerpt(row["sentence"], row["text"])),
        said_at=since(article, row["sentence"]) if row["sentence"] else None,
        version=row["version"],
        capture_id=row["capture_id"],
        fetched_at=row["fetched_at"],
        sha256=row["sha256"] or "",
        first_print=number.get(first.get(article, article), number[article]),
        agencies=agencies(row["text"], row["authors"]),
        cites=tuple(Citation(surface, kind, tuple(held)) for (surface, kind), held in targets.items()),
    )


def _sort(row: Row) -> Sort:
    """A decision shows its number; a document is a PDF, or comes from a town hall or an institution."""
    keys = document_keys(Document(row["article_id"], row["title"], row["url"], row["text"]))
    if any(key.startswith(("decision:", "cnil:")) for key, _ in keys):
        return "decision"
    official = row["published_from"] == "pdf" or row["kind"] in OFFICIAL or row["url"].lower().endswith(".pdf")
    return "document" if official else "article"


def _texts(store: Store, rows: Sequence[Row], number: Mapping[str, int], labels: Mapping[str, str]) -> list[Text]:
    """The texts to be heard, with the mentions of all topics in them."""
    of: dict[tuple[str, str], list[tuple[str, Mention]]] = {}
    asked = {"articles": [row["article_id"] for row in rows]}
    sql = "SELECT * FROM mentions WHERE list_contains($articles, article_id) ORDER BY ALL"
    for found in store.select(sql, asked).dicts():
        article, version, field = (found.pop(name) for name in ("article_id", "version", "field"))
        of.setdefault((article, version), []).append((field, Mention(**found)))
    return [
        _text(row, number[row["article_id"]], of.get((row["article_id"], row["version"]), []), labels) for row in rows
    ]


def _text(row: Row, number: int, mentions: Sequence[tuple[str, Mention]], labels: Mapping[str, str]) -> Text:
    named = {mention.topic for _, mention in mentions}
    area: Sequence[str] = row["area"] or ()
    return Text(
        number=number,
        at=_at(row),
        title=row["title"],
        text=row["text"],
        topics=tuple(topic for topic in labels if topic in named),
        mentions=tuple(mention for field, mention in mentions if field == "text"),
        kind=row["kind"] or "",
        source_name=clean(row["source_name"] or ""),
        authors=tuple(row["authors"]),
        town=communes()[area[0]].name if len(area) == 1 and area[0] in communes() else "",
        about=row.get("town", ""),
    )


def _events(store: Store, pieces: Sequence[Piece], topics: Sequence[str], now: datetime) -> tuple[Event, ...]:
    """Publications, edits and removals in their order. An edit that touches no title, access or topic is none."""
    of = {piece.article_id: piece.number for piece in pieces}
    events = [Event(piece.at, piece.sort, piece.number, sha256=piece.sha256) for piece in pieces]
    for row in store.select(_query("rewritten"), {"articles": list(of), "topics": list(topics)}).dicts():
        if change := _edit(row):
            events.append(Event(row["seen_at"], "edit", of[row["article_id"]], change, row["sha256"] or ""))
    for removal in removals(store, list(of), now):
        change = Change(gone=removal.gone, looks=removal.looks, last_at=removal.seen_at)
        events.append(Event(removal.first_missed_at or removal.seen_at, "removal", of[removal.article_id], change))
    return tuple(sorted(events, key=lambda event: (event.at, event.article, event.kind)))


def _edit(row: Row) -> Change | None:
    """Behind a wall that has closed or opened, what cannot be read was not edited."""
    walled = row["access"] != row["access_before"]
    lost = () if walled else differences(row["sentences_before"], f"{row['text']}\n{row['title']}")
    gained = () if walled else differences(row["sentences"], f"{row['text_before']}\n{row['title_before']}")
    renamed = row["title"] != row["title_before"]
    if not (lost or gained or walled or renamed):
        return None
    return Change(
        lost=tuple(clean(excerpt(sentence, row["text_before"])) for sentence in lost),
        gained=tuple(clean(excerpt(sentence, row["text"])) for sentence in gained),
        title_before=clean(row["title_before"]) if renamed else "",
        access_before=row["access_before"] if walled else "",
        access=row["access"],
    )


def _sources(
    store: Store, subject: Subject, pieces: Sequence[Piece], now: datetime
) -> tuple[tuple[Writer, ...], tuple[Writer, ...], tuple[Sight, ...], dict[str, bool]]:
    """Who has texts in the dossier, the most first; who of the place was read and has none; who was not read; and
    whether each source of the place was ever read."""
    inside = epcis()[subject.code].members if subject.kind == "epci" else (subject.code,)
    catalogue = store.select("SELECT key, name, kind, area FROM sources ORDER BY name, key").rows
    followed = {
        key: (clean(name), kind)
        for key, name, kind, area in catalogue
        if any(covers(one, code) for one in area for code in inside)
    }
    read = dict(store.select("SELECT source, count(*) FROM articles WHERE source IS NOT NULL GROUP BY source").rows)
    seen = sights(store, list(followed), now) if followed else ()
    shut = {sight.source for sight in seen if sight.outcome != "ok"}
    texts = Counter(piece.source for piece in pieces)
    writers = [_writer(source, [p for p in pieces if p.source == source], read.get(source, 0)) for source in texts]
    silent = [
        Writer(key, name, kind, 0, read.get(key, 0))
        for key, (name, kind) in followed.items()
        if not texts[key] and key not in shut
    ]
    unseen = tuple(sight for sight in seen if sight.outcome != "ok" or sight.gap)
    ever = {key: key in read or key not in shut for key in followed}
    return tuple(sorted(writers, key=lambda one: (-one.texts, one.name))), tuple(silent), unseen, ever


def _writer(source: str, own: Sequence[Piece], read: int) -> Writer:
    times = [piece.at for piece in own]
    return Writer(source, own[0].source_name, own[0].kind, len(own), read, min(times), max(times))


def _unread(store: Store, sources: Iterable[str], since: datetime | None) -> tuple[Unread, ...]:
    rows = store.select(_query("unread"), {"sources": sorted(set(sources)), "since": since}).dicts()
    return tuple(
        Unread(clean(r["source_name"]), clean(r["url"]), r["reason"], clean(r["detail"]), r["status"], r["failed_at"])
        for r in rows
    )
