-- Answers: what did each model show in some columns ($figures), every four weeks back from its last week, and
--   from the one before each reported change? No window holds a change.
-- Grain: number (place in $figures, from 0), model, condition, week.
-- Columns: those of figures; of several versions of a suite the newest, of one prompt the newest that has
--   the text of today.
-- Depends on: figures, plans, prompts, changes
WITH asked AS (
    SELECT
        unnest(range(len($figures))) AS number,
        unnest(
            cast(
                $figures AS STRUCT(
                    figure VARCHAR, suite VARCHAR, prompt VARCHAR, attribute VARCHAR, "value" VARCHAR,
                    selection VARCHAR
                )[]
            )
        ) AS col
),

lasts AS (
    SELECT
        model,
        max(week) AS last_week
    FROM plans
    WHERE week <= cast($week AS DATE)
    GROUP BY model
),

texts AS (
    SELECT DISTINCT
        week, prompt, suite_major, text
    FROM prompts
    WHERE week BETWEEN cast($week AS DATE) - 357 AND cast($week AS DATE)
),

same AS (
    SELECT DISTINCT
        texts.prompt, texts.suite_major
    FROM texts
    WHERE texts.text = (
        SELECT max_by(newest.text, (newest.week, newest.suite_major)) FROM texts AS newest
        WHERE newest.prompt = texts.prompt
    )
),

reported AS (
    SELECT DISTINCT
        model, attribute, changed_week
    FROM changes
    WHERE week <= cast($week AS DATE)
),

found AS (
    SELECT
        asked.number, f.model, f.condition, f.week, f.first_week, f.suite_major, f.estimate, f.low, f.high,
        f.k, f.n, f.labeler_version, f.reason,
        max(reported.changed_week) FILTER (WHERE reported.changed_week <= f.week) AS since,
        min(reported.changed_week) FILTER (WHERE reported.changed_week > f.week) AS next_change,
        lasts.last_week
    FROM figures AS f
    INNER JOIN lasts ON f.model = lasts.model
    INNER JOIN asked
        ON
            f.figure = asked.col.figure
            AND f.suite = asked.col.suite
            AND f.prompt IS NOT DISTINCT FROM asked.col.prompt
            AND f.attribute IS NOT DISTINCT FROM asked.col.attribute
            AND f.value IS NOT DISTINCT FROM asked.col.value
            AND f.selection IS NOT DISTINCT FROM asked.col.selection
    LEFT JOIN reported
        ON
            f.model = reported.model
            AND coalesce(f.attribute, f.figure) = coalesce(reported.attribute, 'refused')
    WHERE
        f.week BETWEEN cast($week AS DATE) - 357 AND cast($week AS DATE)
        AND f.turn = 1
        AND (
            f.prompt IS NULL
            OR (f.prompt, f.suite_major) IN (SELECT (same.prompt, same.suite_major) FROM same)
        )
    GROUP BY ALL
)

SELECT
    number, model, condition, week, first_week, suite_major, estimate, low, high, k, n, labeler_version,
    reason
FROM found
WHERE
    date_diff('day', week, coalesce(next_change - 7, last_week)) % 28 = 0
    AND (since IS NULL OR first_week IS NULL OR first_week >= since)
QUALIFY suite_major = max(suite_major) OVER (PARTITION BY number, model, condition, week)
ORDER BY number, model, condition, week
