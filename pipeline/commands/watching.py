"""run, crawl, ingest, demo: what cron does."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from pipeline.commands.common import BUSY, Options, alone, bar, count, day, now, on_terminal, options
from pipeline.commands.telling import alerted, tell_all
from pipeline.records import MistakeError, Run, Source

if TYPE_CHECKING:
    from pipeline.telling.tongue import Said

PANEL = "Every day"
INGEST_EVERY = 300.0  # seconds of a crawl
NEEDS_A_PERSON = 1
LOG_BYTES = 1_000_000
REMINDED = timedelta(days=30)  # of what a person may well leave as it is


def register(app: typer.Typer) -> None:
    app.command(rich_help_panel=PANEL)(run)
    app.command(rich_help_panel=PANEL)(crawl)
    app.command(rich_help_panel=PANEL)(ingest)
    app.command(rich_help_panel="First steps")(demo)


def run(
    context: typer.Context,
    quiet: bool = typer.Option(False, "--quiet", "-q", help="Print nothing when all is well: for cron."),
    log: Path | None = typer.Option(None, help="Add one line a source, and what went wrong, to this file."),
    alert: bool = typer.Option(False, "--alert", help="Mail what needs a person to the contact, once a day."),
) -> None:
    """Crawl, ingest, and tell each watch what is new: the cron line.

    Exit 0 when all is well, 1 when something needs a person (said in one line), 2 for a mistake, 75 to try later.
    """
    from pipeline.proof.upkeep import upkeep
    from pipeline.telling.tongue import Tongue

    at = options(context)
    if log:
        _log(log, [])  # better known before the crawl
    with alone(at):
        if not (quiet or (at.path / "vigie.toml").exists()):
            print(
                f"vigie: no vigie.toml in {at.path}: this is the built-in watch around Lille; `vigie init` makes yours",
                file=sys.stderr,
            )
        runs, errors = _crawl(at, _watched(at))
        lines = [_run_line(one) for one in runs]
        if not quiet and not on_terminal():
            print("\n".join(lines))
        _ingest(at)
        undone = upkeep(at.home, now())
        faults = tell_all(at, quiet)
        bad = [_internal(at, errors)] if errors else []
        bad += [*_turned(at), *_rules_changed(at), *(fault.said() for fault in faults if not fault.passing)]
        worst = [Tongue("en").of(one) for one in bad]
        later = [*undone, *(str(fault) for fault in faults if fault.passing)]
        if runs and all(one.outcome == "unreachable" for one in runs):
            later.append("no source could be reached; is this machine online?")
        if log:
            _log(log, [*lines, *worst, *later])
        if not (alert and bad and alerted(at, bad)):
            for line in [*worst, *later]:
                print(f"vigie: {line}", file=sys.stderr)
    if worst or later:
        raise typer.Exit(NEEDS_A_PERSON if worst else BUSY)


def crawl(
    context: typer.Context,
    keys: list[str] | None = typer.Argument(None, metavar="[KEY…]", help="Sources; all watched ones by default."),
    kind: str | None = typer.Option(None, help="Only sources of this kind."),
    area: str | None = typer.Option(None, help="Only sources of this commune or département (INSEE code)."),
    backfill: str | None = typer.Option(
        None, metavar="DATE", help="Go back to this day, by day archives and whole sitemaps; interrupted, it goes on."
    ),
) -> None:
    """Fetch what is new into the archive."""
    from crawler.sources import select
    from pipeline.telling.tongue import Tongue

    at = options(context)
    if backfill and not (keys or kind or area):
        raise MistakeError("--backfill goes back for the sources that you name: vigie crawl KEY --backfill 2024-11-01")
    chosen = select(at.sources, keys or (), kind, area) if keys or kind or area else _watched(at)
    runs, errors = _crawl(at, chosen, backfill=day(backfill, "--backfill"))
    for one in runs:
        print(_run_line(one))
    if errors:
        print(f"vigie: {Tongue('en').of(_internal(at, errors))}", file=sys.stderr)
        raise typer.Exit(NEEDS_A_PERSON)


def ingest(
    context: typer.Context,
    warcs: list[Path] | None = typer.Argument(None, metavar="[WARC…]", help="Anyone's WARC files; they are copied in."),
) -> None:
    """Read the home's new captures, or anyone's WARC files, into the database."""
    from pipeline.ingest import adopt
    from pipeline.proof.retention import retain
    from pipeline.publish import BusyError

    at = options(context)
    home = at.home if warcs else at.standing
    for warc in warcs or ():
        if not warc.is_file():
            raise MistakeError(f"{warc}: no such file")
    with alone(at):
        for warc in warcs or ():
            adopt(warc, home.archive)
        kept = _ingest(at)
        with suppress(BusyError):  # a crawl ingests: the next one drops it
            retain(home.archive, home.database, None, now())  # what is reserved may not be kept
    named = {
        "capture": kept.captures,
        "new article": kept.articles,
        "version": kept.versions,
        "mention": kept.mentions,
        "failure": kept.failures,
    }
    print(", ".join(count(number, word) for word, number in named.items()))


def demo(
    context: typer.Context,
    into: Path | None = typer.Option(None, help="The home that the demo makes; --home, or else demo-home."),
) -> None:
    """The whole chain on a small bundled web, on this machine alone: crawl, archive, extract, tag, digest."""
    from pipeline.demo import open_demo

    given = context.parent and context.parent.get_parameter_source("home")
    folder = into or (options(context).path if given and given.name == "COMMANDLINE" else Path("demo-home"))
    with open_demo(folder):
        at = Options(str(folder))
        with alone(at):
            _crawl(at, _watched(at), loopback=True)
            _ingest(at)
            faults = tell_all(at, quiet=False)
    for fault in faults:
        print(f"vigie: {fault}", file=sys.stderr)
    print(f"The home is in {folder}. Go on with: vigie --home {folder} query", file=sys.stderr)


def _watched(at: Options) -> list[Source]:
    """The sources of all watches, and the user's own."""
    found = {source.key: source for watch in at.home.watches for source in at.followed(watch)}
    return list(found.values())


def _crawl(
    at: Options, sources: list[Source], *, loopback: bool = False, backfill: datetime | None = None
) -> tuple[list[Run], int]:
    """Crawl the sources that are open; the ledger's rows of this crawl, and how many faults of ours there were."""
    from crawler.crawl import crawl
    from crawler.plan import Plan, going_back, new_run_id
    from pipeline.checkup import looks
    from pipeline.store import reading

    opened = tuple(source for source in sources if not source.closed)
    plan = Plan(opened, at.path, at.home.contact, new_run_id(now()), loopback=loopback)
    if backfill:
        plan = going_back(plan, backfill)
    if at.home.database.exists():
        with reading(at.home.database) as store:
            matched, doubted = looks(store)
        plan = replace(plan, matched=matched, doubted=doubted)
    with bar("Crawl") as show:
        counts: dict[str, tuple[int, int]] = {}

        def progress(tally: Any) -> None:
            counts[tally.source] = (tally.asked - tally.waiting, tally.asked)
            show(sum(done for done, _ in counts.values()), sum(asked for _, asked in counts.values()))

        with _ingesting(at):
            errors = crawl(plan, progress)
    return [run for run in at.ledger().runs if run.run_id == plan.run_id], errors


def _ingest(at: Options) -> Any:
    from pipeline.ingest import ingest
    from pipeline.publish import BusyError
    from pipeline.search import bring_up_to_date
    from pipeline.store import reading

    with bar("Ingest") as show:
        try:
            kept = ingest(at.home.archive, at.home.database, at.ingest_with(show), at.ledger())
        except BusyError as busy:
            print(f"vigie: {busy}", file=sys.stderr)
            raise typer.Exit(BUSY) from None
    if kept.versions:
        with bar("Index") as show, reading(at.home.database) as store:
            bring_up_to_date(store, at.home.search, show)
    return kept


@contextmanager
def _ingesting(at: Options) -> Iterator[None]:
    """What is archived is ingested while the crawl goes on, so that a long crawl does not keep its first pages back."""
    import threading

    from pipeline.ingest import ingest
    from pipeline.publish import BusyError

    ended = threading.Event()
    faults: list[BaseException] = []

    def work() -> None:
        try:
            while not ended.wait(INGEST_EVERY):
                with suppress(BusyError):  # someone else ingests: then nothing is kept back
                    ingest(at.home.archive, at.home.database, at.ingest_with(lambda done, total: None), at.ledger())
        except BaseException as fault:  # noqa: BLE001 (raised again where the crawl ends)
            faults.append(fault)

    thread = threading.Thread(target=work, name="ingest")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
    if faults:
        raise faults[0]


def _internal(at: Options, errors: int) -> Said:
    """What to say of faults of ours in a crawl."""
    from pipeline.telling.tongue import Count, Said

    return Said("internal", {"faults": Count("faults", errors), "log": at.path / "crawl.log"})


def _turned(at: Options) -> list[Said]:
    """The sources that turned bad since the last run, or are well again: said once."""
    from pipeline.checkup import checkup, turned
    from pipeline.store import reading

    path = at.path / "health.json"
    before = json.loads(path.read_text("utf-8")) if path.exists() else {}
    with reading(at.home.database) as store:
        lines, after = turned(before, checkup(store, now(), {source.key for source in _watched(at)}))
    part = path.with_suffix(".part")
    part.write_text(json.dumps(after), "utf-8")
    part.replace(path)
    return lines


def _rules_changed(at: Options) -> list[Said]:
    """That stored articles were tagged by other rules than those in use: said once, then at most once a month."""
    from pipeline.store import reading
    from pipeline.telling.journal import journal_at
    from pipeline.telling.tongue import Said

    with reading(at.home.database) as store:
        tagged_by = store.select("SELECT value FROM meta WHERE key = 'rules'").rows
    if not tagged_by or tagged_by[0][0] == at.rules.version:
        return []
    change = f"rules {tagged_by[0][0]} → {at.rules.version}"
    with journal_at(at.home.told) as journal:
        if not journal.is_news(change, now(), REMINDED):
            return []
        journal.alerted(change, now())
    return [Said("rules_changed")]


def _log(file: Path, lines: list[str]) -> None:
    """Lines added to a log, each with its time; a log of a million bytes is begun anew, the old one kept beside it."""
    try:
        if file.exists() and file.stat().st_size > LOG_BYTES:
            file.replace(file.with_name(f"{file.name}.1"))
        with file.open("a", encoding="utf-8") as out:
            out.writelines(f"{now():%Y-%m-%dT%H:%M:%SZ} {line}\n" for line in lines)
    except OSError as fault:
        raise MistakeError(f"--log {file}: {fault.strerror}; name a file that can be written") from None


def _run_line(run: Run) -> str:
    """One source's crawl in one line, for a log."""
    said = (
        f"{run.source}: {run.outcome}, {run.entries} entries, {run.new_pages} new pages, {run.not_modified} unchanged"
    )
    more = [f"{n} {word}" for n, word in ((run.refusals, "refusals"), (run.errors, "errors"), (run.left, "left")) if n]
    return ", ".join([said, *more])
