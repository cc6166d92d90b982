-- Answers: of how many answers or pictures did which part count for a rate, in the weeks that end with a
--   week? Of the same series, and where labels count, read by the same version of the labeler; of weeks in
--   which the model was withheld nothing.
-- Grain: rate of the week itself (suite_key) × prompt that the suite still has × week in which anything
--   counted, in no order: there are millions.
-- Columns: those; back: how many weeks before the last; k of n counted.
-- Depends on: scores, plans, prompts, prompt_attributes, withheld
-- Uses: window_rate_heads
WITH parts AS (
    SELECT rates.*
    FROM rates
    SEMI JOIN prompts
        ON
            prompts.week = cast($week AS DATE)
            AND rates.model = prompts.model
            AND rates.suite = prompts.suite
            AND rates.suite_major = prompts.suite_major
            AND rates.prompt = prompts.prompt
    LEFT JOIN prompt_attributes AS wanted
        ON
            wanted.week = cast($week AS DATE)
            AND rates.model = wanted.model
            AND rates.suite = wanted.suite
            AND rates.suite_major = wanted.suite_major
            AND rates.prompt = wanted.prompt
            AND rates.attribute = wanted.attribute
    WHERE rates.n > 0 AND (rates.attribute IS NULL OR wanted.attribute IS NOT NULL)
)

SELECT
    heads.suite_key, parts.prompt,
    cast(date_diff('day', parts.week, cast($week AS DATE)) // 7 AS INTEGER) AS back,
    cast(round(parts.estimate * parts.n) AS INTEGER) AS k,
    parts.n
FROM heads
INNER JOIN parts
    ON
        heads.model = parts.model
        AND heads.series = parts.series
        AND heads.params_hash = parts.params_hash
        AND heads.suite = parts.suite
        AND heads.suite_major = parts.suite_major
        AND heads.condition = parts.condition
        AND heads.turn = parts.turn
        AND heads.metric = parts.metric
        AND heads.attribute IS NOT DISTINCT FROM parts.attribute
        AND heads.labeler_version IS NOT DISTINCT FROM parts.labeler_version
        AND heads.value_name IS NOT DISTINCT FROM parts.value_name
