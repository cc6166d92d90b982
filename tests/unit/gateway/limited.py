"""Services with a limit, and clients with a clock of their own: minutes pass in milliseconds.

Belongs here: servers that count in each of the usual ways, and a simulation of a run against one. Does not belong here:
what is asserted (`test_meter`).
"""

from __future__ import annotations

import heapq
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from assets.gateway.meter import Meter
from assets.gateway.records import RateLimit


@dataclass
class Bucket:
    """`size` tokens at first, `per_minute` more a minute."""

    per_minute: float
    size: float
    level: float = field(init=False)
    at: float = 0.0

    def __post_init__(self) -> None:
        self.level = self.size

    def _refill(self, now: float) -> None:
        self.level = min(self.size, self.level + (now - self.at) * self.per_minute / 60)
        self.at = now

    def opens_at(self, now: float) -> float:
        self._refill(now)
        return now + max(0.0, 1.0 - self.level + 1e-9) * 60 / self.per_minute if self.level < 1 else now

    def admit(self, now: float) -> bool:
        self._refill(now)
        if self.level < 1:
            return False
        self.level -= 1
        return True

    def header(self, now: float) -> RateLimit:
        self._refill(now)
        return RateLimit(
            limit=self.size,
            remaining=float(int(self.level)),
            reset_s=(self.size - self.level) * 60 / self.per_minute,
        )


@dataclass
class FixedWindow:
    """`limit` requests in each minute; the first ends after `first_s`."""

    limit: int
    first_s: float = 60.0
    number: int = -1
    used: int = 0

    def _window(self, now: float) -> int:
        return int((now - self.first_s) // 60) + 1

    def _end(self, now: float) -> float:
        return self.first_s + 60 * self._window(now)

    def _look(self, now: float) -> None:
        if self._window(now) != self.number:
            self.number, self.used = self._window(now), 0

    def opens_at(self, now: float) -> float:
        self._look(now)
        return now if self.used < self.limit else self._end(now)

    def admit(self, now: float) -> bool:
        self._look(now)
        if self.used >= self.limit:
            return False
        self.used += 1
        return True

    def header(self, now: float) -> RateLimit:
        self._look(now)
        return RateLimit(limit=self.limit, remaining=self.limit - self.used, reset_s=self._end(now) - now)


@dataclass
class SlidingWindow:
    """`limit` requests in any minute."""

    limit: int
    log: deque[float] = field(default_factory=deque)

    def _prune(self, now: float) -> None:
        while self.log and self.log[0] <= now - 60:
            self.log.popleft()

    def opens_at(self, now: float) -> float:
        self._prune(now)
        return now if len(self.log) < self.limit else self.log[0] + 60

    def admit(self, now: float) -> bool:
        self._prune(now)
        if len(self.log) >= self.limit:
            return False
        self.log.append(now)
        return True

    def header(self, now: float) -> RateLimit:
        self._prune(now)
        reset = self.log[0] + 60 - now if self.log else 0.0
        return RateLimit(limit=self.limit, remaining=self.limit - len(self.log), reset_s=reset)


#: Counts requests; `opens_at` is the first moment from `now` on at which it lets one through.
Server = Bucket | FixedWindow | SlidingWindow


@dataclass
class Result:
    """Seconds until the last answer, and what was refused; `late` counts refusals after the first minute."""

    seconds: float
    asked: int
    refused: int
    late: int
    asked_late: int
    lost: int
    most_tries: int


def simulate(
    server: Server,
    slots: int,
    *,
    meter: Meter | None,
    workers: int = 32,
    latency_s: float = 2.0,
    headers: bool = False,
    retry_after: Callable[[float], float] | None = None,
    seed: int = 0,
) -> Result:
    """Ask for `slots` pictures; without a meter the client knows the server's mind (the limit's own time)."""
    chance = random.Random(seed)
    waiting: list[tuple[float, int]] = [(0.0, n) for n in range(slots)]
    tries = [0] * slots
    events: list[tuple[float, int, Callable[[], None]]] = []
    free, now, last, count = workers, 0.0, 0.0, 0
    wakes_at = -1.0
    refused = late = asked_late = asked = lost = 0

    def at(when: float, what: Callable[[], None]) -> None:
        nonlocal count
        count += 1
        heapq.heappush(events, (when, count, what))

    def send(slot: int) -> None:
        nonlocal free, asked, asked_late, refused, late
        free -= 1
        asked += 1
        asked_late += now > 61
        tries[slot] += 1
        ticket = meter.take(now) if meter else None
        travel = chance.uniform(0.005, 0.03) if meter else 0.0

        def arrive() -> None:
            nonlocal refused, late
            passed = server.admit(now)
            header = server.header(now) if headers else None
            wait = retry_after(server.opens_at(now) - now) if retry_after and not passed else None
            refused += not passed
            late += not passed and now > 61
            if passed:
                at(now + latency_s * chance.uniform(0.9, 1.1), lambda: answered(header))
            else:
                at(now + travel, lambda: turned_away(wait, header))

        def answered(header: RateLimit | None) -> None:
            nonlocal free, last
            free += 1
            last = now
            if meter and ticket:
                meter.accepted(ticket, now, header)

        def turned_away(wait: float | None, header: RateLimit | None) -> None:
            nonlocal free, lost
            free += 1
            if meter and ticket:
                meter.refused(ticket, now, wait, header)
            if tries[slot] >= 12:
                lost += 1
                return
            own = chance.uniform(0, min(60.0, 2.0 ** min(tries[slot], 6)))
            heapq.heappush(waiting, (now + (own if wait is None else wait), slot))

        if meter:
            at(now + travel, arrive)
        else:  # counted at once, so that it knows the server's mind
            arrive()

    while True:
        while free and waiting and waiting[0][0] <= now:
            wait = meter.wait_s(now) if meter else server.opens_at(now) - now
            if wait > 0:
                if wakes_at <= now or now + wait < wakes_at - 1e-3:
                    wakes_at = now + wait + 1e-6
                    at(wakes_at, lambda: None)
                break
            send(heapq.heappop(waiting)[1])
        if not events:
            if not waiting:
                break
            at(waiting[0][0], lambda: None)
        now, _, what = heapq.heappop(events)
        what()
    return Result(last, asked, refused, late, asked_late, lost, max(tries))
