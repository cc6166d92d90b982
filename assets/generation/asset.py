"""The assets `prompts` (the plan of a partition) and `images` (its pictures), and nothing but the wiring.

And what Dagster's page shows of an error of ours, at any step: its line, what to do, and only then the traceback.
"""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

import dagster as dg

from assets.generation.partition import StoppedError, ask_partition, over, plan_partition, stopped_line
from assets.generation.plan import plan_bytes
from assets.generation.workplace import Workplace, parse_key
from warehouse.canonical import sha256_hex
from warehouse.errors import ClicheError

Made = TypeVar("Made", bound=dg.MaterializeResult[None] | None)
Step = Callable[[dg.AssetExecutionContext, Workplace], Made]


def shown(step: Step[Made]) -> Step[Made]:
    """Return the function of an asset, whose errors of ours Dagster shows by their line; the cause is the error."""

    @wraps(step)
    def run(context: dg.AssetExecutionContext, workplace: Workplace) -> Made:
        try:
            return step(context, workplace)
        except ClicheError as error:
            raise failure(error, workplace) from error

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

    @dg.asset(partitions_def=partitions, kinds={"json"})
    @shown
    def prompts(
        context: dg.AssetExecutionContext, workplace: dg.ResourceParam[Workplace]
    ) -> dg.MaterializeResult[None]:
        """The plan of one model and week: whole suites and slots, frozen before the first call."""
        plan, _ = plan_partition(workplace, *parse_key(context.partition_key))
        digest = sha256_hex(plan_bytes(plan))
        return dg.MaterializeResult(metadata={"slots": len(plan.slots), "plan_sha256": digest})

    @dg.asset(partitions_def=partitions, deps=[prompts], kinds={"png"})
    @shown
    def images(
        context: dg.AssetExecutionContext, workplace: dg.ResourceParam[Workplace]
    ) -> dg.MaterializeResult[None]:
        """The pictures of one model and week, with a receipt for every attempt."""
        model, week = parse_key(context.partition_key)
        report = ask_partition(workplace, model, week)
        early = report.stopped_by or report.ended or report.postponed
        if report.open and early and not over(workplace, model, week):
            # The partition must not look finished: Dagster shows it green once it is materialized. What stays open
            # when its week is over is a gap, and what was answered goes on.
            raise StoppedError(stopped_line(model, week, report))
        if report.line is not None:
            context.log.warning(f"{model}: {report.line}")
        counts = {"planned": report.planned, "calls": report.asked, "cost_usd": report.cost_usd}
        return dg.MaterializeResult(metadata={**counts, **report.outcomes})

    return [prompts, images]
