"""The table `claims`: of each model and claim, the share of the four weeks that end with a week, and the verdict.

The pictures of the last four calendar weeks are pooled; missing weeks are not replaced, and there is no row without the
week itself. The verdict is that of the last block of four weeks (see `verdicts`), which need not be the window.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import chain
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from assets.metrics.claims import verdicts
from assets.metrics.claims.counts import CLUSTERED, COUNTS, SERIES
from assets.metrics.counting.reading import read
from assets.metrics.formulas.clusters import ClusterSums, correlations, group_effects
from assets.metrics.formulas.share import Estimate, Floats, Ints, ratio
from assets.suites.claims import RegisteredClaim, shipped_claims

NO_THRESHOLD = "no threshold"
FIRST_BLOCK = "the first block of four weeks is not over"
#: Weeks whose pictures are pooled.
WINDOW = 4
_WEEK = timedelta(weeks=1)
_TEXT, _INT, _REAL, _DAY = pa.string(), pa.int32(), pa.float64(), pa.date32()
_CORRECTED = ("corrected_share", "corrected_low", "corrected_high")
SCHEMA = pa.schema(
    {
        "week": _DAY,
        **dict.fromkeys(("model", "series", "params_hash", "track"), _TEXT),
        "simulated": pa.bool_(),
        **dict.fromkeys(("claim", "part"), _TEXT),
        "suite_major": _INT,
        "suite_majors": _TEXT,
        "threshold": _REAL,
        **dict.fromkeys(("prompts", "shows", "control_prompts"), _TEXT),
        "window_weeks": _INT,
        "weeks": _INT,
        **dict.fromkeys(COUNTS, _INT),
        **dict.fromkeys(("share", "low", "high", "bound_low", "bound_high"), _REAL),
        **dict.fromkeys(("beside_share", "refused_share"), _REAL),
        **dict.fromkeys(("control_k", "control_n"), _INT),
        "control_share": _REAL,
        **dict.fromkeys(_CORRECTED, _REAL),
        "corrected_reason": _TEXT,
        "block_end": _DAY,
        **dict.fromkeys(("verdict", "words", "reason"), _TEXT),
        "design_effect": _REAL,
    }
)
_CONTROL = ("control_k", "control_n")
_OF = (*SERIES, "claim", "part")
_TYPES = pl.DataFrame(pl.from_arrow(SCHEMA.empty_table())).schema
_STATED: dict[str, Any] = {
    **{name: _TYPES[name] for name in ("claim", "part", "suite_majors", "threshold", "prompts", "shows")},
    "control_prompts": pl.String,
    "last_major": pl.Int32,
}


def history_claims(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """Return the rows of `claims` of all weeks, from the counts of all weeks."""
    return claims_of(read(con, "claim_counts", {}), shipped_claims())


def claims_of(counts: pl.DataFrame, claims: Sequence[RegisteredClaim], window: int = WINDOW) -> pa.Table:
    """Return the rows of `claims`.

    Args:
        counts: rows of `claim_counts`.
        claims: the register; what it no longer holds is left out.
        window: how many weeks are pooled, and the length of a block.
    """
    register = {claim.id: claim for claim in claims}
    stated = pl.DataFrame(
        [_stated(claim, part) for claim in claims for part in claim.pictures], schema=_STATED
    )
    of = counts.filter(pl.col("role") == "claim").join(stated, on=["claim", "part"]).sort(*_OF, "week")
    if of.is_empty():
        return SCHEMA.empty_table()
    controls = counts.filter(pl.col("role") == "control").partition_by(*_OF, as_dict=True)
    series = [
        _figures(register[str(key[_OF.index("claim")])], rows, controls.get(key, of.clear()), window)
        for key, rows in of.partition_by(*_OF, as_dict=True, maintain_order=True).items()
    ]
    figures = [pl.Series(name, _one_after_another([one[name] for one in series])) for name in series[0]]
    asked = pl.col("suite_major").forward_fill().over(_OF).fill_null(pl.col("last_major"))
    found = of.with_columns(asked, pl.lit(window).alias("window_weeks")).with_columns(figures)
    counted = (
        pl.when(pl.col("control_prompts").is_not_null()).then(pl.col(name)).alias(name) for name in _CONTROL
    )
    told = found.with_columns(counted).select(pl.col(name).cast(kind) for name, kind in _TYPES.items())
    return told.with_columns(pl.col(pl.Float64).fill_nan(None)).sort("week", *_OF).to_arrow().cast(SCHEMA)


def _stated(claim: RegisteredClaim, part: str) -> dict[str, Any]:
    """Return what a row says of the claim itself, so that a query needs no register."""
    return {
        "claim": claim.id,
        "part": part,
        "suite_majors": ",".join(map(str, claim.majors)),
        "last_major": claim.majors[-1],
        "threshold": claim.threshold,
        "prompts": ",".join(claim.full_ids(claim.pictures[part])),
        "shows": ",".join(f"{name}={'|'.join(values)}" for name, values in sorted(claim.shows.items())),
        "control_prompts": ",".join(claim.full_ids(claim.control)) or None,
    }


def _figures(
    claim: RegisteredClaim, of: pl.DataFrame, control: pl.DataFrame, window: int
) -> dict[str, Sequence[Any] | npt.NDArray[Any]]:
    """Return what is computed of one series of a claim, one value per week in which the model was planned."""
    first = of["week"][0]
    at, others = (_numbers(frame, first) for frame in (of, control))
    size = int(at[-1]) + 1
    pooled = {name: _pooled(of, name, at, size, window) for name in COUNTS}
    beside = {name: _pooled(control, name, others, size, window) for name in ("n", "k")}
    effect = _effects(of, pooled["n"], at, size, window)
    found = verdicts.interval(*(pooled[name] / np.nan_to_num(effect, nan=1.0) for name in ("k", "n")))
    corrected = Estimate(*(_placed(of, name, at, size) for name in _CORRECTED))
    alone = _verdicts(claim, pooled, effect, found, corrected)
    ends, stands = _blocks(of, alone, at, window)
    figures: dict[str, npt.NDArray[Any]] = {
        "weeks": _sums(np.isin(np.arange(size), at).astype(np.int64), window),
        **pooled,
        **dict(zip(("share", "low", "high"), found, strict=True)),
        "bound_low": ratio(pooled["k"], pooled["pictures"]),
        "bound_high": ratio(pooled["k"] + pooled["undecided"], pooled["pictures"]),
        "beside_share": ratio(pooled["beside_k"], pooled["n"] * bool(claim.beside)),
        "refused_share": ratio(pooled["refused"], pooled["pictures"] + pooled["refused"]),
        **{f"control_{name}": beside[name] for name in ("k", "n")},
        "control_share": ratio(beside["k"], beside["n"]),
        "design_effect": effect,
    }
    columns = {name: column[at] for name, column in figures.items()}
    last = np.searchsorted(ends, at, side="right") - 1
    blocks = [None if block < 0 or claim.threshold is None else int(ends[block]) for block in last.tolist()]
    told = [
        _verdict(claim, planned, stands[block] if block >= 0 else None)
        for block, planned in zip(last.tolist(), columns["planned"].tolist(), strict=True)
    ]
    said = [
        None if verdict is None else words(verdict, control_share, refused_share)
        for (verdict, _), control_share, refused_share in zip(
            told, columns["control_share"].tolist(), columns["refused_share"].tolist(), strict=True
        )
    ]
    return {
        **columns,
        "block_end": [None if block is None else first + block * _WEEK for block in blocks],
        "verdict": [verdict for verdict, _ in told],
        "words": said,
        "reason": [reason for _, reason in told],
    }


def _one_after_another(
    columns: Sequence[Sequence[Any] | npt.NDArray[Any]],
) -> Sequence[Any] | npt.NDArray[Any]:
    return np.concatenate(columns) if isinstance(columns[0], np.ndarray) else [*chain.from_iterable(columns)]


def _effects(of: pl.DataFrame, n: Ints, at: Ints, size: int, window: int) -> Floats:
    """Return the design effects of windows, NaN where no pictures were drawn together.

    Pictures of a prompt and week are a cell; weeks in which none were drawn together do not tell how alike they are.
    """
    known = of.filter(pl.col("clusters").is_not_null())
    if known.is_empty():
        return np.full(size, np.nan)
    place = at[of["clusters"].is_not_null().to_numpy()]
    sums = {name: _pooled(known, name, place, size, window) for name in ("n", *CLUSTERED)}
    names = ("n", "clusters", "cluster_squares", "cluster_within", "cluster_cell")
    found = ClusterSums(*(sums[name] for name in (*names, "cluster_cells", "cluster_sharing")))
    rho, _ = correlations(found)
    squares = found.squares + (n - found.n)  # the others are each a cluster of its own
    effects = group_effects(n.astype(np.float64), squares, np.nan_to_num(rho))
    return np.where(np.isnan(rho), np.nan, effects)


def _verdicts(
    claim: RegisteredClaim, pooled: Mapping[str, Ints], effect: Floats, raw: Estimate, corrected: Estimate
) -> list[str]:
    """Return the verdict of each window by itself; nothing is decided without a threshold."""
    if claim.threshold is None:
        return [verdicts.BETWEEN] * len(pooled["n"])
    asked, n, threshold = pooled["planned"] > 0, pooled["n"] / np.nan_to_num(effect, nan=1.0), claim.threshold
    told = verdicts.verdicts(asked, n, raw, threshold)
    other = verdicts.verdicts(asked, n, corrected, threshold)
    known = ~np.isnan(corrected.estimate)
    return [
        verdicts.agreed(str(one), str(two) if both else None)
        for one, two, both in zip(told, other, known, strict=True)
    ]


def _blocks(of: pl.DataFrame, told: Sequence[str], at: Ints, window: int) -> tuple[Ints, list[str]]:
    """Return where each block ends, counted from the first week in which the claim was asked, and what stands then."""
    asked = at[(of["planned"] > 0).to_numpy()]
    first = int(asked[0]) if len(asked) else len(told)
    ends = np.arange(first + window - 1, len(told), window)
    return ends, verdicts.standing([told[end] for end in ends.tolist()])


def _verdict(claim: RegisteredClaim, planned: int, stands: str | None) -> tuple[str | None, str | None]:
    """Return the verdict of a week, the one that stands, or why there is none."""
    if claim.threshold is None:
        return None, NO_THRESHOLD
    if stands is None:
        return (None, FIRST_BLOCK) if planned else (verdicts.NOT_ASKED, None)
    return stands, None


def words(verdict: str, control_share: float, refused_share: float) -> str:
    """Return a verdict with what must be said beside it: the control, and what was refused; NaN: there is none."""
    said = [verdict]
    if control_share >= verdicts.HALF:
        said.append("also in the control")
    if refused_share > verdicts.REFUSED:
        said.append(f"{100 * refused_share:.0f} % refused")
    return "; ".join(said)


def _numbers(frame: pl.DataFrame, first: date) -> Ints:
    """Return the number of each row's week, from `first`."""
    return (frame["week"] - first).dt.total_days().to_numpy() // 7


def _pooled(of: pl.DataFrame, name: str, at: Ints, size: int, window: int) -> npt.NDArray[Any]:
    """Return the sums of a count over the windows that end with each of `size` weeks."""
    values = of[name].to_numpy()
    found = np.zeros(size, dtype=np.float64 if values.dtype.kind == "f" else np.int64)
    here = (at >= 0) & (at < size)
    np.add.at(found, at[here], values[here])
    return _sums(found, window)


def _sums(values: npt.NDArray[Any], window: int) -> npt.NDArray[Any]:
    padded = np.concatenate([np.zeros(window - 1, dtype=values.dtype), values])
    # not by differences of running sums: a window is the same whatever was before it
    return np.asarray(np.lib.stride_tricks.sliding_window_view(padded, window).sum(axis=1))


def _placed(of: pl.DataFrame, name: str, at: Ints, size: int) -> npt.NDArray[np.float64]:
    found = np.full(size, np.nan)
    found[at] = of[name].cast(pl.Float64).fill_null(np.nan).to_numpy()
    return found
