"""A Dossier → drafts of letters: a request for administrative documents, a letter to the CNIL. In French.

Information, and no advice: every fact in a draft is a citation of the dossier, with its date and hash, or of a law by
its article; what only the writer knows is a visible blank. Nothing is said of who is right.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.dossiers.dossier import Dossier, Piece
from pipeline.dossiers.page import escaped, pairs, sides
from pipeline.french import date_line, day_line, instant_line, listed, quoted, spaced
from pipeline.speech.voices import Saying

Style = Literal["title", "heading", "text", "item", "quote"]
BLANK = re.compile(r"(\[à compléter[^\]]*\])")
UNFIT = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML cannot hold
KINDS = {"commune": "commune, code INSEE", "epci": "intercommunalité, SIREN", "departement": "département, code"}

# The articles are those of the code des relations entre le public et l’administration (CRPA), and of the RGPD.
LAW = (
    "Le droit d’accès aux documents administratifs, et ce qui en est un : articles L. 300-2, L. 311-1 et L. 311-2 du"
    " code des relations entre le public et l’administration (CRPA).",
    "Les façons de recevoir un document, au choix du demandeur, dont le courrier électronique : article L. 311-9"
    " du CRPA.",
    "Ce qui n’est pas communicable, et ce qui peut être occulté : articles L. 311-5 à L. 311-7 du CRPA.",
    "Le silence gardé pendant un mois vaut refus : articles R. 311-12 et R. 311-13 du CRPA.",
    "En cas de refus, exprès ou par silence, la Commission d’accès aux documents administratifs (CADA) peut être saisie"
    " dans les deux mois : articles L. 342-1 et R. 343-1 du CRPA.",
)
PRIVACY = (
    "L’analyse d’impact relative à la protection des données : article 35 du RGPD, et article 90 de la loi n° 78-17 du"
    " 6 janvier 1978 pour les traitements de police et de justice.",
    "La consultation préalable de l’autorité de contrôle : article 36 du RGPD.",
    "Les missions de la CNIL, dont les réclamations : article 8 de la loi n° 78-17 du 6 janvier 1978.",
)


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph of a draft."""

    style: Style
    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter's paragraphs, in order; `title` names the file's content."""

    title: str
    blocks: tuple[Block, ...]


def document_request(dossier: Dossier) -> Draft:
    """A request to the town for the impact assessment and the contract."""
    place = _place(dossier)
    body = [
        *_letterhead(f"{dossier.subject.name} ({place})", "adresse de la mairie ou de l’administration"),
        Block("heading", "Objet : demande de communication de documents administratifs"),
        Block("text", "Madame, Monsieur,"),
        Block(
            "text",
            "En application des articles L. 311-1 et suivants du code des relations entre le public et"
            " l’administration, je demande communication des documents suivants :",
        ),
        Block(
            "item",
            "l’analyse d’impact relative à la protection des données (AIPD) de [à compléter : quel traitement, quel"
            " logiciel], dans toutes ses versions, avec la date de chacune ;",
        ),
        Block(
            "item",
            "le contrat, le marché ou la convention portant sur [à compléter : quel logiciel, quel prestataire], avec"
            " ses avenants et les options retenues ;",
        ),
        Block("item", "[à compléter : autre document, ou à supprimer]."),
        Block(
            "text", "Je souhaite les recevoir par [à compléter : courrier électronique, copie, consultation sur place]."
        ),
    ]
    return _finished(f"Demande de documents, {dossier.subject.name}", dossier, body, LAW)


def cnil_letter(dossier: Dossier) -> Draft:
    """A letter to the CNIL with what the sources say, and room for the question."""
    matter = ", ".join(thing.label for thing in dossier.voices.things) or "[à compléter : objet]"
    body = [
        *_letterhead("Commission nationale de l’informatique et des libertés", "adresse de la CNIL, ou téléservice"),
        Block("heading", f"Objet : {dossier.subject.name} ({_place(dossier)}), {matter}"),
        Block("text", "Madame, Monsieur,"),
        Block(
            "text",
            "Je vous écris au sujet de [à compléter : quel traitement, quel logiciel, et à quel titre vous écrivez].",
        ),
        *_asked(dossier),
        Block("text", "Je demande [à compléter : ce que vous demandez à la CNIL]."),
    ]
    return _finished(f"Lettre à la CNIL, {dossier.subject.name}", dossier, body, PRIVACY)


DRAFTS: Mapping[str, Callable[[Dossier], Draft]] = {"document": document_request, "cnil": cnil_letter}


def to_markdown(draft: Draft) -> str:
    """CommonMark; the blanks in bold, and nothing that the web wrote taken for markup."""
    lead = {"title": "# ", "heading": "## ", "text": "", "item": "- ", "quote": "> "}
    lines = [lead[block.style] + _marked(block.text) for block in draft.blocks]
    return "\n\n".join(lines) + "\n"


def to_docx(draft: Draft, dossier: Dossier) -> bytes:
    """A .docx that Word and LibreOffice open; the blanks are highlighted."""
    from docx import Document  # noqa: PLC0415 (only where such a file is asked for)
    from docx.enum.text import WD_COLOR_INDEX  # noqa: PLC0415

    styles = {"title": "Title", "heading": "Heading 1", "text": "Normal", "item": "List Bullet", "quote": "Quote"}
    document = Document()
    about = document.core_properties
    about.title, about.author, about.language = draft.title, "Vigie", "fr-FR"
    about.created = about.modified = dossier.made_at.replace(microsecond=0)
    for block in draft.blocks:
        paragraph = document.add_paragraph(style=styles[block.style])
        for part in filter(None, BLANK.split(UNFIT.sub(" ", block.text))):
            run = paragraph.add_run(part)
            if BLANK.fullmatch(part):
                run.font.highlight_color = WD_COLOR_INDEX.YELLOW
    packed = io.BytesIO()
    document.save(packed)
    return packed.getvalue()


def _letterhead(recipient: str, address: str) -> Iterator[Block]:
    yield Block("text", "[à compléter : vos nom et prénom]")
    yield Block("text", "[à compléter : votre adresse, votre courriel]")
    yield Block("text", recipient)
    yield Block("text", f"[à compléter : {address}]")
    yield Block("text", "[à compléter : lieu et date]")


def _asked(dossier: Dossier) -> Iterator[Block]:
    """Whose words to set side by side, with their numbers; what to ask is the writer's."""
    for pair in pairs(dossier):
        told = listed([f"{saying.who} {_refs(saying)}" for saying, *_ in sides(pair)])
        yield Block(
            "item", f"Se contredisent ? à vérifier, {quoted(pair.label)} : {told}. [à compléter : votre question]"
        )


def _finished(title: str, dossier: Dossier, body: Sequence[Block], law: Sequence[str]) -> Draft:
    """The letter with its citations, its sources, and what the law says, as information."""
    cited = telling(dossier)
    numbers = sorted({number for saying in cited for number in saying.articles[:1]})
    blocks = [
        Block("title", title),
        *body,
        Block("text", "Veuillez agréer, Madame, Monsieur, [à compléter : formule de politesse]."),
        Block("text", "[à compléter : signature]"),
        Block("heading", "Ce que disent les sources"),
        *(_quote(saying, dossier) for saying in cited),
        *(() if cited else (Block("text", "[à compléter : faits, avec leurs sources]"),)),
        *_missing(dossier),
        Block("heading", "Sources"),
        *(Block("item", _source(dossier.piece(number))) for number in numbers),
        *(() if numbers else (Block("text", "[à compléter : sources]"),)),
        Block("heading", "Pour information (à retirer de la lettre)"),
        Block("text", "Brouillon établi par Vigie à partir d’un dossier. Ceci est une information, et non un conseil."),
        *(Block("item", line) for line in law),
        Block("text", f"Dossier établi le {instant_line(dossier.made_at)} (heure de Paris)."),
    ]
    return Draft(title, tuple(Block(block.style, spaced(block.text)) for block in blocks))


def telling(dossier: Dossier) -> list[Saying]:
    """The sayings that claim something: of each body the first that affirms or denies each, in order of date."""
    found: dict[tuple[str, str, bool], Saying] = {}
    for saying in dossier.voices.sayings:
        for claim in saying.claims:
            found.setdefault((saying.who, claim.about, claim.affirmed), saying)
    return sorted({saying.number: saying for saying in found.values()}.values(), key=lambda saying: saying.number)


def _quote(saying: Saying, dossier: Dossier) -> Block:
    first = dossier.piece(saying.articles[0])
    where = "dans ses propres pages" if saying.own else f"d’après {first.source_name or 'une archive importée'}"
    words = saying.sentence if saying.quote in saying.sentence else saying.quote
    return Block("quote", f"{quoted(words)} {saying.who}, {where}, {date_line(saying.at)} {_refs(saying)}")


def _missing(dossier: Dossier) -> Iterator[Block]:
    """What the sources cite and the archive does not hold."""
    lines = [
        f"{quoted(citation.surface)}, cité par {quoted(piece.title)} [{piece.number}]"
        for piece in dossier.pieces
        for citation in piece.cites
        if not citation.articles
    ]
    if lines:
        yield Block("heading", "Documents que les sources citent, et qui ne sont pas dans l’archive")
        yield from (Block("item", line) for line in lines)


def _source(piece: Piece) -> str:
    parts = [
        f"[{piece.number}] {piece.source_name or 'archive importée'}, {quoted(piece.title or '(sans titre)')}",
        date_line(piece.published_at) if piece.published_at else "date de parution inconnue",
        piece.url,
        f"lu le {day_line(piece.fetched_at)}" if piece.fetched_at else "",
        f"SHA-256 du contenu reçu : {piece.sha256}" if piece.sha256 else "",
        f"enregistrement {piece.capture_id}",
    ]
    return ", ".join(filter(None, parts))


def _refs(saying: Saying) -> str:
    return "".join(f"[{number}]" for number in saying.articles[:1])


def _place(dossier: Dossier) -> str:
    return f"{KINDS[dossier.subject.kind]} {dossier.subject.code}"


def _marked(text: str) -> str:
    """Markdown with the blanks in bold."""
    return "".join(
        f"**{escaped(part)}**" if BLANK.fullmatch(part) else escaped(part) for part in BLANK.split(text) if part
    )
