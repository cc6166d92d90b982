-- Answers: which design effects contradict themselves, or are of a prompt whose figures are not published?
-- Grain: model × suite × condition × prompt × attribute.
-- Columns: those; problem: the same in words.
-- Depends on: design_effects, window_scores.
-- Severity: critical
-- Stages: publish
-- Rule: A design effect is 1 to the number of its pictures, its correlation 0 to 1; its pictures are in as
--   many clusters at most; it stands once, and beside figures of the same window.
WITH windows AS (
    SELECT
        week, model, suite, suite_major, condition, turn, attribute, labeler_version, first_week, weeks
    FROM window_scores
    WHERE week = $week AND prompt IS NULL AND attribute IS NOT NULL
    GROUP BY ALL
),

judged AS (
    SELECT
        found.week, found.model, found.suite, found.suite_major, found.condition, found.prompt,
        found.attribute,
        CASE
            WHEN
                count(*) OVER (
                    PARTITION BY
                        found.model, found.suite, found.suite_major, found.condition, found.prompt,
                        found.turn, found.attribute
                ) > 1
                THEN 'stands twice'
            WHEN found.design_effect < 1 OR found.design_effect > found.n THEN 'is not of so many pictures'
            WHEN found.correlation < 0 OR found.correlation > 1 THEN 'has no such correlation'
            WHEN found.clusters < 1 OR found.clusters > found.n THEN 'has no such clusters'
            WHEN
                NOT coalesce(
                    windows.first_week = found.first_week
                    AND windows.weeks = found.weeks
                    AND windows.labeler_version = found.labeler_version,
                    FALSE
                )
                THEN 'is of no window'
        END AS problem
    FROM design_effects AS found
    LEFT JOIN windows USING (week, model, suite, suite_major, condition, turn, attribute)
    WHERE found.week = $week AND ($model IS NULL OR found.model = $model)
)

SELECT *
FROM judged
WHERE problem IS NOT NULL
