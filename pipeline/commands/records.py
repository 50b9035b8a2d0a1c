"""search, show, report, rebuild: what is in the database."""

from __future__ import annotations

import itertools
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from pipeline.commands.common import (
    BUSY,
    LANGUAGE,
    alone,
    bar,
    cell_text,
    count,
    day,
    now,
    options,
    plain,
    print_rows,
    write,
)
from pipeline.records import MistakeError

if TYPE_CHECKING:
    from pipeline.digest import Change
    from pipeline.search import Found
    from pipeline.store import Store

PANEL = "Ask"


def register(app: typer.Typer) -> None:
    app.command(rich_help_panel=PANEL)(search)
    app.command(rich_help_panel=PANEL)(show)
    app.command(rich_help_panel=PANEL)(report)
    app.command(rich_help_panel="Care")(rebuild)


def search(
    context: typer.Context,
    words: list[str] = typer.Argument(
        ..., help="Words that must all be there; several words in one argument are a phrase; AND, OR, NOT, (…), word*."
    ),
    area: str | None = typer.Option(None, help="Only sources of this commune or département (INSEE code)."),
    since: str | None = typer.Option(None, help="Published since this day (2024-11-21) or month (2024-11)."),
    limit: int = typer.Option(20, min=1, help="How many articles to show."),
    format: str = typer.Option("text", help="text, json or csv."),  # noqa: A002 (the option's name)
) -> None:
    """Find articles by their words, the best first: accents, capitals, hyphens and kinds of blanks do not count."""
    from dataclasses import asdict

    from pipeline.search import find, index_at
    from pipeline.store import reading

    at = options(context)
    if format not in {"text", "json", "csv"}:
        raise MistakeError(f"--format « {format} » is not one of text, json, csv")
    with reading(at.here / "vigie.duckdb") as store:
        chosen = _around(store, area) if area else None
        with bar("Index") as show_progress, index_at(store, at.path / "search.sqlite", show_progress) as index:
            total, found = find(store, index, words, sources=chosen, since=day(since, "--since"), limit=limit)
        among = "" if total else _among(store)
    if format == "text":
        _print_found(total, found, among)
    else:
        rows = [asdict(one) for one in found]
        columns = list(rows[0]) if rows else ["article_id"]
        print_rows(columns, [tuple(row.values()) for row in rows], format)


def show(
    context: typer.Context,
    article: str = typer.Argument(..., metavar="ID"),
    diff: bool = typer.Option(False, "--diff", help="Only what changed from version to version, word by word."),
) -> None:
    """One article with its mentions marked, its versions, and all that its addresses answered."""
    from pipeline.proof.pack import CAPTURES
    from pipeline.store import reading
    from pipeline.telling.gather import removals

    with reading(options(context).here / "vigie.duckdb") as store:
        rows = store.select("SELECT * FROM latest WHERE starts_with(article_id, $id) LIMIT 2", {"id": article}).dicts()
        if len(rows) > 1:
            raise MistakeError(f"several articles have an id that begins with « {article} »; write more of it")
        if not rows:
            raise MistakeError(f"no article « {article} »; `vigie search` and `vigie digest` show their ids")
        found = rows[0]
        key = {"id": found["article_id"]}
        mentions = store.select(
            "SELECT topic, surface, field, start, rule, edits, version FROM mentions WHERE article_id = $id"
            " ORDER BY version, field = 'text', start",
            key,
        ).dicts()
        versions = store.select(
            "SELECT v.* REPLACE (coalesce(v.text, a.text) AS text)"
            " FROM versions v JOIN articles a ON a.id = v.article_id"
            " WHERE v.article_id = $id ORDER BY v.seen_at, v.capture_id",
            key,
        ).dicts()
        captures = store.select(CAPTURES, key).dicts()
        removal = next(iter(removals(store, [found["article_id"]], now())), None)
    if diff:
        _print_changes(versions)
    else:
        _print_article(found, mentions, removal)
        _print_seen(versions, captures)


def _print_article(found: dict[str, Any], mentions: list[dict[str, Any]], removal: Change | None) -> None:
    """The newest version, and whether it is gone."""
    from pipeline.digest import clean, marked
    from pipeline.telling.layout import gone

    standing = [mention for mention in mentions if mention["version"] == found["version"]]
    print(clean(found["title"]))
    for name in ("article_id", "source", "authors", "published_at", "published_from", "first_seen_at", "access"):
        print(f"  {name}: {clean(cell_text(found[name]))}")
    if removal:
        print(f"  removed: {gone('en', removal)}")
    print(f"  url: {clean(found['url'])}\n  canonical_url: {clean(found['canonical_url'])}")
    surfaces = [mention["surface"] for mention in standing]
    for paragraph in found["text"].splitlines():
        print(f"\n{marked(clean(paragraph), surfaces, *_marks())}")
    print(f"\n{count(len(standing), 'mention')}:")
    for mention in standing:
        print(f"  {mention['topic']} « {clean(mention['surface'])} » ({mention['field']} {mention['start']})")


def _print_seen(versions: list[dict[str, Any]], captures: list[dict[str, Any]]) -> None:
    """Each version when it was seen, and each answer."""
    from pipeline.digest import clean

    print(f"\n{count(len(versions), 'version')}:")
    for version in versions:
        print(f"  {cell_text(version['seen_at'])} {version['version']} {version['access']} {clean(version['title'])}")
    print(f"\n{count(len(captures), 'capture')}:")
    for capture in captures:
        print(f"  {cell_text(capture['fetched_at'])} HTTP {capture['status']} {capture['file']}:{capture['offset']}")
        print(f"    sha256 {capture['payload_sha256']}")


def _print_changes(versions: list[dict[str, Any]]) -> None:
    """What each version took away, [-so-], and what it added, {+so+}; in colours on a terminal."""
    from pipeline.changes import Piece, diff, marked
    from pipeline.digest import clean

    def in_colour(piece: Piece) -> str:
        colour = {"removed": "\x1b[31m", "added": "\x1b[32m"}[piece.change]
        return "\n".join(f"{colour}{line}\x1b[0m" for line in marked(piece).splitlines())

    def words(version: dict[str, Any]) -> str:
        return "\n".join(map(clean, [version["title"], *version["text"].splitlines()]))

    for old, new in itertools.pairwise(versions):
        print(f"{cell_text(old['seen_at'])} {old['version']} → {cell_text(new['seen_at'])} {new['version']}")
        for name in ("access", "published_at"):
            if old[name] != new[name]:
                print(f"  {name}: {cell_text(old[name])} → {cell_text(new[name])}")
        print(diff(words(old), words(new), mark=in_colour if sys.stdout.isatty() else None) or "  (no word changed)")
        print()
    print(count(len(versions), "version"))


def report(
    context: typer.Context,
    output: Path = typer.Option(Path("report.html"), "-o", "--output", help="The page."),
    topic: list[str] | None = typer.Option(None, help="Only this topic; repeatable. By default those of all watches."),
    language: str | None = LANGUAGE,
) -> None:
    """Write a page of pictures: what was written by month, topic and place, and how the sources are."""
    from pipeline.areas import place_name
    from pipeline.checkup import checkup
    from pipeline.store import reading
    from pipeline.telling.report import gather_report, to_html

    at = options(context)
    labels, watches, tongue = at.rules.topics, at.home.watches, at.tongue(language)
    if unknown := [one for one in topic or () if one not in labels]:
        raise MistakeError(f"no topic « {unknown[0]} »; `vigie rules` lists them")
    wanted = topic or [one for watch in watches for one in (*watch.topics, *watch.all)]
    watched = {source.key for watch in watches for source in at.followed(watch)}
    with reading(at.home.database) as store:
        health = checkup(store, now(), watched)
    told = gather_report(at.home.database, {one: labels[one] for one in dict.fromkeys(wanted)}, health, now())
    write(output, to_html(told, place_name, tongue.language).encode())
    print(f"{output}: open it in a browser")


def rebuild(
    context: typer.Context,
    anyway: bool = typer.Option(False, "--anyway", help="Do without the archive files that are gone."),
) -> None:
    """Make the database anew from the archive, and the index of `vigie search` with it."""
    from pipeline.ingest import rebuild as anew
    from pipeline.publish import BusyError
    from pipeline.search import bring_up_to_date, forget
    from pipeline.store import reading

    at = options(context)
    archive, database = at.standing.archive, at.standing.database
    with alone(at):
        with bar("Rebuild") as show_progress:
            try:
                kept: Any = anew(archive, database, at.ingest_with(show_progress), at.ledger(), anyway=anyway)
            except BusyError as busy:
                print(f"vigie: {busy}", file=sys.stderr)
                raise typer.Exit(BUSY) from None
        forget(at.home.search)
        with bar("Index") as show_progress, reading(database) as store:
            bring_up_to_date(store, at.home.search, show_progress)
    print(json.dumps(plain(kept._asdict())))


def _around(store: Store, area: str) -> list[str]:
    """The sources whose news may be news of a place."""
    from pipeline.areas import covers, is_area

    if not is_area(area):
        raise MistakeError(f"--area « {area} » is no INSEE code of a commune (59350) or département (59)")
    rows = store.select("SELECT key, area FROM sources").rows
    return [key for key, places in rows if any(covers(place, area) for place in places)]


def _among(store: Store) -> str:
    """Among what nothing was found: who reads « 0 articles » must know how much was read."""
    articles, sources = store.select("SELECT count(*), count(DISTINCT source) FROM articles").rows[0]
    if not articles:
        return ": no source was read yet; `vigie health` says why"
    return f", among {count(articles, 'article')} of {count(sources, 'source')}"


def _print_found(total: int, found: list[Found], among: str) -> None:
    from pipeline.digest import clean, marked
    from pipeline.french import date_line, quoted

    for one in found:
        when = date_line(one.published_at) if one.published_at else "date inconnue"
        gone = "" if one.still_there else " · n'est plus dans la version actuelle"
        print(f"• {clean(one.title) or '(sans titre)'}\n  {clean(one.source)} · {when}{gone}")
        print(f"  {quoted(marked(clean(one.sentence), one.surfaces, *_marks()))}")
        print(f"  {clean(one.url)}\n  vigie show {one.article_id}\n")
    print(
        f"{count(total, 'article')}{f', the first {len(found)} shown' if total > len(found) else among}",
        file=sys.stderr,
    )


def _marks() -> tuple[str, str]:
    return ("\x1b[1m", "\x1b[0m") if sys.stdout.isatty() else ("*", "*")
