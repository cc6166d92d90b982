"""The command of the simulation studies: tables with their marks, 1 where one does not hold."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.studies.simulations import __main__ as command
from tests.studies.simulations.tables import Table, markdown

GOOD = Table(
    "A table", ("name", "seen"), [("a | b", 0.12345), ("c", 3)], [("at least 1", "2", True)], "Read it."
)
BAD = Table("Another", ("name",), [], [("at least 1", 0.5, False)])


@pytest.fixture
def studies(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Table]]:
    """The study `coverage` replaced by one that gives what the test puts here."""
    given: dict[str, list[Table]] = {"coverage": [GOOD]}
    module = ModuleType("coverage")
    module.TITLE = "A study"  # type: ignore[attr-defined]
    module.tables = lambda draws: given["coverage"]  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "tests.studies.simulations.coverage", module)
    return given


def test_a_table_is_written_with_its_marks() -> None:
    assert markdown(GOOD).splitlines() == [
        *("### A table", "", "Read it.", ""),
        *("| name | seen |", "| --- | ---: |", "| a \\| b | 0.123 |", "| c | 3 |", ""),
        *("| must hold | seen | holds |", "| --- | ---: | ---: |", "| at least 1 | 2 | yes |"),
    ]
    assert "**no**" in markdown(BAD)


def test_a_mark_that_does_not_hold_fails_the_command_and_is_named(
    studies: dict[str, list[Table]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "studies.md"
    assert command.main(["coverage", "--out", str(file)]) == 0
    assert file.read_text("utf-8").startswith("# Simulation studies\n")
    studies["coverage"] = [GOOD, BAD]
    assert command.main(["coverage", "--draws", "0.5"]) == 1
    written = capsys.readouterr()
    assert "## A study" in written.out
    assert "At 0.5 of the full number of draws" in written.out
    assert "coverage: does not hold: at least 1 (seen: 0.5)" in written.err


def test_an_unknown_study_is_told() -> None:
    with pytest.raises(SystemExit):
        command.main(["nothing"])


@pytest.mark.parametrize("name", command.STUDIES)
def test_every_study_has_a_title(name: str) -> None:
    assert command.study(name).TITLE
