"""Other threads and processes for store tests; a process runs a few lines of Python with `store` at hand."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

ROOT = Path(__file__).parents[3]
_OPENING = "import sys\nfrom warehouse.store import open_store\nstore = open_store(sys.argv[1])\n"

HOLD = """
import time
with store.lease(sys.argv[2], purpose="generate 2026-11-23 / flux-2-pro", ttl_s=float(sys.argv[3])) as lease:
    print("held", flush=True)
    for line in sys.stdin:
        print(lease.lost, flush=True)
"""


def start(script: str, *arguments: str) -> subprocess.Popen[str]:
    """Start a process that runs `script`; `arguments` begin with the store's address."""
    return subprocess.Popen(
        [sys.executable, "-c", _OPENING + script, *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def hold(address: str, name: str, ttl_s: float) -> subprocess.Popen[str]:
    """Start a process that holds a lease until its input ends; return when it has it."""
    child = start(HOLD, address, name, str(ttl_s))
    assert line_of(child) == "held"
    return child


def ask_lost(child: subprocess.Popen[str]) -> bool:
    assert child.stdin is not None
    child.stdin.write("?\n")
    child.stdin.flush()
    return line_of(child) == "True"


def line_of(child: subprocess.Popen[str]) -> str:
    assert child.stdout is not None
    return child.stdout.readline().strip()


def kill(child: subprocess.Popen[str]) -> None:
    child.kill()
    child.communicate()


def at_once(count: int, work: Callable[[int], T]) -> list[T]:
    """Return the results of `work(0)` … `work(count - 1)`, begun by as many threads at one moment."""
    barrier = threading.Barrier(count)

    def begin(number: int) -> T:
        barrier.wait()
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(begin, range(count)))
