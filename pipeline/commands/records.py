"""query, show, search, rebuild: what is in the database."""

from __future__ import annotations

import json
from typing import Any

import typer

from pipeline.commands.common import bar, cell_text, options, plain
from pipeline.records import MistakeError

PANEL = "Look inside"


def register(app: typer.Typer) -> None:
    app.command(rich_help_panel=PANEL)(show)
    app.command(rich_help_panel="Care")(rebuild)


def show(context: typer.Context, article: str = typer.Argument(..., metavar="ID")) -> None:
    """One article with its mentions marked, its versions and captures."""
    from pipeline.digest import clean, marked
    from pipeline.store import reading

    with reading(options(context).home.database) as store:
        rows = store.select("SELECT * FROM latest WHERE article_id LIKE $id || '%' LIMIT 2", {"id": article}).dicts()
        if len(rows) != 1:
            raise MistakeError(f"no article « {article} »; `vigie query` and `vigie digest` show their ids")
        found = rows[0]
        key = {"id": found["article_id"]}
        mentions = store.select("SELECT * FROM mentions WHERE article_id = $id ORDER BY start", key).dicts()
        captures = store.select("SELECT * FROM captures WHERE article_id = $id ORDER BY fetched_at", key).dicts()
    print(clean(found["title"]))
    for name in ("source", "authors", "published_at", "published_from", "access", "canonical_url"):
        print(f"  {name}: {clean(cell_text(found[name]))}")
    surfaces = [mention["surface"] for mention in mentions]
    for paragraph in found["text"].splitlines():
        print(f"\n{marked(clean(paragraph), surfaces, '*', '*')}")
    print(f"\n{len(mentions)} mentions:")
    for mention in mentions:
        print(f"  {mention['topic']} « {clean(mention['surface'])} » ({mention['field']} {mention['start']})")
    print(f"\n{len(captures)} captures:")
    for capture in captures:
        print(f"  {cell_text(capture['fetched_at'])} HTTP {capture['status']} {capture['file']}:{capture['offset']}")
        print(f"    sha256 {capture['payload_sha256']}")


def rebuild(context: typer.Context) -> None:
    """Make the database anew from the archive."""
    from pipeline.ingest import rebuild as anew

    at = options(context)
    with bar("Rebuild") as show_progress:
        kept: Any = anew(at.home.archive, at.home.database, at.ingest_with(show_progress), at.ledger())
    print(json.dumps(plain(kept._asdict())))
