-- Answers: which statistics are lines on the boards of a week, and how far are they from the board's
--   yardstick?
-- Grain: one row for each suite × suite_major × condition × attribute × reference.
-- Columns: distance: the typical one over the prompts, in the unit of the board; 0 for a statistic that is
--   the yardstick itself.
-- Depends on: reference_values, yardsticks, prompts
WITH expected AS (
    SELECT DISTINCT
        r.suite, r.suite_major, prompts.condition, r.attribute, r.reference, r.prompt, r.value,
        r.expected_share,
        even.expected_share AS target
    FROM reference_values AS r
    INNER JOIN prompts USING (week, model, suite, suite_major, prompt)
    INNER JOIN yardsticks AS y USING (suite, suite_major, attribute)
    LEFT JOIN reference_values AS even
        ON
            r.week = even.week AND r.model = even.model AND r.suite = even.suite
            AND r.suite_major = even.suite_major AND r.attribute = even.attribute
            AND r.value = even.value AND y.reference = even.reference AND even.prompt IS NULL
    WHERE r.week = cast($week AS DATE) AND r.source IS NOT NULL
),

far AS (
    SELECT
        suite, suite_major, condition, attribute, reference, prompt,
        coalesce(sum((expected_share - target) ** 2) / 2, 0) AS squared
    FROM expected
    GROUP BY suite, suite_major, condition, attribute, reference, prompt
)

SELECT
    suite, suite_major, condition, attribute, reference,
    sqrt(avg(squared)) AS distance
FROM far
GROUP BY suite, suite_major, condition, attribute, reference
ORDER BY suite, suite_major, condition, attribute, reference
