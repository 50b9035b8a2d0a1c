"""run, crawl, ingest, digest, demo: what cron does."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from pipeline.commands.common import BUSY, Options, bar, day, now, options
from pipeline.records import MistakeError, Run, Source

if TYPE_CHECKING:
    from pipeline.home import Watch

PANEL = "Every day"
FORMATS = ("text", "json")


def register(app: typer.Typer) -> None:
    app.command(rich_help_panel=PANEL)(run)
    app.command(rich_help_panel=PANEL)(crawl)
    app.command(rich_help_panel=PANEL)(ingest)
    app.command(rich_help_panel=PANEL)(digest)
    app.command(rich_help_panel="First steps")(demo)


def run(context: typer.Context) -> None:
    """Crawl, ingest, and tell each watch what is new: the cron line.

    Exit 0 when all is well, 1 when something needs a person, 2 for a mistake, 75 to try later.
    """
    at = options(context)
    runs = _crawl(at, _watched(at))
    _ingest(at)
    for watch in at.home.watches:
        _tell(at, watch, since=None, until=None, shape="text", peek=False)
    if runs and all(run.outcome == "unreachable" for run in runs):
        print("vigie: no source could be reached; is this machine online?", file=sys.stderr)
        raise typer.Exit(BUSY)


def crawl(
    context: typer.Context,
    keys: list[str] | None = typer.Argument(None, metavar="[KEY…]", help="Sources; all watched ones by default."),
    kind: str | None = typer.Option(None, help="Only sources of this kind."),
    area: str | None = typer.Option(None, help="Only sources of this commune or département (INSEE code)."),
) -> None:
    """Fetch what is new into the archive."""
    from crawler.sources import select

    at = options(context)
    chosen = select(at.sources, keys or (), kind, area) if keys or kind or area else _watched(at)
    for one in _crawl(at, chosen):
        print(_run_line(one))


def ingest(
    context: typer.Context,
    warcs: list[Path] | None = typer.Argument(None, metavar="[WARC…]", help="Anyone's WARC files; they are copied in."),
) -> None:
    """Read the home's new captures, or anyone's WARC files, into the database."""
    from pipeline.ingest import adopt

    at = options(context)
    for warc in warcs or ():
        if not warc.is_file():
            raise MistakeError(f"{warc}: no such file")
        adopt(warc, at.home.archive)
    kept = _ingest(at)
    print(
        f"{kept.captures} captures, {kept.articles} new articles, {kept.versions} versions,"
        f" {kept.mentions} mentions, {kept.failures} failures"
    )


def digest(
    context: typer.Context,
    watch: str | None = typer.Option(None, help="Which watch; the only one by default."),
    since: str | None = typer.Option(None, help="All that was first seen since this day, told before or not."),
    as_of: str | None = typer.Option(None, help="As it was at the end of this day."),
    format: str = typer.Option("text", help=f"One of: {', '.join(FORMATS)}."),  # noqa: A002 (the option's name)
    peek: bool = typer.Option(False, "--peek", help="Announce nothing: the next digest says it again."),
) -> None:
    """Say what is new since the last digest, and what could not be seen."""
    at = options(context)
    if format not in FORMATS:
        raise MistakeError(f"--format « {format} » is not one of {', '.join(FORMATS)}")
    _tell(at, at.home.watch(watch), since=since, until=as_of, shape=format, peek=peek)


def demo(
    context: typer.Context,
    folder: Path = typer.Option(Path("demo-home"), "--into", help="The home that the demo makes."),
) -> None:
    """The whole chain on a small bundled web, on this machine alone: crawl, archive, extract, tag, digest."""
    from pipeline.demo import open_demo

    with open_demo(folder):
        at = Options(str(folder))
        _crawl(at, _watched(at), loopback=True)
        _ingest(at)
        for watch in at.home.watches:
            _tell(at, watch, since=None, until=None, shape="text", peek=False)
    print(f"The home is in {folder}. Go on with: vigie --home {folder} query", file=sys.stderr)


def _watched(at: Options) -> list[Source]:
    """The sources of all watches, and the user's own."""
    found = {source.key: source for watch in at.home.watches for source in at.followed(watch)}
    return list(found.values())


def _crawl(at: Options, sources: list[Source], *, loopback: bool = False) -> list[Run]:
    """Crawl the sources that are open; the ledger's rows of this crawl."""
    from crawler.crawl import crawl
    from crawler.plan import Plan, new_run_id

    begun = now()
    opened = tuple(source for source in sources if not source.closed)
    plan = Plan(opened, at.path, at.home.contact, new_run_id(begun), loopback=loopback)
    with bar("Crawl") as show:
        counts: dict[str, tuple[int, int]] = {}

        def progress(tally: Any) -> None:
            counts[tally.source] = (tally.asked - tally.waiting, tally.asked)
            show(sum(done for done, _ in counts.values()), sum(asked for _, asked in counts.values()))

        errors = crawl(plan, progress)
    if errors:
        print(f"vigie: {errors} internal errors, see {at.path / 'crawl.log'}", file=sys.stderr)
    return [run for run in at.ledger().runs if run.run_id == plan.run_id]


def _ingest(at: Options) -> Any:
    from pipeline.ingest import ingest
    from pipeline.publish import BusyError

    with bar("Ingest") as show:
        try:
            return ingest(at.home.archive, at.home.database, at.ingest_with(show), at.ledger())
        except BusyError as busy:
            print(f"vigie: {busy}", file=sys.stderr)
            raise typer.Exit(BUSY) from None


def _tell(at: Options, watch: Watch, *, since: str | None, until: str | None, shape: str, peek: bool) -> None:
    from pipeline import digest as rendering
    from pipeline.gather import TERMINAL, announced, gather
    from pipeline.ingest import ANNOUNCED_KEY
    from pipeline.store import reading, writing

    keys = [source.key for source in at.followed(watch)]
    with reading(at.home.database) as store:
        told = gather(store, watch, keys, at.rules.topics, day(until, "--as-of") or now(), since=day(since, "--since"))
    if shape == "json":
        print(rendering.to_json(told), end="")
    else:
        bold = ("\x1b[1m", "\x1b[0m") if sys.stdout.isatty() else ("*", "*")
        print(rendering.text(told, mark=bold), end="")
    if not peek and since is None and until is None and told.matches:
        sys.stdout.flush()
        with writing(at.home.database) as store:
            store.insert("announced", announced(told, TERMINAL, ""), ANNOUNCED_KEY)


def _run_line(run: Run) -> str:
    """One source's crawl in one line, for a log."""
    said = (
        f"{run.source}: {run.outcome}, {run.entries} entries, {run.new_pages} new pages, {run.not_modified} unchanged"
    )
    more = [f"{n} {word}" for n, word in ((run.refusals, "refusals"), (run.errors, "errors"), (run.left, "left")) if n]
    return ", ".join([said, *more])
