"""Runs that a command hands to the shared instance: submitted to its queue, and followed until they end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import dagster as dg
import tenacity
from dagster.version import __version__ as dagster_version
from dagster_postgres.utils import DagsterPostgresException
from sqlalchemy.exc import SQLAlchemyError

from orchestration.cluster.ranges import LABEL_RANGE, RangeRun
from orchestration.dagster_internals import (
    ModuleTarget,
    WorkspaceProcessContext,
    WorkspaceRequestContext,
    create_run,
)
from orchestration.instance import PARTITION_TAG
from orchestration.settings import CHECKOUT

CODE = "orchestration.definitions"
#: As in `deploy/workspace.yaml`: Dagster's daemon tries a failed run again with the code location of that name.
LOCATION = "cliche"
_POLL_S = 1.0
#: Errors of a database that is away. Runs go on without us meanwhile.
AWAY = (DagsterPostgresException, SQLAlchemyError)
_PATIENCE_S = 300.0
_ENDED = {dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED}


#: Calls what needs the database, again while that is away.
patiently = tenacity.Retrying(
    retry=tenacity.retry_if_exception_type(AWAY),
    wait=tenacity.wait_fixed(2.0),
    stop=tenacity.stop_after_delay(_PATIENCE_S),
    reraise=True,
)


@dataclass(frozen=True)
class Submitted:
    """A run that was handed over: its job, its partition and its id."""

    job: str
    partition: str
    run_id: str


@contextmanager
def workspace(instance: dg.DagsterInstance) -> Iterator[WorkspaceRequestContext]:
    """Give the code location, loaded by a server of its own while the block runs."""
    target = ModuleTarget(CODE, None, str(CHECKOUT), LOCATION)
    with WorkspaceProcessContext(
        instance, target, version=dagster_version, code_server_log_level="WARNING"
    ) as context:
        yield context.create_request_context()


def submit(
    instance: dg.DagsterInstance, of: WorkspaceRequestContext, job: str, key: str | dg.MultiPartitionKey
) -> Submitted:
    """Put one partition of a job into the queue, with the tags by which Dagster knows the partition of a run."""
    parts: Mapping[str, str] = key.keys_by_dimension if isinstance(key, dg.MultiPartitionKey) else {}
    tags = {f"dagster/partition/{name}": part for name, part in parts.items()}
    return _submit(instance, of, job, str(key), {}, {"dagster/partition": str(key), **tags})


def submit_range(instance: dg.DagsterInstance, of: WorkspaceRequestContext, run: RangeRun) -> Submitted:
    """Put one range of a partition's labels into the queue."""
    return _submit(instance, of, LABEL_RANGE, run.tags[PARTITION_TAG], run.config, run.tags)


def _submit(
    instance: dg.DagsterInstance,
    of: WorkspaceRequestContext,
    job: str,
    partition: str,
    config: Mapping[str, Any],
    tags: Mapping[str, str],
) -> Submitted:
    location = of.get_code_location(LOCATION)
    (repository,) = location.get_repositories().values()
    run = patiently(
        create_run,  # what `dagster job launch` calls: there is no public way
        instance=instance,
        code_location=location,
        remote_repo=repository,
        remote_job=repository.get_full_job(job),
        run_config=dict(config),
        tags=dict(tags),
        op_selection=None,
        run_id=None,
    )
    patiently(_queue, instance, of, run.run_id)
    return Submitted(job, partition, run.run_id)


def _queue(instance: dg.DagsterInstance, of: WorkspaceRequestContext, run_id: str) -> None:
    run = instance.get_run_by_id(run_id)
    if run is not None and run.status is dg.DagsterRunStatus.NOT_STARTED:  # else the answer alone was lost
        instance.submit_run(run_id, of)


def followed(
    instance: dg.DagsterInstance,
    runs: Sequence[Submitted],
    then: Callable[[Submitted], Sequence[Submitted]] = lambda run: (),
) -> Iterator[tuple[Submitted, dg.DagsterRunStatus]]:
    """Yield each run with how it ended, when it has; what retries a failed run is followed in its place.

    `then` gives the runs that come after one that succeeded; they are followed too.
    """
    waiting = {one.run_id: one for one in runs}
    while waiting:
        for run_id, one in [*waiting.items()]:
            run = patiently(instance.get_run_by_id, run_id)
            if run is None or run.status not in _ENDED:
                continue
            del waiting[run_id]
            if (again := run.tags.get("dagster/auto_retry_run_id")) is not None:
                waiting[again] = one
            elif run.tags.get("dagster/will_retry") == "true":
                waiting[run_id] = one  # its retry is about to be made
            else:
                more = then(one) if run.status is dg.DagsterRunStatus.SUCCESS else ()
                waiting |= {another.run_id: another for another in more}
                yield one, run.status
        if waiting:
            time.sleep(_POLL_S)
