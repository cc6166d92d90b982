"""Refusals that depend on what would have been drawn, at reduced size; a warning that asks too little is found out."""

from __future__ import annotations

import pytest

from assets.metrics.effects.unseen import AnsweredSide
from assets.metrics.formulas.share import Floats
from assets.metrics.ranks import trend
from tests.studies.simulations.readers import withheld as study
from tests.studies.simulations.readers import withheld_changes as changes
from tests.studies.simulations.readers import withheld_weeks as weeks


def test_equal_models_of_which_one_withholds_women_are_seldom_told_apart_without_a_warning() -> None:
    for kind in ("even", "nine in ten men"):
        one = study.seen_of(kind, 0.2, 20, 1, 2, 60)
        assert one.unwarned <= study.MARK
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


def test_without_scatter_it_is_the_trend_that_protects(monkeypatch: pytest.MonkeyPatch) -> None:
    def one() -> study.Equal:
        return study.seen_of("nine in ten men", 0.3, 80, 0, 2, 60)

    assert one().unwarned <= study.MARK < one().apart
    monkeypatch.setattr(trend, "LEVEL", 0.0)
    assert one().unwarned > study.MARK


def test_random_refusals_warn_of_few_pairs_that_are_far_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(study, "SIZES", study.SIZES[:1])
    monkeypatch.setattr(study, "SHARES", {"even": study.SHARES["even"]})
    monkeypatch.setattr(study, "REFUSED", (0.05,))
    monkeypatch.setattr(study, "APART", (1.3, 2.2))
    found = study.refusing(60)
    assert found.failed == []
    near, far = (row[-1] for row in found.rows)
    assert float(near) > float(far)


def test_changes_that_hold_whatever_the_unseen_show_are_seldom_wrong_and_little_warns_of_large_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(changes, "SIZES", ((1, 80), (5, 80)))
    assert [table.failed for table in changes.tables(0.1)] == [[], []]
    (row,) = [row for row in changes.withholding(400).rows if row[:3] == [5, 80, "40%"]]
    clear, _, unwarned, holds = (float(one) for one in row[3:])
    assert holds < changes.MARK < unwarned < clear  # of several pairs a limit alone does not protect


def test_changes_would_be_wrong_if_the_unseen_were_taken_for_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = changes.seen_of((0.5, 0.5), (5, 80), 0.4, 0, 300)
    monkeypatch.setattr(changes, "AnsweredSide", lambda share, answers, unseen: changes_side(share, answers))
    assert changes.seen_of((0.5, 0.5), (5, 80), 0.4, 0, 300).beyond[0] == whole.clear > changes.MARK


def changes_side(share: Floats, answers: Floats) -> AnsweredSide:
    return AnsweredSide(share, answers, answers * 0)


def test_withholding_a_fifth_opens_little_and_random_refusals_warn_of_few_large_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(weeks, "SIZES", ((10, 20),))
    monkeypatch.setattr(weeks, "WITHHELD", (0.2, 0.4))
    monkeypatch.setattr(weeks, "SHARES", (0.5,))
    monkeypatch.setattr(weeks, "REFUSED", (0.1,))
    found = weeks.tables(0.1)
    assert [table.failed for table in found] == [[], []]
    (_, much), (near, *_, far) = ([[float(one) for one in row[4:]] for row in table.rows] for table in found)
    # Of much that is withheld no limit protects, and the interval alone would not either.
    assert much[0] > much[1] > weeks.MARK < much[-1]
    assert near[-1] > far[-1] == 0
