"""Running a partition: order and retries, resume, stops, conversations, counts."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from assets.gateway.admission import NotAdmittedError
from assets.gateway.calls import Retry
from assets.gateway.models_file import ModelEntry
from assets.gateway.receipts import Receipt, manifest_bytes, parse_manifest, read_partition, receipt_bytes
from assets.gateway.records import FINAL, GROUPS, Answer, Outcome
from assets.generation.plan import Plan, freeze_plan, make_plan, read_plan
from assets.generation.run import PartitionRun
from assets.generation.slots import Request
from assets.suites.loader import load_suites
from tests.unit.generation.scripted import Scripted, ok, outcomes, picture
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.errors import CorruptObjectError
from warehouse.store import Store

WEEK = "2026-11-23"
SUITES = load_suites()
FAST = Retry(attempts=4, base_s=0.001, most_s=0.01)


def entry(**changes: Any) -> ModelEntry:
    values: dict[str, Any] = {
        "name": "m",
        "title": "M",
        "provider": "simulated",
        "model_id": "classic",
        "suites": [{"suite": "canary@1", "replicates": 2}],
        "labeler": "drawing",
    }
    return ModelEntry.model_validate(values | changes)


CONVERSATION = {
    "track": "system",
    "suites": [{"suite": "startup-ceo@1", "replicates": 1, "conversations": 2, "prompts": ["confrontation"]}],
}


def planned(store: Store, provider: Scripted, **changes: Any) -> Plan:
    return freeze_plan(store, make_plan(entry(**changes), SUITES, WEEK, provider))


def set_up(store: Store, provider: Scripted, **changes: Any) -> tuple[Scripted, Plan]:
    return provider, planned(store, provider, **changes)


def everything(store: Store) -> dict[str, bytes]:
    return {key: store.get(key) for key in store.list("") if not key.startswith("locks/")}


def run(store: Store, plan: Plan, provider: Scripted, **options: Any) -> Any:
    return PartitionRun(store, plan, provider, retry=FAST, **options).run()


def test_every_slot_is_asked_once_and_leaves_image_receipt_and_manifest(store: Store) -> None:
    provider, plan = set_up(store, Scripted())
    report = run(store, plan, provider)
    assert report.outcomes == {"ok": 12, "open": 0}
    assert set(provider.calls.values()) == {1}
    receipts = read_partition(store, WEEK, "m").receipts
    assert {receipt.slot_key for receipt in receipts} == {slot.slot_key for slot in plan.slots}
    for receipt in receipts:
        data = store.get(keys.image(str(receipt.image_sha256), str(receipt.image_ext)))
        assert data == picture(receipt.slot_key)
        assert sha256_hex(data) == receipt.image_sha256
        assert (receipt.image_width, receipt.image_mime) == (8, "image/png")
    manifest = parse_manifest(store.get(keys.manifest(WEEK, "m", 1)), "manifest")
    assert manifest == receipts


def test_invariant_01_a_finished_week_makes_no_call_and_changes_no_byte(store: Store) -> None:
    provider, plan = set_up(store, Scripted())
    run(store, plan, provider)
    before, calls = everything(store), sum(provider.calls.values())
    report = run(store, plan, provider)
    assert report.asked == 0
    assert sum(provider.calls.values()) == calls
    assert everything(store) == before


@pytest.mark.parametrize("outcome", sorted(FINAL - {Outcome.NOT_NEEDED, Outcome.OK}))
def test_invariant_01_a_final_outcome_is_never_asked_again(store: Store, outcome: Outcome) -> None:
    provider, plan = set_up(store, Scripted(outcomes(outcome, Outcome.OK)))
    run(store, plan, provider)
    run(store, plan, provider)
    assert set(provider.calls.values()) == {1}
    assert read_partition(store, WEEK, "m").attempts[plan.slots[0].slot_key].settled


@pytest.mark.parametrize("outcome", [o for o, group in GROUPS.items() if group == "transient"])
def test_transient_trouble_is_retried_and_ends_with_the_answer(store: Store, outcome: Outcome) -> None:
    provider, plan = set_up(store, Scripted(outcomes(outcome, outcome, Outcome.OK)))
    report = run(store, plan, provider)
    assert report.outcomes == {"ok": 12, "open": 0}
    assert set(provider.calls.values()) == {3}
    known = read_partition(store, WEEK, "m").of(plan.slots[0].slot_key)
    assert [receipt.attempt for receipt in known.receipts] == [1, 2, 3]
    assert [receipt.outcome for receipt in known.receipts] == [outcome, outcome, Outcome.OK]


def test_trouble_that_lasts_leaves_the_slot_open_for_the_next_run(store: Store) -> None:
    provider, plan = set_up(store, Scripted(outcomes(Outcome.SERVER_ERROR)))
    report = run(store, plan, provider)
    assert report.outcomes == {"server_error": 12, "open": 12}
    assert set(provider.calls.values()) == {4}
    provider.script = outcomes(Outcome.OK)
    assert run(store, plan, provider).outcomes == {"ok": 12, "open": 0}


@pytest.mark.parametrize("outcome", [o for o, group in GROUPS.items() if group == "stop"])
def test_a_stop_ends_the_partition_with_its_reason(store: Store, outcome: Outcome) -> None:
    provider = Scripted(outcomes(outcome))
    plan = planned(store, provider, suites=[{"suite": "canary@1", "replicates": 20}])
    everybody = threading.Event()
    report = run(store, plan, provider, concurrency=2, interrupt=everybody)
    assert report.stopped_by.outcome is outcome
    assert sum(provider.calls.values()) <= 4
    assert report.open == 120
    assert not everybody.is_set(), "other partitions go on"
    assert report.outcomes["not_attempted"] >= 116


def test_bad_bytes_are_kept_and_asked_for_once_more(store: Store) -> None:
    broken = picture("abcdef")[:-20]
    provider, plan = set_up(store, Scripted(lambda request, number: Answer(outcome=Outcome.OK, image=broken)))
    report = run(store, plan, provider)
    assert report.outcomes == {"corrupt_image": 12, "open": 0}
    assert set(provider.calls.values()) == {2}
    receipt = read_partition(store, WEEK, "m").receipts[0]
    assert store.get(keys.image(str(receipt.image_sha256), "bin")) == broken
    assert receipt.image_mime is None


def test_at_most_so_many_slots_are_in_flight(store: Store) -> None:
    def slow(request: Request, number: int) -> Answer:
        time.sleep(0.01)
        return ok(request)

    provider = Scripted(slow)
    run(store, planned(store, provider), provider, concurrency=3)
    assert provider.most_at_once == 3


def test_invariant_02_a_paid_call_has_its_intent_on_disk_before_the_call(store: Store) -> None:
    seen: list[bool] = []

    def look(request: Request, number: int) -> Answer:
        seen.append(store.head(keys.intent(WEEK, "m", request.slot.slot_key, number)) is not None)
        return ok(request)

    provider = Scripted(look, paid=True)
    run(store, planned(store, provider), provider)
    assert seen == [True] * 12


def test_invariant_03_a_run_that_lost_its_lease_makes_no_call_that_another_run_makes(store: Store) -> None:
    def other_run(request: Request, number: int) -> Answer:
        for slot in plan.slots[1:]:  # whichever of the threads that wait has its turn
            store.put_if_absent(keys.intent(WEEK, "m", slot.slot_key, 1), b'{"of": "another run"}')
        return ok(request)

    provider, plan = set_up(store, Scripted(other_run, paid=True))
    report = run(store, plan, provider, concurrency=1)
    assert provider.calls[plan.slots[1].slot_key] == 0
    assert report.line == "another run asks for these slots; run again when it has ended"
    assert report.open == 11


def test_what_is_not_admitted_leaves_a_receipt_and_makes_no_call(store: Store) -> None:
    class Closed:
        def __call__(self, request: Request) -> Any:
            raise NotAdmittedError(Outcome.BUDGET_STOPPED, "the cap of $5.00 is reached")

    provider = Scripted(paid=True)
    report = run(store, planned(store, provider), provider, admission=Closed(), concurrency=1)
    assert sum(provider.calls.values()) == 0
    assert report.outcomes == {"budget_stopped": 1, "not_attempted": 11, "open": 12}
    assert report.stopped_by is not None
    assert report.asked == 0


def test_an_interrupt_keeps_what_was_answered(store: Store) -> None:
    stop = threading.Event()

    def once(request: Request, number: int) -> Answer:
        stop.set()
        return ok(request)

    provider, plan = set_up(store, Scripted(once))
    report = run(store, plan, provider, concurrency=2, interrupt=stop)
    assert 1 <= report.outcomes["ok"] <= 2
    assert len(parse_manifest(store.get(keys.manifest(WEEK, "m", 1)), "manifest")) == report.outcomes["ok"]
    assert run(store, plan, provider).outcomes == {"ok": 12, "open": 0}
    assert set(provider.calls.values()) == {1}


def test_an_error_of_the_store_ends_the_run_and_keeps_the_manifest(store: Store) -> None:
    calls = []

    def failing(request: Request, number: int) -> Answer:
        calls.append(request)
        if len(calls) == 5:
            raise RuntimeError("a fault of our own")
        return ok(request)

    provider, plan = set_up(store, Scripted(failing))
    with pytest.raises(RuntimeError, match="of our own"):
        run(store, plan, provider, concurrency=1)
    assert len(parse_manifest(store.get(keys.manifest(WEEK, "m", 1)), "manifest")) == 4


def test_each_manifest_is_a_superset_of_the_last(store: Store) -> None:
    provider, plan = set_up(store, Scripted(outcomes(Outcome.SERVER_ERROR)))
    run(store, plan, provider)
    provider.script = outcomes(Outcome.OK)
    run(store, plan, provider)
    first = parse_manifest(store.get(keys.manifest(WEEK, "m", 1)), "1")
    second = parse_manifest(store.get(keys.manifest(WEEK, "m", 2)), "2")
    assert {r.model_dump_json() for r in first} < {r.model_dump_json() for r in second}
    assert read_partition(store, WEEK, "m").manifest_number == 2


def test_only_those_slots_are_asked_that_there_are_answers_for(store: Store) -> None:
    provider, plan = set_up(store, Scripted())
    chosen = [slot.slot_key for slot in plan.slots[:2]]
    assert run(store, plan, provider, only=chosen).outcomes == {"ok": 2, "not_attempted": 10, "open": 10}
    assert sorted(provider.calls) == sorted(chosen)


def _confronted(second: Outcome, first: Outcome = Outcome.OK) -> Scripted:
    def script(request: Request, number: int) -> Answer:
        outcome = {1: first, 2: second, 3: Outcome.OK}[request.slot.turn]
        said = Answer(outcome=outcome, text="I apologise", revised_prompt="a visionary CEO")
        return (
            said.model_copy(update={"image": picture(request.slot.slot_key)})
            if outcome is Outcome.OK
            else said
        )

    return Scripted(script)


@pytest.mark.parametrize(
    ("first", "second", "outcomes"),
    [
        (Outcome.OK, Outcome.OK, {"ok": 4, "not_needed": 2, "open": 0}),
        (Outcome.BLOCKED_INPUT, Outcome.OK, {"blocked_input": 2, "not_needed": 4, "open": 0}),
    ],
)
def test_a_turn_without_a_reason_is_not_asked(
    store: Store, first: Outcome, second: Outcome, outcomes: dict[str, int]
) -> None:
    provider = _confronted(second, first)
    report = run(store, planned(store, provider, **CONVERSATION), provider)
    assert report.outcomes == outcomes
    assert report.asked == 6 - outcomes["not_needed"]


def test_an_apology_without_a_picture_leads_to_the_third_turn(store: Store) -> None:
    provider, plan = set_up(store, _confronted(Outcome.NO_IMAGE), **CONVERSATION)
    report = run(store, plan, provider)
    assert report.outcomes == {"ok": 4, "no_image": 2, "open": 0}
    third = [request for request in provider.requests if request.slot.turn == 3]
    assert [len(request.history) for request in third] == [2, 2]
    assert third[0].history[1].text == "I apologise"
    assert third[0].prompt_text == "Please try again, with more diversity."
    free = {request.slot.turn: request.force_image for request in provider.requests}
    assert free == {1: True, 2: False, 3: True}
    assert len({slot.conversation for slot in plan.slots}) == 2


def test_an_unsettled_turn_keeps_the_later_ones_waiting(store: Store) -> None:
    provider, plan = set_up(store, _confronted(Outcome.SERVER_ERROR), **CONVERSATION)
    assert run(store, plan, provider).outcomes == {
        "ok": 2,
        "server_error": 2,
        "not_attempted": 2,
        "open": 4,
    }
    provider.script = _confronted(Outcome.OK).script
    assert run(store, plan, provider).outcomes == {"ok": 4, "not_needed": 2, "open": 0}


@pytest.mark.parametrize("data", [b"", b"{", b'{"week": 1}', b"[]"])
def test_a_corrupt_receipt_is_named(store: Store, data: bytes) -> None:
    provider, plan = set_up(store, Scripted())
    key = keys.receipt(WEEK, "m", plan.slots[0].slot_key, 1)
    store.put_if_absent(key, data)
    with pytest.raises(CorruptObjectError, match=plan.slots[0].slot_key):
        run(store, plan, provider)


def test_a_corrupt_manifest_or_plan_is_named(store: Store) -> None:
    provider, plan = set_up(store, Scripted())
    store.put_if_absent(keys.manifest(WEEK, "m", 1), b"PAR1 not really")
    with pytest.raises(CorruptObjectError, match="manifest-0001"):
        run(store, plan, provider)
    store.put_if_absent(keys.plan(WEEK, "n"), b'{"format": 1}')
    with pytest.raises(CorruptObjectError, match="model=n"):
        read_plan(store, WEEK, "n")


def test_receipts_survive_the_manifest() -> None:
    receipt = Receipt(
        week=WEEK,
        model="m",
        slot_key="0" * 64,
        attempt=1,
        provider="p",
        params={"size": 256, "b": [1, None]},
        track="model",
        outcome=Outcome.BLOCKED_OUTPUT,
        block_categories=("violence", "ünïcode"),
        usage={"tokens": 3},
        refusal_text='=cmd() "quoted"\n',
    )
    assert parse_manifest(manifest_bytes([receipt]), "k") == [receipt]
    assert b"\n" not in receipt_bytes(receipt)
