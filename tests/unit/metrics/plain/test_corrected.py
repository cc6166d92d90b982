"""Shares by people's eyes: the stratified estimator by hand, and reasons."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t as student

from assets.metrics.plain.boards import NO_CORRECTION
from assets.metrics.plain.corrected import CorrectedShare, corrected, labeler_error

TOTAL = np.array([600.0, 400.0])
STRATUM = np.repeat([0, 1], 30)
GOLD = np.where(np.arange(60) % 10 == 0, 1 - STRATUM, STRATUM)  # people differ on one in ten


def _share(dispersion: float = 1.0) -> CorrectedShare:
    return corrected(labeler_error(GOLD, STRATUM, STRATUM, TOTAL), 0.4, 1000, dispersion)


def test_a_corrected_share_is_the_stratified_estimator() -> None:
    found = _share()

    share = 0.6 * 0.1 + 0.4 * 0.9  # the mean of gold in each stratum, weighted
    assert found.share == pytest.approx(share)
    pseudo = 4 / 32 * 28 / 32  # two pseudo-errors
    sampled = max(0.1 * 0.9 * 30 / 29, pseudo) / 30
    spread = 0.36 * sampled * (1 - 30 / 600) + 0.16 * sampled * (1 - 30 / 400) + share * (1 - share) / 1000
    half = student.ppf(0.975, 58) * spread**0.5
    assert (found.low, found.high, found.reason) == (
        pytest.approx(share - half),
        pytest.approx(share + half),
        "",
    )


def test_weeks_that_scatter_widen_it() -> None:
    narrow, wide = (_share(scatter) for scatter in (1.0, 9.0))

    assert wide.share == narrow.share
    assert wide.high - wide.low > 1.2 * (narrow.high - narrow.low)


@pytest.mark.parametrize(
    ("gold", "disagreement", "expected"),
    [(0, 0.0, "no_gold"), (9, 0.0, "few_gold"), (9, 0.2, "raters_differ"), (0, 0.2, "no_gold")],
)
def test_no_share_has_a_reason_of_the_list(gold: int, disagreement: float, expected: str) -> None:
    ones = np.ones(gold)

    error = labeler_error(ones, ones, ones, np.array([10.0, 90]), disagreement)
    found = corrected(error, 0.9, 100)

    assert error.reason == found.reason == expected
    assert np.isnan([*error[:2], *found[:4]]).all()
    assert expected in NO_CORRECTION


def test_what_a_third_person_has_not_settled_withholds_it() -> None:
    few, many = (labeler_error(GOLD, STRATUM, STRATUM, TOTAL, unsettled=part) for part in (0.02, 0.03))

    assert (few.reason, many.reason) == ("", "few_gold")


def test_a_stratum_of_few_pictures_may_have_no_gold_and_is_believed() -> None:
    total = np.array([600.0, 390.0, 10.0])

    error = labeler_error(GOLD, STRATUM, STRATUM, total)

    assert error.estimate == pytest.approx(0.6 * -0.1 + 0.39 * 0.1)
    assert labeler_error(GOLD, STRATUM, STRATUM, total * [1, 1, 3]).reason == "few_gold"


def test_the_error_is_what_the_program_reads_more_than_people() -> None:
    error = labeler_error(GOLD, STRATUM, STRATUM, TOTAL)

    assert error.estimate == pytest.approx(0.4 * 0.1 - 0.6 * 0.1)
    half = student.ppf(0.975, 58) * error.se
    assert error.interval == pytest.approx((error.estimate - half, error.estimate + half))


def test_unequal_chances_weigh_and_cost() -> None:
    weight = np.where((np.arange(60) % 10 == 0) & (STRATUM == 1), 3.0, 1.0)  # three pictures drawn at a third

    plain, weighted = (labeler_error(GOLD, STRATUM, STRATUM, TOTAL, weight=of) for of in (None, weight))

    assert weighted.estimate == pytest.approx(0.4 * 9 / 36 - 0.6 * 0.1)
    number = 36**2 / (27 + 3 * 9)  # Kish
    scatter = 0.25 * 0.75 * 30 / 29
    of_one = max(0.1 * 0.9 * 30 / 29, 4 / 32 * 28 / 32) * (1 - 30 / 600) / 30
    wrong = (number * 0.25 + 1) / (number + 2)
    of_two = max(scatter, wrong * (1 - wrong)) * (1 - 30 / 400) / number
    assert weighted.se == pytest.approx((0.36 * of_one + 0.16 * of_two) ** 0.5)
    assert weighted.se > plain.se


def test_gold_of_other_pictures_makes_no_population_finite() -> None:
    few = np.array([40.0, 30.0])

    whole, outside = (
        labeler_error(GOLD, STRATUM, STRATUM, few, inside=np.full(60, of)) for of in (True, False)
    )

    assert outside.estimate == whole.estimate
    assert (whole.se / outside.se) ** 2 == pytest.approx(16 / 25 * 0.25)  # 30 of 40 were labeled, 30 of 30
