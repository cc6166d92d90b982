"""Pacing calls, one pace a service and model: as fast as the service lets through, and no faster.

Kept libraries of limiting keep to a limit that is known (pyrate-limiter, limits, aiolimiter); none learns a limit from
refusals and headers, so the learning is ours (`meter`).
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from assets.gateway.admission import NotNowError, Settle, pause
from assets.gateway.meter import Meter, Ticket
from assets.gateway.records import GROUPS, Answer, Call, Outcome, Paid

_PATIENCE_S = 900.0


class Pace:
    """An admission that spaces calls, for all threads of this process.

    `requests_per_minute` is where it begins; refusals and headers of rate limits correct it, and it tries for more now
    and then. A service that asks to come back after more than 15 minutes, or refuses every call for so long, ends the
    run.
    """

    def __init__(
        self, name: str, requests_per_minute: float, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._name, self._clock = name, clock
        self._meter = Meter(requests_per_minute)
        self._turn = threading.Lock()  # held by the one thread that waits; the others wait for it
        self._lock = threading.Lock()  # of the meter
        self._changed = threading.Event()  # replaced, not cleared: nobody misses a change
        self._refused_since: float | None = None

    @contextmanager
    def __call__(self, call: Call) -> Iterator[Settle]:
        """Admit a call when it is its turn; see `Admission`."""
        ticket = self._wait()

        def settle(record: Paid, answer: Answer) -> None:
            self._learn(ticket, answer)

        yield settle

    def _wait(self) -> Ticket:
        with self._turn:
            while True:
                pause(0)  # whoever waited for this turn may belong to a run that has ended
                with self._lock:
                    now, changed = self._clock(), self._changed
                    wait_s = self._meter.wait_s(now)
                    if wait_s <= 0:
                        return self._meter.take(now)
                    self._keep_patience(now)
                pause(wait_s, changed)

    def _keep_patience(self, now: float) -> None:
        asked_s = self._meter.opens_at(now) - now
        if asked_s > _PATIENCE_S:
            raise NotNowError(
                f"{self._name} asks to come back in {math.ceil(asked_s / 60)} minutes; "
                "the slots stay open, run again then"
            )
        if self._refused_since is not None and now - self._refused_since > _PATIENCE_S:
            minutes, self._refused_since = math.ceil((now - self._refused_since) / 60), None
            raise NotNowError(
                f"{self._name} has refused every call for {minutes} minutes as one too many; the slots stay open, "
                "run again later or lower requests_per_minute"
            )

    def _learn(self, ticket: Ticket, answer: Answer) -> None:
        with self._lock:
            now = self._clock()
            if answer.outcome is Outcome.RATE_LIMITED:
                self._meter.refused(ticket, now, answer.retry_after_s, answer.rate)
                self._refused_since = now if self._refused_since is None else self._refused_since
            elif answer.retry_after_s is not None:
                self._meter.hold(now + answer.retry_after_s)
            elif GROUPS[answer.outcome] in {"success", "answer", "bad_data"}:
                self._meter.accepted(ticket, now, answer.rate)
                self._refused_since = None
            self._changed.set()
            self._changed = threading.Event()
