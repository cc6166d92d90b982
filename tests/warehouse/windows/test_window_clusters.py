"""Pictures that were drawn together: how alike they are, and what they count in figures of windows and in ranks."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from math import inf, isclose, sqrt
from typing import Any

import polars as pl
import pytest
from statsmodels.stats.proportion import proportion_confint

from assets.metrics.windows.clusters import SCHEMA, week_design_effects
from assets.metrics.windows.table import week_windows
from tests.warehouse.builder import WEEK
from tests.warehouse.windows import test_window_rates as plain_rates
from tests.warehouse.windows.planted import WEEKS, Con, Row
from tests.warehouse.windows.windows_plainly import Plain, designs, widened
from warehouse.sqlfiles import sql

#: Two pictures of each prompt of `one` that show the same gender are of one job, as far as there are two.
ALIKE = """
INSERT INTO clusters
SELECT week, model, slot_key, 'job ' || prompt || place // 2
FROM (
    SELECT
        labels.week, labels.model, labels.slot_key, prompt,
        row_number() OVER (PARTITION BY labels.week, prompt ORDER BY labels.value, labels.slot_key) - 1 AS place
    FROM labels INNER JOIN slots USING (week, model, slot_key)
    WHERE labels.model = 'one' AND labels.attribute = 'perceived_gender'
)
"""
#: All refusals of a prompt of `one` in a week are of one call.
REFUSED = """
INSERT INTO clusters
SELECT DISTINCT week, model, slot_key, 'call ' || prompt
FROM attempts INNER JOIN slots USING (week, model, slot_key)
WHERE model = 'one' AND outcome = 'refused_text'
"""


@pytest.fixture
def drawn(con: Con) -> Iterator[Con]:
    """Return the planted windows, with clusters and what is computed from them."""
    con.execute("BEGIN")
    con.execute(ALIKE)
    con.execute(REFUSED)
    parts = {"design_effects": week_design_effects(con, WEEK), "window_scores": week_windows(con, WEEK)}
    for table, new_rows in parts.items():
        con.execute(f"DELETE FROM {table} WHERE week = '{WEEK}'")
        con.register("new_rows", new_rows)
        con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM new_rows")
        con.unregister("new_rows")
    yield con
    con.execute("ROLLBACK")


def listed(con: Con, query: str, **where: Any) -> list[Row]:
    return pl.DataFrame(con.sql(query, params=where or None).to_arrow_table()).to_dicts()


def pictures(con: Con, suite: str, attribute: str) -> dict[str, dict[str, list[str]]]:
    """Return prompt → cluster → values of the pictures of the window of `one`."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in listed(
        con,
        """
        SELECT prompt, labels.week || coalesce(cluster, slot_key) AS of, coalesce(band, labels.value) AS value
        FROM labels INNER JOIN slots USING (week, model, slot_key)
        INNER JOIN attribute_values USING (week, model, suite, attribute, value)
        LEFT JOIN clusters USING (week, model, slot_key)
        WHERE model = 'one' AND suite = $suite AND attribute = $attribute AND in_support
            AND list_contains($weeks, week::VARCHAR)
        """,
        suite=suite,
        attribute=attribute,
        weeks=WEEKS[-4:],
    ):
        found[row["prompt"]][row["of"]].append(row["value"])
    return found


def test_correlation_and_design_effects_are_those_of_the_analysis_of_variance(drawn: Con) -> None:
    told = listed(drawn, f"FROM design_effects WHERE week = '{WEEK}'")
    assert {row["model"] for row in told} == {"one"}
    assert SCHEMA.names == [row[0] for row in drawn.execute("DESCRIBE design_effects").fetchall()]
    seen = set()
    for row in told:
        key = row["suite"], row["attribute"]
        found = pictures(drawn, *key)
        rho, each, whole = designs(found)
        assert isclose(row["correlation"], rho, abs_tol=1e-9), row
        of = found if row["prompt"] is None else {row["prompt"]: found[row["prompt"]]}
        assert row["n"] == sum(len(values) for one in of.values() for values in one.values())
        assert row["clusters"] == sum(map(len, of.values()))
        wanted = whole if row["prompt"] is None else each[row["prompt"]]
        assert isclose(row["design_effect"], wanted, rel_tol=1e-9), row
        seen.add((*key, row["prompt"] is None))
    assert ("occupations", "perceived_gender", True) in seen
    alike = next(
        r
        for r in told
        if (r["suite"], r["attribute"], r["prompt"]) == ("occupations", "perceived_gender", None)
    )
    assert alike["correlation"] > 0.5
    assert alike["design_effect"] > 1.3


def test_the_audit_query_finds_the_same(drawn: Con) -> None:
    audit = listed(drawn, f"SELECT * FROM ({sql('audit/design_effects')}) WHERE week = '{WEEK}'")
    names = [*audit[0]]
    told = listed(drawn, f"SELECT {', '.join(names)} FROM design_effects WHERE week = '{WEEK}'")
    key = lambda row: tuple(str(row[name]) for name in names[:9])  # noqa: E731
    assert len(told) == len(audit) > 50
    for one, other in zip(sorted(told, key=key), sorted(audit, key=key), strict=True):
        for name in names:
            if isinstance(one[name], float):
                assert isclose(one[name], other[name], rel_tol=1e-9, abs_tol=1e-9), (one, other)
            else:
                assert one[name] == other[name], (one, other)


def test_windows_count_pictures_that_were_drawn_together_for_what_they_are_worth(drawn: Con) -> None:
    found = pictures(drawn, "occupations", "perceived_gender")
    _, effects, _ = designs(found)
    rows = listed(
        drawn,
        f"FROM window_scores WHERE week = '{WEEK}' AND model = 'one' AND suite = 'occupations' "
        "AND attribute = 'perceived_gender'",
    )
    squares = []
    for prompt, of in found.items():
        counts = Counter(value for values in of.values() for value in values)
        n = counts.total()
        if n < 5:
            continue
        worth = n / effects[prompt]
        share = next(
            r for r in rows if (r["metric"], r["prompt"], r["value_name"]) == ("share", prompt, "feminine")
        )
        assert share["n"] == n  # pictures, not what they are worth
        # what is beyond Wilson's interval at that number of pictures is scatter
        k = counts["feminine"] / effects[prompt]
        low, high = proportion_confint(k, worth, method="wilson")
        plain = Plain(share["scatter"] ** 2, share["scatter_freedom"] or inf, 0)
        assert isclose(share["low"], max(widened(k / worth, low, plain, share["weeks"], -1), 0), abs_tol=1e-9)
        assert isclose(
            share["high"], min(widened(k / worth, high, plain, share["weeks"], 1), 1), abs_tol=1e-9
        )
        agree = sum((x / n) ** 2 for x in counts.values())
        unbiased = agree - (1 - agree) / (worth - 1)
        squares.append((unbiased - 2 * 0.5 + 0.5) / 2)
    board = {r["metric"]: r for r in rows if r["reference"] == "parity" and r["prompt"] is None}
    assert isclose(board["distance2"]["estimate"], sum(squares) / len(squares), rel_tol=1e-9)
    assert isclose(board["distance"]["estimate"], sqrt(max(sum(squares) / len(squares), 0)), rel_tol=1e-9)


def test_what_windows_count_is_what_the_audit_counts(drawn: Con) -> None:
    audit = listed(
        drawn, f"SELECT * FROM ({sql('audit/window_figures')}) WHERE week = '{WEEK}' AND model = 'one'"
    )
    keys = ["suite", "condition", "prompt", "turn", "attribute", "reference", "scale", "metric", "value_name"]
    told = {
        tuple(row[name] for name in keys): row
        for row in listed(drawn, f"FROM window_scores WHERE week = '{WEEK}' AND model = 'one'")
    }
    assert len(audit) > 100
    for row in audit:
        other = told[tuple(row[name] for name in keys)]
        for name in ("estimate", "low", "high", "scatter", "scatter_freedom"):
            if row[name] is not None and other[name] is not None:
                # a scatter is a root: variances that are equal to 1e-16 have roots that are equal to 1e-8
                assert isclose(row[name], other[name], rel_tol=1e-9, abs_tol=1e-8), (name, row, other)


@pytest.mark.parametrize(
    ("suite", "attributes"),
    [("occupations", ("perceived_gender", "skin_tone")), ("rest-of-world", ("person_count",))],
)
def test_rates_count_what_was_drawn_together_for_what_it_is_worth(
    drawn: Con, suite: str, attributes: tuple[str, ...]
) -> None:
    effects = plain_rates.rates_hold(drawn, suite, attributes, WEEK)
    assert {model for (model, _), effect in effects.items() if effect > 1} == {"one"}
    if suite == "occupations":
        # pictures of a call are all answers, and its refusals none: a call counts as one
        assert effects["one", (None, "answer_rate", None)] > 1.3


def test_combinations_count_what_was_drawn_together_for_what_it_is_worth(drawn: Con) -> None:
    effects = plain_rates.combinations_hold(drawn, WEEK)
    assert effects["one"].whole > 1.1
    assert effects["two"].whole == 1


def test_the_audit_query_of_rates_finds_the_same(drawn: Con) -> None:
    plain_rates.audit_holds(drawn, WEEK)


def test_without_clusters_there_are_no_design_effects(con: Con) -> None:
    assert week_design_effects(con, WEEK).num_rows == 0
