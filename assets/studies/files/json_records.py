"""JSON: a list of objects, an object of objects, or one object per line."""

from __future__ import annotations

import json
from typing import Any

from assets.studies.declared.table import TableFile
from assets.studies.files.nature import refuse
from assets.studies.files.rows import FileError, Table, from_records
from warehouse.validation import close_match

#: The column that holds the name of each record where they are an object of objects.
KEY = "key"


def read(data: bytes, shape: TableFile, _name: str) -> Table:
    """Return a row per record; `records` of the study file says where the list is, e.g. `data.items`."""
    document = load(data, shape)
    for step in (shape.records or "").split(".") if shape.records else ():
        if not isinstance(document, dict) or step not in document:
            known = [str(name) for name in document] if isinstance(document, dict) else []
            raise FileError(f'records: there is no "{step}"{close_match(step, known)}')
        document = document[step]
    if isinstance(document, dict) and document and all(isinstance(item, dict) for item in document.values()):
        found = [{KEY: name, **item} for name, item in document.items()]
    elif isinstance(document, list) and all(isinstance(item, dict) for item in document):
        found = document
    else:
        lists = (
            [name for name, item in document.items() if isinstance(item, list)]
            if isinstance(document, dict)
            else []
        )
        hint = f"; say records: {lists[0]}" if lists else ""
        raise FileError(f"holds no list of objects{hint}")
    if shape.format == "json" or not any("annotations" in item and "data" in item for item in found):
        return from_records([(f"record {number}", item) for number, item in enumerate(found, start=1)])
    raise FileError("is an export of Label Studio; say format: label_studio")


def load(data: bytes, shape: TableFile) -> Any:
    """Return a JSON document; one object per line becomes a list."""
    if (wrong := refuse(data, "JSON", ("JSON",))) is not None and not shape.encoding.startswith("utf-16"):
        raise FileError(wrong)
    try:
        text = data.decode("utf-8-sig" if shape.encoding == "utf-8" else shape.encoding)
    except UnicodeError:
        raise FileError(f"is not {shape.encoding}; declare the file's encoding in the study file") from None
    if not text.strip():
        raise FileError("is empty")
    try:
        return _parsed(text)
    except json.JSONDecodeError as error:
        whole = error
    lines = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            lines.append(_parsed(line))
        except json.JSONDecodeError as error:
            if not lines:  # not one object per line either
                raise FileError(f"does not read as JSON: {whole.msg}", f"line {whole.lineno}") from None
            raise FileError(f"does not read as JSON: {error.msg}", f"line {number}") from None
    return lines


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_once)
    except RecursionError:
        raise FileError("is nested too deeply") from None
    except json.JSONDecodeError:
        raise
    except ValueError as error:  # a name twice, a number of thousands of digits
        raise FileError(f"does not read as JSON: {error}") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f'"{twice}" is there twice in one object')
    return found
