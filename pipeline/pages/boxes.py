"""Boxes that stand among an article's blocks and are no part of it: consent banners, lists of other articles."""

from __future__ import annotations

import re
from itertools import chain, islice

from lxml.etree import XPath
from lxml.html import HtmlElement

from pipeline.pages.metadata import elements
from pipeline.pages.plain import line

_CONSENT = re.compile(r"cookie|consent|didomi|axeptio|tarteaucitron|onetrust|rgpd|gdpr", re.IGNORECASE)
_ABOUT_CONSENT = re.compile(
    r"cookie|traceur|partenaires|vie privée|consente|vos choix|données personnelles", re.IGNORECASE
)
_MOST_CONSENT = 5000  # characters; the wrapper of a whole page bears such marks too
_OTHERS = re.compile(
    r"(à |a )?(lire|voir|écouter|découvrir) (aussi|également)|vous (aimerez|pourriez) (peut-être )?(aussi|aimer)|"
    r"(sur|dans) (le|la) même (sujet|thème|thématique|rubrique|catégorie)|nos derniers articles|"
    r"(autres |derniers )?(articles|actualités|contenus) (similaires|liée?s|associée?s|recommandée?s|connexes)|"
    r"(les )?(plus|articles les plus) (lus|récents)",
    re.IGNORECASE,
)
_LABELS = ("h2", "h3", "h4", "h5", "h6", "p", "span", "div", "strong", "b")
_LONGEST_LABEL = 40
_MOST_LABELS = 20  # what is looked at in one page, however it is made
_MOST_BOXES = 100
_HIGHEST = 8
_PER_LINK = 500  # characters of a box of other articles for each of its links, at the most
_BEFORE = XPath("boolean(preceding::p[string-length(normalize-space()) >= 60])")
_GRANTED = XPath("//*[@subscriptions-section='content' or @amp-access-hide]")


def drop_granted(tree: HtmlElement) -> None:
    """Take out what an AMP page holds ready for subscribers alone."""
    for element in elements(_GRANTED(tree)):
        _drop(element)


def drop_boxes(tree: HtmlElement) -> None:
    """Take out consent banners and the boxes that list other articles: their words are not the article's."""
    marks = (
        (one, f"{one.get('id', '')} {one.get('class', '')}") for one in tree.iter("div", "section", "aside", "form")
    )
    for element in list(islice((one for one, said in marks if _CONSENT.search(said)), _MOST_BOXES)):
        text = str(element.text_content())
        if len(text) <= _MOST_CONSENT and _ABOUT_CONSENT.search(text) and element.find(".//h1") is None:
            _drop(element)
    labels = [one for one in tree.iter(*_LABELS) if one.text and _is_label(one.text)]
    for label in labels[:_MOST_LABELS]:
        for element in _box(label):
            _drop(element)


def _is_label(text: str) -> bool:
    text = text.strip()
    return 0 < len(text) <= _LONGEST_LABEL and _OTHERS.match(text) is not None


def _box(label: HtmlElement) -> list[HtmlElement]:
    """What a label heads: the smallest block that begins with it and holds several links, or the list behind it.

    Nothing before the first paragraph: the article itself may be what follows.
    """
    if not _BEFORE(label):
        return []
    start = line(str(label.text_content()))
    for box in islice(chain([label], label.iterancestors()), _HIGHEST):
        if box.tag in ("body", "main", "article") or box.find(".//h1") is not None:
            return []
        text = line(str(box.text_content()))
        if not text.startswith(start):
            return []
        if (links := _links(box)) >= 2:
            return [box] if len(text) <= _PER_LINK * links else []
        following = box.getnext()
        if following is not None and _is_list_of_links(following):
            return [box, following]
    return []


def _links(element: HtmlElement) -> int:
    return len({one.get("href") for one in element.iter("a") if one.get("href")})


def _is_list_of_links(element: HtmlElement) -> bool:
    """Whether a block says little but its links. One link alone may be a sentence's; what it points to is then told."""
    linked = sum(len(line(str(one.text_content()))) for one in element.iter("a"))
    return _links(element) >= 2 and linked * 2 > len(line(str(element.text_content())))


def _drop(element: HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()
