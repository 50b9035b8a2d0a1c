"""The vigie.toml of a new home, with comments for the person who will change it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from pipeline.areas import Commune, communes, find_communes, is_area, name_key, place_name
from pipeline.home import Mail
from pipeline.records import MistakeError, Source


@dataclass(frozen=True, slots=True)
class Choices:
    """What a new home is to watch, and whom to tell."""

    key: str
    areas: tuple[str, ...]
    topics: tuple[str, ...]
    to: tuple[str, ...] = ()
    contact: str = ""
    rhythm: str = "run"
    language: str = "fr"
    mail: Mail = field(default_factory=Mail)


def areas_named(name: str) -> list[Commune]:
    """The communes that a name or code can mean, the biggest first. Raises MistakeError when it means none."""
    word = name.strip()
    if is_area(word):
        return [Commune(word, place_name(word), "", 0)]
    found = find_communes(word)
    if not found:
        names = {name_key(one.name): one for one in sorted(communes().values(), key=lambda one: one.population)}
        near = [names[key] for key in get_close_matches(name_key(word), names, 20, 0.75)]
        near.sort(key=lambda one: -one.population)
        hint = f"did you mean {' or '.join(f'« {one.name} »' for one in near[:3])}?" if near else "write its full name."
        raise MistakeError(f"no commune « {name} »: {hint} Its INSEE code (59350) will do too")
    return found


def described(commune: Commune) -> str:
    """« Saint-Denis (93), 149,077 inhabitants, code 93066 »."""
    people = f", {commune.population:,} inhabitants" if commune.population else ""
    where = f" ({commune.departement})" if commune.departement else ""
    return f"{commune.name}{where}{people}, code {commune.code}"


def toml(choices: Choices, labels: Mapping[str, str], sources: Sequence[Source]) -> str:
    """The file. `labels`: topic to words; `sources`: those that the watch will read."""
    others = [topic for topic in labels if topic not in choices.topics]
    lines = [
        "# Vigie: what is watched, and whom to tell. `vigie digest --peek` shows what it gives.",
        "",
        "# Goes into the user agent, so that a site can write to you.",
        f"contact = {_text(choices.contact)}" if choices.contact else '# contact = "veille@exemple.fr"',
        "# The language of digests, alerts and reports: fr or en. A watch may say another.",
        f"language = {_text(choices.language)}",
        "",
        *_mail(choices.mail),
        f"[watch.{choices.key}]",
        "# Any of these topics. `all = [...]`: every one of them as well; `none = [...]`: not one of these.",
        f"topics = {_list(choices.topics)}",
        *([f"# not chosen: {', '.join(others)}"] if others else []),
        f"# Where: INSEE codes of communes and départements ({', '.join(map(place_name, choices.areas))}).",
        f"areas = {_list(choices.areas)}",
        f"# That is {len(sources)} sources of the catalogue (`vigie sources list`), your own in sources.toml as well."
        " To choose among them:",
        *_sources(sources),
        '# Where: "mailto:…", "https://…", "slack:https://…", "file:veille.xml", "command:…"; the terminal if empty.',
        "# A secret is written ${NAME} and kept in the environment or in secrets.toml (chmod 600).",
        f"to = {_list(choices.to)}",
        '# Told at each "run", or once a day ("daily") or week ("weekly"), at the first run after six in the morning.',
        f"rhythm = {_text(choices.rhythm)}",
    ]
    return "\n".join(lines) + "\n"


def _mail(mail: Mail) -> list[str]:
    if mail == Mail():
        return [
            "# How mail is sent; without this, through this machine's own mail server.",
            "# [mail]",
            '# host = "smtp.exemple.fr"',
            '# user = "veille@exemple.fr"     # the password: VIGIE_SMTP_PASSWORD, in the environment or secrets.toml',
            "",
        ]
    said = [("host", mail.host), ("port", mail.port), ("tls", mail.tls), ("user", mail.user), ("sender", mail.sender)]
    password = (
        ["# The password: VIGIE_SMTP_PASSWORD, in the environment or in secrets.toml (chmod 600)."] if mail.user else []
    )
    return ["[mail]", *password, *(f"{name} = {_text(value)}" for name, value in said if value), ""]


def _sources(sources: Sequence[Source]) -> Iterable[str]:
    """The sources of the area, as a list that is ready to be used: those near first."""
    yield "# sources = ["
    for source in sorted(sources, key=lambda source: ("national" in source.area, len(source.area), source.key)):
        where = "the whole country" if "national" in source.area else ", ".join(map(place_name, source.area[:3]))
        yield f"#   {_text(source.key)},  # {source.name}, {where}".replace("\n", " ")
    yield "# ]"


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _list(values: Iterable[str]) -> str:
    return f"[{', '.join(map(_text, values))}]"
