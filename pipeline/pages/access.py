"""How much of an article may be read: what the page declares, then what its text ends with."""

from __future__ import annotations

import re
from functools import lru_cache

from lxml.cssselect import CSSSelector
from lxml.etree import XPath
from lxml.html import HtmlElement

from pipeline.pages import jsonld
from pipeline.pages.metadata import Page
from pipeline.pages.plain import key

_TIERS = {"free": True, "locked": False, "paid": False, "premium": False, "subscriber": False}
# Sentences that keep the rest of the article for those who pay.
_WALL = re.compile(
    r"il vous reste\s+[\d.,]+\s*%|"
    r"\b(la suite|cet article|ce contenu|la fin|la lecture|l.intégralité|l.accès)\s([^.]{0,30}\s)?(est|sont)\s"
    r"(\w+ment\s)?réservée?s? (à nos|aux) abonnée?s|"
    r"pour (lire|découvrir|connaître|accéder à|poursuivre) (la suite|la lecture|l.intégralité|cet article)"
    r"[^.]{0,80}(abonne|(créez|créer) (votre|un) compte|inscrivez-vous|connectez-vous|identifiez-vous)|"
    r"lisez la suite pour|(envie|besoin) de (lire|connaître) la suite|débloque[rz] (votre|cet) article|"
    r"abonnez-vous pour (lire|continuer|accéder|découvrir|poursuivre)",
    re.IGNORECASE,
)
# A label, which also stands beside the titles of other articles: believed in the last line alone.
_LABEL = re.compile(r"(?:^|[\s(])(article |contenu )?réservée?s? (à nos|aux) abonnée?s\W*$", re.IGNORECASE)
_READ_ALSO = re.compile(r"(à )?(lire|voir) (aussi|également)", re.IGNORECASE)
_WALL_MARKS = XPath(
    "//*[contains(@class, 'paywall') or contains(@class, 'blur') or contains(@class, 'restrict') or "
    "contains(@class, 'premium') or contains(@class, 'abonne') or contains(@id, 'poool')]"
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
    for node in (articles := _articles(page)):
        if (said := jsonld.flag(node.get("isAccessibleForFree"))) is not None:
            return said
    for node in articles:
        parts = node.get("hasPart")
        listed = [part for part in (parts if isinstance(parts, list) else [parts]) if isinstance(part, dict)]
        if any(jsonld.flag(part.get("isAccessibleForFree")) is False for part in listed):
            return False
    for node in page.nodes:
        if "WebPage" in jsonld.types(node) and (said := jsonld.flag(node.get("isAccessibleForFree"))) is not None:
            return said
    if (said := jsonld.flag(page.meta("isaccessibleforfree"))) is not None:
        return said
    tier = page.meta("article:content_tier", "og:article:content_tier", "content_tier").lower()
    if tier in _TIERS:
        return _TIERS[tier]
    return False if select(page.tree, paid_marker) else None


def _articles(page: Page) -> list[jsonld.Node]:
    """The page's article in JSON-LD, and what else describes the same: not the other articles that it lists."""
    headline = key(jsonld.text(page.article.get("headline")))
    same = (
        node
        for node in page.nodes
        if jsonld.is_article(node) and key(jsonld.text(node.get("headline"))) in ("", headline)
    )
    return [page.article, *same]


def is_wall(block: str) -> bool:
    """Whether a block of a page is a sentence that keeps the rest for subscribers."""
    return bool(_WALL.search(block))


def ends_at_a_wall(text: str) -> bool:
    """Whether a text ends with such a sentence, or with the label « Réservé aux abonnés » of its own."""
    if _WALL.search(text[-END:]):
        return True
    lines = text[-2 * END :].split("\n")
    return bool(_LABEL.search(lines[-1])) and not any(_READ_ALSO.match(one) for one in lines[-3:])


def before_a_wall(text: str) -> str:
    """A text without such a sentence near its end and what is said after it: who pays how much for what."""
    start = max(0, len(text) - END)
    found = _WALL.search(text, start)
    return text[: text.rfind("\n", 0, found.start()) + 1].rstrip() if found else text


def shows_a_wall(tree: HtmlElement) -> bool:
    """Whether anything in a page is marked in the ways of paywalls: too vague to call an article paid."""
    return bool(_WALL_MARKS(tree))
