"""What a gold set is drawn from: every usable picture of a week to which an attribute applies, and its stratum.

The frame is by one attribute: pictures whose prompt it applies to, a stratum for each model, suite and predicted value.
People are asked about all attributes of a drawn picture; the inclusion probability is the picture's, so it is right for
each of them. An attribute that also applies to pictures outside of the frame is reported by `suite_pictures`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from assets.gateway.receipts import read_partition
from assets.gateway.records import FINAL, Outcome
from assets.generation.plan import Plan, read_plan
from assets.generation.slots import Slot
from assets.labeling.gold.records import UNREAD
from assets.suites.schema import Attribute
from warehouse.errors import UsageError
from warehouse.loading.load import partitions
from warehouse.loading.objects import names_of, read_labels
from warehouse.store import Store
from warehouse.taken_back import answers_taken, removed, week_retractions
from warehouse.validation import close_match

ATTRIBUTE = "perceived_gender"
#: (model, suite, suite major, attribute)
SuiteAttribute = tuple[str, str, int, str]


@dataclass(frozen=True)
class Framed:
    """One picture that may be drawn, with all attributes that apply to it."""

    slot: Slot
    image_sha256: str
    image_ext: str
    predicted: str
    attributes: tuple[str, ...]
    simulated: bool

    @property
    def suite_major(self) -> int:
        """Return the major version of the picture's suite."""
        return int(self.slot.suite_version.split(".")[0])

    @property
    def stratum(self) -> str:
        """Return the name of the picture's stratum."""
        return f"{self.slot.model}/{self.slot.suite}@{self.suite_major}/{self.predicted}"


@dataclass(frozen=True)
class Frame:
    """All pictures that may be drawn.

    Attributes:
        stratified_by: the attribute whose predicted values are the strata.
        labelers: model → name and version of the labeler whose values they are; None: it read nothing.
        suite_pictures: pictures that each attribute applies to, in the frame or not.
        attributes: (suite, version) → its attributes in full.
        open_slots: slots that may still be asked; a picture that comes later is not in the set.
    """

    week: str
    stratified_by: str
    pictures: Sequence[Framed]
    labelers: Mapping[str, tuple[str, str | None]]
    suite_pictures: Mapping[SuiteAttribute, int]
    attributes: Mapping[tuple[str, str], Sequence[Attribute]]
    open_slots: int = 0


def read_frame(
    store: Store,
    week: str,
    *,
    attribute: str = ATTRIBUTE,
    suites: Collection[str] = (),
    models: Collection[str] = (),
) -> Frame:
    """Return the frame of a week.

    Suites are `<suite>@<major>` or `<suite>`; none named: all of them, and so for models.

    Raises:
        UsageError: for a week without plans, and for a suite, model or attribute that it does not have.
    """
    plans = [
        plan for day, model in partitions(store) if day == week and (plan := read_plan(store, week, model))
    ]
    if not plans:
        raise UsageError(f"nothing was planned in the week {week}; run it first")
    _known("model", models, [plan.model for plan in plans], week)
    plans = [plan for plan in plans if not models or plan.model in models]
    labels = {f"{suite['id']}@{suite['version'].split('.')[0]}" for plan in plans for suite in plan.suites}
    _known("suite", suites, {*labels, *(name.partition("@")[0] for name in labels)}, week)
    _known(
        "attribute", [attribute], {a["id"] for p in plans for s in p.suites for a in s["attributes"]}, week
    )
    labelers: dict[str, tuple[str, str | None]] = {}
    all_pictures: list[Framed] = []
    open_slots = 0
    for plan in plans:
        version, predicted = _predicted(store, plan, attribute)
        labelers[plan.model] = (plan.labeler, version)
        found, still_open = _pictures(store, plan, predicted, suites)
        all_pictures += found
        open_slots += still_open
    pictures = [picture for picture in all_pictures if attribute in picture.attributes]
    if not pictures:
        raise UsageError(
            f"the week {week} has no picture to which {attribute} applies; choose another --attribute"
        )
    return Frame(
        week=week,
        stratified_by=attribute,
        pictures=pictures,
        labelers=labelers,
        suite_pictures=Counter(
            (framed.slot.model, framed.slot.suite, framed.suite_major, name)
            for framed in all_pictures
            for name in framed.attributes
        ),
        attributes={
            (suite["id"], suite["version"]): [Attribute.model_validate(a) for a in suite["attributes"]]
            for plan in plans
            for suite in plan.suites
        },
        open_slots=open_slots,
    )


def _known(what: str, wanted: Collection[str], known: Collection[str], week: str) -> None:
    for name in wanted:
        if name not in known:
            raise UsageError(f'no {what} "{name}" in the week {week}' + close_match(name, [*known]))


def _pictures(
    store: Store, plan: Plan, predicted: Mapping[str, str], suites: Collection[str]
) -> tuple[list[Framed], int]:
    """Return the pictures of a partition that count and are there, and how many of its slots may still be asked."""
    state = read_partition(store, plan.week, plan.model)
    gone, taken = removed(store), answers_taken(week_retractions(store, plan.week, plan.model))
    prompts = plan.prompts()
    framed: list[Framed] = []
    still_open = 0
    for slot in plan.slots:
        label = f"{slot.suite}@{slot.suite_version.split('.')[0]}"
        if suites and not {slot.suite, label} & {*suites}:
            continue
        receipt = state.of(slot.slot_key).last
        if receipt is None or receipt.outcome not in FINAL:
            still_open += 1
        elif receipt.image_sha256 in gone or taken(slot.slot_key):
            continue
        elif receipt.outcome is Outcome.OK and receipt.image_sha256 and receipt.image_ext:
            framed.append(
                Framed(
                    slot=slot,
                    image_sha256=receipt.image_sha256,
                    image_ext=receipt.image_ext,
                    predicted=predicted.get(slot.slot_key, UNREAD),
                    attributes=prompts[slot.prompt].attributes,
                    simulated=plan.simulated,
                )
            )
    return framed, still_open


def _predicted(store: Store, plan: Plan, attribute: str) -> tuple[str | None, dict[str, str]]:
    """Return the version that counts of the plan's labeler, and what it read, by slot.

    Of several versions the one with the highest declared number counts, as everywhere (view `cell_counts`).
    """
    labels = read_labels(store, names_of(store, plan.week, plan.model)).to_pylist()
    rows = [row for row in labels if row["labeler"] == plan.labeler]
    versions = {str(row["labeler_version"]) for row in rows}
    if not versions:
        return None, {}
    newest = max(versions, key=_rank)
    return newest, {
        str(row["slot_key"]): str(row["value"])
        for row in rows
        if row["labeler_version"] == newest and row["attribute"] == attribute
    }


def _rank(version: str) -> tuple[int, str]:
    number = version.partition("-")[0]
    return (int(number) if number.isdigit() else -1, version)
