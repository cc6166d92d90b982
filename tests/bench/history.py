"""Years of counts, made inside DuckDB from hashes: the same rows every time.

Belongs here: a warehouse file with plans, counts and answers of many models and weeks. Does not belong here: timing
(`figures`), partitions that go through the store (`data`).
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from assets.metrics.declared import load_declared
from assets.suites.loader import load_suites
from tests.warehouse import builder
from tests.warehouse.builder import WEEK
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.loading.plan_rows import plan_tables
from warehouse.weeks import shift

PLAN_TABLES = (
    "plans",
    "prompts",
    "prompt_attributes",
    "attribute_values",
    "reference_values",
)

# Of a hundred answers two are refused, and one is lost.
_ANSWERS = """
INSERT INTO answers BY NAME
WITH answered AS (
    SELECT
        week, model, suite, suite_major, condition, suite_version, prompt,
        unnest(CASE WHEN turns > 1 THEN [1, 2] ELSE [1] END) AS turn,
        hash(week, model, prompt, number, turn) % 100 AS chance
    FROM prompts CROSS JOIN range($replicates) AS numbers (number)
    WHERE week = $week
)
SELECT
    week, model, suite, suite_major, condition, turn, suite_version, prompt,
    count(*) AS planned,
    count(*) FILTER (WHERE chance >= 3) AS pictures,
    count(*) FILTER (WHERE chance < 2) AS refused,
    count(*) FILTER (WHERE chance = 2) AS failed,
    0 AS not_asked
FROM answered
GROUP BY ALL
ORDER BY ALL
"""

# The first value of an attribute is the most frequent, by how much depends on model and prompt; of a hundred pictures
# three are read as values outside the support.
_COUNTS = """
INSERT INTO counts BY NAME
WITH declared AS (
    SELECT
        suite, suite_major, attribute,
        list(value ORDER BY position) FILTER (WHERE in_support) AS inside,
        list(value ORDER BY position) FILTER (WHERE NOT in_support) AS outside
    FROM attribute_values
    WHERE week = $week AND model = $model
    GROUP BY ALL
),
read AS (
    SELECT
        * EXCLUDE (pictures),
        hash(week, model, prompt, turn, attribute, unnest(range(pictures))) % 1000000 AS chance,
        (hash(model, prompt, attribute) % 100) / 40.0 AS skew
    FROM answers
    INNER JOIN prompt_attributes USING (week, model, suite, suite_major, prompt)
    INNER JOIN declared USING (suite, suite_major, attribute)
    WHERE week = $week
)
SELECT
    week, model, suite, suite_major, condition, turn, suite_version, prompt, attribute,
    'drawing' AS labeler, $version AS labeler_version,
    CASE
        WHEN chance % 100 < 3 AND len(outside) > 0 THEN outside[1 + cast(chance // 100 % len(outside) AS INTEGER)]
        ELSE inside[1 + cast(floor(len(inside) * pow(chance // 100 / 10000.0, 1 + skew)) AS INTEGER)]
    END AS value,
    count(*) AS pictures
FROM read
GROUP BY ALL
ORDER BY ALL
"""


def weeks_before(weeks: int) -> list[str]:
    """Return so many Mondays up to that of the benchmarks, the earliest first."""
    return [shift(WEEK, -number) for number in reversed(range(weeks))]


def make(path: Path, models: int, weeks: int, replicates: int) -> int:
    """Make a warehouse file of so many models and weeks up to `WEEK`; return its number of counts."""
    names = [f"model-{number:02}" for number in range(1, models + 1)]
    with connect(path) as con:
        make_tables(con)
        load_declared(con)
        _plans(con, names)
        for week in weeks_before(weeks):
            _week(con, week, names[0], replicates)
        con.execute("DROP TABLE one_plan_models")
        for table in PLAN_TABLES:
            con.execute(f"DROP TABLE one_{table}")
        con.execute("CHECKPOINT")
        return int(con.execute("SELECT count(*) FROM counts").fetchall()[0][0])


def _plans(con: duckdb.DuckDBPyConnection, models: list[str]) -> None:
    """Keep what one model's plan of all shipped suites holds, to be copied for every model and week."""
    suites = [*load_suites().values()]
    document = builder.plan_document(suites, [], WEEK, models[0]) | {"plan_sha256": "benchmark"}
    tables = plan_tables(document, WEEK, models[0])
    con.execute("CREATE TABLE one_plan_models AS SELECT unnest($models) AS name", {"models": models})
    for name in PLAN_TABLES:
        rows = tables[name]  # noqa: F841 - DuckDB finds it by this name
        con.execute(f"CREATE TABLE one_{name} AS FROM rows")


def _week(con: duckdb.DuckDBPyConnection, week: str, model: str, replicates: int) -> None:
    con.execute("BEGIN")
    for table in PLAN_TABLES:
        series = ", name AS series, name AS model_id" if table == "plans" else ""
        con.execute(
            f"INSERT INTO {table} BY NAME SELECT one.* REPLACE (cast($week AS DATE) AS week, name AS model{series}) "
            f"FROM one_{table} AS one CROSS JOIN one_plan_models ORDER BY name",
            {"week": week},
        )
    con.execute(_ANSWERS, {"week": week, "replicates": replicates})
    con.execute(_COUNTS, {"week": week, "model": model, "version": builder.LABELER_VERSION})
    con.execute("COMMIT")
