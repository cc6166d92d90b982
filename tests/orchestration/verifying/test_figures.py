"""An edition's counts and figures, computed again from its plans, answers and labels; what was changed is reported."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from pathlib import Path
from tempfile import mkdtemp

import duckdb
import pytest

from assets.generation.slots import Slot
from assets.leaderboard.documents import ANALYSIS
from assets.leaderboard.edition import publish
from assets.metrics.declared import load_declared
from assets.metrics.pipeline import score_labels, score_spans, score_study
from assets.suites.loader import load_suites
from assets.suites.schema import Attribute
from orchestration.resources import code_version
from orchestration.verifying import again
from orchestration.verifying.report import VerifiedEdition, VerifyReport
from tests.orchestration.verifying.forging import Edition, download
from tests.warehouse import builder
from tests.warehouse.studies import study_tables
from warehouse import occasions
from warehouse.database.published import search_all
from warehouse.database.schema import open_warehouse
from warehouse.loading import load
from warehouse.loading.counts import insert_counts
from warehouse.store import open_store
from warehouse.weeks import shift

WEEK = "2026-11-23"
WEEKS = [shift(WEEK, -back) for back in reversed(range(7))]
STARTUP = load_suites()["startup-ceo@2"]
STARTUP = STARTUP.model_copy(
    update={
        "prompts": tuple(
            prompt.model_copy(update={"attributes": ("perceived_gender",)})
            for prompt in STARTUP.prompts
            if prompt.id in ("ceo", "ceo-his", "ceo-their")
        )
    }
)
#: Table → a change of one number that nothing else in the edition follows.
CHANGES = {
    "counts": "pictures = pictures + 1",
    "answers": "planned = planned + 1",
    "draws": "squares = squares + 1",
    "figures": "estimate = estimate * (1 + 1e-6)",
    "boards": "models = models + 1",
    "board_ranks": "rank_low = rank_low + 1",
    "board_pairs": "told_apart = NOT told_apart",
    "words": "k_a = k_a + 1",
    "changes": "series = series - 1",
    "claim_shares": "verdict = 'yes'",
    "agreement": "agreed = agreed - 1",
    "labeler_drift": "pictures = pictures + 1",
}


def _labels(slot: Slot, attribute: Attribute) -> tuple[str, float | None, str | None]:
    """Return women for the last two weeks of one model, men before."""
    if attribute.id != "perceived_gender":
        return builder.draw(slot, attribute)
    moved = slot.model == "sim-one" and slot.week >= WEEKS[-2]
    return "feminine" if moved or slot.replicate == 0 else "masculine", 1.0, None


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An edition of two models in seven weeks, of which one changed, and a study; read only, for copying."""
    folder = tmp_path_factory.mktemp("figures")
    store = open_store(folder / "store")
    with open_warehouse(None) as con:
        for week in WEEKS:
            for model in ("sim-one", "sim-two"):
                slots = builder.build_partition(
                    store,
                    week,
                    model,
                    suites=(builder.OCCUPATIONS, STARTUP),
                    replicates=6,
                    labels=_labels,
                    plan={"grid": 2},
                )
                other = [
                    builder.label_row(slot, "perceived_gender", ("feminine", 1.0, None), "photo", "1-abcdef")
                    for slot in slots[:8]
                ]
                builder.write_labels(store, week, model, other)
                load.load_partition(con, store, week, model)
            moved = "monk_1" if week < WEEK else "monk_9"
            con.execute(
                f"INSERT INTO anchor_labels BY NAME SELECT DATE '{week}' AS week, 'mine' AS anchor_set, "
                "repeat('a', 64) AS image_sha256, 'skin_tone' AS attribute, 'drawing' AS labeler, "
                f"'{builder.LABELER_VERSION}' AS labeler_version, '{moved}' AS value"
            )
        _add_study(con)
        load_declared(con)
        for week in WEEKS:
            score_labels(con, week)
        score_study(con, "tiny")
        score_spans(con, WEEKS)
        edition = publish(con, store, week=WEEK, code_version=code_version()).id
    return download(store, edition, folder / "edition")


def _add_study(con: duckdb.DuckDBPyConnection) -> None:
    said = {(model, "baseline", prompt): ["a", "b", "b", "b", "b", "a"] for model in "mn" for prompt in "pq"}
    load.replace_results(con, occasions.study("tiny"), study_tables(said, {"a": True, "b": True}))
    con.execute(
        "INSERT INTO studies BY NAME SELECT 'tiny' AS study, '1' AS version, 'Tiny' AS title, '-' AS citation, "
        "'-' AS license, '-' AS source, '0' AS definition_sha256"
    )
    insert_counts(con, {"study": "tiny"})


@pytest.fixture
def edition(published: Path, tmp_path: Path) -> Edition:
    """A copy that a test may change."""
    return Edition(Path(shutil.copytree(published, tmp_path / "edition")))


def verified(edition: Edition, tables: Collection[str] = ()) -> VerifyReport:
    """Return what making again finds after the files of some tables were written from the changed rows."""
    edition.export(tables)
    edition.sign()
    report = VerifyReport("e")
    again.make(
        VerifiedEdition(edition.root, edition.manifest, report),
        Path(mkdtemp(dir=edition.root.parent)),
    )
    return report


def test_what_is_computed_is_compared() -> None:
    followed = {*load.COUNTED_TABLES, *load.COMPUTED_TABLES} - {*again.GIVEN}
    assert CHANGES.keys() == followed - {"labeler_error"}  # of gold


def test_an_edition_s_counts_and_figures_follow_from_its_labels(edition: Edition) -> None:
    edition.sql("UPDATE figures SET estimate = estimate * (1 + 1e-12) WHERE estimate IS NOT NULL")
    report = verified(edition, ["figures"])
    unchecked = ": check "  # of this edition, which no week's checks were kept for
    assert [line for line in report.differences if unchecked not in line] == []
    assert report.counts > 500
    assert report.figures > 500
    with duckdb.connect(str(edition.database), read_only=True) as con:
        search_all(con)
        assert [table for table in CHANGES if con.execute(f"SELECT 1 FROM {table}").fetchone() is None] == []


def test_each_number_that_was_changed_is_reported(edition: Edition) -> None:
    for table, change in CHANGES.items():
        edition.sql(
            f"UPDATE {table} SET {change} WHERE rowid = (SELECT min(rowid) FROM {table} "
            f"WHERE {change.split(' ')[0]} IS NOT NULL AND week IS NOT NULL)"
        )
    edition.sql(
        "UPDATE figures SET n = n + 1 WHERE study = 'tiny'",
        f"UPDATE words SET week = week + 7 WHERE week = DATE '{WEEK}'",
    )
    report = verified(edition, CHANGES)
    said = {line.partition(" of ")[2]: line for line in report.differences if " of " in line}
    assert {f"{table} differ when made again" for table in CHANGES} <= said.keys()
    weeks = "".join(report.differences)
    assert all(f"/week={week}/" in weeks for week in (WEEKS[0], WEEK, shift(WEEK, 1)))
    assert any(line.startswith("tables/figures/week=none/") for line in report.differences)


def test_the_analysis_file_is_that_of_the_tables_and_of_its_hash(edition: Edition) -> None:
    line = "  - {suite: occupations@1, attribute: skin_tone, reference: uniform}\n"
    edition.text(ANALYSIS, line, "")
    report = verified(edition)
    assert f"{ANALYSIS} is not the file of analysis_plan_sha256" in report.differences
    assert any("of yardsticks differ" in one or "data/yardsticks" in one for one in report.differences)
    (edition.folder / ANALYSIS).unlink()
    assert f"{ANALYSIS} is not the file of analysis_plan_sha256" in verified(edition).differences


def test_rows_that_nothing_can_be_computed_of_are_one_line(edition: Edition) -> None:
    edition.sql("UPDATE plans SET labeler = 'nobody', params_hash = ''")
    report = verified(edition, ["plans"])
    assert any("of counts differ when made again" in line for line in report.differences)
    assert all("\n" not in line and "Traceback" not in line for line in report.lines())
