"""Small studies written into a store as an import leaves them, without files to import.

Belongs here: writing the objects of a study, of one version after the other. Does not belong here: importing a study
(`imports`).
"""

from __future__ import annotations

from collections.abc import Mapping

from assets.studies.layout import (
    Pointer,
    Rows,
    definition_key,
    label_part_key,
    move_pointer,
    put_all,
    rows_hash,
    tables_prefix,
)
from tests.warehouse.studies import Said, study_tables
from warehouse.canonical import canonical_json, sha256_hex
from warehouse.loading.columns import table_of
from warehouse.loading.study_objects import TABLES
from warehouse.store import Store

SAID = {
    ("m-one", "baseline", "ceo"): ("m", "m", "f"),
    ("m-one", "baseline", "nurse"): ("f", "f", None),
    ("m-two", "baseline", "ceo"): ("m", "f", "both"),
    ("m-two", "baseline", "nurse"): ("f", "m", "f"),
}
VALUES = {"f": True, "m": True, "both": False}


def keep(
    store: Store,
    study: str = "tiny",
    version: str = "1.0.0",
    *,
    said: Said = SAID,
    values: Mapping[str, bool] = VALUES,
    attribute: str = "gender",
) -> Pointer:
    """Write a study of labels by people alone, and make it current."""
    definition = canonical_json({"study": study, "version": version})
    made = study_tables(said, values, attribute=attribute, study=study)
    rows: dict[str, Rows] = {name: table.to_pylist() for name, table in made.items()}
    of = {
        "study": study,
        "version": version,
        "title": study,
        "citation": "Nobody (2026)",
        "license": "CC0-1.0",
    }
    rows["studies"] = [{**of, "source": "https://example.org", "definition_sha256": sha256_hex(definition)}]
    for slot in rows["study_slots"]:
        slot |= {"image_sha256": None, "status": "unpublished"}
    for value in rows["study_attribute_values"]:
        value["in_agreement"] = value["in_support"]
    sha256 = sha256_hex(definition)
    store.put_if_absent(definition_key(study, sha256), definition)
    return write(store, study, rows, rows["study_labels"], sha256)


def write(
    store: Store, study: str, rows: Mapping[str, Rows], labels: Rows, definition_sha256: str
) -> Pointer:
    """Write an import whose own labels are `labels`, by people, as the importer does; make it current."""
    tables = {name: rows[name] for name in TABLES}
    folder = tables_prefix(study, rows_hash(tables))
    part = label_part_key(study, "people@1-a", labels)
    put_all(store, [(f"{folder}{name}.parquet", table_of(name, tables[name])) for name in TABLES])
    put_all(store, [(part, table_of("study_labels", labels))])
    pointer = Pointer(
        study=study,
        definition=definition_key(study, definition_sha256),
        tables=folder,
        labels=(part,),
        labelers={"people": "1-a"},
    )
    move_pointer(store, pointer)
    return pointer


def add_labels(
    store: Store,
    labeler: str = "photo@1-x",
    *,
    said: Said = SAID,
    attribute: str = "gender",
    study: str = "tiny",
) -> None:
    """Add what another labeler says of a study, as `cliche study label` does."""
    rows: Rows = study_tables(said, VALUES, attribute=attribute, study=study)["study_labels"].to_pylist()
    name, _, version = labeler.partition("@")
    for row in rows:
        row |= {"labeler": name, "labeler_kind": "local_model", "labeler_version": version}
    put_all(store, [(label_part_key(study, labeler, rows), table_of("study_labels", rows))])
