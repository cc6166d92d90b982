"""A small warehouse of counts: plans, prompts, counts and answers of many weeks, without a bucket."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import product
from typing import Any, NamedTuple

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl

from warehouse.database.schema import open_warehouse

FIRST = date(2026, 1, 5)
#: Columns that no series rests on.
FILLED = {
    "series": "s",
    "params_hash": "p",
    "provider": "sim",
    "model_id": "m",
    "track": "model",
    "simulated": False,
    "params": "{}",
    "labeler": "reader",
    "completeness_floor": 0.8,
    "plan_sha256": "",
}


class Suite(NamedTuple):
    """One suite with one condition.

    Attributes:
        name: without its version.
        prompts: names, or name → subject.
        counts: attribute → (models, prompts, values, weeks) pictures; 0 everywhere: not asked.
        refused: (models, prompts, weeks), None for none.
        condition: of all its prompts.
    """

    name: str
    prompts: Mapping[str, str]
    counts: Mapping[str, npt.NDArray[Any]]
    refused: npt.NDArray[Any] | None = None
    condition: str = "baseline"


def monday(week: int) -> str:
    """Return the ISO date of a week, counted from 0."""
    return (FIRST + timedelta(weeks=week)).isoformat()


def values_of(attribute: str, number: int) -> list[str]:
    """Return the values that an attribute is given."""
    return ["shown", "other"] if attribute.startswith("all:") else [f"v{place}" for place in range(number)]


def warehouse(models: Sequence[str], suites: Sequence[Suite]) -> duckdb.DuckDBPyConnection:
    """Return a warehouse in memory that holds these counts; a model without pictures in a week was not planned."""
    con = open_warehouse(None)
    weeks = next(iter(suites[0].counts.values())).shape[-1]
    asked = np.zeros((len(models), weeks), dtype=bool)
    for suite in suites:
        for counts in suite.counts.values():
            asked |= counts.sum((1, 2)) > 0
        if suite.refused is not None:
            asked |= suite.refused.sum(1) > 0
    at = [
        {"week": monday(week), "model": models[model], **FILLED}
        for model, week in product(range(len(models)), range(weeks))
        if asked[model, week]
    ]
    planned = pl.DataFrame(at).select("week", "model")
    frames = defaultdict(list, plans=[pl.DataFrame(at)])
    for suite in suites:
        for table, rows in _of_suite(suite, models, planned):
            frames[table].append(rows)
    for table, parts in frames.items():
        arrow = pl.concat(parts).to_arrow()  # noqa: F841
        con.execute(f"INSERT INTO {table} BY NAME FROM arrow")
    return con


def _of_suite(
    suite: Suite, models: Sequence[str], planned: pl.DataFrame
) -> Iterator[tuple[str, pl.DataFrame]]:
    of = {"suite": suite.name, "suite_major": 1}
    prompts = pl.DataFrame({"prompt": [*suite.prompts], "subject": [*suite.prompts.values()]}).with_columns(
        suite=pl.lit(suite.name),
        suite_major=1,
        suite_version=pl.lit("1.0.0"),
        condition=pl.lit(suite.condition),
        turn=2 if suite.condition == "confronted" else 1,
    )
    filled = prompts.with_columns(
        suite_hash=pl.lit("h"), language=pl.lit("en"), text=pl.lit("t"), turns=1
    ).drop("turn")
    yield "prompts", planned.join(filled, how="cross")
    pictures = np.zeros(
        (len(models), len(suite.prompts), next(iter(suite.counts.values())).shape[-1]), dtype=int
    )

    def of_answers(counts: npt.NDArray[Any]) -> pl.DataFrame:
        """Return week, model and prompt of what is not 0."""
        places = np.nonzero(counts)
        names = (models, [*suite.prompts], [monday(week) for week in range(counts.shape[-1])])
        axes = zip(("model", "prompt", "week"), names, (places[0], places[1], places[-1]), strict=True)
        return pl.DataFrame({name: pl.Series(of).gather(at) for name, of, at in axes}).join(
            prompts.drop("subject"), on="prompt", maintain_order="left"
        )

    for attribute, counts in suite.counts.items():
        values = values_of(attribute, counts.shape[2])
        pictures = np.maximum(pictures, counts.sum(2))
        if not attribute.startswith("all:"):
            looked_for = prompts.select("suite", "suite_major", "prompt").with_columns(
                attribute=pl.lit(attribute)
            )
            yield "prompt_attributes", planned.join(looked_for, how="cross")
            declared = [
                {**of, "attribute": attribute, "value": value, "position": place, "in_support": True}
                for place, value in enumerate([*values, "cannot_tell"])
            ]
            declared[-1]["in_support"] = False
            yield "attribute_values", planned.join(pl.DataFrame(declared), how="cross")
        yield (
            "counts",
            of_answers(counts).with_columns(
                value=pl.Series(values).gather(np.nonzero(counts)[2]),
                pictures=pl.Series(counts[counts > 0].astype(int)),
                attribute=pl.lit(attribute),
                labeler=pl.lit("reader"),
                labeler_version=pl.lit("1-a"),
            ),
        )
    refused = np.zeros_like(pictures) if suite.refused is None else suite.refused
    answered = pictures + refused
    yield (
        "answers",
        of_answers(answered).with_columns(
            planned=pl.Series(answered[answered > 0].astype(int)),
            pictures=pl.Series(pictures[answered > 0].astype(int)),
            refused=pl.Series(refused[answered > 0].astype(int)),
            failed=0,
            not_asked=0,
        ),
    )
