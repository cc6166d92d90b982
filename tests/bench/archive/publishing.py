"""One publish in a process of its own, so that its peak memory is its own.

Usage: python -m tests.bench.archive.publishing --home HOME --week WEEK [--undisturbed]
Prints JSON: what the many pages of the edition cost and what all else did, and CPU seconds by phase, which other work
on the machine hardly changes; `rest` is what no phase claims. CPU seconds are of all threads, peaks of the process.
The DuckDB file is hashed by a thread of its own while pages are made: its CPU seconds count as `hash`, not as theirs.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import wraps
from pathlib import Path
from typing import Any

from tests.bench.measure import peak_mb
from warehouse.canonical import canonical_json

CHECKOUT = Path(__file__).resolve().parents[3]
#: Phase → what belongs to it: module and function. Of nested ones the inner phase counts.
PHASES: dict[str, tuple[tuple[str, str], ...]] = {
    "gate": (("orchestration.weekly", "look"),),
    "anchors": (("assets.labeling.asset", "label_anchor_sets"),),
    "fresh": (
        ("warehouse.loading.freshness", "stale_partitions"),
        ("assets.metrics.week", "stale_partitions"),
        ("assets.metrics.week", "stale_anchors"),
        ("assets.metrics.week", "scored_by"),
    ),
    "load": (("assets.metrics.week", "load_behind"),),
    "score": (("assets.metrics.week", "score_labels"),),
    "checks": (("assets.metrics.week", "check_rows"),),
    "history": (("assets.metrics.week", "score_spans"),),
    "hashes": (("assets.leaderboard.asset", "keep_week_hashes"),),
    "thumbnails": (("assets.leaderboard.asset", "complete_weeks"),),
    "export": (
        ("assets.leaderboard.contents", "export_tables"),
        ("assets.leaderboard.contents", "hashes_of"),
        ("assets.leaderboard.contents", "export_views"),
    ),
    "file": (
        ("assets.leaderboard.contents", "build_database"),
        ("assets.leaderboard.contents", "start_here"),
    ),
    "sources": (("assets.leaderboard.contents", "_sources"),),
    "write": (("assets.leaderboard.edition", "_write"), ("assets.leaderboard.edition", "show_database")),
    "pages": (
        ("assets.leaderboard.contents", "past_pages"),
        ("assets.leaderboard.contents", "keep_sheets"),
        ("assets.leaderboard.edition", "_put_sheets"),
    ),
}
PAGES = "pages"  # the phase of the many pages, which is told apart from all else


@dataclass(frozen=True)
class Cost:
    """What part of a publish cost."""

    seconds: float
    cpu_s: float
    peak_mb: float


@dataclass(frozen=True)
class Pages:
    """The many pages of an edition: files, and bytes of them and of their lines in the manifest."""

    files: int
    bytes: int
    cost: Cost


@dataclass(frozen=True)
class Published:
    """What one process said when it was done; `peak_mb` of the cost without pages is before the first of them."""

    edition: str
    cost: Cost
    pages: Pages
    phases: dict[str, float]


def published(home: Path, week: str, *, undisturbed: bool = False) -> Published:
    """Publish in a process of its own; undisturbed: ahead of all other work on the machine, which takes root."""
    done = subprocess.run(
        [
            sys.executable,
            "-W",
            "ignore",
            "-m",
            "tests.bench.archive.publishing",
            "--home",
            str(home),
            "--week",
            week,
            *(["--undisturbed"] if undisturbed else []),
        ],
        stdout=subprocess.PIPE,
        text=True,
        cwd=CHECKOUT,
        check=True,
    )
    told = json.loads(done.stdout.splitlines()[-1])
    pages = Pages(**{**told["pages"], "cost": Cost(**told["pages"]["cost"])})
    return Published(**{**told, "cost": Cost(**told["cost"]), "pages": pages})


def _go_first() -> None:
    """Take the processor before everybody else; in a session of its own, for Linux weighs sessions first."""
    os.setsid()
    os.setpriority(os.PRIO_PROCESS, 0, -20)
    if (weight := Path("/proc/self/autogroup")).exists():
        weight.write_text("-20")


class Phases:
    """Seconds and CPU seconds by phase; while an inner phase runs, the outer one's clocks stand."""

    def __init__(self) -> None:
        """Start with nothing measured."""
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.cpu_s: defaultdict[str, float] = defaultdict(float)
        self.peak_mb: dict[str, float] = {}  # of the process when the phase first began
        self._open: list[str] = []
        self._since = (0.0, 0.0)

    def timed(self, phase: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function with its time counted for a phase."""

        @wraps(function)
        def run(*arguments: Any, **named: Any) -> Any:
            self._turn()
            self.peak_mb.setdefault(phase, peak_mb())
            self._open.append(phase)
            try:
                return function(*arguments, **named)
            finally:
                self._turn()
                self._open.pop()

        return run

    def _turn(self) -> None:
        now = (time.perf_counter(), time.process_time())
        if self._open:
            self.seconds[self._open[-1]] += now[0] - self._since[0]
            self.cpu_s[self._open[-1]] += now[1] - self._since[1]
        self._since = now


def main() -> None:
    """Publish, and say what it cost."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--week", required=True)
    parser.add_argument("--undisturbed", action="store_true")
    chosen = parser.parse_args()
    if chosen.undisturbed:
        _go_first()
    from assets.leaderboard import edition as writing
    from assets.leaderboard import site
    from orchestration import weekly
    from orchestration.settings import load_settings
    from tests.bench.archive.weeks import workplace

    listed: dict[str, dict[str, Any]] = {}
    put_sheets = writing._put_sheets

    def put_and_listed(*arguments: Any) -> dict[str, dict[str, Any]]:
        listed.update(put_sheets(*arguments))
        return listed

    writing._put_sheets = put_and_listed
    hashed = [0.0]
    begin_hash = site.FileHash._begin

    def hash_timed(of: site.FileHash) -> None:
        since = time.thread_time()
        begin_hash(of)
        hashed.append(time.thread_time() - since)

    site.FileHash._begin = hash_timed  # type: ignore[method-assign]
    phases = Phases()
    for phase, members in PHASES.items():
        for module_name, name in members:
            module = importlib.import_module(module_name)
            setattr(module, name, phases.timed(phase, getattr(module, name)))
    settings = load_settings({"CLICHE_HOME": str(chosen.home)})
    place = workplace(chosen.home)
    begun, used = time.perf_counter(), time.process_time()
    edition = weekly.publish(place, settings, chosen.week, note=print, wait=False)
    seconds, cpu_s = time.perf_counter() - begun, time.process_time() - used
    phases.cpu_s["hash"] = sum(hashed)
    of_pages = Cost(phases.seconds[PAGES], phases.cpu_s.pop(PAGES) - sum(hashed), peak_mb())
    cost = Cost(seconds - of_pages.seconds, cpu_s - of_pages.cpu_s, phases.peak_mb[PAGES])
    size = sum(file["bytes"] for file in listed.values()) + len(canonical_json(listed))
    measured = {**phases.cpu_s, "rest": cost.cpu_s - sum(phases.cpu_s.values())}
    told = Published(
        edition,
        cost,
        Pages(len(listed), size, of_pages),
        {name: round(value, 2) for name, value in measured.items()},
    )
    print(json.dumps(asdict(told)))


if __name__ == "__main__":
    main()
