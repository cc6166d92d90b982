"""From counts to all tables of figures: of studies, and of the spans that end with some weeks.

What is written rests on what is loaded and counted, and on who is withheld, alone: `cliche verify` runs the same.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from assets.labeling.anchors import drift
from assets.metrics.changes.table import WeeklyChanges
from assets.metrics.claim_shares import week_claims
from assets.metrics.figures.table import span_figures
from assets.metrics.labels.gold_figures import gold_figures
from assets.metrics.labels.second_opinions import study_agreement, week_agreement
from assets.metrics.spans import WeekRows, read_span
from assets.metrics.words import span_words
from warehouse import occasions
from warehouse.loading.load import replace_results


def score_labels(con: duckdb.DuckDBPyConnection, week: str) -> None:
    """Write how far the labels of a week can be trusted, which does not rest on figures."""
    rows = {"agreement": week_agreement(con, week), "labeler_drift": _drift(con, week)}
    replace_results(con, occasions.week(week), rows)


def score_study(con: duckdb.DuckDBPyConnection, study: str) -> None:
    """Write all figures of a study, and how far its labelers agree."""
    of = occasions.study(study)
    span = read_span(con, of)
    made = {**span_figures(con, span, {}), "words": span_words(con, span)}
    replace_results(con, of, {**made, "agreement": study_agreement(con, study)})


def score_spans(con: duckdb.DuckDBPyConnection, weeks: Sequence[str]) -> None:
    """Write what is of the spans that end with some weeks, in order: changes first, for spans begin anew at them."""
    if not weeks:
        return
    weekly = WeeklyChanges.read(con, weeks[0], weeks[-1])
    for week in weeks:
        of = occasions.week(week)
        changes, would_find = weekly.changes(week)
        replace_results(con, of, {"changes": changes})
        read = WeekRows.read(con, of)
        made = span_figures(con, read.span(), would_find)
        made |= gold_figures(con, week, made["figures"])
        made["words"] = span_words(con, read.span(first_turns=True))
        made["claim_shares"] = week_claims(con, read.span(moved=True))
        replace_results(con, of, made)


def _drift(con: duckdb.DuckDBPyConnection, week: str) -> pa.Table:
    """Return the rows of `labeler_drift` of one week, from the anchor labels and acceptances through it."""
    here = con.execute("SELECT count(*) FROM anchor_labels WHERE week = $week", {"week": week}).fetchall()
    if here == [(0,)]:
        return drift.table([])
    labels, accepted = (
        con.sql(
            f"SELECT * REPLACE (strftime(week, '%Y-%m-%d') AS week) FROM {table} WHERE week <= $week",  # noqa: S608
            params={"week": week},
        )
        .to_arrow_table()
        .to_pylist()
        for table in ("anchor_labels", "drift_acceptances")
    )
    return drift.table(drift.compare(labels, accepted, week))
