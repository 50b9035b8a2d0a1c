"""The demo: a small web of our own, of the structure of the real one, and the server that answers for it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.demo.server import serve
from pipeline.records import MistakeError

FOLDER = Path(__file__).parent
"""Where the demo's `web.jsonl`, `sources.toml` and `vigie.toml` stand; `pages/` and `feeds/` are beside them."""
DECLARED = ("sources.toml", "vigie.toml")


@contextmanager
def open_demo(home: Path) -> Iterator[None]:
    """Make a home for the demo and serve its web to this process, through a proxy on loopback, while the block runs.

    Raises MistakeError where somebody's home stands.
    """
    for name in DECLARED:
        if (home / name).exists() and (home / name).read_bytes() != (FOLDER / name).read_bytes():
            raise MistakeError(f"{home}: somebody's home stands there; say where the demo may make one: --into FOLDER")
    home.mkdir(parents=True, exist_ok=True)
    for name in DECLARED:
        shutil.copyfile(FOLDER / name, home / name)
    with serve(FOLDER) as site:
        before = os.environ.get("http_proxy")
        os.environ["http_proxy"] = site.proxy
        try:
            yield
        finally:
            os.environ.pop("http_proxy")
            if before is not None:
                os.environ["http_proxy"] = before
