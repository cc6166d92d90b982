"""Records that a study was taken back, against the imports that they name; and in copies of a store."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.studies.removal import remove_study
from tests.studies.kept import add_labels, keep
from tests.warehouse.integrity.test_copies import carry
from tests.warehouse.integrity.test_damage import path_of, problems, write
from warehouse import keys
from warehouse.integrity.findings import Problem
from warehouse.loading.study_objects import Retraction, current_pointer
from warehouse.store import Store, open_store

KEY = "retractions/study-tiny-1.json"
OF = "study tiny"


@pytest.fixture
def removed(store: Store) -> Retraction:
    """A store in which a study was imported, removed, imported again and removed again; another one is there."""
    keep(store, "tiny-1")
    keep(store)
    add_labels(store)
    first = remove_study(store, "tiny", "withdrawn")
    keep(store, version="1.0.1")
    remove_study(store, "tiny", "withdrawn, too")
    return first


def test_a_store_with_removed_studies_is_as_recorded(
    store: Store, removed: Retraction, tmp_path: Path
) -> None:
    assert problems(store, tmp_path) == []


def test_a_record_with_another_byte_is_damaged(store: Store, removed: Retraction, tmp_path: Path) -> None:
    data = store.get(KEY)
    for at in range(0, len(data), 29):
        write(store, KEY, data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        assert [(one.kind, one.key) for one in problems(store, tmp_path)] == [("damaged", KEY)]


WRONG = {
    "an import that is not there": (
        {"number": 7},
        Problem("missing", keys.study_pointer("tiny", 7), f"{KEY} takes this import back", OF),
    ),
    "another import than it says": (
        {"number": 2},
        Problem("damaged", KEY, "takes back another import than it names", OF),
    ),
    "another study": (
        {"study": "tiny-1"},
        Problem("damaged", KEY, "takes back another import than it names", OF),
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_record_that_fits_no_import_is_told(
    store: Store, removed: Retraction, tmp_path: Path, case: str
) -> None:
    changes, expected = WRONG[case]
    write(store, KEY, removed._replace(**changes).to_bytes())
    assert problems(store, tmp_path) == [expected]


def test_a_record_without_its_study_and_one_that_is_gone_are_told(
    store: Store, removed: Retraction, tmp_path: Path
) -> None:
    path_of(store, KEY).unlink()
    assert problems(store, tmp_path) == [Problem("missing", KEY, "there is a later one", OF)]
    made = removed._replace(key="retractions/study-none-1.json", study="none")
    write(store, KEY, removed.to_bytes())
    write(store, made.key, made.to_bytes())
    assert [one.key for one in problems(store, tmp_path)] == [keys.study_pointer("none", 1)]


def test_a_copy_has_the_records_and_its_study_is_removed_too(
    store: Store, removed: Retraction, tmp_path: Path
) -> None:
    target = open_store(tmp_path / "copy")
    assert carry(store, target).problems == []
    assert {key: target.get(key) for key in target.list("")} == {
        key: store.get(key) for key in store.list("")
    }
    assert current_pointer(target, "tiny") is None
    assert current_pointer(target, "tiny-1")
    keep(store, version="1.0.2")
    remove_study(store, "tiny", "once more")
    carry(store, target)
    assert {*target.list("")} == {*store.list("")}
    assert problems(target, tmp_path) == []
