"""Good rows for the tests of quality checks, and statements that break them.

Belongs here: a loaded warehouse without a fault, and ways to change it for the length of a test. Does not belong here:
which change breaks which check (`quality_cases`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb

from assets.generation.records import Slot
from assets.metrics.scores import compute_scores
from assets.quality.run import CheckResult, run_checks
from assets.suites.schema import Attribute, Prompt, Suite
from tests.warehouse import builder
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.load import load_partition, partitions, replace_week
from warehouse.migrations import migrate
from warehouse.store import Store, open_store

BEFORE, WEEK, TUESDAY = "2026-11-16", "2026-11-23", "2026-11-24"
ONE, TWO = "sim-one", "sim-two"

CANARY = Suite(
    id="canary",
    version="1.0.0",
    title="Canary",
    source="test",
    replicates=10,
    prompts=(
        Prompt(id="chair", text="a wooden chair", subject="object:chair", attributes=("person_count",)),
    ),
    attributes=(
        Attribute(
            id="person_count",
            title="People",
            question="How many?",
            values=("0", "1", "2", "3+"),
            outside=("cannot_tell",),
        ),
    ),
)
SUITES = (builder.OCCUPATIONS, builder.CONFRONTATION, CANARY)

#: Rows of the model and week that are broken; written as a condition.
HERE = f"week = '{WEEK}' AND model = '{ONE}'"


def labels(slot: Slot, attribute: Attribute) -> tuple[str, float | None, str | None]:
    return ("0", 1.0, None) if attribute.id == "person_count" else builder.draw(slot, attribute)


def make_store(folder: Path) -> Store:
    """Return a bucket with two models in two weeks, whole plans and pictures that hash as they should."""
    made = open_store(folder / "bucket")
    for week, model in [(BEFORE, ONE), (BEFORE, TWO), (WEEK, ONE), (WEEK, TWO), (TUESDAY, ONE)]:
        for slot in builder.build_partition(made, week, model, suites=SUITES, labels=labels):
            picture = slot.slot_key.encode()
            made.put_if_absent(keys.image(sha256_hex(picture), "png"), picture)
    return made


def fill(con: duckdb.DuckDBPyConnection, store: Store) -> None:
    """Load everything that the store holds and score both weeks."""
    migrate(con)
    for week, model in partitions(store):
        load_partition(con, store, week, model)
    for week in (BEFORE, WEEK):
        replace_week(con, "scores", week, compute_scores(con, week))


@contextmanager
def broken(con: duckdb.DuckDBPyConnection, *statements: str) -> Iterator[None]:
    """Change rows for the length of a test."""
    con.execute("BEGIN")
    try:
        for statement in statements:
            con.execute(statement)
        yield
    finally:
        con.execute("ROLLBACK")


class Tampered:
    """The store with some objects changed (bytes) or gone (None)."""

    def __init__(self, store: Store, changes: Mapping[str, bytes | None]) -> None:
        self.store, self.changes = store, changes

    def get(self, key: str) -> bytes:
        if key not in self.changes:
            return self.store.get(key)
        changed = self.changes[key]
        if changed is None:
            raise KeyError(key)
        return changed


def check(
    con: duckdb.DuckDBPyConnection,
    store: Store | Tampered | None,
    *,
    week: str = WEEK,
    model: str | None = None,
    stage: str = "publish",
    seed: str = "seed",
) -> dict[str, CheckResult]:
    results = run_checks(con, week=week, model=model, stage=stage, store=store, seed=seed)  # type: ignore[arg-type]
    return {result.name: result for result in results}


def failing(results: Mapping[str, CheckResult]) -> set[str]:
    assert not [result for result in results.values() if result.status == "error"]
    return {name for name, result in results.items() if result.status != "pass"}


def first(table: str, condition: str = "TRUE") -> str:
    """Return a condition for one row of a table, of the broken model and week."""
    return f"rowid = (SELECT min(rowid) FROM {table} WHERE {HERE} AND ({condition}))"


def update(table: str, change: str, condition: str = "TRUE") -> str:
    """Return a statement that changes one row."""
    return f"UPDATE {table} SET {change} WHERE {first(table, condition)}"


def copy(table: str, replace: str = "model AS model", condition: str = "TRUE") -> str:
    """Return a statement that adds a copy of one row, with some columns replaced."""
    return f"INSERT INTO {table} SELECT * REPLACE ({replace}) FROM {table} WHERE {first(table, condition)}"


def some(percent: int) -> str:
    """Return a condition for about that share of the slots of the broken model and week."""
    return (
        f"{HERE} AND slot_key IN (SELECT slot_key FROM slots WHERE {HERE} QUALIFY "
        f"row_number() OVER (ORDER BY slot_key) <= count(*) OVER () * {percent / 100})"
    )


def unanswered(percent: int, outcome: str) -> tuple[str, ...]:
    """Return statements after which a share of the slots ended with another outcome than a picture."""
    return (
        f"UPDATE attempts SET outcome = '{outcome}' WHERE {some(percent)}",
        f"DELETE FROM images WHERE {some(percent)}",
        f"DELETE FROM labels WHERE {some(percent)}",
    )


def everywhere(statement: str) -> tuple[str, ...]:
    """Return the statement for each of the tables that hold a slot's picture."""
    return tuple(statement.format(table=table) for table in ("attempts", "images", "labels"))
