"""A database written row by row, for the tests of what is told of it: no crawl, no page."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pipeline.records import Source
from pipeline.store import Store, writing

SOURCES = {
    "guetteur": Source("guetteur", "Le Guetteur", "investigative", ("59350",)),
    "echo": Source("echo", "L'Écho", "regional", ("59",)),
    "cnil": Source("cnil", "CNIL", "institution", ("national",)),
    "ponant": Source("ponant", "Le Ponant", "regional", ("29",)),
}
WORDS = {"BriefCam": "briefcam", "CNIL": "cnil", "VSA": "vsa"}
LABELS = {"briefcam": "BriefCam", "cnil": "CNIL", "vsa": "Vidéosurveillance algorithmique"}


def at(text: str) -> datetime:
    """A moment in UTC, « 2024-11-21 07:30 »."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass
class Rows:
    """Rows on their way into a database, by table."""

    tables: dict[str, list[Mapping[str, object]]] = field(default_factory=dict)

    def add(self, table: str, **row: object) -> None:
        self.tables.setdefault(table, []).append(row)

    def article(
        self,
        name: str,
        text: str,
        seen: datetime,
        *,
        title: str = "",
        published: datetime | None = None,
        source: str = "guetteur",
        access: str = "full",
    ) -> str:
        """An article as it was seen for the first time, or once more; its id."""
        key = hashlib.sha256(name.encode()).hexdigest()[:16]
        title, url = title or name, f"https://{source}.example/{name.replace(' ', '-')}"
        version = hashlib.sha256(f"{title}{text}{access}".encode()).hexdigest()[:16]
        capture = f"{name} {seen.isoformat()}"
        first = not any(row["id"] == key for row in self.tables.get("articles", ()))
        self.capture(name, seen, source=source, article_id=key, version=version)
        common = {"title": title, "published_at": published, "access": access}
        if first:
            self.add(
                "articles", id=key, source=source, url=url, canonical_url=url, authors=[], published_from=None,
                language="fr", text=text, first_seen_at=seen, capture_id=capture, version=version, **common,
            )  # fmt: skip
        known = any(r["article_id"] == key and r["version"] == version for r in self.tables.get("versions", ()))
        self.add(
            "versions", article_id=key, version=version, seen_at=seen, capture_id=capture, text=None if first else text,
            **common,
        )  # fmt: skip
        if not known:
            self._mentions(key, version, title, text)
        return key

    def _mentions(self, key: str, version: str, title: str, text: str) -> None:
        for place, words in (("title", title), ("text", text)):
            for surface, topic in WORDS.items():
                start = words.find(surface)
                while start >= 0:
                    end = start + len(surface)
                    first, last = words.rfind(". ", 0, start) + 1, words.find(".", end) + 1 or len(words)
                    self.add(
                        "mentions", article_id=key, version=version, field=place, topic=topic, rule=topic,
                        rules_version="1", surface=surface, start=start, end=end, edits=0,
                        sentence=words[first:last].strip(),
                    )  # fmt: skip
                    start = words.find(surface, end)

    def capture(
        self, name: str, when: datetime, *, status: int = 200, source: str = "guetteur", **more: object
    ) -> None:
        url = f"https://{source}.example/{name.replace(' ', '-')}"
        row: dict[str, object] = {"article_id": None, "version": None, "role": "page", "door": "feed", **more}
        self.add(
            "captures", id=f"{name} {when.isoformat()}", source=source, url=url, requested_url=url, fetched_at=when,
            status=status, payload_sha256="", file="a.warc.gz", offset=0, **row,
        )  # fmt: skip

    def run(self, source: str, started: datetime, outcome: str = "ok", **more: object) -> None:
        row: dict[str, object] = {
            "run_id": started.strftime("%Y%m%dT%H%M%S"), "source": source, "started_at": started, "ended_at": started,
            "entries": 10, "new_pages": 1, "not_modified": 0, "bytes": 1, "refusals": 0, "errors": 0, "left": 0,
            "gap": False, "slowest_seconds": 0.1, "outcome": outcome,
        }  # fmt: skip
        self.add("runs", **(row | more))

    def keep(self, database: Path, sources: Iterable[Source] = SOURCES.values()) -> None:
        """Insert what was added since the last time."""
        with writing(database) as store:
            store.run("DELETE FROM sources")
            _insert(store, "sources", [_source(source) for source in sources], ("key",))
            keys = {"articles": ("id",), "captures": ("id",), "versions": ("capture_id",), "runs": ("run_id", "source")}
            for table, rows in self.tables.items():
                key = keys.get(table) or tuple(rows[0])
                _insert(store, table, rows, key)


def _insert(store: Store, table: str, rows: Sequence[Mapping[str, object]], key: Sequence[str]) -> None:
    store.insert(table, rows, key)


def _source(source: Source) -> dict[str, object]:
    names = ("key", "name", "kind", "area", "home", "owner", "closed", "note")
    return {name: getattr(source, name) for name in names}
