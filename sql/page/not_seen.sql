-- Answers: what became of the slots that each model was to answer in one week, for each attribute?
-- Grain: one row for each model × suite × condition × attribute; turns after a confrontation are pooled.
-- Columns: planned = pictures + refused + failed + not_needed; pictures are split by label_counts.
-- Weeks: own
-- Depends on: slot_outcomes, prompt_attributes
WITH asked AS (
    SELECT *
    FROM slot_outcomes
    WHERE week = cast($week AS DATE) AND (condition = 'confronted') = (turn > 1)
)

SELECT
    o.model, o.simulated, o.suite, o.suite_major, o.condition, a.attribute,
    count(*) AS planned,
    count(*) FILTER (WHERE o.is_picture) AS pictures,
    count(*) FILTER (WHERE o.is_refused) AS refused,
    count(*) FILTER (WHERE o.outcome = 'not_needed') AS not_needed,
    count(*) FILTER (WHERE o.is_failed OR o.is_not_asked)
        AS failed
FROM asked AS o
INNER JOIN prompt_attributes AS a
    ON
        o.week = a.week AND o.model = a.model AND o.suite = a.suite AND o.suite_major = a.suite_major
        AND o.prompt = a.prompt
GROUP BY o.model, o.simulated, o.suite, o.suite_major, o.condition, a.attribute
ORDER BY o.suite, o.suite_major, o.condition, a.attribute, o.model
