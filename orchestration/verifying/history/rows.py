"""Rows of a part that two editions state otherwise: what is gone, and what was added, by model."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import NamedTuple

import duckdb

from orchestration.verifying import database
from orchestration.verifying.archive.listed import ListedPart
from orchestration.verifying.history.sides import ComparedEdition
from warehouse.database.table_hash import Columns
from warehouse.errors import CorruptObjectError

_COUNT = """
SELECT coalesce({model}, ''), count(*)
FROM (({a}) EXCEPT ALL ({b}))
GROUP BY ALL
ORDER BY ALL
"""


class Changed(NamedTuple):
    """Models of which rows are gone (or changed, which is the same), and of which rows were added; "" of no model."""

    gone: dict[str, int]
    added: dict[str, int]


def compare(
    parts: tuple[ListedPart | None, ListedPart], columns: Columns, old: ComparedEdition, new: ComparedEdition
) -> Changed | None:
    """Compare the rows of a part before and after in these columns; None if they are not all at hand.

    What the old edition lists may lie with the new one: nobody deletes parts of tables.
    """
    before, after = parts
    held = [
        part and next(filter(None, (one.rows(part.key, part.sha256) for one in sides)), None)
        for part, sides in ((before, (old, new)), (after, (new, old)))
    ]
    if held[1] is None or (before and held[0] is None):
        return None
    with tempfile.TemporaryDirectory(prefix="cliche-diff-") as folder:
        names = [Path(folder).resolve() / name for name in ("old", "new")]
        for path, data in zip(names, held, strict=True):
            if data:
                path.write_bytes(data)
        return _compare(names[0] if before else None, names[1], columns)


def _compare(old: Path | None, new: Path, columns: Columns) -> Changed:
    listed = ", ".join(f'"{name}"' for name, _ in columns)
    model = "model" if "model" in dict(columns) else "''"
    to, of = (
        f"SELECT {listed} FROM read_parquet('{path}', hive_partitioning = false)"  # noqa: S608
        for path in (new, old or new)
    )
    of = of if old else f"{of} LIMIT 0"
    try:
        with database.locked(None, new.parent) as con:
            gone, added = (
                dict(con.execute(_COUNT.format(model=model, a=a, b=b)).fetchall())
                for a, b in ((of, to), (to, of))
            )
    except duckdb.Error as error:
        raise CorruptObjectError(f"a part of a table does not read: {database.one_line(error)}") from None
    return Changed(gone, added)
