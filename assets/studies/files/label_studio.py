"""Label Studio's export (JSON): a row per annotation, so a picture that three people labeled has three rows.

Columns are `data.<name>` for each field of the task, `<from_name>` for each question, and `completed_by` (an id or an
e-mail address). Skipped tasks (`was_cancelled`), drafts and predictions are no answers. The flat form (JSON-MIN) needs
no reader of its own: `format: json`. Forms as of labelstud.io: guide/task_format, guide/export.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from assets.studies.declared.table import TableFile
from assets.studies.files import json_records
from assets.studies.files.rows import FileError, Table, from_records

RATER = "completed_by"
#: Where a question's answer is, by the type of its result; a shape on the picture is no answer about it.
_ANSWERS = ("choices", "rating", "number", "text", "taxonomy", "datetime")


def read(data: bytes, shape: TableFile, _name: str) -> Table:
    """Return a row per annotation."""
    document = json_records.load(data, shape)
    if not isinstance(document, list) or not all(isinstance(item, Mapping) for item in document):
        raise FileError("is no export of Label Studio: a list of tasks is needed")
    found: list[tuple[str, dict[str, Any]]] = []
    for number, task in enumerate(document, start=1):
        if not isinstance(task.get("data"), Mapping) or not isinstance(task.get("annotations"), list):
            if isinstance(task.get("completions"), list):
                raise FileError("is an export of Label Studio before 1.0; export it again from a newer one")
            hint = "; for the flat form (JSON-MIN) say format: json" if "annotator" in task else ""
            raise FileError(f"has neither data nor annotations{hint}", f"task {number}")
        found += ((f"task {number}", row) for row in _rows(task))
    return from_records(found)


def _rows(task: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for annotation in task["annotations"]:
        if not isinstance(annotation, Mapping) or annotation.get("was_cancelled"):
            continue
        row: dict[str, Any] = {"data": dict(task["data"]), RATER: _account(annotation.get(RATER))}
        for result in annotation.get("result") or ():
            if isinstance(result, Mapping) and isinstance(result.get("value"), Mapping):
                answer = next((result["value"][name] for name in _ANSWERS if name in result["value"]), None)
                name = str(result.get("from_name"))
                if answer is not None:  # two answers to one question are no answer: they show as a list
                    row[name] = [row[name], answer] if name in row else answer
        yield row


def _account(value: Any) -> Any:
    return value.get("id", value.get("email")) if isinstance(value, Mapping) else value
