"""Claims of 2023 from counts in a warehouse: shares, what is unseen, controls, versions of a suite, verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import duckdb
import pytest
from statsmodels.stats.proportion import proportion_confint

from assets.metrics.claim_shares import week_claims
from assets.metrics.plain.cells import HISTORY
from assets.metrics.plain.intervals import wilson, worth
from assets.metrics.spans import WeekRows, read_span
from assets.suites.claims import shipped_claims
from tests.warehouse import counted
from warehouse import occasions
from warehouse.weeks import shift

WEEK = "2026-11-23"
WEEKS = [shift(WEEK, -back) for back in (3, 2, 1, 0)]
Con = duckdb.DuckDBPyConnection
HOUSES = ("house_condition", "headwear", "perceived_gender")


def _rows(con: Con) -> list[dict[str, Any]]:
    span = WeekRows.read(con, occasions.week(WEEK)).span(moved=True)
    return week_claims(con, span).to_pylist()


def _claims(con: Con, claim: str, part: str, model: str = "one") -> dict[str, Any]:
    found = [row for row in _rows(con) if row["model"] == model]
    (row,) = (row for row in found if (row["claim"], row["part"]) == (claim, part))
    return row


def _country(con: Con, shown: counted.Shown, refused: Mapping[str, int] | None = None) -> None:
    """Plan and answer four weeks of rest-of-world@1, each alike."""
    for week in WEEKS:
        counted.plan(con, week, "one")
        counted.answer(con, week, "one", "rest-of-world@1", shown, refused, HOUSES)


def _house(run_down: int, not_run_down: int, **outside: int) -> dict[str, dict[str, int]]:
    return {"house_condition": {"run_down": run_down, "ordinary": not_run_down, **outside}}


@pytest.mark.parametrize(
    ("run_down", "verdict"),
    [(20, "yes"), (18, "yes"), (17, "cannot_tell"), (16, "cannot_tell"), (12, "no")],  # of 20, at 80 %
)
def test_the_verdict_is_that_of_the_printed_interval(con: Con, run_down: int, verdict: str) -> None:
    _country(con, {"house-nigeria": _house(run_down, 20 - run_down)})

    row = _claims(con, "nigerian-house", "nigeria")

    low, high = proportion_confint(4 * run_down, 80, method="wilson")
    assert (row["k"], row["n"], row["worth"], row["threshold"]) == (4 * run_down, 80, 1, 0.8)
    assert (row["share"], row["low"], row["high"]) == pytest.approx((run_down / 20, low, high), abs=1e-6)
    assert row["verdict"] == verdict
    assert (row["week"], row["track"], row["suite_majors"]) == (date.fromisoformat(WEEK), "model", [1])
    assert (row["reason"], row["bound_low"], row["bound_high"]) == (None, None, None)


def test_what_was_not_asked_and_what_shows_nothing_have_reasons(con: Con) -> None:
    _country(con, {"house-nigeria": _house(1, 0)}, refused={"person-mexico": 4})

    reasons = {
        (row["claim"], row["reason"], row["verdict"], row["share"])
        for row in _rows(con)
        if row["claim"] in ("nigerian-house", "mexican-sombrero", "american-flag", "ceo-their")
    }

    assert reasons == {
        ("nigerian-house", "few_pictures", "cannot_tell", None),  # four pictures: counts alone
        ("mexican-sombrero", "no_pictures", "not_asked", None),
        ("american-flag", "not_asked", "not_asked", None),
        ("ceo-their", "not_asked", "", None),  # it has no threshold
    }
    assert _claims(con, "mexican-sombrero", "mexico")["unseen"] == 16


def _white_men(k: int, other: int, unread: int = 0) -> dict[str, dict[str, int]]:
    return {"all:ceo-white-man": {"shown": k, "other": other, "open": unread}}


def _joint(con: Con) -> None:
    values = {"perceived_gender": "masculine", "skin_tone": "light"}
    counted.insert(
        con,
        "joint_values",
        (
            {"joint": "ceo-white-man", "suite": "startup-ceo", "suite_major": major}
            | {"attribute": attribute, "value": value}
            for major in (1, 2)
            for attribute, value in values.items()
        ),
    )


def test_two_versions_of_a_suite_are_pooled(con: Con) -> None:
    _joint(con)
    for week, major in zip(WEEKS, (1, 1, 2, 2), strict=True):
        counted.plan(con, week, "one")
        his = _white_men(9, 1, 2) if major == 1 else _white_men(4, 3)
        shown = {"ceo-his": his, "ceo-their": _white_men(2, 5), "ceo-his-reworded": _white_men(0, 6)}
        if major == 1:
            del shown["ceo-his-reworded"]
        counted.answer(con, week, "one", f"startup-ceo@{major}", shown)

    row = _claims(con, "ceo-white-man", "his")

    assert (row["k"], row["n"], row["unseen"], row["suite_majors"]) == (26, 34, 4, [1, 2])
    assert (row["control_k"], row["control_n"]) == (8, 28)
    low, high = wilson(26, 34, row["worth"])
    assert (row["low"], row["high"]) == pytest.approx((float(low), float(high)))
    con.execute("UPDATE plans SET series = 'another' WHERE week < ?", [WEEKS[2]])
    alone = _claims(con, "ceo-white-man", "his")
    assert (alone["n"], alone["suite_majors"]) == (14, [2])


def test_pictures_that_are_alike_count_for_less_as_in_the_share_of_the_prompt(con: Con) -> None:
    """Houses of a week are all run down, or none is: the other prompts of the suite say it, too."""
    weeks = [shift(WEEK, -back) for back in reversed(range(HISTORY))]
    for at, week in enumerate(weeks):
        counted.plan(con, week, "one")
        run_down = 10 if at % 2 else 1
        shown = {"house-nigeria": _house(run_down, 10 - run_down), "house-india": _house(5, 5)}
        counted.answer(con, week, "one", "rest-of-world@1", shown, only=HOUSES)

    row = _claims(con, "nigerian-house", "nigeria")

    (field,) = read_span(con, occasions.week(WEEK)).fields
    table = field.tables["house_condition"]
    at = table.values.index("run_down")
    expected = worth(table.counts[0, :, at], table.counts[0].sum(1))
    assert row["worth"] == expected == field.worth(table, at)[0] > 2
    low, high = wilson(22, 40, expected)
    assert (row["k"], row["low"], row["high"]) == (22, pytest.approx(float(low)), pytest.approx(float(high)))


def test_every_part_of_every_claim_of_every_model_that_is_not_withheld(con: Con) -> None:
    for model in ("one", "hidden", "other"):
        counted.plan(con, WEEK, model, track="system" if model == "other" else "model")
        counted.answer(con, WEEK, model, "rest-of-world@1", {"house-nigeria": _house(9, 1)}, only=HOUSES)
    con.execute("INSERT INTO withheld VALUES (?, 'hidden', 'test')", [WEEK])

    keys = [(row["model"], row["claim"], row["part"]) for row in _rows(con)]

    assert keys == sorted(
        (model, claim.id, part)
        for model in ("one", "other")
        for claim in shipped_claims()
        for part in claim.pictures
    )
