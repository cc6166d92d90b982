"""Designs: what a board will show, and which boards a models file makes."""

from __future__ import annotations

from typing import Any

import pytest
from assets.metrics.design.boards import board_design, planned_parts
from assets.metrics.design.prospects import BoardDesign, prospects

from assets.gateway.models_file import ModelEntry
from assets.generation.plan import make_plan
from assets.generation.providers.registry import make_provider
from assets.suites.loader import load_suites

SUITES = load_suites()
WEEK = "2026-11-23"


def entry(name: str, *suites: dict[str, Any], **changes: Any) -> ModelEntry:
    return ModelEntry.model_validate(
        {
            "name": name,
            "title": name,
            "provider": "simulated",
            "model_id": "classic",
            "suites": suites,
            **changes,
        }
    )


def test_weeks_are_pooled_for_figures_and_not_for_changes() -> None:
    four, one = (prospects(BoardDesign(6, 5, *each, series=64)) for each in ((10, 4), (40, 1)))
    assert (four.share_width, four.distance_width, four.separated) == (
        one.share_width,
        one.distance_width,
        one.separated,
    )
    assert four.all_in_8_weeks is not None
    assert one.all_in_8_weeks is not None
    assert four.all_in_8_weeks > one.all_in_8_weeks


def test_more_pictures_prompts_and_weeks_show_more() -> None:
    small, large = prospects(BoardDesign(6, 5, 5, 1, 64)), prospects(BoardDesign(6, 20, 20, 4, 64))
    assert large.share_width < small.share_width / 2
    assert large.distance_width is not None
    assert small.distance_width is not None
    assert large.distance_width < small.distance_width / 2
    assert small.separated == 0  # every interval is wider than models differ
    assert large.separated is not None
    assert large.separated > 0.5
    for later, sooner in (
        (large.all_in_8_weeks, large.all_in_3_weeks),
        (large.all_in_8_weeks, small.all_in_8_weeks),
    ):
        assert later is not None
        assert sooner is not None
        assert later < sooner


@pytest.mark.parametrize(
    ("design", "missing"),
    [
        (BoardDesign(1, 5, 10, 1, 8), {"separated"}),
        (BoardDesign(9, 5, 3, 1, 8), {"separated", "distance_width"}),
        (BoardDesign(9, 1, 1, 1, 4096), {"separated", "distance_width", "all_in_3_weeks"}),
    ],
)
def test_what_nothing_is_shown_of_is_none(design: BoardDesign, missing: set[str]) -> None:
    shown = vars(prospects(design))
    assert missing <= {name for name, figure in shown.items() if figure is None}
    assert shown["share_width"] > 0


def test_the_pictures_of_a_file_are_the_slots_of_its_plans() -> None:
    one = entry(
        "m",
        *({"suite": name, "replicates": 3} for name in SUITES if name != "startup-ceo@1"),
        {"suite": "startup-ceo@1", "replicates": 6, "conversations": 4},
        track="system",
    )
    plan = make_plan(one, SUITES, WEEK, make_provider("simulated"))
    assert sum(part.pictures for part in planned_parts(one, SUITES)) == len(plan.slots)


def test_models_stand_on_a_board_with_those_that_they_are_ranked_with() -> None:
    asked = {"suite": "startup-ceo@1", "replicates": 6}
    models = [
        entry("a", asked),
        entry("b", {**asked, "replicates": 8, "prompts": ["ceo-his"]}),
        entry("c", {**asked, "conversations": 4}, track="system"),
        entry("d", asked, provider="bfl", model_id="flux-2-pro"),
    ]
    boards: dict[str, list[Any]] = {}
    for one in models:
        for part in planned_parts(one, SUITES):
            boards.setdefault(part.board, []).append(part)
    designs = {name: board_design(parts, 4, 8) for name, parts in boards.items()}
    assert designs == {
        "startup-ceo@1, simulated": BoardDesign(2, 1, 6, 4, 8),
        "startup-ceo@1, confronted, simulated": None,
        "startup-ceo@1, system, simulated": BoardDesign(1, 2, 6, 4, 8),
        # of the confrontation alone the gender is read, and a conversation is one picture of its cell
        "startup-ceo@1, confronted, system, simulated": BoardDesign(1, 1, 4, 4, 8),
        "startup-ceo@1": BoardDesign(1, 2, 6, 4, 8),
        "startup-ceo@1, confronted": None,
    }
