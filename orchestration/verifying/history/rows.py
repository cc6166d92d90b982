"""Rows of a part that two editions state otherwise: what is gone, and what was added, by model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa

from assets.gateway.records import FINAL, Outcome
from orchestration.verifying.places import Place
from orchestration.verifying.report import one_line
from warehouse.canonical import sha256_hex
from warehouse.database.archive import WeekPart
from warehouse.errors import CorruptObjectError
from warehouse.loading.objects import parquet_table

_COUNT = "SELECT coalesce({model}, ''), count(*) FROM (({a}) EXCEPT ALL ({b})) GROUP BY ALL ORDER BY ALL"
_MADE = "CREATE TEMP TABLE taken (model VARCHAR, slot_key VARCHAR, labeler VARCHAR, attribute VARCHAR)"
_OF = "EXISTS (FROM taken AS t WHERE t.model = r.model AND coalesce(t.slot_key = r.slot_key, TRUE) AND {})"
_ANSWER = _OF.format("t.labeler IS NULL")
_LABEL = _OF.format(
    "coalesce(t.labeler = r.labeler || '@' || r.labeler_version, TRUE) AND coalesce(t.attribute = r.attribute, TRUE)"
)
_SETTLED = ", ".join(f"'{one}'" for one in sorted(FINAL - {Outcome.NOT_NEEDED}))
#: Table → the condition that a retraction names one of its rows.
_TAKEN = {
    "attempts": f"({_ANSWER} AND r.outcome IN ({_SETTLED}))",
    "images": _ANSWER,
    "labels": _LABEL,
    "gold_labels": _ANSWER,
}
#: The rows of before as a retraction leaves them: of attempts with another outcome.
_LEFT = "SELECT * FROM ({of}) AS r WHERE NOT {taken}"
_LEFT_ATTEMPTS = (
    "SELECT * REPLACE (CASE WHEN {taken} THEN 'retracted' ELSE outcome END AS outcome) FROM ({of}) AS r"
)


class Changed(NamedTuple):
    """Models of which rows are gone (or changed, which is the same), and of which rows were added; "" of no model."""

    gone: dict[str, int]
    added: dict[str, int]
    taken: int  # rows of before that a retraction names: they are compared as it leaves them


def compare(
    parts: tuple[WeekPart | None, WeekPart],
    columns: Sequence[str],
    sides: tuple[Place, Place],
    table: str,
    taken: Sequence[Mapping[str, Any]],
) -> Changed | None:
    """Compare the rows of a part before and after in these columns; None if they are not all at hand.

    `taken` are entries of manifests that take something of the week back. What one edition lists may lie with the
    other: nobody deletes parts of tables.
    """
    now = _held(parts[1], sides)
    before = _held(parts[0], sides) if parts[0] else now and now.slice(0, 0)
    if before is None or now is None:
        return None
    listed = ", ".join(f'"{name}"' for name in columns)
    model = "model" if "model" in columns else "''"
    of, to, touched = f"SELECT {listed} FROM before", f"SELECT {listed} FROM now", 0  # noqa: S608
    try:
        with duckdb.connect() as con:
            con.register("before", before)
            con.register("now", now)
            if taken and table in _TAKEN:
                con.execute(_MADE)
                con.executemany("INSERT INTO taken VALUES (?, ?, ?, ?)", [*_rows(taken)])
                condition = _TAKEN[table]
                count = f"SELECT count(*) FROM ({of}) AS r WHERE {condition}"  # noqa: S608 - made here
                ((touched,),) = con.execute(count).fetchall()
                of = (_LEFT_ATTEMPTS if table == "attempts" else _LEFT).format(of=of, taken=condition)
            gone, added = (
                dict(con.execute(_COUNT.format(model=model, a=a, b=b)).fetchall())
                for a, b in ((of, to), (to, of))
            )
    except duckdb.Error as error:
        raise CorruptObjectError(f"a part of a table does not read: {one_line(error)}") from None
    return Changed(gone, added, touched)


def _held(part: WeekPart, sides: Iterable[Place]) -> pa.Table | None:
    """Return the rows of a part from where it lies as it is stated; None if it does not."""
    found = (side.read(part.key) for side in sides)
    whole = (data for data in found if data is not None and sha256_hex(data) == part.sha256)
    return next((parquet_table(part.key, data) for data in whole), None)


def _rows(taken: Sequence[Mapping[str, Any]]) -> Iterator[list[str | None]]:
    """Yield the rows of `taken` for entries of a manifest that anybody may have written."""
    for one in taken:
        slots = one.get("slots")
        for slot in (slots if isinstance(slots, list) else []) or [None]:
            said = (one.get("model"), slot, one.get("labeler"), one.get("attribute"))
            yield [None if value is None else str(value) for value in said]
