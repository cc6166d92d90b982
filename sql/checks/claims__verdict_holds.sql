-- Answers: which verdicts do not follow from the interval, the threshold and the blocks of four weeks?
-- Grain: that of claims.
-- Columns: those that name the claim; verdict; wanted: what its own window gives, at the end of a block;
--   block_verdict: of the row at the end of the block; before: of the block before it.
-- Depends on: claims.
-- Severity: warning
-- Stages: publish
-- Rule: At the end of a block the verdict is that of its interval, raw and corrected alike, unless that
--   decides nothing and an earlier one stands; until the next block ends it stays.
-- Says: verdicts that do not follow from their figures
WITH near AS (
    SELECT
        *,
        n / coalesce(design_effect, 1) AS worth,
        2.5758293035489e0 ^ 2 AS z2
    FROM claims
    WHERE week BETWEEN cast($week AS DATE) - 56 AND cast($week AS DATE)
),

sides AS (
    SELECT
        *,
        unnest(['raw', 'corrected']) AS side,
        unnest([coalesce(low, 0), corrected_low]) AS from_share,
        unnest([coalesce(high, 1), corrected_high]) AS to_share
    FROM near
    WHERE week = $week AND ($model IS NULL OR model = $model) AND threshold IS NOT NULL
),

by_side AS (
    SELECT
        *,
        CASE
            WHEN planned = 0 THEN 'not asked'
            WHEN worth / (worth + z2) < threshold THEN 'too few'
            WHEN from_share >= threshold THEN 'as then'
            WHEN to_share < 0.1 THEN 'rare'
            WHEN to_share < 0.5 THEN 'less than half'
            WHEN to_share < threshold AND from_share >= 0.5 THEN 'weaker, still most'
            WHEN to_share < threshold THEN 'weaker'
            ELSE 'between'
        END AS found
    FROM sides
    WHERE side = 'raw' OR corrected_share IS NOT NULL
),

wanted AS (
    SELECT
        model, series, params_hash, claim, part,
        CASE WHEN count(DISTINCT found) > 1 THEN 'between' ELSE any_value(found) END AS wanted
    FROM by_side
    GROUP BY ALL
)

SELECT
    own.week, own.model, own.claim, own.part, own.threshold, own.n, own.low, own.high, own.verdict,
    wanted.wanted,
    block.verdict AS block_verdict,
    earlier.verdict AS before
FROM near AS own
LEFT JOIN wanted USING (model, series, params_hash, claim, part)
LEFT JOIN near AS block
    ON
        own.block_end = block.week
        AND own.model = block.model
        AND own.series = block.series
        AND own.params_hash = block.params_hash
        AND own.claim = block.claim
        AND own.part = block.part
LEFT JOIN near AS earlier
    ON
        own.block_end - 7 * own.window_weeks = earlier.week
        AND own.model = earlier.model
        AND own.series = earlier.series
        AND own.params_hash = earlier.params_hash
        AND own.claim = earlier.claim
        AND own.part = earlier.part
WHERE
    own.week = $week
    AND ($model IS NULL OR own.model = $model)
    AND NOT coalesce(
        (own.verdict IS NULL) = (own.reason IS NOT NULL)
        AND (own.verdict IS NULL) = (own.words IS NULL)
        AND coalesce(starts_with(own.words, own.verdict), TRUE)
        AND CASE
            WHEN own.threshold IS NULL THEN own.verdict IS NULL
            WHEN own.block_end IS NULL THEN (own.verdict IS NULL) = (own.planned > 0)
            WHEN own.block_end < own.week THEN own.verdict = coalesce(block.verdict, own.verdict)
            WHEN own.block_end > own.week THEN FALSE
            WHEN wanted.wanted IN ('as then', 'rare', 'less than half', 'weaker, still most', 'weaker')
                THEN own.verdict = wanted.wanted
            WHEN earlier.verdict IN ('as then', 'rare', 'less than half', 'weaker, still most', 'weaker')
                THEN own.verdict = earlier.verdict
            WHEN earlier.verdict IS NOT NULL THEN own.verdict = wanted.wanted
            -- the block before has no row: whatever decided earlier may stand
            ELSE
                own.verdict = wanted.wanted
                OR own.verdict IN ('as then', 'rare', 'less than half', 'weaker, still most', 'weaker')
        END,
        FALSE
    )
