"""sources, health: what is watched, and how it is."""

from __future__ import annotations

import json

import typer

from pipeline.commands.common import options, table

sources = typer.Typer(help="The catalogue of what is watched.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.add_typer(sources, name="sources", rich_help_panel="Sources")


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
