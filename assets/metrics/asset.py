"""The asset `scores`, and nothing but the wiring."""

import dagster as dg

from assets.generation.asset import shown
from assets.generation.workplace import Workplace
from assets.metrics.week import score_weeks


def build_asset(weeks: dg.WeeklyPartitionsDefinition, *, pool: str) -> dg.AssetsDefinition:
    """Return the asset of this step over weeks; it writes to the warehouse, so it takes a place in `pool`."""

    @dg.asset(partitions_def=weeks, deps=["loaded", "anchor_labels"], pool=pool, kinds={"duckdb"})
    @shown
    def scores(
        context: dg.AssetExecutionContext, workplace: dg.ResourceParam[Workplace]
    ) -> dg.MaterializeResult[None]:
        """Checks, withheld models and scores of the week, and of earlier weeks whose rows changed."""
        return dg.MaterializeResult(metadata={"weeks_scored": score_weeks(workplace, context.partition_key)})

    return scores
