"""Batches: many calls made at once, at a lower price, answered within a day; a lost process never submits one twice.

A batch passes through objects in the store, each written once: `intended` (which calls, which attempts), `sent1`
(before the call that makes it), `submitted` (what the API calls it), `ended` (how; after the last of its receipts). One
that was sent and not noted as submitted is looked for at the API by its mark, and sent again only after the API has had
time to list it. A call goes into one batch a week at most; what a batch did not answer is asked synchronously. The
first batch at a price holds one call: what that costs is known before the others are made.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar, cast

from assets.gateway.admission import AfterFirstError, NotAdmittedError, NotNowError, Settle
from assets.gateway.batch_states import Batch, read_batches
from assets.gateway.records import GROUPS, Answer, Outcome
from warehouse.canonical import canonical_json, sha256_hex
from warehouse.errors import ClicheError
from warehouse.loading.seals import sealed
from warehouse.store import Store
from warehouse.weeks import utc_now

#: Calls in one batch: what its file of answers holds is read line by line, but a lost one is fetched again whole.
BATCH_CALLS = 200
#: What an API answers about a batch that it does not know any more.
_GONE = frozenset({404, 410})
#: Seconds after which a batch that was sent, and that the API does not list, counts as never made.
GRACE_S = 60.0

AskedT = TypeVar("AskedT")  # what is asked: a slot's request, a look at pictures
SaidT = TypeVar("SaidT")  # what comes back: an answer, readings
InT_contra = TypeVar("InT_contra", contravariant=True)
OutT_co = TypeVar("OutT_co", covariant=True)


class BatchRefusedError(Exception):
    """The API took no batch, or does not show it; `answer` says with which outcome."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.error_message or str(answer.outcome))
        self.answer = answer


@dataclass(frozen=True)
class BatchStatus:
    """What an API says of a batch: still running, or how it ended."""

    running: bool
    status: str
    #: For calls without a line of their own: what became of them.
    missing: Answer = field(default_factory=lambda: Answer(outcome=Outcome.UNKNOWN_CHARGE))
    #: The batch was taken and then refused whole, before anything was made of it: it cost nothing.
    refused: Answer | None = None


class Batches(Protocol[InT_contra, OutT_co]):
    """An API that takes batches; trouble raises `BatchRefusedError`, with a transient outcome if it passes."""

    def upload(self, calls: Mapping[str, InT_contra]) -> str:
        """Send calls by their id, which costs nothing yet; return what the API calls the file."""

    def create(self, uploaded: str, mark: str) -> str:
        """Make a batch of an uploaded file, carrying `mark`; return what the API calls it."""

    def find(self, mark: str) -> str | None:
        """Return the batch that carries `mark`, or None if the API lists none."""

    def look(self, batch: str) -> BatchStatus:
        """Return how far a batch is."""

    def results(self, batch: str) -> Iterator[tuple[str, OutT_co]]:
        """Yield (id of the call, what was said) for each line of an ended batch."""


def batch_api(asked: object) -> Batches[Any, Any] | None:
    """Return what takes the batches of a provider or labeler, or None: it is asked one call at a time."""
    return cast("Batches[Any, Any] | None", getattr(asked, "batches", None))


@dataclass(frozen=True)
class Patience:
    """How long a run waits for batches; what is not ended then is looked at again by the next run."""

    poll_s: float = 60.0
    most_s: float = 3600.0
    grace_s: float = GRACE_S


@dataclass(frozen=True)
class Desk(Generic[AskedT, SaidT]):
    """For whom batches are made: which calls are open, and what is done with what comes back.

    `prefix` is where the states lie, `who` is named in errors. `admission` sets money aside until the batch has
    answered, and waits neither for a pace nor for a breaker. `take` keeps what was said of a call (its attempt's
    number, when it was asked, and what settles the money follow it); `lift` makes of a plain answer what it would be
    as a line.
    """

    store: Store
    prefix: str
    who: str
    calls: Mapping[str, AskedT]
    numbers: Mapping[str, int]
    admission: Callable[[AskedT], AbstractContextManager[Settle]]
    take: Callable[[AskedT, SaidT, int, datetime, Settle | None], None]
    lift: Callable[[Answer], SaidT]
    sleep: Callable[[float], None]
    stopped: Callable[[], bool]
    flush: Callable[[], None] = lambda: None  # makes what was taken durable, before its batch has ended
    over: bool = False  # no batch is made any more; what was made is taken in

    def note(self, batch: Batch, state: str, value: Mapping[str, Any]) -> None:
        """Write one state of a batch."""
        key = f"{self.prefix}{batch.number:04d}-{state}.json"
        self.store.put_if_absent(key, sealed(key, {**value, "at": utc_now().isoformat()}))


def advance(
    desk: Desk[AskedT, SaidT],
    api: Batches[AskedT, SaidT],
    *,
    patience: Patience = Patience(),
    size: int = BATCH_CALLS,
) -> frozenset[str]:
    """Submit what was never in a batch, wait, and take in what has ended; safe to run again at any time.

    Returns the keys of calls in batches that have not ended, or that wait for the first one: nobody may make them now.
    Raises `ClicheError` if a batch cannot be fetched for a reason that does not pass (a wrong key).
    """
    known = read_batches(desk.store, desk.prefix)
    before = max((batch.number for batch in known if batch.ended), default=0)
    batched_before = {key for batch in known if not batch.refused for key in batch.attempts}
    fresh: Sequence[str] = [key for key in desk.calls if key not in batched_before and not desk.over]
    with ExitStack() as reserved:
        settles: dict[str, Settle] = {}
        for batch in known:
            if not batch.ended:
                _reserve(desk, batch.attempts, reserved, settles)
        until = time.monotonic() + patience.most_s
        while True:
            fresh = _make(desk, known, fresh, size, reserved, settles)
            running = [batch for batch in known if not batch.ended]
            for batch in running:
                _step(desk, api, batch, settles, patience)
            ended = all(batch.ended for batch in known)
            refused = [batch for batch in known if batch.refused and batch.number > before]
            if (ended and (refused or not fresh)) or desk.stopped() or time.monotonic() >= until:
                break
            if ended and running:
                continue  # the first one has ended: the others are made
            try:
                desk.sleep(patience.poll_s)
            except NotNowError:  # the run has ended
                break
    # Of a batch that was refused in this run the calls wait for the next run's batch, at its price.
    waiting = [*refused, *(batch for batch in known if not batch.ended)]
    return frozenset([*fresh, *(key for batch in waiting for key in batch.attempts)])


def _make(
    desk: Desk[AskedT, SaidT],
    known: list[Batch],
    calls: Sequence[str],
    size: int,
    reserved: ExitStack,
    settles: dict[str, Settle],
) -> Sequence[str]:
    """Make batches of calls; return those that wait until the first call at their price is settled."""
    while calls and not desk.stopped():
        some = calls[:size]
        admitted, refused = _reserve(desk, some, reserved, settles)
        if admitted:
            known.append(_intend(desk, len(known) + 1, admitted))
        calls = calls[len(admitted) :]
        if refused is not None:
            # At a cap, what is left is reported by the synchronous path.
            return calls if isinstance(refused, AfterFirstError) else []
    return calls


def call_id(key: str, attempt: int) -> str:
    """Return the id that a call carries in a batch."""
    return f"{key}-{attempt}"


def _reserve(
    desk: Desk[AskedT, SaidT], some: Iterable[str], reserved: ExitStack, settles: dict[str, Settle]
) -> tuple[list[str], Exception | None]:
    """Set money aside until the batch has answered; return the calls let through, and why the next one was not."""
    admitted: list[str] = []
    for key in some:
        if key in desk.calls:
            try:
                settles[key] = reserved.enter_context(desk.admission(desk.calls[key]))
            except (NotAdmittedError, NotNowError) as refused:
                return admitted, refused
            admitted.append(key)
    return admitted, None


def _intend(desk: Desk[AskedT, SaidT], number: int, some: Sequence[str]) -> Batch:
    attempts = {key: desk.numbers[key] for key in some}
    calls = [{"key": key, "attempt": attempt} for key, attempt in attempts.items()]
    mark = sha256_hex(canonical_json([desk.prefix, number, calls]))[:32]
    batch = Batch(number, mark, attempts, utc_now())
    desk.note(batch, "intended", {"mark": mark, "calls": calls})
    return batch


def _step(
    desk: Desk[AskedT, SaidT],
    api: Batches[AskedT, SaidT],
    batch: Batch,
    settles: Mapping[str, Settle],
    patience: Patience,
) -> None:
    """Bring one batch as far as it goes now; passing trouble leaves it for the next look."""
    taking = _Taking(desk, batch, settles)
    try:
        if batch.api_id is None:
            _submit(desk, api, batch, patience)
        if batch.api_id is None:
            return
        look = api.look(batch.api_id)
        if look.running:
            return
        if look.refused is not None:
            taking.refused(look.refused)
            return
        for identity, answer in api.results(batch.api_id):
            taking.line(identity, answer)
        taking.rest(look.missing)
        taking.end(look.status)
    except BatchRefusedError as refused:
        if GROUPS[refused.answer.outcome] == "transient":
            return
        if batch.api_id is not None and refused.answer.http_status in _GONE:
            why = f"the API does not know the batch {batch.api_id} any more"
            taking.rest(
                Answer(outcome=Outcome.UNKNOWN_CHARGE, error_message=why)
            )  # each may have been billed
            taking.end("gone")
            return
        if batch.api_id is not None:
            raise ClicheError(
                f"{desk.who}: batch {batch.api_id} cannot be fetched ({refused}); fix that and run again"
            ) from None
        taking.refused(refused.answer)


def _submit(desk: Desk[AskedT, SaidT], api: Batches[AskedT, SaidT], batch: Batch, patience: Patience) -> None:
    """Give the batch the name that the API knows it by: of the one that carries its mark, else of a new one."""
    api_id = api.find(batch.mark) if batch.sent_at else None
    if api_id is None:
        if batch.sent_at and (utc_now() - batch.sent_at).total_seconds() < patience.grace_s:
            return
        calls = {call_id(key, n): desk.calls[key] for key, n in batch.attempts.items() if key in desk.calls}
        if desk.over or not calls:  # too late, or all were answered in another way
            desk.note(batch, "ended", {"status": "too late" if desk.over else "not needed"})
            batch.ended = True
            return
        uploaded = api.upload(calls)
        batch.sent_at, batch.sent = utc_now(), batch.sent + 1
        desk.note(batch, f"sent{batch.sent}", {})
        api_id = api.create(uploaded, batch.mark)
    desk.note(batch, "submitted", {"batch": api_id})
    batch.api_id = api_id


@dataclass
class _Taking(Generic[AskedT, SaidT]):
    """Takes in what a batch answered: of each call the first line; a call that is settled keeps what it has."""

    desk: Desk[AskedT, SaidT]
    batch: Batch
    settles: Mapping[str, Settle]
    taken: set[str] = field(default_factory=set)

    def line(self, identity: str, answer: SaidT) -> None:
        """Take in one line; one that belongs to no call of this batch is passed over."""
        key, _, number = identity.rpartition("-")
        if number.isdigit() and self.batch.attempts.get(key) == int(number):
            self._take(key, answer)

    def rest(self, answer: Answer) -> None:
        """Take in what stands for every call without a line."""
        for key in self.batch.attempts:
            self._take(key, self.desk.lift(answer))

    def end(self, status: str, **more: bool) -> None:
        """Note that a batch has ended, after what was taken in is durable."""
        self.desk.flush()
        self.desk.note(self.batch, "ended", {"status": status, **more})
        self.batch.ended = True

    def refused(self, answer: Answer) -> None:
        """End a batch that nothing was made of: one receipt tells of it, and its calls may go into another one."""
        self._take(next(iter(self.batch.attempts)), self.desk.lift(answer))
        self.end(f"refused: {answer.error_message}", refused=True)
        self.batch.refused = True

    def _take(self, key: str, answer: SaidT) -> None:
        if key in self.desk.calls and key not in self.taken:
            self.taken.add(key)
            number, at = self.batch.attempts[key], self.batch.intended_at
            self.desk.take(self.desk.calls[key], answer, number, at, self.settles.get(key))
