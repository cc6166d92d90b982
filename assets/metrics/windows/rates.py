"""Windows of rates and of combinations: what became of answers and pictures, and what one picture showed together.

Their counts are those that `scores` has of single prompts. A rate has no value of its own for each prompt that it is a
mean of: it is of all answers, or pictures, of its suite, and grows with the share of a prompt by that prompt's part.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import duckdb
import numpy as np
import polars as pl

from assets.metrics.counting.clusters import Parts, parts_of, weeks_back
from assets.metrics.counting.reading import read, read_weeks
from assets.metrics.formulas.clusters import Clustered, DesignEffects, design_effects
from assets.metrics.formulas.distance import MIN_PICTURES
from assets.metrics.formulas.share import Bools, Floats, Ints, across, by_group, ratio, wilson
from assets.metrics.registry.metric import Source
from assets.metrics.registry.metrics import measures
from assets.metrics.scores.measures.combinations import COMBINED, combination_figures
from assets.metrics.scores.rate_clusters import RATE, rate_clusters
from assets.metrics.windows.counts import SUITE, Begun, begin
from assets.metrics.windows.figures import FIGURE, TOO_FEW, Counted, Entries, WindowFigures
from assets.metrics.windows.formulas import HISTORY, PICTURES, WINDOW
from warehouse.weeks import shift

#: What the rates that have windows are made of; of `pictures`, a number, every window says its n.
_SOURCES: tuple[Source, ...] = ("answers", "labels", "outside", "people")
_NO_RATE = "pictures"


def rate_names() -> list[str]:
    """Return the rates that have windows."""
    found = [one for one in measures() if set(one.of) & set(_SOURCES)]
    return sorted(metric.id for one in found for metric in one.metrics if metric.id != _NO_RATE)


@dataclass(frozen=True)
class _Rates:
    """Counts of S prompts of U rates; column b is b weeks before the last.

    Attributes:
        heads: U rows: suite_key, `SUITE`, metric, value_name, reason.
        begun: where their windows begin.
        seats: S rows: suite_key, prompt.
        of: (S,) the rate of each.
        k, n: (S, weeks) counted, and of how many.
        clusters: of `parts_of`, (S, weeks) each; None: nothing was drawn together.
    """

    heads: pl.DataFrame
    begun: Begun
    seats: pl.DataFrame
    of: Ints
    k: Floats
    n: Floats
    clusters: Parts | None

    @cached_property
    def combined(self) -> Bools:
        """(S,) whether it is a combination, whose figures are of single prompts, and means over them."""
        return (self.heads["metric"] == COMBINED).to_numpy()[self.of]

    @cached_property
    def designs(self) -> DesignEffects | None:
        """What answers and pictures that were drawn together are worth to each rate; None: nothing was."""
        if self.clusters is None:
            return None
        window, (k, n) = self.begun.window[self.of], self.pooled
        clusters, squares, within = (across(part * window) for part in self.clusters)
        found = Clustered(n, clusters, squares, within, np.nan_to_num(ratio(k**2 + (n - k) ** 2, n)))
        return design_effects(found, self.of, self.heads.height)

    @cached_property
    def effect(self) -> Floats:
        """(S,) design effect: of a prompt, where it has figures; else of all that is of the rate."""
        if (found := self.designs) is None:
            return np.ones(len(self.of))
        return np.where(self.combined, found.of_cell, found.of_group[self.of])

    @cached_property
    def pooled(self) -> tuple[Floats, Floats]:
        """(S,) k and n of the window."""
        window = self.begun.window[self.of]
        return across(self.k * window), across(self.n * window)

    @cached_property
    def seen(self) -> Bools:
        """(U, weeks) whether anything of a rate was seen."""
        found = np.zeros((self.heads.height, HISTORY), dtype=bool)
        np.logical_or.at(found, self.of, self.n > 0)
        return found


def rated(con: duckdb.DuckDBPyConnection, week: str) -> Counted | None:
    """Return rates and combinations of the windows that end with a week; None where nothing was asked."""
    where = {"week": week, "first": shift(week, 1 - HISTORY), "metrics": [*rate_names(), COMBINED]}
    heads = read(con, "window_rate_heads", where).cast({"suite_key": pl.Int64})
    if heads.is_empty():
        return None
    combination = pl.when(pl.col("metric") == COMBINED).then("value_name")
    begun = begin(heads.select(*SUITE, combination=combination), read(con, "window_restarts", {"week": week}))
    seats, k, n = _weekly(read(con, "window_rates", where))
    clusters = _clusters(con, week, heads, seats, n)
    rates = _Rates(heads, begun, seats, seats["suite_key"].to_numpy(), k, n, clusters)
    found = [_of_suites(rates), *_combined(con, week, rates)]
    quiet, worth = begun.quiet[rates.of], rates.effect[:, None]
    figures = [one for one in found if one.figures.height]
    return Counted(begun.of(rates.seen), figures, k / worth, n / worth, quiet)


def _clusters(
    con: duckdb.DuckDBPyConnection, week: str, heads: pl.DataFrame, seats: pl.DataFrame, n: Floats
) -> Parts | None:
    """Return what the clusters of each rate, prompt and week of the window say; None where there are none."""
    if (found := rate_clusters(con, shift(week, 1 - WINDOW), week)) is None:
        return None
    on = [name for name in RATE if name != "prompt"]
    rows = seats.with_row_index("row").join(heads.select("suite_key", *on), on="suite_key")
    placed = rows.join(found, on=list(RATE), nulls_equal=True)
    at = placed["row"].to_numpy().astype(np.int64), weeks_back(placed, week)
    return parts_of(n, placed, at)


def _weekly(long: pl.DataFrame) -> tuple[pl.DataFrame, Floats, Floats]:
    """Return the prompts of each rate, in order, and k and n of their weeks. There are millions: as numbers."""
    prompts = long["prompt"].unique().sort()
    prompt = long["prompt"].cast(pl.Enum(prompts)).to_physical().to_numpy().astype(np.int64)
    many = max(len(prompts), 1)
    seats, row = np.unique(long["suite_key"].to_numpy() * many + prompt, return_inverse=True)
    k, n = (np.zeros((len(seats), HISTORY)) for _ in range(2))
    for counts, name in ((k, "k"), (n, "n")):
        counts[row, long["back"].to_numpy()] = long[name].to_numpy()
    return pl.DataFrame({"suite_key": seats // many, "prompt": prompts.gather(seats % many)}), k, n


def _of_suites(rates: _Rates) -> WindowFigures:
    """Return the rates of suites: of all answers or pictures together, as those of single weeks are."""
    plain, many = (rates.heads["metric"] != COMBINED).to_numpy(), rates.heads.height
    hits, whole = rates.pooled
    total = by_group(whole, rates.of, many)
    effect = np.ones(many) if rates.designs is None else rates.designs.of_group
    found = wilson(by_group(hits, rates.of, many) / effect, total / effect)
    figures = rates.heads.with_columns(
        prompt=pl.lit(None, dtype=pl.String),
        **{name: pl.Series(part).fill_nan(None) for name, part in found._asdict().items()},
        n=pl.Series(total),
        cells=pl.Series(by_group(whole > 0, rates.of, many)),
        reason=pl.when(pl.Series(total == 0)).then("reason"),
    )
    used = np.flatnonzero(plain[rates.of] & (whole > 0))
    gradient = ratio(whole, total[rates.of])[used]
    return WindowFigures(figures.filter(pl.Series(plain)), _entries(rates, used, gradient, prompts=False))


def _combined(con: duckdb.DuckDBPyConnection, week: str, rates: _Rates) -> Iterator[WindowFigures]:
    """Yield the shares of declared combinations, of single prompts and their means over prompts."""
    combined = pl.col("metric") == COMBINED
    heads = rates.heads.filter(combined).select(
        *("suite_key", "model", "suite", "suite_major", "turn", "reason"), combination="value_name"
    )
    if heads.is_empty():
        return
    hits, whole = rates.pooled
    enough = rates.combined & (whole >= PICTURES) & (whole / rates.effect >= MIN_PICTURES)
    counts = (
        rates.seats.with_columns(
            **{name: pl.Series(np.where(enough, of, 0)) for name, of in (("k", hits), ("n", whole))},
            whole=pl.Series(whole),
            effect=pl.Series(rates.effect),
        )
        .join(heads, on="suite_key", how="right", maintain_order="right_left")
        .join(
            _in_part(con, week, rates, heads), on=["suite_key", "prompt"], how="left", maintain_order="left"
        )
        .with_columns(
            pl.col("k", "n", "whole", "open", "partly", "pictures").fill_null(0),
            pl.col("effect").fill_null(1.0),
        )
        .with_columns(pl.when(pl.col("n") > 0).then(pl.col("open", "partly")).otherwise(0))
    )
    mean = np.nan_to_num(ratio(1.0, by_group(enough, rates.of, rates.heads.height)))[rates.of]
    used = np.flatnonzero(enough)
    for prompts in (True, False):
        keys = ["suite_key", "prompt"] if prompts else ["suite_key"]
        taken = counts.filter(pl.col("prompt").is_not_null()) if prompts else counts
        for figures in combination_figures(taken, keys):
            said = taken.group_by(keys, maintain_order=True).agg(
                pl.col("whole").sum(), why=pl.col("reason").first()
            )
            told = figures.join(said, on=keys, maintain_order="left").with_columns(
                n=pl.when(pl.col("reason").is_null()).then("n").otherwise("whole"),
                reason=pl.when(pl.col("reason").is_null())
                .then(None)
                .when(pl.col("whole") > 0)
                .then(pl.lit(TOO_FEW))
                .otherwise(pl.col("reason").cast(pl.String) if prompts else pl.col("why")),
            )
            gradient = np.ones(len(used)) if prompts else mean[used]
            yield WindowFigures(told, _entries(rates, used, gradient, prompts=prompts))


def _in_part(con: duckdb.DuckDBPyConnection, week: str, rates: _Rates, heads: pl.DataFrame) -> pl.DataFrame:
    """Return how many pictures of the window were assessed in part, for each combination and prompt."""
    weeks = pl.DataFrame(
        np.argwhere((rates.seen & rates.begun.window)[:, :WINDOW]),
        schema={"suite_key": pl.Int64, "back": pl.Int64},
        orient="row",
    )
    major = pl.col("suite_version").cast(pl.String).str.split(".").list.first().cast(pl.Int32)
    ago = (pl.lit(week).str.to_date() - pl.col("week")).dt.total_days() // 7
    on = ["model", "suite", "suite_major", "turn", "combination"]
    counted = read_weeks(con, "combinations", shift(week, 1 - WINDOW), week)
    return (
        counted.with_columns(pl.col("model", "suite", "prompt", "combination").cast(pl.String))
        .with_columns(suite_major=major, back=ago)
        .join(heads.select("suite_key", *on), on=on)
        .join(weeks, on=["suite_key", "back"], how="semi")
        .group_by("suite_key", "prompt")
        .agg(pl.col("open", "partly", "pictures").sum())
    )


def _entries(rates: _Rates, seat: Ints, gradient: Floats, *, prompts: bool) -> Entries:
    """Return the entries of some prompts, for figures of themselves or of their suites."""
    named = rates.heads.select("suite_key", "metric", "value_name")
    frame = rates.seats[seat].join(named, on="suite_key", maintain_order="left")
    nothing = pl.lit(None, dtype=pl.String)
    found = frame.with_columns(reference=nothing, prompt=pl.col("prompt") if prompts else nothing)
    return Entries(found.select(FIGURE), seat, seat, gradient)
