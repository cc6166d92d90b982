"""The queries of a study file, each run over the study's folder in the sandbox, and what they return."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from assets.studies.definition import Correction, StudyDefinition
from assets.studies.mistakes import Mistakes
from assets.studies.reading.folder import matching, misshapen, named_twice, unlike_its_name
from warehouse.errors import ClicheError
from warehouse.sandbox.reading import read_folder
from warehouse.validation import close_match

#: Set → columns that its query may return; prompts may have further ones, which are facts of the prompt.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "prompts": ("prompt", "condition", "subject", "title", "text", "file", "row"),
    "pictures": ("model", "prompt", "condition", "replicate", "path", "bytes", "file", "row"),
    "labels": (
        *("model", "prompt", "condition", "replicate", "labeler", "attribute", "value", "number"),
        *("confidence", "file", "row"),
    ),
}
_QUOTED = re.compile(r"'((?:[^']|'')+)'")
#: Bytes of a text: a prompt, a title, a value.
MOST_TEXT = 20_000
#: Seconds that one query may take.
MOST_SECONDS = 120.0


@dataclass(frozen=True)
class QueryRows:
    """What a query returned: `name` is how messages call it, e.g. `labels 2`; rows are column → text, NULL as None."""

    name: str
    columns: tuple[str, ...]
    rows: Sequence[dict[str, Any]]

    def place(self, number: int) -> tuple[str, str]:
        """Return file and row of a row (from 0), as the query names them, else the query and its row."""
        row = self.rows[number]
        file, at = row.get("file"), row.get("row")
        return (file or self.name), f"row {at}" if at else f"row {number + 1} of its result"


def run(
    study: StudyDefinition, root: Path, files: Mapping[str, int], mistakes: Mistakes
) -> dict[str, list[QueryRows]]:
    """Return set → what its queries return; `files` are the names and sizes of the files under `root`."""
    several = len(study.labels) > 1
    names = [f"labels {number}" if several else "labels" for number in range(1, len(study.labels) + 1)]
    queries = {"prompts": {"prompts": study.prompts}, "labels": dict(zip(names, study.labels, strict=True))}
    queries["pictures"] = {"pictures": study.pictures} if study.pictures else {}
    found = {
        kind: [_run(kind, name, query, root, files, mistakes) for name, query in queries[kind].items()]
        for kind in COLUMNS
    }
    for correction in study.corrections:
        _correct(correction, found[correction.of], mistakes)
    return found


def _run(
    kind: str, name: str, query: str, root: Path, files: Mapping[str, int], mistakes: Mistakes
) -> QueryRows:
    named = [*_named(query, files)]
    for file in named:
        if files[file] == 0 and kind != "pictures":
            mistakes.add(file, "is empty")
        if (twice := named_twice(root, file)) is not None:
            mistakes.add(
                file, f'has two columns "{twice}"', fix="rename one, or read it with read_csv and skip = 1"
            )
    try:
        table = read_folder(root, query, timeout=MOST_SECONDS)
    except ClicheError as error:
        for file in named:
            if (other := unlike_its_name(root, file)) is not None:
                mistakes.add(file, f"is {other[0]}", fix=other[1])
            elif (other := misshapen(root, file)) is not None:
                mistakes.add(file, other[0], fix=other[1])
        mistakes.add(name, str(error))  # after what may be its cause
        return QueryRows(name, (), ())
    table = _known_columns(kind, name, table, mistakes)
    columns = [column.to_pylist() for column in table.columns]
    rows = [dict(zip(table.column_names, row, strict=True)) for row in zip(*columns, strict=True)]
    rows.sort(key=lambda row: (row.get("file") or "", _whole(row.get("row"))))
    return QueryRows(name, tuple(table.column_names), rows)


def _known_columns(kind: str, name: str, table: pa.Table, mistakes: Mistakes) -> pa.Table:
    """Return the table with the names of columns as they are known here, in lower case."""
    known = COLUMNS[kind]
    lower = [column.lower() if column.lower() in known else column for column in table.column_names]
    if len({*lower}) == len(lower):
        table = table.rename_columns(lower)
    for column in table.column_names if kind != "prompts" else ():
        if column not in known:
            mistakes.add(name, f'returns a column "{column}"{close_match(column, known)}')
    for column in table.column_names:
        longest = pc.max(pc.binary_length(table[column])).as_py() or 0
        if longest > MOST_TEXT and not pa.types.is_binary(table.schema.field(column).type):
            mistakes.add(
                name, f'column "{column}" has a text of {longest:,} bytes; {MOST_TEXT:,} are the most'
            )
    if not table.num_rows:
        mistakes.add(name, "returns no row")
    if kind == "pictures" and not {"path", "bytes"} & {*table.column_names}:
        mistakes.add(name, f'returns no column "path" (it returns {", ".join(table.column_names)})')
    if "bytes" in table.column_names and not pa.types.is_binary(table.schema.field("bytes").type):
        mistakes.add(
            name, 'returns "bytes" that are none', fix="select a BLOB, e.g. image.bytes of read_parquet"
        )
    return table


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0


def _named(query: str, files: Collection[str]) -> Iterator[str]:
    """Yield the files that a query names in quotes."""
    names = sorted(files)
    for pattern in dict.fromkeys(_QUOTED.findall(query)):
        yield from matching(names, pattern.replace("''", "'").partition("#")[0])


def _correct(correction: Correction, sets: Sequence[QueryRows], mistakes: Mistakes) -> None:
    where = correction.where.items()
    said = "correction " + ", ".join(f'{column} "{text}"' for column, text in where)
    columns = {column for rows in sets for column in rows.columns}
    for column in (*correction.where, *correction.set):
        if columns and column not in columns:
            mistakes.add(correction.of, f'{said}: no column "{column}"{close_match(column, columns)}')
            return
    every = (row for rows in sets for row in rows.rows)
    hit = [row for row in every if all(row.get(column) == text for column, text in where)]
    for row in hit:
        row.update(correction.set)
    if len(hit) != correction.rows and columns:
        mistakes.add(correction.of, f"{said}: {len(hit):,} rows, the study file says {correction.rows:,}")
