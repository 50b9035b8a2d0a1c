"""An article's capture in the archive → the links that are its own: in its text, or to a document beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from lxml.etree import LxmlError
from lxml.html import document_fromstring

from pipeline.archive import BrokenArchiveError, read_archive
from pipeline.pages.plain import line

MOST = 500  # links of a page that are looked at
APART = "ancestor::nav or ancestor::header or ancestor::footer or ancestor::aside or ancestor::form"
WITHIN = ("main", "article")


def archive_links(archive: Path) -> Callable[[Mapping[str, Any]], Sequence[tuple[str, str]]]:
    """A function from a row of dossier.sql to the links of the capture that it shows: (address, words) each.

    What is no longer in the archive, damaged or no web page has none.
    """

    def links(row: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
        path = archive / Path(row["file"] or "").name
        if not row["file"] or not path.is_file():
            return ()
        capture = next((found for found, _ in read_archive(path, row["offset"], _step_over)), None)
        if capture is None or capture.id != row["capture_id"] or "html" not in capture.header("Content-Type"):
            return ()
        return page_links(capture.body, capture.url, row["text"])

    return links


def page_links(page: bytes, url: str, text: str) -> list[tuple[str, str]]:
    """The links whose words stand in the article's text, and those to PDFs in the page's main part, in order.

    A box of further reading is no citation: the words of its links are not in the text.
    """
    try:
        tree = document_fromstring(page)
    except (LxmlError, ValueError):
        return []
    found = []
    for anchor in tree.xpath(f"//a[@href][not({APART})]")[:MOST]:
        address, words = _joined(url, anchor.get("href")), line(anchor.text_content())
        document = (
            address.lower().partition("?")[0].endswith(".pdf") and next(anchor.iterancestors(*WITHIN), None) is not None
        )
        if document or (words and words in text):
            found.append((address, words))
    return found


def _joined(url: str, address: str) -> str:
    try:
        return urljoin(url, address.strip())
    except ValueError:
        return ""


def _step_over(damage: BrokenArchiveError) -> None:
    return None
