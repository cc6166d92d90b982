"""Results of checks, hashes and texts, made again from an edition's rows: no false alarm, and forgeries by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from assets.suites.published import frozen_suites
from orchestration.verifying import again, facts
from orchestration.verifying.report import VerifiedEdition, VerifyReport
from tests.orchestration.installation import NEXT, WEEK
from tests.orchestration.verifying.forging import Edition
from tests.warehouse.checks.test_checks_read_one_week import OTHER_WEEKS
from warehouse.database.schema import open_warehouse
from warehouse.loading.columns import columns, table_of

TAKEN = "taken as published, for they read the store: checks images__bytes_as_stored and plans__as_in_bucket"
#: Forgery → a statement, and what is said of it; all of them are in one edition.
NAMED: dict[str, tuple[str, str]] = {
    "a prompt that was sent": (
        "UPDATE attempts SET prompt_sent = 'a woman' WHERE slot_key = (SELECT min(slot_key) FROM slots WHERE turn = 1)",
        f"week {WEEK}: check attempts__prompt_as_planned says pass holds, and the tables give fail ",
    ),
    "calls before their week": (
        "UPDATE attempts SET requested_at = requested_at - INTERVAL 90 DAY",
        f"week {WEEK}: check attempts__asked_in_week says pass holds, and the tables give fail ",
    ),
    "a retry that is hidden": (
        "UPDATE attempts SET attempt = 3 WHERE slot_key = (SELECT max(slot_key) FROM slots)",
        f"week {WEEK}: check attempts__numbered says pass holds, and the tables give fail ",
    ),
    "what a labeler said": (
        "UPDATE labels SET raw = 'feminine' WHERE value = 'masculine'",
        f"week {WEEK}: check labels__raw_matches says pass holds, and the tables give fail ",
    ),
    "a result that is another": (
        "UPDATE check_results SET status = 'fail', failing_rows = 1 WHERE check_name = 'figures__in_range'",
        f"week {WEEK}: check figures__in_range says fail holds, and the tables give pass holds",
    ),
    "a result that is gone": (
        "DELETE FROM check_results WHERE check_name = 'plans__week_is_monday'",
        f"week {WEEK}: check plans__week_is_monday says nothing, and the tables give pass holds",
    ),
    "a result of the store that is gone": (
        "DELETE FROM check_results WHERE check_name = 'plans__as_in_bucket'",
        f"week {WEEK}: check plans__as_in_bucket has no result",
    ),
    "a check that nobody knows": (
        f"INSERT INTO check_results VALUES (DATE '{WEEK}', NULL, 'labels__true', 'critical', 'pass', 0, 'holds')",
        f"week {WEEK}: check labels__true says pass holds, and the tables give nothing",
    ),
    "other words": (
        "UPDATE check_results SET message = 'all is well' WHERE check_name = 'counts__add_up'",
        f"week {WEEK}: check counts__add_up says pass all is well, and the tables give pass ",
    ),
    "who is withheld": (
        f"INSERT INTO withheld VALUES (DATE '{WEEK}', 'sim-one', 'late')",
        f"week {WEEK}: sim-one is withheld otherwise than by its checks: late",
    ),
    "a replicate": (
        "UPDATE slots SET replicate = replicate + 100 "
        f"WHERE slot_key = (SELECT min(slot_key) FROM slots WHERE model = 'sim-classic' AND week = '{NEXT}')",
        "1 row of slots have a key of another plan, prompt or number",
    ),
    "parameters": (
        "UPDATE plans SET params = '{\"quality\":\"high\"}' WHERE model = 'sim-drift'",
        f"{NEXT}, sim-drift: params_hash is not the hash of the parameters",
    ),
    "parameters with what is no number": (
        f"UPDATE plans SET params = '{{\"a\": NaN}}' WHERE model = 'sim-classic' AND week = DATE '{WEEK}'",
        f"{WEEK}, sim-classic: params_hash is not the hash of the parameters",
    ),
    "parameters that are none": (
        f"UPDATE plans SET params = '[' WHERE model = 'sim-drift' AND week = DATE '{WEEK}'",
        f"{WEEK}, sim-drift: params_hash is not the hash of the parameters",
    ),
}


def told(edition: Edition, folder: Path) -> VerifyReport:
    """Return what is said of the rows in the DuckDB file of an edition."""
    report = VerifyReport("e")
    of = VerifiedEdition(edition.root, edition.manifest, report)
    with open_warehouse(folder / "again.duckdb") as con:
        con.execute(f"ATTACH '{edition.database}' AS edition (READ_ONLY)")
        again.compute(con, of)
        facts.compare_checks(con, report)
        facts.compare_hashes(con, report)
    return report


def test_checks_that_look_at_other_weeks_are_known() -> None:
    gold = {
        name for name in OTHER_WEEKS if name.startswith("gold_")
    }  # weeks are checked again with their gold
    assert {*facts.OF_OTHER_WEEKS} == {*OTHER_WEEKS} - gold | {"anchor_labels__present"}  # sets have no week


def test_what_the_rows_contradict_is_named(edition: Edition, tmp_path: Path) -> None:
    edition.sql(*(statement for statement, _ in NAMED.values()))
    report = told(edition, tmp_path)
    missed = [name for name, (_, line) in NAMED.items() if not any(line in one for one in report.differences)]
    assert missed == [], report.lines()


def test_a_result_of_other_weeks_is_compared_in_the_last_week_and_one_that_breaks_is_not(
    edition: Edition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition.sql(
        "UPDATE check_results SET status = 'fail' WHERE check_name = 'images__once_in_model'",
        "UPDATE prompts SET suite_hash = repeat('0', 64)",
    )
    run = facts.check_rows

    def broken(*of: Any, **late: Any) -> list[dict[str, Any]]:
        error = {"status": "error", "message": "it broke"}
        return [row | (error if row["check_name"] == "counts__add_up" else {}) for row in run(*of, **late)]

    monkeypatch.setattr(facts, "check_rows", broken)
    report = told(edition, tmp_path)
    assert report.differences == [
        f"week {NEXT}: check images__once_in_model says fail holds, and the tables give pass holds"
    ]
    assert report.unchecked == [f"week {one}: check counts__add_up: error it broke" for one in (WEEK, NEXT)]
    assert report.notes == [
        TAKEN,
        f"check images__once_in_model says otherwise on the tables in 1 of 2 weeks, first {WEEK}; it looks at other "
        "weeks, too, whose rows may have come later",
        "texts of suites that are not shipped are the operator's word: startup-ceo@1.0.0",
    ]


def test_the_text_of_a_later_turn_is_that_of_its_suite() -> None:
    stated, suite = next((sha, one) for sha, one in frozen_suites().items() if _turns(one))
    prompt, (_, later, *_) = next((one["id"], one["turns"]) for one in suite["prompts"] if one["turns"])
    where = {"week": WEEK, "model": "m", "slot_key": "k", "suite": suite["id"], "turn": 2}
    of = {"suite_version": suite["version"], "suite_hash": stated, "prompt": f"{suite['id']}/{prompt}"}
    for sent, lines in (
        (later, []),
        (
            "Draw only men.",
            [
                f"{WEEK}, m: 1 row of attempts are not those of {suite['id']}@{suite['version']}, which has the hash "
                f"{stated[:12]}"
            ],
        ),
    ):
        report = VerifyReport("e")
        with open_warehouse(None) as con:
            for table in ("prompts", "slots", "attempts"):
                rows = _row(table, where | of | {"prompt_sent": sent, "outcome": "ok"})
                con.execute(f"INSERT INTO {table} BY NAME FROM rows")
                assert rows.num_rows == 1
            facts.compare_hashes(con, report)
        assert report.differences == lines


def _turns(suite: dict[str, Any]) -> bool:
    return any(prompt["turns"] for prompt in suite["prompts"])


def _row(table: str, given: dict[str, Any]) -> pa.Table:
    """Return a row with these values, and something in each other column that is not NULL."""
    needed = [field for field in columns(table) if not field.nullable]
    return table_of(table, [{one.name: "x" if pa.types.is_string(one.type) else 0 for one in needed} | given])
