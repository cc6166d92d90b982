"""Frozen copies of published suites: what was asked under a version never changes under that version."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from assets.suites.schema import Suite
from warehouse.canonical import canonical_json, sha256_hex
from warehouse.errors import UsageError
from warehouse.inputfile import read_file
from warehouse.validation import explain

FOLDER = Path(__file__).parent / "published"
_INDENT = " " * 10
_SHOWN = 5  # differences that are printed
_LONGEST = 400  # characters of a differing value that are printed


def suite_hash(suite: Suite) -> str:
    """Return the SHA-256 of the suite's canonical JSON: the same as that of its frozen copy's bytes."""
    return sha256_hex(canonical_json(suite.model_dump(mode="json")))


def frozen_suites(folder: Path = FOLDER) -> dict[str, dict[str, Any]]:
    """Return hash → content of every suite version that has a frozen copy; the hash is that of the copy's bytes."""
    return {
        sha256_hex(data): json.loads(data) for data in map(Path.read_bytes, sorted(folder.glob("*.json")))
    }


def freeze(suite: Suite, folder: Path = FOLDER) -> bool:
    """Write the frozen copy of a suite's version unless there is one; return whether it was written.

    Raises:
        UsageError: if the version is frozen with another content.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{suite.id}@{suite.version}.json"
    assert_as_published(suite, folder, f"suites/{suite.id}.yaml")
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    temporary.write_bytes(canonical_json(suite.model_dump(mode="json")))
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    finally:
        temporary.unlink()
    return True


def assert_as_published(suite: Suite, folder: Path, where: str) -> None:
    """Raise `UsageError` if the version is frozen in `folder` with another content; `where` names the data file."""
    path = folder / f"{suite.id}@{suite.version}.json"
    if not path.exists():
        return
    try:
        frozen = json.loads(read_file(path))
    except (OSError, ValueError, RecursionError):
        frozen = None
    if not isinstance(frozen, dict):
        raise UsageError(f"suites/published/{path.name}: cannot be read; restore it from version control")
    _assert_same(suite, frozen, where, "as published")


def assert_same_as_plan(suite: Suite, planned: Mapping[str, Any], *, where: str = "an earlier plan") -> None:
    """Raise `UsageError` if a plan holds the same version of the suite with another content.

    The plan's copy may have another `hash`; another suite or version is no difference. `where` names the plan, e.g.
    `the plan of 2026-11-16, sim-classic`.
    """
    then = {key: value for key, value in planned.items() if key != "hash"}
    if (then.get("id"), then.get("version")) == (suite.id, suite.version):
        _assert_same(suite, then, f"suites/{suite.id}.yaml", f"as asked in {where}")


def _assert_same(suite: Suite, then: Mapping[str, Any], where: str, how: str) -> None:
    now = suite.model_dump(mode="json")
    try:  # a field that came later has its default then
        then = Suite.model_validate(then).model_dump(mode="json")
    except ValidationError as error:
        raise UsageError(explain(error, f"{where}: the copy {how} does not read as a suite")) from None
    if now == then:
        return
    differences = list(_differences(then, now))
    what, _, _ = differences[0]
    more = f" (and {len(differences) - 1} more)" if len(differences) > 1 else ""
    version = suite.version
    while version.count(".") and version.endswith(".0"):
        version = version.removesuffix(".0")
    lines = [f"{where}: {what} differs from version {version} {how}; raise the version to change it{more}"]
    for _, old, new in differences[:_SHOWN]:
        lines += [
            f"{_INDENT}{sign} {_shown(value)}"
            for sign, value in (("-", old), ("+", new))
            if value is not None
        ]
    raise UsageError("\n".join(lines))


def _differences(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Yield (what, old value or None, new value or None); prompts first, since their text is what was asked."""
    old, new = _by_name(then), _by_name(now)
    for name in [*new, *(name for name in old if name not in new)]:
        if old.get(name) != new.get(name):
            yield name, old.get(name), new.get(name)


def _by_name(suite: Mapping[str, Any]) -> dict[str, Any]:
    """Return the suite's parts by what they are called in an error, each small enough to be shown."""
    parts: dict[str, Any] = {}
    for prompt in suite.get("prompts", ()):
        for key, value in prompt.items():
            if key != "id":
                parts[f'the {key} of "{prompt["id"]}"'] = value
    parts["the order of the prompts"] = [prompt["id"] for prompt in suite.get("prompts", ())]
    for attribute in suite.get("attributes", ()):
        parts[f'the attribute "{attribute["id"]}"'] = attribute
    for reference in suite.get("references", ()):
        name = f'the reference "{reference["id"]}" of "{reference["attribute"]}"'
        for row in reference["rows"]:
            parts[name + (f' for "{row["prompt"]}"' if row["prompt"] else "")] = row
        parts[f"the description of {name}"] = {
            key: value for key, value in reference.items() if key != "rows"
        }
    for key, value in suite.items():
        if key not in {"prompts", "attributes", "references"}:
            parts[f"the {key}"] = value
    return parts


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else canonical_json(value).decode()
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
