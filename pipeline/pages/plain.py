"""Bytes from the web to strings that are safe to keep: decoded, in NFC, no control characters, no lone surrogates."""

from __future__ import annotations

import codecs
import re
import unicodedata

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE)
_TERMINAL = re.compile("\x1b(\\[[0-?]*[ -/]*[@-~]|\\][^\x07\x1b]*(\x07|\x1b\\\\)?|[@-_])|\x9b[0-?]*[ -/]*[@-~]")
_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# C0 and C1 controls, lone surrogates, non-characters; marks that nobody sees (soft hyphen, zero-width space) or that
# reverse the reading order of what follows
_UNSAFE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufdd0-\ufdef\ufeff\ufffe\uffff\ud800-\udfff]"
)


def decode(body: bytes, content_type: str = "") -> str:
    """The text of a response, whatever it declares.

    Bytes that are valid UTF-8 are UTF-8: other charsets hardly ever produce them by accident. A few broken bytes (a
    cut character, a pasted one) leave it UTF-8; otherwise the declared charset, or windows-1252, which servers also
    mean by ISO-8859-1 and, when they are wrong, by UTF-8. Whole commands to a terminal are taken out.
    """
    return _TERMINAL.sub("", _decoded(body, content_type))


def _decoded(body: bytes, content_type: str) -> str:
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(encoding, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if broken * 10 < len(body) - len(text):
        return text
    return body.decode(_declared(body, content_type), "replace")


def _declared(body: bytes, content_type: str) -> str:
    """The charset that the header or the page's first bytes declare, when it is a single-byte or an Asian one."""
    for place in (content_type.encode("ascii", "ignore"), body[:4096]):
        if found := _CHARSET.search(place):
            name = found[1].decode("ascii", "ignore").lower()
            try:
                name = codecs.lookup(name).name
                "".encode(name)
            except LookupError:
                continue
            if not name.startswith(("utf", "ascii", "iso8859-1", "unicode", "raw", "idna", "punycode")):
                return name
    return "windows-1252"


def safe(text: str) -> str:
    """The same text in NFC, lines ended by a newline alone, without what could harm a terminal, a file or a parser."""
    return unicodedata.normalize("NFC", _UNSAFE.sub("", _BREAKS.sub("\n", _TERMINAL.sub("", text))))


def line(text: str) -> str:
    """The same text on one line, runs of white space as one space."""
    return " ".join(safe(text).split())


def paragraphs(text: str) -> str:
    """The same text, one paragraph a line, without empty lines."""
    return "\n".join(filter(None, (" ".join(one.split()) for one in safe(text).split("\n"))))


def key(text: str) -> str:
    """Letters and digits alone, without case or accents: what two spellings of one title have in common."""
    folded = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "oe")).casefold()
    return "".join(filter(str.isalnum, folded))
