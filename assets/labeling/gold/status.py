"""How far a gold set is: pictures that were rated, by rater, and where two raters differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from assets.labeling.gold.importer import Label
from assets.labeling.gold.records import ADJUDICATOR, Sample


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
    """A gold set: its raters, pictures rated by one of them at least, and what two or more said of the same ones."""

    raters: tuple[RaterState, ...]
    rated: int
    pictures: int
    compared: int
    differing: int
    settled: int

    @property
    def complete(self) -> bool:
        """Return whether every rater answered everything."""
        return all(state.whole == state.pictures for state in self.raters if state.rater != ADJUDICATOR)


def gold_state(sample: Sample, labels: Collection[Label]) -> GoldState:
    """Return how far a set is; pictures nobody is asked anything about do not occur."""
    answers: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    values: defaultdict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for label in labels:
        answers[label.rater, label.task].add(label.attribute)
        values[label.task, label.attribute][label.rater] = label.value
    people = {key: [said[rater] for rater in sample.raters if rater in said] for key, said in values.items()}
    pairs = {key: said for key, said in people.items() if len(said) > 1}
    differing = {key for key, said in pairs.items() if len({*said}) > 1}
    settled = sum(ADJUDICATOR in values[key] for key in differing)
    names = [*sample.raters, *([ADJUDICATOR] if any(label.rater == ADJUDICATOR for label in labels) else [])]
    return GoldState(
        raters=tuple(_rater(sample, answers, name) for name in names),
        rated=sum(
            any(len(answers[rater, p.task]) == len(p.attributes) for rater in p.raters)
            for p in sample.pictures
        ),
        pictures=len(sample.pictures),
        compared=len(pairs),
        differing=len(differing),
        settled=settled,
    )


def _rater(sample: Sample, answers: dict[tuple[str, str], set[str]], rater: str) -> RaterState:
    mine = [
        p for p in sample.pictures if rater in p.raters or (rater == ADJUDICATOR and answers[rater, p.task])
    ]
    given = [(len(answers[rater, picture.task]), len(picture.attributes)) for picture in mine]
    return RaterState(
        rater=rater,
        pictures=len(mine),
        whole=sum(found == asked for found, asked in given),
        begun=sum(0 < found < asked for found, asked in given),
        answers=sum(found for found, _ in given),
    )
