"""The demo: a small web of our own, of the structure of the real one, and the server that answers for it."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent
"""Where the demo's `web.jsonl`, `sources.toml` and `vigie.toml` stand; `pages/` and `feeds/` are beside them."""
