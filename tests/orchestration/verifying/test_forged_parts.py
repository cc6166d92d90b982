"""Parts of two weeks: exchanged, changed with all hashes made to agree, listed wrongly, texts of suites, CSV."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.verifying import again, compared, files, places
from orchestration.verifying.report import VerifiedEdition, VerifyReport
from tests.orchestration.installation import NEXT, WEEK, Installation
from tests.orchestration.verifying.forging import Edition, download
from tests.orchestration.verifying.kit import Forgery
from warehouse.errors import CorruptObjectError

ID = f"{NEXT}.1"


def _exchange(name: str) -> Callable[[Edition], None]:
    """Put the rows of each of two weeks in the place of those of the other."""

    def change(edition: Edition) -> None:
        one, other = edition.parts(name)[-2:]
        first, second = one.read_bytes(), other.read_bytes()
        one.write_bytes(second)
        other.write_bytes(first)

    return change


def _of_first_week(name: str, query: str, told: str) -> Forgery:
    """Write the part of the first week anew."""
    return Forgery(lambda edition: edition.rewrite_first(name, query), told)


def _leave_out(name: str) -> Callable[[Edition], None]:
    """Leave the part of the first week out of the list, and out of the folder."""

    def change(edition: Edition) -> None:
        edition.parts(name)[0].unlink()
        del edition.manifest["tables"][name]["parts"][0]

    return change


def _sql(table: str, statement: str, told: str) -> Forgery:
    return Forgery(lambda edition: (edition.sql(statement), edition.export((table,))), told)


CHANGED: dict[str, Forgery] = {
    "the text of a prompt that is asked of nobody": _sql(
        "prompts",
        "UPDATE prompts SET text = 'Photo of any CEO you like' WHERE prompt = 'startup-ceo/ceo-visionary'",
        "of prompts differ when made again",
    ),
    "the source of a statistic": _sql(
        "reference_values",
        "UPDATE reference_values SET source = 'Invented by the operator' "
        "WHERE model = 'sim-classic' AND reference = 'bls-cps-2025'",
        "12 rows of reference_values differ when made again",
    ),
    "a value more": _sql(
        "attribute_values",
        f"INSERT INTO attribute_values VALUES (DATE '{WEEK}', 'sim-drift', 'startup-ceo', 1, 'skin_tone', 'blue', 99, "
        "TRUE, NULL, NULL)",
        "1 row of attribute_values differ when made again",
    ),
    "an outcome of another group": _sql(
        "outcomes",
        "UPDATE outcomes SET outcome_group = 'not_asked' WHERE outcome = 'refused_text'",
        "data/outcomes.parquet: 2 rows differ when made again",
    ),
    "parts of a view exchanged": Forgery(_exchange("cell_shares"), f"tables/cell_shares/week={NEXT}/"),
    "a value of a part": _of_first_week(
        "labels", "SELECT * REPLACE ('feminine' AS value) FROM old", f"tables/counts/week={WEEK}/"
    ),
    "a value of a view's part": _of_first_week(
        "cell_counts",
        "SELECT * REPLACE (pictures + 1 AS pictures) FROM old",
        f"tables/cell_counts/week={WEEK}/",
    ),
    "a part of a view left out": Forgery(
        _leave_out("outcomes_weekly"), f"outcomes_weekly of {WEEK}, which has no part: "
    ),
    "a study's label": Forgery(
        lambda e: e.rewrite("study_labels", "SELECT * REPLACE ('feminine' AS value) FROM old"),
        "20 rows of counts differ when made again",
    ),
}
#: What can be compared no further, and the error that says so.
TWICE: dict[str, Forgery] = {
    "a slot in both weeks": _sql(
        "slots",
        f"INSERT INTO slots SELECT * REPLACE (DATE '{NEXT}' AS week) FROM slots WHERE week = '{WEEK}'",
        "a table holds a row twice",
    ),
    "a study's row twice": _sql(
        "study_labels", "INSERT INTO study_labels FROM study_labels LIMIT 1", "a table holds a row twice"
    ),
}
#: Those that the whole of `verify` names, too.
FORGERIES = (
    CHANGED
    | TWICE
    | {
        "the week of some rows": _of_first_week(
            "slots", f"SELECT * REPLACE (DATE '{NEXT}' AS week) FROM old", "of slots differ when made again"
        ),
        "parts of two weeks exchanged": Forgery(_exchange("labels"), "of labels differ when made again"),
        "a part of a table left out": Forgery(_leave_out("labels"), f"tables/counts/week={WEEK}/"),
    }
)


def made_again(edition: Edition) -> VerifyReport:
    edition.sign()
    report, folder = VerifyReport(ID), edition.root.parent / "made"
    folder.mkdir()
    again.make(VerifiedEdition(edition.root, edition.manifest, report), folder)
    return report


def test_a_forged_part_is_reported_by_name(edition: Edition) -> None:
    for one in CHANGED.values():
        one.change(edition)
    report = made_again(edition)
    for name, one in CHANGED.items():
        assert one.reported(report.differences), (name, report.lines())


@pytest.mark.parametrize("name", TWICE)
def test_a_row_that_is_there_twice_ends_it(edition: Edition, name: str) -> None:
    TWICE[name].change(edition)
    with pytest.raises(CorruptObjectError, match=TWICE[name].told):
        made_again(edition)


def test_a_part_with_a_column_too_few_is_named(edition: Edition) -> None:
    edition.rewrite_first("images", "SELECT * EXCLUDE (slot_key) FROM old")
    edition.sign()
    report = VerifyReport(ID)
    assert compared.unfit(VerifiedEdition(edition.root, edition.manifest, report)) == {"images"}
    assert report.differences == ["images has other columns than this version gives it"]


def test_parts_in_a_store_are_read_where_they_are_and_others_do_not_matter(
    following: Installation, tmp_path: Path
) -> None:
    edition = Edition(download(following.store, ID, tmp_path / "store"))
    (edition.root / "plans").mkdir()  # as a store has it
    other = edition.root / "tables" / "labels" / f"week={WEEK}" / f"{'0' * 64}.parquet"
    other.write_bytes(b"of another edition")
    first, *_ = edition.parts("labels")
    for differences in ([], [f"{first.relative_to(edition.root)} is missing"]):
        place, report = places.folder(str(edition.root)), VerifyReport(ID)
        of = VerifiedEdition(edition.root, edition.manifest, report)
        assert place.whole
        files.compare(of, place.seen or (), place.read)
        assert report.differences == differences
        first.unlink(missing_ok=True)
