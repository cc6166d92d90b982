"""The asset `labels`, and nothing but the wiring.

Belongs here: Dagster's view of this step. Does not belong here: any rule; those stand in `run` and the labelers.
"""

from typing import cast

import dagster as dg

from assets.generation.plan import read_plan
from assets.generation.workplace import Workplace, parse_key
from assets.labeling.run import Report, label_partition
from warehouse.errors import ClicheError


def label(place: Workplace, model: str, week: str) -> Report:
    """Label what is missing in one partition under its lease, and return what was done.

    Raises:
        ClicheError: if the partition was never planned.
        RefusedError: if another run holds the partition.
    """
    plan = read_plan(place.store, week, model)
    if plan is None:
        raise ClicheError(f"nothing was planned for {model} in the week {week}; run it first")
    with place.store.lease(f"label-{week}-{model}", purpose=f"label {week} / {model}"):
        return label_partition(
            place.store,
            plan,
            workers=place.workers,
            on_tasks=place.listener.to_label,
            on_picture=place.listener.labelled,
        )


def build_asset(partitions: dg.MultiPartitionsDefinition) -> dg.AssetsDefinition:
    """Return the asset of this step over models and weeks."""

    @dg.asset(
        partitions_def=partitions, deps=["images"], required_resource_keys={"workplace"}, kinds={"parquet"}
    )
    def labels(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        """What the pictures of one model and week show, read by one labeler version."""
        place = cast(Workplace, context.resources.workplace)
        report = label(place, *parse_key(context.partition_key))
        return dg.MaterializeResult(
            metadata={
                "pictures": report.pictures,
                "labels_written": report.written,
                "labels_before": report.already,
                "labeler": report.labeler,
            }
        )

    return labels
