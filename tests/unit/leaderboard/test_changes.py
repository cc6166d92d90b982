"""Changes over weeks and what a board could see, in words."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from assets.leaderboard.parts import changes

ROW: dict[str, Any] = {
    "week": date(2026, 11, 2),
    "model": "model-x",
    "simulated": False,
    "suite": "startup-ceo",
    "suite_major": 1,
    "condition": "baseline",
    "attribute": "perceived_gender",
    "metric": "share",
    "value_name": "feminine",
    "kind": "model",
    "changed_week": date(2026, 10, 19),
    "earliest_week": date(2026, 10, 12),
    "latest_week": date(2026, 10, 19),
    "before_share": 0.04,
    "after_share": 0.31,
    "change": 0.27,
    "change_low": 0.12,
    "change_high": 0.42,
    "before_n": 200,
    "after_n": 60,
    "log10_e": 4.076,
    "cells": 2,
    "changed_cells": 2,
    "suite_changed": False,
    "labeler_changed": False,
    "labeler_moved_share": None,
    "model_version_changed": None,
    "completeness_changed": False,
    "models_at_once": 1,
    "models_compared": 5,
    "subjects": ["occupation:ceo"],
}
SHIFT: dict[str, Any] = {
    "n": 20,
    "cells": 27,
    "all_in_3_weeks": 0.157,
    "all_in_8_weeks": 0.113,
    "one_in_8_weeks": 0.319,
}


def said(**replaced: object) -> str:
    return changes._change(ROW | replaced).sentence.replace("\N{NO-BREAK SPACE}", " ")


def test_a_change_is_a_sentence_that_can_be_quoted() -> None:
    assert said() == (
        "Pictures of a CEO (startup-ceo@1) by model-x: perceived women 4 % → 31 % since 19 October 2026"
    )
    assert "by the simulated model sim-drift:" in said(simulated=True, model="sim-drift")
    assert said(subjects=["a", "b"], changed_cells=3, cells=27).startswith(
        "Pictures of 3 of 27 prompts of startup"
    )
    assert said(subjects=["a", "b"], condition="controlled").startswith(
        "Pictures of all 2 prompts of startup-ceo@1, controlled prompts by model-x"
    )
    assert said(metric="refused_rate", attribute=None, value_name=None).startswith(
        "Answers to all 2 prompts of startup-ceo@1 by model-x: refusals 4 % → 31 %"
    )
    assert "sombreros 4 %" in said(attribute="headwear", value_name="sombrero")


def test_what_was_checked_is_told_and_so_is_what_could_not_be() -> None:
    assert changes._change(ROW).checks == (
        "suite unchanged",
        "same labeler version",
        "no frozen pictures read",
        "service reports no version",
        "as many slots answered",
        "1 of 5 models changed",
    )
    other = changes._change(
        ROW | {"model_version_changed": True, "labeler_moved_share": 0.25, "suite_changed": True}
    )
    assert {"reported version changed", "suite changed"} <= {*other.checks}
    assert changes._change(ROW).doubt == ""
    assert "not the model" in changes._change(ROW | {"kind": "labeler_drift"}).doubt


def test_on_the_time_line_one_change_is_told_once() -> None:
    found = [
        changes._change(ROW | {"value_name": value, "log10_e": e}) for value, e in (("a", 3.0), ("b", 5.0))
    ]
    (event,) = changes.events(found)
    assert event.week == date(2026, 10, 19)
    assert "“b”" in event.text


@pytest.mark.parametrize(
    ("log10_e", "expected"), [(1.4, "25"), (4.076, "12,000"), (5.828, "670,000"), (12.3, "10¹²")]
)
def test_evidence_is_rounded(log10_e: float, expected: str) -> None:
    assert changes._evidence(log10_e) == expected


def test_a_board_says_which_change_it_could_see() -> None:
    assert changes._shift(SHIFT) == (
        "With 20 pictures a prompt and week a change of a share would be seen, in four of five cases, if it is of "
        "16 points in all 27 prompts within three weeks, or of 11 within eight; in one prompt alone, of 32 within "
        "eight."
    )
    assert "none could be seen" in changes._shift(SHIFT | {"one_in_8_weeks": None})
    assert "no change of a share could be told" in changes._shift(SHIFT | {"n": 1, "all_in_8_weeks": None})
    assert "within eight weeks." in changes._shift(SHIFT | {"cells": 1, "all_in_3_weeks": None})
