"""Word against word at reduced size: the marks hold, and a method that is broken is found out."""

from __future__ import annotations

import numpy as np
import pytest

from assets.metrics.effects import formulas as product
from assets.metrics.formulas.share import Estimate
from tests.studies.simulations import effects
from tests.studies.simulations.tables import Table

DRAWS = 0.02
#: Of 200 draws a coverage of 0.935 is seen below this once in ten thousand points.
LOOSE = effects.MARK - 0.07
EXACT = ("one pair",)


@pytest.fixture(scope="module")
def tables() -> list[Table]:
    return effects.tables(DRAWS)


def test_every_interval_covers_as_the_marks_say(tables: list[Table]) -> None:
    seen = {text.split(":")[0]: float(value) for table in tables for text, value, _ in table.marks}
    assert set(seen) == {*EXACT, "several pairs", "distance2"}
    for what, coverage in seen.items():
        assert coverage >= (effects.MARK if what in EXACT else LOOSE), what


def test_five_pictures_are_tabulated(tables: list[Table]) -> None:
    for table in tables[:3]:
        assert any(str(row[0]).startswith("5 and 5") or "n = 5" in str(row[0]) for row in table.rows), (
            table.title
        )
    first = tables[0].rows[0]
    assert first[0] == "5 and 5"
    assert float(first[1]) >= 0.94


def test_without_the_hull_one_pair_covers_too_rarely(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(product, "_widened", lambda found, *rest: found)
    ((_, coverage, holds),) = effects.one_pair().marks
    assert not holds
    assert float(coverage) < 0.92


def test_intervals_that_are_too_narrow_are_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def narrow(found: Estimate, *rest: object) -> Estimate:
        half = (found.high - found.low) / 3
        return Estimate(found.estimate, found.estimate - half, found.estimate + half)

    monkeypatch.setattr(product, "_widened", narrow)
    ((_, coverage, _),) = effects.several_pairs(200, np.random.default_rng(1)).marks
    assert float(coverage) < LOOSE
