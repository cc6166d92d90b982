"""What a call costs: prices of models.yaml, what an answer reports, what calls at its price have cost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, TypedDict

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from assets.gateway.records import Answer, Outcome
from assets.suites.schema import Name
from warehouse.canonical import canonical_json, sha256_hex

#: After so many days a price is looked up again: `cliche doctor` says so.
OLD_AFTER_DAYS = 60
#: What is set aside after a price was found too low, in terms of the dearest call.
MARGIN = 1.25
#: A price is too low where a call costs more than so many times what it expects.
WRONG_ABOVE = 1.25


class Price(BaseModel):
    """What a call costs from a day on, who says so and when it was looked up.

    `per_image_usd` is what one picture is expected to cost; `per_million_usd` prices what an answer reports
    (`text_in`, `image_in`, `image_out`, `text_out`, …, by the million), and then decides. `most_usd` bounds one call:
    it is what is set aside before the call; by default `per_image_usd`, doubled where tokens decide.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, validate_by_name=True, validate_by_alias=True
    )

    per_image_usd: float = Field(ge=0)
    per_million_usd: dict[Name, float] = Field(
        default={},
        json_schema_extra={"keys": ["text_in", "cached_text_in", "image_in", "image_out", "text_out"]},
    )
    most_usd: float | None = Field(default=None, gt=0)
    source: str
    date: dt.date
    from_day: dt.date | None = Field(default=None, alias="from")

    @model_validator(mode="after")
    def _bounds(self) -> Price:
        if self.most_usd is not None and self.most_usd < self.per_image_usd:
            raise ValueError("most_usd lies below per_image_usd; it bounds what one call can cost")
        if any(price < 0 for price in self.per_million_usd.values()):
            raise ValueError("a price lies below 0")
        return self

    @property
    def bound_usd(self) -> float:
        """Return the most that a call costs if this price is right, in US dollars."""
        return self.most_usd or self.per_image_usd * (2 if self.per_million_usd else 1)

    @property
    def id(self) -> str:
        """Return what names this price in receipts: a hash of its amounts and its first day, not of its source."""
        amounts = self.model_dump(mode="json", exclude={"source", "date"})
        return sha256_hex(canonical_json(amounts))[:8]


def set_aside(bound_usd: float, dearest_usd: float | None) -> float:
    """Return what is set aside before a call: the bound of its price, unless a call at that price cost more.

    Then it is a quarter more than the dearest one cost. None: no call at that price has been settled.
    """
    return bound_usd if dearest_usd is None or dearest_usd <= bound_usd else MARGIN * dearest_usd


def price_on(prices: Sequence[Price], day: dt.date) -> Price | None:
    """Return the price that holds on `day`: the one with the latest `from` that is not after it."""
    begun = [price for price in prices if price.from_day is None or price.from_day <= day]
    return max(begun, key=lambda price: price.from_day or dt.date.min, default=None)


Prices = Annotated[tuple[Price, ...], BeforeValidator(lambda v: (v,) if isinstance(v, dict) else v or ())]


def price_problems(prices: Sequence[Price], today: dt.date | None = None) -> Iterator[str]:
    """Yield what is wrong with the prices of one entry, each in one line."""
    today = today or dt.datetime.now(dt.UTC).date()
    begun: set[dt.date | None] = set()
    for price in prices:
        if price.date > today + dt.timedelta(days=1):  # it may be tomorrow already where the file was written
            yield f"price: date {price.date} lies in the future; it is the day on which the price was looked up"
        if price.from_day in begun:
            since = f"from {price.from_day}" if price.from_day else "without from"
            yield f"price: two prices {since}; keep one, or say from which day on the other holds"
        begun.add(price.from_day)


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
