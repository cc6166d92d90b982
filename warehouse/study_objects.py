"""Reading an imported study from the bucket as rows; no code of `assets` is needed.

Belongs here: the shape of a study's objects. Does not belong here: importing a study (`assets.studies`), writing
rows (`load`).

Under `studies/<study>/` lie `definition.json`, with at least the columns of the table `studies` but for
`definition_sha256`, and Parquet files with the columns of the study tables: `models.parquet` is `study_models`,
likewise `prompts`, `attribute_values` and `slots`; every `labels/<labeler>@<version>.parquet` is a part of
`study_labels`.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.errors import CorruptObjectError, UsageError
from warehouse.objects import read_json, read_parquet
from warehouse.store.base import Store

DEFINITION = "definition.json"
#: File (or folder of files) of a study → table.
FILES: Mapping[str, str] = {
    "models": "study_models",
    "prompts": "study_prompts",
    "slots": "study_slots",
    "attribute_values": "study_attribute_values",
    "labels": "study_labels",
}
_STUDY = ("study", "version", "title", "citation", "licence", "source")
_STUDY_SCHEMA = pa.schema(
    {
        **dict.fromkeys(_STUDY, pa.string()),
        "year": pa.int32(),
        "note": pa.string(),
        "definition_sha256": pa.string(),
    }
)


def read_study(store: Store, study: str) -> dict[str, pa.Table]:
    """Return the rows of each table of one study; a table without a file is left out.

    Raises:
        UsageError: if there is no such study in the bucket.
        CorruptObjectError: if an object does not read or holds another study's rows; the message names its key.
    """
    prefix = keys.study_prefix(study)
    tables: dict[str, list[pa.Table]] = {"studies": [_definition(store, study, prefix + DEFINITION)]}
    for key in sorted(store.list(prefix)):
        table = FILES.get(key.removeprefix(prefix).split("/")[0].removesuffix(".parquet"))
        if table is None or not key.endswith(".parquet"):
            continue
        rows = read_parquet(store, key)
        if "study" not in rows.column_names or set(rows["study"].unique().to_pylist()) - {study}:
            raise CorruptObjectError(f"{key} holds rows of another study; import the study again")
        tables.setdefault(table, []).append(rows)
    return {table: pa.concat_tables(parts, promote_options="permissive") for table, parts in tables.items()}


def _definition(store: Store, study: str, key: str) -> pa.Table:
    try:
        definition = read_json(store, key)
        digest = sha256_hex(store.get(key))
    except KeyError:
        raise UsageError(f"no study {study!r} in {store.url} (looked for {key})") from None
    if missing := [name for name in _STUDY if not isinstance(definition.get(name), str)]:
        raise CorruptObjectError(f"{key} misses {', '.join(missing)}; import the study again")
    if definition["study"] != study:
        raise CorruptObjectError(f"{key} is the definition of study {definition['study']!r}")
    row = {**definition, "definition_sha256": digest}
    try:
        return pa.table({name: [row.get(name)] for name in _STUDY_SCHEMA.names}, schema=_STUDY_SCHEMA)
    except (pa.ArrowException, TypeError) as error:
        raise CorruptObjectError(f"{key}: {error}") from error
