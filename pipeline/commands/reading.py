"""extract, tag, rules: what the readers make of a page or a text."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from pipeline.commands.common import BUSY, Options, alone, bar, now, options, plain
from pipeline.records import Capture, Mention, MistakeError

if TYPE_CHECKING:
    from pipeline.rules import Rules

PANEL = "Look inside"
MEASURES = ("mentions", "places", "statements", "stories")
CONTRACT = ("topic", "rule", "surface", "start", "end", "edits")


def register(app: typer.Typer) -> None:
    app.command(rich_help_panel=PANEL)(extract)
    app.command(rich_help_panel=PANEL)(tag)
    app.command(rich_help_panel=PANEL)(rules)
    app.command(rich_help_panel=PANEL)(measure)
    app.command(rich_help_panel="Care")(retag)


def extract(
    context: typer.Context,
    file: Path = typer.Argument(..., help="A saved page or PDF."),
    url: str = typer.Option(..., help="The address that it came from."),
) -> None:
    """Read one saved page; print what was read as JSON."""
    from pipeline.extract import UnreadableError
    from pipeline.extract import extract as read

    body = _bytes(file)
    kind = "application/pdf" if body.startswith(b"%PDF") else "text/html"
    capture = Capture("file", url, now(), 200, (("Content-Type", kind),), body)
    try:
        article = read(capture)
    except UnreadableError as error:
        raise MistakeError(f"{file}: {error}") from None
    names = ("url", "canonical_url", "title", "authors", "published_at", "published_from", "access", "language", "text")
    print(json.dumps(plain({name: getattr(article, name) for name in names}), ensure_ascii=False, indent=2))


def tag(
    context: typer.Context,
    file: Path | None = typer.Argument(None, help="Plain text, or JSON lines {id, text}; standard input by default."),
) -> None:
    """Find the mentions in a text. JSON lines in, JSON lines out."""
    from pipeline.tag import find_mentions

    words = (_bytes(file) if file else sys.stdin.buffer.read()).decode("utf-8", "replace")
    found = options(context).rules
    for name, text in _texts(words):
        mentions = [_said(mention) for mention in find_mentions(text, found)]
        print(json.dumps({"id": name, "mentions": mentions}, ensure_ascii=False))


def rules(
    context: typer.Context,
    attempt: str | None = typer.Option(None, "--try", help="Show what is found in this text, and what nearly is."),
    evaluate: Path | None = typer.Option(None, help="Measure on JSON lines of marked text."),
) -> None:
    """The topics and rules; try them on a text; measure them. Exit 1 when a rule's own example does not hold."""
    from pipeline.commands.common import table
    from pipeline.measures.mentions import evaluate as measure
    from pipeline.measures.mentions import failing_examples, render

    found = options(context).rules
    if evaluate:
        print(render(measure(_bytes(evaluate).decode("utf-8", "replace").splitlines(), found), language="en"))
    elif attempt is not None:
        _try(attempt, found)
    else:
        table(("rule", "topic", "label", "phrases"), ((r.key, r.topic, r.label, len(r.phrases)) for r in found.rules))
        print(f"\nrules {found.version}")
        failing = failing_examples(found)
        for fault in failing:
            print(f"! {fault}", file=sys.stderr)
        raise typer.Exit(1 if failing else 0)


def measure(
    context: typer.Context,
    what: str = typer.Argument(..., help=f"One of: {', '.join(MEASURES)}."),
    file: Path = typer.Argument(..., help="JSON lines of marked passages, such as those of tests/evaluation."),
) -> None:
    """Measure a reader on marked passages: precision and recall with their intervals."""
    if what not in MEASURES:
        raise MistakeError(f"« {what} » cannot be measured: one of {', '.join(MEASURES)}")
    lines = _bytes(file).decode("utf-8", "replace").splitlines()
    print(_measured(what, lines, options(context)).strip())


def _measured(what: str, lines: list[str], at: Options) -> str:
    if what == "mentions":
        from pipeline.measures import mentions as evaluate

        return evaluate.render(evaluate.evaluate(lines, at.rules), language="en")
    if what == "places":
        from pipeline.measures import places as places_measured
        from pipeline.places import load_gazetteer

        return places_measured.render(places_measured.measure(lines, load_gazetteer()), language="en")
    if what == "statements":
        from pipeline.measures import statements as evaluate_statements
        from pipeline.speech.grammar import load_grammar

        report = evaluate_statements.evaluate_statements(lines, load_grammar())
        return evaluate_statements.render(report, language="en")
    from pipeline.measures import stories as evaluate_stories

    return evaluate_stories.render(evaluate_stories.evaluate_stories(lines), language="en")


def _try(text: str, found: Rules) -> None:
    """The mentions of a text, and the near candidates each with the reason why it is none."""
    from pipeline.digest import clean
    from pipeline.tag import REASONS, explain

    accepted, rejected = explain(text, found)
    for mention in accepted:
        place = f"{mention.start}-{mention.end}"
        print(f"+ {mention.topic} « {clean(mention.surface)} » {place}, rule {mention.rule}, {mention.edits} edits")
    for near in rejected:
        why = REASONS[near.reason][1] + (f" ({clean(near.detail)})" if near.detail else "")
        print(f"- {near.topic} « {clean(near.surface)} » {near.start}-{near.end}, rule {near.rule}: {why}")
    if not accepted and not rejected:
        print("nothing found, nothing near")


def retag(
    context: typer.Context,
    dry_run: bool = typer.Option(False, "--dry-run", help="Show what would be gained and lost; change nothing."),
) -> None:
    """Apply changed rules to all that is stored, and say which articles are gained and lost."""
    from pipeline.digest import clean
    from pipeline.publish import BusyError
    from pipeline.retag import retag as apply

    at = options(context)
    database = at.standing.database
    with nullcontext() if dry_run else alone(at), bar("Retag") as show:
        try:
            changes = apply(database, at.rules, at.sources, dry_run=dry_run, progress=show)
        except BusyError as busy:
            print(f"vigie: {busy}", file=sys.stderr)
            raise typer.Exit(BUSY) from None
    for change in changes:
        sign = "+" if change.change == "gained" else "-"
        print(f"{sign} {change.topic} {change.article_id} {clean(change.title)}\n    « {clean(change.sentence)} »")
    gained = sum(change.change == "gained" for change in changes)
    said = "would be gained" if dry_run else "gained"
    print(f"{gained} {said}, {len(changes) - gained} lost, by rules {at.rules.version}")


def _texts(words: str) -> list[tuple[Any, str]]:
    """The texts of a file: JSON lines when every line is an object with a text, else the whole as one text."""
    lines = [line for line in words.splitlines() if line.strip()]
    try:
        rows = [json.loads(line) for line in lines if line.lstrip().startswith("{")]
    except ValueError:
        rows = []
    if rows and len(rows) == len(lines) and all(isinstance(row.get("text"), str) for row in rows):
        return [(row.get("id"), row["text"]) for row in rows]
    return [(None, words)]


def _said(mention: Mention) -> dict[str, Any]:
    row = asdict(mention)
    return {name: row[name] for name in CONTRACT}


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise MistakeError(f"{file}: {error.strerror}") from None
