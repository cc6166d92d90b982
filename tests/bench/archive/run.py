"""What publishing one more week costs as the archive grows: seconds, memory and bytes beside that week's own rows.

The many pages of the edition are reported apart: they cost what the week's cells are many, not what the history is
long.

The history grows from length to length: the weeks before the one that is timed are copies of the first, and are public
already when it comes.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assets.generation.workplace import Workplace
from tests.bench.archive import weeks
from tests.bench.archive.public import make_public
from tests.bench.archive.publishing import Published, published
from tests.bench.archive.weeks import Asked, monday
from tests.bench.measure import Row, Size
from warehouse.database.archive import PRIVATE
from warehouse.database.connection import connect
from warehouse.database.table_hash import identity_tables

#: Folders of the store in which editions are.
_PUBLIC = ("tables", "editions")
_LEAST_S = 0.01  # a phase that took less is compared as if it had taken this


@dataclass(frozen=True)
class Plain:
    """Rows of one week as plain Parquet files: how many, their bytes, seconds to write them."""

    rows: int
    bytes: int
    seconds: float


def run(folder: Path, size: Size) -> list[Row]:
    """Return a row per length of the history, then one per phase: at the last length, beside the first."""
    asked = Asked(size.archive_models, size.archive_prompts, size.archive_replicates)
    home = folder / "home"
    rows: list[Row] = []
    costs: list[Published] = []
    amount = 0
    for length, cost, added in publish_at(
        home, asked, size.archive_weeks, undisturbed=size.archive_undisturbed
    ):
        plain = _plain(home / "warehouse.duckdb", monday(length), folder / f"plain-{length}")
        costs.append(cost)
        amount = plain.rows
        alone, pages = cost.cost, cost.pages
        rows.append(
            Row(
                f"publish week {length} of {asked.models} models, CPU {alone.cpu_s:.1f} s, peak {alone.peak_mb:,.0f} "
                f"MB, {added / 1e6:,.1f} MB, {added / plain.bytes:.2f} of its rows'",
                amount,
                "rows",
                alone.seconds,
                f"COPY of its rows to Parquet, {plain.bytes / 1e6:,.1f} MB",
                plain.seconds,
            )
        )
        rows.append(
            Row(
                f"  its pages, CPU {pages.cost.cpu_s:.1f} s, peak {pages.cost.peak_mb:,.0f} MB, "
                f"{pages.bytes / 1e6:,.1f} MB",
                pages.files,
                "files",
                pages.cost.seconds,
                "all else of that publish",
                alone.seconds,
            )
        )
    few, many = size.archive_weeks[0], size.archive_weeks[-1]
    for phase, seconds in costs[-1].phases.items():
        first = max(costs[0].phases.get(phase, 0.0), _LEAST_S)
        what = f"  of it {phase}, {many} weeks held"
        rows.append(Row(what, amount, "rows", max(seconds, _LEAST_S), f"{few} weeks held", first))
    return rows


def publish_at(
    home: Path, asked: Asked, lengths: Sequence[int], *, undisturbed: bool
) -> Iterator[tuple[int, Published, int]]:
    """Yield each length with what its last week cost to publish, and the bytes that it added, pages apart."""
    place, note, made = begin(home, asked), noting(), 1
    for length in lengths:
        grow(place, asked, made, length, note)
        before = _public_bytes(place)
        cost = published(home, monday(length), undisturbed=undisturbed)
        added = _public_bytes(place) - before - cost.pages.bytes
        note(f"week {length} published and timed: {added:,} bytes, {cost}")
        yield length, cost, added
        made = length


def begin(home: Path, asked: Asked) -> Workplace:
    """Write and publish the first week of a home."""
    place = weeks.workplace(home)
    weeks.write_week(place, asked, monday(1))
    published(home, monday(1))
    return place


def grow(place: Workplace, asked: Asked, made: int, length: int, note: Callable[[str], None]) -> None:
    """Make weeks public that follow the week `made`, copies of the first, and write the week `length`."""
    copies = range(made + 1, length)
    # Of one week: after copies of one and then of another, nearly every series would have changed.
    weeks.copy_weeks(place, asked, 1, copies)
    note(f"{len(copies)} weeks copied")
    # The last by itself, for the DuckDB file that an edition is made in is two editions behind.
    for some in (copies[:-1], copies[-1:]):
        make_public(place, monday(1), [monday(number) for number in some])
    note(f"{len(copies)} weeks made public")
    weeks.write_week(place, asked, monday(length))


def noting() -> Callable[[str], None]:
    """Return what prints a line with the seconds since the line before."""
    last = time.perf_counter()

    def note(what: str) -> None:
        nonlocal last
        since, last = last, time.perf_counter()
        print(f"{last - since:6.0f} s  {what}", file=sys.stderr, flush=True)

    return note


def _public_bytes(place: Workplace) -> int:
    folders = (Path(place.store.url) / name for name in _PUBLIC)
    return sum(file.stat().st_size for folder in folders for file in folder.rglob("*") if file.is_file())


def _plain(warehouse: Path, week: str, folder: Path) -> Plain:
    """Copy the published rows of a week, a table each."""
    folder.mkdir()
    rows, seconds = 0, 0.0
    with connect(warehouse, read_only=True) as con:
        if con.execute("SELECT 1 FROM withheld WHERE week = $week", {"week": week}).fetchone():
            raise ValueError(
                f"models of week {week} are withheld: what was timed ranks nobody and has no windows"
            )
        for table in identity_tables(con):
            columns = [row[0] for row in con.execute(f"DESCRIBE {table}").fetchall()]
            if "week" not in columns:
                continue
            private = set(PRIVATE.get(table, ()))
            shown = ", ".join(name for name in columns if name not in private)
            begun = time.perf_counter()
            ((copied,),) = con.execute(
                f"COPY (SELECT {shown} FROM {table} WHERE week = '{week}') "
                f"TO '{folder / table}.parquet' (FORMAT parquet)"
            ).fetchall()
            seconds += time.perf_counter() - begun
            rows += copied
    return Plain(rows, sum(file.stat().st_size for file in folder.iterdir()), seconds)
