"""What the soak looks for is found: calls too many, answers twice, bills that differ, weeks that grow."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from assets.gateway.receipts import Receipt
from assets.gateway.records import Outcome
from tests.research.soak.__main__ import growth
from tests.research.soak.holds import _money, _slot

OK, LOST, BROKEN, LIMITED = Outcome.OK, Outcome.UNKNOWN_CHARGE, Outcome.SERVER_ERROR, Outcome.RATE_LIMITED


def calls(*outcomes: Outcome, usd: float = 0.1) -> list[Receipt]:
    """Receipts of one slot with these outcomes, in this order."""
    found: list[Any] = [
        SimpleNamespace(attempt=number, outcome=outcome, request_id=f"req_{number}", cost_usd=usd)
        for number, outcome in enumerate(outcomes, start=1)
    ]
    return cast(list[Receipt], found)


@pytest.mark.parametrize(
    ("outcomes", "told"),
    [
        ((BROKEN, BROKEN, LIMITED, LIMITED, OK), []),
        ((LOST,) * 5 + (OK,), []),
        ((BROKEN,) * 5 + (OK,), ["was asked 6 times in 1 runs"]),
        ((OK, BROKEN), ["was asked again after its answer"]),
        ((OK, OK), ["was answered twice", "was asked again after its answer"]),
        ((LOST,) * 7, ["was asked again after too many lost calls"]),
    ],
)
def test_calls_for_one_slot(outcomes: tuple[Outcome, ...], told: list[str]) -> None:
    assert [*_slot(calls(*outcomes), runs=1)] == told


def test_bills() -> None:
    log = [{"number": number, "billed_usd": 0.1} for number in (1, 2, 3)]
    assert [*_money(calls(OK, OK, OK), log)] == []
    assert [*_money(calls(OK, LOST, LOST), log)] == []
    assert [*_money(calls(OK, OK), log)] == [
        "3 calls came to the server, 2 have receipts, 0 of them lost",
        "$0.2000 in receipts, $0.3000 billed",
    ]
    assert [*_money(calls(OK, OK, OK, usd=0.2), log)] == ["3 receipts do not say what was billed"]


def test_growth() -> None:
    flat = growth(range(48), [10.0, 10.2, 9.8, 10.1, 9.9, 10.0] * 8)
    assert flat["low"] < 0 < flat["high"]
    assert flat["year"] < 0.05
    assert growth([3, 4], [10.0, 10.2]) == {}
    weeks = [3, 4, 10, 40]  # of others something was done before
    assert growth(weeks, [10.0 + week / 4 for week in weeks])["year"] == pytest.approx(0.96, abs=0.03)
