"""People err too: what a picture shows, from what the labeler read and what one, two or three people say of it.

A latent class (Dawid & Skene 1979, Applied Statistics 28: 20-28): G[f, t], how often a picture read as f shows t, and
R[t, r], how often a person who sees a value says r where t is shown; where nobody sees a value none is shown. Pictures
that two people rated tell R, as long as people and labeler err independently of one another given what is shown; a
third person's word is taken for what is shown. The likelihood of answers given the reading is maximised by EM from one
fixed start and by Newton steps, where it does not fall.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import NamedTuple

import numpy as np

from assets.metrics.formulas.share import Z95, Bools, Estimate, Floats, Ints, by_group, ratio

#: How often people are right at the start.
_START = 0.9
#: Steps of EM before a Newton step, and rounds of both.
_STEPS, _ROUNDS = 60, 60
#: Newton steps are taken once a step of EM moves no rate by more.
_NEAR = 1e-5
#: Parameters that move less than this have arrived.
ARRIVED = 1e-12
#: A rate below it is 0: steps of EM halve it without end.
_NONE = 1e-10
#: The smallest singular value of the equations below which the answers do not tell the rates.
_TELLS = 1e-6
#: A value that a picture shows is said in more than this share of answers, or classes may have changed places.
SAID = 0.5


@dataclass(frozen=True)
class Answers:
    """What people say of P rated pictures of K values and `outside`, K; -1 where nothing was said.

    Attributes:
        read: (P,) the value that the labeler read.
        said: (P, A) answers of those who were asked, in any order.
        settled: (P,) the third person's; K also where none of those who were asked saw a value.
        weight: (P,) pictures that each stands for.
        wide: K + 1.
    """

    read: Ints
    said: Ints
    settled: Ints
    weight: Floats
    wide: int

    @classmethod
    def of_people(cls, read: Ints, said: Ints, settled: Ints, weight: Floats, wide: int) -> Answers:
        """Return answers about values: who sees none says nothing where another, or the third person, sees one."""
        sees = (said >= 0) & (said < wide - 1)
        nobody = (settled < 0) & (said >= 0).any(axis=1) & ~sees.any(axis=1)
        settled = np.where(nobody, wide - 1, settled)
        sees &= (settled != wide - 1)[:, None]
        return cls(read, np.where(sees, said, -1), settled, weight, wide)

    @cached_property
    def _unique(self) -> tuple[Ints, Ints]:
        rows = np.column_stack([self.read, self.settled, np.sort(self.said, axis=1)])
        kinds, of = np.unique(rows, axis=0, return_inverse=True)
        return kinds, of.ravel()

    @property
    def of(self) -> Ints:
        """(P,) which kind of answers a picture has."""
        return self._unique[1]

    @cached_property
    def kinds(self) -> Answers:
        """Each kind of answers once, with the weight of its pictures."""
        rows, of = self._unique
        return Answers(rows[:, 0], rows[:, 2:], rows[:, 1], by_group(self.weight, of, len(rows)), self.wide)

    @property
    def twice(self) -> Bools:
        """(P,) whether two people or more saw a value."""
        found: Bools = (self.said >= 0).sum(axis=1) > 1
        return found


@dataclass(frozen=True)
class Raters:
    """The rates at their likeliest.

    Attributes:
        given: (K + 1, K + 1) G, rows what was read; 0 where nothing was rated.
        said_of: (K + 1, K + 1) R, rows what is shown; 0 where nothing shows it, and of no value.
        moves: (kinds, K + 1, K + 1) how G grows with the weight of a picture of each kind.
        of: (P,) the kind of each picture.
        error: how often people say another value than is shown, of those that both show and say one.
        doubles: pictures of which two people or more saw a value.
        told: whether the answers tell the rates.
    """

    given: Floats
    said_of: Floats
    moves: Floats
    of: Ints
    error: Estimate
    doubles: int
    told: bool

    def along(self, effect: Floats) -> Floats:
        """Return (P,) how a figure grows with the weight of each picture, from how it grows with G."""
        found: Floats = (self.moves * effect).sum(axis=(1, 2))[self.of]
        return found


def raters(answers: Answers, shown: Floats, z: float = Z95) -> Raters:
    """Estimate the rates from answers of which some are two or more about one picture.

    Args:
        answers: what people say.
        shown: (K + 1,) shares of what was read, by which the errors of values are weighed.
        z: normal quantile of the interval of people's error.
    """
    kinds = answers.kinds
    theta, told = _climb(kinds, _start(kinds))
    theta = np.where(theta < _NONE, 0.0, theta)
    given, said_of = theta
    moves, known = _moves(kinds, theta)
    shows = (shown[:, None] * given).sum(axis=0)
    told = told and known and bool((np.diag(said_of)[:-1][shows[:-1] > 0] > SAID).all())
    error, doubles = _error(answers, shows, said_of, z), int(answers.twice.sum())
    return Raters(given, said_of, moves, answers.of, error, doubles, told)


def _start(kinds: Answers) -> Floats:
    """Return G as people say, with a little of each value that anybody says, and R mostly right."""
    wide = kinds.wide
    every = np.concatenate([kinds.said, kinds.settled[:, None]], axis=1)
    total, known = np.zeros((wide, wide)), np.zeros(wide)
    for column in every.T:
        there = column >= 0
        np.add.at(total, (kinds.read[there], column[there]), kinds.weight[there])
        known[column[there]] = 1
    little = np.where(total.sum(axis=1)[:, None] > 0, known / max(known.sum(), 1), 0)
    given = _START * np.nan_to_num(ratio(total, total.sum(axis=1)[:, None])) + (1 - _START) * little
    known[-1] = 0  # who sees no value says nothing
    right = known[:, None] * known * (1 - _START) / max(known.sum() - 1, 1)
    np.fill_diagonal(right, _START * known if known.sum() > 1 else known)
    return np.stack([given, right])


def _posterior(kinds: Answers, theta: Floats) -> tuple[Floats, Floats]:
    """Return how likely each kind shows each value, (kinds, K + 1), and the likelihood of each kind's answers."""
    given, said_of = theta
    each = given[kinds.read]
    for column in kinds.said.T:
        each = each * np.where(column[:, None] >= 0, said_of.T[column], 1)
    settled = (kinds.settled[:, None] < 0) | (kinds.settled[:, None] == np.arange(kinds.wide))
    each = np.where(settled, each, 0)
    total = each.sum(axis=1)
    return each / total[:, None], total


def _em(kinds: Answers, theta: Floats) -> Floats:
    """Return the rates after one step of EM."""
    shows = kinds.weight[:, None] * _posterior(kinds, theta)[0]
    wide = kinds.wide
    reads = (kinds.read == np.arange(wide)[:, None]).astype(float)
    given = reads @ shows
    said = np.zeros((wide, wide), dtype=given.dtype)
    for column in kinds.said.T:
        said += ((column == np.arange(wide)[:, None]).astype(float) @ shows).T
    return np.stack([_shares(given), _shares(said)])


def _shares(total: Floats) -> Floats:
    of = total.sum(axis=1)[:, None]
    found: Floats = np.where(of != 0, total / np.where(of != 0, of, 1), 0)
    return found


def likelihood(kinds: Answers, theta: Floats) -> float:
    """Return the logarithm of the likelihood."""
    return float((kinds.weight * np.log(_posterior(kinds, theta)[1])).sum() / kinds.weight.sum())


def _climb(kinds: Answers, theta: Floats) -> tuple[Floats, bool]:
    """Return the likeliest rates, and whether they were arrived at."""
    for _ in range(_ROUNDS):
        for _ in range(_STEPS):
            before, theta = theta, _em(kinds, theta)
        moved = np.abs(theta - before).max()
        if moved < ARRIVED:
            return theta, True
        if moved > _NEAR:
            continue
        step = np.linalg.lstsq(
            np.eye(theta.size) - _jacobian(kinds, theta), (_em(kinds, theta) - theta).ravel(), rcond=None
        )[0]
        there = np.maximum(theta + step.reshape(theta.shape), 0.0)
        there = np.stack([_shares(there[0]), _shares(there[1])])
        with np.errstate(divide="ignore", invalid="ignore"):
            if likelihood(kinds, there) >= likelihood(kinds, theta):
                theta = there
    return theta, False


def _jacobian(kinds: Answers, theta: Floats) -> Floats:
    """Return the derivative of a step of EM, by complex steps: it is a quotient of polynomials."""
    columns = []
    for place in range(theta.size):
        shifted = theta.astype(complex).ravel()
        shifted[place] += 1e-30j
        columns.append(_em(kinds, shifted.reshape(theta.shape)).imag.ravel() / 1e-30)
    return np.array(columns).T


def _moves(kinds: Answers, theta: Floats) -> tuple[Floats, bool]:
    """Return the derivative of G along the weight of a picture of each kind, and whether the answers tell the rates.

    Where a step of EM stands still, θ = m(θ, w), dθ/dw = (1 - dm/dθ)⁻¹ dm/dw.
    """
    posterior, _ = _posterior(kinds, theta)
    wide, many = kinds.wide, len(kinds.read)
    shows = kinds.weight[:, None] * posterior
    of_read = by_group(kinds.weight, kinds.read, wide)[kinds.read]
    own = np.zeros((many, 2, wide, wide))
    own[np.arange(many), 0, kinds.read] = (posterior - theta[0][kinds.read]) / of_read[:, None]
    answers = (kinds.said >= 0).sum(axis=1)
    of_shown = (shows * answers[:, None]).sum(axis=0)
    told = np.stack([(kinds.said == value).sum(axis=1) for value in range(wide)], axis=1)
    excess = told[:, None, :] - answers[:, None, None] * theta[1]
    own[:, 1] = np.nan_to_num(ratio(posterior[:, :, None] * excess, of_shown[:, None]))
    equations = np.eye(theta.size) - _jacobian(kinds, theta)
    if np.linalg.svd(equations, compute_uv=False)[-1] < _TELLS:
        return own[:, 0], False
    solved = np.asarray(np.linalg.solve(equations, own.reshape(many, -1).T), dtype=np.float64)
    return solved.T.reshape(own.shape)[:, 0], True


def _error(answers: Answers, shows: Floats, said_of: Floats, z: float) -> Estimate:
    """Return how often people are wrong; its interval follows how often two of them differ (Wilson's).

    Two who are wrong in e of pictures, of two values, differ in D = 2 e (1 - e); e = (1 - √(1 - 2D)) / 2.
    """
    inside = shows[:-1, None] * said_of[:-1, :-1]
    if not inside.sum():
        return Estimate(*(np.array(np.nan) for _ in range(3)))
    rate = max(1 - float(np.trace(inside) / inside.sum()), 0.0)
    pairs = [pair for pair in _pairs(answers) if len(pair[0])]
    differ, weight = (np.concatenate(part) for part in zip(*pairs, strict=True))
    n, share = weight.sum() ** 2 / (weight**2).sum(), float((weight * differ).sum() / weight.sum())
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))

    def wrong(differing: float) -> float:
        return (1 - float(np.sqrt(max(1 - 2 * differing, 0.0)))) / 2

    least, most = min(rate, wrong(share)), max(rate, wrong(share))
    low = least + wrong(middle - half) - wrong(share) if share else 0.0
    high = most + wrong(middle + half) - wrong(share)
    return Estimate(np.array(rate), np.array(max(low, 0.0)), np.array(min(high, 1.0)))


def _pairs(answers: Answers) -> Iterator[tuple[Floats, Floats]]:
    """Yield whether two people differ, and what each such pair of a picture weighs."""
    said = answers.said
    many = (said >= 0).sum(axis=1)
    for one, other in combinations(range(said.shape[1]), 2):
        both = np.all(said[:, [one, other]] >= 0, axis=1)
        differ = (said[both, one] != said[both, other]).astype(float)
        yield differ, answers.weight[both] / (many[both] * (many[both] - 1) / 2)


class Third(NamedTuple):
    """Pictures of which one of three people says another value than the others.

    Attributes:
        split: how many, of those that the labeler reads as either value.
        lone: how many of them it reads as the one says.
        expected: how many of them it would, if people and labeler erred independently.
        p_value: of as many or more; 1 without such pictures.
    """

    split: int
    lone: int
    expected: float
    p_value: float


def third(answers: Answers, found: Raters) -> Third:
    """Test that errors are independent: where a picture is hard, two of three are wrong more often than by chance.

    Then the labeler sides with the one more often. Given the rates, each such picture has its own chance of that; the
    distribution of their sum is exact.
    """
    rated = by_group(np.ones(len(answers.read)), answers.read, answers.wide)
    chances, lone = [], 0
    for read, said in zip(answers.read, answers.said, strict=True):
        names, many = np.unique(said[said >= 0], return_counts=True)
        if sorted(many) != [1, 2] or read not in names:
            continue
        likely = found.said_of[:, said[said >= 0]].prod(axis=1)
        of = {name: rated[name] * float(found.given[name] @ likely) for name in names}
        one = names[many.argmin()]
        chances.append(of[one] / sum(of.values()) if sum(of.values()) else 0.0)
        lone += int(read == one)
    exact = np.ones(1)
    for chance in chances:
        exact = np.convolve(exact, [1 - chance, chance])
    return Third(len(chances), lone, float(sum(chances)), float(min(exact[lone:].sum(), 1.0)))
