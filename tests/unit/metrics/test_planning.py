"""Planning: what a board will show, beside what was measured of such boards, and which boards a models file makes."""

from __future__ import annotations

from typing import Any

import pytest

from assets.gateway.models_file import ModelEntry
from assets.generation.plan import make_plan
from assets.generation.providers.registry import make_provider
from assets.metrics.planning import BoardDesign, planned_boards, prospects
from assets.suites.loader import load_suites
from tests.unit.generation.test_run import entry as asked_for

SUITES = load_suites()
WEEK = "2026-11-23"


def entry(name: str, *suites: dict[str, Any], **changes: Any) -> ModelEntry:
    return asked_for(name=name, title=name, suites=suites, **changes)


def said(figure: str, models: int, prompts: int, replicates: int, weeks: int = 12) -> dict[str, float | None]:
    board = BoardDesign("board", figure, models, prompts, replicates, models * prompts * replicates)
    return prospects(board, weeks, series=108)


@pytest.mark.parametrize(
    ("figure", "models", "prompts", "replicates", "apart"),
    [("gap", 6, 20, 5, 10), ("stereotypes", 2, 5, 7, 17), ("stereotypes", 6, 5, 7, 22), ("stereotypes", 20, 5, 7, 25)],
)  # fmt: skip
def test_a_board_tells_apart_what_was_measured(
    figure: str, models: int, prompts: int, replicates: int, apart: float
) -> None:
    assert said(figure, models, prompts, replicates)["apart"] == pytest.approx(apart, rel=0.15)


@pytest.mark.parametrize(
    ("prompts", "replicates", "change"), [(14, 5, 15), (27, 10, 7), (2, 16, 21), (1, 40, 19)]
)
def test_changes_are_found_as_was_measured(prompts: int, replicates: int, change: float) -> None:
    assert said("gap", 6, prompts, replicates, weeks=26)["change"] == pytest.approx(change, rel=0.15)


def test_more_pictures_prompts_and_weeks_show_more() -> None:
    small, large = said("gap", 6, 5, 5, 8), said("gap", 6, 20, 20, 26)
    assert small.keys() == large.keys() == {"share", "apart", "change", "change_one"}
    for name in small:
        few, many = small[name], large[name]
        assert few is not None
        assert many is not None
        assert many < few * 0.6


@pytest.mark.parametrize(
    ("figure", "models", "replicates", "missing"),
    [
        ("gap", 1, 10, {"apart"}),
        ("stereotypes", 6, 10, {"change", "change_one"}),  # of declared pairs changes are not looked for
        ("gap", 6, 1, {"share", "apart", "change_one"}),
    ],
)
def test_what_nothing_is_shown_of_is_none(
    figure: str, models: int, replicates: int, missing: set[str]
) -> None:
    shown = said(figure, models, 5, replicates)
    assert {name for name, number in shown.items() if number is None} == missing


def test_the_pictures_of_boards_are_the_slots_of_plans() -> None:
    asked = {"suite": "startup-ceo@1", "replicates": 6, "conversations": 4}
    one = entry("m", asked, {"suite": "rest-of-world@1", "replicates": 3}, track="system")
    plan = make_plan(one, SUITES, WEEK, make_provider("simulated"))
    boards, _ = planned_boards([one], SUITES)
    assert sum({board.board: board.pictures for board in boards}.values()) == len(plan.slots)


def test_models_stand_on_a_board_with_those_that_they_are_ranked_with() -> None:
    asked = {"suite": "startup-ceo@1", "replicates": 6}
    models = [
        entry("a", asked),
        entry("b", {**asked, "replicates": 8, "prompts": ["ceo-his"]}),
        entry("c", {**asked, "conversations": 4}, track="system"),
        entry("d", asked, provider="bfl", model_id="flux-2-pro"),
        entry("e", {"suite": "french-person@1", "replicates": 3}),
    ]
    boards, series = planned_boards(models, SUITES)
    assert boards == [
        BoardDesign("startup-ceo@1, simulated", "gap", 2, 1, 6, 20),
        BoardDesign("startup-ceo@1, system, simulated", "gap", 1, 2, 6, 12),
        # of the confrontation alone the gender is read, and a conversation is one picture of its cell
        BoardDesign("startup-ceo@1, confronted, system, simulated", "gap", 1, 1, 4, 18),
        BoardDesign("startup-ceo@1", "gap", 1, 2, 6, 12),
        BoardDesign("french-person@1, simulated", "stereotypes", 1, 2, 6, 6),
        BoardDesign("french-person@1, simulated", "gap", 1, 2, 3, 6),
    ]
    assert series > len(boards)
