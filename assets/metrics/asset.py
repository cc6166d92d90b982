"""The asset `scores`, and nothing but the wiring."""

from typing import cast

import dagster as dg

from assets.generation.asset import shown
from assets.generation.workplace import Workplace
from assets.metrics.week import score_weeks


def build_asset(weeks: dg.WeeklyPartitionsDefinition, *, pool: str) -> dg.AssetsDefinition:
    """Return the asset of this step over weeks; it writes to the warehouse, so it takes a place in `pool`."""
    models_of_week = dg.AssetDep(
        "loaded", partition_mapping=dg.MultiToSingleDimensionPartitionMapping(partition_dimension_name="week")
    )

    @dg.asset(
        partitions_def=weeks,
        deps=[models_of_week, "anchor_labels"],
        required_resource_keys={"workplace"},
        pool=pool,
        kinds={"duckdb"},
    )
    @shown
    def scores(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        """Checks, withheld models and scores of the week, and of earlier weeks whose rows changed."""
        place = cast(Workplace, context.resources.workplace)
        return dg.MaterializeResult(metadata={"weeks_scored": score_weeks(place, context.partition_key)})

    return scores
