"""What labels may cost: caps, prices, intents, and calls whose answer was lost."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from assets.gateway.models_file import LabelerEntry
from assets.gateway.records import Outcome
from assets.labeling.asked.attempts import call_id, cost_usd, read_attempts
from assets.labeling.asked.journal import Journal, of_partition
from assets.labeling.partition import label
from assets.labeling.registry import make_labeler
from assets.labeling.status import partition_state
from tests.services.vision_contract import Vision
from tests.unit.labeling.test_asking import SHADES, labels, place, planned, run, told
from tests.unit.labeling.test_run import WEEK
from tests.unit.labeling.vision import entry, picture, shade_of
from warehouse.canonical import sha256_hex
from warehouse.errors import UsageError
from warehouse.store import Store


def test_a_cap_is_never_passed_and_what_is_left_is_told(store: Store, server: Vision) -> None:
    planned(store)
    one = entry(server, cap_usd=0.0065, concurrency=4)  # each call sets 0.002 aside and costs 0.00114
    where = place(store, one)
    report = label(where, "m", WEEK)
    spent = cost_usd(read_attempts(store, WEEK, "m"))
    assert spent == pytest.approx(report.cost_usd)
    assert spent <= 0.0065
    assert 3 <= report.written < 6
    assert "raise cap_usd of labeler eye in models.yaml" in (report.stopped_by or "")
    assert any(f"eye left {report.open} of 6 pictures" in line for line in told(where))


def test_what_labels_cost_counts_after_the_ledger_was_lost(store: Store, server: Vision) -> None:
    planned(store)
    one = entry(server, cap_usd=0.009)
    label(place(store, one), "m", WEEK)
    assert len(server.asked) == 6
    newer = entry(server, number=2, cap_usd=0.009)
    report = label(place(store, newer), "m", WEEK)  # another ledger, filled from the store
    assert report.written == 1
    assert "budget_stopped" in (report.stopped_by or "")


def test_a_labeler_that_costs_money_and_has_no_price_is_refused(store: Store) -> None:
    planned(store)
    one = entry(None, price=[])
    with pytest.raises(UsageError, match='labeler "eye" costs money and has no price'):
        label(place(store, one), "m", WEEK)


def test_a_server_of_ones_own_needs_no_price_and_no_intents(store: Store, server: Vision) -> None:
    planned(store)
    report = label(place(store, entry(server, price=[])), "m", WEEK)
    assert (report.written, report.cost_usd) == (6, 0)
    assert list(store.list("label-intents/")) == []


def lose(store: Store, one: LabelerEntry, shades: Sequence[int], number: int) -> None:
    """Leave what a killed run leaves of calls: their intents."""
    labeler = make_labeler(one.name, {one.name: one})
    lost = Journal(store, of_partition(WEEK, "m"), f"{labeler.name}@{labeler.version}", lambda readings: None)
    for shade in shades:
        images, attributes = [sha256_hex(picture(shade))], sorted(labeler.attributes())
        lost.intend(call_id(lost.labeler, images, attributes), number, images, attributes)


def test_pictures_of_lost_calls_are_asked_again_after_all_others(store: Store, server: Vision) -> None:
    one, plan = entry(server, concurrency=1), planned(store)
    lose(store, one, SHADES[:2], 1)
    report = run(store, plan, one)
    assert (report.open, len(labels(store, one))) == (0, 6)
    shades = [shade_of(asked.pictures[0]) for asked in server.asked]
    assert {*shades[-2:]} == {*SHADES[:2]}
    lost = [call for call in read_attempts(store, WEEK, "m") if call.outcome is Outcome.UNKNOWN_CHARGE]
    assert [(call.attempt, call.cost_usd, call.cost_basis) for call in lost] == [(1, 0.002, "estimated")] * 2


@pytest.mark.parametrize(("calls", "labeled"), [(5, 6), (6, 5)])
def test_after_six_lost_calls_a_picture_is_left(
    store: Store, server: Vision, calls: int, labeled: int
) -> None:
    one, plan = entry(server), planned(store)
    for number in range(1, calls + 1):
        lose(store, one, SHADES[:1], number)
    report = run(store, plan, one)
    assert (report.open, len(labels(store, one)), len(server.asked)) == (0, labeled, labeled)
    assert run(store, plan, one).pictures == 0
    assert partition_state(store, WEEK, "m", {one.name: one}).unlabelled == 0
