"""From counts to figures: the paths that promises are tried on.

`product` is the way of a published week: counts in a warehouse, its span, the tables that are published. `formulas`
calls the pure functions, which is quicker.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from assets.metrics.changes.table import WeeklyChanges
from assets.metrics.figures.table import span_figures
from assets.metrics.plain.arrays import Bools
from assets.metrics.plain.boards import board
from assets.metrics.spans import read_span
from assets.suites.analysis import shipped
from tests.research.worlds import Floats
from tests.unit.metrics.plain.drawing import replay
from tests.warehouse.counted import insert
from tests.warehouse.results.changes.weekly_counts import Suite, monday, warehouse
from warehouse import occasions
from warehouse.loading.load import replace_results

#: Counts that one warehouse holds at most.
HELD = 600_000
DECLARED = shipped().declared
#: What is declared of the suites of a trial: nothing but the level of reports.
NOTHING = DECLARED.model_copy(update={"stereotypes": (), "combinations": ()})


class Case(NamedTuple):
    """A board to make figures of: counts (models, prompts, 2, weeks), and what it is measured by."""

    counts: Floats
    yardstick: Floats | None = None  # (prompts, 2): typical gaps; None: shares
    groups: Sequence[int] | None = None  # of each prompt: declared pairs
    twice: bool = False  # whether every pair is declared of two attributes that always come together


class Printed(NamedTuple):
    """What is printed of a board.

    Attributes:
        figure: (3, models) estimate, low and high, in points or per cent.
        told: (models, models) whether i is shown to be more than j.
    """

    figure: Floats
    told: Bools


class Report(NamedTuple):
    """A change that was reported: of which model, and in which week."""

    model: int
    opened: int


#: Boards (hits, pictures) of one fleet, (models, prompts, weeks) each.
Fleet = Sequence[tuple[Floats, Floats]]


class Path(NamedTuple):
    """How figures are made of counts.

    Attributes:
        boards: what is printed of cases of one shape, in their order.
        changes: what is reported of fleets of one shape, given how many series are looked at in each.
    """

    boards: Callable[[Iterable[Case]], Iterable[Printed]]
    changes: Callable[[Sequence[Fleet], int], Sequence[Sequence[Report]]]


def formula_boards(cases: Iterable[Case]) -> Iterator[Printed]:
    """Yield the board of each case, all answers being pictures."""
    for case in cases:
        held, groups, prompts = case.counts, case.groups, range(case.counts.shape[1])
        place = np.tile(prompts, 2 if case.twice else 1)
        if groups is not None and case.twice:
            held, groups = held[:, place], [*groups, *(group + len(prompts) for group in groups)]
        made = board(held, held[..., -4:].sum((2, 3)), case.yardstick, group=groups, prompt=place)
        yield Printed(made.figure, made.told)


def formula_changes(fleets: Sequence[Fleet], series: int) -> list[list[Report]]:
    """Return the events of all weeks."""
    return [
        [Report(event.model, event.opened) for _, event in replay(fleet, series, DECLARED.looks)[0]]
        for fleet in fleets
    ]


def product_boards(cases: Iterable[Case]) -> Iterator[Printed]:
    """Yield the board of each case as it is published; every case is a suite of one warehouse."""
    every = [*cases]
    many = max(1, HELD // every[0].counts.size)
    for start in range(0, len(every), many):
        yield from _published(every[start : start + many])


def product_changes(fleets: Sequence[Fleet], series: int) -> list[list[Report]]:
    """Return what is reported week by week; boards are suites, and each fleet is an attribute of them.

    The warehouse holds more series than a fleet: the level of reports is set so that it is that of `series`.
    """
    models, _, weeks = fleets[0][0][0].shape
    suites = [
        Suite(
            f"s{number}",
            {f"s{number}/p{place}": f"job:{place}" for place in range(boards[0][0].shape[1])},
            {f"f{of}": np.stack([hits, pictures - hits], 2) for of, (hits, pictures) in enumerate(boards)},
        )
        for number, boards in enumerate(zip(*fleets, strict=True))
    ]
    looked_at = (len(fleets) + 1) * len(suites) * models  # refusals, too, of which there are none
    declared = NOTHING.model_copy(update={"looks": round(DECLARED.looks * series / looked_at)})
    with warehouse(_names(models), suites) as con:
        weekly = WeeklyChanges.read(con, monday(0), monday(weeks - 1), declared, ())
        for week in range(weeks):
            changes, _ = weekly.changes(monday(week))
            replace_results(con, occasions.week(monday(week)), {"changes": changes})
        rows = con.execute(
            "SELECT attribute, model, cast(date_diff('day', cast($first AS DATE), week) // 7 AS INTEGER) "
            "FROM changes ORDER BY ALL",
            {"first": monday(0)},
        ).fetchall()
    found: list[list[Report]] = [[] for _ in fleets]
    for attribute, model, opened in rows:
        found[int(attribute[1:])].append(Report(int(model[1:]), opened))
    return found


PATHS = {
    "product": Path(product_boards, product_changes),
    "formulas": Path(formula_boards, formula_changes),
}


def _names(models: int) -> list[str]:
    return [f"m{number:02}" for number in range(models)]


def _published(cases: Sequence[Case]) -> Iterator[Printed]:
    models, prompts, _, weeks = cases[0].counts.shape
    names = _names(models)
    suites = []
    for number, case in enumerate(cases):
        groups = range(prompts) if case.groups is None else case.groups
        subjects = {f"s{number}/p{place}": f"job:{group}" for place, group in enumerate(groups)}
        looks = ("look", "other_look") if case.twice else ("look",)
        suites.append(Suite(f"s{number}", subjects, dict.fromkeys(looks, case.counts)))
    last = occasions.week(monday(weeks - 1))
    with warehouse(names, suites) as con:
        for table, declared in _declared(suites, cases, last.name, names[0]).items():
            insert(con, table, declared)
        replace_results(con, last, span_figures(con, read_span(con, last), {}))
        figure = "stereotypes" if cases[0].groups else "mean_share" if cases[0].yardstick is None else "gap"
        figures = con.execute(
            "SELECT suite, model, 100 * estimate, 100 * low, 100 * high FROM figures "
            "WHERE figure = $figure AND coalesce(value, 'v0') = 'v0'",
            {"figure": figure},
        ).fetchall()
        pairs = con.execute("SELECT suite, model_b, model_a FROM board_pairs WHERE told_apart").fetchall()
    figure_of, told = (
        np.full((len(cases), 3, models), np.nan),
        np.zeros((len(cases), models, models), dtype=bool),
    )
    for suite, model, *printed in figures:
        figure_of[int(suite[1:]), :, int(model[1:])] = printed
    for suite, more, less in pairs:
        told[int(suite[1:]), int(more[1:]), int(less[1:])] = True
    yield from map(Printed, figure_of, told)


def _declared(
    suites: Sequence[Suite], cases: Sequence[Case], week: str, model: str
) -> Mapping[str, list[dict[str, Any]]]:
    """Return rows of what is declared of suites, by table."""
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for suite, case in zip(suites, cases, strict=True):
        of = {"suite": suite.name, "suite_major": 1, "attribute": "look"}
        if case.groups is not None:
            rows["stereotype_pairs"] += [
                {**of, "attribute": attribute, "value": "v0", "subject": subject}
                for attribute in suite.counts
                for subject in dict.fromkeys(suite.prompts.values())
            ]
        if case.yardstick is not None:
            rows["yardsticks"].append({**of, "reference": "parity"})
            of |= {"week": date.fromisoformat(week), "model": model, "reference": "parity", "banded": False}
            for prompt, shares in zip(suite.prompts, case.yardstick.tolist(), strict=True):
                for place, share in enumerate(shares):
                    expected = {"prompt": prompt, "value": f"v{place}", "expected_share": share}
                    rows["reference_values"].append({**of, **expected})
    return rows
