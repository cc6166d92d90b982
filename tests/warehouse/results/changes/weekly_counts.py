"""A small warehouse of counts: plans, prompts, counts and answers of many weeks, without a bucket."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import product
from typing import Any, NamedTuple

import duckdb
import numpy.typing as npt

from tests.warehouse.counted import insert
from warehouse.database.schema import open_warehouse

Tables = dict[str, list[dict[str, Any]]]
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
    return (FIRST + timedelta(weeks=week)).isoformat()


def values_of(attribute: str, number: int) -> list[str]:
    return ["shown", "other"] if attribute.startswith("all:") else [f"v{place}" for place in range(number)]


def warehouse(models: Sequence[str], suites: Sequence[Suite]) -> duckdb.DuckDBPyConnection:
    """Return a warehouse in memory that holds these counts; a model without pictures in a week was not planned."""
    con = open_warehouse(None)
    tables: Tables = defaultdict(list)
    weeks = next(iter(suites[0].counts.values())).shape[-1]
    for (at, model), week in product(enumerate(models), range(weeks)):
        held = [counts for suite in suites for counts in (*suite.counts.values(), suite.refused)]
        if any(counts[at, ..., week].any() for counts in held if counts is not None):
            key = {"week": monday(week), "model": model}
            tables["plans"].append({**key, **FILLED})
            for suite in suites:
                _add(tables, key, suite, at, week)
    for table, rows in tables.items():
        insert(con, table, rows)
    return con


def _add(tables: Tables, key: Mapping[str, Any], suite: Suite, model: int, week: int) -> None:
    of = {**key, "suite": suite.name, "suite_major": 1}
    more = {"suite_version": "1.0.0", "condition": suite.condition}
    text = {"suite_hash": "h", "language": "en", "text": "t", "turns": 1}
    reader = {"labeler": "reader", "labeler_version": "1-a"}
    turn = 2 if suite.condition == "confronted" else 1
    for attribute, counts in suite.counts.items():
        if not attribute.startswith("all:"):
            values = [*values_of(attribute, counts.shape[2]), "cannot_tell"]
            tables["attribute_values"] += (
                {
                    **of,
                    "attribute": attribute,
                    "value": value,
                    "position": at,
                    "in_support": at < len(values) - 1,
                }
                for at, value in enumerate(values)
            )
    for place, (prompt, subject) in enumerate(suite.prompts.items()):
        tables["prompts"].append({**of, **more, **text, "prompt": prompt, "subject": subject})
        asked = {**of, **more, "prompt": prompt, "turn": turn}
        pictures, refused = 0, 0 if suite.refused is None else int(suite.refused[model, place, week])
        for attribute, counts in suite.counts.items():
            read = counts[model, place, :, week]
            pictures = max(pictures, int(read.sum()))
            if not attribute.startswith("all:"):
                tables["prompt_attributes"].append({**of, "prompt": prompt, "attribute": attribute})
            tables["counts"] += (
                {**asked, **reader, "attribute": attribute, "value": value, "pictures": int(many)}
                for value, many in zip(values_of(attribute, len(read)), read, strict=True)
                if many
            )
        if planned := pictures + refused:
            numbers = {
                "planned": planned,
                "pictures": pictures,
                "refused": refused,
                "failed": 0,
                "not_asked": 0,
            }
            tables["answers"].append({**asked, **numbers})
