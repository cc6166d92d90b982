"""Installations for the tests of orchestration, and the command in this process."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from orchestration import weekly
from orchestration.cli import main
from tests.forked_sandbox import fork_queries
from tests.once import made_once
from tests.orchestration.installation import MODELS, NEXT, WEEK, Cliche, Installation, Result, copy, install
from tests.warehouse.integrity import shapes


@pytest.fixture(scope="session")
def published_once(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation with one week of two models asked, labeled, loaded and published; read only, for copying."""
    return Installation(made_once(tmp_path_factory, "published", publish_one_week))


def publish_one_week(folder: Path) -> Installation:
    made = install(folder)
    ask(made, WEEK)
    assert weekly.publish(made.place(), made.settings, WEEK, note=lambda text: None) == f"{WEEK}.1"
    return made


def publish_next_week(first: Installation, folder: Path) -> None:
    """Make an installation with two published weeks; with the second came a study."""
    made = copy(first, folder)
    shapes.study(made.store, folder / "study")
    ask(made, NEXT)
    assert weekly.publish(made.place(), made.settings, NEXT, note=lambda text: None) == f"{NEXT}.1"


def ask(made: Installation, week: str) -> None:
    """Ask, label and load a week of its models."""
    asked = [(model, week) for model in MODELS]
    ran = weekly.run_partitions(made.place(), made.settings, asked, lambda text: None)
    assert ran.problems == {}


@pytest.fixture
def published(published_once: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """A copy of the published installation; the environment names it."""
    made = copy(published_once, tmp_path / "home")
    monkeypatch.setenv("CLICHE_HOME", str(made.home))
    return made


@pytest.fixture
def reads(published_once: Installation, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """The published installation, not to be changed; the environment names it."""
    monkeypatch.setenv("CLICHE_HOME", str(published_once.home))
    return published_once


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """An installation in which nothing was asked yet; the environment names it."""
    made = install(tmp_path / "home")
    monkeypatch.setenv("CLICHE_HOME", str(made.home))
    return made


@pytest.fixture
def cliche(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cliche:
    """The command, run in this process as `cliche ARGUMENTS` is; queries of `sql` in forked ones."""
    fork_queries(monkeypatch)

    def run(*arguments: str) -> Result:
        monkeypatch.setattr(sys, "argv", ["cliche", *arguments])
        monkeypatch.setenv("COLUMNS", "200")
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        code = ended.value.code
        assert isinstance(code, int)
        return Result(code, out, err)

    return run
