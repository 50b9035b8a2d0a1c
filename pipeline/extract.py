"""Capture → Article: what a response says to a reader. The only door to trafilatura and htmldate.

The page's declarations are read first (JSON-LD, metas), because they are what may be believed and because they say
whether the text is for sale. JSON-LD is then taken out of the tree: trafilatura would return its `articleBody`, the
paid text, for a page that shows only a teaser.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from html import unescape

from htmldate import find_date
from lxml.etree import ParserError, XPath
from lxml.html import HtmlElement, HTMLParser, document_fromstring
from trafilatura import bare_extraction

from pipeline.canonical import canonical_url, leads_up, page_canonical
from pipeline.pages import access, body, boxes, dates, jsonld, metadata, official, plain, titles
from pipeline.records import Access, Article, Capture, Source, article_id

MOST_BYTES = {"html": 10_000_000, "text": 10_000_000, "official": 10_000_000, "pdf": 50_000_000}
THIN = 0.5  # an extraction that holds less than this share of the page's prose is tried again, more slowly
SHORT = 250  # characters: below, a text is looked at twice

# trafilatura logs each page that it gives up; what matters to us is raised.
for _name in ("trafilatura", "htmldate"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)

# What no XML text may hold; trafilatura gives up a page that has one, even written as an entity.
_CONTROL_ENTITY = re.compile(
    rb"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01]|127)(?!\d)|x0*(?:[0-8bcef]|1[0-9a-f]|7f|d[89a-f][0-9a-f]{2}|fff[ef])(?![0-9a-f]));?",
    re.IGNORECASE,
)
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r")
_PARSER = HTMLParser(collect_ids=False, default_doctype=False, encoding="utf-8", remove_comments=True, remove_pis=True)
_PROSE = XPath(
    "//body//text()[string-length(normalize-space()) > 60][not(ancestor::a or ancestor::aside or "
    "ancestor::figcaption or ancestor::footer or ancestor::form or ancestor::li or ancestor::nav)]",
    smart_strings=False,
)
_LETTERHEAD = 600  # characters at the beginning of a document, in which its date is looked for
_NO_TITLE = re.compile(
    r"\W*(((télécharger|consulter|lire|voir|ouvrir|cliquez)\b.{0,30}|pdf|document|ici|page \d+|"
    r"(communiqué|dossier|point) (de |à la )?presse)\W*(\(.*\))?|.{0,30}, le \d{1,2}(er)? \w+ \d{4}\W*)$",
    re.IGNORECASE,
)
_NEW_YEAR = re.compile(r"\b(1er|0?1)[\s/.-]+(janvier|0?1\b)", re.IGNORECASE)
_GONE = re.compile(
    r"^(erreur\s*)?404\b|page (non trouvée|introuvable|inexistante|not found)|"
    r"(page|contenu|article)[^.]{0,40} n.(existe (pas|plus)|est (pas|plus) disponible)",
    re.IGNORECASE,
)


class UnreadableError(Exception):
    """A capture out of which no article can be made.

    `reason` is one word: status, empty, too_large, not_html, unsupported, soft_404, redirected_home, encrypted,
    broken_pdf, no_text, broken_document. `detail` is for a person.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Reading:
    """What one kind of document gave. `dated_from` is None with no date of its own; `text` has a paragraph a line."""

    title: str
    text: str
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    published_from: str | None = None
    access: Access = "full"
    language: str | None = None
    canonical_url: str = ""


def extract(capture: Capture, source: Source | None = None) -> Article:
    """The article in a capture; raises UnreadableError when there is none.

    `source` gives the CSS selectors of its article bodies and paid markers, and its name.
    """
    if not 200 <= capture.status < 300:
        raise UnreadableError("status", str(capture.status))
    if not capture.body.strip():
        raise UnreadableError("empty", "no body")
    kind = _kind(capture)
    if len(capture.body) > MOST_BYTES[kind]:
        raise UnreadableError("too_large", f"{len(capture.body)} bytes of {kind}")
    reading = _READERS[kind](capture, source)
    canonical = plain.line(reading.canonical_url) or canonical_url(plain.line(capture.url))
    return Article(
        id=article_id(canonical),
        capture_id=capture.id,
        source=capture.source,
        url=plain.line(capture.url),
        canonical_url=canonical,
        title=plain.line(reading.title),
        authors=tuple(filter(None, map(plain.line, reading.authors))),
        published_at=reading.published_at,
        published_from=reading.published_from,
        access=reading.access,
        language=reading.language,
        text=plain.paragraphs(reading.text),
        fetched_at=capture.fetched_at,
    )


def _kind(capture: Capture) -> str:
    """Which reader a capture is for: by its first bytes where they tell, else by its declared type."""
    if official.profile(capture.header("content-type")):
        return "official"
    declared = capture.header("content-type").partition(";")[0].strip().lower()
    start = capture.body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if b"%PDF-" in start:
        return "pdf"
    if declared in ("application/pdf", "application/x-pdf"):
        raise UnreadableError("broken_pdf", "declared as PDF, and is none")
    if start[:15].lower().startswith((b"<!doctype html", b"<html")) or "html" in declared:
        if start.count(0) > 20 and not capture.body.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise UnreadableError("not_html", "declared as HTML, and is binary")
        return "html"
    if declared == "text/plain":
        return "text"
    if declared in ("", "application/octet-stream") and b"<" in start and start.count(0) == 0:
        return "html"
    raise UnreadableError("unsupported", declared or "no content type")


def _dated(capture: Capture, own: tuple[datetime, str] | None) -> tuple[datetime | None, str | None]:
    """The document's own date, else what the door said, with where it comes from."""
    if own:
        return own
    said = capture.hint.published_at
    if said and (when := dates.believed(said, capture.fetched_at)):
        return when, capture.door or "feed"
    return None, None


def _read_pdf(capture: Capture, source: Source | None) -> Reading:
    """A press release or a letter: the door knows its date better than the file, which is often made again."""
    from pipeline.pages import pdf  # noqa: PLC0415 (a third of what it takes to begin, and most batches hold none)

    try:
        document = pdf.read(capture.body)
    except pdf.PdfError as fault:
        raise UnreadableError(fault.reason, fault.detail) from fault
    before = capture.fetched_at
    when, dated_from = _dated(capture, None)
    created = dates.believed(document.created_at, before) if document.created_at else None
    if created and (when is None or dates.sharpens(created, when)):
        when, dated_from = created, "pdf"
    if when is None and (when := dates.written(document.text[:_LETTERHEAD], before)):
        dated_from = "text"
    announced = "" if _NO_TITLE.match(capture.hint.title or "") else capture.hint.title
    title = document.title or announced or _first_line(document.text)
    people = tuple(metadata.people(document.author))
    return Reading(title, document.text, people, when, dated_from, "full", document.language)


def _read_official(capture: Capture, source: Source | None) -> Reading:
    try:
        said = official.read(capture.body, capture.header("content-type"), capture.fetched_at)
    except official.OfficialError as fault:
        raise UnreadableError("broken_document", str(fault)) from fault
    when, dated_from = _dated(capture, (said.published_at, "document") if said.published_at else None)
    return Reading(said.title, said.text, said.authors, when, dated_from, "full", "fr")


def _read_text(capture: Capture, source: Source | None) -> Reading:
    text = plain.paragraphs(plain.decode(capture.body, capture.header("content-type")))
    if not text:
        raise UnreadableError("empty", "no text")
    when, dated_from = _dated(capture, None)
    return Reading(capture.hint.title or _first_line(text), text, (), when, dated_from)


def _first_line(text: str) -> str:
    """What can stand for a title: the first line that says something."""
    lines = [one for one in text.split("\n") if len(one) >= 4]
    first = next((one for one in lines if not _NO_TITLE.match(one)), lines[0] if lines else text)
    return first if len(first) <= 160 else first[:160].rsplit(" ", 1)[0] + "…"


def _read_html(capture: Capture, source: Source | None) -> Reading:
    page = metadata.read(_tree(plain.decode(capture.body, capture.header("content-type"))), capture.url)
    canonical = _canonical(page, capture)
    free = access.declared_free(page, source.paid_marker if source else "")
    body.undress(page.tree)
    if source and free is False:
        body.drop_marked(page.tree, source.paid_marker, source.body)
    if free is False:
        boxes.drop_granted(page.tree)
    title = titles.title(page, (source.name,) if source else (), capture.hint.title)
    when, dated_from = _html_date(page, title, capture)
    authors = metadata.authors(page)
    boxes.drop_boxes(page.tree)
    text, paid = _text(page, title, source, free)
    if len(text) < 600 and _GONE.search(title):
        raise UnreadableError("soft_404", title)
    if not text and not (paid or page.article or capture.hint.title or page.meta("og:type") == "article"):
        raise UnreadableError("empty", "no text and no sign of an article")
    return Reading(
        title=title or _first_line(text),
        text=text,
        authors=authors,
        published_at=when,
        published_from=dated_from,
        access="title" if not text else "teaser" if paid else "full",
        language=metadata.language(page),
        canonical_url=canonical,
    )


def _tree(html: str) -> HtmlElement:
    try:
        # bytes, because lxml refuses a str that declares an encoding
        content = _CONTROL_ENTITY.sub(b"", html.encode("utf-8", "replace").translate(None, _CONTROLS))
        return document_fromstring(content, parser=_PARSER)
    except ParserError as fault:
        raise UnreadableError("empty", "no element") from fault


def _canonical(page: metadata.Page, capture: Capture) -> str:
    own = canonical_url(capture.url)
    if leads_up(capture.requested_url or capture.url, capture.url):
        raise UnreadableError("redirected_home", f"{capture.requested_url} leads to {own}")
    found = (page_canonical(capture.url, one) for one in metadata.declared_addresses(page))
    return next((one for one in found if one != own), own)


def _html_date(page: metadata.Page, title: str, capture: Capture) -> tuple[datetime | None, str | None]:
    """The date, in the order of belief: the page's declarations, the door, the date beside the title, htmldate.

    htmldate may invent. The 1st of January is what it makes of a bare year (« © 2023 »), and is believed only where
    a day is written.
    """
    before = capture.fetched_at
    when, dated_from = _dated(capture, dates.published(page, before))
    if when:
        return when, dated_from
    if when := dates.beside(page, title, before):
        return when, "text"
    latest = before.strftime("%Y-%m-%d")
    found = find_date(page.tree, url=page.url, original_date=True, max_date=latest, deferred_url_extractor=True)
    if not found or (found.endswith("-01-01") and not _NEW_YEAR.search(str(page.tree.text_content()))):
        return None, None
    when = dates.moment(found, before)
    return (when, "text") if when else (None, None)


def _text(page: metadata.Page, title: str, source: Source | None, free: bool | None) -> tuple[str, bool]:
    """The article's text, and whether it is sold. What the page keeps out of sight is left there."""
    description = plain.line(unescape(page.meta("og:description", "description")))
    extracted = plain.paragraphs(_main_text(page, source.body if source else "", paid=free is False))
    leaves = body.leaves(page.tree)
    sold = free is False or (
        free is None and (access.ends_at_a_wall(extracted) or body.stops_at_a_wall(extracted, leaves))
    )
    text = body.quiet(access.before_a_wall(extracted) if sold else extracted)
    said = "" if sold else plain.paragraphs(jsonld.body(page.article))
    if len(said) > max(len(text) * 1.5, SHORT) and (free or not access.shows_a_wall(page.tree)):
        text = said
    text = body.completed(text, leaves, title, description)
    return text or (description if sold else ""), sold


def _main_text(page: metadata.Page, selector: str, *, paid: bool) -> str:
    """The text as trafilatura sees it: in the declared body, else in the page, more slowly when it seems too little."""
    if (article := body.alone(page.tree, selector)) is not None:
        text = _trafilatura(article, page.url)
        if len(text) >= SHORT or paid:
            return text
    text = _trafilatura(page.tree, page.url, precision=paid)
    written = sum(map(len, _PROSE(page.tree)))
    if len(text) < THIN * written and not paid:
        slower = _trafilatura(page.tree, page.url, fast=False)
        return slower if len(slower) > len(text) else text
    return text


def _trafilatura(tree: HtmlElement, url: str, *, fast: bool = True, precision: bool = False) -> str:
    found = bare_extraction(tree, url=url, fast=fast, favor_precision=precision, include_comments=False)
    return body.unwalled(found.text or "") if found is not None and not isinstance(found, dict) else ""


_READERS: dict[str, Callable[[Capture, Source | None], Reading]] = {
    "html": _read_html,
    "pdf": _read_pdf,
    "text": _read_text,
    "official": _read_official,
}
