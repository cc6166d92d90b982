"""A study that was taken back is gone from the warehouse and from nothing else; a higher version brings it back."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from assets.generation.workplace import Workplace
from assets.metrics.week import assert_publishable, score_all, score_studies, score_weeks
from assets.studies.labeling import label_study
from assets.studies.removal import remove_study, require_not_removed
from tests.studies.conftest import Study
from tests.studies.kept import add_labels, keep
from tests.unit.generation.test_run import everything
from tests.unit.labeling.scripted import Labels
from tests.warehouse.builder import LABELER, LABELER_VERSION, WEEK, build_partition
from tests.warehouse.loading.test_freshness import place_in
from warehouse.canonical import sha256_hex
from warehouse.database.connection import connect
from warehouse.database.rebuild import rebuild
from warehouse.database.schema import open_warehouse
from warehouse.database.table_hash import table_hashes
from warehouse.errors import ClicheError, CorruptObjectError, StoreError, UsageError
from warehouse.loading.load import STUDY_TABLES
from warehouse.loading.study_objects import current_pointer, read_study, retraction_of, retractions
from warehouse.store import Store
from warehouse.taken_back import LONGEST_REASON

WHY = "its authors withdrew it"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store with two studies, loaded nowhere."""
    made = place_in(tmp_path).store
    keep(made)
    keep(made, "tiny-1")
    return made


@pytest.fixture
def place(store: Store, tmp_path: Path) -> Workplace:
    """A home whose store has these studies, both loaded and scored."""
    made = place_in(tmp_path)
    add_labels(store)
    catch_up(made)
    return made


def catch_up(place: Workplace) -> dict[str, str]:
    """Load and score what changed, as every command does, and return the hash of each table."""
    with open_warehouse(place.warehouse) as con:
        score_studies(con, place)
        return table_hashes(con)


def rebuilt(place: Workplace, path: Path) -> dict[str, str]:
    """Return the hash of each table of a warehouse that is made from the store alone."""

    rebuild(place.store, path, finish=lambda con: score_all(con, place))
    with connect(path, read_only=True) as con:
        return table_hashes(con)


def rows(place: Workplace, study: str) -> Mapping[str, int]:
    found = {}
    with connect(place.warehouse, read_only=True) as con:
        for table in (*STUDY_TABLES, "study_loads"):
            ((found[table],),) = con.execute(
                f"SELECT count(*) FROM {table} WHERE study = ?",
                [study],
            ).fetchall()
    return found


def test_a_removed_study_is_gone_from_the_warehouse_and_a_rebuild_gives_the_same(
    place: Workplace, tmp_path: Path
) -> None:
    before, other = everything(place.store), rows(place, "tiny-1")
    assert rows(place, "tiny")["figures"] > 0
    made = remove_study(place.store, "tiny", WHY)
    removed = catch_up(place)
    assert set(rows(place, "tiny").values()) == {0}
    assert rows(place, "tiny-1") == other
    assert rebuilt(place, tmp_path / "anew.duckdb") == removed
    after = everything(place.store)
    assert after.keys() - before.keys() == {made.key} == {"retractions/study-tiny-1.json"}
    assert before.items() <= after.items()  # nothing is deleted, nothing is changed
    alone = place_in(tmp_path / "alone")
    keep(alone.store, "tiny-1")
    assert catch_up(alone) == removed


def test_the_record_says_what_was_taken_back_and_why(place: Workplace) -> None:
    keep(place.store, version="1.0.1")
    remove_study(place.store, "tiny", f"  {WHY}\n and\tapologized ")
    said = json.loads(place.store.get("retractions/study-tiny-1.json"))
    assert said.pop("_sha256")
    assert said.pop("retracted_at").startswith("20")
    assert said == {
        "format": 1,
        "study": "tiny",
        "number": 2,
        "version": "1.0.1",
        "definition_sha256": sha256_hex(b'{"study":"tiny","version":"1.0.1"}'),
        "reason": f"{WHY} and apologized",
    }


def test_a_higher_version_brings_it_back_with_the_labels_that_were_added(
    place: Workplace, tmp_path: Path
) -> None:
    remove_study(place.store, "tiny", WHY)
    catch_up(place)
    keep(place.store, version="1.0.1")
    back = catch_up(place)
    never = place_in(tmp_path / "never")
    keep(never.store, version="1.0.1")
    keep(never.store, "tiny-1")
    add_labels(never.store)
    assert back == catch_up(never) == rebuilt(place, tmp_path / "anew.duckdb")
    again = remove_study(place.store, "tiny", "once more")
    assert (again.key, again.number, again.version) == ("retractions/study-tiny-2.json", 2, "1.0.1")
    catch_up(place)
    assert set(rows(place, "tiny").values()) == {0}


@pytest.mark.parametrize("name", ["tin", "../tiny", "", "\udcff", "a\nb", "x" * 3000, "\0"], ids=ascii)
def test_an_unknown_study_is_one_line(store: Store, name: str) -> None:
    before = everything(store)
    with pytest.raises(UsageError, match=r"no study .*there: tiny, tiny-1$") as told:
        remove_study(store, name, WHY)
    assert str(told.value).isprintable()
    assert everything(store) == before


@pytest.mark.parametrize(
    ("reason", "words"),
    [("", "give a reason"), (" \n\t", "give a reason"), ("x" * (LONGEST_REASON + 1), "1,001 characters")],
    ids=["none", "white space", "too long"],
)
def test_a_reason_that_is_none_or_a_book_is_one_line(store: Store, reason: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        remove_study(store, "tiny", reason)
    assert retractions(store, "tiny") == []


def test_a_reason_changes_nothing_in_a_terminal(store: Store) -> None:
    made = remove_study(store, "tiny", "\x1b[2Jgone \udcff é" + " word" * 100)
    assert str(made).isprintable()
    assert len(str(made)) < 250
    assert retraction_of(store, "tiny") == made


def test_a_study_that_was_removed_is_not_removed_again_nor_labeled_nor_read(store: Store) -> None:
    remove_study(store, "tiny", WHY)
    for use in (
        lambda: remove_study(store, "tiny", WHY),
        lambda: label_study(store, "tiny", Labels(lambda image, attribute: None, "gender")),  # type: ignore[arg-type, return-value]
        lambda: read_study(store, "tiny"),
    ):
        with pytest.raises(
            UsageError, match=r"tiny 1\.0\.0 was removed \(retractions/study-tiny-1\.json: its auth"
        ):
            use()
    assert current_pointer(store, "tiny") is None
    assert len(retractions(store, "tiny")) == 1


def test_names_that_end_in_a_number_are_told_apart(store: Store) -> None:
    remove_study(store, "tiny-1", WHY)  # retractions/study-tiny-1-1.json
    assert retractions(store, "tiny") == []
    assert current_pointer(store, "tiny")
    remove_study(store, "tiny", WHY)  # retractions/study-tiny-1.json
    assert [len(retractions(store, study)) for study in ("tiny", "tiny-1")] == [1, 1]


@pytest.mark.parametrize(
    ("version", "is_taken"),
    [("1.2.0", False), ("1.1.10", False), ("1.1.9", True), ("1.1.8", True), ("0.9.9", True), ("1.0.0", True)],
)
def test_only_a_version_above_all_that_were_removed_is_taken_in(
    tmp_path: Path, version: str, is_taken: bool
) -> None:
    store = place_in(tmp_path).store
    require_not_removed(store, "tiny", version)  # nothing was removed yet
    for removed in ("1.0.0", "1.1.9"):
        keep(store, version=removed)
        remove_study(store, "tiny", WHY)
    if not is_taken:
        require_not_removed(store, "tiny", version)
        return
    with pytest.raises(UsageError, match=r"1\.1\.9 was removed .*only a higher version"):
        require_not_removed(store, "tiny", version)


def test_importing_a_removed_version_is_refused_and_writes_nothing(tiny: Study) -> None:
    tiny.run()
    remove_study(tiny.store, "tiny", WHY)
    before = tiny.written()
    with pytest.raises(
        UsageError, match=r"tiny 1\.0\.0 was removed \(retractions/study-tiny-1\.json: its authors"
    ):
        tiny.run()
    assert tiny.written() == before
    tiny.data["version"] = "1.0.1"
    assert tiny.run().changed
    assert read_study(tiny.store, "tiny")["studies"]["version"].to_pylist() == ["1.0.1"]


class Meanwhile:
    """A store in which something happens just before a record is written."""

    def __init__(self, store: Store, happens: Callable[[], object]) -> None:
        self._store, self._happens = store, happens

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def put_if_absent(self, key: str, data: bytes) -> bool:
        self._happens()
        return self._store.put_if_absent(key, data)


@pytest.mark.parametrize("happens", ["an import", "a removal"])
def test_what_another_process_did_meanwhile_is_told(store: Store, happens: str) -> None:
    acts = {
        "an import": lambda: keep(store, version="1.0.1"),
        "a removal": lambda: remove_study(store, "tiny", "another's"),
    }
    with pytest.raises(StoreError, match="ended meanwhile"):
        remove_study(Meanwhile(store, acts[happens]), "tiny", WHY)  # type: ignore[arg-type]
    assert bool(current_pointer(store, "tiny")) == (happens == "an import")
    assert len(retractions(store, "tiny")) == 1


def test_a_damaged_record_stops_loading_and_is_named(place: Workplace) -> None:
    made = remove_study(place.store, "tiny", WHY)
    path = Path(place.store.url) / made.key
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data.replace(b"withdrew", b"withdraw"))
    with pytest.raises(CorruptObjectError, match=made.key):
        catch_up(place)


F, M = "feminine", "masculine"
CELL = ("m-one", "baseline", "ceo")
ATTRIBUTE = "perceived_gender"


def test_weeks_whose_labeler_it_judged_are_judged_anew(tmp_path: Path) -> None:
    place = place_in(tmp_path)
    build_partition(place.store, WEEK, replicates=2)
    score_weeks(place, WEEK)
    clean, unjudged = hashes(place), inputs(place)
    keep(place.store, said={CELL: [F, M] * 20}, values={F: True, M: True}, attribute=ATTRIBUTE)
    add_labels(
        place.store, f"{LABELER}@{LABELER_VERSION}", said={CELL: [F, F, M, M] * 10}, attribute=ATTRIBUTE
    )
    score_weeks(place, WEEK)
    said = f"{ATTRIBUTE}: drawing agrees with study tiny at alpha 0.01 (n = 40), below 0.67"
    assert verdicts(place) == {WEEK: said}
    assert inputs(place) != unjudged
    remove_study(place.store, "tiny", WHY)
    changed = pytest.raises(ClicheError, match="the study tiny changed after it was scored")
    with open_warehouse(place.warehouse) as con, changed:
        assert_publishable(con, place, WEEK)
    score_weeks(place, WEEK)
    assert verdicts(place) == {}
    assert inputs(place) == unjudged
    assert hashes(place) == clean


def inputs(place: Workplace) -> dict[str, str]:
    """Return by what each week was scored: a week is scored again when it changes."""
    with connect(place.warehouse, read_only=True) as con:
        return {week.isoformat(): by for week, by in con.execute("FROM scored_weeks").fetchall()}


def hashes(place: Workplace) -> dict[str, str]:
    with connect(place.warehouse, read_only=True) as con:
        return table_hashes(con)


def verdicts(place: Workplace) -> dict[str, str]:
    """Return what the check of agreement found, by week."""
    with connect(place.warehouse, read_only=True) as con:
        found = con.execute(
            "SELECT strftime(week, '%Y-%m-%d'), message FROM check_results "
            "WHERE check_name = 'agreement__alpha' AND status <> 'pass'"
        ).fetchall()
    return dict(found)
