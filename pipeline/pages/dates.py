"""When an article was published: its page's declarations, then what stands beside its title; and which to believe."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import islice
from zoneinfo import ZoneInfo

from lxml.etree import XPath
from lxml.html import HtmlElement

from pipeline.pages import jsonld
from pipeline.pages.metadata import Page, elements
from pipeline.pages.plain import key, line

PARIS = ZoneInfo("Europe/Paris")
FIRST_YEAR = 1990
_DATE_METAS = (
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "date:published_time",
    "article:published",
    "datepublished",
    "date.available",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.date",
    "dcterms.created",
    "dc.date.created",
    "dc.date",
    "bepress_citation_date",
    "citation_date",
    "date.created",
    "publication_date",
    "publish-date",
    "publish_date",
    "published_at",
    "pubdate",
    "sailthru.date",
    "parsely-pub-date",
    "cxenseparse:recs:publishtime",
    "citation_publication_date",
    "outbrain-date",
    "date",
)
_DATED = XPath(
    "//*[contains(concat(' ', translate(@itemprop, 'P', 'p'), ' '), ' datepublished ')] | //time[@pubdate] | "
    "//time[@datetime][contains(@class, 'publi') or contains(@class, 'entry-date') or contains(@class, 'post-date')]"
)
# A date in a short text that is not the page's: of a decision, of an event.
_OF_ANOTHER = re.compile(
    r"arrêté|délibération|décret|\bloi\b|séance|réunion|conseil|jusqu|\bdu \d+.{0,12} au\b|avant le|à partir|"
    r"rendez-vous",
    re.IGNORECASE,
)
_LITTLE_ELSE = 30  # letters in a text beside its date
_MONTHS = ("jan", "fev feb", "mar", "avr apr", "mai may", "juin jun", "juil jul", "aou aug", "sep", "oct", "nov", "dec")
_WRITTEN = re.compile(
    r"(?<!\d)(\d{1,2})(?:er)?\s+(janv(?:ier)?|jan|févr(?:ier)?|feb|mars?|avr(?:il)?|apr|mai|may|juin|jun|juil(?:let)?|jul|"
    r"août|aug|sept?(?:embre)?|oct(?:obre)?|nov(?:embre)?|d[ée]c(?:embre)?)\.?\s+(\d{4})"
    r"(?:\D{1,6}(\d{1,2})\s*[h:]\s*(\d{2}))?",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(r"publiée?\b", re.IGNORECASE)
_CHANGED = re.compile(r"mise? à jour|modifié|actualisé", re.IGNORECASE)
_ISO = re.compile(
    r"(\d{4}-\d{1,2}-\d{1,2})(?:[T |]+(\d{1,2}[:h]\d{2}(?::\d{2})?)(?:[.,]\d+)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?$",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(19|20)\d{6}(T\d{4,6}Z?)?$")  # ISO 8601 in its basic format
_DAY_FIRST = re.compile(r"(?<![\d/.-])(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:\D{1,5}(\d{1,2})[h:](\d{2}))?")
_SHORT_YEAR = re.compile(r"(?<![\d/.])(\d{1,2})([/.])(\d{1,2})\2(\d{2})(?![\d/.])")
_SHORT_YEAR_NAMED = re.compile(r"(?<!\d)(\d{1,2}(?:er)?\s+[^\W\d_]{3,9}\.?\s+)(\d{2})(?=\s*(?:$|[,•|·–-]|à\s))")


def published(page: Page, before: datetime) -> tuple[datetime, str] | None:
    """When the article was published by the page's own declarations, and which: "json-ld" or "meta".

    A date after `before` (or before the web) is not believed, nor are markings that differ: they are of other articles.
    """
    web_pages = [node for node in page.nodes if "WebPage" in jsonld.types(node) or "ItemPage" in jsonld.types(node)]
    for node in (page.article, *web_pages):
        for name in ("datePublished", "dateCreated", "uploadDate"):
            for text in jsonld.texts(node.get(name)):
                if when := moment(text, before):
                    return when, "json-ld"
    for text in page.all_metas(*_DATE_METAS):
        if when := moment(text, before):
            return when, "meta"
    marked = [when for one in elements(_DATED(page.tree))[:40] if (when := moment(_marking(one), before))]
    if len({when.astimezone(PARIS).date() for when in marked}) == 1:
        return marked[0], "meta"
    return None


def _marking(element: HtmlElement) -> str:
    return element.get("datetime") or element.get("content") or line(str(element.text_content()))[:60]


def beside(page: Page, title: str, before: datetime) -> datetime | None:
    """The date that a reader sees beside the title, in a text that says little else.

    A date of change is taken only where there is no other; what only a machine reads there, only where none is written.
    """
    body = page.tree.find("body")
    shown = page.tree if body is None else body
    texts = [text for text in shown.itertext() if text.strip()]
    wanted = key(title)
    if len(wanted) < 8:
        return None
    longest = 3 * len(title) + 40
    headings = [one for one in islice(shown.iter("h1", "h2", "h3"), 24) if key(str(one.text_content())) == wanted]
    pieces = {max(map(str, one.itertext()), key=len) for one in headings}
    places = [
        n
        for n, text in enumerate(texts)
        if text in pieces or (len(wanted) <= len(text) <= longest and key(text) == wanted)
    ]
    changed: datetime | None = None
    for place in places[:4]:
        near = sorted(range(max(0, place - 8), min(len(texts), place + 16)), key=lambda n: (abs(n - place), n < place))
        for text in (line(texts[n]) for n in near):
            when, is_change = _lone(text, before)
            if when and not is_change:
                return when
            changed = changed or when
    return changed or next(filter(None, (_marked_near(one, before) for one in headings[:2])), None)


def _lone(text: str, before: datetime) -> tuple[datetime | None, bool]:
    """The date in a text that says little else than when a page was published, and whether it is a date of change."""
    if len(text) > 100 or _OF_ANOTHER.search(text):
        return None, False
    if short := _SHORT_YEAR.search(text):
        text = f"{text[: short.start()]}{short[1]}/{short[3]}/20{short[4]}{text[short.end() :]}"
    text = _SHORT_YEAR_NAMED.sub(r"\g<1>20\2", text)
    rest = key(_WRITTEN.sub("", _DAY_FIRST.sub("", text)))
    if len(rest) > _LITTLE_ELSE and not _PUBLISHED.search(text):
        return None, False
    change = _CHANGED.search(text)
    if change and (when := written(text[: change.start()], before)):
        return when, False
    return written(text, before), change is not None


def _marked_near(heading: HtmlElement, before: datetime) -> datetime | None:
    """The date of a <time> in one of the three elements around a heading, when it is of one day."""
    for around in islice(heading.iterancestors(), 3):
        marked = [one.get("datetime") or "" for one in islice(around.iter("time"), 12)]
        if any(marked):
            return moment(marked[0], before) if len({one[:10] for one in marked}) == 1 else None
    return None


def written(text: str, before: datetime) -> datetime | None:
    """The first date written in French in a text (« 22 novembre 2024 à 9h30 », « 22/11/2024 »), in UTC."""
    text = line(text)
    if found := _WRITTEN.search(text):
        name = key(found[2])
        month = next((n for n, starts in enumerate(_MONTHS, 1) if name.startswith(tuple(starts.split()))), 0)
        return _instant(int(found[3]), month, int(found[1]), found[4], found[5], before)
    if found := _DAY_FIRST.search(text):
        return _instant(int(found[3]), int(found[2]), int(found[1]), found[4], found[5], before)
    return None


def _instant(
    year: int, month: int, day: int, hour: str | None, minute: str | None, before: datetime
) -> datetime | None:
    try:
        return believed(datetime(year, month, day, int(hour or 0), int(minute or 0), tzinfo=PARIS), before)
    except ValueError:
        return None


def moment(text: str, before: datetime) -> datetime | None:
    """A written date as an instant in UTC, or None. Without a zone it is Paris time; a day alone is its midnight."""
    text = line(text)[:60]
    try:
        if found := _ISO.match(text):
            day = "-".join(piece.zfill(2) for piece in found[1].split("-"))
            zone = (found[3] or "").upper().replace("UTC", "Z").replace("GMT", "Z")
            when = datetime.fromisoformat(f"{day}T{(found[2] or '00:00').lower().replace('h', ':').zfill(5)}{zone}")
        elif _DAY_FIRST.match(text) or _WRITTEN.search(text):
            return written(text, before)
        elif _COMPACT.match(text):
            when = datetime.fromisoformat(text)
        elif text.isdigit() and len(text) in (10, 13):
            when = datetime.fromtimestamp(int(text[:10]), UTC)
        else:
            when = parsedate_to_datetime(text)
        return believed(when, before)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def sharpens(instant: datetime, day: datetime) -> bool:
    """Whether `instant` says the hour of what is known as `day` only: a midnight in Paris."""
    local = day.astimezone(PARIS)
    return (local.hour, local.minute, local.second) == (0, 0, 0) and instant.astimezone(PARIS).date() == local.date()


def believed(when: datetime, before: datetime) -> datetime | None:
    """The instant in UTC, unless it lies before the web or after `before`; a time without zone is Paris time."""
    if not FIRST_YEAR <= when.year <= before.year + 1:
        return None
    instant = (when if when.tzinfo else when.replace(tzinfo=PARIS)).astimezone(UTC)
    return instant if instant <= before + timedelta(days=2) else None
