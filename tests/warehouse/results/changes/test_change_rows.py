"""The table `changes`, from counts in a warehouse: week by week, and replayed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pytest

from assets.metrics.changes.table import LOOKBACK, WeeklyChanges
from assets.metrics.plain.changes import newest
from assets.suites.analysis import Analysis, Combination, DeclaredPair, shipped
from assets.suites.claims import RegisteredClaim
from tests.unit.metrics.plain.drawing import replay
from tests.warehouse.results.changes.weekly_counts import FIRST, Suite, monday, warehouse

Counts = npt.NDArray[Any]
LOOKS = shipped().declared.looks
MODELS = [f"m{number}" for number in range(4)]
NOTHING = shipped().declared.model_copy(update={"stereotypes": (), "combinations": ()})


def drawn(seed: int, share: Any, pictures: int = 6, likeness: float = 0.0) -> Counts:
    """Return counts (models, prompts, 2, weeks) of these shares (models, prompts, weeks)."""
    rng = np.random.default_rng(seed)
    if likeness:
        both = 1 / likeness - 1
        share = rng.beta(share * both, (1 - share) * both)
    hits = rng.binomial(pictures, share)
    return np.stack([hits, pictures - hits], 2)


def stepped(size: float, week: int, weeks: int = 40, prompts: int = 10, model: int = 1) -> Any:
    """Return shares of .3, of which one model's moves."""
    step = (np.arange(weeks) >= week) * (np.arange(len(MODELS)) == model)[:, None, None]
    return 0.3 + size * step * np.ones((len(MODELS), prompts, 1))


def suite(
    name: str = "jobs", refused: Counts | None = None, condition: str = "baseline", **counts: Counts
) -> Suite:
    """Return a suite of as many prompts as there are counts of."""
    number = next(iter(counts.values())).shape[1]
    prompts = {f"{name}/p{place}": f"job:{place}" for place in range(number)}
    return Suite(name, prompts, counts, refused, condition)


def rows(
    con: duckdb.DuckDBPyConnection,
    weeks: int = 40,
    declared: Analysis = NOTHING,
    claims: Iterable[RegisteredClaim] = (),
) -> list[dict[str, Any]]:
    weekly = WeeklyChanges.read(con, monday(0), monday(weeks - 1), declared, claims)
    return [row for week in range(weeks) for row in weekly.changes(monday(week))[0].to_pylist()]


def at(row: dict[str, Any], column: str) -> int:
    return int((row[column] - FIRST).days // 7)


@pytest.mark.parametrize("seed", range(2))
def test_a_step_of_40_points_is_found_where_pictures_of_a_week_are_alike(seed: int) -> None:
    counts = drawn(seed, stepped(0.4, 30, prompts=14), 5, 0.1)

    [row] = rows(warehouse(MODELS, [suite(gender=counts)]))

    assert (row["model"], row["prompt"], row["attribute"], row["value"]) == ("m1", None, "gender", "v0")
    assert at(row, "week") <= 33
    assert at(row, "earliest_week") <= 30 <= at(row, "latest_week")
    assert row["low"] < 0.4 < row["high"]
    hits = counts[1, :, 0]
    changed, opened = at(row, "changed_week"), at(row, "week")
    assert row["after_k"] == hits[:, changed : opened + 1].sum()
    assert row["before_k"] == hits[:, changed - 26 : changed].sum()
    assert (row["before_n"], row["after_n"]) == (26 * 14 * 5, (opened + 1 - changed) * 14 * 5)
    assert (row["labeler"], row["labeler_version"], row["causes"]) == ("reader", "1-a", [])


def test_a_value_counts_in_each_week_as_it_was_declared_in_that_week() -> None:
    counts = drawn(3, stepped(0.0, 0))
    con = warehouse(MODELS, [suite(gender=counts)])
    con.execute(
        "UPDATE attribute_values SET band = 'v1' WHERE value = 'v0' AND week < $week", {"week": monday(10)}
    )
    con.execute(
        "UPDATE attribute_values SET in_support = FALSE WHERE value = 'v1' AND week = $week",
        {"week": monday(12)},
    )

    weekly = WeeklyChanges.read(con, monday(39), monday(39), NOTHING, ())
    held = weekly.counts["jobs", 1, "baseline", 1, "gender"]

    place = LOOKBACK - 40
    read = held.pictures[:, :, [held.values[value] for value in ("v0", "v1")], place:]
    expected = counts.copy()
    expected[:, :, 1, :10], expected[:, :, 0, :10] = counts[..., :10].sum(2), 0
    expected[:, :, 1, 12] = 0
    assert np.array_equal(read, expected)


def test_it_is_what_the_plain_scan_says_of_the_same_arrays() -> None:
    """With a missed week, a model that is new, and one that is gone; refusals are boards like others."""
    counts = drawn(7, stepped(0.5, 30))
    counts[1, ..., 20] = counts[2, ..., :22] = counts[3, ..., 34:] = counts[0, 4, :, 15:18] = 0
    refused = np.random.default_rng(8).binomial(1, 0.2, counts.sum(2).shape) * (counts.sum(2) > 0)
    con = warehouse(MODELS, [suite(gender=counts, refused=refused)])
    weekly = WeeklyChanges.read(con, monday(0), monday(39), NOTHING, ())
    expected = dict(replay([(counts[:, :, 0], counts.sum(2))], 8, LOOKS)[0])

    found = []
    for week in range(40):
        table, would_find = weekly.changes(monday(week))
        found += table.to_pylist()
        planned = 2 * int((counts[..., week].sum((1, 2)) > 0).sum())
        start = np.array([0, 30 if week > 31 else 0, 0, 0])
        now = counts[..., : week + 1]
        _, soon = newest(now[:, :, 0], now.sum(2), start, planned, LOOKS)
        said = would_find.get(("model", False, "jobs", 1, "baseline", 1, "gender"), np.nan)
        assert said == pytest.approx(soon / 100, nan_ok=True)

    [row] = found
    event = expected[0]
    assert (at(row, "week"), at(row, "changed_week")) == (event.opened, event.changed) == (31, 30)
    assert row["size"] == pytest.approx(event.size)
    assert row["se"] == pytest.approx(event.standard_error)
    assert row["high"] == pytest.approx(event.size + event.half)
    assert (row["df"], row["dispersion"]) == pytest.approx((event.df, event.dispersion))
    assert row["series"] == 8  # of all four models, which were asked in that week


def test_all_series_of_the_attribute_begin_anew_and_refusals_alone() -> None:
    jobs, streets = drawn(4, stepped(0.5, 25)), drawn(5, stepped(0.15, 25))
    alone = rows(warehouse(MODELS, [suite("streets", gender=streets)]))
    refused = np.random.default_rng(6).binomial(5, stepped(0.5, 32) - 0.2)
    con = warehouse(
        MODELS, [suite("jobs", gender=jobs, age=jobs[::-1]), suite("streets", refused, gender=streets)]
    )
    weekly = WeeklyChanges.read(con, monday(0), monday(39), NOTHING, ())

    found = [row for week in range(40) for row in weekly.changes(monday(week))[0].to_pylist()]

    assert [(row["suite"], row["model"]) for row in alone] == [("streets", "m1")]
    assert [(row["suite"], row["model"], row["attribute"], row["value"]) for row in found] == [
        ("jobs", "m1", "gender", "v0"),
        ("jobs", "m2", "age", "v0"),
        ("streets", "m1", None, "refused"),
    ]
    assert found[2]["labeler"] is None
    assert {of: (day - FIRST).days // 7 for of, day in weekly.began.items()} == {
        ("m1", "gender"): 25,
        ("m2", "age"): 25,
        ("m1", None): 32,
    }


def world() -> duckdb.DuckDBPyConnection:
    """Return a warehouse with changes of all kinds, a combination, a withheld week and a second labeler."""
    gender, age = drawn(1, stepped(0.5, 24)), drawn(2, stepped(0.5, 30, model=2))
    gender[3, ..., :10] = gender[0, ..., 17] = age[0, ..., 17] = 0
    both = drawn(3, stepped(0.5, 20, model=3))
    both[3, ..., :10] = both[0, ..., 17] = 0
    refused = np.random.default_rng(4).binomial(3, stepped(0.6, 28, model=0) - 0.2)
    refused[0, :, 17] = 0
    con = warehouse(
        MODELS,
        [
            suite("jobs", refused, gender=gender, age=age, **{"all:man": both}),
            suite("rest-of-world", gender=drawn(9, stepped(0.5, 33, prompts=3), 40)),
        ],
    )
    con.execute(
        "INSERT INTO joint_values VALUES ('man', 'jobs', 1, 'gender', 'v0'), ('man', 'jobs', 1, 'age', 'v0')"
    )
    con.execute("INSERT INTO withheld VALUES (?, 'm1', 'why')", [monday(15)])
    con.execute(
        "INSERT INTO counts BY NAME SELECT * REPLACE ('second' AS labeler) FROM counts WHERE model = 'm2'"
    )
    con.execute("UPDATE plans SET labeler = 'second' WHERE model = 'm2' AND week >= ?", [monday(34)])
    return con


COMBINED = NOTHING.model_copy(
    update={
        "combinations": (Combination(id="man", suite="jobs@1", values={"gender": "v0", "age": "v0"}),),
        "stereotypes": (
            DeclaredPair(suite="rest-of-world@1", attribute="gender", value="v0", group="job:1"),
            DeclaredPair(
                suite="rest-of-world@1", attribute="gender", value="v1", group="job:2", statistic="x"
            ),
        ),
    }
)
CLAIM = RegisteredClaim(
    id="old",
    sentence="All are.",
    source="Somebody",
    then="all",
    suites=("rest-of-world@1",),
    pictures={"one": ("p0",)},
    shows={"gender": ("v0", "v1")},
)


def test_a_rebuild_finds_what_was_found_week_by_week() -> None:
    con = world()
    weekly = WeeklyChanges.read(con, monday(0), monday(39), COMBINED, [CLAIM])
    rebuilt = [weekly.changes(monday(week)) for week in range(40)]
    assert {row["attribute"] for table, _ in rebuilt for row in table.to_pylist()} >= {"gender", "age", None}

    for week in range(40):
        if week >= 22:  # before it nothing is found
            table, would_find = WeeklyChanges.read(
                con, monday(week), monday(week), COMBINED, [CLAIM]
            ).changes(monday(week))
            assert table.equals(rebuilt[week][0])
            assert would_find == rebuilt[week][1]
        con.register("found", rebuilt[week][0])
        con.execute("INSERT INTO changes BY NAME FROM found")

    assert con.sql("SELECT count(*) FROM changes").fetchall() > [(5,)]
    # a replay from a later week knows the earlier rows, and none of later weeks
    later = WeeklyChanges.read(con, monday(30), monday(39), COMBINED, [CLAIM])
    assert [later.changes(monday(week)) for week in range(30, 40)] == rebuilt[30:]
    shipped_too = WeeklyChanges.read(con, monday(39), monday(39)).changes(monday(39))[0]
    assert shipped_too.schema.equals(rebuilt[0][0].schema)


def test_a_combination_begins_anew_with_any_of_its_parts() -> None:
    weekly = WeeklyChanges.read(world(), monday(0), monday(39), COMBINED, ())

    found = [row for week in range(40) for row in weekly.changes(monday(week))[0].to_pylist()]

    both = [row for row in found if row["attribute"] == "all:man"]
    assert [(row["model"], row["value"], at(row, "changed_week")) for row in both] == [("m3", "shown", 20)]
    assert weekly.began["m2", "all:man"] == weekly.began["m2", "age"]


def test_single_prompts_are_those_of_declared_pairs_and_claims() -> None:
    found = rows(world(), 40, COMBINED, [CLAIM])

    of_prompts = {(row["prompt"], row["value"]) for row in found if row["prompt"]}
    assert of_prompts == {("rest-of-world/p1", "v0")}  # of p0 both values are counted: always all
    weekly = WeeklyChanges.read(world(), monday(39), monday(39), COMBINED, [CLAIM])
    boards = weekly.looked.boards(weekly.weeks[-1], dict.fromkeys(MODELS, ("model", False)))
    assert [(one.prompt, one.shows) for one in boards if one.prompt] == [
        ("rest-of-world/p0", ("v0", "v1")),
        ("rest-of-world/p1", ("v0",)),
    ]


def test_what_is_declared_later_counts_from_then_on() -> None:
    since = {"since": date.fromisoformat(monday(36))}
    later = COMBINED.model_copy(
        update={
            "combinations": (COMBINED.combinations[0].model_copy(update=since),),
            "stereotypes": (COMBINED.stereotypes[0].model_copy(update=since),),
        }
    )
    claim, con = CLAIM.model_copy(update=since), world()

    def looked_at(declared: Analysis, claims: Iterable[RegisteredClaim], week: int) -> int:
        weekly = WeeklyChanges.read(con, monday(week), monday(week), declared, claims)
        tracks = dict.fromkeys(MODELS, ("model", False))
        return sum(len(one.models) for one in weekly.looked.boards(weekly.weeks[-1], tracks))

    # gender and age of jobs, gender of rest-of-world, refusals of both; then a combination and two prompts
    assert looked_at(later, [claim], 35) == looked_at(NOTHING, (), 35) == 5 * 4
    assert looked_at(later, [claim], 36) == looked_at(COMBINED, [CLAIM], 36) == 5 * 4 + 3 * 4
    before = rows(con, 36, NOTHING)
    assert before
    assert rows(con, 36, later, [claim]) == before


def test_another_series_is_no_change_and_withheld_weeks_do_not_count() -> None:
    con = warehouse(MODELS, [suite(gender=drawn(1, stepped(0.5, 30)))])
    con.execute("UPDATE plans SET params_hash = 'q' WHERE week >= ?", [monday(30)])
    assert rows(con) == []

    con = warehouse(MODELS, [suite(gender=drawn(1, stepped(0.5, 30)))])
    for week in range(30, 39):
        con.execute("INSERT INTO withheld VALUES (?, 'm1', 'why')", [monday(week)])
    assert rows(con) == []  # one week of the new level
    con.execute("DELETE FROM withheld WHERE week = ?", [monday(38)])
    [row] = rows(con)
    assert (at(row, "week"), at(row, "changed_week"), row["series"]) == (39, 38, 8)


def test_a_labeler_that_a_plan_names_lately_counts_where_it_had_read() -> None:
    counts = drawn(1, stepped(0.5, 30))
    con = warehouse(MODELS, [suite(gender=counts)])
    con.execute("UPDATE plans SET labeler = 'second' WHERE week >= ?", [monday(31)])
    assert rows(con) == []  # it read nothing

    con.execute("INSERT INTO counts BY NAME SELECT * REPLACE ('second' AS labeler) FROM counts")
    [row] = rows(con)
    assert (row["labeler"], row["before_n"]) == ("second", counts[1, :, :, 4:30].sum())

    con.execute(
        "UPDATE counts SET labeler_version = '2-a' WHERE labeler = 'second' AND week >= ?", [monday(31)]
    )
    assert rows(con) == []  # a new version has no past

    con.execute("UPDATE counts SET labeler_version = '2-a' WHERE labeler = 'second'")
    con.execute(
        "INSERT INTO counts BY NAME SELECT * REPLACE ('10-a' AS labeler_version) FROM counts WHERE labeler = 'second'"
    )
    assert [row["labeler_version"] for row in rows(con)] == ["10-a"]  # the newest of two


def test_causes_are_what_else_changed_around_the_date() -> None:
    con = warehouse(MODELS, [suite(gender=drawn(1, stepped(0.5, 30)))])
    con.execute("UPDATE prompts SET suite_hash = 'other' WHERE model = 'm1' AND week >= ?", [monday(30)])
    con.execute(
        "UPDATE answers SET planned = pictures + 10, failed = 10 WHERE model = 'm1' AND week >= ?",
        [monday(30)],
    )
    for week, moved in ((29, 0), (30, 30)):
        con.execute(
            "INSERT INTO labeler_drift BY NAME SELECT cast(? AS DATE) AS week, 'a' AS anchor_set, 'reader' AS labeler, "
            "'1-a' AS labeler_version, 'gender' AS attribute, week AS baseline_week, week AS previous_week, "
            "100 AS pictures, ? AS moved, moved AS moved_since_previous",
            [monday(week), moved],
        )
    [row] = rows(con)
    assert row["causes"] == ["labeler_drift", "suite", "completeness"]

    con.execute("UPDATE labeler_drift SET moved_since_previous = 10")
    assert rows(con)[0]["causes"] == ["suite", "completeness"]  # less than half of the least that it can be


def test_a_change_of_all_models_names_them_as_cause() -> None:
    share = 0.3 + 0.3 * (np.arange(40) >= 30) * np.ones((4, 10, 1))

    found = rows(warehouse(MODELS, [suite(gender=drawn(1, share, 12))]))

    assert sorted(row["model"] for row in found) == MODELS
    assert {tuple(row["causes"]) for row in found} == {("all_models",)}
    assert all(row["common"] for row in found)


def test_of_a_confrontation_what_came_after_it_is_looked_at() -> None:
    con = warehouse(MODELS, [suite(condition="confronted", gender=drawn(1, stepped(0.5, 30)))])
    con.execute("INSERT INTO counts BY NAME SELECT * REPLACE (1 AS turn) FROM counts")

    [row] = rows(con)

    assert (row["turn"], row["before_n"]) == (2, 26 * 60)


def test_it_looks_back_a_year_and_a_half_at_most() -> None:
    counts = drawn(1, stepped(0.5, 90, weeks=92))
    counts[1, ..., 8:90] = 0

    found = rows(warehouse(MODELS, [suite(gender=counts)]), 92)

    assert LOOKBACK == 78
    assert found == []  # its weeks of before are too long ago
