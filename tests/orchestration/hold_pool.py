"""A run of `generate_week` that stops inside the step `loaded`, holding its place in the pool: for tests to kill.

Usage: CLICHE_HOME=… python -m tests.orchestration.hold_pool MODEL WEEK    (prints "holding" when it does)
"""

from __future__ import annotations

import sys
import time

from assets.generation.workplace import Workplace
from orchestration import loading, weekly
from orchestration.resources import make_workplace
from orchestration.settings import load_settings


def hold(place: Workplace, model: str, week: str) -> dict[str, int]:
    """Stand in for a load that takes for ever."""
    print("holding", flush=True)
    time.sleep(600)
    return {}


if __name__ == "__main__":
    loading.load = hold
    settings = load_settings()
    weekly.run_partition(settings, make_workplace(settings), (sys.argv[1], sys.argv[2]))
