"""What a letter may cite of a Dossier: words with their speaker, source and date, and the source itself. In French."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pipeline.dossiers.dossier import Dossier, Piece
from pipeline.french import NBSP, date_line, day_line, quoted
from pipeline.speech.voices import Saying

CUT = 240  # characters: what is longer and has no end was cut at a length, maybe within a word
ENDED = re.compile(r"[.!?…:;»”\")\]]$")
CIVIL = r"(?:Mesdames|Messieurs|Madame|Monsieur)(?: et (?:Mesdames|Messieurs|Madame|Monsieur))?"
SALUTATION = re.compile(  # « Madame la Présidente, La Ville … »: sure where what follows begins a sentence
    rf"(?:{CIVIL}(?: (?:la |les? |l['’])[^,.:;!?«»]{{1,60}})?, )+"
    r"(?=[LJC]['’]|(?:Les?|La|Une?|Nous|Je|Vous|Ils?|Elles?|On|Par|Dans|En|À|Aux?|Vo(?:tre|s)|No(?:tre|s)"
    r"|Ce(?:t|tte|s)?|Depuis|Suite|Comme|Lors|Selon|Pour) )"
)


@dataclass(frozen=True, slots=True)
class Fact:
    """A citation: `words` of a source, `told` is who says so, where and when, `number` is the piece's."""

    words: str
    told: str
    number: int

    @property
    def line(self) -> str:
        """« … » — CNIL, d’après Le Guetteur, le jeudi 21 novembre 2024 à 6 h [1]."""
        return f"{quoted(self.words)}{NBSP}— {self.told} [{self.number}]"


def facts(dossier: Dossier) -> list[Fact]:
    """What somebody claims; where nobody does, what is said on the topics, and what documents of the place write."""
    claimed = telling(dossier)
    said = claimed or _spoken(dossier)
    found = [fact(saying, dossier) for saying in said]
    if not claimed:
        heard = {one.number for one in found}
        written = [piece for piece in dossier.pieces if _written(piece) and piece.number not in heard]
        found += [
            Fact(_begun(piece.sentence), f"{_name(piece)}, {_when(piece, piece.said_at)}", piece.number)
            for piece in written
        ]
    return sorted(found, key=lambda one: one.number)


def telling(dossier: Dossier) -> list[Saying]:
    """The sayings that claim something: of each body the first that affirms or denies each, in order of date."""
    keyed = [
        ((saying.who, claim.about, claim.affirmed), saying)
        for saying in dossier.voices.sayings
        for claim in saying.claims
    ]
    return _firsts(keyed)


def _spoken(dossier: Dossier) -> list[Saying]:
    """In texts about the place, what is said on a topic: the first of each own page, of others the first of all."""
    keyed = [
        ((_body(saying), topic, saying.articles[0] if saying.own else 0), saying)
        for saying in dossier.voices.sayings
        for topic in saying.topics
        if dossier.piece(saying.articles[0]).why == "place"
    ]
    return _firsts(keyed)


def _firsts(keyed: Iterable[tuple[object, Saying]]) -> list[Saying]:
    found: dict[object, Saying] = {}
    for key, saying in keyed:
        found.setdefault(key, saying)
    return sorted({saying.number: saying for saying in found.values()}.values(), key=lambda saying: saying.number)


def _written(piece: Piece) -> bool:
    return piece.why == "place" and piece.sort != "article" and bool(piece.topics and piece.sentence)


def fact(saying: Saying, dossier: Dossier) -> Fact:
    """A saying as the earliest of its articles has it."""
    piece = dossier.piece(saying.articles[0])
    where = "dans ses propres publications" if saying.own else f"d’après {_name(piece)}"
    return Fact(
        excerpt(saying), f"{_body(saying)}, {where}, {_when(piece, dossier.said_at.get(saying.number))}", piece.number
    )


def excerpt(saying: Saying) -> str:
    """The sentence of a saying without the salutation before it, its words alone where it lacks them; […] marks a cut.

    A long sentence was kept up to the end of its quotation, or up to a number of characters: then maybe half a word.
    """
    words = saying.sentence if saying.quote in saying.sentence else saying.quote
    if words.endswith(saying.quote):
        left_out = len(words) >= CUT and not ENDED.search(words) and words != saying.quote
        return _begun(words) + (" […]" if left_out else "")
    return _begun(_to_a_word(words))


def _begun(words: str) -> str:
    words = SALUTATION.sub("", words, count=1) if SALUTATION.match(words) else words
    return f"[…] {words}" if words[:1].islower() else words


def _to_a_word(words: str) -> str:
    """Words that are long and have no end, up to their last word that is surely whole."""
    if len(words) < CUT or ENDED.search(words):
        return words
    return f"{words.rpartition(' ')[0].rstrip(' ,')} […]"


def matters(dossier: Dossier) -> list[str]:
    """The labels of the topics that are spoken of in texts about the place: the most told first."""
    about = {piece.number: piece for piece in dossier.pieces if piece.why == "place"}
    said = {
        topic for saying in dossier.voices.sayings if about.keys() & set(saying.articles) for topic in saying.topics
    }
    told = [thing.topic for thing in dossier.voices.things if thing.topic in said]
    read = {topic for piece in about.values() for topic in piece.topics}
    return [dossier.labels.get(topic, topic) for topic in told or [one for one in dossier.topics if one in read]]


def source(piece: Piece) -> str:
    """A line of the list of sources: number, name, title, date, address, hash and record."""
    parts = [
        f"[{piece.number}] {_name(piece)}, {quoted(piece.title or '(sans titre)')}",
        date_line(piece.published_at) if piece.published_at else "date de parution inconnue",
        piece.url,
        f"lu le {day_line(piece.fetched_at)}" if piece.fetched_at else "",
        f"SHA-256 du contenu reçu : {piece.sha256}" if piece.sha256 else "",
        f"enregistrement {piece.capture_id}",
    ]
    return ", ".join(filter(None, parts))


def _body(saying: Saying) -> str:
    """« CNIL », « Lille (commune) », « Lille Verte (élus) »; as the text names them whose body it does not name."""
    if not saying.institution_name:
        return saying.speaker or saying.who
    body, _, name = saying.who.partition(" · ")
    return f"{name} ({body if body == 'État' else body.lower()})" if name else body


def _name(piece: Piece) -> str:
    return piece.source_name or "une archive importée"


def _when(piece: Piece, said_at: datetime | None) -> str:
    """The day of publication; else when it was first seen, which is another thing. Words that a later version added
    are of that version.
    """
    when = f"le {date_line(piece.published_at)}" if piece.published_at else f"vu le {day_line(piece.first_seen_at)}"
    return f"{when}, dans une version vue le {day_line(said_at)}" if said_at else when
