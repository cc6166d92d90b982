"""Refusals and labelers that drift: what is no change of the model's pictures is not reported as one.

Belongs here: these two parts of the study `drift`. Does not belong here: false alarms, power and dates (`drift`).
"""

from __future__ import annotations

import numpy as np

from assets.metrics.drift.scan import scan
from assets.metrics.drift.size import change
from assets.metrics.drift.table import kind
from assets.metrics.formulas.share import Floats
from tests.studies.simulations.tables import Table
from tests.studies.simulations.weekly import SEED, alone, counts, first, slack


def refusals(draws: float) -> Table:
    """Prompts that start to be refused: no change of shares, and a change of refusals."""
    suites, prompts, planned = max(40, round(1000 * draws)), 10, 20
    lot = np.random.default_rng([SEED, 4])
    refused = np.zeros((suites, prompts, 60))
    refused[:, 7:, 30:] = 0.8
    said_no = lot.binomial(planned, refused).reshape(suites * prompts, -1)
    n = planned - said_no
    k = lot.binomial(n, np.tile(np.linspace(0.05, 0.95, prompts), suites)[:, None])
    as_drift = alone(k, n, prompts)
    as_refusals = first(alone(said_no, np.full(n.shape, planned), prompts)) - 30
    quiet = as_drift[:, 30:].any(axis=1) & ~as_drift[:, :30].any(axis=1)
    pooled = (
        first(alone(k.reshape(suites, prompts, -1).sum(axis=1), n.reshape(suites, prompts, -1).sum(axis=1)))
        - 30
    )
    seen = (
        float(quiet.mean()),
        float(((as_refusals >= 0) & (as_refusals < 3)).mean()),
        float((pooled < 30).mean()),
    )
    return Table(
        "Three of ten prompts start to be refused, in 80 % of answers",
        ("suites", "alarm as drift", "alarm as refusals within 3 weeks", "alarm of the pooled share"),
        [[suites, *(f"{part:.1%}" for part in seen)]],
        [
            ("≤ 1 % alarm as drift", f"{seen[0]:.1%}", seen[0] <= 0.01 + slack(0.01, suites, draws)),
            ("they alarm as refusals in ≥ 90 %", f"{seen[1]:.1%}", seen[1] >= 0.9),
        ],
        "20 pictures a prompt; shares from 0.05 to 0.95, the highest are refused. Pooled: what DESIGN warns of.",
    )


def labelers(draws: float) -> Table:
    """A labeler starts to read a part of the pictures otherwise; frozen pictures are read by it too."""
    models, prompts, n, anchors, flipped = 10, 10, 20, 60, 0.25
    repeats = max(2, round(40 * draws))
    seen = {"labeler_drift": 0, "all_models": 0, "model": 0}
    models_own = 0
    for repeat in range(repeats):
        lot = np.random.default_rng([SEED, 5, repeat])
        true = np.broadcast_to(lot.uniform(0.05, 0.5, (models * prompts, 1)), (models * prompts, 40)).copy()
        true[:, 25:] += flipped * (1 - true[:, 25:])
        moved = (
            lot.binomial(anchors, flipped * 0.7) / anchors
        )  # seven of ten frozen pictures show the other value
        for event in _events(lot, n, true, models, prompts):
            seen[kind(event | {"labeler_moved_share": moved})] += 1
        own = np.broadcast_to(lot.uniform(0.05, 0.5, (models * prompts, 1)), (models * prompts, 40)).copy()
        own[:prompts, 25:] += 0.3
        models_own += sum(
            kind(e | {"labeler_moved_share": lot.binomial(anchors, 0.02) / anchors}) == "model"
            for e in _events(lot, n, own, models, prompts)
        )
    total = max(sum(seen.values()), 1)
    rows: list[list[str | int | float]] = [
        ["the labeler drifts", repeats * models, total, *(f"{part / total:.1%}" for part in seen.values())],
        [
            "one model changes",
            repeats,
            models_own,
            "0.0%",
            "0.0%",
            f"{models_own / repeats:.1%} of the changes",
        ],
    ]
    share = seen["model"] / total
    return Table(
        "A labeler that drifts, and a model that changes",
        ("what happens", "changes", "events", "labeler_drift", "all_models", "model"),
        rows,
        [
            ("a drifting labeler is told as a model's change in ≤ 5 %", f"{share:.1%}", share <= 0.05),
            (
                "a drifting labeler is found in ≥ 90 %",
                f"{total / (repeats * models):.1%}",
                total >= 0.9 * repeats * models,
            ),
            ("a model's own change stays its own in ≥ 90 %", rows[1][5], models_own >= 0.9 * repeats),
        ],
        "10 models, 10 prompts, 20 pictures; from the 26th week the labeler reads a quarter of one value as the other, "
        "also on 60 frozen pictures; a steady labeler reads 2 % of them otherwise.",
    )


def _events(
    lot: np.random.Generator, n: int, true: Floats, models: int, prompts: int
) -> list[dict[str, object]]:
    """Return the events of one value in one suite of each model, with what decides their kind."""
    k, pictures = counts(lot, n, true)
    rows: list[dict[str, object]] = []
    found = scan(k, pictures, np.repeat(np.arange(models), prompts), models)
    for event in found:
        at_once = {e.suite for e in found if e.opened <= event.opened and abs(e.changed - event.changed) <= 1}
        before, after = slice(event.started, event.changed), slice(event.changed, event.opened + 1)
        own = np.array(event.cells)
        rows.append(
            change(k[own], pictures[own], before, after)
            | {
                "metric": "share",
                "suite_changed": False,
                "models_at_once": len(at_once),
                "models_compared": models,
            }
        )
    return rows
