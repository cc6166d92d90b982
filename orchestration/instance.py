"""Dagster's records for the command: an instance under `CLICHE_HOME`, and the tidying up after dead runs."""

from __future__ import annotations

import atexit
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.instance.ref import (
    InstanceRef,  # the public way reads DAGSTER_HOME, which may be another's
)

from orchestration.event_log import KeptEventLog
from orchestration.settings import CHECKOUT
from warehouse.processes import is_dead, process_name

#: Tags that name the process of a run, so that a later one can tell whether it still lives.
PROCESS_TAG = "cliche/process"
#: Runs whose end was never recorded may hold pool slots.
_UNFINISHED = [
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.CANCELING,
]


@contextmanager
def open_instance(folder: Path) -> Iterator[dg.DagsterInstance]:
    """Yield the instance kept in `folder`, with the settings of the checkout's `dagster.yaml`."""
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")
    ref = InstanceRef.from_dir(str(folder), config_dir=str(CHECKOUT), overrides=_event_log_of(folder))
    with dg.DagsterInstance.from_ref(ref) as instance:
        yield instance


def _event_log_of(folder: Path) -> dict[str, Any]:
    """Return the setting of Dagster's own event log of an instance, with its files kept open."""
    usual = InstanceRef.config_defaults(str(folder))["event_log_storage"]
    if usual is None:
        raise RuntimeError("Dagster names no event log of its own")
    kept = {"module": KeptEventLog.__module__, "class": KeptEventLog.__name__, "config": usual.config_dict}
    return {"event_log_storage": kept}


@cache
def shared_instance(folder: Path) -> dg.DagsterInstance:
    """Return the instance kept in `folder`, opened once a process."""
    return _open.enter_context(open_instance(folder))


_open = ExitStack()
atexit.register(_open.close)


def process_tags() -> dict[str, str]:
    """Return the tags of a run of this process: host, process id, and when the process began."""
    return {PROCESS_TAG: process_name()}


def bury_dead_runs(instance: dg.DagsterInstance) -> list[str]:
    """Mark runs of dead processes of this machine as failed and free their pool slots; return their ids.

    Without this a killed run keeps its pool slot, and the next run waits for it without a word.
    """
    buried = []
    for record in instance.get_run_records(dg.RunsFilter(statuses=_UNFINISHED)):
        run = record.dagster_run
        if not is_dead(run.tags.get(PROCESS_TAG, "")):
            continue
        # In this order: a run that is marked as failed is not looked at again.
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
        instance.report_run_failed(run, "its process ended before the run did")
        buried.append(run.run_id)
    return buried


def unfinished(instance: dg.DagsterInstance) -> dict[str, int]:
    """Return how many runs wait or go on, by their status."""
    records = instance.get_run_records(dg.RunsFilter(statuses=_UNFINISHED))
    return dict(Counter(record.dagster_run.status.value for record in records))


def failed_checks(instance: dg.DagsterInstance, run_id: str) -> str:
    """Return what the blocking checks of a run found, in one line; nothing if all of them passed."""
    records = instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION).records
    evaluations = [
        record.event_log_entry.get_dagster_event().asset_check_evaluation_data for record in records
    ]
    return "; ".join(
        f"{evaluation.description} ({evaluation.check_name})"
        for evaluation in evaluations
        if not evaluation.passed
        and evaluation.blocking
        and evaluation.severity is dg.AssetCheckSeverity.ERROR
    )
