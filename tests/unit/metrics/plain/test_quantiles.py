"""Quantiles are scipy's, which only they who compute import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import chi2, t

from assets.metrics import plain
from assets.metrics.plain.quantiles import chi_square_chance, student, student_chance

_IMPORTED = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module("assets.metrics.plain." + name)
print("scipy" in sys.modules, end=" ")
importlib.import_module("assets.metrics.plain.quantiles").student(3)
print("scipy" in sys.modules)
"""


def test_no_module_imports_scipy_before_a_figure_is_computed() -> None:
    """Pages and commands read constants and reasons of these modules."""
    names = [path.stem for path in Path(plain.__path__[0]).glob("*.py") if path.stem != "__init__"]
    ran = subprocess.run(
        [sys.executable, "-c", _IMPORTED, *names], capture_output=True, text=True, check=True
    )

    assert len(names) >= 12
    assert ran.stdout.split() == ["False", "True"]


@pytest.mark.parametrize("df", [1, 3, 44, 1e5, np.inf])
def test_quantiles_and_chances_are_scipys(df: float) -> None:
    statistic = np.array([0.0, -2.5, 4.0, np.nan])

    assert student(df) == pytest.approx(t.ppf(0.975, df))
    assert student(df, 1e-6) == pytest.approx(-t.isf(1e-6, df))
    assert student_chance(statistic, df) == pytest.approx(2 * t.sf(np.abs(statistic), df), nan_ok=True)
    assert chi_square_chance(30.0, 12) == pytest.approx(chi2.sf(30, 12))
