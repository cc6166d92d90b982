"""Windows: four weeks' pictures pooled, scatter in the interval, begun anew where a change was opened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import isclose
from typing import Any

import polars as pl
import pytest

from assets.metrics.declared import load_declared
from assets.metrics.registry.metrics import metrics as registered
from assets.metrics.scores.table import compute_scores
from assets.metrics.windows.formulas import HISTORY, WINDOW
from assets.metrics.windows.rates import rate_names
from assets.metrics.windows.table import SCHEMA, week_windows
from tests.warehouse.builder import WEEK
from tests.warehouse.windows.planted import (
    CHANGED,
    KEYS,
    LOST,
    MODELS,
    OPENED,
    SUITES,
    WEEKS,
    WITHHELD,
    WORLD,
    Con,
    Row,
)
from tests.warehouse.windows.windows_plainly import Counts, Figure, Model, pooled, scatters, widened
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.sqlfiles import sql
from warehouse.weeks import shift


def rows(con: Con, where: str = "TRUE", week: str = WEEK) -> list[Row]:
    found = con.sql(f"FROM window_scores WHERE week = $week AND ({where})", params={"week": week})
    return pl.DataFrame(found.to_arrow_table()).to_dicts()


def counts_of(con: Con, model: str, attribute: str, suite: str, quiet: Sequence[str]) -> Counts:
    """Return what the labels of the quiet weeks hold."""
    support = next(a for s in SUITES if s.id == suite for a in s.attributes if a.id == attribute).values
    found = con.execute(
        "SELECT labels.week::VARCHAR, slots.prompt, labels.value, count(*) FROM labels "
        "JOIN slots USING (week, model, slot_key) WHERE labels.model = $model AND attribute = $attribute "
        "AND suite = $suite AND list_contains($weeks, labels.week::VARCHAR) GROUP BY ALL",
        {"model": model, "attribute": attribute, "suite": suite, "weeks": [*quiet]},
    ).fetchall()
    seen: dict[tuple[str, str], dict[str, int]] = {}
    for week, prompt, value, number in found:
        if value in support:
            seen.setdefault((week, prompt), dict.fromkeys(support, 0))[value] += number
    return seen


def quiet_of(model: str, attribute: str, week: str = WEEK) -> list[str]:
    """Return the weeks that no change lies after, as planted."""
    first = CHANGED if (model, attribute) == ("two", "perceived_gender") and week >= OPENED else WEEKS[0]
    return [
        one for one in WEEKS if first <= one <= week and (model != "three" or one not in (LOST, WITHHELD))
    ]


def model_of(con: Con, name: str, attribute: str, suite: str, week: str = WEEK) -> Model:
    quiet = quiet_of(name, attribute, week)
    return Model(
        counts_of(con, name, attribute, suite, quiet), [one for one in quiet if one >= shift(week, -3)]
    )


# --- figures -------------------------------------------------------------------------------------------------


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def statistic(con: Con) -> dict[str, float]:
    """Return the share of women that the statistic has for each prompt."""
    found = con.execute(
        "SELECT DISTINCT prompt, expected_share FROM reference_values WHERE suite = 'occupations' "
        "AND reference = 'bls-cps-2025' AND attribute = 'perceived_gender' AND value = 'feminine'"
    ).fetchall()
    return dict(found)


def pairs(con: Con, attribute: str) -> list[tuple[str, str]]:
    return con.execute(
        "SELECT value, subject FROM stereotype_pairs WHERE suite = 'rest-of-world' AND statistic IS NULL "
        "AND attribute = $attribute",
        {"attribute": attribute},
    ).fetchall()


def figures(con: Con) -> list[tuple[str, str, str | None, str, str | None, str | None, Figure]]:
    """Return suite, attribute, reference, metric, value_name, prompt and how it is computed from shares."""
    typed = statistic(con)

    def square(shares: Any) -> float:
        prompts = {prompt for prompt, _ in shares}
        return mean([sum((shares[p, v] - 0.5) ** 2 for v in ("feminine", "masculine")) / 2 for p in prompts])

    def over(prompts: Any) -> Figure:
        return lambda shares: mean(
            [share for (p, v), share in shares.items() if v == "feminine" and prompts(p)]
        )

    male = lambda p: typed.get(p, 0.5) <= 0.4  # noqa: E731
    subjects = {f"rest-of-world/{prompt.id}": prompt.subject for prompt in WORLD.prompts}

    declared = {"headwear": pairs(con, "headwear")}

    def stereotyped(attribute: str, own: bool) -> Figure:
        def figure(shares: Any) -> float:
            sides = []
            for value, subject in declared[attribute]:
                seen = [
                    share
                    for (prompt, shown), share in shares.items()
                    if shown == value
                    and (subjects[prompt] == subject) == own
                    and subjects[prompt].split(":")[0] == subject.split(":")[0]
                ]
                sides.append(mean(seen))
            return mean(sides)

        return figure

    gender = ("occupations", "perceived_gender")
    ceo = "occupations/ceo"
    return [
        (*gender, None, "share", "feminine", ceo, lambda s: s[ceo, "feminine"]),
        (*gender, None, "share", "masculine", None, lambda s: mean([x for (_, v), x in s.items() if v == "masculine"])),
        (*gender, "parity", "distance2", None, None, square),
        (*gender, "bls-cps-2025", "mean_share", "all", None, over(lambda p: True)),
        (*gender, "bls-cps-2025", "mean_share", "male_typed", None, over(male)),
        ("rest-of-world", "headwear", "stereotypes", "stereotype_share", None, None, stereotyped("headwear", True)),
        ("rest-of-world", "headwear", "stereotypes", "stereotype_others", None, None, stereotyped("headwear", False)),
    ]  # fmt: skip


def one_row(con: Con, model: str, week: str = WEEK, **keys: Any) -> Row:
    where = " AND ".join(f"{name} IS NOT DISTINCT FROM ${name}" for name in keys)
    found = con.sql(
        f"FROM window_scores WHERE week = $week AND model = $model AND {where}",
        params={"week": week, "model": model, **keys},
    )
    (row,) = pl.DataFrame(found.to_arrow_table()).to_dicts()
    return row


@pytest.mark.parametrize("week", [WEEKS[0], WEEKS[1], WEEKS[3], WEEK])
def test_estimates_and_scatter_are_those_of_plain_python(con: Con, week: str) -> None:
    for suite, attribute, reference, metric, about, prompt, figure in figures(con):
        if metric.startswith("stereotype") and week in WEEKS[:2]:
            continue  # too few pictures of a group
        models = {name: model_of(con, name, attribute, suite, week) for name in MODELS}
        if prompt and not all((prompt, "feminine") in pooled(m.counts, m.window) for m in models.values()):
            continue
        plain = dict(zip(models, scatters([*models.values()], [figure] * len(models)), strict=True))
        for name, model in models.items():
            if name == "three" and week == WITHHELD:
                continue
            row = one_row(
                con,
                name,
                week,
                suite=suite,
                attribute=attribute,
                reference=reference,
                metric=metric,
                value_name=about,
                prompt=prompt,
            )
            assert not row["reason"], row
            if metric != "distance2":  # of squares the plain one is biased
                assert isclose(row["estimate"], figure(pooled(model.counts, model.window)), abs_tol=1e-9), row
            assert row["quiet_weeks"] == plain[name].weeks, row
            assert isclose(row["scatter"] ** 2, plain[name].variance, abs_tol=1e-9), (metric, row)
            assert isclose(row["scatter_freedom"] or float("inf"), plain[name].freedom, rel_tol=1e-5), row
            assert row["weeks"] == len(model.window)


def pooled_week(con: Con, weeks: Sequence[str]) -> list[Row]:
    """Return the scores of a week in which the labels of all these weeks were given."""
    with connect(None) as other:
        make_tables(other)
        load_declared(other)
        for table in ("plans", "prompts", "prompt_attributes", "attribute_values", "reference_values"):
            held = con.sql(f"FROM {table} WHERE week = $w", params={"w": WEEK}).to_arrow_table()
            other.execute(f"INSERT INTO {table} BY NAME FROM held")
        for table in ("slots", "attempts", "images", "labels"):
            held = con.sql(  # noqa: F841
                f"SELECT * REPLACE (CAST($w AS DATE) AS week) FROM {table} WHERE list_contains($weeks, week::VARCHAR)",
                params={"w": WEEK, "weeks": [*weeks]},
            ).to_arrow_table()
            other.execute(f"INSERT INTO {table} BY NAME FROM held")
        return pl.DataFrame(compute_scores(other, WEEK)).to_dicts()


def test_figures_are_those_of_one_week_in_which_all_pictures_were_drawn(con: Con) -> None:
    """Of every metric: the estimate, n and cells; and the interval, once scatter is added to it."""
    key = lambda row: tuple(row[name] for name in KEYS)  # noqa: E731
    scores = {key(row): row for row in pooled_week(con, WEEKS[-4:]) if row["model"] == "one"}
    metrics, ranges = set(), {one.id: one.range for one in registered()}
    for row in rows(con, "model = 'one' AND estimate IS NOT NULL"):
        same = scores[key(row)]
        few = row["cells"] < same["cells"]  # prompts with fewer than five pictures are left out of windows
        if few or (row["metric"] == "distance" and row["estimate"] == 0):
            continue
        metrics.add(row["metric"])
        for column in ("estimate", "n", "cells"):
            assert isclose(row[column], same[column], abs_tol=1e-9), (column, row, same)
        if row["metric"] not in ("distance", "distance2"):
            plain = type("", (), {"variance": row["scatter"] ** 2, "freedom": row["scatter_freedom"] or 1e12})
            for end, sign in (("low", -1), ("high", 1)):
                wide = widened(row["estimate"], same[end], plain, row["weeks"], sign)  # type: ignore[arg-type]
                least, most = ranges[row["metric"]]
                assert isclose(row[end], min(max(wide, least), most), abs_tol=1e-7) or row[end] == 0, (
                    end,
                    row,
                    same,
                )
    assert metrics >= {
        *("share", "distance2", "distance", "mean_share", "stereotype_share", "stereotype_others"),
        *("combination_share", *rate_names()),
    }


def test_a_window_is_at_most_four_weeks_and_begins_anew_at_an_opened_change(con: Con) -> None:
    gender = {"suite": "occupations", "attribute": "perceived_gender", "metric": "distance"}
    by_week = {
        week: one_row(con, "two", week, reference="parity", prompt=None, value_name=None, **gender)
        for week in WEEKS
    }
    firsts = [by_week[week]["first_week"].isoformat() for week in WEEKS]
    assert firsts[:3] == [shift(WEEKS[0], -3), shift(WEEKS[0], -2), shift(WEEKS[0], -1)]
    assert firsts[3:5] == [WEEKS[0], WEEKS[1]]
    assert firsts[5:] == [CHANGED, CHANGED], "from the week in which it was opened, not before"
    assert [by_week[week]["weeks"] for week in WEEKS] == [1, 2, 3, 4, 4, 2, 3]
    other = one_row(
        con, "two", suite="occupations", attribute="skin_tone", metric="distance", reference="uniform",
        prompt=None, value_name=None,
    )  # fmt: skip
    assert other["weeks"] == 4, "another attribute did not change"
    assert {row["window_weeks"] for row in rows(con)} == {WINDOW}


def test_the_pictures_before_an_opened_change_are_in_no_figure(con: Con) -> None:
    """Whatever they showed."""
    before = rows(con, "model = 'two' AND attribute = 'perceived_gender' AND suite = 'occupations'")
    con.execute("BEGIN")
    con.execute(
        "UPDATE scores SET estimate = 1 - estimate WHERE model = 'two' AND attribute = 'perceived_gender' "
        "AND metric = 'share' AND week < $changed",
        {"changed": CHANGED},
    )
    again = pl.DataFrame(week_windows(con, WEEK)).to_dicts()
    con.execute("ROLLBACK")
    found = [
        r
        for r in again
        if (r["model"], r["attribute"], r["suite"]) == ("two", "perceived_gender", "occupations")
    ]
    by = lambda row: tuple(str(row[name]) for name in KEYS)  # noqa: E731
    assert len(found) == len(before) > 0
    for one, other in zip(sorted(found, key=by), sorted(before, key=by), strict=True):
        assert one["estimate"] == pytest.approx(other["estimate"], rel=1e-9, abs=1e-12)


def test_a_withheld_week_is_in_no_window_and_has_none(con: Con) -> None:
    assert not rows(con, "model = 'three'", WITHHELD)
    assert rows(con, "model = 'one'", WITHHELD)
    last = one_row(
        con, "three", suite="occupations", attribute="perceived_gender", metric="distance", reference="parity",
        prompt=None, value_name=None,
    )  # fmt: skip
    assert (last["weeks"], last["quiet_weeks"]) == (3, 5)


@pytest.mark.parametrize(
    ("column", "value"), [("labeler_version", "2-else"), ("params_hash", "00000000"), ("suite_major", 2)]
)
def test_what_starts_another_series_starts_another_window(con: Con, column: str, value: Any) -> None:
    con.execute("BEGIN")
    con.execute(
        f"UPDATE scores SET {column} = $value WHERE model = 'one' AND week < $w", {"value": value, "w": WEEK}
    )
    found = pl.DataFrame(week_windows(con, WEEK)).filter(pl.col("model") == "one")
    con.execute("ROLLBACK")
    found = found.filter(pl.col("estimate").is_not_null())
    assert found["weeks"].unique().to_list() == [1]
    assert set(found["quiet_weeks"].drop_nulls()) <= {1}


def test_scatter_is_assumed_where_a_board_has_no_history(con: Con) -> None:
    first = rows(con, "metric = 'mean_share' AND value_name = 'all'", WEEKS[0])
    assert {(row["scatter_measured"], row["quiet_weeks"], row["scatter_freedom"]) for row in first} == {
        (False, 1, None)
    }
    assert all(row["scatter"] == pytest.approx(0.05) for row in first)
    later = rows(con, "metric = 'mean_share' AND value_name = 'all'", WEEK)
    assert all(row["scatter_measured"] and row["scatter_freedom"] >= 4 for row in later)


def test_too_few_pictures_have_a_reason(con: Con) -> None:
    found = rows(con, "estimate IS NULL", WEEKS[0])
    assert {row["reason"] for row in found} >= {"too few: no prompt has 5 assessed pictures in the window"}
    assert all(row["low"] is None and row["high"] is None for row in found)


def test_a_share_without_a_statistic_is_never_below_nothing(con: Con) -> None:
    found = con.execute(
        "SELECT count(*) > 50, min(low), bool_or(low = 0), max(high) <= 1 FROM window_scores "
        "WHERE metric IN ('stereotype_share', 'stereotype_others') AND estimate IS NOT NULL AND attribute IN "
        "(SELECT attribute FROM stereotype_pairs GROUP BY attribute HAVING bool_and(statistic IS NULL))"
    ).fetchall()
    assert found == [(True, 0.0, True, True)]


AUDITED = (*("share", "distance2", "stereotype_share", "stereotype_others"),)


@pytest.mark.parametrize("week", [WEEKS[1], WEEKS[3], WEEK])
def test_the_audit_query_finds_the_same_from_labels(con: Con, week: str) -> None:
    columns = ("estimate", "low", "high", "cells", "scatter", "scatter_freedom", "quiet_weeks", "weeks")
    key = lambda row: tuple(row[name] for name in KEYS if name != "suite_major")  # noqa: E731
    audit = pl.DataFrame(
        con.sql(f"SELECT * FROM ({sql('audit/window_figures')}) WHERE week = '{week}'").to_arrow_table()
    ).to_dicts()
    found = {key(row): row for row in audit}
    assert len(found) == len(audit)
    checked = 0
    for row in rows(con, "estimate IS NOT NULL", week):
        if row["metric"] not in AUDITED:
            continue
        if row["metric"].startswith("stereotype") and (
            row["value_name"] or row["reference"] != "stereotypes"
        ):
            continue
        other = found.pop(key(row))
        checked += 1
        for name in columns:
            if row["metric"] != "share" and name in ("low", "high"):
                continue
            if row[name] is None:
                assert other[name] is None, (name, row, other)
            else:
                assert isclose(row[name], other[name], rel_tol=1e-6, abs_tol=2e-7), (name, row, other)
        if row["first_week"] >= date.fromisoformat(WEEKS[0]):
            assert row["first_week"] == other["first_week"]
    assert checked > 500
    left = [row for row in found.values() if not row["metric"].startswith("stereotype")]
    assert not left, left[:3]


def test_windows_are_the_same_in_whatever_order_weeks_are_made(con: Con) -> None:
    for week in reversed(WEEKS):
        before = pl.DataFrame(con.sql(f"FROM window_scores WHERE week = '{week}'").to_arrow_table())
        con.execute("BEGIN")
        replace = week_windows(con, week)
        con.execute("ROLLBACK")
        assert replace.num_rows == before.height
    assert SCHEMA.names == [row[0] for row in con.execute("DESCRIBE window_scores").fetchall()]
    assert HISTORY >= WINDOW


@pytest.mark.parametrize(
    "name", ["interval_holds", "null_has_reason", "one_row_each", "week_in_window", "model_present"]
)
def test_checks_hold(con: Con, name: str) -> None:
    for week in WEEKS:
        found = con.execute(sql(f"checks/window_scores__{name}"), {"week": week, "model": None}).fetchall()
        assert found == [], (week, found[:2])
