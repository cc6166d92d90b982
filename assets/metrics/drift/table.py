"""The table `drift_events`: every change that was opened, its size, what may have caused it, and its words.

An event is reported as it was known in the week in which it was opened: later weeks change nothing of it. What
explains it better than the model gives it another kind: frozen pictures that the labeler read otherwise around the
date, a suite whose content changed, or nearly all models changing at once.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa

from assets.metrics.drift import kept
from assets.metrics.drift import scan as drift_scan
from assets.metrics.drift import series as drift_series
from assets.metrics.drift.scan import OpenedChange
from assets.metrics.drift.series import Series
from assets.metrics.drift.size import change
from warehouse.sqlfiles import sql

#: A labeler explains a change if it read frozen pictures otherwise by at least this part of the least that it can be.
EXPLAINED = 0.5
#: A change of at least this many models, and of this share of them, is not one model's.
MANY_MODELS, MANY_SHARE = 3, 0.75
#: A change of completeness from here on is reported.
COMPLETENESS = 0.1
_WEEK = timedelta(weeks=1)

_INT, _REAL, _TEXT, _DAY, _YES = pa.int32(), pa.float64(), pa.string(), pa.date32(), pa.bool_()
SCHEMA = pa.schema(
    {
        "week": _DAY,
        **dict.fromkeys(("model", "series", "params_hash", "track"), _TEXT),
        "simulated": _YES,
        "suite": _TEXT,
        "suite_major": _INT,
        "condition": _TEXT,
        "turn": _INT,
        **dict.fromkeys(
            ("prompt", "attribute", "scale", "labeler_version", "metric", "value_name", "kind"), _TEXT
        ),
        **dict.fromkeys(("started_week", "changed_week", "earliest_week", "latest_week"), _DAY),
        **dict.fromkeys(("before_share", "after_share", "change", "change_low", "change_high"), _REAL),
        "before_n": _INT,
        "after_n": _INT,
        "log10_e": _REAL,
        "cells": _INT,
        "changed_cells": _INT,
        "changed_prompts": _TEXT,
        "suite_changed": _YES,
        "labeler_changed": _YES,
        "labeler_moved_share": _REAL,
        "model_version_changed": _YES,
        "completeness_changed": _YES,
        "models_at_once": _INT,
        "models_compared": _INT,
        "words": _TEXT,
    }
)


def history_events(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """Return the rows of `drift_events` of all weeks, from the scores of all weeks; nothing is written."""
    ((last,),) = con.execute("SELECT cast(max(week) AS VARCHAR) FROM scores").fetchall()
    if last is None:
        return SCHEMA.empty_table()
    return _events(con, drift_series.read(con, last), (), 0)


def later_events(con: duckdb.DuckDBPyConnection, through: str | None) -> pa.Table:
    """Return the rows of `drift_events` of all weeks, from the counts that are kept: those `through` a week stay.

    Nothing of an event changes in later weeks, so only the weeks after it are looked at.

    Args:
        con: a warehouse whose weeks are counted (`kept.keep`).
        through: ISO date of the last week whose events are those that the warehouse holds; None: look at all.
    """
    series = kept.read_kept(con)
    if through is None:
        return _events(con, series, (), 0)
    held = con.sql("FROM drift_events WHERE week <= $through", params={"through": through})
    known = pl.DataFrame(held.to_arrow_table()).to_dicts()
    first = sum(week.isoformat() <= through for week in series.weeks)
    return _events(con, series, known, first)


def _events(
    con: duckdb.DuckDBPyConnection, series: Series, known: Sequence[dict[str, Any]], first: int
) -> pa.Table:
    """Return the events that are known and those that are opened from the week `first` on, counted from 0."""
    found = (
        drift_scan.scan(
            *series.worth,
            series.suite,
            series.keys.height,
            before=_changes(series, known),
            first=first,
        )
        if series.weeks[first:]
        else []
    )
    new = [_row(series, event) for event in found]
    _check_causes(con, series, new, [*known, *new])
    for row in new:
        row["kind"] = kind(row)
        row["words"] = words(row)
    rows = sorted([*known, *new], key=lambda row: [(row[name] is not None, row[name]) for name in _ORDER])
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def _changes(series: Series, known: Sequence[Mapping[str, Any]]) -> list[OpenedChange]:
    """Return events as they were when they were opened, in an order in which suites stand before their cells."""
    cells = {
        place: cell for cell, place in enumerate(zip(series.suite.tolist(), series.prompts, strict=True))
    }
    found = []
    for row in sorted(known, key=lambda row: (row["week"], row["prompt"] is not None)):
        suite = series.numbers[tuple(row[key] for key in drift_series.KEYS)]
        found.append(
            OpenedChange(
                suite=suite,
                cell=None if row["prompt"] is None else cells[suite, row["prompt"]],
                **{name: series.weeks.index(row[column]) for name, column in _WEEKS.items()},
                log_e=row["log10_e"] * math.log(10),
                cells=(),
            )
        )
    return found


_WEEKS = {
    "opened": "week",
    "started": "started_week",
    "changed": "changed_week",
    "earliest": "earliest_week",
    "latest": "latest_week",
}
_ORDER = ("week", *drift_series.KEYS, "prompt", "started_week")


def _row(series: Series, event: OpenedChange) -> dict[str, Any]:
    """Return what the counts themselves say of an event."""
    cells = np.array(event.cells)
    own = np.flatnonzero(series.suite == event.suite) if event.cell is None else np.array([event.cell])
    before, after = slice(event.started, event.changed), slice(event.changed, event.opened + 1)
    both = (series.n[own, before].sum(axis=1) > 0) & (series.n[own, after].sum(axis=1) > 0)
    days = series.weeks
    return {
        **series.keys.row(event.suite, named=True),
        "week": days[event.opened],
        "prompt": None if event.cell is None else series.prompts[event.cell],
        "started_week": days[event.started],
        "changed_week": days[event.changed],
        "earliest_week": days[event.earliest],
        "latest_week": days[event.latest],
        **change(
            series.k[cells],
            series.n[cells],
            before,
            after,
            None if series.effect is None else series.effect[cells],
        ),
        "log10_e": round(event.log_e / math.log(10), 3),
        "cells": int(both.sum()),
        "changed_prompts": ",".join(sorted(series.prompts[cell] for cell in cells)),
    }


def kind(row: Mapping[str, Any]) -> str:
    """Return what an event is reported as: the model's own doing only where nothing else explains it.

    Args:
        row: its columns `metric`, the interval of `change`, and the cause checks.
    """
    if row["metric"] == "refused_rate":
        return "refusals"
    least = max(row["change_low"], -row["change_high"], 0.0)
    if row["labeler_moved_share"] and row["labeler_moved_share"] >= EXPLAINED * least:
        return "labeler_drift"
    if row["models_at_once"] >= max(MANY_MODELS, MANY_SHARE * row["models_compared"]):
        return "all_models"
    return "suite" if row["suite_changed"] else "model"


def words(row: Mapping[str, Any]) -> str:
    """Return an event in one sentence, with the names as they are in the warehouse."""
    who = f"{row['model']} (simulated)" if row["simulated"] else row["model"]
    what = "refusals" if row["metric"] == "refused_rate" else f"{row['attribute']} {row['value_name']}"
    where = f"{row['suite']}@{row['suite_major']} {row['condition']}"
    if row["changed_cells"] < row["cells"] or row["prompt"]:
        where += f" ({row['changed_prompts'].replace(',', ', ')})"
    said = {
        "labeler_drift": "; the labeler moved, not the model",
        "all_models": "; nearly all models moved at once",
        "suite": "; the suite changed",
    }
    return (
        f"{who}, {where}: {what} {100 * row['before_share']:.0f} % → {100 * row['after_share']:.0f} % "
        f"since {row['changed_week']}{said.get(row['kind'], '')}"
    )


def _check_causes(
    con: duckdb.DuckDBPyConnection,
    series: Series,
    rows: Sequence[dict[str, Any]],
    events: Sequence[Mapping[str, Any]],
) -> None:
    """Add the cause checks to the rows, which are among all `events`."""
    if not rows:
        return
    models = sorted({row["model"] for row in rows})
    suites = _by_week(con, "drift_suites", ("model", "suite", "suite_major"), models)
    versions = _by_week(con, "drift_versions", ("model",), models)
    complete = _by_week(
        con, "drift_completeness", ("model", "suite", "suite_major", "condition", "turn"), models
    )
    moved = _by_week(con, "drift_anchors", ("labeler_version", "attribute"))
    readers, of_kind = _readers(series), _by_kind(events)
    alike = _by_kind(series.keys.with_row_index("number").iter_rows(named=True))
    for row in rows:
        around = _around(series, row)
        of_suite = (row["model"], row["suite"], row["suite_major"])
        of_labels = (row["labeler_version"], row["attribute"])
        reported = _values(versions, (row["model"],), around)
        answered = _values(complete, (*of_suite, row["condition"], row["turn"]), around)
        row["suite_changed"] = len({*_values(suites, of_suite, around)}) > 1
        row["labeler_changed"] = len(_read_by(readers, row, around)) > 1
        row["labeler_moved_share"] = max(_values(moved, of_labels, around[1:]), default=None)
        row["model_version_changed"] = len({*reported}) > 1 if len(reported) > 1 else None
        row["completeness_changed"] = bool(answered) and max(answered) - min(answered) >= COMPLETENESS
        same, week = tuple(row[key] for key in _SAME), series.weeks.index(row["changed_week"])
        row["models_at_once"] = len(_at_once(of_kind[same], row))
        row["models_compared"] = len(
            {one["model"] for one in alike[same] if series.seen[one["number"], week]}
        )


_Weekly = Mapping[tuple[Any, ...], Mapping[date, Any]]


def _by_week(
    con: duckdb.DuckDBPyConnection, name: str, keys: Sequence[str], models: Sequence[str] | None = None
) -> _Weekly:
    """Return key → week → the last column of `sql/metrics/<name>.sql`."""
    cursor = con.execute(sql(f"metrics/{name}"), {} if models is None else {"models": list(models)})
    columns = [column[0] for column in cursor.description]
    found: dict[tuple[Any, ...], dict[date, Any]] = {}
    for values in cursor.fetchall():
        row = dict(zip(columns, values, strict=True))
        found.setdefault(tuple(row[key] for key in keys), {})[row["week"]] = values[-1]
    return found


def _values(weekly: _Weekly, key: tuple[Any, ...], weeks: Sequence[date]) -> list[Any]:
    known = weekly.get(key, {})
    return [known[week] for week in weeks if week in known]


def _around(series: Series, row: Mapping[str, Any]) -> list[date]:
    """Return the weeks around the date of a change: the last observed before its range, and its range."""
    seen = series.seen[series.numbers[tuple(row[key] for key in drift_series.KEYS)]]
    observed = [week for week, here in zip(series.weeks, seen, strict=True) if here]
    before = [week for week in observed if week < row["earliest_week"]]
    return [*before[-1:], *(week for week in observed if row["earliest_week"] <= week <= row["latest_week"])]


def _readers(series: Series) -> _Weekly:
    """Return (model, suite, suite_major, condition, turn, attribute) → week → labeler versions."""
    found: dict[tuple[Any, ...], dict[date, set[str]]] = {}
    for number, row in enumerate(series.keys.iter_rows(named=True)):
        if row["attribute"] is not None:
            weekly = found.setdefault(tuple(row[key] for key in _READ), {})
            for week in np.flatnonzero(series.seen[number]):
                weekly.setdefault(series.weeks[week], set()).add(row["labeler_version"])
    return found


_READ = ("model", "suite", "suite_major", "condition", "turn", "attribute")


def _read_by(readers: _Weekly, row: Mapping[str, Any], weeks: Sequence[date]) -> set[str]:
    """Return the versions that read the attribute in these weeks and in the week before the series began."""
    return set().union(*_values(readers, tuple(row[key] for key in _READ), weeks))


#: What makes series of different models alike.
_SAME = ("suite", "suite_major", "condition", "turn", "metric", "attribute", "value_name")


def _by_kind(rows: Iterable[Mapping[str, Any]]) -> Mapping[tuple[Any, ...], list[Mapping[str, Any]]]:
    """Return `_SAME` → the rows of that kind, series or events."""
    found = defaultdict(list)
    for row in rows:
        found[tuple(row[key] for key in _SAME)].append(row)
    return found


def _at_once(events: Sequence[Mapping[str, Any]], row: Mapping[str, Any]) -> set[str]:
    """Return which models changed with this one, of events of its kind, as known when it was opened."""
    return {
        other["model"]
        for other in events
        if other["week"] <= row["week"]
        and abs(other["changed_week"] - row["changed_week"]) <= _WEEK
        and other["change"] * row["change"] > 0
    }
