"""How far a gold set is: pictures that were rated, by rater, where two differ, and the second round of what they do.

In the second round a third person is given what the two differ in, and nothing of what they said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from assets.labeling.gold.records import THIRD, Label, Sample, SuiteAttributes
from warehouse.errors import RefusedError

#: task, attribute
Question = tuple[str, str]


@dataclass(frozen=True)
class RaterState:
    """One rater: pictures given, of those answered whole and in part, and answers altogether."""

    rater: str
    pictures: int
    whole: int
    begun: int
    answers: int


@dataclass(frozen=True)
class GoldState:
    """A gold set: its raters, pictures that one of the two rated at least, and questions that both answered.

    Attributes:
        compared: questions that both answered; differing: of them those in which they differ.
        settled: of these, those in which the third person agrees with one of the two.
        undecided: those in which all three differ.
    """

    raters: tuple[RaterState, ...]
    rated: int
    pictures: int
    compared: int
    differing: int
    settled: int
    undecided: int

    @property
    def complete(self) -> bool:
        """Return whether both raters answered everything, and the third person all in which they differ."""
        return all(state.whole == state.pictures for state in self.raters) and not self.open

    @property
    def open(self) -> int:
        """Return how many questions wait for the third person."""
        return self.differing - self.settled - self.undecided


def gold_state(sample: Sample, labels: Collection[Label]) -> GoldState:
    """Return how far a set is; pictures nobody is asked anything about do not occur."""
    answers = answers_of(sample, labels)
    one, other = (answers[name] for name in sample.raters)
    differ = differing(sample, labels)
    answered = differ & answers[THIRD].keys()
    settled = sum(answers[THIRD][asked] in {one[asked], other[asked]} for asked in answered)
    asked = {picture.task: len(picture.attributes) for picture in sample.pictures}
    of_two = [Counter(task for task, _ in answers[name]) for name in sample.raters]
    two = [_rater(name, asked, given) for name, given in zip(sample.raters, of_two, strict=True)]
    third = _rater(THIRD, Counter(task for task, _ in differ), Counter(task for task, _ in answers[THIRD]))
    return GoldState(
        raters=(*two, third) if differ else (*two,),
        rated=sum(any(given[task] == wanted for given in of_two) for task, wanted in asked.items()),
        pictures=len(sample.pictures),
        compared=len(one.keys() & other.keys()),
        differing=len(differ),
        settled=settled,
        undecided=len(answered) - settled,
    )


def _rater(rater: str, asked: Mapping[str, int], given: Counter[str]) -> RaterState:
    return RaterState(
        rater=rater,
        pictures=len(asked),
        whole=sum(given[task] == wanted for task, wanted in asked.items()),
        begun=sum(0 < given[task] < wanted for task, wanted in asked.items()),
        answers=given.total(),
    )


def answers_of(sample: Sample, labels: Collection[Label]) -> dict[str, dict[Question, str]]:
    """Return rater → question → the answer as figures count it: the band of its value, or the value without bands."""
    asked = {(picture.task, one.id): one for picture in sample.pictures for one in sample.asked_of(picture)}
    answers: dict[str, dict[Question, str]] = {name: {} for name in (*sample.raters, THIRD)}
    for task, name, rater, value in labels:
        if (task, name) in asked and rater in answers:
            bands = asked[task, name].bands.items()
            answers[rater][task, name] = next((band for band, values in bands if value in values), value)
    return answers


def differing(sample: Sample, labels: Collection[Label]) -> set[Question]:
    """Return the questions in which the two raters differ."""
    one, other = (answers_of(sample, labels)[name] for name in sample.raters)
    return {asked for asked in one.keys() & other.keys() if one[asked] != other[asked]}


def second_round(sample: Sample, labels: Collection[Label]) -> Sample:
    """Return a set as the third person is given it: what two differ in and the third did not answer yet.

    Raises:
        RefusedError: if one of the two answered nothing, if they do not differ, or if the third answered everything.
    """
    of, answers = f"gold set {sample.gold_set}", answers_of(sample, labels)
    if silent := [name for name in sample.raters if not answers[name]]:
        raise RefusedError(
            f"{of}: no answers of {' and '.join(silent)} yet; a third person is asked once two have answered"
        )
    one, other = (answers[name] for name in sample.raters)
    differ = differing(sample, labels)
    if not differ:
        raise RefusedError(
            f"{of}: {' and '.join(sample.raters)} agree in all {len(one.keys() & other.keys()):,} questions that both "
            "answered; there is nothing to ask a third person"
        )
    wanted = differ - answers[THIRD].keys()
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
