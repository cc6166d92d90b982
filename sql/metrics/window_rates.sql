-- Answers: of how many answers or pictures did which part count for a rate, in the weeks that end with a
--   week? Of the same series, and where labels count, read by the same version of the labeler; of weeks in
--   which the model was withheld nothing.
-- Grain: model × suite × condition × attribute × metric × value (of a rate of the week itself) × prompt that
--   the suite still has × week in which anything counted; prompt NULL: nothing did in any week.
-- Columns: those; suite_key: number of the rate, seat: of its prompt, in the order of the rows; back: how
--   many weeks before the last; k of n counted; reason: why the week itself has no figure.
-- Depends on: scores, plans, prompts, prompt_attributes, withheld
WITH hidden AS (
    SELECT DISTINCT
        week, model
    FROM withheld
),

-- what is of several attributes names no labeler in scores
read_by AS (
    SELECT
        week, model,
        max(labeler_version) AS version
    FROM scores
    WHERE metric = 'assessed_rate' AND prompt IS NULL
    GROUP BY week, model
),

found AS (
    SELECT
        week, model, series, params_hash, track, suite, suite_major, condition, turn, attribute, scale,
        labeler_version, metric, value_name, prompt, estimate, n, reason
    FROM scores
    WHERE
        week BETWEEN cast($first AS DATE) AND cast($week AS DATE)
        AND list_contains($metrics, metric)
        AND (condition <> 'confronted' OR turn > 1)
),

rates AS (
    SELECT
        found.* REPLACE (
            CASE WHEN found.metric = 'combination_share' THEN read_by.version ELSE found.labeler_version END
                AS labeler_version
        )
    FROM found
    LEFT JOIN read_by USING (week, model)
    LEFT JOIN hidden USING (week, model)
    WHERE hidden.model IS NULL
),

heads AS (
    SELECT
        rates.model, rates.series, rates.params_hash, rates.track, plans.simulated, rates.suite,
        rates.suite_major, rates.condition, rates.turn, rates.attribute, rates.scale, rates.labeler_version,
        rates.metric, rates.value_name, rates.reason,
        row_number() OVER (
            ORDER BY
                rates.model, rates.suite, rates.suite_major, rates.condition, rates.turn, rates.attribute,
                rates.metric, rates.value_name
        ) - 1 AS suite_key
    FROM rates
    INNER JOIN plans USING (week, model)
    WHERE rates.week = cast($week AS DATE) AND rates.prompt IS NULL
),

parts AS (
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
    heads.*, parts.prompt,
    dense_rank() OVER (ORDER BY heads.suite_key, parts.prompt) - 1 AS seat,
    cast(date_diff('day', parts.week, cast($week AS DATE)) // 7 AS INTEGER) AS back,
    cast(round(parts.estimate * parts.n) AS INTEGER) AS k,
    parts.n
FROM heads
LEFT JOIN parts
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
ORDER BY seat, back
