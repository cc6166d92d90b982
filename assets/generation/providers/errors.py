"""From an API's error to an outcome: declarative rows, the first that matches wins."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from assets.gateway.records import RAW_BODY_CHARS, Answer, Outcome


@dataclass(frozen=True)
class ErrorRow:
    """What an error must have for a row to match; None matches anything. `says` is searched for in the message."""

    outcome: Outcome
    status: int | tuple[int, int] | None = None  # one status, or a range with both ends
    code: str | None = None
    type: str | None = None
    says: str | None = None  # regular expression, case ignored
    stage: str | None = None  # where a filter blocked: input or output


def by_code(outcome: Outcome, *codes: str, stage: str | None = None) -> tuple[ErrorRow, ...]:
    """Return a row for each code."""
    return tuple(ErrorRow(outcome, code=code, stage=stage) for code in codes)


def by_status(outcome: Outcome, *statuses: int) -> tuple[ErrorRow, ...]:
    """Return a row for each HTTP status."""
    return tuple(ErrorRow(outcome, status=status) for status in statuses)


def match(
    rows: Sequence[ErrorRow],
    *,
    status: int | None = None,
    code: str | None = None,
    type: str | None = None,
    message: str | None = None,
) -> ErrorRow | None:
    """Return the first row that matches, or None."""
    for row in rows:
        low, high = row.status if isinstance(row.status, tuple) else (row.status, row.status)
        if low is not None and high is not None and not (status is not None and low <= status <= high):
            continue
        if (row.code is not None and row.code != code) or (row.type is not None and row.type != type):
            continue
        if row.says is not None and not re.search(row.says, message or "", re.IGNORECASE):
            continue
        return row
    return None


def error_answer(
    rows: Sequence[ErrorRow],
    *,
    status: int | None = None,
    code: str | None = None,
    type: str | None = None,
    message: str | None = None,
    body: str | None = None,
    **more: Any,
) -> Answer:
    """Return the answer that an error stands for; one that no row knows is `server_error` with the raw body kept.

    An empty answer keeps its body too. `more` are further fields of `Answer` (request_id, retry_after_s, …).
    """
    row = match(rows, status=status, code=code, type=type, message=message)
    more = {"http_status": status, "error_code": code, "error_type": type, "error_message": message, **more}
    if row is None:
        return Answer(
            outcome=Outcome.SERVER_ERROR,
            unmapped=True,
            raw_body=(body or message or "")[:RAW_BODY_CHARS],
            **more,
        )
    if row.outcome is Outcome.EMPTY_ANSWER:
        more["raw_body"] = (body or "")[:RAW_BODY_CHARS]
    return Answer(outcome=row.outcome, **{"block_stage": row.stage, **more})


def nothing_came(body: object, **more: Any) -> Answer:
    """Return the answer that stands for a good status with nothing in it; `more` are further fields."""
    raw = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    fields = {"error_message": "the answer holds no picture, no words and no reason", **more}
    return Answer(outcome=Outcome.EMPTY_ANSWER, raw_body=raw[:RAW_BODY_CHARS], **fields)


def objects_of(value: Any) -> list[Mapping[str, Any]]:
    """Return the objects of a list, none of what is no list."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def is_number(value: Any) -> TypeGuard[float]:
    """Return whether a value of an answer is a number from 0 on, and no infinity."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 2**63
