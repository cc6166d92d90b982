"""Every table, view and column says what it is; the data dictionary has all of them."""

from __future__ import annotations

from tests.warehouse.database.test_schema import Con, columns
from warehouse import sqlfiles
from warehouse.database import dictionary, marts
from warehouse.database.connection import connect
from warehouse.database.published import make_start_here, starting_points
from warehouse.database.schema import make_tables
from warehouse.database.table_hash import identity_tables
from warehouse.loading.analysis_tables import ANALYSIS_TABLES
from warehouse.loading.gold_objects import GOLD_TABLES
from warehouse.loading.load import COMPUTED_TABLES, PARTITION_TABLES, STUDY_TABLES


def test_every_column_of_every_table_says_what_it_is_and_its_class(con: Con) -> None:
    tables = [row[0] for row in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
    published = {
        *PARTITION_TABLES,
        *COMPUTED_TABLES,
        *STUDY_TABLES,
        *GOLD_TABLES,
        *ANALYSIS_TABLES,
        "anchors",
        "anchor_labels",
        "drift_acceptances",
        "joint_values",
        "outcomes",
        "removals",
    }
    published -= {"loads"}  # bookkeeping
    assert published == set(identity_tables(con))
    for table in tables:
        for name, _, comment in columns(con, table):
            group, _, meaning = comment.partition(": ")
            assert group in {"identity", "run time"}, (table, name)
            assert len(meaning) > 5, (table, name)


def test_every_table_and_view_and_every_column_of_a_view_has_a_meaning(con: Con) -> None:
    assert con.execute("SELECT table_name FROM duckdb_tables() WHERE comment IS NULL").fetchall() == []
    assert (
        con.execute("SELECT view_name FROM duckdb_views() WHERE comment IS NULL AND NOT internal").fetchall()
        == []
    )
    for view in marts.order():
        assert [name for name, _, comment in columns(con, view) if not comment] == [], view


def test_the_data_dictionary_has_every_table_view_column_and_audit_query(con: Con) -> None:
    page = dictionary.page(con)
    assert page == dictionary.own_page()
    sections = {part.partition("\n")[0]: part for part in page.split("\n### ")[1:]}
    columns = con.execute(
        "SELECT table_name, column_name, data_type, coalesce(comment, '') FROM duckdb_columns() WHERE NOT internal"
    ).fetchall()
    assert {table for table, *_ in columns} == sections.keys()
    for table, column, kind, comment in columns:
        meaning = comment.rpartition(": ")[2] if table not in marts.order() else comment
        (row,) = [
            line for line in sections[table].splitlines() if line.startswith(f"| `{column}` | {kind} |")
        ]
        assert " ".join(meaning.split()).replace("|", "\\|") in row
    for query in sqlfiles.names("audit"):
        assert f"\n| `{query}` | " in page


def test_the_dictionary_is_the_same_before_and_after_a_file_says_where_to_begin() -> None:
    with connect(None) as con:
        make_tables(con)
        before = dictionary.page(con)
        make_start_here(con, dict.fromkeys(starting_points(), 1))
        assert dictionary.page(con) == before
