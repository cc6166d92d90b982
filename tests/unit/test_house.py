"""The house keeps its shape: imports run one way, modules say what they are for, checks and parts are registered."""

from __future__ import annotations

import ast
import re
import subprocess
from collections import Counter, defaultdict
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from assets.generation.providers.registry import PROVIDERS, load_factory
from assets.labeling.anchors.shipped import DRAWER
from assets.labeling.gold.simulated import RATER
from assets.labeling.registry import CONVENTIONS, KINDS, LABELERS

CHECKOUT = Path(__file__).resolve().parents[2]
STEPS = [
    "suites",
    "gateway",
    "generation",
    "labeling",
    "quality",
    "metrics",
    "leaderboard",
    "studies",
    "simulation",
]
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


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_a_folder_says_what_belongs_in_it_and_a_module_what_it_is(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    said = " ".join((ast.get_docstring(ast.parse(text)) or "").lower().split())
    assert said
    assert ("belongs here" in said) == (path.name == "__init__.py")
    assert text.count("\n") <= 350


def _room(parts: tuple[str, ...]) -> tuple[str, ...] | None:
    path = CHECKOUT.joinpath(*parts)
    if path.with_suffix(".py").is_file():
        return parts[:-1]
    if (path / "__init__.py").is_file():
        return parts
    return _room(parts[:-1]) if len(parts) > 1 else None


def test_no_two_rooms_need_each_other() -> None:
    """Folders side by side (children of one folder) import each other in one direction only, at every level."""
    needs: dict[tuple[str, ...], set[tuple[str, ...]]] = defaultdict(set)
    for path in MODULES:
        own = path.relative_to(CHECKOUT).parent.parts
        for name in _imports(path):
            parts = tuple(name.split("."))
            other = _room(parts) if parts[0] in PACKAGES else None
            if other is None:
                continue
            shared = next((n for n, (a, b) in enumerate(zip(own, other, strict=False)) if a != b), None)
            if shared is not None:
                needs[own[: shared + 1]].add(other[: shared + 1])
    TopologicalSorter(needs).prepare()  # raises CycleError with the circle


def test_no_folder_holds_more_than_sixteen_modules() -> None:
    listed = Counter(
        path.parent.relative_to(CHECKOUT).as_posix()
        for package in (*PACKAGES, "tests")
        for path in (CHECKOUT / package).rglob("*.py")
        if "node_modules" not in path.parts
    )
    assert {folder: count for folder, count in listed.items() if count > 16} == {}


def test_the_simulation_is_reached_by_name_and_every_name_is_there() -> None:
    named = [*PROVIDERS.values(), *LABELERS.values(), *KINDS.values(), *CONVENTIONS.values(), DRAWER, RATER]
    assert all(load_factory(address) is not None for address in named)
    assert sum(address.startswith("assets.simulation") for address in named) == 5


def test_only_asset_modules_of_a_step_know_dagster() -> None:
    knowing = {
        str(path.relative_to(CHECKOUT / "assets"))
        for path in (CHECKOUT / "assets").rglob("*.py")
        if any(name.split(".")[0] == "dagster" for name in _imports(path))
    }
    assert knowing == {f"{step}/asset.py" for step in ("generation", "labeling", "metrics", "leaderboard")}


#: Modules in which an error of DuckDB may be about a table or column that is not there, and what becomes of it.
_NOT_OURS = {
    "orchestration/verifying/compared.py": "rows of somebody: the report has the line",
    "orchestration/verifying/page.py": "rows of somebody: the report has the line",
    "orchestration/verifying/site.py": "a file of somebody: the report has the line",
    "warehouse/loading/load.py": "rows of an object that do not fit a table: a CorruptObjectError",
    "warehouse/sandbox/rules.py": "the type of a statement that DuckDB has no name for",
}


def test_a_table_or_column_that_is_missing_is_no_answer() -> None:
    """A misspelled name in SQL has to fail: no handler may take it for an edition without that table."""
    found = set()
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.ExceptHandler) or node.type is None:
                continue
            named = {ast.unparse(one).removeprefix("duckdb.") for one in ast.walk(node.type)}
            passed_on = any(isinstance(one, ast.Raise) for one in node.body)
            if named & {"CatalogException", "BinderException"} or ("Error" in named and not passed_on):
                found.add(path.relative_to(CHECKOUT).as_posix())
    assert found == _NOT_OURS.keys()


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


def test_one_class_name_means_one_thing() -> None:
    found = Counter(
        node.name
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert {name for name, number in found.items() if number > 1} == set()


_ROUNDED = re.compile(r"\bround\([^()]*\bestimate\s*\*[^()]*\bn\b", re.IGNORECASE)


def test_counts_are_read_and_never_made_of_a_figure() -> None:
    """Pictures are whole numbers in `counts`: a share times n, rounded, is another statement of them."""
    assert _ROUNDED.search("cast(round(seen.estimate * seen.n) AS INTEGER)")
    files = [*(CHECKOUT / "sql").rglob("*.sql"), *MODULES]
    assert [
        path.relative_to(CHECKOUT).as_posix()
        for path in files
        if _ROUNDED.search(path.read_text(encoding="utf-8"))
    ] == []
