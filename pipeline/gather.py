"""From the database to a Digest: what a watch has not been told, and how its sources were seen last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

from pipeline.areas import place_name
from pipeline.digest import Digest, Match, Sight, ranked
from pipeline.home import ACCESS_ORDER, Watch
from pipeline.store import Store

# A source's first crawl brings what is on its doors; what is older than this is told apart, as archives.
RECENT = timedelta(days=30)
TERMINAL = "terminal"
REASONS = {
    "refused": "accès refusé",
    "robots": "robots.txt l'interdit",
    "robots_unreadable": "robots.txt illisible, donc rien n'est demandé",
    "not_found": "introuvable",
    "not_a_feed": "la réponse n'est pas du type attendu",
    "dns": "nom de site introuvable",
    "tls": "certificat invalide",
    "timeout": "pas de réponse à temps",
    "connection": "connexion refusée ou coupée",
    "truncated": "réponse coupée avant la fin",
    "server_error": "erreur du site",
    "too_large": "réponse trop grande",
    "redirects": "redirections sans fin",
    "private_address": "renvoie vers une adresse privée, refusée",
}


def gather(
    store: Store,
    watch: Watch,
    sources: Sequence[str],
    labels: Mapping[str, str],
    now: datetime,
    *,
    channel: str = TERMINAL,
    since: datetime | None = None,
) -> Digest:
    """The digest of a watch over `sources` (keys) as of `now`. `labels`: topic to words. `since`: told or not."""
    found = store.select(
        _query("digest"),
        {
            "topics": list(watch.topics),
            "every": list(watch.all),
            "never": list(watch.none),
            "sources": list(sources),
            "access": list(ACCESS_ORDER[ACCESS_ORDER.index(watch.access) :]),
            "watch": watch.key,
            "channel": channel,
            "since": since,
            "until": now,
        },
    ).dicts()
    topics = (*watch.topics, *watch.all)
    return Digest(
        watch=watch.key,
        labels=tuple(labels.get(topic, topic) for topic in topics),
        made_at=now,
        since=since,
        matches=ranked([_match(row, labels) for row in found]),
        sights=sights(store, sources, now),
    )


def sights(store: Store, sources: Sequence[str], until: datetime | None = None) -> tuple[Sight, ...]:
    """How each of the sources was seen at its last crawl, by name."""
    rows = store.select(_query("last-runs"), {"sources": list(sources), "until": until}).dicts()
    return tuple(_sight(row) for row in rows)


def announced(digest: Digest, channel: str, run_id: str) -> list[dict[str, object]]:
    """The rows of `announced` that say that a digest was told."""
    return [
        {
            "watch": digest.watch,
            "channel": channel,
            "event": "match",
            "article_id": match.article_id,
            "topic": topic,
            "version": match.version,
            "announced_at": digest.made_at,
        }
        for match in digest.matches
        for topic in match.topics
    ]


def _match(row: dict[str, Any], labels: Mapping[str, str]) -> Match:
    published, seen = row["published_at"], row["first_seen_at"]
    return Match(
        article_id=row["article_id"],
        topics=tuple(row["topics"]),
        labels=tuple(labels.get(topic, topic) for topic in row["topics"]),
        title=row["title"],
        source=row["source"] or "",
        source_name=row["source_name"] or "archive importée",
        place=_place(row["area"] or []),
        published_at=published,
        first_seen_at=seen,
        url=row["url"],
        access=row["access"],
        sentence=row["sentence"],
        surfaces=tuple(row["surfaces"] or ()),
        version=row["version"],
        archive=published is not None and seen - published > RECENT,
    )


def _place(area: Sequence[str]) -> str:
    """The words for a source's area, until articles are placed by what they say."""
    if len(area) == 1:
        return "France entière" if area[0] == "national" else place_name(area[0])
    return ", ".join(place_name(code) for code in area[:3]) + (" et au-delà" if len(area) > 3 else "")


def _sight(row: dict[str, Any]) -> Sight:
    if row["closed"]:
        return Sight(row["source"], row["name"], "closed", row["closed"])
    if row["outcome"] is None:
        return Sight(row["source"], row["name"], "never")
    status = f" (HTTP {row['status']})" if row["status"] else ""
    reason = REASONS.get(row["reason"] or "", row["reason"] or "")
    outcome, shut = row["outcome"], row["outcome"] != "ok"
    return Sight(
        source=row["source"],
        name=row["name"],
        outcome=outcome,
        detail=f"{reason}{status}" if shut and reason else "",
        read_at=row["read_at"],
        entries=row["entries"],
        left=row["left"],
        gap=row["gap"],
        lost_pages=0 if shut else row["lost_pages"],
    )


def _query(name: str) -> str:
    return (files("queries") / f"{name}.sql").read_text("utf-8")
