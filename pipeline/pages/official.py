"""The documents of institutions' open data: judgments and deliberations (XML), tenders and questions (JSON).

The crawler marks each with a profile in its content type (`application/xml; profile=justice`). The fields are those
that the publishers use: opendata.justice-administrative.fr, DILA (CNIL), BOAMP's Explore API v2.1, Assemblée nationale.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lxml import etree
from lxml.html import fragment_fromstring

from pipeline.french import MONTHS
from pipeline.pages import dates
from pipeline.pages.plain import line

_PROFILE = re.compile(r";\s*profile=(\w+)", re.IGNORECASE)
_COURT = re.compile(
    r"(tribunal administratif|cour administrative d.appel)\s+(?:de\s+la\s+|de\s+|du\s+|des\s+|d.)?(\S.*)", re.I
)
_SHORT = {"t": "TA", "c": "CAA"}
_NO_WORDS = re.compile(
    r"[\W\d_]*|https?://\S+|\S+@\S+|[A-Z]{1,3}|[A-Z]{2,4}-?\d[\w-]*|[a-z]{2,}(-[a-z]+)+|[\da-f]{8}-[\da-f-]{27}|true|false"
)
_ASKS = re.compile(r"\s*((?:M\.|Mme)\s[^.,;:]{3,60}?)\s(?:attire|appelle|interroge|alerte|demande|souhaite|rappelle)\b")
_BLOCKS = {"p", "br", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6"}


class OfficialError(Exception):
    """A document that is not what its profile says."""


@dataclass(frozen=True, slots=True)
class Document:
    """What a document says: `text` has a paragraph a line; `published_at` in UTC, midnight in Paris."""

    title: str
    text: str
    authors: tuple[str, ...]
    published_at: datetime | None


def profile(content_type: str) -> str:
    """Which reader a content type asks for; empty when none."""
    found = _PROFILE.search(content_type)
    return found[1].lower() if found and found[1].lower() in _READERS else ""


def read(body: bytes, content_type: str, before: datetime) -> Document:
    """Read a document by its profile. A date after `before` is not believed. Raises OfficialError."""
    try:
        return _READERS[profile(content_type)](body, before)
    except (ValueError, TypeError, RecursionError, etree.LxmlError) as fault:
        raise OfficialError(f"{type(fault).__name__}: {fault}"[:200]) from fault


def _judgment(body: bytes, before: datetime) -> Document:
    root = _root(body)
    court, number = _said(root, "Nom_Juridiction"), _said(root, "Numero_Dossier")
    day = _said(root, "Date_Lecture")
    title = ", ".join(filter(None, (_short(court, _said(root, "Code_Juridiction")), _in_words(day), f"n° {number}")))
    facts = ("Type_Decision", "Type_Recours", "Formation_Jugement", "Solution")
    said = " ; ".join(filter(None, (_said(root, name) for name in facts)))
    text = root.find(".//Texte_Integral")
    if text is None or not number:
        raise ValueError("no Texte_Integral or Numero_Dossier")
    return Document(title, "\n".join((f"{court} : {said}.", *_lines(text))), (court,), dates.moment(day, before))


def _deliberation(body: bytes, before: datetime) -> Document:
    root = _root(body)
    title = _said(root, "TITREFULL") or _said(root, "TITRE")
    if not title:
        raise ValueError("no TITREFULL")
    number, day = _said(root, "NUMERO"), _said(root, "DATE_TEXTE")
    facts = (_said(root, "NATURE_DELIB"), f"n° {number}" if number else "", _in_words(day))
    text = [one for content in root.iterfind(".//CONTENU") for one in _lines(content)]
    # 2999-01-01 is DILA's way to leave a date open: it lies after `before`.
    when = dates.moment(_said(root, "DATE_PUBLI"), before) or dates.moment(day, before)
    return Document(title, "\n".join((", ".join(filter(None, facts)), *text)), ("CNIL",), when)


def _tender(body: bytes, before: datetime) -> Document:
    notice = _object(json.loads(body))
    buyer, title = (html.unescape(str(notice.get(name) or "")) for name in ("nomacheteur", "objet"))
    if not notice.get("idweb"):
        raise ValueError("a notice without idweb")
    title = title or f"Avis n° {notice['idweb']}"
    deadline = str(notice.get("datelimitereponse") or "")[:10]
    facts = {
        "Avis": notice.get("nature_categorise_libelle") or notice.get("nature_libelle"),
        "Numéro": notice.get("idweb"),
        "Acheteur": buyer,
        "Département": notice.get("code_departement"),
        "Titulaire": notice.get("titulaire"),
        "Réponses jusqu'au": _in_words(deadline),
        "Descripteurs": notice.get("descripteur_libelle"),
    }
    text = [title, *(f"{name} : {words}" for name, value in facts.items() if (words := ", ".join(_words(value))))]
    inner = notice.get("donnees")
    said = _words(json.loads(inner) if isinstance(inner, str) and inner else inner)
    text += dict.fromkeys(words for words in said if not _NO_WORDS.fullmatch(words))
    when = dates.moment(str(notice.get("dateparution") or ""), before)
    return Document(title, "\n".join(text), (buyer,) if buyer else (), when)


def _question(body: bytes, before: datetime) -> Document:
    question = _object(_object(json.loads(body)).get("question"))
    number = _at(question, "identifiant", "numero")
    subject = _at(question, "indexationAN", "analyses", "analyse") or _at(question, "indexationAN", "rubrique")
    asked, asked_on = _text_of(question, "textesQuestion", "texteQuestion")
    answered, answered_on = _text_of(question, "textesReponse", "texteReponse")
    minister, group = _at(question, "minInt", "developpe"), _at(question, "auteur", "groupe", "developpe")
    if not number or not asked:
        raise ValueError("a question without number or text")
    text = [f"Question écrite n° {number}, publiée le {_in_words(asked_on)}."]
    text += [f"{name} : {said}." for name, said in (("Ministère interrogé", minister), ("Groupe", group)) if said]
    text += asked
    if answered:
        text += [f"Réponse publiée le {_in_words(answered_on)}.", *answered]
    author = _ASKS.match(asked[0])
    people = (line(author[1]),) if author else (group,) if group else ()
    return Document(f"{subject} (question n° {number})", "\n".join(text), people, dates.moment(asked_on, before))


def _root(body: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, recover=True)
    root: etree._Element | None = etree.fromstring(body, parser)
    if root is None:
        raise ValueError("not XML")
    return root


def _said(root: etree._Element, name: str) -> str:
    return line(html.unescape(root.findtext(f".//{name}") or ""))


def _lines(element: etree._Element) -> list[str]:
    """The paragraphs of an element whose text is marked up as HTML. DILA escapes its entities twice."""
    parts: list[str] = []
    for event, node in etree.iterwalk(element, events=("start", "end")):
        block = isinstance(node.tag, str) and node.tag.lower() in _BLOCKS
        parts.append("\n" if block else "")
        if isinstance(node.tag, str):
            parts.append((node.text if event == "start" else node.tail if node is not element else "") or "")
    return [text for part in html.unescape("".join(parts)).split("\n") if (text := line(part))]


def _short(court: str, code: str) -> str:
    """« TA Lille » for « Tribunal Administratif de Lille »; the court's name as it is where it is another."""
    found = _COURT.match(court)
    if not found:
        return "Conseil d'État" if code == "CE" else court
    place = found[2].title() if found[2].isupper() else found[2]
    return f"{_SHORT[found[1][0].lower()]} {place}"


def _in_words(day: str) -> str:
    """« 29 novembre 2023 » for 2023-11-29; what is no such day, as it is."""
    try:
        year, month, number = (int(part) for part in day[:10].split("-"))
        return f"{number}{'er' if number == 1 else ''} {MONTHS[month - 1]} {year}"
    except (ValueError, IndexError):
        return day


def _object(value: Any) -> dict[str, Any]:
    """The object that stands here, or the first of a list: the Assemblée gives a list where there are several."""
    while isinstance(value, list) and value:
        value = value[0]
    return value if isinstance(value, dict) else {}


def _at(value: Any, *path: str) -> str:
    for name in path:
        value = _object(value).get(name)
    while isinstance(value, list) and value:
        value = value[0]
    return line(value) if isinstance(value, str) else ""


def _text_of(question: dict[str, Any], outer: str, inner: str) -> tuple[list[str], str]:
    """The paragraphs of a question or an answer, and the day of the Journal officiel. The last of several holds."""
    said = _object(question.get(outer)).get(inner)
    last = _object(said[-1] if isinstance(said, list) and said else said)
    text = last.get("texte")
    marked = fragment_fromstring(text, create_parent="div") if isinstance(text, str) and text.strip() else None
    return _lines(marked) if marked is not None else [], _at(last, "infoJO", "dateJO")


def _words(value: Any) -> Iterator[str]:
    """The texts within a JSON value, in their order; the attributes that XML left in it (@…) are left aside."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield from (words for part in html.unescape(value).split("\n") if (words := line(part)))
        elif isinstance(value, dict):
            waiting += [inner for name, inner in reversed(value.items()) if not name.startswith("@")]
        elif isinstance(value, list):
            waiting += reversed(value)


_READERS: dict[str, Callable[[bytes, datetime], Document]] = {
    "justice": _judgment,
    "cnil": _deliberation,
    "boamp": _tender,
    "question": _question,
}
