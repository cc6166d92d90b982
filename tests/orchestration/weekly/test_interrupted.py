"""Publishing that is ended by a signal: one line, 130, nothing half written, wherever the signal finds it."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from assets.quality import run as quality
from assets.quality.registry import CHECKS
from assets.quality.scope import CheckScope
from orchestration.instance import open_instance
from orchestration.weekly import execute
from tests.orchestration.installation import WEEK, Installation, start

#: About a second; DuckDB sees a signal during most queries and else lets Python see it after one.
QUERY = "SELECT max(md5(range::VARCHAR)) FROM range(3000000)"


def query_on(con: duckdb.DuckDBPyConnection, seconds: float = 60) -> None:
    """Run queries until a signal ends them."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        con.execute(QUERY)
    raise AssertionError("the signal ended nothing")


def test_a_signal_during_a_query_of_a_step_is_an_interrupt(tmp_path: Path) -> None:
    @dg.asset(partitions_def=dg.StaticPartitionsDefinition(["x"]))
    def slow() -> None:
        with duckdb.connect() as con:
            timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGTERM))
            timer.start()
            query_on(con)

    job = dg.define_asset_job("job", selection="*")
    made = dg.Definitions(assets=[slow], jobs=[job]).resolve_job_def("job")
    with open_instance(tmp_path) as instance, pytest.raises(KeyboardInterrupt):
        execute(made, instance, "x")


def test_a_check_that_is_interrupted_is_none_that_cannot_run(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = next(check for check in CHECKS if check.kind == "sql")
    monkeypatch.setattr(quality, "_RUNNERS", {"sql": lambda spec, scope: query_on(scope.con)})
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with duckdb.connect() as con:
            scope = CheckScope(con=con, week=WEEK, model=None, store=None, seed="")
            threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
            with pytest.raises((KeyboardInterrupt, RuntimeError), match=r"^$|Query interrupted"):
                quality._run(spec, scope)
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_signal_during_the_export_leaves_nothing(published: Installation, tmp_path: Path) -> None:
    store = published.store
    before = {key: store.get(key) for key in store.list("editions/")}
    work = tmp_path / "tmp"
    work.mkdir()
    process = start(published.home, "publish", "--week", WEEK, TMPDIR=str(work))
    try:
        until = time.monotonic() + 120
        while not any("anchors.parquet" in files for _, _, files in os.walk(work)):
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < until
            time.sleep(0.001)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    assert err == "cliche: interrupted; nothing is half written, run again to go on\n"
    assert process.returncode == 130
    assert {key: store.get(key) for key in store.list("editions/")} == before
    assert [*work.iterdir()] == []
