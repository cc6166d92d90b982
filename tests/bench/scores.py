"""What scoring costs: all weeks anew, and one week more; beside a scan of the same columns, and the same in pandas.

Each measurement runs in a process of its own (`scoring`), so that the peak of memory is its own.

Belongs here: what is compared with what. Does not belong here: what is timed (`scoring`), the data (`history`).
"""

from __future__ import annotations

from pathlib import Path

from tests.bench.scoring import Measured, measured

from tests.bench import history
from tests.bench.measure import Row, Size

_SCAN = "DuckDB, max() of the same columns"


def run(folder: Path, size: Size) -> list[Row]:
    """Return what all weeks cost, what the weeks of the comparison with pandas cost, and what one week costs."""
    whole, tenth = folder / "whole.duckdb", folder / "tenth.duckdb"
    few = max(1, size.history_weeks // 10)
    history.make(tenth, size.history_models, few, size.history_replicates)
    labels = history.make(whole, size.history_models, size.history_weeks, size.history_replicates)
    weeks = f"{size.history_weeks} weeks of {size.history_models} models"

    def of(kind: str, path: Path = whole, many: int = size.history_weeks) -> Measured:
        return measured(kind, path, many)

    scanned, scanned_labels = of("scan"), of("scan-labels")
    grouped, counts, figures = of("grouped"), of("counts"), of("figures")
    rows = [
        _row(f"scan of the labels alone, {weeks}", labels, scanned_labels, _SCAN, scanned),
        _row(f"labels by cell and value, GROUP BY of DuckDB alone, {weeks}", labels, grouped, _SCAN, scanned),
        _row(f"counts of all cells, {weeks}", labels, counts, _SCAN, scanned),
        _row(f"all {figures.rows:,} scores, {weeks}", labels, figures, _SCAN, scanned),
    ]
    some = min(size.pandas_weeks, size.history_weeks)
    ours, pandas = of("figures", many=some), of("pandas", many=some)
    rows.append(
        _row(
            f"{ours.rows:,} scores of {some} of the weeks",
            labels * some // size.history_weeks,
            ours,
            f"pandas, {pandas.rows:,} of them, peak {pandas.peak_mb:,.0f} MB",
            pandas,
        )
    )
    of("written", tenth, few)
    rows.append(_row(f"all scores made and written, {weeks}", labels, of("written"), _SCAN, scanned))
    rows.append(_row("these scores copied by DuckDB alone", labels, of("copied"), _SCAN, scanned))
    after_few, after_all = of("one-week", tenth, few), of("one-week")
    rows.append(
        _row(
            f"one week made and written, {size.history_weeks} weeks held",
            labels // size.history_weeks,
            after_all,
            f"{few} weeks held",
            after_few,
        )
    )
    return rows


def _row(what: str, labels: int, ours: Measured, baseline: str, beside: Measured) -> Row:
    return Row(
        f"{what}, peak {ours.peak_mb:,.0f} MB", labels, "labels", ours.seconds, baseline, beside.seconds
    )
