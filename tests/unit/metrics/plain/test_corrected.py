"""Shares by people's eyes: the stratified estimator by hand, and reasons."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t as student

from assets.metrics.plain.boards import NO_CORRECTION
from assets.metrics.plain.corrected import corrected

TOTAL, READ_SHARE = np.array([600.0, 400.0]), np.array([0.0, 1.0])
STRATUM = np.repeat([0, 1], 30)
GOLD = np.where(np.arange(60) % 10 == 0, 1 - STRATUM, STRATUM)  # people differ on one in ten


def test_a_corrected_share_is_the_stratified_estimator() -> None:
    found = corrected(GOLD, STRATUM, STRATUM, TOTAL, READ_SHARE)

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
    narrow, wide = (corrected(GOLD, STRATUM, STRATUM, TOTAL, READ_SHARE, scatter) for scatter in (1.0, 9.0))

    assert wide.share == narrow.share
    assert wide.high - wide.low > 1.2 * (narrow.high - narrow.low)


@pytest.mark.parametrize(
    ("gold", "disagreement", "expected"),
    [(0, 0.0, "no_gold"), (9, 0.0, "few_gold"), (9, 0.2, "raters_differ"), (0, 0.2, "no_gold")],
)
def test_no_share_has_a_reason_of_the_list(gold: int, disagreement: float, expected: str) -> None:
    ones = np.ones(gold)

    found = corrected(ones, ones, ones, np.array([10.0, 90]), np.ones(2), disagreement=disagreement)

    assert found.reason == expected
    assert np.isnan(found[:3]).all()
    assert expected in NO_CORRECTION


def test_a_stratum_of_few_pictures_may_have_no_gold() -> None:
    total = np.array([600.0, 390.0, 10.0])

    assert corrected(GOLD, STRATUM, STRATUM, total, np.array([0.0, 1, 1])).reason == ""
    assert corrected(GOLD, STRATUM, STRATUM, total * [1, 1, 3], np.array([0.0, 1, 1])).reason == "few_gold"
