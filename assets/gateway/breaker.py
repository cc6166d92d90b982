"""A circuit breaker, one a provider: while a service is down, calls wait instead of using up their tries.

It is closed, open, or half-open: while it is open, one call at a time tries whether the service is back (half-open),
and after each that fails the next waits longer.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

from assets.gateway.admission import NotNowError, Settle, pause
from assets.gateway.records import UNREADABLE, Answer, Call, Outcome, Paid

#: What says that a service does not work. Every other answer came from a service that does.
DOWN = frozenset({Outcome.CONNECTION, Outcome.TIMEOUT, Outcome.SERVER_ERROR})


class Breaker:
    """An admission that holds calls back while a service is down, for all threads of this process.

    `failures` answers in a row of `DOWN` open it. One call is let through after `first_s`, and again after twice as
    long, up to `most_s`; one that is answered closes it. A service that stays away for `patience_s` ends the run.
    """

    def __init__(
        self,
        name: str,
        *,
        failures: int = 6,
        first_s: float = 5.0,
        most_s: float = 60.0,
        patience_s: float = 900.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name, self._clock, self._failures = name, clock, failures
        self._first_s, self._most_s, self._patience_s = first_s, most_s, patience_s
        self._lock = threading.Lock()
        self._changed = threading.Event()  # replaced, not cleared: nobody misses a change
        self.state: Literal["closed", "open", "half-open"] = "closed"
        self._failed = 0  # in a row, while closed
        self._down_since = 0.0
        self._tries = 0
        self._next_try = 0.0
        self._why = ""

    @contextmanager
    def __call__(self, call: Call) -> Iterator[Settle]:
        """Admit a call; see `Admission`."""
        trying = self._wait()
        told = False

        def settle(record: Paid, answer: Answer) -> None:
            nonlocal told
            told = True
            self._learn(answer, trying=trying)

        try:
            yield settle
        finally:
            if trying and not told:
                self._give_back()

    def _wait(self) -> bool:
        """Return when the call may be made, and whether it is the one that tries."""
        while True:
            with self._lock:
                now, changed = self._clock(), self._changed
                if self.state == "closed":
                    return False
                if self.state == "open" and now >= self._next_try:
                    self.state = "half-open"
                    return True
                if now - self._down_since >= self._patience_s:
                    raise NotNowError(self._gone(now))
                due = self._down_since + self._patience_s
                left = (min(due, self._next_try) if self.state == "open" else due) - now
            pause(left, changed)

    def _learn(self, answer: Answer, *, trying: bool) -> None:
        with self._lock:
            if not _is_down(answer):
                self._failed = 0
                if self.state != "closed":  # also by a call that was made before: the service works
                    self.state = "closed"
                    self._wake()
                return
            self._why = f"{answer.outcome}: {answer.error_message or answer.error_code or 'no reason given'}"
            if self.state == "closed":
                self._failed += 1
                if self._failed >= self._failures:
                    self._down_since, self._tries = self._clock(), 0
                    self._open()
            elif trying and self.state == "half-open":
                self._open()

    def _open(self) -> None:
        self.state, self._failed = "open", 0
        self._next_try = self._clock() + min(self._most_s, self._first_s * 2.0**self._tries)
        self._tries += 1
        self._wake()

    def _give_back(self) -> None:
        """Let another call try: this one was not made, or nobody knows how it ended."""
        with self._lock:
            if self.state == "half-open":
                self.state = "open"
                self._wake()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = threading.Event()

    def _gone(self, now: float) -> str:
        minutes = math.ceil((now - self._down_since) / 60)
        return (
            f"{self._name} has not answered for {minutes} minutes ({self._why}); "
            "the slots stay open, run again when it is back"
        )


def _is_down(answer: Answer) -> bool:
    """Return whether an answer says that the service is down.

    An unknown error about what was asked (4xx) does not, nor does an answer that came and cannot be read.
    """
    asked_wrong = answer.unmapped and answer.http_status is not None and 400 <= answer.http_status < 500
    return answer.outcome in DOWN and not asked_wrong and answer.error_code not in UNREADABLE
