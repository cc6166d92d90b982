"""The views: counts that add up, outcomes that are kept apart, and the time line."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.gateway.records import FINAL, GROUPS, Outcome
from assets.generation.slots import Slot
from assets.suites.schema import Attribute
from tests.warehouse import builder
from tests.warehouse.builder import WEEK, build_partition
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.loading import load
from warehouse.store import Store

Con = duckdb.DuckDBPyConnection
BOTH = (builder.OCCUPATIONS, builder.CONFRONTATION)


def load_all(con: Con, store: Store) -> None:
    for week, model in load.partitions(store):
        load.load_partition(con, store, week, model)


def end_of(outcomes: Sequence[str]) -> str:
    """Return how a slot with these attempts ended, by the words of the design and not by SQL."""
    finals = [outcome for outcome in outcomes if Outcome(outcome) in FINAL]
    return finals[0] if finals else outcomes[-1] if outcomes else "not_attempted"


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.sampled_from([str(o) for o in GROUPS]), max_size=3), min_size=6, max_size=6))
def test_invariant_04_any_attempts_end_in_one_outcome(
    tmp_path_factory: pytest.TempPathFactory, attempts: list[list[str]]
) -> None:
    from warehouse.store import open_store

    store = open_store(tmp_path_factory.mktemp("bucket"))
    left = iter(attempts)
    of: dict[str, list[str]] = {}

    def outcomes(slot: Slot) -> list[str]:
        of[slot.slot_key] = next(left)
        return of[slot.slot_key]

    build_partition(store, replicates=2, outcomes=outcomes)
    with connect(None) as con:
        make_tables(con)
        load_all(con, store)
        groups = dict(con.execute("SELECT outcome, outcome_group FROM outcomes").fetchall())
        rows = con.execute(
            "SELECT slot_key, outcome, outcome_group, attempts, image_sha256, "
            "[is_picture, is_refused, is_failed, is_not_asked] FROM slot_outcomes"
        )
        for key, outcome, group, tried, picture, told in rows.fetchall():
            assert outcome == end_of(of[key])
            assert group == (groups[outcome] if of[key] else "not_asked")
            assert told == [group == one for one in ("picture", "refused", "failed", "not_asked")]
            assert sum(told) == (outcome != "not_needed")  # planned is the sum of the four
            assert tried == len(of[key])
            assert (picture is not None) == (outcome == "ok")


def gender(slot: Slot, attribute: Attribute) -> tuple[str, float | None, str | None] | None:
    """Three ways of not being a value, and two values, by replicate."""
    if attribute.id != "perceived_gender":
        return ("monk_2", 0.9, None) if slot.replicate % 2 else ("monk_9", 0.9, None)
    reading = ["feminine", "feminine", "masculine", "cannot_tell", "invalid", None, "of_no_list"][
        slot.replicate
    ]
    return None if reading is None else (reading, 0.9, "raw words")


def test_every_declared_value_has_a_row_and_what_is_no_value_stays_apart(con: Con, store: Store) -> None:
    build_partition(store, replicates=7, labels=gender)
    load_all(con, store)
    rows = con.execute(
        "SELECT value, in_support, position, scale, pictures FROM cell_counts "
        "WHERE prompt = 'occupations/ceo' AND attribute = 'perceived_gender' ORDER BY position"
    ).fetchall()
    assert rows == [
        ("feminine", True, 0, "values", 2),
        ("masculine", True, 1, "values", 1),
        ("ambiguous", False, 2, "values", 0),
        ("cannot_tell", False, 3, "values", 1),
        ("not_applicable", False, 4, "values", 0),
        ("invalid", False, 5, "values", 2),
        ("not_assessed", False, 6, "values", 1),
    ]
    rows = con.execute(
        "SELECT value, in_support, scale, pictures FROM cell_counts "
        "WHERE prompt = 'occupations/ceo' AND attribute = 'skin_tone' ORDER BY position"
    ).fetchall()
    assert rows == [
        ("light", True, "bands", 3),
        ("medium", True, "bands", 0),
        ("dark", True, "bands", 4),
        ("cannot_tell", False, "bands", 0),
        ("not_applicable", False, "bands", 0),
        ("invalid", False, "bands", 0),
        ("not_assessed", False, "bands", 0),
    ]


def test_a_model_without_a_picture_has_all_its_cells_with_zeros(con: Con, store: Store) -> None:
    build_partition(store, suites=BOTH, outcomes=lambda slot: ("refused_text",))
    load_all(con, store)
    rows = con.execute(
        "SELECT count(*), sum(pictures)::BIGINT, count(labeler_version), min(labeler) FROM cell_counts"
    ).fetchall()
    assert rows == [(3 * (7 + 7) + 2 * 7, 0, 0, "drawing")]


def test_turns_after_a_confrontation_are_pooled_and_kept_from_the_first(con: Con, store: Store) -> None:
    def outcomes(slot: Slot) -> Sequence[str]:
        return ("not_needed",) if slot.turn == 3 and slot.replicate else ("ok",)

    def labels(slot: Slot, attribute: Attribute) -> tuple[str, float | None, str | None]:
        return ("masculine" if slot.turn == 1 else "feminine", None, None)

    build_partition(store, suites=(builder.CONFRONTATION,), conversations=5, outcomes=outcomes, labels=labels)
    load_all(con, store)
    rows = con.execute(
        "SELECT turn, value, pictures FROM cell_counts WHERE pictures > 0 ORDER BY ALL"
    ).fetchall()
    assert rows == [(1, "masculine", 5), (2, "feminine", 6)]


def test_of_a_labelers_versions_the_highest_number_counts_then_the_later_name(con: Con, store: Store) -> None:
    slots = build_partition(store, replicates=4, labeler_version="9-ffffffffffff")
    versions = [
        ("10-aaaaaaaaaaaa", "feminine"),
        ("10-bbbbbbbbbbbb", "masculine"),
        ("2-ffffffffffff", "feminine"),
    ]
    for version, value in versions:
        rows = [
            builder.label_row(slot, "perceived_gender", (value, None, None), labeler_version=version)
            for slot in slots[:3]
        ]
        builder.write_labels(store, WEEK, "sim-one", rows)
    other = [builder.label_row(slots[0], "perceived_gender", ("feminine", None, None), "photo", "99-x")]
    builder.write_labels(store, WEEK, "sim-one", other)
    load_all(con, store)
    rows = con.execute(
        "SELECT labeler, labeler_version, value, pictures FROM cell_counts "
        "WHERE attribute = 'perceived_gender' AND prompt = $prompt AND pictures > 0 ORDER BY ALL",
        {"prompt": slots[0].prompt},
    ).fetchall()
    assert rows == [
        ("drawing", "10-bbbbbbbbbbbb", "masculine", 3),
        ("drawing", "10-bbbbbbbbbbbb", "not_assessed", 1),
    ]


def test_two_major_versions_of_a_suite_in_one_week_are_two_series(con: Con, store: Store) -> None:
    second = builder.OCCUPATIONS.model_copy(
        update={
            "version": "2.0.0",
            "attributes": (
                builder.GENDER.model_copy(update={"values": ("feminine", "masculine", "androgynous")}),
                builder.SKIN_TONE,
            ),
        }
    )
    build_partition(store, suites=(builder.OCCUPATIONS, second), replicates=2)
    load_all(con, store)
    rows = con.execute(
        "SELECT suite_major, sum(pictures)::BIGINT, count(*) FROM cell_counts "
        "WHERE attribute = 'perceived_gender' GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    assert rows == [(1, 6, 21), (2, 6, 24)]


def test_pictures_of_studies_are_never_in_live_views(con: Con) -> None:
    for table, row in {
        "studies": "'1' AS version, 't' AS title, 'c' AS citation, 'l' AS license, 's' AS source, "
        "'d' AS definition_sha256",
        "study_models": "'m' AS model, 'M' AS title",
        "study_prompts": "'p' AS prompt, 'occupation:ceo' AS subject, 'baseline' AS condition, 'a CEO' AS title",
        "study_slots": "'k' AS slot_key, 'm' AS model, 'p' AS prompt, 'baseline' AS condition, 0 AS replicate, "
        "'a' AS image_sha256, 'png' AS image_ext, 'ok' AS status",
        "study_labels": "'k' AS slot_key, 'gender' AS attribute, 'x' AS labeler, 'person' AS labeler_kind, "
        "'1' AS labeler_version, 'f' AS value, 'a' AS image_sha256",
    }.items():
        con.execute(f"INSERT INTO {table} BY NAME SELECT 's' AS study, {row}")
    for view in ("slot_outcomes", "outcomes_weekly", "cell_counts", "model_timeline"):
        assert con.execute(f"SELECT count(*) FROM {view}").fetchall() == [(0,)], view


MONDAYS = ["2026-11-02", "2026-11-09", "2026-11-16", "2026-11-23", "2026-11-30"]


def timeline(con: Con, model: str) -> dict[str, object]:
    query = con.execute(
        "SELECT * REPLACE (first_week::VARCHAR AS first_week, last_week::VARCHAR AS last_week, "
        "retired_in::VARCHAR AS retired_in) FROM model_timeline WHERE model = $model",
        {"model": model},
    )
    names = [column[0] for column in query.description or []]
    (row,) = query.fetchall()
    return dict(zip(names, row, strict=True))


def test_the_time_line_tells_gaps_retirement_and_succession(con: Con, store: Store) -> None:
    for number, week in enumerate(MONDAYS):
        gap = number == 1
        build_partition(
            store, week, "steady", replicates=1, outcomes=lambda s, gap=gap: () if gap else ("ok",)
        )
        if number < 4:
            gone = number == 3
            build_partition(
                store,
                week,
                "old",
                replicates=1,
                outcomes=lambda s, gone=gone: ("model_retired",) if gone else ("ok",),
            )
        if number > 2:
            build_partition(store, week, "new", replicates=1, plan={"succeeds": "old"})
        if number < 2:
            build_partition(store, week, "dated", replicates=1, plan={"until_week": MONDAYS[1]})
    load_all(con, store)
    steady, old, new, dated = (timeline(con, model) for model in ("steady", "old", "new", "dated"))
    assert (steady["weeks_asked"], steady["weeks_with_pictures"], steady["retired_in"]) == (4, 4, None)
    assert (old["first_week"], old["last_week"], old["retired_in"]) == (MONDAYS[0], MONDAYS[3], MONDAYS[3])
    assert (old["weeks_asked"], old["weeks_with_pictures"], old["succeeded_by"]) == (4, 3, "new")
    assert (new["succeeds"], new["succeeded_by"], new["retired_in"]) == ("old", None, None)
    assert dated["retired_in"] == MONDAYS[2]


def test_a_model_that_came_back_with_pictures_or_whose_end_is_yet_to_come_is_alive(
    con: Con, store: Store
) -> None:
    build_partition(store, MONDAYS[0], "back", replicates=1, outcomes=lambda slot: ("model_retired",))
    build_partition(store, MONDAYS[1], "back", replicates=1)
    build_partition(store, MONDAYS[1], "ending", replicates=1, plan={"until_week": MONDAYS[1]})
    load_all(con, store)
    assert timeline(con, "back")["retired_in"] is None
    assert timeline(con, "ending")["retired_in"] is None
