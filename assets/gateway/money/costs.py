"""What a call costs: by the price table, from what the answer reports."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TypedDict

from assets.gateway.money.prices import Price, price_on
from assets.gateway.records import Answer, Outcome


class CostFields(TypedDict):
    """The fields of a receipt about money, in US dollars."""

    cost_usd: float | None
    cost_basis: str | None
    expected_usd: float | None


@dataclass(frozen=True)
class Costs:
    """The price table of one model entry."""

    prices: tuple[Price, ...] = ()

    def reserve_usd(self, day: dt.date) -> float:
        """Return what is set aside before a call, in US dollars; 0 without a price."""
        price = price_on(self.prices, day)
        return price.reserve_usd if price else 0.0

    def of(self, answer: Answer, day: dt.date) -> CostFields:
        """Return what a call cost and how that is known.

        In this order: what the answer says it cost (`reported`); what it reports, times its prices (`computed`); for
        a call whose answer was lost, the most that it can have cost (`estimated`); for a picture, the price of a
        picture (`computed`). Any other answer without usage costs nothing.
        """
        price, factor = price_on(self.prices, day), answer.price_factor
        expected = price.per_image_usd * factor if price else None
        if answer.cost_usd is not None:
            return {"cost_usd": answer.cost_usd, "cost_basis": "reported", "expected_usd": expected}
        if price is None:
            return {"cost_usd": None, "cost_basis": None, "expected_usd": None}
        priced = {name: n for name, n in (answer.units or {}).items() if name in price.per_million_usd}
        if priced:
            cost = factor * sum(n * price.per_million_usd[name] for name, n in priced.items()) / 1e6
            return {"cost_usd": cost, "cost_basis": "computed", "expected_usd": expected}
        if answer.maybe_billed or answer.outcome is Outcome.UNKNOWN_CHARGE:
            return {
                "cost_usd": price.reserve_usd * factor,
                "cost_basis": "estimated",
                "expected_usd": expected,
            }
        if answer.image is not None:
            return {
                "cost_usd": price.per_image_usd * factor,
                "cost_basis": "computed",
                "expected_usd": expected,
            }
        return {"cost_usd": None, "cost_basis": None, "expected_usd": expected}
