"""Results of checks, hashes and texts, made again from an edition's rows: no false alarm, and forgeries by name."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration.verifying import figures
from orchestration.verifying.facts import checks, hashes
from orchestration.verifying.report import VerifyReport
from tests.orchestration.installation import NEXT, WEEK, Installation
from tests.orchestration.verifying.forging import Edition, download
from tests.orchestration.verifying.test_clean_stores import STORES, TRIED, install, published
from warehouse.database.published import search_all
from warehouse.database.schema import open_warehouse

TAKEN = "taken as published, for they read the store: checks images__bytes_as_stored and plans__as_in_bucket"
#: Forgery → (table, what is set, where), and what is said of it; all of them are in one edition.
FORGED: dict[str, tuple[str, str]] = {
    "a prompt that was sent": (
        "UPDATE attempts SET prompt_sent = 'a woman' WHERE slot_key = (SELECT min(slot_key) FROM slots WHERE turn = 1)",
        f"week {WEEK}: check attempts__prompt_as_planned says passed, and fails on the tables: ",
    ),
    "calls twenty days before their week": (
        "UPDATE attempts SET requested_at = requested_at - INTERVAL 20 DAY",
        f"week {WEEK}: check attempts__asked_in_week says passed, and fails on the tables: ",
    ),
    "a retry that is hidden": (
        "UPDATE attempts SET attempt = 3 WHERE slot_key = (SELECT max(slot_key) FROM slots)",
        f"week {WEEK}: check attempts__numbered says passed, and fails on the tables: ",
    ),
    "what a labeler said": (
        "UPDATE labels SET raw = 'feminine' WHERE value = 'masculine'",
        f"week {WEEK}: check labels__raw_matches says passed, and fails on the tables: ",
    ),
    "a result that is another": (
        "UPDATE check_results SET status = 'fail', failing_rows = 1 WHERE check_name = 'figures__in_range'",
        f"week {WEEK}: check figures__in_range says failed, and passes on the tables",
    ),
    "a result that is gone": (
        "DELETE FROM check_results WHERE check_name = 'plans__week_is_monday'",
        f"week {WEEK}: check plans__week_is_monday has no result, and passes on the tables",
    ),
    "a result of the store that is gone": (
        "DELETE FROM check_results WHERE check_name = 'plans__as_in_bucket'",
        f"week {WEEK}: check plans__as_in_bucket has no result",
    ),
    "a check that nobody knows": (
        f"INSERT INTO check_results VALUES (DATE '{WEEK}', NULL, 'labels__true', 'critical', 'pass', 0, 'holds')",
        f"week {WEEK}: labels__true has a result and is no check of this code",
    ),
    "other words": (
        "UPDATE check_results SET message = 'all is well' WHERE check_name = 'counts__add_up'",
        f"week {WEEK}: check counts__add_up says passed in other words (all is well), and passes on the tables",
    ),
    "who is withheld": (
        f"INSERT INTO withheld VALUES (DATE '{WEEK}', 'sim-one', 'late')",
        f"week {WEEK}: sim-one is withheld for what no check says: late",
    ),
    "a replicate": (
        "UPDATE slots SET replicate = replicate + 100 WHERE slot_key = (SELECT min(slot_key) FROM slots)",
        "1 row of slots have a key of another plan, prompt or number",
    ),
    "an outcome of another group": (
        "UPDATE outcomes SET outcome_group = 'not_asked' WHERE outcome = 'refused_text'",
        "2 rows of outcomes are not those of this code",
    ),
    "parameters": (
        'UPDATE plans SET params = \'{"quality":"high"}\'',
        "params_hash is not the hash of the parameters",
    ),
}


def told(database: Path, folder: Path) -> VerifyReport:
    """Return what is said of the rows of an edition in a DuckDB file."""
    report = VerifyReport("e")
    figures.compare(database, folder, VerifyReport("e"))
    with open_warehouse(folder / "again.duckdb") as con:
        con.execute(f"ATTACH '{database}' AS edition (READ_ONLY)")
        checks.compare(con, report)
        hashes.compare(con, report)
    return report


def rows_of(made: Installation, edition: str, folder: Path) -> Path:
    """Return a DuckDB file, to be changed, with the rows of an edition."""
    return Edition(download(made.store, edition, folder / "downloaded")).database


def forge(database: Path, *statements: str) -> None:
    """Change rows; a statement that changes none fails the test."""
    with duckdb.connect(str(database)) as con:
        search_all(con)
        for statement in statements:
            assert con.execute(statement).fetchall() > [(0,)], statement


def test_two_weeks_and_a_study_give_no_false_alarm(following: Installation, tmp_path: Path) -> None:
    report = told(rows_of(following, f"{NEXT}.1", tmp_path), tmp_path)
    assert (report.differences, report.unchecked, report.notes) == ([], [], [TAKEN])


@pytest.mark.parametrize("name", TRIED)
def test_a_clean_store_gives_no_false_alarm(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLICHE_HOME", str(tmp_path / "home"))
    made = install(tmp_path / "home")
    STORES[name](made.store, tmp_path)
    report = told(rows_of(made, published(made), tmp_path), tmp_path)
    assert (report.differences, report.unchecked) == ([], [])


def test_each_forgery_is_reported_by_name(published_once: Installation, tmp_path: Path) -> None:
    database = rows_of(published_once, f"{WEEK}.1", tmp_path)
    shutil.copyfile(database, clean := tmp_path / "clean.duckdb")
    for number, names in enumerate(([*FORGED][:-1], [*FORGED][-1:])):
        shutil.copyfile(clean, database)
        forge(database, *(FORGED[name][0] for name in names))
        (folder := tmp_path / str(number)).mkdir()
        report = told(database, folder)
        for name in names:
            assert any(FORGED[name][1] in line for line in report.differences), (name, report.lines())
