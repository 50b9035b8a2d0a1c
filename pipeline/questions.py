"""The named queries: one file, one question. The comment at its head is its help and declares its parameters.

    -- What is new on a topic. One row an article and topic.
    -- $topic: a topic's key (default: null)
    -- $article: an article's id
    SELECT …

A parameter with no default must be given. Values are text or null; the query casts them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.ask import parameters_of
from pipeline.records import MistakeError
from pipeline.store import QUERIES

DECLARED = re.compile(r"\$(\w+): (.+?)(?: \(default: (.+)\))?")
NOT_A_QUESTION = {"schema.sql"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a query. `default` is None for null as well as where there is none; then `required` is true."""

    name: str
    help: str
    default: str | None
    required: bool


@dataclass(frozen=True, slots=True)
class Query:
    """A question that has a name."""

    name: str
    help: str
    parameters: tuple[Parameter, ...]
    sql: str

    def values(self, given: Mapping[str, str]) -> dict[str, str | None]:
        """A value for each parameter. Raises MistakeError for one that is unknown or missing."""
        known = {parameter.name: parameter for parameter in self.parameters}
        names = ", ".join(known) or "none"
        faults = [f"{self.name}: no parameter {name!r}; it has {names}" for name in given if name not in known]
        faults += [
            f"{self.name}: give {parameter.name} ({parameter.help})"
            for parameter in self.parameters
            if parameter.required and parameter.name not in given
        ]
        if faults:
            raise MistakeError("\n".join(faults))
        return {name: given.get(name, parameter.default) for name, parameter in known.items()}


def load_queries(folders: Iterable[Path] = ()) -> dict[str, Query]:
    """The built-in queries, with those of `folders` beside them or, by name, in their place.

    Raises MistakeError with every fault of every file.
    """
    faults: list[str] = []
    queries: dict[str, Query] = {}
    for folder in (QUERIES, *folders):
        for file in sorted(folder.glob("*.sql")):
            if folder == QUERIES and file.name in NOT_A_QUESTION:
                continue
            try:
                queries[file.stem] = _query(file)
            except MistakeError as fault:
                faults.append(str(fault))
    if faults:
        raise MistakeError("\n".join(faults))
    return queries


def _query(file: Path) -> Query:
    sql = file.read_text("utf-8")
    lines = sql.splitlines()
    end = next((at for at, line in enumerate(lines) if not line.startswith("--")), len(lines))
    words: list[str] = []
    parameters: list[Parameter] = []
    for line in lines[:end]:
        said = line.removeprefix("--").strip()
        if not said.startswith("$"):
            words.append(said)
        elif match := DECLARED.fullmatch(said):
            name, text, default = match.groups()
            parameters.append(Parameter(name, text, None if default == "null" else default, default is None))
        else:
            raise MistakeError(f"{file}: {said!r} should be `-- $name: what it is (default: value)`")
    if not any(words):
        raise MistakeError(f"{file}: begin with a comment that says what the query tells and what a row is")
    _compare(file, sql, {parameter.name for parameter in parameters})
    return Query(file.stem, " ".join(words).strip(), tuple(parameters), sql)


def _compare(file: Path, sql: str, declared: set[str]) -> None:
    try:
        used = parameters_of(sql)
    except MistakeError as fault:
        raise MistakeError(f"{file}: {fault}") from None
    for names, why in (
        (used - declared, "is used but not declared; add `-- $NAME: what it is` to the head"),
        (declared - used, "is declared but not used; take it out of the head"),
    ):
        if names:
            raise MistakeError(f"{file}: {', '.join(f'${name}' for name in sorted(names))} {why}")
