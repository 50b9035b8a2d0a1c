"""A digest in a format: text, Markdown, HTML, JSON, CSV, Atom. Functions of the digest alone."""

from __future__ import annotations

import json
import re
import textwrap
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

from pipeline.digest import Digest
from pipeline.telling.layout import Item, Layout, Quote, laid_out
from pipeline.telling.tables import to_csv
from pipeline.telling.tongue import Tongue

WIDTH = 100
ATOM = "http://www.w3.org/2005/Atom"
SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&])")
CSV_COLUMNS = (
    "event", "place", "source", "title", "published_at", "first_seen_at", "topics", "access", "archive", "sentence",
    "url", "article_id", "sentence_seen_at", "edited_at", "missing_since",
)  # fmt: skip


def to_text(digest: Digest, mark: tuple[str, str] = ("*", "*"), width: int = WIDTH) -> str:
    """For a terminal or a plain mail; `mark` surrounds the words that were found."""
    page = laid_out(digest)
    lines = [*_wrap(f"{page.title} · {page.made}", width), *_wrap(page.news, width), *_wrap(page.topics, width), ""]
    for section in page.sections:
        lines += [section.title.upper(), ""]
        for item in section.items:
            lines += [*_item_lines(page, item, mark, width), ""]
        lines += [section.more, ""] if section.more else []
    lines += [page.looked_at.upper(), "", *_wrap(page.account, width, "  ", "  ")]
    if page.unseen:
        lines += ["", page.unseen_title.upper(), ""]
        for line in page.unseen:
            lines += _wrap(line, width, "  - ", "    ")
    return "\n".join(lines) + "\n"


def to_markdown(digest: Digest) -> str:
    """CommonMark; nothing that the web wrote is taken for markup."""
    page = laid_out(digest)
    lines = [f"# {_escaped(page.title)}", "", f"**{_escaped(page.news)}**", "", _escaped(page.made), ""]
    lines += [_escaped(page.topics), ""]
    for section in page.sections:
        lines += [f"## {_escaped(section.title)}", ""]
        for item in section.items:
            lines += [*_item_markdown(page, item), ""]
        lines += [_escaped(section.more), ""] if section.more else []
    lines += [f"## {_escaped(page.looked_at)}", "", _escaped(page.account), ""]
    if page.unseen:
        lines += [f"## {_escaped(page.unseen_title)}", "", *(f"- {_escaped(line)}" for line in page.unseen), ""]
    return "\n".join(lines)


def to_html(digest: Digest) -> str:
    """One file, for a browser or a mail: no script, nothing from elsewhere, dark where the reader's screen is."""
    import jinja2  # noqa: PLC0415 (half of what a terminal's digest would spend on imports)

    environment = jinja2.Environment(loader=jinja2.PackageLoader("pipeline"), autoescape=True, trim_blocks=True)
    return environment.get_template("digest.html").render(page=laid_out(digest))


def to_json(digest: Digest) -> str:
    """Every field of the records, times in ISO 8601, with `headline` and `unseen`."""
    said: dict[str, Any] = asdict(digest) | {
        "headline": laid_out(digest).news,
        "unseen": [asdict(sight) for sight in digest.unseen],
    }
    return json.dumps(said, ensure_ascii=False, indent=2, default=datetime.isoformat) + "\n"


def to_csv_text(digest: Digest) -> str:
    """One row a match or change, for a spreadsheet: no cell is a formula."""
    rows: list[tuple[object, ...]] = [
        ("match", m.place, m.source_name, m.title, m.published_at, m.first_seen_at, m.topics, m.access, m.archive,
         m.sentence, m.url, m.article_id, m.said_at, m.edited_at, m.removed and m.removed.first_missed_at)
        for m in digest.matches
    ]  # fmt: skip
    rows += [
        (c.event, "", c.source_name, c.title, None, c.seen_at, (), c.access, False, " … ".join((*c.lost, *c.gained)),
         c.url, c.article_id, None, c.seen_at if c.event == "edit" else None, c.first_missed_at)
        for c in digest.changes
    ]  # fmt: skip
    return to_csv(CSV_COLUMNS, rows)


def to_atom(digest: Digest, before: str | None = None, most: int = 500) -> str:
    """A feed with an entry for each match and change; those of the feed `before` stay behind the new, `most` in all.

    Telling the same digest again changes nothing: an entry's id is made of what it tells.
    """
    ElementTree.register_namespace("", ATOM)
    page = laid_out(digest)
    entries = [_entry(digest, page, item, event) for item, event in _items(digest, page)]
    entries += ElementTree.fromstring(before).findall(f"{{{ATOM}}}entry") if before else []  # noqa: S314 (our own file)
    feed = ElementTree.Element(f"{{{ATOM}}}feed", {"xml:lang": digest.language})
    updated = max([digest.made_at.isoformat(), *(entry.findtext(f"{{{ATOM}}}updated", "") for entry in entries)])
    _add(feed, "id", f"urn:vigie:watch:{_token(digest.watch)}")
    _add(feed, "title", page.title)
    _add(feed, "updated", updated)
    _add(_add(feed, "author"), "name", "Vigie")
    once = {entry.findtext(f"{{{ATOM}}}id"): entry for entry in reversed(entries)}
    feed.extend(list(reversed(once.values()))[:most])
    ElementTree.indent(feed)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(feed, "unicode") + "\n"


FORMATS: Mapping[str, Callable[[Digest], str]] = {
    "text": to_text,
    "markdown": to_markdown,
    "html": to_html,
    "json": to_json,
    "csv": to_csv_text,
    "atom": to_atom,
}


def _item_lines(page: Layout, item: Item, mark: tuple[str, str], width: int) -> Iterable[str]:
    yield from _wrap(item.title, width, "• ", "  ")
    yield from _wrap(" · ".join(item.facts), width, "  ", "  ")
    for quote in item.quotes:
        yield from _wrap(_quoted(page, quote, *mark), width, "  ", "  ")
    if item.why:
        yield from _wrap(item.why, width, "  ", "  ")
    yield f"  {item.url}"
    yield f"  vigie show {item.article_id}"


def _item_markdown(page: Layout, item: Item) -> Iterable[str]:
    title = _escaped(item.title)
    link = re.sub(r"[<>\s\\]", lambda found: f"%{ord(found[0]):02X}", item.link)
    yield f"### [{title}](<{link}>)" if link else f"### {title}"
    yield ""
    yield _escaped(" · ".join(item.facts))
    for quote in item.quotes:
        words = tuple((_escaped(text), mark) for text, mark in quote.pieces)
        escaped = Quote(_escaped(quote.lead), words, _escaped(quote.after))
        yield from ("", f"> {_quoted(page, escaped, '**', '**')}")
    yield from ("", f"{_escaped(item.why)} `vigie show {item.article_id}`".strip())


def _quoted(page: Layout, quote: Quote, before: str, after: str) -> str:
    sentence = "".join(f"{before}{text}{after}" if mark else text for text, mark in quote.pieces)
    return f"{quote.lead} {Tongue(page.language).quoted(sentence)} {quote.after}".strip()


def _escaped(words: str) -> str:
    """CommonMark's own signs, told to be themselves."""
    return re.sub(r"^(\s*)([-+=]|\d+[.)])", r"\1\\\2", SPECIAL.sub(r"\\\1", words))


def _items(digest: Digest, page: Layout) -> Iterable[tuple[Item, str]]:
    """The items with the event that each tells. A feed's reader sees the archives too."""
    changed = {(change.article_id): change for change in digest.changes}
    for section in page.sections:
        for item in section.items:
            change = changed.get(item.article_id)
            yield item, f"{change.event}:{change.version}" if change else "match"


def _entry(digest: Digest, page: Layout, item: Item, event: str) -> ElementTree.Element:
    entry = ElementTree.Element(f"{{{ATOM}}}entry")
    told = ",".join(next((m.untold for m in digest.matches if m.article_id == item.article_id), ()))
    _add(entry, "id", f"urn:vigie:{item.article_id}:{_token(event)}:{_token(told)}".rstrip(":"))
    _add(entry, "title", item.title)
    _add(entry, "updated", digest.made_at.isoformat())
    if item.link:
        ElementTree.SubElement(entry, f"{{{ATOM}}}link", {"href": item.link})
    words = [" · ".join(item.facts), *(_quoted(page, quote, "", "") for quote in item.quotes), item.why]
    _add(entry, "summary", "\n".join(filter(None, words)))
    return entry


def _add(parent: ElementTree.Element, name: str, text: str = "") -> ElementTree.Element:
    child = ElementTree.SubElement(parent, f"{{{ATOM}}}{name}")
    child.text = _xml(text) or None
    return child


def _xml(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return "".join(c for c in text if c in "\t\n" or (ord(c) >= 0x20 and unicodedata.category(c) not in {"Cs", "Cn"}))


def _token(words: str) -> str:
    return re.sub(r"[^\w:.,-]", "-", words)


def _wrap(words: str, width: int, first: str = "", rest: str = "") -> list[str]:
    return textwrap.wrap(
        words, width, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
