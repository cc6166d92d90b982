"""Small studies written into a store as an import leaves them, without files to import.

Belongs here: writing the objects of a study, of one version after the other. Does not belong here: importing a study
(`imports`).
"""

from __future__ import annotations

from collections.abc import Sequence

from assets.studies.layout import (
    TABLES,
    Pointer,
    Rows,
    definition_key,
    label_part_key,
    move_pointer,
    put_all,
    rows_hash,
    tables_prefix,
    to_table,
)
from tests.warehouse.studies import study_tables
from warehouse.canonical import canonical_json, sha256_hex
from warehouse.store import Store

SAID = {
    ("m-one", "baseline", "ceo"): ("m", "m", "f"),
    ("m-one", "baseline", "nurse"): ("f", "f", None),
    ("m-two", "baseline", "ceo"): ("m", "f", "both"),
    ("m-two", "baseline", "nurse"): ("f", "m", "f"),
}
VALUES = {"f": True, "m": True, "both": False}


def keep(
    store: Store, study: str = "tiny", version: str = "1.0.0", *, raters: Sequence[str] = ("people",)
) -> Pointer:
    """Write a study of labels alone, and make it current; every rater says the same."""
    definition = canonical_json({"study": study, "version": version})
    said = {name: table.to_pylist() for name, table in study_tables(SAID, VALUES, study=study).items()}
    row = {
        "study": study,
        "version": version,
        "title": study,
        "citation": "Nobody (2026)",
        "licence": "CC0-1.0",
    }
    said["studies"] = [{**row, "source": "https://example.org", "definition_sha256": sha256_hex(definition)}]
    for slot in said["study_slots"]:
        slot |= {"image_sha256": None, "status": "unpublished"}
    labels = {
        f"{name}@1-a": [{**label, "labeler": name} for label in said["study_labels"]] for name in raters
    }
    tables: dict[str, Rows] = {name: said[name] for name in TABLES}
    folder = tables_prefix(study, rows_hash(tables))
    parts = [
        (label_part_key(study, name, rows), to_table("study_labels", rows)) for name, rows in labels.items()
    ]
    pointer = Pointer(
        study=study,
        definition=definition_key(study, sha256_hex(definition)),
        tables=folder,
        labels=tuple(key for key, _ in parts),
        labelers=dict.fromkeys(raters, "1-a"),
    )
    store.put_if_absent(pointer.definition, definition)
    put_all(store, [*((f"{folder}{name}.parquet", to_table(name, tables[name])) for name in TABLES), *parts])
    move_pointer(store, pointer)
    return pointer


def add_labels(store: Store, study: str = "tiny", labeler: str = "photo") -> None:
    """Add labels of another labeler to a study, as `cliche label` does."""
    rows: Rows = study_tables(SAID, VALUES, study=study)["study_labels"].to_pylist()
    for row in rows:
        row |= {
            "labeler": labeler,
            "labeler_kind": "local_model",
            "labeler_version": "1-x",
            "image_sha256": None,
        }
    put_all(store, [(label_part_key(study, f"{labeler}@1-x", rows), to_table("study_labels", rows))])
