"""(Text, links) → references: the documents that an article cites, by keys under which the archive may hold them.

A decision of a court, a deliberation of the CNIL, a public tender have numbers; a press release and a letter have an
author and a day; a page or a PDF has an address. Pure functions. A reference without a key is a citation that nobody
can follow (« dans un communiqué »): it is kept, and joined to nothing.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from operator import itemgetter
from typing import Literal, NamedTuple
from urllib.parse import unquote, urlsplit

from pipeline.canonical import canonical_url
from pipeline.french import MONTHS
from pipeline.speech.quotes import sentence_spans

Kind = Literal["decision", "cnil", "boamp", "release", "letter", "pdf", "page"]
HEAD = 600  # characters of a document's text in which it says what it is
HYPHENS = "-‐‑"
NUMBER = r"n(?:°|º|o|uméro)s?\s{0,2}"

DECISION = re.compile(
    rf"(?:\b(?:ordonnance|jugement|décision|arrêt|requête|affaire|dossier)s?\s{{1,2}}(?:\w+\s){{0,2}}?)?\b{NUMBER}"
    r"(\d{7}(?:-\d)?|\d{2}[A-Z]{2}\d{5}|\d{6})\b",
    re.IGNORECASE,
)
COURT = re.compile(
    r"\b(?:tribunal (?:administratif|judiciaire)|TA|cour administrative d['’]appel|CAA|cour d['’]appel)\s"
    r"(?:de\s|d['’]|du\s|des\s)?((?:L[ae]s?\s)?[A-ZÉ][\w’'-]+)|\b(Conseil d['’][ÉE]tat)\b",
)
COURTS = re.compile(
    r"\b(?:tribuna(?:l|ux)|cour|conseil d['’]état|juges?|référés?|ordonnances?|jugements?|arrêts?|TA|CAA)\b",
    re.IGNORECASE,
)
CNIL = re.compile(
    rf"\b(?:(?:délibération|décision|mise en demeure|sanction)\s(?:\w+\s){{0,3}}?)?(?:{NUMBER})?"
    rf"((?:SAN|MED|MEDP|DAN|DI|DR)[{HYPHENS}]\d{{4}}[{HYPHENS}]\d{{1,4}})\b"
    rf"|\bdélibération\s{NUMBER}(\d{{4}}[{HYPHENS}]\d{{3}})\b",
)
BOAMP = re.compile(
    rf"\b(?:BOAMP|avis(?:\sde\smarché)?|annonce|marché)\s(?:\w+\s){{0,2}}?{NUMBER}(\d{{2}}[{HYPHENS}]\d{{3,6}})\b",
    re.IGNORECASE,
)
DATED = re.compile(
    r"\b(communiqués?(?:\sde\spresse)?|lettre|courrier)\b(?:\s\w[\w’'-]{0,30}){0,6}?,?\s"
    rf"(?:du|daté(?:e)?\sdu|en\sdate\sdu|le)\s(\d{{1,2}})(?:er)?\s({'|'.join(MONTHS)})(?:\s((?:19|20)\d\d))?\b",
    re.IGNORECASE,
)
UNDATED = re.compile(
    r"\b(?:dans|par|selon|d['’]après)\s(?:un|le|son|ce)\s(communiqué(?:\sde\spresse)?)\b", re.IGNORECASE
)
AUTHOR = re.compile(
    r"(?<!à\s)(?<!À\s)\b(?:[LlSs]a|[Nn]otre|[Vv]otre)\s(C[Nn][Ii][Ll]|Commission\snationale\sde\sl['’]informatique)"
    r"|\b(?:[Vv]ille|[Mm]airie|[Mm]unicipalité|[Cc]ommune|[Mm]aire|[Pp]réfecture|[Pp]réfète?|[Mm]étropole|[Gg]roupe)\s"
    r"(?:de\sl['’]|de\s|d['’]|du\s|des\s)?((?:L[ae]s?\s)?[A-ZÉ][\w’-]+(?:\s[A-ZÉ][\w’-]+)?)"
)
LETTERHEAD = re.compile(
    rf"^([A-ZÉ][\w’' -]{{1,40}}), le (\d{{1,2}})(?:er)? ({'|'.join(MONTHS)}) ((?:19|20)\d\d)\b", re.MULTILINE
)
OWN_LETTER = re.compile(
    r"\b[Ll]ettre\s(?:de|du|des)\s(?:la\s|l['’]|le\s)?(C[Nn][Ii][Ll]|[A-ZÉ][\w’-]+(?:\s[A-ZÉ][\w’-]+)?)"
)
ADDRESS_OF_DECISION = re.compile(r"\bD(?:TA|CA|CE)_(\w{6,9})_(\d{8})")
ADDRESS_OF_BOAMP = re.compile(r"(?:idweb[:=\"']{1,3}|/avis/)(\d{2}-\d{3,6})\b")


@dataclass(frozen=True, slots=True)
class Reference:
    """A document that is cited. `text[start:end] == surface`; a link whose words are not in the text has -1 for both.

    `key` is kind:number, kind:author:day or url:address; empty when what is said does not tell which document it is.
    `of` is the town of a court, where it is said: two courts count with the same numbers.
    """

    kind: Kind
    surface: str
    start: int
    end: int
    key: str
    of: str = ""


class Document(NamedTuple):
    """An article that is stored, as far as it may be the document that another cites; `head` begins its text."""

    article_id: str
    title: str
    url: str
    head: str


class Sentences:
    """Where the sentences of a text stand."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        """All of them; most texts cite nothing and are never divided."""
        return sentence_spans(self.text)

    def __call__(self, at: int) -> tuple[int, int]:
        """The start and end of the sentence around a place."""
        return self.spans[max(0, bisect_right(self.spans, at, key=itemgetter(0)) - 1)]


def find_references(
    text: str, html_links: Sequence[tuple[str, str]] = (), *, published: date | None = None
) -> list[Reference]:
    """The documents that a text cites, and those that its links lead to: (absolute address, words of the link) each.

    `published` is the text's own day: « le communiqué du 22 novembre » is the last one before it. Without it a day
    that is said without its year gives no key.
    """
    around = Sentences(text)
    found = [*_numbered(text, around), *_dated(text, around, published), *_linked(text, html_links)]
    return sorted(dict.fromkeys(found), key=lambda reference: (reference.start, reference.end, reference.key))


def join_references(references: Iterable[Reference], documents: Iterable[Document]) -> list[tuple[Reference, str]]:
    """Each reference with the id of every document that has its key, in the order given.

    A decision is not joined when both name a court and these differ.
    """
    held: dict[str, list[tuple[str, str]]] = {}
    for document in documents:
        for key, of in dict.fromkeys(document_keys(document)):
            held.setdefault(key, []).append((document.article_id, of))
    return [
        (reference, article_id)
        for reference in references
        for article_id, of in held.get(reference.key, ())
        if not (reference.of and of and reference.of != of)
    ]


def document_keys(document: Document) -> Iterator[tuple[str, str]]:
    """The keys under which a stored article may be cited, each with the town of its court.

    A number counts where a document shows its own, in its title or its address; in a text it may be another's.
    """
    yield f"url:{canonical_url(document.url)}", ""
    head = document.head[:HEAD]
    court = _court(document.title) or _court(head)
    address = unquote(document.url)
    for found in ADDRESS_OF_DECISION.finditer(address):
        yield f"decision:{found[1].lower()}", court
    for found in ADDRESS_OF_BOAMP.finditer(address):
        yield f"boamp:{found[1]}", ""
    for reference in _numbered(document.title, Sentences(document.title)):
        if reference.key:
            yield reference.key, reference.of or court
    yield from ((key, "") for key in _own_days(document.title, head))


def _own_days(title: str, head: str) -> Iterator[str]:
    """The keys of a press release or a letter, from its letterhead: « Lille, le 22 novembre 2024 »."""
    found = LETTERHEAD.search(head)
    if not found:
        return
    place, day, month, year = found.groups()
    kinds: list[tuple[str, str]] = []
    if re.search(r"communiqué de presse", f"{title}\n{head[: found.end()]}", re.IGNORECASE):
        kinds.append(("release", place))
    if letter := OWN_LETTER.search(title):
        kinds.append(("letter", letter[1]))
    for kind, author in kinds:
        if when := _day(day, month, year, None):
            yield f"{kind}:{_slug(author)}:{when}"


def _numbered(text: str, around: Sentences) -> Iterator[Reference]:
    for found in DECISION.finditer(text):
        lower, upper = around(found.start())
        if COURTS.search(text, lower, upper):
            yield Reference(
                "decision",
                found[0],
                *found.span(),
                f"decision:{found[1].lower()}",
                _court_near(text, lower, found.start(), upper),
            )
    for found in CNIL.finditer(text):
        number = (found[1] or found[2]).lower().replace("‐", "-").replace("‑", "-")
        lower, upper = around(found.start())
        if found[1] or re.search(r"\bcnil\b", text[lower:upper], re.IGNORECASE):
            yield Reference("cnil", found[0], *found.span(), f"cnil:{number}")
    for found in BOAMP.finditer(text):
        lower, upper = around(found.start())
        if "boamp" in text[lower:upper].lower():
            yield Reference("boamp", found[0], *found.span(), f"boamp:{found[1].replace('‐', '-').replace('‑', '-')}")


def _dated(text: str, around: Sentences, published: date | None) -> Iterator[Reference]:
    """Press releases and letters, by their author and day; those without a day have no key."""
    taken: list[tuple[int, int]] = []
    for found in DATED.finditer(text):
        lower, upper = around(found.start())
        kind: Kind = "release" if found[1].lower().startswith("communiqué") else "letter"
        author = _author(text, lower, found.start(), found.end(), upper)
        when = _day(found[2], found[3], found[4], published)
        key = f"{kind}:{author}:{when}" if author and when else ""
        taken.append(found.span())
        yield Reference(kind, found[0], *found.span(), key)
    starts = {start for start, _ in taken}
    for found in UNDATED.finditer(text):
        if found.start(1) not in starts:
            yield Reference("release", found[0], *found.span(), "")


def _author(text: str, lower: int, start: int, end: int, upper: int) -> str:
    """Who signs what is cited at start to end: named in it, else nearest to it in the sentence; empty for nobody."""
    own = next(AUTHOR.finditer(text, start, end), None)
    others = [*AUTHOR.finditer(text, lower, start), *AUTHOR.finditer(text, end, upper)]
    found = own or min(others, key=lambda other: max(start - other.end(), other.start() - end), default=None)
    return _slug("cnil" if found[1] else found[2]) if found else ""


def _linked(text: str, html_links: Sequence[tuple[str, str]]) -> Iterator[Reference]:
    at = 0
    for address, said in html_links:
        url = canonical_url(address)
        if not url.startswith("https://"):
            continue
        words = " ".join(said.split())
        start = text.find(words, at) if words else -1
        start = text.find(words) if words and start < 0 else start
        at = max(at, start)
        kind: Kind = "pdf" if urlsplit(url).path.lower().endswith(".pdf") else "page"
        yield Reference(kind, words, start, start + len(words) if start >= 0 else -1, f"url:{url}")
        number = ADDRESS_OF_BOAMP.search(unquote(address))
        if number and (urlsplit(url).hostname or "").endswith("boamp.fr"):
            yield Reference("boamp", words, start, start + len(words) if start >= 0 else -1, f"boamp:{number[1]}")


def _court_near(text: str, lower: int, at: int, upper: int) -> str:
    """The town of the court named last before a number in its sentence, else first after it."""
    before = [_town(found) for found in COURT.finditer(text, lower, at)]
    after = [_town(found) for found in COURT.finditer(text, at, upper)]
    return before[-1] if before else after[0] if after else ""


def _court(text: str) -> str:
    found = COURT.search(text)
    return _town(found) if found else ""


def _town(found: re.Match[str]) -> str:
    return _slug(found[1]) if found[1] else "conseil-d-etat"


def _day(day: str, month: str, year: str | None, published: date | None) -> str:
    """A day in ISO 8601, of the last such day up to the publication where no year is said; empty for no such day."""
    number = MONTHS.index(month.lower()) + 1
    years = [int(year)] if year else [published.year, published.year - 1] if published else []
    for one in years:
        try:
            found = date(one, number, int(day))
        except ValueError:
            continue
        if year or (published and found <= published):
            return found.isoformat()
    return ""


def _slug(words: str) -> str:
    """Lower case, without accents, hyphens for all that is no letter or digit."""
    plain = unicodedata.normalize("NFD", words.lower())
    return "-".join(re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c))))
