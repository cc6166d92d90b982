"""Checks of single columns by Great Expectations: one suite a table, as a table of expectations.

Types and NOT NULL are kept by the schema of the warehouse and are not checked again.

An empty column and an empty frame pass every rule about values, so what must be there has a rule of its own here, and
what must be as many as planned is counted in SQL (`slots__counts_add_up`, `labels__present`).
"""

from __future__ import annotations

import gc
import os
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from assets.gateway.records import Outcome
from assets.quality.scope import CheckScope, Row
from warehouse.errors import ClicheError

if TYPE_CHECKING:
    import pandas as pd
    from great_expectations.core import ExpectationSuite, ExpectationValidationResult
    from great_expectations.core.batch_definition import BatchDefinition

Detail = Literal["BOOLEAN_ONLY", "BASIC"]
NAME = r"^[a-z0-9][a-z0-9._-]*\Z"
_ONCE = "Once"  # ends the names of the expectations that are made of GX's own here
SHA256 = r"^[0-9a-f]{64}\Z"


class Rule(NamedTuple):
    """One expectation: the column, the class in `great_expectations.expectations`, its arguments, and the words."""

    column: str | None  # None: the table as a whole
    expectation: str
    arguments: Mapping[str, Any]
    says: str


def _one_of(column: str, *values: object) -> Rule:
    said = f"is one of {', '.join(map(str, values))}" if len(values) < 6 else "is in the declared list"
    return Rule(column, "ExpectColumnValuesToBeInSet", {"value_set": list(values)}, said)


def _between(column: str, low: float, high: float | None = None) -> Rule:
    said = f"is at least {low}" if high is None else f"lies within {low} and {high}"
    return Rule(column, "ExpectColumnValuesToBeBetween", {"min_value": low, "max_value": high}, said)


def _like(column: str, regex: str, said: str) -> Rule:
    return Rule(column, "ExpectColumnValuesToMatchRegex", {"regex": regex}, said)


def _given(column: str) -> Rule:
    return Rule(column, "ExpectColumnValuesToNotBeNull", {}, "is not empty")


_SOME_ROWS = Rule(None, "ExpectTableRowCountToBeBetween", {"min_value": 1}, "has rows")
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
    """Return a row for each expectation of a table's suite that does not hold, for each model apart.

    The whole week is looked at at once; only where something fails are the models looked at one by one, so that one
    model's good rows hide nothing and the bad ones have a name.
    """
    frame = _frame(table, scope)
    if not _broken(table, frame, "BOOLEAN_ONLY"):
        return []
    parts: dict[str | None, pd.DataFrame] = {
        str(model): part for model, part in frame.groupby("model", sort=True, dropna=False)
    }
    found: list[Row] = [
        {
            "model": model,
            "column": rule.column,
            "rule": rule.says,
            "failing_rows": int(outcome.result.get("unexpected_count") or 1),
            "examples": [str(value) for value in outcome.result.get("partial_unexpected_list", [])[:5]],
            "problem": _problem(table, rule, outcome),
        }
        for model, part in (parts or {scope.model: frame}).items()
        for rule, outcome in _broken(table, part, "BASIC")
    ]
    if not found:
        raise ExpectationError(f"a rule of {table} fails for the week but for none of its models")
    return found


def _problem(table: str, rule: Rule, outcome: ExpectationValidationResult) -> str:
    if rule.column is None:
        return f"{table} has no rows"
    count = outcome.result.get("unexpected_count")
    return (
        f"{table}.{rule.column} {rule.says}: not so in {count} of {outcome.result.get('element_count')} rows"
    )


def _frame(table: str, scope: CheckScope) -> pd.DataFrame:
    """Return the columns that have rules, of the rows of the week and model, as the pandas frame that GX reads."""
    wanted = ", ".join(sorted({rule.column for rule in SUITES[table] if rule.column} | {"model"}))
    return scope.execute(
        f"SELECT {wanted} FROM {table} WHERE week = $week AND ($model IS NULL OR model = $model)"  # noqa: S608
    ).df()


def _broken(
    table: str, frame: pd.DataFrame, detail: Detail
) -> list[tuple[Rule, ExpectationValidationResult]]:
    """Return the rules of a suite that the frame breaks, each with what was found."""
    batch = _batch_definition().get_batch({"dataframe": frame})
    by_key = {_key(rule.expectation, rule.column): rule for rule in SUITES[table]}
    broken = []
    for result in batch.validate(suite(table), result_format=detail).results:
        config = result.expectation_config
        if config is None:
            raise ExpectationError("a result does not say which expectation it is of")
        name = config.type.removesuffix(f"_{_ONCE.lower()}")
        if error := _exception(result.exception_info):
            raise ExpectationError(f"{name}: {error}")
        if not result.success:
            broken.append((by_key[_key(name, config.kwargs.get("column"))], result))
    return broken


def _key(expectation: str, column: str | None) -> tuple[str, str | None]:
    return expectation.replace("_", "").lower(), column


def _exception(info: Mapping[str, Any] | None) -> str | None:
    """Return the message of an exception inside an expectation; GX keeps one a metric, or one for all."""
    if not info:
        return None
    if "raised_exception" in info:
        info = {"": info}
    for one in info.values():
        if one.get("raised_exception"):
            return str(one.get("exception_message") or "an exception without a message")
    return None


@cache
def _batch_definition() -> BatchDefinition[Any]:
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

    made = [
        _expectation(rule.expectation)(**({"column": rule.column} if rule.column else {}), **rule.arguments)
        for rule in SUITES[table]
    ]
    return gx.ExpectationSuite(name=table, expectations=made)


@cache
def _expectation(name: str) -> Any:
    """Return an expectation of GX as a custom one that makes its configuration once: GX asks for it forty times."""
    import great_expectations as gx
    from great_expectations.compatibility.pydantic import PrivateAttr

    base = getattr(gx.expectations, name)
    make = base.configuration.fget

    def configuration(self: Any) -> Any:
        if self._made is None:
            self._made = make(self)
        return self._made

    return type(base)(
        f"{name}{_ONCE}",
        (base,),
        {"__module__": __name__, "_made": PrivateAttr(None), "configuration": property(configuration)},
    )
