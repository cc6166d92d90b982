"""What `cliche design` says at reduced size: near what simulated boards show; a design that is misread is found out."""

from __future__ import annotations

import pytest

from assets.metrics.design import prospects as product
from assets.metrics.design.prospects import BoardDesign
from assets.metrics.formulas.share import Estimate
from tests.studies.simulations.readers import separation
from tests.studies.simulations.readers.design import stated

#: A large board, a pooled one and a small one.
FEW = ((40, 27, 10, 1), (6, 5, 10, 4), (2, 27, 20, 4))


def test_what_is_said_is_near_what_boards_show() -> None:
    assert stated(0.04, FEW).failed == []


def test_a_design_whose_weeks_are_not_pooled_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BoardDesign, "pictures", property(lambda design: design.replicates))
    assert len(stated(0.03, FEW[1:2]).failed) == 3


def test_intervals_of_shares_that_are_too_narrow_are_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(product, "wilson", lambda k, n: Estimate(k / n, k / n - 0.05, k / n + 0.05))
    assert any("share" in mark.text for mark in stated(0.03, FEW[1:2]).failed)


def test_ranks_tell_apart_nearly_what_known_variances_do() -> None:
    found = separation.apart(separation.DESIGNS[2], 2, 6)
    assert found.ranks >= 0.95 * found.known
    assert found.wrong <= separation.MARK + 4 * (separation.MARK / found.boards) ** 0.5


def test_a_model_unlike_all_others_is_told_apart_on_few_boards() -> None:
    odd = separation.falsely("39 U-shaped, one flat, 10 pictures", 120)
    assert max(odd.ranks, odd.known) <= separation.MARK + 2 * (separation.MARK / 120) ** 0.5
    alike = separation.falsely("all .8, 10 pictures", 120)
    assert alike.ranks <= separation.MARK + 2 * (separation.MARK / 120) ** 0.5
    assert alike.plain > 0.1  # each cell's own variance would tell some two apart too often


def test_the_tables_of_separation_have_a_row_and_a_mark_for_each_board(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(separation, "DESIGNS", separation.DESIGNS[-1:])
    monkeypatch.setattr(separation, "EQUAL", dict(list(separation.EQUAL.items())[-1:]))
    apart, equal = separation.tables(0.01)
    assert (len(apart.rows), len(apart.marks), len(equal.rows), len(equal.marks)) == (1, 1, 1, 1)
