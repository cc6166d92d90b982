"""Changes over weeks where pictures are drawn four at a time and are alike: what is opened, and what is found.

Belongs here: planted weekly counts in jobs. Does not belong here: evidence (`assets.metrics.drift.evidence`), design
effects (`assets.metrics.formulas.clusters`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from assets.metrics.drift.scan import OpenedChange, scan
from assets.metrics.formulas.share import Floats
from tests.studies.simulations.readers.clusters import SIZE, drawn, effects_of
from tests.studies.simulations.tables import Table
from tests.studies.simulations.weekly import SEED, slack

SERIES = 200
QUIET, AFTER, STEP = 26, 14, 0.25
WEEKS = 104
#: Prompts, and jobs of each a week.
SHAPES = ((27, 5), (10, 5), (1, 10), (1, 25))
RHO = (0.0, 0.2, 0.4)


class Opened(NamedTuple):
    """Parts of series, as published and with every picture counted."""

    treated: float
    untreated: float


def series(
    shares: Floats, jobs: int, rho: float, weeks: int, lot: np.random.Generator
) -> tuple[Floats, Floats]:
    """Return (prompts, weeks) pictures with the value, and design effects, each week's from that week alone."""
    k = drawn(shares, jobs, np.full(len(shares), rho), weeks, lot)
    values, found = effects_of(k)
    return values[:, 0].reshape(weeks, -1).T, found.of_cell.reshape(weeks, -1).T


def opened(hits: Floats, effect: Floats, jobs: int, treated: bool) -> list[OpenedChange]:
    """Return what is opened of one series."""
    worth = effect if treated else np.ones(effect.shape)
    return scan(hits / worth, SIZE * jobs / worth, np.zeros(len(hits), dtype=np.int64), 1)


def rates(prompts: int, jobs: int, rho: float, many: int, step: float) -> Opened:
    """Return the part of series of which anything is opened in two years; with a step, within eight weeks of it."""
    lot = np.random.default_rng([SEED, 8, prompts, jobs, round(100 * rho), round(100 * step)])
    shares = np.full(1, 0.3) if prompts == 1 else np.linspace(0.05, 0.95 - 1.2 * step, prompts)
    found = np.zeros((many, 2))
    for one in range(many):
        hits, effect = series(shares, jobs, rho, QUIET + AFTER if step else WEEKS, lot)
        if step:
            moved = series(shares + step, jobs, rho, AFTER, lot)
            hits[:, QUIET:], effect[:, QUIET:] = moved
        for place, treated in enumerate((True, False)):
            events = opened(hits, effect, jobs, treated)
            found[one, place] = any(QUIET <= e.opened < QUIET + 8 for e in events) if step else bool(events)
    return Opened(*found.mean(axis=0).tolist())


def together(draws: float) -> Table:
    """Return what is opened of quiet series, and of series with a step, of pictures in jobs of four."""
    rows, marks = [], []
    for prompts, jobs in SHAPES:
        many = max(20, round(SERIES * draws))
        for rho in RHO:
            quiet, found = rates(prompts, jobs, rho, many, 0), rates(prompts, jobs, rho, many, STEP)
            shape = f"{prompts} x {jobs} of {SIZE}"
            rows.append((shape, rho, *(f"{part:.1%}" for part in (*quiet, *found))))
            text = f"≤ 5 % ever opened: {shape}, correlation {rho}"
            marks.append((text, f"{quiet.treated:.1%}", quiet.treated <= 0.05 + slack(0.05, many, draws)))
            if jobs != 10:  # of which a week is too little to measure how alike they are
                least = 0.9 - slack(0.9, many, draws)
                marks.append(
                    (
                        f"step found: {shape}, correlation {rho}",
                        f"{found.treated:.1%}",
                        found.treated >= least,
                    )
                )
    return Table(
        f"Series in jobs of four: anything opened in {WEEKS} quiet weeks, and {100 * STEP:g} points found in eight",
        ("prompts x jobs", "correlation", "quiet", "quiet, as independent", "step", "step, as independent"),
        rows,
        marks,
    )
