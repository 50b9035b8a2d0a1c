"""The text, title and date of a PDF document. The only door to pypdf."""

from __future__ import annotations

import io
import logging
import re
from dataclasses import dataclass
from datetime import datetime

from pypdf import PdfReader
from pypdf.errors import DependencyError, DeprecationError, PyPdfError

from pipeline.pages.plain import line, paragraphs

MOST_PAGES = 300
MOST_CHARACTERS = 2_000_000
# pypdf logs each oddity of each file; what matters to us is raised.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)

_FILE_TITLE = re.compile(
    r"^(microsoft \w+ ?-|untitled|sans titre|document\d*$|présentation powerpoint)|\.\w{3,4}$", re.I
)
_CUT = re.compile(r"[^\W\d_][-\u2010\u00ad]$")
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
    except PdfError:
        raise
    except _BROKEN as fault:
        raise PdfError("broken_pdf", f"{type(fault).__name__}: {fault}"[:200]) from fault
    if not text:
        raise PdfError("no_text", "no text in its pages: a scan?")
    try:
        title, author, created_at, language = _metadata(reader)
    except _BROKEN:
        title, author, created_at, language = "", "", None, None
    return Document(title, author, created_at, language, text)


# What pypdf 7 raises on damaged files, beside its own errors: their structure is taken on trust in many places.
_BROKEN = (
    PyPdfError,
    DependencyError,
    DeprecationError,
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
    """The pages' text; a page that cannot be read is passed over, unless none can."""
    pages: list[str] = []
    size = 0
    fault: Exception | None = None
    for number in range(min(len(reader.pages), MOST_PAGES)):
        try:
            pages.append(_rejoined(reader.pages[number].extract_text()))
        except _BROKEN as broken:
            fault = broken
            continue
        size += len(pages[-1])
        if size >= MOST_CHARACTERS:
            break
    text = "\n".join(filter(None, pages))[:MOST_CHARACTERS]
    if fault and not text:
        raise fault
    return text


def _rejoined(page: str) -> str:
    """The page's lines as paragraphs: a line that fills the column and ends no sentence goes on in the next.

    A word cut at the end of a line keeps its hyphen, which may be its own.
    """
    lines = paragraphs(page).split("\n")
    column = max(map(len, lines)) * 0.6
    joined: list[str] = []
    goes_on = cut = False
    for one in lines:
        if goes_on or cut:
            joined[-1] += one if cut else " " + one
        else:
            joined.append(one)
        cut = bool(_CUT.search(one))
        goes_on = len(one) >= column and not one.endswith(_SENTENCE_END)
    return "\n".join(filter(None, joined))


def _metadata(reader: PdfReader) -> tuple[str, str, datetime | None, str | None]:
    language = reader.root_object.get("/Lang")
    code = str(language)[:2].lower() if language else ""
    found = reader.metadata
    if found is None:
        return "", "", None, code or None
    title = line(str(found.title or ""))
    if _FILE_TITLE.search(title) or len(title) < 4:
        title = ""
    try:
        created_at = found.creation_date
    except ValueError:
        created_at = None
    return title, line(str(found.author or "")), created_at, code if code.isalpha() else None
