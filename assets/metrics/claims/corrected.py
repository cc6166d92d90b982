"""The share of a claim corrected with gold: of the four weeks that end with a week, where gold tells of the labels.

Only where a claim is one value of one attribute: gold tells how often each value is read wrongly, not how errors of
several attributes meet in one picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import duckdb
import numpy as np
import polars as pl

from assets.metrics.claims.verdicts import Z99
from assets.metrics.counting.clusters import groups_of, parts_of, read_clusters
from assets.metrics.counting.reading import read_weeks
from assets.metrics.formulas.clusters import Clustered, design_effects
from assets.metrics.formulas.share import by_group, ratio
from assets.metrics.labels.confusion import Pictures, corrected_shares, unrated
from assets.metrics.labels.gold_evidence import INCOMPLETE, NO_GOLD, GoldEvidence, evidence
from assets.metrics.registry.metric import NOT_ASSESSED
from assets.suites.claims import RegisteredClaim
from warehouse.weeks import shift

#: Weeks whose pictures are pooled.
WINDOW = 4
JOINT = "a claim of several attributes is not corrected"
_COLUMNS = ("corrected_share", "corrected_low", "corrected_high")


class CorrectedShares:
    """The corrected shares of a week's window; what they rest on is read once, and only where there is gold."""

    def __init__(self, con: duckdb.DuckDBPyConnection, week: str) -> None:
        """Read what gold of the eight weeks through `week` tells."""
        self._con, self._week = con, week
        self._told = evidence(con, week)

    @cached_property
    def _read(self) -> pl.DataFrame:
        counts = read_weeks(self._con, "counts", shift(self._week, 1 - WINDOW), self._week)
        return counts.with_columns(pl.col(pl.Categorical).cast(pl.String)) if counts.height else counts

    @cached_property
    def _clusters(self) -> pl.DataFrame | None:
        return read_clusters(self._con, shift(self._week, 1 - WINDOW), self._week)

    def of(
        self, models: pl.Series, claim: RegisteredClaim, prompts: Sequence[str], role: str
    ) -> pl.DataFrame:
        """Return share, 99 % interval and reason of a claim's pictures, a row for each of `models`."""
        rows = [
            self._one(model, claim, prompts) if role == "claim" else ((None,) * 3, None) for model in models
        ]
        schema = {**dict.fromkeys(_COLUMNS, pl.Float64), "corrected_reason": pl.String}
        return pl.DataFrame([(*figures, reason) for figures, reason in rows], schema=schema, orient="row")

    def _one(
        self, model: str, claim: RegisteredClaim, prompts: Sequence[str]
    ) -> tuple[tuple[float | None, ...], str | None]:
        nothing = (None,) * 3
        ((attribute, values), *more) = claim.shows.items()
        if more or len(values) > 1:
            return nothing, JOINT
        told = (self._told.get((model, claim.suite, major, attribute)) for major in reversed(claim.majors))
        gold = [one for one in told if one is not None]
        # The newest version that gold corrects, else the newest with gold: the prompts are the same, and the labeler.
        one = next((one for one in gold if one.found is not None), gold[0] if gold else None)
        if one is None or one.found is None:
            return nothing, NO_GOLD if one is None else one.reason
        here = self._counted(one, model, prompts, attribute)
        pool = np.append(one.pool, False)
        own = np.ones(len(one.pool)) if one.effect is None else one.effect
        pictures = Pictures(
            np.vstack([one.counts, here]),
            pool,
            ~np.append(np.ones(len(one.pool), bool), False),
            effect=np.append(own, self._effect(model, prompts, attribute)),
        )
        if here[:-1].sum() == 0:
            return nothing, NOT_ASSESSED
        if unrated(one.found, pictures).size:
            return nothing, INCOMPLETE
        found = corrected_shares(one.found, pictures, Z99)
        place = one.names.index(values[0])
        figures = tuple(float(part[place]) for part in found)
        return (nothing, NOT_ASSESSED) if np.isnan(figures[0]) else (figures, None)

    def _counted(
        self, one: GoldEvidence, model: str, prompts: Sequence[str], attribute: str
    ) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Return the window's pictures by what was read, in the order of the gold's values; the last are all else."""
        rows = self._rows(model, prompts, attribute)
        found = np.zeros(len(one.names) + 1)
        for value, in_support, pictures in rows.select("value", "in_support", "pictures").iter_rows():
            found[one.names.index(value) if in_support else -1] += pictures
        return found

    def _rows(self, model: str, prompts: Sequence[str], attribute: str) -> pl.DataFrame:
        return self._read.filter(
            pl.col("model") == model, pl.col("prompt").is_in(list(prompts)), pl.col("attribute") == attribute
        ).filter((pl.col("turn") > 1) | (pl.col("turn").max().over("prompt") == 1))

    def _effect(self, model: str, prompts: Sequence[str], attribute: str) -> float:
        """Return how many of the window's pictures that show a value count as one."""
        if self._clusters is None:
            return 1.0
        rows = self._rows(model, prompts, attribute).filter("in_support")
        cell = ["week", "prompt", "turn", "labeler_version"]
        cells = rows.group_by(cell, maintain_order=True).agg(n=pl.col("pictures").sum().cast(pl.Float64))
        mine = self._clusters.filter(pl.col("model") == model, pl.col("attribute") == attribute)
        placed = mine.join(cells.with_row_index("at"), on=cell)
        n, (of, many) = cells["n"].to_numpy(), groups_of(cells.select("prompt"))
        parts = parts_of(n, placed, placed["at"].to_numpy().astype(np.int64))
        shown = rows.group_by("prompt", "value", maintain_order=True).agg(x=pl.col("pictures").sum())
        x = shown["x"].to_numpy().astype(float)
        whole, clusters, squares, within = (by_group(part, of, many) for part in (n, *parts))
        together = by_group(x**2, groups_of(shown.select("prompt"))[0], many)
        found = Clustered(whole, clusters, squares, within, np.nan_to_num(ratio(together, whole)))
        return float(design_effects(found, np.zeros(many, dtype=np.int64), 1).of_group[0])
