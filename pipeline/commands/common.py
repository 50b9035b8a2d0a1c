"""What the commands share: the home, the catalogue, the rules, and how things are shown on a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from pipeline.records import MistakeError, Source

if TYPE_CHECKING:
    from pipeline.home import Home, Watch
    from pipeline.ingest import Ingest, Ledger
    from pipeline.rules import Rules
    from pipeline.telling.tongue import Tongue

BUSY = 75
MIDNIGHT = time()
LANGUAGE = typer.Option(None, help="fr or en; the home's by default.")


@dataclass
class Options:
    """One command's view of the home; what it does not ask for is not read."""

    folder: str

    @cached_property
    def path(self) -> Path:
        folder = Path(self.folder)
        if folder.exists() and not folder.is_dir():
            raise MistakeError(f"{folder}: is a file; a home is a folder: mend --home")
        return folder

    @cached_property
    def sources(self) -> dict[str, Source]:
        from crawler.sources import load_sources

        return load_sources(self.path / "sources.toml")

    @cached_property
    def rules(self) -> Rules:
        from pipeline.rules import load_rules

        return load_rules(self.path / "rules.toml")

    def must_stand(self) -> None:
        """A mistyped name is no new home. Raises MistakeError where there is none, or it may not be read."""
        from pipeline.home import is_home

        for part in (self.path, self.path / "vigie.duckdb"):
            if part.exists() and not os.access(part, os.R_OK):
                raise MistakeError(f"{part}: you may not read it; run as its owner, or mend its rights")
        if not is_home(self.path):
            raise MistakeError(f"no home in {self.path}: `vigie init` makes one, or mend --home")

    @property
    def here(self) -> Path:
        """The folder of a home, which must be there; vigie.toml is not read."""
        self.must_stand()
        return self.path

    @property
    def standing(self) -> Home:
        """The home, which must be there."""
        self.must_stand()
        return self.home

    @cached_property
    def home(self) -> Home:
        from pipeline.home import load_home

        return load_home(self.path, self.rules.topics, self.sources)

    def tongue(self, language: str | None) -> Tongue:
        """The language that was asked for, else the home's."""
        from pipeline.telling.tongue import LANGUAGES, Tongue

        if language is not None and language not in LANGUAGES:
            raise MistakeError(f"--language « {language} » is not one of {', '.join(LANGUAGES)}")
        return Tongue(language or self.home.language)

    def followed(self, watch: Watch) -> list[Source]:
        """The sources that a watch reads, closed ones too: that they are not read must be said."""
        own = {key for key, source in self.sources.items() if source.declared_in.startswith("sources.toml")}
        return [source for key, source in self.sources.items() if watch.follows(source, own=key in own)]

    def ingest_with(self, progress: Any) -> Ingest:
        from pipeline.ingest import Ingest

        return Ingest(self.sources, self.rules, f"Vigie/{version('vigie')}", now(), progress=progress)

    def ledger(self) -> Ledger:
        """What the crawler wrote down; empty before the first crawl."""
        from crawler.visits import Visits
        from pipeline.ingest import Ledger

        if not self.home.visits.exists():
            return Ledger()
        visits = Visits(self.home.visits)
        try:
            conduct = tuple(asdict(row) for row in visits.conduct())
            return Ledger(tuple(visits.runs()), tuple(visits.failures()), conduct, tuple(visits.sightings()))
        finally:
            visits.close()


def options(context: typer.Context) -> Options:
    found = context.find_object(Options)
    assert found is not None
    return found


def now() -> datetime:
    return datetime.now(UTC)


def day(text: str | None, option: str) -> datetime | None:
    """A date or instant of the command line; without a zone it is Paris's."""
    from pipeline.french import PARIS

    if text is None:
        return None
    for shape in ("%Y-%m-%d", "%Y-%m"):
        try:
            return datetime.strptime(text, shape).replace(tzinfo=PARIS).astimezone(UTC)
        except ValueError:
            continue
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise MistakeError(f"{option} « {text} » is no date: write it 2024-11-21") from None
    return (when if when.tzinfo else when.replace(tzinfo=PARIS)).astimezone(UTC)


@contextmanager
def alone(at: Options) -> Iterator[None]:
    """One run at a time in a home, and nobody who changes its database meanwhile; the second ends, to try later."""
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


def on_terminal() -> bool:
    return sys.stderr.isatty()


@contextmanager
def bar(what: str) -> Iterator[Any]:
    """A function (done, total) that shows progress: a bar on a terminal, nothing elsewhere."""
    if not on_terminal():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Rows for a person: aligned columns on standard output, nothing of the web commands the terminal.

    On a terminal long cells are folded; elsewhere each row is one line, so that who searches it finds whole addresses.
    """
    from pipeline.digest import clean

    shown = [[clean(cell_text(value)) for value in row] for row in rows]
    if sys.stdout.isatty():
        _folded(columns, shown)
        return
    from rich.cells import cell_len

    widths = [max(map(cell_len, cells)) for cells in zip(columns, *shown, strict=True)]
    for row in (columns, *shown):
        padded = (f"{cell}{' ' * (width - cell_len(cell))}" for cell, width in zip(row, widths, strict=True))
        print("  ".join(padded).rstrip(" "))


def _folded(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        shown.add_column(column, overflow="fold")
    for row in rows:
        shown.add_row(*map(Text, row))
    Console().print(shown)


def print_rows(columns: Sequence[str], rows: Sequence[Sequence[object]], shape: str) -> None:
    """Rows on standard output, as a table, JSON or CSV."""
    from pipeline.telling.tables import to_csv, to_json

    if shape == "table":
        table(columns, rows)
        if not rows:
            print("no row", file=sys.stderr)
    else:
        sys.stdout.write(to_json(columns, rows) if shape == "json" else to_csv(columns, rows))


def write(output: Path, data: bytes) -> None:
    """A file that the user asked for. Raises MistakeError when it cannot be written."""
    try:
        output.write_bytes(data)
    except OSError as error:
        raise MistakeError(f"{output}: {error.strerror}") from None


def cell_text(value: object) -> str:
    """One value as a person reads it: times in Paris, of midnight the day; lists with commas, nothing for null."""
    from pipeline.french import PARIS

    if value is None:
        return ""
    if isinstance(value, datetime):
        local = value.astimezone(PARIS) if value.tzinfo else value
        return f"{local:%Y-%m-%d}" if local.time() == MIDNIGHT else f"{local:%Y-%m-%d %H:%M}"
    if isinstance(value, list | tuple):
        return ", ".join(cell_text(item) for item in value)
    return str(value)


def count(number: int, word: str) -> str:
    """« 1 article », « 2 articles », in English."""
    return f"{number} {word}{'' if number == 1 else 's'}"


def plain(record: Mapping[str, Any]) -> dict[str, Any]:
    """A row as JSON can hold it: times in ISO 8601."""
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in record.items()}
