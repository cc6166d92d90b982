"""The field `tables` of a manifest: which files hold the rows of each table and week."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from warehouse import keys
from warehouse.database.table_hash import Columns, Week
from warehouse.errors import UsageError
from warehouse.weeks import parse_week

MOST_PARTS = 500_000
MOST_PART_BYTES = 20_000_000_000
_MOST_COLUMNS = 500
_MOST_ROWS = 10**12
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
TYPES = {
    *("VARCHAR", "BOOLEAN", "INTEGER", "BIGINT", "DOUBLE", "DATE", "TIMESTAMP"),
    "VARCHAR[]",
    "INTEGER[]",
}


class ListedPart(NamedTuple):
    """The file with the rows of one table and week; `table_hash` is None of views."""

    week: Week
    key: str
    sha256: str
    bytes: int
    rows: int
    content_sha256: str
    table_hash: str | None


class ListedTable(NamedTuple):
    """A table or view that is kept by the week."""

    columns: Columns
    parts: tuple[ListedPart, ...]


def listed(manifest: Mapping[str, Any]) -> dict[str, ListedTable]:
    """Return the tables that a manifest keeps by the week, by name."""
    return {
        name: ListedTable(
            [(column, kind) for column, kind in table["columns"]],
            tuple(ListedPart(*(part[field] for field in ListedPart._fields)) for part in table["parts"]),
        )
        for name, table in sorted(manifest["tables"].items())
    }


def parts(manifest: Mapping[str, Any]) -> list[ListedPart]:
    """Return all parts that a manifest lists, table by table."""
    return [part for table in listed(manifest).values() for part in table.parts]


def data_files(manifest: Mapping[str, Any]) -> set[str]:
    """Return the data files of an edition: all under `data/` that are no pages."""
    return {
        name for name in manifest["files"] if name.startswith("data/") and not name.endswith("/index.html")
    }


def whole(manifest: Mapping[str, Any]) -> dict[str, int]:
    """Return the tables and views that an edition has as one Parquet file, with the rows that are stated."""
    found = {
        path.removeprefix("data/").removesuffix(".parquet"): int(stated["rows"])
        for path, stated in manifest["files"].items()
        if path.startswith("data/") and path.endswith(".parquet")
    }
    return dict(sorted(found.items()))


def is_name(text: str) -> bool:
    """Return whether a text is a name that a table or column can have."""
    return _NAME.fullmatch(text) is not None


def wrong(tables: object) -> str | None:
    """Return what is wrong with a field `tables` that anybody may have written, or None.

    After this all of it has its types, and each key is the one that `publish` gives to the part.
    """
    if not isinstance(tables, dict):
        return '"tables" is not a table'
    total = 0
    for name, table in tables.items():
        if not _NAME.fullmatch(name):
            return 'a name in "tables" is not of letters, digits and _'
        if not isinstance(table, dict) or not isinstance(table.get("parts"), list):
            return f"{name} has no parts"
        total += len(table["parts"])
        if total > MOST_PARTS:
            return f"it lists more than {MOST_PARTS:,} parts"
        if why := _wrong_columns(table.get("columns")) or _wrong_parts(name, table):
            return f"{name} {why}"
    return None


def _wrong_columns(columns: object) -> str | None:
    if not isinstance(columns, list) or not 0 < len(columns) <= _MOST_COLUMNS:
        return "has no columns"
    for column in columns:
        if not isinstance(column, list) or len(column) != 2 or not all(isinstance(x, str) for x in column):
            return "has a column that is not a name and a type"
        if not _NAME.fullmatch(column[0]) or column[1] not in TYPES:
            return "has a column of a name or type that no table has"
    names = [column[0] for column in columns]
    if len({*names}) < len(names):
        return "has a column twice"
    return None if ["week", "DATE"] in columns else "has no column week"


def _wrong_parts(name: str, table: Mapping[str, Any]) -> str | None:
    before: str | None = None
    total = 0
    for part in table["parts"]:
        if not isinstance(part, dict) or not {*ListedPart._fields} <= part.keys():
            return f"has a part without {', '.join(ListedPart._fields)}"
        week = part["week"]
        if not _is_week(week):
            return "has a part whose week is no Monday"
        if before is not None and (week or "") <= before:
            return "has parts that are not in the order of weeks, each once"
        before = week or ""
        if why := _wrong_fields(name, part):
            return f"has a part of {week} {why}"
        total += part["rows"]
    if type(table.get("rows")) is not int or table["rows"] != total:
        return "states another number of rows than its parts"
    return None


def _wrong_fields(name: str, part: Mapping[str, Any]) -> str | None:
    for field in ("sha256", "content_sha256", "table_hash"):
        if field == "table_hash" and part[field] is None:
            continue
        if not isinstance(part[field], str) or not _SHA256.fullmatch(part[field]):
            return f"whose {field} is not 64 hexadecimal digits"
    for field, least, most in (("bytes", 1, MOST_PART_BYTES), ("rows", 1, _MOST_ROWS)):
        if type(part[field]) is not int or not least <= part[field] <= most:
            return f"whose {field} is not a number from {least} to {most:,}"
    if part["key"] != keys.table_part(name, part["week"], part["sha256"]):
        return "whose key is not that of its table, week and hash"
    return None


def _is_week(value: object) -> bool:
    if value is None:
        return True
    try:
        return isinstance(value, str) and parse_week(value).isoformat() == value
    except UsageError:
        return False
