"""What a page says of itself in JSON-LD, however badly it is written. Source: schema.org, and the press's own pages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from lxml.etree import XPath
from lxml.html import HtmlElement

Node = dict[str, Any]

_SCRIPTS = XPath("//script[contains(translate(@type, 'JSONLD', 'jsonld'), 'ld+json')]")
_ARTICLE = re.compile(r"(Article|BlogPosting|Report|PressRelease)$")
_COMMENT = re.compile(r"<!--|-->|//\s*<!\[CDATA\[|//\s*\]\]>|<!\[CDATA\[|\]\]>")
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_FLAG = re.compile(r'"(isAccessibleForFree|datePublished)"\s*:\s*"?([^",}\s][^",}\n]{0,60})')
_HOLDERS = ("@graph", "mainEntity", "mainEntityOfPage", "@included")
_MOST_NODES = 500


def nodes(tree: HtmlElement) -> list[Node]:
    """Every object that stands by itself in the page's JSON-LD, in the page's order; lists and @graph are opened.

    A script that cannot be parsed still yields its access flag and its date: a paid text must not pass for free
    because of a missing comma.
    """
    found: list[Node] = []
    for script in _scripts(tree):
        for value in _values(script.text or ""):
            for node in _opened(value, 0):
                found.append(node)
                if len(found) >= _MOST_NODES:
                    return found
    return found


def _scripts(tree: HtmlElement) -> list[HtmlElement]:
    found = _SCRIPTS(tree)
    return found if isinstance(found, list) else []


def _values(text: str) -> Iterator[Any]:
    """The JSON values of one script: usually one, sometimes several in a row, sometimes spoilt."""
    decoder = json.JSONDecoder(strict=False)
    text = text.strip()
    for attempt in (text, _COMMENT.sub("", text), _TRAILING_COMMA.sub(r"\1", _COMMENT.sub("", text)), unescape(text)):
        rest, several = attempt.strip(), []
        try:
            while rest:
                value, end = decoder.raw_decode(rest)
                several.append(value)
                rest = rest[end:].lstrip(" \t\r\n;,")
        except (ValueError, RecursionError):
            if not several:
                continue
        yield from several
        if not rest:
            return
        break
    if rescued := {found[1]: found[2].strip() for found in _FLAG.finditer(text)}:
        yield {"@type": "Article", **rescued}


def _opened(value: Any, depth: int) -> Iterator[Node]:
    if depth > 6:
        return
    if isinstance(value, list):
        for item in value:
            yield from _opened(item, depth + 1)
    elif isinstance(value, dict):
        yield value
        for holder in _HOLDERS:
            if isinstance(value.get(holder), (dict, list)):
                yield from _opened(value[holder], depth + 1)


def types(node: Node) -> list[str]:
    """The node's types, without the vocabulary's address."""
    declared = node.get("@type")
    listed = declared if isinstance(declared, list) else [declared]
    return [one.rsplit("/", 1)[-1] for one in listed if isinstance(one, str)]


def is_article(node: Node) -> bool:
    """Whether the node is an article of any kind (NewsArticle, ReportageNewsArticle, LiveBlogPosting, …)."""
    return any(_ARTICLE.search(one) for one in types(node))


def texts(value: Any) -> Iterator[str]:
    """The strings in a value that may be a string, an object with a name or an @value, or a list of those."""
    if isinstance(value, str):
        yield unescape(unescape(value))
    elif isinstance(value, list):
        for item in value[:50]:
            if not isinstance(item, list):
                yield from texts(item)
    elif isinstance(value, dict):
        yield from texts(value.get("name") or value.get("@value") or "")


def text(value: Any) -> str:
    """The first string in a value; empty when there is none."""
    return next((one.strip() for one in texts(value) if one.strip()), "")


def body(node: Node) -> str:
    """The text that an article gives of itself: its body, or its posts when it is a live page of several."""
    posts = node.get("liveBlogUpdate")
    several = [one for one in posts[:_MOST_NODES] if isinstance(one, dict)] if isinstance(posts, list) else []
    told = "\n".join(text(one.get(name)) for one in several for name in ("headline", "articleBody"))
    whole = text(node.get("articleBody"))
    return told if len(told) > len(whole) else whole


def addresses(node: Node) -> list[str]:
    """The addresses that a node gives for itself."""
    page = node.get("mainEntityOfPage")
    inner = [page.get("@id"), page.get("url")] if isinstance(page, dict) else [page]
    return [one for one in (node.get("url"), node.get("@id"), *inner) if isinstance(one, str)]


def flag(value: Any) -> bool | None:
    """`isAccessibleForFree` as written on real pages: a boolean, a word in any case, a schema.org address, a list."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        word = value.strip().rsplit("/", 1)[-1].lower()
        return {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}.get(word)
    if isinstance(value, list):
        said = [one for one in map(flag, (item for item in value if not isinstance(item, list))) if one is not None]
        return all(said) if said else None
    return None
