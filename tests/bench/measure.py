"""What a benchmark returns, and how a time is taken.

Belongs here: rows, times, the table that is printed. Does not belong here: what is timed (a module
each), its data (`data`).
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table


@dataclass(frozen=True)
class Size:
    """How much is timed; `label_rows` is what the warehouse holds before a week is loaded."""

    slots: int  # through a run, with an instant provider
    drawn: int  # by the simulated provider, and read by the labeler
    pixels: int  # width and height of a picture
    models: int
    replicates: int  # of ten prompts with six attributes: 17 make 170 slots per model
    label_rows: int
    repeats: int  # the shortest time is reported
    processes: int | None  # for drawing and reading; None: one a core, 0: none
    calls: int  # of a paid model, each answered after `latency_s`
    at_once: int  # of them
    latency_s: float
    image_bytes: int
    copied: int  # objects of a store that is copied
    copied_bytes: int  # of each
    stores: tuple[str, ...]  # into which they are copied
    archive_weeks: tuple[int, ...]  # lengths of the history at which one week more is published
    archive_models: int
    archive_prompts: int  # of all shipped suites, which have 140
    archive_replicates: int
    archive_undisturbed: bool = False  # whether what is timed goes before all other work on the machine


FULL = Size(
    slots=1000,
    drawn=400,
    pixels=256,
    models=6,
    replicates=17,
    label_rows=1_000_000,
    repeats=3,
    processes=None,
    calls=600,
    at_once=32,
    latency_s=2.0,
    image_bytes=1_500_000,
    copied=20_000,
    copied_bytes=25_000,
    stores=("folder", "SeaweedFS"),
    archive_weeks=(13, 52, 104, 156),
    archive_models=40,
    archive_prompts=140,
    archive_replicates=10,
)
QUICK = Size(
    slots=30,
    drawn=12,
    pixels=64,
    models=1,
    replicates=2,
    label_rows=5_000,
    repeats=1,
    processes=0,
    calls=12,
    at_once=4,
    latency_s=0.1,
    image_bytes=1_000,
    copied=60,
    copied_bytes=1_000,
    stores=("folder",),
    archive_weeks=(5,),
    archive_models=2,
    archive_prompts=8,
    archive_replicates=3,
)


@dataclass(frozen=True)
class Row:
    """One line of the table: so much of a unit was done in so many seconds; the baseline did the same in its own."""

    what: str
    amount: int
    unit: str
    seconds: float
    baseline: str
    baseline_seconds: float

    @property
    def rate(self) -> float:
        """Return units a second."""
        return self.amount / self.seconds

    @property
    def ratio(self) -> float:
        """Return how many times as long as its baseline it took; below 1 it was faster."""
        return self.seconds / self.baseline_seconds


def seconds(work: Callable[[], object]) -> float:
    """Return the wall time of one call."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def peak_mb() -> float:
    """Return the peak memory of this process alone; on Linux `ru_maxrss` begins with that of the process before."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) * 1024 / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def best(times: Iterable[float]) -> float:
    """Return the shortest of several times: other work on the machine can only add to it."""
    return min(times)


def table(rows: Sequence[Row]) -> Table:
    """Return the rows for printing."""
    found = Table(box=None, pad_edge=False)
    for name in ("what", "how much", "seconds", "rate", "baseline", "its seconds", "ratio"):
        found.add_column(name, justify="left" if name in {"what", "baseline"} else "right")
    for row in rows:
        found.add_row(
            row.what,
            f"{row.amount:,} {row.unit}",
            f"{row.seconds:.2f}",
            f"{row.rate:,.0f}/s",
            row.baseline,
            f"{row.baseline_seconds:.3f}",
            f"{row.ratio:.2f}",
        )
    return found
