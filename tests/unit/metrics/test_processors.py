"""Figures are the same bits whatever the processor can do: numpy and the C library choose other code for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

#: What is switched off → how: numpy's code for newer processors, and the C library's (others ignore that).
OLDER = {
    "AVX-512": {"NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR"},
    "AVX2": {"NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR"},
    "FMA of the C library": {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F,-AVX2,-FMA,-FMA4"},
}
ROOT = Path(__file__).parents[3]
FIGURES = """
import json, math
import numpy as np
from assets.metrics.plain.cells import cells
from assets.metrics.plain.pairs import compare
from assets.metrics.plain.suites import gap_interval, share_interval

rng = np.random.default_rng(5)
counts = rng.multinomial(6, [0.2, 0.3, 0.5], (6, 20, 12)).swapaxes(2, 3)
{what}
print(json.dumps([np.ravel(one).tolist() for one in figures]))
"""
WHAT = {
    "shares": "figures = share_interval(cells(counts))",
    "gaps": "figures = gap_interval(cells(counts, np.full((20, 3), 1 / 3)))",
    "pairs": "figures = compare(cells(counts))[:2]",
    "logarithms of numpy and of the C library": "x = rng.random(5000)\n"
    "figures = np.log(x), np.exp(x), np.array([math.log(one) for one in x.tolist()])",
}


def computed(what: str, **environment: str) -> str:
    """Return the figures that another process computes, as JSON."""
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FIGURES.format(what=WHAT[what])],
        env={**os.environ, **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


@pytest.mark.parametrize("what", ["shares", "gaps", "pairs"])
@pytest.mark.parametrize("older", OLDER)
def test_a_figure_is_the_same_on_an_older_processor(what: str, older: str) -> None:
    here, there = (json.loads(computed(what, **settings)) for settings in ({}, OLDER[older]))
    assert len(here) > 1
    for one, other in zip(here, there, strict=True):
        assert one == pytest.approx(other, rel=1e-9, abs=1e-12)


def test_these_settings_do_change_what_is_computed_here() -> None:
    """Else the test above shows nothing, as on a processor that is old itself or of another kind."""
    what = "logarithms of numpy and of the C library"
    here = computed(what)
    if all(computed(what, **older) == here for older in OLDER.values()):
        pytest.skip("logarithms are the same under every setting: this processor has none of these features")
