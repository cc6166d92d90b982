"""The assets `prompts` (the plan of a partition) and `images` (its pictures), and nothing but the wiring."""

from typing import cast

import dagster as dg

from assets.generation.failure import shown
from assets.generation.partition import StoppedError, ask_partition, plan_partition, stopped_line
from assets.generation.plan import plan_sha256
from assets.generation.workplace import Workplace, parse_key


def build_assets(partitions: dg.MultiPartitionsDefinition) -> list[dg.AssetsDefinition]:
    """Return the assets of this step over models and weeks."""

    @dg.asset(partitions_def=partitions, required_resource_keys={"workplace"}, kinds={"json"})
    @shown
    def prompts(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        """The plan of one model and week: whole suites and slots, frozen before the first call."""
        place, model, week = _surroundings(context)
        plan, _ = plan_partition(place, model, week)
        return dg.MaterializeResult(metadata={"slots": len(plan.slots), "plan_sha256": plan_sha256(plan)})

    @dg.asset(partitions_def=partitions, deps=[prompts], required_resource_keys={"workplace"}, kinds={"png"})
    @shown
    def images(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        """The pictures of one model and week, with a receipt for every attempt."""
        place, model, week = _surroundings(context)
        report = ask_partition(place, model, week)
        if report.open and (report.stopped_by or report.ended or report.postponed):
            # The partition must not look finished: Dagster shows it green once it is materialized.
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
