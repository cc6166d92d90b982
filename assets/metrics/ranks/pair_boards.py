"""Boards of declared stereotypes: who can be ranked by how often a group is drawn as the cliché, and who draws more.

A model that refuses a group would look fairer, so each declared group needs ten assessed pictures and four fifths of
its answers. Two models are compared on the prompts that both have, by the difference of their shares.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import duckdb
import numpy as np
import polars as pl

from assets.metrics.counting.reading import read
from assets.metrics.formulas.contrast import mixture
from assets.metrics.formulas.distance import MIN_PICTURES
from assets.metrics.formulas.share import Z95, Bools, Estimate, Floats, Ints, by_group, ratio
from assets.metrics.ranks.boards import KEYS, YARDSTICK, OfWeek, RankBoard
from assets.metrics.ranks.bounds import Bounds
from assets.metrics.ranks.order import ASSESSED_NEEDED, Compared, against, covered, stepped
from assets.metrics.ranks.unseen import Turning, of_shares
from assets.metrics.registry.metric import FEW_IN_GROUP
from assets.metrics.windows.formulas import PICTURES
from warehouse.occasions import Occasion


@dataclass(frozen=True)
class PairBoard(RankBoard):
    """A board of declared pairs, with E entries: a pair and a prompt of its group; P prompts are those of all groups.

    Attributes:
        k: (G, E) pictures that show the pair's value.
        prompt: (E,) which prompt.
        pair: (E,) which pair, from 0.
        names: of the pairs.
        effect: (G, P) design effect of the pictures of each prompt.
    """

    k: Floats
    prompt: Ints
    pair: Ints
    names: tuple[str, ...]
    effect: Floats

    @property
    def have(self) -> Bools:
        """(G, P) whether there are enough pictures to compare models by."""
        return np.asarray((self.n >= PICTURES) & (self.worth >= MIN_PICTURES))

    @property
    def ends(self) -> Bounds:
        """Return the share of each model if no unseen answer showed the value, and if all did."""
        answers, left = (self.n + self.unseen)[:, self.prompt], self.unseen[:, self.prompt]
        weight = _weights(np.ones(len(self.pair), dtype=bool), self.pair, len(self.names))
        least = np.where(answers > 0, ratio(self.k, answers), 0.0)
        most = np.where(answers > 0, ratio(self.k + left, answers), 1.0)
        return Bounds(*((side * weight).sum(axis=1) for side in (least, most)))

    def lacks(self, model: int) -> str | None:
        """Return which declared group too few answers of a model were assessed of; None if there is none."""
        for number, name in enumerate(self.names):
            prompts = np.unique(self.prompt[self.pair == number])
            n = int(self.n[model, prompts].sum())
            answers = n + int(self.unseen[model, prompts].sum())
            if n < FEW_IN_GROUP or 10 * n < round(10 * ASSESSED_NEEDED) * answers:
                return (
                    f"{name}: {n} of {answers} answers were assessed; {FEW_IN_GROUP} and "
                    f"{round(100 * ASSESSED_NEEDED)} % are needed of every declared group"
                )
        return None

    def compared(self, ranked: Bools) -> Compared:
        """Compare all pairs of the models of the True rows: their shares on the prompts that both have."""
        k = self.k[ranked] / self.effect[ranked][:, self.prompt]
        n = self.worth[ranked][:, self.prompt]
        models, entries = k.shape
        have = self.have[ranked][:, self.prompt]
        common = have[:, None] & have[None, :]
        sides = np.arange(models**2)
        weight = self._weighed(common)
        told = np.stack(
            [by_group(row, self.pair, len(self.names)) > 0 for row in common.reshape(-1, entries)]
        )

        def side(z: float) -> Estimate:
            found = mixture(
                np.repeat(k, models, axis=0).ravel(),
                np.where(common.reshape(-1, entries), np.repeat(n, models, axis=0), 0).ravel(),
                weight.ravel(),
                np.zeros(models**2 * entries),
                np.tile(self.prompt, models**2),
                np.repeat(sides, entries),
                models**2,
                z,
            ).interval(z)
            own = (np.where(told.all(axis=1), part, np.nan).reshape(models, models) for part in found)
            return Estimate(*own)

        def at(z: float) -> Estimate:
            return against(side(z), self.added(ranked), z)

        cells = np.zeros((models, models))
        for number in np.unique(self.prompt):
            cells += common[:, :, np.flatnonzero(self.prompt == number)[0]]
        return stepped(cells, at(Z95), at)

    @cached_property
    def turning(self) -> Turning:
        """Return which pairs of ranked models stay told apart whatever unseen answers would have shown."""
        one, by = self.ranked, self.prompt
        k, n, lacking, have = self.k[one], self.n[one], self.unseen[one], self.have[one]
        common = have[:, by][:, None] & have[:, by][None, :]
        # with every answer seen no weight is of use
        weight = self._weighed(common).reshape(common.shape) if lacking.any() else np.zeros(common.shape)
        return of_shares(self.order, k, n[:, by], lacking[:, by], weight, (n, lacking, have))

    def _weighed(self, common: Bools) -> Floats:
        """Return the weights of the entries that two models have in common, (pairs of models, entries)."""
        rows = common.reshape(-1, len(self.pair))
        return np.stack([_weights(row, self.pair, len(self.names)) for row in rows])


def _weights(used: Bools, pair: Ints, pairs: int) -> Floats:
    """Return the weight of each entry: a mean over pairs of means over the prompts that are used."""
    prompts = by_group(used, pair, pairs)
    return np.where(used, np.nan_to_num(ratio(1.0, prompts))[pair] / pairs, 0.0)


def read_pair_boards(con: duckdb.DuckDBPyConnection, week: Occasion, of_week: OfWeek) -> Iterator[PairBoard]:
    """Yield every board of declared stereotypes of a week, from what it is made of; nothing is written."""
    rows = of_week.rows.join(
        read(con, "yardsticks", {}), on=list(YARDSTICK), how="semi", maintain_order="left"
    )
    rows = rows.filter(pl.col("metric") == "stereotype_share").rename({"labeler_version": "version"})
    if rows.is_empty():
        return
    keys = list(KEYS["week"])
    of = ["model", "suite", "suite_major", "attribute", "prompt"]
    pairs = read(con, "rank_pairs", week.where)
    for held in rows.partition_by(keys, maintain_order=True):
        key = held.row(0, named=True)
        on = [name for name in keys if name != "reference"]
        here = of_week.cells.join(
            held.select(*on, "model"), on=[*on, "model"], how="semi", maintain_order="left"
        )
        whole = here.group_by("model", "prompt", maintain_order=True).agg(
            pl.col("unseen", "effect").first(), n=pl.col("pictures").sum()
        )
        shown = here.join(pairs, on=[*of, "value"], maintain_order="left").sort("pair", "prompt", "model")
        entries = shown.select("pair", "prompt").unique(maintain_order=True)
        names = entries["pair"].unique(maintain_order=True).to_list()
        prompts = entries["prompt"].unique(maintain_order=True).to_list()
        models = held["model"].to_list()
        n, lacking, effect = (
            _wide(whole, column, models, ["prompt"], entries.select("prompt").unique(maintain_order=True))
            for column in ("n", "unseen", "effect")
        )
        effect = np.maximum(effect, 1)
        yield PairBoard(
            week,
            {name: key[name] for name in keys},
            held,
            np.zeros((7, len(models), len(prompts))),
            n,
            n / effect,
            covered(n, lacking, PICTURES),
            Bounds(n, n),
            lacking,
            tuple(prompts),
            *(np.zeros((len(models), len(prompts), 0)),) * 2,
            _wide(shown, "pictures", models, ["pair", "prompt"], entries),
            np.array([prompts.index(name) for name in entries["prompt"]], dtype=np.int64),
            np.array([names.index(name) for name in entries["pair"]], dtype=np.int64),
            tuple(names),
            effect,
        )


def _wide(
    frame: pl.DataFrame, column: str, models: list[str], on: list[str], columns: pl.DataFrame
) -> Floats:
    """Return (models, columns) values of a column; 0 where there is no row."""
    found = np.zeros((len(models), columns.height))
    placed = frame.select("model", *on, column).join(
        columns.with_row_index("place"), on=on, maintain_order="left"
    )
    for model, place, value in placed.select("model", "place", column).iter_rows():
        found[models.index(model), place] = value
    return found
