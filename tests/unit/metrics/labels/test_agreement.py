"""Alpha and kappa beside implementations that are not ours: krippendorff, scikit-learn, statsmodels, scipy."""

from __future__ import annotations

import math
import warnings

import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa

from assets.metrics.labels.agreement import (
    MISSING,
    Agreement,
    Ints,
    Level,
    alpha,
    kappa,
    pair_counts,
    pair_kinds,
    value_counts,
)

EXACT = 1e-9
LEVELS: tuple[Level, ...] = ("nominal", "ordinal")


def theirs(codes: Ints, values: int, level: Level) -> float:
    """Alpha as the krippendorff package has it; its rows are raters."""
    data = np.where(codes == MISSING, np.nan, codes.astype(float)).T
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return float(
                krippendorff.alpha(data, level_of_measurement=level, value_domain=list(range(values)))
            )
        except (ValueError, ZeroDivisionError):
            return math.nan


def drawn(seed: int, units: int, raters: int, values: int, missing: float = 0.1) -> Ints:
    """Ratings of raters who mostly agree."""
    lot = np.random.default_rng(seed)
    truth = lot.integers(0, values, units)
    codes = np.where(
        lot.random((units, raters)) < 0.75, truth[:, None], lot.integers(0, values, (units, raters))
    )
    codes[lot.random((units, raters)) < missing] = MISSING
    return codes.astype(np.int64)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(("raters", "values"), [(2, 2), (2, 10), (3, 4), (5, 3)])
def test_alpha_is_that_of_the_krippendorff_package(level: Level, raters: int, values: int) -> None:
    for seed in range(5):
        codes = drawn(seed, 80, raters, values)
        assert alpha(*value_counts(codes, values), level).estimate == pytest.approx(
            theirs(codes, values, level), abs=EXACT
        )


@given(
    st.lists(
        st.tuples(*[st.integers(-1, 3)] * 3),
        min_size=2,
        max_size=25,
    ),
    st.sampled_from(LEVELS),
)
@settings(max_examples=60, deadline=None)
def test_alpha_is_that_of_the_krippendorff_package_whatever_is_rated(
    rows: list[tuple[int, ...]], level: Level
) -> None:
    codes = np.array(rows, dtype=np.int64)
    counts, times = value_counts(codes, 4)
    mine = alpha(counts, times, level)
    if not len(counts) or (counts.sum(axis=0) > 0).sum() < 2:
        assert math.isnan(mine.estimate)  # nothing was compared, or with one value only
        return
    assert mine.estimate == pytest.approx(theirs(codes, 4, level), abs=EXACT)
    if not math.isnan(mine.low):
        assert -1 <= mine.low <= mine.estimate + EXACT
        assert mine.estimate - EXACT <= mine.high <= 1


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(("raters", "values"), [(2, 3), (2, 10), (4, 4)])
def test_the_interval_of_alpha_is_the_jackknife_over_units_done_one_by_one(
    level: Level, raters: int, values: int
) -> None:
    codes = drawn(3, 60, raters, values)
    codes = codes[(codes != MISSING).sum(axis=1) >= 2]
    found = alpha(*value_counts(codes, values), level)
    whole, n = theirs(codes, values, level), len(codes)
    left = np.array([theirs(np.delete(codes, unit, axis=0), values, level) for unit in range(n)])
    error = math.sqrt((n - 1) / n * ((left - left.mean()) ** 2).sum())
    # On the scale log(1 - alpha), whose derivative is -1 / (1 - alpha).
    middle, half = math.log(1 - whole), stats.norm.ppf(0.975) * error / (1 - whole)
    assert found.low == pytest.approx(max(-1, 1 - math.exp(middle + half)), abs=EXACT)
    assert found.high == pytest.approx(1 - math.exp(middle - half), abs=EXACT)


@pytest.mark.parametrize("seed", range(6))
def test_kappa_is_that_of_scikit_learn_and_its_interval_that_of_statsmodels(seed: int) -> None:
    for values in (2, 3, 10):
        codes = drawn(seed, 90, 2, values, missing=0.0)
        table = pair_counts(codes[:, 0], codes[:, 1], values)
        for level, weights, wt in (("nominal", None, None), ("ordinal", "quadratic", "quadratic")):
            found = kappa(table, level)  # type: ignore[arg-type]
            labels = list(range(values))
            mine = cohen_kappa_score(codes[:, 0], codes[:, 1], labels=labels, weights=weights)
            assert found.estimate == pytest.approx(mine, abs=EXACT)
            other = cohens_kappa(table, wt=wt, return_results=True)
            assert found.estimate == pytest.approx(other.kappa, abs=EXACT)
            assert found.low == pytest.approx(max(-1, other.kappa_low), abs=EXACT)
            assert found.high == pytest.approx(min(1, other.kappa_upp), abs=EXACT)


def test_pairs_in_a_table_are_the_same_units_as_one_by_one() -> None:
    codes = drawn(1, 200, 2, 5)
    table = pair_counts(codes[:, 0], codes[:, 1], 5)
    both = codes[(codes != MISSING).all(axis=1)]
    assert table.sum() == len(both)
    assert alpha(*pair_kinds(table), "ordinal") == pytest.approx(alpha(*value_counts(both, 5), "ordinal"))


def test_not_assessed_is_not_a_value() -> None:
    codes = np.array([[0, 0], [1, 1], [0, 1], [MISSING, 1], [0, MISSING], [MISSING, MISSING]])
    without = codes[:3]
    assert alpha(*value_counts(codes, 2), "nominal") == alpha(*value_counts(without, 2), "nominal")
    table = pair_counts(codes[:, 0], codes[:, 1], 2)
    assert table.tolist() == [[1, 1], [0, 1]]


def is_nothing(found: Agreement) -> bool:
    return all(math.isnan(part) for part in found)


def test_nothing_compared_or_one_value_alone_has_no_agreement() -> None:
    for codes in ([], [[0, MISSING]], [[MISSING, MISSING]], [[1, 1]] * 40):
        given_codes = np.array(codes, dtype=np.int64).reshape(-1, 2)
        assert is_nothing(alpha(*value_counts(given_codes, 2), "nominal"))
        assert is_nothing(kappa(pair_counts(given_codes[:, 0], given_codes[:, 1], 2), "nominal"))


@pytest.mark.parametrize("level", LEVELS)
def test_full_agreement_of_few_is_not_certain(level: Level) -> None:
    ends = []
    for n in (10, 100, 1000):
        table = np.diag([n // 2, n // 2]).astype(np.int64)
        found, two = alpha(*pair_kinds(table), level), kappa(table, level)
        most = stats.binomtest(0, n).proportion_ci(0.95, method="exact").high  # disagreements that may be
        expected = 2 * (n * n) / (2 * n * (2 * n - 1))
        assert found.estimate == two.estimate == found.high == two.high == 1
        assert found.low == pytest.approx(max(-1, 1 - most / expected), abs=EXACT)
        assert two.low == pytest.approx(max(-1, 1 - most / 0.5), abs=EXACT)
        ends.append(found.low)
    assert ends == sorted(ends)


def test_an_interval_that_hangs_on_one_unit_is_not_told() -> None:
    table = np.array([[40, 1], [0, 0]])
    found = alpha(*pair_kinds(table), "nominal")
    assert found.estimate < 0.1
    assert math.isnan(found.low)
    assert math.isnan(found.high)
