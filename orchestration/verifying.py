"""Recomputing a published edition: hashes of its files, counts, scores.

Belongs here: what is compared with what. Does not belong here: printing, publishing. A later part adds the chain of
editions and retractions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow as pa

from assets.generation.workplace import Workplace
from assets.leaderboard.edition import read_manifest
from assets.metrics.results import HISTORY_RESULTS, STUDY_RESULTS, WEEK_RESULTS, Compute
from assets.metrics.scores import compute_scores
from orchestration.commands.editions import open_database
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.closeness import differing
from warehouse.errors import UsageError
from warehouse.sqlfiles import sql


@dataclass
class Verified:
    """What was recomputed, and one line for everything that differs."""

    edition: str
    files: int = 0
    scores: int = 0
    differences: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Return whether nothing differs."""
        return not self.differences

    def lines(self) -> list[str]:
        """Return the report as a person reads it."""
        summary = f"edition {self.edition}   {self.files:,} files   "
        if self.holds:
            return [f"{summary}hashes ok · counts add up · {self.scores:,} scores recomputed, 0 differ"]
        return [f"{summary}{len(self.differences)} differences", *(f"  {line}" for line in self.differences)]


def verify_edition(place: Workplace, edition: str) -> Verified:
    """Return what a recomputation of `edition` finds.

    Raises:
        UsageError: if there is no such edition.
        CorruptObjectError: if its manifest does not read.
    """
    prefix = keys.edition_prefix(edition)
    try:
        manifest = read_manifest(place.store, edition)
    except KeyError:
        raise UsageError(f"no edition {edition} in {place.store.url}") from None
    result = Verified(edition)
    _verify_files(place, prefix, manifest, result)
    if result.holds:
        with open_database(place, edition) as con:
            _verify_counts(con, result)
            _verify_scores(con, result)
            verify_results(con, result)
    return result


def _verify_files(place: Workplace, prefix: str, manifest: dict[str, Any], result: Verified) -> None:
    for name, stated in sorted(manifest["files"].items()):
        result.files += 1
        try:
            data = place.store.get(prefix + name)
        except KeyError:
            result.differences.append(f"{name} is missing")
            continue
        if sha256_hex(data) != stated["sha256"]:
            result.differences.append(f"{name} has another hash than the manifest says")


def _verify_counts(con: duckdb.DuckDBPyConnection, result: Verified) -> None:
    cursor = con.execute(f"SELECT * FROM ({sql('audit/outcomes_add_up')}) WHERE NOT adds_up")  # noqa: S608
    names = [column[0] for column in cursor.description]
    for row in cursor.fetchall():
        cell = dict(zip(names, row, strict=True))
        result.differences.append(
            f"counts of {cell['model']}, {cell['prompt']}, {cell['week']} do not add up"
        )


def _verify_scores(con: duckdb.DuckDBPyConnection, result: Verified) -> None:
    """Compute every published score again, from the labels in the edition's own file."""
    for week in _weeks(con, "scores"):
        again = compute_scores(con, week)
        result.scores += again.num_rows
        if differ := _differ(con, "scores", again, "week", week):
            result.differences.append(f"week {week}: {differ} scores differ when computed again")


def verify_results(con: duckdb.DuckDBPyConnection, result: Verified) -> None:
    """Compute all other results again, from what the file holds: of each week (agreement, …), and of each study.

    Editions of earlier versions have fewer tables.
    """
    there = {name for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    studies = [name for (name,) in con.execute("SELECT study FROM studies ORDER BY study").fetchall()]
    of_weeks = {table: compute for table, compute in WEEK_RESULTS.items() if table != "scores"}
    for kind, names, results in (
        ("week", _weeks(con, "scores"), of_weeks),
        ("study", studies, STUDY_RESULTS),
    ):
        for name in names:
            for table, compute in results.items():
                if table in there:
                    _verify_table(con, result, table, compute, kind, name)
    for table, compute_history in HISTORY_RESULTS.items():
        if table in there and (differ := _differ(con, table, compute_history(con))):
            result.differences.append(f"{differ} rows of {table} differ when computed again")


def _verify_table(
    con: duckdb.DuckDBPyConnection, result: Verified, table: str, compute: Compute, kind: str, name: str
) -> None:
    """Compute one table of a week or a study again, and say how many rows differ."""
    again = compute(con, name)
    if table == "study_scores":
        result.scores += again.num_rows
    if differ := _differ(con, table, again, kind, name):
        result.differences.append(f"{kind} {name}: {differ} rows of {table} differ when computed again")


def _weeks(con: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    rows = con.execute(f"SELECT DISTINCT week FROM {table} ORDER BY week").fetchall()  # noqa: S608
    return [row[0].isoformat() for row in rows]


def _differ(
    con: duckdb.DuckDBPyConnection, table: str, again: pa.Table, kind: str = "all", name: str = ""
) -> int:
    """Return how many rows of a week, of a study or of all are not the same when computed again, or only in one."""
    columns = ", ".join(again.column_names)
    where = {"week": "week = CAST($name AS DATE)", "study": "study = $name", "all": "$name = ''"}[kind]
    return differing(con, f"SELECT {columns} FROM {table} WHERE {where}", again, {"name": name})  # noqa: S608
