"""Figures of `scores` once more, picture by picture in plain Python, with intervals of statsmodels and scipy.

Nothing is counted with the product's code: the loaded tables are read as they are, and each definition is written down
as it reads in the list of metrics. Intervals of distances are held against SQL (`test_audit_scores`), against the
prototype and against enumeration (`tests/unit/metrics`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import permutations
from math import sqrt
from statistics import NormalDist, fmean
from typing import Any

import duckdb
import pytest
from statsmodels.stats.proportion import proportion_confint

from assets.metrics.registry.metrics import metrics
from tests.warehouse.audit import test_audit_scores
from tests.warehouse.results import declared_plainly
from tests.warehouse.windows.windows_plainly import Designs, designs

con = test_audit_scores.con  # a world with what could go wrong
Row = dict[str, Any]
Cell = list[str]  # what was read off each picture: a value or band, invalid, not_assessed


class World:
    """The loaded tables as they are, joined by hand."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        outcomes = {row["outcome"]: row for row in self.rows("outcomes")}
        attempts, said = defaultdict(list), defaultdict(list)
        for row in self.rows("attempts ORDER BY attempt"):
            attempts[row["week"], row["model"], row["slot_key"]].append(row)
        for row in self.rows("labels"):
            said[row["week"], row["model"], row["slot_key"], row["attribute"]].append(row)
        versions = defaultdict(set)
        for row in self.rows("labels SEMI JOIN plans USING (week, model, labeler)"):
            versions[row["week"], row["model"]].add(row["labeler_version"])
        conditions = {(r["week"], r["model"], r["prompt"]): r["condition"] for r in self.rows("prompts")}
        self.values: dict[tuple[Any, ...], dict[str, Row]] = defaultdict(dict)
        for row in self.rows("attribute_values ORDER BY position"):
            self.values[row["week"], row["model"], row["suite"], row["attribute"]][row["value"]] = row
        wanted = defaultdict(list)
        for row in self.rows("prompt_attributes"):
            wanted[row["week"], row["model"], row["prompt"]].append(row["attribute"])
        #: (week, model, suite, condition, turn) → prompt → attribute → its pictures
        self.cells: dict[tuple[Any, ...], dict[str, dict[str, Cell]]] = defaultdict(lambda: defaultdict(dict))
        #: the same, bands not applied
        self.raw: dict[tuple[Any, ...], dict[str, dict[str, Cell]]] = defaultdict(lambda: defaultdict(dict))
        #: the same → prompt → answer → how its slots ended, by turn
        self.answers: dict[tuple[Any, ...], dict[str, dict[str, list[Row]]]] = defaultdict(
            lambda: defaultdict(lambda: defaultdict(list))
        )
        #: the same → prompt → what each picture was drawn with
        self.drawn: dict[tuple[Any, ...], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        self._designs: dict[tuple[Any, ...], Designs] = {}
        clusters = {(r["week"], r["model"], r["slot_key"]): r["cluster"] for r in self.rows("clusters")}
        for slot in self.rows("slots ORDER BY turn"):
            week, model, prompt = where = slot["week"], slot["model"], slot["prompt"]
            group = (week, model, slot["suite"], conditions[where], min(slot["turn"], 2))
            tried = attempts[week, model, slot["slot_key"]]
            ended = next((a for a in tried if outcomes[a["outcome"]]["final"]), tried[-1] if tried else {})
            kind = outcomes[ended["outcome"]]["outcome_group"] if ended else "none"
            drawn = clusters.get((week, model, slot["slot_key"]), slot["slot_key"])
            if ended.get("outcome") != "not_needed":
                answer = slot["conversation"] or slot["slot_key"]
                self.answers[group][prompt][answer].append({**ended, "kind": kind, "drawn": drawn})
            if kind == "picture":
                self.drawn[group][prompt].append(drawn)
            for attribute in wanted[where]:
                pictures = self.cells[group][prompt].setdefault(attribute, [])
                raw = self.raw[group][prompt].setdefault(attribute, [])
                if kind != "picture":
                    continue
                newest = max(versions[week, model], key=lambda v: (int(v.partition("-")[0]), v), default=None)
                found = [
                    r
                    for r in said[week, model, slot["slot_key"], attribute]
                    if r["labeler_version"] == newest
                ]
                known = self.values[week, model, slot["suite"], attribute]
                value = found[0]["value"] if found else "not_assessed"
                raw.append(value if value in known else "invalid" if found else value)
                pictures.append(_named(known[value]) if value in known else "invalid" if found else value)

    def effect(self, row: Row, prompt: str) -> float:
        """Return how many pictures of a prompt that show a value of the support count as one."""
        key = (_group(row), row["attribute"], row["scale"])
        if key not in self._designs:
            support = self.support(row)
            told = self.pictures({**row, "prompt": None})
            self._designs[key] = self.designs(
                row, {p: [v if v in support else None for v in cell] for p, cell in told.items()}
            )
        return self._designs[key].each.get(prompt, 1.0)

    def designs(self, row: Row, told: Mapping[str, Sequence[str | None]]) -> Designs:
        """Return the design effects of what each picture of the cells of a row says; None: nothing."""
        found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for prompt, values in told.items():
            for drawn, value in zip(self.drawn[_group(row)][prompt], values, strict=True):
                if value is not None:
                    found[prompt][drawn].append(value)
        return designs(found)

    def rows(self, query: str) -> list[Row]:
        found = self._con.execute(f"FROM {query}")
        names = [column[0] for column in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def support(self, row: Row) -> list[str]:
        known = self.values[row["week"], row["model"], row["suite"], row["attribute"]].values()
        return list(dict.fromkeys(_named(value) for value in known if value["in_support"]))

    def pictures(self, row: Row) -> dict[str, Cell]:
        """Return prompt → pictures of the cells behind a figure."""
        cells = self.cells[_group(row)]
        told = {prompt: read[row["attribute"]] for prompt, read in cells.items() if row["attribute"] in read}
        return told if row["prompt"] is None else {row["prompt"]: told[row["prompt"]]}

    def read_off(self, row: Row) -> dict[str, Cell]:
        """Return prompt → what was read off each picture, bands not applied."""
        return {
            prompt: self.raw[_group(row)][prompt][row["attribute"]]
            for prompt, read in self.cells[_group(row)].items()
            if row["attribute"] in read
        }

    def expected(self, row: Row, prompt: str) -> dict[str, float] | None:
        """Return the shares that a figure's reference expects of a prompt; None if it has no row for it."""
        where = (row["week"], row["model"], row["suite"], row["attribute"], row["reference"])
        found = [
            r
            for r in self.references
            if (r["week"], r["model"], r["suite"], r["attribute"], r["reference"]) == where
        ]
        for wanted in (prompt, None):
            if shares := {r["value"]: r["expected_share"] for r in found if r["prompt"] == wanted}:
                return shares
        return None

    @property
    def references(self) -> list[Row]:
        if not hasattr(self, "_references"):
            self._references = self.rows("reference_values")
        return self._references


def _named(value: Row) -> str:
    return str(value["band"] or value["value"])


def _group(row: Row) -> tuple[Any, ...]:
    return row["week"], row["model"], row["suite"], row["condition"], row["turn"]


def rate(k: int, n: int, effect: float = 1.0) -> tuple[float | None, float | None, float | None, int]:
    if not n:
        return None, None, None, 0
    low, high = proportion_confint(k / effect, n / effect, method="wilson")
    return k / n, low, high, n


def student(freedom: float) -> float:
    """Cornish and Fisher's expansion of the t quantile at 97.5 %: z + Σ of Abramowitz & Stegun 26.7.5."""
    z = NormalDist().inv_cdf(0.975)
    terms = (
        (4, {3: 1, 1: 1}),
        (96, {5: 5, 3: 16, 1: 3}),
        (384, {7: 3, 5: 19, 3: 17, 1: -15}),
        (92160, {9: 79, 7: 776, 5: 1482, 3: -1920, 1: -945}),
    )
    return z + sum(
        sum(factor * z**power for power, factor in powers.items()) / divisor / freedom**order
        for order, (divisor, powers) in enumerate(terms, start=1)
    )


def share(world: World, row: Row) -> Any:
    support = world.support(row)
    counted = [
        (assessed.count(row["value_name"]), len(assessed), world.effect(row, prompt))
        for prompt, pictures in world.pictures(row).items()
        if (assessed := [one for one in pictures if one in support])
    ]
    if len(counted) == 1:
        return rate(*counted[0])
    if not counted:
        return None, None, None, 0
    cells = [(k / effect, n / effect) for k, n, effect in counted]
    mean = fmean(k / n for k, n in cells)
    pseudo = [((k + 1) / (n + 2), n) for k, n in cells]
    added = [p * (1 - p) / n for p, n in pseudo]
    unbiased = [
        k / n * (1 - k / n) / (n - 1) if n >= 2 else own for (k, n), own in zip(cells, added, strict=True)
    ]
    freedom = sum(n for _, n in cells) + len(cells)
    half = student(freedom) * sqrt(max(sum(added), sum(unbiased))) / len(cells)
    return mean, max(mean - half, 0), min(mean + half, 1), sum(n for _, n, _ in counted)


def compared(world: World, row: Row) -> list[tuple[Cell, dict[str, float], float]]:
    """Return the pictures that show a value of the reference, its shares, and how many pictures count as one."""
    found = [
        (cell, world.expected(row, prompt), world.effect(row, prompt))
        for prompt, cell in world.pictures(row).items()
    ]
    return [
        ([one for one in cell if one in shares], shares, effect) for cell, shares, effect in found if shares
    ]


def two(cell: Cell, effect: float) -> bool:
    """Return whether the pictures of a cell are worth two."""
    return len(cell) > 1 and len(cell) / effect >= 2


def agreement(cell: Cell, effect: float) -> float:
    """Return the share of pairs of different pictures that agree, as of fewer where they were drawn together."""
    pairs, n = fmean(a == b for a, b in permutations(cell, 2)), len(cell)
    squares = (pairs * (n - 1) + 1) / n
    return squares - (1 - squares) / (n / effect - 1)


def distance2(world: World, row: Row) -> Any:
    """½ of the mean over pairs of different pictures of [same value] - q_i - q_j + Σ q²."""
    cells = [(cell, q, effect) for cell, q, effect in compared(world, row) if two(cell, effect)]
    found = [
        (
            agreement(cell, effect)
            - fmean(q[a] + q[b] for a, b in permutations(cell, 2))
            + sum(share**2 for share in q.values())
        )
        / 2
        for cell, q, effect in cells
    ]
    every = sum(len(cell) for cell, *_ in cells or compared(world, row))
    return (fmean(found) if found else None), ..., ..., every


def distance(world: World, row: Row) -> Any:
    squared, low, high, n = distance2(world, row)
    told = any(len(cell) >= 5 and two(cell, effect) for cell, _, effect in compared(world, row))
    return (sqrt(squared if squared > 1e-14 else 0) if told else None), low, high, n


def of_labels(world: World, row: Row) -> Any:
    support = world.support(row)
    parts: dict[str, Callable[[str], bool]] = {
        "assessed_rate": lambda one: one in support,
        "cannot_tell_rate": lambda one: one == "cannot_tell",
        "invalid_rate": lambda one: one == "invalid",
        "not_assessed_rate": lambda one: one == "not_assessed",
        "outside_rate": lambda one: one == row["value_name"],
        "no_person_rate": lambda one: one == "0",
        "multi_person_rate": lambda one: one not in ("0", "1"),
    }
    part, people = parts[row["metric"]], row["metric"] in ("no_person_rate", "multi_person_rate")
    told = {
        prompt: [yes_or_no(part(one)) if one in support or not people else None for one in cell]
        for prompt, cell in world.pictures({**row, "prompt": None}).items()
    }
    return of_designs(row, told, world.designs(row, told))


def yes_or_no(part: bool) -> str:
    return "yes" if part else "no"


def of_designs(row: Row, told: Mapping[str, Sequence[str | None]], found: Designs) -> Any:
    """Return the rate of a prompt, or of all together, of what each of its pictures or answers says."""
    cells = [*told.values()] if row["prompt"] is None else [told[row["prompt"]]]
    every = [one for cell in cells for one in cell if one is not None]
    effect = found.whole if row["prompt"] is None else found.each.get(row["prompt"], 1.0)
    return rate(every.count("yes"), len(every), effect)


def of_outcomes(world: World, row: Row) -> Any:
    prompts = world.answers[_group(row)]
    if row["metric"] == "pictures":
        cells = [*prompts.values()] if row["prompt"] is None else [prompts[row["prompt"]]]
        answers = [turns for found in cells for turns in found.values()]
        drawn = sum(turn["kind"] == "picture" for turns in answers for turn in turns)
        return float(drawn), None, None, len(answers)

    def said(turns: list[Row]) -> tuple[str, str | None]:
        """Return what an answer was given with, and whether it counts for the rate; None: it is not of it."""
        pictures = [turn for turn in turns if turn["kind"] == "picture"]
        one = pictures[-1] if pictures else turns[-1]
        ok, refused = bool(pictures), not pictures and one["kind"] == "refused"
        parts = {
            "completeness": (ok or refused, True),
            "failed_rate": (not (ok or refused), True),
            "answer_rate": (ok, ok or refused),
            "refused_rate": (refused, ok or refused),
        }
        part, whole = parts[row["metric"]]
        return one["drawn"], yes_or_no(part) if whole else None

    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    told: dict[str, list[str | None]] = {}
    for prompt, answers_ in prompts.items():
        each = [said(turns) for turns in answers_.values()]
        told[prompt] = [one for _, one in each]
        for drawn_with, one in each:
            if one is not None:
                found[prompt][drawn_with].append(one)
    return of_designs(row, told, designs(found))


FIGURES: dict[str, Callable[[World, Row], Any]] = {
    "share": share,
    "distance2": distance2,
    "distance": distance,
    **dict.fromkeys(("assessed_rate", "cannot_tell_rate", "invalid_rate", "not_assessed_rate"), of_labels),
    **dict.fromkeys(("outside_rate", "no_person_rate", "multi_person_rate"), of_labels),
    **dict.fromkeys(("completeness", "failed_rate", "answer_rate", "refused_rate"), of_outcomes),
    "pictures": of_outcomes,
    **declared_plainly.FIGURES,
}


def without_plain_path() -> set[str]:
    """Return the metrics that nothing here computes."""
    return {metric.id for metric in metrics()} - FIGURES.keys()


def test_every_metric_is_computed_in_plain_python_too() -> None:
    assert not without_plain_path(), "a metric needs a function in FIGURES, which counts by itself"


@pytest.fixture(scope="module")
def world(con: duckdb.DuckDBPyConnection) -> World:
    return World(con)


@pytest.mark.parametrize("metric", FIGURES)
def test_every_figure_is_what_its_definition_says(world: World, metric: str) -> None:
    assert_what_it_says(world, metric)


def test_every_figure_of_pictures_that_were_drawn_together_is_what_its_definition_says(
    con: duckdb.DuckDBPyConnection,
) -> None:
    with test_audit_scores.together(con) as drawn:
        world = World(drawn)
        for metric in FIGURES:
            assert_what_it_says(
                world, metric, "week = '2026-11-23' AND model NOT IN ('many-1', 'many-2', 'many-4')"
            )


def assert_what_it_says(world: World, metric: str, which: str = "TRUE") -> None:
    """Assert that a metric's rows of `scores` are what is computed here."""
    found: Sequence[Row] = world.rows(f"scores WHERE metric = '{metric}' AND {which}")
    assert any(row["estimate"] is not None for row in found)
    for row in found:
        estimate, low, high, n = FIGURES[metric](world, row)
        told = (row["estimate"], row["low"], row["high"], row["n"])
        wanted = (estimate, row["low"] if low is ... else low, row["high"] if high is ... else high, n)
        assert told == tuple(
            pytest.approx(part, abs=1e-9) if isinstance(part, float) else part for part in wanted
        ), row
