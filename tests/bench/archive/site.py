"""What the many pages of an edition cost, by the length of the history: seconds, memory, bytes, template by template.

Pages are made from the DuckDB file of the published tables and from nothing else, so the history grows in that file
alone: rows of one published week under later dates. Each build has a process of its own.

The *next week* makes all pages of its edition, and the sheets of its quarter (`PAST`), which editions share, into a
store that has those of all quarters before. A *first build* makes all pages of the edition and the sheets of all
quarters, by all cores, into an empty store. Both are what publishing does with pages: made, compared, written, synced,
charts and cards drawn as PNG. Tables and thumbnails are not in it.

Usage: python -m tests.bench.archive.site --database FILE --week WEEK --folder EMPTY [--first]
Prints JSON: what building all pages of the week's edition into the folder cost.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from tests.bench.archive.moving import moved
from tests.bench.archive.publishing import published
from tests.bench.archive.weeks import Asked, monday, workplace, write_week
from tests.bench.measure import Row, Size, seconds, together
from warehouse import keys
from warehouse.database.connection import connect, limit_memory
from warehouse.database.published import DATABASE, open_published
from warehouse.store.local import LocalStore

if TYPE_CHECKING:
    from assets.leaderboard.past.making import Grounds

CHECKOUT = Path(__file__).resolve().parents[3]
_AT_ONCE = 6  # weeks
PAST = "sheets of quarters"  # in the place of a template
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
    peak_mb: float  # with its worker processes

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
    return rows_of(file, 1, folder, size.archive_weeks, size.archive_first)


def rows_of(
    file: Path, held: int, folder: Path, lengths: Sequence[int], first_at: Sequence[int] = ()
) -> list[Row]:
    """Return these rows, from a file that holds so many weeks; of some lengths with a first build."""
    rows, found = [], []
    for length in lengths:
        _grow(file, held, length)
        held, week, place = length, monday(length), folder / f"pages-{length}"
        built = _built(file, week, place)
        found.append(built)
        copied = seconds(lambda of=place: shutil.copytree(of, folder / "copy"))
        shutil.rmtree(folder / "copy")
        shutil.rmtree(place)
        rows.append(
            Row(
                _said("next week", length, built), built.files, "files", built.seconds, "files copied", copied
            )
        )
        if length in first_at:
            whole = _built(file, week, place, first=True)
            shutil.rmtree(place)
            what = _said("first build", length, whole)
            rows.append(Row(what, whole.files, "files", whole.seconds, "next week", built.seconds))
        print(*(f"{row.what}: {row.amount:,} files, {row.seconds:.0f} s" for row in rows[-2:]), sep="\n")
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


def _said(what: str, length: int, built: Built) -> str:
    return (
        f"{what}, {length} weeks, CPU {built.cpu_s:.1f} s, peak {built.peak_mb:,.0f} MB, "
        f"{built.bytes / 1e6:,.1f} MB, largest {built.largest / 1000:,.0f} kB"
    )


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


def _built(file: Path, week: str, folder: Path, *, first: bool = False) -> Built:
    """Build all pages in a process of its own, so that its peak memory is its own."""
    named = [
        "--database",
        str(file),
        "--week",
        week,
        "--folder",
        str(folder),
        *(["--first"] if first else []),
    ]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.bench.archive.site", *named],
        stdout=subprocess.PIPE,
        text=True,
        cwd=CHECKOUT,
        check=True,
    )
    told = json.loads(done.stdout.splitlines()[-1])
    return Built(**{**told, "templates": {name: Template(**one) for name, one in told["templates"].items()}})


def build(file: Path, week: date, folder: Path, *, first: bool = False) -> Built:
    """Build all pages of an edition, as publishing does, into a store; the name of the edition is left out."""
    from assets.leaderboard.page.raster import painted
    from assets.leaderboard.page.sheets import NOWHERE, ShownModels, render_sheet
    from assets.leaderboard.past.index import folders_of, read_index
    from assets.leaderboard.past.keeping import past_pages
    from assets.leaderboard.sheets import KINDS, titles_of

    store = LocalStore(folder)
    files: Counter[str] = Counter()
    size: Counter[str] = Counter()
    largest: Counter[str] = Counter()
    spent: defaultdict[str, float] = defaultdict(float)
    digest = hashlib.sha256()

    def keep(template: str, path: str, sha256: str, length: int) -> None:
        digest.update(path.encode() + bytes.fromhex(sha256))
        files[template] += 1
        size[template] += length
        if path.endswith(".html"):
            largest[template] = max(largest[template], length)

    begun, used = time.perf_counter(), _cpu_s()
    with (
        together() as peak,
        open_published(file) as con,
        tempfile.TemporaryDirectory(dir=folder.parent) as waiting,
    ):
        limit_memory(con)
        grounds = _grounds(con)
        before = {"pages": [] if first else _known(store, grounds, week)}
        past = past_pages(grounds, store, before, "bench", Path(waiting))
        spent[PAST] = _cpu_s() - used
        known = {one["key"] for one in before["pages"]}
        for entry in past:
            if entry.key not in known:  # their index says what they are: reading all of them takes longer
                for key, (sha256, length) in read_index(entry, store.get(entry.key)).stated().items():
                    if key.endswith(".html"):
                        keep(PAST, key, sha256, length)
        titles, folders = titles_of(con, week), folders_of(past)

        templates: dict[str, str] = {}

        def rendered() -> Iterator[tuple[str, bytes]]:
            for kind in KINDS:
                for sheet in kind.build(con, week):
                    template, since = kind.template(sheet), _cpu_s()
                    of = render_sheet(
                        kind,
                        sheet,
                        week,
                        NOWHERE,
                        thumbnails=_missing,
                        models=ShownModels(titles),
                        past=folders,
                    )
                    for path, content in of:
                        templates[path] = template
                        yield path, content
                    spent[template] += _cpu_s() - since

        def kept() -> Iterator[tuple[str, bytes]]:
            for path, content in painted(rendered()):
                keep(templates[path], path, hashlib.sha256(content).hexdigest(), len(content))
                yield f"editions/bench/{path}", content

        for _ in store.put_all(kept()):
            pass
        memory = peak()
    cpu_s = _cpu_s() - used
    return Built(
        {name: Template(files[name], size[name], largest[name], spent[name]) for name in files},
        digest.hexdigest(),
        time.perf_counter() - begun,
        cpu_s,
        cpu_s - sum(spent.values()),
        memory,
    )


def _missing(_sha256: str) -> None:
    """Have no thumbnail: charts are drawn as PNG, and cards without their pictures."""


def _cpu_s() -> float:
    """Return CPU seconds of this process and of those that it started and that ended."""
    return sum(os.times()[:4])


def _grounds(con: duckdb.DuckDBPyConnection) -> Grounds:
    """Return what sheets of quarters follow from, with a name for the hash of each table's week."""
    from assets.leaderboard.past.making import Grounds

    weeks = con.execute("SELECT strftime(week, '%Y-%m-%d'), count(*) FROM slots GROUP BY ALL ORDER BY ALL")
    parts = [{"week": week, "rows": rows, "table_hash": week} for week, rows in weeks.fetchall()]
    return Grounds(con, {"slots": {"parts": parts}}, {}, None)


def _known(store: LocalStore, grounds: Grounds, week: date) -> list[dict[str, Any]]:
    """Return entries of all quarters that were over, as if their sheets were in the store."""
    from assets.leaderboard.past.index import PastEntry

    found: list[PastEntry] = []
    models = [model for (model,) in grounds.con.execute("SELECT DISTINCT model FROM slots").fetchall()]
    for period in grounds.periods():
        if max(grounds.days(period)) < week:
            sha256 = hashlib.sha256(period.encode()).hexdigest()
            key, rests_on = keys.past_index(period, sha256), grounds.rests_on(period)
            store.put_if_absent(key, b"{}")
            found.append(
                PastEntry(
                    period=period,
                    key=key,
                    sha256=sha256,
                    bytes=2,
                    rests_on=rests_on,
                    folders=dict.fromkeys(models, sha256),
                )
            )
    return [asdict(entry) for entry in found]


def main() -> None:
    """Build, and say what it cost."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("database", "folder"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--week", type=date.fromisoformat, required=True)
    parser.add_argument("--first", action="store_true", help="nothing is in the store yet")
    chosen = parser.parse_args()
    print(json.dumps(asdict(build(chosen.database, chosen.week, chosen.folder, first=chosen.first))))


if __name__ == "__main__":
    main()
