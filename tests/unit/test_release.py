"""Releases: the changelog is short, dated and in order; `make release` prints the tag, or says what is wrong."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from datetime import date
from pathlib import Path

import pytest
import yaml

CHECKOUT = Path(__file__).resolve().parents[2]
CHANGELOG = (CHECKOUT / "CHANGELOG.md").read_text(encoding="utf-8")
VERSION = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
#: Heading → its text.
RELEASES = {head: text for head, _, text in (part.partition("\n") for part in CHANGELOG.split("\n## ")[1:])}


@pytest.mark.parametrize("heading", RELEASES)
def test_a_release_is_read_in_a_minute(heading: str) -> None:
    bullets = re.findall(r"^- (.*)$", RELEASES[heading], re.MULTILINE)
    assert len(bullets) <= 60
    assert [line for line in bullets if len(line.split()) > 25] == []
    lines = [line for line in RELEASES[heading].splitlines() if line and not line.startswith("### ")]
    assert len(lines) <= len(bullets) + 1  # a bullet is one line, and a sentence may stand before them


def test_releases_are_dated_and_the_newest_has_the_version_that_is_stated_everywhere() -> None:
    first, *headings = RELEASES
    assert first == "Unreleased"
    dated = [re.fullmatch(r"(\d+)\.(\d+)\.(\d+) — (\d{4}-\d\d-\d\d)", heading) for heading in headings]
    assert all(dated)
    order = [(*map(int, one.groups()[:3]), date.fromisoformat(one[4])) for one in dated if one]
    assert order == sorted(order, reverse=True)
    assert [one[3] for one in order] == sorted((one[3] for one in order), reverse=True)
    cited = yaml.safe_load((CHECKOUT / "CITATION.cff").read_text(encoding="utf-8"))
    assert headings[0] == f"{VERSION} — {cited['date-released']}"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A clean tree with the files of a release."""
    for name in ("Makefile", "CHANGELOG.md", "pyproject.toml"):
        shutil.copy(CHECKOUT / name, tmp_path)
    git(tmp_path, "init", "-q")
    commit(tmp_path)
    return tmp_path


def git(tree: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", tree, *arguments], check=True)


def commit(tree: Path) -> None:
    git(tree, "add", "-A")
    git(tree, "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "a release")


def make_release(tree: Path) -> tuple[int, str]:
    # Of the make that runs the tests nothing is passed on.
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    ended = subprocess.run(
        ["make", "release"], cwd=tree, env=clean, capture_output=True, text=True, check=False
    )
    return ended.returncode, ended.stdout


def test_make_release_prints_the_command_that_tags(tree: Path) -> None:
    assert make_release(tree) == (0, f"git tag v{VERSION} && git push origin v{VERSION}\n")


def test_make_release_refuses_what_is_no_release(tree: Path) -> None:
    (tree / "CHANGELOG.md").write_text("## Unreleased\n\n## 0.9.0 — 2026-01-05\n", encoding="utf-8")
    assert make_release(tree) == (2, "The tree is not clean: commit first.\n")
    commit(tree)
    assert make_release(tree) == (2, f"CHANGELOG.md begins with 0.9.0, pyproject.toml has {VERSION}.\n")
    git(tree, "reset", "-q", "--hard", "HEAD~1")
    git(tree, "tag", f"v{VERSION}")
    assert make_release(tree) == (2, f"There is a tag v{VERSION}: raise the version.\n")
