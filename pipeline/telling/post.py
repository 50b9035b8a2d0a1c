"""What delivery needs to know and how it fails: settings, secrets, and the fault that carries none of them."""

from __future__ import annotations

import os
import shlex
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.digest import clean
from pipeline.home import Mail
from pipeline.records import MistakeError
from pipeline.telling.tongue import Said, Tongue

TIMEOUT = 30.0  # seconds that a receiver has to answer


class UndeliveredError(Exception):
    """It did not arrive, and why, without secrets: a key of WORDS and its values; in English, as a text.

    `passing`: it may well arrive later with nobody doing anything.
    """

    def __init__(self, why: str, *, passing: bool, **values: object) -> None:
        self.why, self.passing = Said(why, values), passing
        super().__init__(Tongue("en").of(self.why))


@dataclass(frozen=True, slots=True)
class Post:
    """What delivery needs: the home's folder, the mail settings, the secrets by name, seconds of patience."""

    folder: Path
    mail: Mail = field(default_factory=Mail)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout: float = TIMEOUT


def shown(channel: str) -> str:
    """A channel as it may stand in a log: of an address of the web, the host only."""
    if channel.startswith(("mailto:", "file:")) or channel == "terminal" or "://" not in channel:
        return channel.partition(" ")[0]
    kind, _, rest = channel.rpartition("://")
    return f"{kind}://{urlsplit('//' + rest).hostname or '…'}/…"


def read_secrets(folder: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """The home's secrets.toml under the environment. Raises MistakeError when others can read the file."""
    path = folder / "secrets.toml"
    if not path.exists():
        return dict(environ)
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise MistakeError(f"{path}: others can read it; say: chmod 600 {shlex.quote(str(path))}")
    try:
        said = tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as fault:
        raise MistakeError(f"{path}: {fault}") from None
    if wrong := [key for key, value in said.items() if not isinstance(value, str)]:
        raise MistakeError(f'{path}: {", ".join(wrong)}: a secret is a text, NAME = "…"')
    return {**said, **environ}


def answered(said: bytes | str) -> str:
    """What the other side answered, on one short line that commands no terminal."""
    return clean(said.decode("utf-8", "replace") if isinstance(said, bytes) else said)[:200]
