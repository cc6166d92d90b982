"""Changes over weeks: false alarms, power, dates, many series at once, refusals, and labelers that drift.

Belongs here: weekly counts with planted changes, and what the product's own functions make of them. Does not belong
here: evidence (`assets.metrics.drift.evidence`), opening (`drift_scan`), kinds of events (`drift_events`).
"""

from __future__ import annotations

import math
import sys
from typing import NamedTuple

import numpy as np

from assets.metrics.drift import detectable, ebh
from assets.metrics.drift import evidence as drift
from assets.metrics.drift.scan import OpenedChange, scan
from assets.metrics.formulas.share import Ints
from tests.studies.simulations.drift_causes import labelers, refusals
from tests.studies.simulations.readers.clustered_weeks import together
from tests.studies.simulations.tables import Table
from tests.studies.simulations.weekly import SEED, alone, counts, slack

TITLE = "Changes over weeks"
WEEKS = 104
SERIES = 2_000
SCATTER = 0.03
STEP = 0.2
#: Below this part of the full draws a study shows only what its marks need.
BRIEF = 0.1
LATER = 12  # weeks that are looked at after a change


def tables(draws: float) -> list[Table]:
    """Return the tables of the study."""
    parts = (false_alarms, begun_anew, power, many_cells, refusals, labelers, stated_shifts, together)
    found = []
    for part in parts:
        print(f"  {part.__name__}", file=sys.stderr, flush=True)
        found.append(part(draws))
    return found


def false_alarms(draws: float) -> Table:
    """How many quiet series ever alarm in two years."""
    number = max(60, round(SERIES * draws))
    rows, marks = [], []
    for n, prompts, wanted in ((100, 1, True), (40, 1, True), (20, 10, True), (12, 27, False)):
        for p in (0.1, 0.3, 0.5) if prompts == 1 else (math.nan,):
            for scatter in (0.0, SCATTER, 0.05, 0.1):
                if draws < BRIEF and (n == 40 or p == 0.3 or scatter > SCATTER or not wanted):
                    continue
                lot = np.random.default_rng(
                    [SEED, 1, n, round(100 * (p if prompts == 1 else 0)), round(scatter * 100)]
                )
                suites = number if prompts == 1 else max(20, number // 10)
                level = np.full(1, p) if prompts == 1 else np.linspace(0.05, 0.95, prompts)
                true = np.broadcast_to(np.tile(level, suites)[:, None], (suites * prompts, WEEKS))
                k, pictures = counts(lot, n, true, scatter)
                alarmed = np.flatnonzero(alone(k, pictures, prompts).any(axis=1))
                seen = sum(_opens(k, pictures, one, prompts) for one in alarmed.tolist()) / suites
                said = f"{p:g}" if prompts == 1 else "0.05 to 0.95"
                rows.append(
                    [
                        n,
                        prompts,
                        said,
                        f"{100 * scatter:g}",
                        suites,
                        f"{len(alarmed) / suites:.1%}",
                        f"{seen:.1%}",
                    ]
                )
                if wanted and scatter <= SCATTER:
                    text = f"≤ 5 % ever opened: n = {n}, {prompts} prompts, share {said}, scatter {100 * scatter:g}"
                    marks.append((text, f"{seen:.1%}", seen <= 0.05 + slack(0.05, suites, draws)))
    return Table(
        "Quiet series of which anything is opened in 104 weeks",
        (
            "pictures per prompt and week",
            "prompts",
            "share",
            "scatter in points",
            "series",
            "alarm",
            "opened",
        ),
        rows,
        marks,
        "Each looked at every week, alone. Of what alarms, what clearly scatters by more than 4 points is not opened.",
    )


def _opens(k: Ints, n: Ints, number: int, prompts: int) -> bool:
    own = slice(number * prompts, (number + 1) * prompts)
    return bool(scan(k[own], n[own], np.zeros(prompts, dtype=np.int64), 1))


def begun_anew(draws: float) -> Table:
    """How many series alarm again in the two years after a change, though nothing more changed.

    After an event a series starts anew from the week of the change, which was chosen from the counts, so that the weeks
    from there to the opening are used twice: no proof holds for it.
    """
    rows, marks = [], []
    for n, prompts, few in ((100, 1, True), (40, 1, False), (20, 10, True)):
        for step in (0.1, STEP):
            for scatter in (0.0, SCATTER, 0.05):
                if draws < BRIEF and (not few or step < STEP or scatter > SCATTER):
                    continue
                number = max(40, round((400 if prompts == 1 else 200) * draws))
                lot = np.random.default_rng([SEED, 7, n, prompts, round(100 * step), round(100 * scatter)])
                level = np.full(1, 0.3) if prompts == 1 else np.linspace(0.1, 0.7, prompts)
                true = np.tile(level, number)[:, None] + step * (np.arange(20 + WEEKS) >= 20)
                k, pictures = counts(lot, n, true, scatter)
                opened, again = 0, 0
                for one in range(number):
                    own = slice(one * prompts, (one + 1) * prompts)
                    events = scan(k[own], pictures[own], np.zeros(prompts, dtype=np.int64), 1)
                    right = [event.opened for event in events if event.opened >= 20]
                    opened += bool(right)
                    again += len({*right}) > 1
                seen = again / max(opened, 1)
                rows.append([n, prompts, f"{100 * step:g}", f"{100 * scatter:g}", opened, f"{seen:.1%}"])
                if scatter <= SCATTER:
                    text = f"≤ 5 % alarm again: n = {n}, {prompts} prompts, {rows[-1][2]} points, scatter {rows[-1][3]}"
                    marks.append((text, f"{seen:.1%}", seen <= 0.05 + slack(0.05, opened, draws)))
    return Table(
        "Series that alarm again within 104 weeks of a change, though nothing more changed",
        ("pictures per prompt and week", "prompts", "points", "scatter in points", "opened", "alarm again"),
        rows,
        marks,
        "They start anew from the week of the change: the weeks up to its opening are used twice.",
    )


class Seen(NamedTuple):
    """What became of changes: parts of the series."""

    in_3: float
    in_8: float
    dated: float
    early: float


def found_alone(k: Ints, n: Ints, week: Ints) -> Seen:
    """Return how soon changes at those weeks were found and how well they were dated, series looked at alone."""
    events: dict[int, OpenedChange] = {}
    for number in range(len(k)):
        own = slice(number, number + 1), slice(None, week[number] + LATER)
        alarms = scan(k[own], n[own], np.zeros(1, dtype=np.int64), 1)
        if alarms:
            events[number] = alarms[0]
    late = np.array([events[i].opened - week[i] if i in events else 1000 for i in range(len(k))])
    right = [abs(event.changed - week[i]) <= 1 for i, event in events.items() if late[i] >= 0]
    return Seen(
        float(((late >= 0) & (late < 3)).mean()),
        float(((late >= 0) & (late < 8)).mean()),
        float(np.mean(right)) if right else 0.0,
        float((late < 0).mean()),
    )


def power(draws: float) -> Table:
    """How soon a change of 20 points is found at n = 100, and how it is dated."""
    number = max(40, round(500 * draws))
    rows, marks = [], []
    for scatter in (0.0, SCATTER):
        for start in (8, 12, 20, 40, 80, None):
            for before in (0.1, 0.4, 0.7, None):
                if (start is None) != (before is None) or (draws < BRIEF and start is not None):
                    continue
                lot = np.random.default_rng(
                    [SEED, 2, round(scatter * 100), start or 0, round(10 * (before or 0))]
                )
                many = 2 * number if start is None else number
                week = np.full(many, start) if start is not None else lot.integers(8, WEEKS - LATER, many)
                low = np.full(many, before) if before is not None else lot.uniform(0.02, 0.78, many)
                sign = np.ones(many) if before is not None else lot.choice([-1, 1], many)
                low = np.where(sign < 0, 1 - low, low)
                true = low[:, None] + (sign * STEP)[:, None] * (
                    np.arange(int(week.max()) + LATER) >= week[:, None]
                )
                seen = found_alone(*counts(lot, 100, true, scatter), week)
                where = (
                    "any" if start is None else str(start + 1),
                    "any" if before is None else f"{before:g}",
                )
                rows.append([f"{100 * scatter:g}", *where, many, *(f"{part:.1%}" for part in seen)])
                if start is None:
                    spare = slack(0.1, many, draws)
                    if not scatter:
                        marks.append(
                            (
                                "found within 3 weeks in ≥ 90 %, no scatter",
                                rows[-1][4],
                                seen.in_3 >= 0.9 - spare,
                            )
                        )
                    else:
                        marks.append(
                            (
                                "found within 8 weeks in ≥ 85 %, scatter 3 points",
                                rows[-1][5],
                                seen.in_8 >= 0.85 - spare,
                            )
                        )
                    text = f"dated ± 1 week in ≥ 95 %, scatter {100 * scatter:g} points"
                    marks.append((text, rows[-1][6], seen.dated >= 0.95 - spare))
    return Table(
        "A change of 20 points, 100 pictures a week",
        (
            "scatter",
            "week",
            "share before",
            "series",
            "in 3 weeks",
            "in 8 weeks",
            "dated ± 1",
            "alarm before",
        ),
        rows,
        marks,
        "any: a week drawn from the ninth to the 91st, a share before drawn from 0.02 to 0.98, up or down.",
    )


def many_cells(draws: float) -> Table:
    """500 cells of which 50 change: events ever opened."""
    repeats = max(1, round(20 * draws))
    rows, marks = [], []
    for n, scatter, within, asked in ((100, 0.0, 3, True), (100, SCATTER, 8, False), (40, 0.0, 12, True)):
        found, false, right = [], [], []
        for repeat in range(repeats):
            lot = np.random.default_rng([SEED, 3, n, round(100 * scatter), repeat])
            before = lot.uniform(0.05, 0.7, 500)[:, None]
            true = before + STEP * ((np.arange(500) < 50)[:, None] & (np.arange(52) >= 20))
            k, pictures = counts(lot, n, true, scatter)
            events = scan(k, pictures, np.arange(500), 500)
            good = {e.suite: e for e in reversed(events) if e.suite < 50 and e.opened >= 20}
            found.append(sum(e.opened < 20 + within for e in good.values()) / 50)
            false.append((len(events) - len(good)) / max(len(events), 1))
            right += [abs(e.changed - 20) <= 1 for e in good.values()]
        seen = float(np.mean(found)), float(np.mean(false)), float(np.mean(right or [0]))
        rows.append([n, f"{100 * scatter:g}", repeats, within, *(f"{part:.1%}" for part in seen)])
        text = f"n = {n}, scatter {100 * scatter:g} points"
        marks.append((f"FDR of events ever opened ≤ 5 %: {text}", rows[-1][5], seen[1] <= 0.05))
        if asked:
            spare = slack(0.1, repeats * 50, draws)
            marks.append((f"power ≥ 90 % within {within} weeks: {text}", rows[-1][4], seen[0] >= 0.9 - spare))
    return Table(
        "500 cells, 50 of which change by 20 points in the 21st of 52 weeks",
        (
            "pictures a week",
            "scatter",
            "repeats",
            "weeks",
            "found within them",
            "false among opened",
            "dated ± 1",
        ),
        rows,
        marks,
        "False: of a cell that did not change, before its change, or the same change again.",
    )


def stated_shifts(draws: float) -> Table:
    """How often the shift that the board states is really found."""
    repeats = max(40, round(400 * draws))
    rows, marks = [], []
    for n, prompts in ((6, 5), (12, 27), (20, 10), (100, 1)):
        for weeks in detectable.WITHIN:
            for everywhere in (True, False) if prompts > 1 else (True,):
                shift = detectable.smallest_shift(n, prompts, 512, weeks, everywhere)
                if shift is None:
                    continue
                lot = np.random.default_rng([SEED, 6, n, prompts, weeks, everywhere])
                moved = np.ones(prompts, dtype=bool) if everywhere else np.arange(prompts) == 0
                quiet = np.where(moved, (1 - shift) / 2, np.linspace(0.1, 0.9, prompts))
                later = (np.arange(detectable.QUIET + weeks) >= detectable.QUIET)[None, :]
                true = np.tile(quiet, repeats)[:, None] + np.tile(moved * shift, repeats)[:, None] * later
                k, pictures = counts(lot, n, np.clip(true, 0, 1))
                found = drift.evidence(k, pictures, np.repeat(np.arange(repeats), prompts), repeats).suites
                seen = float((found[:, detectable.QUIET :] >= math.log(512 / ebh.LEVEL)).any(axis=1).mean())
                rows.append(
                    [n, prompts, "all" if everywhere else "one", weeks, f"{100 * shift:.0f}", f"{seen:.1%}"]
                )
                text = (
                    f"found in 70 to 98 %: n = {n}, {prompts} prompts, {rows[-1][2]} changes, {weeks} weeks"
                )
                spare = slack(0.2, repeats, draws)
                marks.append((text, rows[-1][5], 0.7 - spare <= seen <= 0.98 + spare))
    return Table(
        "Shifts as the board states them",
        ("pictures a prompt", "prompts", "that change", "within weeks", "points stated", "found"),
        rows,
        marks,
        "The board means four of five. It calculates without scatter of small cells and without the grid.",
    )
