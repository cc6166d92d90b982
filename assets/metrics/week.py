"""Scoring weeks: load → labels → checks → who is withheld → figures → checks of figures, up to the one to be published.

A check that failed when a model was asked does not reach another job, so the critical checks run again here, on the
rows that are published: failing rows that name a model withhold that model, any others stop publishing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import duckdb

from assets.generation.workplace import Workplace
from assets.metrics.declared import load_declared
from assets.metrics.labels.second_opinions import GOLD_WEEKS
from assets.metrics.pipeline import score_labels, score_spans, score_study
from assets.quality.registry import CHECKS
from assets.quality.run import CheckResult, run_checks
from assets.suites.analysis import shipped_sha256
from warehouse import keys, occasions
from warehouse.canonical import digest
from warehouse.database.connection import checkpoint_seldom, limit_memory
from warehouse.database.schema import open_warehouse
from warehouse.errors import ClicheError
from warehouse.loading.anchor_objects import listing, stale_anchors
from warehouse.loading.columns import table_of
from warehouse.loading.freshness import (
    load_behind,
    removed_studies,
    stale_partitions,
    stale_studies,
    week_inputs,
)
from warehouse.loading.load import forget, load_study, partitions, replace_results, transaction
from warehouse.store import Store

#: Checks that fail where a week has no rows.
_OF_A_WEEK = ("plans__columns", "slots__columns")


def score_weeks(place: Workplace, week: str) -> list[str]:
    """Sync the warehouse with the store, score what changed up to `week` and check it; return the weeks scored.

    The week to be published is checked each time, for what the store holds may have been damaged since; and so is every
    week with a finding that may have been fixed since.
    """
    with open_warehouse(place.warehouse) as con:
        limit_memory(con)
        checkpoint_seldom(con)
        load_behind(con, place.store, week)
        return _score(con, place, week, [week])


def score_all(con: duckdb.DuckDBPyConnection, place: Workplace) -> None:
    """Score every week and study that is loaded: what a rebuild does after loading."""
    _score(con, place, "9999-12-27", [])


def score_studies(con: duckdb.DuckDBPyConnection, place: Workplace) -> None:
    """Load the studies whose current import the warehouse lacks, and score all studies anew."""
    for study in stale_studies(con, place.store):
        load_study(con, place.store, study)
    _score_studies(con)


def _score(con: duckdb.DuckDBPyConnection, place: Workplace, through: str, asked: Sequence[str]) -> list[str]:
    """Compute, check and withhold what is loaded, up to a week; return the weeks that changed.

    Each step reads what those before it wrote. A run that dies does again what is not yet kept as done.
    """
    _set_floors(con, place, through)
    _score_studies(con)
    inputs = scored_by(con, place, _planned_weeks(con, through))
    known = _kept(con, "scored_weeks")
    changed = [week for week in inputs if known.get(week) != inputs[week]]
    for week in changed:
        score_labels(con, week)
    checked = {*changed, *asked, *_unsettled(con, through)}
    for week in sorted(checked):
        rows = check_rows(con, place.store, week, late=False)
        _keep_results(con, week, rows)
        withheld = table_of("withheld", withheld_rows(rows))
        replace_results(con, occasions.week(week), {"withheld": withheld})
    _keep(con, "scored_weeks", known | inputs)

    # Figures leave out who is withheld, and rest on weeks before: all since the first that changed are made again.
    inputs = _inputs_of_figures(con)
    known = _kept(con, "history_weeks")
    first = min((week for week in {*known, *inputs} if known.get(week) != inputs.get(week)), default=None)
    later = [week for week in inputs if first is not None and week >= first]
    _keep(con, "history_weeks", {week: inputs[week] for week in inputs if week not in later})
    score_spans(con, later)
    for week in sorted({*checked, *later}):
        _keep_results(con, week, check_rows(con, place.store, week, late=True))
    _keep(con, "history_weeks", inputs)
    return changed


def _set_floors(con: duckdb.DuckDBPyConnection, place: Workplace, through: str) -> None:
    """Write the floor of each planned model and week up to `through`; a week in which one changed is to be checked.

    It is that of models.yaml; of a model that is in it no more, that of the newest edition, else the plan's.
    """
    configured = {entry.name: entry.completeness_floor for entry in place.models}
    published = _published_floors(place.store)
    rows = con.execute(
        "SELECT strftime(week, '%Y-%m-%d'), model, completeness_floor FROM plans WHERE week <= $through",
        {"through": through},
    ).fetchall()
    for week, model, loaded in rows:
        floor = configured.get(model, published.get((week, model), loaded))
        if floor != loaded:
            with transaction(con):
                forget(con, ["plans"], [week])
                con.execute(
                    "UPDATE plans SET completeness_floor = $floor WHERE week = $week AND model = $model",
                    {"floor": floor, "week": week, "model": model},
                )
                # What rests on who is withheld is not made and checked until this week is again.
                con.execute("DELETE FROM history_weeks WHERE week = $week", {"week": week})


def _published_floors(store: Store) -> dict[tuple[str, str], float]:
    """Return the floors that the newest edition was made by, by (week, model): a rebuild has the store alone."""
    try:
        newest = json.loads(store.get(keys.LATEST_EDITION))["edition"]
        rows = json.loads(store.get(f"{keys.edition_prefix(newest)}manifest.json"))["partitions"]
    except (KeyError, ValueError):  # nothing is published, or it does not read, which others say
        return {}
    return {(row["week"], row["model"]): row["completeness_floor"] for row in rows}


def _score_studies(con: duckdb.DuckDBPyConnection) -> None:
    load_declared(con)
    for (study,) in con.execute("SELECT study FROM studies ORDER BY study").fetchall():
        score_study(con, study)


def _inputs_of_figures(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return a digest of what is new in the figures of each week: its inputs, and who is withheld for what."""
    withheld = con.execute(
        "SELECT strftime(week, '%Y-%m-%d'), model, reason FROM withheld ORDER BY ALL"
    ).fetchall()
    return {
        week: digest([inputs, *(f"{model}: {reason}" for day, model, reason in withheld if day == week)])
        for week, inputs in _kept(con, "scored_weeks").items()
    }


def stored_results(con: duckdb.DuckDBPyConnection, week: str) -> list[CheckResult]:
    """Return the results of the checks of a week as they were kept when it was scored, one a check."""
    rows = con.execute(
        """
        SELECT check_name, severity, status, max(failing_rows),
            CASE
                WHEN count(DISTINCT message) > 1 THEN string_agg(model || ': ' || message, '; ' ORDER BY model)
                ELSE min(message)
            END,
            list(model ORDER BY model) FILTER (WHERE model IS NOT NULL)
        FROM check_results WHERE week = $week
        GROUP BY check_name, severity, status ORDER BY check_name
        """,
        {"week": week},
    ).fetchall()
    return [
        CheckResult(name, severity, status, failing, tuple(models or ()), message)
        for name, severity, status, failing, message, models in rows
    ]


def assert_publishable(con: duckdb.DuckDBPyConnection, place: Workplace, week: str) -> None:
    """Raise unless all that an edition of `week` holds is scored as it is loaded, and no check stops it.

    An edition is cumulative, so this is asked of every week up to `week`.

    Raises:
        ClicheError: one line that says what is behind, or which critical checks did not pass without naming a model.
    """
    weeks = _planned_weeks(con, week)
    scored = _kept(con, "scored_weeks")
    behind = {day for day, _ in stale_partitions(con, place.store, week)}
    behind |= {*filter(None, stale_anchors(con, listing(place.store), week))}
    behind |= {f"the study {study}" for study in removed_studies(con, place.store)}
    behind |= {day for day, inputs in scored_by(con, place, weeks).items() if scored.get(day) != inputs}
    if behind:
        raise ClicheError(
            f"week {week} is not published: {', '.join(sorted(behind))} changed after it was scored; "
            "run cliche publish again"
        )
    stopping = [
        f"{result.message} ({result.name}{'' if day == week else f', week {day}'})"
        for day in sorted({*weeks} & {*_unsettled(con, week)})
        for result in stops_publishing(stored_results(con, day))
    ]
    if stopping:
        raise ClicheError(f"week {week} is not published: {'; '.join(stopping)}")


def stops_publishing(results: Sequence[CheckResult]) -> list[CheckResult]:
    """Return the results that stop publishing: critical, not passed, and naming no model."""
    return [one for one in results if one.severity == "critical" and one.status != "pass" and not one.models]


def _planned_weeks(con: duckdb.DuckDBPyConnection, through: str) -> list[str]:
    rows = con.execute(
        "SELECT DISTINCT week FROM plans WHERE week <= $through ORDER BY week", {"through": through}
    ).fetchall()
    return [week.isoformat() for (week,) in rows]


def _unsettled(con: duckdb.DuckDBPyConnection, through: str) -> list[str]:
    """Return the weeks with critical findings that may pass without new rows, and those that a run left half done.

    Such findings are errors, and damaged objects. Half done are weeks with another floor, and weeks that were scored
    by a run that died before what rests on all weeks was made and checked.
    """
    rereading = [check.name for check in CHECKS if check.kind == "bytes"]
    rows = con.execute(
        """
        SELECT DISTINCT week FROM check_results
        WHERE week <= $through AND severity = 'critical' AND status <> 'pass'
            AND (model IS NULL OR list_contains($rereading, check_name))
        UNION
        SELECT week FROM scored_weeks ANTI JOIN history_weeks USING (week) WHERE week <= $through
        """,
        {"through": through, "rereading": rereading},
    ).fetchall()
    return [week.isoformat() for (week,) in rows]


def scored_by(con: duckdb.DuckDBPyConnection, place: Workplace, weeks: Sequence[str]) -> dict[str, str]:
    """Return a digest of what each week is computed from: its rows, what is declared, who is judged, and the code."""
    extra = [place.code_version, shipped_sha256(), *_judged_by_studies(con)]
    return week_inputs(con, weeks, extra, GOLD_WEEKS)


def _judged_by_studies(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return a digest of how far people of studies agree with labelers of weeks, as checks say it; none if none do."""
    rows = con.execute(
        """
        SELECT study, attribute, labeler_a, labeler_a_version, n, alpha FROM agreement
        WHERE scope = 'study' AND labeler_b = 'people' AND model IS NULL AND skin_tone_band IS NULL
            AND alpha IS NOT NULL AND labeler_a IN (SELECT labeler FROM plans)
        ORDER BY ALL
        """
    ).fetchall()
    return [digest([[*row] for row in rows])] if rows else []


def check_rows(
    con: duckdb.DuckDBPyConnection, store: Store | None, week: str, *, late: bool
) -> list[dict[str, Any]]:
    """Return the rows of `check_results` that a week's checks give: of what is computed last, or of all else.

    Without a store, as an edition is verified, stored objects are not read again: those checks give no rows.
    """
    results = run_checks(
        con, week=week, model=None, stage="publish", store=store, seed=week,
        chosen=lambda spec: spec.late is late and (store is not None or spec.kind != "bytes"),
    )  # fmt: skip
    if late:  # nobody can be withheld any more: what is critical stops publishing
        results = [replace(one, models=()) if one.severity == "critical" else one for one in results]
    elif not _planned_weeks(con, week) and (store is None or not partitions(store)):
        # No model was ever asked: an edition of studies alone has no plans and slots.
        results = [
            CheckResult(one.name, one.severity, "pass", message="no model was asked yet")
            if one.name in _OF_A_WEEK
            else one
            for one in results
        ]
    return [
        {
            "week": week,
            "model": model,
            "check_name": result.name,
            "severity": result.severity,
            "status": result.status,
            "failing_rows": result.failing_rows,
            "message": result.message_for(model) if model else result.message,
        }
        for result in results
        for model in (result.models or (None,))
    ]


def withheld_rows(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows of `withheld` that follow from rows of `check_results`: a model for each that names one."""
    return [
        {"week": row["week"], "model": row["model"], "reason": f"{row['message']} ({row['check_name']})"}
        for row in rows
        if row["severity"] == "critical" and row["status"] != "pass" and row["model"] is not None
    ]


def _keep_results(con: duckdb.DuckDBPyConnection, week: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Replace what these checks found in a week before."""
    new = {row["check_name"] for row in rows}
    held = con.sql("FROM check_results WHERE week = $week", params={"week": week}).to_arrow_table()
    others = [row for row in held.to_pylist() if row["check_name"] not in new]
    results = table_of("check_results", [*others, *rows])
    replace_results(con, occasions.week(week), {"check_results": results})


def _kept(con: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    """Return week → what it was computed from, as `scored_weeks` or `history_weeks` has it, in order."""
    rows = con.execute(f"SELECT strftime(week, '%Y-%m-%d'), inputs FROM {table} ORDER BY week")  # noqa: S608
    return dict(rows.fetchall())


def _keep(con: duckdb.DuckDBPyConnection, table: str, inputs: Mapping[str, str]) -> None:
    """Replace what `_kept` returns; weeks that are not among the inputs count as not computed."""
    with transaction(con):
        con.execute(f"DELETE FROM {table}")  # noqa: S608
        con.execute(
            f"INSERT INTO {table} SELECT unnest($weeks), unnest($inputs)",
            {"weeks": [*inputs], "inputs": [*inputs.values()]},
        )
