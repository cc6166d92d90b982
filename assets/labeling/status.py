"""How far a partition is: planned, asked, labeled, as the store knows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from assets.gateway.models_file import LabelerEntry
from assets.gateway.receipts import PartitionAttempts, read_partition
from assets.gateway.records import Outcome
from assets.generation.plan import Plan, read_plan
from assets.generation.run import count_outcomes
from assets.generation.trouble import Trouble, find_trouble
from assets.labeling.asked.attempts import LabelAttempt, closed, cost_usd, declined, read_attempts
from assets.labeling.asked.stops import stopped_by, trouble_of
from assets.labeling.registry import LABELERS, NOBODY, make_labeler
from assets.labeling.run import labelled, labelled_by_name, missing
from warehouse import keys
from warehouse.errors import UsageError
from warehouse.loading.objects import label_parts
from warehouse.store import Store
from warehouse.store.many import ahead

#: Partitions that are read at once.
READERS = 8


def is_at_cap(stopped_by: str | None) -> bool:
    """Return whether it was a cap of the money that stopped a provider or a labeler."""
    return (stopped_by or "").startswith(f"{Outcome.BUDGET_STOPPED}: ")


def is_retired(stopped_by: str | None) -> bool:
    """Return whether the maker said that the model is there no more."""
    return (stopped_by or "").startswith(f"{Outcome.MODEL_RETIRED}: ")


@dataclass(frozen=True)
class PartitionState:
    """One model's week: slots by outcome; and left to do: slots to ask, receipts to list, pictures to label.

    `unlabelled` counts what the plan's labeler has not read and has not declined. `cost_usd` holds what labeling cost,
    by any labeler, and `label_cost_usd` is that part of it.
    """

    model: str
    week: str
    slots: int = 0
    open: int = 0
    unlisted: int = 0
    unlabelled: int = 0
    cost_usd: float = 0.0
    outcomes: Counter[str] = field(default_factory=Counter)
    trouble: Trouble = field(default_factory=Trouble)
    declined: int = 0  # pictures of which the plan's labeler declined to say something
    label_cost_usd: float = 0.0
    labeler_stopped_by: str | None = None
    labeler: str = ""  # of the plan

    @property
    def stopped_by(self) -> str | None:
        """Return what stopped the provider, None if nothing did."""
        return self.trouble.stopped_by

    @property
    def at_cap(self) -> bool:
        """Return whether slots are open because a cap of the money is reached."""
        return is_at_cap(self.stopped_by)

    @property
    def planned(self) -> bool:
        """Return whether there is a plan."""
        return self.slots > 0

    @property
    def complete(self) -> bool:
        """Return whether nothing is left to ask, to list or to label."""
        return self.planned and not (self.open or self.unlisted or self.unlabelled)


def partition_state(
    store: Store, week: str, model: str, labelers: Mapping[str, LabelerEntry] = NOBODY
) -> PartitionState:
    """Return how far one partition is; nothing is asked and nothing is written.

    `labelers` are those of models.yaml; a labeler that is in it no more, or whose extra is not installed, counts in any
    version.
    """
    plan = read_plan(store, week, model)
    if plan is None:
        return PartitionState(model, week)
    known = read_partition(store, week, model)
    outcomes = count_outcomes(plan, known)
    open_slots = outcomes.pop("open")
    labels = [*store.list(keys.labels_prefix(week, model))]
    calls = read_attempts(store, week, model, listed=labels)
    labeling = LabelerState(plan.labeler)
    if outcomes[Outcome.OK]:
        there, _ = _labeler(store, plan, plan.labeler, labelers, known, calls, labels)
        # A labeler that is in models.yaml no more: what it labeled once is labeled.
        once = any(f"/labeler={plan.labeler}@" in key for key in label_parts(labels))
        labeling = there or LabelerState(plan.labeler, left=0 if once else outcomes[Outcome.OK])
    label_cost_usd = cost_usd(calls)
    return PartitionState(
        model,
        week,
        slots=len(plan.slots),
        open=open_slots,
        unlisted=known.unlisted,
        unlabelled=labeling.left,
        cost_usd=sum(receipt.cost_usd or 0.0 for receipt in known.receipts) + label_cost_usd,
        outcomes=outcomes,
        trouble=find_trouble(known),
        declined=labeling.declined,
        label_cost_usd=label_cost_usd,
        labeler_stopped_by=labeling.stopped_by,
        labeler=plan.labeler,
    )


def partition_states(
    store: Store, wanted: Iterable[tuple[str, str]], labelers: Mapping[str, LabelerEntry] = NOBODY
) -> list[PartitionState]:
    """Return how far partitions (week, model) are, in their order: several are read at once, as a server is far."""
    return [*ahead(lambda one: partition_state(store, *one, labelers), wanted, READERS)]


@dataclass(frozen=True)
class LabelerState:
    """One labeler's week: the pictures that it is to read, over all models, and those that are left.

    `stopped_by` is what stopped it, `trouble` what its newest call met; neither where nothing is left.
    """

    name: str
    pictures: int = 0
    left: int = 0
    declined: int = 0
    stopped_by: str | None = None
    trouble: str | None = None


def labeler_states(
    store: Store, week: str, models: Sequence[str], labelers: Mapping[str, LabelerEntry] = NOBODY
) -> list[LabelerState]:
    """Return how far each labeler of a week's plans is, those beside the plan's too; nothing is asked.

    A labeler that is in models.yaml no more is left out.
    """
    found: dict[str, LabelerState] = {}
    for plan in filter(None, (read_plan(store, week, model) for model in models)):
        known = read_partition(store, week, plan.model)
        labels = [*store.list(keys.labels_prefix(week, plan.model))]
        calls = read_attempts(store, week, plan.model, listed=labels)
        for name in (plan.labeler, *plan.also_labelers):
            more, readable = _labeler(store, plan, name, labelers, known, calls, labels)
            if more is not None:
                before = found.get(name, LabelerState(name))
                found[name] = LabelerState(
                    name,
                    before.pictures + len(missing(store, plan, readable, (), known=known)),
                    before.left + more.left,
                    before.declined + more.declined,
                    before.stopped_by or more.stopped_by,
                    before.trouble or more.trouble,
                )
    return [found[name] for name in sorted(found)]


def _labeler(
    store: Store,
    plan: Plan,
    name: str,
    labelers: Mapping[str, LabelerEntry],
    known: PartitionAttempts,
    calls: Sequence[LabelAttempt],
    labels: Sequence[str],
) -> tuple[LabelerState | None, Collection[str]]:
    """Return how far a labeler is that is still there, without `pictures`, and the attributes that it reads."""
    try:
        labeler = make_labeler(name, labelers)
    except UsageError as error:
        there = name in {*LABELERS, *labelers}
        return _not_installed(store, plan, name, known, labels, str(error)) if there else (None, ())
    version, done = f"{labeler.name}@{labeler.version}", labelled(store, plan, labeler, labels)
    own = [call for call in calls if f"{call.labeler}@{call.labeler_version}" == version]
    left = len(missing(store, plan, labeler.attributes(), done, closed(own), known, by=version))
    state = LabelerState(
        name,
        left=left,
        declined=len({sha256 for sha256, _ in declined(own)}),
        stopped_by=stopped_by(own) if left else None,
        trouble=trouble_of(own) if left else None,
    )
    return state, labeler.attributes()


def _not_installed(
    store: Store, plan: Plan, name: str, known: PartitionAttempts, labels: Sequence[str], why: str
) -> tuple[LabelerState, Collection[str]]:
    """Return the same of a labeler whose extra is not installed here: what it read in any version counts."""
    done = labelled_by_name(store, plan, name, labels)
    readable = {attribute for _, attribute in done} or {
        attribute for prompt in plan.prompts().values() for attribute in prompt.attributes
    }
    left = len(missing(store, plan, readable, done, known=known))
    return LabelerState(name, left=left, stopped_by=why if left else None), readable
