"""Windows without the labeler's errors: coverage where models scatter from week to week and labelers err.

Belongs here: the simulation. Does not belong here: the correction (`assets.metrics.windows.corrected`), what gold buys
in one week (`label_error`).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from assets.metrics.formulas.share import Floats
from assets.metrics.labels.confusion import Pictures, confusion
from assets.metrics.labels.gold_evidence import GoldEvidence
from assets.metrics.windows.corrected import CorrectedFigures, WindowCells, correct, fill
from assets.metrics.windows.formulas import HISTORY, WINDOW
from tests.studies.simulations.label_error import draw
from tests.studies.simulations.tables import Table

TITLE = "Windows corrected for label error"
DRAWS = 400
SEED = 4100
MODELS, PROMPTS, EACH, GOLD = 5, 20, 10, 100
#: Weeks before the last that gold is of: in the window, so that its pictures count on both sides.
RATED = 1
SCATTERS, ERRORS = (0.0, 0.03, 0.05), (0.05, 0.15)
COVERED = 0.94
LAST = date(2026, 11, 23)
TRUTH = np.linspace(0.1, 0.5, PROMPTS)
_ALIKE = {
    **{
        "track": "model",
        "simulated": True,
        "suite": "suite",
        "suite_major": 1,
        "condition": "baseline",
        "turn": 1,
    },
    **{"attribute": "attribute", "scale": "values", "weeks": WINDOW, "reason": None},
}
_SHARE = {**_ALIKE, "reference": None, "metric": "share", "value_name": "first"}
_DISTANCE = {**_ALIKE, "reference": "parity", "metric": "distance2", "value_name": None}
_EVEN = {None: {"first": 0.5, "second": 0.5}}


def cells(rng: np.random.Generator, scatter: float, error: float) -> WindowCells:
    """Return twelve weeks of a model whose shares move together, read with errors, and gold of one of them."""
    reads = np.array([[1 - error, error, 0], [error, 1 - error, 0], [0, 0, 1.0]])
    weeks = []
    for move in rng.normal(0, scatter, HISTORY):
        share = np.clip(TRUTH + move, 0, 1)
        shown = rng.multinomial(EACH, np.stack([share, 1 - share, 0 * share], axis=1))
        weeks.append(np.stack([rng.multinomial(shown[:, seen], reads[seen]) for seen in range(3)], axis=1))
    counts: Floats = np.concatenate([week.sum(axis=1) for week in weeks]).astype(float)
    back = np.repeat(np.arange(HISTORY), PROMPTS)
    pool = back == RATED
    gold = draw(rng, weeks[RATED], GOLD)
    names = [f"prompt-{number}" for number in range(PROMPTS)] * HISTORY
    frame = pl.DataFrame({"week": [LAST - timedelta(weeks=int(week)) for week in back], "prompt": names})
    one = GoldEvidence(
        ["first", "second"],
        frame.with_columns(condition=pl.lit("baseline"), turn=pl.lit(1)),
        counts,
        pool,
        confusion(gold, Pictures(counts, pool, pool)),
        GOLD,
        GOLD,
        frozenset({LAST - timedelta(weeks=RATED)}),
        None,
    )
    prompt = np.tile(np.arange(PROMPTS), HISTORY)
    whole = np.ones(len(back))
    return WindowCells(one, prompt, back, back < WINDOW, whole > 0, whole)


def board(rng: np.random.Generator, scatter: float, error: float) -> list[dict[str, Any]]:
    """Return the corrected share and distance2 of every model of a board."""
    kept, rows = CorrectedFigures(), []
    for _ in range(MODELS):
        drawn = cells(rng, scatter, error)
        for row in (_SHARE, _DISTANCE):
            numbers, why = correct(kept, drawn, row, _EVEN)
            if why:
                raise ValueError(why)
            rows.append({**row, "figure": numbers[0]})
    fill(rows, kept)
    return rows


def rates(scatter: float, error: float, draws: int) -> dict[str, tuple[float, float]]:
    """Return how often the interval holds the truth, and its mean width, of the share and of distance2."""
    rng = np.random.default_rng(SEED)
    true = {"share": float(TRUTH.mean()), "distance2": float(((TRUTH - 0.5) ** 2).mean())}
    found: dict[str, list[tuple[bool, float]]] = {metric: [] for metric in true}
    for _ in range(draws):
        for row in board(rng, scatter, error):
            held = row["low"] <= true[row["metric"]] <= row["high"]
            found[row["metric"]].append((held, row["high"] - row["low"]))
    return {
        metric: (float(np.mean([held for held, _ in seen])), float(np.mean([width for _, width in seen])))
        for metric, seen in found.items()
    }


def tables(draws: float = 1) -> list[Table]:
    """Return the table."""
    many = max(1, round(DRAWS * draws))
    rows, least = [], 1.0
    for scatter in SCATTERS:
        for error in ERRORS:
            found = rates(scatter, error, many)
            rows.append(
                (
                    f"{100 * scatter:.0f} points",
                    f"{100 * error:.0f} %",
                    *(part for metric in found for part in found[metric]),
                )
            )
            least = min(least, *(covered for covered, _ in found.values()))
    return [
        Table(
            f"{many} boards of {MODELS} models a row; {PROMPTS} prompts of {EACH} pictures per week, four weeks of "
            f"twelve quiet ones, gold of {GOLD} pictures of the week before the last",
            ("scatter", "labels wrong", "share", "width", "distance2", "width"),
            rows,
            [(f"every coverage is at least {COVERED}", least, least >= COVERED)],
        )
    ]
