"""How often people and labeler err, together: by another path, where it is not told, and what shared errors do."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from math import log, prod, sqrt

import numpy as np
import pytest
from assets.metrics.formulas.share import Z95
from scipy.optimize import minimize

from assets.metrics.labels.confusion import Gold, Pictures, confusion
from assets.metrics.labels.gold_evidence import SHARED, TOO_MANY, UNTOLD, withheld
from assets.metrics.labels.raters import Answers, Raters, Third, _em, _start, likelihood, raters, third


def people(
    seed: int, values: int = 2, n: int = 300, wrong: float = 0.06, twice: float = 0.7, settles: float = 0.0
) -> tuple[Answers, np.ndarray]:
    """Pictures read and rated by one, two or three people, of whom some say that they cannot tell."""
    rng = np.random.default_rng(seed)
    shown = rng.choice(values, n, p=rng.dirichlet(np.full(values, 4.0)))

    def said(error: float) -> np.ndarray:
        return np.where(rng.random(n) < error, (shown + rng.integers(1, values, n)) % values, shown)

    answers = np.stack([said(wrong) for _ in range(3)], axis=1)
    answers[rng.random((n, 3)) < 0.04] = values
    answers[rng.random(n) > twice, 1:] = -1
    answers[rng.random(n) > 0.5, 2] = -1
    settled = np.where(rng.random(n) < settles, shown, -1)
    read = said(0.1)
    found = Answers.of_people(read, answers, settled, rng.choice([1.0, 2.5], n), values + 1)
    return found, np.bincount(read, minlength=values + 1) / n


def by_hand(answers: Answers, given: np.ndarray, said_of: np.ndarray) -> float:
    """The log-likelihood, picture by picture."""
    total = 0.0
    for read, said, settled, weight in zip(
        answers.read, answers.said, answers.settled, answers.weight, strict=True
    ):
        chances = [
            given[read, t] * prod(said_of[t, s] for s in said if s >= 0)
            for t in range(answers.wide)
            if settled in (-1, t)
        ]
        total += weight * log(sum(chances))
    return total / answers.weight.sum()


@pytest.mark.parametrize(("seed", "values", "settles"), [(1, 2, 0.0), (2, 2, 0.2), (3, 3, 0.0)])
def test_no_other_rates_are_likelier(seed: int, values: int, settles: float) -> None:
    answers, shown = people(seed, values, settles=settles)
    found = raters(answers, shown)
    assert found.told
    best = by_hand(answers, found.given, found.said_of)
    kinds = answers.kinds
    assert best == pytest.approx(likelihood(kinds, np.stack([found.given, found.said_of])), abs=1e-12)
    wide = values + 1

    def rates(x: np.ndarray) -> np.ndarray:
        rows = (
            np.exp(x[: values * wide].reshape(values, wide)),
            np.exp(x[values * wide :].reshape(values, values)),
        )
        found = np.zeros((2, wide, wide))
        found[0, :values] = rows[0] / rows[0].sum(axis=1, keepdims=True)
        found[1, :values, :values] = rows[1] / rows[1].sum(axis=1, keepdims=True)
        return found

    # Another optimizer, from rates that are far off.
    start = np.concatenate([np.eye(values, wide).ravel(), np.eye(values).ravel()])
    other = minimize(lambda x: -likelihood(kinds, rates(x)), start, method="BFGS", options={"gtol": 1e-7})
    assert -other.fun <= best + 1e-12
    assert -other.fun == pytest.approx(best, abs=1e-6)
    np.testing.assert_allclose(rates(other.x), np.stack([found.given, found.said_of]), atol=3e-3)


@pytest.mark.parametrize("seed", range(4))
def test_no_step_of_em_loses_likelihood(seed: int) -> None:
    kinds = people(seed, values=2 + seed % 2)[0].kinds
    theta, seen = _start(kinds), []
    for _ in range(60):
        seen.append(likelihood(kinds, theta))
        theta = _em(kinds, theta)
    assert all(later >= earlier - 1e-13 for earlier, later in pairwise(seen))


def test_rates_move_with_the_weight_of_a_picture_as_a_new_estimate_does() -> None:
    answers, shown = people(5)
    found = raters(answers, shown)
    for kind in range(0, len(found.moves), 3):
        (place, *_) = np.flatnonzero(found.of == kind)
        steps = []
        for step in (1e-4, -1e-4):
            weight = answers.weight.copy()
            weight[place] += step
            steps.append(raters(replace(answers, weight=weight), shown).given)
        np.testing.assert_allclose(found.moves[kind], (steps[0] - steps[1]) / 2e-4, atol=1e-7)


def test_the_order_of_pictures_and_of_people_does_not_matter() -> None:
    answers, shown = people(6)
    turned = replace(
        answers, **{name: getattr(answers, name)[::-1] for name in ("read", "settled", "weight")},
        said=answers.said[::-1, ::-1],
    )  # fmt: skip
    one, two = raters(answers, shown), raters(turned, shown)
    np.testing.assert_allclose(one.given, two.given, atol=1e-11)
    np.testing.assert_allclose(one.said_of, two.said_of, atol=1e-11)


def answers_of(*rows: tuple[int, tuple[int, ...], int, int]) -> Answers:
    """(read, said, settled, times) as answers about two values, each picture counting once."""
    read, said, settled = (
        np.repeat(np.array([row[part] for row in rows]), [row[3] for row in rows], axis=0)
        for part in range(3)
    )
    return Answers.of_people(read, said, settled, np.ones(len(read)), 3)


def test_people_who_never_differ_may_err_as_often_as_so_few_pictures_allow() -> None:
    answers = answers_of((0, (0, 0), -1, 24), (1, (1, 1), -1, 16))
    error = raters(answers, np.array([0.6, 0.4, 0])).error
    assert (float(error.estimate), float(error.low)) == (0.0, 0.0)
    upper = Z95**2 / 40 / (1 + Z95**2 / 40)  # Wilson's, of none in 40
    assert float(error.high) == pytest.approx((1 - sqrt(1 - 2 * upper)) / 2)


def test_who_sees_no_value_says_nothing_where_another_does() -> None:
    answers = answers_of((0, (0, 2), -1, 3), (0, (2, 2), -1, 2), (0, (0, 1), 2, 1), (0, (2, 1), 0, 1))
    assert answers.said.tolist() == [[0, -1]] * 3 + [[-1, -1]] * 3 + [[-1, 1]]
    assert answers.settled.tolist() == [-1] * 3 + [2] * 3 + [0]


def test_a_third_person_is_believed() -> None:
    rows = [(0, (0, 0), -1, 60), (1, (1, 1), -1, 40), (0, (0, 1), 0, 6), (1, (0, 1), 1, 4)]
    found = raters(answers_of(*rows), np.array([0.6, 0.4, 0]))
    assert found.given[:2, :2].tolist() == [[1, 0], [0, 1]]
    # Of 132 answers about the first value 6 name the other; of 88 about the second 4 do.
    assert float(found.error.estimate) == pytest.approx(0.6 * 6 / 132 + 0.4 * 4 / 88)


def test_one_answer_a_picture_is_taken_as_it_is() -> None:
    said, stratum = np.array([0] * 9 + [1]), np.zeros(10, dtype=np.int64)
    once = np.stack([said, np.full(10, -1)], axis=1)
    gold = Gold(stratum, np.array([50.0]), stratum, np.eye(3)[said], once, np.full(10, -1))
    everything = np.array([True])
    found = confusion(gold, Pictures(np.array([[50.0, 0, 0]]), everything, everything))
    assert (found.people, found.given[0].tolist()) == (None, [0.9, 0.1, 0])


def told(high: float, *, told: bool = True) -> Raters:
    answers, shown = people(1)
    found = raters(answers, shown)
    return replace(found, told=told, error=found.error._replace(high=np.array(high)))


@pytest.mark.parametrize(
    ("found", "split", "reason"),
    [
        (told(0.08), None, None),
        (told(0.0801), None, TOO_MANY),
        (told(float("nan")), None, TOO_MANY),
        (told(0.02, told=False), None, UNTOLD),
        (told(0.02), Third(20, 12, 3.0, 0.001), SHARED),
        (told(0.02), Third(20, 5, 3.0, 0.2), None),
    ],
)
def test_what_is_withheld(found: Raters, split: Third | None, reason: str | None) -> None:
    assert withheld(found, split) == reason


def test_people_who_answer_by_chance_tell_nothing() -> None:
    rng = np.random.default_rng(3)
    answers = Answers.of_people(
        rng.integers(0, 2, 200), rng.integers(0, 2, (200, 2)), np.full(200, -1), np.ones(200), 3
    )
    assert withheld(raters(answers, np.array([0.5, 0.5, 0])), None) in {UNTOLD, TOO_MANY}


def test_the_labeler_sides_with_the_one_more_often_than_independent_errors_let_it() -> None:
    alone = [(0, (0, 0, 0), -1, 200), (1, (1, 1, 1), -1, 200), (0, (1, 1, 1), -1, 10), (1, (0, 0, 0), -1, 10)]
    beside = [(0, (0, 0, 1), -1, 12), (1, (1, 1, 0), -1, 12)]
    calm = answers_of(*alone, *beside)
    found = third(calm, raters(calm, np.array([0.5, 0.5, 0])))
    assert (found.split, found.lone, found.p_value) == (24, 0, 1.0)
    hard = answers_of(*alone, *beside, (1, (0, 0, 1), -1, 8), (0, (1, 1, 0), -1, 8))
    rates = raters(hard, np.array([0.5, 0.5, 0]))
    seen = third(hard, rates)
    assert (seen.split, seen.lone) == (40, 16)
    # By hand: how likely a picture read as the one says it is, all split the same way here but for the value.
    chances = []
    for one, two in ((0, 1), (1, 0)):
        weights = [
            220
            * sum(rates.given[read, t] * rates.said_of[t, one] * rates.said_of[t, two] ** 2 for t in (0, 1))
            for read in (one, two)
        ]
        rated = np.bincount(hard.read)[[one, two]] / 220
        chances.append(weights[0] * rated[0] / (weights[0] * rated[0] + weights[1] * rated[1]))
    assert seen.expected == pytest.approx(20 * sum(chances))
    assert seen.p_value < 1e-4
