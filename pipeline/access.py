"""How much of an article may be read: what the page declares, then what its text ends with."""

from __future__ import annotations

import re
from functools import lru_cache

from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement

from pipeline import jsonld
from pipeline.metadata import Page

_TIERS = {"free": True, "locked": False, "paid": False, "premium": False, "subscriber": False}
_NEVER_FREE = re.compile(
    r"il vous reste\s+[\d.,]+\s*%|"
    r"\b(la suite|cet article|ce contenu|la fin de cet article|l.intégralité de cet article|article|contenu)\s+"
    r"(de cet article\s+)?(est |sont )?(exclusivement |uniquement )?réservée?s? (à nos|aux) abonnée?s|"
    r"\bréservée?s? (à nos|aux) abonnée?s\W*$|"
    r"pour (lire|découvrir|connaître|accéder à) (la suite|l.intégralité)[^.]{0,60}abonne|"
    r"lisez la suite pour|envie de (lire|connaître) la suite|débloque[rz] (votre|cet) article|"
    r"abonnez-vous pour (lire|continuer|accéder|découvrir)",
    re.IGNORECASE,
)
END = 400  # characters at the end of a text in which such a sentence tells something


@lru_cache(maxsize=512)
def selector(css: str) -> CSSSelector:
    """A compiled CSS selector; raises cssselect.SelectorError when it is none."""
    return CSSSelector(css, translator="html")


def select(tree: HtmlElement, css: str) -> list[HtmlElement]:
    """The elements of a tree that a CSS selector names."""
    return [one for one in selector(css)(tree) if isinstance(one, HtmlElement)] if css else []


def declared_free(page: Page, paid_marker: str) -> bool | None:
    """Whether the page says that its article is free; None when it says nothing.

    In the order of evidence: the article's JSON-LD, its parts, the content tier, the source's CSS marker.
    """
    articles = [page.article, *(node for node in page.nodes if jsonld.is_article(node))]
    for node in (*articles, *(node for node in page.nodes if "WebPage" in jsonld.types(node))):
        if (said := jsonld.flag(node.get("isAccessibleForFree"))) is not None:
            return said
    for node in articles:
        parts = node.get("hasPart")
        said_of_parts = [
            jsonld.flag(part.get("isAccessibleForFree"))
            for part in (parts if isinstance(parts, list) else [parts])
            if isinstance(part, dict)
        ]
        if False in said_of_parts:
            return False
    if (said := jsonld.flag(page.meta("isaccessibleforfree"))) is not None:
        return said
    tier = page.meta("article:content_tier", "og:article:content_tier", "content_tier").lower()
    if tier in _TIERS:
        return _TIERS[tier]
    return False if select(page.tree, paid_marker) else None


def ends_at_a_wall(text: str) -> bool:
    """Whether a text ends with a sentence that keeps the rest for subscribers."""
    return bool(_NEVER_FREE.search(text[-END:]))
