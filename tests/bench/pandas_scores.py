"""The scores of a week as one writes them in pandas: merges, groupby, and formulas on columns.

It makes shares and distances with their intervals, and all rates; what the analysis file declares and the intervals
over prompts are left out, so that it does less than what it is compared with. Closed formulas of arrays (distance) are
those of the product.

Belongs here: the version in pandas. Does not belong here: timing (`scores`).
"""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd

from assets.metrics.formulas.distance import mean_distance2, terms
from assets.metrics.formulas.share import Z95

_SLOT = ["model", "slot_key"]
_CELL = ["model", "suite", "suite_major", "condition", "prompt", "turn"]
_SUITE = ["model", "suite", "suite_major", "condition", "turn"]
_SCALE = ["model", "suite", "suite_major", "attribute"]
_COLUMNS = {
    "plans": "model, labeler",
    "prompts": "model, suite, suite_major, prompt, condition",
    "prompt_attributes": "model, suite, suite_major, prompt, attribute",
    "attribute_values": "model, suite, suite_major, attribute, value, position, in_support, band",
    "reference_values": "model, suite, suite_major, attribute, reference, prompt, value, expected_share",
    "slots": "model, slot_key, suite, suite_version, prompt, turn",
    "attempts": "model, slot_key, attempt, outcome",
    "labels": "model, slot_key, attribute, labeler, labeler_version, value",
}


def pandas_scores(con: duckdb.DuckDBPyConnection, week: str) -> pd.DataFrame:
    """Return the figures of one week, a row each."""
    read = {
        name: con.execute(f"SELECT {columns} FROM {name} WHERE week = $week", {"week": week}).df()
        for name, columns in _COLUMNS.items()
    }
    slots = _ended(con, read)
    grid = _counts(read, slots)
    parts = []
    for keys in ([*_CELL, "attribute"], [*_SUITE, "attribute"]):
        parts += [_shares(grid, keys), _distances(grid, read["reference_values"], keys), _rates(grid, keys)]
    for keys in (_CELL, _SUITE):
        parts.append(_outcomes(slots, keys))
    return pd.concat(parts, ignore_index=True).sort_values([*_CELL, "attribute", "metric"], ignore_index=True)


def _ended(con: duckdb.DuckDBPyConnection, read: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the slots with the group of their outcome."""
    outcomes = con.execute("FROM outcomes").df()
    tried = read["attempts"].merge(outcomes, on="outcome").sort_values("attempt")
    last = tried.groupby(_SLOT, sort=False).tail(1)
    settled = tried[tried["final"]].groupby(_SLOT, sort=False).head(1)
    end = pd.concat([settled, last]).drop_duplicates(_SLOT, keep="first")
    slots = read["slots"].assign(
        suite_major=lambda frame: frame["suite_version"].str.split(".").str[0].astype("int32")
    )
    slots = slots.merge(end.drop(columns=["attempt", "final"]), on=_SLOT, how="left")
    slots = slots.merge(read["prompts"], on=["model", "suite", "suite_major", "prompt"], how="left")
    slots["outcome_group"] = slots["outcome_group"].fillna("not_asked")
    return slots.assign(turn=slots["turn"].clip(upper=2))


def _counts(read: dict[str, pd.DataFrame], slots: pd.DataFrame) -> pd.DataFrame:
    """Return the pictures of every cell, attribute and value, zeros included."""
    labels = read["labels"].merge(read["plans"], on=["model", "labeler"])
    number = pd.to_numeric(labels["labeler_version"].str.split("-").str[0])
    labels = labels[number == number.groupby(labels["model"]).transform("max")]
    values = read["attribute_values"]
    values = values.assign(shown=values["band"].fillna(values["value"]))
    drawn = slots[slots["outcome_group"] == "picture"].merge(
        read["prompt_attributes"], on=["model", "suite", "suite_major", "prompt"]
    )
    seen = drawn.merge(labels[[*_SLOT, "attribute", "value"]], on=[*_SLOT, "attribute"], how="left")
    seen = seen.merge(values[[*_SCALE, "value", "shown"]], on=[*_SCALE, "value"], how="left")
    seen["shown"] = seen["shown"].fillna(seen["value"].isna().map({True: "not_assessed", False: "invalid"}))
    counted = seen.groupby([*_CELL, "attribute", "shown"], sort=False).size().rename("pictures").reset_index()
    shown = (
        values.groupby([*_SCALE, "shown"], sort=False)
        .agg({"in_support": "any", "position": "min"})
        .reset_index()
    )
    scales = shown[_SCALE].drop_duplicates()
    extra = [scales.assign(shown=text, in_support=False, position=99) for text in ("invalid", "not_assessed")]
    cells = (
        slots[_CELL]
        .drop_duplicates()
        .merge(read["prompt_attributes"], on=["model", "suite", "suite_major", "prompt"])
    )
    grid = cells.merge(pd.concat([shown, *extra]), on=_SCALE)
    grid = grid.merge(counted, on=[*_CELL, "attribute", "shown"], how="left")
    return grid.assign(pictures=grid["pictures"].fillna(0.0))


def _wilson(k: pd.Series[float], n: pd.Series[float]) -> dict[str, pd.Series[float]]:
    share, z = k / n, Z95
    spread = 1 + z * z / n
    middle = (share + z * z / (2 * n)) / spread
    half = z / spread * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low = (middle - half).clip(lower=0).where(k > 0, 0.0)
    return {"estimate": share, "low": low, "high": (middle + half).clip(upper=1).where(k < n, 1.0)}


def _shares(grid: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return the share of every value."""
    cell = [*_CELL, "attribute"]
    inside = grid[grid["in_support"]].copy()
    inside["n"] = inside.groupby(cell, sort=False)["pictures"].transform("sum")
    inside = inside[inside["n"] > 0]
    inside["share"] = inside["pictures"] / inside["n"]
    if "prompt" in keys:
        shares = inside.assign(value_name=inside["shown"], **_wilson(inside["pictures"], inside["n"]))
    else:
        pseudo = (inside["pictures"] + 1) / (inside["n"] + 2)
        inside["plug_in"] = pseudo * (1 - pseudo) / inside["n"]
        inside["unbiased"] = (inside["share"] * (1 - inside["share"]) / (inside["n"] - 1)).where(
            inside["n"] > 1, inside["plug_in"]
        )
        shares = inside.groupby([*keys, "shown"], sort=False).agg(
            estimate=("share", "mean"),
            n=("n", "sum"),
            cells=("share", "size"),
            plug_in=("plug_in", "sum"),
            unbiased=("unbiased", "sum"),
        )
        half = Z95 * np.sqrt(shares[["plug_in", "unbiased"]].max(axis=1)) / shares["cells"]
        shares = shares.assign(
            low=(shares["estimate"] - half).clip(lower=0), high=(shares["estimate"] + half).clip(upper=1)
        ).reset_index(names=[*keys, "value_name"])
    return shares.assign(metric="share")


def _interval(beside: pd.DataFrame, cell: list[str], keys: list[str]) -> pd.DataFrame:
    """Return the mean squared distance of each group with its interval, out of counts beside expected shares."""
    beside = beside.assign(column=beside.groupby(cell, sort=False).cumcount())
    wide = beside.pivot(index=cell, columns="column", values=["pictures", "expected_share"])
    support = wide["expected_share"].notna().to_numpy()
    parts = terms(wide["pictures"].fillna(0).to_numpy(), wide["expected_share"].fillna(0).to_numpy(), support)
    frame = wide.index.to_frame(index=False)
    number = frame.groupby(keys, sort=False).ngroup().to_numpy()
    found = mean_distance2(parts, number, int(number.max()) + 1)
    groups = (
        frame[keys]
        .drop_duplicates()
        .assign(values=support.sum(axis=1)[np.unique(number, return_index=True)[1]])
    )
    return groups.assign(**found._asdict(), n=np.bincount(number, weights=parts.n))


def _distances(grid: pd.DataFrame, references: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return squared and rooted distance of every reference."""
    cell = [*_CELL, "attribute", "reference"]
    own = references[references["prompt"].notna()].rename(columns={"value": "shown"})
    every = references[references["prompt"].isna()].drop(columns="prompt").rename(columns={"value": "shown"})
    beside = pd.concat(
        [grid.merge(own, on=[*_SCALE, "prompt", "shown"]), grid.merge(every, on=[*_SCALE, "shown"])]
    ).drop_duplicates([*cell, "shown"], keep="first")
    beside["n"] = beside.groupby(cell, sort=False)["pictures"].transform("sum")
    beside = beside[beside["n"] >= 2]
    groups = [*keys, "reference"]
    squared = _interval(beside, cell, groups)
    rooted = {name: np.sqrt(squared[name].clip(lower=0)) for name in ("estimate", "low", "high")}
    return pd.concat([squared.assign(metric="distance2"), squared.assign(metric="distance", **rooted)])


def _rates(grid: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return how many pictures were assessed, could not be, or were read as a value outside the support."""
    whole = grid.groupby(keys, sort=False)["pictures"].sum().rename("n")
    kind = grid["shown"].where(~grid["in_support"], "assessed")
    parts = grid.assign(metric=kind).groupby([*keys, "metric"], sort=False)["pictures"].sum().reset_index()
    rates = parts.merge(whole.reset_index(), on=keys)
    rates = rates[rates["n"] > 0]
    return rates.assign(metric=rates["metric"] + "_rate", **_wilson(rates["pictures"], rates["n"]))


def _outcomes(slots: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return the rates of outcomes."""
    marked = slots.assign(
        ok=slots["outcome_group"] == "picture",
        refused=slots["outcome_group"] == "refused",
    )
    counts = marked.groupby(keys, sort=False).agg(
        planned=("ok", "size"),
        ok=("ok", "sum"),
        refused=("refused", "sum"),
    )
    answered = counts["ok"] + counts["refused"]
    figures = {
        "completeness": (answered, counts["planned"]),
        "failed_rate": (counts["planned"] - answered, counts["planned"]),
        "answer_rate": (counts["ok"], answered),
        "refused_rate": (counts["refused"], answered),
    }
    return pd.concat(
        [
            pd.DataFrame(_wilson(k, n)).assign(metric=metric, n=n).reset_index()
            for metric, (k, n) in figures.items()
        ]
    )
