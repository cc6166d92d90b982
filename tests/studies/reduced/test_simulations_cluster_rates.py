"""Rates and single weeks of pictures drawn together, at reduced size: they hold the truth."""

from __future__ import annotations

from tests.studies.simulations.readers.cluster_rates import of_rates, of_week

FEW = 400


def test_a_rate_of_a_suite_holds_the_truth() -> None:
    found, untreated = of_rates(".5", 5, 20, 0.4, FEW)
    assert found >= 0.915
    assert untreated < 0.85


def test_figures_of_a_week_hold_the_truth() -> None:
    alone, alone_apart, share, share_apart, far, far_apart = of_week(".5", 3, 0.4, FEW)
    assert min(alone, share, far) >= 0.92
    assert max(alone_apart, share_apart, far_apart) < 0.86
