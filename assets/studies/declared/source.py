"""A study file as its author wrote it: YAML whose keys are there once, and all that is wrong with it, in lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import InitErrorDetails

from assets.studies.declared.base import near
from assets.studies.mistakes import MOST_LINES, MistakesError
from warehouse.errors import UsageError
from warehouse.validation import explain
from warehouse.yamlfile import read_with_nodes

_READ_AS = {
    "tag:yaml.org,2002:bool": "{value}",
    "tag:yaml.org,2002:null": "nothing",
    "tag:yaml.org,2002:int": "the number {value}",
    "tag:yaml.org,2002:float": "the number {value}",
    "tag:yaml.org,2002:timestamp": "a date",
}


_QUOTED = re.compile(r"'([^']*)'")
_COLUMN, _PATTERN = (yaml.ScalarNode("tag:yaml.org,2002:str", name) for name in ("column", "pattern"))


class Problems:
    """Collects the `ValueError`s of one validator, so that one run names them all: `with problems: check(…)`."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def __enter__(self) -> Problems:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> bool:
        if isinstance(error, ValueError):
            self.found.append(str(error))
            return True
        return False

    def stop(self) -> None:
        """Raise `ProblemsError` if there is any."""
        if self.found:
            raise ProblemsError(self.found)


class ProblemsError(ValueError):
    """Several problems of one part of a study file."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(problems[0])
        self.problems = tuple(dict.fromkeys(problems))


def read_source(path: Path) -> tuple[Any, yaml.Node | None]:
    """Return what a study file holds, and its nodes, which know how each value is written."""
    try:
        return read_with_nodes(path, path.name)
    except UsageError as error:
        raise MistakesError([str(error)]) from None


def explained(
    error: ValidationError, name: str, data: Any, written: yaml.Node | None, shape: type[BaseModel]
) -> list[str]:
    """Return a line for everything that is wrong; an unknown key comes before what it left unsaid.

    Of very many mistakes the first are explained, and the others counted.
    """
    details = [detail for detail in error.errors(include_url=False) if not _follows(detail)]
    details.sort(key=lambda detail: detail["type"] != "extra_forbidden")
    lines: list[str] = []
    for detail in details[:MOST_LINES]:
        location, trap = tuple(detail["loc"]), None
        if detail["type"] == "string_type":
            trap = _trap(written, location)
            location = location[:-2] if location[-1] == "[key]" else location
        cause = detail.get("ctx", {}).get("error")
        for problem in cause.problems if isinstance(cause, ProblemsError) else [None]:
            context = {**detail.get("ctx", {}), **({"error": ValueError(problem)} if problem else {})}
            one = InitErrorDetails(type=detail["type"], loc=location, input=detail["input"], ctx=context)
            single = ValidationError.from_exception_data(error.title, [one])
            line = explain(single, name, data=data, shape=shape)
            if detail["type"] == "literal_error":
                line += near(str(detail["input"]), _QUOTED.findall(detail["ctx"]["expected"]))
            lines.append(line.partition("input should be a valid string")[0] + trap if trap else line)
    left = len(details) - MOST_LINES
    return list(dict.fromkeys([*lines, f"{name}: {left:,} more mistakes"] if left > 0 else lines))


def _follows(detail: Any) -> bool:
    """Return whether a list is called too short only because its items are wrong."""
    given = detail["input"]
    return (
        detail["type"] == "too_short"
        and isinstance(given, list)
        and len(given) >= detail["ctx"]["min_length"]
    )


def _trap(node: yaml.Node | None, location: Sequence[str | int]) -> str | None:
    """Return how YAML reads a text that is not in quotes, if that is what is wrong at `location`."""
    is_key = location[-1] == "[key]"
    for step in location[:-2] if is_key else location:
        node = _step(node, step)
    if is_key and isinstance(node, yaml.MappingNode):
        keys = [key for key, _ in node.value if key.tag in _READ_AS]
        node = next((key for key in keys if _is(key, location[-2])), None)
    if not isinstance(node, yaml.ScalarNode) or node.tag not in _READ_AS:
        return None
    value = _value(node)
    shown = str(value).lower() if isinstance(value, bool) else value
    text = node.value or "an empty value"
    quoted = f'; put it in quotes: "{node.value}"' if node.value else "; write a text"
    return f"{text} is read as {_READ_AS[node.tag].format(value=shown)} by YAML{quoted}"


def _step(node: yaml.Node | None, step: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        found = next((value for key, value in node.value if _is(key, step)), node)
        if found is node and isinstance(step, int) and step < len(node.value):
            key, value = node.value[step]  # a key of labels, written as a mapping: column → pattern
            return yaml.MappingNode("", [(_COLUMN, key), (_PATTERN, value)])
        return found
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step]  # type: ignore[no-any-return]
    return node  # a step that only pydantic knows


def _is(key: yaml.Node, step: str | int) -> bool:
    """Return whether pydantic names a key by `step`: false is 0, and what is neither text nor number its repr."""
    if key.tag == _COLUMN.tag:
        return bool(key.value == step)
    value = _value(key)
    return value == step or repr(value) == step


def _value(node: yaml.Node) -> Any:
    made = yaml.constructor.SafeConstructor()
    return made.construct_object(node) if isinstance(node, yaml.ScalarNode) else None
