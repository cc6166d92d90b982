"""A forged DuckDB file in `site/`, with a note that was made to agree."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from orchestration.verifying import places, site
from orchestration.verifying.report import VerifiedEdition, VerifyReport
from tests.orchestration.installation import NEXT, WEEK, Installation, copy
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.loading.seals import sealed

ID, BEFORE = f"{NEXT}.1", f"{WEEK}.1"


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
        "reliability in site/cliche.duckdb is not as this version makes it",
    ),
    "where to begin": (
        "CREATE OR REPLACE VIEW start_here AS SELECT 'nowhere' AS name",
        "start_here in site/cliche.duckdb is not as this version makes it",
    ),
    "a comment": (
        "COMMENT ON COLUMN labels.value IS 'identity: how it is'",
        "labels in site/cliche.duckdb is not as this version makes it",
    ),
    "a view added": (
        "CREATE VIEW more AS SELECT 1 AS x",
        "more in site/cliche.duckdb is not as this version makes it",
    ),
    "a macro": ("CREATE MACRO one() AS 1", "one in site/cliche.duckdb is not as this version makes it"),
}
#: Rows are looked at in a file alone that defines nothing else than this version.
_ROWS = ("a label changed", "a study's row left out")


@pytest.fixture
def shared(following: Installation, tmp_path: Path) -> Path:
    """A copy of the store of a published edition."""
    return Path(copy(following, tmp_path / "home").settings.store)


def of_store(store: Path, built: Path) -> VerifyReport:
    place, report = places.in_folder(store, ID), VerifyReport(ID)
    site.compare(place, VerifiedEdition(store, place.manifest, report), built, set())
    return report


@pytest.mark.parametrize("names", [tuple(n for n in OF_SITE if n not in _ROWS), _ROWS], ids=", ".join)
def test_a_forged_database_in_the_site_is_reported_by_name(
    shared: Path, built: Path, names: tuple[str, ...]
) -> None:
    path, note = shared / keys.SITE_DATABASE, shared / keys.SITE_DATABASE_NOTE
    path.chmod(0o644)
    note.chmod(0o644)
    with duckdb.connect(str(path)) as con:
        for name in names:
            con.execute(OF_SITE[name][0])
    report = of_store(shared, built)
    assert report.differences == ["site/cliche.duckdb is not what site/cliche.duckdb.json says"]
    data = path.read_bytes()
    agreeing = {"edition": ID, "sha256": sha256_hex(data), "bytes": len(data)}
    note.write_bytes(sealed(keys.SITE_DATABASE_NOTE, agreeing))
    report = of_store(shared, built)
    for name in names:
        assert any(OF_SITE[name][1] in line for line in report.differences), (name, report.lines())
    of_another = sealed(
        keys.SITE_DATABASE_NOTE, agreeing | {"edition": BEFORE}
    )  # not compared with this edition
    note.write_bytes(of_another)
    assert of_store(shared, built).differences == []
