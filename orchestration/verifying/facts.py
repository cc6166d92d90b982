"""Facts beneath figures, made again from the edition's own rows: results of checks, keys of slots, texts of suites.

A slot's key and the hash of parameters follow from published columns. A suite's hash does not: titles, questions and
later turns are in no table. But whoever states the hash of a suite that is shipped has to have its texts. What plans
hold besides (titles, prices, the order of suites) is bound by `plan_sha256` alone, which only the store can show.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from assets.gateway.models_file import params_hash
from assets.metrics.week import check_rows, withheld_rows
from assets.quality.registry import CHECKS
from assets.suites.published import frozen_suites
from orchestration.verifying.report import Step, VerifyReport, in_words, silent
from warehouse.loading.columns import table_of
from warehouse.loading.plan_rows import SUITE_ROWS
from warehouse.loading.plan_slots import slot_key

#: Checks that read stored objects again, which no edition holds.
OF_STORE = tuple(sorted(spec.name for spec in CHECKS if spec.kind == "bytes" and "publish" in spec.stages))
#: Checks that look at rows of other weeks, too. When those change, or an anchor set is added, a week that was published
#: is not checked again: of all weeks but the last, what they say may have been true then.
OF_OTHER_WEEKS = ("anchor_labels__present", "images__once_in_model", "labels__distribution_jump")
_MOST = 160  # characters of what a check says, which somebody wrote
_SAID = ("model", "severity", "status", "failing_rows", "message")
_Rows = Sequence[Mapping[str, Any]]
_OF_PLANS = "SELECT strftime(week, '%Y-%m-%d'), model, params, params_hash FROM plans ORDER BY ALL"
_OF_SLOTS = """
SELECT strftime(week, '%Y-%m-%d') AS week, model, slot_key, suite, suite_version, prompt, replicate, turn
FROM slots WHERE week = $week AND model = $model
"""
_HOLDERS = """
CREATE OR REPLACE TEMP TABLE holders AS
SELECT DISTINCT week, model
FROM prompts
WHERE suite = $suite AND suite_version = $version AND suite_hash = $hash
"""
_SUITES = "SELECT DISTINCT suite, suite_version, suite_hash FROM prompts ORDER BY ALL"
#: Calls whose text is not that of their turn; `said` holds the turns of one suite.
_OTHER_TURNS = """
SELECT strftime(attempts.week, '%Y-%m-%d'), attempts.model, count(*)
FROM attempts
INNER JOIN slots USING (week, model, slot_key)
SEMI JOIN holders USING (week, model)
INNER JOIN said ON slots.prompt = said.prompt AND slots.turn = said.turn AND attempts.prompt_sent <> said.text
WHERE slots.suite = $suite AND slots.suite_version = $version
GROUP BY ALL
"""


def compare_checks(con: duckdb.DuckDBPyConnection, report: VerifyReport, step: Step = silent) -> None:
    """Run the checks of all weeks again and compare `check_results` and `withheld`; the report hears of what differs.

    `con` is of a warehouse with the edition's rows, its counts and figures made again; the edition is attached as
    `edition`.
    """
    published, withheld = _by_week(con, "check_results"), _by_week(con, "withheld")
    planned = con.execute("SELECT DISTINCT strftime(week, '%Y-%m-%d') FROM plans").fetchall()
    weeks = sorted({*published, *withheld, *(week for (week,) in planned)})
    earlier: defaultdict[str, list[str]] = defaultdict(list)
    for number, week in enumerate(weeks):
        step("checks", number, len(weeks))
        again = _by_check([row for late in (False, True) for row in check_rows(con, None, week, late=late)])
        there = _by_check(published.get(week, []))
        kept: list[Mapping[str, Any]] = []
        for name in sorted({*again, *there, *OF_STORE}):
            stated, found = there.get(name, []), again.get(name, [])
            if {row["status"] for row in found} == {"error"}:
                report.skip(f"week {week}: check {name}: {_in_words(found)}")
                found = stated
            elif name in OF_STORE:
                found = stated
                if not stated:
                    report.differ(f"week {week}: check {name} has no result")
            kept += found
            if sorted(map(_said, stated)) == sorted(map(_said, found)):
                continue
            if name in OF_OTHER_WEEKS and stated and week != weeks[-1]:
                earlier[name].append(week)
                continue
            report.differ(
                f"week {week}: check {name[:60]} says {_in_words(stated)}, and the tables give {_in_words(found)}"
            )
        held = (
            {(row["model"], row["reason"]) for row in rows}
            for rows in (withheld.get(week, []), withheld_rows(kept))
        )
        for model, reason in sorted(set.symmetric_difference(*held)):
            report.differ(
                f"week {week}: {model[:60]} is withheld otherwise than by its checks: {reason[:_MOST]}"
            )
    if any(row["check_name"] in OF_STORE for rows in published.values() for row in rows):
        report.note(f"taken as published, for they read the store: checks {' and '.join(OF_STORE)}")
    for name, found_in in sorted(earlier.items()):
        report.note(
            f"check {name} says otherwise on the tables in {len(found_in)} of {len(weeks)} weeks, first "
            f"{found_in[0]}; it looks at other weeks, too, whose rows may have come later"
        )


def _by_week(con: duckdb.DuckDBPyConnection, table: str) -> dict[str, list[dict[str, Any]]]:
    """Return the published rows of a table by week."""
    found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    day = "strftime(week, '%Y-%m-%d') AS week"
    rows = con.sql(f"SELECT * REPLACE ({day}) FROM edition.main.{table} ORDER BY ALL")  # noqa: S608
    for row in rows.to_arrow_table().to_pylist():
        found[row["week"]].append(row)
    return found


def _by_check(rows: _Rows) -> dict[str, list[Mapping[str, Any]]]:
    found: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row["check_name"]].append(row)
    return found


def _said(row: Mapping[str, Any]) -> str:
    return repr([row[column] for column in _SAID])


def _in_words(rows: _Rows) -> str:
    """Return what results of one check say, in one line that is not too long."""
    said = "; ".join(f"{row['status']} {row['model'] or ''} {row['message']}" for row in rows)
    return " ".join(said.split())[:_MOST] or "nothing"


def compare_hashes(con: duckdb.DuckDBPyConnection, report: VerifyReport, step: Step = silent) -> None:
    """Compare keys of slots, hashes of parameters and texts of turns; put the rows of suites that are shipped.

    `con` is of a warehouse with the edition's rows, whose files are made of it and compared later.
    """
    plans = con.execute(_OF_PLANS).fetchall()
    for number, (week, model, params, stated) in enumerate(plans):
        step("slots", number, len(plans))
        where, known = f"{week}, {model[:60]}", _params(params, stated)
        if known is None:
            report.differ(f"{where}: params_hash is not the hash of the parameters")
            continue
        found = con.sql(_OF_SLOTS, params={"week": week, "model": model}).to_arrow_table().to_pylist()
        if wrong := sum(slot["slot_key"] != slot_key(slot, known) for slot in found):
            report.differ(f"{where}: {in_words(wrong)} of slots have a key of another plan, prompt or number")
    shipped, others = frozen_suites(), []
    for suite, version, stated in con.execute(_SUITES).fetchall():
        content = shipped.get(stated, {})
        if (content.get("id"), content.get("version")) != (suite, version):
            others.append(f"{suite}@{version}"[:60])
            continue
        step("suites", 0, 1)
        _put(con, {**content, "hash": stated})
        for week, model, rows in _other_turns(con, content):
            what = f"{in_words(rows)} of attempts are not those of {suite}@{version}, which has the hash {stated[:12]}"
            report.differ(f"{week}, {model[:60]}: {what}")
    if others:
        report.note(f"texts of suites that are not shipped are the operator's word: {', '.join(others)}")


def _params(text: str, stated: str) -> dict[str, Any] | None:
    """Return the parameters of a plan if they have the hash that it states."""
    try:
        found = json.loads(text)
        return found if isinstance(found, dict) and params_hash(found) == stated else None
    except (ValueError, RecursionError):
        return None


def _put(con: duckdb.DuckDBPyConnection, suite: Mapping[str, Any]) -> None:
    """Put the rows of a shipped suite into its tables, for the plans that state its hash."""
    of = {"suite": suite["id"], "version": suite["version"]}
    con.execute(_HOLDERS, {**of, "hash": suite["hash"]})
    major = {"suite": suite["id"], "major": int(suite["version"].split(".")[0])}
    for table, made in SUITE_ROWS.items():
        rows = table_of(table, made(suite)).drop_columns(["week", "model"])  # noqa: F841 - DuckDB finds it by this name
        con.execute(
            f"DELETE FROM {table} WHERE (week, model) IN (FROM holders) "  # noqa: S608
            "AND suite = $suite AND suite_major = $major",
            major,
        )
        con.execute(f"INSERT INTO {table} BY NAME FROM holders CROSS JOIN rows")


def _other_turns(con: duckdb.DuckDBPyConnection, suite: Mapping[str, Any]) -> list[tuple[str, str, int]]:
    """Return (week, model, calls) of texts that are not those of their turn."""
    turns = {
        (f"{suite['id']}/{prompt['id']}", turn): text
        for prompt in suite["prompts"]
        for turn, text in enumerate(prompt["turns"], start=1)
    }
    said = pa.table(  # noqa: F841 - DuckDB finds it by this name
        {
            "prompt": pa.array([name for name, _ in turns], pa.string()),
            "turn": pa.array([number for _, number in turns], pa.int64()),
            "text": pa.array([*turns.values()], pa.string()),
        }
    )
    return con.execute(_OTHER_TURNS, {"suite": suite["id"], "version": suite["version"]}).fetchall()
