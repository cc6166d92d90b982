"""What the sandbox takes and how it says no: DuckDB's settings, kinds of statements, errors in plain words."""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

MEMORY = "2GB"
#: Bytes that the whole process may hold. DuckDB's own limit does not count what a single value takes.
PROCESS_MEMORY = 2_500_000_000
#: Characters of a query; a longer one is no question of a person.
LONGEST_TEXT = 1_000_000

SETTINGS: dict[str, Any] = {
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,  # else FROM x reads a Python variable
    "python_scan_all_frames": False,
    "memory_limit": MEMORY,
    "max_temp_directory_size": "0B",
    "temp_directory": "",
}
#: The bar would be written among the rows of a query that takes over two seconds; it is no setting of `connect`.
LOCK = "SET enable_progress_bar = false; SET lock_configuration = true"

#: Tables of studies are found by their names alone.
_HAS_STUDY = (
    "SELECT 1 FROM duckdb_schemas() WHERE schema_name = 'study' AND database_name = current_database()"
)

#: PIVOT is MULTI: it looks up the values first.
ALLOWED = {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN, duckdb.StatementType.MULTI}
ONLY = "this connection reads the edition only"
ONLY_FOLDER = "a query of a study only reads the study's folder"
_NO_FILES = f"{ONLY}: file access is switched off"
_TOO_MUCH = "the query needs more than the 2 GB of memory that it may use; ask for less at once"

#: DuckDB's words → kind of error and ours, the first that is found.
_WORDS: tuple[tuple[str, str, str], ...] = (
    (r"file system operations are disabled|belongs to an attached database", "refused", _NO_FILES),
    (
        r"(?:INSTALL|LOAD) |[Ee]xternal extensions|extension",
        "refused",
        f"{ONLY}: extensions are switched off",
    ),
    (r"configuration has been locked", "refused", f"{ONLY}: its settings are locked"),
    (r"read-only mode", "refused", f"{ONLY}: nothing can be written"),
    (r"Table with name \S*[/\\:]", "refused", _NO_FILES),
    (r"Out of Memory|bad_alloc|[Aa]llocation failure", "failed", _TOO_MUCH),
    (
        r"Max expression depth",
        "usage",
        "the query cannot be run: it is nested too deeply (1,000 levels at most)",
    ),
    (
        r"Values were not provided",
        "usage",
        "the query cannot be run: it holds a parameter ($1 or ?); write the value into it",
    ),
)
_LONGEST_ERROR = 400


@dataclass(frozen=True)
class QueryError(Exception):
    """Why a query has no (whole) result: `kind` is usage, refused or failed; `message` is one line."""

    kind: str
    message: str


def connect(database: Path) -> duckdb.DuckDBPyConnection:
    """Return a connection that reads one DuckDB file and can do nothing else."""
    try:
        con = duckdb.connect(str(database), read_only=True, config=SETTINGS)
        if con.execute(_HAS_STUDY).fetchall():
            con.execute("SET search_path = 'main,study'")
        con.execute(LOCK)
    except duckdb.Error as error:
        raise QueryError("failed", f"{database.name} cannot be opened: {_short(str(error))}") from None
    return con


def one_statement(
    con: duckdb.DuckDBPyConnection,
    text: str,
    allowed: Set[duckdb.StatementType] = ALLOWED,
    works: str = "SELECT, FROM, WITH, SHOW, DESCRIBE, SUMMARIZE, PIVOT and EXPLAIN work",
) -> duckdb.Statement:
    """Return the one statement of a text.

    Raises:
        QueryError: if there is none, if there are several, or if it is none that only reads.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        raise QueryError("usage", "the query is no valid UTF-8 text") from None
    if len(text) > LONGEST_TEXT:
        raise QueryError(
            "usage", f"the query has {len(text):,} characters; {LONGEST_TEXT:,} are the most that are read"
        )
    statements = con.extract_statements(text)
    if not statements:
        raise QueryError("usage", "the query is empty; for example: cliche sql 'FROM leaderboard'")
    if len(statements) > 1:
        raise QueryError("usage", f"the query holds {len(statements)} statements; run them one at a time")
    (statement,) = statements
    if _type_of(statement) not in allowed:
        raise QueryError("refused", f"{ONLY}: {_first_word(text)} is switched off ({works})")
    return statement


def _type_of(statement: duckdb.Statement) -> duckdb.StatementType | None:
    """Return the type of a statement, None for types that DuckDB's Python module has no name for."""
    try:
        return statement.type
    except (ValueError, duckdb.Error):  # UPDATE EXTENSIONS: "29 is not a valid StatementType."
        return None


def in_plain_words(error: Exception) -> QueryError:
    """Return what a person reads instead of an error of DuckDB or of Python."""
    text = str(error)
    if isinstance(error, MemoryError):
        return QueryError("failed", _TOO_MUCH)
    for pattern, kind, words in _WORDS:
        if re.search(pattern, text):
            return QueryError(kind, words)
    if not isinstance(error, duckdb.Error):
        return QueryError(
            "failed", f"a value of the result cannot be shown ({_short(text)}); cast its column to VARCHAR"
        )
    return QueryError("usage", f"the query cannot be run: {_short(text)}")


def _short(text: str) -> str:
    """Return DuckDB's error in one line: without its copy of the query, with the number of the line it points at."""
    message, _, place = text.partition("\nLINE ")
    line = place.partition(":")[0]
    message = " ".join(message.split())
    if len(message) > _LONGEST_ERROR:
        message = message[:_LONGEST_ERROR] + " …"
    return f"{message} (line {line})" if line.isdigit() and line != "1" else message


def _first_word(text: str) -> str:
    bare = re.sub(r"--[^\n]*|/\*.*?\*/", " ", text, flags=re.DOTALL)
    match = re.search(r"[A-Za-z_]+", bare)
    return match[0].upper()[:20] if match else "this"
