"""What the analysis file declares, in the warehouse: figures and boards are made by these tables."""

from __future__ import annotations

import duckdb

from assets.suites.analysis import shipped
from assets.suites.analysis_rows import analysis_tables
from warehouse.loading.analysis_tables import SCHEMAS, replace_analysis


def load_declared(con: duckdb.DuckDBPyConnection) -> bool:
    """Fill the tables from the shipped file unless they are of it; return whether rows were replaced."""
    file = shipped()
    return replace_analysis(con, analysis_tables(file.declared), file.sha256)


def is_declared(con: duckdb.DuckDBPyConnection) -> bool:
    """Return whether a database has these tables; published files of before lack them."""
    found = con.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE list_contains($names, table_name) "
        "AND database_name = current_database()",
        {"names": [*SCHEMAS]},
    ).fetchall()
    return found == [(len(SCHEMAS),)]
