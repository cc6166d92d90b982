"""`cliche design`: what boards will tell apart and which changes will be found; it asks nothing and writes nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from orchestration.settings import CHECKOUT
from tests.orchestration.installation import WEEK, Cliche, Installation, entry


def as_json(cliche: Cliche, *options: str) -> list[dict[str, Any]]:
    ended = cliche("design", *options, "--json")
    assert (ended.code, ended.err) == (0, "")
    found: list[dict[str, Any]] = json.loads(ended.out)
    return found


def test_the_models_file_is_planned_and_nothing_is_written(fresh: Installation, cliche: Cliche) -> None:
    fresh.write_models(
        entry("sim-drift"), entry("sim-classic", suites=[{"suite": "startup-ceo@1", "replicates": 5}])
    )
    before = fresh.files()
    ended = cliche("design", "--weeks", "26")
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert lines[0].split()[:3] == ["after", "26", "weeks"]
    (board,) = [board for board in as_json(cliche, "--weeks", "26") if board["models"] == 2]
    assert board["board"] == "startup-ceo@1, simulated"
    numbers = [*board.values()][1:]
    assert lines[1].split()[2:] == [
        "-" if number is None else number if isinstance(number, str) else f"{number:,.{int(number < 1)}f}"
        for number in numbers
    ]
    assert board["pictures"] == 2 * (5 + board["replicates"])
    assert fresh.files() == before


def test_a_board_that_is_described_is_in_plain_points(fresh: Installation, cliche: Cliche) -> None:
    options = ("--models", "6", "--prompts", "20", "--replicates", "5")
    (board,) = as_json(cliche, *options)
    assert (board["pictures"], board["share"]) == (600, 20.1)
    assert 9 < board["apart"] < 12
    assert 10 < board["change"] < 15
    first, row = cliche("design", *options).out.splitlines()[:2]
    assert first.split()[-6:] == ["share", "±", "apart", "change", "in", "one"]
    assert row.split()[:7] == ["board", "gap", "6", "20", "5", "600", "20"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--models", "4"], "give --models, --prompts and --replicates together, or none of them"),
        (["--models", "1000"], "Invalid value for '--models': Input should be less than or equal to 200"),
        (["--weeks", "7"], "Invalid value for '--weeks': Input should be greater than or equal to 8"),
    ],
)
def test_wrong_input_is_told(fresh: Installation, cliche: Cliche, options: list[str], expected: str) -> None:
    ended = cliche("design", *options)
    assert (ended.code, ended.only_line) == (2, expected)


def test_a_file_of_models_that_are_all_over_is_one_line(fresh: Installation, cliche: Cliche) -> None:
    fresh.write_models(entry("sim-classic", until=WEEK))
    assert cliche("design").only_line == "the last week of every model is over: see until in models.yaml"


def test_the_shipped_models_are_planned(fresh: Installation, cliche: Cliche) -> None:
    fresh.configure(models=str(CHECKOUT / "models.yaml"))
    boards = {(board["board"], board["figure"]): board for board in as_json(cliche)}
    leading = boards["rest-of-world@1, simulated", "stereotypes"]
    assert leading["models"] > 1
    assert leading["apart"] is not None
