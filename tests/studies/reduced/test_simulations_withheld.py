"""Refusals that depend on what would have been drawn, at reduced size; a warning that asks too little is found out."""

from __future__ import annotations

import pytest

from tests.studies.simulations.readers import withheld as study


def test_equal_models_of_which_one_withholds_women_are_seldom_told_apart_without_a_warning() -> None:
    for kind in ("even", "nine in ten men"):
        one = study.seen_of(kind, 0.2, 20, 1, 2, 60)
        assert one.beyond[study.LIMITS.index(study.GAMMA_WARNS)] <= study.MARK
        assert one.holding <= study.MARK
        assert sorted(one.beyond, reverse=True) == one.beyond


def test_without_scatter_a_limit_of_one_would_miss_what_ours_warns_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = study.seen_of("most women", 0.2, 80, 0, 2, 60)
    monkeypatch.setattr(study, "LIMITS", (1.0, *study.LIMITS[1:]))
    least = study.seen_of("most women", 0.2, 80, 0, 2, 60)
    assert one.holding <= study.MARK < least.beyond[0] / least.ranked
    assert one.beyond[1] < least.beyond[0]


def test_random_refusals_warn_of_few_pairs_that_are_far_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(study, "SIZES", study.SIZES[:1])
    monkeypatch.setattr(study, "SHARES", {"even": study.SHARES["even"]})
    monkeypatch.setattr(study, "REFUSED", (0.05,))
    monkeypatch.setattr(study, "APART", (1.3, 2.2))
    found = study.refusing(60)
    assert found.failed == []
    near, far = (row[study.LIMITS.index(study.GAMMA_WARNS) + 5] for row in found.rows)
    assert float(near) > float(far)
