"""The finding that an edition opens with, as data: which share, of whose pictures, how far from what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

#: The weeks of a whole window.
WINDOW = timedelta(weeks=4)


@dataclass(frozen=True)
class LeadFinding:
    """What the pictures show that a model drew for one prompt in the weeks of a window.

    Attributes:
        weeks: how many of its weeks have assessed pictures.
        suite: "<id>@<major>".
        prompt: "<suite>/<prompt>".
        alone: whether the model was asked no other prompt with that subject.
        reference: what the share is held against: parity, or stereotypes (against 0).
        expected: the share that it is held against.
        count: pictures that show the value.
        n: pictures in which the attribute was read as a value that counts.
        drawn: pictures of the prompt in those weeks, whatever was read in them.
        low: lower end of the 95 % interval of count / n.
        distance: from `expected` to the nearer end of the interval.
        reach: `distance` by the largest one possible on that side of `expected`: 1 is all pictures, or none.
        worth: how many pictures count as one in the interval.
        bounds: least and largest share whatever the unseen answers would have shown; None where 5 % or less are unseen.
        reliable: whether the labels are not known to be unreliable.
    """

    week: date
    first_week: date
    weeks: int
    model: str
    simulated: bool
    suite: str
    prompt: str
    text: str
    subject: str
    alone: bool
    attribute: str
    value: str
    reference: str
    expected: float
    count: int
    n: int
    drawn: int
    low: float
    high: float
    distance: float
    reach: float
    worth: float
    bounds: tuple[float, float] | None
    reliable: bool


@dataclass(frozen=True)
class Detected:
    """How many changes were opened in the weeks of a window: of models, and of what has a likelier cause."""

    changes: int
    doubtful: int
