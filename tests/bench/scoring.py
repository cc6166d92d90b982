"""One measurement of scoring in a process of its own, so that its peak memory is its own.

Usage: python -m tests.bench.scoring KIND --path WAREHOUSE [--weeks N]
Prints JSON: seconds, peak_mb (of the whole process, made data not among it) and rows: labels read, or figures made.

Belongs here: what is timed. Does not belong here: the data (`history`), what is compared with what (`scores`).
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb

CHECKOUT = Path(__file__).resolve().parents[2]
#: DuckDB keeps what it has read until this much is used; without it, up to 80 % of the machine's memory.
MEMORY_LIMIT = "400MB"
#: Every column that scoring reads, of the tables that have a row per slot, an attempt or a label.
LABELS = {"labels": "week, model, slot_key, attribute, labeler, labeler_version, value"}
ALL = {
    **LABELS,
    "slots": "week, model, slot_key, suite, suite_version, prompt, turn, conversation",
    "attempts": "week, model, slot_key, attempt, outcome, prompt_sent, revised_prompt",
}

_GROUPED = """
CREATE OR REPLACE TEMP TABLE grouped AS
SELECT
    labels.week, labels.model, slots.suite, slots.suite_version, slots.prompt, slots.turn,
    labels.attribute, labels.labeler, labels.labeler_version, labels.value, count(*) AS pictures
FROM labels INNER JOIN slots USING (week, model, slot_key)
WHERE labels.week BETWEEN $first AND $last AND slots.week BETWEEN $first AND $last
GROUP BY ALL
"""


@dataclass(frozen=True)
class Measured:
    """What one process said when it was done."""

    seconds: float
    peak_mb: float
    rows: int


def measured(kind: str, path: Path, weeks: int) -> Measured:
    """Measure in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.scoring", kind, "--path", str(path), "--weeks", str(weeks)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=CHECKOUT,
        check=True,
    )
    return Measured(**json.loads(done.stdout))


def scan(con: duckdb.DuckDBPyConnection, tables: Mapping[str, str]) -> int:
    """Read every value of these columns once, as DuckDB does it best: the largest of each column."""
    rows = 0
    for table, columns in tables.items():
        largest = ", ".join(f"max({name})" for name in columns.split(", "))
        rows += int(con.execute(f"SELECT count(*), {largest} FROM {table}").fetchall()[0][0])
    return rows


def counts(con: duckdb.DuckDBPyConnection, weeks: list[str]) -> int:
    """Count the labels of all cells, two batches of weeks at a time, as `scores_of` does."""
    from assets.metrics.counting.tallies import tally
    from assets.metrics.scores.table import WEEKS_AT_ONCE

    batches = [weeks[start : start + WEEKS_AT_ONCE] for start in range(0, len(weeks), WEEKS_AT_ONCE)]

    def one(batch: list[str]) -> int:
        return tally(con.cursor(), batch[0], batch[-1]).long.height

    with ThreadPoolExecutor(2) as pool:
        return sum(pool.map(one, batches))


def grouped(con: duckdb.DuckDBPyConnection, weeks: list[str]) -> int:
    """Count labels by cell and value in DuckDB alone, a quarter at a time: what no way of counting with it avoids."""
    con.execute("SET preserve_insertion_order = false")
    quarters = [weeks[start : start + 13] for start in range(0, len(weeks), 13)]
    rows = 0
    for quarter in quarters:
        con.execute(_GROUPED, {"first": quarter[0], "last": quarter[-1]})
        rows += int(con.execute("SELECT count(*) FROM grouped").fetchall()[0][0])
    return rows


def copied(con: duckdb.DuckDBPyConnection, _: list[str]) -> int:
    """Copy the finished scores from table to table inside DuckDB: what no way of keeping so many figures avoids."""
    con.execute("SET preserve_insertion_order = false")
    con.execute("CREATE OR REPLACE TABLE copied AS FROM scores")
    con.execute("CHECKPOINT")
    return int(con.execute("SELECT count(*) FROM copied").fetchall()[0][0])


def figures(con: duckdb.DuckDBPyConnection, weeks: list[str]) -> int:
    """Make the scores of all weeks."""
    from assets.metrics.scores.table import scores_of

    return sum(rows.num_rows for _, rows in scores_of(con, weeks))


def written(con: duckdb.DuckDBPyConnection, weeks: list[str]) -> int:
    """Make the scores of all weeks and write them."""
    from assets.metrics.scores.table import scores_of
    from warehouse.loading.load import replace_week

    made = 0
    for week, rows in scores_of(con, weeks):
        replace_week(con, "scores", week, rows)
        made += rows.num_rows
    con.execute("CHECKPOINT")
    return made


def one_week(con: duckdb.DuckDBPyConnection, weeks: list[str]) -> int:
    """Make the scores of the last week and write them, as when its rows changed."""
    from assets.metrics.scores.table import compute_scores
    from warehouse.loading.load import replace_week

    rows = compute_scores(con, weeks[-1])
    replace_week(con, "scores", weeks[-1], rows)
    return int(rows.num_rows)


def in_pandas(con: duckdb.DuckDBPyConnection, weeks: list[str]) -> int:
    """Make the scores of some weeks in pandas, one after another: all at once do not fit into memory."""
    from tests.bench.pandas_scores import pandas_scores

    made: deque[int] = deque()
    for week in weeks:
        made.append(len(pandas_scores(con, week)))
    return sum(made)


#: Kind → what is timed, whether it writes, and how often; the shortest time is reported.
KINDS: Mapping[str, tuple[Callable[[duckdb.DuckDBPyConnection, list[str]], int], bool, int]] = {
    "scan-labels": (lambda con, _: scan(con, LABELS), False, 3),
    "scan": (lambda con, _: scan(con, ALL), False, 3),
    "grouped": (grouped, False, 1),
    "counts": (counts, False, 1),
    "figures": (figures, False, 1),
    "written": (written, True, 1),
    "copied": (copied, True, 1),
    "one-week": (one_week, True, 7),
    "pandas": (in_pandas, False, 1),
}


def main() -> None:
    """Measure, and say what was found."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--path", type=Path, required=True)
    parser.add_argument("--weeks", type=int, required=True)
    chosen = parser.parse_args()
    import assets.metrics.scores.table  # noqa: F401 - importing is not what is timed
    import tests.bench.pandas_scores  # noqa: F401
    from tests.bench.history import weeks_before
    from warehouse.database.connection import connect

    work, writes, times = KINDS[chosen.kind]
    weeks = weeks_before(chosen.weeks)
    took = []
    with connect(chosen.path, read_only=not writes) as con:
        con.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
        for _ in range(times):
            begun = time.perf_counter()
            rows = work(con, weeks)
            took.append(time.perf_counter() - begun)
    print(json.dumps({"seconds": min(took), "peak_mb": peak_mb(), "rows": rows}))


def peak_mb() -> float:
    """Return the peak memory of this process alone; on Linux `ru_maxrss` begins with that of the process before."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) * 1024 / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


if __name__ == "__main__":
    main()
