"""The rows that follow from a plan: what was to be asked, of which suites, compared with what."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from warehouse import keys
from warehouse.canonical import canonical_json
from warehouse.errors import CorruptObjectError
from warehouse.loading.columns import columns, table_of

#: The completeness below which a week of a model is withheld, where its entry says nothing else.
FLOOR = 0.9


def plan_tables(plan: Mapping[str, Any], week: str, model: str) -> dict[str, pa.Table]:
    """Return the rows of each table that a plan holds (`PLAN_TABLES`); prompts are those of whole suites."""
    partition = {"week": week, "model": model}
    try:
        suites = plan["suites"]
        rows = {
            "plans": [
                {**plan, "params": canonical_json(plan["params"]).decode(), "completeness_floor": FLOOR}
            ],
            "model_titles": [{"title": plan["title"]}],
            **{table: [row for suite in suites for row in made(suite)] for table, made in SUITE_ROWS.items()},
            "slots": plan["slots"],
        }
        return {table: _table(table, made, partition) for table, made in rows.items()}
    except KeyError as error:
        raise CorruptObjectError(
            f"{keys.plan(week, model)} misses {error}; restore it from a backup"
        ) from error
    except (TypeError, AttributeError, ValueError, pa.ArrowException) as error:
        raise CorruptObjectError(f"{keys.plan(week, model)} is not a plan: {error}") from error


def _table(name: str, rows: Sequence[Mapping[str, Any]], partition: Mapping[str, str]) -> pa.Table:
    """Return rows as an Arrow table; a field that may be NULL may be left out, any other may not."""
    whole = [{**row, **partition} for row in rows]
    for field in columns(name):
        if not field.nullable and None in [row[field.name] for row in whole]:
            raise KeyError(field.name)
    return table_of(name, whole)


def _identity(suite: Mapping[str, Any]) -> dict[str, Any]:
    return {"suite": suite["id"], "suite_major": int(suite["version"].split(".")[0])}


def _prompts(suite: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for prompt in suite["prompts"]:
        yield {
            **prompt,
            **_identity(suite),
            "suite_version": suite["version"],
            "suite_hash": suite["hash"],
            "prompt": f"{suite['id']}/{prompt['id']}",
            "turns": len(prompt["turns"]) or 1,
        }


def _prompt_attributes(suite: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for prompt in suite["prompts"]:
        for attribute in prompt["attributes"]:
            yield {**_identity(suite), "prompt": f"{suite['id']}/{prompt['id']}", "attribute": attribute}


def _attribute_values(suite: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for attribute in suite["attributes"]:
        band_of = {value: band for band, values in attribute["bands"].items() for value in values}
        for position, value in enumerate([*attribute["values"], *attribute["outside"]]):
            yield {
                **_identity(suite),
                "attribute": attribute["id"],
                "value": value,
                "position": position,
                "in_support": value in attribute["values"],
                "band": band_of.get(value),
                "ordinal": attribute.get("ordinal"),
            }


def _reference_values(suite: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for reference in suite["references"]:
        for row in reference["rows"]:
            prompt = row.get("prompt")
            for value, share in row["shares"].items():
                yield {
                    **_identity(suite),
                    "reference": reference["id"],
                    "attribute": reference["attribute"],
                    "banded": reference["values"] == "bands",
                    "prompt": f"{suite['id']}/{prompt}" if prompt else None,
                    "value": value,
                    "expected_share": float(share),
                    "source": row.get("source") or reference.get("source"),
                }


#: Table → the rows that a suite (its content, and `hash`) gives it, without week and model.
SUITE_ROWS: Mapping[str, Callable[[Mapping[str, Any]], Iterator[dict[str, Any]]]] = {
    "prompts": _prompts,
    "prompt_attributes": _prompt_attributes,
    "attribute_values": _attribute_values,
    "reference_values": _reference_values,
}
#: The tables that a plan holds.
PLAN_TABLES = ("plans", "model_titles", *SUITE_ROWS, "slots")
