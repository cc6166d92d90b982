"""How far a partition is, as the store knows it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from assets.gateway.records import Answer, Outcome
from assets.generation.run import PartitionRun
from assets.generation.slots import Request
from assets.labeling.records import Reading
from assets.labeling.run import label_partition
from assets.labeling.status import PartitionState, partition_state
from tests.unit.generation.scripted import Scripted, ok
from tests.unit.labeling.scripted import Labels
from tests.unit.labeling.test_run import WEEK, Use, asked
from warehouse import keys
from warehouse.store import Store


@pytest.fixture(autouse=True)
def _labeler(use: Use) -> None:
    use(Labels(lambda image, attribute: Reading("0"), "person_count"))


def script(**by_prompt: Answer):  # type: ignore[no-untyped-def]
    def answer(request: Request, number: int) -> Answer:
        return by_prompt.get(request.slot.prompt.removeprefix("canary/")) or ok(request)

    return answer


REFUSED = Answer(outcome=Outcome.REFUSED_TEXT, refusal_text="no")
STOPPED = Answer(outcome=Outcome.AUTH, error_message="the key is not valid")


def test_what_was_never_planned_is_neither_planned_nor_complete(store: Store) -> None:
    state = partition_state(store, WEEK, "m")
    assert state == PartitionState("m", WEEK)
    assert (state.planned, state.complete) == (False, False)


def test_a_partition_is_complete_when_every_slot_is_settled_and_every_picture_read(store: Store) -> None:
    plan = asked(store, script(lemons=REFUSED))
    state = partition_state(store, WEEK, "m")
    assert (state.slots, state.open, state.unlabelled) == (6, 0, 5)
    assert state.planned
    assert not state.complete
    label_partition(store, plan, workers=0)
    state = partition_state(store, WEEK, "m")
    assert state.complete
    assert state.outcomes == {"ok": 5, "refused_text": 1}


def test_a_state_is_three_lists_and_one_object_of_each_kind(store: Store) -> None:
    label_partition(store, asked(store), workers=0)
    requests: list[str] = []

    class Counting:
        def get(self, key: str) -> bytes:
            requests.append(f"get {key.partition('/')[0]}")
            return store.get(key)

        def list(self, prefix: str) -> Iterator[str]:
            requests.append(f"list {prefix.partition('/')[0]}")
            return store.list(prefix)

    assert partition_state(Counting(), WEEK, "m").complete  # type: ignore[arg-type]
    read, listed = ("attempts", "labels", "plans"), ("attempts", "intents", "labels")
    assert sorted(requests) == [*(f"get {name}" for name in read), *(f"list {name}" for name in listed)]


def test_what_stopped_a_provider_is_told_until_it_answers_again(store: Store) -> None:
    plan = asked(store, script(lemons=STOPPED))
    state = partition_state(store, WEEK, "m")
    assert state.open > 0
    assert state.stopped_by == "auth: the key is not valid"
    PartitionRun(store, plan, Scripted()).run()
    state = partition_state(store, WEEK, "m")
    assert (state.open, state.stopped_by) == (0, None)


def test_an_answer_that_was_in_flight_beside_a_stop_does_not_hide_it(store: Store) -> None:
    answered = threading.Event()

    def one_waits(request: Request, number: int) -> Answer:
        if request.slot.prompt == "canary/bicycle":
            assert answered.wait(10)
            time.sleep(0.05)  # until the stop is recorded
            return ok(request)
        answered.set()
        return STOPPED

    asked(store, one_waits)
    state = partition_state(store, WEEK, "m")
    assert state.outcomes["ok"] == 1
    assert state.stopped_by == "auth: the key is not valid"


def test_costs_are_those_of_all_attempts(store: Store) -> None:
    costs = Answer(outcome=Outcome.REFUSED_TEXT, cost_usd=0.25)
    asked(store, script(lemons=costs, books=costs))
    assert partition_state(store, WEEK, "m").cost_usd == 0.5


def test_a_new_version_has_labelled_nothing(store: Store, use: Use) -> None:
    plan = asked(store)
    label_partition(store, plan, workers=0)
    assert partition_state(store, WEEK, "m").unlabelled == 0
    use(Labels(lambda image, attribute: Reading("0"), "person_count", version="2-00000000"))
    assert partition_state(store, WEEK, "m").unlabelled == 6


def test_receipts_that_no_manifest_lists_leave_a_partition_incomplete(store: Store) -> None:
    plan = asked(store)
    label_partition(store, plan, workers=0)
    manifest = Path(store.url) / keys.manifest(WEEK, "m", 1)
    manifest.unlink()  # as after a kill between the last receipt and the manifest
    state = partition_state(store, WEEK, "m")
    assert (state.open, state.unlisted, state.unlabelled) == (0, 6, 0)
    assert not state.complete
    PartitionRun(store, plan, Scripted()).run()
    assert partition_state(store, WEEK, "m").complete
