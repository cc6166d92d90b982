"""The assets `prompts` (the plan of a partition) and `images` (its pictures), and nothing but the wiring.

And what Dagster's page shows of an error of ours, at any step: its line, what to do, and only then the traceback.
"""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, cast

import dagster as dg

from assets.generation.partition import StoppedError, ask_partition, over, plan_partition, stopped_line
from assets.generation.plan import plan_bytes
from assets.generation.workplace import Workplace, parse_key
from warehouse.canonical import sha256_hex
from warehouse.errors import ClicheError

Made = TypeVar("Made", bound=dg.MaterializeResult[None] | None)


def shown(step: Callable[[dg.AssetExecutionContext], Made]) -> Callable[[dg.AssetExecutionContext], Made]:
    """Return the function of an asset, whose errors of ours Dagster shows by their line; the cause is the error."""

    @wraps(step)
    def run(context: dg.AssetExecutionContext) -> Made:
        try:
            return step(context)
        except ClicheError as error:
            raise failure(error, cast(Workplace, context.resources.workplace)) from error

    return run


def failure(error: ClicheError, place: Workplace) -> dg.Failure:
    """Return what Dagster shows of an error: raise it from that error."""
    return dg.Failure(str(error), metadata={"what to do": what_to_do(place)})


def what_to_do(place: Workplace) -> dg.MetadataValue[str | None]:
    """Return where it is written what to do, as a link where the docs are on the web."""
    where = f"{place.docs}#when-something-is-wrong"
    return dg.MetadataValue.url(where) if where.startswith("http") else dg.MetadataValue.text(where)


def build_assets(partitions: dg.MultiPartitionsDefinition) -> list[dg.AssetsDefinition]:
    """Return the assets of this step over models and weeks."""

    @dg.asset(partitions_def=partitions, required_resource_keys={"workplace"}, kinds={"json"})
    @shown
    def prompts(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        """The plan of one model and week: whole suites and slots, frozen before the first call."""
        place, model, week = _surroundings(context)
        plan, _ = plan_partition(place, model, week)
        return dg.MaterializeResult(
            metadata={"slots": len(plan.slots), "plan_sha256": sha256_hex(plan_bytes(plan))}
        )

    @dg.asset(partitions_def=partitions, deps=[prompts], required_resource_keys={"workplace"}, kinds={"png"})
    @shown
    def images(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        """The pictures of one model and week, with a receipt for every attempt."""
        place, model, week = _surroundings(context)
        report = ask_partition(place, model, week)
        if (
            report.open
            and (report.stopped_by or report.ended or report.postponed)
            and not over(place, model, week)
        ):
            # The partition must not look finished: Dagster shows it green once it is materialized. What stays open
            # when its week is over is a gap, and what was answered goes on.
            raise StoppedError(stopped_line(model, week, report))
        if report.line is not None:
            context.log.warning(f"{model}: {report.line}")
        return dg.MaterializeResult(
            metadata={"planned": report.planned, "calls": report.asked, **dict(report.outcomes)}
        )

    return [prompts, images]


def _surroundings(context: dg.AssetExecutionContext) -> tuple[Workplace, str, str]:
    place = cast(Workplace, context.resources.workplace)
    return place, *parse_key(context.partition_key)
