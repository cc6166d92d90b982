"""What is wrong in a partition, from its receipts: stops, calls that may have been billed, unknown answers."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from assets.gateway.breaker import DOWN
from assets.gateway.money.costs import WRONG_ABOVE
from assets.gateway.receipts import Attempts, PartitionAttempts, Receipt
from assets.gateway.records import GROUPS, Outcome

#: A price is called wrong when calls cost so much less than it expects, or `WRONG_ABOVE`, judged by so many calls.
WRONG_BELOW, JUDGED_BY = 0.8, 5

#: Why a call may have been billed that left no receipt; while its run is on, it is in flight.
NO_RECEIPT = "no receipt"


@dataclass(frozen=True)
class MaybeBilled:
    """A call whose answer was lost or did not come whole; `usd` is what it counts for, None if not known yet.

    Without a receipt the call is in flight while a run holds the partition, and lost otherwise. `slot` says what became
    of its slot: the outcome that settled it, or that it is asked again.
    """

    slot_key: str
    attempt: int
    why: str
    at: datetime | None
    usd: float | None
    slot: str


@dataclass(frozen=True)
class CostRatio:
    """What calls cost, divided by what their price expected: the median over `n` pictures at the newest price alone."""

    ratio: float
    n: int
    price_id: str | None = None

    @property
    def wrong(self) -> bool:
        """Return whether the price table should be looked at."""
        return self.n >= JUDGED_BY and not WRONG_BELOW <= self.ratio <= WRONG_ABOVE

    def line(self) -> str:
        """Return in one line what calls cost against the price table."""
        return (
            f"a picture costs {self.ratio:.2f} times what its price expects (median of {self.n} calls); "
            "correct its price in models.yaml"
        )


@dataclass(frozen=True)
class Trouble:
    """What is wrong in a partition; nothing by default.

    Attributes:
        stopped_by: the outcome and reason at which slots stand because the provider, or a cap, stopped the run.
        empty: how many answers held nothing, neither a picture nor words nor a reason.
        waiting: what the newest calls met, if it was a rate limit or a service that is down.
    """

    stopped_by: str | None = None
    unmapped: int = 0
    unmapped_line: str = ""
    maybe_billed: tuple[MaybeBilled, ...] = ()
    empty: int = 0
    waiting: str | None = None
    cost_ratio: CostRatio | None = None

    def lost(self, *, being_asked: bool) -> tuple[MaybeBilled, ...]:
        """Return the calls that may have been billed, but for those in flight of a run that holds the partition."""
        return tuple(call for call in self.maybe_billed if call.why != NO_RECEIPT or not being_asked)


def find_trouble(known: PartitionAttempts) -> Trouble:
    """Return what is wrong in a partition."""
    receipts = known.receipts
    unmapped = sorted((receipt for receipt in receipts if receipt.unmapped), key=_moment)
    return Trouble(
        stopped_by=_stopped_by(known),
        unmapped=len(unmapped),
        unmapped_line=_first_line(unmapped[-1]) if unmapped else "",
        maybe_billed=maybe_billed(known),
        empty=sum(receipt.outcome is Outcome.EMPTY_ANSWER for receipt in receipts),
        waiting=_waiting(receipts),
        cost_ratio=cost_ratio(receipts),
    )


def maybe_billed(known: PartitionAttempts) -> tuple[MaybeBilled, ...]:
    """Return the calls that may have been billed without an answer: receipts that say so, and intents without one."""
    billed = []
    for receipt in known.receipts:
        if receipt.outcome is Outcome.UNKNOWN_CHARGE or receipt.cost_basis == "estimated":
            call = (receipt.slot_key, receipt.attempt, str(receipt.outcome), receipt.requested_at)
            billed.append(MaybeBilled(*call, receipt.cost_usd, _became(known.of(receipt.slot_key))))
    lost = [
        MaybeBilled(slot_key, number, NO_RECEIPT, None, None, _will_become(attempts))
        for slot_key, attempts in sorted(known.attempts.items())
        for number in attempts.lost
    ]
    return (*billed, *lost)


def _will_become(attempts: Attempts) -> str:
    """Return what becomes of a slot of whose last call nothing is recorded: the next run knows its model's setting."""
    became = _became(attempts)
    return became if attempts.settled else f"{became} unless lost_calls is close"


def _became(attempts: Attempts) -> str:
    last = attempts.last
    if last is None or not attempts.settled:
        return "its slot is asked again"
    if last.outcome is Outcome.UNKNOWN_CHARGE:
        return "its slot is closed"
    return f"its slot ended {last.outcome}"


def cost_ratio(receipts: Iterable[Receipt]) -> CostRatio | None:
    """Return what pictures cost against what the newest price expected, None if no call tells."""
    ratios: dict[str | None, list[float]] = {}
    price_id: str | None = None
    for receipt in sorted(receipts, key=_moment):
        tells = receipt.outcome is Outcome.OK and receipt.cost_basis in {"reported", "computed"}
        if tells and receipt.cost_usd is not None and receipt.expected_usd:
            price_id = receipt.price_id
            ratios.setdefault(price_id, []).append(receipt.cost_usd / receipt.expected_usd)
    charged = ratios.get(price_id, [])
    return CostRatio(statistics.median(charged), len(charged), price_id) if charged else None


def _stopped_by(known: PartitionAttempts) -> str | None:
    """Return what stopped the provider: the newest stop that a slot stands at, because it was not asked again since.

    Slots that were in flight beside it may be answered later than it; that says nothing about it. A cap that is reached
    is reported where the provider itself did not stop.
    """
    last = [receipt for attempts in known.attempts.values() if (receipt := attempts.last) is not None]
    stops = [receipt for receipt in last if GROUPS[receipt.outcome] == "stop"] or [
        receipt for receipt in last if receipt.outcome is Outcome.BUDGET_STOPPED
    ]
    if not stops:
        return None
    newest = max(stops, key=_moment)
    return f"{newest.outcome}: {newest.error_message or newest.error_code or 'no reason given'}"


def _waiting(receipts: Sequence[Receipt]) -> str | None:
    """Return what the newest calls met, if they ended in a row with a rate limit or a service that is down."""
    calls = sorted((receipt for receipt in receipts if receipt.answered_at is not None), key=_moment)
    row: list[Receipt] = []
    for receipt in reversed(calls):
        limited = _limited(receipt)
        if not (limited or receipt.outcome in DOWN) or (row and limited != _limited(row[0])):
            break
        row.append(receipt)
    if not row:
        return None
    since = row[-1].answered_at
    calls_made = f"{len(row)} call{'' if len(row) == 1 else 's'}"
    tries = f"{calls_made} since {since:%Y-%m-%d %H:%M} UTC" if since else calls_made
    if _limited(row[0]):
        return f"rate limited ({tries})"
    return f"the service does not answer ({tries}; {row[0].outcome}: {_first_line(row[0])})"


def _limited(receipt: Receipt) -> bool:
    return receipt.outcome is Outcome.RATE_LIMITED


def _moment(receipt: Receipt) -> str:
    return receipt.answered_at.isoformat() if receipt.answered_at else ""


def _first_line(receipt: Receipt) -> str:
    text = receipt.error_message or receipt.raw_body or receipt.error_code or "no reason given"
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return (lines[0] if lines else "an empty body")[:200]
