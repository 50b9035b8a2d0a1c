"""The title of an article, out of all the titles that its page bears."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape
from itertools import islice

from lxml.etree import XPath
from lxml.html import HtmlElement

from pipeline import jsonld
from pipeline.metadata import Page, site_names
from pipeline.plain import key, line

_HEADING_TEXT = XPath(".//text()[not(ancestor::svg or ancestor::style or ancestor::script)]", smart_strings=False)
_LONGEST = 400  # characters: what is longer is no title, and would be costly to compare
_SEPARATOR = re.compile(r"\s+[-–—|·•:]\s+|\s*\|\s*|\s/\s")


def title(page: Page, names: Iterable[str] = (), announced: str | None = None) -> str:
    """The article's title without the site's name; empty when the page has none.

    The heading that the reader sees is believed when another declaration bears it out, for pages also have their
    name, their section or a box in a heading. Where heading and og:title differ, the one that the door announced wins.
    `names` are the site's names beside those that the page gives; `announced` is the door's title.
    """
    sites = {key(name) for name in (*names, *site_names(page)) if key(name)}
    headings = _headings(page, "h1")
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
    if chosen := _agreed(headings, declared, sites, lesser=_headings(page, "h2")):
        return chosen
    shown = [one for one in headings if key(one) not in sites]
    if len(set(declared)) < 2 and len(shown) == 1:
        return shown[0]
    return next((_without_site(one, sites) for one in declared), shown[0] if shown else "")


def _agreed(
    headings: list[str],
    declared: list[str],
    sites: set[str],
    wanted: set[str] | None = None,
    lesser: Iterable[str] = (),
) -> str:
    """The heading, or part of a declared title, on which the page's declarations agree; `wanted` bounds the choice.

    `lesser` headings count as well, when they are a declared title word for word.
    """
    for one in declared:
        cuts = _cuts(one, sites)
        for cut in cuts:
            for heading in (*headings, *lesser):
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
    """The title without the site's name, then its beginnings and ends by separators, the longest first."""
    whole = _without_site(text, sites)
    found = list(_SEPARATOR.finditer(whole))[:8]
    parts = [whole[: one.start()].rstrip() for one in found] + [whole[one.end() :].lstrip() for one in found]
    return [whole, *sorted((part for part in parts if part and key(part) not in sites), key=len, reverse=True)]


def _without_site(text: str, sites: set[str]) -> str:
    """The title without the site's name behind or before it."""
    for found in reversed(list(_SEPARATOR.finditer(text))):
        if found.start() and key(text[found.end() :]) in sites:
            return _without_site(text[: found.start()].rstrip(), sites)
    if (found_first := _SEPARATOR.search(text)) and key(text[: found_first.start()]) in sites:
        return text[found_first.end() :].lstrip() or text
    return text


def _headings(page: Page, tag: str) -> list[str]:
    found = (_heading(element) for element in islice(page.tree.iter(tag), 12))
    return [one for one in found if key(one)]


def _heading(element: HtmlElement) -> str:
    return line("".join(str(piece) for piece in _HEADING_TEXT(element)))[:_LONGEST]


def _head_title(page: Page) -> str:
    found = page.tree.find("./head/title")
    if found is None:
        found = page.tree.find(".//title")
    return line(found.text or "") if found is not None else ""
