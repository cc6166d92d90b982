"""The reference pages of an edition: tables, columns and figures explained, its analysis file, the audit queries."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb

from assets.metrics.figures import registry
from warehouse.canonical import sha256_hex
from warehouse.database import dictionary
from warehouse.sqlfiles import names, sql

FOLDER = "docs/"
ANALYSIS = f"{FOLDER}analysis.yaml"
QUERIES = f"{FOLDER}queries.json"


def documents(con: duckdb.DuckDBPyConnection, analysis: bytes) -> dict[str, bytes]:
    """Return path in the edition → bytes: what tables and columns mean, and figures; analysis file; audit queries."""
    return {
        f"{FOLDER}dictionary.md": dictionary.page(con).encode(),
        f"{FOLDER}figures.md": registry.page().encode(),
        ANALYSIS: analysis,
        QUERIES: queries(),
    }


def queries() -> bytes:
    """Return the statements of all audit queries by their names, as JSON."""
    return json.dumps({name: sql(f"audit/{name}") for name in names("audit")}, ensure_ascii=False).encode()


def documents_from() -> list[str]:
    """Return hashes of what the documents are made from, besides the edition's own tables."""
    made_by = Path(dictionary.__file__).read_text(encoding="utf-8")
    return [
        sha256_hex(queries()),
        *(
            sha256_hex(text.encode())
            for text in (made_by, "\n".join(dictionary.questions()), registry.page())
        ),
    ]
