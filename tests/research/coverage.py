"""Coverage: how often 95 % intervals hold what was planted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tests.research.paths import PATHS, Case, Path
from tests.research.rows import Row, Table
from tests.research.worlds import NOISES, STEREOTYPES, Floats, Suite, counts, mixed

SEED = 20_281
DRAWS = 200  # boards of a row
BEHIND = 200  # fewest boards behind a published coverage

#: Figure, suite, models, weeks, truth, noise → published coverage.
SUITES = (
    ("share", Suite(14, 5), 6, 12, "mixed", "indep", 0.974),
    ("share", Suite(14, 5), 6, 12, "mixed", "icc.1", 0.97),
    ("share", Suite(27, 10), 6, 12, "mixed", "indep", 0.976),
    ("share", Suite(27, 10), 6, 12, "fair", "indep", 0.978),
    ("share", Suite(14, 5), 6, 4, "mixed", "indep", 0.962),
    ("share", Suite(2, 16), 6, 12, "fair", "indep", 0.972),
    ("share", Suite(27, 10), 6, 12, "mixed", "sd3ar.7", 0.911),
    ("share", Suite(27, 10), 6, 12, "fair", "sd3ar.7", 0.907),
    ("share", Suite(27, 10), 6, 4, "mixed", "sd3ar.7", 0.898),
    ("share", Suite(2, 16), 6, 4, "mixed", "icc.1", 0.97),
    ("gap", Suite(14, 5), 6, 12, "mixed", "indep", 0.987),
    ("gap", Suite(14, 5), 6, 12, "mixed", "icc.1", 0.98),
    ("gap", Suite(27, 10), 6, 12, "mixed", "indep", 0.982),
    ("gap", Suite(27, 10), 6, 12, "fair", "indep", 0.999),
    ("gap", Suite(14, 5), 6, 4, "mixed", "indep", 0.974),
    ("gap", Suite(2, 16), 6, 12, "fair", "indep", 0.99),
    ("gap", Suite(27, 10), 6, 12, "mixed", "sd3ar.7", 0.973),
    ("gap", Suite(27, 10), 6, 12, "fair", "sd3ar.7", 0.989),
    ("gap", Suite(27, 10), 6, 4, "mixed", "sd3ar.7", 0.977),
    ("gap", Suite(2, 16), 6, 4, "mixed", "icc.1", 0.946),
)
#: Models, weeks, noise → published least coverage of the three kinds of model.
PAIRS = (
    (2, 4, "indep", 0.99),
    (2, 12, "sd5", 0.98),
    (6, 2, "icc.1", 0.974),
    (6, 4, "indep", 0.974),
    (6, 4, "icc.1", 0.949),
    (6, 4, "sd5", 0.974),
    (6, 4, "sd3ar.7", 0.955),
    (6, 12, "indep", 0.972),
    (6, 12, "icc.1", 0.953),
    (6, 12, "sd5", 0.975),
    (6, 12, "sd3ar.7", 0.957),
)


def _held(figure: Floats, truth: Floats) -> float:
    """Return the part of models whose interval holds the truth, but for rounding."""
    return float(((figure[1] <= truth + 1e-9) & (truth <= figure[2] + 1e-9)).mean())


def suites(
    size: float = 1.0,
    path: Path = PATHS["product"],
    rows_of: Sequence[tuple[str, Suite, int, int, str, str, float]] = SUITES,
) -> Table:
    """Return coverage of mean shares and typical gaps."""
    rows = []
    for place, (figure, suite, models, weeks, kind, noise, published) in enumerate(rows_of):
        rng, draws = np.random.default_rng((SEED, place)), max(2, round(DRAWS * size))
        shape = models, suite.prompts
        shares = [np.full(shape, 0.5) if kind == "fair" else mixed(rng, *shape) for _ in range(draws)]
        parity = np.full((suite.prompts, 2), 0.5) if figure == "gap" else None
        cases = [
            Case(counts(rng, truth, suite.pictures, weeks, NOISES[noise], shrunk=True), parity)
            for truth in shares
        ]
        truths = [
            100 * (truth.mean(1) if parity is None else np.sqrt(((truth - 0.5) ** 2).mean(1)))
            for truth in shares
        ]
        seen = [_held(found.figure, truth) for found, truth in zip(path.boards(cases), truths, strict=True)]
        of = f"{figure}, {suite}, {models} models, {weeks} weeks, {kind}, {noise}"
        rows.append(Row(of, float(np.mean(seen)), draws, published, "at least", BEHIND))
    return Table("Coverage of mean shares and typical gaps", rows)


def stereotypes(
    size: float = 1.0, path: Path = PATHS["product"], rows_of: Sequence[tuple[int, int, str, float]] = PAIRS
) -> Table:
    """Return coverage of stereotypes drawn: five declared pairs, seven pictures a week."""
    rows = []
    for place, (models, weeks, noise, published) in enumerate(rows_of):
        for kind, shares in enumerate(STEREOTYPES):
            rng = np.random.default_rng((SEED, 100 + place, kind))
            draws, truth = max(2, round(DRAWS * size)), np.tile(shares, (models, 1))
            cases = [
                Case(counts(rng, truth, 7, weeks, NOISES[noise], shrunk=True), groups=range(5))
                for _ in range(draws)
            ]
            seen = [_held(found.figure, 100 * truth.mean(1)) for found in path.boards(cases)]
            of = f"{models} models, {weeks} weeks, {noise}, {('middling', 'extreme', 'rare')[kind]}"
            rows.append(Row(of, float(np.mean(seen)), draws, published, "at least", BEHIND))
    return Table("Coverage of stereotypes drawn, 5 pairs × 7", rows)
