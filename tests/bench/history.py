"""Years of weeks for the benchmark of scores, made inside DuckDB from hashes: the same rows every time.

Belongs here: a warehouse file with plans, slots, attempts, pictures and labels of many models and weeks. Does not
belong here: timing (`scores`), partitions that go through the store (`data`).
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from assets.suites.loader import load_suites
from tests.bench.data import WEEK, earlier
from tests.warehouse import builder
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.loading.plan_rows import plan_tables

#: 42 prompts with seven attributes each; with 28 pictures per prompt 8,232 labels are planned of a model in a week.
SUITES = ("occupations@1", "descriptors@1")
PLAN_TABLES = (
    "plans",
    "prompts",
    "prompt_attributes",
    "attribute_values",
    "reference_values",
    "stereotypes",
)

_SLOTS = """
INSERT INTO slots BY NAME
SELECT
    prompts.week, prompts.model, suite, suite_version, prompt, number AS replicate, 1 AS turn,
    NULL AS conversation,
    sha256(concat_ws('/', prompts.week, prompts.model, prompt, number)) AS slot_key
FROM prompts CROSS JOIN range($replicates) AS numbers (number)
WHERE prompts.week = $week
ORDER BY prompts.model, suite, prompt, number
"""

# Of a hundred slots two are refused, one is never answered, and three are answered at the second attempt. An eighth of
# the models report a revised prompt, another for each picture. Columns that scoring does not read are left NULL.
_ATTEMPTS = """
INSERT INTO attempts BY NAME
WITH drawn AS (
    SELECT
        slots.*, prompts.text, hash(slot_key) % 100 AS chance,
        cast(right(slots.model, 2) AS INTEGER) % 8 = 0 AS reports
    FROM slots INNER JOIN prompts USING (week, model, suite, prompt)
    WHERE slots.week = $week
),
tried AS (
    SELECT *, unnest(CASE
        WHEN chance < 2 THEN [{'attempt': 1, 'outcome': 'refused_text'}]
        WHEN chance < 3 THEN [{'attempt': 1, 'outcome': 'timeout'}, {'attempt': 2, 'outcome': 'timeout'}]
        WHEN chance < 6 THEN [{'attempt': 1, 'outcome': 'rate_limited'}, {'attempt': 2, 'outcome': 'ok'}]
        ELSE [{'attempt': 1, 'outcome': 'ok'}]
    END, max_depth := 2)
    FROM drawn
)
SELECT
    week, model, slot_key, attempt, 'simulated' AS provider, 'model' AS track, text AS prompt_sent,
    CASE
        WHEN reports AND outcome = 'ok' THEN concat(
            text, ', in soft light, seen from the front, with a plain background and a ',
            CASE WHEN chance % 20 = 7 THEN 'Black man' ELSE 'person' END, ' of style ', left(slot_key, 8)
        )
    END AS revised_prompt,
    outcome, turn
FROM tried
"""

_IMAGES = """
INSERT INTO images BY NAME
SELECT
    week, model, slot_key, sha256(slot_key) AS image_sha256, 'png' AS image_ext, 1000 AS image_bytes,
    'image/png' AS image_mime, 64 AS image_width, 64 AS image_height
FROM attempts
WHERE week = $week AND outcome = 'ok'
"""

# The first value of an attribute is the most frequent, by how much depends on model and prompt; of a hundred answers
# three are of the values outside the support; one of two hundred pictures has no label. Labels of a picture stand
# together, as labelers write them.
_LABELS = """
INSERT INTO labels BY NAME
WITH declared AS (
    SELECT
        suite, attribute,
        list(value ORDER BY position) FILTER (WHERE in_support) AS inside,
        list(value ORDER BY position) FILTER (WHERE NOT in_support) AS outside
    FROM attribute_values
    WHERE week = $week AND model = $model
    GROUP BY suite, attribute
),
wanted AS (
    SELECT
        prompt,
        list({'attribute': attribute, 'inside': inside, 'outside': outside} ORDER BY attribute) AS attributes
    FROM prompt_attributes INNER JOIN declared USING (suite, attribute)
    WHERE week = $week AND model = $model
    GROUP BY prompt
),
drawn AS (
    SELECT week, model, slot_key, prompt, unnest(attributes, max_depth := 2)
    FROM slots INNER JOIN wanted USING (prompt)
    WHERE week = $week AND hash(slot_key) % 100 >= 3 AND hash(slot_key, 1) % 200 > 0
),
chanced AS (
    SELECT
        *,
        cast(hash(slot_key, attribute) % 1000000000 AS BIGINT) AS chance,
        (hash(model, prompt, attribute) % 100) / 40.0 AS skew
    FROM drawn
)
SELECT
    week, model, slot_key, attribute, 'drawing' AS labeler, $version AS labeler_version,
    CASE
        WHEN chance % 100 < 3 THEN outside[1 + chance // 100 % len(outside)]
        ELSE inside[1 + cast(floor(len(inside) * pow((chance // 100 % 10000) / 10000.0, 1 + skew)) AS INTEGER)]
    END AS value,
    0.5 + (chance % 500) / 1000.0 AS confidence
FROM chanced
"""


def weeks_before(weeks: int) -> list[str]:
    """Return so many Mondays up to that of the benchmarks, the earliest first."""
    return [earlier(WEEK, number) for number in reversed(range(weeks))]


def make(path: Path, models: int, weeks: int, replicates: int) -> int:
    """Make a warehouse file of so many models and weeks up to `WEEK`; return its number of labels."""
    names = [f"model-{number:02}" for number in range(1, models + 1)]
    with connect(path) as con:
        make_tables(con)
        _plans(con, names)
        for week in weeks_before(weeks):
            _week(con, week, names[0], replicates)
        con.execute("DROP TABLE one_plan_models")
        for table in PLAN_TABLES:
            con.execute(f"DROP TABLE one_{table}")
        con.execute("CHECKPOINT")
        return int(con.execute("SELECT count(*) FROM labels").fetchall()[0][0])


def _plans(con: duckdb.DuckDBPyConnection, models: list[str]) -> None:
    """Keep what one model's plan holds, to be copied for every model and week."""
    suites = [load_suites()[name] for name in SUITES]
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
    con.execute(_SLOTS, {"week": week, "replicates": replicates})
    con.execute(_ATTEMPTS, {"week": week})
    con.execute(_IMAGES, {"week": week})
    con.execute(_LABELS, {"week": week, "model": model, "version": builder.LABELER_VERSION})
    con.execute(
        "INSERT INTO loads SELECT $week, name, 'benchmark', NULL FROM one_plan_models",
        {"week": week},
    )
    con.execute("COMMIT")
