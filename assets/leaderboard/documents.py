"""The reference pages of an edition, made from its own DuckDB file and the list of metrics."""

from __future__ import annotations

from pathlib import Path

import duckdb

from assets.metrics.registry import dictionary as metrics
from warehouse.canonical import sha256_hex
from warehouse.database import dictionary

FOLDER = "docs/"


def documents(con: duckdb.DuckDBPyConnection) -> dict[str, bytes]:
    """Return path in the edition → page in Markdown: the meaning of tables and columns, and of metrics.

    Args:
        con: the edition's file.
    """
    return {
        f"{FOLDER}dictionary.md": dictionary.page(con).encode(),
        f"{FOLDER}metrics.md": metrics.page().encode(),
    }


def documents_from() -> list[str]:
    """Return hashes of what the documents are made from, besides the edition's own tables."""
    made_by = Path(dictionary.__file__).read_text(encoding="utf-8")
    return [
        sha256_hex(text.encode()) for text in (made_by, "\n".join(dictionary.questions()), metrics.page())
    ]
