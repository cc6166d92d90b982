"""Records as rows of Parquet: a column per field, in the order of the fields, and back."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar, get_args

import pyarrow as pa

from assets.gateway.records import Record
from warehouse.canonical import canonical_json

#: Name, Arrow type, identity (True) or run time (False).
Column = tuple[str, pa.DataType, bool]
RecordT = TypeVar("RecordT", bound=Record)
_KINDS = {int: pa.int32(), bool: pa.bool_(), float: pa.float64(), datetime: pa.timestamp("us")}


def columns_of(
    record: type[Record], *, run_time: Collection[str], wide: Collection[str] = ()
) -> tuple[Column, ...]:
    """Return the column of each field: numbers (of 64 bits if `wide`), flags and times; all else is text, or JSON."""
    return tuple(
        (
            name,
            # Of what may be None, the first type is what it is otherwise.
            pa.int64()
            if name in wide
            else _KINDS.get((*get_args(field.annotation), field.annotation)[0], pa.string()),
            name not in run_time,
        )
        for name, field in record.model_fields.items()
    )


def table_of_records(
    records: Iterable[Record], columns: Sequence[Column], as_json: Collection[str]
) -> pa.Table:
    """Return records as rows, in the order given; fields that are lists or mappings are JSON."""
    rows = []
    for record in records:
        row = record.model_dump()
        for name in as_json:
            row[name] = None if row[name] is None else canonical_json(row[name]).decode()
        rows.append({**row, "outcome": str(row["outcome"])})
    return pa.Table.from_pylist(rows, schema=pa.schema([(name, kind) for name, kind, _ in columns]))


def records_of(
    rows: Iterable[Mapping[str, Any]], kind: type[RecordT], as_json: Collection[str]
) -> list[RecordT]:
    """Return the records that rows hold; raise KeyError or ValueError for a row that is none."""
    return [
        kind.model_validate(
            {**row, **{name: json.loads(row[name]) for name in as_json if row[name] is not None}}
        )
        for row in rows
    ]
