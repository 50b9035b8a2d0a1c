"""The command line: `vigie`. Reads arguments, calls, prints; heavy imports stand inside the commands."""

from __future__ import annotations

import signal
import sys

import typer

from pipeline.commands import asking, catalogue, dossier, proof, reading, records, setup, telling, watching
from pipeline.commands.common import Options
from pipeline.disk import is_full
from pipeline.records import MistakeError

app = typer.Typer(
    name="vigie",
    help="A press watch for local democracy: collects, archives, tags and tells.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for room in (setup, watching, telling, asking, records, dossier, proof, reading, catalogue):
    room.register(app)


@app.callback()
def home(
    context: typer.Context,
    home: str = typer.Option(
        "vigie-home", envvar="VIGIE_HOME", help="The folder that holds the archive, the database and vigie.toml."
    ),
) -> None:
    """Say where the home is, before the command: vigie --home DIR run."""
    context.obj = Options(home)


def main() -> None:
    """Run the command. The user's mistake is one sentence and exit code 2; a busy home is exit code 75.

    SIGTERM ends it as an exception would: what was begun is put away.
    """
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        app()
    except MistakeError as mistake:
        print(f"vigie: {mistake}", file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception as fault:
        if not is_full(fault):
            raise
        why = " ".join(str(fault).split())[:200]
        print(f"vigie: the disk is full ({why}); make room, and the next run goes on", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
