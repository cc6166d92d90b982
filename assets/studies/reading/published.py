"""Figures that a study's authors printed, made again from what was imported, and compared digit by digit."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

import duckdb
import pyarrow as pa

from assets.studies.definition import PrintedFigures, StudyDefinition
from assets.studies.mistakes import Mistakes
from warehouse.errors import ClicheError
from warehouse.sandbox.reading import read

_READS = re.compile(r"\bstudy_(labels|slots|prompts)\b")
_MARKS = str.maketrans("", "", ",$€% ")


@dataclass(frozen=True)
class ComparedFigure:
    """A figure as printed, and as the imported labels give it, with as many digits; `differs` is why it is another."""

    title: str
    name: str
    printed_in: str
    query: str
    printed: str
    ours: str | None
    differs: str | None


def compare(
    study: StudyDefinition, tables: Mapping[str, pa.Table], mistakes: Mistakes
) -> list[ComparedFigure]:
    """Return the figures of a study beside ours; one that does not come out, and is not said to differ, is a mistake.

    A query may be anybody's: it runs in the sandbox, over a file that holds the study's tables and nothing else.
    """
    if not study.published:
        return []
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "study.duckdb"
        with duckdb.connect(str(database)) as con:
            for name, table in tables.items():
                con.register("rows", table)
                con.execute(f'CREATE TABLE "{name}" AS FROM rows')
                con.unregister("rows")
        return [figure for one in study.published for figure in _compare(one, database, mistakes)]


def _compare(published: PrintedFigures, database: Path, mistakes: Mistakes) -> Iterator[ComparedFigure]:
    said = f'published "{published.title}"'
    if not _READS.search(published.query):
        mistakes.add(said, "the query reads no table of the study", fix="e.g. FROM study_labels")
        return
    try:
        rows = json.loads(b"".join(read(database, published.query)))
    except ClicheError as error:
        mistakes.add(said, str(error))
        return
    if rows and not {"name", "value"} <= rows[0].keys():
        mistakes.add(said, f"the query returns {', '.join(rows[0])}", fix="it must return name and value")
        return
    ours = {str(row["name"]): row["value"] for row in rows}
    if len(ours) < len(rows):
        mistakes.add(said, "the query returns a name twice", fix="one row per name")
    for name, printed in published.values.items():
        found = None if ours.get(name) is None else _printed_like(printed, str(ours[name]))
        differs = published.differs.get(name)
        if found is None:
            what = "the value is NULL" if name in ours else "the query returns no value"
            mistakes.add(said, what, text=name, fix=f"it has {', '.join([*ours][:5])}")
        elif found != printed and differs is None:
            text, fix = f"{name}: printed {printed}, here {found}", "correct the query, or say differs: why"
            mistakes.add(said, "figures come out otherwise", text=text, fix=fix)
        elif found == printed and differs is not None:
            what, fix = "figures are said to differ, and do not", "take it out of differs"
            mistakes.add(said, what, text=name, fix=fix)
        yield ComparedFigure(published.title, name, published.where, published.query, printed, found, differs)


def _printed_like(printed: str, value: str) -> str:
    """Return `value` as `printed` has it if both agree to the printed digits, else with one digit more."""
    try:
        wanted, have = Decimal(printed.translate(_MARKS)), Decimal(value)
    except InvalidOperation:
        return value
    unit = Decimal(1).scaleb(int(wanted.as_tuple().exponent))
    if not have.is_finite() or abs(have - wanted) > unit / 2 + abs(have) * Decimal("1e-12"):
        return f"{have:.6g}"
    return printed
