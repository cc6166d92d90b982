"""A plan that stands wins over what models.yaml says by now; texts, slot keys and weeks are held to it."""

from __future__ import annotations

import pytest

from assets.generation.plan import freeze_plan, make_plan, read_plan, require_askable
from tests.unit.generation.scripted import Scripted
from tests.unit.generation.test_run import SUITES, WEEK, entry, planned
from warehouse.errors import RefusedError
from warehouse.store import Store
from warehouse.weeks import current_week, shift


def test_a_standing_plan_wins_over_later_configuration(store: Store) -> None:
    provider = Scripted()
    first = planned(store, provider)
    again = freeze_plan(
        store, make_plan(entry(suites=[{"suite": "canary@1", "replicates": 9}]), SUITES, WEEK, provider)
    )
    assert again == first
    assert read_plan(store, WEEK, "m") == first


def test_slot_keys_differ_by_everything_that_was_asked_and_by_nothing_else() -> None:
    base = make_plan(entry(), SUITES, WEEK, Scripted())
    assert len({slot.slot_key for slot in base.slots}) == 12
    same = make_plan(entry(title="other", maker="Forest", weights="open"), SUITES, WEEK, Scripted())
    assert [slot.slot_key for slot in same.slots] == [slot.slot_key for slot in base.slots]
    for changed in (
        make_plan(entry(params={"size": 128}), SUITES, WEEK, Scripted()),
        make_plan(entry(name="n"), SUITES, WEEK, Scripted()),
        make_plan(entry(), SUITES, "2026-11-16", Scripted()),
    ):
        assert not {slot.slot_key for slot in changed.slots} & {slot.slot_key for slot in base.slots}


def test_a_live_model_is_refused_for_any_week_but_the_present_one() -> None:
    live, replayable = Scripted(replayable=False), Scripted(replayable=True)
    present = current_week()
    require_askable(live, present)
    require_askable(replayable, shift(present, -5))
    with pytest.raises(RefusedError, match=r"is over; a live model cannot be asked for a past week"):
        require_askable(live, shift(present, -1))
    with pytest.raises(RefusedError, match="has not begun"):
        require_askable(replayable, shift(present, 1))
