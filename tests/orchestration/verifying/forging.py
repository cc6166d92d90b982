"""Forging a published edition as somebody would who wants not to be seen: everything changed is made to agree again.

Belongs here: changing files, and writing the manifest anew. Does not belong here: which forgeries there are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from assets.leaderboard.page.page import render
from orchestration.verifying.page import made_again
from warehouse.canonical import canonical_json, sha256_hex
from warehouse.database.table_files import inert
from warehouse.database.table_hash import table_hashes


class Edition:
    """One edition in a folder that a test may change."""

    def __init__(self, folder: Path) -> None:
        """Take the edition in `folder`; its files are made writable."""
        self.folder = folder
        self.database = folder / "data" / "cliche.duckdb"
        for path in folder.rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)
        self.manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_bytes())

    def sql(self, *statements: str) -> None:
        """Change the DuckDB file; a statement that changes no row fails the test."""
        with duckdb.connect(str(self.database)) as con:
            for statement in statements:
                rows = con.execute(statement).fetchall()
                if statement.split()[0] in {"UPDATE", "DELETE", "INSERT"}:
                    assert rows[0][0] > 0, statement

    def export(self, names: Iterable[str] = ()) -> None:
        """Write Parquet and CSV of some relations, or of all that have files, from the DuckDB file."""
        with duckdb.connect(str(self.database), read_only=True) as con:
            every = [path.stem for path in (self.folder / "data").glob("*.parquet")]
            for name in names or every:
                path = self.folder / "data" / f"{name}.parquet"
                con.execute(f"COPY (FROM {name} ORDER BY ALL) TO '{path}' (FORMAT parquet)")
                self.csv(name, con)

    def csv(self, name: str, con: duckdb.DuckDBPyConnection | None = None) -> None:
        """Write the CSV of a relation from its Parquet file."""
        path = self.folder / "data" / f"{name}.parquet"
        made = con or duckdb.connect()
        made.execute(f"COPY ({inert(made, path)}) TO '{path.with_suffix('.csv')}' (FORMAT csv, HEADER)")

    def rewrite(self, name: str, query: str, kind: str = "parquet") -> None:
        """Write one Parquet or CSV file anew, from a query that reads it as `old`."""
        path = self.folder / "data" / f"{name}.{kind}"
        parquet = path.with_suffix(".parquet")
        with duckdb.connect() as con:
            con.execute(f"CREATE TABLE old AS FROM read_parquet('{parquet}')")
            con.execute(f"CREATE TABLE new AS {query}")
            options = "FORMAT parquet" if kind == "parquet" else "FORMAT csv, HEADER"
            con.execute(f"COPY new TO '{path}' ({options})")

    def text(self, name: str, old: str, new: str) -> None:
        """Replace a text in a file, everywhere; it must be there."""
        path = self.folder / name
        before = path.read_text(encoding="utf-8")
        assert old in before, old
        path.write_text(before.replace(old, new), encoding="utf-8")

    def page(self) -> None:
        """Make the page anew from the DuckDB file, as the forger's copy of the code does."""
        with duckdb.connect(str(self.database), read_only=True) as con:
            page = made_again(con, self.manifest)
        named = {name: self.manifest[name] for name in ("edition", "code_version", "replaces")}
        for name, data in render(replace(page, **named)).items():
            (self.folder / name).write_bytes(data)

    def pictures(self) -> list[Path]:
        """Return the files of the pictures, sorted."""
        return sorted((self.folder / "pictures").iterdir())

    def sign(self, **changes: Any) -> None:
        """Write a manifest that agrees with the files as they are; `changes` are set last."""
        files = {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and not path.is_symlink() and path.name != "manifest.json"
        }
        self.manifest["files"] = {
            name: {"sha256": sha256_hex(data), "bytes": len(data)} for name, data in files.items()
        }
        with duckdb.connect(str(self.database), read_only=True) as con:
            self.manifest["table_hashes"] = table_hashes(con)
        self.manifest["content_sha256"] = self._content(files)
        self.manifest |= changes
        self.write()

    def _content(self, files: dict[str, bytes]) -> str:
        index = files["index.html"].decode()
        for text, bare in (
            (f"Edition <b>{self.manifest['edition']}</b>", "Edition <b></b>"),
            (f" It replaces edition {self.manifest['replaces']}.", ""),
            (f"Code version {self.manifest['code_version']}.", "Code version ."),
        ):
            index = index.replace(text, bare)
        pages = {"index.html": index.encode()} | {n: d for n, d in files.items() if n.startswith("static/")}
        rendered = {name: sha256_hex(data) for name, data in pages.items()}
        return sha256_hex(canonical_json({"tables": self.manifest["table_hashes"], "page": rendered}))

    def write(self) -> None:
        """Write the manifest as it is now."""
        (self.folder / "manifest.json").write_bytes(canonical_json(self.manifest))
