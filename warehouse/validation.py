"""Validation errors as the one line that a person reads."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from pydantic import BaseModel, ValidationError

from warehouse.keys_of import meant

_LONGEST = 80  # characters of a wrong value that are shown
_MOST = 3  # wrong things that one line names
_QUOTED = re.compile("'([^']*)'")
_NAME_PATTERN = r"^[a-z0-9][a-z0-9._-]*$"


def close_match(name: str, known: Collection[str]) -> str:
    """Return `; did you mean "…"?`, or `; known: …` if nothing is close, or an empty string for no names."""
    near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    if near:
        return f'; did you mean "{near[0]}"?'
    return f"; known: {', '.join(sorted(known))}" if known else ""


def explain(
    error: ValidationError,
    where: str,
    *,
    data: Any = None,
    shape: type[BaseModel] | None = None,
    known: Collection[str] = (),
) -> str:
    """Return one line about what is wrong: `<where>: <part>: <what>; also <part>: <what> (and 2 more)`.

    `data`, `shape` and `known` are those of `problems`.
    """
    lines = problems(error, data=data, shape=shape, known=known)
    more = f" (and {len(lines) - _MOST} more)" if len(lines) > _MOST else ""
    shown = "; also ".join(lines[:_MOST])
    return one_line(": ".join(piece for piece in (where, shown) if piece) + more)


def problems(
    error: ValidationError,
    *,
    data: Any = None,
    shape: type[BaseModel] | None = None,
    known: Collection[str] = (),
) -> list[str]:
    """Return `<part>: <what>` for each thing that is wrong, a mistyped key first.

    With `data`, what was validated, an item of a list is named by its `id` or `name`, not by its number. For an
    unknown key `shape`, the model of the whole file, says which one was meant, and where it belongs; without such a
    model `known` are the keys of the outermost mapping.
    """
    details = [detail for detail in error.errors(include_url=False) if not _follows(detail)]
    details.sort(key=lambda detail: detail["type"] != "extra_forbidden")  # a mistyped key says most
    lines: list[str] = []
    for detail in details:
        location = tuple(detail["loc"])
        if detail["type"] == "extra_forbidden":
            location, key = location[:-1], str(detail["loc"][-1])
            hint = meant(shape, location, key) if shape else close_match(key, () if location else known)
            what = f'unknown key "{key}"{hint}'
        elif detail["type"] == "missing" and any(f'mean "{location[-1]}"' in before for before in lines):
            continue  # a mistyped key is also a missing one
        else:
            what = _what(detail)
        lines.append(": ".join(piece for piece in (_path(location, data), what) if piece))
    return [*dict.fromkeys(lines)]


def _follows(detail: Mapping[str, Any]) -> bool:
    """Return whether a list is called too short only because its items were wrong."""
    given = detail.get("input")
    return (
        detail["type"] == "too_short"
        and isinstance(given, Sequence)
        and len(given) >= detail["ctx"]["min_length"]
    )


def one_line(text: str) -> str:
    """Return `text` with every run of white space and control characters turned into one space."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _what(detail: Mapping[str, Any]) -> str:
    kind, message = detail["type"], str(detail["msg"])
    if kind == "missing":
        return "is missing"
    if kind == "value_error":
        return message.removeprefix("Value error, ")
    if kind == "model_type":
        return f"must hold keys and values, not {_shown(detail.get('input'))}"
    if kind == "too_short":
        return f"must hold at least {detail['ctx']['min_length']}"
    if kind == "string_type" and isinstance(detail["input"], bool | int | float | date):
        return f"YAML reads {_shown(detail['input']).lower()} as something other than text; put it in quotes"
    if kind == "string_pattern_mismatch" and detail.get("ctx", {}).get("pattern") == _NAME_PATTERN:
        message = "a name has lower-case letters, digits, dots, dashes and underscores only"
    hint = close_match(str(detail.get("input")), _QUOTED.findall(message)) if kind == "literal_error" else ""
    text = f"{message[:1].lower()}{message[1:]}, not {_shown(detail.get('input'))}"
    return text + hint if hint.startswith("; did") else text


def _shown(value: Any) -> str:
    text = f'"{value}"' if isinstance(value, str) else repr(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _path(location: Sequence[str | int], data: Any) -> str:
    """Return `prompts "ceo", turns 2` for `("prompts", 4, "turns", 1)`."""
    parts: list[str] = []
    for step in location:
        if isinstance(step, int) and isinstance(data, Mapping) and step not in data:
            continue  # one item that was written without its list
        if isinstance(data, Mapping):
            data = data.get(step)
        elif isinstance(data, Sequence) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            data = None
        if isinstance(step, int) and parts:
            name = (data.get("id") or data.get("name")) if isinstance(data, Mapping) else None
            parts[-1] += f' "{name}"' if isinstance(name, str) else f" {step + 1}"
        else:
            parts.append(str(step))
    return ", ".join(parts)
