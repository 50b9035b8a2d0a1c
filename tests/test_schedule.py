"""The schedule: only our own block is ever changed, and what is written is what cron and systemd read."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.records import MistakeError
from pipeline.telling.schedule import EVERY, crontab, unit_name, units, with_block

HOME = Path("/srv/veille à lille/100%")
LINES = st.lists(st.text(st.characters(exclude_categories=["C", "Zl", "Zp"])), max_size=5)
CRON = """#!/bin/sh
if [ "$1" = -l ]; then [ -f "$STORE" ] && cat "$STORE" || { echo "no crontab for you" >&2; exit 1; }
else cat > "$STORE"; fi
"""


@pytest.fixture
def cron(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A crontab program that keeps its table in a file: this file."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "crontab").write_text(CRON)
    (folder / "crontab").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    monkeypatch.setenv("STORE", str(tmp_path / "table"))
    return tmp_path / "table"


def call(home: Path, *words: str) -> str:
    done = CliRunner().invoke(app, ["--home", str(home), "schedule", *words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize("every", EVERY)
def test_a_cron_line_has_absolute_paths_and_five_fields(every: str) -> None:
    (line,) = [line for line in crontab(["/opt/vigie"], HOME, every).splitlines() if not line.startswith("#")]
    minute, hour, day, month, weekday, command = line.split(" ", 5)
    assert 3 <= int(minute) <= 57 and hour == EVERY[every] and (day, month, weekday) == ("*", "*", "*")
    words = shlex.split(command.replace(r"\%", "%"))
    log = str(HOME / "run.log")
    assert words == ["/opt/vigie", "--home", str(HOME), "run", "--quiet", "--alert", "--log", log]
    assert "%" not in command.replace(r"\%", "")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze on this machine")
@pytest.mark.parametrize("every", EVERY)
def test_systemd_takes_the_units(tmp_path: Path, every: str) -> None:
    for name, text in units(["/bin/true"], HOME, every).items():
        (tmp_path / name).write_text(text)
    calendar = next(line.partition("=")[2] for line in text.splitlines() if line.startswith("OnCalendar"))
    assert subprocess.run(["systemd-analyze", "calendar", calendar], capture_output=True, check=False).returncode == 0
    files = [str(file) for file in tmp_path.iterdir()]
    done = subprocess.run(["systemd-analyze", "verify", *files], capture_output=True, text=True, check=False)
    assert "vigie" not in done.stderr, done.stderr


def test_units_catch_up_and_are_named_for_the_home() -> None:
    texts = units(["/opt/vigie"], HOME, "hour")
    assert list(texts) == [f"{unit_name(HOME)}.service", f"{unit_name(HOME)}.timer"]
    service, timer = texts.values()
    assert '"/srv/veille à lille/100%%"' in service and "Persistent=true" in timer
    assert unit_name(HOME) != unit_name(Path("/other/100%")) and "/" not in unit_name(HOME)


@given(LINES, LINES)
def test_installing_and_removing_leaves_all_else_as_it_was(before: list[str], after: list[str]) -> None:
    table = "".join(line + "\n" for line in before)
    rest = "".join(line + "\n" for line in after)
    once = with_block(table, HOME, crontab(["vigie"], HOME, "hour"))
    changed = with_block(once + rest, HOME, crontab(["vigie"], HOME, "day"))
    assert once.startswith(table) and changed.startswith(table) and changed.endswith(rest)
    assert with_block(changed, HOME, "") == table + rest
    assert with_block(once, HOME, crontab(["vigie"], HOME, "hour")) == once


def test_a_table_that_ends_without_a_line_break_keeps_its_last_line() -> None:
    assert with_block("1 2 * * * x", HOME, crontab(["v"], HOME, "hour")).startswith("1 2 * * * x\n# >>> vigie")


def test_a_block_without_an_end_is_not_guessed_at() -> None:
    with pytest.raises(MistakeError, match="crontab -e"):
        with_block(f"# >>> vigie {HOME} >>>\n1 * * * * x\n", HOME, "")


def test_install_twice_and_remove(tmp_path: Path, cron: Path) -> None:
    cron.write_text("MAILTO=moi\n5 4 * * * sauvegarde\n")
    home, other = tmp_path / "a", tmp_path / "b"
    home.mkdir()
    other.mkdir()
    call(home, "--install")
    call(other, "--install")
    assert "Nothing had to be changed" in call(home, "--install")
    table = cron.read_text()
    assert table.startswith("MAILTO=moi\n5 4 * * * sauvegarde\n") and table.count("run --quiet") == 2
    call(home, "--remove")
    assert cron.read_text().count("run --quiet") == 1 and str(other) in cron.read_text()
    call(other, "--remove")
    assert cron.read_text() == "MAILTO=moi\n5 4 * * * sauvegarde\n"


def test_what_others_wrote_is_kept_byte_for_byte(tmp_path: Path, cron: Path) -> None:
    """Whatever it is written in, and whatever else may be taken for the end of a line."""
    theirs = b'# caf\xe9\n5 4 * * * echo "\t\x0b\x0c\xff"\r\n# \xe2\x80\xa8 \xc2\x85\n\n0 0 * * * last\n\n'
    cron.write_bytes(theirs)
    call(tmp_path, "--install")
    assert cron.read_bytes().startswith(theirs) and b"run --quiet" in cron.read_bytes()
    cron.write_bytes(cron.read_bytes() + b"@daily later\xe9\n")
    call(tmp_path, "--install", "--every", "6h")
    call(tmp_path, "--remove")
    assert cron.read_bytes() == theirs + b"@daily later\xe9\n"


SYSTEMCTL = """#!/bin/sh
echo "$@" >> "$STORE"
case "$*" in *$BROKEN*) echo "no bus" >&2; exit 1;; esac
"""


@pytest.fixture
def systemd(tmp_path: Path, cron: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A systemctl that notes what it is asked, and fails at the words in BROKEN; the folder of the user's units."""
    (tmp_path / "bin/systemctl").write_text(SYSTEMCTL)
    (tmp_path / "bin/systemctl").chmod(0o755)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("BROKEN", "nothing")
    return tmp_path / "config/systemd/user"


def test_units_come_and_go(tmp_path: Path, cron: Path, systemd: Path) -> None:
    assert "enable-linger" in call(tmp_path, "--install", "--systemd")
    assert sorted(file.suffix for file in systemd.iterdir()) == [".service", ".timer"]
    (systemd / "other.timer").write_text("")
    assert "Taken away" in call(tmp_path, "--remove", "--systemd")
    assert [file.name for file in systemd.iterdir()] == ["other.timer"]
    assert [line.split()[1] for line in cron.read_text().splitlines()] == [
        "daemon-reload",
        "enable",
        "disable",
        "daemon-reload",
    ]
    assert "Nothing of this home" in call(tmp_path, "--remove", "--systemd")


def test_where_systemd_fails_nothing_stays(
    tmp_path: Path, cron: Path, systemd: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROKEN", "enable")
    with pytest.raises(MistakeError, match=r"no bus; .*--cron"):
        call(tmp_path, "--install", "--systemd")
    assert not list(systemd.iterdir())
    monkeypatch.setenv("BROKEN", "nothing")
    call(tmp_path, "--install", "--systemd")
    monkeypatch.setenv("BROKEN", "disable")
    with pytest.raises(MistakeError, match="no bus"):
        call(tmp_path, "--remove", "--systemd")
    assert not list(systemd.iterdir())


def test_printing_touches_nothing(tmp_path: Path, cron: Path) -> None:
    said = call(tmp_path, "--every", "6h")
    assert "*/6 * * *" in said and "[Timer]" in said and not cron.exists()
    assert "[Timer]" not in call(tmp_path, "--cron")


def test_a_home_that_is_not_there_is_not_scheduled(tmp_path: Path, cron: Path) -> None:
    with pytest.raises(MistakeError, match="vigie init"):
        call(tmp_path / "nowhere", "--install")


def test_a_path_with_a_line_break_is_refused() -> None:
    with pytest.raises(MistakeError, match="line break"):
        crontab(["vigie"], Path("/a\n* * * * * evil"), "hour")
