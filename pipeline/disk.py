"""Tells a full disk from a fault of ours, whichever library met it."""

from __future__ import annotations

import errno
import re

NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
WORDS = re.compile(r"No space left|disk is full|disk I/O error|File too large|quota exceeded", re.IGNORECASE)


def is_full(fault: BaseException) -> bool:
    """Whether an exception says that no more can be written. SQLite's and DuckDB's say it in words only."""
    if isinstance(fault, OSError):
        return fault.errno in NO_ROOM
    library = type(fault).__module__.lstrip("_").partition(".")[0]
    return library in {"sqlite3", "duckdb"} and bool(WORDS.search(str(fault)))
