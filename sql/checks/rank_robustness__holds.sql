-- Answers: which rows of rank_robustness contradict themselves or the board's ranks, and which boards lack
--   them?
-- Grain: that of rank_robustness.
-- Columns: those that name the row, and what is compared.
-- Depends on: rank_robustness, ranks, model_pairs.
-- Severity: warning
-- Stages: publish
-- Rule: Of the pairs that a board tells apart no more turn than there are, and each board with ranks has its
--   rows.
-- Says: rows on whether an order holds that contradict the board
WITH boards AS (
    SELECT
        week, track, simulated, suite, suite_major, condition, attribute, reference, scale,
        max(ranked_of) AS ranked_of
    FROM ranks
    WHERE week = $week AND rank_low IS NOT NULL
    GROUP BY ALL
),

apart AS (
    SELECT
        week, track, simulated, suite, suite_major, condition, attribute, reference, scale,
        count(*) FILTER (WHERE verdict <> 'not told apart') AS apart
    FROM model_pairs
    WHERE week = $week
    GROUP BY ALL
),

found AS (
    SELECT *
    FROM rank_robustness
    WHERE week = $week
)

SELECT
    week, suite, suite_major, condition, attribute, reference, found.variant, found.other, found.ranked,
    found.pairs, found.turned, found.told_apart, found.told_apart_turned, found.verdict, boards.ranked_of
FROM boards
LEFT JOIN apart USING (week, track, simulated, suite, suite_major, condition, attribute, reference, scale)
FULL JOIN found
    USING (week, track, simulated, suite, suite_major, condition, attribute, reference, scale)
WHERE
    $model IS NULL
    AND NOT coalesce(
        found.ranked = boards.ranked_of
        AND found.pairs <= found.ranked * (found.ranked - 1) / 2
        AND found.turned BETWEEN found.told_apart_turned AND found.pairs
        AND found.told_apart_turned BETWEEN 0 AND found.told_apart
        AND found.told_apart <= coalesce(apart.apart, 0)
        AND found.verdict = CASE
            WHEN found.told_apart = 0 THEN 'nothing is told apart'
            WHEN found.told_apart_turned = 0 THEN 'holds'
            ELSE 'turned'
        END,
        FALSE
    )
