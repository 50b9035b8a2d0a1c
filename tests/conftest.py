"""Fixtures that several rooms share."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.scripted_web import Crawler


@pytest.fixture
def run_limited() -> Callable[[str], str]:
    """Runs a program whose files cannot grow over 64 kB, as on a full disk; what it says on standard error."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))

    def run(program: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", program], preexec_fn=limit, capture_output=True, text=True, check=False, timeout=60
        )
        return done.stderr

    return run


@pytest.fixture(scope="session")
def crawler() -> Iterator[Crawler]:
    """A process that crawls, for all tests: see scripted_web."""
    with Crawler() as one:
        yield one
