"""What every step is given: the store, what is asked of whom, the warehouse file, and who listens to progress."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from pydantic import TypeAdapter

from assets.gateway.models_file import LabelerEntry, ModelEntry, active, find
from assets.gateway.money.budget import Budget, Caps
from assets.gateway.money.charges import ChargeSource, generation_charges, learning, whose
from assets.gateway.money.costs import Costs, Prices
from assets.gateway.money.ledger import Charge, SpendingLedger
from assets.gateway.receipts import Receipt
from assets.generation.plan import read_plan
from assets.suites.schema import Suite
from warehouse.store import Store


@dataclass(frozen=True)
class Listener:
    """What to call on progress; every function may be called from several threads."""

    planned: Callable[[str, str, int, int], None] = lambda model, week, planned, open_: None
    receipt: Callable[[Receipt], None] = lambda receipt: None
    to_label: Callable[[int], None] = lambda pictures: None
    labelled: Callable[[], None] = lambda: None
    to_shrink: Callable[[int], None] = lambda pictures: None
    shrunk: Callable[[], None] = lambda: None
    told: Callable[[str], None] = lambda line: None


@dataclass(frozen=True)
class Workplace:
    """The surroundings of a run."""

    store: Store
    warehouse: Path
    suites: Mapping[str, Suite]
    models: Sequence[ModelEntry]
    code_version: str
    labelers: Mapping[str, LabelerEntry] = field(default_factory=dict)  # of models.yaml, by name
    workers: int | None = None
    label_range: int | None = None  # pictures that one run labels, where runs of their own label the rest
    listener: Listener = field(default_factory=Listener)
    interrupt: threading.Event = field(default_factory=threading.Event)
    caps: Caps = field(default_factory=Caps)
    ledger: SpendingLedger = field(default_factory=lambda: SpendingLedger(None), repr=False)
    run_id: str = field(default_factory=lambda: uuid4().hex)  # what the cap of a run counts for
    charge_sources: Sequence[ChargeSource] = ()  # of what costs money beside pictures
    site: Mapping[str, str] = field(default_factory=dict)  # where it is, who publishes it: what is set of it
    replies: Mapping[str, bytes] = field(default_factory=dict)  # of makers, by model
    docs: str = "docs/operations/alerts.md"  # where whoever runs this reads what to do

    def model(self, name: str) -> ModelEntry:
        """Return the entry of a model; raise `UsageError` with a close match if there is none."""
        return find(self.models, name)

    def active(self, week: str) -> list[ModelEntry]:
        """Return the entries that are asked in `week`: within their from and until dates."""
        return active(self.models, week)

    @property
    def budget(self) -> Budget:
        """Return the caps and the ledger that keeps to them."""
        return Budget(self.ledger, self.caps, self.run_id, self.listener.told)

    def costs(self, entry: ModelEntry) -> Costs:
        """Return the price table of a model, with what the ledger learned of it."""
        return Costs(entry.price, learning(self.ledger, entry.name, entry.params))

    def fill_ledger(self, week: str, today: dt.date | None = None) -> None:
        """Make the ledger say what the store says of `week` and of the present month; see `Budget.fill`."""
        self.budget.fill(self.store, week, self._lost, self.charge_sources, today)

    def lost_charges(self, week: str) -> list[Charge]:
        """Return what is counted for the calls of a week whose answer was lost, for pictures and for labels.

        Calls without a receipt are left out while a run of the week holds a lease: they are in flight.
        """
        busy = any(week in f"{name} {holder.purpose}" for name, holder in self.store.leases())
        charges = [*generation_charges(self.store, week, self._lost)]
        for source in self.charge_sources:
            charges.extend(source(self.store, week))
        return [charge for charge in charges if charge.lost and (charge.known or not busy)]

    def _lost(self, week: str, model: str, day: dt.date) -> tuple[float, str]:
        """Return what counts for a lost call, and whose it is, by the price as it is now, else as it was planned."""
        plan = read_plan(self.store, week, model)
        prices = next((entry.price for entry in self.models if entry.name == model), ())
        if not prices:
            prices = TypeAdapter(Prices).validate_python(plan.price if plan else None)
        params = plan.params if plan else {}
        costs = Costs(prices, learning(self.ledger, model, params))
        return costs.reserve_usd(day), whose(model, params, costs.price_id(day))


def parse_key(key: str) -> tuple[str, str]:
    """Return (model, week) of a partition key, which reads `model|week`."""
    model, _, week = key.rpartition("|")
    return model, week
