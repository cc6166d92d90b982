"""From counts to figures: the path that promises are tried on. This one calls the pure functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from assets.metrics.plain.boards import Board, board
from assets.metrics.plain.changes import Event, replay
from tests.research.worlds import Floats


class Case(NamedTuple):
    """A board to make figures of: counts (models, prompts, 2, weeks), and what it is measured by."""

    counts: Floats
    yardstick: Floats | None = None  # (prompts, 2): typical gaps; None: shares
    groups: Sequence[int] | None = None  # of each prompt: declared pairs
    study: bool = False


#: Boards of many cases, in their order. All are given at once, so that a path may load them in one go.
Boards = Callable[[Iterable[Case]], Iterable[Board]]
#: Events of a fleet's boards (hits, pictures), with the number of series that are looked at.
Changes = Callable[[Sequence[tuple[Floats, Floats]], int], Sequence[tuple[int, Event]]]


def pure_boards(cases: Iterable[Case]) -> Iterator[Board]:
    """Yield the board of each case, all answers being pictures."""
    for case in cases:
        answers = case.counts[..., -4:].sum((2, 3))
        yield board(case.counts, answers, case.yardstick, group=case.groups, study=case.study)


def pure_changes(boards: Sequence[tuple[Floats, Floats]], series: int) -> list[tuple[int, Event]]:
    """Return the events of all weeks."""
    return replay(boards, series)[0]
