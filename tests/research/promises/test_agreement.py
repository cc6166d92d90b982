"""Alpha's interval holds the truth as often as docs/label-error.md says, within three Monte-Carlo errors."""

from __future__ import annotations

import numpy as np
import pytest

from assets.metrics.labels.agreement import Level, alpha, pair_kinds

DRAWS, ERRORS = 4000, 0.01


@pytest.mark.parametrize(
    ("pictures", "least", "most"), [(30, 0.91, 0.97), (60, 0.91, 0.97), (300, 0.94, 0.96)]
)
@pytest.mark.parametrize(
    ("level", "probabilities", "accuracy"),
    [
        ("nominal", [0.5, 0.5], 0.95),
        ("nominal", [0.85, 0.15], 0.95),
        ("nominal", [0.4, 0.3, 0.2, 0.1], 0.9),
        ("ordinal", [0.4, 0.3, 0.2, 0.1], 0.95),
        ("ordinal", [0.1] * 10, 0.8),
    ],
)
def test_the_interval_of_alpha_holds_the_truth_as_often_as_it_says(
    level: Level, probabilities: list[float], accuracy: float, pictures: int, least: float, most: float
) -> None:
    values = len(probabilities)
    read = np.full((values, values), (1 - accuracy) / (values - 1))
    np.fill_diagonal(read, accuracy)
    joint = np.einsum("t,ta,tb->ab", np.array(probabilities), read, read)
    # Of very many pictures the estimate is the truth.
    true = alpha(*pair_kinds(np.rint(joint * 10**9).astype(np.int64)), level).estimate
    random, held = np.random.default_rng(7), 0
    for _ in range(DRAWS):
        table = random.multinomial(pictures, joint.ravel()).reshape(values, values)
        found = alpha(*pair_kinds(table), level)
        held += found.low <= true <= found.high
    assert least - ERRORS <= held / DRAWS <= most + ERRORS
