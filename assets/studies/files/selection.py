"""Which rows of a table count, and whether it has the columns that are asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from assets.studies.declared.base import near
from assets.studies.declared.table import TableFile
from assets.studies.files.rows import FileError, Row, Table

_REMEMBERED = 200  # texts of a filtered column that a typo is looked for in


class Selection:
    """Keeps the rows that count, over all files of one shape, and counts those left out."""

    def __init__(self, shape: TableFile) -> None:
        self._shape = shape
        self._seen: dict[str, set[str]] = {column: set() for column in (*shape.only, *shape.exclude)}
        self.left_out = 0

    def check_columns(self, table: Table, wanted: Collection[str]) -> None:
        """Raise `FileError` for a column that is not there, or there twice."""
        found = ", ".join(table.columns)
        for column in (*wanted, *self._shape.only, *self._shape.exclude):
            if table.columns.count(column) == 1:
                continue
            if column in table.columns:
                raise FileError(f'more than one column "{column}" (found: {found})', table.place)
            if table.columns and table.columns[0].startswith("\ufeff"):
                hint = "; the file begins with a byte order mark: say encoding: utf-8-sig"
            else:
                hint = near(column, table.columns)
            raise FileError(f'no column "{column}" (found: {found}){hint}', table.place)

    def kept(self, table: Table) -> Iterator[Row]:
        """Yield the rows that count."""
        for row in table.rows:
            for column, seen in self._seen.items():
                if len(seen) < _REMEMBERED or row.cells[column] in self._wanted(column):
                    seen.add(row.cells[column])
            if all(row.cells[name] in texts for name, texts in self._shape.only.items()) and not any(
                row.cells[name] in texts for name, texts in self._shape.exclude.items()
            ):
                yield row
            else:
                self.left_out += 1

    def unused(self) -> Iterator[str]:
        """Yield a line for each text of a filter that was in no row: it is probably a slip."""
        for word, filters in (("only", self._shape.only), ("exclude", self._shape.exclude)):
            for column, texts in filters.items():
                for text in texts:
                    if text not in self._seen[column]:
                        yield f'{word}: no row has "{text}" in {column}{near(text, self._seen[column])}'

    def _wanted(self, column: str) -> tuple[str, ...]:
        return (*self._shape.only.get(column, ()), *self._shape.exclude.get(column, ()))
