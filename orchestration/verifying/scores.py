"""Counts, scores and all other results, computed again from the labels in the edition's own file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from assets.metrics.claims.counts import CLUSTERED
from assets.metrics.counting.clusters import drawn_together
from assets.metrics.registry.metrics import metrics
from assets.metrics.results import (
    HISTORY_RESULTS,
    ORDERS,
    STUDY_RESULTS,
    WEEK_RESULTS,
    WINDOW_RESULTS,
    Compute,
)
from assets.metrics.scores.table import compute_scores
from orchestration.verifying.database import one_line
from orchestration.verifying.report import Step, VerifyReport
from warehouse.closeness import differing, rounded
from warehouse.database.sqlfiles import sql
from warehouse.errors import ClicheError


class _Otherwise(NamedTuple):
    """What this version computes in another way than versions whose editions lack a table or a column of one.

    Attributes:
        lacks: that table, or table.column.
        tables: whose rows are not compared.
        columns: that are not compared, of `of` or of all tables.
        said: the report's note.
        of: tables.
        clustered: only of editions some of whose pictures were drawn together.
    """

    lacks: str
    tables: Sequence[str]
    columns: Sequence[str]
    said: str
    of: Sequence[str] = ()
    clustered: bool = False


_OTHERWISE = (
    _Otherwise(
        WINDOW_RESULTS[0],
        WINDOW_RESULTS,
        (),
        "model_pairs and ranks: this version ranks windows of four weeks",
    ),
    _Otherwise(
        "error_rates",
        ("corrected_scores", "label_error", "window_corrected_scores"),
        (),
        "label errors and corrected figures: this version estimates people's errors with them",
    ),
    _Otherwise(
        "design_effects",
        (*ORDERS, "claim_counts", "claims", "study_pairs", "study_ranks"),
        ("prompts_low", "prompts_high"),
        "ranks, claims, intervals over prompts like these: this version tests pairs step by step, counts claims in "
        "all versions of a suite, and takes prompts of one subject together",
    ),
    _Otherwise(
        "ranks.bound_rank_low",
        (),
        ("unseen_share", "tipping_share", "holds_at_bounds", "gamma", "bound_rank_low", "bound_rank_high"),
        "ranks and pairs: this version says how far they rest on answers that nobody saw",
    ),
    _Otherwise(
        "ranks.unseen_p_value",
        (),
        (
            *("unseen_trend", "unseen_value", "unseen_correlation", "unseen_p_value"),
            *("gamma", "holds_at_bounds", "bound_rank_low", "bound_rank_high"),
        ),
        "ranks and pairs: this version asks whether unseen answers go along with what a model draws",
    ),
    _Otherwise(
        "window_effects.tipping_share",
        (),
        ("unseen_share", "tipping_share"),
        "what one word changes, and claims: this version says how far they rest on answers that nobody saw",
        ("effects", "window_effects", "study_effects", "claims"),
    ),
    _Otherwise(
        "drift_events.tipping_share",
        (),
        ("unseen_share", "tipping_share"),
        "changes over weeks: this version says how far they rest on answers that nobody saw",
        ("drift_events",),
    ),
    _Otherwise(
        "claims.design_effect",
        (),
        (*CLUSTERED, "design_effect"),
        "claims: this version counts pictures that were drawn together for what they are worth",
        ("claim_counts", "claims"),
    ),
    _Otherwise(
        "claims.design_effect",
        (
            *("effects", "window_effects", "claims", "drift_events", "scores", "window_scores"),
            *("corrected_scores", "window_corrected_scores"),
        ),
        (),
        "scores, rates of windows, corrected figures, what one word changes, and changes: this version counts pictures "
        "that were drawn together for what they are worth",
        clustered=True,
    ),
)


def compare(con: duckdb.DuckDBPyConnection, report: VerifyReport, step: Step, *, same: bool) -> None:
    """Compute counts, scores and results again; the report hears of what differs.

    `same` is whether this code made the edition: then all of it must be computable from its tables. Editions of
    another version may lack columns that this one computes from.
    """
    tell: Callable[[str], None] = report.differ if same else report.skip
    for what, compute in (
        ("counts", lambda: _verify_counts(con, report)),
        ("scores", lambda: _verify_scores(con, report, step, same=same)),
    ):
        _tried(what, compute, tell)
    verify_results(con, report, tell, same=same)
    report.recomputed = True


def _tried(what: str, compute: Callable[[], None], tell: Callable[[str], None]) -> None:
    try:
        compute()
    except (duckdb.Error, ClicheError, KeyError, ValueError, TypeError) as error:
        tell(f"{what} cannot be computed again from the tables: {one_line(error)}")


def _verify_counts(con: duckdb.DuckDBPyConnection, report: VerifyReport) -> None:
    cursor = con.execute(f"SELECT * FROM ({sql('audit/outcomes_add_up')}) WHERE NOT adds_up")  # noqa: S608
    names = [column[0] for column in cursor.description]
    for row in cursor.fetchall():
        cell = dict(zip(names, row, strict=True))
        report.differ(f"counts of {cell['model']}, {cell['prompt']}, {cell['week']} do not add up")


def _verify_scores(con: duckdb.DuckDBPyConnection, report: VerifyReport, step: Step, *, same: bool) -> None:
    """Compute every published score again, from the labels in the edition's own file."""
    if any("scores" in one.tables for one in _otherwise(con, same=same)):
        return  # of which there is a note
    weeks = _weeks(con, "scores")
    for number, week in enumerate(weeks):
        step("scores", number, len(weeks))
        again, others = _common(
            con,
            "scores",
            _named(con, _alike(con, "scores", compute_scores(con, week), same=same), same=same),
            report,
            same=same,
        )
        report.scores += again.num_rows
        if differ := _differ(con, "scores", again, "week", week, others):
            report.differ(f"week {week}: {differ} scores differ when computed again")


def verify_results(
    con: duckdb.DuckDBPyConnection,
    report: VerifyReport,
    tell: Callable[[str], None] | None = None,
    *,
    same: bool = True,
) -> None:
    """Compute all other results again, from what the file holds: of each week (agreement, …), and of each study.

    Editions of earlier versions have fewer tables, and of some other figures; of those the report notes which.
    """
    there = _tables(con)
    studies = [name for (name,) in con.execute("SELECT study FROM studies ORDER BY study").fetchall()]
    there.discard("scores")
    for one in _otherwise(con, same=same):
        there.difference_update(one.tables)
        report.note(one.said)
    for kind, names, results in (
        ("week", _weeks(con, "scores"), WEEK_RESULTS),
        ("study", studies, STUDY_RESULTS),
    ):
        for name in names:
            for table, compute in results.items():
                if table in there:
                    again = partial(_verify_table, con, report, table, compute, kind, name, same=same)
                    _tried(f"{table} of {kind} {name}", again, tell or report.differ)
    for table, compute_history in HISTORY_RESULTS.items():
        if table in there:
            again = partial(_verify_history, con, report, table, compute_history, same=same)
            _tried(table, again, tell or report.differ)


def _verify_history(
    con: duckdb.DuckDBPyConnection,
    report: VerifyReport,
    table: str,
    compute: Callable[[duckdb.DuckDBPyConnection], pa.Table],
    *,
    same: bool,
) -> None:
    if differ := _differ(con, table, _alike(con, table, compute(con), same=same)):
        report.differ(f"{differ} rows of {table} differ when computed again")


def _verify_table(
    con: duckdb.DuckDBPyConnection,
    report: VerifyReport,
    table: str,
    compute: Compute,
    kind: str,
    name: str,
    *,
    same: bool,
) -> None:
    """Compute one table of a week or a study again, and say how many rows differ."""
    again, others = _alike(con, table, compute(con, name), same=same), frozenset[str]()
    if table == "study_scores":
        again, others = _common(con, table, again, report, same=same)
        report.scores += again.num_rows
    if differ := _differ(con, table, again, kind, name, others):
        report.differ(f"{kind} {name}: {differ} rows of {table} differ when computed again")


def _tables(con: duckdb.DuckDBPyConnection) -> set[str]:
    return {name for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}


def _otherwise(con: duckdb.DuckDBPyConnection, *, same: bool) -> list[_Otherwise]:
    """Return what this version computes in another way than the one that made an edition."""
    columns = con.execute("SELECT table_name || '.' || column_name FROM duckdb_columns()").fetchall()
    there = _tables(con) | {name for (name,) in columns}
    found = [one for one in _OTHERWISE if not same and one.lacks not in there]
    return [one for one in found if not one.clustered or drawn_together(con, "0001-01-01", "9999-12-31")]


def _alike(con: duckdb.DuckDBPyConnection, table: str, again: pa.Table, *, same: bool) -> pa.Table:
    """Return the columns that the version that made an edition computes as this one does."""
    otherwise = [one for one in _otherwise(con, same=same) if not one.of or table in one.of]
    other = {column for one in otherwise for column in one.columns}
    return again.drop_columns([column for column in again.column_names if column in other])


def _named(con: duckdb.DuckDBPyConnection, again: pa.Table, *, same: bool) -> pa.Table:
    """Return scores without their labeler where the edition's are of the planned ones alone, and do not name them."""
    columns = {name for name, *_ in con.execute("DESCRIBE scores").fetchall()}
    return again if same or "labeler" in columns else again.drop_columns(["labeler"])


def _weeks(con: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    rows = con.execute(f"SELECT DISTINCT week FROM {table} ORDER BY week").fetchall()  # noqa: S608
    return [row[0].isoformat() for row in rows]


def _common(
    con: duckdb.DuckDBPyConnection, table: str, again: pa.Table, report: VerifyReport, *, same: bool
) -> tuple[pa.Table, frozenset[str]]:
    """Return the rows of metrics that the edition's code has too, and its metrics that this code has not.

    Versions add and cut metrics. What one code alone computes cannot be compared, which the report notes; an edition
    of this very code has all of its metrics, so there nothing is left out.
    """
    if same:
        return again, frozenset()
    published = {metric for (metric,) in con.execute(f"SELECT DISTINCT metric FROM {table}").fetchall()}  # noqa: S608
    listed = {metric.id for metric in metrics()}
    cut, new = published - listed, listed - published
    if cut:
        report.note(f"{table}: this version does not compute {', '.join(sorted(cut))}")
    told = pc.cast(again["metric"], pa.string())
    return again.filter(pc.invert(pc.is_in(told, pa.array(sorted(new), pa.string())))), frozenset(cut)


def _differ(
    con: duckdb.DuckDBPyConnection,
    table: str,
    again: pa.Table,
    kind: str = "all",
    name: str = "",
    without: frozenset[str] = frozenset(),
) -> int:
    """Return how many rows of a week, of a study or of all are not the same when computed again, or only in one.

    `without` are metrics whose published rows are left out.
    """
    columns = ", ".join(again.column_names)
    where = {"week": "week = CAST($name AS DATE)", "study": "study = $name", "all": "$name = ''"}[kind]
    given: dict[str, object] = {"name": name}
    if without:
        where, given["without"] = f"{where} AND NOT list_contains($without, metric)", sorted(without)
    return differing(con, f"SELECT {columns} FROM {table} WHERE {where}", rounded(again), given)  # noqa: S608
