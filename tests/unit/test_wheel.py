"""The patterns of pyproject.toml: each file that git tracks and an installation needs is in a wheel."""

from __future__ import annotations

import subprocess
import tomllib
from fnmatch import fnmatch
from pathlib import Path

from setuptools.glob import glob

from orchestration.settings import SHIPPED
from warehouse.layout import CHECKOUT, shipped

#: What stays out: how the project is tested, documented, locked and put on machines.
OUT = (
    "tests",
    "docs",
    "deploy",
    ".ci",
    "Makefile",
    "requirements",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "CITATION.cff",
)
OUT += (
    ".gitignore",
    ".dockerignore",
    "README.md",
    "LICENSE",
    "pyproject.toml",
)  # the last but one: as metadata


def tracked(commit: str | None = None) -> set[str]:
    """The files that git tracks, or those of a commit, that a wheel holds."""
    command = ["ls-files"] if commit is None else ["ls-tree", "-r", "--name-only", commit]
    listed = subprocess.run(["git", "-C", CHECKOUT, *command], capture_output=True, text=True, check=True)
    return {path for path in listed.stdout.splitlines() if not path.startswith(OUT)}


def test_every_tracked_file_is_in_a_wheel_once_and_nothing_else() -> None:
    setup = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    assert setup["package-data"].keys() == set(setup["packages"])
    assert {name.partition(".")[0] for name in setup["packages"]} == {"assets", "orchestration", "warehouse"}
    found: list[str] = []
    for package, patterns in setup["package-data"].items():
        folder = CHECKOUT / setup["package-dir"].get(package, package)
        paths = (Path(path) for pattern in patterns for path in glob(str(folder / pattern), recursive=True))
        found += [str(path.relative_to(CHECKOUT)) for path in paths if path.is_file()]
    found = [
        path for path in found if not any(fnmatch(path, out) for out in setup["exclude-package-data"]["*"])
    ]
    assert len(found) == len(set(found))
    assert tracked() <= set(found)
    beside = subprocess.run(
        ["git", "-C", CHECKOUT, "ls-files", "--others", "--exclude-standard"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(found) - tracked() <= {*beside.stdout.splitlines()}


def test_a_checkout_finds_its_files_at_its_top(tmp_path: Path) -> None:
    assert shipped("warehouse/sql", "sql") == CHECKOUT / "sql"
    assert SHIPPED == CHECKOUT
    assert shipped("warehouse/store", "sql") == CHECKOUT / "warehouse" / "store"
