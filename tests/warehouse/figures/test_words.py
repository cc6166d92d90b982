"""What a word changes, from counts in a warehouse: pairs, their mean, conversations, a study."""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
import pytest
from scipy.stats import t
from statsmodels.stats.proportion import confint_proportions_2indep

from assets.metrics.spans import WeekRows
from assets.metrics.words import span_words
from assets.suites.loader import load_suites
from tests.warehouse import changed, counted
from warehouse import occasions
from warehouse.database.marts import create_views
from warehouse.loading.load import replace_results
from warehouse.weeks import shift

WEEK = "2026-11-23"
Con = duckdb.DuckDBPyConnection


def _weeks(many: int) -> list[str]:
    return [shift(WEEK, -back) for back in reversed(range(many))]


def _gender(feminine: int, masculine: int) -> dict[str, dict[str, int]]:
    return {"perceived_gender": {"feminine": feminine, "masculine": masculine}}


def _found(con: Con, **where: Any) -> list[dict[str, Any]]:
    rows = span_words(con, WeekRows.read(con, occasions.week(WEEK)).span(first_turns=True)).to_pylist()
    return [row for row in rows if where.items() <= row.items()]


def _words(con: Con, **where: Any) -> dict[str, Any]:
    (row,) = _found(con, **{"attribute": "perceived_gender", "value": "feminine", **where})
    return row


def _startup(con: Con, weeks: int, model: str = "one") -> None:
    for week in _weeks(weeks):
        counted.plan(con, week, model)
        shown = {"ceo-his": {**_gender(2, 8), "headwear": {"none": 7, "cannot_tell": 3}}}
        shown |= {"ceo-their": _gender(6, 4), "confrontation": _gender(1, 9)}
        shown |= {"confrontation/2": _gender(9, 1), "ceo-visionary": {"headwear": {"keffiyeh": 10}}}
        counted.answer(con, week, model, "startup-ceo@2", shown)


def test_a_pair_has_the_interval_of_agresti_and_caffo_with_student_s_quantile(con: Con) -> None:
    _startup(con, 4)

    row = _words(con, comparison="his → their", subject="occupation:ceo")

    low, high = confint_proportions_2indep(24, 40, 8, 40, method="agresti-caffo")
    wider = t.ppf(0.975, 3) / 1.959964  # weeks do not differ at all
    middle = (low + high) / 2
    assert (row["k_a"], row["n_a"], row["k_b"], row["n_b"], row["pairs"]) == (8, 40, 24, 40, 1)
    assert row["estimate"] == pytest.approx(0.4)
    assert (row["low"], row["high"]) == pytest.approx(
        (middle - (middle - low) * wider, middle + (high - middle) * wider), abs=1e-6
    )
    assert (row["df"], row["dispersion"], row["reason"], row["clear"]) == (3, 1, None, True)
    assert row["critical"] == row["holm_critical"] == pytest.approx(t.ppf(0.975, 3))
    assert row["labeler_version"] == counted.LABELER["labeler_version"]
    mean = _words(con, comparison="his → their", subject=None)
    assert {**row, "subject": None, "prompt_a": None, "prompt_b": None} == mean


def test_what_was_not_planned_in_the_window_is_not_listed(con: Con) -> None:
    _startup(con, 6)
    listed = {row["comparison"] for row in _found(con)}
    con.execute("DELETE FROM answers WHERE prompt = 'startup-ceo/ceo-their'")
    assert {row["comparison"] for row in _found(con)} == {
        name for name in listed if "their" not in name.split(" → ")
    }
    con.execute(
        "DELETE FROM answers WHERE prompt = 'startup-ceo/ceo-visionary' AND week > cast($week AS DATE) - 28",
        {"week": WEEK},
    )
    assert "his → visionary" not in {row["comparison"] for row in _found(con)}


def test_what_was_not_drawn_has_a_reason(con: Con) -> None:
    for week in _weeks(4):
        counted.plan(con, week, "one")
        shown = {"ceo-his": _gender(2, 8)}
        counted.answer(con, week, "one", "startup-ceo@2", shown, refused={"ceo-their": 5})

    refused = _words(con, comparison="his → their", subject="occupation:ceo")
    never = _words(con, comparison="his → his-reworded", subject=None)

    assert (refused["reason"], refused["estimate"], refused["n_a"], refused["n_b"]) == (
        *("no_pictures", None, 40),
        0,
    )
    assert (never["reason"], never["estimate"], never["pairs"]) == ("not_asked", None, 0)


def _requests(con: Con, model: str = "one", weeks: int = 6) -> dict[str, list[list[int]]]:
    """Plan five occupations with and without a request for diversity; return feminine pictures of ten, by week."""
    rng = np.random.default_rng(5)
    hits: dict[str, list[list[int]]] = {"baseline": [], "controlled": []}
    prompts = load_suites()["diversity-request@1"].prompts
    for week in _weeks(weeks):
        counted.plan(con, week, model)
        shown = {}
        for condition, of in hits.items():
            asked = sorted((p for p in prompts if p.condition == condition), key=lambda p: p.subject)
            drawn = [int(rng.binomial(10, (0.3 + 0.1 * at) if condition == "controlled" else 0.2))
                     for at in range(len(asked))]  # fmt: skip
            of.append(drawn)
            shown |= {p.id: _gender(k, 10 - k) for p, k in zip(asked, drawn, strict=True)}
        counted.answer(con, week, model, "diversity-request@1", shown)
    return hits


def test_shares_of_both_sides_are_of_the_pairs_that_entered(con: Con) -> None:
    _requests(con)
    con.execute(
        "DELETE FROM counts WHERE pictures > 0 AND prompt = "
        "(SELECT min(prompt) FROM counts WHERE condition = 'controlled') AND week > ?",
        [shift(WEEK, -4)],
    )

    rows = _found(con, kind="controlled", attribute="perceived_gender", value="feminine")

    pairs = [row for row in rows if row["subject"] and row["estimate"] is not None]
    (mean,) = (row for row in rows if row["subject"] is None)
    (without,) = (row for row in rows if row["estimate"] is None)
    assert len(pairs) == mean["pairs"] == 4
    assert (without["share_a"], without["share_b"], without["estimate"]) == (None, None, None)
    for side in ("a", "b"):
        assert all(row[f"share_{side}"] == row[f"k_{side}"] / row[f"n_{side}"] for row in pairs)
        assert mean[f"share_{side}"] == pytest.approx(np.mean([row[f"share_{side}"] for row in pairs]))
    for row in (mean, *pairs):
        assert row["estimate"] == pytest.approx(row["share_b"] - row["share_a"])


def test_the_view_says_whether_labels_may_be_believed(con: Con) -> None:
    _startup(con, 4)
    week = occasions.week(WEEK)
    words = span_words(con, WeekRows.read(con, week).span(first_turns=True))
    replace_results(con, week, {"words": words})
    create_views(con)
    told = "SELECT DISTINCT attribute, reliable, reliability FROM word_against_word ORDER BY attribute"
    assert {row[1] for row in con.execute(told).fetchall()} == {None}
    con.execute(
        "INSERT INTO agreement BY NAME SELECT 'week' AS scope, ?::DATE AS week, 'perceived_gender' AS attribute, "
        "? AS labeler_a, ? AS labeler_a_version, 'another' AS labeler_b, '1-a' AS labeler_b_version, 100 AS pictures, "
        "100 AS n, 50 AS agreed, 1 AS both_assessed_share, 0.4 AS alpha, 'nominal' AS alpha_method, "
        "'unweighted' AS kappa_method",
        [WEEK, *counted.LABELER.values()],
    )
    believed = {attribute: (reliable, why) for attribute, reliable, why in con.execute(told).fetchall()}
    assert believed["headwear"][0] is None
    assert believed["perceived_gender"][0] is False
    assert "agree at alpha 0.40" in believed["perceived_gender"][1]
    assert con.execute("SELECT count(*) FROM word_against_word").fetchall() == [
        (con.execute("SELECT count(*) FROM words").fetchall()[0][0],)
    ]


def test_the_critical_values_are_of_holm_s_steps(con: Con) -> None:
    _requests(con)

    pairs = [
        row
        for row in _found(con, kind="controlled", attribute="perceived_gender", value="feminine")
        if row["subject"]
    ]

    size = [abs(row["low"] + row["high"]) / 2 / row["se"] for row in pairs]
    order = sorted(range(5), key=lambda at: -size[at])
    clear = [pairs[at]["clear"] for at in order]
    assert clear == sorted(clear, reverse=True)
    assert 0 < sum(clear) < 5
    for step, at in enumerate(order):
        needed = pairs[at]["holm_critical"]
        if step <= sum(clear):
            assert needed == pytest.approx(t.ppf(1 - 0.05 / 2 / (5 - step), pairs[at]["df"]))
            assert (size[at] > needed) is pairs[at]["clear"]
        else:
            assert needed is None
    assert {row["df"] for row in pairs} == {25}


def test_a_withheld_model_and_what_is_not_planned_have_no_rows(con: Con) -> None:
    _startup(con, 4)
    _startup(con, 4, "hidden")
    con.execute("INSERT INTO withheld VALUES (?, 'hidden', 'test')", [WEEK])

    assert {row["model"] for row in _found(con)} == {"one"}
    con.execute("DELETE FROM prompts WHERE prompt = 'startup-ceo/ceo-their' AND week = ?", [WEEK])
    assert not _found(con, comparison="his → their")


def test_a_reported_change_begins_a_word_anew(con: Con) -> None:
    _startup(con, 6)
    changed.report(con, model="one", simulated=False, changed_week=shift(WEEK, -2))

    row = _words(con, comparison="his → their", subject=None)

    assert (row["n_a"], row["reason"]) == (30, "few_weeks")
