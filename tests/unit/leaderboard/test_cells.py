"""Cells of the pages of prompts, from rows that say more than the page shows."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from assets.leaderboard.cells import reading

WEEK = date(2026, 11, 23)


@pytest.mark.parametrize("majors", [(1, 2), (2, 1)])
def test_shares_are_of_the_major_that_the_pictures_are_of(majors: tuple[int, int]) -> None:
    """In the four weeks after a suite's new major the window holds both, in no order."""
    slot = {"week": WEEK, "suite_major": 2, "labeler_version": "1", "simulated": False}
    slot |= {"outcome": "refused_text", "outcome_group": "refused", "image_sha256": None}
    published: list[dict[str, Any]] = [
        {"attribute": "perceived_gender", "suite_major": major, "n": 10 * major} for major in majors
    ]
    cell = reading._cell("m", [slot], published, WEEK, None, {})
    assert cell is not None
    assert cell.shares["perceived_gender"]["n"] == 20
