"""Slots in batches: what is done with a batch's answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from assets.gateway.admission import Admission, Settle
from assets.gateway.batches import Desk
from assets.gateway.receipts import PartitionAttempts, Receipt
from assets.gateway.records import Answer
from assets.generation.asker import SlotAsker
from assets.generation.slots import Request
from warehouse import keys


def slots_desk(
    asker: SlotAsker,
    calls: Mapping[str, Request],
    state: PartitionAttempts,
    money: Admission,
    on_receipt: Callable[[Receipt], None],
    *,
    over: bool = False,
) -> Desk[Request, Answer]:
    """Return the desk of one partition.

    `asker` keeps answers as it keeps those of its own calls; `state` gives the numbers of attempts. Once the time of
    the partition is `over`, nothing is sent any more.
    """

    def take(
        request: Request, answer: Answer, number: int, asked_at: datetime, settle: Settle | None
    ) -> None:
        receipt = asker.take_in(request.model_copy(update={"attempt": number}), answer, asked_at)
        if settle is not None:
            settle(receipt, answer)
        on_receipt(receipt)

    numbers = {key: state.of(key).next_number for key in calls}
    plan = asker.plan
    return Desk(
        store=asker.store,
        prefix=keys.batches_prefix(plan.week, plan.model),
        who=plan.model,
        calls=calls,
        numbers=numbers,
        admission=lambda request: money(asker.call_of(request, numbers[request.slot.slot_key])),
        take=take,
        lift=lambda answer: answer,
        sleep=asker.sleep,
        stopped=asker.stopped,
        over=over,
    )
