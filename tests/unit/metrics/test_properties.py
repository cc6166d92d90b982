"""What must hold of shares, distances, raw distances, rates and agreement whatever is counted.

Order and names change nothing; figures stay in their range; too few, one value, or nothing at all has a reason and
no figure. Belongs here: properties of whole families. Does not belong here: formulas (a file per family).
"""

from __future__ import annotations

import math
from random import Random
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assets.metrics.formulas.distance import distance2, mean_distance2, terms
from assets.metrics.formulas.share import Estimate, Floats, Ints, mean_share, wilson
from assets.metrics.labels.agreement import MISSING, Level, alpha, kappa, pair_counts, value_counts
from assets.metrics.scores.figures import rate_figures
from assets.metrics.scores.measures.distances import distance_figures
from assets.metrics.scores.measures.label_rates import ATTRIBUTE_RATES, PERSON_RATES
from assets.metrics.scores.measures.outcome_rates import OUTCOME_RATES
from assets.metrics.scores.measures.shares import share_figures
from assets.metrics.scores.rates import (
    attribute_counts,
    outcome_counts,
    outside_counts,
)
from tests.unit.metrics.arrays import cells_of, figures_of

NEAR = {"abs": 1e-9, "nan_ok": True}
EXAMPLES = settings(max_examples=40, deadline=None)


COUNT = st.sampled_from([0, 0, 1, 2]) | st.integers(0, 25)


def table(least: int = 1, most: int = 4) -> st.SearchStrategy[list[list[int]]]:
    """Counts of one to six cells, often with none, one or all of a value."""
    return st.integers(least, most).flatmap(
        lambda k: st.lists(st.lists(COUNT, min_size=k, max_size=k), min_size=1, max_size=6)
    )


def uneven(values: int) -> Floats:
    """Reference shares that all differ."""
    return np.arange(1, values + 1) / sum(range(values + 1))


def shuffled(size: int, random: Random) -> list[int]:
    order = list(range(size))
    random.shuffle(order)
    return order


def same(one: Estimate, two: Estimate) -> bool:
    return all(a == pytest.approx(b, **NEAR) for a, b in zip(one, two, strict=True))


def one_suite(x: Ints, q: Floats) -> Estimate:
    return mean_distance2(terms(x, np.broadcast_to(q, x.shape)), np.zeros(len(x), dtype=np.int64), 1)


@EXAMPLES
@given(st.lists(st.tuples(COUNT, COUNT), min_size=1, max_size=8), st.randoms())
def test_mean_share_knows_no_order_no_names_and_no_other_groups(
    pairs: list[tuple[int, int]], random: Random
) -> None:
    k, rest = np.array(pairs).T
    n, group = k + rest, np.arange(len(k)) % 3
    found = mean_share(k, n, group, 3)
    order = shuffled(len(k), random)
    assert same(found, mean_share(k[order], n[order], group[order], 3))
    mirrored = mean_share(rest, n, group, 3)  # the other of two values
    assert same(found, Estimate(1 - mirrored.estimate, 1 - mirrored.high, 1 - mirrored.low))
    for number in range(3):
        own = group == number
        alone = mean_share(k[own], n[own], np.zeros(own.sum(), dtype=np.int64), 1)
        assert same(alone, Estimate(*(part[[number]] for part in found)))
        assert math.isnan(found.estimate[number]) == (not n[own].any())
        if n[own].any():
            assert 0 <= found.low[number] <= found.estimate[number] + 1e-12
            assert found.estimate[number] - 1e-12 <= found.high[number] <= 1


@EXAMPLES
@given(table(), st.randoms())
def test_distances_know_no_order_and_no_names(counts: list[list[int]], random: Random) -> None:
    x = np.array(counts)
    q = uneven(x.shape[1])
    rows, columns = shuffled(len(x), random), shuffled(x.shape[1], random)
    y, other = x[rows][:, columns], q[columns]
    assert same(one_suite(x, q), one_suite(y, other))
    alone = [mean_distance2(terms(z, np.broadcast_to(p, z.shape)), np.arange(len(z)), len(z))
             for z, p in ((x, q), (y, other))]  # fmt: skip
    assert same(Estimate(*(part[rows] for part in alone[0])), alone[1])
    one = distance2(x, np.broadcast_to(q, x.shape))[rows]
    assert one == pytest.approx(distance2(y, np.broadcast_to(other, y.shape)), **NEAR)


@EXAMPLES
@given(table())
def test_distances_keep_to_their_ranges_and_to_how_many_pictures_they_need(counts: list[list[int]]) -> None:
    x = np.array(counts)
    n, q = x.sum(axis=1), np.broadcast_to(uneven(x.shape[1]), x.shape)
    squared = distance2(x, q)
    assert (np.isnan(squared) == (n < 2)).all()
    limit = 0.5 * (1 - 2 * q[0].min() + (q[0] ** 2).sum())
    assert (squared[n > 1] <= limit + 1e-12).all()
    assert (squared[n > 1] >= -0.5 / (n[n > 1] - 1) - 1e-12).all()
    if x.shape[1] == 1:
        assert np.abs(squared[n > 1]).max(initial=0) < 1e-12
    found = one_suite(x, q[0])
    if (n > 1).any():
        assert found.low[0] <= found.estimate[0] + 1e-12
        assert found.estimate[0] - 1e-12 <= found.high[0] <= limit + 1e-12
    else:
        assert all(math.isnan(part[0]) for part in found)


@EXAMPLES
@given(table(), st.integers(1, 3))
def test_suites_measured_together_are_those_measured_alone(counts: list[list[int]], suites: int) -> None:
    x = np.array(counts)
    q = np.broadcast_to(uneven(x.shape[1]), x.shape)
    group = np.arange(len(x)) % suites
    together = mean_distance2(terms(x, q), group, suites)
    for number in range(suites):
        own = x[group == number]
        if len(own):
            alone = one_suite(own, q[0])
            assert same(alone, Estimate(*(part[[number]] for part in together)))


@EXAMPLES
@given(table(2), st.booleans(), st.data())
def test_figures_have_a_figure_or_a_reason(counts: list[list[int]], suite: bool, data: st.DataObject) -> None:
    x = np.array(counts)
    more = data.draw(st.lists(st.integers(0, 2), min_size=len(x), max_size=len(x)))
    q = np.broadcast_to(uneven(x.shape[1]), x.shape).tolist()
    cells = cells_of(counts, pictures=(x.sum(axis=1) + more).tolist(), expected=q)
    found = [
        row for family in (share_figures, distance_figures) for row in figures_of(family, cells, suite=suite)
    ]
    groups = [x] if suite else [x[[row]] for row in range(len(x))]
    assert {row["metric"] for row in found} == {"share", "distance2", "distance"}
    for row in found:
        assert (row["estimate"] is None) == (row["reason"] is not None), row
        if row["estimate"] is None:
            assert row["low"] is None
            assert row["high"] is None
        elif row["low"] is not None:
            assert row["low"] <= row["estimate"] + 1e-9
            assert row["estimate"] - 1e-9 <= row["high"]
    for metric, needed in (("share", 1), ("distance2", 2)):
        told = [row["estimate"] is not None for row in found if row["metric"] == metric]
        expected = [bool((group.sum(axis=1) >= needed).any()) for group in groups]
        if metric == "share":
            expected = [one for one in expected for _ in range(x.shape[1])]
        assert sorted(told) == sorted(expected), metric
    shares = [row["estimate"] for row in found if row["metric"] == "share" and row["estimate"] is not None]
    whole = sum(bool(group.sum()) for group in groups)
    assert sum(shares) == pytest.approx(whole, abs=1e-9)


OUTCOMES = st.lists(
    st.tuples(
        st.sampled_from(["picture", "refused", "failed", "not_asked"]),
        st.sampled_from(["s/a", "s/b"]),
    ),
    min_size=1,
    max_size=12,
)


def answers(rows: list[tuple[str, str]]) -> pl.DataFrame:
    groups, prompts = zip(*rows, strict=True)
    return pl.DataFrame(
        {
            "model": ["m"] * len(rows),
            "prompt": prompts,
            "outcome_group": groups,
            "pictures": [int(group == "picture") for group in groups],
        }
    )


def rates_of(counts: pl.DataFrame, rates: Any, key: str) -> dict[str, dict[str, Any]]:
    found = pl.concat(list(rate_figures(counts, [key], rates)))
    return {row["metric"]: row for row in found.to_dicts()}


@settings(EXAMPLES, max_examples=12)
@given(OUTCOMES, st.randoms())
def test_rates_of_outcomes_know_no_order_and_add_up(rows: list[tuple[str, str]], random: Random) -> None:
    found = rates_of(outcome_counts(answers(rows), ["model"]), OUTCOME_RATES, "model")
    moved = answers([rows[at] for at in shuffled(len(rows), random)])
    renamed = moved.with_columns(pl.col("prompt").replace({"s/a": "s/b", "s/b": "s/a"}))
    assert rates_of(outcome_counts(renamed, ["model"]), OUTCOME_RATES, "model") == found
    for row in found.values():
        assert (row["estimate"] is None) == (row["n"] == 0) == (row["reason"] is not None)
        if row["estimate"] is not None:
            assert 0 <= row["low"] <= row["estimate"] <= row["high"] <= 1
    assert found["completeness"]["estimate"] + found["failed_rate"]["estimate"] == pytest.approx(1)
    if found["answer_rate"]["n"]:
        assert found["answer_rate"]["estimate"] + found["refused_rate"]["estimate"] == pytest.approx(1)


VALUES = ("0", "1", "2", "3+", "odd", "cannot_tell", "invalid", "not_assessed")


@EXAMPLES
@given(st.lists(st.integers(0, 9) | st.just(0), min_size=len(VALUES), max_size=len(VALUES)), st.randoms())
def test_rates_of_pictures_know_no_order_and_add_up(pictures: list[int], random: Random) -> None:
    long = pl.DataFrame(
        {
            "attribute": ["person_count"] * len(VALUES),
            "prompt": ["s/a"] * len(VALUES),
            "value": VALUES,
            "in_support": [True] * 4 + [False] * 4,
            "pictures": pictures,
        }
    )
    rates = (*ATTRIBUTE_RATES, *PERSON_RATES)
    found = rates_of(attribute_counts(long, ["attribute"]), rates, "attribute")
    moved = long[shuffled(len(VALUES), random)]
    assert rates_of(attribute_counts(moved, ["attribute"]), rates, "attribute") == found
    for row in found.values():
        assert (row["estimate"] is None) == (row["reason"] is not None)
        if row["estimate"] is not None:
            assert 0 <= row["low"] <= row["estimate"] <= row["high"] <= 1
    outside = outside_counts(long, ["attribute"])
    if sum(pictures):
        parts = ("assessed_rate", "cannot_tell_rate", "invalid_rate", "not_assessed_rate")
        whole = sum(found[name]["estimate"] for name in parts) + outside["outside"].sum() / sum(pictures)
        assert whole == pytest.approx(1)
    else:
        assert {row["reason"] for row in found.values()} == {"no usable pictures"}
    if not sum(pictures[:4]):
        assert found["no_person_rate"]["estimate"] is None


@EXAMPLES
@given(st.integers(0, 40), st.integers(0, 40))
def test_wilson_knows_no_names(k: int, rest: int) -> None:
    one, two = wilson(k, k + rest), wilson(rest, k + rest)
    assert one.low == pytest.approx(1 - two.high, **NEAR)
    assert one.high == pytest.approx(1 - two.low, **NEAR)


RATED = st.integers(1, 4).flatmap(
    lambda k: st.tuples(
        st.just(k), st.lists(st.tuples(*[st.integers(MISSING, k - 1)] * 3), min_size=1, max_size=20)
    )
)


@EXAMPLES
@given(RATED, st.sampled_from(["nominal", "ordinal"]), st.randoms())
@example((3, [(1, 0, 0), (1, 0, 0), (1, 1, 0), (1, 1, 0), (1, 1, 0), (1, 2, 0)]), "ordinal", Random(1))
def test_agreement_knows_no_order_of_pictures_and_raters_and_no_names(
    rated: tuple[int, list[tuple[int, ...]]], level: Level, random: Random
) -> None:
    k, rows = rated
    codes = np.array(rows, dtype=np.int64)
    found = alpha(*value_counts(codes, k), level)
    moved = codes[shuffled(len(codes), random)][:, shuffled(3, random)]
    assert alpha(*value_counts(moved, k), level) == pytest.approx(found, **NEAR)
    # names in any order; an order of values only backwards
    names = np.array([*(shuffled(k, random) if level == "nominal" else range(k - 1, -1, -1)), MISSING])
    assert alpha(*value_counts(names[codes], k), level) == pytest.approx(found, **NEAR)
    first, second = pair_counts(codes[:, 0], codes[:, 1], k), pair_counts(codes[:, 1], codes[:, 0], k)
    pairs = kappa(first, level)
    assert kappa(second, level) == pytest.approx(pairs, **NEAR)
    turned = names[:-1]
    assert kappa(first[np.ix_(turned, turned)], level) == pytest.approx(pairs, **NEAR)
    for agreed in (found, pairs):
        if not math.isnan(agreed.low):
            assert -1 <= agreed.low <= agreed.estimate + 1e-9
            assert agreed.estimate - 1e-9 <= agreed.high <= 1
    if k == 1:
        assert math.isnan(found.estimate)
        assert math.isnan(pairs.estimate)
