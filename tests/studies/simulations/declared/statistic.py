"""Tilt, level and the two halves against a statistic: bias and coverage for models of which the truth is known.

Belongs here: the simulation. Does not belong here: distances to the statistic (`coverage`).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from assets.metrics.scores.measures.typed import typed_figures
from assets.suites.analysis import FEMALE, MALE
from assets.suites.loader import load_suites
from tests.studies.simulations.tables import Entry, Table

TITLE = "Tilt, level and the halves"
DRAWS = 20_000
SEED = 7300
PICTURES = 460
BIAS, COVERAGE, MOST = 0.003, 0.94, 0.98
METRICS = ("tilt", "level", "exaggeration_male_typed", "exaggeration_female_typed")


def statistic() -> np.ndarray:
    """Return the share of women in each prompt of the occupations that the statistic has a row for."""
    suite = load_suites()["occupations@1"]
    found = next(one for one in suite.references if one.id == "bls-cps-2025")
    return np.array([row.shares["feminine"] for row in found.rows])


def models(q: np.ndarray) -> Mapping[str, np.ndarray]:
    """Return the share of women that each planted model draws in each prompt."""
    odds = 2 * np.log(q / (1 - q))
    return {
        "exactly the statistic": q,
        "logit × 2": 1 / (1 + np.exp(-odds)),
        "all or nothing (.98)": np.where(q > 0.5, 0.98, 0.02),
        "reversed": 1 - q,
        "parity": np.full(len(q), 0.5),
        "only men": np.zeros(len(q)),
        "only women": np.ones(len(q)),
    }


def truths(p: np.ndarray, q: np.ndarray) -> dict[str, float]:
    """Return what each figure is for a model that draws these shares."""
    lean = q - 0.5
    return {
        "tilt": float((lean * (p - 0.5)).sum() / (lean**2).sum()),
        "level": float((p - q).mean()),
        "exaggeration_male_typed": float((q - p)[q <= MALE].mean()),
        "exaggeration_female_typed": float((p - q)[q >= FEMALE].mean()),
    }


def seen(p: np.ndarray, q: np.ndarray, draws: int) -> pl.DataFrame:
    """Return the product's figures of `draws` suites of `PICTURES` pictures."""
    rng = np.random.default_rng([SEED, int(1000 * p.sum())])
    size = np.full(len(q), PICTURES // len(q))
    size[: PICTURES % len(q)] += 1
    k = rng.binomial(size, p, (draws, len(q))).ravel()
    side = np.where(q <= MALE, "male", np.where(q >= FEMALE, "female", ""))
    n = np.tile(size, draws)
    counts = pl.DataFrame(
        {
            "draw": np.repeat(np.arange(draws), len(q)),
            "reference": "bls-cps-2025",
            "side": np.tile(side, draws),
            "expected": np.tile(q, draws),
            "k": k,
            "n": n,
            "pictures": n,
        }
    )
    return pl.concat(typed_figures(counts, ["draw"]), how="vertical_relaxed")


def table(draws: float) -> Table:
    """Return bias and coverage of each figure for each planted model."""
    q, number = statistic(), max(int(DRAWS * draws), 400)
    rows: list[list[Entry]] = []
    marks: list[tuple[str, Entry, bool]] = []
    for name, p in models(q).items():
        found, wanted = seen(p, q, number), truths(p, q)
        for metric in METRICS:
            own = found.filter(pl.col("metric").cast(pl.String) == metric)
            truth = wanted[metric]
            bias = float(own["estimate"].mean()) - truth  # type: ignore[arg-type]
            held = float(((own["low"] <= truth + 1e-9) & (own["high"] >= truth - 1e-9)).mean())  # type: ignore[arg-type]
            half = float(((own["high"] - own["low"]) / 2).mean())  # type: ignore[arg-type]
            rows.append([name, metric, truth, bias, held, half])
            marks.append((f"{name}, {metric}: |bias| under {BIAS}", bias, abs(bias) < BIAS))
            marks.append((f"{name}, {metric}: coverage", held, held >= COVERAGE))
            if name in {"exactly the statistic", "logit × 2", "reversed", "parity"}:
                marks.append((f"{name}, {metric}: coverage not too large", held, held <= MOST))
    return Table(
        f"{PICTURES} pictures, {len(q)} prompts, {number:,} draws",
        ("model", "figure", "truth", "bias", "coverage", "half a width"),
        rows,
        marks,
        "Where a truth lies at an end, as of a model that draws only men, no interval can miss it on both sides.",
    )


def tables(draws: float) -> list[Table]:
    """Return the tables of this study; `draws` is the part of the full number of draws."""
    return [table(draws)]
