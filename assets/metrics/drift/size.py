"""How large a change is, and what it rests on: its interval, and the answers before and since that nobody saw."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import duckdb
import numpy as np

from assets.metrics.counting import reading
from assets.metrics.drift.likelihood import Counts
from assets.metrics.drift.scan import OpenedChange
from assets.metrics.drift.series import Series
from assets.metrics.effects.unseen import AnsweredSide, of_changes
from assets.metrics.formulas.share import Z95, Bools, Estimate, Floats, Ints

#: What a statement needs to know of a change.
_TOLD = (
    *("model", "series", "params_hash", "suite", "suite_major", "turn", "attribute", "labeler_version"),
    *("started_week", "changed_week", "week", "changed_prompts"),
)


def change(
    k: Ints, n: Ints, before: slice, after: slice, effect: Floats | None = None
) -> dict[str, float | int]:
    """Return the mean share of cells before and after, and their difference with a 95 % interval.

    Cells that were seen on both sides enter, each with equal weight. The variance of a cell's share is p (1 - p) / n
    with two pseudo-counts (Agresti & Caffo 2000, Am. Stat. 54: 280-288, stratified). That the date and the cells were
    chosen from the same counts is not in the interval.

    Args:
        k: (C, T) pictures with the value.
        n: (C, T) pictures assessed.
        before: the weeks before.
        after: the weeks after.
        effect: (C, T) design effect of each week's pictures; None: each counts.
    """
    hits, total, used = sides(k, n, before, after)
    hits, total = hits[:, used], total[:, used]
    share = (hits / total).mean(axis=1)
    worth = total if effect is None else sides(k, n / effect, before, after)[1][:, used]
    pseudo = (hits * (worth / total) + 1) / (worth + 2)
    half = Z95 * math.sqrt(float((pseudo * (1 - pseudo) / (worth + 2)).sum())) / total.shape[1]
    difference = float(share[1] - share[0])
    return {
        "before_share": float(share[0]),
        "after_share": float(share[1]),
        "change": difference,
        "change_low": max(difference - half, -1.0),
        "change_high": min(difference + half, 1.0),
        "before_n": int(total[0].sum()),
        "after_n": int(total[1].sum()),
        "changed_cells": int(used.sum()),
    }


def sides(k: Counts, n: Counts, before: slice, after: slice) -> tuple[Counts, Counts, Bools]:
    """Return (2, C) counts before and after, k and n, and which cells were seen on both sides."""
    hits, total = (np.stack([a[:, before].sum(axis=1), a[:, after].sum(axis=1)]) for a in (k, n))
    return hits, total, np.asarray((total > 0).all(axis=0))


def add_unseen(
    con: duckdb.DuckDBPyConnection,
    series: Series,
    found: Sequence[OpenedChange],
    rows: Sequence[dict[str, Any]],
) -> None:
    """Add to the rows of changes what their unseen answers could make of them; of refusals nothing can be said."""
    for row in rows:
        row["unseen_share"] = row["tipping_share"] = None
    of_shares = [number for number, row in enumerate(rows) if row["metric"] == "share"]
    if not of_shares:
        return
    told = [{"event": number, **{name: rows[number][name] for name in _TOLD}} for number in of_shares]
    counts = {
        (number, prompt, since): (unseen, answers)
        for number, prompt, since, unseen, answers in reading.read(
            con,
            "drift_unseen",
            {
                "events": told,
                "models": sorted({one["model"] for one in told}),
                "first": min(one["started_week"] for one in told).isoformat(),
                "last": max(one["week"] for one in told).isoformat(),
            },
        ).iter_rows()
    }
    entries: list[tuple[int, Floats, Floats]] = []  # of each changed prompt: its change; (2, 3) of its sides
    for figure, number in enumerate(of_shares):
        event, cells = found[number], np.array(found[number].cells)
        hits, total, used = sides(
            series.k[cells],
            series.n[cells],
            slice(event.started, event.changed),
            slice(event.changed, event.opened + 1),
        )
        for place in np.flatnonzero(used):
            prompt = series.prompts[cells[place]]
            known = [counts[number, prompt, since] for since in (False, True)]
            entries.append((figure, hits[:, place] / total[:, place], np.array(known, dtype=float)))
    figures = np.array([figure for figure, *_ in entries])
    shares, answered = np.stack([one for _, one, _ in entries]), np.stack([one for *_, one in entries])
    before, after = (
        AnsweredSide(shares[:, side], answered[:, side, 1], answered[:, side, 0]) for side in (0, 1)
    )
    sizes = Estimate(
        *(
            np.array([rows[number][name] for number in of_shares])
            for name in ("change", "change_low", "change_high")
        )
    )
    rests = of_changes(sizes, before, after, np.ones(len(entries), dtype=bool), figures)
    for number, share, tipping in zip(of_shares, rests.share, rests.tipping, strict=True):
        rows[number]["unseen_share"] = float(share)
        rows[number]["tipping_share"] = None if np.isnan(tipping) else float(tipping)
