"""What the many pages of an edition cost, by the length of the history: seconds, memory, bytes, template by template.

Pages are made from the DuckDB file of the published tables and from nothing else, so the history grows in that file
alone: rows of one published week under later dates. Each build has a process of its own. It makes what one week more
makes: all pages of its edition, and the pages of that week which later editions share (`PAST`); a site of n weeks that
is made at once has the latter n times.

Usage: python -m tests.bench.archive.site --database FILE --week WEEK --folder EMPTY
Prints JSON: what building all pages of the week's edition into the folder cost.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from tests.bench.archive.moving import moved
from tests.bench.archive.publishing import published
from tests.bench.archive.weeks import Asked, monday, workplace, write_week
from tests.bench.measure import Row, Size, seconds
from tests.bench.scoring import peak_mb
from warehouse.database.connection import connect, limit_memory
from warehouse.database.published import DATABASE, open_published

CHECKOUT = Path(__file__).resolve().parents[3]
_AT_ONCE = 6  # weeks
PAST = "one past week"  # in the place of a template
_LEAST_S = 0.01  # a template that took less is compared as if it had taken this


@dataclass(frozen=True)
class Template:
    """Pages of one template, with the files beside them; `largest` is of HTML, in bytes."""

    files: int
    bytes: int
    largest: int
    cpu_s: float


@dataclass(frozen=True)
class Built:
    """All these pages; `digest` is of paths and bytes, `reading_s` are CPU seconds outside of templates."""

    templates: dict[str, Template]
    digest: str
    seconds: float
    cpu_s: float
    reading_s: float
    peak_mb: float

    @property
    def files(self) -> int:
        """Return how many files there are."""
        return sum(one.files for one in self.templates.values())

    @property
    def bytes(self) -> int:
        """Return their bytes."""
        return sum(one.bytes for one in self.templates.values())

    @property
    def largest(self) -> int:
        """Return the bytes of the largest page."""
        return max(one.largest for one in self.templates.values())


def run(folder: Path, size: Size) -> list[Row]:
    """Return a row per length of the history, then one per template: at the last length, beside the first."""
    asked = Asked(size.archive_models, size.archive_prompts, size.archive_replicates)
    file = folder / DATABASE
    _first_week(folder / "home", asked, file)
    return rows_of(file, 1, folder, size.archive_weeks)


def rows_of(file: Path, held: int, folder: Path, lengths: Sequence[int]) -> list[Row]:
    """Return these rows, from a file that holds so many weeks."""
    rows, found = [], []
    for length in lengths:
        _grow(file, held, length)
        held, week, place = length, monday(length), folder / f"pages-{length}"
        built = _built(file, week, place)
        found.append(built)
        copied = seconds(lambda of=place: shutil.copytree(of, folder / "copy"))
        shutil.rmtree(folder / "copy")
        shutil.rmtree(place)
        what = (
            f"pages of week {length}, CPU {built.cpu_s:.1f} s, peak {built.peak_mb:,.0f} MB, "
            f"{built.bytes / 1e6:,.1f} MB, largest {built.largest / 1000:,.0f} kB"
        )
        rows.append(Row(what, built.files, "files", built.seconds, "the same files copied", copied))
    again = _built(file, monday(held), folder / "again")
    if again.digest != found[-1].digest:
        raise ValueError(
            "pages that were made twice of the same rows are not the same: all would be written again"
        )
    first, last = found[0], found[-1]
    rows.append(
        Row(
            "  of it reading",
            last.files,
            "files",
            last.reading_s,
            f"{lengths[0]} weeks",
            first.reading_s,
        )
    )
    for name, one in last.templates.items():
        before = max(first.templates[name].cpu_s, _LEAST_S)
        what = f"  template {name}, {one.bytes / 1e6:,.1f} MB, largest {one.largest / 1000:,.0f} kB"
        spent = max(one.cpu_s, _LEAST_S)
        rows.append(Row(what, one.files, "files", spent, f"{lengths[0]} weeks", before))
    return rows


def _first_week(home: Path, asked: Asked, file: Path) -> None:
    """Write, score and publish one week, and keep the DuckDB file of it."""
    write_week(workplace(home), asked, monday(1))
    published(home, monday(1))
    shutil.copy(home / "published" / DATABASE, file)
    shutil.rmtree(home)


def _grow(file: Path, held: int, length: int) -> None:
    """Add weeks with the rows of the last one that the file has."""
    with connect(file) as con:
        tables = con.execute(
            "SELECT table_name FROM duckdb_columns() WHERE schema_name = 'main' AND column_name = 'week' "
            "AND database_name = current_database() "
            "AND table_name IN (SELECT table_name FROM duckdb_tables() WHERE database_name = current_database())"
        ).fetchall()
        for (table,) in tables:
            columns = [name for name, *_ in con.execute(f"DESCRIBE {table}").fetchall()]
            for begun in range(held + 1, length + 1, _AT_ONCE):
                later = [number - held for number in range(begun, min(begun + _AT_ONCE, length + 1))]
                con.execute(
                    f"INSERT INTO {table} BY NAME SELECT * EXCLUDE (later) REPLACE ({moved(columns, 'later')}) "
                    f"FROM {table}, (SELECT unnest($later) AS later) WHERE week = $week",
                    {"later": later, "week": monday(held)},
                )
        con.execute("CHECKPOINT")


def _built(file: Path, week: str, folder: Path) -> Built:
    """Build all pages in a process of its own, so that its peak memory is its own."""
    named = ["--database", str(file), "--week", week, "--folder", str(folder)]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.bench.archive.site", *named],
        stdout=subprocess.PIPE,
        text=True,
        cwd=CHECKOUT,
        check=True,
    )
    told = json.loads(done.stdout.splitlines()[-1])
    return Built(**{**told, "templates": {name: Template(**one) for name, one in told["templates"].items()}})


def build(file: Path, week: date, folder: Path) -> Built:
    """Build all pages of an edition, as publishing does, into a folder; the name of the edition is left out."""
    from assets.leaderboard.page.sheets import NOWHERE, render_sheet
    from assets.leaderboard.past.making import made
    from assets.leaderboard.sheets import kinds, titles_of

    files: Counter[str] = Counter()
    size: Counter[str] = Counter()
    largest: Counter[str] = Counter()
    spent: defaultdict[str, float] = defaultdict(float)
    digest = hashlib.sha256()

    def keep(template: str, path: str, content: bytes) -> None:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
        digest.update(path.encode() + hashlib.sha256(content).digest())
        files[template] += 1
        size[template] += len(content)
        if path.endswith(".html"):
            largest[template] = max(largest[template], len(content))

    begun, used = time.perf_counter(), time.process_time()
    with open_published(file) as con:
        limit_memory(con)
        titles = titles_of(con, week)
        for kind in kinds():
            for sheet in kind.build(con, week):
                template, before = kind.template(sheet), time.process_time()
                for path, content in render_sheet(kind, sheet, week, NOWHERE, titles=titles):
                    keep(template, path, content)
                spent[template] += time.process_time() - before
        before = time.process_time()
        for model, path, content in made(con, str(week), None):
            keep(PAST, f"pages/{model}/{path}", content)
        spent[PAST] = time.process_time() - before
    cpu_s = time.process_time() - used
    return Built(
        {name: Template(files[name], size[name], largest[name], spent[name]) for name in files},
        digest.hexdigest(),
        time.perf_counter() - begun,
        cpu_s,
        cpu_s - sum(spent.values()),
        peak_mb(),
    )


def main() -> None:
    """Build, and say what it cost."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("database", "folder"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--week", type=date.fromisoformat, required=True)
    chosen = parser.parse_args()
    print(json.dumps(asdict(build(chosen.database, chosen.week, chosen.folder))))


if __name__ == "__main__":
    main()
