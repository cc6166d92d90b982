"""Figures are the same bits whatever the processor can do: numpy and the C library choose other code for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

#: What is switched off → how: numpy's code for newer processors, and the C library's (others ignore that).
OLDER = {
    "AVX-512": {"NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR"},
    "AVX2": {"NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR"},
    "FMA of the C library": {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F,-AVX2,-FMA,-FMA4"},
}
ROOT = Path(__file__).parents[3]
_COMPUTE = """
import json, math
import numpy as np
from assets.metrics.plain.cells import cells
from assets.metrics.plain.pairs import compare
from assets.metrics.plain.suites import gap_interval, share_interval

rng = np.random.default_rng(5)
counts = rng.multinomial(6, [0.2, 0.3, 0.5], (6, 20, 12)).swapaxes(2, 3)
x = rng.random(5000)
figures = {
    "shares": share_interval(cells(counts)),
    "gaps": gap_interval(cells(counts, np.full((20, 3), 1 / 3))),
    "pairs": compare(cells(counts))[:2],
    "logarithms of numpy and of the C library": (np.log(x), np.exp(x), [math.log(one) for one in x.tolist()]),
}
print(json.dumps({what: [np.ravel(one).tolist() for one in each] for what, each in figures.items()}))
"""
Figures = dict[str, list[list[float]]]


@cache
def computed(older: str = "") -> Figures:
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _COMPUTE],
        env={**os.environ, **OLDER.get(older, {})}, cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    figures: Figures = json.loads(ran.stdout)
    return figures


@pytest.mark.parametrize("what", ["shares", "gaps", "pairs"])
@pytest.mark.parametrize("older", OLDER)
def test_a_figure_is_the_same_on_an_older_processor(what: str, older: str) -> None:
    here, there = computed()[what], computed(older)[what]
    assert len(here) > 1
    for one, other in zip(here, there, strict=True):
        assert one == pytest.approx(other, rel=1e-9, abs=1e-12)


def test_these_settings_do_change_what_is_computed_here() -> None:
    """Else the test above shows nothing, as on a processor that is old itself or of another kind."""
    what = "logarithms of numpy and of the C library"
    if all(computed(older)[what] == computed()[what] for older in OLDER):
        pytest.skip("logarithms are the same under every setting: this processor has none of these features")
