"""Rows of a part that two editions state otherwise: what is gone, and what was added, by model."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from assets.gateway.records import FINAL, Outcome
from orchestration.verifying.files import Read
from orchestration.verifying.report import MOST
from orchestration.verifying.site import locked
from warehouse.canonical import sha256_hex
from warehouse.database.archive import WeekPart
from warehouse.errors import CorruptObjectError
from warehouse.printable import one_line
from warehouse.sqlfiles import quoted

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
    reads: tuple[Read, Read],
    table: str,
    taken: Sequence[Mapping[str, Any]],
) -> Changed | None:
    """Compare the rows of a part before and after in these columns; None if they are not all at hand.

    `taken` are entries of manifests that take something of the week back. What one edition lists may lie with the
    other: nobody deletes parts of tables.
    """
    held = [_held(part, reads) if part else b"" for part in parts]
    if None in held:
        return None
    listed = ", ".join(f'"{name}"' for name in columns)
    model = "model" if "model" in columns else "''"
    try:
        with tempfile.TemporaryDirectory(prefix="cliche-diff-") as folder:
            paths = [Path(folder).resolve() / name for name in ("old", "new")]
            for path, data in zip(paths, held, strict=True):
                path.write_bytes(data or held[1] or b"")
            of, to = (
                f"SELECT {listed} FROM read_parquet({quoted(path)}, hive_partitioning = false)"  # noqa: S608
                for path in paths
            )
            of, touched = of if parts[0] else f"{of} LIMIT 0", 0
            with locked(paths[0].parent) as con:
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
        raise CorruptObjectError(f"a part of a table does not read: {one_line(error, MOST)}") from None
    return Changed(gone, added, touched)


def _held(part: WeekPart, reads: Iterable[Read]) -> bytes | None:
    """Return the bytes of a part from where it lies as it is stated; None if it does not."""
    found = (read(part.key) for read in reads)
    return next((data for data in found if data is not None and sha256_hex(data) == part.sha256), None)


def _rows(taken: Sequence[Mapping[str, Any]]) -> Iterator[list[str | None]]:
    """Yield the rows of `taken` for entries of a manifest that anybody may have written."""
    for one in taken:
        slots = one.get("slots")
        for slot in (slots if isinstance(slots, list) else []) or [None]:
            said = (one.get("model"), slot, one.get("labeler"), one.get("attribute"))
            yield [None if value is None else str(value) for value in said]
