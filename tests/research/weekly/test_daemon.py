"""With Dagster's real daemon: its sensor sends alerts, `cliche watch` sends none again, and fires when it is dead."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from orchestration.alerts.settings import WEBHOOK
from orchestration.instance import open_instance
from tests.orchestration.alerts.watching import ALERTS, Watch, watching
from tests.orchestration.installation import CHECKOUT, MODELS, WEEK, Cliche, Installation, entry, environment
from tests.orchestration.weekly.test_withheld import pictures
from warehouse.integrity.scan import read_store

_PATIENCE_S = 120


def wait_for(what: Callable[[], bool], process: subprocess.Popen[bytes] | None = None) -> None:
    until = time.monotonic() + _PATIENCE_S
    while not what():
        assert time.monotonic() < until
        assert process is None or process.poll() is None
        time.sleep(0.2)


def program(name: str, *words: str) -> list[str]:
    return [str(Path(sys.executable).with_name(name)), *words, "-w", "workspace.yaml"]


@pytest.fixture
def watch(published: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    """A published installation of which nobody is asked today, with Dagster's settings as the docs say."""
    published.configure(alerts=ALERTS)
    published.write_models(*(entry(name, until=WEEK) for name in MODELS))
    folder = published.settings.dagster_home
    (folder / "dagster.yaml").write_bytes((CHECKOUT / "dagster.yaml").read_bytes())
    with watching(published) as made:
        for name, value in {WEBHOOK: made.url, "DAGSTER_HOME": str(folder)}.items():
            monkeypatch.setenv(name, value)
        yield made


@contextmanager
def daemon(watch: Watch) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        program("dagster-daemon", "run"),
        cwd=CHECKOUT,
        env=environment(watch.installation.home),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill the daemon and its code server, as when a machine dies."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_the_sensor_sends_and_watch_notices_that_the_daemon_is_dead(watch: Watch, cliche: Cliche) -> None:
    installation = watch.installation
    picture = pictures(installation, MODELS[0], WEEK)[0]
    picture.unlink()
    read_store(installation.store, installation.home, lambda *step: None)
    on_words = program("dagster", "sensor", "start", "alerts")
    subprocess.run(
        on_words, cwd=CHECKOUT, env=environment(installation.home), check=True, capture_output=True
    )
    with daemon(watch) as process:
        wait_for(lambda: bool(watch.bodies), process)
        assert "#alert-store_damaged" in watch.bodies[0]["text"]
        with open_instance(installation.settings.dagster_home) as instance:
            wait_for(lambda: {"SCHEDULER", "SENSOR"} <= {*instance.get_daemon_heartbeats()}, process)
        ended = cliche("watch")  # beside it, as cron runs it
        assert (ended.code, ended.err) == (1, "")
        assert ended.out.startswith("error          Store is damaged: last read whole: ")
        assert ended.out.endswith("1 alert, 0 new.\n")
        kill(process)
    with open_instance(installation.settings.dagster_home) as watch.instance:
        watch.is_quiet(datetime.now(UTC))
        watch.fires("daemon_dead", datetime.now(UTC) + timedelta(minutes=32))
    assert "switched on: alerts; its last sign of life: 20" in watch.bodies[-1]["text"]
    assert len(watch.bodies) == 2
