"""Verdicts at reduced size: the marks hold; with 95 % intervals, or windows that overlap, they do not."""

from __future__ import annotations

import numpy as np
import pytest

from assets.metrics.claims import verdicts as product
from assets.metrics.claims.verdicts import AS_THEN, DECIDED, interval, verdicts
from tests.studies.simulations.readers.claims import YEAR, drawn_blocks, ever, unmoved

FEW = 0.1


def test_every_mark_holds_at_reduced_size() -> None:
    table = unmoved(FEW)
    assert len(table.marks) == 9
    assert table.failed == []


def test_intervals_of_95_percent_tell_an_unmoved_model_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(product, "Z99", 1.96)
    assert {mark.text.split(":")[1].split()[0] for mark in unmoved(FEW).failed} >= {"as", "less"}


def test_pictures_of_one_job_tell_less_of_an_unmoved_model_than_as_if_each_were_drawn_alone() -> None:
    told, plain = (ever(drawn_blocks(0.9, 0.9, 0.4, 300, how), YEAR) for how in (True, False))
    assert sum(told[:2]) < 0.35
    assert sum(plain[:2]) > 0.6


def test_windows_that_overlap_tell_more_of_an_unmoved_model_than_blocks_do() -> None:
    lot = np.random.default_rng(1)
    weekly = lot.binomial(40, 0.9, (500, 52))
    pooled = sum(weekly[:, start : start + 49] for start in range(4))
    n = np.full(pooled.shape, 160)
    told = verdicts(n > 0, n, interval(pooled, n), 0.9)
    less = np.isin(told, [verdict for verdict in DECIDED if verdict != AS_THEN]).any(axis=1).mean()
    blocks = np.isin(told[:, ::4], [verdict for verdict in DECIDED if verdict != AS_THEN]).any(axis=1).mean()
    assert less > 1.5 * blocks
