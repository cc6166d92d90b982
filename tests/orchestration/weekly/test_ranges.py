"""Labels of a large partition in runs of their own: what is left to them, and that nothing is other than in one run."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dagster as dg
import pytest
from pydantic import SecretStr

from assets.generation.partition import ask_partition
from assets.generation.workplace import Workplace
from assets.labeling.asked.journal import Journal, of_partition
from assets.labeling.partition import label
from assets.labeling.ranges import WHOLE, Range, held, may_be_split, parse_range, ranges_of
from assets.labeling.run import read_labels
from assets.labeling.status import partition_state
from orchestration.cluster.ranges import LABEL_RANGE, OP, at_work, left_to_label
from orchestration.definitions import GENERATE, build_defs
from orchestration.instance import open_instance, partition_key
from tests.orchestration.installation import WEEK, Installation, copy, entry, install
from warehouse import keys
from warehouse.errors import LeaseHeldError
from warehouse.store import Store
from warehouse.weeks import current_week

MODEL = "sim-classic"
HASHES = [f"{n:08x}{'0' * 56}" for n in (0, 1, 2**31 - 1, 2**31, 2**32 - 1)]


@pytest.mark.parametrize("of", [1, 2, 7, 1000])
def test_every_picture_is_in_one_range(of: int) -> None:
    ranges = ranges_of(of, 1) or [WHOLE]
    assert [*ranges] == [Range(number, of) for number in range(1, of + 1)]
    assert [sum(sha256 in part for part in ranges) for sha256 in HASHES] == [1] * len(HASHES)
    assert all(parse_range(str(part)) == part for part in ranges)


@pytest.mark.parametrize(("pictures", "most", "runs"), [(9, None, 0), (4, 4, 0), (5, 4, 2), (9, 4, 3)])
def test_a_partition_larger_than_a_range_is_split(pictures: int, most: int | None, runs: int) -> None:
    assert len(ranges_of(pictures, most)) == runs


def test_what_is_no_range() -> None:
    for name in ("0-of-3", "4-of-3", "1-of-", "3", "a-of-b", "01-of-2"):
        with pytest.raises(ValueError, match="names no range"):
            parse_range(name)


def test_what_is_asked_in_batches_is_not_split() -> None:
    def asked(*, batch: bool) -> Any:
        return SimpleNamespace(look=None, entry=SimpleNamespace(batch=batch))

    assert may_be_split(asked(batch=False))
    assert not may_be_split(asked(batch=True))


@pytest.mark.parametrize(
    ("mine", "other", "may"),
    [
        (Range(1, 3), Range(2, 3), True),
        (Range(1, 3), Range(1, 3), False),
        (Range(1, 3), Range(1, 4), False),
        (Range(1, 3), WHOLE, False),
        (WHOLE, Range(3, 3), False),
        (WHOLE, WHOLE, False),
    ],
)
def test_two_cuts_are_not_labeled_at_once(mine: Range, other: Range, may: bool, store: Store) -> None:
    with (
        held(store, WEEK, MODEL, other),
        held(store, WEEK, f"{MODEL}-2", mine),
    ):  # another model's is no matter
        if may:
            with held(store, WEEK, MODEL, mine):
                pass
        else:
            with pytest.raises(LeaseHeldError, match=MODEL), held(store, WEEK, MODEL, mine):
                pass
    with held(store, WEEK, MODEL, mine):
        pass


def test_a_range_takes_no_call_of_another_for_lost(store: Store) -> None:
    scope = of_partition(WEEK, MODEL)

    def journal(part: Range) -> Journal:
        return Journal(store, scope, "eye@1-0", lambda readings: None, part)

    for number, sha256 in enumerate((HASHES[0], HASHES[-1])):
        journal(WHOLE).intend(f"{number}" * 32, 1, [sha256], ["person_count"])
    assert [one.images for one in journal(Range(1, 2)).lost()] == [(HASHES[0],)]
    assert [one.images for one in journal(Range(2, 2)).lost()] == [(HASHES[-1],)]
    assert len(journal(WHOLE).lost()) == 2


@pytest.fixture
def home(tmp_path: Path) -> Installation:
    many = entry(MODEL, suites=[{"suite": "startup-ceo@1", "replicates": 6}])
    return install(tmp_path / "home", many, label_range=6)


def labels_of(place: Workplace) -> list[tuple[object, ...]]:
    """Every label, without the time at which it was read."""
    names = {
        key.split("labeler=")[1].split("/")[0] for key in place.store.list(keys.labels_prefix(WEEK, MODEL))
    }
    return sorted(
        tuple(str(value) for name, value in row.items() if name != "labeled_at")
        for name in names
        for row in read_labels(place.store, WEEK, MODEL, name)
    )


def test_a_large_partition_is_labeled_as_in_one_run(home: Installation, tmp_path: Path) -> None:
    """On workers its run leaves `labels` unmade; the ranges make the same labels, and the last one makes `labels`."""
    settings = home.settings.model_copy(update={"postgres": SecretStr("postgresql://nobody@localhost/none")})
    place = replace(home.place(), label_range=settings.label_range)
    definitions = build_defs(settings, place)
    dg.Definitions.validate_loadable(definitions)
    key, thumbnails = partition_key(MODEL, WEEK), f"{keys.thumbnail_notes_prefix()}"

    def materialized(instance: dg.DagsterInstance, name: str) -> bool:
        return str(key) in instance.get_materialized_partitions(dg.AssetKey(name))

    with dg.DagsterInstance.ephemeral() as instance:
        generate = definitions.resolve_job_def(GENERATE)
        assert generate.execute_in_process(partition_key=key, instance=instance).success
        assert materialized(instance, "images")
        assert not materialized(instance, "labels")
        asked = copy(home, tmp_path / "whole")
        state = partition_state(place.store, WEEK, MODEL, place.labelers)
        assert (state.open, state.unlabelled) == (0, 18)  # six were refused

        runs = left_to_label(instance, place, [(MODEL, WEEK)])
        assert [run.tags["cliche/range"] for run in runs] == ["1-of-3", "2-of-3", "3-of-3"]
        job = definitions.resolve_job_def(LABEL_RANGE)
        waiting = instance.create_run_for_job(job, run_config=runs[0].config, tags=runs[0].tags)
        assert [run.run_id for run in at_work(instance, MODEL, WEEK)] == [waiting.run_id]
        assert left_to_label(instance, place, [(MODEL, WEEK)]) == []  # nobody asks for them twice
        for run in reversed(runs):
            assert not materialized(instance, "labels")
            done = job.execute_in_process(run_config=dict(run.config), tags=dict(run.tags), instance=instance)
            assert done.success
        assert materialized(instance, "labels")
    assert partition_state(place.store, WEEK, MODEL, place.labelers).complete
    assert len([*place.store.list(thumbnails)]) == 1
    listed = place.store.list(f"{keys.labels_prefix(WEEK, MODEL)}labeler=")
    assert sum("/part-" in key for key in listed) == 3  # a part each

    whole = asked.place()  # of a command: it labels in its own process, whatever the setting
    assert whole.label_range is None
    label(whole, MODEL, WEEK)
    assert labels_of(place) == labels_of(whole)
    assert len(labels_of(whole)) > 18


def test_the_sensor_asks_for_the_ranges_of_what_was_asked(home: Installation) -> None:
    settings = home.settings.model_copy(update={"postgres": SecretStr("postgresql://nobody@localhost/none")})
    week = current_week()
    place = replace(home.place(), label_range=6)
    definitions = build_defs(settings, place)
    sensor = definitions.resolve_sensor_def("label_ranges")
    hourly = definitions.resolve_schedule_def("every_hour")
    with open_instance(settings.dagster_home) as instance:

        def requests() -> list[dg.RunRequest]:
            context = dg.build_sensor_context(instance=instance)
            return [*(sensor.evaluate_tick(context).run_requests or ())]

        def hour() -> int:
            now = datetime.now(UTC)
            context = dg.build_schedule_context(
                instance=instance,
                scheduled_execution_time=now,
                repository_def=definitions.get_repository_def(),
            )
            return len(hourly.evaluate_tick(context).run_requests or ())

        assert requests() == []
        ask_partition(place, MODEL, week)
        assert hour() == 1
        asked = requests()
        assert len(asked) == 3
        assert {run.run_config["ops"][OP]["config"]["week"] for run in asked} == {week}
        assert len({run.run_key for run in asked}) == 3
        with place.store.lease(f"label-{week}-{MODEL}", purpose="label it as a whole"):
            assert requests() == []
        job = definitions.resolve_job_def(LABEL_RANGE)
        instance.create_run_for_job(job, run_config=asked[0].run_config, tags=asked[0].tags)
        assert (requests(), hour()) == ([], 0)
