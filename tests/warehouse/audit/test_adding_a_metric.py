"""Adding a metric is adding one file and one audit query: here it is done."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from assets.metrics.scores import measures as folder
from assets.metrics.scores.table import compute_scores
from tests.warehouse.results.test_scores_plainly import without_plain_path

from assets.metrics.registry import dictionary
from assets.metrics.registry.metrics import measures, metrics
from tests.warehouse.audit import test_audit_scores
from tests.warehouse.audit.test_audit_scores import assert_found_again, audits, without_audit_query
from tests.warehouse.builder import WEEK
from warehouse import sqlfiles
from warehouse.loading.load import replace_week

con = test_audit_scores.con  # a world with what could go wrong
METRIC = '''
"""How many of the values that a picture can show are never seen."""

from collections.abc import Iterable

import numpy as np
import polars as pl

from assets.metrics.registry.metric import ASSESSED_PICTURES, ATTRIBUTE_VALUES, SEEN, Metric, metric
from assets.metrics.scores.figures import Groups, basis, rows_of


@metric(
    Metric(
        "never_seen",
        "Values never seen",
        "values of the support that no picture shows / K; suite: mean over cells",
        (0.0, 1.0),
        "whoever reads this test",
        per=("attribute",),
        support=ATTRIBUTE_VALUES,
        denominator=ASSESSED_PICTURES,
        null_when=SEEN,
    ),
    of="values",
)
def never_seen(groups: Groups) -> Iterable[pl.DataFrame]:
    cells, seen = groups.cells, basis(groups)
    absent = (cells.support & (cells.counts == 0)).sum(axis=1) / np.maximum(cells.support.sum(axis=1), 1)
    yield rows_of(groups, "never_seen", groups.mean(absent, seen.used), seen)
'''
QUERY = """
-- Answers: how many of the values that a picture can show are never seen?
-- Grain: that of scores.
-- Columns: those of scores.
-- Depends on: slots, prompts, prompt_attributes, attribute_values, plans, attempts, outcomes, labels
-- Uses: read_from_labels
WITH
levels AS (
    SELECT
        * EXCLUDE (prompt),
        prompt AS cell,
        unnest([prompt] || CASE WHEN standing THEN [NULL] ELSE [] END) AS prompt
    FROM counted
),

absent AS (
    SELECT
        week, model, suite, suite_major, condition, prompt, turn, attribute, scale, labeler_version, cell, n,
        count(*) FILTER (WHERE x = 0) / count(*) AS part
    FROM levels
    GROUP BY ALL
)

SELECT
    week, model, suite, suite_major, condition, prompt, turn, attribute,
    cast(NULL AS VARCHAR) AS reference,
    scale, labeler_version,
    'never_seen' AS metric,
    cast(NULL AS VARCHAR) AS value_name,
    avg(part) FILTER (WHERE n > 0) AS estimate,
    cast(NULL AS DOUBLE) AS low,
    cast(NULL AS DOUBLE) AS high,
    sum(n) AS n,
    count(*) FILTER (WHERE n > 0) AS cells
FROM absent
GROUP BY ALL
"""


@pytest.fixture
def added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One more file in the folder of metrics; everything else as it is."""
    (tmp_path / "never_seen.py").write_text(METRIC)
    monkeypatch.setattr(folder, "__path__", [*folder.__path__, str(tmp_path)])
    measures.cache_clear()
    yield
    measures.cache_clear()


@pytest.fixture
def queries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the SQL that may be changed."""
    shutil.copytree(sqlfiles.ROOT, tmp_path / "sql")
    monkeypatch.setattr(sqlfiles, "ROOT", tmp_path / "sql")
    return tmp_path / "sql" / "audit"


@pytest.mark.usefixtures("added")
def test_one_file_gives_its_scores_its_docs_and_its_list_entry(con: duckdb.DuckDBPyConnection) -> None:
    assert "never_seen" in {metric.id for metric in metrics()}
    page = dictionary.page()
    assert (
        "| [`never_seen`](#never_seen) | Values never seen | 0 to 1 | neither | attribute | cells, suites |"
        in page
    )
    assert "### never_seen" in page
    assert "whoever reads this test" in page
    found = [row for row in compute_scores(con, WEEK).to_pylist() if row["metric"] == "never_seen"]
    assert {row["prompt"] is None for row in found} == {True, False}
    assert len({row["estimate"] for row in found}) > 3
    for row in found:
        assert (row["estimate"] is None) == (row["reason"] is not None)


@pytest.mark.usefixtures("added")
def test_one_query_is_its_second_path_and_a_wrong_one_is_found(
    con: duckdb.DuckDBPyConnection, queries: Path
) -> None:
    assert without_audit_query(audits(con)) == {"never_seen"}
    assert without_plain_path() == {"never_seen"}
    before = con.execute("FROM scores").to_arrow_table()
    try:
        replace_week(con, "scores", WEEK, compute_scores(con, WEEK))
        (queries / "scores_never_seen.sql").write_text(QUERY.lstrip())
        audited = audits(con)
        assert without_audit_query(audited) == set()
        of_week = {"never_seen": [row for row in audited["never_seen"] if row["week"].isoformat() == WEEK]}
        assert_found_again(con, of_week, "never_seen")
        (queries / "scores_never_seen.sql").write_text(QUERY.lstrip().replace("x = 0", "x < 2"))
        with pytest.raises(AssertionError):
            assert_found_again(con, audits(con), "never_seen")
    finally:
        con.execute("DELETE FROM scores")
        con.register("before", before)
        con.execute("INSERT INTO scores BY NAME FROM before")
        con.unregister("before")
