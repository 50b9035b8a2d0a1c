"""The title of an article, out of all the titles that its page bears."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape

from lxml.etree import XPath
from lxml.html import HtmlElement

from pipeline import jsonld
from pipeline.metadata import Page, elements, site_names
from pipeline.plain import key, line

_HEADINGS = XPath("//h1")
_HEADING_TEXT = XPath(".//text()[not(ancestor::svg or ancestor::style or ancestor::script)]", smart_strings=False)
_LONGEST = 400  # characters: what is longer is no title, and would be costly to compare
_SEPARATOR = re.compile(r"\s+[-–—|·•:]\s+|\s*\|\s*")


def title(page: Page, names: Iterable[str] = (), announced: str | None = None) -> str:
    """The article's title without the site's name; empty when the page has none.

    The heading that the reader sees is believed when another declaration bears it out, for pages also have their
    name, their section or a box in a heading. Where heading and og:title differ, the one that the door announced wins.
    `names` are the site's names beside those that the page gives; `announced` is the door's title.
    """
    sites = {key(name) for name in (*names, *site_names(page)) if key(name)}
    headings = [one for one in map(_heading, elements(_HEADINGS(page.tree))[:8]) if key(one)]
    declared = [
        line(unescape(one))[:_LONGEST]
        for one in (
            page.meta("og:title"),
            jsonld.text(page.article.get("headline")) or jsonld.text(page.article.get("name")),
            page.meta("twitter:title", "dc.title", "title"),
            _head_title(page),
        )
        if one and key(one)
    ]
    if announced and key(announced):
        wanted = {key(one) for one in _cuts(line(announced)[:_LONGEST], sites)}
        chosen = _agreed(headings, declared, sites, wanted)
        if chosen or not (headings or declared):
            return chosen or line(announced)
    if chosen := _agreed(headings, declared, sites):
        return chosen
    shown = [one for one in headings if key(one) not in sites]
    if len(declared) < 2 and len(shown) == 1:
        return shown[0]
    return next((_without_site(one, sites) for one in declared), shown[0] if shown else "")


def _agreed(headings: list[str], declared: list[str], sites: set[str], wanted: set[str] | None = None) -> str:
    """The heading, or part of a declared title, on which the page's declarations agree; `wanted` bounds the choice."""
    for one in declared:
        cuts = _cuts(one, sites)
        for cut in cuts:
            for heading in headings:
                same = key(cut) == key(heading) and (cut == cuts[0] or len(key(cut)) >= 12)
                if same and (wanted is None or key(cut) in wanted):
                    return cut if heading.isupper() else heading
    for one in declared:
        for cut in _cuts(one, sites):
            if wanted is not None and key(cut) in wanted:
                return cut
            for heading in headings if wanted is None else ():
                if shorter := _contained(cut, heading):
                    return shorter
    return ""


def _contained(cut: str, heading: str) -> str:
    """The shorter of a declared title and a heading when the other one is it with a kicker or a badge."""
    one, other = key(cut), key(heading)
    if len(one) >= 20 and (other.startswith(one) or other.endswith(one)):
        return heading if cut.endswith(("…", "...")) else cut
    if len(other) >= 20 and (one.startswith(other) or one.endswith(other)):
        return heading
    return ""


def _cuts(text: str, sites: set[str]) -> list[str]:
    """The title without the site's name, then shorter and shorter by what stands after a separator."""
    cuts = [_without_site(text, sites)]
    ends = [found.start() for found in _SEPARATOR.finditer(cuts[0])]
    return cuts + [cuts[0][:end].rstrip() for end in reversed(ends) if end]


def _without_site(text: str, sites: set[str]) -> str:
    """The title without the site's name behind or before it."""
    for found in reversed(list(_SEPARATOR.finditer(text))):
        if found.start() and key(text[found.end() :]) in sites:
            return _without_site(text[: found.start()].rstrip(), sites)
    if (found_first := _SEPARATOR.search(text)) and key(text[: found_first.start()]) in sites:
        return text[found_first.end() :].lstrip() or text
    return text


def _heading(element: HtmlElement) -> str:
    return line("".join(str(piece) for piece in _HEADING_TEXT(element)))[:_LONGEST]


def _head_title(page: Page) -> str:
    found = page.tree.find("./head/title")
    if found is None:
        found = page.tree.find(".//title")
    return line(found.text or "") if found is not None else ""
