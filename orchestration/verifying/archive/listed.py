"""The field `tables` of a manifest: which files hold the rows of each table and week."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from typing import Annotated, Any, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from assets.leaderboard.past.index import Sha256
from warehouse import keys
from warehouse.database.archive import WeekPart
from warehouse.database.table_hash import Columns
from warehouse.errors import UsageError
from warehouse.weeks import parse_week

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
MOST_PARTS = 500_000
MOST_PART_BYTES = 20_000_000_000
TYPES = (
    *("VARCHAR", "BOOLEAN", "INTEGER", "BIGINT", "DOUBLE", "DATE", "TIMESTAMP"),
    "VARCHAR[]",
    "INTEGER[]",
)
_OF_PART = [field.name for field in fields(WeekPart)]
Name = Annotated[str, StringConstraints(pattern=f"^{_NAME.pattern}$")]
Column = Annotated[list[str], Field(min_length=2, max_length=2)]


class StatedPart(BaseModel):
    """What a manifest says of the file with the rows of one table and week; `table_hash` is None of views."""

    model_config = ConfigDict(strict=True)
    week: str | None
    key: str
    sha256: Sha256
    bytes: Annotated[int, Field(ge=1, le=MOST_PART_BYTES)]
    rows: Annotated[int, Field(ge=1, le=10**12)]
    content_sha256: Sha256
    table_hash: Sha256 | None

    @field_validator("week")
    @classmethod
    def _monday(cls, week: str | None) -> str | None:
        try:
            if week is None or parse_week(week).isoformat() == week:
                return week
        except UsageError as error:
            raise ValueError(str(error)) from None
        raise ValueError("no week like 2026-11-23")


class StatedTable(BaseModel):
    """What a manifest says of a table or view that is kept by the week."""

    model_config = ConfigDict(strict=True)
    columns: Annotated[list[Column], Field(min_length=1, max_length=500)]
    rows: int
    parts: list[StatedPart]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        names = [name for name, _ in self.columns]
        if any(not _NAME.fullmatch(name) or kind not in TYPES for name, kind in self.columns):
            raise ValueError("a column of a name or type that no table has")
        if len({*names}) < len(names) or ["week", "DATE"] not in self.columns:
            raise ValueError("a column twice, or none of the week")
        weeks = [part.week or "" for part in self.parts]
        if weeks != sorted({*weeks}):
            raise ValueError("parts that are not in the order of weeks, each once")
        if self.rows != sum(part.rows for part in self.parts):
            raise ValueError("another number of rows than its parts")
        return self


def keyed(tables: dict[Name, StatedTable]) -> dict[Name, StatedTable]:
    """Return tables whose parts are not too many, each under the key that `publish` gives it; else `ValueError`."""
    if sum(len(table.parts) for table in tables.values()) > MOST_PARTS:
        raise ValueError(f"it lists more than {MOST_PARTS:,} parts")
    for name, table in tables.items():
        for part in table.parts:
            if part.key != keys.table_part(name, part.week, part.sha256):
                raise ValueError(f"{name}: a key that is not that of its table, week and hash")
    return tables


class ListedTable(NamedTuple):
    """A table or view that is kept by the week."""

    columns: Columns
    parts: tuple[WeekPart, ...]


def listed(manifest: Mapping[str, Any]) -> dict[str, ListedTable]:
    """Return the tables that a manifest keeps by the week, by name."""
    return {
        name: ListedTable(
            [(column, kind) for column, kind in table["columns"]],
            tuple(WeekPart(**{field: part[field] for field in _OF_PART}) for part in table["parts"]),
        )
        for name, table in sorted(manifest["tables"].items())
    }


def parts(manifest: Mapping[str, Any]) -> list[WeekPart]:
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
    """Return whether a text is a name that a table can have."""
    return _NAME.fullmatch(text) is not None
