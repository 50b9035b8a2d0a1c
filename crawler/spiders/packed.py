"""Many documents in one answer: the members of a zip or a tar, within bounds, and those that are wanted.

The bounds are for archives made to harm: members that inflate without end, overlap, or are counted in millions.
"""

from __future__ import annotations

import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO

from lxml import etree

from crawler.spiders.doors import Document, Found, NotADoorError

MEMBER_BYTES = 8 * 1024 * 1024  # a judgment or a question is a thousand times smaller
ZIP_BYTES = 2 * 1024**3  # inflated, one member at a time: a month of judgments is some hundreds of MB
TAR_BYTES = 200 * 1024 * 1024  # inflated at once
INDEX_BYTES = 32 * 1024 * 1024  # a zip's table of contents: about 300,000 members
MOST_MEMBERS = 100_000  # of a tar
MOST_DOCUMENTS = 5_000
DOCUMENT_BYTES = 200 * 1024 * 1024  # of all documents of one answer
# How large the packages of the State may be (the questions of a term: 46 MB), and how long they may take.
PACKAGE_BYTES = 200 * 1024 * 1024

# A member's name, and its content; None for one that could not, or would not, be read.
Member = tuple[str, bytes | None]

_END_OF_INDEX = b"PK\x05\x06"
_BROKEN_MEMBER = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError, ValueError)
_BROKEN_TAR = (tarfile.TarError, zlib.error, EOFError, OSError, ValueError, OverflowError, RecursionError)
_BROKEN_DOCUMENT = (ValueError, RecursionError, etree.XMLSyntaxError)


def zip_members(body: bytes, suffix: str) -> Iterator[Member]:
    """The members of a zip whose name ends with `suffix`. Raises NotADoorError for what is no zip."""
    end = body.rfind(_END_OF_INDEX, max(0, len(body) - 66_000))
    if end < 0 or len(body) < end + 22 or struct.unpack_from("<I", body, end + 12)[0] > INDEX_BYTES:
        raise NotADoorError("not a zip, or one of too many members")
    try:
        archive = zipfile.ZipFile(BytesIO(body))
    except _BROKEN_MEMBER as error:
        raise NotADoorError(f"not a zip: {error}") from None
    room = ZIP_BYTES
    for info in archive.infolist():
        if not info.filename.endswith(suffix):
            continue
        content = None
        if info.file_size <= min(MEMBER_BYTES, room):
            try:
                with archive.open(info) as member:
                    content = member.read(MEMBER_BYTES)
            except _BROKEN_MEMBER:
                content = None
        room -= min(info.file_size, MEMBER_BYTES)
        yield info.filename, content


def tar_members(body: bytes, suffix: str) -> Iterator[Member]:
    """The members of a tar, gzipped or not, whose name ends with `suffix`. Raises NotADoorError for what is none."""
    try:
        if body.startswith(b"\x1f\x8b"):
            body = zlib.decompressobj(wbits=31).decompress(body, TAR_BYTES)
        archive = tarfile.TarFile(fileobj=BytesIO(body))
    except _BROKEN_TAR as error:
        raise NotADoorError(f"not a tar.gz: {error}") from None
    for _ in range(MOST_MEMBERS):
        try:
            member = archive.next()
            if member is None:
                return
            plain = member.type in (tarfile.REGTYPE, tarfile.AREGTYPE) and 0 <= member.size <= MEMBER_BYTES
            file = archive.extractfile(member) if plain else None
            content = file.read() if file else None
        except _BROKEN_TAR:
            yield f"?{suffix}", None
            return
        if member.name.endswith(suffix):
            yield member.name, content


def xml(body: bytes) -> etree._Element:
    """The root of an XML document, read as far as it can be. Entities are left alone. Raises ValueError."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, recover=True)
    root: etree._Element | None = etree.fromstring(body, parser)
    if root is None:
        raise ValueError("not XML")
    return root


def found(members: Iterator[Member], made: Callable[[str, bytes], Document | None]) -> Found:
    """What a package names: the documents that `made` makes of its members; None is for one that is not wanted."""
    documents: list[Document] = []
    seen = skipped = size = 0
    for name, content in members:
        seen += 1
        document, broken = None, content is None
        try:
            document = made(name, content) if content else None
        except _BROKEN_DOCUMENT:
            broken = True
        if document and len(documents) < MOST_DOCUMENTS and size + len(document.body) <= DOCUMENT_BYTES:
            documents.append(document)
            size += len(document.body)
        elif document or broken:
            skipped += 1
    return Found(documents=tuple(documents), skipped=skipped, seen=seen)
