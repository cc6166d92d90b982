"""Forged DuckDB files: that of an edition of format 1, with a manifest made to agree, and the one in `site/`."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from orchestration.verifying.report import VerifyReport
from orchestration.verifying.run import verify_source
from orchestration.verifying.sources import StatedSource
from tests.orchestration.installation import NEXT, Installation, copy
from tests.orchestration.verifying.forging import EarlierEdition
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.loading.seals import sealed

ID = f"{NEXT}.1"
SHARED = f"{NEXT}.2"


@pytest.fixture
def edition(earlier: Installation, tmp_path: Path) -> EarlierEdition:
    """A copy of the folder of an edition of format 1, and nothing beside it."""
    folder = tmp_path / "downloaded"
    shutil.copytree(Path(earlier.settings.store) / "editions" / ID, folder)
    return EarlierEdition(folder)


def verified(edition: EarlierEdition) -> VerifyReport:
    return verify_source(StatedSource(edition.folder))


def _drop_table(edition: EarlierEdition) -> None:
    edition.sql("DROP TABLE withheld")
    for kind in ("csv", "parquet"):
        (edition.folder / "data" / f"withheld.{kind}").unlink()


def _constant_view(edition: EarlierEdition) -> None:
    """Put a constant in the place of a view, with the rows that it gave but one figure."""
    with duckdb.connect(str(edition.database)) as con:
        ((text,),) = con.execute("SELECT sql FROM duckdb_views() WHERE view_name = 'cell_shares'").fetchall()
        body = text.partition(" AS ")[2].rstrip(";")
        con.execute(f"CREATE OR REPLACE VIEW cell_shares AS SELECT * REPLACE (0.5 AS share) FROM ({body})")


def _sql(statement: str) -> Callable[[EarlierEdition], None]:
    return lambda edition: edition.sql(statement)


def _labels_parquet(edition: EarlierEdition) -> None:
    edition.rewrite("labels", "SELECT * REPLACE ('feminine' AS value) FROM old")


def _labels_csv(edition: EarlierEdition) -> None:
    edition.text("data/labels.csv", "masculine", "feminine")


#: What is changed, and a part of the line that reports it.
FORGERIES: dict[str, tuple[Callable[[EarlierEdition], None], str]] = {
    "a view replaced by a constant": (_constant_view, "view cell_shares has another statement"),
    "a view that reads a file": (
        _sql("CREATE OR REPLACE VIEW slot_outcomes AS SELECT * FROM read_text('/etc/passwd')"),
        "view slot_outcomes has ",
    ),
    "a view added": (_sql("CREATE VIEW more AS SELECT 1 AS x"), "holds the view more"),
    "a view that never ends": (
        _sql(
            "CREATE OR REPLACE VIEW reliability AS SELECT count(*) AS n "
            "FROM range(1000000000) AS a, range(1000000000) AS b"
        ),
        "view reliability has ",
    ),
    "a table dropped with its files": (_drop_table, "has no withheld"),
    "a table added": (_sql("CREATE TABLE extra AS SELECT 1 AS x"), "holds the table extra"),
    "a column added": (
        _sql("ALTER TABLE check_results ADD COLUMN note VARCHAR"),
        "table check_results has other columns or comments",
    ),
    "a comment changed": (
        _sql("COMMENT ON COLUMN ranks.reason IS 'identity: how it is'"),
        "table ranks has other columns or comments",
    ),
    "a comment that takes a column out of the hash": (
        _sql("COMMENT ON COLUMN labels.value IS 'run time: nothing'"),
        "table labels has other columns or comments",
    ),
    "a comment on a view changed": (
        _sql("COMMENT ON VIEW leaderboard IS 'all is well'"),
        "view leaderboard has other columns or comments",
    ),
    "a macro in the place of a function": (
        _sql("CREATE MACRO count_star() AS 0"),
        "holds the macro count_star",
    ),
    "a schema beside": (_sql("CREATE SCHEMA beside"), "holds the schema beside"),
    "labels Parquet": (_labels_parquet, "data/labels.parquet differs from the DuckDB file"),
    "labels CSV": (_labels_csv, "data/labels.csv differs from the DuckDB file"),
    "a label changed in the DuckDB file": (
        _sql("UPDATE labels SET value = 'feminine' WHERE value = 'masculine'"),
        "scores differ when computed again",
    ),
    "a row twice": (
        _sql("INSERT INTO check_results FROM check_results LIMIT 1"),
        "table check_results has 1 row more than once",
    ),
}
#: What does not keep the rest from being compared; with CLICHE_LONG_TESTS each is made alone.
TOGETHER = (
    (  # in this order: a statement binds the views that it names
        *("a view replaced by a constant", "a comment on a view changed", "a view that reads a file"),
        *("a view added", "a view that never ends", "a table dropped with its files", "a table added"),
        *("a column added", "a comment changed", "a comment that takes a column out of the hash"),
    ),
    ("a macro in the place of a function", "a schema beside"),
    ("labels Parquet", "labels CSV"),
    ("a label changed in the DuckDB file", "a row twice"),
)
GROUPS = [(name,) for name in FORGERIES] if os.environ.get("CLICHE_LONG_TESTS") else TOGETHER


@pytest.mark.parametrize("names", GROUPS, ids=", ".join)
def test_a_forgery_of_format_1_is_reported_by_name(edition: EarlierEdition, names: tuple[str, ...]) -> None:
    for name in names:
        FORGERIES[name][0](edition)
    edition.sign()
    report = verified(edition)
    assert report.exit_code == 1, report.lines()
    for name in names:
        assert any(FORGERIES[name][1] in line for line in report.differences), (name, report.lines())


def test_each_forgery_is_made_once() -> None:
    assert sorted(name for names in TOGETHER for name in names) == sorted(FORGERIES)


def test_an_edition_of_format_1_without_its_database_is_reported(edition: EarlierEdition) -> None:
    edition.manifest["files"].pop("data/cliche.duckdb")
    edition.database.unlink()
    edition.write()
    assert verified(edition).differences == ["data/cliche.duckdb is not in the manifest"]


def test_a_view_of_a_forged_file_reads_nothing(edition: EarlierEdition) -> None:
    secret = edition.folder.parent / "secret.csv"
    secret.write_text("top secret\n")
    edition.sql(f"CREATE OR REPLACE VIEW reliability AS FROM read_csv('{secret}', header = false)")
    edition.sign()
    assert "secret" not in " ".join(line.replace("secret.csv", "") for line in verified(edition).lines())


# ---- site/cliche.duckdb ----

#: A change of the file, and what is reported if its note is made to agree.
OF_SITE: dict[str, tuple[str, str]] = {
    "a label changed": (
        "UPDATE labels SET value = 'feminine' WHERE value = 'masculine'",
        "site/cliche.duckdb has other rows of labels than the edition",
    ),
    "a study's row left out": (
        "DELETE FROM study.study_labels",
        "site/cliche.duckdb has other rows of study_labels than the edition",
    ),
    "a view that reads a file": (
        "CREATE OR REPLACE VIEW reliability AS SELECT * FROM read_text('/etc/passwd')",
        "reliability in site/cliche.duckdb is not as its version makes it",
    ),
    "where to begin": (
        "CREATE OR REPLACE VIEW start_here AS SELECT 'nowhere' AS name",
        "start_here in site/cliche.duckdb is not as its version makes it",
    ),
    "a comment": (
        "COMMENT ON COLUMN labels.value IS 'identity: how it is'",
        "labels in site/cliche.duckdb is not as its version makes it",
    ),
    "a view added": ("CREATE VIEW more AS SELECT 1 AS x", "site/cliche.duckdb holds more, which no edition"),
    "a macro": ("CREATE MACRO one() AS 1", "site/cliche.duckdb holds the macro one, which no edition has"),
}
_ALONE = ("a macro",)


@pytest.fixture
def shared(following: Installation, tmp_path: Path) -> Path:
    """A copy of the store of a published edition."""
    return Path(copy(following, tmp_path / "home").settings.store)


def of_store(store: Path) -> VerifyReport:
    return verify_source(StatedSource(store / "editions" / SHARED, store))


@pytest.mark.parametrize("names", [tuple(n for n in OF_SITE if n not in _ALONE), _ALONE], ids=", ".join)
def test_a_forged_database_in_the_site_is_reported_by_name(shared: Path, names: tuple[str, ...]) -> None:
    path, note = shared / keys.SITE_DATABASE, shared / keys.SITE_DATABASE_NOTE
    path.chmod(0o644)
    note.chmod(0o644)
    with duckdb.connect(str(path)) as con:
        for name in names:
            con.execute(OF_SITE[name][0])
    report = of_store(shared)
    assert report.differences == ["site/cliche.duckdb is not what site/cliche.duckdb.json says"]
    data = path.read_bytes()
    agreeing = {"edition": SHARED, "sha256": sha256_hex(data), "bytes": len(data)}
    note.write_bytes(sealed(keys.SITE_DATABASE_NOTE, agreeing))
    report = of_store(shared)
    for name in names:
        assert any(OF_SITE[name][1] in line for line in report.differences), (name, report.lines())
    of_another = sealed(keys.SITE_DATABASE_NOTE, agreeing | {"edition": ID})  # not compared with this edition
    note.write_bytes(of_another)
    assert of_store(shared).differences == []
