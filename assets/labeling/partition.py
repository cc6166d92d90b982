"""A partition, one model's week: labeling what is missing of it under its lease, and its thumbnails."""

from collections.abc import Iterable

from assets.gateway.batch_states import on_their_way
from assets.generation.partition import plan_partition
from assets.generation.plan import Plan, check_frozen, read_plan, require_askable
from assets.generation.workplace import Workplace
from assets.labeling.asked.asking import FREELY
from assets.labeling.asked.guard import asking_of
from assets.labeling.ranges import WHOLE, Range, held, may_be_split, ranges_of
from assets.labeling.registry import LABELERS, make_labeler
from assets.labeling.run import LabelReport, label_partition
from assets.labeling.status import PartitionState, partition_states
from assets.labeling.thumbnails.partition import complete, pictures, shrink
from warehouse import keys
from warehouse.errors import ClicheError


def ready(place: Workplace, partitions: Iterable[tuple[str, str]]) -> list[PartitionState]:
    """Return how far (model, week) partitions are, if what is left of all of them can be asked and labeled.

    What configuration can get wrong is said here, before the first of them is asked, by a run and by its dry run.
    Nothing is asked and nothing is written.

    Raises:
        UsageError: for wrong configuration, a price or an extra that is missing.
        RefusedError: for a week that cannot be asked for.
    """
    check_frozen(place.store, place.suites)
    wanted = ((week, model) for model, week in partitions)
    states = [*partition_states(place.store, wanted, place.labelers)]
    for state in states:
        if state.complete:
            continue
        plan, provider = plan_partition(place, state.model, state.week, freeze=False)
        in_batches = on_their_way(place.store, keys.batches_prefix(state.week, state.model))
        if not (state.unlisted or state.unlabelled or in_batches):
            require_askable(provider, state.week)
        make_labeler(plan.labeler, place.labelers)
    return states


def label(place: Workplace, model: str, week: str, part: Range = WHOLE) -> LabelReport:
    """Label what is missing in one partition, or a range of it, under its lease; return what the plan's labeler did.

    Then the thumbnails of its pictures are made, whoever labeled them or did not.

    Labelers beside it (`also_labelers` of the plan) label the same pictures; what goes wrong with them is reported and
    stops nothing.

    Raises:
        ClicheError: if the partition was never planned, or the run was interrupted.
    """
    plan = read_plan(place.store, week, model)
    if plan is None:
        raise ClicheError(f"nothing was planned for {model} in the week {week}; run it first")
    with held(place.store, week, model, part):
        report = _label_with(place, plan, plan.labeler, part)
        if report.stopped_by or report.open:
            place.listener.told(f"{model}, week {week}: {left_over(report)}")
        for name in plan.also_labelers:
            try:
                beside = _label_with(place, plan, name, part)
            except ClicheError as error:
                place.listener.told(f"{model}, week {week}: labeler {name} beside the plan's: {error}")
                continue
            if beside.stopped_by or beside.open:
                place.listener.told(f"{model}, week {week}: {left_over(beside)}")
        if place.interrupt.is_set() and report.open:
            raise ClicheError(f"labeling {model}, week {week} was interrupted; run again to go on")
        if part == WHOLE:
            complete(place, week, model)
        else:
            mine = [picture for picture in pictures(place.store, week, model) if picture.sha256 in part]
            shrink(place, mine, f"{model}, week {week}, {part}")
    return report


class UnlabeledError(ClicheError):
    """A labeler ended before it had read all pictures of a partition; the labels that were made are kept."""


def split(place: Workplace, state: PartitionState) -> list[Range]:
    """Return the ranges in which runs of their own label what a partition lacks; none where its own run does so."""
    if place.label_range is None or state.labeler not in {*LABELERS, *place.labelers}:
        return []
    if not may_be_split(make_labeler(state.labeler, place.labelers)):
        return []
    return ranges_of(state.unlabelled, place.label_range)


def left_over(report: LabelReport) -> str:
    """Return in one line what a labeler left, and why."""
    why = report.stopped_by or report.trouble or "no answer"
    return f"{report.labeler.partition('@')[0]} left {report.open} of {report.pictures} pictures ({why})"


def _label_with(place: Workplace, plan: Plan, name: str, part: Range) -> LabelReport:
    entry = place.labelers.get(name)
    return label_partition(
        place.store,
        plan,
        labeler_name=name,
        labelers=place.labelers,
        part=part,
        workers=place.workers,
        on_tasks=place.listener.to_label,
        on_picture=place.listener.labelled,
        asking=asking_of(place, entry, plan.week) if entry is not None else FREELY,
    )
