"""Cron and systemd lines for a home: text in, text out, and the two programmes that take it.

Runs are hourly by default: what was missed while the machine was asleep or off is caught up within the hour (systemd
does so at once), since a watch's digest is that of the first run of its day or week. Two runs at once are kept apart by
the home's own lock.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from pipeline.records import MistakeError

EVERY = {"hour": "*", "2h": "*/2", "3h": "*/3", "6h": "*/6", "12h": "*/12", "day": "6"}


def program() -> list[str]:
    """How this Vigie is called, by absolute paths."""
    script = Path(sys.executable).with_name("vigie")
    return [str(script)] if script.exists() else [sys.executable, "-m", "pipeline.cli"]


def crontab(command: Sequence[str], home: Path, every: str) -> str:
    """The block of a crontab that runs Vigie for this home; what it prints, when something is wrong, cron mails."""
    line = shlex.join([*_run(command, home)]).replace("%", r"\%")
    return "\n".join(
        (
            _begin(home),
            "# Vigie prints nothing when all is well; what it does print, cron mails to you (MAILTO).",
            f"{_minute(home)} {EVERY[every]} * * * {line}",
            _end(home),
            "",
        )
    )


def units(command: Sequence[str], home: Path, every: str) -> dict[str, str]:
    """systemd's user units for this home, by file name."""
    name = unit_name(home)
    words = " ".join(_unit_word(word) for word in _run(command, home))
    hours = {"*": "*", "6": "06"}.get(EVERY[every], EVERY[every].replace("*/", "00/"))
    service = f"""[Unit]
Description=Vigie, {_unit_text(home)}
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
ExecStart={words}
SuccessExitStatus=75
Nice=10
"""
    timer = f"""[Unit]
Description=Vigie's rhythm, {_unit_text(home)}

[Timer]
OnCalendar=*-*-* {hours}:{_minute(home):02d}:00
Persistent=true
RandomizedDelaySec=120

[Install]
WantedBy=timers.target
"""
    return {f"{name}.service": service, f"{name}.timer": timer}


def unit_name(home: Path) -> str:
    """A name for the home's units: its folder's, and a mark that tells it from others of that name."""
    mark = hashlib.sha256(str(home).encode(errors="surrogateescape")).hexdigest()[:6]
    return f"vigie-{re.sub(r'[^A-Za-z0-9_.]+', '-', home.name).strip('-') or 'home'}-{mark}"


def with_block(table: str, home: Path, block: str) -> str:
    """A crontab with this home's block in it, in the place of the one that it had; an empty `block` takes it out.

    All other lines stay as they are. Raises MistakeError when the block that is there has no end.
    """
    begin, end = _begin(home), _end(home)
    lines = re.findall(r"[^\n]*\n|[^\n]+", table)  # no other sign ends a line for cron
    bare = [line.rstrip("\n") for line in lines]
    if begin not in bare:
        parted = table if not table or table.endswith("\n") else table + "\n"
        return parted + block
    if end not in bare[bare.index(begin) :]:
        raise MistakeError(f"the crontab has « {begin} » and no « {end} »: mend it with crontab -e")
    first = bare.index(begin)
    last = bare.index(end, first)
    return "".join([*lines[:first], block, *lines[last + 1 :]])


def read_crontab() -> str:
    """The user's crontab; empty when there is none. Raises MistakeError where there is no cron."""
    if not shutil.which("crontab"):
        raise MistakeError("no crontab on this machine: install cron, or say --systemd")
    done = subprocess.run(["crontab", "-l"], capture_output=True, check=False)  # noqa: S607
    said = done.stderr.decode(errors="replace").strip()
    if done.returncode and "no crontab" not in said:
        raise MistakeError(f"crontab -l: {said}")
    return "" if done.returncode else os.fsdecode(done.stdout)  # whatever it is written in, byte for byte


def write_crontab(table: str) -> None:
    """Give the user's crontab back, whole."""
    done = subprocess.run(["crontab", "-"], input=os.fsencode(table), capture_output=True, check=False)  # noqa: S607
    if done.returncode:
        raise MistakeError(f"crontab: {done.stderr.decode(errors='replace').strip()}; nothing was changed")


def install_units(folder: Path, texts: dict[str, str]) -> None:
    """Write the units where systemd looks for the user's, and begin the timer; none stays where systemd fails."""
    folder.mkdir(parents=True, exist_ok=True)
    before = {name: (folder / name).read_bytes() for name in texts if (folder / name).exists()}
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    try:
        _systemctl("daemon-reload")
        _systemctl("enable", "--now", next(name for name in texts if name.endswith(".timer")))
    except MistakeError:
        for name in texts:
            (folder / name).unlink()
        for name, there in before.items():
            (folder / name).write_bytes(there)
        raise


def remove_units(folder: Path, names: Sequence[str]) -> bool:
    """Take away the units of these names; whether there were any."""
    there = [folder / name for name in names if (folder / name).exists()]
    if not there:
        return False
    try:
        _systemctl("disable", "--now", next(name for name in names if name.endswith(".timer")))
    finally:
        for file in there:
            file.unlink()
    _systemctl("daemon-reload")
    return True


def _systemctl(*words: str) -> None:
    if not shutil.which("systemctl"):
        raise MistakeError("no systemctl on this machine: say --cron")
    done = subprocess.run(["systemctl", "--user", *words], capture_output=True, text=True, check=False)  # noqa: S603, S607
    if done.returncode:
        why = f"systemctl --user {' '.join(words)}: {done.stderr.strip() or done.returncode}"
        raise MistakeError(f"{why}; where the user has no systemd of their own, say --cron")


def _run(command: Sequence[str], home: Path) -> list[str]:
    words = [*command, "--home", str(home), "run", "--quiet", "--alert", "--log", str(home / "run.log")]
    if any(c in word for word in words for c in "\n\r\0"):
        raise MistakeError(f"{str(home)!r}: cron and systemd take no path with a line break")
    return words


def _begin(home: Path) -> str:
    return f"# >>> vigie {home} >>>"


def _end(home: Path) -> str:
    return f"# <<< vigie {home} <<<"


def _minute(home: Path) -> int:
    """A minute of the hour of its own for each home, so that not all of them ask the sites at once."""
    return int(hashlib.sha256(str(home).encode(errors="surrogateescape")).hexdigest(), 16) % 55 + 3


def _unit_word(word: str) -> str:
    """A word as systemd reads it: in quotes, with its own signs doubled."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if re.search(r"[^\w@%+=:,./-]", escaped) else escaped


def _unit_text(home: Path) -> str:
    return str(home).replace("%", "%%")
