"""The assets `labels` and `anchor_labels`, and nothing but the wiring."""

from collections.abc import Iterator

import dagster as dg

from assets.generation.asset import shown
from assets.generation.workplace import Workplace, parse_key
from assets.labeling.anchors.sets import label_anchor_sets
from assets.labeling.partition import UnlabeledError, label, left_over, split
from assets.labeling.status import partition_state


def build_asset(partitions: dg.MultiPartitionsDefinition) -> dg.AssetsDefinition:
    """Return the asset of this step over models and weeks."""

    @dg.asset(
        partitions_def=partitions,
        deps=["images"],
        kinds={"parquet"},
        output_required=False,
    )
    def labels(
        context: dg.AssetExecutionContext, workplace: dg.ResourceParam[Workplace]
    ) -> Iterator[dg.MaterializeResult[None]]:
        """What the pictures of one model and week show, read by one labeler version."""
        if (made := _labeled(context, workplace)) is not None:
            yield made

    @shown
    def _labeled(context: dg.AssetExecutionContext, place: Workplace) -> dg.MaterializeResult[None] | None:
        model, week = parse_key(context.partition_key)
        if place.label_range and (
            parts := split(place, partition_state(place.store, week, model, place.labelers))
        ):
            context.log.info(f"so many pictures are labeled by {len(parts)} runs of label_range")
            return None
        report = label(place, model, week)
        if report.open and (report.stopped_by or report.trouble):
            # The partition must not look finished, as with pictures.
            raise UnlabeledError(
                f"{left_over(report)}; fix the cause and re-execute this run: the other labels are kept"
            )
        if report.open:
            context.log.warning(left_over(report))
        return dg.MaterializeResult(
            metadata={
                "pictures": report.pictures,
                "labels_written": report.written,
                "labels_before": report.already,
                "labeler": report.labeler,
                "declined": report.declined,
                "unlabelled": report.open,
                "cost_usd": report.cost_usd,
            }
        )

    return labels


def build_anchors(weeks: dg.WeeklyPartitionsDefinition) -> dg.AssetsDefinition:
    """Return the asset of the anchors over weeks; it needs no warehouse."""

    @dg.asset(partitions_def=weeks, deps=["loaded"], kinds={"parquet"})
    @shown
    def anchor_labels(
        context: dg.AssetExecutionContext, workplace: dg.ResourceParam[Workplace]
    ) -> dg.MaterializeResult[None]:
        """What every labeler of the week says of the frozen anchor pictures, to see whether it moved."""
        report = label_anchor_sets(workplace, context.partition_key)
        return dg.MaterializeResult(
            metadata={
                "pictures": sum(report.labelled.values()),
                "gaps": "; ".join(f"{week} {who}: {why}" for (week, who), why in report.gaps.items()),
            }
        )

    return anchor_labels
