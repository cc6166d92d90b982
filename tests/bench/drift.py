"""How long the changes of three years take to find, for all series of 40 models: beside running sums of the counts.

Belongs here: times of `drift_scan`. Does not belong here: reading scores (`assets.metrics.drift.series`), what is found
(`tests/studies/simulations/drift.py`).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from assets.metrics.drift.scan import scan
from assets.metrics.formulas.share import Ints
from assets.suites.loader import load_suites
from assets.suites.schema import Suite
from tests.bench.measure import QUICK, Row, Size, seconds

MODELS, WEEKS = 40, 156
#: Suites, and pictures of each prompt and week: what models.yaml proposes for paid models.
ASKED = (("occupations@1", 20), ("descriptors@1", 20), ("rest-of-world@1", 100))
#: Standard deviation of a share from week to week, and one series in so many changes once.
SCATTER, CHANGES = 0.01, 50


def run(folder: Path, size: Size) -> list[Row]:
    """Return how long all series of all models take, suites with few and with many pictures together and apart."""
    models, weeks = (1, 16) if size == QUICK else (MODELS, WEEKS)
    rows = []
    for name, asked in (
        ("all suites", ASKED),
        ("20 pictures a prompt", ASKED[:2]),
        ("100 pictures", ASKED[2:]),
    ):
        k, n, suite = history(models, weeks, asked)
        taken = seconds(lambda: scan(k, n, suite, int(suite.max()) + 1))  # noqa: B023 - called at once
        plain = seconds(lambda: (np.cumsum(k, axis=1), np.cumsum(n, axis=1)))  # noqa: B023
        what = f"drift, {models} models, {weeks} weeks, {name}"
        rows.append(Row(what, len(k), "series of prompts", taken, "running sums of the counts", plain))
    return rows


def history(models: int, weeks: int, asked: tuple[tuple[str, int], ...]) -> tuple[Ints, Ints, Ints]:
    """Return k, n and the suite series of each cell: every value of every attribute of every prompt of every model."""
    lot = np.random.default_rng(1)
    shipped = load_suites()
    shares, pictures, suite = [], [], []
    number = 0
    for _ in range(models):
        for name, replicates in asked:
            for prompts, values in _attributes(shipped[name]):
                drawn = lot.dirichlet(np.full(values, 0.5), prompts)
                for value in range(1 if values == 2 else values):
                    shares.append(drawn[:, value])
                    pictures += [replicates] * prompts
                    suite += [number] * prompts
                    number += 1
    p = np.clip(np.concatenate(shares)[:, None] + SCATTER * lot.standard_normal((len(suite), weeks)), 0, 1)
    moved = lot.integers(0, CHANGES, number)[suite] == 0
    p[moved, weeks // 2 :] = np.clip(p[moved, weeks // 2 :] + 0.3, 0, 1)
    n = np.repeat(np.array(pictures)[:, None], weeks, axis=1)
    return lot.binomial(n, p), n, np.array(suite)


def _attributes(suite: Suite) -> list[tuple[int, int]]:
    """Return prompts and values of each attribute of a suite: bands where it has them."""
    found = []
    for attribute in suite.attributes:
        prompts = sum(attribute.id in prompt.attributes for prompt in suite.prompts)
        if prompts:
            found.append((prompts, len(attribute.bands or attribute.values)))
    return found
