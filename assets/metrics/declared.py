"""What the analysis file declares, in the warehouse: figures and boards are made by these tables."""

from __future__ import annotations

import duckdb

from assets.suites.analysis import shipped
from assets.suites.analysis_rows import analysis_tables
from warehouse.loading.analysis_tables import replace_analysis


def load_declared(con: duckdb.DuckDBPyConnection) -> bool:
    """Fill the tables from the shipped file unless they are of it; return whether rows were replaced."""
    file = shipped()
    return replace_analysis(con, analysis_tables(file.declared), file.sha256)
