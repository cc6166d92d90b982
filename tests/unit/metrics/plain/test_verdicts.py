"""Claims are read off the printed interval."""

from __future__ import annotations

import numpy as np

from assets.metrics.plain.intervals import wilson
from assets.metrics.plain.verdicts import verdict


def test_a_verdict_is_read_off_the_printed_interval() -> None:
    assert verdict(*wilson([28, 5, 28], [28, 28, 31]), 0.8).tolist() == ["yes", "no", "cannot_tell"]


def test_an_end_at_the_threshold() -> None:
    low, high = np.array([0.5, 0.2, 0.2]), np.array([0.9, 0.5, 0.4999])

    assert verdict(low, high, 0.5).tolist() == ["yes", "cannot_tell", "no"]


def test_no_interval_is_no_verdict() -> None:
    assert verdict(np.nan, np.nan, 0.5).item() == "cannot_tell"
