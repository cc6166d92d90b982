"""The house keeps its shape: imports run one way, modules say what they are for, checks and parts are registered."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
STEPS = ["suites", "generation", "labeling", "quality", "metrics", "leaderboard", "studies"]
PACKAGES = ["warehouse", "assets", "orchestration"]
MODULES = sorted(path for package in PACKAGES for path in (CHECKOUT / package).rglob("*.py"))


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _wrong(path: Path) -> list[str]:
    parts = path.relative_to(CHECKOUT).parts
    own = PACKAGES.index(parts[0])
    wrong = []
    for name in _imports(path):
        head, _, rest = name.partition(".")
        if head == "tests" or (head in PACKAGES and PACKAGES.index(head) > own):
            wrong.append(name)
        step = rest.partition(".")[0]
        if head == "assets" and parts[0] == "assets" and parts[1] in STEPS and step in STEPS:
            wrong += [name] if STEPS.index(step) > STEPS.index(parts[1]) else []
    return wrong


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_imports_run_one_way(path: Path) -> None:
    assert _wrong(path) == []


@pytest.mark.parametrize(
    "path",
    [path for path in MODULES if path.name != "__init__.py"],
    ids=lambda path: str(path.relative_to(CHECKOUT)),
)
def test_a_module_says_what_belongs_in_it_and_stays_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "belongs here" in " ".join((ast.get_docstring(ast.parse(text)) or "").lower().split())
    assert text.count("\n") <= 350


def test_only_asset_modules_of_a_step_know_dagster() -> None:
    knowing = {
        str(path.relative_to(CHECKOUT / "assets"))
        for path in (CHECKOUT / "assets").rglob("*.py")
        if any(name.split(".")[0] == "dagster" for name in _imports(path))
    }
    assert knowing == {f"{step}/asset.py" for step in ("generation", "labeling", "metrics", "leaderboard")}


def test_no_tracked_file_names_a_package_index_or_a_folder_of_somebody() -> None:
    listed = subprocess.run(
        ["git", "-C", str(CHECKOUT), "ls-files"], capture_output=True, text=True, check=False
    ).stdout.split("\n")
    forbidden = re.compile(
        r"index-url\s*[=\s]\s*https?:|\"resolved\": *\"http|files\.pythonhosted|registry\.npmjs"
        r"|//pypi\.org/simple|/home/[a-z]+/|/work/"
    )
    me = Path(__file__).resolve()
    found = []
    for name in listed:
        path = CHECKOUT / name
        if not name or path == me or not path.is_file() or path.suffix in {".png", ".parquet"}:
            continue
        if forbidden.search(path.read_text(encoding="utf-8", errors="replace")):
            found.append(name)
    assert found == []
