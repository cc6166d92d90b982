"""Worker processes: they begin with their initializer, leave Ctrl-C to their parent, and end with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assets.gateway.workers import _Context, make_pool

CHECKOUT = Path(__file__).resolve().parents[2]
_told: list[str] = []


def _tell(*words: str) -> None:
    _told.extend(words)


def _heard(_: int) -> tuple[int, list[str], bool]:
    return os.getpid(), _told, signal.getsignal(signal.SIGINT) is signal.SIG_IGN


PARENT = """
import os, sys, time
from assets.gateway.workers import make_pool
from tests.unit.test_workers import _heard, _tell

if __name__ == "__main__":
    pool = make_pool(_tell, "begun", workers=1)
    pid, told, _ = pool.submit(_heard, 0).result()
    print(pid, *told, flush=True)
    busy = pool.submit(time.sleep, 600)
    time.sleep(600)
"""


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_workers_begin_with_their_initializer_and_leave_ctrl_c_to_their_parent() -> None:
    pool = make_pool(_tell, "a", "b", workers=1)
    try:
        pid, told, ignores = pool.submit(_heard, 0).result(timeout=60)
    finally:
        pool.shutdown()
    assert pid != os.getpid()
    assert told == ["a", "b"]
    assert ignores
    assert not _told  # nothing of it happened here
    assert not _alive(pid)


def test_workers_end_with_their_parent_even_if_it_is_killed_while_they_are_busy(tmp_path: Path) -> None:
    (tmp_path / "parent.py").write_text(PARENT)
    parent = subprocess.Popen(
        [sys.executable, str(tmp_path / "parent.py")],
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert parent.stdout is not None
        pid, *told = parent.stdout.readline().split()
        assert told == ["begun"]
        assert _alive(int(pid))
    finally:
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    until = time.monotonic() + 20
    while _alive(int(pid)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _alive(int(pid))


@pytest.mark.parametrize("after_s", [0.0, 0.02])
def test_ctrl_c_does_not_reach_a_worker_that_is_still_starting(after_s: float) -> None:
    process = _Context().Process(target=_told.clear)
    process.start()
    time.sleep(after_s)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGINT)
    process.join(60)
    assert process.exitcode == 0  # an interpreter that is interrupted while it starts ends with a traceback
