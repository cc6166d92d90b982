"""Plans that are alike: nothing that scoring reads of a suite may differ between two plans of one kind."""

from __future__ import annotations

import re
from collections.abc import Iterator

import duckdb
import pytest

from assets.metrics.counting.plans import plans_between
from assets.suites.schema import StereotypePair
from tests.warehouse import builder
from warehouse.database.connection import connect
from warehouse.database.migrations import migrate
from warehouse.database.sqlfiles import names, sql
from warehouse.loading.load import load_partition
from warehouse.loading.plan_rows import PLAN_SCHEMAS
from warehouse.store import open_store

Con = duckdb.DuckDBPyConnection
WEEK, BEFORE = builder.WEEK, "2026-11-16"
#: Of a plan, the tables that hold its suites.
TABLES = ("prompts", "prompt_attributes", "attribute_values", "reference_values", "stereotypes")
COLUMNS = [
    (table, field.name, str(field.type))
    for table in TABLES
    for field in PLAN_SCHEMAS[table]
    if field.name not in {"week", "model"}
]
OTHER = {"string": "'other'", "int32": "-1", "double": "-1", "bool": "NOT {}"}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Con]:
    """Two weeks of two models that are asked the same suites, and one that is asked fewer."""
    store = open_store(tmp_path_factory.mktemp("plans") / "bucket")
    pair = StereotypePair(attribute="perceived_gender", value="feminine", subject="occupation:ceo")
    suite = builder.OCCUPATIONS.model_copy(update={"stereotypes": (pair,)})
    with connect(None) as con:
        migrate(con)
        for week in (BEFORE, WEEK):
            for model in ("one", "two", "three"):
                suites = (suite,) if model == "three" else (suite, builder.CONFRONTATION)
                builder.build_partition(store, week, model, suites=suites)
                load_partition(con, store, week, model)
        yield con


@pytest.fixture
def loaded(world: Con) -> Iterator[Con]:
    """The world, as it was when the test ends."""
    world.execute("BEGIN")
    yield world
    world.execute("ROLLBACK")


def kinds(con: Con) -> dict[tuple[str, str], int]:
    rows = plans_between(con, BEFORE, WEEK).models.select("week", "model", "plan").iter_rows()
    return {(week.isoformat(), model): plan for week, model, plan in rows}


def test_plans_with_the_same_suites_are_of_one_kind(loaded: Con) -> None:
    found = kinds(loaded)
    assert {found[week, model] for week in (BEFORE, WEEK) for model in ("one", "two")} == {1}
    assert {found[week, "three"] for week in (BEFORE, WEEK)} == {2}
    plans = plans_between(loaded, BEFORE, WEEK)
    assert len(plans.where["partitions"]) == 2
    assert plans_between(loaded, WEEK, WEEK).models.height == 3


@pytest.mark.parametrize(("table", "column", "kind"), COLUMNS)
def test_a_plan_that_differs_in_what_is_read_is_of_another_kind(
    loaded: Con, table: str, column: str, kind: str
) -> None:
    """Each column of a suite's tables tells two plans apart, or no statement for one plan of a kind reads it."""
    value = OTHER[kind].format(column)
    changed = loaded.execute(
        f"UPDATE {table} SET {column} = {value} WHERE week = $week AND model = 'two' RETURNING 1",
        {"week": WEEK},
    ).fetchall()
    assert changed, f"{table} has no row to change"
    found = kinds(loaded)
    apart = found[WEEK, "two"] != found[WEEK, "one"]
    readers = [
        text for text in map(sql, (f"metrics/{name}" for name in names("metrics"))) if "$partitions" in text
    ]
    assert len(readers) >= 5
    reading = [
        text for text in readers if re.search(rf"\b{table}\b", text) and re.search(rf"\b{column}\b", text)
    ]
    assert apart or not reading
    assert found[BEFORE, "two"] == found[BEFORE, "one"] == found[WEEK, "one"]
