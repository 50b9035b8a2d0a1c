"""evidence, verify: what can be proved, years later, to someone who does not trust us."""

from __future__ import annotations

from pathlib import Path

import typer

from pipeline.commands.common import bar, now, options
from pipeline.records import MistakeError

PANEL = "Proof"
MARKS = {"holds": "+", "fails": "!", "undecided": "?", "note": " "}


def register(app: typer.Typer) -> None:
    app.command(rich_help_panel=PANEL)(evidence)
    app.command(rich_help_panel=PANEL)(verify)


def evidence(
    context: typer.Context,
    article: str = typer.Argument(..., metavar="ID", help="The article, or the beginning of its id."),
    output: Path = typer.Option(..., "--output", "-o", help="The WACZ file to write."),
) -> None:
    """Write a pack that proves an article: its captures as received, hashes, mentions, and a page to read."""
    from pipeline.chain import seal
    from pipeline.pack import collect, pack
    from pipeline.store import reading
    from pipeline.verify import verify as check

    at = options(context)
    seal(at.home.archive, now())
    with reading(at.home.database) as store:
        found = collect(store, article, at.sources, at.rules, now())
    data = pack(found, at.home.archive)
    wrong = [finding.what for finding in check(data) if finding.verdict not in {"holds", "note"}]
    if wrong:
        raise MistakeError(
            "the database was read by other versions or rules than are here now: `vigie rebuild`, then try again\n"
            + "\n".join(wrong)
        )
    try:
        output.write_bytes(data)
    except OSError as error:
        raise MistakeError(f"{output}: {error.strerror}") from None
    print(f"{output}: {len(found.captures)} captures, {len(found.mentions)} mentions, {len(data)} bytes")


def verify(
    context: typer.Context,
    file: Path | None = typer.Argument(None, help="An evidence pack; needs no home and no network."),
    archive: bool = typer.Option(False, "--archive", help="The home's whole archive against its chain of seals."),
    quiet: bool = typer.Option(False, "--quiet", help="Only what does not hold."),
) -> None:
    """Check an evidence pack, or the archive. Exit 1 when something does not hold."""
    if (file is None) != archive:
        raise MistakeError("say what to verify: a pack's FILE, or --archive")
    if file is None:
        from pipeline.chain import verify_archive

        with bar("Verify") as show:
            faults = verify_archive(options(context).home.archive, show)
        for fault in faults:
            print(f"! {fault.where} {fault.why}")
        print("the archive does not hold" if faults else "the archive holds")
        raise typer.Exit(1 if faults else 0)
    from pipeline.verify import holds
    from pipeline.verify import verify as check

    try:
        data = file.read_bytes()
    except OSError as error:
        raise MistakeError(f"{file}: {error.strerror}") from None
    findings = check(data)
    for finding in findings:
        if not quiet or finding.verdict in {"fails", "undecided"}:
            print(f"{MARKS[finding.verdict]} {finding.what}")
    if holds(findings):
        print("the pack holds")
        raise typer.Exit(0)
    fails = any(finding.verdict == "fails" for finding in findings)
    print("the pack does not hold" if fails else "the pack cannot be decided with these versions of the readers")
    raise typer.Exit(1)
