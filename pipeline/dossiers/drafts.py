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

from pipeline.dossiers.citations import fact, facts, matters, source
from pipeline.dossiers.dossier import Dossier, Piece
from pipeline.dossiers.page import escaped, pairs, sides
from pipeline.french import NBSP, instant_line, listed, quoted, spaced

Style = Literal["title", "heading", "text", "item", "quote"]
BLANK = re.compile(r"(\[à (?:compléter|garder)[^\]]*\])")
UNFIT = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML cannot hold
TIED = re.compile(r"\b(n°|articles?|[LR]\.) (?=\d|[LR]\.)")  # no line parts « article L. 311-1 », « n° 78-17 »
AUTHORITY = re.compile(r"\bcnil\b|informatique et des libertés", re.IGNORECASE)
KINDS = {"commune": "commune, code INSEE", "epci": "intercommunalité, SIREN", "departement": "département, code"}

# The articles are those of the codes that are named (CRPA, CGCT), and of the RGPD.
LAW = (
    "Le droit d’accès aux documents administratifs, et ce qui en est un : articles L. 300-2, L. 311-1 et L. 311-2 du"
    " code des relations entre le public et l’administration (CRPA).",
    "Les façons de recevoir un document, au choix du demandeur, dont le courrier électronique : article L. 311-9"
    " du CRPA.",
    "Ce qui n’est pas communicable, et ce qui peut être occulté : articles L. 311-5 à L. 311-7 du CRPA.",
    "Le silence gardé pendant un mois vaut refus : articles R. 311-12 et R. 311-13 du CRPA.",
    "En cas de refus, exprès ou par silence, la Commission d’accès aux documents administratifs (CADA) peut être saisie"
    " dans les deux mois : articles L. 342-1 et R. 343-1 du CRPA.",
    "Le droit de tout membre d’un conseil d’être informé, dans le cadre de sa fonction, des affaires qui font l’objet"
    " d’une délibération : articles L. 2121-13 (conseil municipal), L. 5211-1 (intercommunalité) et L. 3121-18 (conseil"
    " départemental) du code général des collectivités territoriales (CGCT). La CADA ne se prononce pas sur ce droit ;"
    " un membre du conseil peut aussi demander un document comme toute personne (avis de la CADA n° 20133767"
    " du 24 octobre 2013).",
)
COUNCIL = {  # kind of place: who sits in its council, what that is called, by which articles its members are informed
    "commune": ("conseiller municipal ou conseillère municipale", "du conseil municipal", "de l’article L. 2121-13"),
    "epci": ("conseiller ou conseillère de l’intercommunalité", "du conseil", "des articles L. 2121-13 et L. 5211-1"),
    "departement": (
        "conseiller départemental ou conseillère départementale", "du conseil départemental", "de l’article L. 3121-18",
    ),
}  # fmt: skip
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
        *_letterhead(
            f"{dossier.subject.name} ({place})",
            "adresse de la mairie" if dossier.subject.kind == "commune" else "adresse du siège",
        ),
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
        _of_the_council(dossier),
    ]
    return _finished(f"Demande de documents, {dossier.subject.name}", dossier, body, LAW)


def cnil_letter(dossier: Dossier) -> Draft:
    """A letter to the CNIL with what the sources say, and room for the question."""
    spoken_of = [_within(label) for label in matters(dossier) if not AUTHORITY.search(label)]
    matter = listed(spoken_of) or "[à compléter : objet]"
    body = [
        *_letterhead("Commission nationale de l’informatique et des libertés", "adresse de la CNIL, ou téléservice"),
        Block("heading", f"Objet : {matter} – {dossier.subject.name} ({_place(dossier)})"),
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
    from docx.oxml.ns import qn  # noqa: PLC0415

    styles = {"title": "Title", "heading": "Heading 1", "text": "Normal", "item": "List Bullet", "quote": "Quote"}
    document = Document()
    about = document.core_properties
    about.title, about.author, about.language = draft.title, "Vigie", "fr-FR"
    about.created = about.modified = dossier.made_at.replace(microsecond=0)
    for tongue in document.styles.element.xpath("//w:lang"):  # else a word processor underlines every French word
        tongue.set(qn("w:val"), "fr-FR")
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


def _of_the_council(dossier: Dossier) -> Block:
    member, council, articles = COUNCIL[dossier.subject.kind]
    return Block(
        "text",
        f"[à garder si vous êtes {member}, sinon à supprimer] Membre {council}, je demande aussi ces documents au titre"
        f" {articles} du code général des collectivités territoriales.",
    )


def _asked(dossier: Dossier) -> Iterator[Block]:
    """Whose words to set side by side, in order of date; what to ask is the writer's."""
    for pair in pairs(dossier):
        point = f"Sur le point de savoir si {pair.label}"
        yield Block("text", f"{point}, deux déclarations publiques seraient à rapprocher :")
        yield from (Block("quote", fact(saying, dossier).line) for saying, *_ in sides(pair))
        yield Block("text", "[à compléter : votre question]")


def _finished(title: str, dossier: Dossier, body: Sequence[Block], law: Sequence[str]) -> Draft:
    """The letter with its citations, its sources, and what the law says, as information."""
    cited, missing = facts(dossier), _missing(dossier)
    paired = [saying.articles[0] for pair in pairs(dossier) for saying, *_ in sides(pair)]
    numbers = sorted({*(one.number for one in cited), *paired, *(piece.number for _, piece in missing)})
    blocks = [
        Block("title", title),
        *body,
        *([Block("text", "Les citations et leurs sources figurent en annexe.")] if numbers else ()),
        Block("text", "Je vous prie d’agréer, Madame, Monsieur, l’expression de ma considération distinguée."),
        Block("text", "[à compléter : signature]"),
        Block("heading", "Annexe : ce que disent les sources"),
        *(Block("quote", one.line) for one in cited),
        *(() if cited else (Block("text", "[à compléter : faits, avec leurs sources]"),)),
        *([Block("heading", "Documents que les sources citent, et qui ne sont pas dans l’archive")] if missing else ()),
        *(
            Block("item", f"{quoted(surface)}, selon {quoted(piece.title)} [{piece.number}]")
            for surface, piece in missing
        ),
        Block("heading", "Sources"),
        *(Block("item", source(dossier.piece(number))) for number in numbers),
        *(() if numbers else (Block("text", "[à compléter : sources]"),)),
        Block("heading", "Pour information (à retirer de la lettre)"),
        Block("text", "Brouillon établi par Vigie à partir d’un dossier. Ceci est une information, et non un conseil."),
        *(Block("item", line) for line in law),
        Block("text", f"Dossier établi le {instant_line(dossier.made_at)} (heure de Paris)."),
    ]
    return Draft(title, tuple(Block(block.style, typeset(block.text)) for block in blocks))


def typeset(text: str) -> str:
    """With the no-break spaces of French, those between « article », « L. » or « n° » and a number among them."""
    return TIED.sub(rf"\1{NBSP}", spaced(text))


def _missing(dossier: Dossier) -> list[tuple[str, Piece]]:
    """What the sources cite and the archive does not hold, in their words, with the piece that cites it."""
    return [(citation.surface, piece) for piece in dossier.pieces for citation in piece.cites if not citation.articles]


def _within(label: str) -> str:
    """A topic's label within a sentence: « vidéosurveillance algorithmique », but BriefCam."""
    words = label.replace("'", "’")
    first, _, rest = words.partition(" ")
    return words[0].lower() + words[1:] if first[1:].islower() and rest[:1].islower() else words


def _place(dossier: Dossier) -> str:
    return f"{KINDS[dossier.subject.kind]} {dossier.subject.code}"


def _marked(text: str) -> str:
    """Markdown with the blanks in bold."""
    return "".join(
        f"**{escaped(part)}**" if BLANK.fullmatch(part) else escaped(part) for part in BLANK.split(text) if part
    )
