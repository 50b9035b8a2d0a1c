"""run, crawl, ingest, digest, demo: what cron does."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from pipeline.commands.common import BUSY, Options, bar, day, now, on_terminal, options
from pipeline.records import MistakeError, Run, Source

if TYPE_CHECKING:
    from pipeline.journal import Journal, Waiting
    from pipeline.store import Store
    from pipeline.tell import Fault

PANEL = "Every day"
FORMATS = ("text", "markdown", "html", "json", "csv", "atom")
NEEDS_A_PERSON = 1


def register(app: typer.Typer) -> None:
    app.command(rich_help_panel=PANEL)(run)
    app.command(rich_help_panel=PANEL)(crawl)
    app.command(rich_help_panel=PANEL)(ingest)
    app.command(rich_help_panel=PANEL)(digest)
    app.command(rich_help_panel="First steps")(demo)


def run(
    context: typer.Context,
    quiet: bool = typer.Option(False, "--quiet", "-q", help="Print nothing when all is well: for cron."),
) -> None:
    """Crawl, ingest, and tell each watch what is new: the cron line.

    Exit 0 when all is well, 1 when something needs a person (said in one line), 2 for a mistake, 75 to try later.
    """
    at = options(context)
    with _alone(at):
        runs, errors = _crawl(at, _watched(at))
        if not quiet and not on_terminal():
            for one in runs:
                print(_run_line(one))
        _ingest(at)
        faults = _tell_all(at, quiet)
    for fault in faults:
        print(f"vigie: {fault}", file=sys.stderr)
    if errors or any(not fault.passing for fault in faults):
        raise typer.Exit(NEEDS_A_PERSON)
    if faults:
        raise typer.Exit(BUSY)
    if runs and all(one.outcome == "unreachable" for one in runs):
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
    runs, errors = _crawl(at, chosen)
    for one in runs:
        print(_run_line(one))
    if errors:
        raise typer.Exit(NEEDS_A_PERSON)


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
    as_of: str | None = typer.Option(None, help="The digest of this day, as it was told, whatever came later."),
    format: str = typer.Option("text", help=f"One of: {', '.join(FORMATS)}."),  # noqa: A002 (the option's name)
    peek: bool = typer.Option(False, "--peek", help="Announce nothing: the next digest says it again."),
) -> None:
    """Say what is new since the last digest, and what could not be seen."""
    from pipeline.gather import gather
    from pipeline.journal import journal_at
    from pipeline.store import reading
    from pipeline.tell import TERMINAL, mirror, tell
    from pipeline.tell import as_of as of_day

    at = options(context)
    if format not in FORMATS:
        raise MistakeError(f"--format « {format} » is not one of {', '.join(FORMATS)}")
    if since and as_of:
        raise MistakeError("--since and --as-of do not go together: say one")
    one = at.home.watch(watch)
    keys, labels = [source.key for source in at.followed(one)], at.rules.topics
    start, first = day(as_of, "--as-of"), day(since, "--since")
    with reading(at.home.database) as store, journal_at(at.home.told) as journal:
        if start:
            end = min(start + timedelta(days=1), now())
            _print(of_day(store, journal, one, keys, labels, start, end), format)
        elif first or peek:
            _print(gather(store, one, keys, labels, now(), journal.told(one.key, TERMINAL), first), format)
        else:
            with _one_teller(at, store, journal):
                here = replace(one, to=(), rhythm="run")
                tell(store, journal, here, keys, labels, now(), lambda _, waiting: _print(waiting.digest, format))
                mirror(journal, at.home.database)


def demo(
    context: typer.Context,
    folder: Path = typer.Option(Path("demo-home"), "--into", help="The home that the demo makes."),
) -> None:
    """The whole chain on a small bundled web, on this machine alone: crawl, archive, extract, tag, digest."""
    from pipeline.demo import open_demo

    with open_demo(folder):
        at = Options(str(folder))
        with _alone(at):
            _crawl(at, _watched(at), loopback=True)
            _ingest(at)
            faults = _tell_all(at, quiet=False)
    for fault in faults:
        print(f"vigie: {fault}", file=sys.stderr)
    print(f"The home is in {folder}. Go on with: vigie --home {folder} query", file=sys.stderr)


def _watched(at: Options) -> list[Source]:
    """The sources of all watches, and the user's own."""
    found = {source.key: source for watch in at.home.watches for source in at.followed(watch)}
    return list(found.values())


def _crawl(at: Options, sources: list[Source], *, loopback: bool = False) -> tuple[list[Run], int]:
    """Crawl the sources that are open; the ledger's rows of this crawl, and how many faults of ours there were."""
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
    return [run for run in at.ledger().runs if run.run_id == plan.run_id], errors


def _ingest(at: Options) -> Any:
    from pipeline.ingest import ingest
    from pipeline.publish import BusyError

    with bar("Ingest") as show:
        try:
            return ingest(at.home.archive, at.home.database, at.ingest_with(show), at.ledger())
        except BusyError as busy:
            print(f"vigie: {busy}", file=sys.stderr)
            raise typer.Exit(BUSY) from None


def _tell_all(at: Options, quiet: bool) -> list[Fault]:
    """Tell every watch through its channels. `quiet`: on the terminal, only what tells something."""
    import os

    from pipeline.deliver import Post, deliver, read_secrets
    from pipeline.journal import journal_at
    from pipeline.store import reading
    from pipeline.tell import TERMINAL, mirror, tell

    post = Post(at.path, at.home.mail, read_secrets(at.path, os.environ))

    def send(channel: str, waiting: Waiting) -> None:
        if channel != TERMINAL:
            deliver(channel, waiting.id, waiting.digest, post)
        elif not quiet or waiting.digest.events:
            _print(waiting.digest, "text")

    faults = []
    with (
        reading(at.home.database) as store,
        journal_at(at.home.told) as journal,
        _one_teller(at, store, journal),
    ):
        for watch in at.home.watches:
            keys = [source.key for source in at.followed(watch)]
            faults += tell(store, journal, watch, keys, at.rules.topics, now(), send)
        mirror(journal, at.home.database)
    return faults


@contextmanager
def _one_teller(at: Options, store: Store, journal: Journal) -> Iterator[None]:
    """Nobody else tells meanwhile, so that nothing is told twice; a lost journal is taken over from the database."""
    from pipeline.publish import BusyError, only_writer

    try:
        with only_writer(at.home.told):
            if journal.is_new:
                journal.adopt(store.select("FROM announced").dicts())
            yield
    except BusyError as busy:
        print(f"vigie: {busy}", file=sys.stderr)
        raise typer.Exit(BUSY) from None


@contextmanager
def _alone(at: Options) -> Iterator[None]:
    """One run at a time in a home."""
    from pipeline.publish import BusyError, only_writer

    at.path.mkdir(parents=True, exist_ok=True)
    lock = only_writer(at.path / "run")
    try:
        lock.__enter__()
    except BusyError:
        print(f"vigie: another run is at work in {at.path}; try again when it has ended", file=sys.stderr)
        raise typer.Exit(BUSY) from None
    try:
        yield
    finally:
        lock.__exit__(None, None, None)


def _print(told: Any, shape: str) -> None:
    """A digest on standard output; on a terminal, the words that were found in bold."""
    from pipeline.render import FORMATS, to_text

    if shape == "text" and sys.stdout.isatty():
        import shutil

        said = to_text(told, ("\x1b[1m", "\x1b[0m"), min(100, shutil.get_terminal_size().columns))
    else:
        said = FORMATS[shape](told)
    sys.stdout.write(said)
    sys.stdout.flush()


def _run_line(run: Run) -> str:
    """One source's crawl in one line, for a log."""
    said = (
        f"{run.source}: {run.outcome}, {run.entries} entries, {run.new_pages} new pages, {run.not_modified} unchanged"
    )
    more = [f"{n} {word}" for n, word in ((run.refusals, "refusals"), (run.errors, "errors"), (run.left, "left")) if n]
    return ", ".join([said, *more])
