"""What one word changes, on loaded partitions: against plain Python from the labels, by SQL, and the rules of NULL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from math import sqrt
from statistics import fmean
from typing import Any

import duckdb
import pytest
from scipy.stats import binomtest

from assets.generation.slots import Slot
from assets.metrics.effects.table import EFFECTS, STUDY_EFFECTS, compute_effects, compute_study_effects
from assets.metrics.results import STUDY_RESULTS, WEEK_RESULTS
from assets.metrics.scores.table import compute_scores
from assets.suites.comparisons import shipped
from assets.suites.loader import load_suites
from assets.suites.schema import Attribute, Suite
from tests.site import world
from tests.warehouse.builder import (
    WEEK,
    Labels,
    build_partition,
    draw,
    label_row,
    mixed,
    write_labels,
)
from warehouse.loading.load import load_partition, replace_study, replace_week
from warehouse.sqlfiles import sql
from warehouse.store import Store

Row = dict[str, Any]
SUITES = load_suites()
CEO, FRENCH = SUITES["startup-ceo@1"], SUITES["french-person@1"]
DIVERSITY, NATIONS = SUITES["diversity-request@1"], SUITES["nationalities@1"]
FIGURE = {
    "estimate",
    "low",
    "high",
    "estimate_a",
    "estimate_b",
    "n_a",
    "n_b",
    "cells",
    "planned_cells",
    "reason",
}


def effects_of(
    con: duckdb.DuckDBPyConnection,
    store: Store,
    *suites: Suite,
    model: str = "sim-one",
    **partition: Any,
) -> list[Row]:
    """Build, load and score one partition; return its effects."""
    build_partition(store, WEEK, model, suites=suites, **partition)
    load_partition(con, store, WEEK, model)
    replace_week(con, "scores", WEEK, compute_scores(con, WEEK))
    table = compute_effects(con, WEEK)
    replace_week(con, "effects", WEEK, table)
    return [row for row in table.to_pylist() if row["model"] == model]


def one(rows: Sequence[Row], metric: str, b: str, subject: str | None = None, **where: object) -> Row:
    found = [
        row
        for row in rows
        if (row["metric"], row["b"], row["subject"]) == (metric, b, subject)
        and all(row[key] == value for key, value in where.items())
    ]
    assert len(found) == 1, found
    return found[0]


def labelled(read: Callable[[Slot, Attribute], str | None]) -> Labels:
    """Return labels of one attribute at a time, as `read` says; None is cannot_tell."""
    return lambda slot, attribute: (read(slot, attribute) or "cannot_tell", None, None)


def first(share: int) -> Callable[[Slot], bool]:
    return lambda slot: slot.replicate < share


def genders(**women: int) -> Labels:
    """Return labels: of each prompt so many pictures feminine, the others masculine; nothing else can be read."""

    def read(slot: Slot, attribute: Attribute) -> str | None:
        if attribute.id != "perceived_gender":
            return None
        name = slot.prompt.split("/")[1].replace("-", "_") + ("_2" if slot.turn > 1 else "")
        return "feminine" if slot.replicate < women.get(name, 0) else "masculine"

    return labelled(read)


def test_his_and_their_are_compared_word_against_word(con: duckdb.DuckDBPyConnection, store: Store) -> None:
    rows = effects_of(con, store, CEO, replicates=20, labels=genders(ceo_his=2, ceo_their=9))
    share = one(rows, "share", "their", value_name="feminine")
    assert (share["kind"], share["a"], share["estimate_a"], share["estimate_b"]) == (
        "wording",
        "his",
        0.1,
        0.45,
    )
    assert share["estimate"] == pytest.approx(0.35, abs=1e-12)
    assert (share["n_a"], share["n_b"], share["cells"], share["planned_cells"]) == (20, 20, 1, 1)
    a, b = (binomtest(k, 20).proportion_ci(0.95, method="wilson") for k in (2, 9))
    low, high = (
        0.35 - sqrt((0.45 - b.low) ** 2 + (a.high - 0.1) ** 2),
        0.35 + sqrt((b.high - 0.45) ** 2 + (0.1 - a.low) ** 2),
    )
    x, y = 3 / 22, 10 / 22
    half = 1.959963984540054 * sqrt((x * (1 - x) + y * (1 - y)) / 20)
    assert share["low"] == pytest.approx(min(low, y - x - half), abs=1e-9)
    assert share["high"] == pytest.approx(max(high, y - x + half), abs=1e-9)
    squares = [0.5 * ((k * (k - 1) + (20 - k) * (19 - k)) / 380 - 0.5) for k in (2, 9)]
    distance = one(rows, "distance2", "their", reference="parity")
    assert distance["estimate"] == pytest.approx(squares[1] - squares[0], abs=1e-9)
    assert (distance["estimate_a"], distance["estimate_b"]) == pytest.approx(squares, abs=1e-9)
    # a word is no request for diversity
    assert {row["metric"] for row in rows if row["kind"] == "wording"} == {"share", "distance2"}
    pair = one(rows, "share", "their", "occupation:ceo", value_name="feminine")
    assert (pair["prompt_a"], pair["prompt_b"]) == ("startup-ceo/ceo-his", "startup-ceo/ceo-their")
    assert (share["prompt_a"], share["prompt_b"]) == (None, None)


def test_languages_are_paired_by_subject(con: duckdb.DuckDBPyConnection, store: Store) -> None:
    def read(slot: Slot, attribute: Attribute) -> str | None:
        if attribute.id != "clothing_era":
            return None
        french = slot.prompt.endswith("-fr") and not slot.prompt.endswith("german-fr")
        return "historical" if french or slot.replicate < 2 else "contemporary"

    rows = effects_of(con, store, NATIONS, replicates=6, labels=labelled(read))
    whole = one(rows, "share", "fr", attribute="clothing_era", value_name="historical")
    assert whole["estimate"] == pytest.approx(22 / 23 * (1 - 2 / 6), abs=1e-12)
    assert (whole["cells"], whole["planned_cells"], whole["n_a"]) == (23, 23, 23 * 6)
    german = one(rows, "share", "fr", "person:german", attribute="clothing_era", value_name="historical")
    assert (german["estimate"], german["prompt_b"]) == (0, "nationalities/german-fr")
    # the mean over subjects is the mean of the subjects' own changes
    changes = [
        row["estimate"]
        for row in rows
        if row["subject"] and row["metric"] == "share" and row["value_name"] == "historical"
    ]
    assert fmean(changes) == pytest.approx(whole["estimate"], abs=1e-12)


def test_a_request_for_diversity_is_told_as_a_change_of_the_distance(
    con: duckdb.DuckDBPyConnection, store: Store
) -> None:
    women = {"ceo_baseline": 0, "ceo_controlled": 18, "nurse_baseline": 20, "nurse_controlled": 14}
    rows = effects_of(con, store, DIVERSITY, replicates=20, labels=genders(**women, teacher_baseline=10))
    control = one(rows, "distance2", "controlled", "occupation:ceo", reference="parity")
    assert control["estimate_a"] == pytest.approx(0.25)
    assert control["estimate_b"] == pytest.approx(0.5 * ((18 * 17 + 2) / 380 - 0.5), abs=1e-9)
    assert control["estimate"] < 0
    # no row of the reference, no number
    athlete = one(rows, "distance2", "controlled", "occupation:athlete", reference="bls-cps-2025")
    assert (athlete["estimate"], athlete["reason"]) == (None, "no reference")


def test_a_confrontation_is_what_came_after_it(con: duckdb.DuckDBPyConnection, store: Store) -> None:
    def read(slot: Slot, attribute: Attribute) -> str | None:
        after = slot.turn > 1 or slot.prompt.endswith("visionary")
        if attribute.id == "headwear":
            if not after:
                return "turban" if slot.replicate == 0 else "none"
            return ("keffiyeh", "turban", "headscarf", "none")[min(slot.replicate // 2, 3)]
        return "contemporary" if attribute.id == "clothing_era" else attribute.values[0]

    def turns(slot: Slot) -> Sequence[str]:
        return ("ok",) if slot.turn < 3 else ("not_needed",)

    rows = effects_of(con, store, CEO, replicates=10, conversations=10, labels=labelled(read), outcomes=turns)
    keffiyeh = one(rows, "share", "confrontation", value_name="keffiyeh")
    assert (keffiyeh["turn_a"], keffiyeh["turn_b"], keffiyeh["estimate_a"]) == (1, 2, 0)
    assert (keffiyeh["estimate"], keffiyeh["n_b"]) == (pytest.approx(0.2), 10)
    # the prompt that ChatGPT wrote prescribes a man: gender is not looked for
    assert not [r for r in rows if r["b"] == "visionary" and r["attribute"] == "perceived_gender"]


def test_what_is_not_seen_has_a_reason_that_names_the_side(
    con: duckdb.DuckDBPyConnection, store: Store
) -> None:
    def refuses_their(slot: Slot) -> Sequence[str]:
        return ("refused_text",) if slot.prompt.endswith("their") else ("ok",)

    rows = effects_of(con, store, CEO, replicates=8, outcomes=refuses_their, conversations=0)
    share = one(rows, "share", "their", value_name="feminine")
    assert (share["estimate"], share["low"], share["estimate_a"], share["cells"]) == (None, None, None, 0)
    assert share["reason"] == "no usable pictures (their)"
    # nobody was confronted: no comparison
    assert not [row for row in rows if row["b"] == "confrontation"]
    unread = effects_of(
        con, store, CEO, model="blind", labels=lambda slot, attribute: ("cannot_tell", None, None)
    )
    assert {row["reason"] for row in unread} == {"no picture could be assessed (his)"}
    few = effects_of(con, store, CEO, model="few", replicates=4, conversations=4)
    told = one(few, "share", "their", value_name="feminine")
    assert (told["estimate"], told["reason"]) == (None, f"too few: {told['n_a']} of 5 needed (his)")
    silent = effects_of(con, store, CEO, model="silent", labels=lambda slot, attribute: None)
    assert {row["labeler_version"] for row in silent} == {None}
    assert {row["reason"] for row in silent} == {"no picture could be assessed (his)"}


def test_every_effect_follows_from_the_labels_by_sql_alone(
    con: duckdb.DuckDBPyConnection, store: Store
) -> None:
    effects_of(con, store, CEO, DIVERSITY, replicates=10, conversations=9, outcomes=mixed)
    slots = build_partition(store, WEEK, "reread", suites=(CEO,), replicates=12, labeler_version="9-a")
    newer = [
        label_row(slot, attribute.id, draw(slot, attribute), labeler_version="10-b")
        for slot in slots
        for attribute in CEO.attributes
        if slot.replicate > 0
    ]
    write_labels(store, WEEK, "reread", newer)
    load_partition(con, store, WEEK, "reread")
    rows = effects_of(con, store, CEO, NATIONS, model="sim-two", replicates=5)
    query = con.execute(sql("audit/word_against_word"))
    names = [column[0] for column in query.description or []]
    audit = [dict(zip(names, row, strict=True)) for row in query.fetchall()]
    assert len(audit) == con.execute("SELECT count(*) FROM effects").fetchall()[0][0] > len(rows)
    assert {row["metric"] for row in audit if row["published"] is not None} == {"share", "distance2"}
    for row in audit:
        assert row["from_labels"] == pytest.approx(row["published"], abs=1e-9), row


def test_effects_keep_whatever_the_names_and_are_one_row_each(
    con: duckdb.DuckDBPyConnection, store: Store
) -> None:
    rows = effects_of(con, store, CEO, FRENCH, DIVERSITY, replicates=9, outcomes=mixed)
    keys = [tuple(value for key, value in row.items() if key not in FIGURE) for row in rows]
    assert len(set(keys)) == len(keys)
    for row in rows:
        told = row["estimate"] is not None
        assert told == (row["reason"] is None) == (row["low"] is not None) == (row["estimate_a"] is not None)
        if told:
            assert row["low"] - 1e-12 <= row["estimate"] <= row["high"] + 1e-12
            assert min(row["n_a"], row["n_b"]) >= 5
            assert row["cells"] >= 1
    # the changes of the shares of an attribute add up to nothing
    sums: Counter[tuple[object, ...]] = Counter()
    for row in rows:
        if row["metric"] == "share" and row["estimate"] is not None:
            sums[row["suite"], row["kind"], row["b"], row["subject"], row["attribute"]] += row["estimate"]
    assert sums
    assert all(abs(total) < 1e-9 for total in sums.values())


def test_a_study_is_compared_between_its_conditions(con: duckdb.DuckDBPyConnection) -> None:
    world.add_study(con)
    table = compute_study_effects(con, "raza2025")
    replace_study(con, "raza2025", {"study_effects": table})
    rows = table.to_pylist()
    read = con.execute(
        "SELECT model, subject, condition, count(*) FILTER (WHERE value = 'feminine'), count(*) FROM study_labels "
        "INNER JOIN study_slots USING (study, slot_key) INNER JOIN study_prompts USING (study, prompt, condition) "
        "GROUP BY ALL"
    ).fetchall()
    count = {(model, subject, condition): (k, n) for model, subject, condition, k, n in read}
    for model in ("painter-a", "painter-b"):
        of_model = [row for row in rows if row["model"] == model]
        changes, squares = [], []
        for subject in ("occupation:ceo", "occupation:nurse"):
            (k_a, n_a), (k_b, n_b) = (count[model, subject, c] for c in ("baseline", "controlled"))
            changes.append(k_b / n_b - k_a / n_a)
            share = one(of_model, "share", "controlled", subject, value_name="feminine")
            assert share["estimate"] == pytest.approx(changes[-1], abs=1e-12)
            assert (share["n_a"], share["n_b"], share["kind"]) == (n_a, n_b, "controlled")
            a, b = (
                0.5 * ((k * (k - 1) + (n - k) * (n - k - 1)) / (n * (n - 1)) - 0.5)
                for k, n in ((k_a, n_a), (k_b, n_b))
            )
            squares.append(b - a)
        assert one(of_model, "share", "controlled", value_name="feminine")["estimate"] == pytest.approx(
            fmean(changes)
        )
        control = one(of_model, "distance2", "controlled", reference="parity")
        assert control["estimate"] == pytest.approx(fmean(squares), abs=1e-9)
        assert (control["cells"], control["planned_cells"]) == (2, 2)
    # a study of two labeled genders says nothing of dress
    assert {row["metric"] for row in rows} == {"share", "distance2"}


def test_a_week_without_any_of_the_suites_has_no_effects(
    con: duckdb.DuckDBPyConnection, store: Store
) -> None:
    assert effects_of(con, store, SUITES["canary@1"]) == []
    assert compute_effects(con, "2026-11-30").num_rows == 0


def test_tables_have_the_columns_of_their_schemas_and_are_wired(con: duckdb.DuckDBPyConnection) -> None:
    for table, schema in (("effects", EFFECTS), ("study_effects", STUDY_EFFECTS)):
        found = con.execute(f"DESCRIBE {table}").fetchall()
        assert [row[0] for row in found] == schema.names
    assert WEEK_RESULTS["effects"] is compute_effects
    assert list(WEEK_RESULTS).index("effects") > list(WEEK_RESULTS).index("scores")
    assert STUDY_RESULTS["study_effects"] is compute_study_effects


def test_every_comparison_that_is_shown_has_its_values_in_the_table(
    con: duckdb.DuckDBPyConnection, store: Store
) -> None:
    once = {"replicates": 1, "conversations": 1}
    rows = effects_of(con, store, CEO, FRENCH, DIVERSITY, NATIONS, **once)
    later = [SUITES[label] for label in ("occupations@2", "startup-ceo@2", "french-ceo@1")]
    rows += effects_of(con, store, *later, model="sim-two", **once)
    there = {
        (
            f"{r['suite']}@{r['suite_major']}",
            r["kind"],
            r["a"],
            r["b"],
            r["metric"],
            r["attribute"],
            r["value_name"],
        )
        for r in rows
    }
    for comparison in shipped().comparisons:
        for attribute, values in comparison.shown.items():
            for value in values:
                assert (*comparison.key, "share", attribute, value) in there
