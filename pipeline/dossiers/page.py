"""A Dossier as a page: HTML for a browser and for paper, Markdown, JSON. Functions of the dossier alone, in French."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import jinja2

from pipeline.digest import Sight, clean
from pipeline.dossiers.dossier import Dated, Dossier, Event, Piece
from pipeline.french import (
    MONTHS,
    NBSP,
    PARIS,
    REASONS,
    WORDS,
    date_line,
    day_line,
    instant_line,
    plural,
    quoted,
    spaced,
)
from pipeline.speech.voices import Pair, Saying
from pipeline.stories import Title, owners, summary
from pipeline.telling.render import SPECIAL
from pipeline.telling.tongue import Tongue

SORTS = {
    "article": "Article", "document": "Document", "decision": "Décision", "edit": "Modification", "removal": "Retrait",
    "dated": "Date citée",
}  # fmt: skip
KINDS = {
    "investigative": "presse d’enquête", "regional": "presse régionale", "municipal": "mairie",
    "institution": "institution", "association": "association ou groupe d’élus", "": "archive importée",
}  # fmt: skip
PRESS = ("investigative", "regional")
UNREAD = REASONS | {
    "no_text": "aucun texte : une image numérisée ?", "unreadable": "illisible", "unsupported": "format non lu",
    "damaged": "enregistrement abîmé", "died": "lecture interrompue", "too_slow": "lecture trop longue",
}  # fmt: skip
SHORT = 12  # digits of a hash that are shown beside words; the whole one stands in the list of sources

MOST = 12  # numbers of texts that are shown for one saying; the others are counted


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the timeline: an event, or a date that somebody gives of a fact."""

    year: str
    when: str
    machine: str
    sort: str
    piece: Piece
    event: Event | None = None
    dated: Dated | None = None


def to_html(dossier: Dossier) -> str:
    """One file: no script, nothing from elsewhere, dark where the reader's screen is, with its own shape on paper."""
    return _rendered("dossier.html", dossier)


def to_markdown(dossier: Dossier) -> str:
    """CommonMark; nothing that the web wrote is taken for markup."""
    return re.sub(r"\n{3,}", "\n\n", _rendered("dossier.md", dossier))


def to_json(dossier: Dossier) -> str:
    """Every field of the records, times in ISO 8601, with `numbers` and `dated`."""
    said: dict[str, Any] = asdict(dossier) | {
        "numbers": {name: count for name, count, _ in numbers(dossier)},
        "dated": [asdict(dated) for dated in dossier.dated],
    }
    return json.dumps(said, ensure_ascii=False, indent=2, default=datetime.isoformat) + "\n"


FORMATS: Mapping[str, Callable[[Dossier], str]] = {"html": to_html, "markdown": to_markdown, "json": to_json}


def numbers(dossier: Dossier) -> list[tuple[str, int, str]]:
    """What is counted, with the part of the page that shows it; what there is none of is left out, but for texts."""
    sorts = [piece.sort for piece in dossier.pieces]
    kinds = [event.kind for event in dossier.events]
    sayings = dossier.voices.sayings
    counted = [
        ("articles", sorts.count("article"), "chronologie"),
        ("documents", sorts.count("document"), "chronologie"),
        ("décisions", sorts.count("decision"), "chronologie"),
        ("reprises d’un même texte", sum(p.first_print != p.number for p in dossier.pieces), "sources"),
        ("sources", len(dossier.writers), "qui"),
        ("déclarations", len(sayings), "paroles"),
        ("organismes nommés qui s’expriment", len({s.who for s in sayings if s.institution_name}), "paroles"),
        ("contradictions possibles, à vérifier", len(pairs(dossier)), "paroles"),
        ("modifications", kinds.count("edit"), "chronologie"),
        ("retraits", kinds.count("removal"), "chronologie"),
        ("textes lus en partie seulement", sum(piece.access != "full" for piece in dossier.pieces), "manque"),
        ("adresses illisibles", len(dossier.unread), "manque"),
    ]
    return [row for at, row in enumerate(counted) if row[1] or not at]


def press(dossier: Dossier) -> str:
    """« 5 titres, 2 textes indépendants, le premier : … », and the groups that have several; empty where none wrote."""
    titles = [
        Title(p.article_id, str(p.first_print), p.source_name, p.owner, p.published_at, p.first_seen_at, p.agencies)
        for p in dossier.pieces
        if p.kind in PRESS
    ]
    if not titles:
        return ""
    groups = [f"{plural(count, 'titre')} du groupe {owner}" for owner, count in owners(titles)]
    return " ; ".join([summary(titles, dossier.made_at), *groups])


def pairs(dossier: Dossier) -> list[Pair]:
    """The contradictions that may be, each once."""
    found: dict[tuple[str, int, int], Pair] = {}
    for thing in dossier.voices.things:
        for pair in thing.pairs:
            found.setdefault((pair.label, pair.affirms.number, pair.denies.number), pair)
    return list(found.values())


def sides(pair: Pair) -> list[tuple[Saying, tuple[str, ...], str]]:
    """The two sayings of a pair, in order of date, with the words that led to it and what they do."""
    both = [(pair.affirms, pair.affirming, "affirme"), (pair.denies, pair.denying, "nie")]
    return sorted(both, key=lambda side: side[0].at)


def timeline(dossier: Dossier) -> list[Line]:
    """Events and dated facts, in order of what is known of their time."""
    lines = [
        Line(f"{local.year}", date_line(event.at), local.isoformat(), event.kind, dossier.piece(event.article), event)
        for event in dossier.events
        for local in [event.at.astimezone(PARIS)]
    ]
    lines += [
        Line(dated.when[:4], period(dated.when), dated.when, "dated", dossier.piece(dated.articles[0]), dated=dated)
        for dated in dossier.dated
    ]
    return sorted(lines, key=lambda line: line.machine)


def period(when: str) -> str:
    """« 2021 », « novembre 2022 », « 24 mars 2025 », « novembre 2022 à janvier 2025 »."""
    return " à ".join(_partial(part) for part in when.split("/"))


def _partial(when: str) -> str:
    year, *rest = when.split("-")
    month = MONTHS[int(rest[0]) - 1] if rest else ""
    day = ("1er" if int(rest[1]) == 1 else str(int(rest[1]))) if len(rest) > 1 else ""
    return " ".join(filter(None, (day, month, year)))


def in_sentence(saying: Saying) -> list[tuple[str, bool]]:
    """The sentence in pieces, those that are true being the speaker's words; the words alone where it lacks them."""
    at = saying.sentence.find(saying.quote)
    if at < 0 or saying.quote == saying.sentence:
        return [(saying.quote, not saying.own)]
    end = at + len(saying.quote)
    found = [(saying.sentence[:at], False), (saying.quote, True), (saying.sentence[end:], False)]
    return [(text, said) for text, said in found if text]


def emphasised(text: str, words: Sequence[str]) -> list[tuple[str, bool]]:
    """A text in pieces, those that are true being words that led to a claim."""
    plain = text.replace("’", "'").replace("‐", "-").replace("\u2011", "-")
    pattern = "|".join(rf"(?<!\w){re.escape(word)}" for word in sorted(set(words), key=len, reverse=True))
    found, at = [], 0
    for match in re.finditer(pattern, plain, re.IGNORECASE) if pattern else ():
        found += [(text[at : match.start()], False), (text[match.start() : match.end()], True)]
        at = match.end()
    return [(part, mark) for part, mark in [*found, (text[at:], False)] if part]


def source_state(sight: Sight) -> str:
    """Why a source was not read, or not all."""
    said = []
    if sight.outcome != "ok":
        status = f"HTTP {sight.status}" if sight.status and sight.status >= 400 else ""
        detail = ", ".join(
            clean(part) for part in (sight.detail, REASONS.get(sight.reason, sight.reason), status) if part
        )
        said.append(WORDS.get(sight.outcome, sight.outcome) + (f" ({detail})" if detail else ""))
    if sight.gap:
        said.append(WORDS["gap"])
    return " ; ".join(said)


def days(first: datetime, last: datetime) -> str:
    """« le jeudi 21 novembre 2024 », « du jeudi 21 novembre 2024 au … »."""
    one, other = day_line(first), day_line(last)
    return f"le {one}" if one == other else f"du {one} au {other}"


def labelled(dossier: Dossier, topics: Sequence[str]) -> str:
    return ", ".join(clean(dossier.labels.get(topic, topic)) for topic in topics)


def _rendered(template: str, dossier: Dossier) -> str:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("pipeline"),
        autoescape=jinja2.select_autoescape(["html"], default=False),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "date": date_line, "day": day_line, "days": days, "instant": instant_line, "spaced": spaced, "md": escaped,
        "address": _address, "plural": plural, "state": source_state, "in_sentence": in_sentence,
        "emphasised": emphasised, "sides": sides, "quoted": quoted, "vanished": Tongue("fr").gone,
        "version": lambda when: Tongue("fr").say("version_seen", day=when),
    }  # fmt: skip
    return environment.get_template(template).render(
        dossier=dossier,
        numbers=numbers(dossier),
        press=press(dossier),
        lines=list(_by_year(timeline(dossier))),
        partly=[piece for piece in dossier.pieces if piece.access != "full"],
        gone=[piece for piece in dossier.pieces if not piece.still_there],
        never=[sight for sight in dossier.unseen if sight.outcome == "never"],
        unseen=[sight for sight in dossier.unseen if sight.outcome != "never"],
        topics=labelled(dossier, dossier.topics),
        labelled=lambda topics: labelled(dossier, topics),
        access={
            "teaser": spaced(WORDS["teaser"]),
            "title": spaced(WORDS["title_only"]),
        },
        sorts=SORTS,
        kinds=KINDS,
        reasons=UNREAD,
        short=SHORT,
        most=MOST,
        nbsp=NBSP,
    )


def _by_year(lines: Sequence[Line]) -> Iterator[tuple[str, list[Line]]]:
    for year in dict.fromkeys(line.year for line in lines):
        yield year, [line for line in lines if line.year == year]


def escaped(words: str) -> str:
    """CommonMark's own signs, told to be themselves."""
    return re.sub(r"^(\s*)([-+=]|\d+[.)])", r"\1\\\2", SPECIAL.sub(r"\\\1", words))


def _address(link: str) -> str:
    """An address between < and >."""
    return re.sub(r"[<>\s\\]", lambda found: f"%{ord(found[0]):02X}", link)
