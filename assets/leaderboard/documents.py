"""The reference pages of an edition, made from its own DuckDB file and the list of metrics, and its analysis file."""

from __future__ import annotations

from pathlib import Path

import duckdb

from assets.metrics.registry import dictionary as metrics
from warehouse.canonical import sha256_hex
from warehouse.database import dictionary

FOLDER = "docs/"
ANALYSIS = f"{FOLDER}analysis.yaml"


def documents(con: duckdb.DuckDBPyConnection, analysis: bytes) -> dict[str, bytes]:
    """Return path in the edition → bytes: the meaning of tables and columns, and of metrics, and the analysis file.

    Args:
        con: the edition's file.
        analysis: the analysis file that its figures were made by.
    """
    return {
        f"{FOLDER}dictionary.md": dictionary.page(con).encode(),
        f"{FOLDER}metrics.md": metrics.page().encode(),
        ANALYSIS: analysis,
    }


def documents_from() -> list[str]:
    """Return hashes of what the documents are made from, besides the edition's own tables."""
    made_by = Path(dictionary.__file__).read_text(encoding="utf-8")
    return [
        sha256_hex(text.encode()) for text in (made_by, "\n".join(dictionary.questions()), metrics.page())
    ]
