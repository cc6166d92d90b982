"""Everything that Dagster knows: assets, checks, two jobs, two schedules, two sensors, wired in one place."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import dagster as dg
from pydantic import Field

from assets.gateway.batch_states import on_their_way
from assets.gateway.models_file import ModelEntry
from assets.generation.asset import build_assets as build_generation
from assets.generation.partition import affordable
from assets.generation.providers.base import answerable
from assets.generation.providers.registry import make_provider
from assets.generation.workplace import Workplace
from assets.labeling.asset import build_anchors
from assets.labeling.asset import build_asset as build_labels
from assets.labeling.status import READERS, partition_state
from assets.leaderboard.asset import build_asset as build_leaderboard
from assets.leaderboard.published import latest
from assets.metrics.asset import build_asset as build_scores
from orchestration.alerts.watch import look_once
from orchestration.checks import build_checks
from orchestration.cluster.ranges import at_work
from orchestration.cluster.ranges import build_job as build_range_job
from orchestration.cluster.ranges import build_sensor as build_ranges
from orchestration.dagster_internals import DagsterLibraryRegistry
from orchestration.gate import look
from orchestration.instance import partition_key
from orchestration.loading import WAREHOUSE_POOL
from orchestration.loading import build_asset as build_loaded
from orchestration.resources import code_version, make_workplace
from orchestration.settings import Settings, load_settings
from warehouse import keys
from warehouse.store.many import ahead
from warehouse.weeks import current_week, shift

#: A run that Dagster launched waits for a lease, whose holder may be a worker that died (it ends within a minute), and
#: for a bucket that is away. A command says at once what it lacks.
WAIT_S = 90.0

GENERATE = "generate_week"
PUBLISH = "publish_week"

#: The code server says which version of this it has, on Dagster's page and to workers.
LIBRARY = "cliche"
DagsterLibraryRegistry.register(LIBRARY, code_version(), is_dagster_package=False)


class WorkplaceResource(dg.ConfigurableResource[Workplace]):
    """Store, suites and models of an installation, read anew for each run: the cap of a run counts for it alone."""

    wait_s: float = Field(default=WAIT_S, description="Seconds to wait for a lock, or for a bucket.")
    label_range: int | None = Field(
        default=None, description="Most pictures that this run labels; runs of their own label the rest."
    )

    def make(self, settings: Settings) -> Workplace:
        """Return the surroundings that the settings describe."""
        return replace(make_workplace(settings, wait_s=self.wait_s), label_range=self.label_range)

    def create_resource(self, context: dg.InitResourceContext) -> Workplace:
        """Return the surroundings of this environment, with the id of the run that takes them."""
        place = self.make(load_settings())
        return replace(place, run_id=context.run.run_id) if context.run else place


def build_defs(settings: Settings, place: Workplace | None = None) -> dg.Definitions:
    """Return all definitions for these settings; tests and `cliche run` hand in a workplace of their own."""
    # Ranges where the daemon is that asks for more runs; `cliche run` labels in its own process.
    resource = WorkplaceResource(label_range=settings.label_range if settings.postgres else None)
    workplace = place or resource
    place = place or resource.make(settings)
    weeks = weeks_definition(settings.first_week)
    product = product_definition([entry.name for entry in place.models], weeks)
    generation = _group("generate", *build_generation(product), build_labels(product), build_loaded(product))
    publishing = _group(
        "publish",
        build_anchors(weeks),
        build_scores(weeks, pool=WAREHOUSE_POOL),
        build_leaderboard(weeks, pool=WAREHOUSE_POOL, due=_due(settings)),
    )
    # On several machines whoever publishes loads what is new: no worker else opens a warehouse.
    asked = generation[:-1] if settings.postgres else generation
    generate_job = dg.define_asset_job(
        GENERATE,
        selection=dg.AssetSelection.assets(*asked),
        description="Ask, label and load one model's week; one run a model.",
    )
    publish_job = dg.define_asset_job(
        PUBLISH,
        selection=dg.AssetSelection.assets(*publishing),
        # Tried again, it scores again what changed meanwhile: the last step alone would fail each time.
        tags={"dagster/retry_strategy": "ALL_STEPS"},
        description="Check, score and publish one week.",
    )
    return dg.Definitions(
        assets=[*generation, *publishing],
        asset_checks=build_checks(product, weeks),
        jobs=[generate_job, publish_job, *([build_range_job()] if settings.postgres else [])],
        schedules=[_monday(place), _hourly(place)],
        sensors=[
            _publish_gate(settings, place),
            _alerts(settings, place),
            *([build_ranges(place)] if settings.postgres else []),
        ],
        resources={"workplace": workplace},
        executor=dg.in_process_executor,
    )


def weeks_definition(first_week: str) -> dg.WeeklyPartitionsDefinition:
    """Return weeks from `first_week` to the present one: Mondays in UTC, the week that begins included."""
    return dg.WeeklyPartitionsDefinition(
        start_date=first_week, day_offset=1, timezone="UTC", end_offset=1, fmt="%Y-%m-%d"
    )


def product_definition(
    models: Iterable[str], weeks: dg.WeeklyPartitionsDefinition
) -> dg.MultiPartitionsDefinition:
    """Return the product of models and weeks; its keys read `model|week`."""
    return dg.MultiPartitionsDefinition({"model": dg.StaticPartitionsDefinition([*models]), "week": weeks})


def _group(name: str, *assets: dg.AssetsDefinition) -> Sequence[dg.AssetsDefinition]:
    """Return the assets in a group of Dagster's page; their owner is a team, for no setting names a person."""
    return dg.map_asset_specs(
        lambda spec: spec.replace_attributes(group_name=name, owners=["team:cliche"]), assets
    )


def _due(settings: Settings) -> dg.FreshnessPolicy:
    """Return when a week's edition is overdue: when the alert `not_published` is sent, which does not read this."""
    after_monday = timedelta(hours=settings.deadline_hours + settings.alerts.publish_hours)
    due = datetime(2026, 8, 31, tzinfo=UTC) + after_monday  # any Monday will do
    return dg.FreshnessPolicy.cron(
        deadline_cron=f"{due.minute} {due.hour} * * {due.isoweekday() % 7}",
        lower_bound_delta=min(after_monday, timedelta(weeks=1)),
    )


def _monday(place: Workplace) -> dg.ScheduleDefinition:
    @dg.schedule(
        name="every_monday",
        job_name=GENERATE,
        cron_schedule="5 0 * * 1",
        execution_timezone="UTC",
        description="Every Monday at 00:05 UTC: ask every active model for the week that begins.",
    )
    def every_monday(context: dg.ScheduleEvaluationContext) -> list[dg.RunRequest]:
        week = current_week(context.scheduled_execution_time)
        return [
            dg.RunRequest(run_key=f"{entry.name}|{week}", partition_key=partition_key(entry.name, week))
            for entry in place.active(week)
        ]

    return every_monday


def _hourly(place: Workplace) -> dg.ScheduleDefinition:
    @dg.schedule(
        name="every_hour",
        job_name=GENERATE,
        cron_schedule="35 * * * *",
        execution_timezone="UTC",
        description="Every hour: go on with the week's partitions that were begun and are not complete.",
    )
    def every_hour(context: dg.ScheduleEvaluationContext) -> list[dg.RunRequest]:
        now = context.scheduled_execution_time
        present = current_week(now)
        held = {name for name, _ in place.store.leases()}
        free = [
            (entry, week)
            for week in (shift(present, -1), present)
            for entry in place.active(week)
            if not held & {f"generate-{week}-{entry.name}", f"label-{week}-{entry.name}"}
            and not (place.label_range and at_work(context.instance, entry.name, week))
        ]

        def goes_on(one: tuple[ModelEntry, str]) -> bool:
            entry, week = one
            # Batches are taken in after their week and at a cap, too.
            batches = on_their_way(place.store, keys.batches_prefix(week, entry.name))
            return batches or _to_go_on_with(place, entry, week, is_over=week != present)

        return [
            dg.RunRequest(
                run_key=f"{entry.name}|{week}|{now:%Y%m%dT%H}", partition_key=partition_key(entry.name, week)
            )
            for (entry, week), wanted in zip(free, ahead(goes_on, free, READERS), strict=True)
            if wanted
        ]

    return every_hour


def _to_go_on_with(place: Workplace, entry: ModelEntry, week: str, *, is_over: bool) -> bool:
    """Return whether a partition was begun and something is left that needs no person (a folder does).

    Of a week that is over, pictures without labels are left.
    """
    state = partition_state(place.store, week, entry.name, place.labelers)
    if not state.planned or state.complete:
        return False
    # At a cap a person raises it, or the next month begins.
    waits = is_over or (state.open and state.at_cap and not affordable(place, entry, week))
    by_itself = not waits and answerable(make_provider(entry.provider, entry.connection)) is None
    return by_itself or bool(state.unlisted or state.unlabelled)


def _publish_gate(settings: Settings, place: Workplace) -> dg.SensorDefinition:
    """Return the sensor that publishes a week once its gate is open."""

    @dg.sensor(
        name="publish_gate",
        job_name=PUBLISH,
        minimum_interval_seconds=300,
        description="Publishes a week when every active model is complete or its deadline has passed.",
    )
    def publish_gate(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        present = current_week()
        newest = latest(place.store)
        requests: list[dg.RunRequest] = []
        closed: list[str] = []
        for week in (shift(present, -1), present):
            if newest is not None and newest.week >= week:
                continue
            gate = look(place, settings, week)
            if not any(state.planned for state in gate.states.values()):
                continue
            if gate.is_open:
                # A publish that failed is tried again, once an hour.
                run_key = f"publish-{week}-{datetime.now(UTC):%Y%m%dT%H}"
                requests.append(dg.RunRequest(run_key=run_key, partition_key=week))
            else:
                closed.append(f"week {week}: {gate.why_closed()}")
        if requests:
            # The newest alone: an edition is cumulative, and two publishes at once refuse each other.
            return dg.SensorResult(run_requests=requests[-1:])
        return dg.SensorResult(skip_reason="; ".join(closed) or "every complete week is published")

    return publish_gate


def _alerts(settings: Settings, place: Workplace) -> dg.SensorDefinition:
    """Return the sensor that looks for alerts, as `cliche watch` does; both share the record of what was sent.

    Dagster's own sensor of run failures hears of none that failed while the daemon was down.
    """

    @dg.sensor(
        name="alerts",
        minimum_interval_seconds=300,
        description="Looks for what a person should know, and sends each alert once.",
    )
    def alerts(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        done = look_once(settings, lambda: place, datetime.now(UTC), context.instance)
        holds = "; ".join(one.title for one in done.alerts) or "all is quiet"
        return dg.SkipReason("; ".join([holds, *done.problems]))

    return alerts


@dg.definitions
def defs() -> dg.Definitions:
    """Return the definitions of this installation; settings are read when Dagster loads them, not on import."""
    return build_defs(load_settings())
