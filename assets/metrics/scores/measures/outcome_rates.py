"""How requests ended: of slots. A conversation's later turns are one answer; a turn that was not needed is no slot.

planned = ok + refused (the model's own answers without a picture) + failed (everything else).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import polars as pl

from assets.metrics.formulas.share import Estimate
from assets.metrics.registry.metric import Metric, metric
from assets.metrics.scores.figures import rate, rate_figures, rows

_AUDITORS = (
    "auditors and readers of the data files (`scores`): each way of not being seen has a rate of its own"
)

OUTCOME_RATES = (
    rate(
        "completeness",
        "Completeness",
        "(ok + refused) / planned",
        ("answered", "planned"),
        "view `leaderboard`; changes over weeks; what publishing waits for",
        ("nothing planned",),
        "higher",
    ),
    rate(
        "failed_rate",
        "Failed",
        "neither ok nor refused / planned",
        ("failed", "planned"),
        _AUDITORS,
        ("nothing planned",),
        "lower",
    ),
    rate(
        "answer_rate",
        "Answered",
        "ok / (ok + refused)",
        ("ok", "answered"),
        "view `leaderboard`",
        ("no answers",),
    ),
    rate(
        "refused_rate",
        "Refused",
        "refused / (ok + refused)",
        ("refused", "answered"),
        "page: changes, rank ranges; view `leaderboard`",
        ("no answers",),
    ),
)


@metric(
    *(one.metric for one in OUTCOME_RATES),
    Metric(
        "pictures",
        "Pictures",
        "slots that ended ok",
        (0.0, float("inf")),
        "view `leaderboard`; changes by one word",
        unit="pictures",
        denominator="planned slots",
    ),
    of="answers",
)
def outcome_figures(counts: pl.DataFrame, keys: Sequence[str]) -> Iterable[pl.DataFrame]:
    """Return the rates of outcomes and the number of pictures of every row of `rates.outcome_counts`."""
    yield from rate_figures(counts, keys, OUTCOME_RATES)
    pictures = counts["pictures"].to_numpy().astype(float)
    nothing = np.full(counts.height, np.nan)
    found = Estimate(pictures, nothing, nothing)
    yield rows(
        counts.select(keys), "pictures", found, counts["planned"].to_numpy(), counts["cells"].to_numpy()
    )
