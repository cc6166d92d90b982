"""Scores of a week depend on that week alone: made together, one by one, or again after a change, they are the same."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

from assets.generation.workplace import Workplace
from assets.metrics.scores import table as scores
from assets.metrics.scores.table import SCORES, compute_scores, scores_between, scores_of
from assets.metrics.week import score_all, score_weeks
from assets.suites.loader import load_suites
from assets.suites.schema import Attribute, Reference, ReferenceRow
from tests.warehouse import builder
from tests.warehouse.builder import WEEK, build_partition
from tests.warehouse.results.test_tallies import outcomes, some
from warehouse.database.connection import connect
from warehouse.database.rebuild import rebuild
from warehouse.database.schema import make_tables
from warehouse.database.table_hash import table_hash
from warehouse.loading.load import load_partition, partitions, replace_week
from warehouse.store import Store
from warehouse.weeks import shift

Con = duckdb.DuckDBPyConnection
WEEKS = [shift(WEEK, number) for number in range(-5, 1)]
LOST = WEEKS[2]  # nothing was asked in this week
NARROW = WEEKS[
    4
]  # its arrays are less wide than those of the other weeks, in which an attribute has nine values
WIDE = load_suites()["startup-ceo@1"]
DRESS = Attribute(
    id="dress", title="Dress", question="Which?", values=tuple("abcdefg"), outside=("cannot_tell",)
)
UNEVEN = (0.17, 0.11, 0.09, 0.13, 0.07, 0.06, 0.03, 0.12, 0.05, 0.17)
FEW = builder.OCCUPATIONS.model_copy(
    update={
        "attributes": (DRESS,),
        "prompts": tuple(
            prompt.model_copy(update={"attributes": ("dress",)}) for prompt in builder.OCCUPATIONS.prompts
        ),
        "references": (
            Reference(
                id="uneven",
                attribute="dress",
                rows=(
                    ReferenceRow(
                        shares=dict(zip("abcdefg", (0.37, 0.11, 0.09, 0.13, 0.07, 0.06, 0.17), strict=True))
                    ),
                ),
            ),
        ),
    }
)


@pytest.fixture
def bucket(store: Store) -> Store:
    """Six weeks of two models: one week is missing, one asks for less, each has outcomes and labels of its own."""
    for week in WEEKS:
        for model in ("sim-one", "sim-two"):
            if week == LOST:
                continue
            suites = (FEW,) if week == NARROW else (builder.OCCUPATIONS, WIDE)
            build_partition(
                store,
                week,
                model,
                suites=suites,
                outcomes=outcomes,
                labels=some,
                replicates=6,
                conversations=3,
            )
    return store


def loaded(bucket: Store) -> Con:
    con = connect(None)
    make_tables(con)
    for week, model in partitions(bucket):
        load_partition(con, bucket, week, model)
    return con


def hash_of(con: Con) -> str:
    return table_hash(con, "scores")


def one_by_one(con: Con) -> str:
    con.execute("DELETE FROM scores")
    for week in WEEKS:
        replace_week(con, "scores", week, compute_scores(con, week))
    return hash_of(con)


def together(con: Con) -> str:
    con.execute("DELETE FROM scores")
    for week, rows in scores_of(con, WEEKS):
        replace_week(con, "scores", week, rows)
    return hash_of(con)


def test_weeks_made_together_have_the_scores_of_weeks_made_one_by_one(bucket: Store) -> None:
    assert scores.WEEKS_AT_ONCE == 2, "two pairs of weeks, one of them a wide and a narrow one, and one alone"
    with loaded(bucket) as con:
        assert together(con) == one_by_one(con)
        weeks = con.execute("SELECT week::VARCHAR FROM scores GROUP BY week ORDER BY week").fetchall()
        assert [week for (week,) in weeks] == [week for week in WEEKS if week != LOST]


def test_a_confrontation_in_one_week_leaves_the_last_digit_of_another_as_it_was(store: Store) -> None:
    """Only what came after it stands for its suite: cells are left out, in the batch of weeks too."""
    tone = builder.SKIN_TONE.model_copy(update={"bands": {}})
    skin = {"attributes": ("skin_tone",)}
    plain = builder.OCCUPATIONS.model_copy(
        update={
            "attributes": (tone,),
            "prompts": tuple(prompt.model_copy(update=skin) for prompt in builder.OCCUPATIONS.prompts),
            "references": (
                Reference(
                    id="uneven",
                    attribute="skin_tone",
                    rows=(
                        ReferenceRow(
                            shares={f"monk_{step}": share for step, share in enumerate(UNEVEN, start=1)}
                        ),
                    ),
                ),
            ),
        }
    )
    asked = builder.CONFRONTATION.model_copy(
        update={
            "attributes": (tone,),
            "prompts": tuple(prompt.model_copy(update=skin) for prompt in builder.CONFRONTATION.prompts),
            "references": (),
        }
    )
    options: dict[str, Any] = {"labels": some, "replicates": 9, "conversations": 4}
    for model in range(12):
        build_partition(store, WEEKS[0], f"sim-{model}", suites=(plain,), **options)
    build_partition(store, WEEKS[1], "sim-one", suites=(plain, asked), **options)
    with loaded(store) as con:
        both = scores_between(con, WEEKS[0], WEEKS[1])
        for week in WEEKS[:2]:
            assert both[week].cast(SCORES).equals(compute_scores(con, week))


@pytest.mark.parametrize("models", [1, 2])
def test_a_week_of_a_single_cell_has_the_same_last_digit_beside_others(store: Store, models: int) -> None:
    """Sums over the values of one cell alone must run as they do over those of many."""
    tone = builder.SKIN_TONE.model_copy(update={"bands": {}})
    for number, week in enumerate(WEEKS[:4]):
        one = builder.OCCUPATIONS.prompts[0].model_copy(update={"attributes": ("skin_tone",)})
        rows = (ReferenceRow(shares={f"monk_{step}": share for step, share in enumerate(UNEVEN, start=1)}),)
        suite = builder.OCCUPATIONS.model_copy(
            update={
                "attributes": (tone,),
                "prompts": (one,),
                "references": (Reference(id="uneven", attribute="skin_tone", rows=rows),),
            }
        )
        for model in range(models):
            build_partition(store, week, f"sim-{model}", suites=(suite,), labels=some, replicates=23 + number)
    with loaded(store) as con:
        together = scores_between(con, WEEKS[0], WEEKS[3])
        for week in WEEKS[:4]:
            assert together[week].cast(SCORES).equals(compute_scores(con, week))


def test_a_week_that_is_not_there_has_no_scores(bucket: Store) -> None:
    with loaded(bucket) as con:
        assert compute_scores(con, LOST).num_rows == 0
        assert LOST not in scores_between(con, WEEKS[0], WEEKS[-1])
        assert scores_between(con, LOST, LOST) == {}
        assert [rows.num_rows for _, rows in scores_of(con, [LOST])] == [0]
        assert [*scores_of(con, [])] == []


def test_a_week_changed_deleted_and_loaded_again_leaves_the_others_as_they_were(bucket: Store) -> None:
    with loaded(bucket) as con:
        first = one_by_one(con)
        changed = WEEKS[1]
        others = f"SELECT * FROM scores WHERE week <> '{changed}' ORDER BY ALL"
        before = con.execute(others).fetchall()

        con.execute(
            "UPDATE labels SET value = 'masculine' WHERE week = $w AND value = 'feminine'", {"w": changed}
        )
        replace_week(con, "scores", changed, compute_scores(con, changed))
        second = hash_of(con)
        assert second != first
        assert con.execute(others).fetchall() == before
        assert together(con) == second

        con.execute("DELETE FROM labels WHERE week = $w", {"w": changed})
        con.execute("DELETE FROM slots WHERE week = $w", {"w": changed})
        con.execute("DELETE FROM plans WHERE week = $w", {"w": changed})
        replace_week(con, "scores", changed, compute_scores(con, changed))
        assert con.execute("SELECT count(*) FROM scores WHERE week = $w", {"w": changed}).fetchall() == [(0,)]
        assert con.execute(others).fetchall() == before
        assert together(con) == hash_of(con)

        for model in ("sim-two", "sim-one"):
            load_partition(con, bucket, changed, model)
        replace_week(con, "scores", changed, compute_scores(con, changed))
        assert hash_of(con) == first == together(con)


def test_week_after_week_and_a_rebuild_give_the_same_scores(store: Store, tmp_path: Path) -> None:
    """Weeks as they come, one of them with more labels later, against everything made anew at once."""
    place = Workplace(
        store=store, warehouse=tmp_path / "weeks.duckdb", suites={}, models=(), code_version="1"
    )
    for week in WEEKS[:2]:
        slots = build_partition(store, week, labels=lambda slot, attribute: None, replicates=3)
        assert score_weeks(place, week) == [week]
    late = [
        builder.label_row(slot, "perceived_gender", ("feminine", None, None), labeler_version="3-late")
        for slot in slots
        if slot.week == WEEKS[1]
    ]
    builder.write_labels(store, WEEKS[1], "sim-one", late)
    assert score_weeks(place, WEEKS[1]) == [WEEKS[1]]
    with connect(place.warehouse, read_only=True) as con:
        first = hash_of(con)
        assert (
            con.execute("SELECT count(*) FROM scores WHERE labeler_version = '3-late'").fetchall()[0][0] > 0
        )
    again = Workplace(
        store=store, warehouse=tmp_path / "again.duckdb", suites={}, models=(), code_version="1"
    )
    rebuild(store, again.warehouse, finish=lambda con: score_all(con, again))
    with connect(again.warehouse, read_only=True) as con:
        assert hash_of(con) == first


def test_nothing_on_the_weekly_path_resamples() -> None:
    """Every interval has a closed form: studies that draw samples are run by `make studies` alone."""
    for path in Path(scores.__file__).parent.glob("*.py"):
        assert not re.search(r"^import random|np\.random|default_rng|bootstrap", path.read_text(), re.M), (
            path.name
        )
