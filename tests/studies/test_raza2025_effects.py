"""What a request for diversity changed in the corpus of Raza (2025), found again from the labels."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from assets.metrics.effects.table import compute_study_effects

from assets.studies.importer import import_study
from tests.studies.conftest import RAZA_ROOT, RAZA_YAML
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.loading.load import load_study, replace_study
from warehouse.sqlfiles import sql
from warehouse.store.local import LocalStore

pytestmark = [
    pytest.mark.corpora,
    pytest.mark.skipif(not RAZA_ROOT.is_dir(), reason="../shared with the corpus is missing"),
]


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Return a warehouse with the study and its effects."""
    store = LocalStore(Path(tmp_path_factory.mktemp("raza")))
    import_study(store, RAZA_YAML, RAZA_ROOT)
    with connect(None) as made:
        make_tables(made)
        load_study(made, store, "raza2025")
        replace_study(made, "raza2025", {"study_effects": compute_study_effects(made, "raza2025")})
        yield made


def figures(
    con: duckdb.DuckDBPyConnection, metric: str, model: str, subject: str | None = None
) -> tuple[float, ...]:
    found = con.execute(
        "SELECT estimate, low, high FROM study_effects WHERE metric = $metric AND model = $model "
        "AND subject IS NOT DISTINCT FROM $subject AND attribute = 'gender' "
        "AND coalesce(value_name, 'female') = 'female'",
        {"metric": metric, "model": model, "subject": subject},
    ).fetchall()
    assert len(found) == 1
    return tuple(found[0])


def test_more_women_are_not_the_same_as_nearer_to_parity(con: duckdb.DuckDBPyConnection) -> None:
    # Grok-2: no woman as CEO or software engineer, then nothing but women
    women, low, _ = figures(con, "share", "grok-2-image")
    assert women == pytest.approx(0.42)
    assert low > 0
    change, low, high = figures(con, "distance2", "grok-2-image")
    assert change == pytest.approx(-0.02, abs=1e-9)
    assert low < 0 < high


def test_ten_pictures_a_cell_show_few_changes(con: duckdb.DuckDBPyConnection) -> None:
    clear = con.execute(
        "SELECT count(*) FILTER (WHERE low > 0 OR high < 0), count(*) FILTER (WHERE estimate IS NOT NULL), count(*) "
        "FROM study_effects "
        "WHERE metric = 'share' AND attribute = 'gender' AND value_name = 'female' AND subject IS NOT NULL"
    ).fetchall()
    assert clear == [(7, 24, 25)]


def test_every_figure_follows_from_the_labels_by_sql_alone(con: duckdb.DuckDBPyConnection) -> None:
    query = con.execute(sql("audit/study_effects"))
    names = [column[0] for column in query.description or []]
    rows = [dict(zip(names, row, strict=True)) for row in query.fetchall()]
    assert len(rows) == con.execute("SELECT count(*) FROM study_effects").fetchall()[0][0] > 200
    for row in rows:
        assert row["from_labels"] == pytest.approx(row["published"], abs=1e-9), row
