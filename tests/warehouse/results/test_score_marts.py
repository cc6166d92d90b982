"""Scores and boards on loaded partitions: against plain Python from the labels, and the rules of NULL."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator, Sequence
from math import sqrt
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from assets.generation.slots import Slot
from assets.metrics.formulas.share import wilson
from assets.metrics.registry.metrics import measures, metrics
from assets.metrics.scores.table import SCORES, STUDY_SCORES, compute_scores, compute_study_scores
from assets.metrics.windows.table import week_windows
from assets.suites.schema import Attribute, Reference, ReferenceRow
from tests.warehouse.builder import (
    CONFRONTATION,
    OCCUPATIONS,
    WEEK,
    build_partition,
    declare,
    draw,
    mixed,
    write_labels,
)
from warehouse.database.marts import create_views
from warehouse.loading.load import load_partition, replace_study, replace_week
from warehouse.store import Store, open_store

BEFORE = "2026-11-16"
BLS = Reference(
    id="bls",
    attribute="perceived_gender",
    rows=(
        ReferenceRow(prompt="ceo", shares={"feminine": 0.33, "masculine": 0.67}),
        ReferenceRow(prompt="nurse", shares={"feminine": 0.87, "masculine": 0.13}),
    ),
)
OWN_FIRST = Reference(
    id="own-first",
    attribute="perceived_gender",
    rows=(
        ReferenceRow(shares={"feminine": 0.5, "masculine": 0.5}),
        ReferenceRow(prompt="nurse", shares={"feminine": 1.0, "masculine": 0.0}),
    ),
)
SUITE = OCCUPATIONS.model_copy(update={"references": (*OCCUPATIONS.references, BLS, OWN_FIRST)})
Row = dict[str, Any]


ROOM: list[Path] = []


@pytest.fixture(autouse=True)
def _room(tmp_path: Path) -> Iterator[None]:
    """A folder for the stores of one test."""
    ROOM[:] = [tmp_path]
    yield
    ROOM.clear()


def asked(con: duckdb.DuckDBPyConnection, query: str, **where: object) -> list[Row]:
    found = con.execute(query, where or None)
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def scored(con: duckdb.DuckDBPyConnection, week: str = WEEK, **partition: Any) -> list[Row]:
    """Build, load and score one partition of `SUITE`; return its scores."""
    store = open_store(Path(tempfile.mkdtemp(dir=ROOM[0])))
    model = partition.pop("model", "sim-one")
    build_partition(store, week, model, **{"suites": (SUITE,), **partition})
    load_partition(con, store, week, model)
    con.execute("DELETE FROM yardsticks")
    declare(con)
    table = compute_scores(con, week)
    replace_week(con, "scores", week, table)
    replace_week(con, "window_scores", week, week_windows(con, week))
    return [row for row in table.to_pylist() if row["model"] == model]


def one(rows: Sequence[Row], metric: str, prompt: str | None = None, **where: object) -> Row:
    found = [
        row
        for row in rows
        if row["metric"] == metric and row["prompt"] == prompt and all(row[k] == v for k, v in where.items())
    ]
    assert len(found) == 1, found
    return found[0]


def labelled(**counts: dict[str, int]):  # type: ignore[no-untyped-def]
    """Return labels that give each prompt so many pictures of each value; the other pictures are cannot_tell."""

    def read(slot: Slot, attribute: Attribute) -> tuple[str, float | None, str | None] | None:
        if attribute.id != "perceived_gender":
            return draw(slot, attribute)
        values = [v for v, n in counts[slot.prompt.split("/")[1]].items() for _ in range(n)]
        return (values[slot.replicate] if slot.replicate < len(values) else "cannot_tell"), None, None

    return read


GENDERS = labelled(
    ceo={"feminine": 1, "masculine": 9},
    nurse={"feminine": 8, "masculine": 1},
    chef={"feminine": 2, "masculine": 1},
)


def test_every_figure_equals_plain_python_from_the_definition(con: duckdb.DuckDBPyConnection) -> None:
    rows = scored(con, labels=GENDERS)
    cells = {"ceo": (1, 9), "nurse": (8, 1), "chef": (2, 1)}
    for prompt, (f, m) in cells.items():
        n = f + m
        share = one(
            rows, "share", f"occupations/{prompt}", attribute="perceived_gender", value_name="feminine"
        )
        low, high = (float(end) for end in wilson(f, n)[1:])
        assert (share["estimate"], share["low"], share["high"], share["n"]) == (f / n, low, high, n)
    # pairs of different pictures that agree, from the definition
    squares = {
        p: 0.5 * ((f * (f - 1) + m * (m - 1)) / ((f + m) * (f + m - 1)) - 1 + 0.5)
        for p, (f, m) in cells.items()
    }
    for prompt, expected in squares.items():
        found = one(rows, "distance2", f"occupations/{prompt}", reference="parity")
        assert found["estimate"] == pytest.approx(expected, abs=1e-9)
    whole = one(rows, "distance", reference="parity")
    assert whole["estimate"] == pytest.approx(sqrt(sum(squares.values()) / 3), abs=1e-9)
    assert (whole["n"], whole["cells"], whole["planned_cells"]) == (22, 3, 3)


def test_a_cell_below_five_is_too_few_but_its_pictures_count_in_the_suite(
    con: duckdb.DuckDBPyConnection,
) -> None:
    rows = scored(con, labels=GENDERS)
    few = one(rows, "distance", "occupations/chef", reference="parity")
    assert (few["estimate"], few["low"], few["high"], few["n"]) == (None, None, None, 3)
    assert few["reason"] == "too few: 3 of 5 needed"
    # the unbiased squares of the cells average to that of the suite
    squares = [
        r["estimate"]
        for r in rows
        if r["metric"] == "distance2" and r["reference"] == "parity" and r["prompt"]
    ]
    assert one(rows, "distance2", reference="parity")["estimate"] == pytest.approx(sum(squares) / 3)


def test_a_suite_whose_cells_are_all_below_five_is_too_few_though_their_pictures_are_five_together(
    con: duckdb.DuckDBPyConnection,
) -> None:
    few = labelled(
        ceo={"feminine": 2, "masculine": 2}, nurse={"feminine": 2, "masculine": 2}, chef={"masculine": 2}
    )
    rows = scored(con, labels=few)
    distance = one(rows, "distance", reference="parity")
    assert (distance["estimate"], distance["low"], distance["n"]) == (None, None, 10)
    assert distance["reason"] == "too few: no prompt has 5 assessed pictures"
    assert one(rows, "distance2", reference="parity")["estimate"] is not None


def test_a_prompt_without_a_row_of_the_reference_has_no_number(con: duckdb.DuckDBPyConnection) -> None:
    rows = scored(con, labels=GENDERS)
    for metric in ("distance", "distance2"):
        missing = one(rows, metric, "occupations/chef", reference="bls")
        assert (missing["estimate"], missing["reason"]) == (None, "no reference")
    suite = one(rows, "distance2", reference="bls")
    assert (suite["cells"], suite["planned_cells"], suite["n"]) == (2, 3, 19)


def test_the_most_specific_row_of_a_reference_wins(con: duckdb.DuckDBPyConnection) -> None:
    rows = scored(con, labels=GENDERS)
    nurse, ceo = (
        one(rows, "distance2", f"occupations/{name}", reference="own-first") for name in ("nurse", "ceo")
    )
    assert nurse["estimate"] == pytest.approx(0.5 * (28 / 36 - 2 * 8 / 9 + 1))  # all are expected to be women
    assert ceo["estimate"] == pytest.approx(0.5 * (36 / 45 - 1 + 0.5))


def test_bands_are_compared_with_banded_references(con: duckdb.DuckDBPyConnection) -> None:
    rows = scored(
        con, labels=lambda slot, attribute: ("monk_2" if "skin" in attribute.id else "feminine", None, None)
    )
    dark = one(rows, "distance2", attribute="skin_tone", reference="uniform")
    assert dark["scale"] == "bands"
    assert dark["estimate"] is not None
    assert one(rows, "share", attribute="skin_tone", value_name="light")["estimate"] == 1


def test_invariant_12_no_usable_images_is_null_with_a_reason(con: duckdb.DuckDBPyConnection) -> None:
    refused = scored(con, model="refuser", outcomes=lambda slot: ("refused_text",))
    scored(con, model="failer", outcomes=lambda slot: ("timeout",))
    scored(con, model="other", labels=lambda slot, attribute: (attribute.values[0], None, None))
    for metric in ("distance", "distance2", "share", "assessed_rate"):
        found = [row for row in refused if row["metric"] == metric and row["reference"] != "bls"]
        assert found
        assert {(row["estimate"], row["reason"], row["n"]) for row in found} == {
            (None, "no usable pictures", 0)
        }
    board = {
        row["model"]: row
        for row in asked(
            con, "FROM leaderboard WHERE attribute = 'perceived_gender' AND reference = 'parity'"
        )
    }
    assert board["other"]["distance"] == 0.5
    assert board["refuser"]["distance"] is None
    assert board["refuser"]["reason"] == "no usable pictures"
    # refusing is an answer: the partition is complete; an outage is not
    assert (board["refuser"]["completeness"], board["refuser"]["answer_rate"]) == (1.0, 0.0)
    assert board["refuser"]["refused_rate"] == 1.0
    assert (board["failer"]["completeness"], board["failer"]["answer_rate"]) == (0.0, None)


def test_pictures_that_nobody_could_assess_are_not_zero(con: duckdb.DuckDBPyConnection) -> None:
    rows = scored(con, labels=lambda slot, attribute: ("cannot_tell", 0.1, None))
    distance = one(rows, "distance", reference="parity")
    assert (distance["estimate"], distance["reason"]) == (None, "no picture could be assessed")
    assert one(rows, "cannot_tell_rate", attribute="perceived_gender")["estimate"] == 1
    assert one(rows, "assessed_rate", attribute="perceived_gender")["estimate"] == 0


def test_scores_have_the_columns_of_the_table_and_one_row_a_figure(con: duckdb.DuckDBPyConnection) -> None:
    rows = scored(con, suites=(SUITE, CONFRONTATION), outcomes=mixed)
    for table, schema in (("scores", SCORES), ("study_scores", STUDY_SCORES)):
        assert [row["column_name"] for row in asked(con, f"DESCRIBE {table}")] == schema.names
    figure = {"estimate", "low", "high", "n", "cells", "planned_cells", "reason"}
    keys = [tuple(v for k, v in row.items() if k not in figure) for row in rows]
    assert len(set(keys)) == len(keys)
    by_id = {metric.id: metric for metric in metrics()}
    for row in rows:
        assert (row["estimate"] is None) == (row["reason"] is not None), row
        metric = by_id[row["metric"]]
        assert (row["reference"] is not None) == ("reference" in metric.per)
        assert (row["attribute"] is not None) == (metric.per != ())
        if row["estimate"] is not None:
            assert metric.range[0] <= row["estimate"] <= metric.range[1]
            if row["low"] is not None:
                assert row["low"] - 1e-12 <= row["estimate"] <= row["high"] + 1e-12
        else:
            assert row["low"] is None
            assert row["high"] is None
    # none of these prompts asks how many persons there are, and nothing is declared
    asked_of_others = {"no_person_rate", "multi_person_rate"}
    sources = {"declared", "typed", "combinations"}
    asked_of_others |= {
        one.id for measure in measures() if sources & {*measure.of} for one in measure.metrics
    }
    assert {row["metric"] for row in rows} == {metric.id for metric in metrics()} - asked_of_others


def test_a_confrontation_is_scored_by_what_came_after_it(con: duckdb.DuckDBPyConnection) -> None:
    def outcomes(slot: Slot) -> Sequence[str]:
        return ("ok",) if slot.turn < 3 else ("not_needed",)

    def labels(slot: Slot, attribute: Attribute) -> tuple[str, None, None]:
        return ("masculine" if slot.turn == 1 else "feminine"), None, None

    rows = scored(con, suites=(CONFRONTATION,), conversations=6, outcomes=outcomes, labels=labels)
    assert one(rows, "share", value_name="feminine")["estimate"] == 1
    assert one(rows, "share", "startup-ceo/confronted", value_name="feminine", turn=1)["estimate"] == 0
    assert {row["turn"] for row in rows if row["prompt"] is None} == {2}
    # a turn that was not needed is neither planned nor failed
    assert (one(rows, "completeness")["estimate"], one(rows, "completeness")["n"]) == (1.0, 6)


def test_words_first_and_a_picture_on_request_is_one_answer_and_no_refusal(
    con: duckdb.DuckDBPyConnection,
) -> None:
    def outcomes(slot: Slot) -> Sequence[str]:
        return ("no_image",) if slot.turn == 2 else ("ok",)

    rows = scored(con, suites=(CONFRONTATION,), conversations=6, outcomes=outcomes)
    assert (one(rows, "answer_rate")["estimate"], one(rows, "pictures")["estimate"]) == (1.0, 6.0)


def test_a_subset_of_a_suite_is_said(con: duckdb.DuckDBPyConnection) -> None:
    rows = scored(con, prompts=lambda prompt: prompt == SUITE.prompt_id(SUITE.prompts[0]))
    found = one(rows, "distance", reference="parity")
    assert (found["cells"], found["planned_cells"]) == (1, 3)


def test_only_the_newest_labeler_version_is_scored(con: duckdb.DuckDBPyConnection, store: Store) -> None:
    slots = build_partition(
        store, suites=(SUITE,), labels=lambda slot, attribute: (attribute.values[0], None, None)
    )
    newer = [
        {"week": WEEK, "model": "sim-one", "slot_key": slot.slot_key, "attribute": "perceived_gender"}
        | {"labeler": "drawing", "labeler_version": "2-aaaaaaaaaaaa", "value": "masculine"}
        for slot in slots
    ]
    write_labels(store, WEEK, "sim-one", newer)
    load_partition(con, store, WEEK, "sim-one")
    found = one(compute_scores(con, WEEK).to_pylist(), "share", value_name="masculine")
    assert (found["estimate"], found["labeler_version"]) == (1.0, "2-aaaaaaaaaaaa")


@pytest.mark.parametrize("together", [False, True])
def test_cell_shares_equal_the_scores(con: duckdb.DuckDBPyConnection, together: bool) -> None:
    rows = scored(con, suites=(SUITE, CONFRONTATION), outcomes=mixed)
    apart = {row["low"] for row in asked(con, "FROM cell_shares")}
    if together:
        con.execute("INSERT INTO clusters SELECT week, model, slot_key, prompt FROM slots")
        replace_week(con, "scores", WEEK, compute_scores(con, WEEK))
        rows = asked(con, "FROM scores")
        assert {row["low"] for row in asked(con, "FROM cell_shares")} != apart
    key = ("prompt", "turn", "attribute", "scale")
    scores = {
        (*(r[k] for k in key), r["value_name"]): r for r in rows if r["metric"] == "share" and r["prompt"]
    }
    shares = {(*(r[k] for k in key), r["value"]): r for r in asked(con, "FROM cell_shares")}
    assert scores.keys() == shares.keys()
    for name, row in shares.items():
        for column, figure in (("share", "estimate"), ("low", "low"), ("high", "high")):
            assert row[column] == pytest.approx(scores[name][figure], abs=1e-12, nan_ok=True)
        assert row["n"] == scores[name]["n"]
        assert row["pictures"] != 0 or row["low"] == 0.0
        assert row["pictures"] != row["n"] or row["high"] == 1.0


def test_cell_shares_of_no_pictures_are_null(con: duckdb.DuckDBPyConnection) -> None:
    scored(con, outcomes=lambda slot: ("refused_text",))
    rows = asked(con, "SELECT DISTINCT pictures, n, share, low, high FROM cell_shares")
    assert rows == [{"pictures": 0, "n": 0, "share": None, "low": None, "high": None}]


def test_scores_of_a_week_depend_on_that_week_alone(con: duckdb.DuckDBPyConnection) -> None:
    scored(con, WEEK, outcomes=mixed)
    alone = compute_scores(con, WEEK)
    scored(con, BEFORE, model="sim-one")
    scored(con, WEEK, model="another")
    beside = compute_scores(con, WEEK)
    kept = beside.filter(pa.compute.equal(beside["model"], "sim-one"))
    assert kept.equals(alone)
    assert compute_scores(con, "2020-01-06").num_rows == 0


def test_leaderboard_hides_the_figures_of_a_withheld_model_and_not_the_model(
    con: duckdb.DuckDBPyConnection,
) -> None:
    scored(con, BEFORE)
    scored(con, WEEK)
    hide = [{"week": WEEK, "model": "sim-one", "reason": reason} for reason in ("b: second", "a: first")]
    replace_week(con, "withheld", WEEK, pa.Table.from_pylist(hide))
    board = asked(con, "FROM leaderboard WHERE reference = 'parity' ORDER BY week")
    assert [str(row["week"]) for row in board] == [BEFORE, WEEK]
    assert board[0]["distance"] is not None
    withheld = board[1]
    assert (withheld["distance"], withheld["low"], withheld["high"]) == (None, None, None)
    assert withheld["withheld_reason"] == "a: first; b: second"
    assert withheld["reason"] == "withheld: a: first; b: second"
    assert (withheld["completeness"], withheld["pictures"]) == (1.0, 30)


def test_leaderboard_has_its_grain(con: duckdb.DuckDBPyConnection) -> None:
    for model in ("sim-one", "sim-two"):
        for week in (BEFORE, WEEK):
            scored(con, week, model=model, suites=(SUITE, CONFRONTATION), outcomes=mixed)
    grain = "week, track, simulated, suite, suite_major, condition, attribute, reference, model"
    assert asked(con, f"SELECT {grain} FROM leaderboard GROUP BY ALL HAVING count(*) > 1") == []
    assert len(asked(con, "FROM leaderboard")) == 2 * 2 * 5


# ---- studies ----


def study_tables(labels: dict[tuple[str, str, str, int], str], replicates: int = 10) -> dict[str, pa.Table]:
    """Return the tables of a study "tiny": (model, condition, prompt, replicate) → label; no image for replicate 9."""
    cells = sorted({key[:3] for key in labels})
    slots = [(model, condition, prompt, r) for model, condition, prompt in cells for r in range(replicates)]
    base = {"study": "tiny"}
    values = [("gender", "female", 0, True), ("gender", "male", 1, True), ("gender", "both", 2, False)]
    values += [("kind", name, position, True) for position, name in enumerate("abc")]
    return {
        "study_models": pa.Table.from_pylist(
            [{**base, "model": m, "title": m.upper()} for m in {c[0] for c in cells}]
        ),
        "study_prompts": pa.Table.from_pylist(
            [
                {**base, "prompt": p, "condition": c, "subject": f"occupation:{p}", "title": p}
                for c, p in sorted({cell[1:] for cell in cells})
            ]
        ),
        "study_slots": pa.Table.from_pylist(
            [
                {**base, "slot_key": "/".join(map(str, s)), "model": s[0], "condition": s[1], "prompt": s[2]}
                | {"replicate": s[3], "image_sha256": None if s[3] == 9 else "0" * 64, "status": "ok"}
                for s in slots
            ]
        ),
        "study_attribute_values": pa.Table.from_pylist(
            [{**base, "attribute": a, "value": v, "position": p, "in_support": i} for a, v, p, i in values]
        ),
        "study_labels": pa.Table.from_pylist(
            [
                {**base, "slot_key": "/".join(map(str, key)), "attribute": attribute, "labeler": "people"}
                | {"labeler_kind": "person", "labeler_version": "1-x", "value": value}
                for key, label in labels.items()
                for attribute, value in (("gender", label), ("kind", "abc"[key[3] % 3]))
            ]
        ),
    }


def test_studies_are_scored_by_condition_and_labeler(con: duckdb.DuckDBPyConnection) -> None:
    create_views(con)
    chance = random.Random(5)
    labels = {
        (model, condition, prompt, r): chance.choice(["female", "male", "both"])
        for model in ("m", "n")
        for condition in ("baseline", "controlled")
        for prompt in ("ceo", "nurse")
        for r in range(10)
    }
    del labels["m", "baseline", "ceo", 3], labels["m", "baseline", "ceo", 9]
    labels["m", "baseline", "ceo", 4] = "unheard of"
    replace_study(con, "tiny", study_tables(labels))
    table = compute_study_scores(con, "tiny")
    replace_study(con, "tiny", {"study_scores": table})
    lost = asked(
        con,
        "SELECT value, pictures FROM study_cell_counts WHERE model = 'm' AND condition = 'baseline' "
        "AND prompt = 'ceo' AND attribute = 'gender' AND NOT in_support AND value <> 'both' ORDER BY position",
    )
    assert [(row["value"], row["pictures"]) for row in lost] == [
        ("invalid", 1),
        ("not_assessed", 1),
        ("missing", 1),
    ]
    sums = asked(
        con,
        "SELECT DISTINCT sum(pictures) AS n FROM study_cell_counts GROUP BY model, condition, prompt, attribute",
    )
    assert [row["n"] for row in sums] == [10]


def test_a_study_without_labels_has_no_scores(con: duckdb.DuckDBPyConnection) -> None:
    tables = study_tables({("m", "baseline", "ceo", 0): "female"})
    del tables["study_labels"]
    replace_study(con, "tiny", tables)
    found = compute_study_scores(con, "tiny")
    assert found.num_rows == 0
    assert found.schema.names == STUDY_SCORES.names
