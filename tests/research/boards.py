"""Boards: how often equal models are told apart, and unequal ones are."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np

from tests.research.paths import PATHS, Case, Path
from tests.research.rows import Row, Table
from tests.research.worlds import NOISES, STEREOTYPES, counts

SEED = 20_282
DRAWS = 400  # boards of a row; of 40 models, a quarter
SIZES = (2, 6, 20, 40)
SPANS = (4, 12)
#: Noise, weeks, models of boards of equal models.
EQUAL = [*product(("indep", "icc.1", "sd3", "sd5", "sd8"), SPANS, SIZES)]
EQUAL_STEREOTYPES = [*product(("indep", "icc.1", "sd5"), SPANS, SIZES)]
#: A board on which all models are equal is false, where any two are told apart: at most.
FALSE = 0.055
#: Models, weeks, noise → published part of pairs of 75 and 85 % that are told apart, and boards behind it.
POWER = (
    (2, 4, "indep", 0.44),
    (2, 12, "indep", 0.83),
    (6, 4, "indep", 0.40),
    (6, 12, "indep", 0.56),
    (20, 4, "indep", 0.25),
    (20, 12, "indep", 0.40),
    (40, 4, "indep", 0.24),
    (40, 12, "indep", 0.21),
    (2, 12, "sd5", 0.63),
    (6, 12, "sd5", 0.37),
)
#: Models, weeks, noise → published part of boards of equal models that is false where scatter carries over.
CARRIED = (
    (6, 4, "sd3ar.7", 0.27),
    (6, 4, "sd5ar.5", 0.27),
    (6, 12, "sd3ar.7", 0.09),
    (6, 12, "sd5ar.5", 0.07),
    (2, 12, "sd3ar.7", 0.072),
    (2, 12, "sd5ar.5", 0.062),
)
#: Models, weeks → published part of false boards where every pair is declared of two attributes that come together.
SHARED = ((2, 4, 0.055), (2, 12, 0.055), (6, 4, 0.06), (6, 12, 0.055), (20, 4, 0.055), (20, 12, 0.055))
BEHIND = 60  # fewest boards behind a published power
#: Models, weeks, points more → published power of stereotypes drawn.
MORE = (
    (2, 4, 20, 0.46),
    (2, 12, 20, 0.85),
    (2, 12, 30, 0.99),
    (6, 4, 20, 0.48),
    (6, 12, 20, 0.67),
    (6, 12, 30, 0.98),
    (20, 4, 30, 0.83),
    (20, 12, 30, 0.95),
    (40, 4, 30, 0.75),
    (40, 12, 30, 0.90),
)


def _draws(models: int, size: float) -> int:
    return max(2, round(DRAWS * size / (4 if models > 20 else 1)))


def false_boards(
    size: float = 1.0, path: Path = PATHS["product"], rows_of: Sequence[tuple[str, int, int]] = EQUAL
) -> Table:
    """Return the part of boards of equal models (20 prompts of 15 %, 5 pictures) that tell any two apart."""
    rows, parity = [], np.full((20, 2), 0.5)
    for place, (noise, weeks, models) in enumerate(rows_of):
        rng, draws = np.random.default_rng((SEED, place)), _draws(models, size)
        truth = np.full((models, 20), 0.15)
        cases = [Case(counts(rng, truth, 5, weeks, NOISES[noise]), parity) for _ in range(draws)]
        seen = float(np.mean([found.told.any() for found in path.boards(cases)]))
        rows.append(Row(f"{noise}, {weeks} weeks, {models} models", seen, draws, FALSE))
    return Table("False boards: typical gaps of equal models, 20×5", rows)


def carried(
    size: float = 1.0, path: Path = PATHS["product"], rows_of: Sequence[tuple[int, int, str, float]] = CARRIED
) -> Table:
    """Return the part of boards of equal models that is false where a week's scatter carries over to the next."""
    rows, parity = [], np.full((20, 2), 0.5)
    for place, (models, weeks, noise, published) in enumerate(rows_of):
        rng, draws = np.random.default_rng((SEED, 100 + place)), _draws(models, size)
        truth = np.full((models, 20), 0.15)
        cases = [Case(counts(rng, truth, 5, weeks, NOISES[noise]), parity) for _ in range(draws)]
        seen = float(np.mean([found.told.any() for found in path.boards(cases)]))
        rows.append(Row(f"{noise}, {weeks} weeks, {models} models", seen, draws, published, behind=DRAWS))
    return Table("False boards where scatter carries over: typical gaps of equal models, 20×5", rows)


def shared(
    size: float = 1.0, path: Path = PATHS["product"], rows_of: Sequence[tuple[int, int, float]] = SHARED
) -> Table:
    """Return the part of boards of stereotypes of equal models that is false where pairs share pictures."""
    rows = []
    for place, (models, weeks, published) in enumerate(rows_of):
        rng, draws = np.random.default_rng((SEED, 250 + place)), _draws(models, size)
        truth = np.tile(STEREOTYPES[0], (models, 1))
        cases = [
            Case(counts(rng, truth, 7, weeks, NOISES["indep"]), groups=range(5), twice=True)
            for _ in range(draws)
        ]
        seen = float(np.mean([found.told.any() for found in path.boards(cases)]))
        rows.append(Row(f"{weeks} weeks, {models} models", seen, draws, published, behind=DRAWS))
    return Table("False boards where pairs share pictures: stereotypes of equal models, 10 pairs × 7", rows)


def false_stereotypes(
    size: float = 1.0,
    path: Path = PATHS["product"],
    rows_of: Sequence[tuple[str, int, int]] = EQUAL_STEREOTYPES,
) -> Table:
    """Return the part of boards of stereotypes drawn that tell any two of equal models apart."""
    rows = []
    for place, (noise, weeks, models) in enumerate(rows_of):
        rng, draws = np.random.default_rng((SEED, 200 + place)), _draws(models, size)
        truth = np.tile(STEREOTYPES[0], (models, 1))
        cases = [
            Case(counts(rng, truth, 7, weeks, NOISES[noise], shrunk=True), groups=range(5))
            for _ in range(draws)
        ]
        seen = float(np.mean([found.told.any() for found in path.boards(cases)]))
        rows.append(Row(f"{noise}, {weeks} weeks, {models} models", seen, draws, FALSE))
    return Table("False boards: stereotypes drawn of equal models, 5 pairs × 7", rows)


def power(
    size: float = 1.0, path: Path = PATHS["product"], rows_of: Sequence[tuple[int, int, str, float]] = POWER
) -> Table:
    """Return the part of pairs of models at 75 and 85 % that are told apart by their gap from parity, 20×5."""
    rows, parity = [], np.full((20, 2), 0.5)
    for place, (models, weeks, noise, published) in enumerate(rows_of):
        rng, draws = np.random.default_rng((SEED, 300 + place)), _draws(models, size)
        half = models // 2
        truth = np.repeat([0.75, 0.85], half)[:, None] * np.ones(20)
        cases = [Case(counts(rng, truth, 5, weeks, NOISES[noise], shrunk=True), parity) for _ in range(draws)]
        seen = float(np.mean([found.told[half:, :half].mean() for found in path.boards(cases)]))
        of = f"{models} models, {weeks} weeks, {noise}"
        rows.append(Row(of, seen, draws, published, "at least", BEHIND))
    return Table("Power: 75 against 85 %, typical gaps, 20×5", rows)


def stereotype_power(
    size: float = 1.0, path: Path = PATHS["product"], rows_of: Sequence[tuple[int, int, int, float]] = MORE
) -> Table:
    """Return the part of pairs that are told apart by stereotypes drawn, 5 pairs × 7."""
    rows = []
    for place, (models, weeks, points, published) in enumerate(rows_of):
        rng, draws = np.random.default_rng((SEED, 400 + place)), _draws(models, size)
        half = models // 2
        truth = STEREOTYPES[0] - np.repeat([points / 100, 0.0], half)[:, None]
        cases = [Case(counts(rng, truth, 7, weeks, NOISES["indep"]), groups=range(5)) for _ in range(draws)]
        seen = float(np.mean([found.told[half:, :half].mean() for found in path.boards(cases)]))
        of = f"{models} models, {weeks} weeks, +{points} points"
        rows.append(Row(of, seen, draws, published, "at least", BEHIND))
    return Table("Power: stereotypes drawn, 5 pairs × 7", rows)
