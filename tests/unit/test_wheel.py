"""The patterns of pyproject.toml: each file that git tracks and an installation needs is in a wheel."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from glob import glob
from importlib import metadata
from pathlib import Path

from assets.leaderboard.texts import texts_sha256
from orchestration.settings import CHECKOUT, SHIPPED
from warehouse.sqlfiles import ROOT, shipped

#: What stays out: how the project is tested, documented, locked and put on machines, and what becomes metadata.
OUT = (
    *("tests/", "docs/", "deploy/", ".ci/", ".gitignore", ".dockerignore", "Makefile", "requirements"),
    *("CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "LICENSE", "README.md", "pyproject.toml"),
)
#: Where files of the top are in a wheel.
INSIDE = {"sql/": "warehouse/sql/", "models/": "orchestration/shipped/models/"} | {
    name: f"orchestration/shipped/{name}" for name in ("models.yaml", "dagster.yaml", "workspace.yaml")
}


def in_wheel(path: str) -> str:
    """Where a tracked file is in a wheel."""
    return next((to + path.removeprefix(at) for at, to in INSIDE.items() if path.startswith(at)), path)


def tracked(commit: str | None = None) -> set[str]:
    """The files that git tracks, or those of a commit, that a wheel holds."""
    command = ["ls-files"] if commit is None else ["ls-tree", "-r", "--name-only", commit]
    listed = subprocess.run(["git", "-C", CHECKOUT, *command], capture_output=True, text=True, check=True)
    return {path for path in listed.stdout.splitlines() if not path.startswith(OUT)}


def test_the_patterns_take_every_tracked_file_once_and_nothing_else() -> None:
    setup = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    assert setup["package-data"].keys() == set(setup["packages"])
    assert {name.partition(".")[0] for name in setup["packages"]} == {"assets", "orchestration", "warehouse"}
    taken = []
    for package, patterns in setup["package-data"].items():
        folder = Path(setup["package-dir"].get(package, package))
        for pattern in patterns:  # found as setuptools does, whose ** takes no name that begins with a point
            names = glob(pattern, root_dir=CHECKOUT / folder, recursive=True)  # noqa: PTH207
            taken += [(folder / name).as_posix() for name in names]
    left_out = setup["exclude-package-data"]["*"]
    found = [
        path
        for path in taken
        if (CHECKOUT / path).is_file() and not any(fnmatch(path, out) for out in left_out)
    ]
    assert sorted(found) == sorted(set(found))
    assert tracked() - set(found) == set()
    beside = subprocess.run(
        ["git", "-C", CHECKOUT, "ls-files", "--others", "--exclude-standard"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(found) - tracked() <= {*beside.stdout.splitlines()}


def test_a_checkout_has_its_files_at_its_top() -> None:
    assert shipped("warehouse/sql", "sql") == ROOT == CHECKOUT / "sql"
    assert SHIPPED == CHECKOUT


def test_an_environment_has_them_inside_and_makes_the_same_editions(tmp_path: Path) -> None:
    for path in tracked():
        (tmp_path / in_wheel(path)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(CHECKOUT / path, tmp_path / in_wheel(path))
    subprocess.run(["git", "init", "-q", tmp_path], check=True)  # of another project
    asked = (
        "from assets.leaderboard.texts import texts_sha256; from orchestration.resources import code_version; "
        "from orchestration.settings import load_settings; "
        "print(texts_sha256(), code_version(), load_settings().models, load_settings().home)"
    )
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CLICHE_")}
    (tmp_path / "work").mkdir()
    said = subprocess.run(
        [sys.executable, "-c", asked],
        env={**clean, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=tmp_path / "work",
        capture_output=True,
        text=True,
        check=True,
    )
    models, home = tmp_path / "orchestration/shipped/models.yaml", tmp_path / "work/.cliche"
    assert said.stdout.split() == [texts_sha256(), metadata.version("cliche"), str(models), str(home)]
