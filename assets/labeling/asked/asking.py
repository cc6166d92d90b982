"""Labeling by a model that is asked over a network: many calls at once, each with its intent and its receipt.

Retry, pace, breaker and money are those of generation (`generation.calls`, `generation.admission`). A labeler that
declines a picture is not asked about it again in this version; trouble on the way is met by the next run, calls that
were lost too (`attempts.still_open`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import cast

from assets.gateway.admission import Admission, NotNowError, Settle, free_admission, pause, waits_end_with
from assets.gateway.batches import Patience, advance, batch_api
from assets.gateway.calls import PATIENT, Caller, Retry, Timing, Tried, with_retry
from assets.gateway.money.costs import CostFields
from assets.gateway.money.ledger import SpendingLedger
from assets.gateway.network.redaction import without_keys
from assets.gateway.records import GROUPS, UNREADABLE, Answer, Outcome, Paid
from assets.labeling.asked.attempts import FINAL, LabelAttempt, call_id, declined, next_numbers, still_open
from assets.labeling.asked.batches import LABEL_BATCH_CALLS, BatchLabeler, LookBatches, grouped, labels_desk
from assets.labeling.asked.journal import Journal, Lost
from assets.labeling.asked.spending import call_of, cost_fields, is_paid
from assets.labeling.asked.stops import Watch, describe
from assets.labeling.pictures import PictureToRead, ShownPicture, UnreadableError, prepare
from assets.labeling.records import Reading, RemoteLabeler, Sight
from warehouse.weeks import utc_now

_LOOK_S = 1.0  # how often it is looked whether a part is due


@dataclass(frozen=True)
class Asking:
    """How a labeler is asked.

    Attributes:
        admission: pace, breaker and money of single calls.
        money: the budget alone, which calls in batches pass.
        stopped: whether the run has ended; no call begins after that.
    """

    admission: Admission = free_admission
    money: Admission = free_admission
    retry: Retry = PATIENT
    stopped: Callable[[], bool] = lambda: False
    patience: Patience = Patience()
    told: Callable[[str], None] = lambda line: None
    ledger: SpendingLedger | None = None  # says what a lost call counts for


FREELY = Asking()

#: Returns the bytes of a picture.
Load = Callable[[PictureToRead], bytes]


@dataclass
class AskingResult:
    """What a run came to: calls, pictures answered, declined and open, why it ended early, what its last call met."""

    calls: int = 0
    answered: int = 0
    declined: int = 0
    open: int = 0
    cost_usd: float = 0.0
    stopped_by: str | None = None
    trouble: str | None = None


def ask_all(
    labeler: RemoteLabeler,
    looks: Sequence[PictureToRead],
    journal: Journal,
    *,
    load: Load,
    asking: Asking = FREELY,
    on_picture: Callable[[], None] = lambda: None,
) -> AskingResult:
    """Ask a labeler about pictures and keep what it says; safe to run again.

    The journal is flushed whatever happens.

    Raises:
        KeyboardInterrupt: for Ctrl-C, after what was in flight is recorded.
    """
    run = _Run(labeler, journal, load, asking)
    run.account_for_lost()
    try:
        run.all(looks, on_picture)
    finally:
        journal.flush()
    return run.asked


class _Run:
    """One run of `ask_all`."""

    def __init__(self, labeler: RemoteLabeler, journal: Journal, load: Load, asking: Asking) -> None:
        self.asked = AskingResult()
        self._labeler, self._journal, self._load, self._asking = labeler, journal, load, asking
        self._stop = threading.Event()
        self._watch = Watch(labeler.name, asking.told)
        self._lost = journal.lost()
        calls: list[LabelAttempt | Lost] = [*journal.known, *self._lost]
        self._numbers = next_numbers((one.call, one.attempt) for one in calls)
        self._lock = threading.Lock()
        self._caller = Caller(asking.admission, stopped=self.stopped, failed=self._stop.set)

    def stopped(self) -> bool:
        return self._stop.is_set() or self._asking.stopped()

    def account_for_lost(self) -> None:
        """Give every intent without a receipt its receipt: it may have been billed, and counts as spent."""
        for one in self._lost:
            why = "the run ended before the answer was recorded"
            answer = Answer(outcome=Outcome.UNKNOWN_CHARGE, error_message=why)
            costs = self._costs(answer, len(one.images), one.intended_at.date())
            attempt = self._attempt(one.call, one.attempt, one.images, one.attributes, answer, costs)
            self._add(attempt.model_copy(update={"requested_at": one.intended_at}))
        self._journal.flush()

    def all(self, looks: Sequence[PictureToRead], on_picture: Callable[[], None]) -> None:
        entry = self._labeler.entry
        looks = still_open(looks, self._journal.known)
        left = len(looks)
        looks, waiting = self._in_batches(looks)
        for _ in range(left - len(looks) - waiting):
            left -= 1
            on_picture()
        queue = grouped(looks, entry.images_per_request)
        with ThreadPoolExecutor(max_workers=entry.concurrency, thread_name_prefix="label") as pool:
            running: set[Future[int]] = {
                pool.submit(self._group, group) for group in islice(queue, entry.concurrency)
            }
            try:
                while running:
                    done, running = wait(running, timeout=_LOOK_S, return_when=FIRST_COMPLETED)
                    for future in done:
                        for _ in range(future.result()):
                            left -= 1
                            on_picture()
                        group = None if self.stopped() else next(queue, None)
                        if group is not None:
                            running.add(pool.submit(self._group, group))
                    self._journal.tick()
            except BaseException:
                self._stop.set()
                raise
        self.asked.open, self.asked.trouble = left, self._watch.trouble
        if waiting:
            self._end(
                f"{waiting} pictures are in batches that have not ended; run again later to take them in"
            )

    def _in_batches(self, looks: Sequence[PictureToRead]) -> tuple[Sequence[PictureToRead], int]:
        """Make what calls can be made in batches; return what is to be asked alone, and how many pictures wait."""
        if batch_api(self._labeler) is None:
            return looks, 0
        labeler, journal = self._labeler, self._journal
        done: set[PictureToRead] = set()

        def take(
            group: Sequence[PictureToRead],
            sight: Sight,
            number: int,
            asked_at: datetime,
            settle: Settle | None,
        ) -> None:
            images, attributes = [look.sha256 for look in group], group[0].attributes
            call = call_id(journal.labeler, images, attributes)
            self._numbers[call] = number + 1
            answer = without_keys(sight.answer)
            costs = self._costs(answer, len(images), asked_at.date())
            attempt = self._attempt(call, number, images, attributes, answer, costs, sight.refused)
            attempt = attempt.model_copy(update={"requested_at": asked_at, "answered_at": utc_now()})
            readings = dict(zip(images, sight.readings, strict=True)) if sight.readings else {}
            self._add(attempt, readings, stops=False)  # what came with it is taken in all the same
            if settle is not None:
                settle(Paid(answer.outcome, costs["cost_usd"], costs["cost_basis"], asked_at), answer)
            if answer.outcome is Outcome.OK or (answer.outcome in FINAL and len(group) == 1):
                done.update(group)

        groups = {
            call_id(journal.labeler, [look.sha256 for look in group], group[0].attributes): group
            for group in grouped(looks, labeler.entry.images_per_request)
        }
        desk = labels_desk(
            labeler, journal, groups, self._numbers, self._asking.money, take, self._stop, self.stopped
        )
        api = LookBatches(cast(BatchLabeler, labeler), groups, self._load)
        with waits_end_with(self.stopped):
            waiting = advance(desk, api, patience=self._asking.patience, size=LABEL_BATCH_CALLS)
        if self._watch.why:
            self._end(self._watch.why)
        held = {look for call in waiting for look in groups.get(call, ())}
        return [look for look in looks if look not in done and look not in held], len(held)

    def _group(self, group: Sequence[PictureToRead]) -> int:
        """Ask about a group; return how many of its pictures are done with: answered, or declined for good."""
        shown: dict[PictureToRead, ShownPicture] = {}
        for look in group:
            try:
                shown[look] = prepare(self._load(look), self._labeler.preparation)
            except UnreadableError as error:
                self._unreadable(look, str(error))
        return len(group) - len(shown) + self._settled(shown)

    def _settled(self, shown: Mapping[PictureToRead, ShownPicture]) -> int:
        outcome = self._ask(shown) if shown else None
        if outcome in FINAL and len(shown) > 1:  # which of them was meant is not known
            return sum(self._settled({look: picture}) for look, picture in shown.items())
        return len(shown) if outcome is Outcome.OK or outcome in FINAL else 0

    def _ask(self, shown: Mapping[PictureToRead, ShownPicture]) -> Outcome | None:
        """Make one call with its retries; return its last outcome, or None if the run ended before it."""
        if self.stopped():
            return None
        try:
            return with_retry(
                lambda: self._try(shown),
                self._asking.retry,
                sleep=lambda seconds: pause(seconds, self._stop),
                stopped=self.stopped,
            ).outcome
        except NotNowError as ended:
            if ended.why:
                self._end(ended.why)
            return None

    def _try(self, shown: Mapping[PictureToRead, ShownPicture]) -> Tried:
        looks = [*shown]
        images, attributes = [look.sha256 for look in looks], looks[0].attributes
        call = call_id(self._journal.labeler, images, attributes)
        with self._lock:
            number = self._numbers.get(call, 1)
            self._numbers[call] = number + 1
        sights: list[Sight] = []

        def ask() -> Answer:
            sights.append(self._labeler.look([*shown.values()], attributes))
            return sights[-1].answer

        def keep(answer: Answer, timing: Timing | None, costs: CostFields) -> LabelAttempt:
            sight = sights[-1] if sights else Sight(answer)
            attempt = self._attempt(call, number, images, attributes, answer, costs, sight.refused)
            attempt = attempt.model_copy(update=vars(timing) if timing else {"requested_at": utc_now()})
            self._add(attempt, dict(zip(images, sight.readings, strict=True)) if sight.readings else {})
            return attempt

        def intend() -> None:
            self._journal.intend(call, number, images, attributes)

        one = call_of(self._labeler.name, self._journal.scope.path, call, number)
        answer, _ = self._caller.call(
            one,
            ask,
            keep,
            cost=lambda answer, day: self._costs(answer, len(images), day),
            intend=intend if is_paid(self._labeler.entry) else None,
        )
        # The picture's fault, or the server's; not now. A labeler of which nothing was read yet is asked about another.
        settled = GROUPS[answer.outcome] == "bad_data" or (
            answer.error_code in UNREADABLE and not self._watch.readable
        )
        return Tried(answer.outcome, settled=settled, hint_s=answer.retry_after_s)

    def _unreadable(self, look: PictureToRead, why: str) -> None:
        call = call_id(self._journal.labeler, [look.sha256], look.attributes)
        number = self._numbers.get(call, 1)
        answer = Answer(outcome=Outcome.CORRUPT_IMAGE, error_message=why)
        costs = self._costs(answer, 1, utc_now().date())
        self._add(self._attempt(call, number, [look.sha256], look.attributes, answer, costs))

    def _attempt(
        self,
        call: str,
        number: int,
        images: Sequence[str],
        attributes: Sequence[str],
        answer: Answer,
        costs: CostFields,
        refused: Sequence[str] = (),
    ) -> LabelAttempt:
        labeler, scope = self._labeler, self._journal.scope
        common = answer.model_dump(include=_OF_ANSWER)
        return LabelAttempt(
            week=scope.week,
            model=scope.model,
            labeler=labeler.name,
            labeler_version=labeler.version,
            call=call,
            attempt=number,
            endpoint=labeler.endpoint,
            model_requested=labeler.entry.model_id,
            images=tuple(images),
            attributes=tuple(attributes),
            refused=tuple(refused),
            adapter_version=labeler.adapter_version,
            sdk_version=labeler.sdk_version,
            **common,
            **costs,
        )

    def _costs(self, answer: Answer, pictures: int, day: date) -> CostFields:
        entry, ledger = self._labeler.entry, self._asking.ledger
        return cost_fields(entry, answer, pictures=pictures, day=day, ledger=ledger)

    def _add(
        self,
        attempt: LabelAttempt,
        readings: Mapping[str, Mapping[str, Reading]] | None = None,
        *,
        stops: bool = True,
    ) -> None:
        self._journal.add(attempt, readings)
        with self._lock:
            self._watch.see(attempt)
            asked = self.asked
            asked.calls += GROUPS[attempt.outcome] != "policy"
            asked.cost_usd += attempt.cost_usd or 0.0
            asked.answered += len(readings or {})
            asked.declined += len({sha256 for sha256, _ in declined([attempt])})
        if GROUPS[attempt.outcome] == "stop" or attempt.outcome is Outcome.BUDGET_STOPPED:
            self._end(describe(attempt))
        elif self._watch.why and stops:
            self._end(self._watch.why)

    def _end(self, why: str) -> None:
        with self._lock:
            self.asked.stopped_by = self.asked.stopped_by or why
        self._stop.set()


_OF_ANSWER = {*Answer.model_fields} & {*LabelAttempt.model_fields} - {"cost_usd", "cost_basis"}
