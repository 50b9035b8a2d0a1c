"""The text, title and date of a PDF document. The only door to pypdf."""

from __future__ import annotations

import io
import logging
import re
from dataclasses import dataclass
from datetime import datetime

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from pipeline.plain import line, paragraphs

MOST_PAGES = 300
MOST_CHARACTERS = 2_000_000
# pypdf logs each oddity of each file; what matters to us is raised.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)

_FILE_TITLE = re.compile(
    r"^(microsoft \w+ ?-|untitled|sans titre|document\d*$|présentation powerpoint)|\.\w{3,4}$", re.I
)
_SENTENCE_END = (".", "!", "?", "…", ":", ";", "»", ")")


class PdfError(Exception):
    """A PDF that cannot be read; `reason` is one word: broken_pdf, encrypted or no_text."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Document:
    """What a PDF says: `title` is empty when its metadata holds none worth the name, `created_at` may be naive."""

    title: str
    author: str
    created_at: datetime | None
    language: str | None
    text: str


def read(body: bytes) -> Document:
    """Read at most MOST_PAGES pages and MOST_CHARACTERS characters of a PDF; raises PdfError."""
    try:
        reader = PdfReader(io.BytesIO(body))
        if reader.is_encrypted and not reader.decrypt(""):
            raise PdfError("encrypted", "the document asks for a password")
        text = _text(reader)
        title, author, created_at = _metadata(reader)
        language = reader.root_object.get("/Lang")
    except PdfError:
        raise
    except _BROKEN as fault:
        raise PdfError("broken_pdf", f"{type(fault).__name__}: {fault}"[:200]) from fault
    if not text:
        raise PdfError("no_text", "no text in its pages: a scan?")
    return Document(title, author, created_at, str(language)[:2].lower() if language else None, text)


# What pypdf 7 raises on damaged files, beside its own errors: their structure is taken on trust in many places.
_BROKEN = (
    PyPdfError,
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
    AssertionError,
    NotImplementedError,
    RecursionError,
    ArithmeticError,
    OSError,
    EOFError,
    ImportError,
)


def _text(reader: PdfReader) -> str:
    pages: list[str] = []
    size = 0
    for number, page in enumerate(reader.pages):
        if number >= MOST_PAGES or size >= MOST_CHARACTERS:
            break
        pages.append(_rejoined(page.extract_text()))
        size += len(pages[-1])
    return "\n".join(filter(None, pages))[:MOST_CHARACTERS]


def _rejoined(page: str) -> str:
    """The page's lines as paragraphs: a line that fills the column and ends no sentence goes on in the next."""
    lines = paragraphs(page).split("\n")
    column = max(map(len, lines)) * 0.6
    joined: list[str] = []
    open_line = False
    for one in lines:
        if open_line and joined:
            joined[-1] += " " + one
        else:
            joined.append(one)
        open_line = len(one) >= column and not one.endswith(_SENTENCE_END)
    return "\n".join(filter(None, joined))


def _metadata(reader: PdfReader) -> tuple[str, str, datetime | None]:
    found = reader.metadata
    if found is None:
        return "", "", None
    title = line(found.title or "")
    if _FILE_TITLE.search(title) or len(title) < 4:
        title = ""
    try:
        created_at = found.creation_date
    except ValueError:
        created_at = None
    return title, line(found.author or ""), created_at
