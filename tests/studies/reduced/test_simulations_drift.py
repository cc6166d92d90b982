"""The study of changes at reduced size: every mark holds, with three standard errors for the fewer draws."""

from __future__ import annotations

import pytest

from assets.metrics.drift import likelihood as drift_likelihood
from tests.studies.simulations.drift import begun_anew, false_alarms, many_cells, power, stated_shifts
from tests.studies.simulations.drift_causes import labelers, refusals
from tests.studies.simulations.readers import clustered_weeks
from tests.studies.simulations.tables import Table


@pytest.mark.parametrize(
    ("part", "draws"),
    [
        (false_alarms, 0.02),
        (begun_anew, 0.02),
        (power, 0.02),
        (many_cells, 0.02),
        (refusals, 0.02),
        (labelers, 0.05),
        (stated_shifts, 0.05),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_every_mark_holds_at_reduced_size(part: object, draws: float) -> None:
    table: Table = part(draws)  # type: ignore[operator]
    assert table.marks
    assert table.failed == []


def test_binomial_counts_alone_alarm_where_shares_scatter(monkeypatch: pytest.MonkeyPatch) -> None:
    """The marks can fail: without the prior for scatter quiet series that wobble by 3 points alarm."""
    monkeypatch.setattr(drift_likelihood, "MANY", drift_likelihood.Resolution(64, (0.0,), (1.0,)))
    assert any("scatter 3" in mark.text for mark in false_alarms(0.02).failed)


def test_pooled_shares_would_take_refusals_for_drift() -> None:
    assert refusals(0.02).rows[0][-1] == "100.0%"


def test_pictures_of_one_job_open_nothing_and_hide_no_step() -> None:
    """With every picture counted they scatter so much that even a step of 25 points is kept back."""
    quiet, step = (clustered_weeks.rates(10, 5, 0.4, 12, size) for size in (0, 0.25))
    assert quiet.treated == 0
    assert step.treated > 0.8
    assert step.untreated < 0.3
