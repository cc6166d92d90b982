"""The table `claim_counts`: of each model's pictures of one week, how many show what a claim says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

import duckdb
import polars as pl
import pyarrow as pa

from assets.metrics.counting.clusters import drawn_together
from assets.metrics.counting.reading import read, read_weeks
from assets.suites.claims import RegisteredClaim, shipped_claims

_TEXT, _INT, _REAL = pa.string(), pa.int32(), pa.float64()
#: Columns that name a series of one claim.
SERIES = ("model", "series", "params_hash", "track", "simulated")
#: What is known of pictures that were drawn together, beside `n` as in `formulas.clusters.ClusterSums`.
CLUSTERED = (
    *("clusters", "cluster_cells"),
    *("cluster_squares", "cluster_sharing", "cluster_within", "cluster_cell"),
)
#: What is counted.
COUNTS = ("planned", "pictures", "refused", "n", "k", "undecided", "beside_k")
#: Always NULL: shares by people's eyes are in `figures`.
CORRECTED = ("corrected_share", "corrected_low", "corrected_high", "corrected_reason")
SCHEMA = pa.schema(
    {
        "week": pa.date32(),
        **dict.fromkeys(("model", "series", "params_hash", "track"), _TEXT),
        "simulated": pa.bool_(),
        **dict.fromkeys(("claim", "part", "role"), _TEXT),
        "suite_major": _INT,
        **dict.fromkeys(COUNTS, _INT),
        **dict.fromkeys(("corrected_share", "corrected_low", "corrected_high"), _REAL),
        "corrected_reason": _TEXT,
        **{name: _REAL if "_" in name and name != "cluster_cells" else _INT for name in CLUSTERED},
    }
)


@dataclass(frozen=True)
class CountedPart:
    """The pictures of a claim that are counted together: of one of its parts, or of its control."""

    claim: RegisteredClaim
    part: str
    role: str  # claim or control
    prompts: Sequence[str]  # full ids


def counted_parts(claims: Iterable[RegisteredClaim]) -> Iterator[CountedPart]:
    """Yield what is counted of each claim: its parts, each with the control where there is one."""
    for claim in claims:
        for part, prompts in claim.pictures.items():
            yield CountedPart(claim, part, "claim", claim.full_ids(prompts))
            if claim.control:
                yield CountedPart(claim, part, "control", claim.full_ids(claim.control))


def week_claim_counts(con: duckdb.DuckDBPyConnection, week: str) -> pa.Table:
    """Return the rows of `claim_counts` of one week: every model, claim, part and role, zeros included."""
    parts = [*counted_parts(shipped_claims())]
    models = read(con, "claim_models", {"week": week})
    if models.is_empty():
        return SCHEMA.empty_table()
    pictures = read_weeks(
        con,
        "claim_pictures",
        *(week, week),
        prompts=sorted({prompt for part in parts for prompt in part.prompts}),
        attributes=sorted({*chain.from_iterable(part.claim.shows for part in parts)}),
    )
    jobs = _jobs(con, week, parts)
    frames = []
    for part in parts:
        units = _units(part, pictures)
        counted = models.join(_counts(part, units), on="model", how="left", maintain_order="left")
        counted = counted.join(_clustered(part, units, jobs), on="model", how="left", maintain_order="left")
        frames.append(
            counted.with_columns(
                *(pl.col(name).fill_null(0).cast(pl.Int32) for name in COUNTS),
                week=pl.lit(date.fromisoformat(week)),
                claim=pl.lit(part.claim.id),
                part=pl.lit(part.part),
                role=pl.lit(part.role),
                **{name: pl.lit(None) for name in CORRECTED},
            )
        )
    keys = ["week", *SERIES, "claim", "part", "role"]
    return pl.concat(frames).select(SCHEMA.names).sort(keys).to_arrow().cast(SCHEMA)


def _jobs(con: duckdb.DuckDBPyConnection, week: str, parts: Sequence[CountedPart]) -> pl.DataFrame | None:
    """Return model, unit and cluster of the pictures of claims; None where none were drawn together."""
    if not drawn_together(con, week, week):
        return None
    prompts = sorted({prompt for part in parts if part.role == "claim" for prompt in part.prompts})
    return read_weeks(con, "claim_clusters", week, week, prompts=prompts)


def _units(part: CountedPart, pictures: pl.DataFrame) -> pl.DataFrame:
    """Return a row for each picture or refusal of what is counted together: what is `known` of it and `shown` in it."""
    shows, beside = part.claim.shows, part.claim.beside
    return (
        pictures.filter(
            pl.col("prompt").is_in(list(part.prompts)), pl.col("suite_major").is_in(list(part.claim.majors))
        )
        .group_by("model", "unit")
        .agg(
            pl.col("suite_major", "prompt", "pictured", "refused").first(),
            known=(pl.col("attribute").is_in([*shows]) & pl.col("value").is_not_null()).sum(),
            shown=_shown(shows).sum(),
            beside=_shown(beside).sum(),
        )
    )


def _counts(part: CountedPart, units: pl.DataFrame) -> pl.DataFrame:
    """Return model, suite_major and `COUNTS` of what is counted together.

    A picture counts in `n` if all parts of the claim could be assessed in it, in `k` if it shows all of them; where
    some could not, and the others are shown, it may show them (`undecided`).
    """
    shows, beside = part.claim.shows, part.claim.beside
    whole = pl.col("pictured") & (pl.col("known") == len(shows))
    open_ = pl.col("pictured") & (pl.col("known") < len(shows)) & (pl.col("shown") == pl.col("known"))
    return units.group_by("model").agg(
        pl.col("suite_major").max().cast(pl.Int32),
        planned=pl.len(),
        pictures=pl.col("pictured").sum(),
        refused=pl.col("refused").sum(),
        n=whole.sum(),
        k=(whole & (pl.col("shown") == len(shows))).sum(),
        undecided=open_.sum(),
        beside_k=(whole & (pl.col("beside") == len(beside))).sum() if beside else pl.lit(0),
    )


def _clustered(part: CountedPart, units: pl.DataFrame, jobs: pl.DataFrame | None) -> pl.DataFrame:
    """Return model and `CLUSTERED` of the models of which two pictures that count in `n` are of one cluster."""
    if jobs is None or part.role != "claim":
        return pl.DataFrame(schema={"model": pl.String, **dict.fromkeys(CLUSTERED, pl.Float64)})
    squares = pl.col("x") ** 2 + (pl.col("m") - pl.col("x")) ** 2
    clusters = (
        units.filter(pl.col("pictured") & (pl.col("known") == len(part.claim.shows)))
        .join(jobs, on=["model", "unit"], how="left")
        .group_by("model", "prompt", pl.coalesce("cluster", "unit"))
        .agg(m=pl.len().cast(pl.Float64), x=(pl.col("shown") == len(part.claim.shows)).sum().cast(pl.Float64))
    )
    cells = (
        clusters.group_by("model", "prompt")
        .agg(
            pl.col("m", "x").sum(),
            clusters=pl.len(),
            cluster_squares=(pl.col("m") ** 2).sum(),
            cluster_within=(squares / pl.col("m")).sum(),
        )
        .sort("model", "prompt")
    )
    of_models = cells.group_by("model", maintain_order=True).agg(
        pl.col("m", "clusters", "cluster_squares", "cluster_within").sum(),
        cluster_cells=pl.len(),
        cluster_sharing=(pl.col("cluster_squares") / pl.col("m")).sum(),
        cluster_cell=(squares / pl.col("m")).sum(),
    )
    told = of_models.filter(pl.col("m") > pl.col("clusters"))
    return told.select("model", pl.col(CLUSTERED).cast(pl.Float64))


def _shown(values: Mapping[str, Sequence[str]]) -> pl.Expr:
    """Return whether a row's reading is one of these values of these attributes."""
    of = [
        (pl.col("attribute") == attribute) & pl.col("value").is_in(list(named))
        for attribute, named in values.items()
    ]
    return pl.any_horizontal(of).fill_null(value=False) if of else pl.lit(value=False)
