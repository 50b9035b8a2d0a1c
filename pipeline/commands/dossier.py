"""dossier: what is known of a place, on one page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from pipeline.commands.common import Options, count, day, now, options, write
from pipeline.records import MistakeError

if TYPE_CHECKING:
    from pipeline.dossiers.dossier import Dossier

FORMATS = ("html", "markdown", "json")
ENDINGS = {".md": "markdown", ".json": "json"}
LETTERS = ("document", "cnil")


def register(app: typer.Typer) -> None:
    app.command(rich_help_panel="Ask")(dossier)


def dossier(
    context: typer.Context,
    place: str = typer.Argument(..., help="A commune, an EPCI or a département: its name, or its INSEE code or SIREN."),
    topic: list[str] | None = typer.Option(None, help="Only articles on this topic; those of the watches by default."),
    since: str | None = typer.Option(None, help="Published since this day (2024-11-21) or month (2024-11)."),
    format: str | None = typer.Option(  # noqa: A002 (the option's name)
        None, help=f"One of: {', '.join(FORMATS)}; else as the file's name ends: .md, .json, or html."
    ),
    draft: str | None = typer.Option(None, help=f"A letter in place of the page: {', '.join(LETTERS)}."),
    output: Path = typer.Option(..., "-o", "--output", help="The file to write; a letter's ends in .docx or .md."),
) -> None:
    """Everything about a place on one page: timeline, who says what, who has not written, what could not be read."""
    from pipeline.dossiers.page import FORMATS as SHAPES

    shape = format or ENDINGS.get(output.suffix, "html")
    if shape not in FORMATS:
        raise MistakeError(f"--format « {format} » is not one of {', '.join(FORMATS)}")
    if draft is not None and draft not in LETTERS:
        raise MistakeError(f"--draft « {draft} » is not one of {', '.join(LETTERS)}")
    if draft and output.suffix not in (".docx", ".md"):
        raise MistakeError(f"{output}: a letter is written as .docx, which LibreOffice and Word open, or as .md")
    made = _made(options(context), place, topic or (), since)
    write(output, _letter(made, draft, output.suffix) if draft else SHAPES[shape](made).encode())
    said = len(made.voices.sayings)
    counted = count(len(made.pieces), "text"), count(said, "statement"), count(len(made.writers), "source")
    print(f"{output}: {', '.join(counted)}")


def _made(at: Options, place: str, topics: Any, since: str | None) -> Dossier:
    from pipeline.dossiers.anchors import archive_links
    from pipeline.dossiers.assemble import Wanted, assemble
    from pipeline.dossiers.subject import find_subject
    from pipeline.places import load_gazetteer
    from pipeline.speech.grammar import load_grammar
    from pipeline.store import reading

    labels = at.rules.topics
    if unknown := sorted(set(topics) - labels.keys()):
        raise MistakeError(f"--topic « {unknown[0]} » is none of the rules'; they are {', '.join(labels)}")
    asked = [topic for watch in at.home.watches for topic in (*watch.topics, *watch.all)]
    chosen = tuple(topic for topic in labels if topic in (set(topics) or set(asked) or labels))
    wanted = Wanted(find_subject(place), chosen, labels, load_gazetteer(), load_grammar(), day(since, "--since"))
    with reading(at.home.database) as store:
        return assemble(store, wanted, now(), archive_links(at.home.archive))


def _letter(made: Dossier, draft: str, suffix: str) -> bytes:
    from pipeline.dossiers.drafts import DRAFTS, to_docx, to_markdown

    letter = DRAFTS[draft](made)
    return to_docx(letter, made) if suffix == ".docx" else to_markdown(letter).encode()
