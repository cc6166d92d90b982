"""Gold as a warehouse has it, for tests of what is said of it: two people who say what the labeler read."""

from __future__ import annotations

import duckdb

_DRAWN = """
CREATE TEMP TABLE drawn AS
SELECT
    'gold ' || labels.week AS gold_set, labels.week, labels.model, labels.slot_key, slots.suite, slots.suite_major,
    slots.prompt, slots.turn, slots.image_sha256, labels.attribute,
    labels.attribute AS stratified_by, labels.value AS predicted, labels.value, labels.labeler, labels.labeler_version,
    1.0 AS inclusion_probability,
    concat(labels.model, '/', slots.suite, '@', slots.suite_major, '/', labels.value) AS stratum,
    1 AS seed, 'a,b' AS raters, TRUE AS simulated
FROM plan_labels AS labels
INNER JOIN slot_outcomes AS slots USING (week, model, slot_key)
WHERE labels.attribute = 'perceived_gender'
"""
_SAMPLES = """
INSERT INTO gold_samples BY NAME
SELECT * EXCLUDE (attribute, value), count(*) OVER same AS stratum_pictures, count(*) OVER same AS stratum_sampled
FROM drawn
WINDOW same AS (PARTITION BY gold_set, stratum)
"""
_STRATA = """
INSERT INTO gold_strata BY NAME
SELECT DISTINCT
    * EXCLUDE (slot_key, image_sha256, prompt, turn, value, inclusion_probability, seed, raters, simulated),
    count(*) OVER same AS pictures, count(*) OVER same AS sampled,
    count(*) OVER (PARTITION BY gold_set, model, suite, suite_major) AS suite_pictures
FROM drawn
WINDOW same AS (PARTITION BY gold_set, stratum)
"""
_LABELS = """
INSERT INTO gold_labels BY NAME
SELECT
    * EXCLUDE (turn, stratified_by, labeler, labeler_version, seed, raters, simulated),
    unnest(['a', 'b']) AS rater
FROM drawn
"""


def draw(con: duckdb.DuckDBPyConnection) -> None:
    """Add a gold set for each week, of all pictures in which gender was read."""
    for statement in (_DRAWN, _SAMPLES, _STRATA, _LABELS, "DROP TABLE drawn"):
        con.execute(statement)
