"""Published rows of views against the same views of the tables, a few weeks at a time, and CSV files against them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import duckdb

from orchestration.verifying import tables
from orchestration.verifying.archive import listed
from orchestration.verifying.archive.contents import FoundRows, read_files
from orchestration.verifying.archive.listed import ListedTable
from orchestration.verifying.database import one_line
from orchestration.verifying.report import in_words
from orchestration.verifying.verified import VerifiedEdition
from warehouse.database import marts
from warehouse.database.archive import CSV
from warehouse.database.table_files import inert
from warehouse.database.table_hash import Week, spans
from warehouse.errors import ClicheError


def compare(con: duckdb.DuckDBPyConnection, of: VerifiedEdition, found: FoundRows) -> None:
    """Compare what is published of views with what they say of the tables.

    `con` is the file that was made of the tables and reads below `folder` and `root`, too.
    """
    tell = of.report.differ
    by_week, whole = listed.listed(of.manifest), listed.whole(of.manifest)
    names = sorted({*marts.order()} & found.columns.keys())
    for number, view in enumerate(names):
        of.step("views", number, len(names))
        try:
            columns = [(row[0], row[1]) for row in con.execute(f'DESCRIBE "{view}"').fetchall()]
            if columns != [*found.columns[view]]:
                tell(f"{view} has other columns than its version gives it")
            elif view in by_week:
                _by_week(con, of.root, view, by_week, tell)
            elif view in whole:
                path = f"data/{view}.parquet"
                read, again = f"FROM {read_files([str(of.folder / path)])}", f'FROM "{view}" ORDER BY ALL'
                if count := tables.differing_rows(con, again, read, columns, tolerant=True):
                    tell(f"{path} differs from what the view says of the tables in {in_words(count)}")
        except (duckdb.Error, ClicheError) as error:
            tell(f"{view} cannot be compared with the tables: {one_line(error)}")


def _by_week(
    con: duckdb.DuckDBPyConnection,
    root: Path,
    view: str,
    by_week: Mapping[str, ListedTable],
    tell: Callable[[str], None],
) -> None:
    """Compare the parts of a view, and that there is none too few."""
    table = by_week[view]
    parts = {part.week: part for part in table.parts}
    sizes: dict[Week, int] = dict.fromkeys(parts, 1)
    for name in marts.rests_on(view) & by_week.keys():
        for part in by_week[name].parts:
            if part.week is not None:
                sizes[part.week] = sizes.get(part.week, 0) + part.rows

    def differing(weeks: list[Week]) -> int:
        return tables.differing_rows(
            con,
            f"{published(root, table, weeks)} ORDER BY ALL",
            f"FROM ({marts.of_weeks(view, weeks)}) ORDER BY ALL",
            table.columns,
            tolerant=True,
        )

    for span in spans(sizes):
        if not differing(span):
            continue
        for week in span:
            if count := differing([week]):
                name = parts[week].key if week in parts else f"{view} of {week}, which has no part,"
                tell(f"{name} differs from what the view says of the tables in {in_words(count)}")


def published(root: Path, table: ListedTable, weeks: Iterable[Week]) -> str:
    """Return a query for the published rows of some weeks of a table or view."""
    wanted = {*weeks}
    if paths := [str(root / part.key) for part in table.parts if part.week in wanted]:
        return f"FROM {read_files(paths)}"
    columns = ", ".join(f'CAST(NULL AS {kind}) AS "{name}"' for name, kind in table.columns)
    return f"SELECT {columns} WHERE FALSE"


def compare_csv(con: duckdb.DuckDBPyConnection, of: VerifiedEdition, found: FoundRows) -> None:
    """Compare each CSV file with the Parquet files that it repeats: of the edition's week, or of all weeks."""
    by_week = listed.listed(of.manifest)
    for path in sorted(of.manifest["files"]):
        name = path.removeprefix("data/").removesuffix(".csv")
        if path != f"data/{name}.csv" or name not in found.columns:
            continue
        if name not in by_week:
            rows = inert(con, of.folder / "data" / f"{name}.parquet")
        else:
            of_weeks = [
                inert(con, of.root / part.key)
                for part in by_week[name].parts
                if CSV.get(name) or part.week == of.manifest["week"]
            ]
            rows = " UNION ALL ".join(f"FROM ({one})" for one in of_weeks)
            rows = rows or published(of.root, by_week[name], [])
        try:
            tables.compare_csv(con, of.folder, path, rows, found.columns[name], of.report)
        except duckdb.Error as error:
            of.report.differ(f"{path} cannot be read: {one_line(error)}")
