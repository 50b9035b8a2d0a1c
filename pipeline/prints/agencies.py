"""(Text, authors) → the news agencies that are credited with it: the wire copy's origin, as the page itself says.

A credit stands in the byline (« La rédaction avec AFP »), after the dateline (« LILLE (AFP) - »), or in a short line
of its own (« Avec l'AFP. », « © 2024 AFP. Tous droits de reproduction… »). What somebody told an agency, or the
agency's pictures, is no credit for the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

# As agencies are written in credits. The names at the left are stored.
AGENCIES = {
    "AFP": r"AFP|Agence France[- ]Presse",
    "Reuters": r"Reuters",
    "AP": r"AP|Associated Press",
    "Belga": r"Belga|Agence Belga",
    "ATS": r"ATS|Keystone[-–/]ATS",
    "dpa": r"dpa|DPA",
    "EFE": r"EFE",
    "ANSA": r"ANSA|Ansa",
    "6Médias": r"6[- ]?[Mm]edias|6[- ]?[Mm]édias",
    "AEF info": r"AEF(?: [Ii]nfo)?",
    "Relaxnews": r"Relaxnews|ETX Daily Up",
}
SHORT = 90  # characters of a line that may be a credit
HEAD = 160  # characters in which a dateline stands
_ANY = "|".join(f"(?:{names})" for names in AGENCIES.values())
_NAMED = {name: re.compile(rf"(?<!\w)(?:{names})(?!\w)") for name, names in AGENCIES.items()}
_OTHER = re.compile(r"Agence [A-ZÀ-Ý][^()\n.]{2,50}\(([A-Z]{2,6})\)")  # « l'Agence Dépêches Réunies (ADR) »
_SEVERAL = rf"(?:l['’])?(?:{_ANY})(?!\w)(?:(?: et |\s*[,/&-]\s*)(?:l['’])?(?:[A-Z][\w.]*))*"
_DATELINE = re.compile(rf"^[^\n.!?«»]{{0,60}}?\((?:avec )?(?:{_ANY})(?:[^()\n]{{0,30}})?\)\s*[-–—.:,]")
_BYLINE = re.compile(rf"(?:avec|source\s*:|sources\s*:)\s+{_SEVERAL}\W*$|^\W*{_SEVERAL}\W*$", re.IGNORECASE)
_PAREN = re.compile(rf"\((?:avec |source\s*:\s*|d['’]après )?{_SEVERAL}\)\W*$")
_RIGHTS = re.compile(rf"(?:©|copyright)\s*(?:\d{{4}}\s*)?(?:{_ANY})(?!\w).{{0,40}}droits", re.IGNORECASE)
_AGENCY = re.compile(rf"^\W*avec l['’]{_OTHER.pattern}\W*$", re.IGNORECASE)
_PICTURE = re.compile(r"photo|crédit|illustration|image|vidéo|archives?\b", re.IGNORECASE)


def agencies(text: str, authors: Iterable[str] = ()) -> tuple[str, ...]:
    """The agencies credited with a text, by name; `text` has one paragraph a line."""
    lines = [author for author in authors if not _PICTURE.search(author)]
    lines += [found[0] for found in [_DATELINE.match(text[:HEAD].lstrip())] if found]
    for line in map(str.strip, text.split("\n")):
        if _PICTURE.search(line[-SHORT:]):
            continue
        alone = len(line) <= SHORT and (_BYLINE.search(line) or _AGENCY.search(line))
        if alone or _RIGHTS.search(line):
            lines.append(line)
        elif found := _PAREN.search(line):
            lines.append(found[0])
    named = {name for credit in lines for name, pattern in _NAMED.items() if pattern.search(credit)}
    named |= {found[1] for credit in lines for found in _OTHER.finditer(credit)}
    return tuple(sorted(named))
