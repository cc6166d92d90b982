"""A partition, one model's week: labeling what is missing of it under its lease, and its thumbnails."""

from assets.generation.plan import Plan, read_plan
from assets.generation.workplace import Workplace
from assets.labeling.asked.asking import FREELY
from assets.labeling.asked.guard import asking_of
from assets.labeling.run import LabelReport, label_partition
from assets.labeling.thumbnails.partition import complete
from warehouse.errors import ClicheError


def label(place: Workplace, model: str, week: str) -> LabelReport:
    """Label what is missing in one partition under its lease, and return what the plan's labeler did.

    Then the thumbnails of its pictures are made, whoever labeled them or did not.

    Labelers beside it (`also_labelers` of the plan) label the same pictures; what goes wrong with them is reported and
    stops nothing.

    Raises:
        ClicheError: if the partition was never planned, or the run was interrupted.
        RefusedError: if another run holds the partition.
        UsageError: if the labeler is not there, or costs money and has no price.
    """
    plan = read_plan(place.store, week, model)
    if plan is None:
        raise ClicheError(f"nothing was planned for {model} in the week {week}; run it first")
    with place.store.lease(f"label-{week}-{model}", purpose=f"label {week} / {model}"):
        report = _label_with(place, plan, plan.labeler)
        if report.stopped_by or report.open:
            place.listener.told(f"{model}, week {week}: {left_over(report)}")
        for name in plan.also_labelers:
            try:
                beside = _label_with(place, plan, name)
            except ClicheError as error:
                place.listener.told(f"{model}, week {week}: labeler {name} beside the plan's: {error}")
                continue
            if beside.stopped_by or beside.open:
                place.listener.told(f"{model}, week {week}: {left_over(beside)}")
        if place.interrupt.is_set() and report.open:
            raise ClicheError(f"labeling {model}, week {week} was interrupted; run again to go on")
        complete(place, week, model)
    return report


class UnlabeledError(ClicheError):
    """A labeler ended before it had read all pictures of a partition; the labels that were made are kept."""


def left_over(report: LabelReport) -> str:
    """Return in one line what a labeler left, and why."""
    why = report.stopped_by or report.trouble or "no answer"
    return f"{report.labeler.partition('@')[0]} left {report.open} of {report.pictures} pictures ({why})"


def _label_with(place: Workplace, plan: Plan, name: str) -> LabelReport:
    entry = place.labelers.get(name)
    return label_partition(
        place.store,
        plan,
        labeler_name=name,
        labelers=place.labelers,
        workers=place.workers,
        on_tasks=place.listener.to_label,
        on_picture=place.listener.labelled,
        asking=asking_of(place, entry, plan.week) if entry is not None else FREELY,
    )
