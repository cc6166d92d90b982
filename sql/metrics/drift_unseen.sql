-- Answers: how many answers are there to the prompts of changes, before each and since, and how many of them
--   show no value?
-- Grain: event × prompt × since, in no order; only where there are answers.
-- Columns: event: number of the change; prompt; since: whether of the weeks since the change; unseen: answers
--   that show no value, refusals among them; answers.
-- Depends on: plan_scores, withheld
WITH changes AS (
    SELECT unnest(changed)
    FROM (SELECT unnest($events) AS changed) AS given
),

hidden AS (
    SELECT DISTINCT
        week, model
    FROM withheld
),

rated AS NOT MATERIALIZED (
    SELECT
        week, model, series, params_hash, suite, suite_major, prompt, turn, attribute, labeler_version,
        metric, n,
        coalesce(round(estimate * n), 0) AS k
    FROM plan_scores
    WHERE
        week BETWEEN cast($first AS DATE) AND cast($last AS DATE)
        AND prompt IS NOT NULL
        AND metric IN ('assessed_rate', 'refused_rate')
        AND list_contains($models, model)
),

answered AS (
    SELECT
        changes.event, looked.prompt,
        looked.week >= changes.changed_week AS since,
        looked.n - looked.k + coalesce(refused.k, 0) AS unseen,
        looked.n + coalesce(refused.k, 0) AS answers
    FROM changes
    INNER JOIN rated AS looked
        ON
            changes.model = looked.model
            AND changes.series = looked.series
            AND changes.params_hash = looked.params_hash
            AND changes.suite = looked.suite
            AND changes.suite_major = looked.suite_major
            AND changes.turn = looked.turn
            AND changes.attribute = looked.attribute
            AND changes.labeler_version IS NOT DISTINCT FROM looked.labeler_version
            AND changes.started_week <= looked.week
            AND changes.week >= looked.week
            AND list_contains(string_split(changes.changed_prompts, ','), looked.prompt)
    LEFT JOIN rated AS refused
        ON
            looked.week = refused.week
            AND looked.model = refused.model
            AND looked.suite = refused.suite
            AND looked.suite_major = refused.suite_major
            AND looked.prompt = refused.prompt
            AND looked.turn = refused.turn
            AND refused.metric = 'refused_rate'
    ANTI JOIN hidden
        ON
            looked.week = hidden.week
            AND looked.model = hidden.model
    WHERE looked.metric = 'assessed_rate'
)

SELECT
    event, prompt, since,
    cast(sum(unseen) AS INTEGER) AS unseen,
    cast(sum(answers) AS INTEGER) AS answers
FROM answered
WHERE answers > 0
GROUP BY ALL
