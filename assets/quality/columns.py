"""Checks of single columns by Great Expectations: one suite a table, as a table of expectations.

Types and NOT NULL are kept by the schema. An empty column passes every rule about values, so what must be there has a
rule of its own, and what must be as many as planned is counted in SQL (`slots__counts_add_up`, `labels__present`).
"""

from __future__ import annotations

import gc
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from assets.gateway.records import Outcome
from assets.quality.scope import CheckScope, Row
from warehouse.errors import ClicheError

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuite, ExpectationValidationResult
    from great_expectations.core.batch_definition import BatchDefinition

NAME = r"^[a-z0-9][a-z0-9._-]*\Z"
SHA256 = r"^[0-9a-f]{64}\Z"
#: What GX returns of a rule that is broken: of each row that breaks it, its model and value.
_EACH_ROW = {"result_format": "COMPLETE", "unexpected_index_column_names": ["model"]}
_EXAMPLES = 5


class Rule(NamedTuple):
    """One expectation: its class in `great_expectations.expectations`, the arguments of it, and the rule in words."""

    expectation: str
    arguments: Mapping[str, Any]
    says: str


def _one_of(column: str, *values: object) -> Rule:
    words = f"is one of {', '.join(map(str, values))}" if len(values) < 6 else "is in the declared list"
    return Rule("ExpectColumnValuesToBeInSet", {"column": column, "value_set": list(values)}, words)


def _between(column: str, low: float, high: float | None = None) -> Rule:
    words = f"is at least {low}" if high is None else f"lies within {low} and {high}"
    return Rule(
        "ExpectColumnValuesToBeBetween", {"column": column, "min_value": low, "max_value": high}, words
    )


def _like(column: str, regex: str, words: str) -> Rule:
    return Rule("ExpectColumnValuesToMatchRegex", {"column": column, "regex": regex}, words)


def _given(column: str) -> Rule:
    return Rule("ExpectColumnValuesToNotBeNull", {"column": column}, "is not empty")


_SOME_ROWS = Rule("ExpectTableRowCountToBeBetween", {"min_value": 1}, "has rows")
_TRACK = _one_of("track", "model", "system")

SUITES: Mapping[str, Sequence[Rule]] = {
    "plans": (
        _SOME_ROWS,
        _TRACK,
        _like("model", NAME, "is a name"),
        _like("labeler", NAME, "is a name"),
        _like("params_hash", r"^[0-9a-f]{8}\Z", "is eight hexadecimal digits"),
        _like("plan_sha256", SHA256, "is a SHA-256"),
        _between("completeness_floor", 0, 1),
    ),
    "slots": (
        _SOME_ROWS,
        _like("slot_key", SHA256, "is a SHA-256"),
        _like("suite_version", r"^\d+\.\d+\.\d+\Z", "is major.minor.patch"),
        _between("replicate", 0),
        _between("turn", 1, 3),
    ),
    "attempts": (
        _one_of("outcome", *(outcome.value for outcome in Outcome)),
        _TRACK,
        _between("attempt", 1),
        _given("prompt_sent"),
        _like("image_sha256", SHA256, "is a SHA-256"),
        _one_of("block_stage", "input", "output", "unknown"),  # not every API says where its filter stood
        _between("http_status", 100, 599),
        _between("latency_ms", 0),
        _between("cost_usd", 0),
        _one_of("cost_basis", "reported", "computed", "estimated"),
    ),
    "images": (
        _like("image_sha256", SHA256, "is a SHA-256"),
        _one_of("image_mime", "image/png", "image/jpeg", "image/webp"),
        _one_of("image_ext", "png", "jpg", "webp"),
        _between("image_bytes", 1),
        _between("image_width", 1, 16384),
        _between("image_height", 1, 16384),
        _given("image_phash"),
        _like("image_phash", r"^[0-9a-f]{16}\Z", "is 16 hexadecimal digits"),
    ),
    "labels": (
        _like("attribute", NAME, "is a name"),
        _like("labeler_version", r"^\d+-[0-9a-f]{4,64}\Z", "is a number and a hash"),
        _between("confidence", 0, 1),
        _given("image_sha256"),
        _given("labeled_at"),
    ),
}


class ExpectationError(ClicheError):
    """An expectation could not be evaluated: an error of the check, not a fault of the data."""


def failures(table: str, scope: CheckScope) -> list[Row]:
    """Return a row for each rule of a table's suite and each model that breaks it."""
    columns = {"model", *(rule.arguments["column"] for rule in SUITES[table] if "column" in rule.arguments)}
    frame = scope.execute(
        f"SELECT {', '.join(sorted(columns))} FROM {table} "  # noqa: S608 - names of our own
        "WHERE week = $week AND ($model IS NULL OR model = $model)"
    ).df()
    batch = _frames().get_batch({"dataframe": frame})
    # To ask for the rows takes twice as long.
    if batch.validate(suite(table), result_format="BOOLEAN_ONLY").success:
        return []
    results = batch.validate(suite(table), result_format=_EACH_ROW).results
    return [row for result in results if not result.success for row in _rows(table, result, scope.model)]


def _rows(table: str, result: ExpectationValidationResult, model: str | None) -> Iterator[Row]:
    """Return a row for each model that breaks one rule; of the table as a whole, one of the model asked for."""
    rule: Any = result.expectation_config
    info = result.exception_info
    # GX keeps one exception for each metric of a rule, or one for all.
    for one in [info] if "raised_exception" in info else info.values():
        if one["raised_exception"]:
            raise ExpectationError(f"{rule.type}: {one['exception_message']}")
    if "column" not in rule.kwargs:
        yield {"model": model, "problem": f"{table} has no rows"}
        return
    column = rule.kwargs["column"]
    values: defaultdict[str, list[str]] = defaultdict(list)
    for row in result.result["unexpected_index_list"]:
        values[row["model"]].append(str(row[column]))
    for name, wrong in values.items():
        problem = f"{table}.{column} {rule.meta['says']}; rows that break this: {len(wrong)}"
        yield {"model": name, "failing_rows": len(wrong), "examples": wrong[:_EXAMPLES], "problem": problem}


@cache
def _frames() -> BatchDefinition[Any]:
    """Return the one way in for frames: an ephemeral context, made once a process (the import takes seconds)."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    gc.disable()  # what is imported stays: to look for garbage among it takes a third of the time
    try:
        import great_expectations as gx
        from great_expectations.data_context.types.base import ProgressBarsConfig
    finally:
        gc.freeze()
        gc.enable()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    frames = context.data_sources.add_pandas("warehouse").add_dataframe_asset("rows")
    return frames.add_batch_definition_whole_dataframe("partition")


@cache
def suite(table: str) -> ExpectationSuite:
    """Return the Great Expectations suite of a table, made once a process."""
    import great_expectations as gx

    expectations = [
        getattr(gx.expectations, rule.expectation)(**rule.arguments, meta={"says": rule.says})
        for rule in SUITES[table]
    ]
    return gx.ExpectationSuite(name=table, expectations=expectations)
