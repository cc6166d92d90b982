"""Runs that were killed are buried and their places in the queue freed, those of live runs are not; the event log."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log import SqlEventLogStorageTable

from orchestration.event_log import KEPT, KeptEventLog
from orchestration.instance import PROCESS_TAG, bury_dead_runs, open_instance, process_tags
from tests.orchestration.installation import WEEK, Cliche, Installation


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with open_instance(tmp_path / "dagster") as opened:
        yield opened


def begun(instance: dg.DagsterInstance, **tags: str) -> dg.DagsterRun:
    return instance.add_run(
        dg.DagsterRun(
            job_name="j",
            run_id=dg.DagsterRun(job_name="j").run_id,
            tags=tags,
            status=dg.DagsterRunStatus.STARTED,
        )
    )


def gone() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_the_checkouts_settings_are_those_of_every_instance(instance: dg.DagsterInstance) -> None:
    assert not instance.telemetry_enabled
    instance.event_log_storage.initialize_concurrency_limit_to_default("warehouse")
    assert instance.event_log_storage.get_concurrency_info("warehouse").slot_count == 1


def test_runs_of_this_process_and_those_that_cannot_be_judged_from_here_are_left_alone(
    instance: dg.DagsterInstance,
) -> None:
    tags = [process_tags(instance), {}]
    tags += [{PROCESS_TAG: tag} for tag in ("another-host/1/1", "nonsense", "a/b/c")]
    runs = [begun(instance, **one) for one in tags]
    assert bury_dead_runs(instance) == []
    for run in runs:
        assert instance.get_run_by_id(run.run_id).status is dg.DagsterRunStatus.STARTED


def test_a_run_whose_process_is_gone_is_buried(instance: dg.DagsterInstance) -> None:
    for pid in (gone(), os.getpid()):
        run = begun(instance, **{PROCESS_TAG: f"{socket.gethostname()}/{pid}/1"})
        assert bury_dead_runs(instance) == [run.run_id]
        assert instance.get_run_by_id(run.run_id).status is dg.DagsterRunStatus.FAILURE
        assert bury_dead_runs(instance) == []


def test_events_are_seen_while_files_are_kept_open(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    runs = [begun(instance) for _ in range(2 * KEPT)]
    for run in runs:
        instance.report_engine_event("one", run)
    log = instance.event_log_storage
    assert isinstance(log, KeptEventLog)
    assert len(log._kept) == KEPT
    with open_instance(tmp_path / "dagster") as another:
        for run in runs:
            another.report_engine_event("two", run)
            for seen in (instance, another):
                said = [event.message for event in seen.all_logs(run.run_id)]
                assert said == ["one", "two"]
    instance.event_log_storage.dispose()
    assert log._kept == {}
    assert [event.message for event in instance.all_logs(runs[0].run_id)] == ["one", "two"]


def test_files_of_runs_are_alike_and_quick(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    runs = [begun(instance) for _ in range(2)]
    for run in runs:
        instance.report_engine_event("one", run)
    log = instance.event_log_storage
    assert isinstance(log, KeptEventLog)
    instance.event_log_storage.dispose()
    dumps = []
    for run in runs:
        with closing(sqlite3.connect(log.path_for_shard(run.run_id))) as file:
            assert file.execute("PRAGMA journal_mode").fetchone() == ("wal",)
            schema = file.execute("SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2")
            dumps.append((schema.fetchall(), file.execute("SELECT * FROM alembic_version").fetchall()))
    assert dumps[0] == dumps[1]
    with log.run_connection(runs[0].run_id) as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 1  # NORMAL
    assert [*tmp_path.rglob("*.new")] == []


def test_an_event_that_fails_leaves_the_log_as_it_was(instance: dg.DagsterInstance) -> None:
    log, run = instance.event_log_storage, begun(instance)
    instance.report_engine_event("one", run)
    assert isinstance(log, KeptEventLog)

    def fail() -> None:
        with log.run_connection(run.run_id) as connection:
            connection.execute(SqlEventLogStorageTable.delete())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert [event.message for event in instance.all_logs(run.run_id)] == ["one"]


def test_unlock_frees_what_dead_runs_hold(fresh: Installation, cliche: Cliche) -> None:
    with open_instance(fresh.settings.dagster_home) as instance:
        run = begun(instance, **{PROCESS_TAG: f"{socket.gethostname()}/{gone()}/123456"})
        storage = instance.event_log_storage
        storage.initialize_concurrency_limit_to_default("warehouse")
        storage.claim_concurrency_slot("warehouse", run.run_id, "loaded")
        assert storage.get_concurrency_info("warehouse").active_slot_count == 1
    ended = cliche("unlock")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == "Pool slots of dead runs freed: 1.\nNothing is locked.\n"
    with open_instance(fresh.settings.dagster_home) as instance:
        assert instance.event_log_storage.get_concurrency_info("warehouse").active_slot_count == 0


def test_unlock_lists_leases_and_breaks_the_one_that_is_named(fresh: Installation, cliche: Cliche) -> None:
    assert cliche("unlock").out == "Nothing is locked.\n"
    with fresh.store.lease(f"generate-{WEEK}-m", purpose=f"generate {WEEK} / m") as lease:
        listed = cliche("unlock").out
        assert listed.startswith(f"generate-{WEEK}-m   pid {os.getpid()} on {socket.gethostname()} since ")
        assert listed.endswith(f"(generate {WEEK} / m)\n")
        assert not lease.lost
        wrong = cliche("unlock", "generate")
        assert (wrong.code, wrong.only_line) == (
            2,
            'no lease "generate"; cliche unlock lists those there are',
        )
        assert not lease.lost
        broken = cliche("unlock", f"generate-{WEEK}-m")
        assert broken.code == 0
        assert broken.out.startswith(f"generate-{WEEK}-m was held by pid {os.getpid()} on ")
        assert lease.lost
    assert cliche("unlock").out == "Nothing is locked.\n"
