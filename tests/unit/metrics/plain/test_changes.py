"""Changes: the scan against a slow literal one, and what is no change."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import t as student

from assets.metrics.plain.changes import AFTER, BEFORE, newest
from tests.unit.metrics.plain.drawing import replay

LOOKS = 2000
Row = tuple[int, float, float, float, float, int]


def _splits(k: Any, n: Any, i: int, on: list[int]) -> dict[int, Row]:
    """Return date, size, variance, dispersion, its lag and df of each split of one model's weeks."""
    prompts = [j for j in range(k.shape[1]) if n[i, j, on].sum()]
    own = {j: np.mean([k[i, j, w] / n[i, j, w] for w in on if n[i, j, w]]) for j in prompts}
    y = np.array([np.mean([k[i, j, w] / n[i, j, w] - own[j] for j in prompts if n[i, j, w]]) for w in on])
    asked = {w: (n[i, :, w] > 0).sum() for w in on}
    rate = {j: np.mean([n[i, j, w] and 1 / n[i, j, w] / asked[w] ** 2 for w in on]) for j in prompts}

    def independent(weeks: list[int]) -> float:
        share = {j: (k[i, j, weeks].sum() + 0.5) / (n[i, j, weeks].sum() + 1) for j in prompts}
        return float(sum(rate[j] * share[j] * (1 - share[j]) for j in prompts))

    found, both = {}, independent(on)
    for a in range(AFTER[0], min(AFTER[1], len(on) - BEFORE[0]) + 1):
        low, cut = max(0, len(on) - a - BEFORE[1]), len(on) - a
        late, early = max(independent(on[cut:]), both), max(independent(on[low:cut]), both)
        x, z = y[cut:] - y[cut:].mean(), y[low:cut] - y[low:cut].mean()
        expected = (a - 1) * late + (cut - low - 1) * early
        scatter, lag = (x @ x + z @ z) / expected, (x[1:] @ x[:-1] + z[1:] @ z[:-1]) / expected
        size, spread = float(y[cut:].mean() - y[low:cut].mean()), late / a + early / (cut - low)
        found[a] = on[cut], size, spread, scatter, lag, len(on) - low - 2
    return found


def _slow(k: Any, n: Any, start: Any, series: int) -> list[tuple[Any, ...]]:
    """Return what the newest week brings to light, week by week and split by split."""
    rows: dict[int, dict[int, Row]] = {}
    for i in range(len(k)):
        on = [w for w in range(start[i], k.shape[2]) if n[i, :, w].sum()] if n[i, :, -1].sum() else []
        for a, row in _splits(k, n, i, on[-BEFORE[1] - AFTER[1] :]).items() if on else ():
            rows.setdefault(a, {})[i] = row
    scored: dict[int, dict[int, tuple[int, float, float, int]]] = {}
    for a, of in rows.items():
        own, lag, df = (np.array([row[j] for row in of.values()], float) for j in (3, 4, 5))
        r = np.clip(np.median(lag / np.maximum(own, 1e-12)), 0, 0.6)
        middle = max(1, np.median(own / (1 - 2 / (9 * df)) ** 3))
        phi = np.maximum(middle, own) * (1 + r) / (1 - r)
        errors = zip(phi, of.items(), strict=True)
        scored[a] = {i: (row[0], row[1], float(np.sqrt(f * row[2])), int(df.sum())) for f, (i, row) in errors}
    events = []
    for i in sorted({i for of in scored.values() for i in of}):
        mine = {a: of[i] for a, of in scored.items() if i in of}
        z, (date, size, error, df), a = max((abs(x[1] / x[2]), x, a) for a, x in mine.items())
        if 2 * student.sf(z, df) < 1 / (LOOKS * series):
            dates = [x[0] for x in mine.values() if z**2 - (x[1] / x[2]) ** 2 <= 7.35]
            alike = sum(x[1] / x[2] * np.sign(size) > 2 for x in scored[a].values())
            common = alike >= 3 and 2 * (alike - 1) >= len(scored[a]) - 1  # itself is one of them
            half = student.ppf(0.975, df) * error
            events.append((i, k.shape[2] - 1, date, min(dates), max(dates), size, half, common))
    return events


@pytest.mark.parametrize("seed", range(4))
def test_changes_are_those_of_the_slow_scan(seed: int) -> None:
    """With late and missed weeks, missing prompts, steps, a shift of all models, and restarts."""
    rng = np.random.default_rng(seed)
    n = rng.integers(2, 8, (5, 6, 64)) * (rng.random((5, 6, 64)) > 0.1) * (rng.random((5, 1, 64)) > 0.05)
    n[1, :, :10], n[2, 3, :30], n[3, 2, 20:] = 0, 0, 0
    step = 0.5 * (np.arange(64) >= 25) * (np.arange(5) == seed)[:, None, None] + 0.3 * (np.arange(64) >= 50)
    k = rng.binomial(n, np.clip(rng.uniform(0, 0.4, (5, 6, 1)) + step, 0, 1))
    begin, expected = np.zeros(5, int), []
    for week in range(64):
        new = _slow(k[..., : week + 1], n[..., : week + 1], begin, 90)
        for event in new:
            begin[event[0]] = max(begin[event[0]], event[2])
        expected += new

    events, start = replay([(k, n)], 90, LOOKS)

    assert len(events) > 2
    assert (start == begin).all()
    assert np.allclose([event[:8] for _, event in events], expected)


def test_an_event_says_its_level_before_and_its_standard_error() -> None:
    n = np.full((3, 8, 40), 20)
    share = 0.3 + 0.5 * (np.arange(40) >= 30) * (np.arange(3) == 1)[:, None, None]
    k = np.random.default_rng(2).binomial(n, share * np.ones((3, 8, 1)))

    [(board, event)], start = replay([(k, n)], 18, LOOKS)

    assert (board, event.model, event.changed, event.opened, event.common) == (0, 1, 30, 31, False)
    assert (event.first, event.last) == (30, 30)
    assert event.since == 30 - BEFORE[1]
    before, after = (k[1, :, a:b].mean() / 20 for a, b in ((event.since, 30), (30, 32)))
    assert event.size == pytest.approx(after - before)
    assert event.half == pytest.approx(student.ppf(0.975, event.df) * event.standard_error)
    assert event.critical == pytest.approx(student.isf(0.5 / LOOKS / 18, event.df))
    assert abs(event.size / event.standard_error) > event.critical
    assert start.tolist() == [0, 30, 0]


def test_a_change_of_most_models_at_once_is_common() -> None:
    n = np.full((6, 8, 40), 20)
    share = 0.3 + 0.3 * (np.arange(40) >= 30) * (np.arange(6) < 5)[:, None, None]
    events = replay([(np.random.default_rng(3).binomial(n, share * np.ones((6, 8, 1))), n)], 18, LOOKS)[0]

    assert sorted(event.model for _, event in events) == [0, 1, 2, 3, 4]
    assert all(event.common for _, event in events)


def test_a_report_of_one_series_begins_all_series_of_the_model_anew() -> None:
    rng, n = np.random.default_rng(4), np.full((3, 8, 40), 20)
    step = (np.arange(40) >= 30) * (np.arange(3) == 1)[:, None, None]
    large, small = (rng.binomial(n, 0.3 + size * step * np.ones((3, 8, 1))) for size in (0.4, 0.08))

    both, start = replay([(large, n), (small, n)], 18, LOOKS)

    assert [board for board, _ in both] == [0]
    assert start.tolist() == [0, 30, 0]
    assert [board for board, _ in replay([(small, n)], 18, LOOKS)[0]] == [0]  # alone it is found, later


def test_a_prompt_that_comes_or_goes_is_no_change() -> None:
    n = np.full((3, 8, 40), 20)
    n[:, 7, 20:], n[:, 6, :20], n[0, :4, 30] = 0, 0, 0
    k = np.random.default_rng(6).binomial(n, np.array([0.5] * 6 + [0.0, 1.0])[:, None])

    assert replay([(k, n)], 50, LOOKS)[0] == []


def test_three_weeks_before_are_too_few() -> None:
    k = np.repeat([0, 20], [3, 2]) * np.ones((2, 4, 1))

    found, soon = newest(k, np.full((2, 4, 5), 20), [0, 0], 1, LOOKS)

    assert found == []
    assert np.isnan(soon)


def test_a_model_that_was_not_asked_in_the_newest_week_has_nothing_new() -> None:
    n = np.full((2, 8, 40), 20)
    share = 0.3 + 0.5 * (np.arange(40) >= 30) * (np.arange(2) == 1)[:, None, None] * np.ones((2, 8, 1))
    k = np.random.default_rng(2).binomial(n, share)
    n[1, :, -1] = k[1, :, -1] = 0

    assert newest(k, n, [0, 0], 18, LOOKS)[0] == []
    assert [event.model for event in newest(k[..., :-1], n[..., :-1], [0, 0], 18, LOOKS)[0]] == [1]
