"""What pages of boards say beside their figures: other prompts, orders, warnings, shifts."""

from __future__ import annotations

import re
from collections.abc import Iterator

import duckdb
import pytest

from tests.site import world
from tests.site.pages import shown
from tests.site.pages.shown import words
from tests.warehouse.checks.quality_rows import disagrees
from warehouse.store import Store, open_store

MODELS = ("imago-2", "sim-classic", "sim-next", "sim-cautious", "sim-silent", "sim-retired")
GENDER = "boards/occupations-perceived-gender/index.html"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = open_store(tmp_path_factory.mktemp("notes"))
    world.fill(store, weeks=6, only=MODELS)
    return store


@pytest.fixture(scope="module")
def loaded(store: Store) -> duckdb.DuckDBPyConnection:
    return world.load(store)


@pytest.fixture
def con(loaded: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse, changed for the length of a test."""
    loaded.execute("BEGIN")
    yield loaded
    loaded.execute("ROLLBACK")


def page(con: duckdb.DuckDBPyConnection, path: str = GENDER) -> str:
    return shown.files(con, "board")[path]


def rows_of(page: str) -> dict[str, str]:
    """Return model → what its row of a board says."""
    found = re.findall(r'<tr role="row" id="([^"]+)">(.*?)</tr>', page, re.DOTALL)
    return {model: words(f"<main>{row}</main>") for model, row in found}


def test_ranks_stand_in_their_order_and_those_without_a_rank_below_them(
    con: duckdb.DuckDBPyConnection,
) -> None:
    rows = rows_of(page(con))
    simulated = [model for model in rows if model.startswith("sim-")]
    assert simulated[:3] == ["sim-next", "sim-classic", "sim-cautious"]
    assert " 1 of 2 " in rows["sim-next"]
    assert " 2 of 2 " in rows["sim-classic"]
    assert "not ranked: no other model can be ranked here" in rows["imago-2"]


def test_a_model_that_refuses_much_has_its_reason(con: duckdb.DuckDBPyConnection) -> None:
    rows = rows_of(page(con))
    assert "not ranked: too many answers are missing" in rows["sim-cautious"]
    assert "not ranked: no usable picture" in rows["sim-silent"]


def test_labels_that_are_not_reliable_rank_nobody(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(disagrees(world.WEEK, "people", 0.4, scope="gold"))
    said = page(con)
    assert "No model can be ranked here." in words(said)
    assert "not ranked: the labels are not reliable" in rows_of(said)["sim-next"]


def test_a_withheld_model_has_neither_rank_nor_bounds(store: Store) -> None:
    con = world.load(store)
    world.withhold(con, "sim-classic", "completeness 0.4 is below 0.5")
    row = rows_of(page(con))["sim-classic"]
    assert "not ranked: withheld: completeness 0.4 is below 0.5" in row
    assert "had shown" not in row


def test_a_warning_about_a_model_stands_beside_it(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "INSERT INTO check_results BY NAME SELECT $week::DATE AS week, 'images__once_in_model' AS check_name, "
        "'warning' AS severity, 'fail' AS status, 'sim-next' AS model, 2 AS failing_rows, '' AS message",
        {"week": world.WEEK},
    )
    for language, said in (
        ("", "gave one picture for several requests"),
        ("fr/", "a donné une même image pour plusieurs requêtes"),
    ):
        for model, row in rows_of(page(con, f"{language}{GENDER}")).items():
            assert (said in row) == (model == "sim-next")
