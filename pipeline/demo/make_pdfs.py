"""Writes the demo's PDF documents into pages/ again, byte for byte: `python -m pipeline.demo.make_pdfs` (needs fpdf2).

Each text line is one line of the page, so that words are cut at line ends where the text says so. The facts are
public ones, retold; the documents are ours.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from fpdf import FPDF  # type: ignore[import-untyped]

PAGE = "\f"
FOOT = "Document de démonstration écrit pour Vigie : il n'émane pas de l'organisme qu'il nomme."

# file name: title, author, date of creation (as in the metadata), text; a form feed begins a new page
DOCUMENTS = {
    "lille-2024-11-22-videoprotection.pdf": (
        "Vidéoprotection : la Ville rétablit les faits",
        "Ville de Lille (démonstration)",
        "2024-11-22T16:30:00+01:00",
        """\
Communiqué de presse
Lille, le 22 novembre 2024

Un article paru jeudi met en cause l'usage que la Ville de Lille
ferait du logiciel BriefCam. La Ville tient à rétablir les faits.

Contrairement à ce qu'affirme cet article, l'analyse d'impact relative
à la protection des données du système de vidéoprotection a été
déposée auprès de la CNIL en 2021.

L'option de reconnaissance faciale n'a pas été achetée. Aucun
traitement de cette nature n'est en service.
\f\
Le centre de supervision urbain relit des images à la demande des
enquêteurs. Les enregistrements sont effacés au terme du délai fixé
par l'arrêté préfectoral. L'accès au poste de commande de la vidéo-
surveillance est réservé aux agents habilités.

« La Ville se tient à la disposition de la CNIL », indique le cabinet
municipal.

Contact : presse@lille.example
""",
    ),
    "lille-2024-12-13-conseil-municipal.pdf": (
        "Conseil municipal du 13 décembre : les principales délibérations",
        "Ville de Lille (démonstration)",
        "2024-12-13T23:10:00+01:00",
        """\
Communiqué de presse
Lille, le 13 décembre 2024

Le conseil municipal s'est réuni vendredi 13 décembre à l'hôtel de
ville. Il a débattu du budget, des piscines et des écoles.

Les élus ont voté la rénovation de deux groupes scolaires, le tarif
des cantines et l'achat de douze véhicules électriques.

Le rapport annuel sur la vidéoprotection leur a été présenté. Il n'a
pas donné lieu à un vote.
""",
    ),
    "lille-2024-11-19-marche-de-noel.pdf": (
        "Le plan des chalets du marché de Noël",
        "Ville de Lille (démonstration)",
        "2024-11-19T10:00:00+01:00",
        """\
Le plan des chalets
Place Rihour : chalets 1 à 62. Rue Nationale : chalets 63 à 90.

Ouverture tous les jours de 11 heures à 20 heures, le samedi
jusqu'à 21 heures. Fermeture à 17 heures le 24 décembre.

Points d'eau, secours et objets trouvés : chalet 1.
""",
    ),
    "lille-2024-12-02-arrete-circulation.pdf": (
        "",
        "",
        "2024-12-02T09:00:00+01:00",
        "",  # a page that was scanned and not read: a picture of lines, no text
    ),
    "lilleverte-2024-12-05-lettre-cnil.pdf": (
        "Lettre à la CNIL du 5 décembre 2024",
        "Groupe Lille Verte (démonstration)",
        "2024-12-05T13:45:00+01:00",
        """\
Lille, le 5 décembre 2024
À l'attention de la présidente de la CNIL

Madame la Présidente,

La Ville de Lille affirme, dans un communiqué du 22 novembre, que
l'analyse d'impact relative à la protection des données de son
système de vidéoprotection a été déposée auprès de vos services en
2021. Votre Commission indiquait la veille à la presse n'avoir été ni
informée de l'usage de BriefCam, ni destinataire d'une telle analyse.

Nous vous demandons de bien vouloir nous communiquer cette AIPD, et
de nous dire si le recours à la vidéosurveil-
lance algorithmique (VSA) y est décrit.

Veuillez agréer, Madame la Présidente, nos salutations respectueuses.

Les élues et les élus du groupe Lille Verte
""",
    ),
    "lilleverte-2024-12-13-seconde-lettre-cnil.pdf": (
        "Seconde lettre à la CNIL, 13 décembre 2024",
        "Groupe Lille Verte (démonstration)",
        "2024-12-13T22:40:00+01:00",
        """\
Lille, le 13 décembre 2024
À l'attention de la présidente de la CNIL

Madame la Présidente,

Nous avons interrogé ce soir la maire en conseil municipal. L'analyse
d'impact évoquée dans notre lettre du 5 décembre ne nous a pas été
remise. Nous renouvelons notre demande et souhaitons savoir :

1. à quelle date ce document vous est parvenu ;
2. s'il mentionne le logiciel BriefCam ;
3. quelles suites la CNIL entend donner à ce dossier.

Les élues et les élus du groupe Lille Verte
""",
    ),
    "cnil-2025-03-24-lettre-elus-lille.pdf": (
        "Lettre de la CNIL aux élus de Lille, 24 mars 2025",
        "CNIL (démonstration)",
        "2025-03-24T15:00:00+01:00",
        """\
Paris, le 24 mars 2025

Mesdames et Messieurs les élus,

Vous avez saisi la CNIL, les 5 et 13 décembre 2024, au sujet de la
vidéoprotection de la commune de Lille.

L'analyse d'impact qui nous a été transmise porte sur le système de
caméras dans son ensemble.

Il ressort de nos échanges avec la commune que le logiciel BriefCam a été
utilisé de novembre 2022 à janvier 2025, sans qu'une analyse d'impact
relative à la protection des données ait été conduite au préalable
pour ce traitement.

Je vous prie d'agréer, Mesdames et Messieurs les élus, l'expression
de ma considération distinguée.
""",
    ),
}


def document(title: str, author: str, created: datetime, text: str) -> bytes:
    """One PDF with the text in a built-in font, so that it stays selectable and small."""
    pdf = FPDF()
    pdf.core_fonts_encoding = "cp1252"
    pdf.set_creation_date(created)
    pdf.set_lang("fr-FR")
    pdf.set_auto_page_break(False)
    if title:
        pdf.set_title(title)
        pdf.set_author(author)
    for number, page in enumerate(text.split(PAGE)):
        pdf.add_page()
        if not text:
            for line in range(12):
                pdf.rect(25, 40 + 9 * line, 150 - 7 * (line % 4), 3, style="F")
            continue
        if number == 0:
            pdf.set_font("Helvetica", "B", 15)
            pdf.cell(0, 14, title, new_x="LMARGIN", new_y="NEXT")
        pdf.set_font("Helvetica", size=11)
        for written in page.splitlines():
            pdf.cell(0, 6, written, new_x="LMARGIN", new_y="NEXT")
        pdf.set_y(-20)
        pdf.set_font("Helvetica", "I", 8)
        pdf.cell(0, 5, FOOT)
    return bytes(pdf.output())


def main() -> None:
    """Write them all."""
    folder = Path(__file__).parent / "pages"
    for name, (title, author, created, text) in DOCUMENTS.items():
        (folder / name).write_bytes(document(title, author, datetime.fromisoformat(created), text))


if __name__ == "__main__":
    main()
