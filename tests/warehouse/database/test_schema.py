"""The tables, the files of `sql/`, and what the tables say about themselves."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from assets.gateway.receipts import RECEIPT_COLUMNS
from assets.gateway.records import FINAL, GROUPS
from assets.labeling.asked.attempts import LABEL_ATTEMPT_COLUMNS
from assets.labeling.records import LABEL_COLUMNS
from warehouse import sqlfiles
from warehouse.database import marts
from warehouse.database.archive import views_by_week
from warehouse.database.connection import connect
from warehouse.database.marts import EARLIER, OWN
from warehouse.database.schema import make_tables, open_warehouse
from warehouse.database.table_hash import identity_columns
from warehouse.errors import ClicheError, UsageError
from warehouse.loading.analysis_tables import ANALYSIS_TABLES
from warehouse.loading.columns import columns as declared
from warehouse.loading.gold_objects import GOLD_TABLES
from warehouse.loading.plan_rows import PLAN_TABLES

Con = duckdb.DuckDBPyConnection
ARROW = {
    "VARCHAR": pa.string(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "TIMESTAMP": pa.timestamp("us"),
    "DATE": pa.string(),  # a week is text in the store
}


def columns(con: Con, table: str) -> list[tuple[str, str, str]]:
    return con.execute(
        "SELECT column_name, data_type, coalesce(comment, '') FROM duckdb_columns() "
        "WHERE table_name = $table ORDER BY column_index",
        {"table": table},
    ).fetchall()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An `sql/` of its own, with one table beside the one that says what made it."""
    (tmp_path / "schema").mkdir()
    (tmp_path / "marts").mkdir()
    (tmp_path / "schema" / "01_first.sql").write_text("CREATE TABLE first (a INTEGER)")
    (tmp_path / "schema" / "02_state.sql").write_text(
        "CREATE TABLE schema_hash (tables_sha256 VARCHAR, views_sha256 VARCHAR)"
    )
    monkeypatch.setattr(sqlfiles, "ROOT", tmp_path)
    return tmp_path


def test_making_tables_again_does_nothing_but_make_views_that_differ(folder: Path) -> None:
    view = folder / "marts" / "seen.sql"
    view.write_text("-- Answers: what\n-- Depends on: first\nSELECT a AS b FROM first")
    with connect(None) as con:
        for _ in range(2):
            make_tables(con)
        con.execute("INSERT INTO first VALUES (7)")
        view.write_text("-- Answers: what\n-- Depends on: first\nSELECT 2 * a AS c FROM first")
        for _ in range(2):
            make_tables(con)
            assert con.execute("SELECT c FROM seen").fetchall() == [(14,)]
        assert con.execute("SELECT count(*) FROM schema_hash").fetchall() == [(1,)]


def test_comments_of_a_file_are_those_of_its_tables_and_columns(folder: Path) -> None:
    (folder / "schema" / "01_first.sql").write_text(
        "-- What it makes: one\n\n-- One row per it's.\n-- Grain: a.\nCREATE TABLE first (\n"
        "    a INTEGER NOT NULL,  -- identity: a, it's -- said\n    -- in two\n    -- lines\n"
        "    none INTEGER,\n    b VARCHAR  -- run time: b (one; two)\n);\n\n"
        "CREATE TABLE second (\n    c DOUBLE CHECK (c > 0)  -- identity: c\n);\nINSERT INTO second VALUES (1);\n"
    )
    with open_warehouse(None) as con:
        assert columns(con, "first") == [
            ("a", "INTEGER", "identity: a, it's -- said in two lines"),
            ("none", "INTEGER", ""),
            ("b", "VARCHAR", "run time: b (one; two)"),
        ]
        assert columns(con, "second") == [("c", "DOUBLE", "identity: c")]
        assert con.execute(
            "SELECT table_name, comment FROM duckdb_tables() WHERE table_name <> 'schema_hash' ORDER BY ALL"
        ).fetchall() == [("first", "One row per it's.\nGrain: a."), ("second", None)]


def test_tables_that_a_process_wants_again_are_those_that_it_made_first(folder: Path, tmp_path: Path) -> None:
    (folder / "schema" / "01_first.sql").write_text(
        "CREATE TABLE first (a INTEGER PRIMARY KEY, b VARCHAR NOT NULL CHECK (b <> ''), c DOUBLE DEFAULT 2);\n"
        "COMMENT ON COLUMN first.a IS 'identity: a'; COMMENT ON TABLE first IS 'one';\n"
        "INSERT INTO first VALUES (1, 'x', 3);"
    )
    (folder / "marts" / "seen.sql").write_text(
        "-- Answers: what\n-- Grain: a\n-- Columns:\n-- d: twice a\n-- Depends on: first\n"
        "SELECT a, 2 * a AS d FROM first"
    )

    def described(con: Con) -> list[object]:
        about = {
            "columns": "table_name, column_name, data_type, is_nullable, column_default, comment",
            "views": "view_name, comment, sql",
            "tables": "table_name, comment, sql",
            "constraints": "table_name, constraint_type, constraint_text",
        }
        here = "database_name = current_database()"
        made = [
            con.execute(f"SELECT {names} FROM duckdb_{kind}() WHERE {here} ORDER BY ALL").fetchall()
            for kind, names in about.items()
        ]
        rows = [con.execute(f"FROM {rows}").fetchall() for rows in ("first", "seen", "schema_hash")]
        return [made, rows]

    found = []
    for path in (None, None, None, tmp_path / 'it\'s a "file".duckdb'):
        with connect(path) as con:
            for _ in range(2):
                make_tables(con)
                found.append(described(con))
            assert con.execute(
                "SELECT database_name FROM duckdb_databases() WHERE NOT internal"
            ).fetchall() == [(con.execute("SELECT current_database()").fetchall()[0][0],)]
    assert found == [found[0]] * 8


@pytest.mark.parametrize(
    "other",
    [
        "CREATE TABLE schema_migrations (name VARCHAR, sha256 VARCHAR); CREATE TABLE plans (week DATE)",
        "CREATE TABLE mine (a INTEGER)",
        "CREATE VIEW mine AS SELECT 1 AS a",
        "CREATE TABLE schema_hash (tables_sha256 VARCHAR, views_sha256 VARCHAR)",
        "CREATE TABLE schema_hash AS SELECT 'of another version' AS tables_sha256, '' AS views_sha256",
        "CREATE TABLE schema_hash AS SELECT 'of what comes later' AS sha256",
    ],
)
@pytest.mark.parametrize("read_only", [False, True])
def test_a_warehouse_of_another_version_is_told_in_one_line_and_left_as_it_is(
    tmp_path: Path, other: str, read_only: bool
) -> None:
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute(other)
    content = path.read_bytes()
    with pytest.raises(UsageError) as caught:
        open_warehouse(path, read_only=read_only)
    assert str(caught.value) == (
        f"{path} was made by another version of Cliché; delete it and run `cliche rebuild`"
    )
    assert path.read_bytes() == content
    duckdb.connect(str(path)).close()  # nobody holds it


def test_a_warehouse_of_other_files_is_of_another_version(folder: Path) -> None:
    with connect(None) as con:
        make_tables(con)
        (folder / "schema" / "01_first.sql").write_text("CREATE TABLE first (a VARCHAR)")
        with pytest.raises(UsageError, match="another version of Cliché"):
            make_tables(con)


def test_a_file_that_fails_leaves_nothing_of_itself_or_of_those_before_it(folder: Path) -> None:
    (folder / "schema" / "03_broken.sql").write_text("CREATE TABLE second (a INTEGER); SELECT * FROM nowhere")
    with connect(None) as con:
        with pytest.raises(duckdb.CatalogException):
            make_tables(con)
        assert con.execute("SELECT count(*) FROM duckdb_tables()").fetchall() == [(0,)]


def test_views_are_made_in_the_order_of_what_they_depend_on(folder: Path) -> None:
    (folder / "marts" / "a_top.sql").write_text(
        "-- Answers: top?\n-- Grain: b.\n-- Columns:\n--   b: twice\n--     as much\n-- Depends on: z_base.\n"
        "SELECT a * 2 AS b FROM z_base;"
    )
    (folder / "marts" / "z_base.sql").write_text(
        "-- Answers: base?\n-- Depends on: first.\nSELECT a FROM first"
    )
    assert marts.order() == ["z_base", "a_top"]
    with connect(None) as con:
        make_tables(con)
        con.execute("INSERT INTO first VALUES (4)")
        assert con.execute("SELECT b FROM a_top").fetchall() == [(8,)]
        assert columns(con, "a_top") == [("b", "INTEGER", "twice as much")]


def test_a_view_that_does_not_fit_the_tables_names_its_file(folder: Path) -> None:
    (folder / "marts" / "wrong.sql").write_text("-- Answers: nothing\nSELECT nothing FROM first")
    with connect(None) as con, pytest.raises(ClicheError, match=r"sql/marts/wrong.sql: Binder Error"):
        make_tables(con)


def test_views_in_a_circle_are_refused(folder: Path) -> None:
    for one, other in (("a", "b"), ("b", "a")):
        (folder / "marts" / f"{one}.sql").write_text(f"-- Depends on: {other}.\nSELECT * FROM {other}")
    with pytest.raises(UsageError, match="in a circle"):
        marts.order()


def test_an_unknown_sql_file_is_answered_with_the_closest_name() -> None:
    with pytest.raises(UsageError, match="did you mean audit/who_is_the_ceo"):
        sqlfiles.sql("audit/who_is_the_coe")
    with pytest.raises(UsageError, match="no SQL file"):
        sqlfiles.sql("../pyproject")
    with pytest.raises(UsageError, match="no folder 'nowhere'"):
        sqlfiles.names("nowhere")


@pytest.mark.parametrize("folder_name", ["marts", "audit"])
def test_every_file_has_the_header_contract(folder_name: str) -> None:
    for name in sqlfiles.names(folder_name):
        found = {*sqlfiles.header(f"{folder_name}/{name}")} - {sqlfiles.USES, sqlfiles.WEEKS}
        assert found == {*sqlfiles.FIELDS}, name


def test_every_view_with_a_week_says_what_its_weeks_rest_on(con: Con) -> None:
    weekly = con.execute(
        "SELECT view_name FROM duckdb_views() INNER JOIN duckdb_columns() ON view_name = table_name "
        "WHERE column_name = 'week' AND NOT duckdb_views.internal"
    ).fetchall()
    filters = {view for view in marts.order() if marts.is_filter(view)}
    assert {name for (name,) in weekly} == {*views_by_week()} | filters
    assert {*views_by_week().values()} <= {OWN, EARLIER}


SHARED = """\
-- Answers: which numbers are there?
WITH
numbers AS (SELECT 1 AS n),

-- the next ones
later AS (SELECT n + 1 AS n FROM numbers)

SELECT n FROM later
"""


@pytest.fixture
def audit(folder: Path) -> Path:
    (folder / "audit").mkdir()
    (folder / "audit" / "_numbers.sql").write_text(SHARED)
    return folder / "audit"


@pytest.mark.parametrize("opening", ["WITH\n", "WITH RECURSIVE\n", "WITH "])
def test_shared_steps_are_put_in_front(audit: Path, con: Con, opening: str) -> None:
    own = f"{opening}sums AS (\n    SELECT sum(n) AS n FROM later\n)\n\nSELECT n FROM sums\n"
    (audit / "sum.sql").write_text(f"-- Answers: what is the sum?\n-- Uses: numbers\n{own}")
    whole = sqlfiles.sql("audit/sum")
    assert con.execute(whole).fetchall() == [(2,)]
    assert "-- the next ones\nlater AS" in whole
    assert "sql/audit/_numbers.sql" in whole
    assert whole.startswith("-- Answers: what is the sum?\n")
    assert whole.endswith(own[len(opening) :])
    assert sqlfiles.header("audit/sum") == {"Answers": "what is the sum?", "Uses": "numbers"}


def test_shared_steps_are_no_question(audit: Path) -> None:
    (audit / "sum.sql").write_text("SELECT 1")
    assert sqlfiles.names("audit") == ["sum"]


def test_shared_steps_that_are_not_there_are_named(audit: Path) -> None:
    (audit / "sum.sql").write_text("-- Uses: number\nWITH a AS (FROM later) FROM a")
    with pytest.raises(UsageError, match="audit/_number"):
        sqlfiles.sql("audit/sum")
    (audit / "sum.sql").write_text("-- Uses: numbers\nSELECT 1")
    with pytest.raises(UsageError, match=r"sql/audit/sum.sql uses numbers but has no WITH"):
        sqlfiles.sql("audit/sum")


@pytest.mark.parametrize(
    ("table", "record"),
    [
        ("attempts", RECEIPT_COLUMNS[:-1]),  # the cluster has a table of its own
        ("labels", LABEL_COLUMNS),
        ("label_attempts", LABEL_ATTEMPT_COLUMNS),
    ],
)
def test_tables_have_the_columns_types_and_classes_of_the_records(
    con: Con, table: str, record: tuple[tuple[str, pa.DataType, bool], ...]
) -> None:
    found = [
        (name, ARROW[kind], comment.startswith("identity:"))
        for name, kind, comment in columns(con, table)
        if name != "request_sha256"  # made of a column that is not published
    ]
    assert found == list(record)


def test_all_that_is_declared_is_identity(con: Con) -> None:
    for table in [*PLAN_TABLES, *GOLD_TABLES, *ANALYSIS_TABLES]:
        named = [name for name, _ in identity_columns(con, table)]
        assert named == [name for name in declared(table).names if name != "imported_at"]


def test_outcomes_are_those_of_the_records(con: Con) -> None:
    rows = con.execute("SELECT outcome, outcome_group, final FROM outcomes").fetchall()
    told = {"success": "picture", "answer": "refused"} | dict.fromkeys(
        ("transient", "stop", "bad_data"), "failed"
    )
    policy = {"budget_stopped": "not_asked", "unknown_charge": "failed", "not_needed": "not_needed"}
    policy["retracted"] = "failed"
    assert sorted(rows) == sorted(
        (str(o), policy[o] if group == "policy" else told[group], o in FINAL) for o, group in GROUPS.items()
    )
