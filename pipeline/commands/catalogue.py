"""sources, health: what is watched, and how it is."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

import typer

from pipeline.commands.common import LANGUAGE, day, now, options, plain, table
from pipeline.french import PARIS
from pipeline.records import Capture, MistakeError, Source
from pipeline.telling.tongue import Count

if TYPE_CHECKING:
    from crawler.discover import Tried
    from pipeline.health import Health
    from pipeline.telling.tongue import Tongue

sources = typer.Typer(help="The catalogue of what is watched.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.add_typer(sources, name="sources", rich_help_panel="Sources")
    app.command(rich_help_panel="Sources")(health)


@sources.command("list")
def list_sources(
    context: typer.Context,
    kind: str | None = typer.Option(None, help="Only sources of this kind."),
    area: str | None = typer.Option(None, help="Only sources of this commune or département (name or INSEE code)."),
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


@sources.command()
def check(context: typer.Context, key: str = typer.Argument(..., help="A declared source.")) -> None:
    """Try a declared source: its doors, and a few articles as they would be read. Exit 1 when something is wrong."""
    from crawler.checking import check as try_source
    from crawler.discover import say
    from crawler.sources import select
    from crawler.trial import Trial

    at = options(context)
    source = select(at.sources, [key])[0]
    if source.closed:
        raise MistakeError(f"« {key} » is declared closed: {source.closed}")
    with Trial(at.home.contact) as trial:
        found = try_source(source, trial.look, now())
    _print_tried(found.tried)
    _print_pages(found.pages, source)
    for failure in found.failures:
        print(f"  ! {_shown(failure.url)}: {_shown(say(failure))}")
    if found.unreached:
        print(f"« {key} » could not be reached: is there a network? Try again later", file=sys.stderr)
    elif not found.well:
        print(f"« {key} » cannot be read as it is declared in {source.declared_in}", file=sys.stderr)
    elif found.quiet_since:
        print(f"« {key} » can be read, and is quiet: nothing newer than {_day(found.quiet_since)}", file=sys.stderr)
    if not found.well:
        raise typer.Exit(1)


@sources.command()
def discover(
    context: typer.Context,
    url: str = typer.Argument(..., help="The home page of a site, such as https://www.ville-x.fr"),
    area: list[str] | None = typer.Option(None, help="Commune or département it writes about (name or INSEE code)."),
    kind: str = typer.Option("municipal", help="investigative, regional, municipal, institution or association."),
    add: bool = typer.Option(False, "--add", help="Append the entry to the home's sources.toml."),
) -> None:
    """Find a site's feeds, sitemaps and lists of press releases; try them; print the entry to declare."""
    from crawler.discover import discover as find
    from crawler.discover import sample
    from crawler.proposal import add_to, as_declared, declared_as, home_of, propose, refuse_declared, to_toml
    from crawler.trial import Trial

    at = options(context)
    home = home_of(url)
    wanted = as_declared(kind, area or ())
    if known := declared_as(home, at.sources):
        if add:
            refuse_declared(known)
        print(f"Declared already: {', '.join(known)}; `vigie sources check {known[0]}` tries it", file=sys.stderr)
    with Trial(at.home.contact) as trial:
        survey, answers = find(home, trial.look, now())
        source, entries = propose(survey, home, wanted)
        pages = sample(source, entries, trial.look, answers)
    _print_tried(survey.tried)
    _print_pages(pages, source)
    for lead in survey.leads():
        print(f"? {_shown(lead)}: on another host, not asked: `vigie sources discover {_shown(lead)}` looks there")
    print(f"\n{to_toml(source)}", end="")
    if add:
        path = add_to(at.path / "sources.toml", source, at.sources)
        print(f"\nAdded to {path}", file=sys.stderr)


def _print_tried(tried: Iterable[Tried]) -> None:
    """The doors that were tried, a line each, and the newest entries of those that open."""
    for one in tried:
        print(f"{'-' if one.fault else '+'} {one.kind} {_shown(one.url)}: {_shown(one.said)}")
        for entry in one.entries[:3]:
            print(f"    {_day(entry.hint.published_at)} {_shown(entry.hint.title or entry.url)}")


def _print_pages(captures: Iterable[Capture], source: Source) -> None:
    from pipeline.extract import UnreadableError, extract

    for capture in captures:
        try:
            article = extract(capture, source)
        except UnreadableError as error:
            print(f"  ! {_shown(capture.url)}: {_shown(str(error))}")
            continue
        words = len(article.text.split())
        print(f"  = {_day(article.published_at)} {_shown(article.title)} ({article.access}, {words} words)")


def _shown(words: str) -> str:
    from pipeline.digest import clean

    return clean(words)


def _day(when: datetime | None) -> str:
    return f"{when.astimezone(PARIS):%Y-%m-%d}" if when else "date?     "


def _summed(found: Sequence[Health], tongue: Tongue) -> str:
    """How many are well; where none was read yet, that."""
    well = sum(one.state in {"well", "quiet"} for one in found)
    if all(one.state in {"new", "closed"} for one in found):
        return tongue.say("none_yet")
    return tongue.say("well_of" if well else "none_well", well=Count("fine", well), all=len(found))


def health(
    context: typer.Context,
    keys: list[str] | None = typer.Argument(None, metavar="[KEY…]", help="Sources; all watched ones by default."),
    every: bool = typer.Option(False, "--all", help="Those that are well, too."),
    as_of: str | None = typer.Option(None, help="As it was on this day."),
    format: str = typer.Option("table", help="table or json."),  # noqa: A002 (the option's name)
    language: str | None = LANGUAGE,
) -> None:
    """Which sources are well, quiet, silent, broken, refused or gone. Exit 1 when one of them is not well."""
    from pipeline.checkup import checkup
    from pipeline.health import Pulse, judge
    from pipeline.store import reading

    at = options(context)
    tongue, when = at.tongue(language), day(as_of, "--as-of") or now()
    if unknown := [key for key in keys or () if key not in at.sources]:
        raise MistakeError(f"no source « {unknown[0]} »; `vigie sources list` lists them")
    followed = [source.key for watch in at.home.watches for source in at.followed(watch)]
    chosen = {key: at.sources[key] for key in keys or followed}
    with reading(at.home.database) as store:
        found = checkup(store, when, chosen)
    judged = {one.source for one in found}  # not those that were declared since the database was written
    found += [judge(Pulse(key, one.name, one.closed), when) for key, one in chosen.items() if key not in judged]
    shown = [one for one in found if every or keys or one.state not in {"well", "closed"} or not one.whole]
    if format == "json":
        rows = [plain(asdict(one)) | {"why": tongue.of(one.why), "bad": one.bad} for one in shown]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        columns = [tongue.say(f"column_{name}") for name in ("source", "state", "why")]
        table(columns, ((one.source, tongue.state(one.state), tongue.of(one.why)) for one in shown))
        print(_summed(found, tongue))
    raise typer.Exit(1 if any(one.bad for one in found) else 0)
