"""What the analysis file declares, in the warehouse: figures and boards are made by these tables."""

from __future__ import annotations

import duckdb

from assets.suites.analysis import AnalysisFile, shipped
from assets.suites.analysis_rows import analysis_tables, joint_rows
from assets.suites.claims import shipped_claims
from warehouse.loading.analysis_tables import replace_analysis, replace_joint


def load_declared(con: duckdb.DuckDBPyConnection, file: AnalysisFile | None = None) -> None:
    """Fill the tables from a file, else from the shipped one, unless they are of it.

    Combinations and claims are counted anew where what one picture must show of them changed.
    """
    file = file or shipped()
    replace_joint(con, joint_rows(file.declared, shipped_claims()))
    replace_analysis(con, analysis_tables(file.declared), file.sha256)
