"""How far a partition is: planned, asked, labelled, as the store knows it.

Belongs here: one value for `cliche status`, the publish gate and "nothing to ask". Does not belong here: what follows
from it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from assets.generation.plan import Plan, read_plan
from assets.generation.receipts import read_partition
from assets.generation.records import Outcome
from assets.generation.run import count_outcomes
from assets.generation.trouble import Trouble, find_trouble
from assets.labeling.registry import make_labeler
from assets.labeling.run import labelled, missing
from warehouse.store import Store


@dataclass(frozen=True)
class PartitionState:
    """One model's week: slots by outcome; and left to do: slots to ask, receipts to list, pictures to label."""

    model: str
    week: str
    slots: int = 0
    open: int = 0
    unlisted: int = 0
    unlabelled: int = 0
    cost_usd: float = 0.0
    outcomes: Counter[str] = field(default_factory=Counter)
    trouble: Trouble = field(default_factory=Trouble)

    @property
    def stopped_by(self) -> str | None:
        """Return what stopped the provider, None if nothing did."""
        return self.trouble.stopped_by

    @property
    def planned(self) -> bool:
        """Return whether there is a plan."""
        return self.slots > 0

    @property
    def complete(self) -> bool:
        """Return whether nothing is left to ask, to list or to label."""
        return self.planned and not (self.open or self.unlisted or self.unlabelled)


def partition_state(store: Store, week: str, model: str) -> PartitionState:
    """Return how far one partition is; nothing is asked and nothing is written."""
    plan = read_plan(store, week, model)
    if plan is None:
        return PartitionState(model, week)
    known = read_partition(store, week, model)
    outcomes = count_outcomes(plan, known)
    open_slots = outcomes.pop("open")
    return PartitionState(
        model,
        week,
        slots=len(plan.slots),
        open=open_slots,
        unlisted=known.unlisted,
        unlabelled=_unlabelled(store, plan) if outcomes[Outcome.OK] else 0,
        cost_usd=sum(receipt.cost_usd or 0.0 for receipt in known.receipts),
        outcomes=outcomes,
        trouble=find_trouble(known),
    )


def _unlabelled(store: Store, plan: Plan) -> int:
    labeler = make_labeler(plan.labeler)
    return len(missing(store, plan, labeler, labelled(store, plan, labeler)))
