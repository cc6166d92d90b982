"""Forging a published edition as somebody would who wants not to be seen: everything changed is made to agree again.

Belongs here: changing files, and writing the manifest anew. Does not belong here: which forgeries there are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from assets.labeling.thumbnails.encoder import thumbnail
from assets.leaderboard.page.sheets import named, site_of
from assets.leaderboard.past.index import entries_of, folders_of
from assets.leaderboard.published import identity
from assets.leaderboard.sheets import sheets
from orchestration.verifying import manifest as manifests
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.database.archive import CSV
from warehouse.database.building import build_database
from warehouse.database.published import open_published, published_tables, search_all
from warehouse.database.table_files import inert
from warehouse.database.table_hash import composed, hashes_by_week, rows_hash
from warehouse.loading.seals import sealed
from warehouse.store import Store


def download(store: Store, edition: str, folder: Path) -> Path:
    """Put an edition of a store into a folder that is laid out as the store, with what its manifest lists."""
    prefix = keys.edition_prefix(edition)
    manifest = json.loads(store.get(f"{prefix}manifest.json"))
    for key in (
        *store.list(prefix),
        *(part.key for part in manifests.parts(manifest)),
        *manifests.sheets(manifest, store.get),
    ):
        path = folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(store.get(key))
    return folder


class Edition:
    """An edition in a folder that a test may change, with the parts that it lists."""

    def __init__(self, root: Path) -> None:
        """Take the edition in `root`, which is laid out as a store; its files are made writable."""
        self.root = root
        (self.folder,) = (root / "editions").iterdir()
        for path in root.rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)
        self.manifest: dict[str, Any] = json.loads((self.folder / "manifest.json").read_bytes())

    def text(self, name: str, old: str, new: str) -> None:
        """Replace a text in a file, everywhere; it must be there."""
        path = self.folder / name
        before = path.read_text(encoding="utf-8")
        assert old in before, old
        path.write_text(before.replace(old, new), encoding="utf-8")

    def write(self) -> None:
        """Write the manifest as it is now."""
        key = f"{keys.edition_prefix(self.manifest['edition'])}manifest.json"
        (self.folder / "manifest.json").write_bytes(sealed(key, self.manifest))

    def _files(self) -> dict[str, bytes]:
        return {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and not path.is_symlink() and path.name != "manifest.json"
        }

    @cached_property
    def database(self) -> Path:
        """Return a DuckDB file with its rows, beside the folder: what the forger changes and publishes from."""
        path, files = self.root.parent / "forged.duckdb", self.manifest["files"]
        build_database(
            path,
            self.manifest["tables"],
            files,
            lambda key: (self.folder if key in files else self.root) / key,
        )
        return path

    def sql(self, *statements: str) -> None:
        """Change the rows; a statement that changes none fails the test."""
        with duckdb.connect(str(self.database)) as con:
            search_all(con)
            for statement in statements:
                kind, _, table, *_ = statement.split()
                if kind == "INSERT":  # a key would forbid a row twice
                    con.execute(f"CREATE OR REPLACE TABLE {table} AS FROM {table}")
                rows = con.execute(statement).fetchall()
                if kind in {"UPDATE", "DELETE", "INSERT"}:
                    assert rows[0][0] > 0, statement

    def export(self, names: Iterable[str] = ()) -> None:
        """Write parts, whole files and CSV of some relations, or of all, from the DuckDB file."""
        whole = [path.stem for path in (self.folder / "data").glob("*.parquet")]
        with open_published(self.database) as con:
            for name in names or [*self.manifest["tables"], *whole]:
                if name in self.manifest["tables"]:
                    self._export_parts(con, name)
                else:
                    _copy(con, f"FROM {name} ORDER BY ALL", self.folder / "data" / f"{name}.parquet")
            for path in (self.folder / "data").glob("*.csv"):
                if not names or path.stem in names:
                    self._export_csv(con, path)

    def _export_parts(self, con: duckdb.DuckDBPyConnection, name: str) -> None:
        entry = self.manifest["tables"][name]
        for part in entry["parts"]:
            (self.root / part["key"]).unlink()
        weeks = con.execute(
            f"SELECT DISTINCT strftime(week, '%Y-%m-%d') AS w FROM {name} ORDER BY w NULLS FIRST"
        )
        entry["parts"] = []
        for (week,) in weeks.fetchall():
            of_week = "week IS NULL" if week is None else f"week = DATE '{week}'"
            entry["parts"].append({"week": week, "key": keys.table_part(name, week, "0" * 64)})
            _copy(con, f"FROM {name} WHERE {of_week} ORDER BY ALL", self.root / entry["parts"][-1]["key"])

    def parts(self, name: str) -> list[Path]:
        """Return the files of the parts of a table or view, week by week."""
        return [self.root / part["key"] for part in self.manifest["tables"][name]["parts"]]

    def _export_csv(self, con: duckdb.DuckDBPyConnection, path: Path) -> None:
        """Write rows of every week, or of the edition's week alone."""
        of_week = "" if CSV[path.stem] else f"WHERE week = DATE '{self.manifest['week']}'"
        ordered = path.with_suffix(".ordered")
        _copy(con, f"FROM {path.stem} {of_week} ORDER BY ALL", ordered)
        con.execute(f"COPY ({inert(con, ordered)}) TO '{path}' (FORMAT csv, HEADER)")
        ordered.unlink()

    def rewrite(self, name: str, query: str, kind: str = "parquet") -> None:
        """Write the Parquet files or the CSV of a relation anew, from a query that reads each as `old`."""
        whole = self.folder / "data" / f"{name}.parquet"
        sources = [whole] if whole.exists() else self.parts(name)
        for path in sources if kind == "parquet" else sources[:1]:
            _rewrite(path, query, None if kind == "parquet" else whole.with_suffix(".csv"))

    def rewrite_first(self, name: str, query: str) -> None:
        """Write the Parquet file of the first week of a relation anew, from a query that reads it as `old`."""
        _rewrite(self.parts(name)[0], query)

    def page(self) -> None:
        """Make the pages anew from the DuckDB file, as the forger's copy of the code does; drawings stay."""
        edition, site = self.manifest["edition"], site_of(self.manifest)
        past = folders_of(entries_of(self.manifest))
        with open_published(self.database) as con:
            for name, data in sheets(con, date.fromisoformat(self.manifest["week"]), site, past=past):
                if not name.endswith(".png"):
                    path = self.folder / name
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(named(data, edition, site))

    def sign(self, **changes: Any) -> None:
        """Write a manifest that agrees with the files as they are, hashes of rows included; `changes` are set last."""
        hashes: dict[str, str | None] = {}
        stated: dict[str, dict[str, Any]] = {}
        with duckdb.connect() as con:
            for name, entry in self.manifest["tables"].items():
                hashes[name] = self._sign_parts(con, name, entry)
            for path, data in self._files().items():
                known = self.manifest["files"].get(path, {})
                hashed = {"sha256": sha256_hex(data), "bytes": len(data)}
                stated[path] = known if hashed["sha256"] == known.get("sha256") else hashed
                if not path.endswith(".parquet"):
                    continue
                name, rows = Path(path).stem, _read(self.folder / path)
                if stated[path] is known:
                    hashes[name] = self.manifest["table_hashes"].get(name)
                    continue
                columns = _described(con, rows)
                stated[path]["rows"] = rows_hash(con, rows, columns).rows
                named_columns = _identity(name, columns)
                hashes[name] = None
                if named_columns and "week" in dict(named_columns):
                    weeks = hashes_by_week(con, rows, named_columns)
                    hashes[name] = composed(named_columns, {week: one.sha256 for week, one in weeks.items()})
                elif named_columns:
                    hashes[name] = rows_hash(con, rows, named_columns).sha256
        self.manifest["files"] = stated
        self.manifest["table_hashes"] = {name: value for name, value in hashes.items() if value}
        self.manifest["content_sha256"] = identity(self.manifest["table_hashes"])
        self.manifest |= changes
        self.write()

    def _sign_parts(self, con: duckdb.DuckDBPyConnection, name: str, entry: dict[str, Any]) -> str | None:
        """Name each part by its bytes and state what is in it; return the hash of a table."""
        made = []
        for path, part in zip(self.parts(name), entry["parts"], strict=True):
            data = path.read_bytes()
            if sha256_hex(data) == part.get("sha256"):
                made.append(part)
                continue
            key = keys.table_part(name, part["week"], sha256_hex(data))
            path.rename(self.root / key)
            rows = _read(self.root / key)
            entry["columns"] = [[*column] for column in _described(con, rows)]
            columns = [(column, kind) for column, kind in entry["columns"]]
            identity = _identity(name, columns)
            content = rows_hash(con, rows, columns)
            made.append(
                {
                    "week": part["week"],
                    "key": key,
                    "sha256": sha256_hex(data),
                    "bytes": len(data),
                    "rows": content.rows,
                    "content_sha256": content.sha256,
                    "table_hash": rows_hash(con, rows, identity).sha256 if identity else None,
                }
            )
        entry |= {"parts": made, "rows": sum(part["rows"] for part in made)}
        identity = _identity(name, [(column, kind) for column, kind in entry["columns"]])
        return composed(identity, {p["week"]: p["table_hash"] for p in made}) if identity else None


def _identity(name: str, columns: list[tuple[str, str]]) -> list[tuple[str, str]]:
    own = {
        column
        for column, _, _, about in published_tables().get(name, ([], ""))[0]
        if about.startswith("identity:")
    }
    return [(column, kind) for column, kind in columns if column in own]


def _read(path: Path) -> str:
    return f"(FROM read_parquet('{path}', hive_partitioning = false))"


def _described(con: duckdb.DuckDBPyConnection, rows: str) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in con.execute(f"DESCRIBE FROM {rows}").fetchall()]


def _copy(con: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    con.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")


def _rewrite(path: Path, query: str, to: Path | None = None) -> None:
    with duckdb.connect() as con:
        con.execute(f"CREATE TABLE old AS FROM {_read(path)}")
        con.execute(f"CREATE TABLE new AS {query}")
        options = "FORMAT csv, HEADER" if to else "FORMAT parquet"
        con.execute(f"COPY new TO '{to or path}' ({options})")


def exchange_pictures(fetched: Path, store: Store) -> list[str]:
    """Seal thumbnails of two pictures, as unlike as there are, under each other's names; return the keys of those.

    The fetched edition has its DuckDB file, and the store the pictures.
    """
    with open_published(fetched / keys.SITE_DATABASE) as con:
        rows = con.execute("SELECT DISTINCT image_sha256, image_ext, image_phash FROM images").fetchall()
    one, other = max(
        ((a, b) for a in rows for b in rows),
        key=lambda pair: (int(pair[0][2], 16) ^ int(pair[1][2], 16)).bit_count(),
    )
    forged = []
    for mine, theirs in ((one, other), (other, one)):
        key = keys.thumbnail(mine[0])
        if (fetched / key).is_file():
            (fetched / key).write_bytes(thumbnail(mine[0], store.get(keys.image(*theirs[:2]))))
            forged.append(key)
    return forged
