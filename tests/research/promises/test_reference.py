"""Every function against the reference implementation beside the checkout, on drawn data, to 1e-9."""

from __future__ import annotations

from itertools import product
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from assets.metrics.plain import (
    boards,
    bounds,
    cells,
    changes,
    corrected,
    dispersion,
    intervals,
    pairs,
    suites,
    words,
)
from assets.suites.analysis import shipped
from tests.research.promises.prototypes import prototype
from tests.unit.metrics.plain.drawing import read, replay

WEEKS = (1, 3, 5, 16)


@pytest.fixture(scope="module")
def plain() -> ModuleType:
    """The reference; the tests are skipped where it is missing."""
    return prototype("plain.plain")


def same(ours: Any, theirs: Any) -> None:
    """Compare what two functions return, part by part, NaN with NaN and ∞ with ∞."""
    if isinstance(ours, tuple | list) and not isinstance(theirs, np.ndarray):
        for one, other in zip(ours, theirs, strict=False):  # ours say more, at their end
            same(one, other)
    elif isinstance(ours, str | bool | list):
        assert ours == (theirs if isinstance(theirs, str | bool | list) else theirs.tolist())
    else:
        np.testing.assert_allclose(np.asarray(ours), np.asarray(theirs), rtol=1e-9, atol=1e-12)


def world(seed: int, weeks: int, values: int = 2) -> tuple[Any, Any]:
    """Return counts (5, 8, values, weeks) with holes, alike pictures and a late model, and a yardstick."""
    rng = np.random.default_rng(seed)
    n = (
        rng.integers(0, 9, (5, 8, weeks))
        * (rng.random((5, 8, weeks)) > 0.1)
        * (rng.random((5, 1, weeks)) > 0.1)
    )
    n[0, :, : weeks // 2], n[4, 2:, -4:] = 0, 0
    truth = rng.dirichlet(np.ones(values), (5, 8, weeks)) * 0.3 + 0.7 * rng.dirichlet(
        np.ones(values), (5, 8, 1)
    )
    return np.moveaxis(rng.multinomial(n, truth), -1, 2).astype(float), rng.dirichlet(np.ones(values), 8)


DRAWS = list(product(range(3), WEEKS, (2, 4)))


@pytest.mark.parametrize(("seed", "weeks", "values"), DRAWS)
def test_cells_suites_and_pairs(plain: ModuleType, seed: int, weeks: int, values: int) -> None:
    counts, yardstick = world(seed, weeks, values)
    for target, group, prompt in product(
        (None, yardstick), (None, [0, 0, 0, 1, 1, 2, 2, 2]), (None, [0, 0, 1, 2, 3, 4, 5, 5])
    ):
        arguments = (counts, target, values - 1, group, prompt, weeks == 1)
        ours, theirs = cells.cells(*arguments), plain.cells(*arguments)
        same(tuple(ours), tuple(theirs))
        same(suites.suite(ours), plain.suite(theirs))
        same(suites.share_interval(ours), plain.share_interval(theirs))
        same(suites.gap_interval(ours), plain.gap_interval(theirs))
        both, reference = pairs.compare(ours), plain.compare(theirs)
        same(both, reference)
        same(pairs.ranks(both.more), plain.ranks(reference.more))
        estimate = ours.figure.mean(1)
        with np.errstate(all="ignore"):
            same(pairs.resolution(estimate, both), plain.resolution(estimate, reference))
            same(pairs.resolution(estimate, both, False), plain.resolution(estimate, reference, False))
        unseen = np.random.default_rng(seed).integers(0, 3, ours.pictures.shape)
        edges = (counts[..., -4:].sum(-1), unseen, target, values - 1)
        same(bounds.bounds(*edges), plain.bounds(*edges))
        same(bounds.holds(both, *bounds.bounds(*edges)), plain.holds(reference, *plain.bounds(*edges)))


@pytest.mark.parametrize(("seed", "weeks", "values"), DRAWS)
@pytest.mark.parametrize("prompts", [1, 8])
def test_boards(plain: ModuleType, seed: int, weeks: int, values: int, prompts: int) -> None:
    counts, yardstick = world(seed, weeks, values)
    counts, yardstick = counts[:, :prompts], yardstick[:prompts]
    answers = np.ceil(read(counts) * (1 + 0.1 * (seed > 0)))
    first = boards.REASONS.index
    for target, known in product((None, yardstick), ({}, {1: "withheld", 2: "labels_unreliable"})):
        arguments = (counts, answers, target, values - 1, None, None, weeks == 1)
        own = plain.board(*arguments)[4]
        # There a reason that only the caller knows hides all others: it gets those that come first.
        told = {row: word for row, word in known.items() if not own[row] or first(word) < first(own[row])}
        ours, theirs = boards.board(*arguments, known), plain.board(*arguments, told)
        assert {*ours.reason} - {""} <= {*boards.REASONS}
        same(ours[1:], theirs)  # the first are its cells


@pytest.mark.parametrize("seed", range(3))
def test_one_prompt_and_verdicts(plain: ModuleType, seed: int) -> None:
    counts, _ = world(seed, 12)
    n = counts.sum(2)
    hits = counts[:, :, 0]
    for worth in (1.0, 1.7):
        same(intervals.wilson(hits, n, worth), plain.wilson(hits, n, worth))
    for model, call, weeks in product(range(5), (1.0, 3.0), (1, 12)):
        one = hits[model, :, -weeks:], n[model, :, -weeks:], call
        same(intervals.worth(*one), plain.worth(*one))
    words_of = {"at least": "yes", "below": "no", "cannot tell": "cannot_tell"}
    low, high = plain.wilson(hits, n)
    theirs = [[[words_of[cell] for cell in row] for row in model] for model in plain.verdict(low, high, 0.4)]
    assert intervals.verdict(low, high, 0.4).tolist() == theirs


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("weeks", [1, 2, 4, 12])
def test_words_and_dispersion(plain: ModuleType, seed: int, weeks: int) -> None:
    counts, _ = world(seed, weeks)
    n, hits = counts.sum(2), counts[:, :, 0]
    for model, study in product(range(4), (False, True)):
        four = hits[model], n[model], hits[model + 1], n[model + 1], study
        if study and weeks > 1:
            continue
        with np.errstate(all="ignore"):
            same(words.word(*four), plain.word(*four))
    found = dispersion.dispersion(hits - hits.mean(-1, keepdims=True), n / 4)
    theirs = plain.dispersion(hits - hits.mean(-1, keepdims=True), n / 4)
    same(found, theirs)
    for axis in (None, 0):
        same(dispersion.used(*found, axis), plain.used(*theirs, axis))
    for models, df in product((2, 6), (2, 3, 11, 55.5, np.inf)):
        same(dispersion.tukey(models, df), plain.tukey(models, df))


@pytest.mark.parametrize("seed", range(3))
def test_changes(plain: ModuleType, seed: int) -> None:
    counts, _ = world(seed, 60)
    other = world(seed + 10, 60)[0]
    for each in (counts, other):
        each[seed, :, 0, 35:] += np.where(each.sum(2)[seed, :, 35:] > 0, 9, 0)
    series = [(each[:, :, 0], each.sum(2)) for each in (counts, other)]

    ours, theirs = replay(series, 36, plain.LOOKS), plain.replay(series, 36)

    assert ours[0]
    same(ours, theirs)
    for week in (4, 8, 20, 60):
        now = (*(part[..., :week] for part in series[0]), np.zeros(5, int), 36)
        same(changes.newest(*now, plain.LOOKS), plain.newest(*now))


@pytest.mark.parametrize("seed", range(6))
def test_corrected_shares(plain: ModuleType, seed: int) -> None:
    rng = np.random.default_rng(seed)
    total = np.array([600.0, 350, 40, 15]) * (seed + 1)
    stratum = rng.choice(4, 160, p=total / total.sum())
    stratum[:2] = 3  # where a small stratum has no gold, the reference counts none of its pictures
    read_label = stratum % 2
    gold = np.where(rng.random(160) < 0.1, 1 - read_label, read_label)
    share = np.array([0.0, 1, 0, 1])
    for number, disagreement, scatter in product((0, 12, 160), (0.0, 0.2), (1.0, 2.5)):
        sample = [part[:number] for part in (gold, read_label, stratum)]
        error = corrected.labeler_error(*sample, total, disagreement)
        ours = corrected.corrected(error, float(total @ share / total.sum()), total.sum(), scatter)
        same((*ours[:3], ours.reason), plain.corrected(*sample, total, share, scatter, disagreement))


def test_constants(plain: ModuleType) -> None:
    assert (cells.WINDOW, cells.HISTORY, cells.PICTURES) == (plain.WINDOW, plain.HISTORY, plain.PICTURES)
    assert (dispersion.LEAST, dispersion.DF) == (plain.LEAST, plain.DF)
    assert tuple(one for one in boards.REASONS if one != "other_labeler") == plain.REASONS  # which is ours
    assert (changes.BEFORE, changes.AFTER, shipped().declared.looks) == (
        plain.BEFORE,
        plain.AFTER,
        plain.LOOKS,
    )
