"""Error rates, and the test whether one model's labels err otherwise: by another path, and what must hold of both."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest
from assets.metrics.formulas.share import Z95
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.metrics.labels.confusion import Confusion, confusion
from assets.metrics.labels.label_error import Difference, differences, error_rate
from assets.metrics.study.tests import holm
from tests.unit.metrics.labels.test_confusion import joint_by_hand, slopes, variance_by_hand, week, world


def of(*rated: tuple[tuple[int, ...], ...], pictures: tuple[int, int] = (600, 400)) -> list[Confusion]:
    joint = ((pictures[0], 0, 0), (0, pictures[1], 0), (0, 0, 0))
    return [confusion(*week(joint, (*answers, (0, 0, 0)))) for answers in rated]


GOOD = ((59, 1, 0), (1, 39, 0))
BAD = ((51, 9, 0), (6, 34, 0))


def test_the_error_rate_by_hand() -> None:
    # Of 600 pictures read as yes 1 in 6 is wrong, of 400 read as no 1 in 4, of those that people can assess.
    (found,) = of(((50, 10, 0), (10, 30, 10)))
    rate = error_rate(found)
    assert float(rate.estimate) == pytest.approx((0.6 / 6 + 0.4 * 0.2) / (0.6 + 0.4 * 0.8))
    assert float(rate.low) < float(rate.estimate) < float(rate.high)


@pytest.mark.parametrize("seed", range(6))
def test_the_error_rate_and_its_interval_are_those_of_another_path(seed: int) -> None:
    gold, pictures = world(seed, values=2 + seed % 2, sets=1 + seed % 2)
    found = error_rate(confusion(gold, pictures))

    def rate(joint: np.ndarray) -> complex:
        inside = joint[:-1, :-1]
        return 1 - np.trace(inside) / inside.sum()

    joint = joint_by_hand(gold, pictures)
    assert float(found.estimate) == pytest.approx(float(rate(joint).real), abs=1e-9)
    effect = slopes(rate, joint)
    whole = pictures.counts[pictures.pool].sum(axis=0)
    gold_alone = variance_by_hand(gold, pictures, effect, 0 * pictures.counts) - _cells(
        gold, pictures, effect
    )
    mean = (_given(joint) * effect).sum(axis=1)
    shown = whole / whole.sum()
    half = Z95 * np.sqrt(gold_alone + ((shown @ mean**2) - (shown @ mean) ** 2) / whole.sum())
    assert float(found.low) == pytest.approx(max(float(rate(joint).real) - half, 0), abs=1e-9)
    assert float(found.high) == pytest.approx(min(float(rate(joint).real) + half, 1), abs=1e-9)


def _given(joint: np.ndarray) -> np.ndarray:
    return joint / joint.sum(axis=1)[:, None]


def _cells(gold, pictures, effect: np.ndarray) -> float:
    """What `variance_by_hand` adds for pictures within their cells."""
    mean = (_given(joint_by_hand(gold, pictures)) * effect).sum(axis=1) / pictures.counts[pictures.pool].sum()
    wide = pictures.counts.shape[1]
    sums = [0.0, 0.0]
    for counts in pictures.counts[pictures.pool]:
        n, extra = counts.sum(), counts + np.where(np.arange(wide) < wide - 1, 2 / (wide - 1), 0)
        sums[0] += (
            np.average((mean - np.average(mean, weights=counts)) ** 2, weights=counts) * n * n / (n - 1)
        )
        sums[1] += np.average((mean - np.average(mean, weights=extra)) ** 2, weights=extra) * n
    return max(sums)


def test_no_error_seen_is_a_rate_of_0_with_room_above() -> None:
    (found,) = of(((60, 0, 0), (0, 40, 0)))
    rate = error_rate(found)
    assert (float(rate.estimate), float(rate.low)) == (0.0, 0.0)
    assert 0.01 < float(rate.high) < 0.06


def test_nothing_assessed_by_both_has_no_rate() -> None:
    (found,) = of(((0, 0, 60), (0, 0, 40)))
    assert np.isnan(error_rate(found)).all()
    assert differences([found, *of(GOOD)])[0].value == -1


def test_worse_labels_of_one_model_are_told_and_equal_ones_are_not() -> None:
    told = differences(of(GOOD, BAD, GOOD, GOOD))
    assert told[1].p_value < 0.01
    assert told[1].own < told[1].others
    assert min(told[place].p_value for place in (0, 2, 3)) > 0.05
    assert all(one.p_value == 1 for one in differences(of(GOOD, GOOD, GOOD)))


def test_a_model_alone_is_compared_with_nobody() -> None:
    (told,) = differences(of(GOOD))
    assert told.value == -1
    assert np.isnan(told.p_value)
    assert differences([]) == []


def test_labels_without_any_error_are_alike() -> None:
    clean = ((60, 0, 0), (0, 40, 0))
    assert [one.p_value for one in differences(of(clean, clean))] == [1.0, 1.0]


def _sensitivity_variance(found: Confusion, value: int, read_as: np.ndarray) -> float:
    """The design's variance of a sensitivity if labels erred as `read_as` has it; strata are the values read."""
    seen = found.joint[:2, :2].sum(axis=0)
    out = 0.0
    means = []
    for f in (0, 1):
        chance = read_as[f, value] * seen[value] / sum(read_as[f, y] * seen[y] for y in (0, 1))
        step = ((f == value) - read_as[value, value]) / seen[value]
        rated = (found.gold.read == f).sum()
        out += found.shown[f] ** 2 * chance * (1 - chance) * step**2 / rated
        means.append(chance * step)
    shown = found.shown[:2]
    return out + (shown @ np.square(means) - (shown @ means) ** 2) / found.number


def test_p_values_are_those_of_another_path() -> None:
    found = of(GOOD, BAD, ((57, 3, 0), (5, 35, 0)))
    joints = np.array([one.joint[:2, :2] for one in found])
    together = joints.sum(axis=0)
    read_as = together / together.sum(axis=0)
    raw = {}
    for model in range(3):
        rest = [other for other in range(3) if other != model]
        for value in (0, 1):
            s = read_as[value, value]
            own = joints[model, value, value] / joints[model, :, value].sum()
            mass = np.array([joints[other, :, value].sum() for other in rest])
            others = joints[rest, value, value].sum() / mass.sum()
            n = s * (1 - s) / _sensitivity_variance(found[model], value, read_as)
            spread = [_sensitivity_variance(found[other], value, read_as) for other in rest]
            m = s * (1 - s) / ((mass / mass.sum()) ** 2 @ spread)
            middle = (n * own + m * others) / (n + m)

            def likelihood(share: float, size: float, at: float) -> float:
                return size * (share * np.log(at) + (1 - share) * np.log(1 - at))

            gain = sum(
                likelihood(share, size, share) - likelihood(share, size, middle)
                for share, size in ((own, n), (others, m))
            )
            raw[model, value] = 2 * NormalDist().cdf(-np.sqrt(2 * gain))
    steps, worst = sorted(raw, key=raw.__getitem__), 0.0
    adjusted = {}
    for place, pair in enumerate(steps):
        worst = max(worst, min(1.0, raw[pair] * (6 - place)))
        adjusted[pair] = worst
    for model, told in enumerate(differences(found)):
        value = min((0, 1), key=lambda v, m=model: raw[m, v])
        assert told == Difference(
            value,
            pytest.approx(joints[model, value, value] / joints[model, :, value].sum(), abs=1e-9),
            pytest.approx(told.others),
            pytest.approx(adjusted[model, value], abs=1e-9),
        )


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.floats(0, 1), st.just(float("nan"))), max_size=12))
def test_holm_is_the_step_down_of_the_definition(values: list[float]) -> None:
    found = holm(np.array(values, dtype=float))
    known = sorted(value for value in values if not np.isnan(value))
    for value, adjusted in zip(values, found, strict=True):
        if np.isnan(value):
            assert np.isnan(adjusted)
            continue
        steps = [
            min(1.0, (len(known) - place) * other) for place, other in enumerate(known) if other <= value
        ]
        assert adjusted == pytest.approx(max(steps))
        assert adjusted >= value


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 500), min_size=1, max_size=4), st.integers(2, 3))
def test_rates_and_p_values_lie_within_0_and_1_in_any_order_of_models(seeds: list[int], values: int) -> None:
    found = [confusion(*world(seed, values=values, error=0.3)) for seed in seeds]
    for one in found:
        rate = error_rate(one)
        assert 0 <= float(rate.low) <= float(rate.estimate) <= float(rate.high) <= 1
    told, turned = differences(found), differences(found[::-1])[::-1]
    for one, other in zip(told, turned, strict=True):
        assert one.value == other.value or one.p_value == pytest.approx(other.p_value)
        assert np.isnan(one.p_value) or (
            0 <= one.p_value <= 1 and one.p_value == pytest.approx(other.p_value)
        )
