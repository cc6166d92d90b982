"""Other ways to the kinds of alerts, and what ends them; runs that Dagster's records tell of."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest

from assets.generation.partition import ask_partition
from orchestration.alerts.finders.engine import _cause
from orchestration.alerts.settings import WEBHOOK
from orchestration.definitions import GENERATE
from orchestration.instance import PARTITION_TAG, PROCESS_TAG, RANGE_TAG, partition_key
from tests.orchestration.alerts.test_kinds import (
    NEXT_THURSDAY,
    SUNDAY,
    THURSDAY,
    models,
    recorded,
    run_this_week,
    watch,
)
from tests.orchestration.alerts.watching import ALERTS, Watch, at, switch_on, watching
from tests.orchestration.installation import MODELS, NEXT, WEEK, Cliche, Installation, entry
from tests.orchestration.weekly.test_instance import gone
from tests.orchestration.weekly.test_withheld import complete, pictures, replace_bytes, run_job
from warehouse import keys
from warehouse.weeks import current_week

__all__ = ["watch"]  # a fixture


def add_run(
    watch: Watch, status: dg.DagsterRunStatus, job: str = GENERATE, *assets: str, **tags: str
) -> None:
    """Record a run of the first model's week."""
    assert watch.instance is not None
    tags = {"dagster/partition": f"{MODELS[0]}|{WEEK}", **tags}
    chosen = frozenset(dg.AssetKey(name) for name in assets) or None
    watch.instance.add_run(dg.DagsterRun(job, status=status, tags=tags, asset_selection=chosen))


def test_a_run_that_is_killed_has_failed_though_its_records_say_it_goes_on(watch: Watch) -> None:
    recorded(watch)
    add_run(watch, dg.DagsterRunStatus.STARTED, **{PROCESS_TAG: f"{socket.gethostname()}/{gone()}/1"})
    watch.fires("run_failed", datetime.now(UTC))
    assert "its process ended before the run did" in watch.bodies[-1]["text"]


def test_a_run_that_waits_in_the_queue_for_half_a_day_never_started(watch: Watch) -> None:
    recorded(watch)
    add_run(watch, dg.DagsterRunStatus.NOT_STARTED)
    now = datetime.now(UTC)
    watch.is_quiet(now + timedelta(hours=11, minutes=59))
    watch.fires("run_not_started", now + timedelta(hours=12, minutes=1))


def test_a_range_of_labels_that_failed_is_told_beside_one_that_went_well(watch: Watch) -> None:
    instance = recorded(watch)
    for number, status in enumerate((dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.SUCCESS), start=1):
        tags = {PARTITION_TAG: f"{MODELS[0]}|{WEEK}", RANGE_TAG: f"{number}-of-2"}
        instance.add_run(dg.DagsterRun("label_range", status=status, tags=tags))
    watch.fires("run_failed", datetime.now(UTC))
    assert f"{MODELS[0]}, week {WEEK}" in watch.bodies[-1]["text"]


def test_a_blocking_check_of_a_run_is_a_failed_check_and_is_over_once_a_run_goes_well(watch: Watch) -> None:
    recorded(watch)
    installation = watch.installation
    models(watch, entry("sim-cautious", until=WEEK), until=WEEK)
    ask_partition(installation.place(), "sim-cautious", WEEK)
    picture = pictures(installation, "sim-cautious", WEEK)[0]
    whole = picture.read_bytes()
    replace_bytes(picture)
    assert not run_job(installation, GENERATE, partition_key("sim-cautious", WEEK)).success
    watch.fires("check_failed", datetime.now(UTC))
    picture.write_bytes(whole)
    assert run_job(installation, GENERATE, partition_key("sim-cautious", WEEK)).success
    watch.is_quiet(datetime.now(UTC))
    assert '"event":"over"' in (installation.home / "alerts.jsonl").read_text()


def test_a_model_that_its_maker_retired_is_reported_in_the_week_of_it(watch: Watch) -> None:
    models(watch, entry("real", provider="gone", concurrency=1))
    place = watch.installation.place()
    complete(place, NEXT)
    ask_partition(place, "real", NEXT)
    watch.fires("model_ends", NEXT_THURSDAY)
    assert "model_retired: gone since May" in watch.bodies[-1]["text"]


def test_a_retired_model_is_one_alert_and_no_advice_to_run_again(watch: Watch) -> None:
    monday = run_this_week(watch, "gone")
    watch.fires("model_ends", monday)
    assert "run again" not in watch.bodies[-1]["text"].lower()
    assert "Set until to its last week" in watch.bodies[-1]["text"]
    assert watch.instance is not None
    (failed,) = watch.instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE]))
    said = str(watch.instance.get_records_for_run(failed.run_id).records)
    assert f"Write until: {current_week()} at real in models.yaml" in said
    assert "re-execute" not in said


def test_a_week_that_an_edition_holds_and_whose_plan_is_gone_is_one_alert(watch: Watch) -> None:
    watch.is_quiet(THURSDAY)
    plans = [watch.installation.home / "store" / keys.plan(WEEK, model) for model in MODELS]
    for plan in plans:
        plan.rename(plan.with_suffix(".away"))
    watch.fires("store_damaged", THURSDAY)
    assert f"no plan of {', '.join(MODELS)} any more" in watch.bodies[-1]["text"]
    for plan in plans:
        plan.with_suffix(".away").rename(plan)
    watch.is_quiet(THURSDAY + timedelta(hours=1))


def test_the_cause_comes_before_the_class_of_the_error() -> None:
    for line, said in (
        ("assets.generation.partition.StoppedError: beta was stopped", "beta was stopped"),
        ("sqlite3.OperationalError: disk is full", "disk is full (OperationalError)"),
        ("ClicheError", "ClicheError"),
        ("beta, week 2026-11-09: what is that", "beta, week 2026-11-09: what is that"),
    ):
        assert _cause(line) == said


def test_a_last_week_is_reported_unless_somebody_follows(watch: Watch) -> None:
    ends = entry(MODELS[0], until="2027-01-04")
    follows = entry("sim-successor", succeeds=MODELS[0], **{"from": "2027-01-11"})
    watch.installation.write_models(ends, entry(MODELS[1]), follows)
    watch.is_quiet(THURSDAY)
    watch.installation.write_models(ends, entry(MODELS[1]))
    watch.fires("model_ends", THURSDAY)


def test_a_store_that_cannot_be_reached_is_one_alert_and_takes_back_nothing(watch: Watch) -> None:
    watch.fires("run_not_started", at("2026-11-16 12:00"))
    (watch.installation.home / "cliche.yaml").open("a").write("store: s3://no-bucket/x\n")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"):
            patch.setenv(f"AWS_{name}", "x" * 20)
        patch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        watch.fires("cannot_look", at("2026-11-16 14:00"))
    watch.installation.configure(alerts=ALERTS)
    watch.is_quiet(at("2026-11-16 15:00"))  # what held all the time is not sent again


def test_a_new_installation_misses_no_week_but_those_that_begin_under_the_watch(fresh: Installation) -> None:
    fresh.configure(alerts=ALERTS)
    with watching(fresh) as watch:
        watch.is_quiet(THURSDAY, SUNDAY, at("2026-11-16 11:00"))
        watch.fires("run_not_started", at("2026-11-16 12:00"))


def test_a_week_that_was_missed_whole_is_reported_when_the_machine_is_back(watch: Watch) -> None:
    watch.is_quiet(SUNDAY)
    back = at("2026-11-26 09:00")  # ten days later; the week between was never asked
    assert watch.look(back) == ["run_not_started", "run_not_started", "not_published"]
    assert "none of 2 models was asked; it is over and stays a gap" in watch.bodies[-1]["text"]
    watch.is_quiet(back + timedelta(hours=1))


def test_what_is_materialized_by_hand_ends_an_alert_if_it_is_the_whole_partition(watch: Watch) -> None:
    recorded(watch)
    add_run(watch, dg.DagsterRunStatus.FAILURE)
    watch.fires("run_failed", datetime.now(UTC))
    for assets, over in ((("images",), False), (("prompts", "images", "labels", "loaded"), True)):
        add_run(watch, dg.DagsterRunStatus.SUCCESS, "__ASSET_JOB", *assets)
        watch.is_quiet(datetime.now(UTC))
        told = (watch.installation.home / "alerts.jsonl").read_text()
        assert ('"event":"over"' in told) == over


def test_a_schedule_that_is_on_without_any_daemon_is_noticed_at_once(
    watch: Watch, cliche: Cliche, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(WEBHOOK, watch.url)
    switch_on(recorded(watch), "every_monday")
    ended = cliche("watch")
    assert ended.code == 1
    assert ended.out.splitlines()[0] == (
        "error    new   Dagster's daemon is dead: switched on: every_monday; its last sign of life: never"
    )
    assert ended.out.splitlines()[2] == "1 alert, 1 new. Sent: 1 to webhook."
