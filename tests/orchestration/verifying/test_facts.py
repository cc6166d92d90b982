"""Results of checks, hashes and texts, made again from an edition's rows: no false alarm, and forgeries by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from assets.generation.slots import Slot
from assets.labeling.anchors.sets import write_set
from assets.labeling.gold.simulated import simulated_gold
from assets.suites.loader import load_attributes
from orchestration import weekly
from orchestration.verifying import again, facts
from orchestration.verifying.report import VerifiedEdition, VerifyReport
from tests.orchestration.conftest import ask
from tests.orchestration.installation import MODELS, NEXT, WEEK, Installation
from tests.orchestration.verifying.forging import Edition, download
from tests.orchestration.verifying.test_clean_stores import STORES, install
from tests.orchestration.verifying.test_clean_stores import published as publish
from tests.warehouse import builder
from tests.warehouse.checks.test_checks_read_one_week import OTHER_WEEKS
from warehouse.database.connection import connect
from warehouse.database.published import search_all
from warehouse.database.schema import open_warehouse

TAKEN = "taken as published, for they read the store: checks images__bytes_as_stored and plans__as_in_bucket"


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


def rows_of(made: Installation, edition: str, folder: Path) -> Edition:
    """Return an edition in a folder, whose rows can be changed."""
    return Edition(download(made.store, edition, folder / "downloaded"))


def forge(edition: Edition, *statements: str) -> None:
    """Change rows; a statement that changes none fails the test."""
    with duckdb.connect(str(edition.database)) as con:
        search_all(con)
        for statement in statements:
            assert con.execute(statement).fetchall() > [(0,)], statement


def test_checks_that_look_at_other_weeks_are_known() -> None:
    gold = {
        name for name in OTHER_WEEKS if name.startswith("gold_")
    }  # weeks are checked again with their gold
    assert {*facts.OF_OTHER_WEEKS} == {*OTHER_WEEKS} - gold | {"anchor_labels__present"}  # sets have no week


def test_two_weeks_and_a_study_give_no_false_alarm(following: Installation, tmp_path: Path) -> None:
    report = told(rows_of(following, f"{NEXT}.1", tmp_path), tmp_path)
    assert (report.differences, report.unchecked, report.notes) == ([], [], [TAKEN])


def _labeled_again(made: Installation) -> None:
    """Add labels of another labeler, and gold, for the week that was published."""
    with connect(made.settings.warehouse, read_only=True) as con:
        rows = con.execute(
            "FROM slots INNER JOIN images USING (week, model, slot_key) WHERE model = 'sim-drift'"
        )
        there = rows.to_arrow_table().to_pylist()
    said = ("perceived_gender", ("feminine", 0.9, "female"), "photo", "1-abcdef")
    late = [
        builder.label_row(
            Slot(**{name: row[name] for name in Slot.model_fields} | {"week": WEEK}),
            *said,
            row["image_sha256"],
        )
        for row in there
    ]
    assert builder.write_labels(made.store, WEEK, "sim-drift", late)
    simulated_gold(made.store, WEEK, MODELS, pictures=8)


def _anchored(made: Installation) -> None:
    """Add an anchor set of one picture."""
    with connect(made.settings.warehouse, read_only=True) as con:
        ((picture,),) = con.execute("SELECT min(image_sha256) FROM images").fetchall()
    gender = [one for one in load_attributes() if one.id == "perceived_gender"]
    anchor = {"image_sha256": picture, "image_ext": "png", "attributes": ["perceived_gender"]}
    assert write_set(made.store, "mine", gender, [anchor], about="one", frozen_at="2026-11-16T00:00:00Z")


@pytest.mark.parametrize(("later", "weeks"), [(_labeled_again, 0), (_anchored, 1)])
def test_what_came_after_a_week_was_published_gives_no_false_alarm(
    later: Callable[[Installation], None], weeks: int, published: Installation, tmp_path: Path
) -> None:
    later(published)
    ask(published, NEXT)
    weekly.publish(published.place(), published.settings, NEXT, note=lambda text: None)
    report = told(rows_of(published, f"{NEXT}.1", tmp_path), tmp_path)
    assert (report.differences, report.unchecked) == ([], [])
    said = f"check anchor_labels__present says otherwise on the tables in 1 of 2 weeks, first {WEEK}; "
    assert [line.startswith(said) for line in report.notes if line != TAKEN] == [True] * weeks


def test_a_result_of_other_weeks_is_compared_in_the_last_week(
    following: Installation, tmp_path: Path
) -> None:
    edition = rows_of(following, f"{NEXT}.1", tmp_path)
    forge(edition, "UPDATE check_results SET status = 'fail' WHERE check_name = 'images__once_in_model'")
    report = told(edition, tmp_path)
    assert report.differences == [
        f"week {NEXT}: check images__once_in_model says fail holds, and the tables give pass holds"
    ]
    assert any(
        f"images__once_in_model says otherwise on the tables in 1 of 2 weeks, first {WEEK};" in line
        for line in report.notes
    )


def test_the_text_of_a_later_turn_is_that_of_its_suite(tmp_path: Path) -> None:
    made = install(tmp_path / "home")
    STORES["models of both tracks"](made.store, tmp_path)
    edition = rows_of(made, publish(made), tmp_path)
    later = "slot_key IN (SELECT slot_key FROM slots WHERE turn = 2)"
    forge(edition, f"UPDATE attempts SET prompt_sent = 'Draw only men.' WHERE {later}")
    (line,) = told(edition, tmp_path).differences
    assert " of attempts are not those of startup-ceo@" in line


def test_a_suite_that_is_not_shipped_is_noted(published_once: Installation, tmp_path: Path) -> None:
    edition = rows_of(published_once, f"{WEEK}.1", tmp_path)
    forge(edition, "UPDATE prompts SET suite_hash = repeat('0', 64)")
    report = told(edition, tmp_path)
    assert (report.differences, report.notes[1:]) == (
        [],
        ["texts of suites that are not shipped are the operator's word: startup-ceo@1.0.0"],
    )
