"""The catalogue of what is watched: `crawler/sources/*.toml`, and a user's own `sources.toml` beside it.

A table is one source; its keys are the fields of `Source`. A table named `default` is no source: the others of the
same file take from it what they do not say themselves. A user's table with the key of a built-in source replaces it
whole: nothing of the built-in one is kept. Nothing here needs Scrapy, so that listing sources costs little.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from ipaddress import ip_address
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlsplit

from crawler.area_names import code_cure, codes_named, did_you_mean, no_one_place
from pipeline.areas import NATIONAL, covers, is_area
from pipeline.records import Kind, MistakeError, Source

__all__ = ["DOORS", "LONGEST_DELAY", "SHORTEST_DELAY", "Source", "covers", "load_sources", "select"]

DOORS = ("feed", "sitemap", "listing", "page", "archive", "spider")
SHORTEST_DELAY = 0.5  # seconds; less only on loopback, where there is nobody to be polite to
LONGEST_DELAY = 3600.0

_DEFAULT = "default"
_LOOSE = "it stands outside of any table: a source begins with [its-key]"
_KINDS: tuple[str, ...] = get_args(Kind)
_REQUIRED = ("name", "kind", "area")
_ADDRESSES = ("home", "feed", "sitemap", "listing", "page", "archive", "data", "history")
_SELECTORS = ("links", "paid_marker", "body")
_PATTERNS = ("include", "exclude")
_LISTS = tuple(f.name for f in fields(Source) if f.type == "tuple[str, ...]")
_KEYS = tuple(f.name for f in fields(Source) if f.name not in ("key", "declared_in"))
_LISTED = ", ".join(_KEYS)
_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_SPIDER = re.compile(r"[a-z][a-z0-9_]*")


def load_sources(extra: Path | None = None) -> dict[str, Source]:
    """Every declared source by its key, in the order of the files; `extra` joins them or replaces by key.

    An `extra` that does not exist adds nothing. Raises MistakeError with a line for each fault of each file.
    """
    faults: list[str] = []
    found: dict[str, Source] = {}
    folder = files("crawler") / "sources"
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".toml"):
            for key, source in _read(entry.name, entry.read_bytes(), faults).items():
                if key in found:
                    faults.append(f"{source.declared_in}: declared in {found[key].declared_in} already, change its key")
                found[key] = source
    if extra is not None and extra.exists():
        found |= _read(extra.name, _bytes_of(extra), faults)
    if faults:
        raise MistakeError("\n".join(map(_printable, faults)))
    return found


def select(
    sources: Mapping[str, Source],
    keys: Iterable[str] = (),
    kind: str | None = None,
    area: str | None = None,
    include_national: bool = False,
) -> list[Source]:
    """The sources with one of `keys` (all when there are none), of `kind`, that cover `area`; closed ones too.

    With `keys`, in their order. `include_national` adds the sources of the whole country to those of an area.
    `area` is a code or the name of a commune or département. Raises MistakeError for an unknown key, kind or area, all
    at once.
    """
    keys = tuple(dict.fromkeys(keys))
    faults = [
        f"unknown source « {key} »{_hint(key, sources)} (`vigie sources list` lists them)"
        for key in keys
        if key not in sources
    ]
    if kind is not None and kind not in _KINDS:
        faults.append(f"unknown kind « {kind} »{_hint(kind, _KINDS)} (one of {', '.join(_KINDS)})")
    if area is not None:
        found = codes_named(area)
        if len(found) != 1:
            faults.append(no_one_place(area, found))
        area = next(iter(found), area)
    if faults:
        raise MistakeError("\n".join(map(_printable, faults)))
    asked = [sources[key] for key in keys] if keys else list(sources.values())
    wanted = () if area is None else (area, NATIONAL) if include_national else (area,)
    return [
        source
        for source in asked
        if (kind is None or source.kind == kind)
        and (area is None or any(covers(here, there) for here in source.area for there in wanted))
    ]


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise MistakeError(f"{path} cannot be read ({error.strerror}): it should be a TOML file") from error


def _read(file: str, content: bytes, faults: list[str]) -> dict[str, Source]:
    """The well-formed sources of one file; what is wrong with the others is added to `faults`."""
    try:
        tables = tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        faults.append(f"{file}: it is not in UTF-8 (byte {error.start}), save it as UTF-8")
        return {}
    except tomllib.TOMLDecodeError as error:
        faults.append(f"{file}: no TOML, or a table stands twice: {error}")
        return {}
    default = tables.pop(_DEFAULT, {})
    faults_of_default = _faults_of_keys(default) if isinstance(default, dict) else [_LOOSE]
    faults.extend(f"{file} [{_DEFAULT}]: {fault}" for fault in faults_of_default)
    found = {}
    for key, table in tables.items():
        place = f"{file} [{key}]"
        if not isinstance(table, dict):
            wrong = [_LOOSE]
        elif faults_of_default:
            wrong = _faults_of_keys(table)
        else:
            wrong = _faults(key, default | table)
            if not wrong:
                found[key] = _source(key, default | table, place)
        faults.extend(f"{place}: {fault}" for fault in wrong)
    return found


def _source(key: str, table: dict[str, Any], place: str) -> Source:
    values: dict[str, Any] = {name: _several(value) if name in _LISTS else value for name, value in table.items()}
    if "delay" in values:
        values["delay"] = float(values["delay"])
    return Source(key=key, declared_in=place, **values)


def _several(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _faults(key: str, table: dict[str, Any]) -> list[str]:
    """What is wrong with one table, a sentence each; what a key's own fault makes meaningless is not said as well."""
    faults = _faults_of_keys(table)
    if not _KEY.fullmatch(key) or len(key) > 60:
        faults.insert(0, "its key is to be of lower-case letters, digits and hyphens, 60 signs at most")
    faults += [f"« {name} » is missing" for name in _REQUIRED if name not in table]
    if faults:
        return faults
    faults += _faults_of_place(table)
    for name in _ADDRESSES:
        faults += [f"{name}: {why}" for url in _several(table.get(name, ())) if (why := _bad_url(name, url))]
    faults += [f"{name}: {why}" for name in _PATTERNS if (why := _bad_pattern(table.get(name, "")))]
    faults += [f"{name}: {why}" for name in _SELECTORS if (why := _bad_selector(table.get(name, "")))]
    if why := _bad_delay(table):
        faults.append(why)
    if not table.get("closed") and not any(table.get(door) for door in DOORS):
        faults.append(f"it has no door: give {', '.join(DOORS[:-1])} or {DOORS[-1]}, or say why with « closed »")
    if table.get("links") and not table.get("listing"):
        faults.append("« links » chooses the links of a list, and there is no « listing »")
    return faults + _faults_of_code(table)


def _faults_of_code(table: dict[str, Any]) -> list[str]:
    """What is wrong with the module that reads a source, which is first met by a crawl otherwise."""
    spider = table.get("spider")
    if not spider:
        return []
    if not _SPIDER.fullmatch(spider):
        return [f"spider = « {spider} » is no name of a module (lower-case letters, digits, _)"]
    known = _modules()
    if spider not in known:
        near = _hint(spider, known) or f": one of {', '.join(known)}"
        return [f"spider = « {spider} » is no module that is known{near}"]
    return [] if table.get("data") else ["« spider » reads the addresses of « data », and there are none"]


@cache
def _modules() -> tuple[str, ...]:
    """The modules that read a source of their own: those with the function `doors`. None is imported to know it."""
    folder = files("crawler") / "spiders"
    modules = (entry for entry in folder.iterdir() if entry.name.endswith(".py"))
    return tuple(sorted(m.name.removesuffix(".py") for m in modules if b"\ndef doors(" in m.read_bytes()))


def _faults_of_keys(table: dict[str, Any]) -> list[str]:
    """Unknown keys, and values that are not of their key's type."""
    faults = []
    for name, value in table.items():
        if name not in _KEYS:
            faults.append(f"unknown key « {name} »{_hint(name, _KEYS) or f': one of {_LISTED}'}")
        elif name == "documents":
            if not isinstance(value, bool):
                faults.append("« documents » is true or false")
        elif name == "delay":
            if isinstance(value, bool) or not isinstance(value, int | float):
                faults.append("« delay » is a number of seconds")
        elif name in _LISTS and isinstance(value, list):
            if not value or not all(isinstance(item, str) and item.strip() for item in value):
                faults.append(f"« {name} » is a text or a list of texts, none of them empty")
        elif not isinstance(value, str) or not value.strip():
            faults.append(f"« {name} » is a text that is not empty (what is not known is not written)")
    return faults


def _faults_of_place(table: dict[str, Any]) -> list[str]:
    faults = []
    if table["kind"] not in _KINDS:
        faults.append(f"unknown kind « {table['kind']} »{_hint(table['kind'], _KINDS)} (one of {', '.join(_KINDS)})")
    area = _several(table["area"])
    faults += [f"area = « {code} »: {code_cure(code)}" for code in area if not is_area(code)]
    if len(set(area)) < len(area):
        faults.append("area: the same place twice")
    return faults


def _bad_url(name: str, url: str) -> str:
    """Why an address cannot be asked for, or an empty string. Credentials are not repeated: messages are logged."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return f"« {url} » is no address"
    if parts.username is not None or parts.password is not None:
        return f"no credentials in an address (that of {host})"
    if parts.scheme not in ("http", "https"):
        return f"« {url} » does not begin with http:// or https://"
    if not host or not url.isprintable() or re.search(r'[\s<>"]', url):
        return f"« {url} » is no address"
    codes = re.findall(r"%(.?)", url)
    if name == "archive" and (not codes or not set(codes) <= set("Ymd")):
        return f"« {url} » needs the codes %Y, %m and %d of a page a day, and those only"
    return ""


def _bad_pattern(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        return f"no regular expression, {error}: in TOML, write it between apostrophes"
    return ""


def _bad_selector(selector: str) -> str:
    if not selector:
        return ""
    from cssselect import HTMLTranslator, SelectorError  # noqa: PLC0415  only when there is a selector to read

    try:
        HTMLTranslator().css_to_xpath(selector)
    except SelectorError as error:
        return f"« {selector} » is no CSS selector, {error}"
    return ""


def _bad_delay(table: dict[str, Any]) -> str:
    delay = float(table.get("delay", 1.0))
    smallest = 0.0 if _on_loopback(table) else SHORTEST_DELAY
    if math.isfinite(delay) and smallest <= delay <= LONGEST_DELAY:
        return ""
    return f"delay = {delay:g}: from {smallest:g} to {LONGEST_DELAY:g} seconds between two requests"


def _on_loopback(table: dict[str, Any]) -> bool:
    hosts = {_host(url) for name in _ADDRESSES for url in _several(table.get(name, ()))}
    return bool(hosts) and all(_is_loopback(host) for host in hosts)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _hint(word: str, known: Collection[str]) -> str:
    """A few known words near a wrong one, as the end of a sentence."""
    near = get_close_matches(word.lower().replace("_", "-" if "-" in "".join(known) else "_"), known, n=2, cutoff=0.7)
    return did_you_mean([f"« {name} »" for name in near])


def _printable(line: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in line)
