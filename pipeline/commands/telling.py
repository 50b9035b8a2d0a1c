"""digest, and the telling of a run: what is said of what is in the database."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import typer

from pipeline.commands.common import BUSY, Options, day, now, options
from pipeline.records import MistakeError

if TYPE_CHECKING:
    from pipeline.digest import Digest
    from pipeline.store import Store
    from pipeline.telling.journal import Journal, Waiting
    from pipeline.telling.tell import Fault
    from pipeline.telling.tongue import Said

FORMATS = ("text", "markdown", "html", "json", "csv", "atom")


def register(app: typer.Typer) -> None:
    app.command(rich_help_panel="Every day")(digest)


def digest(
    context: typer.Context,
    watch: str | None = typer.Option(None, help="Which watch; the only one by default."),
    since: str | None = typer.Option(None, help="All that was first seen since this day, told before or not."),
    as_of: str | None = typer.Option(None, help="The digest of this day, as it was told, whatever came later."),
    format: str = typer.Option("text", help=f"One of: {', '.join(FORMATS)}."),  # noqa: A002 (the option's name)
    peek: bool = typer.Option(False, "--peek", help="Announce nothing: the next digest says it again."),
) -> None:
    """Say what is new since the last digest, and what could not be seen."""
    from pipeline.store import reading
    from pipeline.telling.gather import gather
    from pipeline.telling.tell import TERMINAL, mirror, tell
    from pipeline.telling.tell import as_of as of_day

    at = options(context)
    if format not in FORMATS:
        raise MistakeError(f"--format « {format} » is not one of {', '.join(FORMATS)}")
    if since and as_of:
        raise MistakeError("--since and --as-of do not go together: say one")
    one = at.standing.watch(watch)
    keys, labels = [source.key for source in at.followed(one)], at.rules.topics
    start, first = day(as_of, "--as-of"), day(since, "--since")
    with reading(at.home.database) as store, _journal(at, look=bool(start or first or peek)) as journal:
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


@contextmanager
def _journal(at: Options, *, look: bool) -> Iterator[Journal]:
    """The home's journal; to `look` where there is none, an empty one that leaves nothing behind."""
    from pipeline.telling.journal import journal_at

    with TemporaryDirectory(prefix="vigie-digest-") as folder:
        absent = look and not at.home.told.exists()
        with journal_at(Path(folder) / "told.sqlite" if absent else at.home.told) as journal:
            yield journal


def tell_all(at: Options, quiet: bool) -> list[Fault]:
    """Tell every watch through its channels. `quiet`: on the terminal, only what tells something."""
    from pipeline.deliver import deliver
    from pipeline.store import reading
    from pipeline.telling.journal import journal_at
    from pipeline.telling.post import Post, read_secrets
    from pipeline.telling.tell import TERMINAL, mirror, tell

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
        mirror(journal, at.home.database, whatever_size=True)
    return faults


def alerted(at: Options, worst: Sequence[Said]) -> bool:
    """Mail the contact what needs a person, unless it was told so within a day; whether it knows."""
    from pipeline.telling.journal import journal_at
    from pipeline.telling.mail import alert
    from pipeline.telling.post import Post, UndeliveredError, read_secrets
    from pipeline.telling.tongue import Tongue

    if "@" not in at.home.contact:
        return False
    tongue, post = Tongue(at.home.language), Post(at.path, at.home.mail, read_secrets(at.path, os.environ))
    words = "\n".join(map(tongue.of, worst))
    with journal_at(at.home.told) as journal:
        if journal.is_news(words, now()):
            try:
                alert(worst, tongue, now(), at.home.contact, post)
            except UndeliveredError as fault:
                print(f"vigie: {at.home.contact} could not be alerted: {fault}", file=sys.stderr)
                return False
            journal.alerted(words, now())
    return True


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


def _print(told: Digest, shape: str) -> None:
    """A digest on standard output; on a terminal, the words that were found in bold."""
    from pipeline.telling.render import FORMATS, to_text

    if shape == "text" and sys.stdout.isatty():
        said = to_text(told, ("\x1b[1m", "\x1b[0m"), min(100, shutil.get_terminal_size().columns))
    else:
        said = FORMATS[shape](told)
    sys.stdout.write(said)
    sys.stdout.flush()
