"""Cells for tests of figures, from counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import polars as pl

from assets.metrics.counting.cells import Cells
from assets.metrics.scores.figures import Groups, each, together

Family = Callable[[Groups], Iterable[pl.DataFrame]]


def cells_of(
    counts: Sequence[Sequence[int]],
    *,
    pictures: Sequence[int] | None = None,
    expected: Sequence[Sequence[float]] | None = None,
    names: Sequence[str] | None = None,
    attribute: str = "a",
    model: Sequence[str] | None = None,
) -> Cells:
    """Return one cell a row of counts, of one attribute, each its own prompt."""
    x = np.array(counts, dtype=float)
    many, wide = x.shape
    frame = pl.DataFrame(
        {
            "model": list(model or ["m"] * many),
            "attribute": [attribute] * many,
            "prompt": [f"s/{number}" for number in range(many)],
            "subject": [f"person:{number}" for number in range(many)],
            "pictures": list(pictures if pictures is not None else x.sum(axis=1).astype(int)),
        }
    )
    values = pl.Series(names or [f"v{column}" for column in range(wide)], dtype=pl.String)
    places = np.tile(np.arange(wide, dtype=np.int32), (many, 1))
    q = np.zeros(x.shape) if expected is None else np.array(expected, dtype=float)
    return Cells(frame, x, np.ones(x.shape, dtype=bool), places, q, np.ones(many, dtype=bool), values)


def figures_of(family: Family, cells: Cells, *, suite: bool = False) -> list[dict[str, Any]]:
    """Return the rows of a family: of every cell, or of all cells of a model together."""
    groups = (
        together(cells, ["model", "attribute"]) if suite else each(cells, ["model", "prompt", "attribute"])
    )
    return pl.concat(list(family(groups)), how="diagonal").to_dicts()
