"""Verdicts on claims: the rule by itself, and the table against a second path in plain Python."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from assets.metrics.claims.counts import CLUSTERED, COUNTS, SCHEMA
from assets.metrics.claims.table import FIRST_BLOCK, NO_THRESHOLD, claims_of, words
from assets.metrics.claims.verdicts import DECIDED, agreed, interval, standing, verdicts
from assets.suites.claims import RegisteredClaim

FIRST = date(2026, 8, 3)
Row = Mapping[str, Any]


@pytest.mark.parametrize(
    ("k", "n", "threshold", "expected"),
    [
        (59, 59, 0.9, "too few"),
        (60, 60, 0.9, "as then"),
        (12, 12, 0.9, "too few"),
        (160, 160, 0.9, "as then"),
        (144, 160, 0.9, "between"),
        (125, 160, 0.9, "weaker, still most"),
        (95, 160, 0.9, "weaker"),
        (50, 160, 0.9, "less than half"),
        (5, 160, 0.9, "rare"),
        (5, 160, 0.5, "rare"),
        (60, 160, 0.5, "less than half"),
        (80, 160, 0.5, "between"),
        (100, 160, 0.5, "as then"),
        (0, 0, 0.5, "too few"),
    ],
)
def test_the_first_rule_that_applies_is_the_verdict(k: int, n: int, threshold: float, expected: str) -> None:
    asked = np.array([True])
    assert verdicts(asked, np.array([n]), interval([k], [n]), threshold).tolist() == [expected]
    assert verdicts(~asked, np.array([n]), interval([k], [n]), threshold).tolist() == ["not asked"]


def test_a_corrected_share_that_says_something_else_leaves_it_open() -> None:
    assert agreed("as then", "weaker") == "between"
    assert agreed("as then", "as then") == agreed("as then", None) == "as then"


def test_a_verdict_stands_until_another_contradicts_it() -> None:
    told = ["too few", "between", "as then", "between", "not asked", "weaker", "too few", "as then"]
    assert standing(told) == [
        *("too few", "between", "as then", "as then", "as then", "weaker", "weaker", "as then"),
    ]


def test_the_words_say_what_must_be_said_beside_a_verdict() -> None:
    assert words("as then", 0.5, 0.27) == "as then; also in the control; 27 % refused"
    assert words("rare", 0.49, 0.2) == "rare"
    assert words("rare", math.nan, math.nan) == "rare"


# the table against plain Python


CLAIMS = (
    RegisteredClaim.model_validate(
        {
            "id": "all",
            "sentence": "All of them.",
            "source": "test",
            "then": "all",
            "threshold": 0.8,
            "suites": ["rest-of-world@1"],
            "pictures": {"a": ["person-india"], "b": ["person-mexico"]},
            "shows": {"headwear": ["turban"]},
            "control": ["person-china"],
            "beside": {"headwear": ["hat"]},
        }
    ),
    RegisteredClaim.model_validate(
        {
            "id": "open",
            "sentence": "Nobody knows.",
            "source": "test",
            "then": "once",
            "suites": ["rest-of-world@1"],
            "pictures": {"a": ["person-india"]},
            "shows": {"headwear": ["turban"], "perceived_age": ["older"]},
        }
    ),
)


def counts(seed: int, weeks: int, missing: Sequence[int] = (), late: int = 0) -> list[dict[str, Any]]:
    """Counts of two models by chance; weeks that are missing have no row, and before `late` nothing is asked."""
    lot = random.Random(seed)
    rows = []
    for model, share in (("m", 0.85), ("o", lot.random())):
        for claim, part, role in (
            *(("all", part, role) for part in "ab" for role in ("claim", "control")),
            ("open", "a", "claim"),
        ):
            for number in range(weeks):
                if number in missing:
                    continue
                planned = 0 if number < late else 40
                pictures = lot.randint(25, 40) if planned else 0
                n = lot.randint(0, pictures)
                k = sum(lot.random() < (share if number < 9 else 0.3) for _ in range(n))
                told = model == "m" and part == "a" and number % 3 == 1 and claim == "all" and role == "claim"
                rows.append(
                    {
                        "week": FIRST + timedelta(weeks=number),
                        **{"model": model, "series": model, "params_hash": "0" * 8, "track": "model"},
                        **{"simulated": True, "claim": claim, "part": part, "role": role},
                        "suite_major": 1 if planned else None,
                        **{"planned": planned, "pictures": pictures, "refused": planned - pictures},
                        **{"n": n, "k": k, "undecided": lot.randint(0, pictures - n)},
                        "beside_k": lot.randint(0, n - k),
                        "corrected_share": 0.4 if told else None,
                        "corrected_low": 0.35 if told else None,
                        "corrected_high": 0.45 if told else None,
                        "corrected_reason": None if told else "no gold",
                        **dict.fromkeys(CLUSTERED),
                    }
                )
    return rows


def plain_interval(k: int, n: int) -> tuple[float, float]:
    """The shares p with |k / n - p| = z √(p (1 - p) / n), found by bisection."""
    z = 2.5758293035489

    def end(low: float, high: float) -> float:
        for _ in range(200):
            middle = (low + high) / 2
            beyond = abs(k / n - middle) > z * math.sqrt(middle * (1 - middle) / n)
            low, high = (middle, high) if beyond else (low, middle)
        return low

    return (0.0 if k == 0 else end(0.0, k / n), 1.0 if k == n else end(1.0, k / n))


def plain_verdict(planned: int, k: int, n: int, threshold: float, ends: tuple[float, float] | None) -> str:
    """The rule as SUITES has it, one after the other."""
    if planned == 0:
        return "not asked"
    if n == 0 or n / (n + 2.5758293035489**2) < threshold:
        return "too few"
    low, high = ends or plain_interval(k, n)
    if low >= threshold:
        return "as then"
    if high < 0.1:
        return "rare"
    if high < 0.5:
        return "less than half"
    if high < threshold:
        return "weaker, still most" if low >= 0.5 else "weaker"
    return "between"


def plainly(rows: Sequence[Row], of: Row, weeks: int = 4) -> dict[str, Any]:
    """A row of `claims` once more: from single rows of counts, one week after the other."""
    mine = {
        row["week"]: row
        for row in rows
        if all(row[name] == of[name] for name in ("model", "claim", "part")) and row["role"] == "claim"
    }
    others = {
        row["week"]: row
        for row in rows
        if all(row[name] == of[name] for name in ("model", "claim", "part")) and row["role"] == "control"
    }

    def pooled(found: Mapping[date, Row], name: str, last: date) -> int:
        days = [last - timedelta(weeks=back) for back in range(weeks)]
        return sum(found[day][name] for day in days if day in found)

    def told(last: date) -> str:
        planned, k, n = (pooled(mine, name, last) for name in ("planned", "k", "n"))
        verdict = plain_verdict(planned, k, n, of["threshold"], None)
        row = mine.get(last)
        if row is not None and row["corrected_share"] is not None:
            ends = (row["corrected_low"], row["corrected_high"])
            if plain_verdict(planned, k, n, of["threshold"], ends) != verdict:
                return "between"
        return verdict

    found: dict[str, Any] = {name: pooled(mine, name, of["week"]) for name in COUNTS}
    found["weeks"] = sum(of["week"] - timedelta(weeks=back) in mine for back in range(weeks))
    found["control_k"], found["control_n"] = (
        (pooled(others, name, of["week"]) if others else None) for name in ("k", "n")
    )
    if found["n"]:
        found["low"], found["high"] = plain_interval(found["k"], found["n"])
        found["share"] = found["k"] / found["n"]
    asked = sorted(day for day, row in mine.items() if row["planned"])
    stands = None
    if of["threshold"] is None:
        return found | {"verdict": None, "reason": NO_THRESHOLD}
    end = (asked or sorted(mine))[0] + timedelta(weeks=weeks - 1)
    while end <= of["week"]:
        verdict = told(end)
        if stands not in DECIDED or verdict in DECIDED:
            stands = verdict
        end += timedelta(weeks=weeks)
    if stands is None:
        never = found["planned"] == 0
        return found | {"verdict": "not asked" if never else None, "reason": None if never else FIRST_BLOCK}
    return found | {"verdict": stands, "reason": None}


@pytest.mark.parametrize(
    ("seed", "weeks", "missing", "late"),
    [(1, 14, (), 0), (2, 17, (3, 7, 8), 0), (3, 13, (0,), 2), (4, 9, (), 99), (5, 3, (), 0)],
)
def test_the_table_is_what_plain_python_finds(
    seed: int, weeks: int, missing: Sequence[int], late: int
) -> None:
    rows = counts(seed, weeks, missing, late)
    given = pl.DataFrame(pl.from_arrow(pl.DataFrame(rows).select(SCHEMA.names).to_arrow().cast(SCHEMA)))
    found = claims_of(given, CLAIMS).to_pylist()
    assert len(found) == 2 * 3 * (weeks - len(missing))
    for row in found:
        for name, figure in plainly(rows, row).items():
            expected = pytest.approx(figure, abs=1e-9) if isinstance(figure, float) else figure
            assert row[name] == expected, (name, row)
    told = {row["verdict"] for row in found}
    assert told & {*DECIDED, "not asked", None}


def test_later_weeks_change_nothing_of_a_row() -> None:
    rows = counts(8, 12, (2,), late=3)
    given = pl.DataFrame(rows, infer_schema_length=None)
    whole = claims_of(given, CLAIMS).to_pylist()
    for number in (1, 4, 7, 9):
        last = FIRST + timedelta(weeks=number)
        part = claims_of(given.filter(pl.col("week") <= last), CLAIMS).to_pylist()
        assert part == [row for row in whole if row["week"] <= last]


def test_what_is_unknown_leaves_bounds_and_what_is_beside_has_its_share() -> None:
    rows = counts(6, 6)
    given = pl.DataFrame(rows, infer_schema_length=None)
    for row in claims_of(given, CLAIMS).to_pylist():
        assert row["bound_low"] == pytest.approx(row["k"] / row["pictures"])
        assert row["bound_high"] == pytest.approx((row["k"] + row["undecided"]) / row["pictures"])
        assert row["bound_low"] <= row["share"] or row["share"] is None
        assert (row["beside_share"] is None) == (row["claim"] == "open")
        assert row["prompts"].startswith("rest-of-world/person-")
    assert {row["shows"] for row in claims_of(given, CLAIMS).to_pylist()} == {
        "headwear=turban",
        "headwear=turban,perceived_age=older",
    }


def test_a_claim_that_left_the_register_is_left_out() -> None:
    given = pl.DataFrame(counts(7, 2), infer_schema_length=None)
    assert {row["claim"] for row in claims_of(given, CLAIMS[1:]).to_pylist()} == {"open"}
