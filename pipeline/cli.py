"""The command line: `vigie`. Reads arguments, calls, prints; heavy imports stand inside the commands."""

from __future__ import annotations

import errno
import io
import signal
import sqlite3
import sys
from importlib.metadata import version

import typer

from pipeline.commands import asking, catalogue, dossier, proof, reading, records, setup, telling, watching
from pipeline.commands.common import Options
from pipeline.disk import is_full
from pipeline.records import MistakeError

BARRED = {errno.EACCES, errno.EPERM, errno.EROFS, errno.EISDIR, errno.ENOTDIR}
UNWRITABLE = ("attempt to write a readonly database", "unable to open database file", "access permission denied")
CURE = "run as the user who owns the home, or mend the rights of its files"

app = typer.Typer(
    name="vigie",
    help="A press watch for local democracy: collects, archives, tags and tells.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for room in (setup, watching, telling, asking, records, dossier, proof, reading, catalogue):
    room.register(app)


def _version(asked: bool) -> None:
    if asked:
        print(f"vigie {version('vigie')}")
        raise typer.Exit


@app.callback()
def home(
    context: typer.Context,
    home: str = typer.Option(
        "vigie-home", envvar="VIGIE_HOME", help="The folder that holds the archive, the database and vigie.toml."
    ),
    shown: bool = typer.Option(False, "--version", is_eager=True, callback=_version, help="Say which Vigie this is."),
) -> None:
    """Say where the home is, before the command: vigie --home DIR run."""
    context.obj = Options(home)


def main() -> None:
    """Run the command. The user's mistake is one sentence and exit code 2; a busy home is exit code 75.

    SIGTERM ends it as an exception would: what was begun is put away.
    """
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that is not UTF-8 shows a ? and goes on
    try:
        app()
    except MistakeError as mistake:
        print(f"vigie: {mistake}", file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception as fault:
        if barred := _barred(fault):
            print(f"vigie: {barred}", file=sys.stderr)
            sys.exit(2)
        if not is_full(fault):
            raise
        why = " ".join(str(fault).split())[:200]
        print(f"vigie: the disk is full ({why}); make room, and the next run goes on", file=sys.stderr)
        sys.exit(1)


def _barred(fault: Exception) -> str:
    """What to say where the system does not let this user at a file; empty for any other fault."""
    if isinstance(fault, OSError) and fault.filename and fault.errno in BARRED:
        return f"{fault.filename}: {fault.strerror}; {CURE}"
    if isinstance(fault, sqlite3.OperationalError) and str(fault) in UNWRITABLE:
        return f"a file of the home cannot be written ({fault}); {CURE}"
    return ""


if __name__ == "__main__":
    main()
