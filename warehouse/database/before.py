"""The tables of the edition before, as the next one looks at them: what is the same is not published again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.database.archive import WeekPart, parts_of
from warehouse.database.table_hash import Columns, Week
from warehouse.sqlfiles import quoted
from warehouse.store.base import Store


class EditionBefore:
    """What an edition published; what is missing from the store or damaged counts as not published.

    The manifest is None if nothing is published. Files of the edition are copied to `folder`.
    """

    def __init__(self, store: Store, manifest: Mapping[str, Any] | None, folder: Path) -> None:
        self._store = store
        self._manifest = manifest or {"files": {}, "tables": {}, "table_hashes": {}}
        self._tables = self._manifest["tables"]
        self._folder = folder
        self._there = {*store.list(keys.TABLES)} if self._tables else set()

    def table_hash(self, table: str) -> str | None:
        """Return the hash of a table, or None."""
        hashes: Mapping[str, str] = self._manifest["table_hashes"]
        return hashes.get(table)

    def weeks(self, name: str, columns: Columns) -> set[Week] | None:
        """Return the weeks in which a table or view had rows; None if it had other columns, or was not there."""
        entry = self._tables.get(name)
        if entry is None or entry["columns"] != [[*column] for column in columns]:
            return None
        return {part["week"] for part in entry["parts"]}

    def parts(self, name: str, columns: Columns) -> dict[Week, WeekPart]:
        """Return the parts of a table or view that can be named again, by week; none if it had other columns."""
        if self.weeks(name, columns) is None:
            return {}
        return {week: part for week, part in parts_of(self._tables[name]).items() if part.key in self._there}

    def rows(self, table: str, week: Week) -> str | None:
        """Return a query for the rows of a table in one week, or None."""
        if table not in self._tables:
            return None
        part = parts_of(self._tables[table]).get(week)
        return self._query(part.key, part.sha256) if part else None

    def whole(self, table: str) -> str | None:
        """Return a query for all rows of a table that the edition holds in one file, or None."""
        path = f"data/{table}.parquet"
        if (stated := self._manifest["files"].get(path)) is None:
            return None
        return self._query(f"{keys.edition_prefix(self._manifest['edition'])}{path}", stated["sha256"])

    def _query(self, key: str, sha256: str) -> str | None:
        file = self._folder / key
        if not file.exists():
            try:
                data = self._store.get(key)
            except KeyError:
                return None
            if sha256_hex(data) != sha256:
                return None
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        return f"FROM read_parquet({quoted(file)}, hive_partitioning = false)"
