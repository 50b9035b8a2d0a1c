"""query: the named questions, and the user's own SQL."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING

import typer

from pipeline.commands.common import Options, options, print_rows, write
from pipeline.records import MistakeError

if TYPE_CHECKING:
    from pipeline.questions import Query

FORMATS = ("table", "json", "csv", "parquet")
GRACE = 2.0  # seconds in which the engine may end a query by itself


def register(app: typer.Typer) -> None:
    app.command(rich_help_panel="Ask")(query)


def query(
    context: typer.Context,
    name: str | None = typer.Argument(None, metavar="[NAME]", help="A named query; without it, all are listed."),
    parameter: list[str] | None = typer.Option(None, "-p", "--parameter", metavar="K=V", help="One of its parameters."),
    sql: str | None = typer.Option(None, "--sql", metavar="TEXT", help="Your own SQL; « - » reads standard input."),
    format: str = typer.Option("table", help=f"One of: {', '.join(FORMATS)}."),  # noqa: A002 (the option's name)
    output: Path | None = typer.Option(None, "-o", "--output", help="Write to this file instead of the terminal."),
    seconds: float = typer.Option(60.0, min=0.1, help="How long it may take."),
) -> None:
    """Ask the database: list the named queries, run one, or run your own SQL. Nothing can be changed by it."""
    from pipeline.ask import Bounds, ask, export
    from pipeline.questions import load_queries
    from pipeline.telling.tables import to_csv, to_json

    at = options(context)
    if format not in FORMATS:
        raise MistakeError(f"--format « {format} » is not one of {', '.join(FORMATS)}")
    if format == "parquet" and output is None:
        raise MistakeError("--format parquet writes a file: say which, with -o FILE.parquet")
    given = _pairs(parameter or ())
    if sql is None:
        faults: list[str] = []
        queries = load_queries([at.path / "queries"], faults.append)
        for fault in faults:
            print(f"vigie: {fault}", file=sys.stderr)
        if name is None:
            _list(queries.values())
            return
        values = _named(queries, name).values(given)
        _check_topics(queries[name], given, at)
        asked = queries[name].sql
    elif name is not None:
        raise MistakeError(f"give a name ({name}) or --sql, not both")
    else:
        asked, values = (sys.stdin.read() if sql == "-" else sql), dict(given)
    database = at.here / "vigie.duckdb"
    with _bound(seconds):
        if format == "parquet" and output is not None:
            export(database, asked, output, values, Bounds(seconds))
            return
        answer = ask(database, asked, values, Bounds(seconds))
    if output:
        text = to_json(answer.columns, answer.rows) if format == "json" else to_csv(answer.columns, answer.rows)
        write(output, text.encode())
        return
    print_rows(answer.columns, answer.rows, format)


@contextmanager
def _bound(seconds: float) -> Iterator[None]:
    """The end of this process, said in one line, where the engine does not listen to its clock: within one call of a
    function, say."""

    def end() -> None:
        print(f"vigie: the query takes more than {seconds:g} s; ask for less at once", file=sys.stderr, flush=True)
        os._exit(2)

    clock = Timer(seconds + GRACE, end)
    clock.daemon = True
    clock.start()
    try:
        yield
    finally:
        clock.cancel()


def _pairs(given: Iterable[str]) -> dict[str, str]:
    pairs = {}
    for pair in given:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise MistakeError(f"-p « {pair} »: write it -p topic=briefcam")
        pairs[key.lstrip("$")] = value
    return pairs


def _check_topics(asked: Query, given: Mapping[str, str], at: Options) -> None:
    """An unknown topic would give an empty answer. Raises MistakeError."""
    from difflib import get_close_matches

    for parameter in asked.parameters:
        topic = given.get(parameter.name, "")
        if topic and parameter.help.startswith("a topic's key") and topic not in at.rules.topics:
            near = get_close_matches(topic, at.rules.topics, 1)
            hint = f", did you mean « {near[0]} »?" if near else ";"
            raise MistakeError(f"{asked.name}: {parameter.name}: no topic « {topic} »{hint} `vigie rules` lists them")


def _named(queries: Mapping[str, Query], name: str) -> Query:
    from difflib import get_close_matches

    if name not in queries:
        near = get_close_matches(name, queries, 1)
        hint = f", did you mean « {near[0]} »?" if near else ";"
        raise MistakeError(f"no query « {name} »{hint} `vigie query` lists them")
    return queries[name]


def _list(queries: Iterable[Query]) -> None:
    """Each query with its help and its parameters, as the head of its file says them."""
    for one in queries:
        print(f"{one.name}\n  {one.help}")
        for parameter in one.parameters:
            print(f"  -p {parameter.name}={parameter.default or '…'}  {parameter.help}")
    print("\nRun one: vigie query NAME -p k=v. Your own: a file in the home's queries/ folder, or --sql TEXT.")
