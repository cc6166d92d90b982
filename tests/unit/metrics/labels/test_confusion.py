"""Figures corrected with gold: as computed by another way, by hand, and what must hold of them whatever the data."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from assets.metrics.formulas.share import Z95, Estimate
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assets.metrics.labels.confusion import (
    Gold,
    Pictures,
    confusion,
    corrected_shares,
    inverse,
    unrated,
)
from assets.metrics.labels.distances import corrected_distance2, not_followed
from tests.unit.metrics.labels.gold_by_hand import Strata, gold_share

YES, NO, OUT = 0, 1, 2
STEP = 1e-30


def world(
    seed: int, values: int = 2, cells: int = 6, error: float = 0.15, sets: int = 2, outside: float = 0.1
) -> tuple[Gold, Pictures]:
    """Cells of the week and of an earlier one, gold of both drawn in `sets` sets of strata, some read by two people."""
    rng = np.random.default_rng(seed)
    wide = values + 1
    reads = np.full((wide, wide), error / values)
    np.fill_diagonal(reads, 1 - error)
    truth = np.concatenate(
        [rng.dirichlet(np.ones(values) * 2, 2 * cells) * (1 - outside), np.full((2 * cells, 1), outside)], 1
    )
    shown = rng.multinomial(rng.integers(8, 25, 2 * cells), truth)
    joint = np.stack([rng.multinomial(shown[:, y], reads[y]) for y in range(wide)], axis=1)
    counts = joint.sum(axis=1).astype(float)
    stratum, size, read, said = [], [], [], []
    for number in range(sets):
        pool = joint[number * cells : (number + 1) * cells].sum(axis=0)
        for f in np.flatnonzero(pool.sum(axis=0)):
            rated = min(int(pool[:, f].sum()), 12)
            for y, times in enumerate(rng.multivariate_hypergeometric(pool[:, f], rated)):
                for _ in range(times):
                    stratum.append(len(size))
                    read.append(f)
                    one = np.eye(wide)[y]
                    said.append(
                        0.5 * one + 0.5 * np.eye(wide)[rng.integers(wide)] if rng.random() < 0.1 else one
                    )
            size.append(float(pool[:, f].sum()))
    gold = Gold(np.array(stratum), np.array(size), np.array(read), np.array(said))
    where = np.arange(2 * cells)
    return gold, Pictures(counts, where < sets * cells, where < cells)  # fmt: skip


def joint_by_hand(gold: Gold, pictures: Pictures) -> np.ndarray:
    wide = pictures.counts.shape[1]
    total = np.zeros((wide, wide))
    for stratum, f, said in zip(gold.stratum, gold.read, gold.said, strict=True):
        total[f] += gold.size[stratum] / (gold.stratum == stratum).sum() * said
    shown = pictures.counts[pictures.pool].sum(axis=0) / pictures.counts[pictures.pool].sum()
    return np.array(
        [shown[f] * total[f] / total[f].sum() if total[f].sum() else 0 * total[f] for f in range(wide)]
    )


def shares_by_hand(joint: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """Solve M π = λ, λ the mean of the cells' read shares; works for complex numbers, for exact derivatives.

    A value that is not read in more than half of the pictures in which people see it keeps its part.
    """
    seen = joint.sum(axis=0)
    some = [y for y in range(len(joint)) if joint[y, y].real > seen[y].real / 2]
    pi = seen + 0j
    moved = cells.mean(axis=0) - joint.sum(axis=1)
    pi[some] = pi[some] + np.linalg.solve((joint / seen)[np.ix_(some, some)], moved[some])
    return pi[:-1] / pi[:-1].sum()


def distance2_by_hand(
    joint: np.ndarray, cells: np.ndarray, n: np.ndarray, q: np.ndarray, *, debias: bool = True
):
    inside = joint[:-1, :-1]
    back = np.linalg.inv(inside / inside.sum(axis=0))
    total = 0
    for shares, pictures, expected in zip(cells, n, q, strict=True):
        p = back @ shares
        sampling = back @ (np.diag(shares) - np.outer(shares, shares)) @ back.T / (pictures - 1)
        total = total + ((p - expected) ** 2).sum() / 2 - (np.trace(sampling) / 2 if debias else 0)
    return total / len(cells)


def slopes(function, at: np.ndarray) -> np.ndarray:
    """Exact derivatives, by a step along the imaginary axis (Squire & Trapp 1998, SIAM Rev. 40: 110-112)."""
    out = np.zeros(at.shape)
    for place in np.ndindex(*at.shape):
        moved = at.astype(complex)
        moved[place] += STEP * 1j
        out[place] = np.imag(function(moved)) / STEP
    return out


def variance_by_hand(gold: Gold, pictures: Pictures, effect: np.ndarray, along: np.ndarray) -> float:
    """Answers in their strata, and pictures in their cells; `along` (C, F): derivative along a cell's shares."""
    wide = pictures.counts.shape[1]
    weights = np.array([gold.size[s] / (gold.stratum == s).sum() for s in gold.stratum])
    pool = pictures.counts[pictures.pool]
    shown = pool.sum(axis=0) / pool.sum()
    given = np.zeros((wide, wide))
    level = np.zeros((wide, wide))
    for f in range(wide):
        mine = gold.read == f
        if mine.any():
            given[f] = (weights[mine][:, None] * gold.said[mine]).sum(axis=0) / weights[mine].sum()
            level[f] = (effect[f] - given[f] @ effect[f]) * shown[f] / weights[mine].sum()
    parts = [0.0, 0.0]
    for s, size in enumerate(gold.size):
        mine = np.flatnonzero(gold.stratum == s)
        z = np.array([gold.said[i] @ level[gold.read[i]] for i in mine])
        if len(z) > 1:
            parts[0] += size**2 * z.var(ddof=1) / len(z)
        more = [(level[gold.read[i], y], 2 / len(z) / (wide - 1)) for i in mine for y in range(wide - 1)]
        values, mass = np.array([(v, 1.0) for v in z] + more).T
        mean = np.average(values, weights=mass)
        parts[1] += size**2 * np.average((values - mean) ** 2, weights=mass) / len(z)
    mean_effect = (given * effect).sum(axis=1)
    unbiased = lifted = 0.0
    for c, counts in enumerate(pictures.counts):
        n = counts.sum()
        each = along[c] / n + (mean_effect / pool.sum() if pictures.pool[c] else 0)
        extra = counts + np.where(np.arange(wide) < wide - 1, 2 / (wide - 1), 0)
        plain = np.average((each - np.average(each, weights=counts)) ** 2, weights=counts)
        more = np.average((each - np.average(each, weights=extra)) ** 2, weights=extra)
        unbiased += n * plain * n / (n - 1)
        lifted += n * more
    return max(parts) + max(unbiased, lifted)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("values", "sets"), [(2, 1), (2, 2), (3, 2), (4, 1)])
def test_shares_and_intervals_are_those_of_another_path(seed: int, values: int, sets: int) -> None:
    gold, pictures = world(100 * values + seed, values, sets=sets)
    found = confusion(gold, pictures)
    joint = joint_by_hand(gold, pictures)
    np.testing.assert_allclose(found.joint, joint, atol=1e-13)
    now = pictures.counts[pictures.now]
    cells = now / now.sum(axis=1)[:, None]
    ours = corrected_shares(found, pictures)
    theirs = shares_by_hand(joint, cells).real
    np.testing.assert_allclose(ours.estimate, theirs, rtol=0, atol=1e-9)
    for value in range(values):
        effect = slopes(lambda a, v=value: shares_by_hand(a, cells)[v], joint)
        along = np.zeros_like(pictures.counts)
        along[pictures.now] = slopes(lambda c, v=value: shares_by_hand(joint, c)[v], cells)
        half = Z95 * np.sqrt(variance_by_hand(gold, pictures, effect, along))
        assert ours.low[value] == pytest.approx(max(theirs[value] - half, 0), abs=1e-9)
        assert ours.high[value] == pytest.approx(min(theirs[value] + half, 1), abs=1e-9)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("values", "sets"), [(2, 1), (2, 2), (3, 2), (4, 1)])
def test_distance2_and_its_interval_are_those_of_another_path(seed: int, values: int, sets: int) -> None:
    gold, pictures = world(200 * values + seed, values, sets=sets)
    q = np.random.default_rng(seed).dirichlet(np.ones(values), len(pictures.counts))
    ours = corrected_distance2(confusion(gold, pictures), pictures, np.arange(values), q)
    joint, here = joint_by_hand(gold, pictures), pictures.counts[pictures.now][:, :-1]
    n, expected = here.sum(axis=1), q[pictures.now]
    cells = here / n[:, None]
    theirs = distance2_by_hand(joint, cells, n, expected)
    assert float(ours.estimate) == pytest.approx(theirs, abs=1e-9)
    effect = slopes(lambda a: distance2_by_hand(a, cells, n, expected), joint)
    slope = slopes(lambda c: distance2_by_hand(joint, c, n, expected, debias=False), cells)
    along = np.zeros_like(pictures.counts)
    all_n = pictures.counts[pictures.now].sum(axis=1)
    along[pictures.now, :-1] = (slope - (slope * cells).sum(axis=1)[:, None]) * (all_n / n)[:, None]
    variance = variance_by_hand(gold, pictures, effect, along)
    back = np.linalg.inv(joint[:-1, :-1] / joint[:-1, :-1].sum(axis=0))
    for counts, pictures_of in zip(here, n, strict=True):
        p = (counts + 2 / values) / (pictures_of + 2)
        v = back @ (np.diag(p) - np.outer(p, p)) @ back.T / pictures_of
        variance += 0.5 * (v**2).sum() / len(here) ** 2
    half = Z95 * np.sqrt(variance)
    assert float(ours.low) == pytest.approx(theirs - half, abs=1e-9)
    most = np.mean([((np.eye(values)[e.argmin()] - e) ** 2).sum() / 2 for e in expected])
    assert float(ours.high) == pytest.approx(min(theirs + half, most), abs=1e-9)


def week(
    joint: tuple[tuple[int, ...], ...], rated: tuple[tuple[int, ...], ...], cells: int = 1
) -> tuple[Gold, Pictures]:
    """Gold of a week with `joint[f][y]` pictures in each of equal cells, of which `rated[f][y]` were rated."""
    counts = np.array([[sum(row) for row in joint]] * cells, dtype=float)
    strata = [f for f, row in enumerate(rated) if sum(row)]
    gold = Gold(
        stratum=np.repeat(range(len(strata)), [sum(rated[f]) for f in strata]),
        size=counts.sum(axis=0)[strata],
        read=np.repeat(strata, [sum(rated[f]) for f in strata]),
        said=np.concatenate([np.repeat(np.eye(len(joint)), rated[f], axis=0) for f in strata]),
    )
    every = np.ones(cells, dtype=bool)
    return gold, Pictures(counts, every, every)


def test_two_values_by_hand() -> None:
    # Of 40 pictures read as yes 9 of 10 are; of 60 read as no 2 of 10 are yes: 0.36 + 0.12 of all are yes.
    gold, pictures = week(((40, 0, 0), (0, 60, 0), (0, 0, 0)), ((9, 1, 0), (2, 8, 0), (0, 0, 0)))
    found = corrected_shares(confusion(gold, pictures), pictures)
    assert found.estimate == pytest.approx([0.48, 0.52])
    squared = corrected_distance2(
        confusion(gold, pictures), pictures, np.array([YES, NO]), np.array([[0.5, 0.5]])
    )
    sensitivity, false = 0.36 / 0.48, 0.04 / 0.52
    scale = (sensitivity - false) ** 2
    assert float(squared.estimate) == pytest.approx((0.48 - 0.5) ** 2 - 0.4 * 0.6 / 99 / scale)


def test_in_the_pictures_of_gold_it_is_the_stratified_estimate() -> None:
    gold, pictures = week(((300, 0, 0), (0, 650, 0), (0, 0, 50)), ((40, 8, 2), (5, 44, 1), (3, 6, 11)))
    found = corrected_shares(confusion(gold, pictures), pictures)
    hits, assessed = np.array([40.0, 5, 3]), np.array([48.0, 49, 9])
    strata = Strata(
        np.zeros(3, dtype=np.int64), np.array([300.0, 650, 50]), np.array([50.0, 50, 20]), hits, assessed
    )
    stratified = gold_share(strata, 1)
    assert found.estimate[YES] == pytest.approx(stratified.estimate[0], abs=1e-12)
    # The same variance, but for 999 instead of 1,000 pictures and the pseudo-counts of pictures that nobody can tell.
    assert found.high[YES] - found.low[YES] == pytest.approx(stratified.high[0] - stratified.low[0], rel=0.02)


def test_pictures_that_were_drawn_together_are_as_many_as_they_are_worth() -> None:
    gold, both = world(3, sets=1)
    apart = replace(both, now=~both.pool)
    found, more = confusion(gold, both), np.where(both.pool, 1.0, 3.0)
    alike = replace(apart, counts=apart.counts * more[:, None], effect=more)
    even = np.full((len(more), 2), 0.5)
    for figure in (
        lambda one: corrected_shares(found, one),
        lambda one: corrected_distance2(found, one, np.array([YES, NO]), even),
    ):
        wanted, whole = figure(apart), figure(replace(alike, effect=None))
        for part, same in zip(wanted, figure(alike), strict=True):
            assert same == pytest.approx(part, abs=1e-12)
        assert np.all(wanted.high - wanted.low > whole.high - whole.low)


def test_it_stays_right_where_the_model_changed_since_the_gold() -> None:
    # 90 % of either value are read right; the gold week shows the first in half of the pictures, this week in 80 %.
    before = ((450, 50, 0), (50, 450, 0), (0, 0, 0))
    gold, pool = week(before, before)
    now = np.array([[0.8 * 900 + 0.2 * 100, 0.8 * 100 + 0.2 * 900, 0.0]])
    both = Pictures(np.concatenate([pool.counts, now]), np.array([True, False]), np.array([False, True]))
    found = corrected_shares(confusion(gold, both), both)
    assert found.estimate == pytest.approx([0.8, 0.2])
    assert found.low[0] < 0.8 < found.high[0]


def test_what_the_labeler_never_reads_keeps_its_part_of_the_gold_weeks() -> None:
    # People cannot tell on a tenth; the labeler always says something.
    gold, pictures = week(((50, 0, 0), (0, 50, 0), (0, 0, 0)), ((8, 1, 1), (0, 9, 1), (0, 0, 0)))
    found = confusion(gold, pictures)
    assert found.joint.sum(axis=0)[OUT] == pytest.approx(0.1)
    assert corrected_shares(found, pictures).estimate == pytest.approx([0.4 / 0.9, 0.5 / 0.9])


def test_a_labeler_that_is_wrong_more_often_than_not_puts_no_distance_right() -> None:
    gold, pictures = week(((50, 0, 0), (0, 50, 0), (0, 0, 0)), ((2, 8, 0), (8, 2, 0), (0, 0, 0)))
    found = confusion(gold, pictures)
    assert not_followed(found, np.array([YES, NO])).tolist() == [YES, NO]
    with pytest.raises(ValueError, match="more often than not"):
        corrected_distance2(found, pictures, np.array([YES, NO]), np.array([[0.5, 0.5]]))
    # The share among the pictures of gold needs no reading at all.
    assert corrected_shares(found, pictures).estimate == pytest.approx([0.5, 0.5])


def test_nothing_assessed_has_no_share() -> None:
    gold, pictures = week(((50, 0, 0), (0, 50, 0), (0, 0, 0)), ((0, 0, 10), (0, 0, 10), (0, 0, 0)))
    found = corrected_shares(confusion(gold, pictures), pictures)
    assert all(np.isnan(part).all() for part in found)


def test_values_of_which_no_picture_was_rated_are_told_unless_they_are_few() -> None:
    gold, pictures = week(((50, 0, 0), (0, 47, 0), (0, 0, 3)), ((5, 0, 0), (0, 5, 0), (0, 0, 0)))
    assert unrated(confusion(gold, pictures), pictures).tolist() == [OUT]
    gold, pictures = week(((50, 0, 0), (0, 49, 0), (0, 0, 1)), ((5, 0, 0), (0, 5, 0), (0, 0, 0)))
    assert unrated(confusion(gold, pictures), pictures).size == 0


def test_one_value_only_has_a_share_of_one() -> None:
    gold, pictures = week(((80, 0), (0, 20)), ((20, 0), (1, 9)))
    found = corrected_shares(confusion(gold, pictures), pictures)
    assert (found.estimate.tolist(), found.high.tolist()) == ([1.0], [1.0])


def test_one_value_everywhere_leaves_room_in_the_interval() -> None:
    gold, pictures = week(((100, 0, 0), (0, 0, 0), (0, 0, 0)), ((20, 0, 0), (0, 0, 0), (0, 0, 0)))
    found = confusion(gold, pictures)
    share = corrected_shares(found, pictures)
    assert (share.estimate.tolist(), share.high[0]) == ([1.0, 0.0], 1.0)
    assert share.low[0] < 0.97
    squared = corrected_distance2(found, pictures, np.array([YES, NO]), np.array([[0.5, 0.5]]))
    assert float(squared.estimate) == pytest.approx(0.25)
    assert float(squared.high) == 0.25


#: A value is read as itself in half of the pictures in which people see it.
HALF = world(seed=2508, values=4, cells=5, error=0.5, sets=2, outside=0.1)
worlds = st.builds(
    world,
    seed=st.integers(0, 10_000),
    values=st.integers(2, 4),
    cells=st.integers(1, 5),
    error=st.floats(0, 0.6),
    sets=st.integers(1, 2),
    outside=st.sampled_from([0.0, 0.1, 0.4]),
)


def equal(one: Estimate, other: Estimate) -> None:
    for left, right in zip(one, other, strict=True):
        np.testing.assert_allclose(left, right, rtol=0, atol=1e-9)


@settings(max_examples=60, deadline=None)
@given(worlds)
def test_shares_lie_in_their_intervals_within_0_and_1_and_add_up(made: tuple[Gold, Pictures]) -> None:
    gold, pictures = made
    found = corrected_shares(confusion(gold, pictures), pictures)
    if np.isnan(found.estimate).all():
        return
    assert (found.low >= 0).all()
    assert (found.high <= 1).all()
    assert (found.low <= found.estimate).all()
    assert (found.estimate <= found.high).all()
    assert found.estimate.sum() >= 1 - 1e-9  # more only where a negative part was clipped
    if ((found.estimate > 0) & (found.estimate < 1)).all():
        assert found.estimate.sum() == pytest.approx(1)


@settings(max_examples=40, deadline=None)
@given(worlds, st.randoms(use_true_random=False))
@example(HALF, Random(1))
@example(HALF, Random(2))
@example(HALF, Random(3))
@example(HALF, Random(4))
def test_the_order_of_answers_cells_and_values_does_not_matter(made: tuple[Gold, Pictures], chance) -> None:
    gold, pictures = made
    values = pictures.counts.shape[1] - 1
    rows, cells, names = list(range(len(gold.read))), list(range(len(pictures.counts))), list(range(values))
    for some in (rows, cells, names):
        chance.shuffle(some)
    columns = [*names, values]
    place = np.argsort(columns)
    other = Gold(gold.stratum[rows], gold.size, place[gold.read[rows]], gold.said[rows][:, columns])
    moved = Pictures(pictures.counts[cells][:, columns], pictures.pool[cells], pictures.now[cells])
    one, two = confusion(gold, pictures), confusion(other, moved)
    first, second = corrected_shares(one, pictures), corrected_shares(two, moved)
    equal(Estimate(*(part[names] for part in first)), second)
    everything = np.arange(values)
    if not_followed(one, everything).size:
        assert not_followed(two, everything).size
        return
    some = (pictures.counts[:, :values].sum(axis=1) >= 2) & pictures.now
    if some.any():
        q = np.random.default_rng(1).dirichlet(np.ones(values), len(pictures.counts))
        left = corrected_distance2(one, replace(pictures, now=some), everything, q)
        right = corrected_distance2(two, replace(moved, now=some[cells]), everything, q[cells][:, names])
        equal(left, right)
        assert float(left.low) <= float(left.estimate)


@settings(max_examples=40, deadline=None)
@given(worlds)
def test_a_labeler_without_error_leaves_figures_as_they_are(made: tuple[Gold, Pictures]) -> None:
    gold, pictures = made
    sure = replace(gold, said=np.eye(pictures.counts.shape[1])[gold.read])
    found = confusion(sure, pictures)
    here = replace(pictures, now=pictures.now & (pictures.counts[:, :-1].sum(axis=1) >= 2))
    if unrated(found, here).size or not here.now.any() or (found.weight == 0).any():
        return
    x = here.counts[here.now]
    mean = (x / x.sum(axis=1)[:, None]).mean(axis=0)[:-1]
    np.testing.assert_allclose(corrected_shares(found, here).estimate, mean / mean.sum(), atol=1e-9)
    values = x.shape[1] - 1
    q = np.full((len(here.counts), values), 1 / values)
    n = x[:, :values].sum(axis=1)
    p = x[:, :values] / n[:, None]
    raw = 0.5 * (((p - 1 / values) ** 2).sum(axis=1) - (1 - (p**2).sum(axis=1)) / (n - 1))
    assert float(corrected_distance2(found, here, np.arange(values), q).estimate) == pytest.approx(
        raw.mean(), abs=1e-9
    )


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 6), st.integers(0, 1000))
def test_the_inverse_is_that_of_linear_algebra(size: int, seed: int) -> None:
    made = np.random.default_rng(seed).dirichlet(np.ones(size), size).T * 0.45 + 0.55 * np.eye(size)
    np.testing.assert_allclose(inverse(made), np.linalg.inv(made), rtol=1e-9, atol=1e-12)
