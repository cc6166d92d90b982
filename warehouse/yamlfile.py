"""Reading of YAML files that people write: one clear line for whatever is wrong with one.

A few bytes of YAML can stand for gigabytes, hours or a crash, so its size is known before anything is made of it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from warehouse.errors import UsageError
from warehouse.inputfile import read_file
from warehouse.validation import one_line

#: The most values in a file, each alias counted as all that it stands for, and how deep lists and mappings nest.
MOST_VALUES, MOST_DEEP = 50_000, 50
#: The longest text in characters, and the longest number or date: Python computes with long ones for hours.
_LONGEST_TEXT, _LONGEST_NUMBER = 50_000, 100
_LONGEST_PROBLEM = 300  # characters of a message
_TEXT, _MERGE = "tag:yaml.org,2002:str", "tag:yaml.org,2002:merge"
#: The parser in C, where PyYAML was built with it, takes a tenth of the time.
_Safe: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Safe):  # type: ignore[misc]
    """Refuses what plain YAML takes silently: a key that stands twice, where the last would win."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        if isinstance(node, yaml.ScalarNode) and node.tag != _TEXT and len(node.value) > _LONGEST_NUMBER:
            raise _wrong(f"a number of {len(node.value):,} characters; put a text in quotes", node)
        return super().construct_object(node, deep=deep)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            if key_node.tag == _MERGE:
                raise _wrong("merge keys (<<) are not read; write the keys themselves", key_node)
            if not isinstance(key_node, yaml.ScalarNode):
                raise _wrong("a list or a mapping cannot be a key", key_node)
            key = self.construct_object(key_node)
            if key in seen:
                raise _wrong(f'key "{key_node.value}" stands twice', key_node)
            seen.add(key)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return mapping


def read_yaml(path: Path, where: str) -> Any:
    """Return the content of a YAML file; `where` names the file in errors, e.g. `models.yaml`."""
    return read_with_nodes(path, where)[0]


def read_with_nodes(path: Path, where: str) -> tuple[Any, yaml.Node | None]:
    """Return the content of a YAML file, and its nodes, which know how each value is written."""
    try:
        data = read_file(path)
    except FileNotFoundError:
        raise UsageError(f"{where}: there is no such file ({path})") from None
    except OSError as error:
        raise UsageError(f"{where}: cannot be read: {error.strerror}") from None
    return _parse(data, where)


def parse_yaml(data: bytes, where: str) -> Any:
    """Return the content of YAML; `where` names it in errors.

    Raises:
        UsageError: if it is not UTF-8, no valid YAML, too large or deep, or has a key twice in one mapping.
    """
    return _parse(data, where)[0]


def _parse(data: bytes, where: str) -> tuple[Any, yaml.Node | None]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{where}: is not UTF-8 (byte {error.start + 1}); save it as UTF-8") from None
    if directive := re.search("^%", text, re.MULTILINE):  # the parser compares each with all before it
        line = text.count("\n", 0, directive.start()) + 1
        raise UsageError(f"{where}, line {line}: a line that begins with % is not read; leave it out")
    try:
        _check_size(text)
        loader = _Loader(text)
        node = loader.get_single_node()
        return (None if node is None else loader.construct_document(node)), node
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        problem = one_line(", ".join(filter(None, (error.context, error.problem))))
        raise UsageError(f"{where}{place}: {problem[:_LONGEST_PROBLEM]}") from None
    except (yaml.YAMLError, ValueError) as error:
        raise UsageError(one_line(f"{where}: is not valid YAML: {error}")) from None


def _check_size(text: str) -> None:
    """Raise if the text stands for more than the limits allow, before any value is made of it."""
    values = 0
    opened: list[tuple[str | None, int]] = []  # anchor of each open list or mapping, values before it
    sizes: dict[str | None, int] = {}  # values of each anchor; 0 while it is open
    for event in yaml.parse(text, Loader=_Safe):
        if isinstance(event, yaml.CollectionEndEvent):
            anchor, before = opened.pop()
            sizes[anchor] = values - before
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor not in sizes:
                raise _wrong(f"found undefined alias '{event.anchor}'", event)
            if not sizes[event.anchor]:
                raise _wrong(f"the alias '{event.anchor}' stands within what it stands for", event)
            values += sizes[event.anchor]
        elif isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
            if event.tag is not None:
                raise _wrong(f"the tag {event.tag} is not read; leave it out", event)
            if isinstance(event, yaml.CollectionStartEvent):
                opened.append((event.anchor, values))
            elif len(event.value) > _LONGEST_TEXT:
                raise _wrong(
                    f"a text of {len(event.value):,} characters; {_LONGEST_TEXT:,} are the most", event
                )
            values += 1
            sizes[event.anchor] = int(isinstance(event, yaml.ScalarEvent))
        if values > MOST_VALUES:
            raise _wrong(f"more than {MOST_VALUES:,} values, counting what aliases stand for", event)
        if len(opened) > MOST_DEEP:
            raise _wrong(f"lists and mappings are more than {MOST_DEEP} deep", event)


def _wrong(problem: str, place: Any) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=place.start_mark)
