"""The title of an article, out of all the titles that its page bears."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape
from itertools import islice

from lxml.etree import XPath
from lxml.html import HtmlElement

from pipeline.pages import jsonld
from pipeline.pages.metadata import Page, site_names
from pipeline.pages.plain import key, line

Cut = tuple[str, str]  # the key of a title or of a part of it, and how it is written

_HEADING_TEXT = XPath(".//text()[not(ancestor::svg or ancestor::style or ancestor::script)]", smart_strings=False)
_LONGEST = 400  # characters: what is longer is no title, and would be costly to compare
_SEPARATOR = re.compile(r"\s+[-–—|·•:‹›]\s+|\s*\|\s*|\s/\s|\s[«»]\s(?=[^«»]*$)")
_KICKER = re.compile(r"\w[.:|]\s")


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
    cuts = [[(key(cut), cut) for cut in _cuts(one, sites)] for one in declared]
    if announced and key(announced):
        if chosen := _confirmed(line(announced)[:_LONGEST], headings, cuts, sites):
            return chosen
        if not (headings or declared):
            return line(announced)
    if chosen := _agreed(headings, cuts, _headings(page, "h2"), _headings(page, "h3", "h4")):
        return chosen
    shown = [one for one in headings if key(one) not in sites]
    if len(set(declared)) < 2 and len(shown) == 1 and not _kicks(shown[0], declared):
        return shown[0]
    return next((_without_site(one, sites) for one in declared), shown[0] if shown else "")


def _confirmed(announced: str, headings: list[str], declared: list[list[Cut]], sites: set[str]) -> str:
    """The announced title as the page writes it, or the larger part of it; empty when the page has neither."""
    shown = {key(one): one for one in reversed(headings)}
    for wanted in map(key, _cuts(announced, sites)):
        if 2 * len(wanted) < len(key(announced)):
            return ""
        for cut in (cut for cuts in declared for name, cut in cuts if name == wanted):
            return _better(shown[wanted], cut) if wanted in shown else cut
    return ""


def _agreed(headings: list[str], declared: list[list[Cut]], second: list[str], lesser: list[str]) -> str:
    """The heading, or part of a declared title, on which the page's declarations agree.

    `second` and `lesser` headings count as well when they are a declared title word for word, the lesser ones its
    larger part at least: other articles have theirs there.
    """
    shown = {key(one): one for one in reversed([*headings, *second])}
    others = {key(one): one for one in reversed(lesser)}
    for cuts in declared:
        for name, cut in cuts:
            if name in shown and (name == cuts[0][0] or len(name) >= 12):
                return _better(shown[name], cut)
            if name in others and len(name) >= 20 and 2 * len(name) >= len(cuts[0][0]):
                return _better(others[name], cut)
    return next(
        (
            shorter
            for cuts in declared
            for _, cut in cuts
            for heading in headings
            if (shorter := _contained(cut, heading))
        ),
        "",
    )


def _better(heading: str, declared: str) -> str:
    """Of two spellings of one title, the heading's, unless it shouts or runs a kicker into what follows."""
    kickers = len(_KICKER.findall(declared)) > len(_KICKER.findall(heading))
    return declared if heading.isupper() or kickers else heading


def _kicks(heading: str, declared: list[str]) -> bool:
    """Whether a heading is no more than the place or the matter that a declared title begins with."""
    return any(one.startswith(heading) and one[len(heading) :].lstrip().startswith(":") for one in declared)


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


def _headings(page: Page, *tags: str) -> list[str]:
    found = (_heading(element) for element in islice(page.tree.iter(*tags), 12))
    return [one for one in found if key(one)]


def _heading(element: HtmlElement) -> str:
    return line("".join(str(piece) for piece in _HEADING_TEXT(element)))[:_LONGEST]


def _head_title(page: Page) -> str:
    found = page.tree.find("./head/title")
    if found is None:
        found = page.tree.find(".//title")
    return line(found.text or "") if found is not None else ""
