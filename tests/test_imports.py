"""Who may import whom (design: one room, one purpose, one library per door), read from the source itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = sorted(file for top in ("crawler", "pipeline", "queries") for file in (ROOT / top).rglob("*.py"))
OURS = {"crawler", "pipeline", "queries", "tests"}

# Library → the modules that may import it. A prefix ending in "." stands for all of a package.
DOORS = {
    "duckdb": ("pipeline.store", "pipeline.ask"),
    "warcio": ("pipeline.archive",),
    "scrapy": ("crawler.",),
    "twisted": ("crawler.",),
    "feedparser": ("crawler.",),
    "trafilatura": ("pipeline.extract",),
    "pypdf": ("pipeline.pages.pdf",),
    "docx": ("pipeline.dossiers.drafts",),
    "pygal": ("pipeline.telling.report",),
    "ahocorasick": ("pipeline.tag", "pipeline.geography.gazetteer"),
    "rfc3161_client": ("pipeline.proof.timestamps",),
    "cryptography": ("pipeline.proof.timestamps",),
    "rapidfuzz": ("pipeline.tag",),
}

# What the crawler takes of the pipeline: the records, the archive, and rooms that are pure functions of names and bytes.
SHARED = {
    "pipeline",
    "pipeline.records",
    "pipeline.archive",
    "pipeline.areas",
    "pipeline.canonical",
    "pipeline.disk",
    "pipeline.encodings",
}

# Rooms that turn records into records: no IO, no clock, no database.
STAGES = (
    "pipeline.extract",
    "pipeline.pages.pdf",
    "pipeline.tag",
    "pipeline.canonical",
    "pipeline.stages",
    "pipeline.digest",
)
OUTSIDE = {
    "duckdb",
    "socket",
    "subprocess",
    "urllib.request",
    "http.client",
    "sqlite3",
    "time",
    "shutil",
    "tempfile",
    "os",
}


def name_of(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(file: Path) -> Iterator[str]:
    """Every module that a file names in an import, wherever it stands: `from a.b import c` gives a.b and a.b.c."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if node.level:
                package = name_of(file).split(".")
                package = package if file.stem == "__init__" else package[:-1]
                module = ".".join([*package[: len(package) - node.level + 1], *filter(None, [module])])
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def allowed(module: str, doors: tuple[str, ...]) -> bool:
    return any(module == door or (door.endswith(".") and f"{module}.".startswith(door)) for door in doors)


def ours(file: Path) -> set[str]:
    """The modules of this project that a file imports."""
    known = {name_of(room) for room in ROOMS}
    return {name for name in imports(file) if name.partition(".")[0] in OURS and name in known}


@pytest.mark.parametrize("file", ROOMS, ids=name_of)
def test_libraries_come_in_by_their_door(file: Path) -> None:
    for name in imports(file):
        doors = DOORS.get(name.partition(".")[0])
        assert doors is None or allowed(name_of(file), doors), (
            f"{name_of(file)} imports {name}, whose door is {', '.join(doors)}: call that room instead"
        )


@pytest.mark.parametrize("file", ROOMS, ids=name_of)
def test_rooms_import_only_what_the_design_lets_them(file: Path) -> None:
    module, taken = name_of(file), ours(file) - {name_of(file)}
    if module != "pipeline.cli":
        assert "pipeline.cli" not in taken, (
            f"{module} imports pipeline.cli: nobody does; move what it needs out of there"
        )
    if module == "pipeline.records" or module.startswith("queries"):
        assert not taken, f"{module} imports {taken}: it imports nothing of ours"
    if module.startswith("crawler"):
        foreign = {name for name in taken if not name.startswith("crawler")}
        assert foreign <= SHARED, f"{module} imports {foreign - SHARED}: the crawler takes only {sorted(SHARED)}"


@pytest.mark.parametrize("module", STAGES)
def test_stages_are_functions_of_records(module: str) -> None:
    file = ROOT / (module.replace(".", "/") + ".py")
    names = set(imports(file))
    taken = names & OUTSIDE
    assert not taken, f"{module} imports {taken}: a stage takes records, never IO or a clock"
    assert "datetime.now" not in file.read_text("utf-8"), f"{module} reads the clock: take the time as an argument"


def test_ingest_knows_neither_scrapy_nor_typer() -> None:
    taken = {name.partition(".")[0] for name in imports(ROOT / "pipeline/ingest.py")}
    assert not taken & {"scrapy", "typer", "crawler", "rich"}


def test_extraction_is_the_only_door_to_trafilatura() -> None:
    users = {name_of(file) for file in ROOMS if any(name.partition(".")[0] == "trafilatura" for name in imports(file))}
    assert users == {"pipeline.extract"}, f"{users}: only pipeline.extract imports trafilatura"


def test_trafilatura_can_be_imported() -> None:
    """It cannot where lxml_html_clean is missing: older pips drop it silently from justext's needs."""
    import trafilatura

    assert trafilatura.__version__
