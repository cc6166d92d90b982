"""Labels in batches: half the price, nothing twice, and what a batch did not answer is asked alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from assets.gateway.batches import Patience
from assets.gateway.models_file import LabelerEntry
from assets.gateway.records import Outcome
from assets.generation.plan import Plan
from assets.labeling.asked.asking import Asking
from assets.labeling.asked.attempts import read_attempts
from assets.labeling.asked.spending import label_charges
from assets.labeling.run import LabelReport, label_partition
from tests.services.openai_batches import Server, answered, batches, not_answered
from tests.services.vision_contract import Vision, said_of
from tests.unit.labeling.test_asking import CALL_USD, HASTY, SHADES, labels, planned
from tests.unit.labeling.test_run import WEEK
from tests.unit.labeling.vision import KEY_ENV, entry, shade_of
from warehouse.store import Store

SOON = Patience(poll_s=0.01, most_s=5, grace_s=0.3)
RESPONSES = "/v1/responses"


class Account:
    """Batches of the Responses API, whose lines a vision model answers."""

    def __init__(self, **more: Any) -> None:
        self.eye = Vision()
        self.declines: set[int] = set()  # shades whose lines expire
        self.server = Server(self._line, endpoint=RESPONSES, alone=self.eye.answer, **more)
        self.one: LabelerEntry = entry(None)

    def _line(self, identity: str, body: Mapping[str, Any]) -> dict[str, Any]:
        said = said_of(self.eye, RESPONSES, body)
        if shade_of(self.eye.asked[-1].pictures[0]) in self.declines:
            return not_answered("batch_expired")
        return answered(200, said)

    def run(self, store: Store, plan: Plan, patience: Patience = SOON, **more: Any) -> LabelReport:
        asking = Asking(retry=HASTY, patience=patience, **more)
        return label_partition(store, plan, labelers={"eye": self.one}, asking=asking)


@pytest.fixture
def account() -> Iterator[Account]:
    made = Account()
    with batches(made.server) as address:
        connection = {"base_url": address, "key_env": KEY_ENV, "allow_private": True, "timeout_s": 10}
        made.one = entry(None, batch=True, connection=connection)
        yield made


def test_a_partition_is_labelled_in_one_batch_at_half_the_price(store: Store, account: Account) -> None:
    plan = planned(store)
    report = account.run(store, plan)
    assert (report.pictures, report.written, report.open) == (6, 6, 0)
    assert len(account.server.batches) == 1
    assert report.cost_usd == pytest.approx(6 * CALL_USD / 2)
    assert {row["value"] for row in labels(store, account.one)} == {"0"}
    assert sorted(shade_of(asked.pictures[0]) for asked in account.eye.asked) == sorted(SHADES)
    again = account.run(store, plan)
    assert (again.pictures, len(account.server.batches)) == (0, 1)


def test_lines_that_expired_are_asked_alone_within_the_run(store: Store, account: Account) -> None:
    plan = planned(store)
    account.declines = {50, 90}
    report = account.run(store, plan)
    assert (report.written, report.open) == (6, 0)
    made = read_attempts(store, WEEK, "m")
    assert sum(attempt.outcome is Outcome.BATCH_EXPIRED for attempt in made) == 2
    alone = [attempt for attempt in made if attempt.attempt == 2]
    assert [attempt.cost_usd for attempt in alone] == [pytest.approx(CALL_USD)] * 2


@pytest.mark.parametrize("already", [True, False])
def test_a_run_that_is_interrupted_waits_for_no_batch_and_begins_none(
    store: Store, account: Account, already: bool
) -> None:
    plan = planned(store)
    account.server.looks = 10_000
    interrupt = threading.Event()
    if already:
        interrupt.set()
    else:
        threading.Timer(0.5, interrupt.set).start()
    begun = time.monotonic()
    report = account.run(store, plan, Patience(poll_s=60, most_s=600), stopped=interrupt.is_set)
    assert time.monotonic() - begun < 5
    assert (report.written, report.open, len(account.server.batches)) == (0, 6, 0 if already else 1)


def test_money_of_a_running_batch_is_set_aside(store: Store, account: Account) -> None:
    plan = planned(store)
    account.server.looks = 10_000
    report = account.run(store, plan, Patience(poll_s=0.01, most_s=0.05, grace_s=0.3))
    assert (report.written, report.open) == (0, 6)
    assert "6 pictures are in batches that have not ended" in str(report.stopped_by)
    charges = [*label_charges({"eye": account.one})(store, WEEK)]
    assert len(charges) == 6
    assert sum(charge.usd for charge in charges) == pytest.approx(6 * account.one.price[0].bound_usd)
    account.server.looks = 0
    report = account.run(store, plan)
    assert (report.written, report.open, len(account.server.batches)) == (6, 0, 1)
    assert sum(charge.usd for charge in label_charges({"eye": account.one})(store, WEEK)) == pytest.approx(
        6 * CALL_USD / 2
    )


def test_a_kill_before_the_note_asks_nothing_twice(
    store: Store, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = planned(store)
    put = type(store).put_if_absent

    class KilledError(BaseException):
        pass

    def dies(self: Store, key: str, data: bytes) -> bool:
        if key.endswith("-ended.json"):
            raise KilledError
        return put(self, key, data)

    monkeypatch.setattr(type(store), "put_if_absent", dies)
    with pytest.raises(KilledError):
        account.run(store, plan)
    monkeypatch.setattr(type(store), "put_if_absent", put)
    assert len(labels(store, account.one)) == 6
    report = account.run(store, plan)
    assert (report.pictures, len(account.server.batches)) == (0, 1)
