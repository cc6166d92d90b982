"""Evidence of changes: recomputed from the definition, known as of every week, the same however it is written down."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.special import betaln, logsumexp

from assets.metrics.drift import ebh
from assets.metrics.drift import evidence as drift
from assets.metrics.drift.likelihood import FEW, MANY, Resolution, binomial_ratios
from assets.metrics.drift.scan import OpenedChange, scan
from assets.metrics.drift.scatter import LIMIT, too_much
from assets.metrics.formulas.share import Floats, Ints

ONE = np.zeros(1, dtype=np.int64)


def log_likelihood(k: int, n: int, p: Floats, scatter: float) -> Floats:
    """Return log likelihoods of k of n for the shares p, without the binomial coefficient."""
    if scatter == 0:
        return k * np.log(p) + (n - k) * np.log1p(-p)
    size = 1 / np.minimum(scatter**2 / (p * (1 - p)), 0.1) - 1
    return betaln(k + p * size, n - k + (1 - p) * size) - betaln(p * size, (1 - p) * size)


def marginal(k: Ints, n: Ints, grid: Resolution) -> Floats:
    """Return for each scatter the log marginal likelihood of weeks with one share."""
    p = np.sin((np.arange(grid.points) + 0.5) / grid.points * math.pi / 2) ** 2
    weekly = np.array(
        [[sum(log_likelihood(a, b, p, s) for a, b in zip(k, n, strict=True)) for s in grid.scatters]]
    )
    return logsumexp(weekly[0] + np.zeros((len(grid.scatters), grid.points)), axis=1) - math.log(grid.points)


def ratio(k: Ints, n: Ints, change: int, grid: Resolution) -> float:
    """Return the log likelihood ratio of a change before week `change`, from the definition."""
    weight = np.log(grid.weights)
    both = marginal(k[:change], n[:change], grid) + marginal(k[change:], n[change:], grid)
    return float(logsumexp(both + weight) - logsumexp(marginal(k, n, grid) + weight))


def prior(j: int) -> float:
    return 0.5 / 26 if 1 <= j <= 26 else 13.5 / (j * (j + 1))


@pytest.mark.parametrize(
    ("pictures", "grid", "effect"), [(12, FEW, 1), (60, MANY, 1), (40, FEW, 1.7), (140, MANY, 2.3)]
)
def test_the_evidence_of_a_cell_is_that_of_the_definition(
    pictures: int, grid: Resolution, effect: float
) -> None:
    """Also of pictures that were drawn together: what they are worth is no whole number."""
    lot = np.random.default_rng(1)
    n = lot.integers(pictures - 8, pictures, (1, 9))
    n[0, 5] = 0
    k = lot.binomial(n, [0.1] * 6 + [0.6] * 3)
    if effect != 1:
        k, n = k / effect, n / effect
    found = drift.evidence(k, n, ONE, 1).suites[0]
    for week in range(9):
        parts = [
            math.log(prior(change - (change > 5))) + ratio(k[0, : week + 1], n[0, : week + 1], change, grid)
            for change in range(4, week + 1)
            if n[0, change]
        ]
        expected = logsumexp(parts) if parts and n[0, week] else -math.inf
        assert found[week] == pytest.approx(expected, abs=1e-9), week


def test_the_evidence_of_a_suite_is_that_of_the_definition() -> None:
    lot = np.random.default_rng(2)
    n = np.full((3, 8), 10)
    k = lot.binomial(n, np.array([[0.2], [0.5], [0.7]]))
    k[0, 5:] = 9
    found = drift.evidence(k, n, np.zeros(3, dtype=np.int64), 1).suites[0]
    for week in range(4, 8):
        parts = []
        for change in range(4, week + 1):
            r = [math.exp(ratio(k[c, : week + 1], n[c, : week + 1], change, FEW)) for c in range(3)]
            mixed = sum(
                weight * math.prod(1 - chance + chance * one for one in r)
                for chance, weight in ((1 / 3, 0.4), (0.25, 0.3), (1.0, 0.3))
            )
            parts.append(math.log(prior(change) * mixed))
        assert found[week] == pytest.approx(logsumexp(parts), abs=1e-9)


def test_the_binomial_evidence_of_counts_that_are_not_whole_is_that_of_the_definition() -> None:
    lot = np.random.default_rng(3)
    n = lot.integers(4, 30, (2, 7)) / 1.3
    k = n * lot.random((2, 7))
    found = binomial_ratios(k, n)

    def whole(row: int, weeks: slice) -> float:
        hits, total = k[row, weeks].sum(), n[row, weeks].sum()
        return float(betaln(hits + 0.5, total - hits + 0.5) - betaln(0.5, 0.5))

    for row, week in ((0, 6), (1, 4)):
        for change in range(1, week + 1):
            sides = whole(row, slice(change)) + whole(row, slice(change, week + 1))
            wanted = math.exp(sides - whole(row, slice(week + 1)))
            assert found[row, change, week] == pytest.approx(wanted, rel=1e-9)


def test_the_prior_of_the_start_week_sums_to_one() -> None:
    weeks = 100_000
    assert drift.start_prior(weeks)[1:30] == pytest.approx([prior(j) for j in range(1, 30)])
    assert drift.start_prior(weeks).sum() == pytest.approx(1 - 13.5 / weeks, abs=1e-9)


#: Two prompts with gaps, one of them with many pictures until the fifth week and one picture in the sixth.
GAPS = [[(0, 0.0), (1, 0.0), (0, 0.0), (1, 0.0), (0, 0.0), (0, 0.0)]]
GAPS += [[(43, 0.0), (0, 0.0), (41, 0.0), (0, 0.0), (24, 0.0), (1, 0.0)]]

weekly = st.lists(st.tuples(st.integers(0, 45), st.floats(0, 1)), min_size=6, max_size=14)


@settings(deadline=None, max_examples=25)
@given(st.lists(weekly, min_size=1, max_size=4), st.randoms(use_true_random=False))
@example(GAPS, random.Random(1))
def test_order_and_names_change_nothing_and_later_weeks_change_nothing(
    cells: list[list[tuple[int, float]]], lot: object
) -> None:
    weeks = min(len(cell) for cell in cells)
    n = np.array([[pictures for pictures, _ in cell[:weeks]] for cell in cells])
    k = np.array([[round(share * pictures) for pictures, share in cell[:weeks]] for cell in cells])
    suite = np.zeros(len(cells), dtype=np.int64)
    found = drift.evidence(k, n, suite, 1)
    other_value = drift.evidence(n - k, n, suite, 1)
    assert other_value.suites == pytest.approx(found.suites, abs=1e-9)
    order = list(range(len(cells)))
    lot.shuffle(order)  # type: ignore[attr-defined]
    assert drift.evidence(k[order], n[order], suite, 1).suites == pytest.approx(found.suites, abs=1e-9)
    for until in (5, weeks):
        earlier = drift.evidence(k[:, :until], n[:, :until], suite, 1)
        assert earlier.suites == pytest.approx(found.suites[:, :until], abs=1e-9)
        assert earlier.cells == pytest.approx(found.cells[:, :until], abs=1e-9)
    assert not np.isnan(found.suites).any()
    assert (found.suites[:, n.sum(axis=0) == 0] == -np.inf).all()


@settings(deadline=None, max_examples=25)
@given(weekly, st.integers(0, 5))
def test_a_missing_week_is_no_observation(cell: list[tuple[int, float]], where: int) -> None:
    n = np.array([[max(pictures, 1) for pictures, _ in cell]])
    k = np.array([[round(share * max(pictures, 1)) for pictures, share in cell]])
    with_gap = [np.insert(a, where, 0, axis=1) for a in (k, n)]
    found = np.delete(drift.evidence(*with_gap, ONE, 1).suites, where, axis=1)
    assert found == pytest.approx(drift.evidence(k, n, ONE, 1).suites, abs=1e-9)


@pytest.mark.parametrize("weeks", [0, 1, 4])
def test_before_the_fifth_week_nothing_can_be_said(weeks: int) -> None:
    found = drift.evidence(np.ones((1, weeks), dtype=np.int64), np.full((1, weeks), 2), ONE, 1)
    assert (found.suites == -np.inf).all()
    assert scan(np.ones((1, weeks), dtype=np.int64), np.full((1, weeks), 2), ONE, 1) == []


def test_one_value_only_is_no_change() -> None:
    n = np.full((2, 30), 40)
    found = drift.evidence(np.array([[0] * 30, [40] * 30]), n, np.arange(2), 2)
    assert found.suites.max() < 0
    assert found.suites[0] == pytest.approx(found.suites[1], abs=1e-9)


def test_cells_with_few_pictures_do_not_alarm_alone() -> None:
    k, n = np.array([[2] * 8 + [18] * 6] * 2), np.full((2, 14), 20)
    found = drift.evidence(k, n, np.zeros(2, dtype=np.int64), 1)
    assert found.suites.max() > math.log(1000)
    assert (found.cells == -np.inf).all()
    assert drift.evidence(2 * k, 2 * n, np.zeros(2, dtype=np.int64), 1).cells.max() > math.log(1000)


@given(st.lists(st.floats(-5, 20), max_size=30))
def test_ebh_keeps_what_its_definition_keeps(log_e: list[float]) -> None:
    found = ebh.kept(np.array(log_e), 0.05)
    ordered = sorted(log_e, reverse=True)
    sizes = [k for k in range(1, len(ordered) + 1) if ordered[k - 1] >= math.log(len(ordered) / (0.05 * k))]
    assert found.sum() >= max(sizes, default=0)
    smallest = ordered[max(sizes) - 1] if sizes else math.inf
    assert found.tolist() == [value >= smallest for value in log_e]


def test_ebh_knows_nothing_of_what_is_not_known() -> None:
    assert ebh.kept(np.array([math.nan, -math.inf, 5.0, 2.0])).tolist() == [False, False, True, False]
    assert ebh.kept(np.zeros(0)).tolist() == []


def test_a_change_is_dated_and_the_series_starts_anew() -> None:
    shares = [0.1] * 12 + [0.5] * 14 + [0.05] * 8
    k, n = np.array([[round(100 * share) for share in shares]]), np.full((1, len(shares)), 100)
    first, second = scan(k, n, ONE, 1)
    assert (first.changed, first.started, first.cell) == (12, 0, None)
    assert 12 <= first.opened <= 13
    assert first.earliest <= 12 <= first.latest
    assert (second.changed, second.started) == (26, 12)
    assert scan(k[:, : first.opened + 1], n[:, : first.opened + 1], ONE, 1)[0] == first._replace(
        log_e=pytest.approx(first.log_e, abs=1e-9)
    )


def test_the_prompt_that_changed_is_named() -> None:
    lot = np.random.default_rng(3)
    n = np.full((12, 30), 20)
    share = np.broadcast_to(np.linspace(0.1, 0.9, 12)[:, None], n.shape).copy()
    share[4, 18:] = 0.95
    (found,) = scan(lot.binomial(n, share), n, np.zeros(12, dtype=np.int64), 1)
    assert found.cells == (4,)
    assert abs(found.changed - 18) <= 1


def test_where_all_prompts_change_all_are_named_and_cells_with_many_pictures_alarm_alone() -> None:
    lot = np.random.default_rng(4)
    n = np.full((5, 30), 100)
    share = np.where(np.arange(30) >= 18, 0.6, 0.2) * np.ones((5, 1))
    found = scan(lot.binomial(n, share), n, np.zeros(5, dtype=np.int64), 1)
    assert [event.cells for event in found if event.cell is None] == [(0, 1, 2, 3, 4)]
    assert sorted(event.cell for event in found if event.cell is not None) == [0, 1, 2, 3, 4]
    assert {event.changed for event in found} == {18}


def test_many_changes_at_once_need_less_each() -> None:
    k, n = np.array([[10] * 10 + [21, 21]] * 40 + [[10] * 12] * 10), np.full((50, 12), 40)
    alone = np.vstack([k[:1], k[40:], *[k[40:41]] * 39])
    many, one = (len(scan(a, n, np.arange(50), 50)) for a in (k, alone))
    log_e = drift.evidence(k[:1], n[:1], ONE, 1).suites[0].max()
    assert math.log(50 / 0.05 / 40) < log_e < math.log(50 / 0.05)
    assert (many, one) == (40, 0)


def test_looking_closer_only_where_it_can_matter_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    lot = np.random.default_rng(5)
    share = np.clip(lot.uniform(0.02, 0.98, (120, 1)) + 0.03 * lot.standard_normal((120, 40)), 0, 1)
    share[::6, 25:] = lot.uniform(0, 1, (20, 1))
    n = np.repeat(np.array([20, 60])[np.arange(120) // 60][:, None], 40, axis=1)
    k, suite = lot.binomial(n, share), np.arange(120) // 3
    quick, exact = (drift.evidence(k, n, suite, 40, screened=screened) for screened in (True, False))
    closer = quick.suites.max(axis=1) >= drift.WORTH_LOOKING
    assert 10 < closer.sum() < 40
    assert (exact.suites[~closer] < math.log(20) - 1).all()
    assert quick.suites[closer] == pytest.approx(exact.suites[closer], abs=1e-9)
    found = scan(k, n, suite, 40)
    whole = drift.evidence

    def closely(*counts: Ints, screened: bool, first: int) -> drift.Evidence:
        assert screened
        return whole(*counts, first=first)

    monkeypatch.setattr(drift, "evidence", closely)
    assert len(found) > 10
    assert [(event.suite, event.cell, event.opened, event.changed) for event in scan(k, n, suite, 40)] == [
        (event.suite, event.cell, event.opened, event.changed) for event in found
    ]


def test_week_after_week_opens_what_all_weeks_together_do() -> None:
    lot = np.random.default_rng(7)
    share = np.clip(lot.uniform(0.05, 0.95, (60, 1)) + 0.02 * lot.standard_normal((60, 30)), 0, 1)
    share[::4, 12:] = lot.uniform(0, 1, (15, 1))
    share[::8, 22:] = lot.uniform(0, 1, (8, 1))
    n = np.repeat(np.array([20, 60])[np.arange(60) // 30][:, None], 30, axis=1)
    n[5:9, :9] = 0  # prompts that come later, one of a suite that had one
    n[30, 15:18] = 0
    k, suite = lot.binomial(n, share), np.arange(60) // 3
    found = scan(k, n, suite, 20)
    assert len({event.opened for event in found}) > 5
    assert any(event.cell is not None for event in found)
    weekly: list[OpenedChange] = []
    for week in range(30):
        until = slice(week + 1)
        weekly += scan(k[:, until], n[:, until], suite, 20, before=weekly, first=week)
    assert weekly == found


def test_prompts_that_come_later_change_nothing_of_what_was_opened() -> None:
    lot = np.random.default_rng(6)
    share = np.where(np.arange(24) >= 14, 0.45, 0.25) * np.ones((6, 1))
    n = np.full((6, 24), 10)
    k = lot.binomial(n, share)
    (before,) = scan(k[:, :20], n[:, :20], np.zeros(6, dtype=np.int64), 1)
    k, n = (np.vstack([a, np.where(np.arange(24) >= 20, 4, 0)[None]]) for a in (k, n))
    (after,) = scan(k, n, np.zeros(7, dtype=np.int64), 1)
    assert after._replace(log_e=0.0) == before._replace(log_e=0.0)
    assert after.log_e == pytest.approx(before.log_e, abs=1e-9)


def wobbling(
    seed: int, scatter: float, cells: int = 27, pictures: int = 20, weeks: int = 20
) -> tuple[Ints, Ints]:
    """Return counts of a suite whose shares move together from week to week, and change by 25 points in the twelfth."""
    lot = np.random.default_rng(seed)
    n = np.full((cells, weeks), pictures)
    level = np.where(np.arange(weeks) < 11, 0.3, 0.55) + scatter * lot.standard_normal(weeks)
    return lot.binomial(n, np.clip(level, 0.01, 0.99)), n


@pytest.mark.parametrize(
    ("scatter", "at_least", "at_most"), [(0.0, 0.95, 1), (0.03, 0.9, 1), (0.04, 0.8, 1), (0.15, 0, 0.1)]
)
def test_what_scatters_more_than_the_evidence_allows_for_is_not_opened(
    scatter: float, at_least: float, at_most: float
) -> None:
    whole = np.zeros(27, dtype=np.int64)
    found = [bool(scan(*wobbling(seed, scatter), whole, 1)) for seed in range(40)]
    assert at_least <= np.mean(found) <= at_most, np.mean(found)


def test_a_change_is_no_scatter_and_a_week_on_each_side_says_nothing() -> None:
    n = np.full((3, 12), 200)
    k = np.where(np.arange(12) < 6, 20, 180) * np.ones((3, 1), dtype=np.int64)
    assert not too_much(k, n, 6)
    assert too_much(k, n, 3)  # a date that is wrong leaves the change in what is taken for scatter
    assert not too_much(k[:, 5:7], n[:, 5:7], 1)
    assert not too_much(k[:, :0], n[:, :0], 0)


@pytest.mark.parametrize(("scatter", "share"), [(0.02, 0.01), (0.04, 0.05), (0.06, 0.4), (0.1, 0.95)])
def test_scatter_beyond_the_limit_is_seen_and_within_it_seldom_is(scatter: float, share: float) -> None:
    lot = np.random.default_rng(7)
    n = np.full((27, 16), 10)
    seen = [
        too_much(lot.binomial(n, np.clip(0.5 + scatter * lot.standard_normal(16), 0, 1)), n, 8)
        for _ in range(400)
    ]
    found = np.mean(seen)
    assert found <= 0.07 if scatter <= LIMIT else found >= share, found


def test_prompts_that_scatter_each_by_itself_are_seen_too() -> None:
    lot = np.random.default_rng(8)
    n = np.full((10, 24), 20)
    within, beyond = (
        [
            too_much(lot.binomial(n, np.clip(0.5 + scatter * lot.standard_normal(n.shape), 0, 1)), n, 12)
            for _ in range(200)
        ]
        for scatter in (0.03, 0.1)
    )
    assert np.mean(within) <= 0.05
    assert np.mean(beyond) >= 0.95
