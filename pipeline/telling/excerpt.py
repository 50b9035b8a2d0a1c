"""A sentence of which less was kept than was written → how it is shown: with […] where it was cut, at a word's end."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

from pipeline.letters import END, SENTENCE

SHORTEST = SENTENCE // 2 - 20  # characters: half of what is kept around a mention stands on each side of it
PART = 40  # letters that a word has at most which is left out because a part of it was


def excerpt(sentence: str, text: str) -> str:
    """The sentence as it is shown: whole, or with the cuts marked that keeping SENTENCE characters of it made.

    `text` is what it stands in; what does not stand there, as a title, is shown as it is.
    """
    at = text.find(sentence) if len(sentence) >= SHORTEST else -1
    if at < 0:
        return sentence
    end = at + len(sentence)
    stops = [0, *(stop.end() for stop in END.finditer(text)), len(text)]
    before, after = text[stops[bisect_right(stops, at) - 1] : at], text[end : stops[bisect_left(stops, end)]]
    if before.strip():
        within = not before[-1].isspace()
        sentence = "[…] " + (re.sub(rf"^\S{{1,{PART}}}\s+", "", sentence) if within else sentence)
    if after.strip():
        within = not after[0].isspace()
        sentence = (re.sub(rf"\s+\S{{1,{PART}}}$", "", sentence) if within else sentence) + " […]"
    return sentence
