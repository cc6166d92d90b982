"""Loading a study: its current import, and what was added later."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pytest

from assets.studies import layout
from tests.studies.kept import write
from warehouse import occasions
from warehouse.database.table_hash import table_hashes
from warehouse.errors import CorruptObjectError, UsageError
from warehouse.loading import load
from warehouse.loading.beside import put_recorded
from warehouse.loading.columns import table_of
from warehouse.loading.seals import sealed
from warehouse.store import Store

Con = duckdb.DuckDBPyConnection

_OF = {"study": "one2024"}
_SLOT = {
    **_OF,
    "model": "m",
    "prompt": "ceo",
    "condition": "baseline",
    "replicate": 0,
    "status": "labels_only",
}
STUDY_ROWS: dict[str, layout.Rows] = {
    "studies": [
        {
            **_OF,
            "version": "1.0.0",
            "title": "One",
            "citation": "One, 2024",
            "license": "CC0",
            "source": "test",
        }
        | {"year": 2024, "note": None, "definition_sha256": "d" * 64}
    ],
    "study_models": [{**_OF, "model": "m", "title": "M"}],
    "study_prompts": [
        {
            **_OF,
            "prompt": "ceo",
            "subject": "occupation:ceo",
            "condition": "baseline",
            "title": "a CEO",
            "text": None,
        }
    ],
    "study_slots": [{**_SLOT, "slot_key": key} for key in ("s1", "s2")],
    "study_attributes": [],
    "study_published": [],
    "study_attribute_values": [
        {**_OF, "attribute": "gender", "value": "f", "position": 0, "in_support": True}
    ],
}


def study_label(slot: str, labeler: str, version: str, value: str = "f") -> dict[str, object]:
    return {
        "study": "one2024",
        "slot_key": slot,
        "attribute": "gender",
        "labeler": labeler,
        "labeler_kind": "person",
        "labeler_version": version,
        "value": value,
        **dict.fromkeys(("confidence", "raw", "image_sha256")),
    }


def write_study(
    store: Store, labels: layout.Rows, rows: dict[str, layout.Rows] = STUDY_ROWS
) -> layout.Pointer:
    """Write an import whose own labels are `labels`, as the importer does."""
    return write(store, "one2024", rows, labels, "d" * 64)


def test_a_study_is_what_its_current_import_says(con: Con, store: Store) -> None:
    write_study(store, [study_label("s1", "people", "1-a"), study_label("s2", "people", "1-a")])
    later = [study_label("s1", "photo", "1-x"), study_label("gone", "photo", "1-x")]
    put_recorded(store, layout.label_part_key("one2024", "photo@1-x", later), table_of("study_labels", later))
    assert load.load_study(con, store, "one2024")["study_labels"] == 3
    write_study(store, [study_label("s1", "people", "1-a", "m"), study_label("s1", "people", "1-a", "f")])
    rows = load.load_study(con, store, "one2024")
    assert rows["study_labels"] == 2
    assert rows["study_slots"] == 2
    assert con.execute("SELECT slot_key, labeler, value FROM study_labels ORDER BY ALL").fetchall() == [
        ("s1", "people", "m"),
        ("s1", "photo", "f"),
    ]


def test_a_study_that_lost_an_object_is_named_and_nothing_changes(con: Con, store: Store) -> None:
    write_study(store, [study_label("s1", "people", "1-a")])
    load.load_study(con, store, "one2024")
    before = table_hashes(con)
    broken = layout.Pointer(
        study="one2024", definition="x", tables="studies/one2024/tables-nowhere/", labels=(), labelers={}
    )
    layout.move_pointer(store, broken)
    with pytest.raises(CorruptObjectError, match=r"tables-nowhere/studies.parquet is missing"):
        load.load_study(con, store, "one2024")
    assert table_hashes(con) == before


def test_a_pointer_of_a_newer_version_or_without_fields_is_named(con: Con, store: Store) -> None:
    with pytest.raises(UsageError, match="no study 'one2024'"):
        load.load_study(con, store, "one2024")
    store.put_if_absent(
        "studies/one2024/current-0001.json", sealed("studies/one2024/current-0001.json", {"format": 1})
    )
    with pytest.raises(CorruptObjectError, match=r"current-0001.json misses labelers, labels, tables"):
        load.load_study(con, store, "one2024")
    store.put_if_absent(
        "studies/one2024/current-0002.json", sealed("studies/one2024/current-0002.json", {"format": 2})
    )
    with pytest.raises(UsageError, match="newer version"):
        load.load_study(con, store, "one2024")


def test_an_import_that_never_ended_is_no_study(store: Store) -> None:
    store.put_if_absent("studies/half/tables-0/studies.parquet", b"")
    assert load.studies(store) == []
    write_study(store, [study_label("s1", "people", "1-a")])
    assert load.studies(store) == ["one2024"]


def test_tables_of_a_study_are_replaced_alone(con: Con, store: Store) -> None:
    write_study(store, [study_label("s1", "people", "1-a")])
    load.load_study(con, store, "one2024")
    models = pa.table({"study": ["one2024"] * 2, "model": ["n", "o"], "title": ["N", "O"]})
    load.replace_results(con, occasions.study("one2024"), {"study_models": models})
    counts = "SELECT (SELECT count(*) FROM study_models), (SELECT count(*) FROM study_slots)"
    assert con.execute(counts).fetchall() == [(2, 2)]
    with pytest.raises(UsageError, match="belong to study one2024, not to other"):
        load.replace_results(con, occasions.study("other"), {"study_models": models})
