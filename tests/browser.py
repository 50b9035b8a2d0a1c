"""A real browser, where there is one: what a page measures in it, and what it looks like."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import struct
import subprocess
from pathlib import Path
from typing import Any

import pytest

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
needs_browser = pytest.mark.skipif(BROWSER is None, reason="no chromium on this machine: apt-get install chromium")

# Added to a copy of the page, which has no script of its own, to read what only a browser knows.
RULER = """<script>
const seen = {
  width: document.documentElement.clientWidth, content: document.documentElement.scrollWidth,
  height: document.documentElement.scrollHeight, ground: getComputedStyle(document.body).backgroundColor,
  ink: getComputedStyle(document.querySelector('h1')).color,
  drawings: [...document.querySelectorAll('svg')].map(svg => {
    const box = svg.getBoundingClientRect();
    return [box.width, box.height, svg.querySelectorAll('rect, circle, path').length, svg.getAttribute('aria-label')];
  }),
  asked: performance.getEntriesByType('resource').length,
};
document.title = JSON.stringify(seen);
</script>"""


def measured(page: str, folder: Path, width: int, *, dark: bool = False) -> dict[str, Any]:
    """What a browser window of this width (pixels) makes of a page."""
    file = folder / "measured.html"
    file.write_text(page.replace("</body>", f"{RULER}</body>"), "utf-8")
    # A window of headless Chromium is never narrower than 500 pixels: a frame is.
    frame = folder / "frame.html"
    frame.write_text(
        f'<title>?</title><iframe src="measured.html" width="{width}" height="900" style="border:0"></iframe>'
        "<script>onload = () => { document.title = frames[0].document.title }</script>",
        "utf-8",
    )
    found = _chromium(
        folder,
        dark,
        "--allow-file-access-from-files",
        "--hide-scrollbars",
        "--virtual-time-budget=3000",
        "--dump-dom",
        frame,
    )
    title = re.search(r"<title>(.*?)</title>", found, re.DOTALL)
    assert title, found[:500]
    said: dict[str, Any] = json.loads(html.unescape(title[1]))
    return said


def screenshot(page: str, folder: Path, width: int, height: int, *, dark: bool = False) -> bytes:
    """A picture of the page (PNG)."""
    file, picture = folder / "shown.html", folder / f"shown-{width}.png"
    file.write_text(page, "utf-8")
    _chromium(folder, dark, "--hide-scrollbars", f"--window-size={width},{height}", f"--screenshot={picture}", file)
    return picture.read_bytes()


def printed(page: str, folder: Path) -> Path:
    """The page on paper (PDF)."""
    file, paper = folder / "paper.html", folder / "paper.pdf"
    file.write_text(page, "utf-8")
    _chromium(folder, False, f"--print-to-pdf={paper}", file)
    return paper


def size_of(picture: bytes) -> tuple[int, int]:
    """Width and height of a PNG."""
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


def _chromium(folder: Path, dark: bool, *words: str | Path) -> str:
    assert BROWSER
    flags = ["--headless", "--disable-gpu", f"--user-data-dir={folder / 'profile'}"]
    flags += ["--no-sandbox"] if os.geteuid() == 0 else []
    flags += ["--blink-settings=preferredColorScheme=0"] if dark else []
    urls = [word.as_uri() if isinstance(word, Path) else word for word in words]
    done = subprocess.run([BROWSER, *flags, *urls], capture_output=True, text=True, check=False, timeout=90)
    return done.stdout
