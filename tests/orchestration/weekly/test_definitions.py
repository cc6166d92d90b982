"""What Dagster knows: the graph, partitions, pools, jobs, Monday's schedule and the sensor of the publish gate."""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.sensor_definition import SensorExecutionData
from dagster._core.execution.plan.resume_retry import ReexecutionStrategy
from dagster._daemon.auto_run_reexecution.auto_run_reexecution import get_reexecution_strategy
from pydantic import SecretStr

from assets.generation.partition import ask_partition, plan_partition
from assets.generation.workplace import parse_key
from assets.labeling.partition import label
from assets.quality.registry import CHECKS
from orchestration.definitions import GENERATE, PUBLISH, build_defs, product_definition, weeks_definition
from orchestration.definitions import defs as lazy_defs
from orchestration.instance import partition_key
from orchestration.settings import load_settings
from tests.orchestration.installation import Installation, entry, install
from warehouse import keys
from warehouse.loading.seals import sealed
from warehouse.weeks import current_week, shift

STEPS = ("prompts", "images", "labels", "loaded", "anchor_labels", "scores", "leaderboard")
AT_MIDNIGHT = datetime(2026, 11, 30, 0, 5, tzinfo=UTC)  # a Monday


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    installation = install(
        tmp_path_factory.mktemp("definitions") / "home",
        entry("sim-classic"),
        entry("sim-retired", until="2026-11-02"),
        entry("sim-successor", **{"from": "2026-11-30"}),
        entry("sim-drift", **{"from": "2026-12-07"}),
    )
    return build_defs(installation.settings, installation.place())


def test_what_workspace_yaml_names_reads_the_settings_of_the_environment(fresh: Installation) -> None:
    fresh.write_models(entry("sim-cautious"))
    loaded = lazy_defs()
    loaded = loaded if isinstance(loaded, dg.Definitions) else loaded.load_fn(None)
    images = loaded.resolve_asset_graph().get(dg.AssetKey("images"))
    assert {parse_key(key)[0] for key in images.partitions_def.get_partition_keys()} == {"sim-cautious"}


def test_the_cap_of_a_run_counts_for_each_run_that_dagster_launches(fresh: Installation) -> None:
    loaded = build_defs(fresh.settings)
    resource = (loaded.resources or {})["workplace"]
    seen = []
    for number in ("one", "two"):
        run = dg.DagsterRun(job_name=GENERATE, run_id=number)
        with dg.build_resources({"workplace": resource}, dagster_run=run) as resources:
            seen.append((resources.workplace.run_id, resources.workplace.budget.run_id))
    assert seen == [("one", "one"), ("two", "two")]


def test_the_graph_reads_from_prompts_to_leaderboard(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    assert {key.to_user_string() for key in graph.get_all_asset_keys()} == set(STEPS)
    edges = {
        (parent.to_user_string(), key.to_user_string())
        for key in graph.get_all_asset_keys()
        for parent in graph.get(key).parent_keys
    }
    assert edges == {*pairwise(STEPS), ("loaded", "scores")}
    specs = {spec.key.to_user_string(): spec for spec in definitions.resolve_all_asset_specs()}
    groups = dict.fromkeys(STEPS[:4], "generate") | dict.fromkeys(STEPS[4:], "publish")
    assert {step: spec.group_name for step, spec in specs.items()} == groups
    assert {tuple(spec.owners) for spec in specs.values()} == {("team:cliche",)}


def test_models_and_weeks_up_to_loaded_and_weeks_from_scores_on(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    for step in STEPS:
        partitions = graph.get(dg.AssetKey(step)).partitions_def
        if step in STEPS[:4]:
            assert isinstance(partitions, dg.MultiPartitionsDefinition)
            keys = partitions.get_partition_keys(current_time=AT_MIDNIGHT)
            assert "sim-classic|2026-11-30" in keys
            assert len(keys) == 4 * 13
        else:
            assert isinstance(partitions, dg.WeeklyPartitionsDefinition)


def test_scores_of_a_week_depend_on_all_models_of_that_week(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    loaded = graph.get(dg.AssetKey("loaded")).partitions_def
    for step in ("anchor_labels", "scores"):
        node = graph.get(dg.AssetKey(step))
        mapping = graph.get_partition_mapping(node.key, dg.AssetKey("loaded"))
        week = node.partitions_def.subset_with_partition_keys(["2026-11-23"])
        needed = mapping.get_upstream_mapped_partitions_result_for_partitions(
            week, node.partitions_def, loaded
        )
        assert {*needed.partitions_subset.get_partition_keys()} == {
            f"sim-{name}|2026-11-23" for name in ("classic", "retired", "successor", "drift")
        }


@pytest.mark.parametrize(
    ("deadline_hours", "publish_hours", "cron", "window_hours"),
    [(132.0, 3.0, "0 15 * * 6", 135), (0.5, 1.0, "30 1 * * 1", 1.5), (168.0, 3.0, "0 3 * * 1", 168)],
)
def test_an_edition_is_overdue_when_the_alert_says_so(
    fresh: Installation, deadline_hours: float, publish_hours: float, cron: str, window_hours: float
) -> None:
    fresh.configure(deadline_hours=deadline_hours, alerts={"publish_hours": publish_hours})
    loaded = build_defs(fresh.settings, fresh.place())
    due = {spec.key.to_user_string(): spec.freshness_policy for spec in loaded.resolve_all_asset_specs()}
    assert due.pop("leaderboard") == dg.FreshnessPolicy.cron(cron, timedelta(hours=window_hours))
    assert {*due.values()} == {None}


def test_nothing_warns_when_dagster_loads_the_definitions(fresh: Installation) -> None:
    postgres = SecretStr("postgresql://nobody@localhost/none")
    settings = fresh.settings.model_copy(update={"postgres": postgres})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        build_defs(settings, fresh.place()).get_repository_def()


def test_weeks_are_mondays_in_utc_and_the_week_that_begins_is_one() -> None:
    weeks = weeks_definition("2026-09-07")
    assert weeks.timezone == "UTC"
    for when, last in (
        (datetime(2026, 11, 29, 23, 59, tzinfo=UTC), "2026-11-23"),  # Sunday
        (datetime(2026, 11, 30, 0, 0, tzinfo=UTC), "2026-11-30"),
        (datetime(2027, 1, 6, tzinfo=UTC), "2027-01-04"),  # after week 53
    ):
        keys = weeks.get_partition_keys(current_time=when)
        assert (keys[0], keys[-1]) == ("2026-09-07", last)
        assert {(shift(a, 1) == b) for a, b in pairwise(keys)} == {True}


def test_keys_read_model_and_week_and_are_parsed_back() -> None:
    model = "gpt-image-2.6"
    key = partition_key(model, "2026-12-28")
    assert (str(key), parse_key(key)) == (f"{model}|2026-12-28", (model, "2026-12-28"))
    product = product_definition([model], weeks_definition("2026-09-07"))
    assert {parse_key(each)[0] for each in product.get_partition_keys()} == {model}


def test_what_opens_the_warehouse_alone_takes_a_place_in_its_pool(definitions: dg.Definitions) -> None:
    pools = {
        asset.key.to_user_string(): {op.pool for op in asset.op.iterate_op_defs()} if asset.op else set()
        for asset in definitions.resolve_asset_graph().assets_defs
        if asset.keys
    }
    opens = {"loaded", "scores", "leaderboard"}  # even a reader of the file keeps writers out
    assert {step for step in STEPS if pools[step] == {"warehouse"}} == opens
    assert {step for step in STEPS if pools[step] == {None}} == set(STEPS) - opens


def test_two_jobs_part_where_models_meet(definitions: dg.Definitions) -> None:
    for name, steps in ((GENERATE, STEPS[:4]), (PUBLISH, STEPS[4:])):
        job = definitions.resolve_job_def(name)
        assert {key.to_user_string() for key in job.asset_layer.selected_asset_keys} == set(steps)
        assert job.partitions_def is not None


def test_a_publish_is_tried_again_from_its_first_step(definitions: dg.Definitions) -> None:
    """What changed after it was scored is not scored again by the step that notices it."""
    tags = definitions.resolve_job_def(PUBLISH).run_tags
    with dg.DagsterInstance.ephemeral() as instance:
        strategy = get_reexecution_strategy(dg.DagsterRun(job_name=PUBLISH, tags=tags), instance)
    assert strategy is ReexecutionStrategy.ALL_STEPS


def test_every_check_is_there_at_its_stages_and_critical_ones_block(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    asset_of = {"images": "images", "labels": "labels", "publish": "scores"}
    expected = {
        (asset_of[stage], check.name): check.severity == "critical"
        for check in CHECKS
        for stage in check.stages
    }
    found = {(key.asset_key.to_user_string(), key.name): graph.get(key) for key in graph.asset_check_keys}
    assert {key: node.blocking for key, node in found.items()} == expected
    assert all(node.partitions_def is not None for node in found.values())


def tick(definitions: dg.Definitions, at: datetime, name: str = "every_monday") -> Sequence[dg.RunRequest]:
    schedule = definitions.resolve_schedule_def(name)
    with dg.build_schedule_context(
        scheduled_execution_time=at, repository_def=definitions.get_repository_def()
    ) as context:
        return schedule.evaluate_tick(context).run_requests or ()


def test_monday_asks_every_active_model_for_the_week_that_begins(definitions: dg.Definitions) -> None:
    schedule = definitions.resolve_schedule_def("every_monday")
    assert schedule.execution_timezone == "UTC"
    requests = tick(definitions, AT_MIDNIGHT)
    assert [(request.partition_key, request.run_key) for request in requests] == [
        ("sim-classic|2026-11-30", "sim-classic|2026-11-30"),
        ("sim-successor|2026-11-30", "sim-successor|2026-11-30"),
    ]
    late = tick(definitions, datetime(2026, 11, 2, 0, 5, tzinfo=UTC))  # for the week it was scheduled for
    assert [r.partition_key for r in late] == ["sim-classic|2026-11-02", "sim-retired|2026-11-02"]


def test_schedules_and_sensors_are_off_and_tick_as_the_docs_say(definitions: dg.Definitions) -> None:
    schedules = {name: definitions.resolve_schedule_def(name) for name in ("every_monday", "every_hour")}
    sensors = {name: definitions.resolve_sensor_def(name) for name in ("publish_gate", "alerts")}
    assert {name: one.cron_schedule for name, one in schedules.items()} == {
        "every_monday": "5 0 * * 1",
        "every_hour": "35 * * * *",
    }
    assert {one.minimum_interval_seconds for one in sensors.values()} == {300}
    assert {one.default_status for one in schedules.values()} == {dg.DefaultScheduleStatus.STOPPED}
    assert {one.default_status for one in sensors.values()} == {dg.DefaultSensorStatus.STOPPED}


def test_every_hour_goes_on_with_what_was_begun_and_is_not_complete(tmp_path: Path) -> None:
    place = install(
        tmp_path / "home",
        "sim-classic",
        "sim-drift",
        entry("by-folder", provider="midjourney", model_id="7", params={}, labeler="drawing"),
    ).place()
    week, now = current_week(), datetime.now(UTC).replace(minute=35)
    defs = build_defs(load_settings({"CLICHE_HOME": str(tmp_path / "home")}), place)

    def asked() -> list[str | None]:
        return [request.partition_key for request in tick(defs, now, "every_hour")]

    assert asked() == []  # nothing was begun: Monday begins
    for model in ("sim-classic", "by-folder"):
        plan_partition(place, model, week)
    assert asked() == [f"sim-classic|{week}"]  # a folder waits for a person
    (request,) = tick(defs, now, "every_hour")
    assert request.run_key == f"sim-classic|{week}|{now:%Y%m%dT%H}"
    with place.store.lease(f"generate-{week}-sim-classic", purpose="test"):
        assert asked() == []  # another run is at it
    ask_partition(place, "sim-classic", week)
    assert asked() == [f"sim-classic|{week}"]  # its pictures have no labels yet
    label(place, "sim-classic", week)
    assert asked() == []


def test_pictures_in_batches_are_taken_in_every_hour_after_their_week_too(tmp_path: Path) -> None:
    place = install(tmp_path / "home", "sim-classic").place()
    now, last = datetime.now(UTC), shift(current_week(), -1)
    defs = build_defs(load_settings({"CLICHE_HOME": str(tmp_path / "home")}), place)
    states = f"{keys.batches_prefix(last, 'sim-classic')}0001-"
    calls = {"mark": "m", "calls": [{"key": "k", "attempt": 1}], "at": "2026-11-22T23:00:00"}
    asked: list[list[str | None]] = []
    for state, value in (("intended", calls), ("sent1", {"at": calls["at"]}), ("ended", {"at": calls["at"]})):
        key = f"{states}{state}.json"
        place.store.put_if_absent(key, sealed(key, value))
        asked.append([request.partition_key for request in tick(defs, now, "every_hour")])
    assert asked == [[], [f"sim-classic|{last}"], []]


def look_at_gate(definitions: dg.Definitions) -> SensorExecutionData:
    sensor = definitions.resolve_sensor_def("publish_gate")
    with dg.build_sensor_context(repository_def=definitions.get_repository_def()) as context:
        return sensor.evaluate_tick(context)


def test_the_gate_waits_opens_and_closes_behind_the_edition(tmp_path: Path) -> None:
    installation = install(tmp_path / "home", "sim-classic", deadline_hours=168)  # never passes in its week
    place, settings, week = installation.place(), installation.settings, current_week()
    defs = build_defs(settings, place)

    def tick() -> tuple[list[str | None], str | None]:
        result = look_at_gate(defs)
        return [request.partition_key for request in result.run_requests or ()], result.skip_message

    assert tick() == ([], "every complete week is published")  # nothing was begun: no empty week is published
    plan_partition(place, "sim-classic", week)
    requested, why = tick()
    assert requested == []
    assert why is not None
    assert why.startswith(f"week {week}: sim-classic has 4 of 4 slots open (deadline ")
    ask_partition(place, "sim-classic", week)
    requested, why = tick()
    assert requested == []
    assert f"week {week}: sim-classic has 4 pictures without labels" in str(why)
    label(place, "sim-classic", week)
    assert tick() == ([week], None)
    said = {"edition": f"{week}.1", "week": week, "revision": 1, "replaces": None}
    place.store.put_if_absent(keys.LATEST_EDITION, json.dumps(said).encode())
    assert tick() == ([], "every complete week is published")


def test_a_week_past_its_deadline_is_published_though_incomplete(tmp_path: Path) -> None:
    installation = install(tmp_path / "home", "sim-classic", deadline_hours=1)
    place, last = installation.place(), shift(current_week(), -1)
    plan_partition(place, "sim-classic", last)
    requests = look_at_gate(build_defs(installation.settings, place)).run_requests
    assert [r.partition_key for r in requests or ()] == [last]
    assert [str(r.run_key).startswith(f"publish-{last}-") for r in requests or ()] == [True]
