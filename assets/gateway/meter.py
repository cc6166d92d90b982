"""What a client knows of a service's limit of requests, and when the next call may begin.

Services count in two ways. A bucket lets a call through for every token, and tokens come back at a steady rate. A
window lets so many calls through in a span of time, and then none until the span has passed. Which of the two it is,
and how much it lets through, is seen from what it refuses: after a refusal one call is tried, and another; a bucket
lets them through, a window does not. Headers say it at once, where there are any.

A plain token bucket takes 1.10 to 1.43 times the limit's own time against silent windows (`test_meter`), this meter at
most 1.02 times, with at most 0.7 % refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile

from assets.gateway.records import RateLimit

SPAN_S = 60.0  # what services count in, unless their headers say otherwise
_MARGIN_S = 0.5  # calls may change places on their way: a window is taken to be this much longer
#: Growth of a rate a call: at first, after a large cut, after a small one.
_FAST, _BACK, _GENTLE = 0.005, 0.002, 0.0001
_DOUBLE = 0.7  # a rate is at most about doubled in a minute
_SMALL_CUT, _LARGE_CUT = 0.97, 0.8  # of a rate: when the last refusal was long ago, and when it was just now
_FEW = 20  # fewer calls than these between two refusals say nothing about a rate
_FIRST_HOLD_S, _MOST_HOLD_S = 0.4, 15.0  # between two tries of a service that does not say when to come back
_SCOUT_S = 0.1  # the least that others wait for the first call after a hold
_LONG_HOLD_S = 5.0  # a service that asks for longer than this counts in windows
_STRIKES = 2  # so many tries in a row that are refused: it counts in windows
_SOME = 0.2  # less than this part of what was believed is no measure of a window
#: Headers that name one and the same end (of a window) or rate (of a bucket) for so long are believed.
_SEEN_S = 2.0


@dataclass(frozen=True)
class Ticket:
    """One call: its number, when it began, and whether others had to wait before it."""

    number: int
    sent_at: float
    waited: bool


class Meter:
    """What is known; times are seconds of one clock."""

    def __init__(self, per_minute: float) -> None:
        self.windowed = False
        self.rate = per_minute / 60.0  # of a bucket, a second
        self.burst = max(1.0, self.rate * SPAN_S)  # tokens that a bucket holds
        self.limit = self.burst  # calls of a window
        self.hold_until = float("-inf")
        self._level, self._level_at = self.burst, float("-inf")
        #: Calls of the last span that were not refused: number → when they began.
        self._log: dict[int, float] = {}
        self._number = 0
        self._began: float | None = None
        self._waited = False
        self._growth = _FAST
        self._strikes = 0
        self._scout_s = 0.0
        self._held_number = 0  # the last call before the present hold
        self._refused_at: float | None = None
        self._opens_at = float("inf")  # when a window begins anew, if the service said so
        self._probe_number, self._probe_step, self._probe_every, self._filled = 0, 1, 1, 0  # of a window
        self._header_number = 0
        self._header_limit: float | None = None  # of a window
        self._left: float | None = None  # of a window, by the last header
        self._resets_at = float("-inf")
        self._whole_at_reset = True  # not so in a window that slides
        self._forgot: dict[int, float] = {}
        self._forgot_at = float("-inf")
        #: (when, end, used) as headers first named them.
        self._end_seen: tuple[float, float, float] | None = None
        self._rate_seen: tuple[float, float] | None = None  # (when, rate) as headers first named them
        self._header_rate: float | None = None  # of a bucket, if headers name it

    def wait_s(self, now: float) -> float:
        """Return the seconds until the next call may begin, 0 if it may begin now."""
        own = self._window_wait_s(now) if self.windowed else self._bucket_wait_s(now)
        wait = max(0.0, self.hold_until - now, own)
        self._waited = self._waited or wait > 0
        return wait

    def opens_at(self, now: float) -> float:
        """Return when the service itself says that it lets calls through again; `now` if it says nothing."""
        closed = self.windowed and self._left is not None and self._left < 1.0
        return max(now, self.hold_until, self._resets_at if closed else now)

    def take(self, now: float) -> Ticket:
        """Count a call that begins now."""
        self._number += 1
        self._began = now if self._began is None else self._began
        if self.windowed:
            self._prune(now)
            full = len(self._log) + 1 - int(self.limit)
            if full == 0:
                self._filled += 1
            elif full > 0:
                self._filled, self._probe_number = 0, self._number
        if self._left is not None:
            self._left -= 1.0
        self._refill(now)
        self._level -= 1.0
        self._log[self._number] = now
        if self._number == self._held_number + 1:  # a scout: the others wait until it could have been refused
            self.hold_until = max(self.hold_until, now + self._scout_s)
        ticket = Ticket(self._number, now, self._waited)
        self._waited = False
        return ticket

    def accepted(self, ticket: Ticket, now: float, header: RateLimit | None = None) -> None:
        """Learn from a call that was let through."""
        known = header is not None and self._read(ticket, now, header)
        if ticket.number > self._held_number:
            self._strikes = 0
        if self.windowed:
            if ticket.number == self._probe_number:
                self.limit += self._probe_step
                self._probe_step, self._probe_number = self._probe_step * 2, 0
                if self._probe_step > 4:  # three in a row: there is more to be had than its edge
                    self._probe_every = 0
        elif ticket.waited and not known:
            calm_min = 0.0 if self._refused_at is None else (now - self._refused_at) / 60.0
            most = min(_FAST, _DOUBLE / (self.rate * 60.0))
            self.rate *= 1.0 + min(most, self._growth * 2.0 ** min(calm_min, 10.0))

    def refused(
        self, ticket: Ticket, now: float, retry_after_s: float | None = None, header: RateLimit | None = None
    ) -> None:
        """Learn from a call that was refused as one too many; all others wait."""
        self._log.pop(ticket.number, None)
        if header is not None:
            self._read(ticket, now, header)
        if ticket.number == self._probe_number:
            self._probe_less()
            return
        if ticket.number <= self._held_number:  # it began before the others were asked to wait
            if self.windowed:
                self._narrow_window(ticket)
            return
        trip_s = now - ticket.sent_at  # what began less than that before this one may be refused as well
        passed = [
            at
            for n, at in self._log.items()
            if self._held_number < n < ticket.number and at < ticket.sent_at - trip_s
        ]
        self._held_number = self._number
        self._strikes = 0 if passed or self._refused_at is None else self._strikes + 1
        closed = self._strikes >= _STRIKES if retry_after_s is None else retry_after_s > _LONG_HOLD_S
        if self.windowed or closed:
            self._narrow_window(ticket)
            self._probe_less()
        else:
            self._slow_down(passed, now)
        hold_s = retry_after_s
        if hold_s is None:
            hold_s = min(_MOST_HOLD_S, max(_FIRST_HOLD_S, 2.0 / self.rate) * 2.0**self._strikes)
        self.hold_until = max(self.hold_until, now + hold_s)
        self._refused_at = now
        self._scout_s = min(1.0, max(_SCOUT_S, 2.0 * trip_s))
        self._level, self._level_at = 1.0, self.hold_until  # one is tried, the next ones come at the rate
        opens_in = next(iter(self._log.values()), now) + SPAN_S - now
        self._opens_at = float("inf")
        if self.windowed and retry_after_s is not None and retry_after_s < opens_in - 2.0:
            self._opens_at = self.hold_until  # before our own count says so: it began before us

    def hold(self, until: float) -> None:
        """Let no call begin before `until`: the service asked for it, and it was not about a limit."""
        self.hold_until = max(self.hold_until, until)

    def _probe_less(self) -> None:
        self._probe_step, self._probe_every, self._probe_number = 1, max(1, self._probe_every * 2), 0

    def _slow_down(self, passed: list[float], now: float) -> None:
        """Correct a bucket: it was emptier than we thought, or fills more slowly."""
        self._refill(now)
        if self._level > 1.0:
            self.burst = max(1.0, self.burst - self._level)
        if self._refused_at is None:
            return  # it was full when we began; how fast it fills is still to be seen
        if len(passed) >= _FEW:
            self.rate = min(self.rate, len(passed) / (now - self._refused_at)) * _SMALL_CUT
            self._growth = _GENTLE
        else:
            self.rate *= _LARGE_CUT
            self._growth = _BACK

    def _narrow_window(self, ticket: Ticket) -> None:
        """Correct a window: it lets through what it let through in the span before the call that was refused."""
        begun = ticket.sent_at - SPAN_S
        passed = sum(at > begun for n, at in self._log.items() if n <= self._held_number)
        if self._forgot and self._forgot_at <= ticket.sent_at:  # it was not whole again: the window slides
            self._whole_at_reset = False
            self._log = {**self._forgot, **self._log}
            self._forgot = {}
        if self._began is not None and begun < self._began and passed < _SOME * self.limit:
            # It was used up before we came: how much it lets through is still to be seen.
            passed = int(self.limit)
        if self._header_limit is None:
            self.limit = max(1.0, min(self.limit, passed) if self.windowed else passed)
        self.windowed = True

    def _bucket_wait_s(self, now: float) -> float:
        self._refill(now)
        return (1.0 - self._level) / self.rate if self._level < 1.0 - 1e-9 else 0.0

    def _window_wait_s(self, now: float) -> float:
        if self._left is not None and now >= self._resets_at:
            self._left = None
            self._begin_anew(now)
        if now >= self._opens_at:
            self._opens_at = float("inf")
            self._begin_anew(now)
        if self._left is not None and self._left < 1.0:
            return self._resets_at - now
        self._prune(now)
        probing = self._filled >= self._probe_every and self._resets_at < now - 2 * SPAN_S
        if len(self._log) < int(self.limit) + probing:
            return 0.0
        opens_at = min(self._opens_at, next(iter(self._log.values())) + SPAN_S + _MARGIN_S)
        if self._left is not None and self._whole_at_reset:
            opens_at = min(opens_at, self._resets_at)
        return opens_at - now

    def _refill(self, now: float) -> None:
        if self._level_at > float("-inf"):
            self._level = min(self.burst, self._level + max(0.0, now - self._level_at) * self.rate)
        self._level_at = max(now, self._level_at)

    def _begin_anew(self, now: float) -> None:
        """Take a window to be whole again, and keep what was counted in case it is not."""
        if self._whole_at_reset:
            self._forgot, self._forgot_at, self._log = {**self._forgot, **self._log}, now, {}

    def _prune(self, now: float) -> None:
        if self._forgot and now > self._forgot_at + SPAN_S:
            self._forgot = {}
        while self._log:
            number = next(iter(self._log))
            if self._log[number] > now - SPAN_S - _MARGIN_S:
                break
            del self._log[number]

    def _read(self, ticket: Ticket, now: float, header: RateLimit) -> bool:
        """Take over what headers say; return whether they name the rate."""
        if header.remaining is None or ticket.number < self._header_number:
            return self._header_rate is not None
        self._header_number = ticket.number
        left = header.remaining - sum(1 for _ in takewhile(ticket.number.__lt__, reversed(self._log)))
        if header.reset_s is not None and header.limit:
            self._tell_kinds_apart(ticket, header.limit, header.remaining, header.reset_s)
        if self.windowed:
            self.limit = self._header_limit = header.limit or self.limit
            if header.reset_s is not None:
                self._left, self._resets_at = left, ticket.sent_at + header.reset_s + _MARGIN_S / 2
        else:
            self._refill(now)
            self.burst = max(1.0, header.limit or self.burst)
            # One is left where it is: calls that change places on their way must not find the bucket empty.
            spare = 1.0 if self.burst > 4.0 else 0.0
            self._level = min(self.burst, left + (now - ticket.sent_at) * self.rate) - spare
        return self._header_rate is not None

    def _tell_kinds_apart(self, ticket: Ticket, limit: float, remaining: float, reset_s: float) -> None:
        """A window's end stays where it is; a bucket's lies the further away the more of it was used."""
        end, used = ticket.sent_at + reset_s, limit - remaining
        if self._end_seen is None or abs(end - self._end_seen[1]) > 1.0 or used < self._end_seen[2]:
            self._end_seen = (ticket.sent_at, end, used)
        elif ticket.sent_at - self._end_seen[0] > _SEEN_S and used > self._end_seen[2]:
            self.windowed, self._header_rate = True, None
        if self.windowed or used < 5 or reset_s < 0.5:
            return
        rate = used / reset_s
        if self._rate_seen is None or abs(rate / self._rate_seen[1] - 1.0) > 0.1:
            self._rate_seen = (ticket.sent_at, rate)
        elif ticket.sent_at - self._rate_seen[0] > _SEEN_S and self._end_seen[0] > self._rate_seen[0]:
            self.rate, self.burst, self._header_rate = rate, limit, rate
