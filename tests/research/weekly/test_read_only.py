"""In a home that is read-only: commands that compute much, and what schedules and sensors do at a tick."""

from __future__ import annotations

from pathlib import Path

from tests.orchestration.alerts.watching import Watch
from tests.orchestration.test_read_only_home import COMMANDS, MUCH, assert_as_told, watch

__all__ = ["watch"]  # a fixture


def test_what_computes_much_works_or_says_one_line(watch: Watch, tmp_path: Path) -> None:
    assert_as_told(watch, tmp_path / "to", [line for line in COMMANDS if MUCH.match(line)])
