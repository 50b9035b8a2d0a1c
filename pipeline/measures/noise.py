"""Noise: what newspapers, scanners, converters and typing fingers do to words. One class, one function.

Each takes a surface, how many edits it bears and a source of chance, and returns it spoilt, or as it is where the noise
does not apply. evaluate.py measures the tagger on every class.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from random import Random

from pipeline.letters import squash

Noise = Callable[[str, int, Random], str]


def _inside(surface: str, rng: Random, put: str, least: int = 5) -> str:
    """The surface with a sign put between two letters of a word; as it is when it has fewer letters than `least`."""
    places = [i for i in range(1, len(surface)) if surface[i - 1 : i + 1].isalpha()]
    if not places or len(squash(surface)) < least:
        return surface
    at = rng.choice(places)
    return surface[:at] + put + surface[at:]


def _misspelt(surface: str, rng: Random) -> str:
    """One letter left out, put in or changed."""
    at = rng.choice([i for i, c in enumerate(surface) if c.isalpha()])
    letter = rng.choice("abcdefghijklmnopqrstuvwxyz")
    return rng.choice(
        (
            surface[:at] + surface[at + 1 :],
            surface[:at] + letter + surface[at:],
            surface[:at] + letter + surface[at + 1 :],
        )
    )


def _swapped(surface: str, rng: Random) -> str:
    places = [i for i in range(1, len(surface)) if surface[i - 1 : i + 1].isalpha() and surface[i - 1] != surface[i]]
    at = rng.choice(places)
    return surface[: at - 1] + surface[at] + surface[at - 1] + surface[at + 1 :]


def _misread(surface: str, rng: Random) -> str:
    """As a scanner misreads it: one of the usual confusions."""
    confusions = (
        ("m", "rn"),
        ("d", "cl"),
        ("w", "vv"),
        ("l", "1"),
        ("o", "0"),
        ("i", "l"),
        ("e", "c"),
        ("a", "o"),
        ("n", "u"),
    )
    able = [(true, read) for true, read in confusions if true in surface]
    true, read = rng.choice(able or [("", "")])
    return surface.replace(true, read, 1)


NOISES: Mapping[str, Noise] = {
    "casse": lambda s, k, rng: rng.choice((s.upper(), s.lower(), s.title())),
    "sans accents": lambda s, k, rng: "".join(
        c for c in unicodedata.normalize("NFD", s) if not unicodedata.combining(c)
    ),
    "accents décomposés": lambda s, k, rng: unicodedata.normalize("NFD", s),
    "espaces": lambda s, k, rng: s.replace(" ", rng.choice("\u00a0\u2009\u202f")),
    "guillemets": lambda s, k, rng: rng.choice(("« {} »", "“{}”", "#{}", "({})")).format(s.replace("'", "’")),
    "traits d'union": lambda s, k, rng: _inside(s, rng, rng.choice("-\u2010\u2011")),
    "invisibles": lambda s, k, rng: _inside(s, rng, rng.choice("\u00ad\u200b\u200c\u2060"), 3),
    "césure": lambda s, k, rng: _inside(s, rng, "-\n"),
    "fin de ligne": lambda s, k, rng: re.sub(r" (?=[a-zà-ÿ])", "\n", s, count=1),
    "coupé": lambda s, k, rng: _inside(s, rng, " "),
    "collé": lambda s, k, rng: s.replace(" ", ""),
    "points": lambda s, k, rng: ".".join(s) + "." if s.isupper() and len(s) < 5 else s,
    "ligatures": lambda s, k, rng: s.replace("ffi", "ﬃ").replace("fi", "ﬁ").replace("fl", "ﬂ").replace("oe", "œ"),
    "une faute": lambda s, k, rng: _misspelt(s, rng) if k else s,
    "interversion": lambda s, k, rng: _swapped(s, rng) if k else s,
    "deux fautes": lambda s, k, rng: _misspelt(_misspelt(s, rng), rng) if k > 1 else s,
    "lecture optique": lambda s, k, rng: _misread(s, rng) if k else s,
}
