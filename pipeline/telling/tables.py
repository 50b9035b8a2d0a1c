"""Rows for other programmes: JSON, and CSV that a spreadsheet cannot take for formulas."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def to_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """RFC 4180, with a byte order mark by which spreadsheets know UTF-8. Lists are joined by « ; »."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_safe(column) for column in columns])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return "\ufeff" + out.getvalue()


def to_json(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A list of objects; times in ISO 8601."""
    said = [dict(zip(columns, row, strict=True)) for row in rows]
    return json.dumps(said, ensure_ascii=False, indent=2, default=plain) + "\n"


def plain(value: object) -> object:
    """What JSON has no word for."""
    if isinstance(value, date):  # and datetime
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    return str(value)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, list | tuple | set):
        return _safe("; ".join(_cell(item).removeprefix("'") for item in value))
    if isinstance(value, Mapping):
        return _safe(json.dumps(value, ensure_ascii=False, default=plain))
    return _safe(str(value))


def _safe(text: str) -> str:
    """An apostrophe before what a spreadsheet would take for a formula, however it is led in."""
    return f"'{text}" if text.lstrip(" \u00a0'\"").startswith(FORMULA) or text.startswith(FORMULA) else text
