"""`python -m tests.bench [NAME …] [--quick] [--folder DIR]`: times, each beside a baseline taken in the same run.

Belongs here: the command and the table of benchmarks. Does not belong here: what is timed (a module each).
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from tests.bench import backup, generation, load
from tests.bench.archive import run as archive
from tests.bench.measure import FULL, QUICK, Row, Size, table
from tests.bench.pictures import labels, thumbnails

BENCHMARKS: Mapping[str, Callable[[Path, Size], list[Row]]] = {
    "archive": archive.run,
    "backup": backup.run,
    "generation": generation.run,
    "labels": labels.run,
    "load": load.run,
    "thumbnails": thumbnails.run,
}


def main(arguments: list[str]) -> int:
    """Run the benchmarks that are named, all if none is, and print their table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}; all if left out"
    )
    parser.add_argument("--quick", action="store_true", help="tiny sizes: whether it runs, not how fast")
    parser.add_argument(
        "--folder", type=Path, help="where data is made (and removed); a temporary folder if left out"
    )
    weeks = parser.add_argument_group("of archive")
    weeks.add_argument("--weeks", type=_numbers, help="lengths of the history, e.g. 13,52,104,156")
    for name in ("models", "prompts", "replicates"):
        weeks.add_argument(f"--{name}", type=int, help=f"{name} of a week")
    weeks.add_argument(
        "--undisturbed", action="store_true", help="time ahead of all other work on the machine (needs root)"
    )
    options = parser.parse_args(arguments)
    if unknown := [name for name in options.names if name not in BENCHMARKS]:
        parser.error(f'no benchmark "{unknown[0]}"; there are {", ".join(BENCHMARKS)}')
    if options.folder and not options.folder.is_dir():
        parser.error(f"{options.folder} is no folder")
    size = QUICK if options.quick else FULL
    given = {
        name: getattr(options, name) for name in ("weeks", "models", "prompts", "replicates", "undisturbed")
    }
    size = replace(size, **{f"archive_{name}": value for name, value in given.items() if value})
    console = Console(width=150, highlight=False)
    load_before = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    rows: list[Row] = []
    for name in options.names or BENCHMARKS:
        console.print(f"{name} …", style="dim")
        with tempfile.TemporaryDirectory(prefix="cliche-bench-", dir=options.folder) as folder:
            rows += BENCHMARKS[name](Path(folder), size)
    console.print(
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"load before: {load_before:.1f}" + (", tiny sizes" if options.quick else "")
    )
    if load_before > 0.5:
        console.print("The machine was busy when this began; figures of a calm one differ.")
    console.print(table(rows))
    return 0


def _numbers(text: str) -> tuple[int, ...]:
    """Return numbers that are written with commas between them."""
    return tuple(int(part) for part in text.split(","))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
