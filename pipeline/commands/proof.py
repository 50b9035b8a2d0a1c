"""evidence, verify, seal, retention: what can be proved, years later, to someone who does not trust us."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from pipeline.commands.common import BUSY, alone, bar, count, now, options, write
from pipeline.records import MistakeError

if TYPE_CHECKING:
    from pipeline.proof.chain import Fault

PANEL = "Proof"
MARKS = {"holds": "+", "fails": "!", "undecided": "?", "note": " "}


def register(app: typer.Typer) -> None:
    app.command(rich_help_panel=PANEL)(evidence)
    app.command(rich_help_panel=PANEL)(verify)
    app.command(rich_help_panel="Care")(retention)
    app.command(rich_help_panel="Care", name="seal")(close)


def evidence(
    context: typer.Context,
    article: str = typer.Argument(..., metavar="ID", help="The article, or the beginning of its id."),
    output: Path = typer.Option(..., "--output", "-o", help="The WACZ file to write."),
) -> None:
    """Write a pack that proves an article: its captures as received, hashes, mentions, and a page to read."""
    from pipeline.proof.chain import seal
    from pipeline.proof.pack import collect, pack
    from pipeline.proof.verify import verify as check
    from pipeline.store import reading

    at = options(context)
    if os.access(at.standing.archive, os.W_OK):  # else what its owner's last run sealed is what there is
        seal(at.home.archive, now())
    with reading(at.home.database) as store:
        found = collect(store, article, at.sources, at.rules, now())
        tagged_by = store.select("SELECT value FROM meta WHERE key = 'rules'").rows
    data = pack(found, at.home.archive)
    wrong = [finding.what for finding in check(data) if finding.verdict not in {"holds", "note"}]
    if wrong and tagged_by and tagged_by[0][0] != at.rules.version:
        raise MistakeError("the mentions were found by other rules than are here now: `vigie retag`, then try again")
    if wrong:
        raise MistakeError(
            "the database was read by other versions or rules than are here now: `vigie rebuild`, then try again\n"
            + "\n".join(wrong)
        )
    write(output, data)
    said = count(len(found.captures), "capture"), count(len(found.mentions), "mention"), f"{len(data)} bytes"
    print(f"{output}: {', '.join(said)}")


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
        from pipeline.proof.chain import CHAIN, verify_archive

        at = options(context)
        folder = at.standing.archive
        if not (folder / CHAIN).exists() and not any(folder.glob("*.warc*")):
            raise MistakeError(f"{folder}: there is no archive to verify; is the disk there?")
        with bar("Verify") as show:
            faults = verify_archive(folder, show)
        faults += _check_stamps(at.home.archive)
        for fault in faults:
            print(f"! {fault.where} {fault.why}")
        print("the archive does not hold" if faults else "the archive holds")
        raise typer.Exit(1 if faults else 0)
    from pipeline.proof.verify import holds
    from pipeline.proof.verify import verify as check

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


def retention(
    context: typer.Context,
    dry_run: bool = typer.Option(False, "--dry-run", help="Only say what would be dropped."),
) -> None:
    """Drop the raw pages that matched nothing and are older than retention_days in vigie.toml.

    `vigie run` does it daily. What was read in them stays. Pages of sites that reserve text and data mining go at once.
    """
    from pipeline.proof.retention import retain
    from pipeline.publish import BusyError

    at = options(context)
    home = at.standing
    with nullcontext() if dry_run else alone(at):
        try:
            done = retain(home.archive, home.database, home.retention_days, now(), dry_run=dry_run)
        except BusyError as busy:
            print(f"vigie: {busy}", file=sys.stderr)
            raise typer.Exit(BUSY) from None
    # What was read in a page is kept in its place, and may be longer than the page was.
    change = f"{abs(done.bytes)} {'more' if done.bytes < 0 else 'less'} on the disk"
    past = "has lost its bytes" if done.captures == 1 else "have lost their bytes"
    what = f"would lose {'its' if done.captures == 1 else 'their'} bytes" if dry_run else f"{past}: {change}"
    print(f"{count(done.captures, 'capture')} in {count(done.files, 'file')} {what}")


def close(context: typer.Context) -> None:
    """Seal the complete files of the archive, have the chain stamped, and print its last link, to be kept elsewhere."""
    from pipeline.proof.chain import seal
    from pipeline.proof.timestamps import MissingError, StampError, stamp
    from pipeline.proof.upkeep import chain_line

    at = options(context)
    seal(at.standing.archive, now())
    print(chain_line(at.home))
    if at.home.timestamps:
        try:
            made = stamp(at.home.archive, at.home.timestamps.url, at.home.timestamps.certificate)
        except (StampError, MissingError) as error:
            print(f"vigie: {error}", file=sys.stderr)
            raise typer.Exit(1) from None
        print(f"stamped {made.at.isoformat()} by {made.root}" if made else "it has its time stamp")


def _check_stamps(archive: Path) -> list[Fault]:
    """Say what each time stamp of the archive proves; those that do not hold."""
    from pipeline.proof.chain import CHAIN, Fault, read_chain
    from pipeline.proof.timestamps import MissingError, stamp_files, stamps

    files = stamp_files(archive)
    if not files:
        return []
    faults = []
    try:
        for found in stamps(files, read_chain((archive / CHAIN).read_bytes())[0]):
            if isinstance(found, Fault):
                faults.append(found)
            else:
                print(f"+ link {found.number} and all before it existed on {found.at.isoformat()}, says {found.root}")
    except MissingError as error:
        print(f"  the time stamps were not checked: {error}")
    return faults
