"""Dagster's records, under `CLICHE_HOME` or in the PostgreSQL that machines share; and tidying up after dead runs."""

from __future__ import annotations

import atexit
import fcntl
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4

import dagster as dg
from pydantic import SecretStr

from orchestration.dagster_internals import InstanceRef
from orchestration.event_log import KeptEventLog
from orchestration.settings import SHIPPED, Settings
from orchestration.unwritable import damaged, told_in_one_line
from warehouse.errors import UsageError
from warehouse.processes import is_dead, process_name
from warehouse.store.local_errors import explained

#: Tags that name the process of a run, so that a later one can tell whether it still lives, and the home in which it
#: ran: machines may be called alike, and know nothing of each other's processes.
PROCESS_TAG, HOME_TAG = "cliche/process", "cliche/home"
#: Tags of a run that labels a range of a partition. Dagster's own tag of a partition it has not: under a limit of runs
#: of one model its ranges would be labeled one after the other.
PARTITION_TAG, RANGE_TAG = "cliche/partition", "cliche/range"

#: Runs whose end was never recorded may hold pool slots.
UNFINISHED = [
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def partition_key(model: str, week: str) -> dg.MultiPartitionKey:
    """Return the key `model|week`; `parse_key` of the workplace reads it."""
    return dg.MultiPartitionKey({"model": model, "week": week})


@contextmanager
def open_instance(
    folder: Path, postgres: SecretStr | None = None, config: Path = SHIPPED
) -> Iterator[dg.DagsterInstance]:
    """Yield the instance kept in `folder`, or in a PostgreSQL, with the settings of the `dagster.yaml` in `config`.

    Raises:
        ClicheError: if its records are damaged, cannot be written or cannot be reached.
    """
    if postgres is None:  # else nothing is kept there: a home may be read-only
        with explained("write", folder.parent):
            folder.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")
    storage = _kept_event_log(folder) if postgres is None else _storage_in(postgres.get_secret_value())
    # The public way reads DAGSTER_HOME, which may be another's.
    ref = InstanceRef.from_dir(str(folder), config_dir=str(config), overrides=storage)
    with told_in_one_line(folder.parent), nullcontext() if postgres else _alone(folder):
        instance = dg.DagsterInstance.from_ref(ref)
    with instance:
        if postgres is not None:
            _keep_connections(instance)
        yield instance


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one process at a time make Dagster's files: it makes them without a lock, and two break them for good.

    The system frees the lock of a process that is killed.
    """
    with explained("write", folder.parent):
        file = (folder / "lock").open("ab")
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _keep_connections(instance: dg.DagsterInstance) -> None:
    """Let Dagster keep its connections, as its web page does: each of a thousand events of a run opened one anew.

    One that the server ended meanwhile is noticed before it is used.
    """
    from sqlalchemy import event
    from sqlalchemy.exc import DisconnectionError

    def try_it(connection: Any, record: object, proxy: object) -> None:
        try:
            connection.cursor().execute("SELECT 1")
        except Exception as error:
            raise DisconnectionError from error

    instance.optimize_for_webserver(statement_timeout=60_000, pool_recycle=3600, max_overflow=20)
    storages: tuple[Any, ...] = (instance.event_log_storage, instance.run_storage, instance.schedule_storage)
    for storage in storages:
        event.listen(storage._engine, "checkout", try_it)


def _storage_in(address: str) -> dict[str, Any]:
    """Return the setting of Dagster's storage in a PostgreSQL."""
    if find_spec("dagster_postgres") is None:
        raise UsageError(
            'CLICHE_POSTGRES is set and needs the extra "scale", which is not installed: pip install -e ".[scale]"'
        )
    driver = address.replace("postgresql:", "postgresql+psycopg2:", 1)
    shared = {"module": "orchestration.cluster.storage", "class": "SharedStorage"}
    return {"storage": {"custom": {**shared, "config": {"postgres_url": driver}}}}


def _kept_event_log(folder: Path) -> dict[str, Any]:
    """Return the setting of Dagster's own event log of an instance, with its files kept open."""
    usual = InstanceRef.config_defaults(str(folder))["event_log_storage"]
    if usual is None:
        raise RuntimeError("Dagster names no event log of its own")
    kept = {"module": KeptEventLog.__module__, "class": KeptEventLog.__name__, "config": usual.config_dict}
    return {"event_log_storage": kept}


def instance_of(settings: Settings) -> dg.DagsterInstance:
    """Return the instance of an installation, opened once a process."""
    return _opened(settings.dagster_home, settings.postgres)


@cache
def _opened(folder: Path, postgres: SecretStr | None) -> dg.DagsterInstance:
    return _open.enter_context(open_instance(folder, postgres))


_open = ExitStack()
atexit.register(_open.close)


def process_tags(instance: dg.DagsterInstance) -> dict[str, str]:
    """Return the tags of a run of this process: host, process id and when the process began; and its home."""
    file = _home_file(instance)
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        made = file.with_name(f"home-{uuid4().hex}")
        made.write_text(uuid4().hex)
        with suppress(FileExistsError):
            os.link(made, file)
        made.unlink()
    return {PROCESS_TAG: process_name(), HOME_TAG: file.read_text()}


def _home_file(instance: dg.DagsterInstance) -> Path:
    """Return the file that names this home among those that share an instance."""
    return Path(instance.root_directory) / "home"


def has_died(instance: dg.DagsterInstance, run: dg.DagsterRun) -> bool:
    """Return whether the process of a run has ended, as far as this home can know: of its own runs alone."""
    file = _home_file(instance)
    here = file.read_text() if file.exists() else ""
    return run.tags.get(HOME_TAG, here) == here and is_dead(run.tags.get(PROCESS_TAG, ""))


def bury_dead_runs(instance: dg.DagsterInstance) -> list[str]:
    """Mark runs of dead processes of this home as failed and free their pool slots; return their ids.

    Else the next run waits for a killed run's slot without a word.
    """
    buried = []
    for record in instance.get_run_records(dg.RunsFilter(statuses=UNFINISHED)):
        run = record.dagster_run
        if not has_died(instance, run):
            continue
        # In this order: a run that is marked as failed is not looked at again.
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
        instance.report_run_failed(run, "its process ended before the run did")
        buried.append(run.run_id)
    return buried


def unfinished(instance: dg.DagsterInstance) -> dict[str, int]:
    """Return how many runs wait or go on, by their status."""
    records = instance.get_run_records(dg.RunsFilter(statuses=UNFINISHED))
    return dict(Counter(record.dagster_run.status.value for record in records))


def require_whole(instance: dg.DagsterInstance) -> None:
    """Raise unless the records can be read, all pages of Dagster's own files included.

    Raises:
        ClicheError: if they are damaged, or cannot be reached.
    """
    home = Path(instance.root_directory).parent
    log: Any = instance.event_log_storage
    storages: tuple[Any, ...] = (instance.run_storage, instance.schedule_storage)
    with told_in_one_line(home):
        unfinished(instance)
        for connect in (log.index_connection, *(storage.connect for storage in storages)):
            with connect() as connection:
                if connection.dialect.name == "sqlite":
                    answer = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
                    if answer != "ok":
                        raise damaged(answer, home)


def failed_checks(instance: dg.DagsterInstance, run_id: str) -> str:
    """Return what the blocking checks of a run found, in one line; nothing if all of them passed."""
    records = instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION).records
    found = [record.event_log_entry.get_dagster_event().asset_check_evaluation_data for record in records]
    return "; ".join(
        f"{one.description} ({one.check_name})"
        for one in found
        if not one.passed and one.blocking and one.severity is dg.AssetCheckSeverity.ERROR
    )
