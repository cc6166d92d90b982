"""What every reader of a format gives: named columns, and rows of text with their place in the file."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Row(NamedTuple):
    """A row; `place` is how a message names it, e.g. `row 7` or `task 12`. A cell that is not there is empty."""

    place: str
    cells: dict[str, str]


@dataclass(frozen=True)
class Table:
    """The rows of one file under its column names; `place` names where the columns are named."""

    columns: tuple[str, ...]
    rows: Sequence[Row]
    place: str = "row 1"
    #: Rows that cannot be read, with their place: the others are there all the same.
    broken: Sequence[tuple[str, str]] = field(default=())


class FileError(ValueError):
    """A file, or a place in it, that cannot be read; `place` is empty for the whole file."""

    def __init__(self, what: str, place: str = "") -> None:
        super().__init__(what)
        self.place = place


def as_text(value: Any) -> str:
    """Return a cell as its program would write it: no decimals of whole numbers, ISO dates, compact JSON."""
    if isinstance(value, str):
        return value
    if value is None or value != value:  # noqa: PLR0124 - a NaN is how programs write an empty cell
        return ""
    if isinstance(value, list):
        return as_text(value[0]) if len(value) == 1 else _json(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        value = int(value)
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        value = value.isoformat()
    return _json(value) if isinstance(value, dict) else str(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


def from_records(records: Sequence[tuple[str, dict[str, Any]]]) -> Table:
    """Return a table of records (place, values); a nested object's values are columns `outer.inner`."""
    flat = [(place, _flat(values)) for place, values in records]
    columns = tuple(dict.fromkeys(name for _, values in flat for name in values))
    rows = [Row(place, {name: as_text(values.get(name)) for name in columns}) for place, values in flat]
    return Table(columns, rows, place="")


def _flat(values: dict[str, Any], prefix: str = "", depth: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, dict) and value and depth < 8:
            found.update(_flat(value, f"{prefix}{name}.", depth + 1))
        else:
            found[f"{prefix}{name}"] = value
    return found
