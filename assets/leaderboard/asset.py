"""The asset `leaderboard`: one published edition, and nothing but the wiring."""

from typing import cast

import dagster as dg
import duckdb

from assets.generation.asset import shown
from assets.generation.workplace import Workplace
from assets.labeling.thumbnails.partition import Picture, complete_study, complete_weeks
from assets.leaderboard.browser_engine import folder as engine_folder
from assets.leaderboard.browser_engine import show_engine
from assets.leaderboard.edition import publish
from assets.leaderboard.page.sheets import SitePlace
from assets.leaderboard.published import Edition
from assets.leaderboard.views.study_pages import may_show
from assets.metrics.week import assert_publishable
from warehouse.database.connection import connect, limit_memory
from warehouse.database.published import DATABASE
from warehouse.database.week_hashes import keep_week_hashes
from warehouse.integrity.record import last_read, line
from warehouse.loading.freshness import loaded_partitions


def publish_week(place: Workplace, week: str) -> Edition:
    """Publish the week as it is scored, after missing thumbnails were made; return the edition that is current then.

    Raises:
        ClicheError: if a critical check failed without naming a model, or rows changed after they were scored.
    """
    with connect(place.warehouse) as con:
        limit_memory(con)
        keep_week_hashes(con)
    with connect(place.warehouse, read_only=True) as con:
        limit_memory(con)
        assert_publishable(con, place, week)
        loaded = loaded_partitions(con, week)
        complete_weeks(place, loaded)
        complete_studies(con, place)
        read = last_read(place.warehouse.parent, place.store.url)
        asked = {model for _, model, _ in loaded}
        for name in sorted(place.replies.keys() - asked):
            place.listener.told(f"replies/{name}.md: no model {name} was asked, so no page quotes it")
        edition = publish(
            con,
            place.store,
            week=week,
            code_version=place.code_version,
            store_read=line(read) if read else None,
            database=place.warehouse.parent / "published" / DATABASE,
            site=SitePlace(
                **place.site, replies={name: said for name, said in place.replies.items() if name in asked}
            ),
        )
    show_engine(place.store, engine_folder())
    return edition


def complete_studies(con: duckdb.DuckDBPyConnection, place: Workplace) -> None:
    """Make missing thumbnails of the studies whose license lets their pictures be shown."""
    found = con.execute("SELECT study, definition_sha256, licence FROM studies ORDER BY study").fetchall()
    for study, definition, licence in found:
        if may_show(licence):
            pictures = con.execute(
                "SELECT DISTINCT image_sha256, image_ext FROM study_slots "
                "WHERE study = $study AND image_sha256 IS NOT NULL ORDER BY ALL",
                {"study": study},
            ).fetchall()
            complete_study(place, study, definition, [Picture(*one) for one in pictures])


def build_asset(weeks: dg.WeeklyPartitionsDefinition, *, pool: str) -> dg.AssetsDefinition:
    """Return the asset of this step over weeks; while it reads the warehouse nobody can write, so it takes a place."""

    @dg.asset(
        partitions_def=weeks,
        deps=["scores"],
        required_resource_keys={"workplace"},
        pool=pool,
        kinds={"html", "parquet"},
    )
    @shown
    def leaderboard(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        """The edition of the week: data files, page and manifest, then the pointer to it."""
        place = cast(Workplace, context.resources.workplace)
        edition = publish_week(place, context.partition_key)
        return dg.MaterializeResult(metadata={"edition": edition.id, "published": edition.published})

    return leaderboard
