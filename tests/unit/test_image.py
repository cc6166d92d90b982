"""What an image holds: files that git tracks, chosen by `.dockerignore`, and the commit; never a secret beside them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from docker.utils.build import exclude_paths

from orchestration.settings import CHECKOUT

#: Files that operators, tools and tests leave in a checkout.
PLANTED = (
    "deploy/.env",
    "deploy/home/cliche.yaml",
    "deploy/home/models.yaml",
    ".env",
    ".venv/bin/python",
    ".cliche/store/images/00/picture.png",
    "assets/.env",
    "assets/__pycache__/secret.pyc",
    "orchestration/.models.yaml.swp",
    "warehouse/node_modules/package/index.js",
    "notes/keys.txt",
    "keys.txt",
)
#: What a container runs or reads.
NEEDED = (
    "COMMIT",
    "pyproject.toml",
    "models.yaml",
    "deploy/dagster.yaml",
    "deploy/workspace.yaml",
    "orchestration/definitions.py",
    "orchestration/demo.yaml",
    "assets/suites/attributes.yaml",
    "assets/leaderboard/locales/fr/LC_MESSAGES/site.po",
    "sql/checks/figures__in_range.sql",
    "warehouse/postgres.py",
)


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, text=True, check=True)
    return done.stdout


def tracked(folder: Path) -> set[str]:
    return {*git(folder, "ls-files", "-z").split("\0")} - {""}


def entering(folder: Path) -> set[str]:
    """The files of a build context in this folder, by the rules of Docker's own client."""
    lines = (folder / ".dockerignore").read_text(encoding="utf-8").splitlines()
    patterns = [line for line in lines if line and not line.startswith("#")]
    found = exclude_paths(str(folder), patterns, dockerfile="deploy/Dockerfile")
    return {path for path in found if not (folder / path).is_dir()} - {"deploy/Dockerfile"}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository of the files that are tracked here, as they are now, with files in it that must stay outside."""
    made = tmp_path / "checkout"
    for path in tracked(CHECKOUT):
        (made / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CHECKOUT / path, made / path)
    git(made, "init", "-q")
    git(made, "add", "--all")
    git(made, "-c", "user.name=test", "-c", "user.email=test@example.org", "commit", "-q", "-m", "as it is")
    for path in PLANTED:
        (made / path).parent.mkdir(parents=True, exist_ok=True)
        (made / path).write_text("OPENAI_API_KEY=secret")
    return made


def test_a_build_of_the_checkout_takes_tracked_files_alone(checkout: Path) -> None:
    (checkout / "COMMIT").write_text("0123456789ab\n")
    found = entering(checkout)
    assert found - tracked(checkout) == {"COMMIT"}
    assert {*NEEDED} <= found
    assert not [path for path in found if path.startswith(("tests/", "docs/", ".git/"))]


def test_git_ignores_what_operators_put_beside_the_files_of_deploy(checkout: Path) -> None:
    seen = git(checkout, "ls-files", "-o", "--exclude-standard").split()
    assert not [path for path in seen if path.startswith("deploy/")]


def test_make_image_builds_from_the_commit_and_says_which(checkout: Path, tmp_path: Path) -> None:
    """What is handed to the builder is looked at by a program in its place."""
    (checkout / "models.yaml").write_text("models: []  # not committed\n")
    (checkout / "assets" / "notes.txt").write_text("OPENAI_API_KEY=secret")
    builder = tmp_path / "builder"
    builder.write_text(
        f'#!/bin/sh\nfor last; do :; done\ncp -r "$last" "{tmp_path}/context"\necho "$@" > "{tmp_path}/words"\n'
    )
    builder.chmod(0o755)
    made = subprocess.run(
        ["make", "-s", "image", f"DOCKER={builder}", "IMAGE=mine"],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (made.returncode, made.stdout, made.stderr) == (
        0,
        "What is not committed stays out of the image.\n",
        "",
    )
    context = tmp_path / "context"
    words = (tmp_path / "words").read_text().split()
    assert words[:2] == ["build", "-f"]
    assert words[2] == f"{words[-1]}/deploy/Dockerfile"
    assert not Path(words[-1]).exists()
    files = {str(path.relative_to(context)) for path in context.rglob("*") if path.is_file()}
    assert files == tracked(checkout) | {"COMMIT"}
    assert (context / "models.yaml").read_bytes() == (CHECKOUT / "models.yaml").read_bytes()
    commit = git(checkout, "rev-parse", "HEAD")[:12]
    assert (context / "COMMIT").read_text() == f"{commit}\n"
    said = subprocess.run(
        [sys.executable, "-c", "from orchestration.resources import code_version; print(code_version())"],
        env={**os.environ, "PYTHONPATH": str(context)},
        cwd=context,
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == f"{version('cliche')}+{commit}\n"


def test_no_image_is_made_without_the_commit() -> None:
    """Who calls the builder by hand, in the checkout, is stopped: files beside the tracked ones may be there."""
    docker = (CHECKOUT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    assert docker.index("\nCOPY COMMIT .\n") < docker.index("\nCOPY . .\n")
    assert not (CHECKOUT / "COMMIT").exists()
