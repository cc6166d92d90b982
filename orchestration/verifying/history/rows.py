"""Rows of a part that two editions state otherwise: what is gone, and what was added, by model."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from assets.gateway.records import FINAL, Outcome
from orchestration.verifying import database
from orchestration.verifying.history.sides import ComparedEdition
from warehouse.database.archive import WeekPart
from warehouse.database.table_hash import Columns
from warehouse.errors import CorruptObjectError

_COUNT = """
SELECT coalesce({model}, ''), count(*)
FROM (({a}) EXCEPT ALL ({b}))
GROUP BY ALL
ORDER BY ALL
"""


_NAMES = ("model", "labeler", "attribute")
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


class Changed(NamedTuple):
    """Models of which rows are gone (or changed, which is the same), and of which rows were added; "" of no model."""

    gone: dict[str, int]
    added: dict[str, int]
    taken: int  # rows of before that a retraction names: they are compared as it leaves them


def compare(
    parts: tuple[WeekPart | None, WeekPart],
    columns: Columns,
    old: ComparedEdition,
    new: ComparedEdition,
    *,
    table: str = "",
    taken: Sequence[Mapping[str, Any]] = (),
) -> Changed | None:
    """Compare the rows of a part before and after in these columns; None if they are not all at hand.

    `taken` are entries of manifests that take something of the week back. What the old edition lists may lie with the
    new one: nobody deletes parts of tables.
    """
    before, after = parts
    held = [
        next(filter(None, (one.rows(part.key, part.sha256) for one in sides)), None) if part else None
        for part, sides in ((before, (old, new)), (after, (new, old)))
    ]
    if held[1] is None or (before and held[0] is None):
        return None
    with tempfile.TemporaryDirectory(prefix="cliche-diff-") as folder:
        names = [Path(folder).resolve() / name for name in ("old", "new")]
        for path, data in zip(names, held, strict=True):
            if data:
                path.write_bytes(data)
        return _compare(names[0] if before else None, names[1], columns, table, taken)


def _compare(
    old: Path | None, new: Path, columns: Columns, table: str, taken: Sequence[Mapping[str, Any]]
) -> Changed:
    listed = ", ".join(f'"{name}"' for name, _ in columns)
    model = "model" if "model" in dict(columns) else "''"
    to, of = (
        f"SELECT {listed} FROM read_parquet('{path}', hive_partitioning = false)"  # noqa: S608
        for path in (new, old or new)
    )
    of = of if old else f"{of} LIMIT 0"
    try:
        with database.locked(None, new.parent) as con:
            touched = 0
            if taken and table in _TAKEN:
                con.execute(_MADE)
                con.executemany(
                    "INSERT INTO taken VALUES ($model, $slot, $labeler, $attribute)", [*_rows(taken)]
                )
                ((touched,),) = con.execute(
                    f"SELECT count(*) FROM ({of}) AS r WHERE {_TAKEN[table]}"  # noqa: S608 - made here
                ).fetchall()
                of = _left(of, table)
            gone, added = (
                dict(con.execute(_COUNT.format(model=model, a=a, b=b)).fetchall())
                for a, b in ((of, to), (to, of))
            )
    except duckdb.Error as error:
        raise CorruptObjectError(f"a part of a table does not read: {database.one_line(error)}") from None
    return Changed(gone, added, touched)


def _left(of: str, table: str) -> str:
    """Return the query for the rows of before as a retraction leaves them."""
    if table != "attempts":
        return f"SELECT * FROM ({of}) AS r WHERE NOT {_TAKEN[table]}"  # noqa: S608 - made here
    return (
        f"SELECT * REPLACE (CASE WHEN {_TAKEN[table]} THEN 'retracted' ELSE outcome END AS outcome) "  # noqa: S608
        f"FROM ({of}) AS r"
    )


def _rows(taken: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, str | None]]:
    """Yield the rows of `taken` for entries of a manifest that anybody may have written."""
    for one in taken:
        said = {name: str(one[name]) if one.get(name) is not None else None for name in _NAMES}
        slots = one.get("slots")
        for slot in (slots if isinstance(slots, list) else []) or [None]:
            yield {**said, "slot": None if slot is None else str(slot)}
