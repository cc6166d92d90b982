"""Results of checks, and who is withheld, made again by the product's own checks from the rows of an edition."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from assets.metrics.week import check_rows, withheld_rows
from assets.quality.registry import CHECKS
from orchestration.verifying.report import Step, VerifyReport, silent

#: Checks that read stored objects again, which no edition holds.
OF_STORE = tuple(sorted(spec.name for spec in CHECKS if spec.kind == "bytes" and "publish" in spec.stages))
#: Checks that look at rows of other weeks, too. When those change, or an anchor set is added, a week that was published
#: is not checked again: of all weeks but the last, what they say may have been true then.
OF_OTHER_WEEKS = ("anchor_labels__present", "images__once_in_model", "labels__distribution_jump")
_MOST = 160  # characters of a message, which somebody wrote
_SAYS = {"pass": "passed", "fail": "failed", "error": "that it could not be run"}
_Results = Mapping[str, Sequence[Mapping[str, Any]]]  # check → its rows


def compare(con: duckdb.DuckDBPyConnection, report: VerifyReport, step: Step = silent) -> None:
    """Run the checks of all weeks again and compare `check_results` and `withheld`; the report hears of what differs.

    Args:
        con: warehouse with the edition's rows, its counts and figures made again; the edition is attached as `edition`.
        report: gets a line for each week and check that says otherwise, and for each reason to withhold a model.
        step: hears of progress.
    """
    published, withheld = _by_week(con, "check_results"), _by_week(con, "withheld")
    planned = con.execute("SELECT DISTINCT strftime(week, '%Y-%m-%d') FROM plans").fetchall()
    weeks = sorted({*published, *withheld, *(week for (week,) in planned)})
    earlier: defaultdict[str, list[str]] = defaultdict(list)
    for number, week in enumerate(weeks):
        step("checks", number, len(weeks))
        again = _by_check([row for late in (False, True) for row in check_rows(con, None, week, late=late)])
        there = _by_check(published.get(week, []))
        kept = [row for name in OF_STORE for row in there.get(name, [])]
        for name in sorted({*again, *there, *OF_STORE}):
            if name in OF_STORE:
                if name not in there:
                    report.differ(f"week {week}: check {name} has no result")
                continue
            if {row["status"] for row in again.get(name, [])} == {"error"}:
                report.skip(f"week {week}: check {name}: {_short(again[name])}")
                kept += there.get(name, [])
                continue
            kept += again.get(name, [])
            if _said(there.get(name, [])) == _said(again.get(name, [])):
                continue
            if name in OF_OTHER_WEEKS and name in there and week != weeks[-1]:
                earlier[name].append(week)
            else:
                report.differ(f"week {week}: {_otherwise(name, there, again)}")
        _compare_withheld(week, withheld.get(week, []), withheld_rows(kept), report)
    if any(row["check_name"] in OF_STORE for rows in published.values() for row in rows):
        report.note(f"taken as published, for they read the store: checks {' and '.join(OF_STORE)}")
    for name, found in sorted(earlier.items()):
        report.note(
            f"check {name} says otherwise on the tables in {len(found)} of {len(weeks)} weeks, first "
            f"{found[0]}; it looks at other weeks, too, whose rows may have come later"
        )


def _by_week(con: duckdb.DuckDBPyConnection, table: str) -> dict[str, list[dict[str, Any]]]:
    """Return the published rows of a table by week."""
    found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    day = "strftime(week, '%Y-%m-%d') AS week"
    rows = con.sql(f"SELECT * REPLACE ({day}) FROM edition.main.{table} ORDER BY ALL")  # noqa: S608
    for row in rows.to_arrow_table().to_pylist():
        found[row["week"]].append(row)
    return found


def _by_check(rows: Sequence[Mapping[str, Any]]) -> _Results:
    found: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row["check_name"]].append(row)
    return found


def _said(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    columns = ("model", "severity", "status", "failing_rows", "message")
    return sorted(repr([row[column] for column in columns]) for row in rows)


def _otherwise(name: str, there: _Results, again: _Results) -> str:
    """Return in words what one check says and what it finds on the tables."""
    if name not in again:
        return f"{name[:60]} has a result and is no check of this code"
    passes = {row["status"] for row in again[name]} == {"pass"}
    does = "passes on the tables" if passes else f"fails on the tables: {_short(again[name])}"
    if name not in there:
        return f"check {name} has no result, and {does}"
    statuses = sorted({row["status"] for row in there[name]})
    says = " and ".join(_SAYS.get(status, status[:20]) for status in statuses)
    if statuses == ["pass" if passes else "fail"]:
        return f"check {name} says {says} in other words ({_short(there[name])}), and {does}"
    return f"check {name} says {says}, and {does}"


def _short(rows: Sequence[Mapping[str, Any]]) -> str:
    said = "; ".join(f"{row['model']}: {row['message']}" if row["model"] else row["message"] for row in rows)
    return " ".join(said.split())[:_MOST]


def _compare_withheld(
    week: str, there: Sequence[Mapping[str, Any]], again: Sequence[Mapping[str, Any]], report: VerifyReport
) -> None:
    """Compare who is withheld, and why, with what follows from the checks."""
    stated, found = ({(row["model"], row["reason"]) for row in rows} for rows in (there, again))
    for model, reason in sorted(stated - found):
        report.differ(f"week {week}: {model[:60]} is withheld for what no check says: {reason[:_MOST]}")
    for model, reason in sorted(found - stated):
        report.differ(f"week {week}: {model[:60]} is not withheld, and a check says: {reason[:_MOST]}")
