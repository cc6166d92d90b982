"""How often 95 % intervals hold the truth, over a grid of pictures, values, shares, cells and references.

Belongs here: the grid, the tables, the marks. Does not belong here: how a point is drawn (`points`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from itertools import product

import numpy as np

from tests.studies.simulations.points import (
    DRAWS,
    SEED,
    Seen,
    bias_of,
    difference_of,
    distance_of,
    lowest_alone,
    seen,
    share_difference_of,
    share_of,
)
from tests.studies.simulations.profiles import PICTURES, PROFILES, PULLS, REFERENCES, VALUES
from tests.studies.simulations.tables import Table

TITLE = "Coverage of 95 % intervals, and the bias of `distance2`"
SUITES = (5, 40)
#: What must be covered at least, by pictures per cell.
SUITE_MARKS = {5: 0.925, 10: 0.94, 20: 0.94, 50: 0.94, 100: 0.94}
SINGLE_MARKS = {20: 0.92, 50: 0.92, 100: 0.92}
DIFFERENCE_MARK = 0.94
SHARE_MARK = 0.935
BIAS_MARK = 0.002
#: Pairs of models: profiles, and pictures per cell.
PAIRS = (
    *((name, name) for name in PROFILES),
    *(
        ("null", "near"),
        ("near", "null"),
        ("mid", "strong"),
        ("almost", "strong"),
        ("null", "one"),
        ("mix", "near"),
    ),
)
SIZES = (*((n, n) for n in PICTURES), (5, 20), (10, 100))
FEW = (2, 3, 4)
#: Pictures of the cells of a suite, in turn.
UNEQUAL = {
    "2, 3, 4, 20": (2, 3, 4, 20, 20),
    "5, 5, 5, 100": (5, 5, 5, 100),
    "5, 20, 100": (5, 20, 100),
}
#: Shares of a value in the cells of a suite: the same in all, evenly spread, or of two kinds.
SHARES = (
    0.002,
    0.01,
    0.02,
    0.05,
    0.1,
    0.3,
    0.5,
    0.7,
    0.9,
    0.98,
    0.998,
    "spread",
    "0.02 or 0.98",
    "0.01 or 0.5",
)
SHARE_PAIRS = (
    (0.01, 0.01),
    (0.02, 0.1),
    (0.1, 0.1),
    (0.5, 0.5),
    (0.5, 0.7),
    (0.9, 0.98),
    ("0.02 or 0.98", "spread"),
)
NOTE = (
    "Coverage, with the mean width of the interval in brackets. q: the reference; shares: how much of them is given to "
    "one value (null 0, near 0.2, mid 0.5, strong 0.9, almost 0.98, one 1; mix: in each cell another part, to another "
    "value)."
)

Point = tuple[str | float | int, ...]


def _grid(
    title: str,
    names: Iterable[str],
    rows: Iterable[Point],
    columns: Mapping[Point, str],
    point: Callable[[Point, Point], Seen],
    marks: Mapping[Point, float],
    note: str = NOTE,
) -> Table:
    """Return a table of points, one column for each entry of `columns`; the last row has the lowest of each."""
    print(f"  {title}", file=sys.stderr, flush=True)
    keys = list(rows)
    found = {(row, column): point(row, column) for row in keys for column in columns}
    lines = [[*row, *(str(found[row, column]) for column in columns)] for row in keys]
    blank = [""] * (len(lines[0]) - len(columns) - 1)
    least = {column: min((found[row, column].coverage, str(row)) for row in keys) for column in columns}
    lowest = ["lowest", *blank, *(f"{least[column][0]:.3f}" for column in columns)]
    held = [
        (f"coverage ≥ {mark:.1%}, {columns[column]}", f"{least[column][0]:.4f}", least[column][0] >= mark)
        for column, mark in marks.items()
    ]
    return Table(title, [*names, *columns.values()], [*lines, lowest], held, note)


def distances(cells: int, draws: int) -> Table:
    """Return the coverage of `distance` of suites, or of single cells."""
    marks = SINGLE_MARKS if cells == 1 else SUITE_MARKS
    profiles = [*PULLS] if cells == 1 else PROFILES
    name = "one cell" if cells == 1 else f"suites of {cells} cells"

    def point(row: Point, column: Point) -> Seen:
        (values, kind, profile), (n,) = row, column
        seed = [1, cells, n, values, REFERENCES.index(kind), PROFILES.index(profile)]
        return seen(distance_of(n, values, kind, profile, cells), marks.get(n, 0), draws, seed)

    return _grid(
        f"`distance`, {name}",
        ("values", "q", "shares"),
        product(VALUES, REFERENCES, profiles),
        {(n,): f"n = {n}" for n in PICTURES},
        point,
        {(n,): mark for n, mark in marks.items()},
        NOTE
        if cells > 1
        else f"{NOTE} Fewer than five pictures are told as too few; five to nineteen have no mark.",
    )


def every_share() -> Table:
    """Return the lowest coverage of single cells over all shares, by enumeration."""

    def point(row: Point, column: Point) -> Seen:
        return lowest_alone(column[0], *row)

    return _grid(
        "`distance` of one cell at every share",
        ("values", "q"),
        product((2, 3), REFERENCES),
        {(n,): f"n = {n}" for n in PICTURES},
        point,
        {(n,): mark for n, mark in SINGLE_MARKS.items()},
        "Lowest coverage, exact by enumerating every outcome, over shares in steps of 1/200 from the reference, and "
        "from halves of two values, to each value alone; in brackets the mean width.",
    )


def few(draws: int) -> Table:
    """Return the lowest coverage of `distance` over all shares where cells have fewer than five pictures."""
    columns = {(cells, n): f"m = {cells}, n = {n}" for cells in (1, *SUITES) for n in FEW}

    def point(row: Point, column: Point) -> Seen:
        (values, kind), (cells, n) = row, column
        points = []
        for number, profile in enumerate(PULLS if cells == 1 else PROFILES):
            seed = [7, cells, n, values, REFERENCES.index(kind), number]
            points.append(seen(distance_of(n, values, kind, profile, cells), 0, draws, seed))
        return min(points)

    return _grid(
        "`distance`, cells of two to four pictures",
        ("values", "q"),
        product(VALUES, REFERENCES),
        columns,
        point,
        {},
        "The lowest coverage over the kinds of shares of m cells, with the mean width there in brackets. No figure is "
        "told of such a cell, and of a suite only where one of its cells has five pictures.",
    )


def unequal(draws: int) -> Table:
    """Return the coverage of `distance` of suites whose cells differ in pictures."""
    columns = {(name, cells): f"{name} ({cells} cells)" for name in UNEQUAL for cells in SUITES}

    def point(row: Point, column: Point) -> Seen:
        (values, kind, profile), (name, cells) = row, column
        seed = [2, cells, [*UNEQUAL].index(name), values, REFERENCES.index(kind), PROFILES.index(profile)]
        return seen(distance_of(UNEQUAL[name], values, kind, profile, cells), 0, draws, seed)

    return _grid(
        "`distance`, cells that differ in pictures",
        ("values", "q", "shares"),
        product((2, 3, 10), REFERENCES, PROFILES),
        columns,
        point,
        {},
        f"{NOTE} The pictures of the cells are in turn those of the column.",
    )


def differences_of_models(cells: int, draws: int) -> Table:
    """Return the coverage of the difference of two models' `distance2`."""

    def point(row: Point, column: Point) -> Seen:
        values, kind, one, two = row
        profiles = [PROFILES.index(one), PROFILES.index(two)]
        seed = [3, cells, *column, values, REFERENCES.index(kind), *profiles]
        return seen(difference_of(column, values, kind, (one, two), cells), DIFFERENCE_MARK, draws, seed)

    return _grid(
        f"Difference of two models, suites of {cells} cells",
        ("values", "q", "A", "B"),
        ((*point, *pair) for *point, pair in product(VALUES, REFERENCES, PAIRS)),
        {size: f"{size[0]} / {size[1]}" for size in SIZES},
        point,
        dict.fromkeys(SIZES, DIFFERENCE_MARK),
        f"{NOTE} A and B are the two models; columns: their pictures a cell. Of `distance2`, on common cells.",
    )


def mean_shares(draws: int) -> Table:
    """Return the coverage of a value's mean share over the cells of a suite."""
    columns = {(cells, n): f"{cells} cells, n = {n}" for cells in SUITES for n in PICTURES}

    def point(row: Point, column: Point) -> Seen:
        cells, n = column
        return seen(share_of(n, row[0], cells), SHARE_MARK, draws, [4, cells, n, SHARES.index(row[0])])

    return _grid(
        "`share` of a suite",
        ("share",),
        ((share,) for share in SHARES),
        columns,
        point,
        dict.fromkeys(columns, SHARE_MARK),
        "Coverage, with the mean width in brackets. Rows: the true share of a value, the same in every cell; spread: "
        "evenly from 0 to 1; or of two kinds.",
    )


def share_differences_of_models(draws: int) -> Table:
    """Return the coverage of the difference of two models' mean shares."""
    columns = {(cells, *size): f"{cells} cells, {size[0]} / {size[1]}" for cells in SUITES for size in SIZES}

    def point(row: Point, column: Point) -> Seen:
        cells, *size = column
        seed = [5, *column, SHARE_PAIRS.index(row)]
        return seen(share_difference_of(tuple(size), row, cells), DIFFERENCE_MARK, draws, seed)

    return _grid(
        "Difference of two models' `share`",
        ("A", "B"),
        SHARE_PAIRS,
        columns,
        point,
        dict.fromkeys(columns, DIFFERENCE_MARK),
        "Coverage, with the mean width in brackets. A and B: the true share of a value in every cell, or of two kinds.",
    )


def bias(draws: int) -> Table:
    """Return the largest bias of `distance2` by values and pictures."""
    rows, worst, error = [], 0.0, 0.0
    for values, kind in product(VALUES, REFERENCES):
        line = []
        for n in PICTURES:
            lot = np.random.default_rng([SEED, 6, values, REFERENCES.index(kind), n])
            found = [bias_of(n, values, kind, profile, draws, lot) for profile in PROFILES]
            largest, spread = max(found)
            line.append(f"{largest:.0e}" if spread == 0 else f"{largest:.5f} ± {spread:.5f}")
            worst, error = max(worst, largest), max(error, *(each for _, each in found))
        rows.append([values, kind, *line])
    return Table(
        "Bias of `distance2`",
        ("values", "q", *(f"n = {n}" for n in PICTURES)),
        rows,
        [
            (
                "|bias| < 0.002 at every p",
                f"{worst:.5f}, standard error at most {error:.5f}",
                worst < BIAS_MARK,
            )
        ],
        "The largest over the seven kinds of shares. Exact where every outcome of a cell can be enumerated (what is "
        "left is rounding); else drawn, ± the standard error.",
    )


def tables(draws: float) -> list[Table]:
    """Return the tables of the study."""
    suites = max(200, round(DRAWS * draws))
    return [
        *(distances(cells, suites) for cells in (*SUITES, 1)),
        every_share(),
        few(suites),
        unequal(suites),
        *(differences_of_models(cells, suites) for cells in SUITES),
        mean_shares(suites),
        share_differences_of_models(suites),
        bias(suites),
    ]
