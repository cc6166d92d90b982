"""Batches: many slots asked at once, at a lower price, answered within a day; a lost process never submits one twice.

A batch passes through objects in the bucket, each written once: `intended` (which slots, which attempts), `sent1`
(before the call that makes it), `submitted` (what the API calls it), `ended` (how; after the last of its receipts). A
process that comes later finds the batch where it is: one that was sent and not noted as submitted is looked for at the
API by its mark, and sent again only after the API has had time to list it.

Belongs here: those states and what follows from them. Does not belong here: any one API (`providers/`), a single
call (`ledger`), which slots may be asked (`run`). A slot goes into one batch a week at most; what a batch did not
answer is asked synchronously.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, cast

from assets.generation.ledger import Ledger, NotAdmittedError, Settle
from assets.generation.providers.base import Provider
from assets.generation.receipts import Receipt
from assets.generation.records import GROUPS, Answer, Outcome, Request
from warehouse import keys
from warehouse.canonical import canonical_json, sha256_hex
from warehouse.errors import ClicheError, CorruptObjectError
from warehouse.store import Store
from warehouse.weeks import utc_now

#: Slots in one batch: what its file of answers holds is read line by line, but a lost one is fetched again whole.
BATCH_SLOTS = 200
#: Seconds after which a batch that was intended, and that the API does not list, counts as never submitted.
GRACE_S = 60.0


class BatchRefusedError(Exception):
    """The API took no batch; `answer` says with which outcome."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.error_message or str(answer.outcome))
        self.answer = answer


@dataclass(frozen=True)
class Look:
    """What an API says of a batch: still running, or how it ended."""

    running: bool
    status: str
    #: For slots without a line of their own: what became of them.
    missing: Answer = field(default_factory=lambda: Answer(outcome=Outcome.UNKNOWN_CHARGE))
    #: The batch was taken and then refused whole, before anything was made of it: it cost nothing.
    refused: Answer | None = None


def batch_api(provider: Provider) -> Batches | None:
    """Return what takes a provider's batches, or None: it is asked one call at a time."""
    return cast("Batches | None", getattr(provider, "batches", None))


class Batches(Protocol):
    """An API that takes batches. Trouble on the way raises `BatchRefusedError` with a transient outcome."""

    def upload(self, requests: Mapping[str, Request]) -> str:
        """Send requests by their id, which costs nothing yet; return what the API calls the file."""
        ...

    def create(self, uploaded: str, mark: str) -> str:
        """Make a batch of an uploaded file, carrying `mark`; return what the API calls it."""
        ...

    def find(self, mark: str) -> str | None:
        """Return the batch that carries `mark`, or None if the API lists none."""
        ...

    def look(self, batch: str) -> Look:
        """Return how far a batch is."""
        ...

    def results(self, batch: str) -> Iterator[tuple[str, Answer]]:
        """Yield (id of the request, answer) for each line of an ended batch."""
        ...


@dataclass
class _Batch:
    number: int
    mark: str
    attempts: Mapping[str, int]  # slot → number of the attempt
    intended_at: datetime
    sent: int = 0  # calls that may have made it
    sent_at: datetime | None = None
    api_id: str | None = None
    ended: bool = False
    refused: bool = False


@dataclass(frozen=True)
class Patience:
    """How long a run waits for batches; what is not ended then is looked at again by the next run."""

    poll_s: float = 60.0
    most_s: float = 3600.0
    grace_s: float = GRACE_S


def advance(
    ledger: Ledger,
    api: Batches,
    requests: Sequence[Request],
    on_receipt: Callable[[Receipt], None],
    *,
    patience: Patience = Patience(),
    size: int = BATCH_SLOTS,
) -> frozenset[str]:
    """Submit what was never in a batch, wait, and take in what has ended; safe to run again at any time.

    Args:
        ledger: of the partition; its store, its admission (money), its sleep and its stop are used.
        api: who takes batches.
        requests: the open slots of the partition, each with the number of its next attempt.
        on_receipt: told of every receipt.
        patience: how long this run waits.
        size: slots in a batch.

    Returns:
        The keys of the slots that are in a batch that has not ended: nobody may ask them now.

    Raises:
        ClicheError: if a batch that was submitted cannot be fetched for a reason that does not pass (a wrong key).
    """
    store, plan = ledger.store, ledger.plan
    known = read_batches(store, plan.week, plan.model)
    before = max((batch.number for batch in known if batch.ended), default=0)
    by_key = {request.slot.slot_key: request for request in requests}
    batched_before = {slot_key for batch in known if not batch.refused for slot_key in batch.attempts}
    fresh = [request for request in requests if request.slot.slot_key not in batched_before]
    with ExitStack() as reserved:
        settles: dict[str, Settle] = {}
        for batch in known:
            if not batch.ended:
                _reserve(ledger, [by_key[key] for key in batch.attempts if key in by_key], reserved, settles)
        for number, begin in enumerate(range(0, len(fresh), size), start=len(known) + 1):
            some = fresh[begin : begin + size]
            if ledger.stopped():
                break
            admitted = _reserve(ledger, some, reserved, settles)
            if admitted:
                known.append(_intend(store, plan.week, plan.model, number, admitted))
            if len(admitted) < len(some):
                break  # a cap is reached: what is left is told by the synchronous path
        until = time.monotonic() + patience.most_s
        while running := [batch for batch in known if not batch.ended]:
            for batch in running:
                _step(ledger, api, batch, by_key, settles, on_receipt, patience)
            if all(batch.ended for batch in known) or ledger.stopped() or time.monotonic() >= until:
                break
            ledger.sleep(patience.poll_s)
    # Of a batch that was refused in this run the slots wait for the next run's batch, at its price.
    waiting = [batch for batch in known if not batch.ended or (batch.refused and batch.number > before)]
    return frozenset(key for batch in waiting for key in batch.attempts)


def read_batches(store: Store, week: str, model: str) -> list[_Batch]:
    """Return the batches of a partition in the order of their numbers.

    Raises:
        CorruptObjectError: if a state does not read.
    """
    prefix = keys.batches_prefix(week, model)
    states: dict[int, dict[str, dict[str, Any]]] = {}
    for key in store.list(prefix):
        number, _, state = key.removeprefix(prefix).removesuffix(".json").partition("-")
        try:
            states.setdefault(int(number), {})[state] = json.loads(store.get(key))
        except ValueError:
            raise CorruptObjectError(f"{key} is no state of a batch; restore it from a backup") from None
    found = []
    for n, said in sorted(states.items()):
        try:
            intended = said["intended"]
            sent = sorted(at["sent_at"] for name, at in said.items() if name.startswith("sent"))
            found.append(
                _Batch(
                    number=n,
                    mark=intended["mark"],
                    attempts={slot["slot_key"]: slot["attempt"] for slot in intended["slots"]},
                    intended_at=datetime.fromisoformat(intended["intended_at"]),
                    sent=len(sent),
                    sent_at=datetime.fromisoformat(sent[-1]) if sent else None,
                    api_id=said.get("submitted", {}).get("batch"),
                    ended="ended" in said,
                    refused=bool(said.get("ended", {}).get("refused")),
                )
            )
        except (KeyError, TypeError) as error:
            raise CorruptObjectError(
                f"{prefix}{n:04d}-intended.json misses {error}; restore it from a backup"
            ) from None
    return found


def _reserve(
    ledger: Ledger, requests: Iterable[Request], reserved: ExitStack, settles: dict[str, Settle]
) -> list[Request]:
    """Set money aside for each request until the batch has answered it; return those that a cap let through."""
    admitted = []
    for request in requests:
        try:
            settles[request.slot.slot_key] = reserved.enter_context(ledger.admission(request))
        except NotAdmittedError:
            break
        admitted.append(request)
    return admitted


def _intend(store: Store, week: str, model: str, number: int, requests: Sequence[Request]) -> _Batch:
    attempts = {request.slot.slot_key: request.attempt for request in requests}
    slots = [{"slot_key": slot_key, "attempt": attempt} for slot_key, attempt in attempts.items()]
    mark = sha256_hex(canonical_json([week, model, number, slots]))[:32]
    now = utc_now()
    value = {"mark": mark, "slots": slots, "intended_at": now.isoformat()}
    store.put_if_absent(keys.batch(week, model, number, "intended"), canonical_json(value))
    return _Batch(number, mark, attempts, now)


def _step(
    ledger: Ledger,
    api: Batches,
    batch: _Batch,
    by_key: Mapping[str, Request],
    settles: Mapping[str, Settle],
    on_receipt: Callable[[Receipt], None],
    patience: Patience,
) -> None:
    """Bring one batch as far as it goes now; passing trouble leaves it for the next look."""
    take = _Taking(ledger, batch, by_key, settles, on_receipt)
    try:
        if batch.api_id is None:
            _submit(ledger, api, batch, by_key, patience)
        if batch.api_id is None:
            return
        look = api.look(batch.api_id)
        if look.running:
            return
        if look.refused is not None:
            _refused(take, look.refused)
            return
        for request_id, answer in api.results(batch.api_id):
            take.line(request_id, answer)
        take.rest(look.missing)
        _note(ledger, batch, "ended", {"status": look.status, "ended_at": utc_now().isoformat()})
        batch.ended = True
    except BatchRefusedError as refused:
        if GROUPS[refused.answer.outcome] == "transient":
            return
        if batch.api_id is not None:
            raise ClicheError(
                f"{ledger.plan.model}: batch {batch.api_id} cannot be fetched ({refused}); mend that and run again"
            ) from None
        _refused(take, refused.answer)


def _refused(take: _Taking, answer: Answer) -> None:
    """End a batch that nothing was made of: one receipt tells of it, and its slots may go into another one."""
    take.first(answer)
    _note(take.ledger, take.batch, "ended", {"status": f"refused: {answer.error_message}", "refused": True})
    take.batch.ended = take.batch.refused = True


def _submit(
    ledger: Ledger, api: Batches, batch: _Batch, by_key: Mapping[str, Request], patience: Patience
) -> None:
    """Give the batch the name that the API knows it by: of the one that carries its mark, else of a new one.

    After a call whose end nobody saw, a new one is made only when the API has had time to list the first.
    """
    found = api.find(batch.mark) if batch.sent_at else None
    if found is None:
        if batch.sent_at and (utc_now() - batch.sent_at).total_seconds() < patience.grace_s:
            return
        requests = {request_id(key, n): by_key[key] for key, n in batch.attempts.items() if key in by_key}
        if not requests:  # all were answered in another way
            _note(ledger, batch, "ended", {"status": "not needed", "ended_at": utc_now().isoformat()})
            batch.ended = True
            return
        uploaded = api.upload(requests)
        batch.sent_at, batch.sent = utc_now(), batch.sent + 1
        _note(ledger, batch, f"sent{batch.sent}", {"sent_at": batch.sent_at.isoformat()})
        found = api.create(uploaded, batch.mark)
    _note(ledger, batch, "submitted", {"batch": found, "submitted_at": utc_now().isoformat()})
    batch.api_id = found


def request_id(slot_key: str, attempt: int) -> str:
    """Return the id that a slot's request carries in a batch."""
    return f"{slot_key}-{attempt}"


def _note(ledger: Ledger, batch: _Batch, state: str, value: Mapping[str, Any]) -> None:
    plan = ledger.plan
    ledger.store.put_if_absent(
        keys.batch(plan.week, plan.model, batch.number, state), canonical_json(dict(value))
    )


@dataclass
class _Taking:
    """Makes receipts of a batch's answers; a slot's first answer counts, and a slot that is settled keeps its own."""

    ledger: Ledger
    batch: _Batch
    by_key: Mapping[str, Request]
    settles: Mapping[str, Settle]
    on_receipt: Callable[[Receipt], None]
    taken: set[str] = field(default_factory=set)

    def line(self, identity: str, answer: Answer) -> None:
        """Take in one line; one that belongs to no slot of this batch is passed over."""
        slot_key, _, number = identity.rpartition("-")
        if self.batch.attempts.get(slot_key) == (int(number) if number.isdigit() else None):
            self._take(slot_key, answer)

    def rest(self, answer: Answer) -> None:
        """Take in what stands for every slot without a line."""
        for slot_key in self.batch.attempts:
            self._take(slot_key, answer)

    def first(self, answer: Answer) -> None:
        """Take in an answer to the whole batch, told once."""
        self._take(next(iter(self.batch.attempts)), answer)

    def _take(self, slot_key: str, answer: Answer) -> None:
        request = self.by_key.get(slot_key)
        if request is None or slot_key in self.taken:
            return
        self.taken.add(slot_key)
        number = self.batch.attempts[slot_key]
        request = request.model_copy(update={"attempt": number})
        receipt = self.ledger.take_in(request, answer, requested_at=self.batch.intended_at)
        settle = self.settles.get(slot_key)
        if settle:
            settle(receipt, answer)
        self.on_receipt(receipt)
