"""Counts for tests of figures: rows of plans, prompts, counts and answers, without pictures and labels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import duckdb
import polars as pl

from assets.suites.loader import load_suites

#: Prompt (an id, with turn 2 as "id/2") → attribute → value → pictures.
Shown = Mapping[str, Mapping[str, Mapping[str, int]]]
LABELER = {"labeler": "drawing", "labeler_version": "1-0123456789ab"}


def insert(con: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
    if held := [*rows]:
        con.register("inserted", pl.DataFrame(held, infer_schema_length=None).to_arrow())
        con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM inserted")
        con.unregister("inserted")


def plan(con: duckdb.DuckDBPyConnection, week: str, model: str, **columns: Any) -> None:
    """Insert the plan of a partition, of a model that is not simulated and on track model."""
    row = {
        "week": date.fromisoformat(week),
        **{"model": model, "series": model, "params_hash": "00000000", "provider": "test", "model_id": model},
        **{"track": "model", "simulated": False, "params": "{}", "labeler": LABELER["labeler"]},
        **{"completeness_floor": 0.9, "plan_sha256": ""},
    }
    insert(con, "plans", [{**row, **columns}])


def answer(
    con: duckdb.DuckDBPyConnection,
    week: str,
    model: str,
    label: str,
    shown: Shown,
    refused: Mapping[str, int] | None = None,
    only: Iterable[str] = ("perceived_gender", "skin_tone", "headwear"),
) -> None:
    """Insert a whole shipped suite as planned, with few attributes, and how some of its prompts were answered.

    Args:
        con: connection to a warehouse in which the partition is planned.
        week: ISO date of a Monday.
        model: name of the model.
        label: of the suite, "startup-ceo@2".
        shown: what pictures show; equally many of each attribute.
        refused: answers without a picture, by prompt.
        only: attributes that are looked for.
    """
    suite, counted, kept = load_suites()[label], refused or {}, {*only}
    key = {"week": date.fromisoformat(week), "model": model, "suite": suite.id, "suite_major": suite.major}
    version = {"suite_version": suite.version}
    prompts, attributes, answers, counts = [], [], [], []
    for prompt in suite.prompts:
        name, turns = suite.prompt_id(prompt), max(len(prompt.turns), 1)
        text = {"language": prompt.language, "subject": prompt.subject, "text": prompt.text}
        of = {**key, "prompt": name, "condition": prompt.condition}
        prompts.append({**of, **version, "suite_hash": "", **text, "turns": turns})
        attributes += [{**key, "prompt": name, "attribute": a} for a in prompt.attributes if a in kept]
        for turn in (1, 2)[: min(turns, 2)]:
            asked = prompt.id if turn == 1 else f"{prompt.id}/2"
            read = shown.get(asked, {})
            pictures, none = max((sum(v.values()) for v in read.values()), default=0), counted.get(asked, 0)
            numbers = {"planned": 10 + pictures + none, "pictures": pictures, "refused": none}
            answers.append({**of, **version, "turn": turn, **numbers, "failed": 0, "not_asked": 10})
            counts += [
                {**of, **version, "turn": turn, "attribute": a, **LABELER, "value": value, "pictures": many}
                for a, values in read.items()
                for value, many in values.items()
                if many
            ]
    for table, rows in (("prompts", prompts), ("prompt_attributes", attributes), ("answers", answers)):
        insert(con, table, rows)
    insert(con, "counts", counts)
    insert(
        con,
        "attribute_values",
        (
            {**key, "attribute": attribute.id, "value": value, "position": at, "in_support": known}
            | {"band": next((b for b, of_band in attribute.bands.items() if value in of_band), None)}
            for attribute in suite.attributes
            if attribute.id in kept
            for known, values in ((True, attribute.values), (False, attribute.outside))
            for at, value in enumerate(values)
        ),
    )
