"""The gzip members of a file, one by one: a damaged one is stepped over, a torn one at the end is left alone."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from os import SEEK_END
from typing import BinaryIO

MEMBER_BYTES = 256 * 1024 * 1024
GZIP = b"\x1f\x8b\x08"
READ = 1 << 16


def members(
    file: BinaryIO, start: int, damaged: Callable[[int, str], None], most: int = MEMBER_BYTES
) -> Iterator[tuple[int, int, bytes]]:
    """From the offset `start`: a member's first byte, the byte after it, its content (of `most` bytes at most).

    What cannot be opened is told to `damaged` with its offset, and the next member that opens is looked for. What
    another process writes meanwhile is left for the next time.
    """
    offset, end = start, file.seek(0, SEEK_END)
    while offset < end:
        content, used, why = _member(file, offset, end, most)
        if why == "torn":
            # Also where damage made a member look longer than the file: then another one follows it.
            follows = _next_member(file, offset + 1, end, most)
            if follows < 0:
                return
            damaged(offset, "gzip: cut short")
            offset = follows
        elif why:
            damaged(offset, why)
            offset = _next_member(file, offset + 1, end, most)
            if offset < 0:
                return
        else:
            yield offset, offset + used, content
            offset += used


def _member(file: BinaryIO, offset: int, end: int, most: int) -> tuple[bytes, int, str]:
    """The member at an offset: content, bytes used, and what is wrong with it ("torn" when the file ends first)."""
    file.seek(offset)
    unpack = zlib.decompressobj(wbits=31)
    parts, used, size = [], 0, 0
    while not unpack.eof:
        chunk = unpack.unconsumed_tail or file.read(min(READ, end - file.tell()))
        if not chunk:
            return b"", 0, "torn"
        try:
            part = unpack.decompress(chunk, most - size + 1)
        except zlib.error as error:
            return b"", 0, f"gzip: {error}"
        size += len(part)
        if size > most:
            return b"", 0, f"a record of more than {most} bytes"
        parts.append(part)
        used += len(chunk) - len(unpack.unused_data) - len(unpack.unconsumed_tail)
    return b"".join(parts), used, ""


def _next_member(file: BinaryIO, offset: int, end: int, most: int) -> int:
    """Where the next member that opens begins; -1 when there is none. The magic bytes may stand in data as well."""
    while True:
        offset = _magic(file, offset, end)
        if offset < 0 or not _member(file, offset, end, most)[2]:
            return offset
        offset += 1


def _magic(file: BinaryIO, offset: int, end: int) -> int:
    file.seek(offset)
    before = b""
    while chunk := file.read(min(READ, end - file.tell())):
        window = before + chunk
        found = window.find(GZIP)
        if found >= 0:
            return file.tell() - len(window) + found
        before = window[-2:]
    return -1
