-- Answers: how did the slots of one week end that brought no picture, for each model and attribute?
-- Grain: model × suite × condition × attribute × outcome; turns after a confrontation are pooled.
-- Columns: refused (the model's own answer), slots; they add up to refused and failed of not_seen.
-- Weeks: own
-- Depends on: slot_outcomes, prompt_attributes
SELECT
    o.model, o.suite, o.suite_major, o.condition, a.attribute, o.outcome,
    o.is_refused AS refused,
    count(*) AS slots
FROM slot_outcomes AS o
INNER JOIN prompt_attributes AS a
    ON
        o.week = a.week AND o.model = a.model AND o.suite = a.suite AND o.suite_major = a.suite_major
        AND o.prompt = a.prompt
WHERE
    o.week = cast($week AS DATE) AND (o.condition = 'confronted') = (o.turn > 1)
    AND NOT o.is_picture AND o.outcome <> 'not_needed'
GROUP BY o.model, o.suite, o.suite_major, o.condition, a.attribute, o.outcome, o.is_refused
ORDER BY
    o.model ASC, o.suite ASC, o.suite_major ASC, o.condition ASC, a.attribute ASC, slots DESC, o.outcome ASC
