"""Parts of two weeks: exchanged, changed with all hashes made to agree, listed wrongly, read a few rows at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.verifying import places
from orchestration.verifying.report import VerifyReport
from orchestration.verifying.run import verify_place
from tests.orchestration.installation import NEXT, WEEK, Installation
from tests.orchestration.verifying.forging import Edition, download
from warehouse.database import table_hash

ID = f"{NEXT}.1"


@pytest.fixture
def edition(following: Installation, tmp_path: Path) -> Edition:
    """An edition with two weeks and a study in a folder that works alone."""
    return Edition(download(following.store, ID, tmp_path / "downloaded"))


def verified(edition: Edition) -> VerifyReport:
    return verify_place(places.folder(str(edition.root)))


def _exchange(name: str) -> Callable[[Edition], None]:
    """Put the rows of each of two weeks in the place of those of the other."""

    def change(edition: Edition) -> None:
        one, other = edition.parts(name)[-2:]
        first, second = one.read_bytes(), other.read_bytes()
        one.write_bytes(second)
        other.write_bytes(first)

    return change


def _of_first_week(name: str, query: str) -> Callable[[Edition], None]:
    """Write the part of the first week anew."""
    return lambda edition: edition.rewrite_first(name, query)


def _leave_out(name: str) -> Callable[[Edition], None]:
    """Leave the part of the first week out of the list, and out of the folder."""

    def change(edition: Edition) -> None:
        edition.parts(name)[0].unlink()
        del edition.manifest["tables"][name]["parts"][0]

    return change


FORGERIES: dict[str, tuple[Callable[[Edition], None], str]] = {
    "parts of two weeks exchanged": (_exchange("labels"), "of labels differ when made again"),
    "parts of a view exchanged": (_exchange("cell_counts"), f"tables/cell_counts/week={NEXT}/"),
    "the week of some rows": (
        _of_first_week("slots", f"SELECT * REPLACE (DATE '{NEXT}' AS week) FROM old"),
        "of slots differ when made again",
    ),
    "a value of a part": (
        _of_first_week("labels", "SELECT * REPLACE ('feminine' AS value) FROM old"),
        f"tables/counts/week={WEEK}/",
    ),
    "a value of a view's part": (
        _of_first_week("cell_counts", "SELECT * REPLACE (pictures + 1 AS pictures) FROM old"),
        f"tables/cell_counts/week={WEEK}/",
    ),
    "a part of a table left out": (_leave_out("labels"), f"tables/counts/week={WEEK}/"),
    "a part of a view left out": (
        _leave_out("outcomes_weekly"),
        f"outcomes_weekly of {WEEK}, which has no part: ",
    ),
    "a part with a column too few": (
        _of_first_week("images", "SELECT * EXCLUDE (slot_key) FROM old"),
        "images has other columns than this version",
    ),
    "a slot in both weeks": (
        lambda e: (
            e.sql(
                f"INSERT INTO slots SELECT * REPLACE (DATE '{NEXT}' AS week) FROM slots WHERE week = '{WEEK}'"
            )
            or e.export(("slots",))
        ),
        "a table holds a row twice",
    ),
    "a study's row twice": (
        lambda e: e.sql("INSERT INTO study_labels FROM study_labels LIMIT 1") or e.export(("study_labels",)),
        "a table holds a row twice",
    ),
    "a study's label": (
        lambda e: e.rewrite("study_labels", "SELECT * REPLACE ('feminine' AS value) FROM old"),
        "20 rows of counts differ when made again",
    ),
}
#: Made together; those whose rows cannot be used further end the comparison before views and scores.
TOGETHER = (
    ("parts of two weeks exchanged", "parts of a view exchanged"),
    ("the week of some rows",),
    ("a part with a column too few",),
    ("a value of a part", "a value of a view's part", "a part of a view left out", "a study's label"),
    ("a part of a table left out",),
    ("a slot in both weeks", "a study's row twice"),
)


@pytest.mark.parametrize("names", TOGETHER, ids=", ".join)
def test_a_forged_part_is_reported_by_name(edition: Edition, names: tuple[str, ...]) -> None:
    for name in names:
        FORGERIES[name][0](edition)
    edition.sign()
    report = verified(edition)
    assert report.exit_code == 1, report.lines()
    for name in names:
        assert any(FORGERIES[name][1] in line for line in report.differences), (name, report.lines())


def test_each_forgery_is_made_once() -> None:
    assert sorted(name for names in TOGETHER for name in names) == sorted(FORGERIES)


def test_an_edition_is_verified_with_few_rows_at_a_time(
    edition: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_hash, "_ROWS_AT_ONCE", 10)
    report = verified(edition)
    assert (report.differences, report.exit_code) == ([], 0), report.lines()
    edition.sql("INSERT INTO labels FROM labels LIMIT 3")
    edition.export(("labels",))
    edition.sign()
    (line,) = verified(edition).differences
    assert "a table holds a row twice" in line


def test_parts_in_a_store_are_read_where_they_are_and_others_do_not_matter(
    following: Installation, tmp_path: Path
) -> None:
    edition = Edition(download(following.store, ID, tmp_path / "store"))
    (edition.root / "plans").mkdir()  # as a store has it
    other = edition.root / "tables" / "labels" / f"week={WEEK}" / f"{'0' * 64}.parquet"
    other.write_bytes(b"of another edition")
    assert verified(edition).differences == []
    first, *_ = edition.parts("labels")
    first.unlink()
    assert verified(edition).differences == [f"{first.relative_to(edition.root)} is missing"]
