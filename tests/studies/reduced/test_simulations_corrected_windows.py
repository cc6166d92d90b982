"""Corrected windows at reduced size: intervals hold the truth; those of sampling and gold alone do not."""

from __future__ import annotations

import numpy as np
import pytest

from assets.metrics.formulas.share import Estimate, Floats
from tests.studies.simulations.readers.corrected_windows import rates

FEW = 20


@pytest.mark.parametrize("error", [0.05, 0.15])
def test_intervals_hold_the_truth(error: float) -> None:
    assert min(covered for covered, _ in rates(0.05, error, FEW).values()) >= 0.9


def test_without_scatter_they_hold_it_too_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(found: Estimate, added: Floats, freedom: Floats, z: float = 1.96) -> Estimate:
        return found

    kept = rates(0.05, 0.05, FEW)["share"]
    monkeypatch.setattr("assets.metrics.windows.corrected.widened", none)
    found = rates(0.05, 0.05, FEW)["share"]
    assert found[0] < min(kept[0], 0.93)
    assert found[1] < 0.85 * kept[1]


def test_what_was_read_alone_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a correction, which is what gold with perfect labels would say."""
    monkeypatch.setattr("assets.metrics.labels.confusion.inverse", lambda matrix: np.eye(len(matrix)))
    monkeypatch.setattr("assets.metrics.labels.distances.inverse", lambda matrix: np.eye(len(matrix)))
    assert rates(0.0, 0.15, FEW)["distance2"][0] < 0.5
