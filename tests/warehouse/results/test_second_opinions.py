"""Who is compared with whom, on which pictures; anchors and agreement come out of the store alone, the same again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from assets.generation.slots import Slot
from assets.generation.workplace import Workplace
from assets.labeling.anchors import sets as anchors
from assets.labeling.records import Reading
from assets.metrics.labels.second_opinions import Scale, compare, week_agreement
from assets.metrics.week import assert_publishable, score_weeks
from assets.suites.schema import Attribute
from tests.unit.labeling.scripted import Labels
from tests.warehouse import builder
from tests.warehouse.builder import WEEK, build_partition
from tests.warehouse.counted import insert
from tests.warehouse.loading.test_freshness import place_in
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.database.connection import connect
from warehouse.errors import ClicheError
from warehouse.loading.load import load_partition
from warehouse.store import Store
from warehouse.weeks import shift

Con = duckdb.DuckDBPyConnection
Row = dict[str, Any]
BEFORE = shift(WEEK, -1)
F, M = "feminine", "masculine"
SCALES = {
    "perceived_gender": Scale((F, M), "nominal"),
    "skin_tone": Scale(tuple(f"monk_{step}" for step in range(1, 11)), "ordinal"),
}
BAND = {**{f"monk_{n}": "light" for n in (1, 2, 3)}, **{f"monk_{n}": "dark" for n in (8, 9, 10)}}


def readings(*rows: Sequence[str | None], attribute: str = "perceived_gender", model: str = "m") -> list[Row]:
    """Rows of (unit, who, value); people's names begin with "p-", labelers have version 1-a unless they say."""
    made = []
    for unit, who, value in rows:
        name, _, version = str(who).partition("@")
        person = name.startswith("p-") or name == "third"
        labeler = {"labeler": name, "labeler_version": None if person else version or "1-a", "person": person}
        read = {"attribute": attribute, "value": value, "band": BAND.get(str(value))}
        made.append({"model": model, "unit": unit, **labeler, **read})
    return made


def compared(*parts: list[Row]) -> list[Row]:
    schema = {
        **dict.fromkeys(("model", "unit", "attribute", "labeler", "labeler_version"), pl.String),
        "person": pl.Boolean,
        **dict.fromkeys(("value", "band"), pl.String),
    }
    frame = pl.DataFrame([row for part in parts for row in part], schema=schema)
    return list(compare(frame, SCALES, scope="week", week=WEEK))


def one(rows: list[Row], a: str, b: str, **where: object) -> Row:
    wanted = {"model": None, "skin_tone_band": None, **where}
    (found,) = (
        row
        for row in rows
        if (row["labeler_a"], row["labeler_b"]) == (a, b) and all(row[k] == v for k, v in wanted.items())
    )
    return found


def each(who: str, values: Sequence[str | None], **more: str) -> list[Row]:
    return readings(*((f"u{number}", who, value) for number, value in enumerate(values)), **more)


def test_what_both_labelled_and_what_both_assessed_are_two_figures() -> None:
    rows = compared(each("a", [F, F, M, M, None]), each("b", [F, M, M, None, None])[:5])
    found = one(rows, "a", "b")
    assert (found["pictures"], found["n"], found["agreed"]) == (5, 3, 2)
    assert found["both_assessed_share"] == 3 / 5
    only_some = compared(each("a", [F, F, M]), each("b", [F, M])[:2])
    assert one(only_some, "a", "b")["pictures"] == 2  # what b never looked at is not compared at all


def test_labelers_are_compared_in_pairs_and_two_versions_of_one_are_no_pair() -> None:
    rows = compared(each("a@1-a", [F, M]), each("a@2-b", [F, M]), each("b", [M, M]), each("p-x", [F, M]))
    pairs = {
        (row["labeler_a"], row["labeler_a_version"], row["labeler_b"], row["labeler_b_version"])
        for row in rows
    }
    assert pairs == {
        ("a", "1-a", "b", "1-a"),
        ("a", "2-b", "b", "1-a"),
        ("a", "1-a", "people", None),
        ("a", "2-b", "people", None),
        ("b", "1-a", "people", None),
    }


def test_people_speak_as_one_by_most_votes_a_tie_is_no_value_and_a_third_person_settles() -> None:
    people = [
        *each("p-x", [F, F, F, M, F, F]),
        *each("p-y", [F, M, M, F, None, M]),
        *each("p-z", [M, M]),
        *readings(("u3", "third", M), ("u4", "third", None), ("u5", "third", None)),
    ]
    rows = compared(each("a", [F, M, F, M, F, F]), people)
    found = one(rows, "a", "people")
    # u2 is a tie; of u4 and u5 the third person could not tell either
    assert (found["pictures"], found["n"], found["agreed"]) == (6, 3, 3)


def test_people_are_compared_with_each_other_without_the_third() -> None:
    x, y = each("p-x", [F, F, M, M, None]), each("p-y", [F, M, M, M, M])
    rows = compared(x, y, readings(("u1", "third", F)), readings(("alone", "p-x", F)))
    found = one(rows, "people", "people")
    assert (found["pictures"], found["n"], found["agreed"]) == (5, 4, 3)
    assert found["kappa"] == pytest.approx(0.5)
    three = one(compared(x, y, each("p-z", [F, F, M, F, F])), "people", "people")
    assert three["alpha"] is not None
    assert three["kappa"] is None
    assert three["n"] == 5


def test_each_model_and_each_band_of_skin_tone_has_its_row_banded_by_people_first() -> None:
    tones = [
        *each("a", ["monk_1"] * 4, attribute="skin_tone"),
        *each("b", ["monk_9"] * 4, attribute="skin_tone"),
    ]
    genders = [*each("a", [F, F, M, M]), *each("b", [F, M, M, M])]
    rows = compared(genders, tones)
    assert one(rows, "a", "b", attribute="perceived_gender", skin_tone_band="light")["n"] == 4
    assert one(rows, "a", "b", attribute="perceived_gender", model="m")["n"] == 4
    assert not [r for r in rows if r["attribute"] == "skin_tone" and r["skin_tone_band"]]
    people = [
        *each("p-x", [F, F, M, M]),
        *each("p-x", ["monk_8", "monk_8", "monk_2", None], attribute="skin_tone"),
    ]
    rows = compared(genders, tones, people)
    assert one(rows, "a", "people", attribute="perceived_gender", skin_tone_band="dark")["n"] == 2
    assert one(rows, "a", "people", attribute="perceived_gender", skin_tone_band="light")["n"] == 1
    assert one(rows, "a", "b", attribute="perceived_gender", skin_tone_band="light")["n"] == 4


def test_what_cannot_be_told_has_a_reason() -> None:
    nothing = one(compared(each("a", [F, None]), each("b", [None, M])), "a", "b")
    assert (nothing["alpha"], nothing["kappa"], nothing["reason"]) == (
        None,
        None,
        "no picture was assessed by both",
    )
    same = one(compared(each("a", [M, M]), each("b", [M, M])), "a", "b")
    assert (same["alpha"], same["reason"]) == (None, "all assessed pictures were read as one value")


# From the store.


def second(store: Store, week: str, slots: Sequence[Slot], say: Callable[[Slot, Attribute], str]) -> None:
    rows = [
        builder.label_row(slot, attribute.id, (say(slot, attribute), None, None), "photo", "1-ab")
        for slot in slots
        for attribute in (builder.GENDER, builder.SKIN_TONE)
    ]
    builder.write_labels(store, week, slots[0].model, rows)


def same_or(other: str, every: int) -> Callable[[Slot, Attribute], str]:
    def say(slot: Slot, attribute: Attribute) -> str:
        value = builder.draw(slot, attribute)[0]
        return other if attribute.id == "perceived_gender" and slot.replicate % every == 0 else value

    return say


def test_values_outside_the_support_are_compared_nowhere(con: Con, store: Store) -> None:
    slots = build_partition(store, replicates=40)
    second(store, WEEK, slots, same_or("ambiguous", 4))
    load_partition(con, store, WEEK, "sim-one")
    rows = week_agreement(con, WEEK).to_pylist()
    found = next(r for r in rows if r["attribute"] == "perceived_gender" and not r["model"])
    drawn = [builder.draw(slot, builder.GENDER)[0] for slot in slots]
    told = [value for value in drawn if value in builder.GENDER.values]
    kept = [slot for slot, value in zip(slots, drawn, strict=True) if value in told and slot.replicate % 4]
    assert (found["pictures"], found["n"], found["alpha"]) == (len(slots), len(kept), 1.0)
    tone = next(r for r in rows if r["attribute"] == "skin_tone" and not r["model"])
    assert tone["alpha_method"].startswith("ordinal")
    assert {r["skin_tone_band"] for r in rows} == {None, "light", "medium", "dark"}


def test_one_labeler_alone_has_no_agreement(con: Con, store: Store) -> None:
    build_partition(store, replicates=4)
    load_partition(con, store, WEEK, "sim-one")
    assert week_agreement(con, WEEK).num_rows == 0


def gold(con: Con, slots: Sequence[Slot], week: str, say: Callable[[Slot], Mapping[str, str]]) -> None:
    """Put what people said of pictures into the warehouse, as loading a gold set does."""
    of = {"gold_set": f"set-{week}", "week": week, "attribute": "perceived_gender", "suite_major": 1}
    of |= {"stratum": "s", "predicted": "p", "inclusion_probability": 0.5}
    con.execute("SELECT 1").fetchall()  # what was not read to its end is in the way
    for slot in slots:
        shown = slot.model_dump(include={"model", "slot_key", "suite", "prompt"})
        shown["image_sha256"] = sha256_hex(slot.slot_key.encode())
        answers = say(slot).items()
        insert(
            con, "gold_labels", ({**of, **shown, "rater": rater, "value": value} for rater, value in answers)
        )
    con.execute("INSERT INTO gold_loads VALUES ($name, 'f')", {"name": f"set-{week}"})


def test_gold_of_eight_weeks_judges_a_labeler_together(con: Con, store: Store) -> None:
    weeks = [shift(WEEK, -number) for number in (0, 7, 8)]
    for week in weeks:
        slots = build_partition(store, week, replicates=4)
        load_partition(con, store, week, "sim-one")
        gold(con, slots, week, lambda slot: {"a": F, "b": F if slot.replicate else M})
    rows = [r for r in week_agreement(con, WEEK).to_pylist() if r["scope"] == "gold" and not r["model"]]
    found = one(rows, "drawing", "people")
    assert found["pictures"] == 24  # of this week and of seven weeks ago, not of eight
    assert one(rows, "people", "people")["n"] == 24
    assert {r["week"].isoformat() for r in rows} == {WEEK}


def say_of(version: str, move: bool) -> Labels:
    def says(image: bytes, attribute: str) -> Reading:
        return Reading(M if move and image == b"one" else F)

    labeler = Labels(says, "perceived_gender", version=version)
    labeler.name = builder.LABELER
    return labeler


def anchored(place: Workplace, week: str, *, move: bool) -> None:
    anchors.label_anchors(place.store, [week], week, make=lambda name: say_of(builder.LABELER_VERSION, move))


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    """Two weeks of one model, read by two labelers, and an anchor set labeled in the first of them."""
    made = place_in(tmp_path)
    rows = []
    for data in (b"one", b"two"):
        made.store.put_if_absent(keys.image(sha256_hex(data), "png"), data)
        rows.append(
            {"image_sha256": sha256_hex(data), "image_ext": "png", "attributes": ["perceived_gender"]}
        )
    anchors.write_set(made.store, "two", [builder.GENDER], rows)
    for week in (BEFORE, WEEK):
        second(made.store, week, build_partition(made.store, week, replicates=12), same_or(F, 12))
    anchored(made, BEFORE, move=False)
    return made


def told(place: Workplace, week: str = WEEK) -> Mapping[str, tuple[bool | None, str | None]]:
    with connect(place.warehouse, read_only=True) as con:
        rows = con.execute(
            "SELECT attribute, reliable, reliability FROM reliability WHERE week = $week AND labeler = 'drawing'",
            {"week": week},
        ).fetchall()
    return {attribute: (reliable, why) for attribute, reliable, why in rows}


def found_by(place: Workplace, check: str) -> str:
    with connect(place.warehouse, read_only=True) as con:
        rows = con.execute(
            "SELECT status FROM check_results WHERE week = $week AND check_name = $check",
            {"week": WEEK, "check": check},
        ).fetchall()
    ((status,),) = rows
    return str(status)


def test_a_drift_stops_the_attribute_until_it_is_accepted_and_nothing_else(place: Workplace) -> None:
    anchored(place, WEEK, move=True)
    score_weeks(place, WEEK)
    assert told(place)["perceived_gender"] == (
        False,
        f"not reliable: labels of 1 of 2 anchor pictures by drawing moved (labeler drift, week {WEEK})",
    )
    assert told(place)["skin_tone"][0] is True
    assert told(place, BEFORE)["perceived_gender"][0] is True
    assert (found_by(place, "labeler_drift__open"), found_by(place, "agreement__alpha")) == ("fail", "pass")
    anchors.accept(
        place.store, labeler="drawing", attribute="perceived_gender", week=WEEK, reason="right", by="kim"
    )
    with connect(place.warehouse, read_only=True) as con, pytest.raises(ClicheError, match="changed after"):
        assert_publishable(con, place, WEEK)
    assert score_weeks(place, WEEK) == [WEEK]  # the week before did not change
    assert told(place)["perceived_gender"][0] is True
    assert found_by(place, "labeler_drift__open") == "pass"
    assert score_weeks(place, WEEK) == []


def test_anchors_that_nobody_labelled_are_told_and_stop_nothing(place: Workplace) -> None:
    score_weeks(place, WEEK)
    assert found_by(place, "anchor_labels__present") == "fail"
    assert told(place)["perceived_gender"][0] is True
