"""What `cliche design` says at reduced size: near what simulated boards show; a design that is misread is found out."""

from __future__ import annotations

import pytest

from assets.metrics.design import prospects as product
from assets.metrics.design.prospects import BoardDesign
from assets.metrics.formulas.share import Estimate
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
