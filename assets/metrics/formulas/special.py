"""Special functions that numpy lacks; small and exact."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import numpy.typing as npt

_TINY = 1e-300
_STEPS = 500
#: Of Stirling's series at x + 8, the last first; the next is below 1e-15.
_SHIFTED = 8
_STIRLING = (-691 / 360360, 1 / 1188, -1 / 1680, 1 / 1260, -1 / 360, 1 / 12)


def log_gamma(x: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return ln Γ(x) for x > 0, to about 1e-14, by Stirling's series (Abramowitz & Stegun 6.1.41) of x + 8.

    Its last digits depend on the processor: for what is rounded to a few.
    """
    given = np.asarray(x, dtype=float)
    product = np.ones_like(given)
    for step in range(_SHIFTED):
        product = product * (given + step)
    far = given + _SHIFTED
    inverse = 1 / (far * far)
    series = np.zeros_like(far)
    for part in _STIRLING:
        series = series * inverse + part
    whole = (far - 0.5) * np.log(far) - far + 0.5 * math.log(2 * math.pi) + series / far
    return np.asarray(whole - np.log(product))


def beta_regularized(a: float, b: float, x: float) -> float:
    """Return the regularized incomplete beta function I_x(a, b), to about 1e-14.

    Its continued fraction (NIST Digital Library of Mathematical Functions, 8.17.22), evaluated by Lentz's method, on
    whichever side of the mean it converges fast.

    Args:
        a: > 0.
        b: > 0.
        x: in [0, 1].
    """
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_regularized(b, a, 1 - x)
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    fraction, c, d = 1.0, 1.0, 0.0
    for step in range(_STEPS):
        m = step // 2
        if step == 0:
            numerator = 1.0
        elif step % 2:
            numerator = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            numerator = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1 / (1 + numerator * d or _TINY)
        c = 1 + numerator / c or _TINY
        fraction *= c * d
        if abs(c * d - 1) < 1e-16:
            break
    return math.exp(log_front) * (fraction - 1) / a


@lru_cache(maxsize=4096)
def t_quantile(probability: float, freedom: float) -> float:
    """Return the quantile of Student's t distribution, to about 1e-10.

    P(|T| > t) = I_{ν / (ν + t²)}(ν / 2, ½) (NIST DLMF 8.17, Abramowitz & Stegun 26.7.1), inverted by bisection and
    Newton's method.

    Args:
        probability: of a smaller value, in (½, 1).
        freedom: degrees of freedom ν > 0.

    Raises:
        ValueError: for a probability or degrees of freedom outside these ranges.
    """
    if not (0.5 < probability < 1 and freedom > 0):
        raise ValueError(f"no t quantile for probability {probability} and {freedom} degrees of freedom")
    tail = 2 * (1 - probability)

    def beyond(t: float) -> float:
        return beta_regularized(freedom / 2, 0.5, freedom / (freedom + t * t))

    low, high = 0.0, 1.0
    while beyond(high) > tail:
        low, high = high, 2 * high
    log_front = math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2) - 0.5 * math.log(freedom * math.pi)
    t = (low + high) / 2
    for _ in range(200):
        excess = beyond(t) - tail
        low, high = (t, high) if excess > 0 else (low, t)
        density = math.exp(log_front - (freedom + 1) / 2 * math.log1p(t * t / freedom))
        step = t + excess / (2 * density)
        following = step if low < step < high else (low + high) / 2
        if abs(following - t) <= 1e-15 * following:
            return following
        t = following
    return t
