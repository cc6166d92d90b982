"""The tables of the warehouse, made step by step from `sql/schema/NNN_*.sql`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

import duckdb

from warehouse.canonical import sha256_hex
from warehouse.database import marts
from warehouse.database.sqlfiles import names, sql
from warehouse.errors import UsageError

_WEEK_HASHES = "028_week_hashes"
_ABOUT = "One row for each file of sql/schema that made this database. Grain: name."
_LEDGER = f"""
CREATE TABLE IF NOT EXISTS schema_migrations (
    name VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL,
    applied_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE schema_migrations IS '{_ABOUT}';
COMMENT ON COLUMN schema_migrations.name IS 'run time: name of the schema file';
COMMENT ON COLUMN schema_migrations.sha256 IS 'run time: SHA-256 of the schema file as it was applied';
COMMENT ON COLUMN schema_migrations.applied_at IS 'run time: when it was applied (UTC)';
"""


def newer_schema(con: duckdb.DuckDBPyConnection) -> str | None:
    """Return the name of an applied step that this version does not know, or None."""
    known = set(names("schema"))
    return next((name for name in _applied(con) if name not in known), None)


def migrate(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Apply the steps that are missing, then create all views unless they are so; return the names of applied steps.

    All of it is one transaction: after a failure the database is as it was.

    Raises:
        UsageError: if an applied step was changed since, or is unknown (made by a newer version).
    """
    applied = _applied(con)
    if (unknown := newer_schema(con)) is not None:
        raise UsageError(
            f"the warehouse was written by a newer version (schema {unknown}); update cliche, or run "
            "`cliche rebuild` to make it anew from the store"
        )
    if not applied and _is_empty(con):
        return _copy(con, _made())
    return _apply(con, applied)


def _apply(con: duckdb.DuckDBPyConnection, applied: dict[str, str]) -> list[str]:
    done: list[str] = []
    con.execute("BEGIN")
    try:
        if not applied:
            con.execute(_LEDGER)
        for name in names("schema"):
            text = sql(f"schema/{name}")
            digest = sha256_hex(text.encode("utf-8"))
            if name not in applied:
                con.execute(text)
                con.execute(
                    "INSERT INTO schema_migrations VALUES ($name, $sha256, now() AT TIME ZONE 'UTC')",
                    {"name": name, "sha256": digest},
                )
                done.append(name)
            elif applied[name] != digest:
                raise UsageError(
                    f"sql/schema/{name}.sql was changed after it made this warehouse; run `cliche rebuild`"
                )
        if done and _WEEK_HASHES in applied:  # columns may be others now
            con.execute("DELETE FROM week_hashes")
        if _views(con) != _ledger_comment(con):
            marts.create_views(con)
            con.execute(f"COMMENT ON TABLE schema_migrations IS '{_views(con)}'")
    except BaseException:
        con.execute("ROLLBACK")
        raise
    con.execute("COMMIT")
    return done


def _copy(con: duckdb.DuckDBPyConnection, made: Path) -> list[str]:
    """Take all tables and views from a file in which they are made already."""
    quoted = str(made).replace("'", "''")
    into = str(con.execute("SELECT current_database()").fetchall()[0][0]).replace('"', '""')
    con.execute(f"ATTACH '{quoted}' AS as_made (READ_ONLY)")
    try:
        con.execute("BEGIN")
        try:
            con.execute(f'COPY FROM DATABASE as_made TO "{into}"')
            con.execute("UPDATE schema_migrations SET applied_at = now() AT TIME ZONE 'UTC'")
        except BaseException:
            con.execute("ROLLBACK")
            raise
        con.execute("COMMIT")
    finally:
        con.execute("DETACH as_made")
    return names("schema")


def _made() -> Path:
    """Return a file with all tables and views, made once a process.

    Making them takes ten times as long as copying them, and the checks of every partition want them in memory.
    """
    digest = _digest()
    with _lock:
        path = Path(_folder().name) / f"{digest}.duckdb"
        if not path.exists():
            unfinished = path.with_suffix(".unfinished")
            unfinished.unlink(missing_ok=True)
            with duckdb.connect(str(unfinished)) as con:
                _apply(con, {})
            unfinished.rename(path)
        return path


def _digest() -> str:
    """Return a checksum of all texts that tables and views are made of."""
    texts = [f"{folder}/{name}" for folder in ("schema", marts.FOLDER) for name in names(folder)]
    return sha256_hex("".join(text + sql(text) for text in texts).encode("utf-8"))


def _views(con: duckdb.DuckDBPyConnection) -> str:
    """Return the comment of the ledger that tells of the views as they are, and of the texts as they are.

    Making the views takes longer than all else that opening a warehouse does, so they are made when it differs.
    """
    ((found,),) = con.execute(
        "SELECT coalesce(string_agg(concat_ws(' ', view_name, sql, comment), ' ' ORDER BY view_name), '') "
        "FROM duckdb_views() WHERE database_name = current_database() AND NOT internal"
    ).fetchall()
    return f"{_ABOUT} Views: {sha256_hex((_digest() + found).encode('utf-8'))}."


def _ledger_comment(con: duckdb.DuckDBPyConnection) -> str | None:
    ((comment,),) = con.execute(
        "SELECT comment FROM duckdb_tables() "
        "WHERE table_name = 'schema_migrations' AND database_name = current_database()"
    ).fetchall()
    return None if comment is None else str(comment)


@cache
def _folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="cliche-tables-")


_lock = Lock()


def _is_empty(con: duckdb.DuckDBPyConnection) -> bool:
    found = con.execute(
        "SELECT (SELECT count(*) FROM duckdb_tables() WHERE database_name = current_database()) "
        "+ (SELECT count(*) FROM duckdb_views() WHERE database_name = current_database() AND NOT internal)"
    ).fetchall()
    return found == [(0,)]


def _applied(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return name and checksum of the steps that made the database, in order; empty for a new one."""
    exists = con.execute(
        "SELECT count(*) FROM duckdb_tables() "
        "WHERE table_name = 'schema_migrations' AND database_name = current_database()"
    ).fetchone()
    if not exists or not exists[0]:
        return {}
    return dict(con.execute("SELECT name, sha256 FROM schema_migrations ORDER BY name").fetchall())
