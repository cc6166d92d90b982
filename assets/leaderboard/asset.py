"""The asset `leaderboard`: one published edition, and nothing but the wiring."""

from collections.abc import Iterable

import dagster as dg
import duckdb

from assets.generation.asset import shown
from assets.generation.workplace import Workplace
from assets.labeling.thumbnails.partition import Picture, complete_study, complete_weeks
from assets.leaderboard import chain
from assets.leaderboard.browser_engine import folder as engine_folder
from assets.leaderboard.browser_engine import show_engine
from assets.leaderboard.edition import publish
from assets.leaderboard.licenses import may_show
from assets.leaderboard.page.sheets import SitePlace
from assets.leaderboard.published import Edition, latest, read_manifest, table_rows, without_plan
from assets.metrics.week import assert_publishable
from warehouse.database.connection import limit_memory
from warehouse.database.published import DATABASE
from warehouse.database.schema import open_warehouse
from warehouse.database.week_hashes import keep_week_hashes
from warehouse.integrity import record
from warehouse.loading.freshness import loaded_partitions
from warehouse.weeks import span


def publish_week(place: Workplace, week: str) -> Edition:
    """Publish the week as it is scored, after missing thumbnails were made; return the edition that is current then.

    Raises:
        ClicheError: if a critical check failed without naming a model, or rows changed after they were scored.
    """
    with open_warehouse(place.warehouse) as con:
        limit_memory(con)
        keep_week_hashes(con)
    with open_warehouse(place.warehouse, read_only=True) as con:
        limit_memory(con)
        assert_publishable(con, place, week)
        loaded = loaded_partitions(con, week)
        complete_weeks(place, loaded)
        complete_studies(con, place)
        tell_gaps(place, week, loaded)
        read = record.last(record.READ, place.warehouse.parent, place.store.url)
        asked = {model for _, model, _ in loaded}
        for name in sorted(place.replies.keys() - asked):
            place.listener.told(f"replies/{name}.md: no model {name} was asked, so no page quotes it")
        edition = publish(
            con,
            place.store,
            week=week,
            code_version=place.code_version,
            store_read=record.line(record.READ, read) if read else None,
            database=place.warehouse.parent / "published" / DATABASE,
            site=SitePlace(
                **place.site, replies={name: text for name, text in place.replies.items() if name in asked}
            ),
        )
    show_engine(place.store, engine_folder())
    return edition


def tell_gaps(place: Workplace, week: str, loaded: Iterable[tuple[str, str, str]]) -> None:
    """Tell of weeks up to `week`, and editions, that are gone from the store, and of weeks that nobody was asked in."""
    held = {(of, model) for of, model, _ in loaded}
    lost = without_plan(place.store, latest(place.store), held)
    for of, models in lost.items():
        if of <= week:
            shown = (
                "until cliche rebuild they are shown as before"
                if held.issuperset((of, model) for model in models)
                else "this edition shows a gap"
            )
            place.listener.told(
                f"week {of}: the store has no plan of {', '.join(models)} any more, whose pictures were published: "
                f"restore it from a copy (cliche restore); {shown}"
            )
    for edition in chain.gone(place.store):
        place.listener.told(
            f"edition {edition} was published, and the store has it no more: restore it from a copy (cliche restore)"
        )
    asked = {of for of, _ in held}
    gaps = [of for of in span(min(asked, default=week), week) if of not in asked | lost.keys()]
    if gaps:
        place.listener.told(f"Nobody was asked in {', '.join(gaps)}: a gap on the pages.")


def complete_studies(con: duckdb.DuckDBPyConnection, place: Workplace) -> None:
    """Make missing thumbnails of the studies whose license lets their pictures be shown."""
    studies = con.execute("SELECT study, definition_sha256, license FROM studies ORDER BY study").fetchall()
    for study, definition, terms in studies:
        if may_show(terms):
            pictures = con.execute(
                "SELECT DISTINCT image_sha256, image_ext FROM study_slots "
                "WHERE study = $study AND image_sha256 IS NOT NULL ORDER BY ALL",
                {"study": study},
            ).fetchall()
            complete_study(place, study, definition, [Picture(*one) for one in pictures])


def build_asset(
    weeks: dg.WeeklyPartitionsDefinition, *, pool: str, due: dg.FreshnessPolicy
) -> dg.AssetsDefinition:
    """Return the asset of this step over weeks; while it reads the warehouse nobody can write, so it takes a place."""

    @dg.asset(
        partitions_def=weeks,
        deps=["scores"],
        pool=pool,
        kinds={"html", "parquet"},
        freshness_policy=due,
    )
    @shown
    def leaderboard(
        context: dg.AssetExecutionContext, workplace: dg.ResourceParam[Workplace]
    ) -> dg.MaterializeResult[None]:
        """The edition of the week: data files, page and manifest, then the pointer to it."""
        edition = publish_week(workplace, context.partition_key)
        page, url = f"{edition.prefix}index.html", workplace.site.get("url")
        parts = read_manifest(workplace.store, edition.id)["tables"]["leaderboard"]["parts"]
        withheld = table_rows(workplace.store, edition.id, "withheld", [edition.week])
        return dg.MaterializeResult(
            metadata={
                "edition": edition.id,
                "published": edition.published,
                "page": dg.MetadataValue.url(f"{url}/{page}")
                if url
                else dg.MetadataValue.path(f"{workplace.store.url}/{page}"),
                "dagster/row_count": sum(part["rows"] for part in parts if part["week"] == edition.week),
                "withheld": "; ".join(f"{row['model']}: {row['reason']}" for row in withheld) or "none",
            }
        )

    return leaderboard
