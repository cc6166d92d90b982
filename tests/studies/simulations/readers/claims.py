"""Verdicts on claims of models whose share never moves: how often each is ever told, and how often it changes.

Belongs here: the simulation of series of blocks. Does not belong here: the rule (`assets.metrics.claims.verdicts`).
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from assets.metrics.claims.verdicts import AS_THEN, DECIDED, interval, standing, verdicts
from tests.studies.simulations.readers.clusters import SIZE, drawn, effects_of
from tests.studies.simulations.tables import Table

TITLE = "Verdicts on claims of 2023"
SERIES = 20_000
SEED = 9200
PICTURES = 160
#: Of a block.
WEEKS = 4
THRESHOLDS = (0.9, 0.8, 0.5)
OFF = 0.05
#: Blocks of four weeks in a year and in two.
YEAR, TWO_YEARS = 13, 26
#: Of series at exactly the threshold, those ever told "as then" and ever told less, in a year: found for 0.9 when the
#: rule was chosen, to whole percents; and for each threshold in two years, where a year's chance counts twice.
AS_THEN_MARK, LESS_MARK = 0.045, 0.115
CHANGES_MARK = 0.13


def blocks(share: float, threshold: float, series: int, pictures: int = PICTURES) -> list[list[str]]:
    """Return the verdicts of each block of series whose share never moves: (series, two years of blocks)."""
    lot = np.random.default_rng([SEED, round(1000 * share), round(1000 * threshold)])
    k = lot.binomial(pictures, share, (series, TWO_YEARS))
    n = np.full(k.shape, pictures)
    found: list[list[str]] = verdicts(n > 0, n, interval(k, n), threshold).tolist()
    return found


def drawn_blocks(share: float, threshold: float, rho: float, series: int, treated: bool) -> list[list[str]]:
    """Return a year of verdicts on pictures that are drawn four at a time; two of a job correlate by rho."""
    lot = np.random.default_rng([SEED, round(1000 * share), round(1000 * threshold), round(1000 * rho)])
    jobs = PICTURES // WEEKS // SIZE
    values, found = effects_of(drawn(np.full(WEEKS, share), jobs, np.full(WEEKS, rho), series * YEAR, lot))
    k = values[:, 0].reshape(-1, WEEKS).sum(axis=1)
    effect = found.of_group if treated else np.ones(len(k))
    n = np.full(len(k), PICTURES) / effect
    told = verdicts(n > 0, n, interval(k / effect, n), threshold)
    verdicts_of: list[list[str]] = told.reshape(series, YEAR).tolist()
    return verdicts_of


def clustered(draws: float = 1.0) -> Table:
    """Return how often models at exactly the threshold get verdicts that they have not earned, pictures being alike."""
    series = max(100, round(draws * SERIES / 10))
    error = 3 * np.sqrt(0.1 / series)
    rows, marks = [], []
    for threshold in THRESHOLDS:
        for rho in (0.0, 0.2, 0.4):
            found = [
                ever(drawn_blocks(threshold, threshold, rho, series, how), YEAR)[:2] for how in (True, False)
            ]
            rows.append((f"{threshold:.1f}", rho, *found[0], *found[1]))
            name = f"threshold {threshold}, correlation {rho}: told anything in 25 % of years at most"
            marks.append((name, sum(found[0]), sum(found[0]) <= 0.25 + error))
    return Table(
        f"Verdicts of models at exactly the threshold, {PICTURES} pictures a block in jobs of four, a year",
        ("threshold", "correlation", "as then", "less", "as then, as independent", "less, as independent"),
        rows,
        marks,
    )


def ever(told: list[list[str]], through: int) -> tuple[float, float, float]:
    """Return the parts of series ever told "as then", ever told another verdict, and how often the standing changed."""
    series = [one[:through] for one in told]
    as_then = sum(AS_THEN in one for one in series)
    other = sum(any(verdict in DECIDED and verdict != AS_THEN for verdict in one) for one in series)
    changes = 0
    for one in series:
        stands = [verdict for verdict in standing(one) if verdict in DECIDED]
        changes += sum(a != b for a, b in pairwise(stands))
    return as_then / len(series), other / len(series), changes / len(series)


def unmoved(draws: float = 1.0) -> Table:
    """Return how often each verdict is ever given to a model at exactly the threshold, and five points off."""
    series = max(200, round(draws * SERIES))
    error = 3 * np.sqrt(0.25 / series)
    rows, marks = [], []
    for threshold in THRESHOLDS:
        for share in (threshold, threshold - OFF, threshold + OFF):
            told = blocks(share, threshold, series)
            year, two = ever(told, YEAR), ever(told, TWO_YEARS)
            rows.append((f"{threshold:.1f}", f"{share:.2f}", *year[:2], *two[:2], two[2] / 2))
            if share < threshold:
                name = f"threshold {threshold}, share {share:.2f}: wrongly as then in two years"
                marks.append((f"{name} in 1 % at most", two[0], two[0] <= 0.01 + error / 10))
            elif share > threshold:
                name = f"threshold {threshold}, share {share:.2f}: wrongly less in two years"
                marks.append((f"{name} in 1 % at most", two[1], two[1] <= 0.01 + error / 10))
    exact = ever(blocks(0.9, 0.9, series), YEAR)
    marks += [
        (
            f"at 0.9, a year: as then in {AS_THEN_MARK:.1%} at most",
            exact[0],
            exact[0] <= AS_THEN_MARK + error / 3,
        ),
        (f"at 0.9, a year: less in {LESS_MARK:.1%} at most", exact[1], exact[1] <= LESS_MARK + error / 2),
        (f"at 0.9: {CHANGES_MARK} changes a year at most", exact[2], exact[2] <= CHANGES_MARK + error),
    ]
    columns = (
        "threshold",
        "share",
        "as then, a year",
        "less, a year",
        "as then, two years",
        "less, two years",
        "changes a year",
    )
    return Table(
        f"Verdicts of models whose share never moves, {PICTURES} pictures a block of four weeks",
        columns,
        rows,
        marks,
        "Part of the series that are ever told so. At exactly the threshold neither is earned; five points above it "
        "only less is wrong, five points below it only as then.",
    )


def tables(draws: float = 1.0) -> list[Table]:
    """Return the tables of the study; `draws` is the part of the full number of series."""
    return [unmoved(draws), clustered(draws)]
