"""The home: one folder that holds a group's watch. Where its files are, and what its vigie.toml says."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from pipeline.areas import covers, is_area
from pipeline.records import Access, Kind, MistakeError, Source
from pipeline.telling.tongue import LANGUAGES

RHYTHMS = ("run", "daily", "weekly")
ACCESS_ORDER: tuple[str, ...] = get_args(Access)[::-1]
SETTINGS = ("contact", "language", "watch", "mail", "retention_days", "timestamps")
PARTS = ("vigie.toml", "sources.toml", "rules.toml", "archive", "crawl.sqlite", "vigie.duckdb")
ENCRYPTIONS = ("starttls", "tls", "none")
MAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;.]+(\.[^\s@<>,;.]+)*")
NO_CHANNELS = ("ftp://", "ftps://", "sftp://", "ssh://", "ws://", "wss://", "gopher://", "telnet://")  # nor apprise's
CHANNEL = re.compile(
    r"terminal|mailto:[^\s@]+@[^\s@]+|(?:(?:slack|mattermost|discord):)?(?:https?://\S+|\$\{\w+\}\S*)"
    r"|file:\S.*|command:\S.*|[a-z][a-z0-9]*://\S+"
)


@dataclass(frozen=True, slots=True)
class Watch:
    """What one reader wants. `topics`: any of them; `all`: every one of them; `none`: not one of them.

    Empty `areas`, `sources` and `kinds` let everything through. `access` is the least that is worth telling.
    `to` holds channels (see `deliver`); empty is the terminal. `rhythm`: told at each run, or once a day or week.
    """

    key: str
    topics: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    access: str = "title"
    to: tuple[str, ...] = ()
    language: str = "fr"
    rhythm: str = "run"

    def follows(self, source: Source, *, own: bool = False) -> bool:
        """Whether the watch reads a source. `own`: the user declared it, so every watch without a list of sources
        reads it; beside the sources of its areas, a watch reads the country's institutions and associations."""
        if self.sources:
            return source.key in self.sources
        if self.kinds and source.kind not in self.kinds:
            return False
        if not self.areas or own:
            return True
        if "national" in source.area and source.kind in {"institution", "association"}:
            return True
        return any(covers(theirs, ours) for theirs in source.area for ours in self.areas)


@dataclass(frozen=True, slots=True)
class Mail:
    """How mail is sent. `tls`: starttls, tls (from the first byte), none (to this machine only); the host decides
    where it is empty, and the way of encryption decides on the `port` where that is 0. `sender` stands in From."""

    host: str = "localhost"
    port: int = 0
    tls: str = ""
    user: str = ""
    sender: str = ""


@dataclass(frozen=True, slots=True)
class Authority:
    """Who puts trusted time stamps on the archive's chain of seals: the address that is asked, and the PEM file of the
    certificates that its answers are checked with."""

    url: str
    certificate: Path


# With no vigie.toml: BriefCam, VSA and the CNIL around Lille.
MISSION = Watch("lille", topics=("briefcam", "vsa", "cnil"), areas=("59350",))


@dataclass(frozen=True, slots=True)
class Home:
    """A home's folder and what its vigie.toml says. `language`: of the watches that say no other, of alerts, health and
    reports."""

    folder: Path
    contact: str = ""
    watches: tuple[Watch, ...] = (MISSION,)
    mail: Mail = field(default_factory=Mail)
    retention_days: int = 90
    timestamps: Authority | None = None
    language: str = "fr"

    @property
    def archive(self) -> Path:
        return self.folder / "archive"

    @property
    def visits(self) -> Path:
        return self.folder / "crawl.sqlite"

    @property
    def database(self) -> Path:
        return self.folder / "vigie.duckdb"

    @property
    def told(self) -> Path:
        return self.folder / "told.sqlite"

    @property
    def search(self) -> Path:
        return self.folder / "search.sqlite"

    @property
    def sources(self) -> Path:
        return self.folder / "sources.toml"

    @property
    def rules(self) -> Path:
        return self.folder / "rules.toml"

    @property
    def queries(self) -> Path:
        return self.folder / "queries"

    def watch(self, key: str | None) -> Watch:
        """One watch by its key, or the only one. Raises MistakeError when it does not exist or is not said."""
        if key is None and len(self.watches) == 1:
            return self.watches[0]
        known = {watch.key: watch for watch in self.watches}
        if key not in known:
            names = ", ".join(known)
            raise MistakeError(f"no watch « {key} »; this home has: {names}" if key else f"say --watch: one of {names}")
        return known[key]


def is_home(folder: Path) -> bool:
    """Whether a folder is a home: it holds something of one."""
    return any((folder / name).exists() for name in PARTS)


def load_home(folder: Path, topics: Iterable[str], sources: Iterable[str]) -> Home:
    """The home at `folder`; its vigie.toml may be absent. `topics` and `sources` are the names that watches may use.

    Raises MistakeError with a line for each fault: file, line, key, cure.
    """
    path = folder / "vigie.toml"
    if not path.exists():
        return Home(folder)
    try:
        text = path.read_text("utf-8")
        said = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise MistakeError(f"vigie.toml: not in UTF-8 (byte {error.start + 1}); save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise MistakeError(f"vigie.toml: {error}") from None
    except OSError as error:
        raise MistakeError(f"{path}: {error.strerror}; it must be a file that you may read") from None
    faults = _Faults(text)
    for key in said:
        if key not in SETTINGS:
            faults.add("", key, f"unknown key « {key} »{_near(key, SETTINGS)}")
    contact = said.get("contact", "")
    if not isinstance(contact, str) or (contact and not MAIL.fullmatch(contact)):
        faults.add("", "contact", 'contact is a mail address, such as "veille@exemple.fr"')
    days = said.get("retention_days", 90)
    if not isinstance(days, int) or isinstance(days, bool) or days < 1:
        faults.add("", "retention_days", "retention_days is a whole number of days, from 1")
    language = said.get("language", "fr")
    if language not in tuple(LANGUAGES):
        faults.add("", "language", f"language is one of {', '.join(LANGUAGES)}")
        language = "fr"
    tables = said.get("watch", {})
    if not isinstance(tables, dict):
        faults.add("", "watch", "a watch is a table: [watch.lille]")
        tables = {}
    mail = _mail(said.get("mail", {}), faults)
    timestamps = _timestamps(said["timestamps"], folder, faults) if "timestamps" in said else None
    names = {"topics": frozenset(topics), "sources": frozenset(sources)}
    watches = tuple(_watch(key, table, language, names, faults) for key, table in tables.items())
    if faults.lines:
        raise MistakeError("\n".join(faults.lines))
    mission = (replace(MISSION, language=language),)
    return Home(folder, contact, watches or mission, mail, days, timestamps, language)


class _Faults:
    """The faults found so far, each with its line in vigie.toml."""

    def __init__(self, text: str) -> None:
        self.text, self.lines = text.splitlines(), list[str]()

    def add(self, table: str, key: str, fault: str) -> None:
        number, inside = 1, not table
        for n, line in enumerate(self.text, 1):
            if re.match(rf"\s*\[\s*{re.escape(table)}\s*\]", line) and table:
                number, inside = n, True
            elif inside and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
                number = n
                break
            elif line.lstrip().startswith("[") and inside and table:
                break
        place = f" [{table}]" if table else ""
        self.lines.append(f"vigie.toml line {number}{place}: {fault}")


def _mail(table: Any, faults: _Faults) -> Mail:
    if not isinstance(table, dict):
        faults.add("", "mail", "mail is a table: [mail], with host, port, tls, user, sender")
        return Mail()
    known = {f.name: type(f.default) for f in fields(Mail)}
    values: dict[str, Any] = {}
    for name, value in table.items():
        if name not in known:
            more = "; the password is a secret: VIGIE_SMTP_PASSWORD" if "pass" in name else _near(name, known)
            faults.add("mail", name, f"unknown key « {name} »{more}")
        elif type(value) is not known[name]:
            faults.add("mail", name, f"{name} is {'a whole number' if known[name] is int else 'a text'}")
        elif name == "tls" and value not in ENCRYPTIONS:
            faults.add("mail", name, f"tls is one of {', '.join(ENCRYPTIONS)}")
        else:
            values[name] = value
    return Mail(**values)


def _timestamps(table: Any, folder: Path, faults: _Faults) -> Authority | None:
    names = ("url", "certificate")
    if not isinstance(table, dict):
        faults.add("", "timestamps", "timestamps is a table: [timestamps], with url and certificate")
        return None
    for name in table:
        if name not in names:
            faults.add("timestamps", name, f"unknown key « {name} »{_near(name, names)}")
    url, certificate = (table.get(name) for name in names)
    if not isinstance(url, str) or not re.fullmatch(r"https?://\S+", url):
        faults.add("timestamps", "url", "url is the authority's address: https://…")
    if not isinstance(certificate, str) or not (folder / certificate).is_file():
        faults.add(
            "timestamps", "certificate", "certificate is a PEM file of the authority's certificates, in the home"
        )
        return None
    return Authority(str(url), folder / certificate)


def _watch(key: str, table: Any, language: str, names: dict[str, frozenset[str]], faults: _Faults) -> Watch:
    place = f"watch.{key}"
    if not isinstance(table, dict):
        faults.add("", key, f"watch.{key} is not a table")
        return Watch(key)
    known = [f.name for f in fields(Watch) if f.name != "key"]
    texts = {"access": ACCESS_ORDER, "language": tuple(LANGUAGES), "rhythm": RHYTHMS}
    values: dict[str, Any] = {"language": language}
    for name, value in table.items():
        if name not in known:
            faults.add(place, name, f"unknown key « {name} »{_near(name, known)}")
        elif name in texts:
            if value not in texts[name]:
                faults.add(place, name, f"{name} is one of {', '.join(texts[name])}")
            values[name] = value
        elif not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            faults.add(place, name, f'{name} is a list of texts, such as {name} = ["…"]')
        else:
            values[name] = tuple(value)
            for item in value:
                if fault := _item_fault(name, item, names):
                    faults.add(place, name, fault)
    if not any(values.get(name) for name in ("topics", "all")):
        faults.add(place, "topics", 'say what is looked for: topics = ["briefcam", "vsa"]')
    return Watch(key, **values)


def _item_fault(name: str, item: str, names: dict[str, frozenset[str]]) -> str:
    """What is wrong with one item of a watch's list; empty when nothing is."""
    if name in {"topics", "all", "none"} and item not in names["topics"]:
        return f"unknown topic « {item} »{_near(item, names['topics'])}; `vigie rules` lists them"
    if name == "sources" and item not in names["sources"]:
        return f"unknown source « {item} »{_near(item, names['sources'])}; `vigie sources list` lists them"
    if name == "kinds" and item not in get_args(Kind):
        return f"unknown kind « {item} »: one of {', '.join(get_args(Kind))}"
    if name == "areas" and not is_area(item):
        return f"« {item} » is no INSEE code of a commune (59350) or département (59), nor « national »"
    return channel_fault(item) if name == "to" else ""


def channel_fault(channel: str) -> str:
    """What is wrong with a channel; empty when nothing is."""
    if CHANNEL.fullmatch(channel) and not channel.startswith(NO_CHANNELS):
        return ""
    mail = f", did you mean « mailto:{channel} »?" if "@" in channel and ":" not in channel else ""
    return f"« {channel} » is no channel{mail or ': mailto:…, https://…, slack:https://…, file:…, command:…'}"


def _near(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word, list(known), 1)
    return f", did you mean « {near[0]} »?" if near else ""
