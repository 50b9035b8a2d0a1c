"""A file that others may have open: copied while it stands still, written by one at a time, replaced by one rename."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # no such locks outside Unix: there, two runs at once must be avoided by their schedule
    fcntl = None  # type: ignore[assignment]

HEADER = 3 * 4096  # bytes at the head of a DuckDB file that change with each checkpoint


class BusyError(Exception):
    """Another programme is writing. Not a mistake and not a fault: try again later (exit code 75)."""


def copy_still(source: Path, target: Path) -> None:
    """Copy a database file that others may have open, and again if it changed meanwhile. Shares blocks where it can."""
    for _ in range(10):
        before = _state(source)
        _copy(source, target)
        if _state(source) == before:
            return
    raise BusyError(f"{source}: another programme keeps writing in it")


def _state(path: Path) -> tuple[object, ...]:
    with path.open("rb") as file:
        now = os.fstat(file.fileno())
        return now.st_ino, now.st_size, now.st_mtime_ns, file.read(HEADER)


def _copy(source: Path, target: Path) -> None:
    if not hasattr(os, "copy_file_range"):
        shutil.copyfile(source, target)
        return
    with source.open("rb") as old, target.open("wb") as new:
        try:
            while os.copy_file_range(old.fileno(), new.fileno(), 1 << 30):
                pass
        except OSError as fault:
            if fault.errno not in (errno.EXDEV, errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP):
                raise
            shutil.copyfile(source, target)


@contextmanager
def only_writer(path: Path) -> Iterator[None]:
    """Hold the lock of the file at `path`; the system lets go of it when the process ends, however it ends."""
    with path.with_name(f"{path.name}.lock").open("w") as lock:
        try:
            if fcntl:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError(f"{path}: another Vigie is writing in it; try again when it has ended") from None
        yield


def publish(copy: Path, path: Path) -> None:
    """Put a finished file in the place of the one at `path`: on the disk, and at once."""
    for place in (copy, copy.parent):
        _sync(place)
    copy.replace(path)
    _sync(path.parent)


def _sync(place: Path) -> None:
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
