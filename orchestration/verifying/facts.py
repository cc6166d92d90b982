"""Facts beneath figures, made again from the edition's own rows: results of checks, keys of slots, texts of suites.

A slot's key and the hash of parameters follow from published columns. A suite's hash does not: titles, questions and
later turns are in no table. But whoever states the hash of a suite that is shipped has to have its texts. What plans
hold besides (titles, prices, the order of suites) is bound by `plan_sha256` alone, which only the store can show.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import product
from typing import Any

import duckdb

from assets.gateway.models_file import params_hash
from assets.metrics.week import check_rows, withheld_rows
from assets.quality.registry import CHECKS
from assets.suites.published import frozen_suites
from orchestration.verifying.report import Step, VerifyReport, silent
from warehouse.loading.columns import table_of
from warehouse.loading.plan_rows import SUITE_ROWS
from warehouse.loading.plan_slots import slot_key
from warehouse.printable import counted

#: Checks that read stored objects again, which no edition holds.
OF_STORE = tuple(sorted(spec.name for spec in CHECKS if spec.kind == "bytes" and "publish" in spec.stages))
#: Checks that look at rows of other weeks, too. When those change, or an anchor set is added, a week that was published
#: is not checked again: of all weeks but the last, what they say may have been true then.
OF_OTHER_WEEKS = ("anchor_labels__present", "images__once_in_model", "labels__distribution_jump")
_MOST = 160  # characters of what a check says, which somebody wrote
_SAID = ("model", "severity", "status", "failing_rows", "message")
_Rows = Sequence[Mapping[str, Any]]
_RESULTS = "SELECT * REPLACE (strftime(week, '%Y-%m-%d') AS week) FROM edition.check_results ORDER BY ALL"
_WITHHELD = "SELECT strftime(week, '%Y-%m-%d'), model, reason FROM edition.withheld"
_OF_PLANS = "SELECT strftime(week, '%Y-%m-%d'), model, params, params_hash FROM plans ORDER BY ALL"
_OF_SLOTS = """
SELECT strftime(week, '%Y-%m-%d') AS week, model, slot_key, suite, suite_version, prompt, replicate, turn
FROM slots WHERE week = $week AND model = $model
"""
_HOLDERS = """
CREATE OR REPLACE TEMP TABLE holders AS
SELECT DISTINCT week, model
FROM prompts
WHERE suite = $id AND suite_version = $version AND suite_hash = $hash
"""
_SUITES = "SELECT DISTINCT suite, suite_version, suite_hash FROM prompts ORDER BY ALL"
#: Calls whose text is not that of their turn; `turns` are those of one suite.
_OTHER_TURNS = """
WITH said AS (SELECT unnest($turns, recursive := true))
SELECT strftime(attempts.week, '%Y-%m-%d'), attempts.model, count(*)
FROM attempts
INNER JOIN slots USING (week, model, slot_key)
SEMI JOIN holders USING (week, model)
INNER JOIN said ON slots.prompt = said.prompt AND slots.turn = said.turn AND attempts.prompt_sent <> said.text
WHERE slots.suite = $suite AND slots.suite_version = $version
GROUP BY ALL
"""


def compare_checks(con: duckdb.DuckDBPyConnection, report: VerifyReport, step: Step = silent) -> None:
    """Compare what checks say in `con` with results and withheld models of the edition, attached as `edition`."""
    stated = _by_check(con.sql(_RESULTS).to_arrow_table().to_pylist())
    weeks = sorted({week for week, *_ in [*stated, *con.execute(_OF_PLANS).fetchall()]})
    rows: list[Mapping[str, Any]] = []
    for number, week in enumerate(weeks):
        step("checks", number, len(weeks))
        rows += [row for late in (False, True) for row in check_rows(con, None, week, late=late)]
    again, kept, earlier = _by_check(rows), list[Mapping[str, Any]](), defaultdict[str, list[str]](list)
    for week, name in sorted(stated.keys() | again.keys() | {*product(weeks, OF_STORE)}):
        there, found = stated.get((week, name), []), again.get((week, name), [])
        if {row["status"] for row in found} == {"error"}:
            report.skip(f"week {week}: check {name}: {_in_words(found)}")
            found = there
        elif name in OF_STORE:
            found = there
            if not there:
                report.differ(f"week {week}: check {name} has no result")
        kept += found
        if sorted(map(_said, there)) == sorted(map(_said, found)):
            continue
        if name in OF_OTHER_WEEKS and there and week != weeks[-1]:
            earlier[name].append(week)
            continue
        words, again_words = _in_words(there), _in_words(found)
        report.differ(f"week {week}: check {name[:60]} says {words}, and the tables give {again_words}")
    follow = {(row["week"], row["model"], row["reason"]) for row in withheld_rows(kept)}
    for week, model, reason in sorted(follow ^ {*con.execute(_WITHHELD).fetchall()}):
        report.differ(f"week {week}: {model[:60]} is withheld otherwise than by its checks: {reason[:_MOST]}")
    if any(name in OF_STORE for _, name in stated):
        report.note(f"taken as published, for they read the store: checks {' and '.join(OF_STORE)}")
    for name, found_in in sorted(earlier.items()):
        report.note(
            f"check {name} says otherwise on the tables in {len(found_in)} of {len(weeks)} weeks, first "
            f"{found_in[0]}; it looks at other weeks, too, whose rows may have come later"
        )


def _by_check(rows: _Rows) -> dict[tuple[str, str], list[Mapping[str, Any]]]:
    found = defaultdict[tuple[str, str], list[Mapping[str, Any]]](list)
    for row in rows:
        found[row["week"], row["check_name"]].append(row)
    return found


def _said(row: Mapping[str, Any]) -> str:
    return repr([row[column] for column in _SAID])


def _in_words(rows: _Rows) -> str:
    said = "; ".join(f"{row['status']} {row['model'] or ''} {row['message']}" for row in rows)
    return " ".join(said.split())[:_MOST] or "nothing"


def compare_hashes(con: duckdb.DuckDBPyConnection, report: VerifyReport, step: Step = silent) -> None:
    """Compare keys of slots, hashes of parameters, texts of turns; put rows of shipped suites, to be compared later."""
    plans = con.execute(_OF_PLANS).fetchall()
    for number, (week, model, params, stated) in enumerate(plans):
        step("slots", number, len(plans))
        where, known = f"{week}, {model[:60]}", None
        with suppress(ValueError, RecursionError):
            read = json.loads(params)
            known = read if isinstance(read, dict) and params_hash(read) == stated else None
        if known is None:
            report.differ(f"{where}: params_hash is not the hash of the parameters")
            continue
        found = con.sql(_OF_SLOTS, params={"week": week, "model": model}).to_arrow_table().to_pylist()
        if wrong := sum(slot["slot_key"] != slot_key(slot, known) for slot in found):
            report.differ(
                f"{where}: {counted(wrong, 'row')} of slots have a key of another plan, prompt or number"
            )
    shipped, others = frozen_suites(), []
    for suite, version, stated in con.execute(_SUITES).fetchall():
        content = shipped.get(stated, {})
        if (content.get("id"), content.get("version")) != (suite, version):
            others.append(f"{suite}@{version}"[:60])
            continue
        step("suites", 0, 1)
        _put(con, {**content, "hash": stated})
        turns = [
            {"prompt": f"{suite}/{prompt['id']}", "turn": turn, "text": text}
            for prompt in content["prompts"]
            for turn, text in enumerate(prompt["turns"], start=1)
        ]
        of_suite = {"suite": suite, "version": version, "turns": turns}
        for week, model, rows in con.execute(_OTHER_TURNS, of_suite).fetchall() if turns else ():
            of = f"{suite}@{version}, which has the hash {stated[:12]}"
            what = f"{counted(rows, 'row')} of attempts are not those of {of}"
            report.differ(f"{week}, {model[:60]}: {what}")
    if others:
        report.note(f"texts of suites that are not shipped are the operator's word: {', '.join(others)}")


def _put(con: duckdb.DuckDBPyConnection, suite: Mapping[str, Any]) -> None:
    """Put the rows of a shipped suite into its tables, for the plans that state its hash."""
    con.execute(_HOLDERS, {name: suite[name] for name in ("id", "version", "hash")})
    major = {"suite": suite["id"], "major": int(suite["version"].split(".")[0])}
    for table, made in SUITE_ROWS.items():
        rows = table_of(table, made(suite)).drop_columns(["week", "model"])  # noqa: F841 - DuckDB finds it by this name
        own = "(week, model) IN (FROM holders) AND suite = $suite AND suite_major = $major"
        con.execute(f"DELETE FROM {table} WHERE {own}", major)  # noqa: S608 - tables of this code
        con.execute(f"INSERT INTO {table} BY NAME FROM holders CROSS JOIN rows")
