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

from pipeline.areas import NATIONAL, covers, is_area
from pipeline.records import Kind, MistakeError, Source

__all__ = ["DOORS", "LONGEST_DELAY", "SHORTEST_DELAY", "Source", "covers", "load_sources", "select"]

DOORS = ("feed", "sitemap", "listing", "page", "archive", "spider")
SHORTEST_DELAY = 0.5  # seconds; less only on loopback, where there is nobody to be polite to
LONGEST_DELAY = 3600.0

_DEFAULT = "default"
_LOOSE = "hors de toute table : une source commence par [sa-cle]"
_AREA_CURE = "attendu un code INSEE de commune (59350), un département (59, 2A, 974) ou « national »"
_KINDS: tuple[str, ...] = get_args(Kind)
_REQUIRED = ("name", "kind", "area")
_ADDRESSES = ("home", "feed", "sitemap", "listing", "page", "archive", "data", "history")
_SELECTORS = ("links", "paid_marker", "body")
_PATTERNS = ("include", "exclude")
_LISTS = tuple(f.name for f in fields(Source) if f.type == "tuple[str, ...]")
_KEYS = tuple(f.name for f in fields(Source) if f.name not in ("key", "declared_in"))
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
                    faults.append(f"{source.declared_in} : déjà déclarée dans {found[key].declared_in}, changez sa clé")
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
    Raises MistakeError for an unknown key, kind or area code, all at once.
    """
    keys = tuple(dict.fromkeys(keys))
    faults = [f"source inconnue « {key} »{_hint(key, sources)}" for key in keys if key not in sources]
    if kind is not None and kind not in _KINDS:
        faults.append(f"genre inconnu « {kind} »{_hint(kind, _KINDS)} ; genres : {', '.join(_KINDS)}")
    if area is not None and not is_area(area := area.upper() if area[:1].isdigit() else area):
        faults.append(f"lieu inconnu « {area} » : {_AREA_CURE}")
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
        raise MistakeError(f"{path} : illisible ({error.strerror}) ; attendu un fichier TOML") from error


def _read(file: str, content: bytes, faults: list[str]) -> dict[str, Source]:
    """The well-formed sources of one file; what is wrong with the others is added to `faults`."""
    try:
        tables = tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        faults.append(f"{file} : n'est pas en UTF-8 (octet {error.start}), enregistrez-le en UTF-8")
        return {}
    except tomllib.TOMLDecodeError as error:
        faults.append(f"{file} : erreur de syntaxe TOML ou table déclarée deux fois, {error}")
        return {}
    default = tables.pop(_DEFAULT, {})
    faults_of_default = _faults_of_keys(default) if isinstance(default, dict) else [_LOOSE]
    faults.extend(f"{file} [{_DEFAULT}] : {fault}" for fault in faults_of_default)
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
        faults.extend(f"{place} : {fault}" for fault in wrong)
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
        faults.insert(0, "clé mal formée : des minuscules, des chiffres et des tirets, 60 signes au plus")
    faults += [f"il manque « {name} »" for name in _REQUIRED if name not in table]
    if faults:
        return faults
    faults += _faults_of_place(table)
    for name in _ADDRESSES:
        faults += [f"{name} : {why}" for url in _several(table.get(name, ())) if (why := _bad_url(name, url))]
    faults += [f"{name} : {why}" for name in _PATTERNS if (why := _bad_pattern(table.get(name, "")))]
    faults += [f"{name} : {why}" for name in _SELECTORS if (why := _bad_selector(table.get(name, "")))]
    if why := _bad_delay(table):
        faults.append(why)
    if not table.get("closed") and not any(table.get(door) for door in DOORS):
        faults.append(
            f"aucune porte : donnez {', '.join(DOORS[:-1])} ou {DOORS[-1]}, ou dites pourquoi avec « closed »"
        )
    if table.get("links") and not table.get("listing"):
        faults.append("« links » choisit les liens d'une liste, et il n'y a pas de « listing »")
    return faults + _faults_of_code(table)


def _faults_of_code(table: dict[str, Any]) -> list[str]:
    """What is wrong with the module that reads a source, which is first met by a crawl otherwise."""
    spider = table.get("spider")
    if not spider:
        return []
    if not _SPIDER.fullmatch(spider):
        return [f"spider = « {spider} » : attendu le nom d'un module (minuscules, chiffres, _)"]
    known = _modules()
    if spider not in known:
        near = _hint(spider, known) or f" ; modules : {', '.join(known)}"
        return [f"spider = « {spider} » : module inconnu{near}"]
    return [] if table.get("data") else ["« spider » lit les adresses de « data », et il n'y en a pas"]


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
            faults.append(f"clé inconnue « {name} »{_hint(name, _KEYS)}")
        elif name == "documents":
            if not isinstance(value, bool):
                faults.append("« documents » : attendu true ou false")
        elif name == "delay":
            if isinstance(value, bool) or not isinstance(value, int | float):
                faults.append("« delay » : attendu un nombre de secondes")
        elif name in _LISTS and isinstance(value, list):
            if not value or not all(isinstance(item, str) and item.strip() for item in value):
                faults.append(f"« {name} » : attendu un texte ou une liste de textes, aucun vide")
        elif not isinstance(value, str) or not value.strip():
            faults.append(f"« {name} » : attendu un texte, non vide (ce qui n'est pas connu ne s'écrit pas)")
    return faults


def _faults_of_place(table: dict[str, Any]) -> list[str]:
    faults = []
    if table["kind"] not in _KINDS:
        faults.append(f"kind = « {table['kind']} » : genre inconnu{_hint(table['kind'], _KINDS)}")
    area = _several(table["area"])
    faults += [f"area = « {code} » : {_AREA_CURE}" for code in area if not is_area(code)]
    if len(set(area)) < len(area):
        faults.append("area : un même lieu deux fois")
    return faults


def _bad_url(name: str, url: str) -> str:
    """Why an address cannot be asked for, or an empty string. Credentials are not repeated: messages are logged."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return f"adresse mal formée « {url} »"
    if parts.username is not None or parts.password is not None:
        return f"pas d'identifiants dans une adresse (celle de {host})"
    if parts.scheme not in ("http", "https"):
        return f"attendu une adresse http:// ou https://, non « {url} »"
    if not host or not url.isprintable() or re.search(r'[\s<>"]', url):
        return f"adresse mal formée « {url} »"
    codes = re.findall(r"%(.?)", url)
    if name == "archive" and (not codes or not set(codes) <= set("Ymd")):
        return f"attendu les codes %Y, %m et %d d'une page par jour, et eux seuls, non « {url} »"
    return ""


def _bad_pattern(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        return f"expression rationnelle fautive, {error} ; en TOML, écrivez-la entre apostrophes"
    return ""


def _bad_selector(selector: str) -> str:
    if not selector:
        return ""
    from cssselect import HTMLTranslator, SelectorError  # noqa: PLC0415  only when there is a selector to read

    try:
        HTMLTranslator().css_to_xpath(selector)
    except SelectorError as error:
        return f"sélecteur CSS fautif « {selector} », {error}"
    return ""


def _bad_delay(table: dict[str, Any]) -> str:
    delay = float(table.get("delay", 1.0))
    smallest = 0.0 if _on_loopback(table) else SHORTEST_DELAY
    if math.isfinite(delay) and smallest <= delay <= LONGEST_DELAY:
        return ""
    return f"delay = {delay:g} : attendu de {smallest:g} à {LONGEST_DELAY:g} secondes entre deux demandes"


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
    return f", vouliez-vous {' ou '.join(f'« {name} »' for name in near)} ?" if near else ""


def _printable(line: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in line)
