"""Figures are the same bits whatever the processor can do: numpy and the C library choose other code for it."""

from __future__ import annotations

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
import hashlib, math
import numpy as np
from assets.metrics.scores.measures.tvd import noise_floor

def told(*figures):
    print(hashlib.sha256(b"".join(np.ascontiguousarray(one).tobytes() for one in figures)).hexdigest())

rng = np.random.default_rng(5)
{what}
"""
WHAT = {
    "tvd_floor": "told(noise_floor(rng.integers(1, 60, 5000), rng.dirichlet(np.ones(4), 5000)))",
    "logarithms of numpy and of the C library": "x = rng.random(5000)\n"
    "told(np.log(x), np.exp(x), np.array([math.log(one) for one in x.tolist()]))",
}


def computed(what: str, **environment: str) -> str:
    """Return the hash of figures that another process computes."""
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FIGURES.format(what=WHAT[what])],
        env={**os.environ, **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_a_figure_is_the_same_on_an_older_processor() -> None:
    here = computed("tvd_floor")
    assert len(here.strip()) == 64
    assert {name: computed("tvd_floor", **older) for name, older in OLDER.items()} == dict.fromkeys(
        OLDER, here
    )


def test_these_settings_do_change_what_is_computed_here() -> None:
    """Else the test above shows nothing, as on a processor that is old itself or of another kind."""
    what = "logarithms of numpy and of the C library"
    here = computed(what)
    if all(computed(what, **older) == here for older in OLDER.values()):
        pytest.skip("logarithms are the same under every setting: this processor has none of these features")
