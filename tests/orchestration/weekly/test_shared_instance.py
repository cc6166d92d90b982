"""Dagster's records in the PostgreSQL that machines share: everybody's runs are seen, and nobody else's are buried."""

from __future__ import annotations

import importlib.util
import logging
import multiprocessing
import os
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from pydantic import SecretStr

from orchestration import instance as instances
from orchestration import weekly
from orchestration.cluster.submit import patiently
from orchestration.instance import HOME_TAG, PROCESS_TAG, bury_dead_runs, open_instance, process_tags
from orchestration.settings import load_settings
from orchestration.unwritable import told_in_one_line
from tests.orchestration.installation import MODELS, WEEK, Cliche, Installation, install
from tests.orchestration.weekly.test_instance import begun, gone
from tests.services.postgres import PASSWORD, Postgres
from warehouse import postgres as shared
from warehouse.errors import ClicheError
from warehouse.weeks import current_week

#: Seconds in which Dagster tries several times.
AWAY_S = 4.0
AT_ONCE = 4
Enter = Callable[[Installation], None]


@pytest.fixture
def address(postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> str:
    """A new database that the environment names."""
    found = postgres.fresh_address()
    monkeypatch.setenv("CLICHE_POSTGRES", found)
    return found


@pytest.fixture
def enter(monkeypatch: pytest.MonkeyPatch) -> Enter:
    """Let the environment name a home: what follows is of that machine."""
    return lambda machine: monkeypatch.setenv("CLICHE_HOME", str(machine.home))


@pytest.fixture
def machines(tmp_path: Path) -> list[Installation]:
    store = str(tmp_path / "store")
    return [install(tmp_path / name, store=store, deadline_hours=168) for name in ("a", "b")]


def test_two_machines_see_one_instance(address: str, machines: list[Installation], enter: Enter) -> None:
    week = current_week()
    for machine, model in zip(machines, MODELS, strict=True):
        enter(machine)
        shared = load_settings()
        ran = weekly.run_partitions(machine.place(), shared, [(model, week)], lambda text: None)
        assert ran.problems == {}
    for machine in machines:
        with open_instance(machine.settings.dagster_home, SecretStr(address)) as instance:
            runs = instance.get_runs()
            assert {run.tags["dagster/partition"] for run in runs} == {f"{m}|{week}" for m in MODELS}
            assert {run.status for run in runs} == {dg.DagsterRunStatus.SUCCESS}
            assert len({run.tags[HOME_TAG] for run in runs}) == 2
        assert not [*machine.home.rglob("runs.db")]  # no records of its own


def test_dead_runs_of_this_home(
    address: str, machines: list[Installation], enter: Enter, cliche: Cliche
) -> None:
    dead = {
        PROCESS_TAG: f"{socket.gethostname()}/{gone()}/123456"
    }  # by its name, of a machine that is called alike
    here, there = machines
    with open_instance(here.settings.dagster_home, SecretStr(address)) as one:
        mine = begun(one, **{**process_tags(one), **dead})
        living = begun(one, **process_tags(one))
        with open_instance(there.settings.dagster_home, SecretStr(address)) as other:
            theirs = begun(other, **{**process_tags(other), **dead})
            launched = begun(other)  # by Dagster: no process of a command
            storage = other.event_log_storage
            storage.initialize_concurrency_limit_to_default("warehouse")
            storage.claim_concurrency_slot("warehouse", theirs.run_id, "loaded")
        assert bury_dead_runs(one) == [mine.run_id]
        states = {run.run_id: run.status for run in one.get_runs()}
        assert {states[run.run_id] for run in (living, theirs, launched)} == {dg.DagsterRunStatus.STARTED}
        assert one.event_log_storage.get_concurrency_info("warehouse").active_slot_count == 1
        enter(here)
        assert cliche("unlock").out == "Nothing is locked.\n"
        enter(there)
        assert cliche("unlock").out == "Pool slots of dead runs freed: 1.\nNothing is locked.\n"
        assert one.event_log_storage.get_concurrency_info("warehouse").active_slot_count == 0


def test_a_server_that_is_not_there_is_one_line(
    fresh: Installation, cliche: Cliche, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared, "FIRST_PATIENCE_S", 0.0)
    monkeypatch.setenv("CLICHE_POSTGRES", f"postgresql://me:{PASSWORD}@127.0.0.1:1/cliche")
    for arguments in (("unlock",), ("run", "--week", WEEK)):
        ended = cliche(*arguments)
        assert ended.code == 1
        assert ended.error.startswith(
            "Dagster's records in PostgreSQL (127.0.0.1:1/cliche) cannot be reached ("
        )
        assert ended.error.endswith("start the server or correct CLICHE_POSTGRES, and run again")
        assert PASSWORD not in ended.err


def test_a_server_that_goes_is_one_line_and_one_that_comes_back_is_none(
    tmp_path: Path,
    own_postgres: Postgres,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = own_postgres
    with (
        open_instance(tmp_path, SecretStr(server.fresh_address())) as instance,
        ThreadPoolExecutor(1) as pool,
    ):
        run = begun(instance, **process_tags(instance))
        server.kill()
        with pytest.raises(ClicheError) as error, told_in_one_line(tmp_path):
            instance.report_engine_event("one", run)
        assert str(error.value).startswith("Dagster's records in PostgreSQL cannot be reached any more (")
        assert str(error.value).endswith("what was answered is kept: run again to go on")
        assert "\n" not in str(error.value)
        assert PASSWORD not in str(error.value)
        server.start()
        instance.report_engine_event("two", run)
        server.kill()
        server.start()
        instance.report_engine_event("three", run)  # over a connection that had ended
        assert [event.message for event in instance.all_logs(run.run_id)] == ["two", "three"]
        # An outage is one line, however often it is tried.
        capfd.readouterr()
        caplog.clear()
        server.kill()
        found = pool.submit(patiently, instance.get_run_by_id, run.run_id)
        time.sleep(AWAY_S)
        server.start()
        assert found.result(60) is not None
        (line,) = capfd.readouterr().err.splitlines()
        assert line.startswith("Dagster's records in PostgreSQL cannot be reached (connection to server at ")
        assert line.endswith("; they are waited for.")
        assert PASSWORD not in line
        assert "Retrying" not in caplog.text


def test_processes_that_begin_together_in_an_empty_database_make_the_tables_once(
    tmp_path: Path, postgres: Postgres, address: str, capfd: pytest.CaptureFixture[str]
) -> None:
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(AT_ONCE)
    processes = [
        context.Process(target=_open, args=(tmp_path / str(number), address, barrier))
        for number in range(AT_ONCE)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * AT_ONCE
    assert capfd.readouterr().err == ""  # nor "Retrying failed database creation"
    found = postgres.run("SELECT count(*) FROM alembic_version", address.rpartition("/")[2])
    assert found == [(1,)]


def _open(folder: Path, address: str, barrier: Any) -> None:
    logging.basicConfig(force=True)  # to stderr, as in a command
    barrier.wait(60)
    with open_instance(folder, SecretStr(address)):
        pass


def test_without_the_extra_a_line_says_what_to_install(
    fresh: Installation, cliche: Cliche, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = importlib.util.find_spec
    missing = {"dagster_postgres"}
    monkeypatch.setattr(instances, "find_spec", lambda name: None if name in missing else found(name))
    ended = cliche("unlock")
    assert (ended.code, os.environ["CLICHE_POSTGRES"]) == (2, address)
    assert 'CLICHE_POSTGRES is set and needs the extra "scale"' in ended.only_line
