"""The reference implementation finds in the planted world's counts every figure that the product publishes of it."""

from __future__ import annotations

from collections.abc import Iterable
from types import ModuleType
from typing import Any

import duckdb
import numpy as np
import pytest

from assets.metrics.changes.table import WeeklyChanges
from tests.unit.metrics.prototypes import prototype
from tests.warehouse.world import expected
from tests.warehouse.world.arrays import FIELD, Counted, Row, Weekly, of_study
from tests.warehouse.world.compared import differing, rows, same
from tests.world import planted
from tests.world.beside import CONDITIONS, STUDY

Con = duckdb.DuckDBPyConnection
KEY = ("week", *FIELD, "model", "prompt", "selection", "attribute", "figure", "value", "yardstick")
NUMBERS = ("estimate", "low", "high", "bound_low", "bound_high", "se", "dispersion", "df")
NUMBERS += ("k", "n", "unseen", "prompts", "reason")
BOARD = ("week", "condition", *FIELD, "attribute", "yardstick")


@pytest.fixture(scope="module")
def plain() -> ModuleType:
    """The reference; the tests are skipped where it is missing."""
    return prototype("plain.plain")


@pytest.fixture(scope="module")
def counted(planted_con: Con) -> Counted:
    return Counted(planted_con)


@pytest.fixture(scope="module")
def declared(planted_con: Con) -> expected.Declared:
    return expected.Declared(planted_con)


def squared(found: Iterable[Row]) -> list[Row]:
    """Return rows with the squares of gaps: the root of what is 0 but for rounding differs by more than rounding."""
    ends = ("estimate", "low", "high", "bound_low", "bound_high")
    return [
        {**row, **{end: row[end] ** 2 for end in ends if row.get(end) is not None}}
        if row["figure"] == "gap"
        else row
        for row in found
    ]


def test_means_of_shares_and_refusals(
    planted_con: Con, plain: ModuleType, counted: Counted, declared: expected.Declared
) -> None:
    def every() -> Iterable[Row]:
        for key in counted.fields:
            base = expected.of_field(key)
            refusals = counted.refusals(key)
            known = declared.known(key, refusals)
            of = {**base, "figure": "refused"}
            yield from (
                {**of, **row} for row in expected.figures(plain, expected.Compared(refusals, None), known)
            )
            for attribute in counted.attributes(key):
                table = counted.table(key, attribute)
                of = {**base, "attribute": attribute, "figure": "mean_share"}
                for value, name in enumerate(table.values[:1] if "all:" in attribute else table.values):
                    found = expected.figures(plain, expected.Compared(table, None), known, value)
                    yield from ({**of, "value": name, **row} for row in found)
                for (selection, name), subjects in declared.selections[*key[3:5], attribute].items():
                    at = [
                        i for i, prompt in enumerate(table.prompts) if declared.subjects[prompt] in subjects
                    ]
                    if not at:
                        continue
                    part = table.taken(at)
                    groups = [declared.subjects[prompt] for prompt in part.prompts]
                    compared = expected.Compared(part, None, None, groups)
                    found = expected.figures(plain, compared, known, table.values.index(name))
                    yield from ({**of, "selection": selection, "value": name, **row} for row in found)

    ours = [row for row in every() if row["reason"] != "withheld"]
    theirs = rows(planted_con, "FROM figures WHERE week IS NOT NULL AND figure IN ('mean_share', 'refused')")
    assert differing(ours, theirs, KEY, NUMBERS) == []
    assert {row["selection"] for row in theirs} == {None, "mostly-men", "mostly-women"}
    assert {row["reason"] for row in theirs} >= {None, "few_weeks"}
    assert any(row["bound_low"] is not None for row in theirs)
    assert max(row["dispersion"] or 1 for row in theirs) > 2


def test_gaps_and_stereotypes(
    planted_con: Con, plain: ModuleType, counted: Counted, declared: expected.Declared
) -> None:
    ours: list[Row] = []
    for key in counted.fields:
        base = expected.of_field(key)
        others = declared.stereotypes(counted, key, others=True)
        for of in [*declared.boards(counted, key), *([others] if others else [])]:
            figure = "gap" if of.target is not None else "stereotypes"
            attribute = _attribute(counted, key, of)
            named = {**base, "attribute": attribute, "yardstick": of.yardstick}
            named["figure"] = "stereotypes_others" if of is others else figure
            ours += ({**named, **row} for row in expected.figures(plain, of, declared.known(key, of.table)))
    theirs = rows(
        planted_con, "FROM figures WHERE week IS NOT NULL AND (figure = 'gap' OR figure ^@ 'stereotypes')"
    )
    assert differing(squared(ours), squared(theirs), KEY, NUMBERS) == []
    assert {row["reason"] for row in theirs} >= {None, "few_weeks", "withheld", "group_missing"}


def test_ranks_and_pairs(
    planted_con: Con, plain: ModuleType, counted: Counted, declared: expected.Declared
) -> None:
    made: dict[str, list[Row]] = {name: [] for name in ("boards", "board_ranks", "board_pairs")}
    for key in counted.fields:
        for of in declared.boards(counted, key):
            named = {
                **expected.of_field(key),
                "attribute": _attribute(counted, key, of),
                "yardstick": of.yardstick,
            }
            board, ranks, pairs = expected.ranked(plain, of, declared.known(key, of.table))
            for name, found in zip(made, ([board], ranks, pairs), strict=True):
                made[name] += ({**named, **row} for row in found)
    columns = {
        "boards": ((), ("models", "critical", "resolution")),
        "board_ranks": (("model",), ("rank_low", "rank_high", "holds", "reason")),
        "board_pairs": (
            ("model_a", "model_b"),
            ("prompts", "difference", "se", "dispersion", "told_apart", "holds"),
        ),
    }
    for name, (key, numbers) in columns.items():
        where = " AND reason IS DISTINCT FROM 'not_asked'" if name == "board_ranks" else ""
        theirs = rows(planted_con, f"FROM {name} WHERE week IS NOT NULL{where}")
        assert differing(made[name], theirs, (*BOARD, *key), numbers) == []
    assert {row["told_apart"] for row in made["board_pairs"]} == {False, True}
    reasons = {row["reason"] for row in made["board_ranks"]}
    assert reasons >= {None, "few_weeks", "one_model", "few_answers", "group_missing", "withheld"}


def _attribute(counted: Counted, key: tuple[Any, ...], of: expected.Compared) -> str | None:
    """Return the attribute whose values are compared; None of stereotypes."""
    if of.target is None:
        return None
    (found,) = (
        name for name in counted.attributes(key) if {*of.table.values} <= {*counted.table(key, name).values}
    )
    return found


def test_a_study(planted_con: Con, plain: ModuleType) -> None:
    ours: list[Row] = []
    pairs: list[Row] = []
    stated = rows(planted_con, f"FROM study_references WHERE study = '{STUDY}'")
    ((reference,),) = {(row["reference"],) for row in stated}
    shares = {(row["prompt"], row["value"]): row["expected_share"] for row in stated}
    sides = {
        row["prompt"]: {other["side"] for other in stated if other["prompt"] == row["prompt"]}
        for row in stated
    }
    for condition in CONDITIONS:
        table = of_study(planted_con, condition, "gender")
        base = {"condition": condition, "attribute": "gender"}
        for value, name in enumerate(table.values):
            of = {**base, "figure": "mean_share", "value": name}
            found = expected.figures(plain, expected.Compared(table, None), {}, value, study=True)
            ours += ({**of, **row} for row in found)
        for side, selection in (("male", "mostly-men"), ("female", "mostly-women")):
            at = [place for place, prompt in enumerate(table.prompts) if side in sides[prompt]]
            part = table.taken(at)
            of = {**base, "figure": "mean_share", "value": "female", "selection": selection}
            compared = expected.Compared(part, None, None, part.prompts)
            found = expected.figures(plain, compared, {}, table.values.index("female"), study=True)
            ours += ({**of, **row} for row in found)
        statistic = [[shares[prompt, value] for value in table.values] for prompt in table.prompts]
        for name, target in (
            ("parity", np.full((len(table.prompts), 2), 0.5)),
            (reference, np.array(statistic)),
        ):
            compared = expected.Compared(table, name, target)
            of = {**base, "yardstick": name}
            found = expected.figures(plain, compared, {}, study=True)
            ours += ({**of, "figure": "gap", **row} for row in found)
            pairs += ({**of, **row} for row in expected.ranked(plain, compared, {}, study=True)[2])
    key = ("condition", "model", "attribute", "figure", "value", "yardstick", "selection")
    theirs = rows(planted_con, "FROM figures WHERE study IS NOT NULL AND figure IN ('mean_share', 'gap')")
    assert differing(squared(ours), squared(theirs), key, NUMBERS) == []
    key, columns = (
        ("condition", "yardstick", "model_a", "model_b"),
        ("difference", "se", "told_apart", "holds"),
    )
    theirs = rows(planted_con, "FROM board_pairs WHERE study IS NOT NULL")
    assert differing(pairs, theirs, key, columns) == []
    assert any(row["told_apart"] for row in pairs)


def test_shares_of_prompts(
    planted_con: Con, plain: ModuleType, counted: Counted, declared: expected.Declared
) -> None:
    theirs = rows(planted_con, "FROM figures WHERE figure = 'share' AND week IS NOT NULL")
    for row in theirs:
        if row["n"] >= 5:
            low, high = plain.wilson(row["k"], row["n"], row["worth"])
            assert same(row["low"], float(low))
            assert same(row["high"], float(high))
            assert same(row["estimate"], row["k"] / row["n"])
        else:
            assert (row["estimate"], row["low"]) == (None, None)
            assert row["reason"] in ("few_pictures", "no_pictures")
    ours: list[Row] = []
    for key in counted.fields:
        for attribute in counted.attributes(key):
            table = counted.table(key, attribute)
            window = table.counts[..., -4:].sum(-1)
            for value, name in enumerate(table.values[:1] if "all:" in attribute else table.values):
                per = expected.worth(plain, table, value)
                of = {**expected.of_field(key), "attribute": attribute, "figure": "share", "value": name}
                for row, place in zip(*np.nonzero(table.answers), strict=True):
                    if row in declared.known(key, table):
                        continue
                    counts = {"k": window[row, place, value], "n": window[row, place].sum()}
                    named = {"model": table.models[row], "prompt": table.prompts[place]}
                    ours.append(
                        {**of, **named, **counts, "worth": per[row], "unseen": table.unseen[row, place]}
                    )
    assert differing(ours, theirs, KEY, ("k", "n", "worth", "unseen")) == []
    assert max(row["worth"] for row in theirs if row["model"] == planted.TOGETHER) > 1.5


def test_words(planted_con: Con, plain: ModuleType, counted: Counted) -> None:
    of = ("week", "track", "simulated", "suite", "suite_major", "model", "comparison", "attribute", "value")
    theirs = rows(planted_con, "FROM words WHERE week IS NOT NULL AND reason IS DISTINCT FROM 'not_asked'")
    lists: dict[Any, list[Row]] = {}
    for row in theirs:
        lists.setdefault(tuple(row[name] for name in of), []).append(row)
    conditions = dict(planted_con.execute("SELECT DISTINCT prompt, condition FROM prompts").fetchall())

    def found(row: Row, side: str) -> Any:
        prompt, turn = row[f"prompt_{side}"], row[f"turn_{side}"]
        key = (*(row[name] for name in of[:5]), conditions[prompt], turn)
        table = counted.table(key, row["attribute"], first_turns=True)
        at = table.models.index(row["model"]), table.prompts.index(prompt)
        return table.counts[at], table.values.index(row["value"])

    for listed in lists.values():
        pairs = [row for row in listed if row["prompt_a"]]
        if not pairs:  # the mean over one pair is that pair
            continue
        sides = [[found(row, side) for row in pairs] for side in ("a", "b")]
        counts = [np.stack([table for table, _ in side]) for side in sides]
        value = sides[0][0][1]
        arguments = [part for side in counts for part in (side[:, value], side.sum(1))]
        difference, low, high, clear = plain.word(*arguments)
        for at, row in enumerate(pairs):
            numbers = (difference[at], low[at], high[at])
            assert [None if np.isnan(x) else pytest.approx(x, rel=1e-9, abs=1e-9) for x in numbers] == [
                row[name] for name in ("estimate", "low", "high")
            ]
            assert bool(clear[at]) == bool(row["clear"])
        (mean,) = (row for row in listed if not row["prompt_a"])
        if len(pairs) == 1:
            assert mean["estimate"] == pairs[0]["estimate"]
            continue
        both = plain.compare(plain.cells(np.stack(counts), None, value))
        if both.w[1, 0].any():
            assert same(mean["estimate"], float(both.d[1, 0]))
            if both.crit < np.inf:
                assert same(mean["high"] - mean["estimate"], float(both.crit * both.se[1, 0]))
                assert mean["clear"] == both.more.any()
        assert (mean["estimate"] is None) == (not both.w[1, 0].any())
    assert {row["clear"] for row in theirs} == {None, False, True}
    assert {row["turn_b"] for row in theirs} == {1, 2}


def test_changes(planted_con: Con, plain: ModuleType) -> None:
    """Every change is one that the reference finds in that week, of what is looked at in it; and all that it finds."""
    weekly = WeeklyChanges.read(planted_con, planted.WEEKS[0], planted.LAST)
    theirs = rows(planted_con, "FROM changes")
    ours: list[Row] = []
    weeks = [row["week"] for row in rows(planted_con, "SELECT DISTINCT week FROM plans ORDER BY week")]
    counts = Weekly(planted_con, weeks)
    for week in weeks:
        tracks = {model: (row["track"], row["simulated"]) for model, row in weekly.plans[week].items()}
        boards = weekly.looked.boards(week, tracks)
        series = sum(len(board.models) for board in boards)
        before = [row for row in theirs if row["week"] < week]
        for board in boards:
            k, n, asked = counts.scanned(week, board)
            if not asked:
                continue
            parts = {part for part, wholes in weekly.parts.items() if board.attribute in wholes}
            start = [
                max(
                    (
                        _nth(row["changed_week"])
                        for row in before
                        if _begins(row, model, board.attribute, parts)
                    ),
                    default=0,
                )
                for model in asked
            ]
            for event in plain.newest(k, n, np.array(start), series)[0]:
                weeks = dict(zip(("changed_week", "earliest_week", "latest_week"), event[2:5], strict=True))
                ours.append(
                    {
                        **dict(zip(FIELD, board.key, strict=True)),
                        **{"week": week, "model": asked[event.model], "prompt": board.prompt},
                        **{"attribute": board.attribute, "value": "+".join(board.shows), "series": series},
                        **{name: str(planted.WEEKS[at]) for name, at in weeks.items()},
                        **{"size": event.size, "low": event.size - event.half, "common": event.common},
                    }
                )
    key = ("week", *FIELD, "model", "prompt", "attribute", "value")
    columns = ("changed_week", "earliest_week", "latest_week", "size", "low", "common", "series")
    assert differing(ours, [_texts(row) for row in theirs], key, columns) == []
    assert {row["model"] for row in theirs if row["attribute"] == "perceived_gender"} == {planted.CHANGED}


def _nth(week: Any) -> int:
    return planted.WEEKS.index(str(week))


def _begins(row: Row, model: str, attribute: str | None, parts: set[str]) -> bool:
    return row["model"] == model and (row["attribute"] == attribute or row["attribute"] in parts)


def _texts(row: Row) -> Row:
    return {name: str(value) if name.endswith("_week") else value for name, value in row.items()}


def test_claims_have_the_verdict_of_the_interval_beside_it(planted_con: Con, plain: ModuleType) -> None:
    words = {"at least": "yes", "below": "no", "cannot tell": "cannot_tell"}
    found = rows(planted_con, "FROM claim_shares")
    for row in found:
        if row["n"] < 5:
            assert row["share"] is None
            assert row["verdict"] in ("", "not_asked", "cannot_tell")
            continue
        low, high = plain.wilson(row["k"], row["n"], row["worth"])
        assert (row["low"], row["high"]) == (pytest.approx(float(low)), pytest.approx(float(high)))
        if row["threshold"] is not None:
            verdict = str(plain.verdict(row["low"], row["high"], row["threshold"]))
            assert row["verdict"] == words[verdict]
    assert {row["verdict"] for row in found} >= {"yes", "no", "cannot_tell", "not_asked"}
