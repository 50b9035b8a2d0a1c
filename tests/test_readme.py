"""What the README shows as an example is an example that works."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from crawler.sources import load_sources
from pipeline.home import load_home
from pipeline.measures.mentions import failing_examples
from pipeline.questions import load_queries
from pipeline.rules import load_rules
from tests.readme import ROOT


def examples(language: str) -> Iterator[str]:
    yield from re.findall(rf"```{language}\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)


def test_the_files_that_the_readme_shows_can_be_put_into_a_home(tmp_path: Path) -> None:
    watch, source, rule = examples("toml")
    (question,) = examples("sql")
    (tmp_path / "queries").mkdir()
    for name, text in {
        "vigie.toml": watch, "sources.toml": source, "rules.toml": rule, "queries/mine.sql": question
    }.items():  # fmt: skip
        (tmp_path / name).write_text(text, "utf-8")
    rules, sources = load_rules(tmp_path / "rules.toml"), load_sources(tmp_path / "sources.toml")
    assert failing_examples(rules) == [] and "passerelle" in rules.topics
    assert sources["gazette"].feed == ("https://gazette.exemple/feed/",)
    assert load_home(tmp_path, rules.topics, sources).watches[0].areas == ("59350", "59512")
    assert [one.name for one in load_queries([tmp_path / "queries"])["mine"].parameters] == ["topic"]
