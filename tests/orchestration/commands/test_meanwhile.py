"""What the demo makes of weeks that are complete, while later ones are asked."""

from __future__ import annotations

from typing import Any

import pytest

from orchestration import weekly
from orchestration.commands import operator
from tests.orchestration.installation import MODELS, Installation
from warehouse.weeks import span

WEEKS = span("2026-10-05", "2026-10-26")
EVERY = [(model, week) for week in WEEKS for model in MODELS]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What is made, in order."""
    calls: list[tuple[str, ...]] = []

    def note(kind: str) -> Any:
        return lambda place, settings, week, **_: calls.append((kind, week))

    monkeypatch.setattr(weekly, "publish", note("publish"))
    monkeypatch.setattr(weekly, "score", note("score"))
    monkeypatch.setattr(operator, "page_address", lambda place: "")
    monkeypatch.setattr(operator, "_rate", lambda place, wanted, weeks, quiet: calls.append(("rate", *weeks)))
    return calls


def test_weeks_are_rated_and_scored_in_order_and_the_first_is_published(
    fresh: Installation, made: list[tuple[str, ...]]
) -> None:
    ended = operator._as_weeks_end(fresh.settings, fresh.place(), EVERY, first=True)
    early, *others = [(MODELS[0], WEEKS[1]), *(one for one in EVERY if one != (MODELS[0], WEEKS[1]))]
    ended(early)
    assert made == []
    for partition in others:
        ended(partition)
    first, second, third, last = WEEKS
    assert made == [
        *[("rate", first), ("publish", first)],
        *[("rate", second), ("score", second)],
        *[("rate", third), ("score", third)],
        ("rate", last),  # which is published at the end
    ]


def test_a_week_waits_for_those_before_it_and_a_page_is_made_once(
    fresh: Installation, made: list[tuple[str, ...]]
) -> None:
    ended = operator._as_weeks_end(fresh.settings, fresh.place(), EVERY, first=False)
    for partition in [*EVERY[2:4], *EVERY[:2]]:
        ended(partition)
    assert made == [("rate", *WEEKS[:2]), ("score", WEEKS[1])]
