"""A command imports what it uses: heavy libraries that it does not use are not imported by it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

#: Libraries that take a tenth of a second or twenty megabytes each, and what brings them.
HEAVY = (
    "dagster",
    "great_expectations",
    "scipy",
    "pandas",
    "polars",
    "boto3",
    "botocore",
    "openai",
    "anthropic",
    "google.genai",
    "torch",
    "sqlalchemy",
    "matplotlib",
    "statsmodels",
    "sklearn",
    "jinja2",
)
#: What even more commands do without.
_OF_FIGURES = ["duckdb", "PIL"]

COMMANDS = {
    "help of a command": (["publish", "--help"], [*HEAVY, *_OF_FIGURES]),
    "sql": (["sql", "SELECT count(*) FROM slots"], HEAVY),
    "status": (["status", "--week", "2026-09-07"], HEAVY),
    "design": (
        ["design", "--models", "4", "--prompts", "5", "--replicates", "5"],
        [name for name in HEAVY if name != "scipy"],  # what it shows are figures
    ),
}
_RUN = """
import json, sys
from orchestration.cli import main
try:
    main()
finally:
    print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


def _imported(words: list[str], home: Path) -> set[str]:
    """Return the modules that a command imported, in a process of its own."""
    ran = subprocess.run(
        [sys.executable, "-c", _RUN, *words],
        capture_output=True,
        text=True,
        env={**os.environ, "CLICHE_HOME": str(home), "COVERAGE_PROCESS_START": ""},
        timeout=120,
        check=False,
    )
    last = ran.stderr.splitlines()[-1]
    assert last.startswith("["), ran.stderr
    return {*json.loads(last)}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_imports_no_library_that_it_does_not_use(command: str, tmp_path: Path) -> None:
    words, unused = COMMANDS[command]

    imported = _imported(words, tmp_path)

    assert "orchestration.cli" in imported
    assert sorted(imported & {*unused}) == []


MODULES = [path.stem for path in Path("orchestration/commands").glob("*.py") if path.stem != "__init__"]
_EACH = """
import importlib, json, sys
brought, known = {}, set()
for name in sys.argv[1:]:
    importlib.import_module("orchestration.commands." + name)
    brought[name] = sorted({*sys.modules} - known)
    known.update(sys.modules)
print(json.dumps(brought))
"""


def test_no_module_of_commands_brings_heavy_libraries_before_its_command_is_called() -> None:
    """What each brings that those before it had not: what is heavy is named at the first that needs it."""
    ran = subprocess.run(
        [sys.executable, "-c", _EACH, *MODULES], capture_output=True, text=True, timeout=120, check=True
    )
    brought: dict[str, list[str]] = json.loads(ran.stdout)
    assert brought.keys() == {*MODULES}
    assert {module: heavy for module, names in brought.items() if (heavy := {*names} & {*HEAVY})} == {}
