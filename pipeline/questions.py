"""The named queries: one file, one question. The comment at its head is its help and declares its parameters.

    -- What is new on a topic. One row an article and topic.
    -- $topic: a topic's key (default: null)
    -- $article: an article's id
    -- $sources VARCHAR[]: only these
    SELECT …

A parameter with no default must be given. Values are text or null, which the query casts; those declared VARCHAR[] are
written with commas between them, and those declared TIMESTAMPTZ are a day or a moment in ISO 8601, Paris time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline.ask import ZONE, parameters_of
from pipeline.records import MistakeError
from pipeline.store import QUERIES

DECLARED = re.compile(r"\$(\w+)(?: ([A-Z]+(?:\[\])?))?(?::| ) *(.+?)(?: \(default: (.+)\))?")
NOT_A_QUESTION = {"schema.sql"}

Value = str | list[str] | datetime | None


def _moment(text: str) -> datetime:
    when = datetime.fromisoformat(text)
    return when if when.tzinfo else when.replace(tzinfo=ZoneInfo(ZONE))


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


READERS: Mapping[str, Callable[[str], Value]] = {"VARCHAR": str, "VARCHAR[]": _list, "TIMESTAMPTZ": _moment}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a query. `default` is None for null as well as where there is none; then `required` is true."""

    name: str
    help: str
    default: str | None
    required: bool
    type: str = "VARCHAR"

    def read(self, text: str | None) -> Value:
        """Raises ValueError for a text that is not of the parameter's type."""
        return None if text is None else READERS[self.type](text)


@dataclass(frozen=True, slots=True)
class Query:
    """A question that has a name."""

    name: str
    help: str
    parameters: tuple[Parameter, ...]
    sql: str

    def values(self, given: Mapping[str, str]) -> dict[str, Value]:
        """A value for each parameter. Raises MistakeError for those that are unknown, missing or cannot be read."""
        known = {parameter.name: parameter for parameter in self.parameters}
        names = ", ".join(known) or "none"
        faults = [f"{self.name}: no parameter {name!r}; it has {names}" for name in given if name not in known]
        values: dict[str, Value] = {}
        for name, parameter in known.items():
            text = given.get(name, parameter.default)
            if parameter.required and name not in given:
                faults.append(f"{self.name}: give {name} ({parameter.help})")
                continue
            try:
                values[name] = parameter.read(text)
            except ValueError:
                faults.append(f"{self.name}: {name}: {text!r} is no day or moment; write it as 2024-11-21")
        if faults:
            raise MistakeError("\n".join(faults))
        return values


def load_queries(folders: Iterable[Path] = (), tell: Callable[[str], None] | None = None) -> dict[str, Query]:
    """The built-in queries, with those of `folders` beside them or, by name, in their place.

    The faults of a file are told, and the file is left out; without `tell`, raises MistakeError with every fault.
    """
    faults: list[str] = []
    queries: dict[str, Query] = {}
    for folder in (QUERIES, *folders):
        for file in sorted(folder.glob("*.sql")):
            if folder == QUERIES and file.name in NOT_A_QUESTION:
                continue
            queries.pop(file.stem, None)
            try:
                queries[file.stem] = _query(file)
            except MistakeError as fault:
                faults.append(str(fault))
            except (OSError, UnicodeDecodeError) as unread:
                faults.append(f"{file}: cannot be read as UTF-8 ({unread})")
    if faults and tell is None:
        raise MistakeError("\n".join(faults))
    if tell:
        for one in faults:
            tell(one)
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
        elif (match := DECLARED.fullmatch(said)) and (match[2] or "VARCHAR") in READERS:
            name, kind, text, default = match.groups()
            said_null = default == "null"
            parameters.append(Parameter(name, text, None if said_null else default, default is None, kind or "VARCHAR"))
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
