"""A small run of each promise of `tests/research`: the published bounds hold within two Monte-Carlo errors.

Every promise is tried by its formulas, and with fewer draws on the product's path; the two paths are compared below.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pytest

from tests.research import boards, changes, coverage, singles
from tests.research.__main__ import main
from tests.research.paths import PATHS, Case, Path, Printed
from tests.research.rows import Row, Table, markdown
from tests.research.worlds import NOISES, SUITES, Noise, counts, stepped

FORMULAS = PATHS["formulas"]


def kept(table: Table) -> None:
    """Fail with the rows of a promise that do not hold."""
    assert table.rows
    assert table.failed == []


def test_intervals_hold_what_is_planted() -> None:
    kept(coverage.suites(0.03, FORMULAS))
    kept(coverage.suites(0.05, rows_of=(coverage.SUITES[1], coverage.SUITES[15])))


def test_intervals_of_stereotypes_hold_what_is_planted() -> None:
    kept(coverage.stereotypes(0.03, FORMULAS))
    kept(coverage.stereotypes(0.03, rows_of=coverage.PAIRS[4:5]))


def test_equal_models_are_not_told_apart() -> None:
    kept(boards.false_boards(0.05, FORMULAS, boards.EQUAL[8:16]))
    kept(boards.carried(0.04, FORMULAS))
    kept(boards.false_boards(0.05, rows_of=[("icc.1", 12, 6), ("sd5", 4, 6)]))


def test_equal_models_are_not_told_apart_by_stereotypes() -> None:
    kept(boards.false_stereotypes(0.05, FORMULAS, boards.EQUAL_STEREOTYPES[8:16]))
    kept(boards.shared(0.04, FORMULAS))
    kept(boards.false_stereotypes(0.05, rows_of=[("icc.1", 12, 6)]))


def test_unequal_models_are_told_apart() -> None:
    kept(boards.power(0.03, FORMULAS))
    kept(boards.stereotype_power(0.03, FORMULAS))
    kept(boards.power(0.05, rows_of=boards.POWER[3:4]))


def test_few_changes_are_reported_that_are_none() -> None:
    kept(changes.false_reports(0.25, noises=("icc.1",), weeks=40))


def test_planted_changes_are_reported_in_time() -> None:
    kept(changes.delay(0.16, FORMULAS, ((SUITES[0], 20, "indep"), (SUITES[3], 40, "icc.1"))))  # 8 of each
    kept(changes.delay(0.16, planted=((SUITES[0], 50, "icc.1"),)))


def test_figures_that_stand_alone_keep_what_they_promise() -> None:
    for promise in (singles.prompts, singles.words, singles.verdicts, singles.unseen, singles.corrections):
        kept(promise(0.1))


def test_published_tables_hold_what_the_formulas_give() -> None:
    """Every kind of board, and changes of two fleets that restart: the two paths differ by rounding alone."""
    rng, parity = np.random.default_rng(20_285), np.full((5, 2), 0.5)
    shares = np.repeat([0.3, 0.5, 0.9], 5).reshape(3, 5)
    drawn = [counts(rng, shares, 9, 12, NOISES["sd5"]) for _ in range(2)]
    for how in ({}, {"yardstick": parity}, {"groups": range(5)}, {"groups": range(5), "twice": True}):
        cases = [Case(one, **how) for one in drawn]
        for printed, made in zip(PATHS["product"].boards(cases), FORMULAS.boards(cases), strict=True):
            assert printed.figure == pytest.approx(made.figure, abs=1e-9)
            assert made.told.any()
            assert not how or (printed.told == made.told).all()  # no board compares mean shares

    fleets = []
    for week in (14, 20):
        moved = counts(rng, stepped(np.full((3, 5), 0.3), 26, week, 0.6), 9, 26, NOISES["indep"])
        fleets.append([(moved[:, :, 0], moved.sum(2))] * 2)
    published = PATHS["product"].changes(fleets, 108)
    assert [*map(sorted, published)] == [*map(sorted, FORMULAS.changes(fleets, 108))]
    assert [{*map(tuple, found)} for found in published] == [{(0, 15)}, {(0, 21)}]


def _careless(cases: Iterable[Case]) -> Iterator[Printed]:
    """Yield boards that tell apart whatever is larger."""
    for board in FORMULAS.boards(cases):
        estimate = board.figure[0]
        yield Printed(np.stack([estimate] * 3), estimate[:, None] > estimate)


def test_a_path_that_breaks_a_promise_is_seen() -> None:
    careless = Path(_careless, lambda fleets, _: [[] for _ in fleets])
    assert boards.false_boards(0.05, careless, [("indep", 12, 6)]).failed
    assert coverage.suites(0.05, careless).failed
    assert changes.delay(0.16, careless, planted=((SUITES[0], 40, "indep"),)).failed


def test_noise_is_what_it_is_called() -> None:
    rng, shares = np.random.default_rng(1), np.full((400, 10), 0.5)
    alike, moved, carried = (
        counts(rng, shares, 20, 24, noise)[:, :, 0] / 20
        for noise in (NOISES["icc.1"], Noise(scatter=8), Noise(scatter=8, carried=0.5))
    )

    assert alike.var() == pytest.approx(0.25 / 20 * (1 + 19 * 0.1), rel=0.05)
    weekly = moved.mean(1)
    assert weekly.std() == pytest.approx(np.sqrt(0.08**2 + 0.25 / 200), rel=0.03)
    assert np.corrcoef(carried.mean(1)[:, 1:].ravel(), carried.mean(1)[:, :-1].ravel())[0, 1] > 0.35
    assert abs(np.corrcoef(weekly[:, 1:].ravel(), weekly[:, :-1].ravel())[0, 1]) < 0.05


@pytest.mark.parametrize(
    ("seen", "draws", "published", "kind", "rate", "holds"),
    [
        (0.07, 400, 0.055, "at most", False, True),
        (0.09, 400, 0.055, "at most", False, False),
        (0.0, 400, 0.055, "at most", False, True),
        (2 / 8, 8, 0.055, "at most", False, True),
        (3 / 8, 8, 0.055, "at most", False, False),
        (0.5, 100, 0.56, "at least", False, True),
        (0.4, 100, 0.56, "at least", False, False),
        (0.75, 8, 0.38, "at most", True, True),
        (1.25, 8, 0.38, "at most", True, False),
    ],
)
def test_a_figure_is_kept_within_two_errors(
    seen: float, draws: int, published: float, kind: str, rate: bool, holds: bool
) -> None:
    assert Row("", seen, draws, published, kind, rate=rate).holds == holds


def test_the_command_prints_tables_and_knows_its_promises(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["power-stereotypes", "--draws", "0.02", "--path", "formulas"]) in {0, 1}
    said = capsys.readouterr().out
    assert str(boards.SEED) in said
    assert "| 40 models, 12 weeks, +30 points |" in said
    with pytest.raises(SystemExit):
        main(["powr"])
    assert 'no promise "powr"' in capsys.readouterr().err
    broken = Table("A promise", [Row("all", 1.0, 100, 0.05)])
    assert "does not hold" in markdown(broken)
