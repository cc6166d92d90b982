"""The rows that follow from a plan: what was to be asked, of which suites, compared with what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from warehouse import keys
from warehouse.canonical import canonical_json
from warehouse.errors import CorruptObjectError

_TEXT, _WHOLE, _REAL, _FLAG = pa.string(), pa.int32(), pa.float64(), pa.bool_()
_PARTITION = {"week": _TEXT, "model": _TEXT}
_SUITE = {**_PARTITION, "suite": _TEXT}

#: The completeness below which a week of a model is withheld, where its entry says nothing else.
FLOOR = 0.9

#: The tables that a plan holds, with the columns and types of `sql/schema/01_asked.sql`.
PLAN_SCHEMAS: Mapping[str, pa.Schema] = {
    "plans": pa.schema(
        {
            **_PARTITION,
            **dict.fromkeys(("series", "params_hash", "provider", "model_id", "track"), _TEXT),
            "simulated": _FLAG,
            **dict.fromkeys(("params", "labeler", "from_week", "until_week", "succeeds"), _TEXT),
            "completeness_floor": _REAL,
            "plan_sha256": _TEXT,
        }
    ),
    "model_titles": pa.schema({**_PARTITION, "title": _TEXT}),
    "prompts": pa.schema(
        {
            **_SUITE,
            "suite_version": _TEXT,
            "suite_major": _WHOLE,
            **dict.fromkeys(("suite_hash", "prompt", "language", "subject", "condition", "text"), _TEXT),
            "turns": _WHOLE,
        }
    ),
    "prompt_attributes": pa.schema({**_SUITE, "suite_major": _WHOLE, "prompt": _TEXT, "attribute": _TEXT}),
    "attribute_values": pa.schema(
        {
            **_SUITE,
            "suite_major": _WHOLE,
            "attribute": _TEXT,
            "value": _TEXT,
            "position": _WHOLE,
            "in_support": _FLAG,
            "band": _TEXT,
            "ordinal": _FLAG,
        }
    ),
    "reference_values": pa.schema(
        {
            **_SUITE,
            "suite_major": _WHOLE,
            "reference": _TEXT,
            "attribute": _TEXT,
            "banded": _FLAG,
            "prompt": _TEXT,
            "value": _TEXT,
            "expected_share": _REAL,
            "source": _TEXT,
        }
    ),
    "stereotypes": pa.schema(
        {
            **_SUITE,
            "suite_major": _WHOLE,
            **dict.fromkeys(("attribute", "value", "subject", "metric"), _TEXT),
        }
    ),
    "slots": pa.schema(
        {
            **_PARTITION,
            "slot_key": _TEXT,
            "suite": _TEXT,
            "suite_version": _TEXT,
            "prompt": _TEXT,
            "replicate": _WHOLE,
            "turn": _WHOLE,
            "conversation": _TEXT,
        }
    ),
}


def plan_tables(plan: Mapping[str, Any], week: str, model: str) -> dict[str, pa.Table]:
    """Return the rows of each table that a plan holds (`PLAN_SCHEMAS`); prompts are those of whole suites."""
    partition = {"week": week, "model": model}
    try:
        suites = plan["suites"]
        rows = {
            "plans": [
                {**plan, "params": canonical_json(plan["params"]).decode(), "completeness_floor": FLOOR}
            ],
            "model_titles": [{"title": plan["title"]}],
            "prompts": [row for suite in suites for row in _prompts(suite)],
            "prompt_attributes": [row for suite in suites for row in _prompt_attributes(suite)],
            "attribute_values": [row for suite in suites for row in _attribute_values(suite)],
            "reference_values": [row for suite in suites for row in _reference_values(suite)],
            "stereotypes": [row for suite in suites for row in _stereotypes(suite)],
            "slots": plan["slots"],
        }
        return {table: _table(table, rows[table], partition) for table in PLAN_SCHEMAS}
    except KeyError as error:
        raise CorruptObjectError(
            f"{keys.plan(week, model)} misses {error}; restore it from a backup"
        ) from error
    except (TypeError, AttributeError, ValueError, pa.ArrowException) as error:
        raise CorruptObjectError(f"{keys.plan(week, model)} is not a plan: {error}") from error


def _table(name: str, rows: Sequence[Mapping[str, Any]], partition: Mapping[str, str]) -> pa.Table:
    """Return rows as an Arrow table; a field that may be NULL may be left out, any other may not."""
    schema = PLAN_SCHEMAS[name]
    optional = {"from_week", "until_week", "succeeds", "band", "ordinal", "source", "conversation"}
    optional |= {"prompt"} if name == "reference_values" else set()
    columns = {}
    for field in schema:
        if field.name in partition:
            values: list[Any] = [partition[field.name]] * len(rows)
        elif field.name in optional:
            values = [row.get(field.name) for row in rows]
        else:
            values = [row[field.name] for row in rows]
            if None in values:
                raise KeyError(field.name)
        columns[field.name] = pa.array(values, field.type)
    return pa.table(columns, schema=schema)


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


def _stereotypes(suite: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for pair in suite.get("stereotypes") or ():
        yield {**pair, **_identity(suite)}
