"""sources, health: what is watched, and how it is."""

from __future__ import annotations

import json
from dataclasses import asdict

import typer

from pipeline.commands.common import day, now, options, plain, table

sources = typer.Typer(help="The catalogue of what is watched.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.add_typer(sources, name="sources", rich_help_panel="Sources")
    app.command(rich_help_panel="Sources")(health)


@sources.command("list")
def list_sources(
    context: typer.Context,
    kind: str | None = typer.Option(None, help="Only sources of this kind."),
    area: str | None = typer.Option(None, help="Only sources of this commune or département (INSEE code)."),
    format: str = typer.Option("table", help="table, json or map."),  # noqa: A002 (the option's name)
) -> None:
    """Every declared source; as a table, JSON, or a map of what covers each département."""
    from crawler.coverage import coverage_map, rows
    from crawler.sources import select

    chosen = select(options(context).sources, (), kind, area)
    if format == "json":
        print(json.dumps(rows(chosen), ensure_ascii=False, indent=2))
    elif format == "map":
        print(coverage_map(chosen))
    else:
        found = rows(chosen)
        columns = [name for name in ("key", "name", "kind", "area", "doors", "closed") if not found or name in found[0]]
        table(columns, ([row[name] for name in columns] for row in found))


def health(
    context: typer.Context,
    keys: list[str] | None = typer.Argument(None, metavar="[KEY…]", help="Sources; all watched ones by default."),
    every: bool = typer.Option(False, "--all", help="Those that are well, too."),
    as_of: str | None = typer.Option(None, help="As it was on this day."),
    format: str = typer.Option("table", help="table or json."),  # noqa: A002 (the option's name)
) -> None:
    """Which sources are well, quiet, silent, broken, refused or gone. Exit 1 when one of them is not well."""
    from pipeline.checkup import checkup
    from pipeline.health import WORDS
    from pipeline.store import reading

    at = options(context)
    watched = keys or [source.key for watch in at.home.watches for source in at.followed(watch)]
    with reading(at.home.database) as store:
        found = checkup(store, day(as_of, "--as-of") or now(), set(watched))
    shown = [one for one in found if every or keys or one.state not in {"well", "closed"}]
    if format == "json":
        print(json.dumps([plain(asdict(one)) | {"bad": one.bad} for one in shown], ensure_ascii=False, indent=2))
    else:
        table(("source", "état", "pourquoi"), ((one.source, WORDS[one.state], one.why) for one in shown))
        well = sum(one.state in {"well", "quiet"} for one in found)
        print(f"{well} / {len(found)} : rien à signaler")
    raise typer.Exit(1 if any(one.bad for one in found) else 0)
