"""From the database to the health of the sources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from importlib.resources import files

from pipeline.canonical import canonical_url
from pipeline.health import BAD, WINDOW, Health, Pulse, judge
from pipeline.records import Run
from pipeline.store import Store
from pipeline.telling.gather import sights
from pipeline.telling.tongue import Said

# The last ones, and the last that was read, however long ago: of a source that once was read « never » is not said.
RUNS = """
SELECT * FROM runs WHERE started_at <= $until
QUALIFY row_number() OVER (PARTITION BY source ORDER BY started_at DESC, run_id DESC) <= $window
    OR (outcome = 'ok' AND row_number() OVER (PARTITION BY source, outcome ORDER BY started_at DESC, run_id DESC) = 1)
ORDER BY source, started_at, run_id
"""


def checkup(store: Store, now: datetime, only: Collection[str] | None = None) -> list[Health]:
    """The health of each source of the catalogue (or of `only` these keys) as of `now`, by name."""
    seen = {sight.source: sight for sight in sights(store, (), now)}
    runs: dict[str, list[Run]] = defaultdict(list)
    for row in store.select(RUNS, {"until": now, "window": WINDOW}).dicts():
        runs[row["source"]].append(Run(**row))
    sql = (files("queries") / "pulse.sql").read_text("utf-8")
    found = []
    for row in store.select(sql, {"until": now}).dicts():
        if only is not None and row["source"] not in only:
            continue
        pulse = Pulse(
            source=row["source"],
            name=row["name"],
            closed=row["closed"],
            runs=tuple(runs[row["source"]]),
            published=tuple(row["published"] or ()),
            read_pages=row["read_pages"],
            unread_pages=row["unread_pages"],
            lost_pages=seen[row["source"]].lost_pages,
            gap=seen[row["source"]].gap,
        )
        found.append(judge(pulse, now))
    return found


def looks(store: Store) -> tuple[frozenset[str], frozenset[str]]:
    """The canonical URLs of matched articles, and of those whose last answer is in doubt: to be looked at again."""
    rows = store.select((files("queries") / "telling" / "looks.sql").read_text("utf-8")).rows
    matched = frozenset(canonical_url(url) for url, _ in rows)
    return matched, frozenset(canonical_url(url) for url, doubted in rows if doubted)


def turned(before: Mapping[str, str], found: Iterable[Health]) -> tuple[list[Said], dict[str, str]]:
    """What to tell the operator, once: which sources turned bad since `before` (source to state), and which are well
    again; and the states to remember. A source that was never judged before has not turned: the digest tells of it."""
    lines: list[Said] = []
    after: dict[str, str] = {}
    for one in found:
        was = before.get(one.source)
        after[one.source] = one.state
        if one.bad and was is not None and was != one.state:
            lines.append(Said("of_source", {"name": one.name, "why": one.why}))
        elif not one.bad and was in BAD:
            lines.append(Said("of_source", {"name": one.name, "why": Said("well_again")}))
    return lines, after
