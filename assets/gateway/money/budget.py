"""Caps: money is set aside before a call and settled from its receipt; a call that would pass a cap is not made."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, Field

from assets.gateway.admission import Admission, AfterFirstError, NotAdmittedError, Settle, pause
from assets.gateway.money.charges import (
    ChargeSource,
    Lost,
    entry_scope,
    generation_charges,
    ledger_key,
    month_scope,
    week_scope,
    weeks_of_month,
    whose,
)
from assets.gateway.money.costs import Costs
from assets.gateway.money.ledger import FirstCallError, OverCapError, SpendingLedger
from assets.gateway.records import Answer, Call, Outcome, Paid
from warehouse.store import Store
from warehouse.weeks import shift, utc_now

#: So long a call waits for money that calls in flight may give back.
PATIENCE_S = 300.0
_LOOK_S, _SELDOM_S = 0.1, 1.0  # other processes wake nobody: a call that waits looks, more and more seldom
_DEAD_LOOK_S = 5.0
#: So many weeks before the one that is asked say what calls at a price cost, beside the weeks of the month.
LEARN_WEEKS = 4


class Caps(BaseModel):
    """Most dollars to be spent: in one run, for one week, in one calendar month (UTC). None: no cap."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    run_usd: float | None = Field(default=None, gt=0)
    week_usd: float | None = Field(default=None, gt=0)
    month_usd: float | None = Field(default=None, gt=0)


@dataclass(frozen=True)
class Budget:
    """The caps of an installation and the ledger that keeps to them."""

    ledger: SpendingLedger
    caps: Caps = field(default_factory=Caps)
    run_id: str = ""
    told: Callable[[str], None] = lambda line: None
    _mine: threading.local = field(default_factory=threading.local, repr=False)

    def scopes(
        self, week: str, name: str, cap_usd: float | None, *, kind: str = "model", day: dt.date | None = None
    ) -> dict[str, float | None]:
        """Return what a call of the entry `name` counts for, with each cap."""
        return {
            entry_scope(week, name, kind): cap_usd,
            week_scope(week): self.caps.week_usd,
            month_scope(day or utc_now().date()): self.caps.month_usd,
            f"run:{self.run_id}": self.caps.run_usd,
        }

    def admission(
        self,
        week: str,
        name: str,
        cap_usd: float | None,
        costs: Costs,
        *,
        fill: Callable[[], None],
        kind: str = "model",
    ) -> Admission:
        """Return the admission of the calls of one entry: its own cap, and those of run, week and month.

        Money is set aside while a call is in flight. The admission waits while other calls may give money back, and
        until the first call at a price is settled, unless this thread holds those calls itself. It raises
        `NotAdmittedError` (`budget_stopped`) where a cap would be passed, and `AfterFirstError` if this thread holds
        the first call at this price.
        """
        label = name if kind == "model" else f"{kind} {name}"

        @contextmanager
        def admit(call: Call) -> Iterator[Settle]:
            if not self.ledger.filled(f"{week}/"):
                fill()
            today = utc_now().date()
            who = whose(call.who, call.params, costs.price_id(today))
            scopes = self.scopes(week, name, cap_usd, kind=kind, day=today)
            key = ledger_key(week, call.key)
            settled = False

            def settle(paid: Paid, answer: Answer) -> None:
                nonlocal settled
                settled = True
                made_on = (paid.requested_at or utc_now()).date()
                settle_with = self.scopes(week, name, cap_usd, kind=kind, day=made_on)
                over = self.ledger.settle(key, paid.cost_usd or 0.0, settle_with, seen_usd=_seen_usd(paid))
                if over > 0 and self.ledger.first_time(f"dearer:{who}"):
                    self.told(
                        f"{label}: a call cost ${paid.cost_usd:,.4f}, ${over:,.4f} more than was set aside "
                        f"for it; from now on ${costs.reserve_usd(today):,.4f} is set aside for a call (correct "
                        "its price in models.yaml)"
                    )

            self._wait_for(key, costs.bound_usd(today), scopes, who)
            self._mine.held = getattr(self._mine, "held", 0) + 1
            try:
                yield settle
            finally:
                self._mine.held -= 1
                if not settled:
                    self.ledger.loosen(key)

        return admit

    def fill(
        self,
        store: Store,
        week: str,
        lost: Lost,
        more: Iterable[ChargeSource] = (),
        today: dt.date | None = None,
    ) -> None:
        """Make the ledger say what the store says of `week`, of the weeks before it, and of those of the present month.

        What was reserved by processes that have ended is resolved: a receipt says what the call cost, an intent
        without one counts as spent, and where there is neither the call was never made.
        """
        learned = {shift(week, -n) for n in range(LEARN_WEEKS + 1)}
        for one in sorted({*weeks_of_month(today or utc_now().date()), *learned}):
            before = self.ledger.keys(f"{one}/")
            charges = [*generation_charges(store, one, lost)]
            for source in more:
                charges.extend(source(store, one))
            self.ledger.take_over(f"{one}/", charges, known_before=before)

    def _wait_for(self, key: str, usd: float, scopes: Mapping[str, float | None], who: str) -> None:
        holds = getattr(self._mine, "held", 0) > 0
        until = time.monotonic() + (0.0 if holds else PATIENCE_S)
        look_for_dead, look_s = time.monotonic() + _DEAD_LOOK_S, _LOOK_S
        while True:
            freed = self.ledger.freed
            try:
                self.ledger.reserve(key, usd, scopes, who=who)
            except FirstCallError:
                if holds:
                    raise AfterFirstError from None
                until = time.monotonic() + PATIENCE_S
            except OverCapError as over:
                if not over.may_fit or time.monotonic() >= until:
                    raise NotAdmittedError(Outcome.BUDGET_STOPPED, why_stopped(over)) from None
            else:
                return
            pause(look_s, freed)  # ends with the run
            look_s = min(1.5 * look_s, _SELDOM_S)
            if time.monotonic() >= look_for_dead:
                self.ledger.release_dead()
                look_for_dead = time.monotonic() + _DEAD_LOOK_S


def _seen_usd(paid: Paid) -> float | None:
    """Return what a call says of those that cost alike: nothing, unless it brought what was asked for or was lost.

    A lost one counts as settled at what was set aside: it says that calls may be made, and not what they cost.
    """
    if paid.cost_basis == "estimated":
        return 0.0
    return paid.cost_usd or 0.0 if paid.outcome is Outcome.OK else None


#: Where each kind of cap is set.
SET_IN = {
    "run": "run_usd of caps in cliche.yaml",
    "week": "week_usd of caps in cliche.yaml",
    "month": "month_usd of caps in cliche.yaml",
    "model": "cap_usd of {name} in models.yaml",
    "labeler": "cap_usd of labeler {name} in models.yaml",
}


def why_stopped(over: OverCapError) -> str:
    """Return in one line which cap is reached and how to go on."""
    kind, _, what = over.scope.partition(":")
    where = SET_IN[kind].format(name=what.partition("/")[2])
    spent, pending = over.total.usd - over.total.open_usd, over.total.open_usd
    in_flight = f" and ${pending:,.2f} set aside for calls in flight" if pending > 0 else ""
    return (
        f"${spent:,.2f} of ${over.cap_usd:,.2f} are spent{in_flight}, and the next call may cost ${over.usd:,.4f}; "
        f"raise {where} to go on"
    )
