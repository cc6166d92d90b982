"""Changes: false reports per fleet and year, and how soon a planted change is reported."""

from __future__ import annotations

import numpy as np

from tests.research.paths import PATHS, Path
from tests.research.rows import Row, Table
from tests.research.worlds import NOISES, SUITES, Suite, counts, fleet, stepped

SEED = 20_283
FLEETS = 4  # of 156 weeks
DRAWS = 50  # planted changes of a row
MODELS, SERIES, WEEKS = 6, 18, 156
STEP, AFTER = 30, 20  # week of a planted change; weeks in which it may be found
WITHIN = (4, 8, 20)
#: Noise → published false reports per fleet-year.
REPORTS = {
    "indep": 0.38,
    "icc.1": 0.38,
    "icc.2": 0.38,
    "sd3": 0.38,
    "sd5": 0.38,
    "sd8": 0.38,
    "sd5ar.5": 0.88,
    "sd8ar.5": 1.6,
}
#: Suite, points, noise → published part that is found within 4, 8 and 20 weeks.
FOUND = {
    (SUITES[0], 10, "indep"): (0.12, 0.24, 0.60),
    (SUITES[0], 20, "indep"): (0.88, 1, 1),
    (SUITES[0], 20, "icc.1"): (0.60, 0.96, 1),
    (SUITES[0], 20, "sd5"): (0.32, 0.92, 1),
    (SUITES[0], 40, "indep"): (1, 1, 1),
    (SUITES[0], 40, "icc.1"): (1, 1, 1),
    (SUITES[0], 50, "icc.1"): (1, 1, 1),
    (SUITES[1], 10, "indep"): (0.88, 1, 1),
    (SUITES[1], 10, "icc.1"): (0.16, 0.80, 0.96),
    (SUITES[1], 20, "icc.1"): (1, 1, 1),
    (SUITES[1], 20, "sd5"): (0.92, 1, 1),
    (SUITES[1], 40, "icc.1"): (1, 1, 1),
    (SUITES[2], 20, "indep"): (0.32, 0.72, 0.96),
    (SUITES[2], 20, "icc.1"): (0, 0.24, 0.44),
    (SUITES[2], 40, "indep"): (1, 1, 1),
    (SUITES[2], 40, "icc.1"): (0.8, 1, 1),
    (SUITES[3], 20, "indep"): (0.24, 0.92, 1),
    (SUITES[3], 40, "indep"): (1, 1, 1),
    (SUITES[3], 40, "icc.1"): (0.28, 0.76, 1),
}
BEHIND = 25  # draws behind a published part


def false_reports(
    size: float = 1.0,
    path: Path = PATHS["product"],
    noises: tuple[str, ...] = tuple(REPORTS),
    weeks: int = WEEKS,
) -> Table:
    """Return false reports per fleet-year: six models, 18 series in suites of four sizes, nothing changes."""
    rows = []
    for place, noise in enumerate(noises):
        rng, fleets = np.random.default_rng((SEED, place)), max(1, round(FLEETS * size))
        drawn = [fleet(rng, MODELS, SERIES, weeks, NOISES[noise]) for _ in range(fleets)]
        reports = sum(map(len, path.changes(drawn, MODELS * SERIES)))
        years = fleets * weeks / 52
        rows.append(Row(noise, reports / years, years, REPORTS[noise], rate=True))
    return Table("False reports per fleet-year, 6 models × 18 series", rows)


def delay(
    size: float = 1.0,
    path: Path = PATHS["product"],
    planted: tuple[tuple[Suite, int, str], ...] = tuple(FOUND),
) -> Table:
    """Return the part of planted changes of one model of six that are reported in time."""
    rows = []
    for place, (suite, points, noise) in enumerate(planted):
        rng, draws = np.random.default_rng((SEED, 100 + place)), max(2, round(DRAWS * size))
        fleets = []
        for _ in range(draws):
            shares = rng.uniform(0.2, 0.5, (MODELS, suite.prompts))
            truth = stepped(shares, STEP + AFTER, STEP, points / 100)
            drawn = counts(rng, truth, suite.pictures, STEP + AFTER, NOISES[noise])
            fleets.append([(drawn[:, :, 0], drawn.sum(2))])
        waits = [
            min((one.opened for one in found if one.model == 0 and one.opened >= STEP), default=STEP + AFTER)
            for found in path.changes(fleets, MODELS * SERIES)
        ]
        for within, published in zip(WITHIN, FOUND[suite, points, noise], strict=True):
            of = f"{suite}, +{points} points, {noise}, within {within} weeks"
            rows.append(
                Row(of, float(np.mean(np.array(waits) < STEP + within)), draws, published, "at least", BEHIND)
            )
    return Table("Planted changes that are reported in time", rows)
