"""What an item of a list says beside its link: its title and its date. Pure functions over lxml's elements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from lxml import etree

from crawler.dates import FRENCH_DATE, french_day, iso_instant

# Elements that hold items, and are none.
HOLDERS = {"body", "main", "ul", "ol", "table", "tbody"}
ITEM_DEPTH = 10  # of a link within its item
HEADINGS = ("h1", "h2", "h3", "h4", "h5")
TITLE_LENGTH = 300
# Words of a link that say what to do, and nothing of what is there.
DULL = re.compile(
    r"\W*((en )?(savoir|lire) (plus|la suite|l.article)|la suite|suite|voir( plus| la suite)?"
    r"|(lire|voir|ouvrir|d[ée]couvrir|consulter|t[ée]l[ée]charger)"
    r"( (le |l.)(pdf|fichier|document|communiqu[ée]|article|acte))?"
    r"|t[ée]l[ée]chargement|(fichier |document |format )?pdf|ici|cliquez ici|plus d.infos?|d[ée]tails?|read more|more)"
    r"\b\W*([\(\[].*|\d[\d,.]* ?[km]?o)?\W*",
    re.IGNORECASE,
)
LEADING = re.compile(
    r"^(en savoir plus|lire la suite|lire l.article|voir( le d[ée]tail)?|t[ée]l[ée]charger)\b[\s.…]*"
    r"(sur|de l.article|de|au sujet de|[àa] propos de|concernant|:|–|-|»|\()\s*(:\s*)?",
    re.IGNORECASE,
)
# Links of an item that are no other item: to share it, and its themes and author.
SENDS = re.compile(r"mailto:|javascript:|https?://[^/]*(facebook|twitter|linkedin|whatsapp|x\.com/)", re.IGNORECASE)
ASIDE = {"tag", "category", "author"}
# Elements within a word's reach: what else stands side by side is not written together.
INLINE = {"b", "i", "em", "strong", "sup", "sub", "font", "abbr", "u", "mark", "wbr"}


def title_of(anchor: Any) -> str | None:
    """What a link leads to, in its own words; where those only say what to do (« Télécharger »), in its item's."""
    heading = next(anchor.iter(*HEADINGS), None)
    own = text_of(anchor if heading is None else heading)
    for said in (own, anchor.get("title") or "", anchor.get("aria-label") or ""):
        told = LEADING.sub("", " ".join(said.split())).rstrip("» ")
        if told and not is_dull(told):
            return told
    return _title_beside(anchor) or own or None


def is_dull(words: str) -> bool:
    """Whether a link's words say what to do, whatever they add."""
    return len(words) < TITLE_LENGTH and bool(DULL.fullmatch(words) or LEADING.match(words))


def date_near(anchor: Any) -> datetime | None:
    """The date that a listing shows beside a link, in the item that leads nowhere else, or in the link's title."""
    for node in _item(anchor):
        for mark in node.iter("time"):
            if when := iso_instant(mark.get("datetime")):
                return when
        if when := french_day(" ".join(node.itertext())):
            return when
    return french_day(anchor.get("title") or "")


def _item(anchor: Any) -> Iterator[Any]:
    """The elements around a link, from the inside out, as far as they lead nowhere else."""
    node = anchor
    for _ in range(ITEM_DEPTH):
        # An item often has its link twice: on the picture and on the title.
        if node is None or node.tag in HOLDERS or any(_is_another(a, anchor) for a in node.iter("a")):
            return
        yield node
        node = node.getparent()


def _is_another(link: Any, anchor: Any) -> bool:
    """Whether a link leads to another item: not one that sends this one to others, its theme, or its document."""
    href, own = ((a.get("href") or "").partition("#")[0] for a in (link, anchor))
    if href in {own, ""} or SENDS.match(href) or set((link.get("rel") or "").split()) & ASIDE:
        return False
    return not (href.lower().endswith(".pdf") and not own.lower().endswith(".pdf"))


def _title_beside(anchor: Any) -> str:
    """The heading of a link's item, or else the longest of its pieces of text that is no date and not dull."""
    found = ""
    for node in _item(anchor):
        for heading in node.iter(*HEADINGS):
            if (said := text_of(heading)) and not is_dull(said):
                return said
        pieces = (" ".join(piece.split()) for piece in node.itertext())
        found = max(
            (p for p in pieces if not is_dull(p) and len(FRENCH_DATE.sub("", p)) > len("Publié le ")),
            key=len,
            default="",
        )
        if found and node.tag in {"tr", "li", "p", "article"}:
            break
    return found[:TITLE_LENGTH]


def text_of(node: Any) -> str:
    """The text of an element on one line, with a blank where its parts stand side by side."""
    return " ".join("".join(_pieces(node)).split())


def _pieces(node: Any) -> Iterator[str]:
    for event, element in etree.iterwalk(node, events=("start", "end")):
        gap = "" if element.tag in INLINE else " "
        if event == "start":
            yield gap + (element.text or "" if isinstance(element.tag, str) else "")
        else:
            yield gap + (element.tail or "" if element is not node else "")
