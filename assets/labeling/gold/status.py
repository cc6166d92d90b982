"""How far a gold set is: pictures that were rated, by rater, and where two raters differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from assets.labeling.gold.records import THIRD, Label, Sample
from assets.labeling.gold.third import differing, told


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
    said = told(sample, labels)
    one, other = (said[name] for name in sample.raters)
    differ = differing(sample, labels)
    answered = differ & said[THIRD].keys()
    settled = sum(said[THIRD][asked] in {one[asked], other[asked]} for asked in answered)
    asked = {picture.task: len(picture.attributes) for picture in sample.pictures}
    of_two = [Counter(task for task, _ in said[name]) for name in sample.raters]
    two = [_rater(name, asked, found) for name, found in zip(sample.raters, of_two, strict=True)]
    third = _rater(THIRD, Counter(task for task, _ in differ), Counter(task for task, _ in said[THIRD]))
    return GoldState(
        raters=(*two, third) if differ else (*two,),
        rated=sum(any(found[task] == wanted for found in of_two) for task, wanted in asked.items()),
        pictures=len(sample.pictures),
        compared=len(one.keys() & other.keys()),
        differing=len(differ),
        settled=settled,
        undecided=len(answered) - settled,
    )


def _rater(rater: str, asked: Mapping[str, int], found: Counter[str]) -> RaterState:
    return RaterState(
        rater=rater,
        pictures=len(asked),
        whole=sum(found[task] == wanted for task, wanted in asked.items()),
        begun=sum(0 < found[task] < wanted for task, wanted in asked.items()),
        answers=found.total(),
    )
