"""Batches: half the price, nothing twice, and what a batch did not answer is asked one by one."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from assets.gateway.admission import NotAdmittedError
from assets.gateway.batch_states import on_their_way, read_batches
from assets.gateway.batches import Patience
from assets.gateway.calls import Retry
from assets.gateway.money.costs import Costs, Price
from assets.gateway.network.connection import Connection
from assets.gateway.receipts import Receipt, read_partition
from assets.gateway.records import Call, Outcome
from assets.generation.plan import Plan, freeze_plan, make_plan
from assets.generation.providers.errors import match
from assets.generation.providers.openai.batches import ERRORS
from assets.generation.providers.openai.images import OpenAIBatch
from assets.generation.run import PartitionReport, PartitionRun
from tests.services.loopback import Reply
from tests.services.openai_batches import Server, answered, batches, drawn, not_answered
from tests.unit.generation.test_run import SUITES, WEEK, entry
from warehouse import keys
from warehouse.errors import ClicheError
from warehouse.store import Store, open_store
from warehouse.weeks import utc_now

KEY = "sk-batch-0123456789abcdef"
SOON = Patience(poll_s=0.01, most_s=5, grace_s=0.3)
BRIEF = Patience(poll_s=0.01, most_s=0.05, grace_s=0.3)
FAST = Retry(attempts=2, base_s=0.001, most_s=0.01)
TOKENS = {"image_out": 40, "text_in": 5}
PRICE = {"per_image_usd": 0.04, "per_million_usd": TOKENS, "source": "test", "date": "2026-11-01"}
COSTS = Costs((Price.model_validate(PRICE),))


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


@dataclass
class Account:
    """A server, and a partition of twelve slots that is asked of it."""

    server: Server
    store: Store
    plan: Plan
    address: str

    def run(self, patience: Patience = SOON, **more: Any) -> PartitionReport:
        provider = OpenAIBatch(Connection(base_url=self.address, allow_private=True, timeout_s=5))
        return PartitionRun(
            self.store,
            self.plan,
            provider,
            retry=FAST,
            costs=COSTS,
            batch_patience=patience,
            batch_size=5,
            **more,
        ).run()

    @property
    def receipts(self) -> list[Receipt]:
        return read_partition(self.store, WEEK, "m").receipts

    @property
    def made(self) -> list[dict[str, Any]]:
        return [*self.server.batches.values()]


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Callable[[Server], Account]]:
    opened = []

    def make(server: Server) -> Account:
        at = batches(server)
        opened.append(at)
        address = at.__enter__()
        store = open_store(tmp_path / "store")
        plan = make_plan(entry(provider="openai_batch", model_id="gpt-image-2"), SUITES, WEEK, OpenAIBatch())
        return Account(server, store, freeze_plan(store, plan), address)

    yield make
    for at in opened:
        at.__exit__(None, None, None)


def test_all_slots_are_answered_in_batches_at_half_the_price(account: Callable[[Server], Account]) -> None:
    here = account(Server(looks=2))
    report = here.run()
    assert (report.outcomes["ok"], report.open) == (12, 0)
    assert [batch["status"] for batch in here.made] == ["completed"] * 3  # of five, five and two slots
    assert here.server.single == []
    usage = [receipt.usage for receipt in here.receipts]
    expected = sum(0.5 * (1000 * 40 + u["input_tokens_details"]["text_tokens"] * 5) / 1e6 for u in usage if u)
    assert sum(receipt.cost_usd or 0 for receipt in here.receipts) == pytest.approx(expected, abs=1e-12)
    assert {receipt.cost_basis for receipt in here.receipts} == {"computed"}
    again = here.run()
    assert (again.asked, len(here.made)) == (0, 3)


def test_expired_lines_fall_back_to_single_calls_within_the_run(account: Callable[[Server], Account]) -> None:
    def script(identity: str, body: Mapping[str, Any]) -> dict[str, Any]:
        if "lemon" in body["prompt"]:
            return not_answered("batch_expired")
        return answered(200, drawn(body["prompt"], int(identity[:6], 16)))

    here = account(Server(script, ends="expired"))
    report = here.run()
    assert (report.outcomes["ok"], report.open) == (12, 0)
    assert len(here.server.single) == 2
    assert all("lemon" in body["prompt"] for body in here.server.single)
    expired = [receipt for receipt in here.receipts if receipt.outcome is Outcome.BATCH_EXPIRED]
    assert len(expired) == 2
    assert all(receipt.cost_usd is None for receipt in expired)
    full = [receipt for receipt in here.receipts if receipt.attempt == 2]
    assert all((receipt.cost_usd or 0) > 0.04 - 1e-9 for receipt in full)  # asked alone, at the whole price


BLOCKED = {"message": "no", "type": "image_generation_user_error", "code": "moderation_blocked"}


def lacking(identity: str, body: Mapping[str, Any]) -> dict[str, Any] | None:
    """Refuse bicycles, and leave out the lines of lemons."""
    if "bicycle" in body["prompt"]:
        return answered(400, {"error": BLOCKED})
    return None if "lemon" in body["prompt"] else answered(200, drawn(body["prompt"], int(identity[:6], 16)))


def test_refusals_errors_and_lines_that_lack_have_their_outcomes(
    account: Callable[[Server], Account],
) -> None:
    here = account(Server(lacking))
    report = here.run()
    assert report.outcomes == {"blocked_input": 2, "ok": 10, "open": 0}
    # The batches ended well, and two lines are not there: those calls count as spent and are made again, singly.
    lost = [receipt for receipt in here.receipts if receipt.outcome is Outcome.UNKNOWN_CHARGE]
    assert [receipt.cost_usd for receipt in lost] == [0.08, 0.08]
    assert len(here.server.single) == 2


def test_close_keeps_the_slots_of_lost_lines_closed(account: Callable[[Server], Account]) -> None:
    here = account(Server(lacking))
    assert here.run(lost_calls="close").outcomes == {
        "unknown_charge": 2,
        "blocked_input": 2,
        "ok": 8,
        "open": 0,
    }
    assert here.server.single == []


def test_a_batch_that_the_api_does_not_know_any_more_is_lost(
    account: Callable[[Server], Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    here = account(Server(looks=10_000))
    here.run(BRIEF)
    gone = Reply(404, b'{"error": {"message": "No such batch"}}', {"content-type": "application/json"})
    monkeypatch.setattr(here.server, "_look", lambda name: gone)
    report = here.run()
    lost = [receipt for receipt in here.receipts if receipt.outcome is Outcome.UNKNOWN_CHARGE]
    assert len(lost) == 12
    assert "does not know the batch" in str(lost[0].error_message)
    assert (report.outcomes["ok"], report.open, len(here.server.single)) == (12, 0, 12)


def test_a_lost_answer_to_the_call_that_makes_a_batch_makes_no_second_one(
    account: Callable[[Server], Account],
) -> None:
    server = Server()
    server.lose_create, server.hide = 3, 2  # the API takes its time to list them
    here = account(server)
    report = here.run(Patience(poll_s=0.01, most_s=60, grace_s=30))  # far longer than they stay hidden
    assert (report.outcomes["ok"], report.open, len(here.made)) == (12, 0, 3)
    assert len({receipt.slot_key for receipt in here.receipts}) == len(here.receipts) == 12


class KilledError(BaseException):
    """Stands for SIGKILL: nothing in the code under test catches it."""


@pytest.mark.parametrize("state", ["intended", "sent1", "submitted", "ended"])
@pytest.mark.parametrize("after", [False, True])
def test_a_process_that_dies_at_any_state_leaves_a_batch_that_is_found_and_not_sent_twice(
    state: str, after: bool, account: Callable[[Server], Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    here = account(Server())
    put = type(here.store).put_if_absent
    died = threading.Event()

    def dies(self: Store, key: str, data: bytes) -> bool:
        hit = key.startswith("batches/") and key.endswith(f"-{state}.json") and not died.is_set()
        if hit and not after:
            died.set()
            raise KilledError
        written = put(self, key, data)
        if hit:
            died.set()
            raise KilledError
        return written

    monkeypatch.setattr(type(here.store), "put_if_absent", dies)
    with pytest.raises(KilledError):
        here.run()
    report = here.run()
    assert (report.outcomes["ok"], report.open) == (12, 0)
    assert len(here.made) == 3
    lines = [
        json.loads(here.store.get(key)) for key in here.store.list("attempts/") if "/manifest-" not in key
    ]
    assert len({line["slot_key"] for line in lines}) == len(lines) == 12


def test_slots_of_a_running_batch_are_left_alone_and_taken_in_by_a_later_run(
    account: Callable[[Server], Account],
) -> None:
    here = account(Server(looks=10_000))
    report = here.run(BRIEF)
    assert (report.open, here.server.single) == (12, [])
    assert report.line
    assert "12 slots are in batches that have not ended" in report.line
    here.server.looks = 0
    report = here.run()
    assert (report.outcomes["ok"], report.open, len(here.made)) == (12, 0, 3)


def test_a_run_that_is_interrupted_does_not_wait_for_its_batches(
    account: Callable[[Server], Account],
) -> None:
    here = account(Server(looks=10_000))
    interrupt = threading.Event()
    threading.Timer(0.5, interrupt.set).start()
    begun = time.monotonic()
    report = here.run(Patience(poll_s=60, most_s=600, grace_s=0.3), interrupt=interrupt)
    assert time.monotonic() - begun < 5
    assert (report.batched, report.open, here.server.single) == (12, 12, [])


def test_what_was_sent_in_time_is_taken_in_after_the_week_and_nothing_is_sent_any_more(
    account: Callable[[Server], Account],
) -> None:
    here = account(Server(looks=10_000))
    here.server.lose_create = 1  # of the first batch nobody knows the name
    here.server.hide = 10_000
    here.run(BRIEF)
    here.server.hide = here.server.looks = 0
    over = {"deadline": utc_now() - timedelta(seconds=1), "only": frozenset()}
    report = here.run(**over)
    made = len(here.made)
    assert (report.outcomes["ok"], here.server.single) == (12, [])
    assert not on_their_way(here.store, keys.batches_prefix(WEEK, "m"))
    assert sum(receipt.cost_usd or 0 for receipt in here.receipts) > 0
    here.run(**over)
    assert len(here.made) == made == 3


def test_a_batch_that_was_never_made_is_not_made_after_the_week(account: Callable[[Server], Account]) -> None:
    here = account(Server())
    here.server.refuse_create = Reply(503, b"{}", {"content-type": "application/json"})
    here.run(BRIEF)
    here.server.refuse_create = None
    time.sleep(0.3)
    report = here.run(deadline=utc_now() - timedelta(seconds=1), only=frozenset())
    assert (here.made, here.server.single, report.outcomes["not_attempted"]) == ([], [], 12)
    assert not on_their_way(here.store, keys.batches_prefix(WEEK, "m"))


def test_a_queue_that_is_full_is_told_and_the_next_run_makes_a_batch_again(
    account: Callable[[Server], Account],
) -> None:
    here = account(Server(ends="failed"))
    report = here.run()
    assert (report.open, here.server.single) == (12, [])  # nothing is asked at the whole price for that
    assert {receipt.outcome for receipt in here.receipts} == {Outcome.RATE_LIMITED}
    here.server.ends = "completed"
    report = here.run()
    assert (report.outcomes["ok"], report.open) == (12, 0)
    assert all(batch.ended for batch in read_batches(here.store, keys.batches_prefix(WEEK, "m")))


def test_a_wrong_key_stops_before_anything_is_sent_and_with_a_batch_under_way_says_so(
    account: Callable[[Server], Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    denied = Reply(
        401,
        json.dumps({"error": {"message": f"Incorrect API key {KEY}", "code": "invalid_api_key"}}).encode(),
        {"content-type": "application/json"},
    )
    here = account(Server(looks=10_000))
    here.server.refuse_create = denied
    report = here.run()
    assert report.stopped_by.outcome is Outcome.AUTH
    assert KEY not in str(report.stopped_by)
    here.server.refuse_create = None
    here.run(BRIEF)
    monkeypatch.setattr(here.server, "_look", lambda name: denied)
    with pytest.raises(ClicheError, match="cannot be fetched"):
        here.run()


def test_answers_that_are_gone_may_have_been_billed_and_say_so(account: Callable[[Server], Account]) -> None:
    here = account(Server(looks=10_000))
    here.run(BRIEF)
    here.server.looks = 0
    finish = here.server._finish

    def gone(batch: dict[str, Any]) -> None:
        finish(batch)
        here.server.drop_files()

    here.server._finish = gone  # type: ignore[method-assign]
    report = here.run()
    lost = [receipt for receipt in here.receipts if receipt.outcome is Outcome.UNKNOWN_CHARGE]
    assert len(lost) == 12
    assert sum(receipt.cost_usd or 0 for receipt in lost) == pytest.approx(12 * 0.08)
    assert (report.outcomes["ok"], len(here.server.single)) == (12, 12)  # asked again, one by one


def test_money_is_set_aside_for_the_whole_batch(account: Callable[[Server], Account]) -> None:
    from contextlib import contextmanager

    held: list[str] = []

    @contextmanager
    def seven(call: Call) -> Iterator[Any]:
        if len(held) >= 7:
            raise NotAdmittedError(Outcome.BUDGET_STOPPED, "the cap is reached")
        held.append(call.key)
        yield lambda record, answer: None

    here = account(Server())
    report = here.run(money=seven)
    assert report.outcomes["ok"] == 7
    assert report.stopped_by.outcome is Outcome.BUDGET_STOPPED


def test_every_error_of_batches_has_a_row() -> None:
    outcomes = {str(row.code): str(row.outcome) for row in ERRORS}
    assert outcomes.pop("None") == "model_retired"  # whatever the code, where the words say so
    retired = match(ERRORS, code="model_not_found", message="the model was deprecated")
    assert retired.outcome is Outcome.MODEL_RETIRED
    assert sorted(outcomes) == [
        "batch_cancelled", "batch_expired", "billing_hard_limit_reached", "duplicate_custom_id", "empty_file",
        "insufficient_quota", "invalid_json_line", "invalid_method", "invalid_request", "invalid_url",
        "mismatched_model", "missing_required_parameter", "model_not_found", "request_timeout", "token_limit_exceeded",
    ]  # fmt: skip
    assert Counter(outcomes.values()) == {
        "invalid_params": 9, "batch_expired": 2, "quota_exhausted": 2, "timeout": 1, "rate_limited": 1,
    }  # fmt: skip
