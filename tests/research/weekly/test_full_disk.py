"""A run whose disk is full says so in one line, and goes on once there is room."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.orchestration.installation import MODELS, install, start
from tests.orchestration.weekly.test_full_disk import FULL, ended, small_disk
from warehouse.weeks import current_week

__all__ = ["small_disk"]  # a fixture


def test_a_full_disk_is_one_line_and_the_run_goes_on_after_it(small_disk: Callable[[str], Path]) -> None:
    disk = small_disk("size=300k")
    made = install(disk / "home", deadline_hours=168)
    words = ("run", "--week", current_week(), "--model", MODELS[0])
    code, line = ended(made.home, *words)
    assert code == 1
    assert FULL in line, line
    subprocess.run(["mount", "-o", "remount,size=200m", str(disk)], check=True)
    process = start(made.home, *words)
    out, err = process.communicate(timeout=180)
    assert process.returncode == 0, out + err
    assert "Not published: sim-drift was not asked yet" in out
