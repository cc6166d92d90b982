"""Hashes of slots, parameters and suites, made again from the rows that they are of.

A slot's key and the hash of parameters follow from published columns. A suite's hash does not: titles, questions and
later turns are in no table. But whoever states the hash of a suite that is shipped has to have its texts. What plans
hold besides (titles, prices, the order of suites) is bound by `plan_sha256` alone, which only the store can show.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

import duckdb
import pyarrow as pa

from assets.gateway.models_file import params_hash
from assets.suites.published import frozen_suites
from orchestration.verifying.report import Step, VerifyReport, in_words, silent
from warehouse.loading.columns import table_of
from warehouse.loading.plan_rows import SUITE_ROWS
from warehouse.loading.plan_slots import slot_key

_OF_PLANS = "SELECT strftime(week, '%Y-%m-%d'), model, params, params_hash FROM plans ORDER BY ALL"
_OF_SLOTS = """
SELECT strftime(week, '%Y-%m-%d') AS week, model, slot_key, suite, suite_version, prompt, replicate, turn
FROM slots WHERE week = $week AND model = $model
"""
_OUTCOMES = """
(FROM outcomes EXCEPT ALL FROM edition.main.outcomes) UNION ALL (FROM edition.main.outcomes EXCEPT ALL FROM outcomes)
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


def compare(con: duckdb.DuckDBPyConnection, report: VerifyReport, step: Step = silent) -> None:
    """Compare keys of slots, hashes of parameters, texts of shipped suites, and what outcomes there are.

    Args:
        con: warehouse with the edition's rows, which is attached as `edition`; temporary tables are made in it.
        report: hears of each week, model and table that differs, and has a note of suites that are not shipped.
        step: hears of progress.
    """
    if wrong := len(con.execute(_OUTCOMES).fetchall()):
        report.differ(f"{in_words(wrong)} of outcomes are not those of this code")
    plans = con.execute(_OF_PLANS).fetchall()
    for number, (week, model, params, stated) in enumerate(plans):
        step("slots", number, len(plans))
        where, known = f"{week}, {model[:60]}", _params(params, stated)
        if known is None:
            report.differ(f"{where}: params_hash is not the hash of the parameters")
            continue
        found = con.execute(_OF_SLOTS, {"week": week, "model": model})
        names = [column[0] for column in found.description or ()]
        slots = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        if wrong := sum(slot["slot_key"] != slot_key(slot, known) for slot in slots):
            report.differ(f"{where}: {in_words(wrong)} of slots have a key of another plan, prompt or number")
    shipped, others = frozen_suites(), []
    for suite, version, stated in con.execute(_SUITES).fetchall():
        if (content := shipped.get(stated)) is None or (content["id"], content["version"]) != (
            suite,
            version,
        ):
            others.append(f"{suite}@{version}"[:60])
            continue
        step("suites", 0, 1)
        for (week, model, table), rows in sorted(_unlike(con, {**content, "hash": stated}).items()):
            report.differ(
                f"{week}, {model[:60]}: {in_words(rows)} of {table} are not those of {suite}@{version}, "
                f"which has the hash {stated[:12]}"
            )
    if others:
        report.note(f"texts of suites that are not shipped are the operator's word: {', '.join(others)}")


def _params(text: str, stated: str) -> dict[str, Any] | None:
    """Return the parameters of a plan if they have the hash that it states."""
    try:
        found = json.loads(text)
        return found if isinstance(found, dict) and params_hash(found) == stated else None
    except (ValueError, RecursionError):
        return None


def _unlike(con: duckdb.DuckDBPyConnection, suite: Mapping[str, Any]) -> Counter[tuple[str, str, str]]:
    """Return (week, model, table) → rows that only the table or only the suite has, where a plan states its hash."""
    of = {"suite": suite["id"], "version": suite["version"], "hash": suite["hash"]}
    con.execute(
        "CREATE OR REPLACE TEMP TABLE holders AS SELECT DISTINCT week, model FROM prompts "
        "WHERE suite = $suite AND suite_version = $version AND suite_hash = $hash",
        of,
    )
    unlike: Counter[tuple[str, str, str]] = Counter()
    for table, made in SUITE_ROWS.items():
        rows = table_of(table, made(suite)).drop_columns(["week", "model"])  # DuckDB finds it by this name
        columns = ", ".join(rows.column_names)
        wanted = f"SELECT week, model, {columns} FROM holders CROSS JOIN rows"  # noqa: S608
        there = (
            f"SELECT week, model, {columns} FROM {table} SEMI JOIN holders USING (week, model) "  # noqa: S608
            "WHERE suite = $suite AND suite_major = $major"
        )
        found = con.execute(
            f"SELECT strftime(week, '%Y-%m-%d'), model, count(*) FROM (({wanted} EXCEPT ALL {there}) "  # noqa: S608
            f"UNION ALL ({there} EXCEPT ALL {wanted})) GROUP BY ALL",
            {"suite": suite["id"], "major": int(suite["version"].split(".")[0])},
        )
        unlike.update({(week, model, table): count for week, model, count in found.fetchall()})
    turns = {
        (f"{suite['id']}/{prompt['id']}", turn): text
        for prompt in suite["prompts"]
        for turn, text in enumerate(prompt["turns"], start=1)
    }
    if turns:
        names, numbers = zip(*turns, strict=True)
        said = pa.table({"prompt": names, "turn": numbers, "text": [*turns.values()]})  # noqa: F841 - by this name
        found = con.execute(_OTHER_TURNS, {"suite": suite["id"], "version": suite["version"]})
        unlike.update({(week, model, "attempts"): count for week, model, count in found.fetchall()})
    return unlike
