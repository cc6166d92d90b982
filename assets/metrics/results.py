"""Which tables of results there are, and what computes each: of a week, and of a study.

A function is given a warehouse, in which nothing is written, and the ISO date of a Monday or the name of a study. It
returns the rows of its table for that week or study, from what is loaded and from the tables before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import duckdb
import pyarrow as pa

from assets.metrics.claims.counts import week_claim_counts
from assets.metrics.claims.table import history_claims
from assets.metrics.drift.table import history_events, later_events
from assets.metrics.effects.table import compute_effects, compute_study_effects
from assets.metrics.effects.windows import week_effects
from assets.metrics.labels.corrected import week_corrections, week_label_error, week_rates
from assets.metrics.labels.second_opinions import study_agreement
from assets.metrics.pipeline import LABEL_RESULTS
from assets.metrics.ranks.table import study_pairs, study_ranks, week_orders, week_pairs, week_ranks
from assets.metrics.scores.table import compute_scores, compute_study_scores
from assets.metrics.study.differences import study_differences
from assets.metrics.windows.clusters import week_design_effects
from assets.metrics.windows.corrected import window_corrections
from assets.metrics.windows.table import week_windows

Compute = Callable[[duckdb.DuckDBPyConnection, str], pa.Table]
ComputeHistory = Callable[[duckdb.DuckDBPyConnection], pa.Table]
ComputeLater = Callable[[duckdb.DuckDBPyConnection, str | None], pa.Table]

WEEK_RESULTS: Mapping[str, Compute] = {
    "scores": compute_scores,
    "corrected_scores": week_corrections,
    "label_error": week_label_error,
    "error_rates": week_rates,
    **LABEL_RESULTS,
    "effects": compute_effects,
    "claim_counts": week_claim_counts,
    "window_scores": week_windows,
    "design_effects": week_design_effects,
    "window_corrected_scores": window_corrections,
    "window_effects": week_effects,
    "model_pairs": week_pairs,
    "ranks": week_ranks,
}
#: Of these, what is made of the boards of a week.
ORDERS = ("model_pairs", "ranks")
#: Of these, in this order, what rests on weeks before too, on who is withheld in them, and on changes over weeks.
WINDOW_RESULTS = ("window_scores", "design_effects", "window_corrected_scores", "window_effects", *ORDERS)
STUDY_RESULTS: Mapping[str, Compute] = {
    "study_scores": compute_study_scores,
    "agreement": study_agreement,
    "study_differences": study_differences,
    "study_pairs": study_pairs,
    "study_ranks": study_ranks,
    "study_effects": compute_study_effects,
}
#: Results over all weeks: a function is given the warehouse alone.
HISTORY_RESULTS: Mapping[str, ComputeHistory] = {
    "drift_events": history_events,
    "claims": history_claims,
}
#: The same when some weeks were scored: a function is also given the last week whose rows are right in the warehouse,
#: None where none are.
LATER_RESULTS: Mapping[str, ComputeLater] = {
    "drift_events": later_events,
    "claims": lambda con, _: history_claims(con),
}


def window_tables(con: duckdb.DuckDBPyConnection, week: str) -> Iterator[tuple[str, pa.Table]]:
    """Yield the tables of `WINDOW_RESULTS` of one week in their order, each computed when those before were taken."""
    for table in WINDOW_RESULTS:
        if table not in ORDERS:
            yield table, WEEK_RESULTS[table](con, week)
    yield from week_orders(con, week).items()
