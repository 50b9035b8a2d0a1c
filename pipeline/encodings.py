"""A body without its transfer and content encoding, within a bound. Pure functions over bytes."""

from __future__ import annotations

import re
import zlib

BODY_BYTES = 64 * 1024 * 1024
_CHUNK = re.compile(rb"([0-9a-fA-F]{1,15})[^\r\n]{0,200}\r?\n")


def decoded(raw: bytes, transfer: str, content: str, most: int = BODY_BYTES) -> bytes:
    """The body as the site meant it, cut at `most` bytes when it was packed: a small page can inflate without end.

    `transfer` and `content` are the values of Transfer-Encoding and Content-Encoding. What is not encoded as it says
    is given as it is, and so is what only other tools can unpack (br, zstd).
    """
    body = dechunked(raw) if "chunked" in transfer.lower() else raw
    if content.strip().lower() in {"gzip", "x-gzip", "deflate"}:
        body = _inflated(body, most)
    return body


def dechunked(raw: bytes) -> bytes:
    """The body of a chunked answer, as other tools archive it; `raw` itself when it is not chunked after all."""
    parts: list[bytes] = []
    position = 0
    while match := _CHUNK.match(raw, position):
        size = int(match[1], 16)
        if size == 0:
            return b"".join(parts)
        parts.append(raw[match.end() : match.end() + size])
        position = match.end() + size
        position += 2 if raw[position : position + 2] == b"\r\n" else 1
    return b"".join(parts) or raw


def _inflated(raw: bytes, most: int) -> bytes:
    """gzip (several members too), zlib or bare deflate; what was cut on its way gives what is there."""
    for wbits in (47, -15):
        parts: list[bytes] = []
        room, rest = most, raw
        try:
            while rest and room > 0:
                unpack = zlib.decompressobj(wbits=wbits)
                parts.append(unpack.decompress(rest, room))
                room -= len(parts[-1])
                rest = unpack.unused_data
        except zlib.error:
            if not any(parts):
                continue
        return b"".join(parts)
    return raw
