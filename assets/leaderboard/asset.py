"""The asset `leaderboard`: one published edition, and nothing but the wiring.

Belongs here: Dagster's view of this step. Does not belong here: what an edition is (`edition`) or shows (`view`).
"""

from typing import cast

import dagster as dg

from assets.leaderboard.edition import Edition, publish
from assets.metrics.week import stops_publishing, stored_results
from assets.workplace import Workplace
from warehouse.connection import connect
from warehouse.errors import ClicheError


def publish_week(place: Workplace, week: str) -> Edition:
    """Publish the week as it is scored; return the edition that is current then.

    Raises:
        ClicheError: if a critical check failed without naming a model.
        RefusedError: if another run is publishing.
    """
    with (
        place.store.lease("publish", purpose=f"publish {week}"),
        connect(place.warehouse, read_only=True) as con,
    ):
        stopping = stops_publishing(stored_results(con, week))
        if stopping:
            raise ClicheError(
                f"week {week} is not published: " + "; ".join(f"{c.message} ({c.name})" for c in stopping)
            )
        return publish(con, place.store, week=week, code_version=place.code_version)


def build_asset(weeks: dg.WeeklyPartitionsDefinition) -> dg.AssetsDefinition:
    """Return the asset of this step over weeks."""

    @dg.asset(
        partitions_def=weeks, deps=["scores"], required_resource_keys={"workplace"}, kinds={"html", "parquet"}
    )
    def leaderboard(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        """The edition of the week: data files, page and manifest, then the pointer to it."""
        place = cast(Workplace, context.resources.workplace)
        edition = publish_week(place, context.partition_key)
        return dg.MaterializeResult(metadata={"edition": edition.id, "published": edition.published})

    return leaderboard
