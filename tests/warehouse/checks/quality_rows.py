"""Good rows for the tests of quality checks, and statements that break them.

Belongs here: a loaded warehouse without a fault, and ways to change it for the length of a test. Does not belong here:
which change breaks which check (`quality_cases`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb

from assets.generation.slots import Slot
from assets.metrics.pipeline import score_spans
from assets.quality.run import CheckResult, run_checks
from assets.suites.schema import Attribute, Prompt, Suite
from tests.warehouse import builder
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.loading.load import load_partition, partitions
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


def make(folder: Path) -> None:
    """Make a bucket with two models in two weeks, whole plans and pictures that hash as they should; and load it."""
    store = open_store(folder / "bucket")
    for week, model in [(BEFORE, ONE), (BEFORE, TWO), (WEEK, ONE), (WEEK, TWO), (TUESDAY, ONE)]:
        for slot in builder.build_partition(store, week, model, suites=SUITES, labels=labels):
            picture = slot.slot_key.encode()
            store.put_if_absent(keys.image(sha256_hex(picture), "png"), picture)
    with connect(folder / "warehouse.duckdb") as con:
        fill(con, store)


def fill(con: duckdb.DuckDBPyConnection, store: Store) -> None:
    make_tables(con)
    for week, model in partitions(store):
        load_partition(con, store, week, model)
    builder.declare(con)
    score_spans(con, [BEFORE, WEEK])


@contextmanager
def broken(con: duckdb.DuckDBPyConnection, *statements: str) -> Iterator[None]:
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
    return f"UPDATE {table} SET {change} WHERE {first(table, condition)}"


def copy(table: str, replace: str = "model AS model", condition: str = "TRUE") -> str:
    """Return a statement that adds a copy of one row, with some columns replaced."""
    return f"INSERT INTO {table} SELECT * REPLACE ({replace}) FROM {table} WHERE {first(table, condition)}"


def label_call(outcome: str, column: str = "refused", value: str = "'[]'") -> str:
    """Return a statement that adds a call of a labeler which ended so, with one more column set."""
    return (
        f"INSERT INTO label_attempts (week, model, labeler, labeler_version, call, attempt, images, attributes, "
        f"outcome, {column}) VALUES ('{WEEK}', '{ONE}', 'eye', '1-00000000', '{outcome}', 1, '[]', '[]', "
        f"'{outcome}', {value})"
    )


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


def gold(**replaced: str) -> tuple[str, ...]:
    """Return statements after which a gold set holds one picture of one stratum, rated by a person.

    `sample_…` and `label_…` replace a column of the sample's and the label's row by an SQL expression.
    """
    picture = f"slots.week = '{WEEK}' AND slots.model = '{ONE}' AND slots.suite = 'occupations'"
    columns = {
        "gold_set": "'gold'",
        "week": "slots.week",
        "model": "slots.model",
        "slot_key": "slots.slot_key",
        "suite": "slots.suite",
        "suite_major": "1",
        "prompt": "slots.prompt",
        "image_sha256": "images.image_sha256",
        "stratum": "'sim-one/occupations@1/feminine'",
        "predicted": "'feminine'",
        "inclusion_probability": "0.25",
    }
    tables: dict[str, dict[str, str]] = {
        "gold_samples": {
            **columns,
            "turn": "1",
            "stratified_by": "'perceived_gender'",
            "labeler": "'drawing'",
            "stratum_pictures": "4",
            "stratum_sampled": "1",
            "seed": "7",
            "raters": "'a'",
            "simulated": "TRUE",
        },
        "gold_labels": {**columns, "attribute": "'perceived_gender'", "rater": "'a'", "value": "'masculine'"},
    }
    for name, expression in replaced.items():
        which, _, column = name.partition("_")
        tables[f"gold_{which}s"][column] = expression
    return tuple(
        f"INSERT INTO {table} BY NAME SELECT {', '.join(f'{value} AS {name}' for name, value in row.items())} "
        f"FROM slots INNER JOIN images USING (slot_key) WHERE {picture} ORDER BY slots.slot_key LIMIT 1"
        for table, row in tables.items()
    )


def everywhere(statement: str) -> tuple[str, ...]:
    """Return the statement for each of the tables that hold a slot's picture."""
    return tuple(statement.format(table=table) for table in ("attempts", "images", "labels"))


def disagrees(week: str, other: str, alpha: float, *, scope: str = "week") -> str:
    """Return a statement after which the labeler and another, or people, compared 100 genders in a week."""
    version = "NULL" if other == "people" else "'1-ab'"
    return (
        "INSERT INTO agreement BY NAME SELECT "
        f"'{scope}' AS scope, DATE '{week}' AS week, 'perceived_gender' AS attribute, "
        f"'{builder.LABELER}' AS labeler_a, '{builder.LABELER_VERSION}' AS labeler_a_version, "
        f"'{other}' AS labeler_b, {version} AS labeler_b_version, "
        f"120 AS pictures, 100 AS n, 70 AS agreed, 100 / 120 AS both_assessed_share, {alpha}::DOUBLE AS alpha, "
        "'nominal' AS alpha_method, 'unweighted' AS kappa_method"
    )


def anchored(week: str) -> str:
    """Return a statement after which the labeler labeled an anchor picture in a week."""
    return (
        f"INSERT INTO anchor_labels BY NAME SELECT DATE '{week}' AS week, 'mine' AS anchor_set, "
        f"repeat('a', 64) AS image_sha256, 'skin_tone' AS attribute, '{builder.LABELER}' AS labeler, "
        f"'{builder.LABELER_VERSION}' AS labeler_version, 'monk_3' AS value"
    )


def moved(week: str, pictures: int) -> str:
    """Return a statement after which gender was read otherwise on some of 60 anchor pictures."""
    return (
        "INSERT INTO labeler_drift BY NAME SELECT "
        f"DATE '{week}' AS week, 'mine' AS anchor_set, '{builder.LABELER}' AS labeler, "
        f"'{builder.LABELER_VERSION}' AS labeler_version, 'perceived_gender' AS attribute, "
        f"DATE '{BEFORE}' AS baseline_week, DATE '{BEFORE}' AS previous_week, 60 AS pictures, "
        f"{pictures} AS moved, {pictures} AS moved_since_previous"
    )
