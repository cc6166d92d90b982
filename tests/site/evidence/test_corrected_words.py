"""What is said of labels beside a finding: what people would have read, where gold tells it."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import pytest

from assets.leaderboard.evidence.doubts import Doubts
from assets.leaderboard.page.languages import tongue
from warehouse.database.schema import open_warehouse

WEEK = date(2026, 11, 23)
_KEY = (
    f"DATE '{WEEK}' AS week, 'm' AS model, 'occupations' AS suite, 1 AS suite_major, 'perceived_gender' AS attribute, "
    "'photo' AS labeler, '1' AS labeler_version, 'masculine' AS value"
)
_ROW = (
    "'model' AS track, FALSE AS simulated, 'baseline' AS condition, 1 AS turn, 'corrected_share' AS figure, 280 AS n, "
    "1.0 AS worth, 0 AS unseen, 14 AS prompts, 14 AS planned_prompts, 4 AS weeks"
)


@pytest.mark.parametrize(
    ("reliable", "ends", "said"),
    [
        (
            True,
            "0.52 AS low, 0.64 AS high",
            "the mean share over all prompts is 58% (95% interval 52% to 64%).",
        ),
        (True, "NULL AS low, NULL AS high", ""),
        (False, "0.52 AS low, 0.64 AS high", ""),
    ],
)
def test_the_share_by_peoples_eyes_is_said_where_it_has_an_interval(
    reliable: bool, ends: str, said: str
) -> None:
    with open_warehouse(None) as con:
        con.execute(
            f"INSERT INTO labeler_error BY NAME SELECT {_KEY}, 280 AS n, 200 AS gold_n, 0.04 AS estimate, 0.01 AS low, "
            "0.07 AS high, 0.05 AS differ"
        )
        con.execute(f"INSERT INTO figures BY NAME SELECT {_KEY}, {_ROW}, 0.58 AS estimate, {ends}")
        doubts = Doubts(con, WEEK, [])
    of = {
        "model": "m",
        "suite": "occupations",
        "suite_major": 1,
        "attribute": "perceived_gender",
        "value": "masculine",
    }
    finding = cast(Any, SimpleNamespace(**of, reliable=reliable))
    told = [tongue("en").say(message) for message in doubts._by_eyes(finding)]
    assert told == ([f"By people’s eyes, {said}"] if said else [])
