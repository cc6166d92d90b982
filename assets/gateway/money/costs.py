"""What a call costs: by the price table, from what the answer reports, and from what calls at its price have cost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypedDict

from assets.gateway.money.prices import Price, price_on, set_aside
from assets.gateway.records import Answer, Outcome


class CostFields(TypedDict):
    """The fields of a receipt about money, in US dollars; `price_id` names the price that they follow from."""

    cost_usd: float | None
    cost_basis: str | None
    expected_usd: float | None
    price_id: str | None


@dataclass(frozen=True)
class Costs:
    """The price table of one entry, and what was learned of it.

    `dearest_usd` returns what the dearest settled call at a price (by its id) cost, None if there is none.
    """

    prices: tuple[Price, ...] = ()
    dearest_usd: Callable[[str], float | None] = lambda price_id: None

    def price_id(self, day: dt.date) -> str | None:
        """Return the id of the price that holds on a day, None if none does."""
        price = price_on(self.prices, day)
        return price.id if price else None

    def bound_usd(self, day: dt.date) -> float:
        """Return the most that a call costs if the price is right, in US dollars; 0 without a price."""
        price = price_on(self.prices, day)
        return price.bound_usd if price else 0.0

    def reserve_usd(self, day: dt.date) -> float:
        """Return what is set aside before a call, in US dollars; 0 without a price."""
        price = price_on(self.prices, day)
        return set_aside(price.bound_usd, self.dearest_usd(price.id)) if price else 0.0

    def expected_usd(self, day: dt.date) -> float:
        """Return what a call is expected to cost: as the dearest one did, where that shows the price to be too low."""
        price = price_on(self.prices, day)
        if price is None:
            return 0.0
        dearest = self.dearest_usd(price.id)
        return price.per_image_usd if dearest is None or dearest <= price.bound_usd else dearest

    def known(self, day: dt.date) -> bool:
        """Return whether a call at the price of a day has been settled: until then one is made at a time."""
        price = price_on(self.prices, day)
        return price is not None and self.dearest_usd(price.id) is not None

    def of(self, answer: Answer, day: dt.date) -> CostFields:
        """Return what a call cost and how that is known.

        In this order: what the answer says it cost (`reported`); what it reports, times its prices (`computed`); for
        a call whose answer was lost, what is set aside for a call (`estimated`); for a picture, the price of a
        picture (`computed`). Any other answer without usage costs nothing.
        """
        price, factor = price_on(self.prices, day), answer.price_factor
        if price is None:
            basis = None if answer.cost_usd is None else "reported"
            return {"cost_usd": answer.cost_usd, "cost_basis": basis, "expected_usd": None, "price_id": None}
        priced = {name: n for name, n in (answer.units or {}).items() if name in price.per_million_usd}
        cost: float | None = None
        basis = None
        if answer.cost_usd is not None:
            cost, basis = answer.cost_usd, "reported"
        elif priced:
            cost = factor * sum(n * price.per_million_usd[name] for name, n in priced.items()) / 1e6
            basis = "computed"
        elif answer.maybe_billed or answer.outcome is Outcome.UNKNOWN_CHARGE:
            dearest = self.dearest_usd(price.id)
            cost, basis = set_aside(price.bound_usd * factor, dearest), "estimated"
        elif answer.image is not None:
            cost, basis = price.per_image_usd * factor, "computed"
        return {
            "cost_usd": cost,
            "cost_basis": basis,
            "expected_usd": price.per_image_usd * factor,
            "price_id": price.id,
        }
