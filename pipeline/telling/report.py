"""One page of pictures, each with its table underneath: what was written, when, where, and how the sources are.

Drawn by pygal: pure Python over the lxml that Vigie has anyway, a hundredth of the size of matplotlib and its arrays;
its SVG stands in the page as it is, sharp in print, without script.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pipeline.ask import ask
from pipeline.digest import clean
from pipeline.french import PARIS
from pipeline.health import Health
from pipeline.questions import load_queries
from pipeline.telling.tongue import Count, Tongue

MONTHS_SHOWN, DOTS, ROWS = 36, 2_000, 500
# Colours that the colour-blind tell apart (Okabe and Ito, 2008), dark enough on white and light enough on black.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#9a7d0a", "#56b4e9", "#7f7f7f", "#b03a2e")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with a caption, for readers without pictures; a cell with a link is (words, address)."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    more: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A heading, a drawing (SVG, or nothing where there is nothing to draw), what it shows in words, its table."""

    title: str
    svg: str
    words: str
    table: Table


@dataclass(frozen=True, slots=True)
class Report:
    """All that the page says. `read`: whether any article was read, on whatever topic."""

    made_at: datetime
    topics: Mapping[str, str]
    months: Sequence[Mapping[str, Any]]
    places: Sequence[Mapping[str, Any]]
    articles: Sequence[Mapping[str, Any]]
    health: Sequence[Health]
    read: bool = True

    @property
    def nothing(self) -> str:
        """The key of what to say where there is nothing to show: that nothing was found only of what was read."""
        return "nothing_found" if self.read else "nothing_read"


def gather_report(database: Path, topics: Mapping[str, str], health: Sequence[Health], now: datetime) -> Report:
    """The rows that the page is made of. `topics`: those that are shown, with their words, in order."""

    def rows(name: str) -> list[dict[str, Any]]:
        query = load_queries()[name]
        return ask(database, query.sql, query.values({})).dicts()

    articles = [row for row in rows("chronology") if set(row["topics"]) & topics.keys()]
    kept = {name: [row for row in rows(name) if row["topic"] in topics] for name in ("matches-by-month", "by-place")}
    read = bool(ask(database, "SELECT 1 FROM articles LIMIT 1", {}).rows)
    return Report(now, topics, kept["matches-by-month"], kept["by-place"], articles, health, read)


def to_html(report: Report, place_name: Callable[[str], str], language: str = "fr") -> str:
    """The page: one file, no script, light and dark, for screen readers and print."""
    import jinja2  # noqa: PLC0415 (as in render)

    environment = jinja2.Environment(loader=jinja2.PackageLoader("pipeline"), autoescape=True, trim_blocks=True)
    tongue = Tongue(language)
    drawn = _months(report, tongue), _timeline(report, tongue), _places(report, place_name, tongue)
    first = min((row["date"] for row in report.articles), default=None)
    made = tongue.instant(report.made_at)
    return environment.get_template("report.html").render(
        language=language,
        title=tongue.say("report_of", made=made),
        heading=tongue.say("report"),
        made=made,
        count=tongue.counted("articles", len(report.articles)),
        since=tongue.say("articles_since", since=first) if first else "",
        topics=tongue.say("topics", topics=", ".join(map(clean, report.topics.values()))),
        contents=tongue.say("contents"),
        number=tongue.number,
        pictures=(*drawn, _health(report, tongue)),
    )


def _months(report: Report, tongue: Tongue) -> Picture:
    months = sorted({row["month"] for row in report.months})[-MONTHS_SHOWN:]
    months = _every(months[0], months[-1]) if months else []
    found = {(row["month"], row["topic"]): row["articles"] for row in report.months}
    shown = {topic: [found.get((month, topic), 0) for month in months] for topic in report.topics}
    labels = [tongue.month(month) for month in months]
    chart = _chart("StackedBar", tongue, bool(months), x_labels=labels, x_label_rotation=60, truncate_label=-1)
    for topic, counts in shown.items():
        if any(counts):
            _add(chart, clean(report.topics[topic]), counts)
    table = Table(
        tongue.say("months_table"),
        (tongue.say("month"), *map(clean, report.topics.values())),
        tuple((label, *row) for label, row in zip(labels, zip(*shown.values(), strict=True), strict=True) if any(row)),
    )
    totals = [sum(counts[at] for counts in shown.values()) for at in range(len(months))]
    top = max(range(len(months)), key=lambda at: totals[at], default=None)
    words = tongue.say(report.nothing) if top is None else tongue.say("months_words", month=labels[top])
    return Picture(tongue.say("months_title"), _svg(chart, tongue.say("months_drawn")), words, table)


def _timeline(report: Report, tongue: Tongue) -> Picture:
    newest = list(report.articles)[-DOTS:]
    topics = [topic for topic in report.topics if any(topic in row["topics"] for row in newest)]
    chart = _chart(
        "XY",
        tongue,
        bool(newest),
        stroke=False,
        dots_size=4,
        show_legend=False,
        y_labels=[{"value": at, "label": clean(report.topics[topic])} for at, topic in enumerate(topics, 1)],
        x_value_formatter=lambda stamp: f"{datetime.fromtimestamp(stamp, PARIS):%m/%Y}",
        x_label_rotation=30,
        range=(0.5, len(topics) + 0.5),
    )
    for at, topic in enumerate(topics, 1):
        _add(
            chart,
            clean(report.topics[topic]),
            [(row["date"].timestamp(), at) for row in newest if topic in row["topics"]],
        )
    rows = tuple(
        (tongue.short_day(row["date"]), clean(row["source_name"] or ""), _titled(row, tongue),
         ", ".join(clean(report.topics.get(topic, topic)) for topic in report.topics if topic in row["topics"]))
        for row in reversed(newest[-ROWS:])
    )  # fmt: skip
    left = len(report.articles) - len(rows)
    more = tongue.say("timeline_more", older=Count("older", left)) if left else ""
    columns = tuple(map(tongue.say, ("date", "source", "article_title", "article_topics")))
    table = Table(tongue.say("timeline_table"), columns, rows, more)
    words = tongue.say("timeline_words" if rows else report.nothing)
    return Picture(tongue.say("timeline_title"), _svg(chart, tongue.say("timeline_drawn")), words, table)


def _places(report: Report, place_name: Callable[[str], str], tongue: Tongue) -> Picture:
    totals: dict[str, dict[str, int]] = {}
    for row in report.places:
        totals.setdefault(row["place"], {})[row["topic"]] = row["articles"]
    order = sorted(totals, key=lambda place: (-sum(totals[place].values()), place))[:20]
    names = [tongue.say("france") if place == "national" else clean(place_name(place)) for place in order]
    chart = _chart("HorizontalStackedBar", tongue, bool(order), x_labels=list(reversed(names)), truncate_label=-1)
    for topic, label in report.topics.items():
        if counts := [totals[place].get(topic, 0) for place in reversed(order)]:
            _add(chart, clean(label), counts)
    table = Table(
        tongue.say("places_table"),
        (tongue.say("place"), *map(clean, report.topics.values())),
        tuple(
            (name, *(totals[place].get(topic, 0) for topic in report.topics))
            for place, name in zip(order, names, strict=True)
        ),
    )
    words = tongue.say("places_words" if order else report.nothing)
    return Picture(tongue.say("places_title"), _svg(chart, tongue.say("places_drawn")), words, table)


def _health(report: Report, tongue: Tongue) -> Picture:
    states: dict[str, int] = {}
    for one in report.health:
        states[tongue.state(one.state)] = states.get(tongue.state(one.state), 0) + 1
    order = sorted(states, key=lambda state: -states[state])
    chart = _chart("HorizontalBar", tongue, bool(order), x_labels=list(reversed(order)), show_legend=False)
    _add(chart, tongue.say("sources"), [states[state] for state in reversed(order)])
    rows = tuple(
        (clean(one.name), tongue.state(one.state), clean(tongue.of(one.why)))
        for one in sorted(report.health, key=lambda one: (not one.bad, one.name))
    )
    bad = sum(one.bad for one in report.health)
    unread = all(one.state in {"new", "closed"} for one in report.health)
    key = "sources_unread" if unread else "sources_words" if bad else "sources_well"
    words = tongue.say(key, unwell=Count("unwell", bad), all=tongue.number(len(report.health)))
    columns = tuple(map(tongue.say, ("source", "state", "why_so")))
    table = Table(tongue.say("sources_table"), columns, rows)
    return Picture(tongue.say("sources_title"), _svg(chart, tongue.say("sources_drawn")), words, table)


def _chart(kind: str, tongue: Tongue, drawn: bool, **more: Any) -> Any:
    """A chart in the page's own colours; None where there is nothing to draw."""
    if not drawn:
        return None
    import pygal  # noqa: PLC0415 (only a report draws)
    from pygal.style import Style  # noqa: PLC0415

    style = Style(
        background="transparent", plot_background="transparent", foreground="#6b7280", foreground_strong="#6b7280",
        foreground_subtle="#9ca3af", opacity="1", guide_stroke_color="#9ca3af", major_guide_stroke_color="#9ca3af",
        opacity_hover="1", colors=COLOURS,
        font_family="system-ui, sans-serif", label_font_size=12, major_label_font_size=12, legend_font_size=13,
    )  # fmt: skip
    width, height = 900, 420
    return getattr(pygal, kind)(
        style=style, js=[], width=width, height=height, legend_at_bottom=True, legend_at_bottom_columns=3,
        truncate_legend=-1, no_data_text="",
        value_formatter=lambda value: tongue.number(int(value)) if value == int(value) else "",  # articles are whole
        **more,
    )  # fmt: skip


def _add(chart: Any, label: str, values: Sequence[object]) -> None:
    if chart is not None:
        chart.add(label, list(values))


def _svg(chart: Any, label: str) -> str:
    """The drawing as it stands in the page: named for screen readers, the same each time."""
    if chart is None:
        return ""
    from lxml import etree  # noqa: PLC0415 (with pygal)

    chart.uuid = type(chart).__name__.lower()
    root = chart.render_tree()
    for comment in root.xpath("//comment()"):
        comment.getparent().remove(comment)
    etree.strip_elements(root, "{*}script", "{*}title", "{*}desc", with_tail=False)  # what only a script shows
    root.set("role", "img")
    root.set("aria-label", label)
    return str(etree.tostring(root, encoding="unicode"))


def _every(first: date, last: date) -> list[date]:
    months = [first]
    while months[-1] < last:
        year, month = divmod(months[-1].year * 12 + months[-1].month, 12)
        months.append(date(year, month + 1, 1))
    return months


def _titled(row: Mapping[str, Any], tongue: Tongue) -> tuple[str, str]:
    """An article's title and its address, where that is one of the web."""
    url = str(row["url"])
    return clean(row["title"]) or tongue.say("untitled"), url if url.startswith(("https://", "http://")) else ""
