"""The page around a text: what is taken out before it is read, what stands between title and text, what sells."""

from __future__ import annotations

import re
from copy import deepcopy

from lxml.etree import strip_elements
from lxml.html import HtmlElement, document_fromstring

from pipeline.pages import access
from pipeline.pages.plain import key, line

# Never text, and the larger part of a page. JSON-LD goes with the scripts: see extract.
_UNSEEN = (
    *("script", "style", "svg", "link", "iframe", "template", "object", "embed", "noscript"),
    *("select", "option", "button", "video", "audio", "picture", "source", "nav", "footer", "menu", "dialog"),
)
_BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset"),
        *("figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "li", "main"),
        *("nav", "ol", "p", "pre", "section", "table", "tbody", "td", "th", "thead", "tr", "ul"),
    )
)
_ASIDE_TAGS = frozenset(("a", "aside", "figcaption", "figure", "footer", "form", "li", "nav", "table"))
_ASIDE_CLASS = re.compile(
    r"comment|related|share|newsletter|promo|sidebar|teaser|card|caption|legende|credit|author|auteur|signature|\bbio|"
    r"footer|menu|\bnav|widget|cookie|subscri|abonne|paywall|\btags?\b|social|lire-aussi|read-?(also|more)|forum|"
    r"breadcrumb|ariane|encart|\bpush|banner|\bpub\b|reaction|time|date|meta",
    re.IGNORECASE,
)
_STANDFIRST_CLASS = re.compile(
    r"chap[oe]|standfirst|lede|article-?_?(intro|lead|hat|summary|desc)|\bhat\b", re.IGNORECASE
)
_HIDDEN = re.compile(r"display\s*:\s*none")
_SENTENCE_END = re.compile(r"[.!?…:][\s»”\"')\]]*$")
_LONG_CELL = 200  # characters: what is longer is no datum
_MOST_HEAD = 3
_LAST_MET = 3
_MOST_LOOKED = 200
_AFTER = 10
_NOISE = re.compile(
    r"(abonnez-vous|s.abonner|je m.abonne|déjà abonnée?|se connecter|connectez-vous|identifiez-vous|inscrivez-vous|"
    r"lire plus tard|partager( cet article| sur)?\s*:?$|partagez\b|imprimer\b|nous vous offrons|suivez-nous|"
    r"retrouvez-nous sur|recevez (notre|nos|la newsletter|chaque)|newsletter|ajouter (à|aux) (mes |vos )?favoris|"
    r"(publiée?|mise? à jour|modifiée?)( le)?\s*:?$|"
    r"(passer la )?publicité$|commenter$|réagir$|copier le lien|envoyer par (e-?)?mail|"
    r"cet article (vous est offert|est réservé)|"
    r"article réservé|la suite (de cet article )?est réservée|il vous reste\s+[\d.,]+\s*%|pour lire la suite|"
    r"lisez la suite|(envie|besoin) de lire la suite|débloque[rz]|"
    r"(article |contenu )?réservée?s? (à nos|aux) abonnée?s|"
    r"temps de lecture|lecture\s*:?\s*\d+ min|crédits? photos?\s*:|.*(\{\{|<%))",
    re.IGNORECASE,
)


Leaf = tuple[HtmlElement, str]


def undress(tree: HtmlElement) -> None:
    """Take out of the tree what is never read as text: scripts with their JSON-LD, styles, players, menus, footers.

    A form that holds the article, as ASP.NET makes them, becomes a plain block: extractors drop forms.
    """
    strip_elements(tree, *_UNSEEN, with_tail=False)
    for form in tree.iter("form"):
        if form.find(".//h1") is not None or len(form.findall(".//p")) > 2:
            form.tag = "div"


def drop_marked(tree: HtmlElement, paid_marker: str, body: str) -> None:
    """Take out what the paid marker marks (a box, a blurred text), unless the article itself stands in it."""
    kept = set(access.select(tree, body)) | set(tree.iter("h1", "main"))
    for element in access.select(tree, paid_marker):
        inside = element in kept or any(one in kept for one in element.iterdescendants())
        if not inside and element.getparent() is not None:
            element.drop_tree()


def alone(tree: HtmlElement, body: str) -> HtmlElement | None:
    """A page of its own with copies of the elements that the CSS selector `body` names; None when there are none."""
    parts = access.select(tree, body)
    named = set(parts)
    outer = [part for part in parts if not any(ancestor in named for ancestor in part.iterancestors())]
    if not outer:
        return None
    page = document_fromstring("<html><body><article></article></body></html>")
    page[0][0].extend(deepcopy(part) for part in outer)
    return page


def leaves(tree: HtmlElement) -> list[Leaf]:
    """The blocks without blocks in them that hold text, in the page's order, each with its text on one line."""
    ends = (one for one in tree.iter(*_BLOCKS) if not any(child.tag in _BLOCKS for child in one))
    return [(one, text) for one in ends if (text := line(str(one.text_content())))]


def stops_at_a_wall(text: str, leaves: list[Leaf]) -> bool:
    """Whether the page shows, just after the end of the text, a sentence that keeps the rest for subscribers."""
    last = {one[:60] for one in text.split("\n")[-3:] if len(one) > 40}
    end = max((place for place, (_, block) in enumerate(leaves) if block[:60] in last), default=None)
    if end is None:
        return False
    return any(
        len(block) <= 400
        and access.is_wall(block)
        and not any(one.tag in _ASIDE_TAGS for one in element.iterancestors())
        for element, block in leaves[end : end + _AFTER]
    )


def completed(text: str, leaves: list[Leaf], title: str, description: str) -> str:
    """The text with its head: the standfirst, and what the page shows between the title and the third paragraph found.

    Extractors leave the standfirst out more often than not, and it may be the only place that names the matter. The
    title itself, when it stands at the beginning of the text, is taken off.
    """
    wanted, said = key(title), key(description)[:60]
    lines = _without_title(text.split("\n"), wanted)
    places = {one[:60]: place for place, one in enumerate(lines) if len(one) > 40}
    missing: list[tuple[int, str]] = []
    met: set[int] = set()
    started, looked = False, 0
    for element, block in leaves:
        if wanted and len(wanted) <= len(block) < len(title) + 40 and key(block).startswith(wanted):
            started, missing = True, [] if element.tag == "h1" else missing
        elif started and (place := places.get(block[:60])) is not None:
            met.add(place)
        elif started:
            looked += 1
            if (_is_said(block, said) or _tells(element, block)) and block not in text and quiet(block):
                missing.append((max(met, default=-1) + 1, block))
        if len(met) >= _LAST_MET or looked > _MOST_LOOKED:
            break
    if met or not places:
        for place, block in reversed(missing[:_MOST_HEAD]):
            lines.insert(place, block)
    return "\n".join(filter(None, lines))


def _is_said(block: str, said: str) -> bool:
    """Whether a block is what the page's description begins with."""
    return len(said) > 30 and len(block) >= 40 and key(block).startswith(said)


def _without_title(lines: list[str], title: str) -> list[str]:
    """The lines without the title, alone or at the end of a trail, among the first three."""
    return [
        one
        for n, one in enumerate(lines)
        if n > 2 or not title or title not in (key(one), key(re.split(" [>›] ", one)[-1]))
    ]


def _tells(element: HtmlElement, block: str) -> bool:
    """Whether a block before the text is part of the article: sentences, mostly without links, in no box."""
    if len(block) >= 40 and _STANDFIRST_CLASS.search(_marks(element)):
        return True
    if len(block) < 60 or not _SENTENCE_END.search(block) or (len(block) < 120 and block.endswith("?")):
        return False
    boxes = (one for one in (element, *element.iterancestors()) if one.tag not in ("html", "body", "main", "article"))
    if any(one.tag in _ASIDE_TAGS or _ASIDE_CLASS.search(_marks(one)) or _is_hidden(one) for one in boxes):
        return False
    linked = sum(len(str(link.text_content())) for link in element.iter("a"))
    return linked * 3 < len(block)


def _is_hidden(element: HtmlElement) -> bool:
    return element.get("hidden") is not None or _HIDDEN.search(element.get("style") or "") is not None


def _marks(element: HtmlElement) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''}"


def unwalled(text: str) -> str:
    """The text with the cells of a table that lays a page out as paragraphs; rows of data keep their bars."""
    lines = (one.strip(" |") for one in text.split("\n"))
    return "\n".join(
        "\n".join(cells) if max(map(len, cells := one.split(" | "))) > _LONG_CELL else one for one in lines
    )


def quiet(text: str) -> str:
    """The text without the lines that sell, share or ask to log in."""
    return "\n".join(one for one in text.split("\n") if len(one) > 200 or not _NOISE.match(one.lstrip(" -–•→>▶✉🔒")))
