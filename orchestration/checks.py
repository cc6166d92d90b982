"""Quality checks as Dagster asset checks: one adapter, no rule.

Checks on a partitioned asset look at their partition only: else the pass of one model hides the failure of another.
"""

import warnings
from collections.abc import Iterator, Sequence
from functools import cache
from threading import Lock
from typing import Any

import dagster as dg
import duckdb

from assets.generation.asset import failure, what_to_do
from assets.generation.workplace import Workplace, parse_key
from assets.metrics.week import stored_results
from assets.quality.registry import CHECKS, Stage
from assets.quality.run import CheckResult, run_checks
from orchestration.loading import WAREHOUSE_POOL
from warehouse.database.schema import open_warehouse
from warehouse.errors import ClicheError
from warehouse.loading.load import PARTITION_TABLES, load_partition, replace_rows, transaction


class FailedChecksError(ClicheError):
    """Critical checks did not pass, so what comes after them was not made."""


def build_checks(
    product: dg.MultiPartitionsDefinition, weeks: dg.WeeklyPartitionsDefinition
) -> list[dg.AssetChecksDefinition]:
    """Return the checks on `images`, `labels` and `scores`: critical ones block what comes after."""
    return [
        _partition_checks("images", "images", product),
        _partition_checks("labels", "labels", product),
        _week_checks(weeks),
    ]


def _specs(stage: Stage, asset: str, partitions: dg.PartitionsDefinition[str]) -> list[dg.AssetCheckSpec]:
    with warnings.catch_warnings():
        # Checks of partitions are a preview, which says so at each start; nothing stable keeps their results apart.
        warnings.simplefilter("ignore", dg.PreviewWarning)
        return [
            dg.AssetCheckSpec(
                check.name,
                asset=asset,
                description=check.description,
                blocking=check.severity == "critical",
                partitions_def=partitions,
            )
            for check in CHECKS
            if stage in check.stages
        ]


def _partition_checks(
    stage: Stage, asset: str, partitions: dg.MultiPartitionsDefinition
) -> dg.AssetChecksDefinition:
    @dg.multi_asset_check(name=f"{asset}_checks", specs=_specs(stage, asset, partitions))
    def checks(
        context: dg.AssetCheckExecutionContext, workplace: dg.ResourceParam[Workplace]
    ) -> Iterator[dg.AssetCheckResult]:
        results = check_partition(workplace, *parse_key(context.partition_key), stage)
        yield from _shown(workplace, results, asset, named_model_blocks=True)

    return checks


def check_partition(place: Workplace, model: str, week: str, stage: Stage) -> Sequence[CheckResult]:
    """Return the results of one stage for one partition, read from the store: no warehouse file is needed."""
    with _one_at_a_time:
        con = _in_memory()
        try:
            load_partition(con, place.store, week, model)
            return run_checks(
                con, week=week, model=model, stage=stage, store=place.store, seed=f"{week}/{model}"
            )
        finally:
            with transaction(con):
                replace_rows(con, {"week": week, "model": model}, PARTITION_TABLES, {})


@cache
def _in_memory() -> duckdb.DuckDBPyConnection:
    """Return a warehouse for one partition at a time, made once a process: its tables take as long as a check."""
    return open_warehouse(None)


_one_at_a_time = Lock()


def _week_checks(weeks: dg.WeeklyPartitionsDefinition) -> dg.AssetChecksDefinition:
    @dg.multi_asset_check(name="scores_checks", specs=_specs("publish", "scores", weeks), pool=WAREHOUSE_POOL)
    def checks(
        context: dg.AssetCheckExecutionContext, workplace: dg.ResourceParam[Workplace]
    ) -> Iterator[dg.AssetCheckResult]:
        """Show what the scoring of the week found: a named model is withheld, anything else stops publishing."""
        with open_warehouse(workplace.warehouse, read_only=True) as con:
            results = stored_results(con, context.partition_key)
        yield from _shown(workplace, results, "scores", named_model_blocks=False)

    return checks


def _shown(
    place: Workplace, results: Sequence[CheckResult], asset: str, *, named_model_blocks: bool
) -> Iterator[dg.AssetCheckResult]:
    """Yield results, then raise if one stops what comes after: Dagster would name the checks, not what they found."""
    stopping = []
    for result in results:
        passed = result.status == "pass"
        stops = result.severity == "critical" and (named_model_blocks or not result.models)
        metadata: dict[str, dg.MetadataValue[Any]] = {"status": dg.MetadataValue.text(result.status)}
        if not passed:
            rows = [{name: str(value) for name, value in row.items()} for row in result.sample]
            metadata |= {
                "failing_rows": dg.MetadataValue.int(result.failing_rows),
                "models": dg.MetadataValue.text(", ".join(result.models)),
                "sample": dg.MetadataValue.json(rows),
                "what to do": what_to_do(place),
            }
            stopping += [f"{result.message} ({result.name})"] if stops else []
        yield dg.AssetCheckResult(
            asset_key=asset,
            check_name=result.name,
            passed=passed,
            severity=dg.AssetCheckSeverity.ERROR if stops else dg.AssetCheckSeverity.WARN,
            description=result.message,
            metadata=metadata,
        )
    if stopping:
        error = FailedChecksError("; ".join(stopping))
        raise failure(error, place) from error
