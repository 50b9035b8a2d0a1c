"""What a person calls an area by: an INSEE code, or the name of a commune or département."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from pipeline.areas import COLLECTIVITES, DEPARTEMENTS, communes, find_communes, is_area, name_key, place_name
from pipeline.records import MistakeError

_CURE = "write the INSEE code of a commune (59350) or département (59, 2A, 974), or « national »"
_SHOWN = 4  # communes of one name


def area_code(word: str) -> str:
    """The code of the one place that a code or name means. Raises MistakeError when it means none, or several."""
    found = codes_named(word)
    if len(found) != 1:
        raise MistakeError(no_one_place(word, found))
    return found[0]


def codes_named(word: str) -> list[str]:
    """The codes that a code, or the name of a commune or département, can mean; the biggest commune first."""
    plain = word.strip()
    if is_area(code := plain.upper() if plain[:1].isdigit() else plain.lower()):
        return [code]
    key = name_key(plain)
    wide = [code for code, name in (DEPARTEMENTS | COLLECTIVITES).items() if name_key(name) == key]
    return [commune.code for commune in find_communes(plain)] or wide


def no_one_place(word: str, codes: Sequence[str]) -> str:
    """Why a word with these codes names no one area, and what to write."""
    word = "".join(sign if sign.isprintable() else "?" for sign in word)
    if not codes:
        known = {name_key(one.name): f"{one.name} ({one.code})" for one in communes().values()}
        near = [known[key] for key in get_close_matches(name_key(word), known, n=2, cutoff=0.75)]
        return f"unknown area « {word} »{did_you_mean(near) or f': {_CURE}'}"
    named = ", ".join(f"{code} {place_name(code)}" for code in codes[:_SHOWN])
    more = ", …" if len(codes) > _SHOWN else ""
    return f"« {word} » is the name of {len(codes)} communes: write the code of one ({named}{more})"


def code_cure(place: str) -> str:
    """What to write in place of what is no code: that of a place which is known by this name."""
    codes = codes_named(place)
    return f"write its code, {' or '.join(codes[:_SHOWN])}" if codes else _CURE


def did_you_mean(near: Sequence[str]) -> str:
    """Known words near a wrong one, as the end of a sentence."""
    return f", did you mean {' or '.join(near)}?" if near else ""
