"""What takes long to make is made once in a run of the tests, by the first test process that needs it.

Belongs here: one folder for all test processes. Does not belong here: what is made.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest


def made_once(temporary: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return the folder of this name, which `make` has filled: read only, for copying.

    Args:
        temporary: pytest's own fixture `tmp_path_factory`.
        name: one name for one content in the whole run.
        make: fills a folder that is not there yet; called once, while other test processes wait.
    """
    base = temporary.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / name
    with Path(f"{folder}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (ready := Path(f"{folder}.ready")).exists():
            make(folder)
            ready.touch()
    return folder
