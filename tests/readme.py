"""What the README shows of the program, made by the program: `cog -r README.md` writes it, `cog --check` compares."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent


def vigie(*words: str) -> str:
    """What a command prints, at a width of 100 and without colours."""
    plain = os.environ | {"COLUMNS": "100", "TERM": "dumb", "NO_COLOR": "1", "TERMINAL_WIDTH": "100"}
    done = subprocess.run(
        [sys.executable, "-m", "pipeline.cli", *words], capture_output=True, text=True, env=plain, cwd=ROOT, check=True
    )
    return "\n".join(line.rstrip() for line in done.stdout.splitlines())


def block(text: str) -> str:
    return f"```\n{text.strip()}\n```\n"


def help_of(*words: str) -> str:
    return block(vigie(*words, "--help").replace("python -m pipeline.cli", "vigie"))


def catalogue() -> str:
    """How many sources of each kind are declared, and how many of them are crawled."""
    from crawler.sources import load_sources

    sources = load_sources().values()
    kinds = Counter(source.kind for source in sources)
    opened = Counter(source.kind for source in sources if not source.closed)
    rows = ["| kind | declared | crawled |", "|---|---|---|"]
    rows += [f"| {kind} | {count} | {opened[kind]} |" for kind, count in sorted(kinds.items())]
    return "\n".join([*rows, f"| all | {sum(kinds.values())} | {sum(opened.values())} |"]) + "\n"


def measured(what: str) -> str:
    """What `vigie measure` prints on the set that ships with Vigie."""
    file = {"mentions": "passages"}.get(what, what)
    return vigie("measure", what, f"tests/evaluation/{file}.jsonl").strip() + "\n"


def readers() -> str:
    """The measures of the readers other than the tagger."""
    return "\n".join(measured(what) for what in ("places", "statements", "stories"))


def tables() -> str:
    """The tables of the database and what a row of each is, from schema.sql."""
    from pipeline.store import QUERIES

    lines = (QUERIES / "schema.sql").read_text("utf-8").splitlines()
    rows = ["| table | |", "|---|---|"]
    comment: list[str] = []
    for line in lines:
        if line.startswith("-- "):
            comment.append(line.removeprefix("-- "))
        elif line.startswith(("CREATE TABLE", "CREATE OR REPLACE VIEW")):
            name = line.split(" AS")[0].rstrip(" (").split()[-1]
            rows.append(f"| `{name}` | {' '.join(comment)} |")
            comment = []
        elif not line.strip():
            comment = []
    return "\n".join(rows) + "\n"


def rooms(top: str) -> str:
    """The modules and packages of a folder, each with the first sentence of its docstring."""
    rows = ["| room | |", "|---|---|"]
    for place in sorted((ROOT / top).iterdir()):
        file = place / "__init__.py" if place.is_dir() else place
        if file.suffix == ".py" and file.exists() and place.name != "__init__.py":
            said = (ast.get_docstring(ast.parse(file.read_text("utf-8"))) or "").split("\n\n")[0].replace("\n", " ")
            name = f"{place.name}/" if place.is_dir() else place.stem
            rows.append(f"| `{name}` | {said} |")
    return "\n".join(rows) + "\n"


def keys(module: str) -> str:
    """The table of keys that stands in a module's docstring."""
    said = ast.get_docstring(ast.parse((ROOT / module).read_text("utf-8"))) or ""
    return "\n".join(line for line in said.splitlines() if line.startswith("|")) + "\n"


def questions() -> str:
    """The named queries, each with what it is about."""
    from pipeline.questions import load_queries

    return (
        "\n".join(f"- `{name}`: {query.help.splitlines()[0]}" for name, query in sorted(load_queries().items())) + "\n"
    )
