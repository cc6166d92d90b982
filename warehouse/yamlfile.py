"""Reading of YAML files that people write: one clear line for whatever is wrong with one."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml

from warehouse.errors import UsageError
from warehouse.validation import one_line


class _UniqueKeys(yaml.constructor.SafeConstructor):
    """Refuses a key that stands twice; plain YAML would silently take the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, str) and key != "<<" and key in seen:
                raise yaml.MarkedYAMLError(
                    problem=f'key "{key}" stands twice', problem_mark=key_node.start_mark
                )
            if isinstance(key, str):
                seen.add(key)
        return super().construct_mapping(node, deep=deep)


class _Worded(_UniqueKeys, yaml.SafeLoader):
    """The loader in Python: its errors are the ones that are reported."""


class _Quick(_UniqueKeys, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The loader in C, where PyYAML was built with it: a tenth of the time."""


def read_yaml(path: Path, where: str) -> Any:
    """Return the content of a YAML file; `where` names the file in errors, e.g. `models.yaml`."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise UsageError(f"{where}: there is no such file ({path})") from None
    except OSError as error:
        raise UsageError(f"{where}: cannot be read: {error.strerror or error}") from None
    return parse_yaml(data, where)


def parse_yaml(data: bytes, where: str) -> Any:
    """Return the content of YAML; `where` names it in errors.

    Raises:
        UsageError: if it is not UTF-8, no valid YAML, or has a key twice in one mapping.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{where}: is not UTF-8 (byte {error.start + 1}); save it as UTF-8") from None
    with suppress(yaml.YAMLError, ValueError):
        return yaml.load(text, Loader=_Quick)  # noqa: S506 - a subclass of the safe loader
    try:
        return yaml.load(text, Loader=_Worded)  # noqa: S506 - a subclass of the safe loader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise UsageError(one_line(f"{where}{place}: {error.problem or 'is not valid YAML'}")) from None
    except (yaml.YAMLError, ValueError) as error:
        raise UsageError(one_line(f"{where}: is not valid YAML: {error}")) from None
