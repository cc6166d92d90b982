"""Whether the order of a study's models holds in other ways, counted once more in plain Python."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from statistics import fmean

import duckdb
import pytest

from assets.leaderboard.models.orders import order
from assets.leaderboard.page.languages import tongue
from assets.leaderboard.views.query import rows
from assets.metrics.ranks.robustness import STUDY_SCHEMA, study_robustness
from assets.metrics.ranks.table import study_pairs
from tests.warehouse.studies import study_tables
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.loading.load import replace_study

Con = duckdb.DuckDBPyConnection
TWO = {"f": True, "m": True, "both": False}
N = 40
PROMPTS = ("p0", "p1", "p2", "p3")
#: Women of `N` pictures by prompt; by parity `even` is closest, by the statistic `counted` is.
WOMEN = {
    "even": (20, 22, 18, 20),
    "counted": (4, 36, 5, 20),
    "reversed": (36, 4, 34, 21),
    "men": (1, 2, 0, 3),
    "mixed": (30, 12, 9, 38),
}
STATED = {"p0": 0.1, "p1": 0.9, "p2": 0.1}
PARITY = dict.fromkeys(PROMPTS, 0.5)
Counts = tuple[int, int, int, int]


@pytest.fixture
def con() -> Iterator[Con]:
    with connect(None) as con:
        make_tables(con)
        yield con


def told(con: Con, women: Mapping[str, tuple[int, ...]]) -> dict[tuple[str, str, str | None], Counts]:
    """Return (reference, variant, other) → pairs, turned, told apart, both, of a study that said so."""
    said = {
        (model, "baseline", prompt): ["f"] * many + ["m"] * (N - many)
        for model, cells in women.items()
        for prompt, many in zip(PROMPTS, cells, strict=True)
    }
    replace_study(con, "tiny", study_tables(said, TWO))
    con.executemany(
        "INSERT INTO study_references VALUES ('tiny', 'gender', 'counted', $1, $2, $3, NULL)",
        [(p, value, q if value == "f" else 1 - q) for p, q in STATED.items() for value in "fm"],
    )
    replace_study(con, "tiny", {"study_pairs": study_pairs(con, "tiny")})
    table = study_robustness(con, "tiny")
    assert table.schema == STUDY_SCHEMA
    replace_study(con, "tiny", {"study_robustness": table})
    return {
        (row["reference"], row["variant"], row["other"]): (
            row["pairs"],
            row["turned"],
            row["told_apart"],
            row["told_apart_turned"],
        )
        for row in table.to_pylist()
    }


def distance2(women: int, q: float) -> float:
    p = women / N
    return 0.5 * (
        p**2
        + (1 - p) ** 2
        - (1 - p**2 - (1 - p) ** 2) / (N - 1)
        - 2 * (q * p + (1 - q) * (1 - p))
        + q**2
        + (1 - q) ** 2
    )


def plain(con: Con, women: Mapping[str, tuple[int, ...]]) -> dict[tuple[str, str, str | None], Counts]:
    """Return the same, one pair after the other."""
    return {
        (name, *way): counts
        for name, expected, other, others in (
            ("parity", PARITY, "counted", STATED),
            ("counted", STATED, "parity", PARITY),
        )
        for way, counts in _ways(con, women, name, expected, other, others)
    }


def _ways(
    con: Con,
    women: Mapping[str, tuple[int, ...]],
    name: str,
    expected: Mapping[str, float],
    other: str,
    others: Mapping[str, float],
) -> Iterator[tuple[tuple[str, str | None], Counts]]:
    """Yield each other way to measure the board of a reference, and what turns."""
    verdicts = con.execute(
        "SELECT model_a, model_b FROM study_pairs WHERE reference = $r AND verdict <> 'not told apart'",
        {"r": name},
    )
    apart = {tuple(pair) for pair in verdicts.fetchall()}
    cells = {model: dict(zip(PROMPTS, many, strict=True)) for model, many in women.items()}

    def squared(model: str, reference: Mapping[str, float], without: str = "") -> float:
        return fmean(distance2(cells[model][p], q) for p, q in reference.items() if p != without)

    def excess(model: str) -> list[float]:
        return [cells[model][p] / N - q for p, q in expected.items()]

    def counts(figure: Callable[[str], float]) -> Counts:
        pairs = [*combinations(sorted(women), 2)]
        turned = {
            (a, b)
            for a, b in pairs
            if (squared(a, expected) - squared(b, expected)) * (figure(a) - figure(b)) < -1e-18
        }
        return len(pairs), len(turned), len(apart), len(turned & apart)

    yield ("mean_absolute", None), counts(lambda model: fmean(map(abs, excess(model))))
    yield ("pooled", None), counts(lambda model: fmean(excess(model)) ** 2)
    yield ("other_reference", other), counts(lambda model: squared(model, others))
    left = {prompt: counts(lambda model, p=prompt: squared(model, expected, p)) for prompt in expected}
    worst = max(left, key=lambda prompt: (left[prompt][3], left[prompt][1]))
    yield ("one_prompt_left_out", worst if left[worst][1] else None), left[worst]


def test_other_ways_are_those_of_plain_counting(con: Con) -> None:
    found = told(con, WOMEN)
    assert found == plain(con, WOMEN)
    assert found["parity", "other_reference", "counted"][3] > 0, "parity and the statistic do not agree here"
    assert found["parity", "mean_absolute", None][3] == 0


@pytest.mark.parametrize("seed", range(5))
def test_other_ways_of_models_drawn_by_lot(con: Con, seed: int) -> None:
    lot = random.Random(seed)
    women = {name: tuple(lot.randrange(N + 1) for _ in PROMPTS) for name in "abcdef"}
    assert told(con, women) == plain(con, women)


def test_a_study_whose_models_are_not_told_apart_has_no_sentence(con: Con) -> None:
    told(con, dict.fromkeys("ab", (20, 20, 20, 20)))
    assert rows(con, "study_orders") == []


def test_what_turns_is_said_of_each_condition(con: Con) -> None:
    pairs, turned, apart, both = told(con, WOMEN)["parity", "other_reference", "counted"]
    found = [row for row in rows(con, "study_orders") if row["reference"] == "parity"]
    assert {row["condition"] for row in found} == {"baseline"}
    (other,) = (row for row in found if row["variant"] == "other_reference" and row["other"] == "counted")
    assert tongue("en").say(order(other)) == (
        f"Measured against another yardstick, counted, {both} of the {apart} pairs that are told apart have the "
        "opposite order."
    )
    assert pairs > turned >= both
