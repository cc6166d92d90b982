"""From weekly counts to events: week after week, which changes are opened, when they began, and where.

Nothing is opened whose shares scatter more from week to week than the evidence allows for (`scatter`): its e-value
counts as 0 in that week, which leaves it an e-value.

Every week all suites, and all cells with many pictures, are looked at together with the changes that were opened
before, each with the evidence of its opening: a stopped e-value is an e-value, so that the false discovery rate holds
for all events that were ever opened. What is opened stays opened. After it the series starts anew from the week of the
change: what was before is no evidence any more, so that one change is not reported twice and a second one can be found.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from assets.metrics.drift import ebh
from assets.metrics.drift import evidence as drift
from assets.metrics.drift.likelihood import Counts, ratios
from assets.metrics.drift.scatter import too_much
from assets.metrics.formulas.share import Bools, Floats, Ints

#: Decimals of the decimal logarithm of an e-value.
DIGITS = 3
#: The range of the date leaves out this much of its posterior at either end.
_TAIL = 0.025
#: A cell of a suite is said to have changed if that is likelier than not.
_LIKELY = 0.5


class OpenedChange(NamedTuple):
    """A change that was opened.

    Attributes:
        suite: number of the suite.
        cell: number of the cell that alarmed alone; None where its suite did.
        opened: week in which it was opened, as all others counted from 0.
        started: first week that counted as evidence.
        changed: first week after the change, the likeliest.
        earliest, latest: 95 % range of that week.
        log_e: natural logarithm of the e-value when it was opened, as exact as it is published: so it counts later.
        cells: numbers of the cells that likely changed; of a suite whose cells are each in doubt, all that were seen.
    """

    suite: int
    cell: int | None
    opened: int
    started: int
    changed: int
    earliest: int
    latest: int
    log_e: float
    cells: tuple[int, ...]


def scan(
    k: Counts,
    n: Counts,
    suite: Ints,
    suites: int,
    level: float = ebh.LEVEL,
    before: Sequence[OpenedChange] = (),
    first: int = 0,
) -> list[OpenedChange]:
    """Return all changes that are opened from the week `first` on, in the order of opening.

    Args:
        k: (cells, T) pictures with the value, those that were drawn together for what they are worth.
        n: (cells, T) pictures assessed, the same; 0 is no observation.
        suite: (cells,) which suite each cell belongs to, 0 … suites - 1, ascending.
        suites: number of suites.
        level: false discovery rate among the events of a week.
        before: all changes that were opened in the weeks before, in the order of opening.
        first: the first week that is looked at.
    """
    lonely = _lonely(n, suite, suites, first)
    known = drift.evidence(k, n, suite, suites, screened=True, first=first)
    suite_start, cell_start = np.zeros(len(suite), dtype=np.int64), np.zeros(len(suite), dtype=np.int64)
    for event in before:
        if event.cell is None:
            suite_start[suite == event.suite] = event.changed
        else:
            cell_start[event.cell] = event.changed
    touched = np.unique([event.suite for event in before]).astype(np.int64)
    _look_anew(known, (k, n, suite), touched, suite_start, cell_start)
    found = [*before]
    for week in range(first, n.shape[1]):
        known.cells[lonely[:, week - first], week - first] = -np.inf
        column, starts = week - first, (suite_start, cell_start)
        while (
            True
        ):  # what scatters too much is no hypothesis this week, and the others are weighed without it
            opened_suites, opened_cells = _opened(known, column, [event.log_e for event in found], level)
            of_suites = {
                int(one): _date_suite((k, n, suite), starts, int(one), week) for one in opened_suites
            }
            of_cells = {int(one): _date(k[[one]], n[[one]], cell_start[[one]], week) for one in opened_cells}
            wild = [[one for one, dated in of.items() if dated.scatters] for of in (of_suites, of_cells)]
            if not any(wild):
                break
            known.suites[wild[0], column] = known.cells[wild[1], column] = -np.inf
        for number, dated in of_suites.items():
            own = suite == number
            found.append(_named(dated, number, None, np.flatnonzero(own), known.suites[number, column]))
            suite_start[own] = dated.changed
        for number, dated in of_cells.items():
            log_e = known.cells[number, column]
            found.append(_named(dated, int(suite[number]), number, np.array([number]), log_e))
            cell_start[number] = dated.changed
        touched = np.unique([*opened_suites, *suite[opened_cells]]).astype(np.int64)
        _look_anew(known, (k, n, suite), touched, suite_start, cell_start)
    return found[len(before) :]


def _lonely(n: Counts, suite: Ints, suites: int, first: int) -> Bools:
    """Return (cells, T - first) which cells were, up to each week, all that was seen of their suite: looked at once."""
    seen = np.logical_or.accumulate(n > 0, axis=1)[:, first:]
    cells = np.zeros((suites, seen.shape[1]), dtype=np.int64)
    np.add.at(cells, suite, seen)
    found: Bools = cells[suite] <= 1
    return found


def _opened(known: drift.Evidence, column: int, before: list[float], level: float) -> tuple[Ints, Ints]:
    """Return which suites and which cells alarm in the week of a column, beside the events opened `before`.

    Those that were not observed, and those without a week that could be the first of a change, are no hypotheses.
    """
    log_e = np.concatenate([known.suites[:, column], known.cells[:, column]])
    asked = np.flatnonzero(log_e > -np.inf)
    alarmed = asked[ebh.kept(np.concatenate([log_e[asked], before]), level)[: len(asked)]]
    suites = len(known.suites)
    return alarmed[alarmed < suites], alarmed[alarmed >= suites] - suites


def _look_anew(
    known: drift.Evidence,
    counts: tuple[Counts, Counts, Ints],
    touched: Ints,
    suite_start: Ints,
    cell_start: Ints,
) -> None:
    """Compute the evidence of these suites and their cells anew, from their new starts on."""
    k, n, suite = counts
    first = n.shape[1] - known.cells.shape[1]
    rows = np.flatnonzero(np.isin(suite, touched))
    if rows.size == 0:
        return
    own = np.searchsorted(touched, suite[rows])
    both = np.maximum(suite_start, cell_start)[rows]
    known.suites[touched] = drift.evidence(
        k[rows], n[rows], own, len(touched), both, screened=True, first=first
    ).suites
    known.cells[rows] = drift.evidence(
        k[rows], n[rows], own, len(touched), cell_start[rows], screened=True, first=first
    ).cells


class _Dated(NamedTuple):
    scatters: bool  # by more than the evidence allows for
    opened: int
    started: int
    changed: int
    earliest: int
    latest: int
    seen: Bools
    likely: Bools


def _date_suite(
    counts: tuple[Counts, Counts, Ints], starts: tuple[Ints, Ints], number: int, week: int
) -> _Dated:
    k, n, suite = counts
    own = suite == number
    return _date(k[own], n[own], np.maximum(*starts)[own], week)


def _date(k: Counts, n: Counts, start: Ints, week: int) -> _Dated:
    """Return when a suite changed and which of its cells, as known in a week.

    Args:
        k: (C, T) pictures with the value in the suite's cells, or in the one cell.
        n: (C, T) pictures assessed.
        start: (C,) first week that counts in each cell.
        week: week as of which it is asked.
    """
    hits, total = drift.since(k[:, : week + 1], n[:, : week + 1], start)
    observed = total.sum(axis=0, keepdims=True)
    ratio = ratios(hits, total, drift.scatters(total, drift.first_weeks(observed)))
    prior = drift.candidates(observed)[0]
    cells = drift.first_cells(total)
    log_posterior = drift.together(ratio, prior, cells)[:, week]
    posterior = np.exp(log_posterior - np.max(log_posterior))
    below = np.cumsum(posterior) / posterior.sum()
    changed = int(np.argmax(posterior))
    seen = (total[:, :changed].sum(axis=1) > 0) & (total[:, changed:].sum(axis=1) > 0)
    return _Dated(
        scatters=too_much(hits, total, changed),
        opened=week,
        started=int(np.min(start)),
        changed=changed,
        earliest=min(int(np.searchsorted(below, _TAIL)), changed),
        latest=max(int(np.searchsorted(below, 1 - _TAIL)), changed),
        seen=seen,
        likely=_changed_cells(ratio[:, changed, week], cells) & seen,
    )


def _changed_cells(ratio: Floats, cells: int) -> Bools:
    """Return which cells changed at a known week, more likely than not, given their likelihood ratios."""
    shares, weights = (np.array(part)[:, None] for part in zip(*drift.chances(cells), strict=True))
    mixed = 1 - shares + shares * ratio
    with np.errstate(divide="ignore"):
        log_weight = np.log(weights[:, 0]) + np.log(mixed).sum(axis=1)
    weight = np.exp(log_weight - log_weight.max())
    chance = (weight[:, None] * (shares * ratio / mixed)).sum(axis=0) / weight.sum()
    found: Bools = chance > _LIKELY
    return found


def _named(event: _Dated, suite: int, cell: int | None, cells: Ints, log_e: float) -> OpenedChange:
    likely = cells[event.likely if event.likely.any() else event.seen]
    return OpenedChange(
        suite=suite,
        cell=cell,
        opened=event.opened,
        started=event.started,
        changed=event.changed,
        earliest=event.earliest,
        latest=event.latest,
        log_e=math.log(10) * round(float(log_e) / math.log(10), DIGITS),
        cells=tuple(likely.tolist()),
    )
