"""Labels of a large partition in runs of their own: the job `label_range`, and what asks for its runs.

The run of a partition does not wait for them: it ends once the pictures are there. Who follows it (`cliche run
--submit`, else the sensor `label_ranges`) asks for a run per range; the last to end makes `labels`. So no worker is
held by a run that waits, and any number of workers gets through any number of partitions.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import dagster as dg

from assets.generation.workplace import Workplace
from assets.labeling.partition import label, left_over, split
from assets.labeling.ranges import parse_range
from assets.labeling.status import partition_state, partition_states
from assets.labeling.thumbnails.partition import complete
from orchestration.instance import PARTITION_TAG, RANGE_TAG, UNFINISHED, partition_key
from warehouse.weeks import current_week, shift

LABEL_RANGE = "label_range"
OP = "label_pictures"
#: Who labels, so that an operator can limit how many runs ask it at once.
LABELER_TAG = "cliche/labeler"


class RangeRun(NamedTuple):
    """A run that is to be asked for: its settings, and the tags that say what it is about."""

    config: dict[str, Any]
    tags: dict[str, str]


def build_job() -> dg.JobDefinition:
    """Return the job that labels one range of a partition's pictures."""

    @dg.op(name=OP, config_schema={"model": str, "week": str, "range": str})
    def label_pictures(context: dg.OpExecutionContext, workplace: dg.ResourceParam[Workplace]) -> None:
        """What the pictures of one range of a partition show."""
        model, week = context.op_config["model"], context.op_config["week"]
        report = label(workplace, model, week, parse_range(context.op_config["range"]))
        if report.open:
            context.log.error(left_over(report))
        if partition_state(workplace.store, week, model, workplace.labelers).complete:
            complete(workplace, week, model)
            context.log_event(dg.AssetMaterialization("labels", partition=partition_key(model, week)))

    @dg.job(
        name=LABEL_RANGE, description="Label a range of the pictures of one model's week, after its own run."
    )
    def job() -> None:
        label_pictures()

    return job


def left_to_label(
    instance: dg.DagsterInstance, place: Workplace, partitions: Iterable[tuple[str, str]]
) -> list[RangeRun]:
    """Return the runs that label what partitions (model, week) lack: none where their own run does, or some work."""
    idle = ((week, model) for model, week in partitions if not at_work(instance, model, week))
    runs = []
    for state in partition_states(place.store, idle, place.labelers):
        of = {PARTITION_TAG: str(partition_key(state.model, state.week)), LABELER_TAG: state.labeler}
        for part in split(place, state):
            config = {"model": state.model, "week": state.week, "range": str(part)}
            runs.append(RangeRun({"ops": {OP: {"config": config}}}, {**of, RANGE_TAG: str(part)}))
    return runs


def at_work(instance: dg.DagsterInstance, model: str, week: str) -> Sequence[dg.DagsterRun]:
    """Return the runs that wait or label a range of a partition."""
    of = {PARTITION_TAG: str(partition_key(model, week))}
    return instance.get_runs(dg.RunsFilter(job_name=LABEL_RANGE, tags=of, statuses=UNFINISHED))


def build_sensor(place: Workplace) -> dg.SensorDefinition:
    """Return the sensor that asks for the runs of partitions that were asked on a schedule."""

    @dg.sensor(
        name="label_ranges",
        job_name=LABEL_RANGE,
        minimum_interval_seconds=60,
        description="Hands out the labels of large partitions, a run per range of pictures.",
    )
    def label_ranges(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        present, busy = current_week(), {name for name, _ in place.store.leases()}
        free = [
            (entry.name, week)
            for week in (shift(present, -1), present)
            for entry in place.active(week)
            if not busy & {f"generate-{week}-{entry.name}", f"label-{week}-{entry.name}"}
        ]
        # What a labeler left is tried again once an hour.
        hour = f"{datetime.now(UTC):%Y%m%dT%H}"
        requests = [
            dg.RunRequest(f"{tags[PARTITION_TAG]}|{tags[RANGE_TAG]}|{hour}", run_config=config, tags=tags)
            for config, tags in left_to_label(context.instance, place, free)
        ]
        return dg.SensorResult(run_requests=requests)

    return label_ranges
