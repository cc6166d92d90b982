-- Answers: which labelers decline to answer in more than 2 % of the calls that they answered at all?
-- Grain: model, labeler, labeler_version.
-- Columns:
--   declined, answered: calls in which something was declined, and all that the labeler answered
--   failing_rows: the former
--   problem: the same in words
-- Depends on: label_attempts, outcomes.
-- Severity: warning
-- Stages: labels, publish
-- Rule: A labeler declines to answer in at most 2 % of its calls; what it declined is not assessed, never a
--   value.
WITH ended AS (
    SELECT
        label_attempts.week, label_attempts.model, label_attempts.labeler, label_attempts.labeler_version,
        outcomes.outcome_group = 'refused'
        OR coalesce(label_attempts.refused, '[]') <> '[]' AS is_declined
    FROM label_attempts
    INNER JOIN outcomes USING (outcome)
    WHERE
        label_attempts.week = $week
        AND ($model IS NULL OR label_attempts.model = $model)
        AND outcomes.outcome_group IN ('picture', 'refused')
)

SELECT
    week, model, labeler, labeler_version,
    count(*) FILTER (WHERE is_declined) AS declined,
    count(*) AS answered,
    count(*) FILTER (WHERE is_declined) AS failing_rows,
    concat(
        labeler, ' declines in ', count(*) FILTER (WHERE is_declined), ' of ', count(*), ' calls'
    ) AS problem
FROM ended
GROUP BY week, model, labeler, labeler_version
HAVING count(*) FILTER (WHERE is_declined) > 0.02 * count(*)
ORDER BY model, labeler, labeler_version
