-- Answers: of which attributes is a combination or claim made? First steps of the statements that name this
--   text under "Uses".
-- Grain: parts: suite, suite_major, attribute, whole; needed: suite, suite_major, whole.
-- Columns: those; whole: all:<id>; many: of how many attributes.
-- Depends on: joint_values
WITH parts AS (
    SELECT DISTINCT
        suite, suite_major, attribute,
        'all:' || joint AS whole
    FROM joint_values
),

needed AS (
    SELECT
        suite, suite_major, whole,
        count(*) AS many
    FROM parts
    GROUP BY suite, suite_major, whole
)

SELECT
    whole, many
FROM needed
