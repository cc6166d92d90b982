"""What labeling will take: calls, minutes and dollars of the labelers that are asked, before anything is asked."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from assets.gateway.models_file import LabelerEntry, ModelEntry
from assets.gateway.money.charges import entry_scope
from assets.gateway.money.costs import price_on
from assets.gateway.money.ledger import SpendingLedger
from assets.gateway.receipts import read_partition
from assets.generation.forecast import Forecast, minutes_of
from assets.generation.plan import Plan
from assets.labeling.anchors.shipped import NAME as SHIPPED
from assets.labeling.anchors.shipped import looks
from assets.labeling.asked.attempts import closed, read_attempts
from assets.labeling.asked.spending import costs_of, is_paid
from assets.labeling.records import RemoteLabeler
from assets.labeling.run import labelled, missing
from assets.suites.schema import Prompt, Suite
from assets.suites.selections import asks, planned_prompts
from warehouse.loading.anchor_objects import labels_key, listing, read_list
from warehouse.store import Store
from warehouse.weeks import current_week, shift


@dataclass(frozen=True)
class ToLabel:
    """Pictures that a labeler is to read: all there will be, those left, and the calls that these take."""

    pictures: int = 0
    left: int = 0
    calls: int = 0

    def __add__(self, other: ToLabel) -> ToLabel:
        return ToLabel(self.pictures + other.pictures, self.left + other.left, self.calls + other.calls)


def label_forecast(
    ledger: SpendingLedger,
    entry: LabelerEntry,
    week: str,
    *,
    pictures: ToLabel,
    anchors: ToLabel,
    today: dt.date,
) -> Forecast:
    """Return what labeling will take of a labeler that is asked."""
    both = pictures + anchors
    price, size = price_on(entry.price, today), entry.images_per_request
    costs = costs_of(entry, size, ledger)
    return Forecast(
        entry.name,
        both.pictures,
        both.calls,
        minutes_of(both.calls, entry.requests_per_minute, entry.concurrency, None),
        usd=both.left * costs.expected_usd(today) / size,
        most_usd=both.calls * costs.reserve_usd(today),
        cap_usd=entry.cap_usd,
        spent_usd=ledger.total(entry_scope(week, entry.name, "labeler")).usd,
        paid=is_paid(entry),
        kind="labeler",
        anchors=anchors.pictures,
        estimate=bool(price and price.per_million_usd),
        first_alone=entry.batch and both.calls > 1 and not costs.known(today),
    )


def pictures_left(store: Store, plan: Plan, labeler: RemoteLabeler) -> ToLabel:
    """Return what a labeler will read of one partition: the pictures there are, and those of slots that are open."""
    readable, prompts = {*labeler.attributes()}, plan.prompts()
    known = read_partition(store, plan.week, plan.model)
    asked_of = {slot.slot_key: _read_of(prompts[slot.prompt], readable) for slot in plan.slots}
    open_slots = [asked for key, asked in asked_of.items() if asked and not known.of(key).settled]
    version = f"{labeler.name}@{labeler.version}"
    calls = read_attempts(store, plan.week, plan.model, version)
    done = labelled(store, plan, labeler)
    tasks = missing(store, plan, labeler.attributes(), done, closed(calls), known, by=version)
    there = len(missing(store, plan, labeler.attributes(), (), known=known))
    left = Counter([*(task.attributes for task in tasks), *open_slots])
    calls_left = _calls(left, labeler.entry.images_per_request)
    return ToLabel(there + len(open_slots), left.total(), calls_left)


def pictures_of(entry: ModelEntry, suites: Mapping[str, Suite], labeler: LabelerEntry) -> ToLabel:
    """Return what a labeler that is asked will read of a week of a model that draws a picture at every slot."""
    asked = Counter[tuple[str, ...]]()
    for selection in entry.suites:
        for prompt in planned_prompts(selection, suites[selection.suite]):
            asked[_read_of(prompt, labeler.attributes or prompt.attributes)] += asks(selection, prompt)
    return all_left(asked, labeler)


def _read_of(prompt: Prompt, readable: Collection[str]) -> tuple[str, ...]:
    return tuple(name for name in prompt.attributes if name in readable)


def anchors_of(store: Store, labeler: LabelerEntry) -> ToLabel:
    """Return the anchor pictures that a labeler that is asked will label of a week yet to come."""
    sets = listing(store).sets
    shown = [] if SHIPPED in sets else [attributes for _, attributes in looks()]
    shown += [one["attributes"] for name in sets for one in read_list(store, name)["pictures"]]
    readable = labeler.attributes
    return all_left(
        Counter(tuple(name for name in sorted(names) if not readable or name in readable) for names in shown),
        labeler,
    )


def anchors_left(store: Store, labeler: RemoteLabeler, week: str) -> ToLabel:
    """Return the anchor pictures that a labeler that is asked will label when the week is published.

    The shipped set counts where it was not drawn yet. Of a week that is over no anchors are asked about.
    """
    if current_week() > shift(week, 1):
        return ToLabel()
    who, readable = f"{labeler.name}@{labeler.version}", {*labeler.attributes()}
    sets = listing(store).sets
    shown = [] if SHIPPED in sets else [attributes for _, attributes in looks()]
    for name in sets:
        if store.head(labels_key(name, week, who)) is None:
            shown += [one["attributes"] for one in read_list(store, name)["pictures"]]
    return all_left(Counter(tuple(sorted(readable & {*names})) for names in shown), labeler.entry)


def all_left(asked: Counter[tuple[str, ...]], labeler: LabelerEntry) -> ToLabel:
    """Return pictures by what is asked of each, none of which was read yet; those of whom nothing is asked are none."""
    del asked[()]
    return ToLabel(asked.total(), asked.total(), _calls(asked, labeler.images_per_request))


def _calls(asked: Counter[tuple[str, ...]], size: int) -> int:
    """Return how many calls ask that much: pictures that are asked the same go into one, up to its size."""
    return sum(math.ceil(n / size) for n in asked.values())


def labelers_of(
    labeler: str, also: tuple[str, ...], entries: Mapping[str, LabelerEntry]
) -> list[LabelerEntry]:
    """Return the labelers of a plan that are asked over a network; those of this machine take no money."""
    return [entries[name] for name in (labeler, *also) if name in entries]
