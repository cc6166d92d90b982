"""The second round: a third person is given what the two raters differ in, and nothing of what they said."""

from __future__ import annotations

from collections.abc import Collection

from assets.labeling.gold.records import THIRD, Label, Sample, SuiteAttributes
from warehouse.errors import RefusedError

#: task, attribute
Question = tuple[str, str]


def told(sample: Sample, labels: Collection[Label]) -> dict[str, dict[Question, str]]:
    """Return rater → question → the answer as figures count it: the band of its value, or the value without bands."""
    asked = {(picture.task, one.id): one for picture in sample.pictures for one in sample.asked_of(picture)}
    found: dict[str, dict[Question, str]] = {name: {} for name in (*sample.raters, THIRD)}
    for task, name, rater, value in labels:
        if (task, name) in asked and rater in found:
            bands = asked[task, name].bands.items()
            found[rater][task, name] = next((band for band, values in bands if value in values), value)
    return found


def differing(sample: Sample, labels: Collection[Label]) -> set[Question]:
    """Return the questions in which the two raters differ."""
    one, other = (told(sample, labels)[name] for name in sample.raters)
    return {asked for asked in one.keys() & other.keys() if one[asked] != other[asked]}


def second_round(sample: Sample, labels: Collection[Label]) -> Sample:
    """Return a set as the third person is given it: what two differ in and the third did not answer yet.

    Raises:
        RefusedError: if one of the two answered nothing, if they do not differ, or if the third answered everything.
    """
    of, said = f"gold set {sample.gold_set}", told(sample, labels)
    if silent := [name for name in sample.raters if not said[name]]:
        raise RefusedError(
            f"{of}: no answers of {' and '.join(silent)} yet; a third person is asked once two have answered"
        )
    one, other = (said[name] for name in sample.raters)
    differ = differing(sample, labels)
    if not differ:
        raise RefusedError(
            f"{of}: {' and '.join(sample.raters)} agree in all {len(one.keys() & other.keys()):,} questions that both "
            "answered; there is nothing to ask a third person"
        )
    wanted = differ - said[THIRD].keys()
    if not wanted:
        raise RefusedError(
            f"{of}: the third person answered all {len(differ):,} questions in which two differ"
        )
    names = {attribute for _, attribute in wanted}
    pictures = [
        picture.model_copy(update={"attributes": asked})
        for picture in sample.pictures
        if (asked := tuple(name for name in picture.attributes if (picture.task, name) in wanted))
    ]
    suites = [
        SuiteAttributes(
            suite=one.suite, version=one.version, attributes=tuple(a for a in one.attributes if a.id in names)
        )
        for one in sample.suites
    ]
    return sample.model_copy(
        update={"raters": (THIRD,), "pictures": tuple(pictures), "suites": tuple(suites)}
    )
