"""Letting calls through: what pace, breaker and budget have in common, and how they stand one behind the other."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from contextvars import ContextVar
from typing import Protocol

from assets.gateway.records import Answer, Call, Outcome, Paid

#: Given what an admitted call cost, and the answer as it came (headers about limits are only there).
Settle = Callable[[Paid, Answer], None]

_LOOK_S = 0.5  # how often a wait looks whether the run has ended
_ended: ContextVar[Callable[[], bool]] = ContextVar("ended", default=lambda: False)


class Admission(Protocol):
    """Lets a call through when pace and money allow, and hears what became of it.

    Used as `with admission(call) as settle: … settle(record, answer)`. It may wait (with `pause`), or raise one of
    the two refusals. A block that ends without `settle` made a call of which nothing is known, or none.
    """

    def __call__(self, call: Call) -> AbstractContextManager[Settle]:
        """Return the context of one call."""


class NotAdmittedError(Exception):
    """The call is not made and leaves a receipt with `outcome` (a cap is reached)."""

    def __init__(self, outcome: Outcome, why: str) -> None:
        super().__init__(why)
        self.outcome = outcome


class NotNowError(Exception):
    """The call is not made and leaves nothing: its slot stays open, and the run ends with `why` as its line.

    An empty `why` says that the run is ending already.
    """

    def __init__(self, why: str = "") -> None:
        super().__init__(why)
        self.why = why


class AfterFirstError(NotNowError):
    """The call is not made now: what the first one at its price costs is to be known before."""


@contextmanager
def free_admission(call: Call) -> Iterator[Settle]:
    """Admit every call at once: for providers that cost nothing and have no rate limit."""
    yield lambda record, answer: None


def stack(*admissions: Admission) -> Admission:
    """Return an admission that enters all of them from left to right; each settles, the last first."""

    @contextmanager
    def admit(call: Call) -> Iterator[Settle]:
        with ExitStack() as entered:
            settles = [entered.enter_context(admission(call)) for admission in admissions]

            def settle(record: Paid, answer: Answer) -> None:
                for one in reversed(settles):
                    one(record, answer)

            yield settle

    return admit


@contextmanager
def waits_end_with(ended: Callable[[], bool]) -> Iterator[None]:
    """Let every `pause` of this thread within the block end as soon as `ended` returns true."""
    token = _ended.set(ended)
    try:
        yield
    finally:
        _ended.reset(token)


def pause(seconds: float, wake: threading.Event | None = None) -> None:
    """Wait so long, or until `wake` is set; `NotNowError` as soon as the run that this thread works for has ended."""
    ended, until = _ended.get(), time.monotonic() + seconds
    while True:
        if ended():
            raise NotNowError
        left = until - time.monotonic()
        if left <= 0 or (wake is not None and wake.is_set()):
            return
        if wake is None:
            time.sleep(min(left, _LOOK_S))
        else:
            wake.wait(min(left, _LOOK_S))
